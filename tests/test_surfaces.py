"""One answer, every surface: the command line, the web service and the Python library give the same bytes; files are safe to open."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import openpyxl
import pytest
from rdflib import Literal

from keikaku.api import Keikaku
from keikaku.ask import Answer, Question, library
from keikaku.ask.bind import sample
from keikaku.ask.render import csv_text
from keikaku.ask.sheet import workbook
from keikaku.cli.app import run
from keikaku.namespaces import XSD
from keikaku.serve import Limits, make_app
from keikaku.settings import Settings
from keikaku.store import open_current
from serving import served

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = library(ROOT / "queries", ROOT)
#: Texts that a spreadsheet would run, and a number that it must keep.
EVIL = ('=HYPERLINK("http://example.org")', "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\x07bell")


@pytest.fixture(scope="module")
def client(built_project: Settings) -> Iterator[httpx.Client]:
    with served(make_app(built_project, Limits(workers=1))) as made:
        yield made


@pytest.fixture(scope="module")
def graph(built_project: Settings) -> Keikaku:
    return Keikaku(built_project, open_current(built_project.current))


def given(question: Question) -> dict[str, str]:
    """What the required parameters are asked with: the sample of the file."""
    return {p.name: sample(question, p).split()[0] for p in question.parameters if p.left_out == "required"}


@pytest.mark.parametrize("question", LIBRARY.values(), ids=lambda q: q.id)
def test_the_same_bytes_from_command_web_and_python(
    question: Question,
    client: httpx.Client,
    graph: Keikaku,
    built_project: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    parameters = given(question)
    python = graph.ask(question.id, **parameters).to_json()
    web = client.get(f"/questions/{question.id}.json", params=parameters)
    assert web.status_code == 200
    options = [word for name, value in parameters.items() for word in (f"--{name.replace('_', '-')}", value)]
    monkeypatch.setenv("KEIKAKU_ROOT", str(ROOT))
    monkeypatch.setenv("KEIKAKU_BUILD", str(built_project.build))
    assert run(["ask", question.id, *options, "--format", "json"]) == 0
    assert python.encode() == web.content == capfdbinary.readouterr().out
    assert json.loads(python)["rows"], "a sample shows something"


def test_the_files_a_web_page_offers_name_their_kind_and_licence(client: httpx.Client, graph: Keikaku) -> None:
    answer = graph.ask("cq12")
    for suffix, media, text in (
        ("csv", "text/csv; charset=utf-8", answer.to_csv()),
        ("md", "text/markdown; charset=utf-8", answer.to_markdown()),
    ):
        got = client.get(f"/questions/cq12.{suffix}")
        assert (got.headers["content-type"], got.text) == (media, text)
        assert 'rel="license"' in got.headers["link"]
    book = client.get("/questions/cq12.xlsx")
    assert book.headers["content-disposition"] == 'attachment; filename="keikaku-cq12.xlsx"'
    assert book.content == workbook(answer, "ja", graph.store.build_id)


def test_every_form_of_a_question_is_in_the_description_of_the_service(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {f"/questions/{{question}}.{form}" for form in ("csv", "json", "md", "xlsx")} <= set(paths)
    for question in LIBRARY.values():
        told = paths[f"/questions/{question.id}.json"]["get"]
        assert [p["name"] for p in told["parameters"]] == [p.name for p in question.parameters]
        assert question.title.ja in told["summary"]
    assert paths["/questions/who-lacks.csv"]["get"]["parameters"][1]["schema"]["enum"] == ["measure", "initiative"]


def with_texts(answer: Answer, texts: tuple[str, ...]) -> Answer:
    """The answer with its first two cells replaced, row by row, by these texts and a negative number."""
    rows = tuple(
        (Literal(text), Literal("-12.5", datatype=XSD.decimal), *row[2:])
        for text, row in zip(texts, answer.rows * 3, strict=False)
    )
    sound = replace(answer.soundness, rows=answer.soundness.rows[:1] * len(rows))
    return replace(answer, rows=rows, soundness=sound)


def test_no_cell_of_a_workbook_is_a_formula_and_numbers_stay_numbers(graph: Keikaku) -> None:
    answer = with_texts(graph.ask("cq20"), EVIL)
    book = openpyxl.load_workbook(io.BytesIO(workbook(answer, "ja")))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell.value for cell in cells if cell.column == 2 and cell.parent == book.worksheets[0]][1:] == [
        *EVIL[:4],
        " bell",
    ]
    assert [row[2].value for row in book.worksheets[0].iter_rows(min_row=2)] == [-12.5] * len(EVIL)
    lines = csv_text(answer, "ja").splitlines()[1:5]
    assert [line.lstrip('"')[:2] for line in lines] == ["'=", "'+", "'-", "'@"]
    assert all("-12.5" in line and "'-12.5" not in line for line in lines)


def test_the_second_sheet_has_every_passage_with_what_is_printed_there(graph: Keikaku) -> None:
    answer = graph.ask("cq20", government="221309")
    rows, evidence, about = openpyxl.load_workbook(io.BytesIO(workbook(answer, "en", "0123"))).worksheets
    assert rows.max_row == len(answer) + 1
    found = [tuple(cell.value for cell in line) for line in evidence.iter_rows(min_row=2) if line[9].value]
    wanted = [
        (number, passage.document_id, *passage.lines, "; ".join(passage.printed_for(answer.things(row))) or None)
        for number, row in enumerate(answer.rows, 1)
        for passage in answer.evidence(row)
    ]
    assert sorted((line[0], line[3], line[6], line[7], line[8]) for line in found) == sorted(wanted)
    assert any(line[8] for line in found)
    told = [cell.value for cell in about["A"]]
    assert "build: 0123" in told
    assert any("CC BY 4.0" in str(line) for line in told)
    assert any("CC BY 4.0" in str(cell.value) for row in evidence.iter_rows() for cell in row)


def test_a_workbook_does_not_depend_on_when_it_is_made(graph: Keikaku) -> None:
    assert workbook(graph.ask("cq12"), "ja") == workbook(graph.ask("cq12"), "ja")


def test_ask_writes_a_file_by_its_name_and_refuses_a_name_that_says_no_form(
    built_project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEIKAKU_ROOT", str(ROOT))
    monkeypatch.setenv("KEIKAKU_BUILD", str(built_project.build))
    for suffix in ("csv", "tsv", "json", "md", "xlsx"):
        assert run(["ask", "cq12", "-o", str(tmp_path / f"a.{suffix}")]) == 0
        assert (tmp_path / f"a.{suffix}").stat().st_size > 100
    capfd.readouterr()
    assert run(["ask", "cq12", "--output", str(tmp_path / "a.doc")]) == 1
    assert ".xlsx" in capfd.readouterr().err
    assert run(["ask", "cq12", "-o", str(tmp_path / "none" / "a.csv")]) == 2
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("words", [["ask", "cq12", "--government"], ["show"], ["coverage"], ["compare", "藤沢市"]])
@pytest.mark.parametrize(("name", "known"), [("府中市", "東京都府中市 (132063), 広島県府中市 (342084)"),
                                             ("伊達市", "北海道伊達市 (012335), 福島県伊達市 (072133)")])  # fmt: skip
def test_two_cities_of_one_name_are_told_apart_by_every_command(
    words: list[str], name: str, known: str, built_project: Settings, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("KEIKAKU_ROOT", str(ROOT))
    monkeypatch.setenv("KEIKAKU_BUILD", str(built_project.build))
    assert run([*words, name, "--lang", "en"]) == 1
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == (
        "",
        f"keikaku: “{name}” is the name of 2 local governments. Say which: {known}.\n",
    )
    assert run([*words, name]) == 1
    said = f"keikaku: 「{name}」という名前の地方公共団体は 2 件あります。どれかを選んでください: {known}。\n"
    assert capfd.readouterr().err == said

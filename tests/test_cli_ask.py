"""The command line: questions, ask, query, show, search, coverage, on the built example world."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path

import openpyxl
import pytest
import typer

import keikaku
from keikaku.cli import app
from keikaku.cli.app import options_first, run
from keikaku.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ["questions", "ask", "query", "show", "search", "coverage"]


@pytest.fixture
def call(built_world: Settings, capfd: pytest.CaptureFixture[str]) -> object:
    def called(*words: str) -> tuple[int, str, str]:
        code = run(["--root", str(built_world.root), *words])
        return code, *capfd.readouterr()

    return called


def test_questions_lists_ids_titles_and_parameters(call) -> None:
    code, out, err = call("questions", "--format", "json", "--lang", "en")
    rows = {row["id"]: row for row in json.loads(out)}
    assert (code, err) == (0, "")
    assert "cq09" in rows
    assert rows["who-lacks"]["parameters"] == "--theme THEME [--level LEVEL]"


def test_one_question_tells_all_about_its_parameters(call) -> None:
    _, out, _ = call("questions", "who-lacks")
    assert "--theme" in out
    assert "th:digital-divide" in out


def test_ask_prints_three_lists_with_denominators(call) -> None:
    code, out, _ = call("ask", "who-lacks", "--theme", "cashless", "--lang", "en")
    assert code == 0
    assert re.search(r"confirmed lacking: 0 of 3.*unknown: 2 of 3.*has it: 1 of 3", out, re.DOTALL)
    assert "L1" in out


def test_ask_takes_options_in_any_order_and_form(call) -> None:
    one = call("ask", "who-lacks", "--theme=cashless", "--format", "json")
    two = call("ask", "--format=json", "who-lacks", "--theme", "キャッシュレス")
    assert one == two
    assert json.loads(one[1])["lists"][0]["list"] == "lacking"


@pytest.mark.parametrize("form", ["csv", "tsv", "md"])
def test_ask_writes_other_forms(call, form: str) -> None:
    code, out, err = call("ask", "who-lacks", "--theme", "cashless", "--format", form)
    assert (code, err) == (0, "")
    if form != "md":
        assert len(list(csv.reader(io.StringIO(out), delimiter="," if form == "csv" else "\t"))) == 4


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ask", "who-lacks", "--theme", "cashles"], 1, "cashless"),
        (["ask", "who-lacks", "--thema", "cashless"], 1, "theme"),
        (["ask", "who-lacks"], 1, "--theme"),
        (["ask", "who-lacks", "--theme"], 1, "no value"),
        (["ask", "who-lacks", "cashless"], 1, "--NAME VALUE"),
        (["ask", "who-lak", "--theme", "cashless"], 1, "who-lacks"),
        (["ask", "who-lacks", "--theme", "cashless", "--level", "x"], 1, "measure"),
        (["query", "-e", "SELECT ?s WHERE { ?s ?p }"], 1, "line 1, column"),
        (["query", "-e", "SELECT * WHERE { SERVICE <http://e.org/> { ?s ?p ?o } }"], 1, "SERVICE"),
        (["query"], 2, "-e TEXT"),
        (["query", "no-such-file.rq"], 2, "no-such-file.rq"),
        (["query", "-e", "SELECT * { ?s ?p ?o }", "--format", "ttl"], 1, "CONSTRUCT"),
        (["show", "どこにもないもの"], 1, "keikaku search"),
        (["coverage", "990019/dx/1999"], 1, "990019/dx/2023"),
        (["ask", "who-lacks", "--theme", "cashless", "--format", "pdf"], 2, "pdf"),
        (["ask", "who-lacks", "--theme", "cashless", "--format", "xlsx"], 2, "-o FILE.xlsx"),
        (["ask", "who-lacks", "--theme", "cashless", "-o", "x.doc"], 1, ".xlsx"),
        (["ask", "cq12", "見本市"], 1, "cq12 takes [--government MUNICIPALITY]"),
        (["ask", "cq12", "--government", "見本県"], 1, "is a prefecture"),
        (["ask"], 2, "keikaku ask --help"),
        (["aks", "cq12"], 2, "Did you mean 'ask'?"),
        (["--lang", "fr", "ask", "cq12"], 2, "'ja', 'en'"),
        (["query", "-e", "SELCT ?s WHERE { ?s ?p ?o }"], 1, "Did you mean SELECT for “SELCT”?"),
        (["query", "-e", "SELECT ?s WHERE { ?s ?p ?o } ODER BY ?s"], 1, "Did you mean ORDER"),
        (["query", "-e", "ASK { ?s ?p ?o }", "-o", "x.csv"], 1, "SELECT"),
        (["show", "見本市", "--cite", "--accessed", "昨日"], 1, "2024-03-31"),
    ],
)
def test_what_is_wrong_is_one_sentence_on_stderr(call, words: list[str], code: int, said: str) -> None:
    got, out, err = call("--lang", "en", *words)
    assert (got, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert err.count("\n") == 1


def test_outside_a_project_and_without_a_build_the_command_cannot_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["--root", str(tmp_path), "questions"]) == 2
    for name in ("ontology", "data", "shapes", "queries"):
        (tmp_path / name).mkdir()
    assert run(["show", "x", "--root", str(tmp_path)]) == 2
    assert "作るには: keikaku build" in capfd.readouterr().err
    assert run(["show", "x", "--root", str(tmp_path), "--lang=en"]) == 2
    assert "Run: keikaku build" in capfd.readouterr().err


def test_an_unexpected_error_is_a_sentence_and_a_traceback_only_with_debug(
    call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("keikaku.cli.graph.facts.resolve", broken)
    code, _, err = call("show", "x")
    assert (code, "Traceback" in err, "odd" in err) == (2, False, True)
    code, _, err = call("show", "x", "--debug")
    assert (code, "Traceback" in err) == (2, True)


def test_query_answers_select_ask_and_construct(call, tmp_path: Path) -> None:
    _, out, _ = call("query", "-e", "SELECT ?plan WHERE { ?plan a jdx:Plan }", "--format", "csv")
    assert out.splitlines() == ["plan", "https://w3id.org/jichitai-dx/id/plan/990019/dx/2023"]
    assert call("query", "-e", "ASK { ?s a jdx:Plan }")[1] == "true\n"
    (tmp_path / "q.rq").write_text("CONSTRUCT { ?s a jdx:Plan } WHERE { ?s a jdx:Plan }", encoding="utf-8")
    for form, begin in (("nt", "<https"), ("nq", "<https"), ("ttl", "@prefix"), ("trig", "@prefix"), ("jsonld", "[")):
        code, out, _ = call("query", str(tmp_path / "q.rq"), "--format", form)
        assert (code, out.lstrip().startswith(begin)) == (0, True), form


def test_a_query_without_rows_names_what_the_graph_does_not_know(call) -> None:
    query = "SELECT ?s WHERE { ?s a jdx:Plann ; dcterms:titel ?t ; jdx:theme th:cashles }"
    code, _, err = call("query", "-e", query, "--lang", "en")
    assert code == 0
    assert [line.split(" occurs")[0] for line in err.splitlines()] == ["jdx:Plann", "dcterms:titel", "th:cashles"]
    assert "“jdx:Plan”" in err
    assert "“th:cashless”" in err
    asked = ("query", "-e", "ASK { ?s a jdx:Initiativ }")
    assert call(*asked, "--lang", "en")[2].startswith("jdx:Initiativ occurs nowhere")
    assert call(*asked)[2].startswith("jdx:Initiativ はグラフのどこにもありません。「jdx:Initiative」")
    assert call("query", "-e", "PREFIX x: <http://e.org/> SELECT ?s WHERE { ?s a x:Y, <http://e.org/jdx:Z> }")[2] == ""


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "md", "xlsx"])
def test_the_rows_of_a_query_are_written_to_files(call, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"rows.{suffix}"
    query = "SELECT ?title WHERE { ?plan a jdx:Plan ; dcterms:title ?title FILTER(LANG(?title) = 'ja') }"
    assert call("query", "-e", query, "-o", str(file))[0] == 0
    if suffix == "xlsx":
        table, about = openpyxl.load_workbook(file).worksheets
        assert [[cell.value for cell in row] for row in table.iter_rows()] == [["title"], ["見本市DX推進計画"]]
        told = [cell.value for cell in about["A"]]
        assert (told[0].startswith("build: "), told[1], "CC BY 4.0" in told[-1]) == (True, query, True)
    else:
        assert "見本市DX推進計画" in file.read_text(encoding="utf-8")


def test_a_year_without_values_says_which_years_there_are(call) -> None:
    _, out, _ = call("ask", "cq18", "--first-year", "2055", "--lang", "en")
    assert re.search(r"The graph has values for FY20\d\d to FY20\d\d", out)


def test_show_prints_facts_with_their_lines(call) -> None:
    code, out, _ = call("show", "id/plan/990019/dx/2023/i/1-03", "--lang", "en")
    assert code == 0
    assert "L17-34" in out
    code, out, _ = call("show", "id/plan/990019/dx/2023/i/1-03", "--format", "nt")
    assert (code, "ont#theme> <https://w3id.org/jichitai-dx/theme/cashless>" in out) == (0, True)
    _, out, _ = call("show", "見本市", "--format", "json")
    assert json.loads(out)["iri"].endswith("/id/lg/990019")


def test_search_finds_two_characters_and_says_when_nothing_is_found(call) -> None:
    code, out, _ = call("search", "見本", "--format", "csv")
    assert (code, "id/lg/990019" in out) == (0, True)
    code, out, err = call("search", "zzzz")
    assert (code, out) == (0, "")
    assert "zzzz" in err


def test_search_narrows_by_facets_counts_them_and_writes_json(call) -> None:
    code, out, _ = call("search", "--kind", "KPI", "--in", "見本市", "--format", "json")
    assert code == 0
    found = json.loads(out)
    assert found["total"] == len(found["hits"]) > 0
    assert found["filters"] == {"kind": "KPI", "in": "見本市"}
    assert {hit["kind"].rpartition("#")[2] for hit in found["hits"]} == {"KPI"}
    _, out, _ = call("search", "見本", "--facets", "--format", "csv")
    assert out.startswith("facet,value,count,iri\n") and "no-plan" in out
    code, _, err = call("search", "見本", "--kind", "KPO", "--lang", "en")
    assert code == 1 and "Did you mean KPI" in err
    code, _, err = call("search")
    assert code == 1 and "--theme" in err
    _, _, err = call("search", "見本師", "--lang", "en")
    assert "Did you mean" in err


def test_coverage_reports_one_plan_by_any_name_and_all_in_a_line_each(call) -> None:
    code, out, _ = call("coverage", "見本市", "--format", "json")
    assert code == 0
    report = json.loads(out)["reports"][0]
    assert report["lists"] == {"indispensable": 0, "recommended": 7, "stated-absent": 5, "lost": 7, "unknown": 3}
    states = {(item["aspect"], item["state"]) for item in report["items"]}
    assert {
        ("responsible-units", "not-stated"),
        ("kpis", "lost"),
        ("baselines", "declared"),
        ("roadmap", "unknown"),
    } <= states
    _, out, _ = call("coverage", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["expected"], row["recorded"], row["lost"]) for row in rows] == [("57", "36", "7"), ("7", "5", "0")]
    _, out, _ = call("coverage", "990019", "--format", "csv")
    assert len(list(csv.reader(io.StringIO(out)))) == 1 + 22
    _, out, _ = call("coverage", "Mihon", "--format", "md", "--lang", "en")
    assert out.startswith("# Mihon City DX Plan: what is recorded") and "## What would make your plan clearer" in out
    _, out, _ = call("coverage", "990019-dx-2023")
    assert "1-⑤" in out and "5. 分からない: 3" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_an_example_that_works(call, name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    example = re.match(r"Example: keikaku (.+)\n", str(command.epilog))
    assert example
    words = shlex.split(example[1])
    if name == "search":
        words[-1] = "見本"  # the example world has other places
    code, out, err = call(*words)
    assert (code, bool(out)) == (0, True), err


def test_options_of_all_commands_may_stand_anywhere() -> None:
    assert options_first(["show", "x", "--lang", "en", "--debug"]) == ["--lang", "en", "--debug", "show", "x"]
    assert options_first(["search", "--", "--lang"]) == ["search", "--", "--lang"]


def test_the_library_answers_as_the_command_line_does(call, built_world: Settings) -> None:
    graph = keikaku.open(built_world.root, lang="en")
    answer = graph.ask("who-lacks", theme="cashless")
    frame = answer.to_pandas()
    assert list(frame["answer"]) == ["has it", "unknown", "unknown"]
    assert "L1" in frame.loc[0, "evidence"]
    rows = graph.query("SELECT ?plan WHERE { ?plan a jdx:Plan }")
    assert list(rows.to_pandas()["plan"]) == ["https://w3id.org/jichitai-dx/id/plan/990019/dx/2023"]
    assert graph.search("見本市")[0].iri.endswith("990019")
    assert graph.show("見本市").name.en == "Mihon City"
    assert [len(report.items) for report in graph.coverage().reports] == [57, 7]
    _, out, _ = call("ask", "who-lacks", "--theme", "cashless", "--format", "json")
    from keikaku.ask.render import json_text

    assert out == json_text(answer)

"""The question library: every file is sound, runs as it is, and gives the answer worked out from the sources by reading.

`cqNN-….expected.json` lies beside each competency question. Its rows name things by path or code; `lines` are lines of the
source text on which the row must rest. It was written from the texts, not from the output.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rdflib import Dataset, URIRef
from rdflib.term import Node

from keikaku import store
from keikaku.ask import Answer, Question, ask, library
from keikaku.ask.answer import joined, number_of
from keikaku.ask.bind import bind, sample
from keikaku.ask.question import AREAS
from keikaku.ask.trusted import lint, unfounded
from keikaku.namespaces import BASE
from keikaku.settings import Settings
from keikaku.store import Store

ROOT = Path(__file__).resolve().parent.parent
QUERIES = ROOT / "queries"
WORLD = ROOT / "tests" / "examples" / "ask" / "world.trig"
LIBRARY = library(QUERIES, ROOT)
#: The governments of that world.
CITIES = " ".join(f"<{BASE}id/lg/{code}>" for code in ("990019", "990027", "990035"))
EXPECTED = sorted(QUERIES.glob("*/*.expected.json"))


@pytest.fixture(scope="module")
def graph(built_project: Settings) -> Store:
    return store.open_current(built_project.current)


def readable(answer: Answer, term: Node | None) -> Any:
    """A cell as the expected answers write it: numbers as numbers, things by path, code or name."""
    if term is None:
        return None
    number = number_of(term)
    if number is not None:
        return number
    if things := joined(term):
        return [named(answer, iri) for iri in things]
    return named(answer, str(term)) if isinstance(term, URIRef) else str(term) or None


def named(answer: Answer, iri: str) -> str:
    path = iri.removeprefix(BASE)
    if found := re.fullmatch(r"id/fy/(\d+)", path):
        return f"FY{found[1]}"
    if path.startswith(("id/lg/", "id/unit/", "code/unit-")) or not iri.startswith(BASE):
        return answer.names[iri].ja
    if found := re.fullmatch(r"id/plan/\d{6}/[^/]+/[^/]+/(.+)", path):
        return found[1]
    return re.sub(r"^(id|code|theme|indicator)/", "", path)


def matches(answer: Answer, row: tuple[Node | None, ...], wanted: dict[str, Any]) -> bool:
    """Whether a row says what is expected and rests on exactly the expected places.

    Every expected line lies in a passage of the row; every passage of the row is of an expected document.
    """
    cells = {column.name: term for column, term in zip(answer.columns, row, strict=True)}
    if any(readable(answer, cells[name]) != value for name, value in wanted.items() if name != "lines"):
        return False
    passages, documents = answer.evidence(row), wanted.get("lines", {})
    for document, lines in documents.items():
        spans = [p.lines for p in passages if p.document_id == document]
        if not all(any(first <= line <= last for first, last in spans) for line in lines):
            return False
    return not documents or all(p.document_id in documents for p in passages)


@pytest.mark.parametrize("question", LIBRARY.values(), ids=lambda q: q.id)
def test_a_question_is_sound(question: Question) -> None:
    assert lint(question) == []
    assert unfounded(question) == []
    assert question.title.ja != question.title.en
    assert question.area in AREAS
    assert question.summary.ja != question.summary.en
    assert all(c.label.ja and c.label.en for c in question.columns)
    assert any(column.is_evidence for column in question.columns), "every answer lists its evidence"
    assert "#+ dataset: union" in question.text
    assert len(question.title.ja) <= 120


@pytest.mark.parametrize("question", LIBRARY.values(), ids=lambda q: q.id)
def test_a_question_declares_its_prefixes_and_runs_as_it_is(question: Question, graph: Store) -> None:
    used = set(re.findall(r"(?<![\w?<])([a-z]+):[\w-]+", re.sub(r"<[^>]*>|\"[^\"]*\"|#.*", "", question.text)))
    declared = set(re.findall(r"^PREFIX (\w+):", question.text, re.MULTILINE))
    assert used == declared
    assert graph.select(question.text).columns == question.projected


@pytest.mark.parametrize("question", LIBRARY.values(), ids=lambda q: q.id)
def test_the_sample_of_a_question_is_a_value_of_its_parameter(question: Question, graph: Store) -> None:
    given = {p.name: sample(question, p).split() for p in question.parameters}
    answer = ask(graph, question, given)
    as_it_is = graph.select(question.text)
    assert len(answer) > 0
    assert question.analysis or len(answer) == len(as_it_is)
    assert bind(question, answer.parameters).count("VALUES ?") >= len(question.parameters)


@pytest.mark.parametrize("question", LIBRARY.values(), ids=lambda q: q.id)
def test_a_question_answers_the_same_in_another_engine(question: Question) -> None:
    """The files are plain SPARQL 1.1: rdflib, which evaluates in quite another way, gives the same rows."""
    other = Dataset(default_union=True)
    other.parse(WORLD, format="trig")
    here = store.memory(other.serialize(format="nquads").encode())  # type: ignore[union-attr]
    text = re.sub(r"VALUES \?(government|other) \{[^}]*\}", rf"VALUES ?\1 {{ {CITIES} }}", question.text)
    assert cells(here.select(text).rows) == cells(other.query(text))


@pytest.mark.parametrize("question", LIBRARY.values(), ids=lambda q: q.id)
def test_a_fact_told_by_two_graphs_is_counted_once(question: Question) -> None:
    """Engines differ in whether the union of graphs holds a repeated statement once or twice; no answer may hang on that."""
    whole = Dataset()
    whole.parse(WORLD, format="trig")
    text = re.sub(r"VALUES \?(government|other) \{[^}]*\}", rf"VALUES ?\1 {{ {CITIES} }}", question.text)
    once = store.memory(whole.serialize(format="nquads").encode())  # type: ignore[union-attr]
    again = whole.graph(URIRef(f"{BASE}graph/again"))
    # Every third only: what multiplies takes long when all are repeated.
    for statement in sorted({(s, p, o) for s, p, o, _ in whole.quads()})[::3]:
        again.add(statement)
    twice = store.memory(whole.serialize(format="nquads").encode())  # type: ignore[union-attr]
    found = [cells(made.select(text).rows) for made in (twice, once)]
    if question.analysis:  # features are taken as a set
        found = [sorted(set(rows)) for rows in found]
    assert found[0] == found[1]


def cells(rows: Iterable[Any]) -> list[tuple[str, ...]]:
    """Rows as sorted texts; joined lists without their order."""
    return sorted(tuple(" ".join(sorted(str("" if cell is None else cell).split())) for cell in row) for row in rows)


def test_no_question_names_a_city_beyond_its_sample() -> None:
    for question in LIBRARY.values():
        body = re.sub(r"^(#.*| *VALUES .*)$", "", question.text, flags=re.MULTILINE)
        assert not re.search(r"/(lg|plan|doc|unit)/[0-9]{6}", body), question.id


def test_every_question_has_an_expected_answer() -> None:
    """Some have tests of their own: in test_compare.py, test_identity.py, test_ask.py, here, and analyses in test_analyse.py."""
    tested = {path.name.removesuffix(".expected.json") for path in EXPECTED}
    asked = {path.stem for folder in ("library", "competency") for path in (QUERIES / folder).glob("*.rq")}
    asked -= {name for name, question in LIBRARY.items() if question.analysis}
    assert asked - tested == {"compare-kpis", "compare-themes", "edition-crosswalk", "who-lacks"}
    assert tested <= asked


@pytest.mark.parametrize("path", EXPECTED, ids=lambda p: p.name.split(".")[0])
def test_the_answer_is_the_one_worked_out_by_reading(path: Path, graph: Store) -> None:
    """`more` allows other rows than those worked out, `count` is the number of all rows, `absent` are rows that must not be there."""
    expected = json.loads(path.read_text(encoding="utf-8"))
    answer = ask(graph, LIBRARY[expected["question"]], expected.get("parameters", {}))
    left = list(answer.rows)
    assert len(left) == expected.get("count", len(left))
    for unwanted in expected.get("absent", []):
        assert not any(matches(answer, row, unwanted) for row in left), f"a row says {unwanted}"
    for wanted in expected["rows"]:
        found = next((row for row in left if matches(answer, row, wanted)), None)
        assert found is not None, f"no row says {wanted}\nleft: {[[readable(answer, c) for c in row] for row in left]}"
        left.remove(found)
    assert not left or expected.get("more"), (
        f"rows that nobody expected: {[[readable(answer, c) for c in row] for row in left]}"
    )


FOUR = {"142051": "fujisawa", "221309": "hamamatsu", "222071": "fujinomiya", "242047": "matsusaka"}


@pytest.mark.parametrize(
    ("theme", "level", "lacking", "has"),
    [
        ("digital-divide", "measure", [], ["142051", "221309", "222071", "242047"]),
        ("digital-divide", "initiative", ["142051", "242047"], ["221309", "222071"]),
        ("security", "initiative", ["142051", "242047"], ["221309", "222071"]),
        ("ai-rpa", "initiative", ["221309", "222071"], ["142051", "242047"]),
        ("ai-rpa", "measure", [], ["142051", "242047"]),
        ("cashless", "initiative", ["222071", "242047"], ["142051", "221309"]),
    ],
)
def test_who_lacks_answers_for_the_four_cities_as_their_texts_do(
    graph: Store, theme: str, level: str, lacking: list[str], has: list[str]
) -> None:
    answer = ask(graph, LIBRARY["who-lacks"], {"theme": theme, "level": level})
    rows = list(answer)
    groups = {g.token: sorted(str(rows[n]["municipality"])[-6:] for n in g.rows) for g in answer.groups()}
    assert {g.of for g in answer.groups()} == {1741}
    assert groups["lacking"] == lacking
    assert groups["has"] == has
    assert len(groups["unknown"]) == 1741 - len(lacking) - len(has)
    for row in rows:
        if row["answer"].eq("unknown"):
            assert "reason" in row
        else:
            assert set(FOUR) >= {str(row["municipality"])[-6:]}


def test_who_has_a_kpi_for_the_digital_divide(graph: Store) -> None:
    answer = ask(graph, LIBRARY["who-lacks"], {"theme": "digital-divide"})
    kpis = {str(row["municipality"])[-6:]: str(row["kpi"]) for row in answer if "kpi" in row}
    assert kpis == {"221309": "yes", "142051": "none", "222071": "none", "242047": "none"}
    lines = {str(row["municipality"])[-6:]: str(row["evidence"]) for row in answer if "kpi" in row}
    assert "L600-642" in lines["221309"]
    assert "L225-237" in lines["142051"]
    assert "L340" in lines["242047"]
    assert "L665-684" in lines["222071"]


def test_a_national_item_is_under_its_own_theme_else_that_of_the_whole_and_without_one_under_none(graph: Store) -> None:
    def values(path: str) -> dict[str, set[str]]:
        rows = graph.select(f"SELECT ?a ?b WHERE {{ ?a {path} ?b }}").rows
        return {str(a): {str(other) for one, other in rows if one == a} for a, _ in rows}

    themes, wholes, wider = values("jdx:theme"), values("jdx:parentElement"), values("skos:broader")
    everything = {str(row["item"]) for row in ask(graph, LIBRARY["national-items"], {})}
    own = {
        item: themes.get(item) or {theme for whole in wholes.get(item, ()) for theme in themes.get(whole, ())}
        for item in everything
    }
    assert [item for item in everything if not own[item]], "without an item without a theme this shows nothing"
    for (theme,) in graph.select("SELECT ?theme WHERE { ?theme a jdx:PolicyTheme }").rows:
        found = {str(row["item"]) for row in ask(graph, LIBRARY["national-items"], {"theme": str(theme)})}
        fits = {
            item for item, several in own.items() if any(str(theme) in {one} | wider.get(one, set()) for one in several)
        }
        assert found == fits, theme

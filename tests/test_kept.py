"""What is kept in memory so that questions are quick never changes an answer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from keikaku import store
from keikaku.ask import Question, ask, library, render
from keikaku.ask.bind import sample_terms
from keikaku.ask.evidence import passages
from keikaku.ask.kept import kept, recent
from keikaku.ask.names import names
from keikaku.namespaces import BASE
from keikaku.settings import Settings
from keikaku.store import Store

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = library(ROOT / "queries", ROOT)
MATSUSAKA, FUJISAWA = f"{BASE}id/plan/242047/dx/2022-draft", f"{BASE}id/plan/142051/dx/2022-draft"
EXAMPLE = b"<http://e.org/a> <http://www.w3.org/2000/01/rdf-schema#label> %s <http://e.org/g> .\n"


@pytest.fixture(scope="module")
def graph(built_project: Settings) -> Store:
    return store.open_current(built_project.current)


def samples(question: Question) -> dict[str, list[str]]:
    return {
        p.name: [str(t) for t in sample_terms(question, p)] for p in question.parameters if p.left_out == "required"
    }


@pytest.mark.parametrize("question", LIBRARY.values(), ids=LIBRARY)
def test_what_is_kept_changes_no_answer(question: Question, graph: Store) -> None:
    afresh = dataclasses.replace(graph, lasting=False)
    given = samples(question)
    ask(graph, question, given)
    assert render.json_text(ask(graph, question, given)) == render.json_text(ask(afresh, question, given))


@pytest.mark.parametrize(
    ("name", "parameter", "values"),
    [("peers", "government", ("横浜市", "藤沢市")), ("similar-plans", "plan", (MATSUSAKA, FUJISAWA)), ("why-similar", "other", (MATSUSAKA, FUJISAWA))],
)  # fmt: skip
def test_what_an_analysis_has_read_serves_every_value(
    name: str, parameter: str, values: list[str], graph: Store
) -> None:
    afresh, question = dataclasses.replace(graph, lasting=False), LIBRARY[name]
    answers = []
    for value in values:
        given = samples(question) | {parameter: [value]}
        answers.append(render.json_text(ask(graph, question, given)))
        assert answers[-1] == render.json_text(ask(afresh, question, given))
    assert len(set(answers)) == len(answers)


def test_a_store_that_can_change_is_asked_each_time() -> None:
    made = store.memory(EXAMPLE % '"窓口"@ja'.encode())
    assert names(made, ["http://e.org/a"])["http://e.org/a"].ja == "窓口"
    made.drop_graph("http://e.org/g")
    assert names(made, ["http://e.org/a"])["http://e.org/a"].ja != "窓口"
    assert not made.lasting


def test_a_lasting_store_is_asked_once_for_each_thing_and_kept_things_stay_in_bounds(
    graph: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = dataclasses.replace(graph, path=Path("elsewhere"))
    asked: list[list[str]] = []

    def look_up(keys: list[str]) -> dict[str, str]:
        asked.append(keys)
        return {key: key.upper() for key in keys}

    assert kept(mine, "test", ["a", "b"], look_up) == {"a": "A", "b": "B"}
    assert list(kept(mine, "test", ["c", "a"], look_up).items()) == [("c", "C"), ("a", "A")]
    assert asked == [["a", "b"], ["c"]]
    monkeypatch.setattr("keikaku.ask.kept.MOST", 3)
    assert kept(mine, "test", ["d", "a"], look_up) == {"d": "D", "a": "A"}
    assert asked[2:] == [["d"]]
    assert kept(mine, "test", ["a"], look_up) == {"a": "A"}
    assert asked[3:] == [["a"]], "when there would be more than the most, it starts again"


def test_long_answers_make_room_for_each_other_but_the_last_stays(
    graph: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = dataclasses.replace(graph, path=Path("elsewhere again"))
    made: list[int] = []

    def asked(size: int) -> bool:
        """Whether an answer of this size had to be made."""
        before = len(made)
        recent(mine, size, lambda: made.append(size) or size, lambda value: value)
        return len(made) > before

    monkeypatch.setattr("keikaku.ask.kept.MOST_CELLS", 100)
    assert [asked(size) for size in (40, 50, 40, 50)] == [True, True, False, False]
    assert asked(30), "together they are more than 100, so the one asked for longest ago has gone"
    assert [asked(size) for size in (50, 30, 40)] == [False, False, True]
    assert asked(1000) and not asked(1000), "too long for all the others, it is kept alone"
    assert asked(40)


def test_a_passage_without_lines_section_or_title_keeps_its_document() -> None:
    made = store.memory(b"<http://e.org/e> <http://www.w3.org/ns/oa#hasSource> <http://e.org/d> <http://e.org/g> .\n")
    found = passages(made, ["http://e.org/e", "http://e.org/none"])
    assert found["http://e.org/e"].document.ja == "http://e.org/d"
    assert (found["http://e.org/e"].lines, found["http://e.org/e"].printed) == ((0, 0), ())
    assert found["http://e.org/none"].document_id == ""


def test_a_word_of_the_language_inside_other_text_is_no_clause(graph: Store) -> None:
    literal = graph.select('SELECT ?x { VALUES ?x { "FROM <a> SERVICE" } }').rows[0][0]
    assert literal == Literal("FROM <a> SERVICE")
    assert graph.select("SELECT ?x FROM <http://e.org/none> { ?x a ?y }").rows == ()
    assert graph.select("SELECT ?x { ?x a jdx:Plan }").rows[0][0] != URIRef("")

"""Evaluations of earlier plans, surveys, SWOT analyses, totals of named items, parts of parts: how the reader takes them."""

from __future__ import annotations

import pytest

from keikaku import store
from keikaku.namespaces import BASE
from keikaku.settings import Settings
from test_read import errors_after, line_of

PLAN = f"<{BASE}id/plan/990019/dx/2023>"
EARLIER = f"{BASE}id/plan/990019/joho-hoshin/undated"


@pytest.fixture(scope="module")
def graph(built_world: Settings) -> store.Store:
    return store.open_current(built_world.current)


def cells(graph: store.Store, query: str) -> list[tuple[str, ...]]:
    return [
        tuple(str(cell).rsplit("990019/dx/2023/")[-1].removeprefix(BASE) for cell in row)
        for row in graph.select(query).rows
    ]


def test_a_rated_row_evaluates_the_earlier_plan_and_the_goal_above_it(graph: store.Store) -> None:
    rows = graph.select(
        f"SELECT ?r ?status ?what {{ ?r a jdx:EvaluationResult ; jdx:inPlan {PLAN} ; jdx:evaluationStatus ?status ; jdx:evaluates ?what }}"
    ).rows
    assert {(str(r)[-4:], str(s).rsplit("/", 1)[1], str(w).removeprefix(EARLIER)) for r, s, w in rows} == {
        ("ev/1", "ev-done", ""), ("ev/1", "ev-done", "/g/1-1"), ("ev/2", "ev-studying", ""), ("ev/2", "ev-studying", "/g/1-1"),
    }  # fmt: skip


def test_the_goals_of_the_earlier_plan_are_elements_of_that_plan(graph: store.Store) -> None:
    rows = graph.select(
        f"SELECT ?g ?plan ?above {{ ?g a jdx:Goal ; jdx:inPlan ?plan FILTER(?plan = <{EARLIER}>) OPTIONAL {{ ?g jdx:parentElement ?above }} }} ORDER BY ?g"
    ).rows
    assert [(str(g).removeprefix(EARLIER), str(above or "").removeprefix(EARLIER)) for g, _, above in rows] == [
        ("/g/1", ""),
        ("/g/1-1", "/g/1"),
    ]


def test_a_survey_has_its_days_and_the_figures_point_to_it(graph: store.Store) -> None:
    assert cells(
        graph,
        f"SELECT ?s ?from ?to ?early {{ ?s a jdx:Survey ; dcterms:isPartOf {PLAN} ; dcterms:temporal ?p ; jdx:earliest ?early . "
        "?p dcat:startDate ?from ; dcat:endDate ?to ; jdx:evidence ?e }",
    ) == [("survey/1", "2022-07-01", "2022-07-31", "2022-07-01")]
    figures = "SELECT ?v { ?v jdx:fromSurvey ?s FILTER(STRENDS(STR(?s), '/survey/1')) } ORDER BY ?v"
    assert cells(graph, figures) == [("v/3",), ("v/4",), ("v/5",)]


def test_named_items_are_parts_of_their_total(graph: store.Store) -> None:
    rows = cells(
        graph,
        "SELECT ?v ?yen ?title ?by { ?v a jdx:BudgetItem ; jdx:componentOf ?t ; jdx:numericValue ?yen ; jdx:breakdownBy ?by ; dcterms:title ?title "
        "FILTER(LANG(?title) = 'ja') } ORDER BY ?v",
    )
    assert rows == [
        ("v/6/item/1", "600000", "端末の購入", "code/bd-by-item"),
        ("v/6/item/2", "300000", "講座の開催", "code/bd-by-item"),
    ]


def test_a_swot_entry_has_its_quadrant_and_hangs_below_its_field(graph: store.Store) -> None:
    rows = cells(
        graph,
        "SELECT ?e ?quadrant ?field ?theme { ?e a jdx:SwotEntry ; jdx:swotQuadrant ?quadrant ; jdx:parentElement ?field "
        "OPTIONAL { ?e jdx:theme ?theme } } ORDER BY ?e",
    )
    assert rows == [
        ("swot/1/entry/1", "code/sw-s", "swot/1", "None"),
        ("swot/1/entry/2", "code/sw-t", "swot/1", "theme/security"),
    ]


def test_a_threat_is_no_measure_and_no_mention(graph: store.Store) -> None:
    assert cells(graph, f"SELECT ?c {{ {PLAN} jdx:coveredBy ?c . ?c jdx:theme th:security }}") == []


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        ("goal: 1-ア", "goal: 2", "no goal “2”", "1-1"),
        ("status: studying", "status: studied", "no code in the list ev- “studied”", "studying"),
        ("quadrant: t", "quadrant: x", "no code in the list sw- “x”", ""),
        ("survey: 1", "survey: 2", "no element of this plan “2”", ""),
        ("from: 2022-07-01", "from: July", "date “July” cannot be read", "2019-09-27"),
        ("of: 見本市情報化基本方針", "of: 見本市情報化方針", "見本市情報化方針", "見本市情報化基本方針"),
        ("value: 600", "value: 700", "more than its total", ""),
    ],
)
def test_wrong_words_are_named_with_their_line(world: Settings, old: str, new: str, what: str, remedy: str) -> None:
    found = errors_after(world, old, new)
    sentences = [f.sentence("en") for f in found]
    assert any(what in s and remedy in s for s in sentences), sentences
    assert any(f.place.line in (line_of(world, new), None) for f in found) or what.startswith("more"), sentences


def test_parts_may_have_parts(world: Settings) -> None:
    old = "by-outcome: {abolished: 2082, kept: 63}"
    assert (
        errors_after(
            world, old, "by-outcome: {abolished: 2082, kept: {value: 63, parts: {by-seal-kind: {private-seal: 63}}}}"
        )
        == []
    )


def test_parts_of_a_part_may_not_exceed_it(world: Settings) -> None:
    old = "by-outcome: {abolished: 2082, kept: 63}"
    found = errors_after(
        world, old, "by-outcome: {abolished: 2082, kept: {value: 63, parts: {by-seal-kind: {private-seal: 64}}}}"
    )
    assert any("more than its total 63" in f.text_en for f in found)


def test_goals_of_another_document_are_elements_of_that_document(graph: store.Store) -> None:
    rows = graph.select(
        f"SELECT ?g ?plan {{ {PLAN} dcterms:references ?plan . ?g a jdx:Goal ; jdx:inPlan ?plan ; jdx:evidence ?e }}"
    ).rows
    assert [(str(g).removeprefix(BASE), str(plan).removeprefix(BASE)) for g, plan in rows] == [
        ("id/plan/soumu/jichitai-dx/1.0/g/1", "id/plan/soumu/jichitai-dx/1.0")
    ]


def test_national_support_stands_below_its_item_with_the_ministry(graph: store.Store) -> None:
    rows = cells(
        graph,
        "SELECT ?support ?item ?ministry { ?support a jdx:NationalPolicyItem ; jdx:parentElement ?item ; jdx:responsibleUnit ?ministry }",
    )
    assert rows == [("i/1-04/n/1/n/1", "i/1-04/n/1", "id/nat/soumu")]


OTHER = "- of: soumu/jichitai-dx/1.0\n"


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("  period: {from: 2021-01, to: 2026-03, at: 15}\n", ""),
        ("  period: {from: 2021-01, to: later, at: 15}\n", "“later” is no month or day"),
        ("  legal-basis:\n  - {law: 官民データ活用推進基本法 第9条, serves-as: prefectural-data-plan, at: 13}\n", ""),
        (
            "  legal-basis:\n  - {law: 官民データ活用推進基本法, serves-as: county-data-plan, at: 13}\n",
            "county-data-plan",
        ),
        ("  departments: [デジタル推進科]\n", "デジタル推進科"),
        (
            "  coordinated:\n  - {plan: 第5次見本市総合計画, at: 14}\n  departments: [デジタル推進課]\n  partners: [見本大学]\n",
            "",
        ),
    ],
)
def test_what_is_told_of_another_document_is_read_or_refused(world: Settings, more: str, what: str) -> None:
    found = [f.sentence("en") for f in errors_after(world, OTHER, OTHER + more)]
    assert any(what in sentence for sentence in found) if what else found == [], found

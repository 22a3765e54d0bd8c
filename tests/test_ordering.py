"""The order made here is that of the engine, wherever SPARQL says what the order is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, XSD, BNode, Literal, URIRef
from rdflib.term import Node

from conftest import ROOT
from keikaku.ask.bind import bind, sample_terms
from keikaku.ask.header import read
from keikaku.errors import QueryError
from keikaku.ordering import put_in_order, split
from keikaku.settings import Settings
from keikaku.store import Solutions, memory, open_current

NUMBERS = st.one_of(
    st.integers(-50, 50).map(lambda n: Literal(str(n), datatype=XSD.integer)),
    st.decimals(-50, 50, places=2).map(lambda n: Literal(f"{n:f}", datatype=XSD.decimal)),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4).map(Literal)
DAYS = st.dates().map(lambda day: Literal(day.isoformat(), datatype=XSD.date))
IRIS = st.text(st.sampled_from("ab1/ぬ"), max_size=5).map(lambda end: URIRef(f"http://example.org/{end}"))
FILES = sorted(
    p for p in (ROOT / "queries").rglob("*.rq") if p.parent.name != "checks" and split(p.read_text(encoding="utf-8"))[1]
)


@pytest.mark.parametrize("kind", [NUMBERS, TEXTS, DAYS, IRIS], ids=["numbers", "texts", "days", "IRIs"])
@pytest.mark.parametrize("down", ["", "DESC"])
def test_values_of_a_kind_have_the_order_of_the_engine(kind: st.SearchStrategy[Node], down: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(st.lists(kind, max_size=12))
    def check(values: list[Node]) -> None:
        store = memory()
        store.load_triples((URIRef(f"http://example.org/{n}"), RDF.value, value) for n, value in enumerate(values))
        text = f"SELECT ?o ?s {{ {{ ?s rdf:value ?o }} UNION {{ ?s rdf:value ?any }} }} ORDER BY {down}(?o) ?s"
        ours, engines = store.select(text), store.query(text)
        assert isinstance(engines, Solutions)
        assert sorted(map(str, ours.rows)) == sorted(map(str, engines.rows))
        mine, others = ([_value(row[0]) for row in found.rows] for found in (ours, engines))
        assert mine == others

    check()


def _value(term: Node | None) -> object:
    """What is compared: 1 and 1.0 are the same."""
    return term.toPython() if isinstance(term, Literal) and kind_of_number(term) else term


def kind_of_number(term: Literal) -> bool:
    return term.datatype in (XSD.integer, XSD.decimal)


def test_kinds_of_terms_stand_in_the_order_of_sparql() -> None:
    blank, iri, text = BNode("b"), URIRef("http://example.org/"), Literal("a")
    assert put_in_order(["x"], [(text,), (iri,), (blank,), (None,)], (("x", False),)) == ((None,), (blank,), (iri,), (text,))  # fmt: skip


def test_rows_that_the_order_leaves_open_always_stand_the_same_way() -> None:
    rows = [(Literal(str(n % 2)), Literal(str(n))) for n in range(6)]
    found = {put_in_order(["x", "y"], some, (("x", True),)) for some in (rows, rows[::-1], rows[3:] + rows[:3])}
    assert found == {tuple(sorted(rows, key=lambda row: (-int(row[0]), row[1])))}


def test_a_query_is_left_as_it_is_where_it_orders_otherwise() -> None:
    for text in (
        "SELECT ?a { ?a ?p ?b } ORDER BY ?a LIMIT 5",
        "SELECT ?a { ?a ?p ?b } ORDER BY STR(?a)",
        "SELECT DISTINCT ?a { ?a ?p ?b } ORDER BY ?b",
        "SELECT * { ?a ?p ?b } ORDER BY ?b ?c",
        "SELECT ?a { { SELECT ?a { ?a ?p ?b } ORDER BY ?a } }",
    ):
        assert split(text) == (text, (), 0)


def test_an_error_names_the_place_in_the_query_as_it_was_given() -> None:
    text = "SELECT ?a WHERE {\n  ?a nope:p ?b } \nORDER BY ?b"
    with pytest.raises(QueryError) as whole:
        memory().query(text)
    with pytest.raises(QueryError) as parted:
        memory().select(text)
    assert str(parted.value) == str(whole.value) and "line 2" in str(whole.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "queries").as_posix())
def test_a_query_of_ours_has_the_order_of_the_engine(path: Path, built_project: Settings) -> None:
    question = read(path, ROOT)
    store = open_current(built_project.current)
    text = bind(question, {p.name: sample_terms(question, p) for p in question.parameters})
    plain, order, hidden = split(text)
    by = " ".join(f"{'DESC' if down else 'ASC'}(?{name})" for name, down in order)
    ours, engines = store.select(text), store.query(f"{plain} ORDER BY {by}")
    assert isinstance(engines, Solutions)
    shown = [engines.columns.index(name) for name, _ in order]
    mine = put_in_order(engines.columns, engines.rows, order)
    assert [tuple(row[n] for n in shown) for row in mine] == [tuple(row[n] for n in shown) for row in engines.rows]
    assert len(ours.rows) == len(mine) and len(ours.columns) == len(engines.columns) - hidden

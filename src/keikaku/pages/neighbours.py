"""What points at a thing, a hundred at a time (architecture §7), each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.evidence import Passage, passages
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.endpoint import Opened
from keikaku.namespaces import GRAPH, JDX
from keikaku.pages.render import View
from keikaku.store import nt

#: Neighbours, and rows of a table that is cut, on one page.
PER_PAGE = 100


@dataclass(frozen=True)
class Neighbour:
    """One statement that points at the thing."""

    predicate: str
    other: str
    role: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Neighbours:
    """One page of them with the names of all that is mentioned; `total` counts all statements, each once."""

    rows: tuple[Neighbour, ...]
    total: int
    names: dict[str, Text]


def page_of(view: View) -> int:
    """The number of the page that is asked for, from 1; nonsense means the first."""
    asked = view.params.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def count(store: Opened, iri: str) -> int:
    """How many statements point at a thing, each once."""
    thing = nt(URIRef(iri))
    rows = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ SELECT DISTINCT ?p ?s WHERE {{ ?s ?p {thing} }} }}").rows
    return int(str(rows[0][0]))


def pairs(store: Opened, iri: str, page: int) -> tuple[tuple[Node | None, ...], ...]:
    """One page of the statements that point at a thing, as (predicate, subject) in their order."""
    thing = nt(URIRef(iri))
    found = f"SELECT DISTINCT ?p ?s WHERE {{ ?s ?p {thing} }}"
    # One text to order by, made once for each row: the engine reads an IRI from the disk each time it compares it.
    return store.select(
        f'SELECT ?p ?s WHERE {{ {{ {found} }} BIND(CONCAT(STR(?p), " ", STR(?s)) AS ?order) }} '
        f"ORDER BY ?order LIMIT {PER_PAGE} OFFSET {(page - 1) * PER_PAGE}"
    ).rows


def neighbours(store: Opened, iri: str, page: int) -> Neighbours:
    """One page of the statements that point at a thing; a stated one goes before the same one derived."""
    found_here = pairs(store, iri, page)
    stated = _graphs(store, nt(URIRef(iri)), found_here)
    rows = [(p, s, *stated[str(p), str(s)]) for p, s in found_here if (str(p), str(s)) in stated]
    block = " ".join(sorted({nt(s) for _, s, *_ in rows if s is not None}))
    resting: dict[str, list[str]] = {}
    if block:
        for one, evidence in store.select(
            f"SELECT DISTINCT ?s ?e WHERE {{ VALUES ?s {{ {block} }} ?s <{JDX.evidence}> ?e }} ORDER BY ?s ?e"
        ).rows:
            resting.setdefault(str(one), []).append(str(evidence))
    found = passages(store, (e for several in resting.values() for e in several))
    return Neighbours(
        tuple(
            Neighbour(
                str(p),
                str(s),
                "inferred" if derived else str(graph).removeprefix(str(GRAPH)).partition("/")[0],
                tuple(found[e] for e in resting.get(str(s), []) if e in found),
            )
            for p, s, derived, graph in rows
        ),
        count(store, iri),
        names(store, {str(term) for row in rows for term in row[:2] if term is not None}),
    )


def _graphs(
    store: Opened, thing: str, pairs: Iterable[tuple[Node | None, ...]]
) -> dict[tuple[str, str], tuple[bool, str]]:
    """For each pair of property and subject whether it is only derived, and a graph that says so: a stated one where there is one."""
    block = " ".join(f"({nt(p)} {nt(s)})" for p, s in pairs if p is not None and s is not None)
    found: dict[tuple[str, str], tuple[bool, str]] = {}
    if block:
        for p, s, g in store.select(
            f"SELECT ?p ?s ?g WHERE {{ VALUES (?p ?s) {{ {block} }} GRAPH ?g {{ ?s ?p {thing} }} }}"
        ).rows:
            said = (str(g).startswith(f"{GRAPH}inferred/"), str(g))
            found[str(p), str(s)] = min(found.get((str(p), str(s)), said), said)
    return found

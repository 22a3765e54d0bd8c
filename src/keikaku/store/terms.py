"""Terms, rows and triples of the engine as those of rdflib, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from keikaku.errors import QueryError

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True)
class Solutions:
    """Rows of a SELECT: `columns` in the order of the projection, each row one term or None per column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Node | None, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Node]]:
        """Each row as a mapping; unbound variables are left out."""
        for row in self.rows:
            yield {c: v for c, v in zip(self.columns, row, strict=True) if v is not None}

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Triples:
    """Triples of a CONSTRUCT or DESCRIBE."""

    triples: tuple[tuple[Node, Node, Node], ...]


def _known(term: object, seen: dict[object, Node | None]) -> Node | None:
    """The rdflib term of an engine term, made once per answer: most terms of an answer come back many times."""
    known = seen.get(term)
    if known is None and term is not None:
        known = seen[term] = from_engine(term)
    return known


def rows_of(result: ox.QuerySolutions, most: int | None) -> tuple[tuple[Node | None, ...], ...]:
    """The rows of a table, of more than `most` the first ones."""
    seen: dict[object, Node | None] = {None: None}
    return tuple(tuple(_known(term, seen) for term in solution) for solution in islice(result, most))


def triples_of(result: Iterable[ox.Triple], most: int | None) -> Triples:
    """The triples of a graph, of more than `most` the first ones."""
    known: dict[object, Node | None] = {}
    return Triples(
        tuple(
            (_known(t.subject, known), _known(t.predicate, known), _known(t.object, known))  # type: ignore[misc]  # no term of a triple is None
            for t in islice(result, most)
        )
    )


def to_engine(term: Node) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    """The engine's term of an rdflib term."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return (
            ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))
        )
    return ox.BlankNode(str(term))


def from_engine(term: object) -> Node:
    """The rdflib term of an engine term, a literal as written. Raises QueryError for a triple term (RDF 1.2)."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        plain = term.datatype.value == _XSD_STRING
        return (
            Literal(term.value) if plain else Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
        )
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise QueryError(
        "the answer holds an RDF 1.2 triple term, which this project does not use",
        ja="答えに、このプロジェクトでは使わない RDF 1.2 のトリプル項があります",
    )


def is_iri(text: str) -> bool:
    """Whether the engine takes a text for an absolute IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True

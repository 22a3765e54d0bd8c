"""Rows of terms as bytes and back, each term written once: a long answer repeats most of its terms."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

Row = tuple[Node | None, ...]
#: What a term is made from: its kind, its text, and the language or datatype of a literal.
_Term = tuple[str, str, str | None]


def pack(rows: Sequence[Row]) -> bytes:
    """Rows as bytes."""
    numbers: dict[Node | None, int] = {None: 0}
    cells = [[numbers.setdefault(term, len(numbers)) for term in row] for row in rows]
    return pickle.dumps(([_written(term) for term in numbers if term is not None], cells), pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> tuple[Row, ...]:
    """The rows that were packed, term by term as they were. Raises whatever `pickle` does for bytes that `pack` did not make."""
    written, cells = pickle.loads(data)  # noqa: S301 - bytes of our own build folder, as its other kept results
    terms: list[Node | None] = [None, *map(_read, written)]
    return tuple(tuple(map(terms.__getitem__, row)) for row in cells)


def _written(term: Node) -> _Term:
    if isinstance(term, Literal):
        if term.language:
            return "@", str(term), term.language
        return "^", str(term), str(term.datatype) if term.datatype else None
    return ("<" if isinstance(term, URIRef) else "_"), str(term), None


def _read(written: _Term) -> Node:
    kind, text, of = written
    if kind == "<":
        return URIRef(text)
    if kind == "_":
        return BNode(text)
    if kind == "@":
        return Literal(text, lang=of)
    return Literal(text) if of is None else Literal(text, datatype=URIRef(of), normalize=False)

"""The order of an answer, made here instead of in the engine.

Oxigraph reads both terms of each comparison from the disk anew, so that ordering 600 rows takes ten times as long as finding them.
The order is that of SPARQL 1.1 §15.1: nothing, blank nodes, IRIs, literals; numbers by value, texts by code points. Where SPARQL
leaves the order open (rows that the named columns do not tell apart, literals of different kinds) it is always the same here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import cast

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

Row = tuple[Node | None, ...]
#: Columns in the order in which they count, each with whether it descends.
Order = tuple[tuple[str, bool], ...]
_CLAUSE = re.compile(r"\bORDER\s+BY((?:\s+(?:\?\w+|(?:ASC|DESC)\s*\(\s*\?\w+\s*\)))+)\s*\Z", re.IGNORECASE)
#: What comes before the pattern of a SELECT: comments and prefixes, then what it shows, in which no string is open.
_HEAD = re.compile(
    r"(?:\s+|\#[^\n]*\n|(?:PREFIX\s+[\w-]*:|BASE)\s*<[^>]*>)*+SELECT\b(?P<distinct>\s+(?:DISTINCT|REDUCED)\b)?"
    r'(?P<shown>(?:"[^"\n]*"|[^{}\#"])*?)(?=(?<![?$\w])(?:FROM|WHERE)\b|\{)',
    re.IGNORECASE,
)
_PIECE = re.compile(r"(DESC)?[\s(]*\?(\w+)", re.IGNORECASE)


def split(text: str) -> tuple[str, Order, int]:
    """A query without the ORDER BY at its end, what that says, and how many columns were added.

    What it orders by without showing it comes after the columns that it shows, so that rows can be ordered by it. A query that orders
    otherwise comes back as it is, with nothing.

    >>> split("SELECT ?a ?b { ?a ?p ?b } ORDER BY DESC(?b) ?a")
    ('SELECT ?a ?b { ?a ?p ?b } ', (('b', True), ('a', False)), 0)
    >>> split("SELECT ?a WHERE { ?a ?p ?b } ORDER BY ?b")
    ('SELECT ?a ?b WHERE { ?a ?p ?b } ', (('b', False),), 1)
    >>> split("SELECT ?a { ?a ?p ?b } ORDER BY ?a LIMIT 1")
    ('SELECT ?a { ?a ?p ?b } ORDER BY ?a LIMIT 1', (), 0)
    """
    if "order" not in text.lower():  # a query that lists a thousand things is long to search through
        return text, (), 0
    found = _CLAUSE.search(text)
    head = _HEAD.match(text)
    if found is None or head is None:
        return text, (), 0
    order = tuple((name, bool(down)) for down, name in _PIECE.findall(found[1]))
    shown = set(re.findall(r"\?(\w+)", head["shown"]))
    hidden = [f"?{name} " for name in dict.fromkeys(name for name, _ in order) if name not in shown]
    if hidden and (head["distinct"] or "*" in head["shown"].replace("(*", "")):
        return text, (), 0
    return text[: head.end("shown")] + "".join(hidden) + text[head.end("shown") : found.start()], order, len(hidden)


def put_in_order(columns: Sequence[str], rows: Sequence[Row], order: Order) -> tuple[Row, ...]:
    """The rows in this order; rows that it does not tell apart by their other columns. Raises KeyError for a column that there is not."""
    place = {name: number for number, name in enumerate(columns)}
    chosen = [(place[name], down) for name, down in order]
    known: dict[Node | None, tuple[object, ...]] = {}

    def rank(term: Node | None) -> tuple[object, ...]:
        if term not in known:
            known[term] = _rank(term)
        return known[term]

    keys = [tuple(rank(row[n]) for n, _ in chosen) for row in rows]
    numbers = list(range(len(rows)))
    if any(down for _, down in chosen):
        for position in reversed(range(len(chosen))):
            numbers.sort(key=lambda n: keys[n][position], reverse=chosen[position][1])
    else:
        numbers.sort(key=keys.__getitem__)
    start = 0
    for end in [n + 1 for n, (one, two) in enumerate(pairwise(numbers)) if keys[one] != keys[two]] + [len(numbers)]:
        if end - start > 1:
            numbers[start:end] = sorted(numbers[start:end], key=lambda n: tuple(rank(term) for term in rows[n]))
        start = end
    return tuple(rows[n] for n in numbers)


def _rank(term: Node | None) -> tuple[object, ...]:
    """What is compared of a term: its kind first, so that only what can be compared is."""
    if term is None:
        return (0,)
    if isinstance(term, BNode):
        return (1, str(term))
    if isinstance(term, URIRef):
        return (2, str(term))
    literal = cast(Literal, term)
    value = literal.value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value == value:  # noqa: PLR0124 - not NaN
        return (3, 0, value, str(literal), str(literal.datatype))
    if literal.datatype is None:
        return (3, 1, str(literal), literal.language or "")
    return (3, 2, str(literal), str(literal.datatype))  # days, months and years among each other by their digits

"""What an analysis is: a function from the rows of a query to the rows of an answer, and how it writes its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from rdflib import Literal
from rdflib.term import Node

from keikaku.namespaces import XSD

#: One row by the names of its columns; what is empty is left out.
Row = Mapping[str, Node]
Rows = Sequence[Row]
#: The terms that a question was asked with, by parameter.
Asked = Mapping[str, Sequence[Node]]
#: What an analysis makes of the rows of its query.
Read = TypeVar("Read")

#: Decimal places of a measure; more would promise what the record cannot keep.
PLACES = 4


@dataclass(frozen=True)
class Analysis(Generic[Read]):
    """One analysis: the columns that it reads from a query, those that it answers with, and the functions between them.

    `read` takes rows in any order, each as often as it likes, and makes the same of the same set; `compute` answers from that. `passed`
    are the parameters of which neither the query nor `read` takes notice: what was read once serves every value of theirs.
    """

    name: str
    features: tuple[str, ...]
    columns: tuple[str, ...]
    read: Callable[[Rows, Asked], Read]
    compute: Callable[[Read, Asked], list[Row]]
    passed: tuple[str, ...] = ()

    def answer(self, rows: Rows, asked: Asked) -> list[Row]:
        """The rows of the answer for these rows of the query."""
        return self.compute(self.read(rows, asked), asked)


def text(row: Row, name: str) -> str:
    """A cell as plain text; "" when it is empty."""
    term = row.get(name)
    return "" if term is None else str(term)


def token(row: Row, name: str) -> str:
    """The last part of the IRI in a cell (lv-action), or its text; "" when it is empty."""
    return text(row, name).rsplit("/", 1)[-1]


def true(row: Row, name: str) -> bool:
    """Whether a cell holds the boolean true."""
    return text(row, name) == "true"


def whole(row: Row, name: str) -> int | None:
    """A cell as a whole number; None when it is empty or no number."""
    cell = text(row, name)
    return int(Decimal(cell)) if cell.replace(".", "", 1).isdigit() else None


def first(asked: Asked, name: str, otherwise: str = "") -> str:
    """The term a question was asked with, as text."""
    terms = asked.get(name, ())
    return str(terms[0]) if terms else otherwise


def limit(asked: Asked, name: str = "most") -> int:
    """How many rows were asked for; at least one."""
    return max(1, int(Decimal(first(asked, name, "20"))))


def spelt(value: Fraction) -> str:
    """A measure with four decimal places, rounded half to even from the exact fraction, so that every machine writes the same.

    >>> spelt(Fraction(2, 3)), spelt(Fraction(1))
    ('0.6667', '1.0000')
    """
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_EVEN))


def as_they_are(rows: Rows, _: Asked) -> Rows:
    """The rows of a query, for an analysis that asks each of them anew."""
    return rows


def measure(value: Fraction | float | None) -> Literal | None:
    """A measure as a cell; empty for None."""
    if value is None:
        return None
    return Literal(spelt(value if isinstance(value, Fraction) else Fraction(value)), datatype=XSD.decimal)


def count(value: int) -> Literal:
    """A whole number as a cell."""
    return Literal(str(value), datatype=XSD.integer)


def joined(iris: Iterable[str]) -> Literal | None:
    """Several things in one cell, sorted, as GROUP_CONCAT would give them; empty for none."""
    found = sorted(set(iris))
    return Literal(" ".join(found)) if found else None


def weighed(parts: Iterable[tuple[str, Fraction]]) -> Literal | None:
    """Things (or tokens) with what each contributes, the most first; what rounds to nothing is kept. Empty for none."""
    ordered = sorted(parts, key=lambda part: (-part[1], part[0]))
    return Literal(" ".join(f"{name}={spelt(value)}" for name, value in ordered)) if ordered else None


def row(**cells: Node | str | None) -> Row:
    """A row without its empty cells; plain text stands for a token."""
    return {name: cell if isinstance(cell, Node) else Literal(cell) for name, cell in cells.items() if cell is not None}

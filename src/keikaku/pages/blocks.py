"""The queries of a page: files in queries/pages/<kind>/, run in the order of their names, each a table with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask import Answer, Question
from keikaku.ask.bind import bind
from keikaku.ask.evidence import passages, split
from keikaku.ask.names import Source, names
from keikaku.ask.question import read
from keikaku.ask.soundness import Soundness
from keikaku.ask.words import Text


@dataclass(frozen=True)
class Block:
    """One table of a page. `total` counts the rows before they were cut, `first` those before the ones shown; `query` gives all."""

    id: str
    answer: Answer
    total: int
    first: int = 0
    query: str = ""

    @property
    def shown(self) -> int:
        """The number of rows in the table."""
        return len(self.answer)


@lru_cache(maxsize=64)
def load(folder: Path, root: Path) -> tuple[Question, ...]:
    """The queries of one kind of page, in the order of their file names; none when the kind has no folder."""
    return tuple(read(path, root) for path in sorted(folder.glob("*.rq")))


def block(
    source: Source, question: Question, terms: Mapping[str, Sequence[Node]], most: int | None = None, page: int = 1
) -> Block:
    """Run one query for these terms. Of more than `most` rows those of one page are kept; the first page also of fewer."""
    text = bind(question, terms)
    solutions = source.select(text, place=question.place)
    first = 0 if most is None else (page - 1) * most
    cut = solutions.rows if most is None else solutions.rows[first : first + most]
    plain = [number for number, column in enumerate(question.columns) if not column.is_evidence]
    cited = [number for number, column in enumerate(question.columns) if column.is_evidence]
    things = {iri for row in cut for number in plain for iri in iris(row[number])}
    found = passages(source, (iri for row in cut for number in cited for iri in split(row[number])))
    rows = tuple(
        tuple(None if number in cited and not split(cell) else cell for number, cell in enumerate(row)) for row in cut
    )
    answer = Answer(
        question,
        {k: tuple(v) for k, v in terms.items()},
        rows,
        names(source, things),
        found,
        Text("", ""),
        Soundness(()),
    )
    return Block(_name(question), answer, len(solutions.rows), first, text)


def blocks(
    source: Source, folder: Path, root: Path, thing: str = "", most: int | None = None, page: int = 1
) -> list[Block]:
    """All tables of a page about one thing (or about none) that have rows."""
    terms: dict[str, Sequence[Node]] = {"thing": (URIRef(thing),)} if thing else {}
    made = (block(source, question, terms, most, page) for question in load(folder, root))
    return [one for one in made if one.total]


def iris(cell: Node | None) -> list[str]:
    """The IRIs in a cell: one, or several joined by spaces through GROUP_CONCAT."""
    if isinstance(cell, URIRef):
        return [str(cell)]
    text = "" if cell is None else str(cell)
    parts = text.split()
    return sorted(parts) if parts and all(part.startswith(("http://", "https://")) for part in parts) else []


def _name(question: Question) -> str:
    """The id of a block: the name of its file without the number that orders it."""
    return question.id.lstrip("0123456789").lstrip("-")

"""The queries of a page: files in queries/pages/<kind>/, run in the order of their names, each a table with evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask import Answer, Question, materialised
from keikaku.ask.bind import bind
from keikaku.ask.evidence import passages, split
from keikaku.ask.header import read
from keikaku.ask.kept import is_lasting
from keikaku.ask.marks import Soundness
from keikaku.ask.names import Source, names
from keikaku.ask.together import together
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


@dataclass(frozen=True)
class Wanted:
    """The tables of one kind of page; `most` is how many rows a page shows (None: all), `page` which of these pages."""

    kind: str
    most: int | None = None
    page: int = 1


def _cut(made: Block, wanted: Wanted) -> Block:
    """The rows of one page of a table, still without names."""
    first = 0 if wanted.most is None else (wanted.page - 1) * wanted.most
    rows = made.answer.rows if wanted.most is None else made.answer.rows[first : first + wanted.most]
    return replace(made, answer=replace(made.answer, rows=rows), first=first)


def unnamed(source: Source, question: Question, terms: Mapping[str, Sequence[Node]] | None = None) -> Block:
    """All rows of one query for these terms, without the names of what is in them."""
    given = {name: tuple(several) for name, several in (terms or {}).items()}
    rows = materialised.select(source, question, given)
    answer = Answer(question, given, rows, {}, {}, Text("", ""), Soundness(()))
    return Block(_name(question), answer, len(rows), 0, bind(question, given))


def named(source: Source, answer: Answer) -> Answer:
    """A table with the names and passages of all that is in its rows; cells of evidence without any are empty."""
    things, passed = _mentioned(answer)
    cited = [number for number, column in enumerate(answer.columns) if column.is_evidence]
    found = passages(source, passed)
    rows = tuple(
        tuple(None if number in cited and not split(cell) else cell for number, cell in enumerate(row))
        for row in answer.rows
    )
    return replace(answer, rows=rows, names=names(source, things), passages=found)


def _mentioned(answer: Answer) -> tuple[set[str], list[str]]:
    """What is named in the rows of a table, and the passages it cites."""
    plain = [number for number, column in enumerate(answer.columns) if not column.is_evidence]
    cited = [number for number, column in enumerate(answer.columns) if column.is_evidence]
    return (
        {iri for row in answer.rows for number in plain for iri in iris(row[number])},
        [iri for row in answer.rows for number in cited for iri in split(row[number])],
    )


def begin(
    source: Source, folder: Path, root: Path, thing: str, several: Sequence[Wanted]
) -> Callable[[], list[list[Block]]]:
    """Begin to run the queries of several kinds of page (folders in `folder`) about one thing, or about none, side by side.

    What is returned waits for them, and gives the tables of each kind that have rows.
    """
    terms: dict[str, Sequence[Node]] = {"thing": (URIRef(thing),)} if thing else {}
    asked = [(wanted, question) for wanted in several for question in load(folder / wanted.kind, root)]

    def run(one: tuple[Wanted, Question]) -> Block:
        return _cut(unnamed(source, one[1], terms), one[0])

    running = together(source, run, asked)

    def finish() -> list[list[Block]]:
        made = list(running)
        if is_lasting(source):  # looked up for all tables at once, names and passages are at hand for each of them
            mentioned = [_mentioned(one.answer) for one in made]
            names(source, set().union(*(things for things, _ in mentioned)))
            passages(source, dict.fromkeys(iri for _, cited in mentioned for iri in cited))
        found: dict[str, list[Block]] = {wanted.kind: [] for wanted in several}
        for (wanted, _), one in zip(asked, made, strict=True):
            found[wanted.kind] += [replace(one, answer=named(source, one.answer))] if one.total else []
        return list(found.values())

    return finish


def iris(cell: Node | None) -> list[str]:
    """The IRIs in a cell: one, or several joined by spaces through GROUP_CONCAT."""
    if isinstance(cell, URIRef):
        return [str(cell)]
    text = "" if cell is None else str(cell).strip()
    parts = text.split() if text.startswith("http") else []  # most cells are words, and a long page has thousands
    return sorted(parts) if parts and all(part.startswith(("http://", "https://")) for part in parts) else []


def _name(question: Question) -> str:
    """The id of a block: the name of its file without the number that orders it."""
    return question.id.lstrip("0123456789").lstrip("-")

"""Rows of a query as a template reads them: `row.plan` is a cell with links, text, number and passages; an empty one is false."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from keikaku.ask.answer import number_of
from keikaku.ask.evidence import Passage, in_order, split
from keikaku.pages.blocks import Block, iris
from keikaku.pages.render import Span, pieces


@dataclass(frozen=True)
class Cell:
    """One cell. `iris` are those in it; `passages` are (passage, what it prints for the things of the row)."""

    spans: tuple[Span, ...] = ()
    iris: tuple[str, ...] = ()
    passages: tuple[tuple[Passage, tuple[str, ...]], ...] = ()
    number: int | float | None = None
    raw: str = ""
    between: str = "、"

    def __bool__(self) -> bool:
        return bool(self.spans or self.passages)

    @property
    def text(self) -> str:
        """Its words, without links."""
        return self.between.join(span.text for span in self.spans)

    @property
    def iri(self) -> str:
        """The first IRI, "" without one."""
        return self.iris[0] if self.iris else ""

    @property
    def code(self) -> str:
        """The last part of its IRI: the name of a code within its list."""
        return self.iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


EMPTY = Cell()


class Row(dict[str, Cell]):
    """Cells by the names of their columns; of columns …_ja and …_en the one of the page's language, without its ending."""

    def __missing__(self, name: str) -> Cell:
        return EMPTY


class Tables(dict[str, list[Row]]):
    """The rows of blocks by the names of the blocks, made when first asked for; a block that found nothing has none."""

    def __init__(self, blocks: Iterable[Block], lang: str) -> None:
        super().__init__()
        self._blocks, self._lang = {block.id: block for block in blocks}, lang

    def numbers(self, name: str, *columns: str) -> list[tuple[int, ...]]:
        """The whole numbers in these columns of a block, without cells being made of its rows."""
        if name not in self._blocks:
            return []
        answer = self._blocks[name].answer
        places = [number for column in columns for number, one in enumerate(answer.columns) if one.name == column]
        return [tuple(int(str(row[place] or 0)) for place in places) for row in answer.rows]

    def __missing__(self, name: str) -> list[Row]:
        self[name] = rows(self._blocks[name], self._lang) if name in self._blocks else []
        return self[name]


def rows(block: Block, lang: str, only: Iterable[int] | None = None) -> list[Row]:
    """The rows of one block, or those with the numbers in `only`, in that order."""
    answer, other = block.answer, "_en" if lang == "ja" else "_ja"
    shown = [(n, column) for n, column in enumerate(answer.columns) if not column.name.endswith(other)]
    made = []
    for row in answer.rows if only is None else [answer.rows[n] for n in only]:
        things = answer.things(row)
        cells = Row()
        for n, column in shown:
            term = row[n]
            if term is None:
                continue
            if column.is_evidence:
                cited = in_order(split(term), answer.passages)
                cells[column.name] = Cell(
                    passages=tuple((p, tuple(p.printed_for(things))) for p in cited), raw=str(term)
                )
            else:
                several = tuple(pieces(answer, column, term, lang))
                cells[column.name.removesuffix(f"_{lang}")] = Cell(
                    several, tuple(iris(term)), (), number_of(term), str(term), "、" if lang == "ja" else ", "
                )
        made.append(cells)
    return made


def by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Rows by the first IRI in a column."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column].iri].append(row)
    return found


def by_relation(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by the name of the property in their column `relation`; one that no row has is an empty list."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["relation"].code].append(row)
    for name, several in found.items():
        found[name] = [row for row in several if not _foreign(row)] or several
    return found


def _foreign(row: Row) -> bool:
    """Whether a row holds a text that is not in the language of the page."""
    return any(span.lang for span in row["other"].spans)


def grouped(rows: Iterable[Row], column: str) -> list[tuple[Cell, list[Row]]]:
    """Rows by what is in a column, in the order in which it first comes."""
    found: dict[tuple[str, str], tuple[Cell, list[Row]]] = {}
    for row in rows:
        cell = row[column]
        found.setdefault((cell.iri, cell.text), (cell, []))[1].append(row)
    return list(found.values())

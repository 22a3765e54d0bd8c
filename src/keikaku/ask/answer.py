"""The answer to a question: rows of terms, with the name and the evidence of everything in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask.cite import Citation, Work, accessed_day, citations, dataset_line
from keikaku.ask.evidence import Passage, in_order, split
from keikaku.ask.marks import Soundness
from keikaku.ask.question import LISTS, Column, Question
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, QUESTION

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[Node | None, ...]


@dataclass(frozen=True)
class Group:
    """One of the three lists. `count` of the `of` subjects asked about are in it; `rows` are positions in the answer."""

    token: str
    label: Text
    count: int
    of: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """What the graph answers to one question.

    `parameters` are the terms asked with, including samples that were left standing; `note` says what a "no" rests on;
    `hints` say why there may be no rows.
    """

    question: Question
    parameters: Mapping[str, tuple[Node, ...]]
    rows: tuple[Row, ...]
    names: Mapping[str, Text]
    passages: Mapping[str, Passage]
    note: Text
    soundness: Soundness
    lang: str = "ja"
    dropped: tuple[str, ...] = field(default=())
    works: Mapping[str, Work] = field(default_factory=dict)
    build_id: str = ""
    hints: tuple[Text, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order of the query."""
        return self.question.columns

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Node]]:
        """Each row as a mapping of column to term; empty cells are left out."""
        for row in self.rows:
            yield {column.name: term for column, term in zip(self.columns, row, strict=True) if term is not None}

    def groups(self) -> tuple[Group, ...]:
        """The three lists with their denominators, all three always; empty for a question that is a plain table."""
        if self.question.view != "three-lists":
            return ()
        names = [column.name for column in self.columns]
        which, subject = names.index(self.question.group), names.index(self.question.subject)
        words = self.columns[which].words
        total = len({row[subject] for row in self.rows})
        found = []
        for token in LISTS:
            rows = tuple(number for number, row in enumerate(self.rows) if str(row[which]) == token)
            count = len({self.rows[number][subject] for number in rows})
            found.append(Group(token, words[token], count, total, rows))
        return tuple(found)

    def text(self, column: Column, term: Node | None, lang: str | None = None) -> str:
        """One cell as a person reads it: the name of a thing, the meaning of a token, the place of evidence."""
        lang = lang or self.lang
        if term is None:
            return ""
        if column.is_evidence:
            return "; ".join(passage.shown(lang) for passage in in_order(split(term), self.passages))
        if isinstance(term, URIRef):
            named = column.words.get(str(term).rsplit("/", 1)[-1]) or self.names.get(str(term))
            return named.of(lang) if named else str(term)
        word = column.words.get(str(term))
        if word:
            return word.of(lang)
        if parts := weighed(term):
            return "; ".join(f"{self.part(column, name).of(lang)} {share}" for name, share in parts)
        return "; ".join(self.names[iri].of(lang) for iri in joined(term) if iri in self.names) or str(term)

    def part(self, column: Column, name: str) -> Text:
        """What is weighed in a cell of parts: a thing by its name, a token by its word."""
        return column.words.get(name) or self.names.get(name) or Text(name, name)

    def evidence(self, row: Row) -> list[Passage]:
        """The passages a row rests on, in the order of its cells, each once."""
        cells = [row[number] for number in self._cited if row[number] is not None]
        iris = dict.fromkeys(iri for term in cells for iri in split(term))
        return in_order(iris, self.passages) if iris else []

    @cached_property
    def _cited(self) -> tuple[int, ...]:
        """Where the columns of evidence stand; found once, since long answers are looked through row by row."""
        return tuple(number for number, column in enumerate(self.columns) if column.is_evidence)

    def things(self, row: Row) -> list[str]:
        """The IRIs of a row, except evidence."""
        return [
            str(term)
            for column, term in zip(self.columns, row, strict=True)
            if isinstance(term, URIRef) and not column.is_evidence
        ]

    def cited(self) -> list[Citation]:
        """Every passage of the answer once, by document and line, with what it prints for the things in the rows."""
        things: dict[str, list[str]] = {}
        for row in self.rows:
            passages = self.evidence(row)
            of_row = self.things(row) if passages else []
            for passage in passages:
                things.setdefault(passage.iri, []).extend(of_row)
        return [
            citation
            for passage in in_order(things, self.passages)
            for citation in citations([passage], self.works, things[passage.iri], self.build_id)
        ]

    def citations(self, lang: str | None = None, accessed: str | date = "") -> list[str]:
        """A ready citation line for every passage of the answer, or for our data set where it rests on none.

        `accessed` is the day of access, if it is to be named.
        """
        lang, day = lang or self.lang, accessed_day(accessed)
        found = [citation.line(lang, day or "") for citation in self.cited()]
        return found or [dataset_line(self.build_id, str(QUESTION[self.question.id]), lang, day)]

    def to_pandas(self, lang: str | None = None) -> pd.DataFrame:
        """A data frame: names as text, `…_iri` beside each column of things, numbers as numbers, evidence as text."""
        import pandas as pd  # noqa: PLC0415 - half a second that only this needs

        from keikaku.ask.render import records  # noqa: PLC0415 - render imports this module

        return pd.DataFrame(records(self, lang or self.lang), columns=list(flat_columns(self)))

    def to_json(self) -> str:
        """The whole answer in both languages; the same bytes as the command line and the web service give."""
        from keikaku.ask.render import json_text  # noqa: PLC0415 - render imports this module

        return json_text(self)

    def to_csv(self, lang: str | None = None) -> str:
        """All rows as csv (RFC 4180)."""
        from keikaku.ask.render import csv_text  # noqa: PLC0415 - render imports this module

        return csv_text(self, lang or self.lang)

    def to_markdown(self, lang: str | None = None) -> str:
        """The answer for a document."""
        from keikaku.ask.render import markdown_text  # noqa: PLC0415 - render imports this module

        return markdown_text(self, lang or self.lang)

    def to_excel(self, path: str | Path, lang: str | None = None) -> None:
        """Write a workbook: the rows, the evidence of each, what was asked and the licence."""
        from keikaku.ask.sheet import workbook  # noqa: PLC0415 - a tenth of a second that only this needs

        Path(path).write_bytes(workbook(self, lang or self.lang, self.build_id))

    def __repr__(self) -> str:
        return f"Answer({self.question.id}: {len(self):,} rows, {self.soundness.mark.token})"

    def _repr_html_(self) -> str:
        from keikaku.ask.html import table  # noqa: PLC0415 - html imports this module

        return table(self)


def flat_columns(answer: Answer) -> list[str]:
    """Column names of the flat forms (csv, pandas): a column of things is followed by its IRIs."""
    found: list[str] = []
    for number, column in enumerate(answer.columns):
        found.append(column.name)
        if column.is_evidence or any(isinstance(row[number], URIRef) for row in answer.rows):
            found.append(f"{column.name}_iri")
    return [*found, "soundness", "soundness_why"]


def joined(term: Node | None) -> list[str]:
    """Our IRIs in a text that GROUP_CONCAT joined by spaces, sorted; empty when it is any other text."""
    parts = str(term).split() if isinstance(term, Literal) and term.language is None else []
    return sorted(set(parts)) if parts and all(part.startswith(BASE) for part in parts) else []


#: One part of a cell and its share, as an analysis writes them: theme/cashless=0.1250.
_PART = re.compile(r"(\S+)=(-?\d+\.\d+)")


def weighed(term: Node | None) -> list[tuple[str, str]]:
    """The parts of a cell, each with its share, in the order given; empty for any other cell."""
    text = str(term) if isinstance(term, Literal) and term.language is None else ""
    parts = [_PART.fullmatch(part) for part in text.split()] if "=" in text else []
    return [(part[1], part[2]) for part in parts if part] if parts and all(parts) else []


def number_of(term: Node | None) -> int | float | None:
    """The number a numeric literal stands for; None for every other term."""
    if not isinstance(term, Literal) or term.datatype is None:
        return None
    kind = str(term.datatype).rsplit("#", 1)[-1]
    if kind in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger"):
        return int(str(term))
    if kind in ("decimal", "double", "float"):
        value = float(str(term))
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return None

"""Every thing that a search finds with its names, for a site of files, where the search runs in the browser."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from keikaku.ask.words import Text
from keikaku.search.ranking import BYNAME


@dataclass(frozen=True)
class Listed:
    """A thing, what it is, what it costs beside others (`ranking`), where it belongs, and its by-names, readings and codes."""

    iri: str
    kind: str
    cost: float
    name: Text
    within: Text
    also: tuple[str, ...]


def listing(path: Path) -> list[Listed]:
    """All things of an index, the least costly first."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        also: dict[int, list[str]] = {}
        for thing, text in base.execute("SELECT DISTINCT thing, text FROM name WHERE form = ? ORDER BY id", (BYNAME,)):
            also.setdefault(thing, []).append(text)
        rows = base.execute(
            "SELECT id, iri, kind, cost, ja, en, within_ja, within_en FROM thing ORDER BY cost, rank, length(ja), ja, iri"
        )
        return [
            Listed(iri, kind, cost, Text(ja, en), Text(in_ja, in_en), tuple(also.get(thing, ())))
            for thing, iri, kind, cost, ja, en, in_ja, in_en in rows
        ]

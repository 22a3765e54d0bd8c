"""Every thing that a search finds with its names, for a site of files, where the search runs in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keikaku.ask.words import Text
from keikaku.search.opened import opened
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
    with opened(path) as base:
        also: dict[int, list[str]] = {}
        for thing, text in base.rows(
            "SELECT DISTINCT thing, text FROM {at}.name WHERE form = ? AND thing {but} ORDER BY id", (BYNAME,)
        ):
            also.setdefault(thing, []).append(text)
        rows = sorted(
            base.rows(
                "SELECT cost, rank, length(ja), ja, iri, id, kind, en, within_ja, within_en FROM {at}.thing WHERE id {but}"
            )
        )
        return [
            Listed(iri, kind, cost, Text(ja, en), Text(in_ja, in_en), tuple(also.get(thing, ())))
            for cost, _, _, ja, iri, thing, kind, en, in_ja, in_en in rows
        ]

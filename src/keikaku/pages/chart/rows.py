"""Bars, timelines and shares: lines of a table with a bar drawn in each, and one bar of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup

from keikaku.ask.words import Text
from keikaku.pages.chart.axis import Tick, columns, fill, runs, years_text


@dataclass(frozen=True)
class Bar:
    """One count; `state` is a state of charts.css, "" for a plain bar."""

    label: str
    count: int
    href: str = ""
    state: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a timeline: the fiscal years that are certain, those that are possible, and what is said where there are none.

    `missing` is not-stated, lost or unknown where neither is known.
    """

    label: str
    sure: frozenset[int] = frozenset()
    perhaps: frozenset[int] = frozenset()
    href: str = ""
    note: str = ""
    missing: str = ""
    group: str = ""


@dataclass(frozen=True)
class Share:
    """One part of a whole: has, partly, mentioned, not-stated, lacking, lost, unknown."""

    label: str
    count: int
    state: str
    href: str = ""


@dataclass(frozen=True)
class Stretch:
    """A piece of a line of a timeline, in per cent. `fade` is left, right, both or "" for one that is certain."""

    start: float
    width: float
    fade: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of a stacked bar, in per cent."""

    share: Share
    start: float
    width: float
    percent: str


def bars(rows: Sequence[Bar], title: str, lang: str, unit: Text | None = None, place: str = "bars") -> Markup:
    """Horizontal bars with their counts, as a table."""
    most = max((row.count for row in rows), default=0)
    widths = [round(100 * row.count / most, 2) if most else 0.0 for row in rows]
    drawn = list(zip(rows, widths, strict=True))
    return fill("bars", lang, rows=drawn, title=title, unit=unit or Text("数", "count"), id=place) if rows else Markup()


def timeline(rows: Sequence[Row], title: str, lang: str, place: str = "timeline", today: int | None = None) -> Markup:
    """Bars on an axis of fiscal years; possible years fade and have a dashed edge. `today` is a fiscal year to point out."""
    years = sorted({year for row in rows for year in row.sure | row.perhaps})
    if not years:
        return Markup()
    axis = columns(years, lang)
    drawn = [(row, stretches(row, axis), span_text(row, lang)) for row in rows]
    now = next((tick for tick in axis if tick.year == today), None)
    return fill("timeline", lang, rows=drawn, title=title, id=place, ticks=axis, now=now)


def share(parts: Sequence[Share], title: str, lang: str, place: str = "share") -> Markup:
    """One bar of a whole, with every part named and counted below."""
    return fill(
        "share", lang, pieces=pieces(parts), parts=parts, title=title, id=place, total=sum(p.count for p in parts)
    )


def stretches(row: Row, axis: Sequence[Tick]) -> list[Stretch]:
    """The pieces of one line: runs of certain years, and runs of possible years beside or without them."""
    first, wide = axis[0].year, 100 / len(axis)
    maybe = row.perhaps - row.sure
    found = []
    for run in runs(row.sure):
        found.append(Stretch(round((run[0] - first) * wide, 2), round(len(run) * wide, 2)))
    for run in runs(maybe):
        before, after = run[0] - 1 in row.sure, run[-1] + 1 in row.sure
        fade = "right" if before and not after else "left" if after and not before else "both"
        found.append(Stretch(round((run[0] - first) * wide, 2), round(len(run) * wide, 2), fade))
    return sorted(found, key=lambda piece: piece.start)


def span_text(row: Row, lang: str) -> str:
    """A line of a timeline in words."""
    if not row.sure and not row.perhaps:
        return ""
    said = years_text(sorted(row.sure), lang)
    maybe = years_text(sorted(row.perhaps - row.sure), lang)
    if not maybe:
        return said
    perhaps = f"可能性: {maybe}" if lang == "ja" else f"possibly {maybe}"
    return f"{said}（{perhaps}）" if said and lang == "ja" else f"{said} ({perhaps})" if said else perhaps


def pieces(parts: Sequence[Share]) -> list[Piece]:
    """The parts as pieces of 100, without those of nothing."""
    total = sum(part.count for part in parts)
    found, start = [], 0.0
    for part in parts:
        if part.count:
            width = 100 * part.count / total
            found.append(Piece(part, round(start, 2), round(width, 2), _percent(part.count, total)))
            start += width
    return found


def _percent(count: int, total: int) -> str:
    """A share in whole per cent; never 0% of something, nor 100% of less than all.

    >>> [_percent(n, 200) for n in (1, 3, 199, 200)]
    ['<1%', '2%', '>99%', '100%']
    """
    percent = Decimal(100 * count) / total
    if percent < 1:
        return "<1%"
    if 99 < percent < 100:
        return ">99%"
    return f"{percent.quantize(Decimal(1), ROUND_HALF_UP)}%"

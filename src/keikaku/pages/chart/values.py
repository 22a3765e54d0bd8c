"""Values drawn over fiscal years: what was reached, what is aimed at, and what is no number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup

from keikaku.pages.chart.axis import LEFT, RIGHT, Tick, fill, number, scale_of, ticks
from keikaku.pages.chart.points import COUNTINGS, KINDS, STATES, Point, Series, value_text, when

_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈"}
#: Where the values begin, their height, and the height of one line of states, in pixels.
_TOP, _HIGH, _LINE = 20, 190, 24
#: Labels nearer than this run into each other; marks of one year nearer than this have their labels beside them.
_APART, _CROWDED = 14, 28
#: So many Japanese letters find room below all years of a wide chart.
_LETTERS = 48


@dataclass(frozen=True)
class Mark:
    """A point as it is drawn: `x` in per cent, `y` in pixels, `at` the height of its label, which stands above it or beside it."""

    x: float
    y: float
    point: Point
    text: str
    told: str
    series: int
    at: float = 0
    beside: bool = False


@dataclass(frozen=True)
class Line:
    """A line between two values of one kind."""

    x1: float
    y1: float
    x2: float
    y2: float
    series: int
    derived: bool


@dataclass(frozen=True)
class Sign:
    """A value without a number, in the line of its series below the axis: from `x` to `to`."""

    x: float
    to: float
    y: float
    sign: str
    text: str
    told: str
    state: str
    series: int


@dataclass(frozen=True)
class Panel:
    """The values of one unit and form on one scale."""

    unit: str
    form: str
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    scale: tuple[tuple[float, str], ...]


def over_years(
    series: Sequence[Series], title: str, lang: str, place: str = "chart", span: Sequence[int] = ()
) -> Markup:
    """Values over fiscal years, one panel per unit; "" without a value. Series beyond the shapes share them, so give at most five.

    `span` are years that the axis shows besides, so that several charts have the same.
    """
    every = [point for one in series for point in one.points]
    years = sorted({year for point in every for year in point.years})
    if not every:
        return Markup()
    axis = ticks([*years, *span] if years else [], lang)
    rows = list(_rows(series, lang))
    return fill(
        "over_years",
        lang,
        series=series,
        title=title,
        id=place,
        ticks=axis,
        panels=panels(series, axis, lang),
        signs=signs(series, axis, lang),
        rows=rows,
        undated=[row for row in rows if not row[1].years],
        kinds=[kind for kind in KINDS if any(p.kind == kind and p.value is not None for p in every)],
        states={p.state: STATES[p.state] for p in every if p.value is None and p.state in STATES},
        bounds=sorted({p.comparator for p in every if p.value is not None} & set(_SIGNS), key=list(_SIGNS).index),
        derived=any(p.derived for p in every),
        top=_TOP,
        high=_HIGH,
        line=_LINE,
        left=LEFT,
        right=RIGHT,
    )


def panels(series: Sequence[Series], axis: Sequence[Tick], lang: str) -> list[Panel]:
    """The numbers, one panel for each unit and form in the order in which they come."""
    found = dict.fromkeys((p.unit, p.form) for one in series for p in one.points if p.value is not None)
    return [_panel(series, unit, form, axis, lang) for unit, form in found]


def signs(series: Sequence[Series], axis: Sequence[Tick], lang: str) -> list[Sign]:
    """What stands in place of a number, one line for each series that has any."""
    at = {tick.year: tick.x for tick in axis}
    drawn: list[Sign] = []
    taken: list[tuple[int, set[int]]] = []  # of every line its series and the years that are filled
    for n, one in enumerate(series):
        for point in sorted(one.points, key=lambda p: (len(p.years), p.years)):
            if point.value is not None or not point.years or point.state not in STATES:
                continue
            reach = set(range(min(point.years), max(point.years) + 1))
            line = next((m for m, (own, full) in enumerate(taken) if own == n and not full & reach), len(taken))
            if line == len(taken):
                taken.append((n, set()))
            taken[line][1].update(reach)
            words, sign = STATES[point.state]
            told = f"{when(point, lang)} {KINDS[point.kind].of(lang)}: {words.of(lang)}"
            told += f" ({point.words})" if point.words else ""
            room = _LETTERS * len(reach) // len(axis) - 2
            text = _cut(point.words or words.of(lang), room)
            y = _LINE * line + _LINE / 2
            drawn.append(Sign(at[min(reach)], at[max(reach)], y, sign, text, told, point.state, n))
    return drawn


def _panel(series: Sequence[Series], unit: str, form: str, axis: Sequence[Tick], lang: str) -> Panel:
    at = {tick.year: tick.x for tick in axis}
    own = [
        (n, p)
        for n, one in enumerate(series)
        for p in one.points
        if p.value is not None and (p.unit, p.form) == (unit, form) and p.years
    ]
    scale = scale_of(p.value for _, p in own if p.value is not None)
    low, high = scale[0], scale[-1]

    def y(value: Decimal) -> float:
        return round(_TOP + _HIGH * float((high - value) / (high - low)), 1)

    marks = []
    for n, point in own:
        if point.value is not None:
            told = f"{series[n].name}: {when(point, lang)} {KINDS[point.kind].of(lang)} {value_text(point, lang)}"
            text = _SIGNS.get(point.comparator, "") + number(point.value)
            marks += [Mark(at[year], y(point.value), point, text, told, n) for year in point.years]
    scaled = tuple((y(step), number(step)) for step in scale)
    return Panel(unit, form, tuple(_spread(marks)), tuple(_lines(marks)), scaled)


def _lines(marks: Sequence[Mark]) -> Iterator[Line]:
    """Lines join values of one KPI that are of one kind and counted by one stated rule; a sum of ours is not joined to what is printed."""
    alike: dict[tuple[int, str, str, bool], list[Mark]] = {}
    for mark in marks:
        if mark.point.counting not in ("", "not-stated"):
            key = (mark.series, mark.point.kind, mark.point.counting, mark.point.derived)
            alike.setdefault(key, []).append(mark)
    for (n, _, _, derived), several in alike.items():
        for one, other in pairwise(sorted(several, key=lambda mark: mark.x)):
            if one.x < other.x:
                yield Line(one.x, one.y, other.x, other.y, n, derived)


def _spread(marks: Sequence[Mark]) -> list[Mark]:
    """Every mark with a place for its label: above it, or beside it where the marks of one year crowd; labels never meet."""
    placed: list[Mark] = []
    for x in sorted({mark.x for mark in marks}):
        column = sorted((m for m in marks if m.x == x), key=lambda m: (m.y, m.series))
        crowded = any(lower.y - upper.y < _CROWDED for upper, lower in pairwise(column))
        last = -math.inf
        for mark in column:
            last = max(mark.y + 4 if crowded else mark.y - 9, last + _APART)
            placed.append(replace(mark, at=round(last, 1), beside=crowded))
    return placed


def _rows(series: Sequence[Series], lang: str) -> Iterator[tuple[Series, Point, str, str, str, str]]:
    """The table of the same values: series, value, years, kind, text, and how it is counted."""
    for one in series:
        for point in sorted(one.points, key=lambda p: (p.years or (9999,), list(KINDS).index(p.kind))):
            counting = COUNTINGS[point.counting].of(lang) if point.counting in COUNTINGS else ""
            if point.derived:
                counting += "（私たちが合計）" if lang == "ja" else " (summed by us)"
            yield one, point, when(point, lang), KINDS[point.kind].of(lang), value_text(point, lang), counting


def _cut(text: str, letters: int) -> str:
    """So much of a text as finds room; two Latin letters are as wide as one Japanese one.

    >>> _cut("全施設で運用", 4), _cut("in use", 4), _cut("運用", 0)
    ('全施設…', 'in use', '')
    """
    room = 2 * letters if text.isascii() else letters
    return text if len(text) <= room else text[: room - 1] + "…" if room > 2 else ""

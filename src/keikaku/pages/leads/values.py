"""Values of KPIs and other figures, as a page words and draws them: number with its qualifiers, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from keikaku.namespaces import FY
from keikaku.pages.chart import Point, value_text
from keikaku.pages.chart.axis import years_text
from keikaku.pages.leads.rows import Cell, Row
from keikaku.pages.words import STATES

#: Class of a value → its kind in charts.
_KINDS = {
    "BaselineValue": "baseline",
    "TargetValue": "target",
    "ReportedValue": "reported",
    "BudgetItem": "reported",
}
#: Status of a value (c:vs-…) → its badge; what the text lost looks the same wherever it is missing.
_STATES = {"unreadable": "lost"}


@dataclass(frozen=True)
class Shown:
    """One value: its words, or in `state` why it has none. `anchor` is its place on the page."""

    row: Row
    text: str
    state: str
    derived: bool
    anchor: str

    @property
    def years(self) -> Cell:
        """The fiscal years, else the date."""
        return self.row["years"] or self.row["date"]

    @property
    def is_part(self) -> bool:
        """Whether it is a part of another value."""
        return bool(self.row["part"])


def point(row: Row, lang: str) -> Point:
    """A row of values as a point of a chart."""
    del lang
    state = row["status"].code.removeprefix("vs-") or "stated"
    return Point(
        _KINDS.get(row["kind"].code, "reported"),
        years(row["years"]),
        Decimal(row["value"].raw) if row["value"] else None,
        state,
        row["unit"].text,
        row["counting"].code.removeprefix("acc-"),
        row["comparator"].code.removeprefix("cmp-") or "eq",
        row["form"].code.removeprefix("vf-") or "level",
        row["milestone"].text,
        is_derived(row),
    )


def shown(row: Row, lang: str, anchor: str = "") -> Shown:
    """A row of values as words."""
    one = point(row, lang)
    text = value_text(one, lang) if one.value is not None else row["milestone"].text
    if one.value is not None and one.form == "change" and one.value > 0:
        text = f"+{text}"
    state = "" if text else _STATES.get(one.state, one.state)
    return Shown(row, text, state if state in STATES else "unknown" if state else "", one.derived, anchor)


@dataclass(frozen=True)
class Said:
    """A value with the words for when it holds; `several` when it is the same for more years than one."""

    value: Shown
    when: str
    several: bool = False


def said(values: Iterable[Shown], lang: str) -> list[Said]:
    """Values in their order; equal ones that follow each other are said once, with all their years."""
    made: list[Said] = []
    for _, run in groupby(values, key=_told):
        same = list(run)
        covered = {year for value in same for year in years(value.row["years"])}
        if len(same) == 1 or not all(value.row["years"] for value in same):
            made += [Said(value, value.years.text) for value in same]
        else:
            made.append(Said(same[0], years_text(sorted(covered), lang), len(covered) > 1))
    return made


def _told(value: Shown) -> tuple[str, ...]:
    """What two values must share to be said once."""
    row = value.row
    return (value.text, value.state, *(row[name].code for name in ("kind", "counting", "form")))


def years(cell: Cell) -> tuple[int, ...]:
    """The fiscal years in a cell."""
    return tuple(sorted(int(iri[len(FY) :]) for iri in cell.iris if iri.startswith(str(FY))))


def is_derived(row: Row) -> bool:
    """Whether a value is a running sum that rule R4 made."""
    return "/running" in row["node"].iri


def stated(rows: Iterable[Row]) -> list[Row]:
    """Values that are printed: neither parts of others nor sums of ours."""
    return [row for row in rows if not row["part"] and not is_derived(row)]

"""A value of a KPI: which kind it is, its years, its number or what stands in place of one, and what these are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from keikaku.ask.words import Text
from keikaku.namespaces import JDX
from keikaku.pages.chart.axis import number, years_text

#: Kind of a value → its name.
KINDS = {
    "baseline": Text("現状値", "baseline"),
    "target": Text("目標値", "target"),
    "reported": Text("実績値", "reported value"),
}
_CLASSES = {str(JDX.BaselineValue): "baseline", str(JDX.TargetValue): "target", str(JDX.ReportedValue): "reported"}
#: Token of a counting rule (c:acc-…) → its name.
COUNTINGS = {
    "stock": Text("時点の値", "stock"),
    "cumulative": Text("累計", "cumulative"),
    "per-year": Text("年間", "per year"),
    "increment": Text("新規分", "increment"),
    "not-applicable": Text("集計なし（割合など）", "no counting (rates and the like)"),
    "not-stated": Text("集計方法の記載なし", "counting rule not stated"),
}
#: Token of a value status (c:vs-…) without a number → its name and the sign it is drawn with.
STATES = {
    "qualitative": (Text("数値でない目標", "in words"), "●"),
    "to-be-set": (Text("後日設定", "to be set"), "○"),
    "external": (Text("外部の動向による", "by outside trends"), "◇"),
    "blank": (Text("空欄", "left blank"), "－"),
    "unreadable": (Text("本文から失われた", "lost in the text"), "≠"),
}
_COMPARED = {
    "ge": Text("{}以上", "at least {}"),
    "gt": Text("{}超", "more than {}"),
    "le": Text("{}以下", "at most {}"),
    "lt": Text("{}未満", "less than {}"),
    "approx": Text("約{}", "about {}"),
}


@dataclass(frozen=True)
class Point:
    """One value. kind is a key of KINDS; counting, comparator and state are the tokens of our codes ("" or "stated": a number).

    `words` is what the plan says in place of a number, shortly; `derived` marks a sum that we made of yearly increments.
    """

    kind: str
    years: tuple[int, ...]
    value: Decimal | None = None
    state: str = "stated"
    unit: str = ""
    counting: str = ""
    comparator: str = "eq"
    form: str = "level"
    words: str = ""
    derived: bool = False
    href: str = ""


@dataclass(frozen=True)
class Series:
    """The values of one KPI: its name and its address."""

    name: str
    points: tuple[Point, ...]
    href: str = ""


def point_of(
    kind: str,
    years: Iterable[int],
    number: Decimal | None,
    status: str = "",
    unit: str = "",
    counting: str = "",
    comparator: str = "",
    form: str = "",
    words: str = "",
    derived: bool = False,
    href: str = "",
) -> Point:
    """A point from what the graph says: class, codes (IRIs, "" for nothing), the name of the unit, and words in place of a number.

    >>> point_of(str(JDX.TargetValue), [2024], Decimal(5), "c/vs-stated", "%", "c/acc-stock", "c/cmp-ge")
    Point(kind='target', years=(2024,), value=Decimal('5'), state='stated', unit='%', counting='stock', comparator='ge', form='level', words='', derived=False, href='')
    """
    return Point(
        _CLASSES.get(kind, "reported"),
        tuple(sorted(years)),
        number,
        _token(status) or "stated",
        unit if number is not None else "",
        _token(counting),
        _token(comparator) or "eq",
        _token(form) or "level",
        "" if number is not None else words,
        derived,
        href,
    )


def _token(code: str) -> str:
    """The word of a code (IRI) without that of its list."""
    return code.rpartition("/")[2].partition("-")[2]


def value_text(point: Point, lang: str) -> str:
    """A value as text: the number with bound and unit, or its state."""
    if point.value is None:
        state = STATES[point.state][0].of(lang) if point.state in STATES else point.state
        return point.words or state
    with_unit = number(point.value) + (point.unit if lang == "ja" or point.unit == "%" else f" {point.unit}".rstrip())
    bound = _COMPARED.get(point.comparator)
    return bound.of(lang).format(with_unit) if bound else with_unit


def when(point: Point, lang: str) -> str:
    """The fiscal years of a value as text."""
    if not point.years:
        return "年度の記載なし" if lang == "ja" else "no fiscal year stated"
    return years_text(sorted(point.years), lang)

"""Fiscal years and numbers along an axis, and how charts are put into the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from keikaku.pages.render import environment

#: Where the years of a chart of values begin and end, in per cent of the width.
LEFT, RIGHT = 14.0, 92.0
#: So many years are named on a phone, and so many on a page.
_NARROW, _WIDE = 5, 10
#: Shape of a series, in the order of the series; the colours follow the same order in charts.css.
SHAPES = (
    "M-5-5H5V5H-5Z",
    "M0-7L7 0L0 7L-7 0Z",
    "M0-7L6.5 5H-6.5Z",
    "M0 7L6.5-5H-6.5Z",
    "M-2.2-6.5H2.2V-2.2H6.5V2.2H2.2V6.5H-2.2V2.2H-6.5V-2.2H-2.2Z",
)
CIRCLE = "M-5.5 0A5.5 5.5 0 1 1 5.5 0A5.5 5.5 0 1 1-5.5 0Z"


@dataclass(frozen=True)
class Tick:
    """A fiscal year of an axis: its place in per cent, its two lines, and whether a phone or a page has room to name it."""

    year: int
    x: float
    lines: tuple[str, str]
    narrow: bool
    wide: bool


def fiscal_year(year: int, lang: str) -> tuple[str, str]:
    """A fiscal year in two lines, the reader's own way first.

    >>> fiscal_year(2026, "ja"), fiscal_year(2019, "en"), fiscal_year(2018, "ja")
    (('令和8年度', '(2026)'), ('FY2019', '令和元'), ('平成30年度', '(2018)'))
    """
    nth = str(year - 2018) if year > 2019 else "元" if year == 2019 else str(year - 1988)
    era = ("令和" if year >= 2019 else "平成") + nth
    return (f"{era}年度", f"({year})") if lang == "ja" else (f"FY{year}", era)


def number(value: Decimal) -> str:
    """A number with commas and a real minus, without needless zeros.

    >>> number(Decimal("-1200.50"))
    '−1,200.5'
    """
    text = f"{value.normalize():,f}"
    return text.replace("-", "−")


def scale_of(values: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Round numbers for the axis: zero is always among them, and all values lie within them.

    >>> [str(n) for n in scale_of([Decimal(17), Decimal(60)])]
    ['0', '20', '40', '60']
    """
    found = [Decimal(0), *values]
    low, high = min(found), max(found)
    rough = (high - low) / 4 or Decimal(1)
    ten = Decimal(10) ** math.floor(rough.log10())
    step = next(ten * n for n in (1, 2, 5, 10) if ten * n >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    return tuple(Decimal(n * step) for n in range(first, last + 1))


def ticks(years: Sequence[int], lang: str) -> list[Tick]:
    """Points for all years from the first to the last; a single one stands in the middle."""
    if not years:
        return []
    whole = range(min(years), max(years) + 1)
    step = (RIGHT - LEFT) / max(1, len(whole))
    return _axis(whole, [LEFT + step * (n + 0.5) for n in range(len(whole))], lang)


def columns(years: Sequence[int], lang: str) -> list[Tick]:
    """Columns for all years from the first to the last, over the whole width; `x` is the middle of each."""
    whole = range(min(years), max(years) + 1)
    return _axis(whole, [100 * (n + 0.5) / len(whole) for n in range(len(whole))], lang)


def years_text(years: Sequence[int], lang: str) -> str:
    """Years as runs in one line."""
    between, dash = ("、", "〜") if lang == "ja" else (", ", "–")
    named = [
        " ".join(fiscal_year(run[0], lang))
        if len(run) == 1
        else f"{fiscal_year(run[0], lang)[0]}{dash}{fiscal_year(run[-1], lang)[0]} "
        + (f"({run[0]}{dash}{run[-1]})" if lang == "ja" else "")
        for run in runs(years)
    ]
    return between.join(name.strip() for name in named)


def runs(years: Iterable[int]) -> list[list[int]]:
    """Years that follow each other.

    >>> runs([2025, 2022, 2023])
    [[2022, 2023], [2025]]
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _axis(years: Sequence[int], places: Sequence[float], lang: str) -> list[Tick]:
    """Every year with its place; where not all can be named, each second or third from the last one back."""
    count = len(years)
    narrow, wide = math.ceil(count / _NARROW), math.ceil(count / _WIDE)
    return [
        Tick(year, round(x, 2), fiscal_year(year, lang), (count - 1 - n) % narrow == 0, (count - 1 - n) % wide == 0)
        for n, (year, x) in enumerate(zip(years, places, strict=True))
    ]


def fill(macro: str, lang: str, **values: object) -> Markup:
    """A chart by its macro in the template; every value is escaped there."""
    module = (
        environment()
        .get_template("charts.html")
        .make_module(
            {
                "lang": lang,
                "t": lambda ja, en: ja if lang == "ja" else en,
                "shapes": SHAPES,
                "circle": CIRCLE,
            }
        )
    )
    made: Markup = getattr(module, macro)(values)
    return made

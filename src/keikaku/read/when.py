"""Years and dates as plans print them (ontology §8; plan-file.md, rule 5)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

#: First calendar year of each era minus one: 令和n = 2018+n, 平成n = 1988+n (ontology §8).
ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}

#: Fiscal years that have an IRI.
FIRST_YEAR, LAST_YEAR = 1989, 2060

_YEAR = re.compile(r"^(?:FY)?(\d{4})(?:年度)?$|^(令和|平成|昭和|R|H|S)(\d{1,2}|元)(?:年度)?$", re.IGNORECASE)
_DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@dataclass(frozen=True)
class When:
    """A time as printed: fiscal years, or a calendar date of a precision (2022, 2022-07, 2022-07-01), or both.

    `token` is the time in an IRI (ontology §3.1): 2024, 2022-2025, d2023-06, undated.
    """

    fiscal_years: tuple[int, ...]
    date: str
    token: str


#: No time is printed.
UNDATED = When((), "", "undated")


def fiscal_year(text: str) -> int | None:
    """Read a fiscal year in any notation: FY2024, 2024, 2024年度, 令和6年度, R6; None when it is none.

    >>> fiscal_year("令和4年度"), fiscal_year("R6"), fiscal_year("FY24")
    (2022, 2024, None)
    """
    found = _YEAR.match("".join(unicodedata.normalize("NFKC", text).split()))
    if not found:
        return None
    if found[1]:
        year = int(found[1])
    else:
        number = 1 if found[3] == "元" else int(found[3])
        year = ERAS[found[2].upper() if found[2].isascii() else found[2]] + number
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def read_when(text: str) -> When | None:
    """Read a time: FY2024, end of FY2024, each of FY2022..FY2024, 2022-07, 2022, 2021-04-01; None when it cannot be read.

    A bare four-digit number is a calendar year, whose fiscal year is not certain.

    >>> read_when("end of FY2022")
    When(fiscal_years=(2022,), date='2023-03-31', token='2022')
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if text.startswith("each of "):
        years = read_years(text.removeprefix("each of "))
        return When(years, "", f"{years[0]}-{years[-1]}") if years else None
    if text.startswith("end of "):
        year = fiscal_year(text.removeprefix("end of "))
        return When((year,), f"{year + 1}-03-31", str(year)) if year else None
    if _DATE.match(text):
        return _read_date(text)
    year = fiscal_year(text)
    return When((year,), "", str(year)) if year else None


def read_years(text: str) -> tuple[int, ...]:
    """Read one fiscal year or a span FY2022..FY2024; an empty tuple when it cannot be read or ends before it starts."""
    first_text, dots, last_text = text.partition("..")
    first = fiscal_year(first_text.strip())
    last = fiscal_year(last_text.strip()) if dots else first
    if first is None or last is None or last < first:
        return ()
    return tuple(range(first, last + 1))


def fiscal_year_of(year: int, month: int) -> int:
    """The fiscal year a month lies in; fiscal years run April to March.

    >>> fiscal_year_of(2022, 3)
    2021
    """
    return year if month >= 4 else year - 1


def _read_date(text: str) -> When | None:
    found = _DATE.match(text)
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not FIRST_YEAR - 100 <= year <= LAST_YEAR:
        return None
    years = (fiscal_year_of(year, month),) if month else ()
    return When(tuple(y for y in years if FIRST_YEAR <= y <= LAST_YEAR), text, f"d{text}")


def date_bounds(text: str) -> tuple[date, date]:
    """First and last day of a date of any precision.

    >>> date_bounds("2023-02")
    (datetime.date(2023, 2, 1), datetime.date(2023, 2, 28))
    """
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    if day:
        only = date(year, month, day)
        return only, only
    if month:
        after = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), date.fromordinal(after.toordinal() - 1)
    return date(year, 1, 1), date(year, 12, 31)

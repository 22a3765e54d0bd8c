"""Fiscal years and days as people write them in Japan (ontology §8)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

#: Gregorian year before the first year of the era: 令和n = 2018 + n, 平成n = 1988 + n.
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_YEAR = re.compile(r"(?:fy:?)?(?:(?P<era>令和|平成|r|h)\.?(?P<nth>元|\d{1,2})|(?P<year>\d{4}))(?:年度?)?")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DAY = re.compile(
    r"(?:(?P<era>令和|平成|r|h)(?P<nth>元|\d{1,2})|(?P<year>\d{4}))[年.](?P<month>\d{1,2})[月.](?P<day>\d{1,2})日?"
)


def read_fiscal_year(text: str) -> int | None:
    """The year in which the fiscal year begins; None when the text is no fiscal year.

    >>> [read_fiscal_year(t) for t in ("2024", "FY2024", "令和６年度", "R6", "平成31年度", "令和元年度", "2024-05")]
    [2024, 2024, 2024, 2024, 2019, 2019, None]
    """
    plain = _plain(text)
    found = _YEAR.fullmatch(plain.removeprefix("https://w3id.org/jichitai-dx/id/fy/").removeprefix("id/fy/"))
    return _year(found) if found else None


def read_date(text: str) -> date | None:
    """A day in ISO form, Western years or Japanese eras; None when it is none.

    >>> read_date("令和6年3月31日")
    datetime.date(2024, 3, 31)
    """
    plain = _plain(text)
    iso, japanese = _ISO.fullmatch(plain), _DAY.fullmatch(plain)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if japanese:
            return date(_year(japanese), int(japanese["month"]), int(japanese["day"]))
    except ValueError:
        return None
    return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _year(found: re.Match[str]) -> int:
    if found["year"]:
        return int(found["year"])
    return _ERAS[found["era"]] + (1 if found["nth"] == "元" else int(found["nth"]))

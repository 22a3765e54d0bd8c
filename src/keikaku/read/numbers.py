"""Numbers as plans print them: comparators, multipliers, kanji numerals, hours and minutes (ontology §9; plan-file.md, rule 6)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from rdflib import Literal

from keikaku.namespaces import XSD

#: Words before a number and the comparator code they stand for.
COMPARATORS = {
    "about": "approx",
    "at least": "ge",
    "at most": "le",
    "more than": "gt",
    "less than": "lt",
}
#: Multipliers that a printed unit may carry.
MULTIPLIERS = {"百万": 1_000_000, "億": 100_000_000, "万": 10_000, "千": 1_000}
_KANJI_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "億": 100_000_000}
_VALUE = re.compile(r"^(?:(about|at least|at most|more than|less than) )?(-?\d[\d,]*(?:\.\d+)?)$")


@dataclass(frozen=True)
class Amount:
    """A number as written in a plan file: comparator token (eq, ge …), the number, and how many decimals were printed."""

    comparator: str
    number: Decimal
    decimals: int


def read_amount(text: str) -> Amount | None:
    """Read `5`, `at least 5`, `about 70`, `-5`, `1,942`, `70.0`; None when it is no number.

    >>> read_amount("at least 4")
    Amount(comparator='ge', number=Decimal('4'), decimals=0)
    """
    found = _VALUE.match(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    digits = found[2].replace(",", "")
    return Amount(COMPARATORS.get(found[1] or "", "eq"), Decimal(digits), len(digits.partition(".")[2]))


def split_unit(label: str) -> tuple[int, str]:
    """Split the multiplier off a printed unit: 万人 → (10000, 人).

    >>> split_unit("千円"), split_unit("件")
    ((1000, '円'), (1, '件'))
    """
    for word, factor in MULTIPLIERS.items():
        if label.startswith(word) and len(label) > len(word):
            return factor, label[len(word) :]
    return 1, label


def canonical(number: Decimal) -> str:
    """The canonical lexical form of xsd:decimal without a needless point: 50, 0.5, -5.

    >>> canonical(Decimal("70.0")), canonical(Decimal("430000")), canonical(Decimal("0.50"))
    ('70', '430000', '0.5')
    """
    text = format(number.normalize(), "f")
    return "0" if text in ("-0", "") else text


def normalise(text: str) -> str:
    """N(passage) of ontology §9: NFKC, then every white-space character deleted."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


_ATOM = re.compile(
    r"(?P<h>\d+)時間(?P<m>\d+)分"
    r"|(?P<mixed>(?:\d[\d,]*(?:\.\d+)?(?:百万|億|万|千))+(?:\d[\d,]*)?)"
    r"|(?P<num>\d[\d,]*(?:\.\d+)?)(?P<wari>割)?"
    r"|(?P<kanji>[〇零一二三四五六七八九十百千万億]+)"
)


@dataclass(frozen=True)
class Printed:
    """A number found in normalised text: start and end offsets, and every value it may stand for (4割 is 4 and 40)."""

    start: int
    end: int
    values: frozenset[Decimal]


def printed_numbers(text: str) -> list[Printed]:
    """Find all numbers printed in normalised text, longest reading first; 0時間0分 is read as minutes and as its parts.

    >>> sorted(printed_numbers("約4万1千人")[0].values)
    [Decimal('41000')]
    """
    found: list[Printed] = []
    for atom in _ATOM.finditer(text):
        values: set[Decimal] = set()
        if atom["h"] is not None:
            values.add(Decimal(int(atom["h"]) * 60 + int(atom["m"])))
        elif atom["mixed"]:
            values |= _mixed(atom["mixed"])
        elif atom["num"]:
            number = _plain(atom["num"])
            values |= {number} | ({number * 10} if atom["wari"] else set())
        elif atom["kanji"]:
            values.add(_kanji(atom["kanji"]))
        found.append(Printed(atom.start(), atom.end(), frozenset(values)))
    return found


def _plain(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _mixed(text: str) -> set[Decimal]:
    """4万1千 → 41000; a single pair such as 43万 may also be meant as the bare 43 of a unit 万人."""
    parts = re.findall(r"(\d[\d,]*(?:\.\d+)?)(百万|億|万|千)?", text)
    total = sum((_plain(n) * MULTIPLIERS.get(m, 1) for n, m in parts), Decimal(0))
    return {total}


def _kanji(text: str) -> Decimal:
    if not any(ch in _KANJI_UNITS for ch in text):
        return Decimal("".join(str(_KANJI_DIGITS[ch]) for ch in text))
    total, section, digit = 0, 0, 0
    for ch in text:
        if ch in _KANJI_DIGITS:
            digit = _KANJI_DIGITS[ch]
        elif _KANJI_UNITS[ch] >= 10_000:
            total += (section + digit or 1) * _KANJI_UNITS[ch]
            section = digit = 0
        else:
            section += (digit or 1) * _KANJI_UNITS[ch]
            digit = 0
    return Decimal(total + section + digit)


#: Kana by which headings are counted, in their order.
_KANA = "アイウエオカキクケコサシスセソタチツテト"
_NUMBER = re.compile(rf"\d+|(?<![ァ-ヶー])[{_KANA}](?![ァ-ヶー])")


def number_path(number: str, *, pad: bool) -> str:
    """The IRI form of a printed number: folded by NFKC, its digits joined by hyphens; the last one padded for initiatives.

    A kana that stands alone (ア, イ, ウ) counts as 1, 2, 3.

    >>> number_path("(1)-④", pad=True), number_path("③", pad=False), number_path("4.5", pad=False), number_path("1-2-イ", pad=False)
    ('1-04', '3', '4-5', '1-2-2')
    """
    parts = [
        str(_KANA.index(part) + 1) if part in _KANA else part
        for part in _NUMBER.findall(unicodedata.normalize("NFKC", number))
    ]
    if not parts:
        return ""
    parts = [str(int(part)) for part in parts]
    if pad:
        parts[-1] = parts[-1].zfill(2)
    return "-".join(parts)


def decimal_literal(number: Decimal) -> Literal:
    """An xsd:decimal in the canonical form that every engine keeps."""
    return Literal(canonical(number), datatype=XSD.decimal, normalize=False)

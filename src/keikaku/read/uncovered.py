"""Which lines of a source text no evidence points to: so that a curator sees what may be missing (lines are shown, never stored)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from keikaku.read.documents import Lines, SourceText

#: A line that likely prints a fact: a number, an act or ordinance, an organisation, a department, a plan or a government.
FACT = r"\d|法(?!人)|条例|[^一-龠]?課(?!題)|推進室|本部|計画|方針|宣言|構想|庁|省|[都道府県市区町村](?=[のはがを、。)）】]|$)"
#: Ranges wider than this hold whole sections; they prove where an element stands, not that each line was looked at.
WIDE = 12


@dataclass(frozen=True)
class LineCover:
    """How many lines of a text evidence points to: any range, and narrow ranges (at most WIDE lines) only."""

    document: str
    lines: int
    covered: int
    narrowly: int
    open: tuple[int, ...]


def line_cover(document: str, text: SourceText, ranges: Iterable[Lines]) -> LineCover:
    """Count the lines that hold something, and those that a range points to; `open` are uncovered lines that look like facts."""
    pieces = text.text.split("\n")
    filled = {number for number, piece in enumerate(pieces, 1) if _words(piece)}
    every: set[int] = set()
    narrow: set[int] = set()
    for lines in ranges:
        numbers = range(lines.first, lines.last + 1)
        every.update(numbers)
        if len(numbers) <= WIDE:
            narrow.update(numbers)
    left = sorted(number for number in filled - every if re.search(FACT, _words(pieces[number - 1])))
    return LineCover(document, len(filled), len(filled & every), len(filled & narrow), tuple(left))


def _words(piece: str) -> str:
    """A line without white space, rulers and Markdown marks; "" for a line that holds nothing."""
    return re.sub(r"[\s|#*>＜＞<\-=―ー・:_]+", "", unicodedata.normalize("NFKC", piece))

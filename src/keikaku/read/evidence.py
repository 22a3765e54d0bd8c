"""Lock line ranges against the source texts, and check that every passage and printed number is found again (ontology §9)."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keikaku.errors import Place
from keikaku.read.documents import Lines, Passage, SourceDocument, SourceText
from keikaku.read.numbers import Printed, normalise, printed_numbers
from keikaku.read.problems import Problems
from keikaku.read.statements import StatedValue


@dataclass(frozen=True)
class Recheck:
    """How much of a document was found again."""

    document: str
    passages: int
    passages_found: int
    values: int
    values_found: int


def lock_ranges(text: SourceText, ranges: Iterable[Lines]) -> dict[Lines, Passage]:
    """Resolve ranges against the text; ranges outside it are left out (reading them is a finding already)."""
    found = ((lines, text.passage(lines)) for lines in ranges)
    return {lines: passage for lines, passage in found if passage is not None}


def check_passages(
    text: SourceText,
    document: SourceDocument,
    lock: Mapping[Lines, Passage],
    used: Mapping[Lines, Place],
    shown: str,
    problems: Problems,
) -> tuple[int, int]:
    """Compare every passage a file uses with its lock row. Returns how many there are and how many were found again."""
    good = 0
    for lines, place in sorted(used.items()):
        if lines in lock and text.passage(lines) == lock[lines]:
            good += 1
            continue
        problems.add(
            place,
            f"the passage {lines} of {document.name} is not what the lock file says",
            f"{document.name} の {lines} が根拠ロックと一致しません",
            do_en="Run: keikaku evidence lock --sources DIR, and look at what changed",
            do_ja="keikaku evidence lock --sources DIR を実行し、変わった箇所を確認してください",
            where=shown,
        )
    return len(used), good


def check_values(
    text: SourceText,
    document: SourceDocument,
    values: Iterable[StatedValue],
    labels: Mapping[str, tuple[str, ...]],
    problems: Problems,
) -> tuple[int, int]:
    """Find every stated number in its passage as a printed number, exactly as often as values claim it there.

    Values with the same ranges are looked at together. An expression (`printed`) stands in the passage as often as values
    claim it, and holds the number. A bare number is enough where no other value claims another number of the passage, so
    that two figures cannot be swapped unseen. A part stands behind the word of its own category, where the passage prints
    such words (`labels`: category IRI → words). Values of one KPI stand in the order of their years. Returns how many
    values there are and how many were found.
    """
    together: dict[tuple[Lines, ...], list[StatedValue]] = defaultdict(list)
    for value in values:
        together[value.ranges].append(value)
    total = good = 0
    for ranges, group in together.items():
        passage = cells("\n".join(text.slice(lines) for lines in ranges))
        neighbours = [v for other, claimed in together.items() if _overlap(other, ranges) for v in claimed]
        total += len(group)
        good += len(_check_group(passage, group, neighbours, labels, document, problems))
    return total, good


def _overlap(one: tuple[Lines, ...], other: tuple[Lines, ...]) -> bool:
    return any(a.first <= b.last and b.first <= a.last for a in one for b in other)


@dataclass(frozen=True)
class Cells:
    """A normalised passage that still knows where table cells, lines and separate figures end.

    `joined` is N(passage) of ontology §9; `edges` are the offsets in it where white space was deleted between cells or digits.
    """

    joined: str
    edges: frozenset[int]
    numbers: tuple[Printed, ...]


def cells(passage: str) -> Cells:
    """Normalise a passage, so that 2,145 and 2,082 in neighbouring cells stay two numbers.

    >>> [sorted(n.values) for n in cells("2,145\\t2,082").numbers]
    [[Decimal('2145')], [Decimal('2082')]]
    """
    folded = unicodedata.normalize("NFKC", passage)
    marked = re.sub(r"\s+", "", re.sub(r"[\t\n|]+|(?<=\d)\s+(?=\d)", _EDGE, folded.replace(_EDGE, "")).replace(" ", ""))
    joined, edges, offsets = "", set(), []
    for char in marked:
        offsets.append(len(joined))
        if char == _EDGE:
            edges.add(len(joined))
        else:
            joined += char
    offsets.append(len(joined))
    numbers = tuple(Printed(offsets[n.start], offsets[n.end - 1] + 1, n.values) for n in printed_numbers(marked))
    return Cells(joined, frozenset(edges), numbers)


#: Stands for the edge of a cell while a passage is normalised; a private-use character, so it is no white space.
_EDGE = "\ue000"


def _check_group(
    passage: Cells,
    group: list[StatedValue],
    neighbours: list[StatedValue],
    labels: Mapping[str, tuple[str, ...]],
    document: SourceDocument,
    problems: Problems,
) -> set[StatedValue]:
    """The values of a group that were found; the others become findings."""
    found: dict[StatedValue, int] = {}
    taken: list[tuple[int, int]] = []
    claims: dict[str, list[StatedValue]] = defaultdict(list)
    for value in group:
        if value.printed:
            claims[normalise(value.printed)].append(value)
    for expression, claimants in claims.items():
        places = _occurrences(passage, expression)
        taken += [(start, start + len(expression)) for start in places]
        numbers = {number for printed in printed_numbers(expression) for number in printed.values}
        for value, start in zip(claimants, places or [0] * len(claimants), strict=False):
            if not value.numbers & numbers:
                _missing(
                    value,
                    f"“{value.printed}” does not hold the number {_shown(value)}",
                    f"「{value.printed}」に数値 {_shown(value)} がありません",
                    document,
                    problems,
                )
            elif len(places) == len(claimants):
                found[value] = start
        if len(places) != len(claimants):
            for value in claimants:
                _missing(
                    value,
                    f"“{value.printed}” stands {len(places)} times in its passage, and {len(claimants)} values claim it",
                    f"「{value.printed}」は根拠箇所に {len(places)} 回あり、{len(claimants)} 個の値が参照しています",
                    document,
                    problems,
                )
    free = [p for p in passage.numbers if not any(start <= p.start and p.end <= end for start, end in taken)]
    inside = [p for p in passage.numbers if p not in free]
    for value in group:
        if value.printed:
            continue
        hits = [p for p in (passage.numbers if value.part else free) if value.numbers & p.values]
        if value.part:
            hits = [p for p in hits if _behind_own_label(passage, p.start, value, group, labels)]
        rivals = [v for v in neighbours if not v.numbers & value.numbers and not (v.part or value.part)]
        claimants = [
            v for v in group if not v.printed and v.numbers & value.numbers and bool(v.part) == bool(value.part)
        ]
        if not hits or (len(hits) != len(claimants) and not value.part):
            also = " outside the expressions that other values claim" if inside else ""
            _missing(
                value,
                f"the number {_shown(value)} stands {len(hits)} times in its passage{also}, and {len(claimants)} values claim it",
                f"数値 {_shown(value)} は根拠箇所に {len(hits)} 回あり、{len(claimants)} 個の値が参照しています",
                document,
                problems,
            )
        elif rivals:
            _missing(
                value,
                f"other values claim other numbers of the same passage, so the bare number {_shown(value)} could be swapped unseen",
                f"同じ根拠箇所から別の数値も採られており、数値 {_shown(value)} だけでは入れ替わりに気付けません",
                document,
                problems,
            )
        else:
            found[value] = hits[0].start
    return set(found) - _out_of_order(found, document, problems)


def _shown(value: StatedValue) -> str:
    return format(min(value.numbers), "f")


def _behind_own_label(
    passage: Cells, start: int, value: StatedValue, group: list[StatedValue], labels: Mapping[str, tuple[str, ...]]
) -> bool:
    """Whether the last category word before a number is its own; true where the passage does not print its own word."""
    own = [normalise(label) for label in labels.get(value.part, ())]
    if not any(label in passage.joined for label in own):
        return True
    last = (-1, "")
    for category in {v.part for v in group if v.part}:
        for label in labels.get(category, ()):
            at = passage.joined.rfind(normalise(label), 0, start)
            if at >= 0:
                last = max(last, (at + len(normalise(label)), category))
    return last[1] == value.part


def _out_of_order(found: Mapping[StatedValue, int], document: SourceDocument, problems: Problems) -> set[StatedValue]:
    """Values of one KPI in one passage stand in the order of time: baseline, then year by year."""
    wrong: set[StatedValue] = set()
    by_kpi: dict[str, list[StatedValue]] = defaultdict(list)
    for value in found:
        if value.kpi and not value.part and value.order is not None:
            by_kpi[value.kpi].append(value)
    for values in by_kpi.values():
        in_time = sorted(values, key=lambda v: v.order or 0)
        for earlier, later in itertools.pairwise(in_time):
            if earlier.order != later.order and found[earlier] > found[later]:
                wrong.add(later)
                _missing(
                    later,
                    f"the number {_shown(later)} stands before that of an earlier time ({_shown(earlier)})",
                    f"数値 {_shown(later)} が、より前の時期の値({_shown(earlier)})より先に書かれています",
                    document,
                    problems,
                )
    return wrong


def _occurrences(passage: Cells, expression: str) -> list[int]:
    """Where an expression stands; a number at its edge may not be cut out of a longer number."""
    text, places = passage.joined, []
    start = text.find(expression)
    while start >= 0:
        end = start + len(expression)
        inside = [n for n in passage.numbers if n.start < start < n.end or n.start < end < n.end]
        if not inside:
            places.append(start)
        start = text.find(expression, start + 1)
    return places


def _missing(value: StatedValue, en: str, ja: str, document: SourceDocument, problems: Problems) -> None:
    problems.add(
        value.place,
        f"{en} ({document.name} {', '.join(map(str, value.ranges))})",
        f"{ja}({document.name} {'、'.join(map(str, value.ranges))})",
        do_en="Compare the value and its `at` with the source, or lengthen `printed` by the words beside the number",
        do_ja="値と at を原典と照合するか、printed に前後の語句を加えてください",
        where="docs/plan-file.md",
        rule="rule 9",
    )

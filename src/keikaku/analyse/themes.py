"""How strongly each plan treats each theme, as far as it is known: an interval, never a guessed absence (docs/analysis.md).

What is found has the strength of its level. What is not found is 0 only where the plan is declared complete; otherwise it may be
anything that the declarations leave open.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from keikaku.analyse.table import Rows, text, token, true

#: Level asked for → the levels that count, with their strength (ontology §10: measure takes three, initiative one).
STRENGTHS: Mapping[str, Mapping[str, int]] = {
    "lv-action": {"lv-initiative": 4, "lv-outside-list": 3, "lv-action": 2},
    "lv-initiative": {"lv-initiative": 4},
}
#: A rarity of 1 is written as this many, so that all sums are of whole numbers and every machine gives the same.
SCALE = 1_000_000


@dataclass(frozen=True)
class Interval:
    """The least and the greatest strength that a theme can have in a plan; equal where it is known."""

    low: int
    high: int

    @property
    def known(self) -> bool:
        """Whether there is only one possibility."""
        return self.low == self.high


@dataclass(frozen=True)
class Profile:
    """What is recorded of one plan at one level.

    `listed` says that its initiatives are closed for themes, `whole` that its actions are too; `passages` are the evidence of each
    theme, `declared` that of the completeness statements.
    """

    plan: str
    level: str
    found: Mapping[str, int]
    listed: bool = False
    whole: bool = False
    passages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    government: str = ""

    def strength(self, theme: str) -> Interval:
        """How strongly the plan treats a theme: exactly, or between which bounds."""
        counted = STRENGTHS[self.level]
        top, foot = max(counted.values()), min(counted.values())
        recorded = self.found.get(theme, 0)
        if recorded:
            return Interval(recorded, recorded if self.listed else top)
        if self.listed and (self.whole or len(counted) == 1):
            return Interval(0, 0)
        return Interval(0, foot if self.listed else top)


def profiles(rows: Rows, level: str, plan: str = "edition") -> list[Profile]:
    """The profiles of all plans in these rows, by IRI; rows without a plan are passed over."""
    found: dict[str, dict[str, int]] = {}
    passages: dict[str, dict[str, set[str]]] = {}
    declared: dict[str, set[str]] = {}
    closed: dict[str, tuple[bool, bool]] = {}
    issued: dict[str, set[str]] = {}
    counted = STRENGTHS[level]
    for row in rows:
        iri = text(row, plan)
        if not iri:
            continue
        if iri not in closed:
            closed[iri] = (true(row, "listClosed"), true(row, "actionsClosed"))
            found[iri], passages[iri], declared[iri], issued[iri] = {}, {}, set(), set()
        issued[iri].add(text(row, "government"))
        declared[iri].update(text(row, "closedEvidence").split())
        strength = counted.get(token(row, "foundAt"), 0)
        theme = text(row, "theme")
        if theme and strength:
            found[iri][theme] = max(strength, found[iri].get(theme, 0))
            passages[iri].setdefault(theme, set()).update(text(row, "evidence").split())
    return [
        Profile(
            plan=iri,
            level=level,
            found=found[iri],
            listed=closed[iri][0],
            whole=closed[iri][1],
            passages={theme: frozenset(several) for theme, several in passages[iri].items()},
            declared=frozenset(declared[iri]),
            government=min(issued[iri]),
        )
        for iri in sorted(found)
    ]


def rarity(several: Iterable[Profile]) -> dict[str, int]:
    """How much a theme tells, in millionths: ln(1 + N/n) for N plans of which n are known to have it. Themes of no plan are left out."""
    plans = list(several)
    having: dict[str, int] = {}
    for profile in plans:
        for theme in profile.found:
            having[theme] = having.get(theme, 0) + 1
    return {theme: round(SCALE * math.log(1 + len(plans) / count)) for theme, count in sorted(having.items())}

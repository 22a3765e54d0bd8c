"""What a coverage report is made of: requirements, items, statements, notes, and the lists of gaps (docs/coverage.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from keikaku.ask.evidence import Passage
from keikaku.ask.words import Text
from keikaku.namespaces import SH, C

#: How much a requirement matters, by the severity that shapes have too.
LEVELS = {
    str(SH.Violation): "indispensable",
    str(SH.Warning): "recommended",
    str(SH.Info): "useful",
}
LEVEL_WORDS = {
    "indispensable": Text("必須", "indispensable"),
    "recommended": Text("推奨", "recommended"),
    "useful": Text("任意", "useful"),
}

#: The states of one requirement of one element.
STATES = {
    "recorded": Text("記録あり", "recorded"),
    "partly-lost": Text("一部が本文で欠落", "partly lost in the text"),
    "partly-known": Text("一部だけ記録", "recorded in part"),
    "declared": Text("計画が空欄・未定とする", "left blank or open by the plan"),
    "not-stated": Text("計画に記載なし", "not stated by the plan"),
    "lost": Text("本文で欠落", "lost in the text"),
    "claimed": Text("記載はあるが特定できない", "printed, but not told of which"),
    "text-silent": Text("受領した本文に記載なし", "not in the received text"),
    "unknown": Text("不明", "unknown"),
}
#: States that count as recorded.
RECORDED = ("recorded", "partly-lost", "partly-known")

#: The lists of gaps. The first two and the unrequired part of the third are proved on intact text.
LISTS = {
    "indispensable": Text("必須だが、計画に書かれていない", "Indispensable, and missing from the plan"),
    "recommended": Text("推奨だが、計画に書かれていない", "Recommended, and missing from the plan"),
    "stated-absent": Text("計画が無い・未定とするもの", "Stated as absent by the plan"),
    "lost": Text("受け取った本文から失われている", "Lost in the received text"),
    "unknown": Text("分からない", "Unknown"),
}


@dataclass(frozen=True)
class Requirement:
    """One thing that is asked of elements of a kind; `source` is the shape or question that it rests on."""

    iri: str
    label: Text
    why: Text
    advice: Text
    source: str


@dataclass(frozen=True)
class Item:
    """One requirement of one element and its state. `named` is what names the element; `proof` are the passages that show the state."""

    requirement: str
    aspect: str
    level: str
    target: str
    element: str
    named: str
    state: str
    passages: tuple[Passage, ...]
    proof: tuple[Passage, ...] = ()
    printed: tuple[str, ...] = ()

    @property
    def list(self) -> str:
        """The list it belongs to; "" when it is recorded."""
        if self.state == "recorded":
            return ""
        if self.state in ("lost", "partly-lost"):
            return "lost"
        if self.state == "declared" or (self.state == "not-stated" and self.level == "useful"):
            return "stated-absent"
        return self.level if self.state == "not-stated" else "unknown"


@dataclass(frozen=True)
class Statement:
    """One completeness statement: how complete the record of a plan or case is on an aspect, at which scope, and why."""

    about: str
    aspect: str
    level: str
    scope: str
    reason: Text | None
    missing: tuple[str, ...]
    passages: tuple[Passage, ...]

    @property
    def closed(self) -> bool:
        """Whether it is complete at its scope."""
        return self.level == str(C["cl-complete"])

    @property
    def published(self) -> bool:
        """Whether it speaks of the published plan, not only of the received text."""
        return self.scope == str(C["cx-published-plan"])


@dataclass(frozen=True)
class Note:
    """One quality note on the source."""

    iri: str
    kind: str
    text: Text
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Gap:
    """One row of a list: requirements that lack alike, the elements that lack them, out of how many, and what is known of it."""

    list: str
    state: str
    target: str
    requirements: tuple[str, ...]
    items: tuple[Item, ...]
    of: int
    reasons: tuple[Text, ...]

    @property
    def level(self) -> str:
        """The strongest level among its requirements."""
        return min((item.level for item in self.items), key=list(LEVEL_WORDS).index)


@dataclass(frozen=True)
class Report:
    """The coverage of one plan or casebook. `kinds` count what is recorded by class; lines are those of the text, empty ones too."""

    plan: str
    document: str
    issuer: str
    status: str
    issued: str
    period: tuple[str, str]
    lines: int
    covered: int
    narrowly: int
    passages: int
    kinds: tuple[tuple[str, int], ...]
    items: tuple[Item, ...]
    statements: tuple[Statement, ...]
    notes: tuple[Note, ...]

    @property
    def recorded(self) -> int:
        """How many of the items are recorded, wholly or in part."""
        return sum(item.state in RECORDED for item in self.items)

    @property
    def partly(self) -> int:
        """How many of the recorded ones stand in a list too, since a part is lost or unknown."""
        return sum(item.state in RECORDED[1:] for item in self.items)

    @cached_property
    def gaps(self) -> dict[str, tuple[Gap, ...]]:
        """The rows of every list."""
        found = _gaps(self)
        return {name: tuple(gap for gap in found if gap.list == name) for name in LISTS}

    def count(self, name: str) -> int:
        """How many items a list holds."""
        return sum(item.list == name for item in self.items)


@dataclass(frozen=True)
class Coverage:
    """The reports asked for; `names` names every IRI in them, `requirements` tells why they are asked."""

    reports: tuple[Report, ...]
    names: Mapping[str, Text]
    requirements: Mapping[str, Requirement]


def _gaps(report: Report) -> list[Gap]:
    """Gather items: requirements that lack alike in the same elements are one row; those of the plan itself stay apart."""
    asked: dict[str, int] = {}
    by_requirement: dict[tuple[str, str, str, str], list[Item]] = {}
    for item in report.items:
        asked[item.requirement] = asked.get(item.requirement, 0) + 1
        if item.list:
            by_requirement.setdefault((item.list, item.target, item.state, item.requirement), []).append(item)
    alike: dict[tuple[object, ...], list[Item]] = {}
    for (name, target, state, requirement), items in by_requirement.items():
        alone = requirement if items[0].element == report.plan or name in ("indispensable", "recommended") else ""
        elements = tuple(item.element for item in items)
        alike.setdefault((name, target, state, alone, elements, asked[requirement]), []).extend(items)
    order = list(LEVEL_WORDS)
    found = [
        Gap(
            items[0].list, items[0].state, items[0].target, tuple(dict.fromkeys(item.requirement for item in items)),
            tuple(items), asked[items[0].requirement], _reasons(report, items),
        )
        for items in alike.values()
    ]  # fmt: skip
    return sorted(found, key=lambda gap: order.index(gap.level))


def _reasons(report: Report, items: Iterable[Item]) -> tuple[Text, ...]:
    """What completeness statements say of these items, each sentence once: those for the published plan, else for the text."""
    found: dict[Text, None] = {}
    for item in items:
        if item.state == "declared" or (item.list == "stated-absent" and item.element != report.plan):
            continue  # the blank cell itself tells; and what proves a list says nothing on sections outside it
        about = [
            s
            for s in report.statements
            if s.aspect == item.aspect and s.reason and s.about in (item.element, report.plan)
        ]
        about.sort(key=lambda s: (s.about != item.element, not s.published))
        closing = (
            [s for s in about if s.closed] if item.list in ("indispensable", "recommended", "stated-absent") else about
        )
        if closing and closing[0].reason:
            found[closing[0].reason] = None
    return tuple(found)

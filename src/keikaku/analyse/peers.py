"""Peers of a government: four reasons, each from 0 to 1 and shown by itself, and their mean (docs/analysis.md).

The reasons are: the same prefecture, the same kind of government, the nearness in size (the smaller through the larger), and the
similarity of the themes of the latest plans. A reason that is not known may be anything from 0 to 1, so the mean has bounds, and
the order goes by the lower one: what is certain comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import nlargest
from operator import truediv
from typing import TypeVar

from rdflib import URIRef
from rdflib.term import Node

from keikaku.analyse.similarity import Basis, Field, Likeness, basis, likenesses, passages, read
from keikaku.analyse.table import (
    Analysis,
    Asked,
    Row,
    Rows,
    count,
    joined,
    limit,
    measure,
    row,
    text,
    weighed,
    whole,
)

#: The reasons, in the order in which equals are given.
REASONS = ("prefecture", "kind", "size", "themes")
#: An exact ratio, or a quick one.
Number = TypeVar("Number", Fraction, float)
#: More than sums of four numbers from 0 to 1 can be wrong.
_INEXACT = 1e-9


@dataclass(frozen=True)
class Government:
    """What peers are chosen by. `size` is for ordering only (data/README.md) and None where it is not known or 0."""

    iri: str
    prefecture: str = ""
    kind: str = ""
    size: int | None = None
    plan: str = ""


@dataclass(frozen=True)
class Peer:
    """One candidate: the least and greatest of each reason, and how alike the plans are where both have one."""

    government: Government
    reasons: Mapping[str, tuple[Fraction, Fraction]]
    likeness: Likeness | None = None

    @property
    def lowest(self) -> Fraction:
        """The mean of the reasons when everything unknown speaks against it."""
        return sum((low for low, _ in self.reasons.values()), Fraction(0)) / len(REASONS)

    @property
    def highest(self) -> Fraction:
        """The mean of the reasons when everything unknown speaks for it."""
        return sum((high for _, high in self.reasons.values()), Fraction(0)) / len(REASONS)


def judge(own: Government, other: Government, likeness: Likeness | None) -> Peer:
    """How far `other` is a peer of `own`, reason by reason."""
    unknown = (Fraction(0), Fraction(1))
    prefecture, kind, near = _in_common(own, other, Fraction)
    reasons = {
        "prefecture": (Fraction(prefecture), Fraction(prefecture)),
        "kind": (Fraction(kind), Fraction(kind)),
        "size": unknown if near is None else (near, near),
        "themes": unknown if likeness is None else (likeness.lowest, likeness.highest),
    }
    return Peer(other, reasons, likeness)


def peers(own: Government, others: Sequence[Government], world: Field, most: int | None = None) -> list[Peer]:
    """All others (or the first so many) as peers of one government, the surest first; of equals the one that could be more, then the first IRI."""
    position = {profile.plan: number for number, profile in enumerate(world.plans)}
    candidates = [other for other in others if other.iri != own.iri]
    with_plan = [other for other in candidates if other.plan in position]
    alike: dict[str, Likeness] = {}
    if own.plan in position and with_plan:
        measured = likenesses(world, position[own.plan], [position[other.plan] for other in with_plan], why=False)
        alike = {other.iri: likeness for other, likeness in zip(with_plan, measured, strict=True)}
    if most is not None:
        candidates = _foremost(own, candidates, alike, most)
    judged = [judge(own, other, alike.get(other.iri)) for other in candidates]
    return sorted(judged, key=lambda peer: (-peer.lowest, -peer.highest, peer.government.iri))[:most]


def _foremost(
    own: Government, others: Sequence[Government], alike: Mapping[str, Likeness], most: int
) -> list[Government]:
    """Those that can be among the first so many: by quick inexact sums, and all that come as near as these could be wrong."""

    def about(other: Government) -> float:
        likeness = alike.get(other.iri)
        prefecture, kind, near = _in_common(own, other, truediv)
        return prefecture + kind + (near or 0.0) + (float(likeness.lowest) if likeness else 0.0)

    sums = [about(other) for other in others]
    least = min(nlargest(most, sums), default=0.0) - _INEXACT
    return [other for other, said in zip(others, sums, strict=True) if said >= least]


def _in_common(
    own: Government, other: Government, ratio: Callable[[int, int], Number]
) -> tuple[bool, bool, Number | None]:
    """Whether prefecture and kind are the same, and how near the sizes are, as a ratio of this kind; None where one is not known."""
    near = ratio(min(own.size, other.size), max(own.size, other.size)) if own.size and other.size else None
    return _same(own.prefecture, other.prefecture), _same(own.kind, other.kind), near


def _same(left: str, right: str) -> bool:
    return bool(left) and left == right


@dataclass(frozen=True)
class Nation:
    """All governments by IRI, their latest plans, and the populations that a casebook prints, each with its passages."""

    known: Mapping[str, Government]
    told: Mapping[str, set[tuple[Node, str]]]
    plans: Field

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Plan → its place in the tables."""
        return {profile.plan: number for number, profile in enumerate(self.plans.plans)}


def _read(rows: Rows, asked: Asked) -> Nation:
    known: dict[str, Government] = {}
    told: dict[str, set[tuple[Node, str]]] = {}
    for one in rows:
        iri = text(one, "candidate")
        known[iri] = Government(
            iri, text(one, "prefecture"), text(one, "kind"), whole(one, "size") or None, text(one, "edition")
        )
        if "population" in one:
            told.setdefault(iri, set()).add((one["population"], text(one, "populationEvidence")))
    return Nation(known, told, read(rows, asked))


def _compute(nation: Nation, asked: Asked) -> list[Row]:
    found: list[Row] = []
    for iri in sorted({str(term) for term in asked["government"]} & set(nation.known)):
        own = nation.known[iri]
        nearest = peers(own, list(nation.known.values()), nation.plans, limit(asked))
        found += [_row(asked, own, peer, place, nation) for place, peer in enumerate(nearest, 1)]
    return found


def _row(asked: Asked, own: Government, peer: Peer, place: int, nation: Nation) -> Row:
    other, world, position = peer.government, nation.plans, nation.position
    told = nation.told.get(other.iri, set())
    pair = tuple(world.plans[position[plan]] for plan in (own.plan, other.plan) if plan in position)
    likeness = None
    if peer.likeness is not None:
        likeness = likenesses(world, position[own.plan], [position[other.plan]])[0]
    rests = basis(world, pair, likeness) if likeness else Basis("unknown", (), ())
    evidence = passages(pair[0], pair[1], likeness) if likeness else set()
    figure, where = min(told, key=lambda pair: (str(pair[0]), pair[1]), default=(None, ""))
    return row(
        government=URIRef(own.iri),
        level=asked["level"][0],
        most=asked["most"][0],
        rank=count(place),
        peer=URIRef(other.iri),
        score=measure(peer.lowest),
        highest=measure(peer.highest),
        reasons=weighed((name, low / len(REASONS)) for name, (low, _) in peer.reasons.items() if low),
        prefecture=URIRef(other.prefecture) if other.prefecture else None,
        kind=URIRef(other.kind) if other.kind else None,
        nearness=measure(peer.reasons["size"][0]) if own.size and other.size else None,
        population=figure,
        plan=URIRef(other.plan) if other.plan else None,
        similarity=measure(likeness.similarity) if likeness else None,
        shared=weighed(likeness.shared) if likeness else None,
        themes=rests.token,
        evidence=joined([*evidence, *where.split()]),
        **rests.cells(),
    )


PEERS = Analysis(
    "peers",
    (
        "candidate", "prefecture", "kind", "size", "population", "populationEvidence", "edition", "listClosed", "actionsClosed", "theme",
        "foundAt", "evidence", "closedEvidence",
    ),
    (
        "rank", "peer", "score", "highest", "reasons", "prefecture", "kind", "nearness", "population", "plan", "similarity", "shared",
        "themes", "used", "resting", "restingActions", "evidence", "basisEvidence",
    ),
    _read,
    _compute,
    passed=("government", "most"),
)  # fmt: skip

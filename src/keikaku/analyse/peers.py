"""Peers of a government: four reasons, each from 0 to 1 and shown by itself, and their mean (docs/analysis.md).

The reasons are: the same prefecture, the same kind of government, the nearness in size (the smaller through the larger), and the
similarity of the themes of the latest plans. A reason that is not known may be anything from 0 to 1, so the mean has bounds, and
the order goes by the lower one: what is certain comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rdflib import URIRef
from rdflib.term import Node

from keikaku.analyse.similarity import Basis, Field, Likeness, basis, field, likenesses, passages
from keikaku.analyse.table import (
    Analysis,
    Asked,
    Row,
    Rows,
    count,
    first,
    joined,
    limit,
    measure,
    row,
    text,
    weighed,
    whole,
)
from keikaku.analyse.themes import profiles

#: The reasons, in the order in which equals are given.
REASONS = ("prefecture", "kind", "size", "themes")


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
    near = Fraction(min(own.size, other.size), max(own.size, other.size)) if own.size and other.size else None
    reasons = {
        "prefecture": _same(own.prefecture, other.prefecture),
        "kind": _same(own.kind, other.kind),
        "size": unknown if near is None else (near, near),
        "themes": unknown if likeness is None else (likeness.lowest, likeness.highest),
    }
    return Peer(other, reasons, likeness)


def peers(own: Government, others: Sequence[Government], world: Field) -> list[Peer]:
    """All others as peers of one government, the surest first; of equals the one that could be more, then the first IRI."""
    position = {profile.plan: number for number, profile in enumerate(world.plans)}
    candidates = [other for other in others if other.iri != own.iri]
    with_plan = [other for other in candidates if other.plan in position]
    alike: dict[str, Likeness] = {}
    if own.plan in position and with_plan:
        measured = likenesses(world, position[own.plan], [position[other.plan] for other in with_plan], why=False)
        alike = {other.iri: likeness for other, likeness in zip(with_plan, measured, strict=True)}
    judged = [judge(own, other, alike.get(other.iri)) for other in candidates]
    return sorted(judged, key=lambda peer: (-peer.lowest, -peer.highest, peer.government.iri))


def _same(left: str, right: str) -> tuple[Fraction, Fraction]:
    same = Fraction(int(bool(left) and left == right))
    return (same, same)


def _compute(rows: Rows, asked: Asked) -> list[Row]:
    world = field(profiles(rows, first(asked, "level").rsplit("/", 1)[-1]))
    known: dict[str, Government] = {}
    told: dict[str, set[tuple[Node, str]]] = {}
    for one in rows:
        iri = text(one, "candidate")
        known[iri] = Government(
            iri, text(one, "prefecture"), text(one, "kind"), whole(one, "size") or None, text(one, "edition")
        )
        if "population" in one:
            told.setdefault(iri, set()).add((one["population"], text(one, "populationEvidence")))
    position = {profile.plan: number for number, profile in enumerate(world.plans)}
    found: list[Row] = []
    for iri in sorted({str(term) for term in asked["government"]} & set(known)):
        own = known[iri]
        for place, peer in enumerate(peers(own, list(known.values()), world)[: limit(asked)], 1):
            found.append(_row(asked, own, peer, place, world, position, told.get(peer.government.iri, set())))
    return found


def _row(
    asked: Asked,
    own: Government,
    peer: Peer,
    place: int,
    world: Field,
    position: Mapping[str, int],
    told: set[tuple[Node, str]],
) -> Row:
    other = peer.government
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
    _compute,
)  # fmt: skip

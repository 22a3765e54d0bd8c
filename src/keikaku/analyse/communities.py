"""Communities of governments in the network of cases: who stands together in the same cases, and which cases bind them.

Two governments of a case with k governments are linked by 1/(k - 1), so that each government of the case gains a strength of 1 by
it, however long its list is. Communities are those of greatest modularity among Louvain runs from ten fixed seeds
(docs/analysis.md). Only what is asserted links; what is only claimed is listed apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from rdflib import URIRef

from keikaku.analyse.table import (
    Analysis,
    Asked,
    Row,
    Rows,
    as_they_are,
    count,
    joined,
    measure,
    row,
    text,
    true,
    weighed,
)

if TYPE_CHECKING:
    import networkx as nx

#: Seeds of the Louvain runs; the best result counts, of equals the first.
SEEDS = range(10)
#: Two modularities that differ by less are equal: it is the sum of many floating-point numbers.
NOISE = 1e-9


@dataclass(frozen=True)
class Community:
    """Governments that stand together.

    `binding` says how much of the links inside each case makes (the shares add up to 1); `inside` is the share of the members'
    links that stays inside; `modularity` is what the community adds to that of the whole.
    """

    members: tuple[str, ...]
    binding: tuple[tuple[str, Fraction], ...]
    inside: Fraction
    modularity: Fraction


def links(cases: Mapping[str, Collection[str]]) -> dict[tuple[str, str], Fraction]:
    """The weight of each link between two governments: the sum of 1/(k - 1) over the cases of k governments that name both."""
    found: dict[tuple[str, str], Fraction] = {}
    for case in sorted(cases):
        members = sorted(set(cases[case]))
        for pair in combinations(members, 2):
            found[pair] = found.get(pair, Fraction(0)) + Fraction(1, len(members) - 1)
    return found


def communities(cases: Mapping[str, Collection[str]]) -> list[Community]:
    """The communities of the governments of these cases, the largest first; governments without a link are in none."""
    weights = links(cases)
    found = [_described(members, cases, weights) for members in _louvain(weights)]
    return sorted(found, key=lambda one: (-len(one.members), one.members))


def _louvain(weights: Mapping[tuple[str, str], Fraction]) -> list[tuple[str, ...]]:
    """The partition of greatest modularity. Nodes are numbers in order of IRI, so no order of sets of text enters."""
    import networkx as nx  # noqa: PLC0415 - a quarter of a second that only this needs

    if not weights:
        return []
    names = sorted({name for pair in weights for name in pair})
    number = {name: position for position, name in enumerate(names)}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_weighted_edges_from(
        (number[left], number[right], float(weight)) for (left, right), weight in sorted(weights.items())
    )
    best: list[set[int]] = []
    reached = -1.0
    for seed in SEEDS:
        parts = nx.community.louvain_communities(graph, weight="weight", seed=seed)
        value = nx.community.modularity(graph, parts, weight="weight")
        if value > reached + NOISE:
            best, reached = parts, value
    return sorted(tuple(names[position] for position in sorted(part)) for part in best)


def _described(
    members: tuple[str, ...], cases: Mapping[str, Collection[str]], weights: Mapping[tuple[str, str], Fraction]
) -> Community:
    """What binds these members, how much of their links stays inside, and what they add to the modularity."""
    own = set(members)
    inside = sum((weight for pair, weight in weights.items() if own.issuperset(pair)), Fraction(0))
    strength = sum((weight * len(own.intersection(pair)) for pair, weight in weights.items()), Fraction(0))
    total = sum(weights.values(), Fraction(0))
    binding = []
    for case, several in cases.items():
        here, size = len(own & set(several)), len(set(several))
        if here > 1:
            binding.append((case, Fraction(here * (here - 1), 2 * (size - 1)) / inside))
    return Community(
        members,
        tuple(sorted(binding, key=lambda part: (-part[1], part[0]))),
        2 * inside / strength,
        inside / total - (strength / (2 * total)) ** 2,
    )


def _compute(rows: Rows, _: Asked) -> list[Row]:
    cases: dict[str, set[str]] = {}
    passages: dict[str, dict[tuple[str, str], set[str]]] = {"asserted": {}, "claimed": {}}
    closed: set[str] = set()
    for one in rows:
        case, who, standing = text(one, "case"), text(one, "government"), text(one, "standing")
        passages[standing].setdefault((case, who), set()).update(text(one, "evidence").split())
        if standing == "asserted":
            cases.setdefault(case, set()).add(who)
        if true(one, "closed"):
            closed.add(case)
    # The passage of a claim is narrower than that of the whole case, where an asserted link has one.
    evidence = passages["asserted"] | {
        link: e for link, e in passages["claimed"].items() if link in passages["asserted"]
    }
    found: list[Row] = []
    home: dict[str, int] = {}
    for place, one_of in enumerate(communities(cases), 1):
        members = set(one_of.members)
        home |= dict.fromkeys(one_of.members, place)
        bound = {case for case, _ in one_of.binding}
        own = {case for case, several in cases.items() if several & members}
        found.append(
            row(
                part="community",
                community=count(place),
                size=count(len(members)),
                counted="exact" if own <= closed else "at-least",
                members=joined(members),
                binding=weighed(one_of.binding),
                inside=measure(one_of.inside),
                modularity=measure(one_of.modularity),
                cases=joined(own),
                evidence=joined(
                    iri for (case, who), e in evidence.items() if case in bound and who in members for iri in e
                ),
            )
        )
    for who in sorted({who for several in cases.values() for who in several}.difference(home)):
        own = {case for case, several in cases.items() if who in several}
        found.append(
            row(
                part="alone" if own <= closed else "unknown",
                size=count(1),
                members=URIRef(who),
                cases=joined(own),
                evidence=joined(iri for case in own for iri in evidence[case, who]),
            )
        )
    for (case, who), said in sorted(passages["claimed"].items()):
        if (case, who) in passages["asserted"]:
            continue
        near = sorted({home[other] for other in cases.get(case, ()) if other in home})
        found.append(
            row(
                part="claim",
                community=count(near[0]) if len(near) == 1 else None,
                members=URIRef(who),
                cases=URIRef(case),
                evidence=joined(said),
            )
        )
    return found


COMMUNITIES = Analysis(
    "communities",
    ("case", "government", "standing", "closed", "evidence"),
    ("part", "community", "size", "counted", "members", "binding", "inside", "modularity", "cases", "evidence"),
    as_they_are,
    _compute,
)

"""Which themes and laws connect most: degree, betweenness and PageRank in the network of plans and cases with what they name.

The network has two sides: plans and cases on one, themes and laws on the other. A link says that a plan has a measure on a theme,
that a case is about it, or that one of them cites a law (docs/analysis.md).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rdflib import URIRef

from keikaku.analyse.table import Analysis, Asked, Row, Rows, count, first, joined, measure, row, text, token, true
from keikaku.analyse.themes import STRENGTHS

#: Share of PageRank that follows links (Brin and Page 1998), and when the iteration has settled.
DAMPING, SETTLED, MOST_ROUNDS = 0.85, 1e-12, 1000

Links = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Central:
    """How central one thing is: its links; the share of shortest paths between two others that pass it; its PageRank."""

    degree: int
    betweenness: float
    pagerank: float


def central(links: Links) -> dict[str, Central]:
    """The centrality of every node of an undirected network, given as the neighbours of the nodes of one side (or of all)."""
    neighbours: dict[str, set[str]] = {}
    for node, others in links.items():
        for other in others:
            neighbours.setdefault(node, set()).add(other)
            neighbours.setdefault(other, set()).add(node)
    names = sorted(neighbours)
    number = {name: position for position, name in enumerate(names)}
    table = [sorted(number[other] for other in neighbours[name]) for name in names]
    between, ranks = betweenness(table), pagerank(table)
    return {
        name: Central(len(table[position]), between[position], ranks[position]) for position, name in enumerate(names)
    }


def betweenness(table: list[list[int]]) -> list[float]:
    """Betweenness of each node by networkx, divided by the number of pairs of others, so that it lies between 0 and 1."""
    import networkx as nx  # noqa: PLC0415 - a quarter of a second that only this needs

    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(range(len(table)))
    graph.add_edges_from((node, other) for node, several in enumerate(table) for other in several if node < other)
    found = nx.betweenness_centrality(graph, normalized=True)
    return [found[node] for node in range(len(table))]


def pagerank(table: list[list[int]]) -> list[float]:
    """PageRank by power iteration: r(v) = (1 - d)/n + d · Σ r(u)/deg(u) over the neighbours u. (That of networkx needs scipy.)

    Every node has a link, so nothing is lost, and the ranks add up to 1.
    """
    size = len(table)
    ranks = [1 / size] * size if size else []
    for _ in range(MOST_ROUNDS):
        given = [DAMPING * rank / len(several) for rank, several in zip(ranks, table, strict=True)]
        new = [(1 - DAMPING) / size + math.fsum(given[other] for other in several) for several in table]
        moved = math.fsum(abs(old - now) for old, now in zip(ranks, new, strict=True))
        ranks = new
        if moved < SETTLED:
            break
    return ranks



def _compute(rows: Rows, asked: Asked) -> list[Row]:
    counted = STRENGTHS[first(asked, "level").rsplit("/", 1)[-1]]
    kinds: dict[str, str] = {}
    links: dict[str, set[str]] = {}
    passages: dict[str, set[str]] = {}
    #: Every plan and case, with its casebook ("" for a plan) and whether its themes are declared complete at this level.
    sources: dict[str, tuple[str, bool]] = {}
    for one in rows:
        source, thing = text(one, "source"), text(one, "item")
        closed = true(one, "listClosed") and (len(counted) == 1 or true(one, "actionsClosed"))
        sources[source] = (text(one, "casebook"), closed)
        if not thing or ("foundAt" in one and token(one, "foundAt") not in counted):
            continue
        kinds[thing] = text(one, "kind")
        links.setdefault(thing, set()).add(source)
        passages.setdefault(thing, set()).update(text(one, "evidence").split())
    found = central(links)
    ordered = sorted(kinds, key=lambda thing: (kinds[thing] != "theme", -found[thing].degree, -found[thing].pagerank, thing))
    return [_row(asked, thing, kinds[thing], found[thing], links[thing], sources, passages[thing]) for thing in ordered]


def _row(
    asked: Asked,
    thing: str,
    kind: str,
    figures: Central,
    having: Collection[str],
    sources: Mapping[str, tuple[str, bool]],
    evidence: Collection[str],
) -> Row:
    """One theme or law; the hidden columns name the plans and casebooks whose silence the count rests on."""
    others = sorted(set(sources).difference(having))
    plans = [source for source in others if not sources[source][0]]
    cases = [source for source in others if sources[source][0]]
    return row(
        level=asked["level"][0],
        kind=kind,
        item=URIRef(thing),
        degree=count(figures.degree),
        plans=count(sum(not sources[source][0] for source in having)),
        cases=count(sum(bool(sources[source][0]) for source in having)),
        betweenness=measure(figures.betweenness),
        pagerank=measure(figures.pagerank),
        plansAre="recorded" if kind == "law" else _counted(sources[source][1] for source in plans),
        casesAre="recorded" if kind == "law" else _counted(sources[source][1] for source in cases),
        silent=joined(plans) if kind == "theme" else None,
        books=joined(sources[source][0] for source in cases) if kind == "theme" else None,
        evidence=joined(evidence),
    )


def _counted(closed: Iterable[bool]) -> str:
    """What a count is, by whether those that are not counted are known to lack it: of every one, exact, or at least."""
    others = list(closed)
    return "every" if not others else "exact" if all(others) else "at-least"


CENTRALITY = Analysis(
    "centrality",
    ("source", "casebook", "listClosed", "actionsClosed", "kind", "item", "foundAt", "evidence"),
    ("kind", "item", "degree", "plans", "cases", "betweenness", "pagerank", "plansAre", "casesAre", "silent", "books", "evidence"),
    _compute,
)

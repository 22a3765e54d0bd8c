"""Which themes and laws connect most: degree, betweenness and PageRank in the network of plans and cases with what they name.

The network has two sides: plans and cases on one, themes and laws on the other. A link says that a plan has a measure on a theme,
that a case is about it, or that one of them cites a law (docs/analysis.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import URIRef

from keikaku.analyse.table import (
    Analysis,
    Asked,
    Row,
    Rows,
    as_they_are,
    count,
    first,
    joined,
    measure,
    row,
    text,
    token,
    true,
)
from keikaku.analyse.themes import STRENGTHS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Table = NDArray[np.float64]
    Numbers = NDArray[np.int64]

#: Sources of shortest paths that are followed at the same time; 500 take some tens of megabytes at national size.
AT_A_TIME = 500
#: Share of PageRank that follows links (Brin and Page 1998), and when the iteration has settled.
DAMPING, SETTLED, MOST_ROUNDS = 0.85, 1e-12, 1000


@dataclass(frozen=True)
class Central:
    """How central one thing is: its links; the share of shortest paths between two others that pass it; its PageRank."""

    degree: int
    betweenness: float
    pagerank: float


def central(links: Mapping[str, Collection[str]]) -> dict[str, Central]:
    """The centrality of the things on one side of a network of two sides, each given with those of the other side that it is linked to.

    All nodes of both sides count; only those named by the mapping are returned.
    """
    import numpy as np  # noqa: PLC0415 - a tenth of a second that only this needs

    things = sorted(thing for thing, others in links.items() if others)
    others = sorted({other for thing in things for other in links[thing]})
    number = {other: position for position, other in enumerate(others)}
    table = np.zeros((len(others), len(things)))
    for column, thing in enumerate(things):
        table[[number[other] for other in sorted(links[thing])], column] = 1
    between, ranks = betweenness(table), pagerank(table)
    return {
        thing: Central(int(table[:, column].sum()), float(between[column]), float(ranks[column]))
        for column, thing in enumerate(things)
    }


def betweenness(table: Table) -> Table:
    """Betweenness (Freeman 1977, by the algorithm of Brandes 2001) of the columns of a two-sided network, from 0 to 1.

    As `networkx.betweenness_centrality`, which a test compares, but for many sources at a time: 3,300 plans and cases take seconds
    instead of minutes.
    """
    import numpy as np  # noqa: PLC0415 - a tenth of a second that only this needs

    rows, columns = table.shape
    size = rows + columns
    total = np.zeros(columns)
    for start in range(0, size, AT_A_TIME):
        sources = np.arange(start, min(size, start + AT_A_TIME))
        total += _from_sources(table, sources)
    pairs = (size - 1) * (size - 2)
    return total / pairs if pairs > 0 else total


def _from_sources(table: Table, sources: Numbers) -> Table:
    """What shortest paths from these nodes (rows first, then columns) add to each column: the sum of Brandes's dependencies."""
    import numpy as np  # noqa: PLC0415 - a tenth of a second that only this needs

    rows = table.shape[0]
    ways = [np.zeros((len(sources), side)) for side in table.shape]
    steps = [np.full((len(sources), side), -1) for side in table.shape]
    across = (table, table.T)
    for line, source in enumerate(sources.tolist()):
        side, position = (0, source) if source < rows else (1, source - rows)
        ways[side][line, position], steps[side][line, position] = 1, 0
    last = 0
    while True:
        reached = [np.where(steps[side] == last, ways[side], 0) @ across[side] for side in (0, 1)]
        new = [(steps[1 - side] < 0) & (reached[side] > 0) for side in (0, 1)]
        if not (new[0].any() or new[1].any()):
            break
        last += 1
        for side in (0, 1):
            steps[1 - side][new[side]] = last
            ways[1 - side][new[side]] = reached[side][new[side]]
    gained = [np.zeros_like(one) for one in ways]
    for step in range(last, 0, -1):
        for side in (0, 1):
            at = steps[side] == step
            share = np.divide(1 + gained[side], ways[side], out=np.zeros_like(ways[side]), where=at)
            before = steps[1 - side] == step - 1
            gained[1 - side] += np.where(before, ways[1 - side] * (share @ across[side]), 0)
    return np.where(steps[1] == 0, 0, gained[1]).sum(axis=0)  # type: ignore[no-any-return]  # numpy's where says Any


def pagerank(table: Table) -> Table:
    """PageRank of the columns by power iteration over both sides: r(v) = (1 - d)/n + d · Σ r(u)/deg(u) over the neighbours u.

    Every node has a link, so nothing is lost and all ranks add up to 1. (That of networkx needs scipy.)
    """
    import numpy as np  # noqa: PLC0415 - a tenth of a second that only this needs

    size = sum(table.shape)
    ranks = [np.full(side, 1 / max(1, size)) for side in table.shape]
    degrees = (table.sum(axis=1), table.sum(axis=0))
    for _ in range(MOST_ROUNDS if size else 0):
        given = [DAMPING * rank / degree for rank, degree in zip(ranks, degrees, strict=True)]
        new = [(1 - DAMPING) / size + table @ given[1], (1 - DAMPING) / size + given[0] @ table]
        moved = sum(float(np.abs(old - now).sum()) for old, now in zip(ranks, new, strict=True))
        ranks = new
        if moved < SETTLED:
            break
    return ranks[1]


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
    ordered = sorted(
        kinds, key=lambda thing: (kinds[thing] != "theme", -found[thing].degree, -found[thing].pagerank, thing)
    )
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
    (
        "kind",
        "item",
        "degree",
        "plans",
        "cases",
        "betweenness",
        "pagerank",
        "plansAre",
        "casesAre",
        "silent",
        "books",
        "evidence",
    ),
    as_they_are,
    _compute,
)

"""Where the points of a picture stand: computed beforehand by networkx from a fixed seed, so a picture is always the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Positions = dict[str, tuple[int, int]]

SEED = 20261121
#: Larger connected parts are cut into communities that are laid out one by one: forces between all pairs cost the square.
LARGEST = 260
#: Communities that are laid out at once; networkx does so with numpy alone for fewer than 500.
MOST = 499
#: Turns in which communities are drawn together.
TURNS = 300
#: Room for one point with its label, in pixels of the picture.
WIDE, HIGH = 120.0, 52.0
#: A screen is wider than high.
SCREEN = np.array([1.3, 0.8])


def positions(graph: nx.DiGraph[str]) -> Positions:
    """Whole-number coordinates of every node; the same for the same nodes and edges, in whatever order they were added."""
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    plain.add_edges_from(sorted((min(a, b), max(a, b)) for a, b in graph.edges))
    parts = sorted(nx.connected_components(plain), key=lambda part: (-len(part), min(part)))
    lone = [next(iter(part)) for part in parts if len(part) == 1]
    placed = [_component(plain.subgraph(part)) for part in parts if len(part) > 1]
    if lone:
        side = math.ceil(math.sqrt(len(lone)))
        placed.append({iri: np.array([n % side * WIDE, n // side * HIGH * 1.6]) for n, iri in enumerate(sorted(lone))})
    return {iri: (round(float(x)), round(float(y))) for iri, (x, y) in sorted(_side_by_side(placed).items())}


def _component(part: nx.Graph[str]) -> dict[str, Points]:
    nodes = sorted(part)
    ordered: nx.Graph[str] = nx.Graph()
    ordered.add_nodes_from(nodes)
    ordered.add_edges_from(sorted((min(a, b), max(a, b)) for a, b in part.edges))
    if len(nodes) <= LARGEST:
        return _springs(ordered)
    groups = [sorted(group) for group in nx.community.louvain_communities(ordered, seed=SEED, resolution=1.2)]
    groups.sort(key=lambda group: (-len(group), group[0]))
    if len(groups) == 1:
        groups = [nodes[n : n + LARGEST] for n in range(0, len(nodes), LARGEST)]
    home = {iri: number for number, group in enumerate(groups) for iri in group}
    between: nx.Graph[int] = nx.Graph()
    between.add_nodes_from(range(len(groups)))
    for one, other in ordered.edges:
        if home[one] != home[other]:
            a, b = sorted((home[one], home[other]))
            between.add_edge(a, b, weight=between.get_edge_data(a, b, {"weight": 0})["weight"] + 1)
    inner = [_group(ordered.subgraph(group)) for group in groups]
    radius = np.array([_radius(one) for one in inner])
    at = _apart(_centres(between) * float(radius.sum()), radius)
    return {iri: xy + at[n] for n, one in enumerate(inner) for iri, xy in one.items()}


def _centres(between: nx.Graph[int]) -> Points:
    """Where the middles of so many communities stand, in a square from -1 to 1; of very many, in communities of their own."""
    if len(between) <= MOST:
        found = nx.spring_layout(between, seed=SEED, iterations=100, weight=None)
        return np.array([found[n] for n in range(len(between))])
    named: nx.Graph[str] = nx.Graph()
    named.add_edges_from((f"{a:06}", f"{b:06}") for a, b in between.edges)
    placed = _component(named)
    at = np.array([placed[f"{n:06}"] for n in range(len(between))])
    return at / float(np.abs(at).max())


def _group(part: nx.Graph[str]) -> dict[str, Points]:
    """One community: again cut when it is large, its connected pieces side by side."""
    pieces = sorted(nx.connected_components(part), key=lambda piece: (-len(piece), min(piece)))
    placed = _side_by_side([_piece(part.subgraph(piece)) for piece in pieces])
    middle = (np.max(list(placed.values()), axis=0) + np.min(list(placed.values()), axis=0)) / 2
    return {iri: xy - middle for iri, xy in placed.items()}


def _piece(part: nx.Graph[str]) -> dict[str, Points]:
    if len(part) <= LARGEST:
        return _springs(part, quick=True)
    hub = max(sorted(part), key=dict(part.degree()).__getitem__)
    levels = nx.single_source_shortest_path_length(part, hub)
    ordered = sorted(levels, key=lambda iri: (levels[iri], iri))
    turn = math.pi * (3 - math.sqrt(5))  # the golden angle fills a disc evenly
    step = math.sqrt(WIDE * HIGH / math.pi) * 1.25
    return {
        iri: np.array([math.cos(n * turn), math.sin(n * turn)]) * step * math.sqrt(n) for n, iri in enumerate(ordered)
    }


def _springs(part: nx.Graph[str], *, quick: bool = False) -> dict[str, Points]:
    """Forces between all pairs, then room for the labels; `quick` for the many communities of a large picture."""
    nodes = sorted(part)
    if len(nodes) == 1:
        return {nodes[0]: np.zeros(2)}
    ordered: nx.Graph[str] = nx.Graph()
    ordered.add_nodes_from(nodes)
    ordered.add_edges_from(sorted((min(a, b), max(a, b)) for a, b in part.edges))
    count = len(nodes)
    turns = 35 if quick else 120 if count <= 120 else 70
    found = nx.spring_layout(ordered, seed=SEED, k=2.2 / math.sqrt(count), iterations=turns)
    at = np.array([found[iri] for iri in nodes]) * math.sqrt(count) * (WIDE + HIGH) * 0.42 * SCREEN
    at = _room(at, 12 if quick else 40)
    return dict(zip(nodes, at, strict=True))


def _room(at: Points, times: int) -> Points:
    """Push points apart until their labels have room; labels are wide, so nearness is measured in label sizes."""
    x, y = at[:, 0] / WIDE, at[:, 1] / HIGH
    for _ in range(times):
        dx, dy = x[:, None] - x[None, :], y[:, None] - y[None, :]
        far = np.sqrt(dx * dx + dy * dy)
        np.fill_diagonal(far, 9.0)
        close = np.maximum(0.0, 1.0 - far)
        if not close.any():
            break
        dx[far < 1e-9] = 0.01
        push = close * 0.5 / np.maximum(far, 1e-3)
        x, y = x + np.clip((dx * push).sum(axis=1), -0.5, 0.5), y + np.clip((dy * push).sum(axis=1), -0.5, 0.5)
    return np.column_stack([x * WIDE, y * HIGH])


def _radius(placed: Mapping[str, Points]) -> float:
    return float(np.max(np.linalg.norm(np.array(list(placed.values())), axis=1))) + WIDE * 0.7


def _apart(at: Points, radius: NDArray[np.float64]) -> Points:
    """Draw discs together towards the middle and push overlapping ones apart."""
    here = at.copy()
    need = radius[:, None] + radius[None, :]
    turns = TURNS if len(at) <= MOST else TURNS // 5  # larger steps for very many: every turn looks at all pairs
    drawn = turns * 11 // 15
    for turn in range(turns):
        if turn < drawn:
            here *= 0.985 ** (TURNS / turns)
        gap = here[:, None, :] - here[None, :, :]
        far = np.sqrt((gap**2).sum(axis=2))
        np.fill_diagonal(far, 1e12)
        over = np.maximum(0.0, need - far)
        if turn >= drawn and not over.any():
            break
        push = gap / np.maximum(far, 1e-6)[:, :, None] * (over * 0.5)[:, :, None]
        here = here + push.sum(axis=1)
    return here


def _side_by_side(placed: Iterable[Mapping[str, Points]]) -> dict[str, Points]:
    """Parts in rows under each other, the largest first, about as wide as a screen is for its height."""
    boxes = []
    for one in placed:
        every = np.array(list(one.values()))
        low, high = every.min(axis=0), every.max(axis=0)
        boxes.append((one, low, high - low + np.array([WIDE * 1.3, HIGH * 2.2])))
    if not boxes:
        return {}
    wide = max(*(size[0] for _, _, size in boxes), math.sqrt(sum(size[0] * size[1] for _, _, size in boxes) * 1.8))
    found: dict[str, Points] = {}
    x = y = row = 0.0
    for one, low, size in boxes:
        if x and x + size[0] > wide:
            x, y, row = 0.0, y + row, 0.0
        found |= {iri: xy - low + np.array([x, y]) for iri, xy in one.items()}
        x, row = x + size[0], max(row, size[1])
    return found

"""Layouts computed by a build and kept beside its store, so that nobody waits for the large pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import networkx as nx

from keikaku.ask.names import Source
from keikaku.draw import network
from keikaku.draw.layout import Positions, positions

FILE = "layouts.json"
_PLANS = "SELECT DISTINCT ?plan WHERE { ?plan a jdx:Plan . ?element jdx:inPlan ?plan } ORDER BY ?plan"


def key_of(graph: nx.DiGraph[str]) -> str:
    """What a layout depends on: the points and the lines."""
    text = json.dumps([sorted(graph), sorted(graph.edges)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def places_of(graph: nx.DiGraph[str], folder: Path | None) -> Positions:
    """Where the points stand: as the build has computed it, else computed now, with the same outcome."""
    kept = _load(folder / FILE) if folder is not None and (folder / FILE).is_file() else {}
    found = kept.get(key_of(graph))
    return {iri: (x, y) for iri, (x, y) in found.items()} if found else positions(graph)


def write(source: Source, queries: Path, folder: Path, before: Path | None = None) -> None:
    """Compute the layouts of the whole network and of every plan into `folder`; those of `before` that still fit are taken over."""
    made = {}
    for graph in _large(source, queries):
        made[key_of(graph)] = places_of(graph, before)
    (folder / FILE).write_text(json.dumps(made, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def _large(source: Source, queries: Path) -> Iterator[nx.DiGraph[str]]:
    yield network.whole(source, queries).graph
    yield from (network.plan(source, queries, str(row[0])).graph for row in _rows(source))


def _rows(source: Source) -> Iterable[tuple[object, ...]]:
    return source.select(_PLANS).rows


@lru_cache(maxsize=4)
def _load(path: Path) -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = json.loads(path.read_text(encoding="utf-8"))
    return found

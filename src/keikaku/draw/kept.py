"""Layouts computed by a build and kept beside its store, so that nobody waits for the large pictures."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path

import networkx as nx

from keikaku.ask.names import Source
from keikaku.draw import network
from keikaku.draw.layout import Positions, positions
from keikaku.namespaces import BASE, GRAPH

FILE, PLANS = "layouts.json", "layouts-plans.json"
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


def write(
    source: Source,
    queries: Path,
    folder: Path,
    before: Path | None = None,
    changed: Collection[str] | None = None,
) -> None:
    """Compute the layouts of the whole network and of every plan into `folder`; those of `before` that still fit are taken over.

    changed: the named graphs that differ from `before`, where that is known; a plan whose own have not changed is not drawn anew.
    A layout is found by what it shows (`key_of`), so one that no longer fits is never used.
    """
    had = _load(before / FILE) if before is not None and (before / FILE).is_file() else {}
    plans = _load_plans(before / PLANS) if before is not None and (before / PLANS).is_file() else {}
    made, keys = {}, {}
    whole = network.whole(source, queries).graph
    made[key_of(whole)] = places_of(whole, before)
    for row in _rows(source):
        plan = str(row[0])
        key = plans.get(plan, "")
        if changed is None or key not in had or _touched(plan, changed):
            graph = network.plan(source, queries, plan).graph
            key = key_of(graph)
            made[key] = places_of(graph, before)
        else:
            made[key] = {iri: (x, y) for iri, (x, y) in had[key].items()}
        keys[plan] = key
    (folder / FILE).write_text(json.dumps(made, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    (folder / PLANS).write_text(json.dumps(keys, sort_keys=True), encoding="utf-8")


def _touched(plan: str, changed: Collection[str]) -> bool:
    """Whether a change may show in the picture of a plan: its own document changed, or something that is no plan."""
    name = plan.removeprefix(f"{BASE}id/plan/").replace("/", "-")
    own = {str(GRAPH[f"{kind}/{name}"]) for kind in ("doc", "curation", "inferred")}
    return not own.isdisjoint(changed) or any(_OTHERS.search(graph) for graph in changed)


#: Graphs of the vocabulary and of reference data, whose names hold no document id.
_OTHERS = re.compile(r"/graph/(?:ontology|scheme|reference|shapes|inferred/(?:vocabulary|reference))$")


def _rows(source: Source) -> Iterable[tuple[object, ...]]:
    return source.select(_PLANS).rows


@lru_cache(maxsize=4)
def _load(path: Path) -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=4)
def _load_plans(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found

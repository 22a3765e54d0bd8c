"""Layouts of large pictures, kept under what they show: a build draws nothing, and a picture is laid out once, when first asked for."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import networkx as nx

from keikaku.draw.layout import LARGEST, Positions, positions

#: Folder beside the stores of a build; a layout stays right from build to build as long as points and lines are the same.
FOLDER = "layouts"
#: Layouts that are kept; the oldest go first.
MOST = 500


def key_of(graph: nx.DiGraph[str]) -> str:
    """What a layout depends on: the points and the lines."""
    text = json.dumps([sorted(graph), sorted(graph.edges)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def places_of(graph: nx.DiGraph[str], folder: Path | None) -> Positions:
    """Where the points stand: as was computed before, else computed now, with the same outcome.

    folder: that of the store, beside which large layouts are kept.
    """
    if folder is None or len(graph) <= LARGEST:
        return positions(graph)
    path = folder.resolve().parent / FOLDER / f"{key_of(graph)}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = positions(graph)
        write(path, made)
        return made
    return {iri: (x, y) for iri, (x, y) in found.items()}


def write(path: Path, made: Positions) -> None:
    """Keep a layout; where nothing can be written, it is computed again each time."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(made, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        temporary.replace(path)
        kept = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime_ns)
        for old in kept[:-MOST]:
            old.unlink(missing_ok=True)
    except OSError:
        return

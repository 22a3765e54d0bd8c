"""Write a store beside the one in service, by what changed, and make it current by one rename (architecture §1)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keikaku import store
from keikaku.cache import Part
from keikaku.namespaces import BASE, DCTERMS, GRAPH, LICENCE, PROV, RDF, XSD
from keikaku.read.quads import nt
from keikaku.settings import Settings

#: So many changed graphs are compared with what they were, line by line; more are written as a whole, all at once.
_COMPARED = 40
#: The graph that says of each graph where it came from.
META = GRAPH["meta"]


@dataclass(frozen=True)
class Change:
    """How a new store differs from the one before it.

    before: the folder of that store, None when there is none. graphs: the named graphs that were added, changed or
    removed. parts: the results of which some graph was added or changed. lines: of changed graphs that mostly stayed,
    the N-Triples lines that only one of the two stores has.
    """

    before: Path | None
    graphs: frozenset[str]
    parts: tuple[Part, ...] = ()
    lines: Mapping[str, frozenset[bytes]] = field(default_factory=dict, repr=False)


#: What writes something beside a store, given the store, its folder, and what has changed.
Extras = Sequence[Callable[[store.Store, Path, Change], None]]


def meta_lines(parts: Iterable[Part]) -> dict[str, list[bytes]]:
    """One prov:Entity per named graph: what it came from, its content hash, licence; no clock (ontology §3.3).

    Named graph → its lines of the graph `META`.
    """
    found: dict[str, list[bytes]] = {}
    end, integer = f"{nt(META)} .\n", nt(XSD.integer)
    alike = [f"{nt(p)} {o} {end}" for p, o in ((RDF.type, nt(PROV.Entity)), (DCTERMS.license, f"<{LICENCE}>"), (DCTERMS.conformsTo, f"<{BASE}ont>"))]  # fmt: skip
    identifier, extent, derived = nt(DCTERMS.identifier), nt(DCTERMS.extent), nt(PROV.wasDerivedFrom)
    for part in parts:
        for graph, digest in part.digests.items():
            facts = [*alike, f'{identifier} "sha256:{digest.sha256}" {end}', f'{extent} "{digest.count}"^^{integer} {end}']  # fmt: skip
            if part.source:
                facts.append(f"{derived} <{BASE}id/doc/{part.name}> {end}")
            found[graph] = [f"<{graph}> {fact}".encode() for fact in facts]
    return found


def build_id_of(digests: Mapping[str, str]) -> str:
    """The name of a build: a hash over those of its graphs, so equal content has an equal name."""
    whole = hashlib.sha256()
    for name in sorted(digests):
        whole.update(name.encode() + b"\0" + bytes.fromhex(digests[name]))
    return whole.hexdigest()[:16]


def write_store(
    settings: Settings, build_id: str, parts: Sequence[Part], meta: Mapping[str, list[bytes]], now: Mapping[str, str], extras: Extras = ()
) -> Path:  # fmt: skip
    """Write a whole store beside the current one: a hard-linked copy of it, in which the changed graphs are replaced.

    now: the hash of every named graph. extras: functions that write what later stages want beside the store (the search
    index), given the store, its folder, and what has changed.
    """
    settings.build.mkdir(parents=True, exist_ok=True)
    folder = settings.build / f"store-{build_id}-{os.getpid()}"
    store.write_discard(folder)
    had: dict[str, str] = {}
    before = settings.current.resolve() if store.read_build_id(settings.current) else None
    if before is not None:
        had = json.loads((before / "graphs.json").read_text(encoding="utf-8"))
        store.open_current(before).copy_to(folder)
        new = store.open_for_change(folder)
    else:
        new = store.create(folder)
    changed = {name for name in {*had, *now} - {str(META)} if had.get(name) != now.get(name)}
    stale = changed & had.keys()
    compared = stale & now.keys() if len(stale) <= _COMPARED else frozenset()
    for name in stale - compared:
        new.drop_graph(name)
    same = next((name for name in now if name in had and name not in changed and name in meta), None)
    if same is None or set(new.about(same, META)) != set(meta[same]):  # nothing to go by, or described differently
        new.drop_graph(META)
        stale, described = set(), set(meta)
    else:
        described = changed & meta.keys()
    for name in stale:
        new.drop_about(name, META)
    fresh = [part for part in parts if not changed.isdisjoint(part.digests)]
    lines: dict[str, frozenset[bytes]] = {}
    for name, data in ((name, part.graphs[name]) for part in fresh for name in part.digests if name in compared):
        if (differing := new.replace_graph(name, data)) is not None:
            lines[name] = differing
    if whole := changed - compared:
        new.load_all(part.graphs[name] for part in fresh for name in sorted(part.digests) if name in whole)
    new.load_nquads(b"".join(line for name in sorted(described) for line in meta[name]))
    (folder / "graphs.json").write_text(json.dumps(dict(now), sort_keys=True), encoding="utf-8")
    for write in extras:
        write(new, folder, Change(before, frozenset(changed), tuple(fresh), lines))
    new.write_build_id(build_id)
    return folder


def write_current(settings: Settings, folder: Path) -> None:
    """Make `folder` the current build by one rename."""
    link = settings.build / f"current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name)
    link.replace(settings.current)


def write_cleanup(settings: Settings) -> None:
    """Remove half-written stores, and all whole ones but the current and the newest before it, which readers may have open."""
    current = settings.current.resolve()
    others = [folder for folder in settings.build.glob("store-*") if folder != current]
    whole = sorted((f for f in others if store.read_build_id(f)), key=lambda f: f.stat().st_mtime_ns)
    for folder in [*(f for f in others if f not in whole), *whole[:-1]]:
        store.write_discard(folder)

"""The second file of an index: what a few documents have changed, over the file of the whole.

The first file is shared with the builds before. The second holds the new rows of the things that changed, and in `gone` the numbers
of those whose rows of the first file no longer count.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from keikaku.ask.names import Source, values
from keikaku.search import reference
from keikaku.search.affected import changed, following
from keikaku.search.gather import Thing, gather
from keikaku.search.index import (
    FILE,
    INDEXES,
    TABLES,
    Value,
    called_of,
    write,
)
from keikaku.search.opened import CHANGES
from keikaku.search.slices import document_of, graphs_of_document, subjects
from keikaku.search.spelling import characters, pairs
from keikaku.store import Store
from keikaku.swap import META, Change

#: Numbers of things, names and values of the second file begin here.
FIRST = 1 << 40
#: When more of the things than this share have changed, and more than so many, the whole is written anew.
MOST, FREE = 0.1, 2000
#: Chooses among things.
Which = Callable[[Collection[str]], set[str]]
_GONE = """
CREATE TABLE gone (thing INTEGER PRIMARY KEY);
CREATE TABLE gone_value (value INTEGER PRIMARY KEY);
"""


def update(source: Store, before: Store | None, folder: Path, change: Change) -> None:
    """Write the index of a build into `folder`: that of the build before it, and what has changed since.

    before: the graph of that build. Changed vocabulary or reference data, and large changes, make the whole anew.
    """
    old = change.before
    documents = {document_of(graph) for graph in change.graphs if graph != str(META)}
    if before is None or old is None or "" in documents or not (old / FILE).is_file():
        write(source, folder / FILE)
        return
    graphs = [graph for name in sorted(documents) for graph in graphs_of_document(name)]
    known = reference.again(source, old, folder)
    spoken = _whole(source, before, graphs) if change.graphs - change.lines.keys() - {str(META)} else _few(source, before, graphs)  # fmt: skip
    other = changed(source, before, change)

    def ends(things: Collection[str]) -> set[str]:
        return spoken(known.named.intersection(things))

    affected = spoken(following(source, other, ends) | following(before, other, ends))
    # A government has a plan, or none.
    owners = _owners(source, affected) | _owners(before, affected)
    if not _worth_it(old, len(affected)):
        write(source, folder / FILE)
        return
    os.link(old / FILE, folder / FILE)
    if (old / CHANGES).is_file():
        shutil.copyfile(old / CHANGES, folder / CHANGES)
    base = affected & known.named
    with closing(_layer(folder)) as layer:
        _take_out(layer, affected | owners)
        for document, things in _by_document(source, affected - base).items():
            own = subjects(source, graphs_of_document(document))
            for thing in gather(source, things, known.governments, own - known.named):
                _put(layer, thing)
        for thing in gather(source, base | owners, known.governments):
            _put(layer, thing)
        _call(layer, source, affected | owners)
        layer.execute("INSERT INTO cut (cut) VALUES ('optimize')")
        layer.commit()


def _few(source: Store, before: Store, graphs: Collection[str]) -> Which:
    """What says which of some things these graphs spoke or speak of, where few lines changed."""
    return lambda things: _spoken_of(source, things, graphs) | _spoken_of(before, things, graphs)


def _whole(source: Store, before: Store, graphs: Collection[str]) -> Which:
    """The same where whole graphs changed: all that they speak of is read at once."""
    return (subjects(source, graphs) | subjects(before, graphs)).intersection


def _by_document(source: Source, things: Collection[str]) -> dict[str, set[str]]:
    """Things by the document in whose slice they are: the first of those that speak of them, which need not be one that changed."""
    homes: dict[str, str] = {}
    for thing, graph in _rows(source, things, "?thing ?g", "GRAPH ?g { ?thing ?p ?o }"):
        if document := document_of(graph):
            homes[thing] = min(homes.get(thing, document), document)
    found: dict[str, set[str]] = {}
    for thing, document in sorted(homes.items()):
        found.setdefault(document, set()).add(thing)
    return found


def _spoken_of(source: Source, things: Collection[str], graphs: Collection[str]) -> set[str]:
    """Those of the things that these graphs speak of."""
    chosen = ", ".join(f"<{graph}>" for graph in graphs)
    pattern = f"GRAPH ?g {{ ?thing ?p ?o }} FILTER(?g IN ({chosen}))"
    return {thing for (thing,) in _rows(source, things, "?thing", pattern)}


def _owners(source: Source, things: Collection[str]) -> set[str]:
    """The governments that issued these things."""
    pattern = "?thing jdx:issuingBody ?owner . ?owner jdx:localGovernmentCode ?code"
    return {owner for (owner,) in _rows(source, things, "?owner", pattern)}


def _rows(source: Source, things: Collection[str], columns: str, pattern: str) -> Iterator[tuple[str, ...]]:
    """What a pattern finds about these things, each row once for some hundreds of them, as text."""
    for block in values(things):
        for row in source.select(f"SELECT DISTINCT {columns} WHERE {{ VALUES ?thing {{ {block} }} {pattern} }}").rows:
            yield tuple(map(str, row))


def _worth_it(old: Path, more: int) -> bool:
    """Whether the second file stays small beside the first."""
    with closing(sqlite3.connect(f"file:{old / FILE}?mode=ro", uri=True)) as base:
        (count,) = base.execute("SELECT coalesce(MAX(id), 0) FROM thing").fetchone()  # they are numbered from 1
    changed = 0
    if (old / CHANGES).is_file():
        with closing(sqlite3.connect(f"file:{old / CHANGES}?mode=ro", uri=True)) as base:
            (changed,) = base.execute("SELECT (SELECT COUNT(*) FROM gone) + (SELECT COUNT(*) FROM thing)").fetchone()
    return bool(changed + more <= MOST * count + FREE)


def _layer(folder: Path) -> sqlite3.Connection:
    """The second file, opened for changing, with the first as `whole`."""
    fresh = not (folder / CHANGES).is_file()
    layer = sqlite3.connect(f"file:{folder / CHANGES}", uri=True)
    layer.execute("ATTACH ? AS whole", (f"file:{folder / FILE}?mode=ro",))
    layer.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    if fresh:
        layer.executescript(f"{TABLES}{INDEXES}{_GONE}")
    return layer


def _take_out(layer: sqlite3.Connection, things: Iterable[str]) -> None:
    """Remove the rows of these things from the second file, and say that those of the first are gone."""
    layer.execute("CREATE TEMP TABLE out (iri TEXT PRIMARY KEY)")
    layer.executemany("INSERT INTO out VALUES (?)", ((iri,) for iri in sorted(things)))
    layer.execute("INSERT OR IGNORE INTO gone SELECT id FROM whole.thing WHERE iri IN (SELECT iri FROM out)")
    layer.execute("CREATE TEMP TABLE mine AS SELECT id FROM main.thing WHERE iri IN (SELECT iri FROM out)")
    rows = layer.execute("SELECT id, spelt FROM main.name WHERE thing IN (SELECT id FROM mine)").fetchall()
    layer.executemany(
        "INSERT INTO cut (cut, rowid, one, two) VALUES ('delete', ?, ?, ?)",
        ((at, characters(spelt), pairs(spelt)) for at, spelt in rows),
    )
    layer.execute("DELETE FROM main.name WHERE thing IN (SELECT id FROM mine)")
    layer.execute("DELETE FROM main.facet WHERE thing IN (SELECT id FROM mine)")
    layer.execute("DELETE FROM main.thing WHERE id IN (SELECT id FROM mine)")


def _put(layer: sqlite3.Connection, thing: Thing) -> None:
    """Add the rows of a thing; it keeps the number it has in the first file."""
    found = layer.execute("SELECT id FROM whole.thing WHERE iri = ?", (thing.iri,)).fetchone()
    at = (
        found[0]
        if found
        else layer.execute("SELECT MAX(?, coalesce(MAX(id), 0) + 1) FROM main.thing", (FIRST,)).fetchone()[0]
    )
    within = (thing.within.ja, thing.within.en)
    row = (at, thing.iri, thing.kind, thing.cost, thing.rank, thing.ja, thing.en, *within)
    lengths = (len(thing.ja or thing.en), len(thing.en or thing.ja))
    layer.execute("INSERT INTO main.thing VALUES (?,?,?,?,?,?,?,?,?,?,?)", (*row, *lengths))
    (first,) = layer.execute("SELECT MAX(?, coalesce(MAX(id), 0) + 1) FROM main.name", (FIRST,)).fetchone()
    for number, ((spelt, text), form) in enumerate(sorted(thing.names.items(), key=lambda n: (len(n[0][0]), n)), first):
        layer.execute("INSERT INTO main.name VALUES (?,?,?,?,?)", (number, at, text, spelt, form))
        layer.execute("INSERT INTO cut (rowid, one, two) VALUES (?,?,?)", (number, characters(spelt), pairs(spelt)))
    for facet, iri in sorted(thing.facets):
        layer.execute("INSERT INTO main.facet VALUES (?,?)", (_value(layer, facet, iri), at))


def _value(layer: sqlite3.Connection, facet: str, iri: str) -> int:
    """The number of a value in either file; one that the second lacks is added to it, its name to come."""
    for where in ("main", "whole"):
        found = layer.execute(f"SELECT id FROM {where}.value WHERE facet = ? AND iri = ?", (facet, iri)).fetchone()  # noqa: S608 - one of two names, not from outside
        if found and where == "main":
            return int(found[0])
    at = (
        found[0]
        if found
        else layer.execute("SELECT MAX(?, coalesce(MAX(id), 0) + 1) FROM main.value", (FIRST,)).fetchone()[0]
    )
    layer.execute("INSERT INTO main.value VALUES (?,?,?,NULL,'','')", (at, facet, iri))
    return int(at)


def _call(layer: sqlite3.Connection, source: Source, changed: Collection[str]) -> None:
    """Name the values of the second file, with those of the first that are called after a changed thing; leave out what nothing has."""
    for facet, iri in layer.execute("SELECT facet, iri FROM whole.value WHERE iri IN (SELECT iri FROM out)").fetchall():
        _value(layer, facet, iri)
    listed: list[Value] = layer.execute("SELECT facet, iri FROM main.value").fetchall()
    for (facet, iri), name in called_of(source, listed).items():
        layer.execute(
            """UPDATE main.value SET ja = ?1, en = ?2, thing = coalesce((SELECT id FROM main.thing WHERE iri = ?4),
            (SELECT id FROM whole.thing WHERE iri = ?4 AND id NOT IN (SELECT thing FROM gone))) WHERE facet = ?3 AND iri = ?4""",
            (name.ja, name.en, facet, iri),
        )
    layer.execute(
        """CREATE TEMP TABLE unused AS SELECT id FROM (
        SELECT id FROM main.value UNION SELECT value FROM whole.facet WHERE thing IN (SELECT thing FROM gone)) AS v WHERE NOT EXISTS
        (SELECT 1 FROM main.facet AS f WHERE f.value = v.id) AND NOT EXISTS
        (SELECT 1 FROM whole.facet AS f WHERE f.value = v.id AND f.thing NOT IN (SELECT thing FROM gone))"""
    )
    layer.execute("DELETE FROM main.value WHERE id IN (SELECT id FROM unused)")
    layer.execute("DELETE FROM gone_value")
    layer.execute("INSERT INTO gone_value SELECT id FROM unused UNION SELECT id FROM main.value")

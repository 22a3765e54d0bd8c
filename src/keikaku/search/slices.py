"""The rows of the whole graph, slice by slice, so that a nation needs little memory.

A slice is what one document speaks of, or some of the reference data.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import Literal

from keikaku.ask import governments
from keikaku.ask.names import Source
from keikaku.namespaces import GRAPH
from keikaku.search.gather import OWN_NAMING, Thing, gather
from keikaku.store import Store, open_copy

#: Things of reference data in one slice.
CHUNK = 1000
#: Documents from which on a store is read by several processes.
MANY = 40
#: The graphs of a document and the name they share.
_KINDS = ("doc", "curation", "inferred")
_OF_DOCUMENT = re.compile(rf"/graph/(?:{'|'.join(_KINDS)})/(?!(?:vocabulary|reference)$)(.+)$")


def graphs_of(source: Source) -> dict[str, list[str]]:
    """The named graphs by document, those of no document under ""."""
    if isinstance(source, Store):
        every = source.graphs()
    else:
        every = sorted(str(row[0]) for row in source.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s a ?c } }").rows)
    found: dict[str, list[str]] = {"": []}
    for graph in every:
        found.setdefault(document_of(graph), []).append(graph)
    return found


def document_of(graph: str) -> str:
    """The document that a named graph belongs to, or ""."""
    match = _OF_DOCUMENT.search(graph)
    return match[1] if match else ""


def graphs_of_document(document: str) -> list[str]:
    """The named graphs that a document may have."""
    return [str(GRAPH[f"{kind}/{document}"]) for kind in _KINDS]


def subjects(source: Source, graphs: Iterable[str]) -> set[str]:
    """What these graphs speak of."""
    return {
        str(row[0])
        for graph in graphs
        for row in source.select(f"SELECT DISTINCT ?thing WHERE {{ GRAPH <{graph}> {{ ?thing ?p ?o }} }}").rows
        if not isinstance(row[0], Literal) and ":" in str(row[0])
    }


def named(source: Source, graphs: Iterable[str]) -> set[str]:
    """What has a name of its own in these graphs."""
    return {
        str(row[0])
        for graph in graphs
        for naming in OWN_NAMING
        for row in source.select(f"SELECT DISTINCT ?thing WHERE {{ GRAPH <{graph}> {{ ?thing {naming} ?name }} }}").rows
    }


def in_slices(
    source: Source, known: Sequence[governments.Government], reference: Iterable[str]
) -> Iterator[list[Thing]]:
    """The rows of the whole graph, slice by slice: what reference data name, then what each document says of other things than these.

    A store with many documents is read by as many processes as there are processors, from a copy that nobody changes.
    """
    graphs = graphs_of(source)
    base = sorted(reference)
    parts: list[tuple[str, int]] = [("", start) for start in range(0, len(base), CHUNK)]
    parts += [(document, 0) for document in sorted(graphs.keys() - {""})]
    processors = len(os.sched_getaffinity(0))
    if not isinstance(source, Store) or source.path is None or len(graphs) < MANY or processors < 2:
        reader = _Reader(source, known, graphs, base)
        yield from (reader.rows_of(part) for part in parts)
        return
    with tempfile.TemporaryDirectory(dir=source.path.parent, prefix="reading-") as folder:
        copy = Path(folder) / "store"
        source.copy_to(copy)
        context = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(processors, context, _open, (copy, tuple(known))) as pool:
            yield from pool.map(_rows_of, parts, chunksize=4)


@dataclass(frozen=True)
class _Reader:
    """Reads parts of one graph; `base` are the things that reference data name, in order, and `seen` those of documents read before.

    What many documents speak of is in the slice of the first of them, and of all it would take as long as all graphs that name it.
    """

    source: Source
    known: Sequence[governments.Government]
    graphs: Mapping[str, Sequence[str]]
    base: Sequence[str]
    seen: set[str] = field(default_factory=set, repr=False)

    def rows_of(self, part: tuple[str, int]) -> list[Thing]:
        """The rows of so many things of the reference data, or of a document but for things of one read before."""
        document, start = part
        if not document:
            return gather(self.source, set(self.base[start : start + CHUNK]), self.known)
        spoken = subjects(self.source, self.graphs[document]).difference(self.base)
        again = spoken & self.seen
        found = gather(self.source, spoken - again, self.known, spoken if again else ())
        self.seen.update(thing.iri for thing in found)
        return found


#: The reader of a process that reads parts.
_reader: list[_Reader] = []


def _open(folder: Path, known: Sequence[governments.Government]) -> None:
    source = open_copy(folder)
    graphs = graphs_of(source)
    _reader[:] = [_Reader(source, known, graphs, sorted(named(source, graphs[""])))]


def _rows_of(part: tuple[str, int]) -> list[Thing]:
    return _reader[0].rows_of(part)

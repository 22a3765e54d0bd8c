"""What follows from a change: the things whose rows in the index may be others than before."""

from __future__ import annotations

from collections.abc import Callable, Collection

from keikaku.ask.names import Source, values
from keikaku.namespaces import BASE
from keikaku.search.gather import FAR, READ_BY, READS, mentioned
from keikaku.store import Store, memory
from keikaku.swap import Change


def changed(now: Store, before: Store, change: Change) -> set[str]:
    """What the changed graphs say something else of than before, as far as it matters here."""
    lines = [change.lines[graph] if graph in change.lines else {*now.triples([graph])} ^ {*before.triples([graph])} for graph in change.graphs]  # fmt: skip
    differing = memory()
    differing.load_ntriples(b"".join(line for several in lines for line in several))
    rows = differing.select(f"SELECT DISTINCT ?thing WHERE {{ ?thing ?p ?o FILTER(?p IN ({mentioned()})) }}")
    return {str(row[0]) for row in rows.rows}


def following(source: Source, things: Collection[str], ends: Callable[[Collection[str]], set[str]]) -> set[str]:
    """These things and those whose rows follow from what is said of them. From those that `ends` gives back no ways go on.

    A printed number is found under what has a name and encloses it, so what encloses a thing is among them.
    """
    found, last = set(things), set(things)
    for _ in range(FAR):
        more = {
            str(row[0])
            for block in values(last - ends(last))
            for row in source.select(f"SELECT DISTINCT ?thing WHERE {{ VALUES ?x {{ {block} }} {{ ?thing {READS} ?x }} UNION {{ ?x {READ_BY} ?thing }} }}").rows
        }  # fmt: skip
        last = more - found
        found |= more
    last = set(things)
    while last:
        more = {
            str(row[0])
            for block in values(last)
            for row in source.select(f"SELECT DISTINCT ?whole WHERE {{ VALUES ?x {{ {block} }} ?x dcterms:isPartOf|jdx:ofKPI ?whole }}").rows
        }  # fmt: skip
        more |= {iri.rpartition("/")[0] for iri in last if len(iri) > len(BASE)}
        last = more - found
        found |= more
    return found

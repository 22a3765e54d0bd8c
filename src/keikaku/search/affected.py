"""What follows from a change: the things whose rows in the index may be others than before."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from keikaku.ask.names import Source, values
from keikaku.namespaces import BASE
from keikaku.search.gather import FAR, READ_BY, READS, mentioned
from keikaku.store import Store, memory


def changed(now: Store, before: Store, graphs: Iterable[str], graphs_before: Iterable[str]) -> set[str]:
    """What these graphs say something else of than before, as far as it matters here."""
    lines = [{line for graph in several for line in of.lines(graph)} for of, several in ((now, graphs), (before, graphs_before))]  # fmt: skip
    rows = memory(b"".join(lines[0] ^ lines[1])).select(
        f"SELECT DISTINCT ?thing WHERE {{ ?thing ?p ?o FILTER(?p IN ({mentioned()})) }}"
    )
    return {str(row[0]) for row in rows.rows}


def following(source: Source, things: Collection[str], base: Collection[str]) -> set[str]:
    """These things and those whose rows follow from what is said of them; from `base` no ways go on, since reference data did not change.

    A printed number is found under what has a name and encloses it, so what encloses a thing is among them.
    """
    found, last = set(things), set(things)
    for _ in range(FAR):
        more = {
            str(row[0])
            for block in values(last.difference(base))
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

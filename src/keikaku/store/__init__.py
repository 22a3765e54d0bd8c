"""The one package that knows the engine: Oxigraph, in memory or on disk (architecture §1, §3).

Terms go in and out as rdflib terms, so nothing else depends on the engine.
"""

from keikaku.read.quads import Quad, nt, to_nquads, to_ntriples
from keikaku.store.engine import BUILD_ID, Store, read_build_id, remembering
from keikaku.store.forms import read_triples, serialize, serialize_dataset, serialize_lines
from keikaku.store.opening import (
    create,
    memory,
    open_copy,
    open_current,
    open_for_change,
    read_quads,
    write_discard,
)
from keikaku.store.terms import Solutions, Triples, is_iri

__all__ = [
    "BUILD_ID",
    "Quad",
    "Solutions",
    "Store",
    "Triples",
    "create",
    "is_iri",
    "memory",
    "nt",
    "open_copy",
    "open_current",
    "open_for_change",
    "read_build_id",
    "read_quads",
    "read_triples",
    "remembering",
    "serialize",
    "serialize_dataset",
    "serialize_lines",
    "to_nquads",
    "to_ntriples",
    "write_discard",
]

"""Triples and graphs written and read in the RDF forms, by the engine: a hundred times faster than rdflib."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyoxigraph as ox
from rdflib.term import Node

from keikaku.namespaces import PREFIXES
from keikaku.store.terms import Triples, from_engine, to_engine


def serialize(triples: Iterable[tuple[Node, Node, Node]], form: str) -> bytes:
    """Triples as "turtle" or "xml", in the order given, a hundred times faster than rdflib writes them.

    Raises ValueError where RDF/XML has no name for a property.
    """
    return _serialize([ox.Triple(*(to_engine(term) for term in triple)) for triple in triples], form)  # type: ignore[arg-type]  # a subject is no literal; the type of rdflib does not say so


def serialize_lines(lines: Iterable[bytes]) -> bytes:
    """N-Triples lines as Turtle, in the order given."""
    return _serialize([q.triple for q in ox.parse(b"".join(lines), format=ox.RdfFormat.N_TRIPLES)], "turtle")


def _serialize(triples: list[ox.Triple], form: str) -> bytes:
    used: set[str] = set()
    for triple in triples:
        used.update((triple.subject.value, triple.predicate.value))  # type: ignore[union-attr]  # no triple terms here
        other = triple.object
        used.add(other.datatype.value if isinstance(other, ox.Literal) else other.value)  # type: ignore[union-attr]  # nor here
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if _prefixed(iri, used, form)}
    kind = ox.RdfFormat.RDF_XML if form == "xml" else ox.RdfFormat.TURTLE
    return _with_prefixes(ox.serialize(triples, format=kind, prefixes=prefixes) or b"", form, prefixes)


def serialize_dataset(lines: Iterable[bytes]) -> bytes:
    """N-Quads lines that are grouped by graph as TriG, without prefixes, which each file of a dump would repeat."""
    found = ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    return ox.serialize(found, format=ox.RdfFormat.TRIG) or b""


def read_triples(content: bytes, media: str) -> Triples:
    """Read triples in one of the RDF forms, literals as written. Raises ValueError when they cannot be read."""
    form = ox.RdfFormat.from_media_type(media)
    if form is None:
        raise ValueError(f"{media} is no RDF form")
    try:
        found = {(q.subject, q.predicate, q.object) for q in ox.parse(content, format=form)}
    except SyntaxError as error:
        raise ValueError(str(error)) from error
    return Triples(tuple(sorted((from_engine(s), from_engine(p), from_engine(o)) for s, p, o in found)))


def _prefixed(iri: str, used: Iterable[str], form: str) -> bool:
    """Whether a prefix serves: something begins with it, and in Turtle what follows never needs a backslash."""
    locals_ = [one[len(iri) :] for one in used if one.startswith(iri)]
    return bool(locals_) and (form == "xml" or all(_PLAIN_LOCAL.fullmatch(one) for one in locals_))


_PLAIN_LOCAL = re.compile(r"(?:\w(?:[\w.-]*[\w-])?)?", re.ASCII)


def _with_prefixes(text: bytes, form: str, prefixes: Mapping[str, str]) -> bytes:
    """The same text with its prefixes in our order: the engine's own changes from run to run."""
    if form == "xml":
        return text if text.endswith(b"\n") else text + b"\n"
    body = text
    while body.startswith(b"@prefix "):
        body = body.partition(b"\n")[2]
    return "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes.items()).encode() + body

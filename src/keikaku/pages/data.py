"""The data of one thing as RDF: what it says, what points at it, its values and passages, and the names of what it mentions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.bind import bind_for
from keikaku.ask.names import Source, values
from keikaku.endpoint import Opened
from keikaku.namespaces import BASE, DCTERMS, GRAPH, JDX, PREFIXES, RDFS, SKOS
from keikaku.pages import jsonld
from keikaku.pages.blocks import load
from keikaku.pages.neighbours import PER_PAGE, count, pairs
from keikaku.pages.site import Site
from keikaku.store import Triples, nt, serialize

#: Media type → name of the form; N-Triples and JSON-LD are written here, the others by the engine.
FORMS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
}


def describe(site: Site, path: str, page: int = 1) -> Triples:
    """The description of the thing at `path` (below the base); for a named graph and the ontology, all that is in it.

    Of what points at the thing there are PER_PAGE statements; the pages after the first hold nothing but more of these.
    """
    iri = BASE + path
    source = site.source(iri)
    found: set[tuple[Node, Node, Node]] = set()
    graph = str(GRAPH["ontology"]) if path == "ont" else iri if path.startswith("graph/") else ""
    if graph and page == 1:
        found |= set(source.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").triples)
    if not graph or path.startswith("graph/"):
        found |= _inward(source, iri, page)
    if page > 1:
        found |= _names(source, {str(term) for triple in found for term in triple if isinstance(term, URIRef)})
    elif not graph or path.startswith("graph/"):
        for question in load(site.settings.queries / "pages" / "data", site.settings.root):
            found |= set(
                source.construct(bind_for(source, question, {"thing": (URIRef(iri),)}), place=question.place).triples
            )
        found |= _passages(
            source, sorted({str(o) for s, p, o in found if p == JDX.evidence and str(s).startswith(iri)})
        )
        found |= _names(source, {str(term) for triple in found for term in triple if isinstance(term, URIRef)})
    return Triples(tuple(sorted(found)))


def pages(site: Site, path: str) -> int:
    """How many pages the data of the thing at `path` have."""
    return 1 if path == "ont" else max(1, -(-count(site.source(BASE + path), BASE + path) // PER_PAGE))


def _inward(source: Opened, iri: str, page: int) -> set[tuple[Node, Node, Node]]:
    """One page of the statements that point at a thing."""
    thing = URIRef(iri)
    return {(s, p, thing) for p, s in pairs(source, iri, page) if s is not None and p is not None}


def _passages(source: Opened, evidence: Iterable[str]) -> set[tuple[Node, Node, Node]]:
    """All about these passages: lines, hash and position, and the title of their document."""
    found: set[tuple[Node, Node, Node]] = set()
    for block in values(evidence):
        for pattern in (
            "?e ?p ?o BIND(?e AS ?s)",
            "?e oa:hasSelector ?s . ?s ?p ?o",
            "?e oa:hasSource ?s . ?s dcterms:title ?o BIND(dcterms:title AS ?p)",
        ):
            found |= set(
                source.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?e {{ {block} }} {pattern} }}").triples
            )
    return found


def _names(source: Source, iris: set[str]) -> set[tuple[Node, Node, Node]]:
    """The names of all that is mentioned."""
    found: set[tuple[Node, Node, Node]] = set()
    for naming in (RDFS.label, SKOS.prefLabel, DCTERMS.title):
        for block in values(iris):
            rows = source.select(
                f"SELECT ?thing ?name WHERE {{ VALUES ?thing {{ {block} }} ?thing {nt(naming)} ?name }}"
            ).rows
            found |= {(thing, naming, name) for thing, name in rows if thing is not None and name is not None}
    return found


def to_bytes(
    triples: Iterable[tuple[Node, Node, Node]], media: str, context: Mapping[str, Any] | None = None, first: str = ""
) -> bytes:
    """Triples in a form of FORMS, the same bytes for the same triples. JSON-LD takes its terms from `context`, and `first` leads it.

    Raises ValueError for a form that cannot express them: RDF/XML has no name for some properties.
    """
    if media == "application/n-triples":
        return "".join(sorted({f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o in triples})).encode()
    ordered = sorted(set(triples))
    if media == "application/ld+json":
        return jsonld.to_bytes(ordered, context or PREFIXES, first)
    return serialize(ordered, FORMS[media])


def data_of(site: Site, path: str, media: str, page: int = 1) -> bytes:
    """The data of the thing at `path` (below the base), with the terms of the published context."""
    return to_bytes(describe(site, path, page).triples, media, site.context, BASE + path)

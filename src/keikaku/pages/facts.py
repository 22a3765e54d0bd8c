"""Properties with their values, and what is shown on the page of its owner: values, claims, periods, checksums."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.evidence import Passage, in_order, passages
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, DCTERMS, GRAPH, JDX, RDF, RDFS, SKOS
from keikaku.pages.address import place_of
from keikaku.pages.kinds import class_of
from keikaku.pages.render import Span, View, literal, name, row_place
from keikaku.pages.site import Site
from keikaku.store import nt

_NAMES = {str(p) for p in (RDFS.label, SKOS.prefLabel, DCTERMS.title)}


@dataclass(frozen=True)
class Value:
    """One value of a property with the passages it rests on; `role` says what kind of graph states it."""

    span: Span
    passages: tuple[Passage, ...]
    role: str


@dataclass(frozen=True)
class Property:
    """One property and its values."""

    iri: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Nested:
    """Something that is shown on the page of its owner."""

    iri: str
    anchor: str
    kind: str
    properties: tuple[Property, ...]


def nested_of(site: Site, iri: str, path: str, lang: str, shown: Container[str] = ()) -> list[Nested]:
    """What is shown on this page because it belongs to the thing: values, claims, periods, checksums; not what has its place already."""
    source = site.source(iri)
    thing = nt(URIRef(iri))
    found = source.select(
        f"""SELECT DISTINCT ?node WHERE {{ {{ {thing} (jdx:planPeriod|jdx:coveredBy|spdx:checksum|oa:hasSelector|prov:wasDerivedFrom) ?node }}
        UNION {{ ?node (jdx:ofKPI|jdx:refersTo|dcterms:isPartOf|rdf:subject|jdx:completenessOf) {thing} }}
        {_other_periods(iri, path)} }}"""
    )
    mine = sorted(str(row[0]) for row in found.rows if isinstance(row[0], URIRef) and belongs(str(row[0]), path))
    mine = [one for one in mine if row_place(one, path) not in shown]
    if not mine:
        return []
    rows = source.select(
        f"SELECT DISTINCT ?node ?p ?o ?g WHERE {{ VALUES ?node {{ {' '.join(nt(URIRef(one)) for one in mine)} }} GRAPH ?g {{ ?node ?p ?o }} }}"
    ).rows
    cited = passages(source, (str(o) for _, p, o, _ in rows if p == JDX.evidence))
    called = names(source, {str(x) for row in rows for x in row[1:3] if isinstance(x, URIRef)})
    made = []
    for node in mine:
        own = [(p, o, g) for n, p, o, g in rows if str(n) == node and o is not None]
        roles = {role_of(g) for _, _, g in own}
        keep = [
            (p, o, role_of(g))
            for p, o, g in own
            if (role_of(g) != "inferred" or roles == {"inferred"}) and str(o) != iri
        ]
        evidence = tuple(in_order((str(o) for p, o, _ in keep if p == JDX.evidence), cited))
        facts = [(str(p), o, role, evidence) for p, o, role in keep if p not in (JDX.evidence, RDF.type)]
        told = class_of(str(o) for p, o, _ in keep if p == RDF.type)
        properties = grouped_by_property(
            ((p, value_of(o, called, lang), role, ev) for p, o, role, ev in facts), called, lang
        )
        made.append(
            Nested(node, place_of(node[len(BASE) :]).anchor, name(told, called, lang) if told else "", properties)
        )
    return made


def _other_periods(iri: str, path: str) -> str:
    """The periods that a plan prints for other documents, which hang on these but are named after the plan."""
    if not path.startswith("id/plan/") or path.count("/") != 4:  # a plan alone: all periods are read
        return ""
    return f'UNION {{ ?node a dcterms:PeriodOfTime FILTER(STRSTARTS(STR(?node), "{iri}/period/")) }}'


def belongs(node: str, path: str) -> bool:
    """Whether something has its place on the page at a path."""
    if not node.startswith(BASE):
        return False
    place = place_of(node[len(BASE) :])
    return place.page == path and place.anchor != ""


def grouped_by_property(
    rows: Iterable[tuple[str, Span, str, tuple[Passage, ...]]], called: dict[str, Text], lang: str
) -> tuple[Property, ...]:
    """Values by property: names first, then in the order given; each value once."""
    grouped: dict[str, dict[tuple[str, str, str], Value]] = {}
    for predicate, span, role, several in rows:
        grouped.setdefault(predicate, {}).setdefault((span.text, span.href, span.lang), Value(span, several, role))
    ordered = sorted(grouped, key=lambda p: (p not in _NAMES, p != str(RDF.type)))
    return tuple(
        Property(p, name(p, called, lang), tuple(sorted(grouped[p].values(), key=lambda v: v.span.lang != "")))
        for p in ordered
    )


def value_of(term: Node, called: dict[str, Text], lang: str) -> Span:
    """A value as it is shown: a link to a thing, or a literal."""
    if isinstance(term, URIRef):
        return Span(name(str(term), called, lang), View(lang).thing(str(term)), kind="link")
    return literal(term, lang)


def role_of(graph: Node | None) -> str:
    """The kind of a named graph, such as plan or inferred."""
    return str(graph).removeprefix(str(GRAPH)).partition("/")[0]

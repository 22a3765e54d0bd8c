"""What the data are, for catalogues and crawlers: VoID, DCAT 3 and, for each named graph, PROV. Every number is counted.

Everything is named below BASE + "dataset"; there are no blank nodes and no clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask.words import Text
from keikaku.namespaces import (
    BASE,
    DCAT,
    DCTERMS,
    FOAF,
    JDX,
    LANGUAGE,
    LICENCE,
    NATION,
    OWL,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    VOID,
    shorten,
)  # fmt: skip
from keikaku.pages import Site
from keikaku.publish.counts import TARGETS, Counts, Links, count, count_links, documents
from keikaku.publish.datasets import (
    ALL,
    BUILD,
    DATASET,
    PUBLISHER,
    SOFTWARE,
    SPARQL,
    Triple,
    counted,
    dataset,
    dataset_of,
    distribution,
    in_both,
    integer,
    said,
    url_of,
)
from keikaku.publish.downloads import Dump, downloads, dumps
from keikaku.publish.parts import document_and_files, named_graph

#: The version of this program, which the description names as what made the graphs.
VERSION = version("keikaku")
TITLE = Text("自治体DX計画ナレッジグラフ", "Keikaku: municipal DX plans of Japan")
ABOUT = Text(
    "日本の市区町村のDX推進計画に何が書かれ、何が書かれていないかを、根拠の文書・行とともに記した知識グラフ。計画の目標、取組、工程、KPI、体制、法的根拠と、全国の地方公共団体の基準データを含む。",
    "What the digital-transformation plans of Japan's municipalities say and do not say, with the document and lines it rests on: "
    "goals, initiatives, schedules, KPIs, bodies and legal basis, and reference data on all local governments.",
)


def describe(site: Site) -> list[Triple]:
    """The whole description, made once per build and kept beside its dumps."""
    folder = downloads(site)
    kept = folder.with_name(f"{folder.name}.json")
    if kept.is_file():
        return [(_term(s), _term(p), _term(o)) for s, p, o in json.loads(kept.read_text(encoding="utf-8"))]
    triples = sorted(set(_describe(site, folder)))
    write_kept(kept, triples)
    return triples


def write_kept(path: Path, triples: Iterable[Triple]) -> None:
    """Keep a description; a folder that cannot be written only means that it is made anew."""
    value = [[_json(term) for term in triple] for triple in triples]
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    new.replace(path)


def _describe(site: Site, folder: Path) -> Iterable[Triple]:
    files = dumps(folder)
    yield from _agents(site)
    yield from _catalogue(site)
    yield from _whole(site, files)
    for document in documents(site.store):
        yield from document_and_files(site, document, files)
    for links in count_links(site.store):
        yield from _linkset(links, files)
    for graph in site.store.graphs():
        yield from named_graph(site, graph)


def _catalogue(site: Site) -> Iterable[Triple]:
    yield from said(
        DATASET,
        (RDF.type, DCAT.Catalog),
        (RDF.type, VOID.DatasetDescription),
        *in_both(DCTERMS.title, TITLE),
        *in_both(DCTERMS.description, ABOUT),
        (DCTERMS.publisher, PUBLISHER),
        (DCTERMS.license, URIRef(LICENCE)),
        (DCTERMS.language, LANGUAGE.ja),
        (DCTERMS.language, LANGUAGE.en),
        (FOAF.primaryTopic, ALL),
        (FOAF.homepage, URIRef(BASE)),
        (DCAT.dataset, ALL),
        (DCAT.service, SPARQL),
        (DCAT.themeTaxonomy, URIRef(BASE + "theme/")),
        *((DCAT.dataset, dataset_of(document)) for document in documents(site.store)),
    )
    yield from said(
        SPARQL,
        (RDF.type, DCAT.DataService),
        *in_both(DCTERMS.title, Text("SPARQL 1.1 エンドポイント", "SPARQL 1.1 endpoint")),
        (DCAT.endpointURL, URIRef(BASE + "sparql")),
        (DCAT.endpointDescription, URIRef(BASE + "sparql")),
        (DCTERMS.conformsTo, URIRef("http://www.w3.org/TR/sparql11-protocol/")),
        (DCTERMS.publisher, PUBLISHER),
        (DCTERMS.license, URIRef(LICENCE)),
        (DCAT.servesDataset, ALL),
    )


def _agents(site: Site) -> Iterable[Triple]:
    yield from said(PUBLISHER, (RDF.type, FOAF.Agent), (FOAF.name, Literal("Keikaku")), (FOAF.homepage, URIRef(BASE)))
    yield from said(
        SOFTWARE,
        (RDF.type, PROV.SoftwareAgent),
        (RDFS.label, Literal(f"keikaku {VERSION}")),
        (OWL.versionInfo, Literal(VERSION)),
    )
    yield from said(
        BUILD,
        (RDF.type, PROV.Activity),
        *in_both(RDFS.label, Text(f"ビルド {site.build_id}", f"build {site.build_id}")),
        (DCTERMS.identifier, Literal(site.build_id)),
        (PROV.wasAssociatedWith, SOFTWARE),
        *((PROV.used, URIRef(f"{BASE}id/doc/{document}")) for document in documents(site.store)),
    )


def _whole(site: Site, files: Iterable[Dump]) -> Iterable[Triple]:
    counts = count(site.store)
    yield from dataset(ALL, TITLE, ABOUT)
    yield from counted(ALL, counts)
    yield from _partitions(ALL, counts)
    yield from said(
        ALL,
        (DCTERMS.identifier, Literal(BASE + "dataset")),
        (OWL.versionInfo, Literal(site.build_id)),
        (DCAT.version, Literal(site.build_id)),
        (PROV.wasGeneratedBy, BUILD),
        (DCTERMS.spatial, NATION.JPN),
        (DCAT.landingPage, URIRef(BASE + "dataset")),
        (FOAF.homepage, URIRef(BASE)),
        (VOID.sparqlEndpoint, URIRef(BASE + "sparql")),
        (VOID.uriSpace, Literal(BASE)),
        (VOID.uriLookupEndpoint, URIRef(BASE + "search?q=")),
        *((VOID.rootResource, URIRef(BASE + path)) for path in ("theme/", "indicator/", "ont")),
        *((VOID.exampleResource, URIRef(one)) for one in _examples(site)),
        *((VOID.vocabulary, URIRef(iri)) for iri in _vocabularies(counts)),
        *((VOID.subset, dataset_of(document)) for document in documents(site.store)),
        *((DCTERMS.hasPart, dataset_of(document)) for document in documents(site.store)),
        *((VOID.feature, URIRef(f"http://www.w3.org/ns/formats/{form}")) for form in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")),
    )  # fmt: skip
    yield from said(NATION.JPN, (RDF.type, DCTERMS.Location), *in_both(RDFS.label, Text("日本", "Japan")))
    dates = site.store.select("SELECT (MIN(?a) AS ?start) (MAX(?b) AS ?end) WHERE { ?plan a jdx:Plan ; jdx:planPeriod ?p . ?p dcat:startDate ?a ; dcat:endDate ?b }").rows[0]  # fmt: skip
    first, last = dates
    if first is not None and last is not None:
        period = URIRef(BASE + "dataset#period")
        yield from said(period, (RDF.type, DCTERMS.PeriodOfTime), (DCAT.startDate, first), (DCAT.endDate, last))
        yield ALL, DCTERMS.temporal, period
    for file in files:
        if not file.path.startswith("documents/"):
            yield from distribution(site, ALL, file)
    yield ALL, DCAT.distribution, URIRef(BASE + "dataset#by-sparql")
    yield from said(
        URIRef(BASE + "dataset#by-sparql"),
        (RDF.type, DCAT.Distribution),
        *in_both(DCTERMS.title, Text("SPARQLで問い合わせる", "by SPARQL query")),
        (DCAT.accessService, SPARQL),
        (DCAT.accessURL, URIRef(BASE + "sparql")),
        (DCTERMS.license, URIRef(LICENCE)),
    )


def _linkset(links: Links, files: Iterable[Dump]) -> Iterable[Triple]:
    node, target = URIRef(f"{BASE}dataset#links-{links.name}"), URIRef(f"{BASE}dataset#target-{links.name}")
    start, ja, en, _ = TARGETS[links.name]
    yield from said(
        node,
        (RDF.type, VOID.Linkset),
        *in_both(DCTERMS.title, Text(f"{ja}へのリンク", f"links to {en}")),
        (VOID.triples, integer(links.triples)),
        (VOID.subjectsTarget, ALL),
        (VOID.objectsTarget, target),
        (VOID.distinctSubjects, integer(links.subjects)),
        (VOID.distinctObjects, integer(links.objects)),
        (DCTERMS.license, URIRef(LICENCE)),
        *((VOID.linkPredicate, URIRef(p)) for p in links.predicates),
        *((VOID.dataDump, url_of(file)) for file in files if file.path == f"links/{links.name}.nt"),
    )
    yield ALL, VOID.subset, node
    yield from said(
        target, (RDF.type, VOID.Dataset), *in_both(DCTERMS.title, Text(ja, en)), (VOID.uriSpace, Literal(start))
    )


def _partitions(node: URIRef, counts: Counts) -> Iterable[Triple]:
    for iri, number in counts.classes.items():
        part = URIRef(f"{BASE}dataset#class-{_local(iri)}")
        yield node, VOID.classPartition, part
        yield from said(part, (RDF.type, VOID.Dataset), (VOID["class"], URIRef(iri)), (VOID.entities, integer(number)))
    for iri, number in counts.properties.items():
        part = URIRef(f"{BASE}dataset#property-{_local(iri)}")
        yield node, VOID.propertyPartition, part
        yield from said(part, (RDF.type, VOID.Dataset), (VOID.property, URIRef(iri)), (VOID.triples, integer(number)))


def _examples(site: Site) -> list[str]:
    """One thing of each of the kinds that people look for first."""
    found = []
    for kind in (JDX.Plan, JDX.Initiative, JDX.KPI, JDX.TargetValue, JDX.PolicyTheme, JDX.Municipality):
        rows = site.store.select(f"SELECT ?thing WHERE {{ ?thing a <{kind}> }} ORDER BY ?thing LIMIT 1").rows
        found += [str(row[0]) for row in rows]
    return found


def _vocabularies(counts: Counts) -> list[str]:
    """The namespaces of the classes and properties in use."""
    used = [*counts.classes, *counts.properties]
    return sorted({iri for iri in PREFIXES.values() if any(one.startswith(iri) for one in used)})


def _local(iri: str) -> str:
    return (
        shorten(iri).replace(":", "-", 1)
        if not shorten(iri).startswith("http")
        else iri.rpartition("#")[2].rpartition("/")[2]
    )


def _json(term: Node) -> list[str]:
    if isinstance(term, Literal):
        return [str(term), term.language or "", str(term.datatype or "")]
    return [str(term)]


def _term(value: list[str]) -> Node:
    if len(value) == 1:
        return URIRef(value[0])
    text, language, datatype = value
    return Literal(text, lang=language or None, datatype=URIRef(datatype) if datatype else None, normalize=False)

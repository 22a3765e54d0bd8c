"""What one document's dataset and its named graphs are (DCAT, PROV)."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Literal, URIRef

from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import (
    BASE,
    DCAT,
    DCTERMS,
    FOAF,
    GRAPH,
    NATION,
    PROV,
    RDF,
    RDFS,
    SAC,
    SKOS,
    SPDX,
    VOID,
)  # fmt: skip
from keikaku.pages import Site
from keikaku.publish.counts import count, graphs_of
from keikaku.publish.datasets import ALL, BUILD, Triple, counted, dataset, dataset_of, distribution, in_both, said
from keikaku.publish.downloads import Dump


def document_and_files(site: Site, document: str, files: Iterable[Dump]) -> Iterable[Triple]:
    """The dataset of a document with its numbers and files."""
    yield from counted(dataset_of(document), count(site.store, graphs_of(site.store, document)))
    yield from describe_document(site, document)
    for file in files:
        if file.path == f"documents/{document}.ttl":
            yield from distribution(site, dataset_of(document), file)


def describe_document(site: Site, document: str) -> Iterable[Triple]:
    """What a dataset is about and may be used for, without its numbers and files, which take longer to find out."""
    node, doc = dataset_of(document), URIRef(f"{BASE}id/doc/{document}")
    told = names(site.store, [str(doc)])[str(doc)]
    yield from dataset(
        node,
        told,
        Text(
            f"「{told.ja}」から読み取ったデータ。根拠の行、完全性の言明、品質の注記を含む。",
            f"What was read from “{told.en}”, with the lines it rests on, completeness statements and quality notes.",
        ),
    )
    yield from said(
        node,
        (DCTERMS.identifier, Literal(document)),
        (DCTERMS.source, doc),
        (PROV.wasDerivedFrom, doc),
        (PROV.wasGeneratedBy, BUILD),
        (DCTERMS.isPartOf, ALL),
        (VOID.rootResource, doc),
        (DCAT.landingPage, doc),
    )
    # Each OPTIONAL begins at the document: otherwise the engine reads every government and every period for one.
    facts = site.store.select(
        f"""SELECT ?plan ?issuer ?area ?code ?period ?start ?end WHERE {{ <{doc}> dcterms:publisher ?issuer .
        OPTIONAL {{ <{doc}> dcterms:publisher ?issuer . ?issuer jdx:standardAreaCode ?area ; jdx:localGovernmentCode ?code }}
        OPTIONAL {{ <{doc}> foaf:primaryTopic ?plan
        OPTIONAL {{ <{doc}> foaf:primaryTopic ?plan . ?plan jdx:planPeriod ?period . ?period dcat:startDate ?start ; dcat:endDate ?end }} }}
        }} ORDER BY ?plan ?issuer"""
    )
    for row in facts:
        called = names(site.store, [str(row["issuer"])])[str(row["issuer"])]
        yield doc, DCTERMS.publisher, row["issuer"]
        yield from said(row["issuer"], (RDF.type, FOAF.Agent), *in_both(FOAF.name, called))
        if "plan" in row:
            yield node, FOAF.primaryTopic, row["plan"]
        if "area" in row:
            yield node, DCTERMS.spatial, row["area"]
            yield from said(row["area"], (RDF.type, DCTERMS.Location), *in_both(RDFS.label, called), (SKOS.notation, Literal(str(row["area"]).removeprefix(str(SAC)))), (DCTERMS.identifier, row["code"]))  # fmt: skip
        else:
            yield node, DCTERMS.spatial, NATION.JPN
        if "period" in row:
            yield node, DCTERMS.temporal, row["period"]
            yield from said(
                row["period"],
                (RDF.type, DCTERMS.PeriodOfTime),
                (DCAT.startDate, row["start"]),
                (DCAT.endDate, row["end"]),
            )
    for (theme,) in site.store.select(
        f"SELECT DISTINCT ?theme WHERE {{ GRAPH <{GRAPH}doc/{document}> {{ ?s jdx:theme ?theme }} }} ORDER BY ?theme"
    ).rows:
        if theme is not None:
            yield node, DCAT.theme, theme
    checked = site.store.select(
        f"SELECT (MAX(?date) AS ?last) WHERE {{ GRAPH <{GRAPH}meta> {{ ?g prov:wasDerivedFrom <{doc}> ; dcterms:date ?date }} }}"
    ).rows
    if checked and checked[0][0] is not None:
        yield node, DCTERMS.modified, checked[0][0]


def named_graph(site: Site, graph: str) -> Iterable[Triple]:
    """What a named graph came from: the document and the version of it that was read, and the build that made it."""
    node = URIRef(graph)
    yield from said(node, (RDF.type, PROV.Entity), (PROV.wasGeneratedBy, BUILD), (DCTERMS.isPartOf, ALL))
    yield from site.store.construct(
        f"CONSTRUCT {{ <{graph}> ?p ?o }} WHERE {{ GRAPH <{GRAPH}meta> {{ <{graph}> ?p ?o }} }}"
    ).triples
    name = graph.removeprefix(str(GRAPH)).partition("/")[2]
    version = f"{BASE}id/doc/{name}#sha256"
    rows = (
        site.store.select(f"SELECT ?p ?o WHERE {{ GRAPH <{GRAPH}doc/{name}> {{ <{version}> ?p ?o }} }}").rows
        if name
        else ()
    )
    if rows:
        yield node, SPDX.checksum, URIRef(version)
        yield from ((URIRef(version), p, o) for p, o in rows if p is not None and o is not None)
        yield from said(URIRef(f"{BASE}id/doc/{name}"), (RDF.type, PROV.Entity), (SPDX.checksum, URIRef(version)))

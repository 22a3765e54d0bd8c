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

from keikaku.ask.header import read
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import (
    BASE,
    DCAT,
    DCTERMS,
    FOAF,
    FREQUENCY,
    GRAPH,
    IANA,
    JDX,
    LANGUAGE,
    LICENCE,
    NATION,
    OWL,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    SAC,
    SKOS,
    SPDX,
    VOID,
    XSD,
    shorten,
)  # fmt: skip
from keikaku.pages import Site
from keikaku.publish.counts import TARGETS, Counts, Links, count, count_links, documents, graphs_of
from keikaku.publish.downloads import Dump, downloads, dumps

#: The version of this program, which the description names as what made the graphs.
VERSION = version("keikaku")
Triple = tuple[Node, Node, Node]
DATASET = URIRef(BASE + "dataset")
ALL = URIRef(BASE + "dataset#all")
SPARQL = URIRef(BASE + "dataset#sparql")
PUBLISHER = URIRef(BASE + "dataset#publisher")
BUILD = URIRef(BASE + "dataset#build")
SOFTWARE = URIRef(BASE + "dataset#software")
TITLE = Text("自治体DX計画ナレッジグラフ", "Keikaku: municipal DX plans of Japan")
ABOUT = Text(
    "日本の市区町村のDX推進計画に何が書かれ、何が書かれていないかを、根拠の文書・行とともに記した知識グラフ。計画の目標、取組、工程、KPI、体制、法的根拠と、全国の地方公共団体の基準データを含む。",
    "What the digital-transformation plans of Japan's municipalities say and do not say, with the document and lines it rests on: "
    "goals, initiatives, schedules, KPIs, bodies and legal basis, and reference data on all local governments.",
)
#: Words for a file below /downloads/ by the beginning of its path.
_FILES = {
    "keikaku.nq": Text("全データ(並べ替えたN-Quads、gzip)", "all data as sorted N-Quads, gzip"),
    "keikaku.trig": Text("全データ(TriG、gzip)", "all data as TriG, gzip"),
    "vocabulary": Text(
        "オントロジー、テーマ、コード、指標(Turtle)", "ontology, themes, codes and indicators as Turtle"
    ),
    "reference": Text("基準データ(Turtle)", "reference data as Turtle"),
}


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


def file_words(site: Site, path: str) -> Text:
    """What a file below /downloads/ is."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    if folder == "tables":
        return read(site.settings.queries / "tables" / f"{stem}.rq", site.settings.root).title
    if folder == "links":
        return Text(f"{TARGETS[stem][1]}へのリンク", f"links to {TARGETS[stem][2]}")
    if folder == "documents":
        return names(site.store, [f"{BASE}id/doc/{stem}"])[f"{BASE}id/doc/{stem}"]
    return next((words for start, words in _FILES.items() if path.startswith(start)), Text(path, path))


def _describe(site: Site, folder: Path) -> Iterable[Triple]:
    files = dumps(folder)
    yield from _agents(site)
    yield from _catalogue(site)
    yield from _whole(site, files)
    for document in documents(site.store):
        yield from _document(site, document, files)
    for links in count_links(site.store):
        yield from _linkset(links, files)
    for graph in site.store.graphs():
        yield from _graph(site, graph)


def _catalogue(site: Site) -> Iterable[Triple]:
    yield from _all(
        DATASET,
        (RDF.type, DCAT.Catalog),
        (RDF.type, VOID.DatasetDescription),
        *_words(DCTERMS.title, TITLE),
        *_words(DCTERMS.description, ABOUT),
        (DCTERMS.publisher, PUBLISHER),
        (DCTERMS.license, URIRef(LICENCE)),
        (DCTERMS.language, LANGUAGE.ja),
        (DCTERMS.language, LANGUAGE.en),
        (FOAF.primaryTopic, ALL),
        (FOAF.homepage, URIRef(BASE)),
        (DCAT.dataset, ALL),
        (DCAT.service, SPARQL),
        (DCAT.themeTaxonomy, URIRef(BASE + "theme/")),
        *((DCAT.dataset, _of(document)) for document in documents(site.store)),
    )
    yield from _all(
        SPARQL,
        (RDF.type, DCAT.DataService),
        *_words(DCTERMS.title, Text("SPARQL 1.1 エンドポイント", "SPARQL 1.1 endpoint")),
        (DCAT.endpointURL, URIRef(BASE + "sparql")),
        (DCAT.endpointDescription, URIRef(BASE + "sparql")),
        (DCTERMS.conformsTo, URIRef("http://www.w3.org/TR/sparql11-protocol/")),
        (DCTERMS.publisher, PUBLISHER),
        (DCTERMS.license, URIRef(LICENCE)),
        (DCAT.servesDataset, ALL),
    )


def _agents(site: Site) -> Iterable[Triple]:
    yield from _all(PUBLISHER, (RDF.type, FOAF.Agent), (FOAF.name, Literal("Keikaku")), (FOAF.homepage, URIRef(BASE)))
    yield from _all(
        SOFTWARE,
        (RDF.type, PROV.SoftwareAgent),
        (RDFS.label, Literal(f"keikaku {VERSION}")),
        (OWL.versionInfo, Literal(VERSION)),
    )
    yield from _all(
        BUILD,
        (RDF.type, PROV.Activity),
        *_words(RDFS.label, Text(f"ビルド {site.build_id}", f"build {site.build_id}")),
        (DCTERMS.identifier, Literal(site.build_id)),
        (PROV.wasAssociatedWith, SOFTWARE),
        *((PROV.used, URIRef(f"{BASE}id/doc/{document}")) for document in documents(site.store)),
    )


def _whole(site: Site, files: Iterable[Dump]) -> Iterable[Triple]:
    counts = count(site.store)
    yield from _dataset(ALL, TITLE, ABOUT)
    yield from _counted(ALL, counts)
    yield from _partitions(ALL, counts)
    yield from _all(
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
        *((VOID.subset, _of(document)) for document in documents(site.store)),
        *((DCTERMS.hasPart, _of(document)) for document in documents(site.store)),
        *((VOID.feature, URIRef(f"http://www.w3.org/ns/formats/{form}")) for form in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")),
    )  # fmt: skip
    yield from _all(NATION.JPN, (RDF.type, DCTERMS.Location), *_words(RDFS.label, Text("日本", "Japan")))
    dates = site.store.select("SELECT (MIN(?a) AS ?start) (MAX(?b) AS ?end) WHERE { ?plan a jdx:Plan ; jdx:planPeriod ?p . ?p dcat:startDate ?a ; dcat:endDate ?b }").rows[0]  # fmt: skip
    first, last = dates
    if first is not None and last is not None:
        period = URIRef(BASE + "dataset#period")
        yield from _all(period, (RDF.type, DCTERMS.PeriodOfTime), (DCAT.startDate, first), (DCAT.endDate, last))
        yield ALL, DCTERMS.temporal, period
    for file in files:
        if not file.path.startswith("documents/"):
            yield from _distribution(site, ALL, file)
    yield ALL, DCAT.distribution, URIRef(BASE + "dataset#by-sparql")
    yield from _all(
        URIRef(BASE + "dataset#by-sparql"),
        (RDF.type, DCAT.Distribution),
        *_words(DCTERMS.title, Text("SPARQLで問い合わせる", "by SPARQL query")),
        (DCAT.accessService, SPARQL),
        (DCAT.accessURL, URIRef(BASE + "sparql")),
        (DCTERMS.license, URIRef(LICENCE)),
    )


def _document(site: Site, document: str, files: Iterable[Dump]) -> Iterable[Triple]:
    yield from _counted(_of(document), count(site.store, graphs_of(site.store, document)))
    yield from describe_document(site, document)
    for file in files:
        if file.path == f"documents/{document}.ttl":
            yield from _distribution(site, _of(document), file)


def describe_document(site: Site, document: str) -> Iterable[Triple]:
    """What a dataset is about and may be used for, without its numbers and files, which take longer to find out."""
    node, doc = _of(document), URIRef(f"{BASE}id/doc/{document}")
    told = names(site.store, [str(doc)])[str(doc)]
    yield from _dataset(
        node,
        told,
        Text(
            f"「{told.ja}」から読み取ったデータ。根拠の行、完全性の言明、品質の注記を含む。",
            f"What was read from “{told.en}”, with the lines it rests on, completeness statements and quality notes.",
        ),
    )
    yield from _all(
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
        yield from _all(row["issuer"], (RDF.type, FOAF.Agent), *_words(FOAF.name, called))
        if "plan" in row:
            yield node, FOAF.primaryTopic, row["plan"]
        if "area" in row:
            yield node, DCTERMS.spatial, row["area"]
            yield from _all(row["area"], (RDF.type, DCTERMS.Location), *_words(RDFS.label, called), (SKOS.notation, Literal(str(row["area"]).removeprefix(str(SAC)))), (DCTERMS.identifier, row["code"]))  # fmt: skip
        else:
            yield node, DCTERMS.spatial, NATION.JPN
        if "period" in row:
            yield node, DCTERMS.temporal, row["period"]
            yield from _all(
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


def _linkset(links: Links, files: Iterable[Dump]) -> Iterable[Triple]:
    node, target = URIRef(f"{BASE}dataset#links-{links.name}"), URIRef(f"{BASE}dataset#target-{links.name}")
    start, ja, en, _ = TARGETS[links.name]
    yield from _all(
        node,
        (RDF.type, VOID.Linkset),
        *_words(DCTERMS.title, Text(f"{ja}へのリンク", f"links to {en}")),
        (VOID.triples, _number(links.triples)),
        (VOID.subjectsTarget, ALL),
        (VOID.objectsTarget, target),
        (VOID.distinctSubjects, _number(links.subjects)),
        (VOID.distinctObjects, _number(links.objects)),
        (DCTERMS.license, URIRef(LICENCE)),
        *((VOID.linkPredicate, URIRef(p)) for p in links.predicates),
        *((VOID.dataDump, _url(file)) for file in files if file.path == f"links/{links.name}.nt"),
    )
    yield ALL, VOID.subset, node
    yield from _all(
        target, (RDF.type, VOID.Dataset), *_words(DCTERMS.title, Text(ja, en)), (VOID.uriSpace, Literal(start))
    )


def _graph(site: Site, graph: str) -> Iterable[Triple]:
    """What a named graph came from: the document and the version of it that was read, and the build that made it."""
    node = URIRef(graph)
    yield from _all(node, (RDF.type, PROV.Entity), (PROV.wasGeneratedBy, BUILD), (DCTERMS.isPartOf, ALL))
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
        yield from _all(URIRef(f"{BASE}id/doc/{name}"), (RDF.type, PROV.Entity), (SPDX.checksum, URIRef(version)))


def _dataset(node: URIRef, title: Text, about: Text) -> Iterable[Triple]:
    """What every dataset has."""
    yield from _all(
        node,
        (RDF.type, DCAT.Dataset),
        (RDF.type, VOID.Dataset),
        *_words(DCTERMS.title, title),
        *_words(DCTERMS.description, about),
        (DCTERMS.publisher, PUBLISHER),
        (DCTERMS.license, URIRef(LICENCE)),
        (DCTERMS.language, LANGUAGE.ja),
        (DCTERMS.language, LANGUAGE.en),
        (DCTERMS.accrualPeriodicity, FREQUENCY.IRREG),
        (DCTERMS.conformsTo, URIRef(BASE + "ont")),
    )


def _counted(node: URIRef, counts: Counts) -> Iterable[Triple]:
    yield from _all(
        node,
        (VOID.triples, _number(counts.triples)),
        (VOID.entities, _number(counts.entities)),
        (VOID.distinctSubjects, _number(counts.subjects)),
        (VOID.distinctObjects, _number(counts.objects)),
        (VOID.properties, _number(len(counts.properties))),
        (VOID.classes, _number(len(counts.classes))),
    )


def _partitions(node: URIRef, counts: Counts) -> Iterable[Triple]:
    for iri, number in counts.classes.items():
        part = URIRef(f"{BASE}dataset#class-{_local(iri)}")
        yield node, VOID.classPartition, part
        yield from _all(part, (RDF.type, VOID.Dataset), (VOID["class"], URIRef(iri)), (VOID.entities, _number(number)))
    for iri, number in counts.properties.items():
        part = URIRef(f"{BASE}dataset#property-{_local(iri)}")
        yield node, VOID.propertyPartition, part
        yield from _all(part, (RDF.type, VOID.Dataset), (VOID.property, URIRef(iri)), (VOID.triples, _number(number)))


def _distribution(site: Site, node: URIRef, file: Dump) -> Iterable[Triple]:
    made, checksum = (
        URIRef(f"{BASE}dataset#file-{file.path.replace('/', '-')}"),
        URIRef(f"{BASE}dataset#sha256-{file.path.replace('/', '-')}"),
    )
    yield node, DCAT.distribution, made
    yield from _all(
        made,
        (RDF.type, DCAT.Distribution),
        *_words(DCTERMS.title, file_words(site, file.path)),
        (DCAT.accessURL, _url(file)),
        (DCAT.downloadURL, _url(file)),
        (DCAT.mediaType, URIRef(IANA + file.media)),
        (DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger)),
        (DCTERMS.license, URIRef(LICENCE)),
        (SPDX.checksum, checksum),
        *([(DCAT.compressFormat, URIRef(IANA + "application/gzip"))] if file.path.endswith(".gz") else []),
    )
    yield from _all(
        checksum,
        (RDF.type, SPDX.Checksum),
        (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
        (SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)),
    )
    if file.media in ("application/n-quads", "application/trig", "text/turtle"):
        yield node, VOID.dataDump, _url(file)


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


def _of(document: str) -> URIRef:
    return URIRef(f"{BASE}dataset#{document}")


def _url(file: Dump) -> URIRef:
    return URIRef(f"{BASE}downloads/{file.path}")


def _local(iri: str) -> str:
    return (
        shorten(iri).replace(":", "-", 1)
        if not shorten(iri).startswith("http")
        else iri.rpartition("#")[2].rpartition("/")[2]
    )


def _number(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)


def _words(predicate: URIRef, words: Text) -> list[tuple[Node, Node]]:
    return [(predicate, Literal(words.ja, lang="ja")), (predicate, Literal(words.en, lang="en"))]


def _all(subject: Node, *facts: tuple[Node, Node]) -> Iterable[Triple]:
    return ((subject, predicate, value) for predicate, value in facts)


def _json(term: Node) -> list[str]:
    if isinstance(term, Literal):
        return [str(term), term.language or "", str(term.datatype or "")]
    return [str(term)]


def _term(value: list[str]) -> Node:
    if len(value) == 1:
        return URIRef(value[0])
    text, language, datatype = value
    return Literal(text, lang=language or None, datatype=URIRef(datatype) if datatype else None, normalize=False)

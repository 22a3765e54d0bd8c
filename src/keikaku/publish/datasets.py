"""What every described dataset has: its head, its counts, its files; the names that the parts of the description share."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask.header import read
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import (
    BASE,
    DCAT,
    DCTERMS,
    FREQUENCY,
    IANA,
    LANGUAGE,
    LICENCE,
    RDF,
    SPDX,
    VOID,
    XSD,
)  # fmt: skip
from keikaku.pages import Site
from keikaku.publish.counts import TARGETS, Counts
from keikaku.publish.downloads import Dump

Triple = tuple[Node, Node, Node]
DATASET = URIRef(BASE + "dataset")
ALL = URIRef(BASE + "dataset#all")
SPARQL = URIRef(BASE + "dataset#sparql")
PUBLISHER = URIRef(BASE + "dataset#publisher")
BUILD = URIRef(BASE + "dataset#build")
SOFTWARE = URIRef(BASE + "dataset#software")
#: Words for a file below /downloads/ by the beginning of its path.
_FILES = {
    "keikaku.nq": Text("全データ(並べ替えたN-Quads、gzip)", "all data as sorted N-Quads, gzip"),
    "keikaku.trig": Text("全データ(TriG、gzip)", "all data as TriG, gzip"),
    "vocabulary": Text(
        "オントロジー、テーマ、コード、指標(Turtle)", "ontology, themes, codes and indicators as Turtle"
    ),
    "reference": Text("基準データ(Turtle)", "reference data as Turtle"),
}


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


def dataset(node: URIRef, title: Text, about: Text) -> Iterable[Triple]:
    """What every dataset has."""
    yield from said(
        node,
        (RDF.type, DCAT.Dataset),
        (RDF.type, VOID.Dataset),
        *in_both(DCTERMS.title, title),
        *in_both(DCTERMS.description, about),
        (DCTERMS.publisher, PUBLISHER),
        (DCTERMS.license, URIRef(LICENCE)),
        (DCTERMS.language, LANGUAGE.ja),
        (DCTERMS.language, LANGUAGE.en),
        (DCTERMS.accrualPeriodicity, FREQUENCY.IRREG),
        (DCTERMS.conformsTo, URIRef(BASE + "ont")),
    )


def counted(node: URIRef, counts: Counts) -> Iterable[Triple]:
    """What VoID counts of a dataset."""
    yield from said(
        node,
        (VOID.triples, integer(counts.triples)),
        (VOID.entities, integer(counts.entities)),
        (VOID.distinctSubjects, integer(counts.subjects)),
        (VOID.distinctObjects, integer(counts.objects)),
        (VOID.properties, integer(len(counts.properties))),
        (VOID.classes, integer(len(counts.classes))),
    )


def distribution(site: Site, node: URIRef, file: Dump) -> Iterable[Triple]:
    """A file of a dataset as its distribution, with its checksum."""
    made, checksum = (
        URIRef(f"{BASE}dataset#file-{file.path.replace('/', '-')}"),
        URIRef(f"{BASE}dataset#sha256-{file.path.replace('/', '-')}"),
    )
    yield node, DCAT.distribution, made
    yield from said(
        made,
        (RDF.type, DCAT.Distribution),
        *in_both(DCTERMS.title, file_words(site, file.path)),
        (DCAT.accessURL, url_of(file)),
        (DCAT.downloadURL, url_of(file)),
        (DCAT.mediaType, URIRef(IANA + file.media)),
        (DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger)),
        (DCTERMS.license, URIRef(LICENCE)),
        (SPDX.checksum, checksum),
        *([(DCAT.compressFormat, URIRef(IANA + "application/gzip"))] if file.path.endswith(".gz") else []),
    )
    yield from said(
        checksum,
        (RDF.type, SPDX.Checksum),
        (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
        (SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)),
    )
    if file.media in ("application/n-quads", "application/trig", "text/turtle"):
        yield node, VOID.dataDump, url_of(file)


def dataset_of(document: str) -> URIRef:
    """The dataset of what one document says."""
    return URIRef(f"{BASE}dataset#{document}")


def url_of(file: Dump) -> URIRef:
    """Where a file is downloaded."""
    return URIRef(f"{BASE}downloads/{file.path}")


def integer(number: int) -> Literal:
    """A number as xsd:integer."""
    return Literal(str(number), datatype=XSD.integer)


def in_both(predicate: URIRef, words: Text) -> list[tuple[Node, Node]]:
    """Words in both languages as values of a property."""
    return [(predicate, Literal(words.ja, lang="ja")), (predicate, Literal(words.en, lang="en"))]


def said(subject: Node, *facts: tuple[Node, Node]) -> Iterable[Triple]:
    """Statements about one subject."""
    return ((subject, predicate, value) for predicate, value in facts)

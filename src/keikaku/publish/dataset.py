"""The page /dataset, its data in the RDF forms, and schema.org's description for search engines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, DCAT, DCTERMS, LICENCE, RDFS, VOID, shorten
from keikaku.pages import Page, Site, data
from keikaku.pages.address import SUFFIXES
from keikaku.pages.render import View, name, render
from keikaku.publish.counts import TARGETS, documents
from keikaku.publish.datasets import ALL, DATASET, file_words
from keikaku.publish.describe import ABOUT, TITLE, describe
from keikaku.publish.downloads import Dump, downloads, dumps
from keikaku.publish.parts import describe_document


@dataclass(frozen=True)
class Part:
    """A dataset of the catalogue, a linkset or a partition, as a line of a table."""

    iri: str
    title: str
    number: int
    of: str = ""
    area: str = ""
    area_iri: str = ""
    period: str = ""
    file: str = ""


class Described:
    """A description as a look-up table."""

    def __init__(self, triples: Iterable[tuple[Node, Node, Node]]) -> None:
        self._values: dict[tuple[Node, Node], list[Node]] = {}
        for s, p, o in triples:
            self._values.setdefault((s, p), []).append(o)

    def all(self, subject: Node, predicate: URIRef) -> list[Node]:
        """The values of a property."""
        return self._values.get((subject, predicate), [])

    def one(self, subject: Node, predicate: URIRef) -> Node | None:
        """The first value, or None."""
        return next(iter(self.all(subject, predicate)), None)

    def number(self, subject: Node, predicate: URIRef) -> int:
        """The value as a number, 0 when there is none."""
        return int(str(self.one(subject, predicate) or 0))

    def words(self, subject: Node, predicate: URIRef, lang: str) -> str:
        """The value in a language."""
        found = [v for v in self.all(subject, predicate) if isinstance(v, Literal)]
        return next((str(v) for v in found if v.language == lang), str(found[0]) if found else "")


def dataset_page(site: Site, view: View) -> Page:
    """What the data are, in numbers from the store, and every file with its size and checksum."""
    found = Described(describe(site))
    classes = _partition(site, found, VOID.classPartition, VOID["class"], VOID.entities, view.lang)
    properties = _partition(site, found, VOID.propertyPartition, VOID.property, VOID.triples, view.lang)
    order = ("keikaku", "vocabulary", "reference", "tables", "documents", "links")
    ranked = sorted(
        dumps(downloads(site)), key=lambda file: (order.index(file.path.split(".")[0].split("/")[0]), file.path)
    )
    files = [(file, file_words(site, file.path).of(view.lang)) for file in ranked]
    return Page(
        render(
            "dataset.html",
            view,
            site=site,
            title=TITLE.of(view.lang),
            about=ABOUT.of(view.lang),
            counts={key: found.number(ALL, VOID[key]) for key in ("triples", "entities", "classes", "properties")},
            documents=_documents(found, view.lang),
            links=_links(found, view.lang),
            classes=classes,
            properties=properties,
            files=files,
            schema=script(schema(found, site, dumps(downloads(site)))),
            forms={suffix: f"dataset{suffix}" for suffix in SUFFIXES if suffix != ".html"},
        )
    )


def dataset_data(site: Site, media: str) -> bytes:
    """The description in one of the RDF forms."""
    return data.to_bytes(describe(site), media, site.context, str(DATASET))


def schema(found: Described, site: Site, files: Iterable[Dump], node: URIRef = ALL) -> Mapping[str, object]:
    """The description for search engines in the words of schema.org (Dataset, DataDownload)."""
    period = found.one(node, DCTERMS.temporal)
    spatial = found.one(node, DCTERMS.spatial)
    value: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": str(node),
        "name": found.words(node, DCTERMS.title, "ja"),
        "alternateName": found.words(node, DCTERMS.title, "en"),
        "description": f"{found.words(node, DCTERMS.description, 'ja')} {found.words(node, DCTERMS.description, 'en')}",
        "url": BASE + "dataset" if node == ALL else str(found.one(node, DCAT.landingPage)),
        "identifier": str(found.one(node, DCTERMS.identifier)),
        "license": LICENCE,
        "isAccessibleForFree": True,
        "inLanguage": ["ja", "en"],
        "version": site.build_id,
        "creator": {"@type": "Organization", "name": "Keikaku", "url": BASE},
        "keywords": ["自治体DX", "DX推進計画", "KPI", "digital transformation", "local government", "linked data"],
    }
    if period is not None:
        value["temporalCoverage"] = f"{found.one(period, DCAT.startDate)}/{found.one(period, DCAT.endDate)}"
    if spatial is not None:
        place: dict[str, object] = {"@type": "Place", "name": found.words(spatial, RDFS.label, "ja")}
        code = found.one(spatial, DCTERMS.identifier)
        if code is not None:
            place |= {"identifier": str(code), "sameAs": str(spatial)}
        value["spatialCoverage"] = place
    if node != ALL:
        value["isPartOf"] = {"@type": "Dataset", "@id": str(ALL), "name": TITLE.ja, "url": BASE + "dataset"}
    value["distribution"] = (
        [
            {
                "@type": "DataDownload",
                "contentUrl": f"{BASE}downloads/documents/{_id(node)}.ttl",
                "encodingFormat": "text/turtle",
            }
        ]
        if node != ALL
        else [
            {
                "@type": "DataDownload",
                "name": file_words(site, file.path).ja,
                "contentUrl": f"{BASE}downloads/{file.path}",
                "encodingFormat": file.media,
                "contentSize": f"{file.size} B",
                "sha256": file.sha256,
            }
            for file in files
            if not file.path.startswith("documents/")
        ]
    )
    return value


def page_schema(site: Site, path: str) -> str:
    """The script for the page of the thing at `path`: of a document the description of its dataset, else ""."""
    document = path.removeprefix("id/doc/")
    if path == document or document not in documents(site.store):
        return ""
    return script(schema(Described(describe_document(site, document)), site, (), URIRef(f"{BASE}dataset#{document}")))


def script(value: Mapping[str, object]) -> str:
    """JSON that may stand inside a script element: no text can end it."""
    return (
        json.dumps(value, ensure_ascii=False, indent=1)
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
    )


def _documents(found: Described, lang: str) -> list[Part]:
    parts = []
    for node in found.all(DATASET, DCAT.dataset):
        if node == ALL:
            continue
        area, period = found.one(node, DCTERMS.spatial), found.one(node, DCTERMS.temporal)
        dates = f"{found.one(period, DCAT.startDate)} – {found.one(period, DCAT.endDate)}" if period is not None else ""
        parts.append(
            Part(
                str(found.one(node, DCAT.landingPage)),
                found.words(node, DCTERMS.title, lang),
                found.number(node, VOID.triples),
                _id(node),
                found.words(area, RDFS.label, lang) if area is not None else "",
                str(found.one(area, DCTERMS.identifier) or "") if area is not None else "",
                dates,
                f"documents/{_id(node)}.ttl",
            )
        )
    return parts


def _links(found: Described, lang: str) -> list[Part]:
    parts = []
    for target, words in TARGETS.items():
        node = URIRef(f"{BASE}dataset#links-{target}")
        if found.number(node, VOID.triples):
            predicates = ", ".join(sorted(shorten(str(p)) for p in found.all(node, VOID.linkPredicate)))
            parts.append(
                Part(
                    words[0],
                    Text(words[1], words[2]).of(lang),
                    found.number(node, VOID.triples),
                    predicates,
                    file=f"links/{target}.nt",
                )
            )
    return parts


def _partition(site: Site, found: Described, by: URIRef, of: URIRef, counted: URIRef, lang: str) -> list[Part]:
    rows = [(str(found.one(node, of)), found.number(node, counted)) for node in found.all(ALL, by)]
    called = names(site.store, (iri for iri, _ in rows))
    return [
        Part(iri, name(iri, called, lang), number, shorten(iri))
        for iri, number in sorted(rows, key=lambda r: (-r[1], r[0]))
    ]


def _id(node: Node) -> str:
    return str(node).rpartition("#")[2]

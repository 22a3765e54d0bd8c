"""The one place that knows prefixes and the base of our IRIs (design: ontology §2, §3.1)."""

from __future__ import annotations

from functools import cache, lru_cache

import rdflib
from rdflib import URIRef


class Namespace(rdflib.Namespace):
    """A namespace that makes each term once: reading a document names the same hundred terms ten thousand times."""

    def __getattr__(self, name: str) -> URIRef:
        if name.startswith("__"):
            raise AttributeError(name)
        return _term(str(self), name)


@cache
def _term(base: str, name: str) -> URIRef:
    return URIRef(base + name)


#: Identifiers only until the redirect is registered; changeable until the first release.
BASE = "https://w3id.org/jichitai-dx/"

JDX = Namespace(BASE + "ont#")
C = Namespace(BASE + "code/")
TH = Namespace(BASE + "theme/")
IND = Namespace(BASE + "indicator/")
FY = Namespace(BASE + "id/fy/")
ID = Namespace(BASE + "id/")
GRAPH = Namespace(BASE + "graph/")
SHAPE = Namespace(BASE + "shape/")
QUESTION = Namespace(BASE + "questions/")

DCTERMS = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
OA = Namespace("http://www.w3.org/ns/oa#")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SAC = Namespace("http://data.e-stat.go.jp/lod/sac/")
SCHEMA = Namespace("http://schema.org/")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
UNIT = Namespace("http://qudt.org/vocab/unit/")
VOID = Namespace("http://rdfs.org/ns/void#")
WD = Namespace("http://www.wikidata.org/entity/")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

#: Authorities that catalogues expect: languages (Library of Congress), frequencies and countries (EU), media types (IANA).
LANGUAGE = Namespace("http://id.loc.gov/vocabulary/iso639-1/")
FREQUENCY = Namespace("http://publications.europa.eu/resource/authority/frequency/")
NATION = Namespace("http://publications.europa.eu/resource/authority/country/")
IANA = "https://www.iana.org/assignments/media-types/"
#: Words for what a server answers (W3C, HTTP Vocabulary in RDF 1.0).
HTTP = Namespace("http://www.w3.org/2011/http#")

#: Under which everything that is built from the data may be used.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

#: Every prefix the project writes, in the order in which files and the editor show them.
PREFIXES: dict[str, str] = {
    "jdx": str(JDX),
    "c": str(C),
    "th": str(TH),
    "ind": str(IND),
    "fy": str(FY),
    "id": str(ID),
    "graph": str(GRAPH),
    "shape": str(SHAPE),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "owl": str(OWL),
    "xsd": str(XSD),
    "sh": str(SH),
    "skos": str(SKOS),
    "skosxl": str(SKOSXL),
    "dcterms": str(DCTERMS),
    "dcat": str(DCAT),
    "dqv": "http://www.w3.org/ns/dqv#",
    "prov": str(PROV),
    "org": str(ORG),
    "eli": str(ELI),
    "oa": str(OA),
    "spdx": str(SPDX),
    "schema": str(SCHEMA),
    "foaf": str(FOAF),
    "time": "http://www.w3.org/2006/time#",
    "unit": str(UNIT),
    "void": str(VOID),
    "vann": "http://purl.org/vocab/vann/",
    "cv": "http://data.europa.eu/m8g/",
    "sac": str(SAC),
    "wd": str(WD),
}


def expand(name: str) -> URIRef | None:
    """Read `prefix:local` or a full IRI; None when it is neither.

    >>> str(expand("th:digital-divide"))
    'https://w3id.org/jichitai-dx/theme/digital-divide'
    """
    if name.startswith("<") and name.endswith(">"):
        name = name[1:-1]
    if name.startswith(("http://", "https://")):
        return URIRef(name)
    prefix, colon, local = name.partition(":")
    return URIRef(PREFIXES[prefix] + local) if colon and prefix in PREFIXES else None


def path_of(iri: str) -> str:
    """Write one of our IRIs as the path below the base: id/plan/142051/dx/2022-draft."""
    return iri[len(BASE) :] if iri.startswith(BASE) else iri


@lru_cache(maxsize=1 << 16)
def shorten(iri: str) -> str:
    """Write an IRI as a prefixed name where the rest needs no escape, else in full.

    >>> shorten("https://w3id.org/jichitai-dx/theme/cashless")
    'th:cashless'
    """
    best = max((p for p in PREFIXES.items() if iri.startswith(p[1])), key=lambda p: len(p[1]), default=None)
    if best is None:
        return iri
    local = iri[len(best[1]) :]
    plain = local.replace("-", "").replace("_", "").replace(".", "")
    if local and plain.isalnum() and plain.isascii() and not local.endswith("."):
        return f"{best[0]}:{local}"
    return iri

"""Reference statements: local governments, fiscal years, registers, laws (named graph graph/reference)."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from keikaku.namespaces import DCAT, DCTERMS, FY, GRAPH, ID, JDX, RDF, RDFS, SAC, SCHEMA, SKOS, WD, XSD, C
from keikaku.read.names import Government
from keikaku.read.quads import Quad
from keikaku.read.registers import Registers, project_triples
from keikaku.read.when import FIRST_YEAR, LAST_YEAR

REFERENCE = GRAPH["reference"]
ONTOLOGY, SCHEME = GRAPH["ontology"], GRAPH["scheme"]
_ENGLISH_KIND = {
    "prefecture": "Prefecture", "designated-city": "City", "city": "City", "special-ward": "City", "town": "Town", "village": "Village",
}  # fmt: skip


def english_name(government: Government) -> str:
    """An English name from the romaji: Hamamatsu-shi → Hamamatsu City. Our own rendering, not an official spelling.

    >>> english_name(Government("221309", "designated-city", "浜松市", "はままつし", "Hamamatsu-shi", "220001", {}))
    'Hamamatsu City'
    """
    if government.kind == "prefecture":
        plain = {"Tokyo": "Tokyo Metropolis", "Hokkaido": "Hokkaido"}
        return plain.get(government.romaji, f"{government.romaji} Prefecture")
    stem = government.romaji.rpartition("-")[0] or government.romaji
    return f"{stem} {_ENGLISH_KIND[government.kind]}"


def government_triples(government: Government) -> list[tuple[Node, Node, Node]]:
    """One local government: code, names, prefecture, links (ontology §2, §3.2)."""
    iri, row = government.iri, government.row
    prefecture = government.kind == "prefecture"
    triples: list[tuple[Node, Node, Node]] = [
        (iri, RDF.type, JDX.Prefecture if prefecture else JDX.Municipality),
        (iri, RDFS.label, Literal(government.name, lang="ja")),
        (iri, RDFS.label, Literal(english_name(government), lang="en")),
        (iri, SKOS.hiddenLabel, Literal(government.kana, lang="ja-Hira")),
        (iri, SKOS.altLabel, Literal(government.romaji, lang="ja-Latn")),
        (iri, JDX.localGovernmentCode, Literal(government.code)),
        (iri, JDX.standardAreaCode, SAC[f"C{government.code[:5]}"]),
    ]
    if not prefecture:
        triples.append((iri, JDX.inPrefecture, ID[f"lg/{government.prefecture}"]))
    triples.append((iri, DCTERMS.type, C[f"lg-{government.kind}"]))
    if row.get("population_wikidata", "0") not in ("", "0"):  # 0 stands for "no figure" (data/README.md)
        triples.append((iri, JDX.sizeForOrdering, Literal(row["population_wikidata"], datatype=XSD.integer)))
    if row.get("corporate_number"):
        triples.append((iri, JDX.corporateNumber, Literal(row["corporate_number"])))
    if row.get("wikidata"):
        triples.append((iri, SCHEMA.sameAs, WD[row["wikidata"]]))
    if row.get("url"):
        triples.append((iri, SCHEMA.url, URIRef(row["url"])))
    return triples


def fiscal_year_triples(year: int) -> list[tuple[Node, Node, Node]]:
    """One fiscal year: 1 April to 31 March, labels with the era (ontology §8)."""
    iri = FY[str(year)]
    era = [f"令和{_count(year - 2018)}年度"] if year >= 2019 else []
    if year <= 2019:
        era.append(f"平成{_count(year - 1988)}年度")
    short = f"R{year - 2018}" if year >= 2019 else f"H{year - 1988}"
    triples: list[tuple[Node, Node, Node]] = [
        (iri, RDF.type, JDX.FiscalYear),
        (iri, DCAT.startDate, Literal(f"{year}-04-01", datatype=XSD.date)),
        (iri, DCAT.endDate, Literal(f"{year + 1}-03-31", datatype=XSD.date)),
        (iri, RDFS.label, Literal(era[0], lang="ja")),
        (iri, RDFS.label, Literal(f"FY{year} (Apr {year}–Mar {year + 1})", lang="en")),
        (iri, SKOS.altLabel, Literal(f"{year}年度", lang="ja")),
        (iri, SKOS.altLabel, Literal(short)),
    ]
    triples += [(iri, SKOS.altLabel, Literal(other, lang="ja")) for other in era[1:]]
    return triples


def _count(number: int) -> str:
    return "元" if number == 1 else str(number)


def reference_quads(governments: Mapping[str, Government], registers: Registers) -> list[Quad]:
    """All reference statements; registers are identities only (IRI, name, issuer)."""
    triples: list[tuple[Node, Node, Node]] = []
    for government in governments.values():
        triples += government_triples(government)
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        triples += fiscal_year_triples(year)
    for entries in registers.triples.values():
        triples += entries
    triples += project_triples()
    return [(s, p, o, REFERENCE) for s, p, o in triples]


def vocabulary_quads(graphs: Mapping[str, Graph]) -> list[Quad]:
    """Ontology and schemes as quads: jdx.ttl and alignments.ttl in graph/ontology, the schemes in graph/scheme."""
    quads: list[Quad] = []
    for name, graph in graphs.items():
        target = ONTOLOGY if name in ("jdx.ttl", "alignments.ttl") else SCHEME
        quads += [(s, p, o, target) for s, p, o in graph]
    return quads

"""What is counted for the descriptions; every number comes from the store (VoID §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keikaku.endpoint import Opened
from keikaku.namespaces import BASE, GRAPH

#: Name of a linkset → beginning of the IRIs it leads to, who answers for these in Japanese and English, and the properties that link.
TARGETS: dict[str, tuple[str, str, str, str]] = {
    "wikidata": ("http://www.wikidata.org/entity/", "Wikidata", "Wikidata", "schema:sameAs"),
    "area-codes": ("http://data.e-stat.go.jp/lod/sac/", "統計LODの標準地域コード", "standard area codes of the statistics LOD", "jdx:standardAreaCode"),
    "e-gov-laws": ("https://laws.e-gov.go.jp/law/", "e-Gov法令検索", "e-Gov law search", "schema:url"),
    "qudt-units": ("http://qudt.org/vocab/unit/", "QUDTの単位", "units of QUDT", "jdx:unit rdfs:seeAlso"),
}  # fmt: skip


@dataclass(frozen=True)
class Links:
    """Links to one dataset of others: how many by predicate, and how many things they lead from and to."""

    name: str
    predicates: Mapping[str, int]
    subjects: int
    objects: int

    @property
    def triples(self) -> int:
        """All links."""
        return sum(self.predicates.values())


@dataclass(frozen=True)
class Counts:
    """The numbers of one set of graphs. Statements that several graphs make are counted once."""

    triples: int
    entities: int
    subjects: int
    objects: int
    properties: Mapping[str, int]
    classes: Mapping[str, int]


def count(store: Opened, graphs: Iterable[str] = ()) -> Counts:
    """Count the union of these graphs, or of all."""
    own = "".join(f"FROM <{graph}>\n" for graph in sorted(graphs))

    def number(what: str, where: str = "?s ?p ?o") -> int:
        return int(str(store.select(f"SELECT ({what} AS ?n)\n{own}WHERE {{ {where} }}").rows[0][0]))

    def table(what: str, by: str, where: str) -> dict[str, int]:
        rows = store.select(f"SELECT {by} ({what} AS ?n)\n{own}WHERE {{ {where} }} GROUP BY {by} ORDER BY {by}").rows
        return {str(one): int(str(n)) for one, n in rows}

    properties = table("COUNT(*)", "?p", "{ SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }")
    return Counts(
        triples=sum(properties.values()),
        entities=number("COUNT(DISTINCT ?s)", f'?s ?p ?o FILTER(STRSTARTS(STR(?s), "{BASE}"))'),
        subjects=number("COUNT(DISTINCT ?s)"),
        objects=number("COUNT(DISTINCT ?o)"),
        properties=properties,
        classes=table("COUNT(DISTINCT ?s)", "?class", "?s a ?class"),
    )


def count_links(store: Opened) -> list[Links]:
    """The links to each dataset of others, those that exist. Statements about the other side are no links to it."""
    found = []
    for name in TARGETS:
        where = links_where(name)
        rows = store.select(
            f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ {{ SELECT DISTINCT ?s ?p ?o WHERE {{ {where} }} }} }} GROUP BY ?p ORDER BY ?p"
        ).rows
        if rows:
            ends = store.select(
                f"SELECT (COUNT(DISTINCT ?s) AS ?from) (COUNT(DISTINCT ?o) AS ?to) WHERE {{ {where} }}"
            ).rows[0]
            found.append(Links(name, {str(p): int(str(n)) for p, n in rows}, int(str(ends[0])), int(str(ends[1]))))
    return found


def links_where(name: str) -> str:
    """The pattern of the links of one linkset: from a thing of ours into the target."""
    target, *_, predicates = TARGETS[name]
    return f'VALUES ?p {{ {predicates} }} ?s ?p ?o FILTER(ISIRI(?o) && STRSTARTS(STR(?o), "{target}") && STRSTARTS(STR(?s), "{BASE}"))'


def documents(store: Opened) -> list[str]:
    """The ids of the documents whose graphs the store holds."""
    start = f"{GRAPH}doc/"
    return [graph.removeprefix(start) for graph in store.graphs() if graph.startswith(start)]


def graphs_of(store: Opened, document: str) -> list[str]:
    """The graphs of one document that exist (ontology §3.3)."""
    have = set(store.graphs())
    return [g for role in ("doc", "curation", "inferred") if (g := f"{GRAPH}{role}/{document}") in have]

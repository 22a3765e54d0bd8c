"""The service description at /sparql (SPARQL 1.1 Service Description): what this endpoint can do, holds and allows."""

from __future__ import annotations

from urllib.parse import quote

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from keikaku.ask.kept import once
from keikaku.namespaces import GRAPH, LICENCE, XSD
from keikaku.pages import data
from keikaku.pages.site import Site
from keikaku.serve.limits import Limits
from keikaku.serve.reader import Reader
from keikaku.serve.shelf import Made

_TEXT = """
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix ent: <http://www.w3.org/ns/entailment/> .
@prefix formats: <http://www.w3.org/ns/formats/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <http://schema.org/> .
<#service> a sd:Service ; sd:endpoint <> ; sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;
  sd:defaultEntailmentRegime ent:Simple ;
  sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML, formats:SPARQL_Results_CSV, formats:SPARQL_Results_TSV,
    formats:Turtle, formats:N-Triples, formats:RDF_XML, formats:JSON-LD ;
  sd:defaultDataset <#dataset> ; sd:availableGraphs <#graphs> .
<#dataset> a sd:Dataset ; sd:defaultGraph <#union> ; dcterms:license <%s> .
<#union> a sd:Graph ; dcterms:description "すべての名前付きグラフの和"@ja, "The union of all named graphs"@en .
<#graphs> a sd:GraphCollection .
"""
_SD = "http://www.w3.org/ns/sparql-service-description#"
_TRIPLES = URIRef("http://rdfs.org/ns/void#triples")
#: Beyond so many statements those of the union are not counted: it would take longer than a client waits.
_COUNTED = 3_000_000
#: Name of a limit → its unit (UN/CEFACT) or ""; what it is in both languages.
_LIMITS = {
    "seconds": ("SEC", "一つの問い合わせの時間", "time of one query"),
    "rows": ("", "一つの答えの行または文の数", "rows or triples of one answer"),
    "answer": ("AD", "一つの答えのバイト数", "bytes of one answer"),
    "body": ("AD", "要求のバイト数", "bytes of a request"),
    "megabytes": ("4L", "一つの問い合わせの記憶域(MB)", "memory of one query (MB)"),
    "workers": ("", "同時に答える短い問い合わせの数", "short queries at once"),
    "long": ("", "同時に続ける長い問い合わせの数", "long queries at once"),
    "waiting": ("", "待てる問い合わせの数", "queries that may wait"),
}


#: Stands in a description for the address of the service, which is known with a request; no host has this name (RFC 6761).
_HERE = "http://here.invalid/sparql"


def description(reader: Reader, site: Site, limits: Limits, form: str, address: str) -> bytes:
    """The description of the service at an address in this form (media type), written once for a build."""

    def make() -> Made:
        return 200, form, data.to_bytes(describe_service(site, _HERE, limits), form)

    *_, content = reader.keep(site, ("description", limits, form), make)
    return content.replace(_HERE.encode(), quote(address, safe=":/[]@").encode())


def describe_service(site: Site, address: str, limits: Limits) -> list[tuple[Node, Node, Node]]:
    """The triples of the description, with every named graph of the store and its true size."""
    graph = Graph()
    graph.parse(data=_TEXT % LICENCE, format="turtle", publicID=address)
    service, dataset, union, graphs = (
        URIRef(f"{address}#{name}") for name in ("service", "dataset", "union", "graphs")
    )
    for lang, words in _words(limits).items():
        graph.add((service, URIRef("http://purl.org/dc/terms/description"), Literal(words, lang=lang)))
    for name, (unit, ja, en) in _LIMITS.items():
        node = URIRef(f"{address}#limit-{name}")
        graph.add((service, URIRef("http://schema.org/additionalProperty"), node))
        for key, value in (
            ("name", Literal(ja, lang="ja")),
            ("name", Literal(en, lang="en")),
            ("propertyID", Literal(f"KEIKAKU_SPARQL_{name.upper()}")),
            (
                "value",
                Literal(
                    f"{getattr(limits, name):g}" if name == "seconds" else str(getattr(limits, name)),
                    datatype=XSD.decimal,
                ),
            ),
            ("unitCode", Literal(unit)),
        ):
            if str(value):
                graph.add((node, URIRef(f"http://schema.org/{key}"), value))
    sizes = sizes_of(site)
    for name, size in sizes.items():
        node = URIRef(f"{address}#{name.removeprefix(str(GRAPH)).replace('/', '-')}")
        held = URIRef(f"{node}-graph")
        graph.add((dataset, URIRef(_SD + "namedGraph"), node))
        graph.add((graphs, URIRef(_SD + "namedGraph"), node))
        graph.add((node, URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), URIRef(_SD + "NamedGraph")))
        graph.add((node, URIRef(_SD + "name"), URIRef(name)))
        graph.add((node, URIRef(_SD + "graph"), held))
        graph.add((held, URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), URIRef(_SD + "Graph")))
        graph.add((held, _TRIPLES, Literal(size)))
    if sum(sizes.values()) <= _COUNTED:
        graph.add((union, _TRIPLES, Literal(_count(site, "{ ?s ?p ?o }"))))
    return list(graph)


def sizes_of(site: Site) -> dict[str, int]:
    """Named graph → number of its triples, looked up once for a build."""
    return once(site.store, "sizes of graphs", lambda: _sizes(site))


def _sizes(site: Site) -> dict[str, int]:
    """Named graph → number of its triples: as the metadata tell, which the build counted; those of the metadata counted here."""
    meta = f"{GRAPH}meta"
    rows = site.store.select(f"SELECT ?g ?n WHERE {{ GRAPH <{meta}> {{ ?g a prov:Entity ; dcterms:extent ?n }} }}").rows
    told = {str(name): int(str(size)) for name, size in rows}
    return {
        name: told[name] if name in told else _count(site, f"{{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
        for name in site.store.graphs()
    }


def _count(site: Site, pattern: str) -> int:
    return int(str(site.store.select(f"SELECT (COUNT(*) AS ?n) WHERE {pattern}").rows[0][0]))


def _words(limits: Limits) -> dict[str, str]:
    return {
        "ja": f"読み取り専用。一つの問い合わせは {limits.seconds:g} 秒、{limits.megabytes:,} MB まで、答えは {limits.rows:,} 行、"
        f"{limits.answer:,} バイトまで、要求は {limits.body:,} バイトまで。SERVICE と更新は使えません。",
        "en": f"Read-only. One query may take {limits.seconds:g} seconds and {limits.megabytes:,} MB, its answer {limits.rows:,} rows "
        f"and {limits.answer:,} bytes, the request {limits.body:,} bytes. SERVICE and updates are refused.",
    }

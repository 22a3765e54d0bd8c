"""The service description at /sparql (SPARQL 1.1 Service Description): what this endpoint can do, and its limits."""

from __future__ import annotations

from rdflib import Graph, URIRef
from rdflib.term import Node

from keikaku.namespaces import GRAPH
from keikaku.pages.site import Site
from keikaku.serve.limits import Limits

_TEXT = """
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix formats: <http://www.w3.org/ns/formats/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .
<#service> a sd:Service ; sd:endpoint <> ; sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML, formats:SPARQL_Results_CSV, formats:SPARQL_Results_TSV,
    formats:Turtle, formats:N-Triples, formats:RDF_XML, formats:JSON-LD ;
  dcterms:description "Read-only. One query may take {seconds:g} seconds and {megabytes} MB, its answer {rows} rows, the request {body} bytes. SERVICE is refused."@en ;
  sd:defaultDataset <#dataset> .
<#dataset> a sd:Dataset ; sd:defaultGraph <#union> .
<#union> a sd:Graph ; dcterms:description "The union of all named graphs."@en .
"""
_SD = "http://www.w3.org/ns/sparql-service-description#"


def describe_service(site: Site, address: str, limits: Limits) -> list[tuple[Node, Node, Node]]:
    """The triples of the description, with every named graph of the store."""
    graph = Graph()
    text = _TEXT.format(seconds=limits.seconds, megabytes=limits.megabytes, rows=limits.rows, body=limits.body)
    graph.parse(data=text, format="turtle", publicID=address)
    dataset = URIRef(f"{address}#dataset")
    for name in site.store.graphs():
        if name.startswith(str(GRAPH)):
            node = URIRef(f"{address}#{name.removeprefix(str(GRAPH)).replace('/', '-')}")
            graph.add((dataset, URIRef(_SD + "namedGraph"), node))
            graph.add((node, URIRef(_SD + "name"), URIRef(name)))
    return list(graph)

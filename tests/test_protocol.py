"""SPARQL 1.1 Protocol and Service Description, clause by clause, for a service that only reads.

Clauses are those of the recommendations of 21 March 2013; each test names the one it holds the service to.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from keikaku.namespaces import BASE, GRAPH
from keikaku.serve import Limits, make_app
from keikaku.settings import Settings
from keikaku.store import open_current
from serving import served

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
PLANS = "SELECT ?p WHERE { ?p a jdx:Plan }"
TITLES = "CONSTRUCT { ?p dcterms:title ?t } WHERE { ?p a jdx:Plan ; dcterms:title ?t }"
PLAN = f"{BASE}id/plan/990019/dx/2023"
META = f"{GRAPH}meta"
SPARQL_QUERY = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LIMITS = Limits(seconds=3, workers=1, long=1, rows=400, answer=60_000, body=100_000, patience=2)
RDF_FORMS = {"text/turtle": "turtle", "application/ld+json": "json-ld", "application/n-triples": "nt", "application/rdf+xml": "xml"}  # fmt: skip


@pytest.fixture(scope="module")
def client(built_world: Settings) -> Iterator[httpx.Client]:
    with served(make_app(built_world, LIMITS), LIMITS) as made:
        yield made


def plans(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["p"]["value"] for row in answer.json()["results"]["bindings"]]


# -- §2.1 query operation


def test_2_1_1_query_by_get(client: httpx.Client) -> None:
    assert plans(client.get(f"/sparql?query={quote(PLANS)}")) == [PLAN]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded;charset=UTF-8"])  # fmt: skip
def test_2_1_2_query_by_post_of_a_form(client: httpx.Client, kind: str) -> None:
    assert plans(client.post("/sparql", content=f"query={quote(PLANS)}", headers={"Content-Type": kind})) == [PLAN]
    plus = PLANS.replace(" ", "+").replace("?", "%3F").replace("{", "%7B").replace("}", "%7D")
    assert plans(client.post("/sparql", content=f"query={plus}", headers={"Content-Type": kind})) == [PLAN]


@pytest.mark.parametrize("kind", ["application/sparql-query", "application/sparql-query; charset=utf-8", "APPLICATION/SPARQL-QUERY"])  # fmt: skip
def test_2_1_3_query_by_post_directly(client: httpx.Client, kind: str) -> None:
    assert plans(client.post("/sparql", content=PLANS, headers={"Content-Type": kind})) == [PLAN]
    japanese = 'ASK { ?p dcterms:title ?t FILTER(CONTAINS(STR(?t), "計画")) }'
    assert client.post("/sparql", content=japanese.encode(), headers=SPARQL_QUERY).json()["boolean"] is True


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_2_1_4_the_dataset_of_the_protocol(client: httpx.Client, way: str) -> None:
    def count(query: str, *pairs: tuple[str, str]) -> int:
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
        if way == "get":
            answer = client.get(f"/sparql?{asked}&query={quote(query)}")
        elif way == "form":
            answer = client.post("/sparql", content=f"query={quote(query)}&{asked}", headers=FORM)
        else:
            answer = client.post(f"/sparql?{asked}", content=query, headers=SPARQL_QUERY)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    plain, inside = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    scheme = f"{GRAPH}scheme"
    meta, schemes = count(plain, ("default-graph-uri", META)), count(plain, ("default-graph-uri", scheme))
    assert count(plain, ("default-graph-uri", META), ("default-graph-uri", scheme)) == meta + schemes
    assert count(inside, ("named-graph-uri", META)) == meta
    assert count(inside, ("named-graph-uri", META), ("named-graph-uri", scheme)) == meta + schemes
    assert count(plain, ("named-graph-uri", META)) == 0, "named graphs only: the default graph is empty"
    assert count(inside, ("default-graph-uri", META)) == 0, "default graphs only: there is no named graph"
    assert count(plain, ("default-graph-uri", f"{GRAPH}none")) == 0
    both = f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}none> {{ ?s ?p ?o }}"
    assert count(both, ("default-graph-uri", META)) == meta, "the protocol's dataset overrides that of the query"


def test_2_1_4_without_one_the_query_names_its_dataset(client: httpx.Client) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{META}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    asked = client.get("/sparql", params={"query": query}).json()["results"]["bindings"][0]["n"]["value"]
    named = client.get("/sparql", params={"query": query.replace("FROM NAMED", "#"), "named-graph-uri": META})
    assert int(asked) > 0 and named.status_code == 400, "a comment swallowed the rest"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        ("image/png, text/csv;q=0.1", "text/csv"),
        ("text/turtle, application/sparql-results+xml;q=0.2", "application/sparql-results+xml"),
    ],
)
@pytest.mark.parametrize("query", [PLANS, "ASK {}"])
def test_2_1_5_tables_by_content_negotiation(client: httpx.Client, query: str, accept: str, media: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("query", [TITLES, f"DESCRIBE <{PLAN}>"])
@pytest.mark.parametrize("media", ["", "*/*", *RDF_FORMS])
def test_2_1_5_graphs_by_content_negotiation(client: httpx.Client, query: str, media: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": media})
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind == (media if media in RDF_FORMS else "text/turtle")
    assert (URIRef(PLAN), None, None) in Graph().parse(data=answer.content, format=RDF_FORMS[kind])


def test_2_1_6_the_four_forms_of_a_table_say_the_same(client: httpx.Client) -> None:
    query = (
        'SELECT ?iri ?plain ?lang ?typed ?none WHERE { BIND(<http://e.org/a?b=1&c> AS ?iri) BIND("a \\"q\\", <ü>\\t\\n" AS ?plain) '
        'BIND("計画"@ja AS ?lang) BIND(12 AS ?typed) }'
    )

    def ask(media: str) -> str:
        return client.post("/sparql", data={"query": query}, headers={"Accept": media}).text

    found = json.loads(ask("application/sparql-results+json"))
    assert found["head"]["vars"] == ["iri", "plain", "lang", "typed", "none"]
    row = found["results"]["bindings"][0]
    assert row == {
        "iri": {"type": "uri", "value": "http://e.org/a?b=1&c"},
        "plain": {"type": "literal", "value": 'a "q", <ü>\t\n'},
        "lang": {"type": "literal", "value": "計画", "xml:lang": "ja"},
        "typed": {"type": "literal", "value": "12", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
    }
    names = {"s": "http://www.w3.org/2005/sparql-results#"}
    root = ElementTree.fromstring(ask("application/sparql-results+xml"))
    cells = {b.get("name"): b[0] for b in root.findall("s:results/s:result/s:binding", names)}
    assert [v.get("name") for v in root.findall("s:head/s:variable", names)] == found["head"]["vars"]
    assert {name: cell.text for name, cell in cells.items()} == {name: term["value"] for name, term in row.items()}
    assert cells["typed"].get("datatype", "").endswith("integer") and cells["iri"].tag.endswith("uri")
    header, values = list(csv.reader(io.StringIO(ask("text/csv"), newline="")))
    assert (header, values) == (found["head"]["vars"], [row[n]["value"] if n in row else "" for n in header])
    first, second = ask("text/tab-separated-values").splitlines()
    assert first == "?iri\t?plain\t?lang\t?typed\t?none"
    assert second.split("\t")[0] == "<http://e.org/a?b=1&c>" and second.split("\t")[2] == '"計画"@ja'


REFUSED = [
    ("no query", "POST", {}, b"", FORM, 400),
    ("syntax", "GET", {"query": "SELECT *\nWHERE { ?s ?p }"}, b"", {}, 400),
    ("not a query", "GET", {"query": "hello"}, b"", {}, 400),
    ("empty", "GET", {"query": "  "}, b"", {}, 400),
    ("undeclared prefix", "GET", {"query": "ASK { ?s nobody:knows ?o }"}, b"", {}, 400),
    ("update by GET", "GET", {"update": "CLEAR ALL"}, b"", {}, 400),
    ("update as a query", "GET", {"query": "INSERT DATA { <x:a> <x:b> <x:c> }"}, b"", {}, 400),
    ("update by form", "POST", {}, b"update=CLEAR+ALL", FORM, 400),
    ("update directly", "POST", {}, b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 400),
    ("load", "POST", {}, b"LOAD <http://127.0.0.1/>", SPARQL_QUERY, 400),
    ("service", "POST", {}, b"SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", SPARQL_QUERY, 400),
    ("two queries", "GET", [("query", PLANS), ("query", PLANS)], b"", {}, 400),
    ("relative graph", "GET", {"query": PLANS, "default-graph-uri": "a b"}, b"", {}, 400),
    ("not UTF-8", "POST", {}, b"\xff\xfe", SPARQL_QUERY, 400),
    ("bad percent", "POST", {}, b"query=%FF", FORM, 400),
    ("bad percent in the address", "GET", "query=%E3%81", b"", {}, 400),
    ("cannot be written so", "GET", {"query": PLANS}, b"", {"Accept": "image/png"}, 406),
    ("a table as a graph", "GET", {"query": PLANS}, b"", {"Accept": "text/turtle"}, 406),
    ("a graph as a table", "GET", {"query": TITLES}, b"", {"Accept": "text/csv"}, 406),
    ("unknown format", "GET", {"query": PLANS, "format": "pdf"}, b"", {}, 406),
    ("too many rows", "GET", {"query": "SELECT * { ?s ?p ?o }"}, b"", {}, 413),
    ("too many triples", "GET", {"query": "CONSTRUCT WHERE { ?s ?p ?o }"}, b"", {}, 413),
    ("too many bytes", "GET", {"query": "SELECT (GROUP_CONCAT(STR(?s)) AS ?x) { ?s ?p ?o }"}, b"", {}, 413),
    ("too large", "POST", {}, b"#" * 100_001, SPARQL_QUERY, 413),
    ("another type", "POST", {}, b"x", {"Content-Type": "text/plain"}, 415),
    ("no type", "POST", {}, b"", {}, 415),
    ("json", "POST", {}, b"{}", {"Content-Type": "application/json"}, 415),
    ("compressed", "POST", {}, b"x", SPARQL_QUERY | {"Content-Encoding": "gzip"}, 415),
    ("another method", "PUT", {}, b"", {}, 405),
    ("deleting", "DELETE", {}, b"", {}, 405),
    ("too slow", "GET", {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"}, b"", {}, 503),
]  # fmt: skip


@pytest.mark.parametrize(("name", "method", "params", "content", "headers", "status"), REFUSED, ids=[r[0] for r in REFUSED])  # fmt: skip
def test_2_1_7_failures_are_one_sentence_in_both_languages(
    client: httpx.Client, name: str, method: str, params: object, content: bytes, headers: dict[str, str], status: int
) -> None:
    asked = f"/sparql?{params}" if isinstance(params, str) else "/sparql"
    given = {} if isinstance(params, str) else {"params": params}
    answer = client.request(method, asked, content=content, headers=headers, **given)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    japanese, slash, english = answer.text.rstrip("\n").partition(" / ")
    assert slash and "\n" not in answer.text.rstrip("\n") and english.endswith(".")
    assert any("ぁ" <= c <= "ん" for c in japanese), answer.text
    assert ("retry-after" in answer.headers) == (status == 503)
    assert "Traceback" not in answer.text


def test_a_mistake_is_named_with_its_line_and_column(client: httpx.Client) -> None:
    text = client.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}).text
    assert "2 行 16 列目: 問い合わせを読めません" in text and "line 2, column 16" in text


def test_nothing_was_changed_by_any_of_this(client: httpx.Client, built_world: Settings) -> None:
    before = open_current(built_world.current).nquads()
    for text in ("CLEAR ALL", "DROP ALL", "INSERT DATA { <x:a> <x:b> <x:c> }", "DELETE WHERE { ?s ?p ?o }", "LOAD <file:///etc/passwd>"):  # fmt: skip
        for request in (
            {"data": {"update": text}},
            {"data": {"query": text}},
            {"content": text, "headers": SPARQL_QUERY},
        ):
            assert client.post("/sparql", **request).status_code == 400  # type: ignore[arg-type]
    assert open_current(built_world.current).nquads() == before


# -- what other sites' programs and HTTP itself ask for


def test_head_says_what_get_would(client: httpx.Client) -> None:
    for params in ({"query": PLANS}, {"query": "SELECT"}, {}):
        get, head = (client.request(m, "/sparql", params=params) for m in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["content-type"] == get.headers["content-type"]
        assert head.headers.get("etag") == get.headers.get("etag")


@pytest.mark.parametrize("path", ["/sparql", "/id/plan/990019/dx/2023", "/questions/who-lacks.json", "/"])
def test_a_browser_on_another_site_may_ask(client: httpx.Client, path: str) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept"}  # fmt: skip
    answer = client.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert "Accept" in answer.headers["access-control-allow-headers"]
    assert ("POST" in answer.headers["allow"]) == (path == "/sparql")
    assert client.get(path, headers={"Origin": "https://example.org"}).headers["access-control-allow-origin"] == "*"


def test_an_answer_that_the_client_has_is_not_sent_again(client: httpx.Client) -> None:
    tag = client.get("/sparql", params={"query": PLANS}).headers["etag"]
    assert client.get("/sparql", params={"query": PLANS}, headers={"If-None-Match": tag}).status_code == 304


# -- Service Description


@pytest.fixture(scope="module")
def description(client: httpx.Client) -> Graph:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    return Graph().parse(data=answer.content, format="turtle")


@pytest.mark.parametrize("media", ["", "*/*", *RDF_FORMS])
def test_sd_2_the_endpoint_describes_itself_in_every_rdf_form(client: httpx.Client, description: Graph, media: str) -> None:  # fmt: skip
    answer = client.get("/sparql", headers={"Accept": media})
    kind = answer.headers["content-type"].partition(";")[0]
    made = Graph().parse(data=answer.content, format=RDF_FORMS[kind])
    assert len(made) == len(description)


def test_sd_3_4_the_description_says_what_the_service_does(client: httpx.Client, description: Graph) -> None:
    (service,) = description.subjects(RDF.type, SD.Service)
    (endpoint,) = description.objects(service, SD.endpoint)
    assert plans(client.get(str(endpoint), params={"query": PLANS})) == [PLAN], "sd:endpoint is where queries go"
    assert set(description.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert set(description.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    promised = set(description.objects(service, SD.resultFormat))
    media = {
        FORMATS["SPARQL_Results_JSON"]: "application/sparql-results+json", FORMATS["SPARQL_Results_XML"]: "application/sparql-results+xml",
        FORMATS["SPARQL_Results_CSV"]: "text/csv", FORMATS["SPARQL_Results_TSV"]: "text/tab-separated-values", FORMATS["Turtle"]: "text/turtle",
        FORMATS["N-Triples"]: "application/n-triples", FORMATS["RDF_XML"]: "application/rdf+xml", FORMATS["JSON-LD"]: "application/ld+json",
    }  # fmt: skip
    assert promised == set(media)
    for form in promised:
        query = TITLES if media[form] in RDF_FORMS else PLANS
        assert client.get("/sparql", params={"query": query}, headers={"Accept": media[form]}).status_code == 200


def test_sd_the_dataset_is_the_one_in_the_store_with_true_numbers(description: Graph, built_world: Settings) -> None:
    store = open_current(built_world.current)
    (dataset,) = description.objects(None, SD.defaultDataset)
    named = {str(next(description.objects(n, SD.name))): n for n in description.objects(dataset, SD.namedGraph)}
    assert sorted(named) == store.graphs()
    for name, node in named.items():
        size = store.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}").rows[0][0]
        (held,) = description.objects(node, SD.graph)
        assert [str(n) for n in description.objects(held, VOID.triples)] == [str(size)], name
    (union,) = description.objects(dataset, SD.defaultGraph)
    distinct = {line.rpartition(b" <")[0] for line in store.nquads().splitlines()}
    assert list(description.objects(union, VOID.triples)) == [Literal(len(distinct))]


def test_the_limits_are_announced_as_they_are_set(description: Graph) -> None:
    schema = Namespace("http://schema.org/")
    told = {
        str(next(description.objects(node, schema.propertyID))): float(next(description.objects(node, schema.value)))
        for node in description.objects(None, schema.additionalProperty)
    }
    for name, value in told.items():
        assert value == getattr(LIMITS, name.removeprefix("KEIKAKU_SPARQL_").lower())
    assert {"KEIKAKU_SPARQL_SECONDS", "KEIKAKU_SPARQL_ROWS", "KEIKAKU_SPARQL_MEGABYTES"} <= set(told)
    words = " ".join(str(o) for o in description.objects(None, URIRef("http://purl.org/dc/terms/description")))
    assert "3 seconds" in words and "3 秒" in words and "400 rows" in words


# -- clients that others have written


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper's own
@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("conneg", [True, False])
def test_sparqlwrapper_reads_every_form(client: httpx.Client, method: str, conneg: bool) -> None:
    wrapper = SPARQLWrapper(f"{client.base_url}/sparql")
    wrapper.setMethod(method)
    wrapper.setOnlyConneg(conneg)
    for form in (JSON, XML, CSV, TSV):
        wrapper.setQuery("PREFIX jdx: <https://w3id.org/jichitai-dx/ont#> " + PLANS)
        wrapper.setReturnFormat(form)
        found = wrapper.queryAndConvert()
        text = found.toxml() if form == XML else found.decode() if isinstance(found, bytes) else json.dumps(found)
        assert PLAN in text, form
    for form in (TURTLE, N3, RDFXML, JSONLD):
        wrapper.setQuery("PREFIX dcterms: <http://purl.org/dc/terms/> CONSTRUCT { ?p dcterms:title ?t } WHERE { ?p a <https://w3id.org/jichitai-dx/ont#Plan> ; dcterms:title ?t }")  # fmt: skip
        wrapper.setReturnFormat(form)
        made = wrapper.queryAndConvert()
        graph = made if isinstance(made, Graph) else Graph().parse(data=made, format="turtle")
        assert (URIRef(PLAN), None, None) in graph, form


def test_sparqlwrapper_posts_directly_and_hears_of_mistakes(client: httpx.Client) -> None:
    wrapper = SPARQLWrapper(f"{client.base_url}/sparql", returnFormat=JSON)
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(POSTDIRECTLY)
    wrapper.setQuery("ASK { ?s ?p ?o }")
    assert wrapper.queryAndConvert()["boolean"] is True
    wrapper.setQuery("SELECT * WHERE {")
    with pytest.raises(QueryBadFormed, match="line 1"):
        wrapper.query()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
@pytest.mark.parametrize(
    "words",
    [
        ["--data-urlencode", f"query={PLANS}"],
        ["--get", "--data-urlencode", f"query={PLANS}"],
        ["-H", "Content-Type: application/sparql-query", "--data-binary", PLANS],
        ["-H", "Content-Type: application/sparql-query", "-H", "Expect: 100-continue", "--data-binary", PLANS],
        ["--compressed", "--data-urlencode", f"query={PLANS}"],
    ],
)
def test_curl_is_answered(client: httpx.Client, words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "-H", "Accept: text/csv", *words, f"{client.base_url}/sparql"],
        capture_output=True, text=True, check=True, timeout=30, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.split() == ["p", PLAN]

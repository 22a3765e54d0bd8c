"""The service: every IRI in every form it promises, the SPARQL protocol, limits that hold, a new build without a restart."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from rdflib import RDFS, Graph, Literal, URIRef

from keikaku import store
from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE
from keikaku.serve import Limits, make_app, run
from keikaku.serve.limits import read_limits
from keikaku.serve.negotiate import choose
from keikaku.settings import Settings
from serving import served

PLAN = "/id/plan/990019/dx/2023"
KPI = f"{PLAN}/i/1-03/k/1"
PLANS = "SELECT ?p WHERE { ?p a jdx:Plan }"
#: A product of four times the whole graph, which no machine finishes.
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
RDF = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
}


@pytest.fixture(scope="module")
def client(built_world: Settings) -> Iterator[httpx.Client]:
    with served(make_app(built_world, Limits(seconds=1.5, workers=1, rows=500))) as made:
        yield made


def get(client: httpx.Client, path: str, accept: str = BROWSER) -> tuple[int, str, str]:
    answer = client.get(path, headers={"Accept": accept})
    return answer.status_code, answer.headers.get("content-type", "").partition(";")[0], answer.text


# -- negotiation


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/*;q=0.3, text/turtle", "text/turtle"),
        ("text/html;q=0, */*", "text/turtle"),
        ("text/turtle;q=0.8, application/*;q=0.9", "application/n-triples"),
        ("TEXT/TURTLE; charset=utf-8", "text/turtle"),
        ("image/png", None),
        ("nonsense", None),
        ("text/turtle;q=2", None),
    ],
)
def test_the_most_precise_range_and_the_highest_weight_choose_the_form(accept: str, chosen: str | None) -> None:
    assert choose(accept, ["text/html", "text/turtle", "application/n-triples"]) == chosen


# -- things


@pytest.mark.parametrize("path", [PLAN, KPI, "/id/lg/990019", "/theme/cashless", "/theme/", "/code/acc-cumulative", "/ont", "/graph/reference", "/indicator/cashless-counter-count", "/id/fy/2024", "/shape/S13"])  # fmt: skip
@pytest.mark.parametrize("media", ["text/html", *RDF])
def test_every_kind_of_thing_answers_in_every_form(client: httpx.Client, path: str, media: str) -> None:
    first = client.get(path, headers={"Accept": media})
    assert first.status_code == 303
    assert first.headers["vary"].startswith("Accept")
    answer = client.get(first.headers["location"])
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    assert 'rel="alternate"' in answer.headers["link"]
    if media in RDF:
        graph = Graph().parse(data=answer.content, format=RDF[media])
        iri = URIRef(BASE + path.removeprefix("/"))
        assert (iri, None, None) in graph or (None, None, iri) in graph or path.startswith("/graph/")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"{KPI}/t/2024/direct-facility", f"{KPI}.html#t-2024-direct-facility"),
        ("/id/doc/990019-dx-2023/ev/L25", "/id/doc/990019-dx-2023.html#ev-L25"),
        (f"{PLAN}/claim/hasLegalBasis/1", f"{PLAN}.html#claim-hasLegalBasis-1"),
        (f"{PLAN}/period", f"{PLAN}.html#period"),
    ],
)
def test_values_claims_and_evidence_lead_to_their_place_and_have_data_of_their_own(
    client: httpx.Client, path: str, place: str
) -> None:
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, place)
    data = client.get(path, headers={"Accept": "text/turtle"})
    assert data.headers["location"] == f"{path}.ttl"
    graph = Graph().parse(data=client.get(f"{path}.ttl").content, format="turtle")
    assert list(graph.predicate_objects(URIRef(BASE + path.removeprefix("/"))))


def test_the_language_stays_on_the_way_from_a_thing_to_its_page(client: httpx.Client) -> None:
    assert client.get(f"{PLAN}?lang=en", headers={"Accept": "text/html"}).headers["location"] == f"{PLAN}.html?lang=en"
    page = client.get(f"{PLAN}.html?lang=en").text
    assert '<html lang="en">' in page
    assert f'href="{PLAN}.html"' in page


def test_what_does_not_exist_is_404_in_both_languages(client: httpx.Client) -> None:
    for path in (
        "/id/lg/000000",
        "/id/lg/000000.ttl",
        "/nothing",
        "/id/%3Cx%3E",
        "/id/a%00b",
        "/assets/../../pyproject.toml",
        "/assets/none",
        "/questions/none",
    ):
        for accept in (BROWSER, "text/turtle", ""):
            status, _, text = get(client, path, accept)
            assert status == 404, path
            assert ("この番地" in text and "This graph" in text) or "このグラフには" in text
    assert get(client, "/id/lg/000000.csv", "*/*")[1] == "text/plain"
    assert get(client, "/id/lg/000000", "*/*")[1] == "text/html"
    assert get(client, "/id/lg/000000.ttl", BROWSER)[1] == "text/html"


ADDRESSES_WITH_NOTHING = ["/id/lg/000000", "/nothing/at/all", "/questions/none", "/coverage/990019/dx/2032", "/downloads/none.nq", "/assets/none", "/graph/none"]  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES_WITH_NOTHING)
def test_404_explains_in_the_form_that_was_asked_for(client: httpx.Client, path: str) -> None:
    def words(ja: str, en: str) -> None:
        assert path in ja and path in en and "ありません" in ja and "nothing at this address" in en

    for media, form in RDF.items():
        status, kind, text = get(client, path, media)
        assert (status, kind) == (404, media)
        graph = Graph().parse(data=text, format=form)
        (code,) = graph.objects(None, URIRef("http://www.w3.org/2011/http#statusCodeValue"))
        assert code.toPython() == 404
        said = {o.language: str(o) for o in graph.objects(None, RDFS.comment) if isinstance(o, Literal)}
        words(said["ja"], said["en"])
    for media in ("application/json", "application/problem+json", "application/json;q=0.9, text/plain;q=0.2"):
        answer = client.get(path, headers={"Accept": media})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert (answer.json()["status"], answer.json()["title"]) == (404, "Not Found")
        words(answer.json()["ja"], answer.json()["en"])
        assert "Accept" in answer.headers["vary"] and answer.headers["access-control-allow-origin"] == "*"
    status, kind, text = get(client, path, "text/plain")
    assert (status, kind) == (404, "text/plain")
    words(*text.split(" / "))
    assert get(client, path)[:2] == (404, "text/html")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/questions/none.json", "application/problem+json"),
        ("/questions/who-lacks.json?theme=no-such-theme", "application/problem+json"),
        ("/search.json?status=no-such-status", "application/problem+json"),
        ("/id/lg/000000.jsonld", "application/ld+json"),
        ("/id/lg/000000.ttl", "text/turtle"),
        ("/questions/who-lacks.csv?theme=no-such-theme", "text/plain"),
    ],
)
def test_an_error_at_a_file_has_the_form_of_the_file(client: httpx.Client, path: str, kind: str) -> None:
    status, found, text = get(client, path, "*/*")
    assert (status in (400, 404), found) == (True, kind)
    assert any("ぁ" <= c <= "ん" for c in text) and re.search("[a-z]{4}", text)


@pytest.mark.parametrize("path", [PLAN, "/theme/", "/dataset", f"{PLAN}/period"])
@pytest.mark.parametrize("accept", ["image/png", "nonsense", "text/csv;q=0.5", "text/turtle;q=0, */*;q=0"])
def test_a_form_that_we_do_not_have_is_406_with_those_that_we_have(
    client: httpx.Client, path: str, accept: str
) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 406 and "Accept" in answer.headers["vary"]
    ja, _, en = answer.text.partition(" / ")
    assert "出せません" in ja and "cannot be given" in en
    for media in ("text/html", *RDF):
        assert media in ja and media in en


CACHED = ["/", "/?lang=en", "/plans", "/municipalities", "/themes", "/coverage", "/coverage/990019/dx/2023", "/coverage/990019/dx/2023.md", "/questions", "/questions/who-lacks", "/questions/who-lacks.json", "/questions/who-lacks.csv", "/questions/who-lacks.md", "/search?q=DX", "/search.json?q=DX", "/graph", f"{PLAN}.html", f"{PLAN}.ttl", f"{PLAN}.jsonld", f"{PLAN}.nt", f"{PLAN}.rdf", "/ont.html", "/dataset", "/dataset.ttl", "/downloads/keikaku.nq.gz", "/downloads/links/area-codes.nt", "/downloads/checksums.txt", "/ont/context.jsonld", "/findings", "/findings.csv", "/sitemap.xml", "/robots.txt", "/openapi.json", "/assets/keikaku.css", "/sparql", "/sparql?query=ASK%20%7B%7D"]  # fmt: skip


@pytest.mark.parametrize("path", CACHED)
def test_what_the_client_has_is_not_sent_again(client: httpx.Client, path: str) -> None:
    """By entity tag, and by date for clients that keep no tags; a tag goes before a date (RFC 9110 §13.2.2)."""
    first = client.get(path)
    assert first.status_code == 200
    tag, date = first.headers["etag"], first.headers["last-modified"]
    assert parsedate_to_datetime(date) <= parsedate_to_datetime(first.headers["date"])
    for had in ({"If-None-Match": tag}, {"If-None-Match": f'"x", {tag}'}, {"If-None-Match": "*"}, {"If-Modified-Since": date}):  # fmt: skip
        for method in ("GET", "HEAD"):
            again = client.request(method, path, headers=had)
            assert (again.status_code, again.content) == (304, b""), had
            assert again.headers["etag"] == tag
            assert set(first.headers.get("vary", "").split(", ")) - {"Accept-Encoding"} <= set(again.headers.get("vary", "").split(", ")) | {""}  # fmt: skip
    for had in ({"If-None-Match": '"x"'}, {"If-None-Match": '"x"', "If-Modified-Since": date}, {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:01 GMT"}, {"If-Modified-Since": "yesterday"}):  # fmt: skip
        assert client.get(path, headers=had).status_code == 200, had


def test_a_thing_names_its_other_forms_and_what_describes_it(client: httpx.Client) -> None:
    def links(answer: httpx.Response) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for target, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["link"]):
            found.setdefault(rel, set()).add(target)
        return found

    files = {f"{PLAN}{suffix}" for suffix in (".html", ".ttl", ".jsonld", ".nt", ".rdf")}
    thing = links(client.get(PLAN, headers={"Accept": "text/turtle"}))
    assert thing == {"alternate": files, "describedby": {f"{PLAN}.ttl"}}
    page = links(client.get(f"{PLAN}.html"))
    assert page == {"alternate": files - {f"{PLAN}.html"}, "describedby": {f"{PLAN}.ttl"}, "describes": {BASE + PLAN[1:]}}  # fmt: skip
    assert links(client.get(f"{PLAN}.nt"))["describes"] == {BASE + PLAN[1:]}


# -- pages


@pytest.mark.parametrize("path", ["/", "/plans", "/municipalities", "/municipalities?q=990019", "/themes", "/coverage", "/coverage/990019/dx/2023", "/coverage/soumu/mihon-jirei/1.0?lang=en", "/questions", "/questions/who-lacks", "/questions/cq09?lang=en", "/search?q=%E7%AA%93%E5%8F%A3", "/search", "/sparql"])  # fmt: skip
def test_pages_keep_to_themselves(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    scripts = re.findall(r"<script[^>]*>", answer.text)
    assert all(re.search(r' src="/assets/[\w.-]+"| type="application/(ld\+)?json"', one) for one in scripts), scripts
    assert " style=" not in answer.text and not re.search(r"<[^>]* on\w+=", answer.text)
    assert client.head(path, headers={"Accept": BROWSER}).status_code == 200


def test_a_question_is_a_page_and_csv_and_json(client: httpx.Client) -> None:
    status, _, text = get(client, "/questions/who-lacks?theme=cashless&level=initiative")
    assert status == 200
    assert "キャッシュレス" in text
    answer = client.get("/questions/who-lacks.json?theme=cashless").json()
    assert [one["list"] for one in answer["lists"]] == ["lacking", "unknown", "has"]
    assert sum(one["count"] for one in answer["lists"]) == answer["lists"][0]["of"]
    assert client.get("/questions/who-lacks.csv").text.startswith("theme,theme_iri")
    wrong = client.get("/questions/who-lacks.csv?theme=digital-devide")
    assert wrong.status_code == 400
    assert "Did you mean" in wrong.text
    assert "/questions/{question}.csv" in client.get("/openapi.json").json()["paths"]


def test_a_coverage_report_is_a_page_markdown_and_json_and_other_names_lead_to_it(client: httpx.Client) -> None:
    address = "/coverage/990019/dx/2023"
    for name in ("990019", "見本市", "990019-dx-2023"):
        answer = client.get(f"/coverage/{name}", params={"lang": "en"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{address}?lang=en")
    assert client.get("/coverage/990019.md").headers["location"] == f"{address}.md"
    page = client.get(address)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'href="{address}?lang=en"' in page.text
    text = client.get(f"{address}.md", params={"lang": "en"})
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert text.text.startswith("# Mihon City DX Plan")
    assert client.get(f"{address}.json").json()["reports"][0]["expected"] == 57
    assert client.get("/coverage/990019/dx/2032").status_code == 404
    assert address in client.get("/id/plan/990019/dx/2023.html").text


def test_robots_health_and_assets_are_there(client: httpx.Client, built_world: Settings) -> None:
    assert "Disallow" in client.get("/robots.txt").text
    assert client.get("/healthz").json() == {"status": "ok", "build": store.read_build_id(built_world.current)}
    assert client.get("/assets/keikaku.css").headers["content-type"].startswith("text/css")
    assert client.post("/plans").status_code == 405


# -- descriptions and dumps


@pytest.mark.parametrize("media", RDF)
def test_the_dataset_is_described_in_every_form_and_crawlers_find_it(client: httpx.Client, media: str) -> None:
    answer = client.get("/dataset", headers={"Accept": media})
    assert answer.headers["content-type"].startswith(media) and "Accept" in answer.headers["vary"]
    graph = Graph().parse(data=answer.content, format=RDF[media])
    assert len(graph) == len(Graph().parse(data=client.get("/dataset.nt").content, format="nt"))
    found = client.get("/.well-known/void", headers={"Accept": media})
    assert (found.status_code, found.headers["location"]) == (303, "/dataset")
    assert client.get("/dataset", headers={"Accept": "image/png"}).status_code == 406
    again = client.get("/dataset", headers={"Accept": media, "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_dataset_page_links_to_every_dump_and_each_is_there(client: httpx.Client) -> None:
    status, media, text = get(client, "/dataset")
    assert (status, media) == (200, "text/html")
    lines = client.get("/downloads/checksums.txt").text.splitlines()
    assert len(lines) > 10
    for line in lines:
        digest, _, path = line.partition("  ")
        assert f'href="/downloads/{path}"' in text
        answer = client.get(f"/downloads/{path}")
        assert hashlib.sha256(answer.content).hexdigest() == digest
        assert client.get(f"/downloads/{path}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        assert client.head(f"/downloads/{path}").status_code == 200
    assert client.get("/downloads/keikaku.nq.gz").headers["content-type"] == "application/gzip"
    assert client.get("/downloads/").headers["location"] == "/dataset#files"
    for wrong in (
        "/downloads/none.nq",
        "/downloads/../keikaku-build-id",
        "/downloads/%2e%2e/graphs.json",
        "/downloads/tables",
    ):
        assert client.get(wrong).status_code == 404, wrong


def test_the_sitemap_names_pages_that_answer(client: httpx.Client) -> None:
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    urls = [element.text or "" for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(urls) > 400
    for url in urls[::25]:
        assert client.get(url, headers={"Accept": BROWSER}).status_code == 200, url
    assert f"Sitemap: {client.base_url}/sitemap.xml".replace("//sitemap", "/sitemap") in client.get("/robots.txt").text
    assert client.get("/sitemap-2.xml").status_code == 404


def test_the_context_and_the_findings_are_there(client: httpx.Client) -> None:
    answer = client.get("/ont/context.jsonld")
    assert answer.headers["content-type"] == "application/ld+json" and "@context" in answer.json()
    assert client.get("/findings").status_code == 200
    assert client.get("/findings.csv").text.startswith("severity,file,line")
    assert isinstance(client.get("/findings.json").json(), list)


def test_a_long_list_has_pages_and_a_page_too_many_is_404(client: httpx.Client) -> None:
    assert get(client, "/code/acc.html?page=1")[0] == 200
    assert get(client, "/code/acc.html?page=2")[0] == 404


# -- the SPARQL protocol


@pytest.mark.parametrize("way", ["get", "form", "body"])
def test_a_query_is_answered_in_every_way_of_the_protocol(client: httpx.Client, way: str) -> None:
    if way == "get":
        answer = client.get("/sparql", params={"query": PLANS})
    elif way == "form":
        answer = client.post("/sparql", data={"query": PLANS})
    else:
        answer = client.post(
            "/sparql", content=PLANS.encode(), headers={"Content-Type": "application/sparql-query; charset=utf-8"}
        )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"].startswith("application/sparql-results+json")
    assert [row["p"]["value"] for row in answer.json()["results"]["bindings"]] == [BASE + PLAN.removeprefix("/")]


def test_tables_come_as_json_xml_csv_and_tsv(client: httpx.Client) -> None:
    query = 'SELECT ?a ?b ?c ?d WHERE { BIND(<x:y> AS ?a) BIND("<ü>\\t,\\""@ja AS ?b) BIND(1.5 AS ?c) }'

    def ask(accept: str) -> str:
        answer = client.post("/sparql", data={"query": query}, headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(accept)
        return answer.text

    row = json.loads(ask("application/sparql-results+json"))["results"]["bindings"][0]
    assert row["b"] == {"type": "literal", "value": '<ü>\t,"', "xml:lang": "ja"} and "d" not in row
    assert len(ElementTree.fromstring(ask("application/sparql-results+xml")).findall(".//{*}binding")) == 3
    assert ask("text/csv") == 'a,b,c,d\r\nx:y,"<ü>\t,""",1.5,\r\n'
    assert ask("text/tab-separated-values").split("\n")[0] == "?a\t?b\t?c\t?d"
    assert "\\t" in ask("text/tab-separated-values").split("\n")[1]
    assert (
        client.get(
            "/sparql", params={"query": "ASK {}"}, headers={"Accept": "application/sparql-results+xml"}
        ).text.count("true")
        == 1
    )
    assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


@pytest.mark.parametrize("media", RDF)
def test_graphs_come_in_every_rdf_form(client: httpx.Client, media: str) -> None:
    query = "CONSTRUCT { ?p dcterms:title ?t } WHERE { ?p a jdx:Plan ; dcterms:title ?t }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": media})
    assert answer.headers["content-type"].startswith(media)
    assert len(Graph().parse(data=answer.content, format=RDF[media])) == 2


def test_the_default_graph_is_the_union_unless_a_dataset_is_named(client: httpx.Client) -> None:
    meta, query = f"{BASE}graph/meta", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

    def count(text: str = query, **params: str) -> int:
        answer = client.get("/sparql", params={"query": text, **params}, headers={"Accept": "text/csv"})
        assert answer.status_code == 200, answer.text
        return int(answer.text.split()[1])

    named = count(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{meta}> {{ ?s ?p ?o }} }}")
    assert count() > named > 0
    assert count(**{"default-graph-uri": meta}) == named
    assert count(query.replace("WHERE", f"FROM <{meta}> WHERE")) == named
    assert count(query.replace("WHERE", f"FROM <{BASE}graph/none> WHERE"), **{"default-graph-uri": meta}) == named
    assert count(**{"named-graph-uri": meta}) == 0
    assert count("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": meta}) == named


def test_mistakes_are_refused_with_one_sentence(client: httpx.Client) -> None:
    def status(**request: object) -> tuple[int, str]:
        answer = client.request(url="/sparql", **request)  # type: ignore[arg-type]
        assert answer.text.count("\n") == 1, answer.text
        return answer.status_code, answer.text

    code, text = status(method="GET", params={"query": "SELECT *\nWHERE { ?s ?p }"})
    assert code == 400
    assert "line 2, column" in text
    assert status(method="GET", params={"query": "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }"})[0] == 400
    assert status(method="GET", params={"query": "CLEAR ALL"})[0] == 400
    assert status(method="GET", params={"query": " "})[0] == 400
    assert status(method="POST", data={})[0] == 415
    assert status(method="POST", data={"update": "CLEAR ALL"})[0] == 400
    assert status(method="POST", content=b"CLEAR ALL", headers={"Content-Type": "application/sparql-update"})[0] == 400
    assert status(method="POST", content=b"x", headers={"Content-Type": "text/plain"})[0] == 415
    assert status(method="POST", content=b"\xff", headers={"Content-Type": "application/sparql-query"})[0] == 400
    assert (
        status(method="POST", content=b"query=%FF", headers={"Content-Type": "application/x-www-form-urlencoded"})[0]
        == 400
    )
    assert (
        status(method="POST", content=b"x" * 1_100_000, headers={"Content-Type": "application/sparql-query"})[0] == 413
    )
    assert status(method="GET", params=[("query", PLANS), ("query", PLANS)])[0] == 400
    assert status(method="GET", params={"query": PLANS, "default-graph-uri": "a b"})[0] == 400
    assert status(method="GET", params={"query": PLANS}, headers={"Accept": "image/png"})[0] == 406
    assert status(method="GET", params={"query": PLANS}, headers={"Accept": "text/turtle"})[0] == 406
    code, text = status(method="GET", params={"query": "SELECT * WHERE { ?s ?p ?o }"})
    assert code == 413
    assert "500" in text
    assert client.put("/sparql").status_code == 405


def test_a_browser_gets_the_form_the_answer_and_the_mistake_as_pages(client: httpx.Client) -> None:
    assert "<textarea" in get(client, "/sparql")[2]
    assert "who-lacks" in get(client, "/sparql?example=who-lacks")[2]
    status, media, text = get(client, f"/sparql?query={PLANS}")
    assert (status, media) == (200, "text/html")
    assert f'href="{PLAN}.html"' in text
    status, media, text = get(client, "/sparql?query=SELECT+%3Cscript%3E")
    assert (status, media) == (400, "text/html")
    assert "line 1, column" in text and "<script>" not in text


def test_the_endpoint_describes_itself_and_allows_other_sites(client: httpx.Client) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert "SPARQL11Query" in answer.text and "1.5 seconds" in answer.text
    Graph().parse(data=answer.text, format="turtle")
    asked = client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert asked.status_code == 204
    assert "POST" in asked.headers["access-control-allow-methods"]


# -- limits


def test_a_query_that_takes_too_long_is_stopped_while_pages_are_served(client: httpx.Client) -> None:
    with ThreadPoolExecutor(1) as beside:
        endless = beside.submit(client.post, "/sparql", data={"query": ENDLESS})
        assert client.get("/healthz").status_code == 200
        assert client.get("/plans").status_code == 200
        stopped = endless.result()
    assert stopped.status_code == 503
    assert "stopped after 1.5 seconds" in stopped.text
    assert client.get("/sparql", params={"query": PLANS}).status_code == 200, "the killed worker is replaced"


def test_a_query_that_kills_its_worker_does_no_harm(client: httpx.Client) -> None:
    nested = "SELECT * WHERE " + "{" * 60_000 + "}" * 60_000
    assert client.post("/sparql", data={"query": nested}).status_code in (400, 503)
    assert client.get("/sparql", params={"query": PLANS}).status_code == 200


def test_limits_are_settings() -> None:
    assert read_limits({"KEIKAKU_SPARQL_WORKERS": "4", "KEIKAKU_SPARQL_SECONDS": "0.5"}) == Limits(
        workers=4, seconds=0.5
    )
    for wrong in ("0", "-1", "many", "inf", "nan"):
        with pytest.raises(CannotRunError, match="KEIKAKU_SPARQL_SECONDS"):
            read_limits({"KEIKAKU_SPARQL_SECONDS": wrong})


# -- builds


def test_a_new_build_is_taken_up_without_a_restart(built_world: Settings, tmp_path: Path) -> None:
    first = tmp_path / "store-1"
    shutil.copytree(built_world.current.resolve(), first)
    (tmp_path / "current").symlink_to("store-1")
    with served(make_app(Settings(built_world.root, tmp_path), Limits(workers=1))) as client:
        before = client.get("/healthz").json()["build"]
        assert "見本市" in client.get("/plans").text
        changed = store.create(tmp_path / "store-2")
        iri = f"{BASE}id/plan/990019/dx/2030"
        lines = f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ont#Plan> <{BASE}graph/doc/x> .\n"
        lines += f"<{iri}> <{BASE}ont#issuingBody> <{BASE}id/lg/990019> <{BASE}graph/doc/x> .\n"
        changed.load_nquads(lines.encode())
        changed.write_build_id("second")
        del changed
        (tmp_path / "next").symlink_to("store-2")
        (tmp_path / "next").replace(tmp_path / "current")
        assert client.get("/healthz").json()["build"] == "second" != before
        assert "dx/2030" in client.get("/plans").text
        assert iri in client.get("/sparql", params={"query": PLANS}, headers={"Accept": "text/csv"}).text


def test_without_a_build_the_service_does_not_start(built_world: Settings, tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="keikaku build"):
        make_app(Settings(built_world.root, tmp_path))


def test_a_port_in_use_is_one_sentence(built_world: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held, pytest.raises(CannotRunError, match="cannot be listened on"):
        run(built_world, port=held.getsockname()[1])

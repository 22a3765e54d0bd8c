"""What every page has: menu, breadcrumbs, the other language, a strict policy, and nothing inline that it forbids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from markupsafe import escape
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from keikaku import search, store
from keikaku.namespaces import BASE
from keikaku.pages import open_site
from keikaku.pages.menu import MENU
from keikaku.pages.policy import POLICY, STATIC_POLICY
from keikaku.pages.render import View
from keikaku.pages.routes import PAGES
from keikaku.publish import names
from keikaku.serve import make_app
from keikaku.serve.respond import Headers
from keikaku.settings import Settings
from markup import forbidden
from serving import served

PLAN = "/id/plan/990019/dx/2023"
THINGS = (
    PLAN, f"{PLAN}/i/1-03", f"{PLAN}/i/1-03/k/1", "/id/lg/990019", "/id/lg/990000", "/id/doc/990019-dx-2023", "/theme/cashless", "/theme/index",
    "/ont", "/id/case/soumu-mihon-jirei-1.0/01",
)  # fmt: skip
KINDS = (
    *PAGES, *(f"{path}.html" for path in THINGS), "/questions/who-lacks", "/questions/cq01", "/coverage/990019/dx/2023", "/dataset", "/findings",
    "/sparql", "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%203", "/sparql?query=broken", "/search?q=窓口", "/nothing-here",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(built_world: Settings) -> Iterator[httpx.Client]:
    with served(make_app(built_world)) as made:
        made.headers["accept"] = "text/html"
        yield made


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", KINDS)
def test_every_page_has_the_shell_and_nothing_its_policy_forbids(client: httpx.Client, path: str, lang: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"] == POLICY
    assert forbidden(answer.text) == []
    assert f'<html lang="{lang}">' in answer.text
    assert len(re.findall("<h1[ >]", answer.text)) == 1
    assert re.search(r"<title>[^<]{3,}</title>", answer.text)
    if path == "/sparql?query=broken":
        assert answer.status_code == 400 and 'role="alert"' in answer.text
    if path != "/":
        trail = re.search(r'<nav class="trail".*?</nav>', answer.text, re.S)
        assert (trail and "トップ" in trail[0]) or (trail and "Home" in trail[0])
        assert trail[0].count('aria-current="page"') == 1


@pytest.mark.parametrize(
    "path", ["/plans", "/municipalities?q=見本&page=1", f"{PLAN}.html", "/questions/who-lacks?theme=cashless"]
)
def test_the_language_switch_stays_on_the_page(client: httpx.Client, path: str) -> None:
    page = client.get(path).text
    other = re.search(r'class="tongue" href="([^"]+)"', page)
    assert other
    english = client.get(other[1].replace("&amp;", "&"))
    assert '<html lang="en">' in english.text
    back = re.search(r'class="tongue" href="([^"]+)"', english.text)
    assert back and httpx.URL(back[1].replace("&amp;", "&")) == httpx.URL(str(client.get(path).url.raw_path, "ascii"))


def test_every_entry_of_the_menu_is_a_page(client: httpx.Client) -> None:
    page = client.get("/plans").text
    for _, entries in MENU:
        for entry in entries:
            assert client.get(entry.path, follow_redirects=True).status_code == 200, entry.path
            assert f'href="{entry.path}"' in page


def test_pages_tell_browsers_to_be_careful(client: httpx.Client) -> None:
    page, data = client.get("/plans"), client.get("/questions/cq01.csv")
    for answer in (page, data):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in page.headers["permissions-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert part in POLICY
    assert "unsafe" not in POLICY + STATIC_POLICY and "frame-ancestors" not in STATIC_POLICY


def test_a_report_names_the_page_and_never_links_elsewhere(client: httpx.Client) -> None:
    page = client.get("/plans").text
    assert 'href="/report?about=%2Fplans"' in page
    assert 'href="/plans"' in client.get("/report", params={"about": "/plans"}).text
    for bad in ("//evil.example/", "https://evil.example/", "javascript:alert(1)", '/"><img src=x onerror=alert(1)>'):
        found = client.get("/report", params={"about": bad}).text
        assert forbidden(found) == []
        assert "元の頁へ戻る" not in found


HOSTILE = (
    '</script><img src=x onerror="alert(1)">',
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "{{ 7*7 }}",
    "]]><!--<script>alert(1)</script>",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, built_world: Settings) -> Iterator[httpx.Client]:
    """A site with an initiative, a theme, a document and a link that mean no good."""
    root = tmp_path_factory.mktemp("hostile")
    made = store.create(root / "store")
    rdf, dct, skos = (
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://purl.org/dc/terms/",
        "http://www.w3.org/2004/02/skos/core#",
    )
    lines = []
    for at, text in enumerate(HOSTILE):
        iri, title = f"{BASE}id/plan/990019/dx/2023/i/9-9{at}", json.dumps(text)
        lines += [
            f"<{iri}> <{rdf}type> <{BASE}ont#Initiative>",
            f"<{iri}> <{BASE}ont#inPlan> <{BASE}id/plan/990019/dx/2023>",
            f"<{iri}> <{dct}title> {title}@ja",
            f"<{iri}> <{dct}title> {title}@en",
            f"<{iri}> <{dct}description> {title}@ja",
            f"<{iri}> <{BASE}ont#theme> <{BASE}theme/hostile-{at}>",
            f"<{BASE}theme/hostile-{at}> <{rdf}type> <{BASE}ont#PolicyTheme>",
            f"<{BASE}theme/hostile-{at}> <{skos}prefLabel> {title}@ja",
            f"<{BASE}id/doc/990019-dx-2023> <{dct}title> {title}@ja",
            f"<{iri}> <http://schema.org/url> <javascript:alert({at})>",
        ]
    old = open_site(built_world).store.nquads()
    made.load_nquads(old + "".join(f"{line} <{BASE}graph/doc/x> .\n" for line in lines).encode())
    made.write_build_id("hostile")
    search.write(made, root / "store" / search.FILE)
    (root / "current").symlink_to("store")
    del made
    with served(make_app(Settings(built_world.root, root))) as client:
        client.headers["accept"] = "text/html"
        yield client


@pytest.mark.parametrize(
    "path",
    [
        *(f"/id/plan/990019/dx/2023/i/9-9{at}.html" for at in range(len(HOSTILE))), f"{PLAN}.html", "/id/doc/990019-dx-2023.html", "/theme/hostile-0.html",
        "/themes", "/plans", "/", "/search?q=alert", "/search?q=onerror", "/questions/who-has?theme=hostile-0", "/questions/initiatives-of-theme?theme=hostile-1",
        "/sparql?query=SELECT%20%2A%20%7B%20%3Fx%20dcterms%3Atitle%20%3Ft%20%7D%20LIMIT%20500", "/coverage", "/dataset", "/compare", "/compare/timeline", "/graph?theme=hostile-0", "/graph?around=id/plan/990019/dx/2023/i/9-90",
    ],
)  # fmt: skip
def test_names_that_mean_no_good_stay_text(hostile: httpx.Client, path: str) -> None:
    answer = hostile.get(path)
    assert answer.status_code == 200
    assert forbidden(answer.text) == []
    assert "49" not in re.findall(r"<h1>([^<]*)</h1>", answer.text)
    for block in re.findall(r'<script type="application/(?:ld\+)?json"[^>]*>(.*?)</script>', answer.text, re.S):
        json.loads(block)
    assert not re.search(r"<(?:img|svg on)", answer.text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["/search?q=", "/search?q=x&kind=", "/questions/who-lacks?theme=", "/questions?q=", "/questions/department-load?government=", "/questions/target-path?plan=", "/questions/roadmap-of-year?year=", "/compare?c=", "/sparql?query=", "/sparql?text=", "/municipalities?q=", "/report?about=", "/graph?around="])  # fmt: skip
def test_words_of_a_visitor_that_mean_no_good_stay_text(client: httpx.Client, path: str, text: str) -> None:
    answer = client.get(path + quote(text))
    assert answer.headers["content-type"].startswith("text/html")
    assert forbidden(answer.text) == []
    assert not re.search(r"<(?:img|svg on)", answer.text)


def test_a_response_may_bring_a_policy_of_its_own() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse("x", headers={"Content-Security-Policy": "default-src 'none'"})(scope, receive, send)

    with served(Starlette(routes=[Mount("/", Headers(app))])) as client:
        assert client.get("/").headers["content-security-policy"] == "default-src 'none'"


def test_a_page_in_a_file_says_its_policy_itself(built_world: Settings) -> None:
    site = open_site(built_world)
    for path, make in PAGES.items():
        html = make(site, View(path=path, static=True)).html
        assert f'<meta http-equiv="Content-Security-Policy" content="{escape(STATIC_POLICY)}">' in html
        assert forbidden(html) == []


def test_the_names_of_a_site_of_files_hold_every_municipality_and_lead_to_files(built_world: Settings) -> None:
    site = open_site(built_world)
    text = names.script(site, lambda address: True).decode()
    found = json.loads(text.removeprefix("window.keikakuNames=").rstrip(";\n"))
    rows = site.store.select("SELECT ?m { ?m a jdx:Municipality }").rows
    files = {thing[0] for thing in found["things"]}
    assert {f"{str(row[0]).removeprefix(BASE)}.html" for row in rows} <= files
    assert all(0 <= thing[1] < len(found["kinds"]) for thing in found["things"])
    assert names.script(site, lambda address: False) == b'window.keikakuNames={"kinds":[],"things":[]};\n'


def test_home_counts_what_the_plans_do_not_state_and_what_is_lost(client: httpx.Client, built_world: Settings) -> None:
    store = open_site(built_world).store
    home = client.get("/").text
    for predicate in ("notStated", "lostInText"):
        rows = store.select(f"SELECT DISTINCT ?x ?y {{ ?x jdx:{predicate} ?y }}").rows
        assert f"{len(rows)}件" in home
    for state in ("lacking", "unknown", "recorded"):
        assert f"state-{state}" in home


def test_a_chart_is_drawn_where_the_question_says_so(client: httpx.Client) -> None:
    assert "chart-share" in client.get("/questions/who-lacks").text
    assert "chart-years" in client.get("/questions/target-path?plan=990019/dx/2023").text
    assert "<svg" not in client.get("/questions/plans-in-force").text.partition("<main")[2]


def test_the_editor_completes_what_the_graph_uses(client: httpx.Client) -> None:
    found = client.get("/sparql/terms.json").json()
    shorts = [one[0] for one in found]
    assert shorts == sorted(set(shorts))
    kinds = {one[0]: one[1] for one in client.get("/sparql/terms.json?lang=en").json()}
    assert (kinds["jdx:Plan"], kinds["jdx:hasKPI"], kinds["th:cashless"]) == ("class", "property", "term")


def test_a_name_the_graph_does_not_know_is_pointed_out_only_without_rows(client: httpx.Client) -> None:
    for lang, said in (("ja", "はグラフのどこにもありません"), ("en", "occurs nowhere")):
        empty = client.get("/sparql", params={"query": "SELECT * { ?x a jdx:Plam }", "lang": lang}).text
        assert f"jdx:Plam {said}" in empty and "jdx:Plan" in empty
        assert said not in client.get("/sparql", params={"query": "SELECT * { ?x a jdx:Plan }", "lang": lang}).text

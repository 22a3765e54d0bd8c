"""What every page has: menu, breadcrumbs, the other language, a strict policy, and nothing inline that it forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from keikaku.pages.menu import MENU
from keikaku.pages.policy import POLICY, STATIC_POLICY
from keikaku.pages.routes import PAGES
from keikaku.serve import make_app
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

"""What holds on every kind of page: WCAG 2.2 AA by axe, markup by html-validate and vnu, no sideways scrolling, weight, languages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from browser.conftest import Open
from browser.kinds import MISSING, addresses

TOOLS = Path(__file__).parent / "node_modules"
AXE = TOOLS / "axe-core" / "axe.min.js"
VNU = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
#: Bytes of a page with all its files as they are sent; the graph and the editor draw with large scripts.
MOST_BYTES = 200_000
HEAVY = ("/graph", "/sparql")
#: Pages of the example world that the short set looks at.
FEW = (
    "/",
    "/compare",
    "/graph?theme=digital-divide",
    "/search?q=%E7%AA%93%E5%8F%A3",
    "/id/plan/990019/dx/2023.html",
    "/questions/who-lacks?theme=digital-divide",
)


def violations(page: Page) -> list[str]:
    """What axe finds, one line for each place."""
    if not AXE.is_file():
        if os.environ.get("KEIKAKU_NO_BROWSER") == "1":
            pytest.skip("KEIKAKU_NO_BROWSER=1")
        pytest.fail("axe-core is missing. Run: make test; see docs/browser.md.", pytrace=False)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})")
    return [
        f"{page.url}: {rule['id']}: {node['target'][0]}: {' '.join((node.get('failureSummary') or '').split())[:200]}"
        for rule in found["violations"]
        for node in rule["nodes"][:4]
    ]


@pytest.fixture(scope="session")
def kinds(live: str) -> dict[str, str]:
    """Kind of page → its address."""
    return addresses(live)


@pytest.fixture(scope="session")
def documents(live: str, kinds: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the page of every kind in both languages."""
    folder = tmp_path_factory.mktemp("documents")
    with httpx.Client(base_url=live, timeout=120, trust_env=False) as client:
        for kind, address in [*kinds.items(), ("missing", MISSING)]:
            for lang in ("ja", "en"):
                words = {"lang": "en"} if lang == "en" else {}
                answer = client.get(httpx.URL(address).copy_merge_params(words), headers={"Accept": "text/html"})
                assert answer.headers["content-type"].startswith("text/html"), address
                (folder / f"{kind.strip('/').replace('/', '-').replace(' ', '-') or 'home'}.{lang}.html").write_bytes(
                    answer.content
                )
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(("lang", "dark"), [("ja", False), ("en", True)])
def test_a_few_pages_have_nothing_that_axe_finds(page: Open, world: str, lang: str, dark: bool) -> None:
    found = [problem for one in FEW for problem in violations(page(one, at=world, lang=lang, dark=dark))]
    assert not found, "\n".join(found)


@pytest.mark.thorough
@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_kind_of_page(page: Open, kinds: dict[str, str], lang: str, phone: bool) -> None:
    found, wide = [], []
    for one in [*kinds.values(), MISSING]:
        shown = page(one, lang=lang, phone=phone, status=404 if one == MISSING else 200)
        found += violations(shown)
        wide += [one] if shown.evaluate("document.documentElement.scrollWidth > innerWidth") else []
        shown.emulate_media(color_scheme="dark")
        found += [f"dark: {problem}" for problem in violations(shown)]
        shown.context.close()
    assert not found, "\n".join(found)
    assert not wide, f"scrolls sideways: {wide}"


def told(found: list[tuple[str, str]]) -> str:
    """Each message once, with the first place and how many there are."""
    places: dict[str, list[str]] = {}
    for place, message in found:
        places.setdefault(message, []).append(place)
    return "\n".join(f"{message}  [{len(at)} times, first {at[0]}]" for message, at in places.items())


@pytest.mark.thorough
def test_html_validate_finds_no_error(documents: Path, tmp_path: Path) -> None:
    tool, rules = TOOLS / ".bin" / "html-validate", Path(__file__).parent / "htmlvalidate.json"
    report = tmp_path / "report.json"
    files = sorted(documents.glob("*.html"))
    subprocess.run([tool, "--config", rules, "--formatter", f"json={report}", *files], check=False)
    found = [
        (f"{Path(one['filePath']).name}:{message['line']}", f"{message['ruleId']}: {message['message']}")
        for one in json.loads(report.read_text(encoding="utf-8"))
        for message in one["messages"]
        if message["severity"] == 2
    ]
    assert not found, told(found)


@pytest.mark.thorough
def test_vnu_finds_no_error(documents: Path) -> None:
    files = sorted(documents.glob("*.html"))
    said = subprocess.run(
        ["java", "-jar", VNU, "--errors-only", "--format", "json", *files], capture_output=True, text=True, check=False
    )
    found = [
        (
            f"{one['url'].rpartition('/')[2]}:{one.get('lastLine')}: {one.get('extract', '')[:80]!r}",
            one["message"][:160],
        )
        for one in json.loads(said.stderr)["messages"]
    ]
    assert not found, told(found)


@pytest.mark.thorough
def test_no_page_weighs_more_than_it_may(page: Open, kinds: dict[str, str]) -> None:
    heavy = []
    for one in kinds.values():
        shown = page(one)
        sizes = shown.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map((e) => e.transferSize)"
        )
        if sum(sizes) > MOST_BYTES and not one.startswith(HEAVY):
            heavy.append((one, sum(sizes)))
        shown.context.close()
    assert not heavy


@pytest.mark.thorough
def test_the_switch_of_languages_stays_on_every_page(page: Open, kinds: dict[str, str]) -> None:
    for one in kinds.values():
        shown = page(one)
        before = httpx.URL(shown.url)
        shown.locator(".tongue").first.click()
        after = httpx.URL(shown.url)
        assert after.path == before.path, one
        assert shown.locator("html").get_attribute("lang") == "en", one
        assert {k: v for k, v in after.params.items() if k != "lang"} == dict(before.params), one
        shown.locator(".tongue").first.click()
        assert shown.locator("html").get_attribute("lang") == "ja", one
        shown.context.close()


@pytest.mark.thorough
def test_every_page_has_its_title_heading_and_language_without_scripts(page: Open, kinds: dict[str, str]) -> None:
    titles: dict[str, str] = {}
    for one in kinds.values():
        shown = page(one, scripts=False)
        assert shown.get_by_role("heading", level=1).count() == 1, one
        assert shown.locator("main").inner_text().strip(), one
        assert shown.locator("html").get_attribute("lang") == "ja", one
        title = shown.title()
        path = one.partition("?")[0]
        assert titles.setdefault(title, path) == path, (one, title)
        shown.context.close()

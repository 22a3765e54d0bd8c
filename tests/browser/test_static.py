"""The published site opened from its folder: no server, no script needed, no request to anywhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, Watch
from keikaku.pages import open_site
from keikaku.publish import publish
from keikaku.settings import Settings

pytestmark = pytest.mark.thorough

INITIATIVE = "id/plan/990019/dx/2023/i/1-03"
#: File of the site without .html or .en.html → words that its page must show in Japanese and English.
PAGES = {
    "index": ("計画", "plans"),
    "id/plan/990019/dx/2023": ("見本市", "Mihon City"),
    INITIATIVE: ("キャッシュレス", "ashless"),
    "questions/who-lacks": ("無い（確認済み）", "confirmed lacking"),
    "ont": ("オントロジー", "Ontology"),
}


@pytest.fixture(scope="module")
def folder(built_world: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("static") / "site"
    publish(built_world, target, jobs=2)
    return target


def test_every_kind_of_page_opens_from_the_folder(page: Open, watch: Watch, folder: Path) -> None:
    for name, (ja, en) in PAGES.items():
        for suffix, lang, words in ((".html", "ja", ja), (".en.html", "en", en)):
            for scripts in (True, False):
                shown = page((folder / f"{name}{suffix}").as_uri(), scripts=scripts)
                assert shown.locator("html").get_attribute("lang") == lang
                assert words in shown.locator("main").inner_text(), (name, suffix)
                assert shown.locator("h1").count() == 1
                size = shown.locator("h1").evaluate("e => getComputedStyle(e).fontSize")
                assert float(size.removesuffix("px")) > 20, "the style sheet is there"
    root = folder.as_uri()
    assert {url for url in watch.requests if not url.startswith((root, "data:"))} == set()


def test_one_walks_through_the_folder_by_its_links(page: Open, folder: Path) -> None:
    shown = page((folder / "index.html").as_uri())
    shown.locator('header a[href="plans.html"], nav a[href="plans.html"]').first.click()
    shown.locator('main a[href="id/plan/990019/dx/2023.html"]').first.click()
    shown.locator('main a[href$="2023/i/1-03.html"]').first.click()
    assert shown.url == (folder / f"{INITIATIVE}.html").as_uri()
    shown.locator('a[lang="en"]').first.click()
    assert shown.url == (folder / f"{INITIATIVE}.en.html").as_uri()
    shown.locator('main a[href*="#ev-"]').first.click()
    place = shown.url.partition("#")[2]
    assert re.match(r"ev-L\d", place)
    expect(shown.locator(f'[id="{place}"]')).to_be_visible()


def test_data_and_answers_lie_beside_their_pages(page: Open, folder: Path, built_world: Settings) -> None:
    for name in ("id/plan/990019/dx/2023", "questions/who-lacks"):
        shown = page((folder / f"{name}.html").as_uri())
        files = shown.locator("main a").evaluate_all("all => all.map(a => a.href)")
        local = [url for url in files if re.search(r"\.(ttl|jsonld|nt|rdf|csv|json|md|xlsx)$", url)]
        assert len(local) > 2
        for url in local:
            assert (folder / url.removeprefix(f"{folder.as_uri()}/")).is_file(), url
    assert open_site(built_world).build_id in (folder / ".keikaku-site").read_text(encoding="utf-8")

"""On a page in English every piece of Japanese says that it is Japanese, so that a reader hears it as such."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from keikaku.namespaces import BASE
from keikaku.pages import Site, open_site
from keikaku.pages.entity import entity
from keikaku.pages.render import View
from keikaku.pages.routes import PAGES
from keikaku.pages.tongues import marked
from keikaku.settings import Settings

JAPANESE = re.compile("[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
EMPTY = ("base", "br", "col", "hr", "img", "input", "link", "meta", "wbr")
THINGS = (
    "id/plan/990019/dx/2023",
    "id/plan/990019/dx/2023/i/1-03",
    "id/plan/990019/dx/2023/i/1-03/k/1",
    "id/lg/990019",
    "id/lg/990001",
    "id/doc/990019-dx-2023",
    "id/case/soumu-mihon-jirei-1.0/01",
    "id/law/428AC1000000103",
    "theme/cashless",
)


class Reader(HTMLParser):
    """The Japanese texts of a page: those in an element that says so, and those that are not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.told: list[str] = []
        self.silent: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute twice: <{tag} {attrs}>"
        if tag not in EMPTY:
            above = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or above))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        tag, lang = self.open[-1] if self.open else ("", "")
        if JAPANESE.search(text) and tag not in ("script", "style", "title"):
            (self.told if lang.partition("-")[0] == "ja" else self.silent).append(text)


@pytest.fixture(scope="module")
def site(built_world: Settings) -> Site:
    return open_site(built_world)


@pytest.mark.parametrize("path", [*THINGS, *PAGES])
def test_what_is_japanese_on_an_english_page_says_so(site: Site, path: str) -> None:
    made = PAGES[path](site, View("en", path)) if path in PAGES else entity(site, path, View("en", f"/{path}.html"))
    assert made is not None
    found = Reader(made.html)
    assert found.told and not found.silent


def test_the_printed_target_of_the_list_of_kpis_and_the_names_of_the_graph_are_japanese(site: Site) -> None:
    assert any("累計50窓口" in text for text in Reader(PAGES["/kpis"](site, View("en", "/kpis")).html).told)
    assert any(JAPANESE.search(text) for text in Reader(PAGES["/graph"](site, View("en", "/graph")).html).told)


def test_a_japanese_page_is_left_as_it_is(site: Site) -> None:
    made = entity(site, THINGS[0], View("ja", f"/{THINGS[0]}.html"))
    assert made and 'lang="ja"' not in made.html.partition("<main")[2].partition("</main>")[0].replace(BASE, "")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<li>計画 <a>a plan</a></li>", '<li><span lang="ja">計画</span> <a>a plan</a></li>'),
        ("<b>5&amp;6 窓口</b>", '<b lang="ja">5&amp;6 窓口</b>'),
        ("<i>L4 “<KPI、推進>”</i>".replace("<K", "&lt;K").replace("進>", "進&gt;"), '<i>L4 “<span lang="ja">&lt;KPI、推進&gt;</span>”</i>'),
        ("<text>FY2022 令和4</text>", '<text>FY2022 <tspan lang="ja">令和4</tspan></text>'),
        ("<title>計画 — Keikaku</title><option>窓口</option>", '<title>計画 — Keikaku</title><option lang="ja">窓口</option>'),
        ('<script>{"a": "計画"}</script><p lang="ja">計画</p>', '<script>{"a": "計画"}</script><p lang="ja">計画</p>'),
        ('<b lang="ja-hira">けいかく</b><b lang="en">計画</b>', '<b lang="ja-hira">けいかく</b><b lang="en"><span lang="ja">計画</span></b>'),
        ("<br>計画<hr>", '<br><span lang="ja">計画</span><hr>'),
        ("<span>・</span>", "<span>・</span>"),
    ],
)  # fmt: skip
def test_only_the_words_in_japanese_are_marked(html: str, expected: str) -> None:
    assert marked(html) == expected

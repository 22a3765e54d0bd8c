"""Walking through the graph: legend, search, facts and evidence, neighbours, keys, files; with both ways of drawing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from playwright.sync_api import Locator, Page, expect

import keikaku.pages.graph
from browser.conftest import Open, Watch
from keikaku.draw import Picture, webgl
from keikaku.namespaces import BASE
from keikaku.publish import publish
from keikaku.serve.app import make_app
from keikaku.settings import Settings
from serving import running
from test_graph import HOSTILE, PLAN, made_up

ROOT = Path(__file__).resolve().parents[2]
GOVERNMENT, THEME = "#0072b2", "#aa3377"


@pytest.fixture(params=["vis", "webgl"])
def drawn(request: pytest.FixtureRequest, built_world: Settings) -> Iterator[tuple[str, int]]:
    """The address of a site whose picture is made up and has a hostile name, and how many points it has."""
    points = 60 if request.param == "vis" else 1200
    script = webgl(ROOT)
    if request.param == "webgl" and script is None:
        pytest.skip("web/dist/webgl.js has not been built: make setup")
    patch = pytest.MonkeyPatch()
    made = Picture(made_up(points).view, webgl=script)
    assert made.engine == request.param
    patch.setattr(keikaku.pages.graph, "picture", lambda site, view: made)
    patch.setattr(keikaku.pages.graph, "webgl", lambda root: script)
    with running(make_app(built_world)) as address:
        yield address, points
    patch.undo()


def ready(page: Page) -> Page:
    if page.locator("#graph[data-still]").count():
        page.locator("#g-picture").dispatch_event("pointerenter")
    page.wait_for_selector("#graph[data-ready]")
    return page


def said(page: Page) -> Locator:
    return page.locator("#g-said")


def search(page: Page, words: str) -> None:
    page.locator("#g-q").fill(words)
    page.locator("#g-hits [role=option]").first.wait_for()
    page.locator("#g-q").press("Enter")


def dots_of(page: Page, colour: str) -> int:
    """Pixels of a colour in the picture."""
    return page.evaluate(
        """(colour) => {
            const canvas = document.querySelector('#g-picture canvas');
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            const [r, g, b] = [1, 3, 5].map((n) => parseInt(colour.slice(n, n + 2), 16));
            let found = 0;
            for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) found++;
            return found;
        }""",
        colour,
    )  # type: ignore[no-any-return]


def settle(page: Page) -> None:
    page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 700))")


def middle(page: Page) -> None:
    """Click where a point stands to which the picture has flown."""
    settle(page)
    page.locator("#g-picture").scroll_into_view_if_needed()
    box = page.locator("#g-picture").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_legend_filters(page: Open, world: str) -> None:
    shown = ready(page("/graph", at=world))
    settle(shown)
    assert dots_of(shown, GOVERNMENT) > 0
    assert dots_of(shown, THEME) > 0
    shown.get_by_role("checkbox", name="自治体").uncheck()
    settle(shown)
    assert dots_of(shown, GOVERNMENT) == 0
    assert dots_of(shown, THEME) > 0
    expect(said(shown)).to_have_text(re.compile(r"^(\d+) / (?!\1 )\d+ 点を表示"))
    shown.get_by_role("button", name="すべて付ける").click()
    settle(shown)
    assert dots_of(shown, GOVERNMENT) > 0
    shown.get_by_role("button", name="すべて外す").click()
    expect(said(shown)).to_have_text(re.compile("^0 / "))


def test_search_flies_to_a_point_and_a_click_shows_facts_and_evidence(page: Open, world: str) -> None:
    shown = ready(page("/graph?plan=990019", at=world))
    search(shown, "見本市DX")
    shown.locator("#g-picture").press("Escape")
    expect(shown.locator("#g-facts h2")).to_have_count(0)
    middle(shown)
    facts = shown.locator("#g-facts")
    expect(facts.locator("h2")).to_contain_text("見本市")
    expect(facts.locator("h3").first).to_have_text("根拠")
    facts.locator("h3:has-text('根拠') + ul a").first.click()
    expect(shown).to_have_url(re.compile(r"/id/doc/990019-dx-2023\.html#ev-L\d+"))


def test_neighbours_unfold_and_fold(page: Open, world: str) -> None:
    shown = ready(page("/graph?theme=digital-divide", at=world))
    expect(said(shown)).to_have_text(re.compile("^8 / 8 "))
    search(shown, "見本市DX")
    facts = shown.locator("#g-facts")
    linked = facts.locator("h3", has_text="つながり")
    before = linked.inner_text()
    facts.get_by_role("button", name="隣を広げる").click()
    expect(said(shown)).to_have_text(re.compile(r"^[1-9]\d* 点を加えました"))
    expect(linked).not_to_have_text(before)
    facts.get_by_role("button", name="隣をたたむ").click()
    expect(said(shown)).to_have_text(re.compile(r"^(\d+) / (?!\1 )\d+ 点を表示"))
    facts.get_by_role("button", name="隣を広げる").click()
    expect(said(shown)).to_have_text(re.compile(r"^(\d+) / \1 点を表示"))


def test_the_graph_is_walked_with_keys_alone(page: Open, world: str) -> None:
    shown = ready(page("/graph?theme=digital-divide", at=world, lang="en"))
    picture = shown.locator("#g-picture")
    for _ in range(60):
        if picture.evaluate("(one) => one === document.activeElement"):
            break
        shown.keyboard.press("Tab")
    expect(picture).to_be_focused()
    assert picture.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
    shown.keyboard.press("n")
    first = shown.locator("#g-facts h2").inner_text()
    shown.keyboard.press("n")
    expect(shown.locator("#g-facts h2")).not_to_have_text(first)
    shown.keyboard.press("p")
    expect(shown.locator("#g-facts h2")).to_have_text(first)
    shown.keyboard.press("e")
    expect(said(shown)).to_have_text(re.compile("points added|no further neighbours"))
    for key in ("ArrowLeft", "ArrowUp", "+", "-", "0"):
        shown.keyboard.press(key)
    shown.keyboard.press("Escape")
    expect(shown.locator("#g-facts h2")).to_have_count(0)
    shown.keyboard.press("Tab")
    expect(picture).not_to_be_focused()


def test_an_address_can_name_a_point(page: Open, world: str) -> None:
    shown = ready(page(f"/graph?plan=990019#{PLAN}/i/1-03", at=world))
    expect(shown.locator("#g-facts code")).to_have_text(f"{BASE}{PLAN}/i/1-03")


def test_the_picture_is_saved_in_four_forms(page: Open, world: str, watch: Watch, tmp_path: Path) -> None:
    shown = ready(page("/graph?theme=digital-divide", at=world))
    with shown.expect_download() as saved:
        shown.get_by_role("button", name="PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    files = {}
    for name in ("GraphML", "GEXF", "オフラインで開くHTML"):
        with shown.expect_download() as saved:
            shown.get_by_role("link", name=name).click()
        files[name] = saved.value.path().read_bytes()
    assert len(nx.read_graphml(io.BytesIO(files["GraphML"]))) == len(nx.read_gexf(io.BytesIO(files["GEXF"]))) == 8
    offline = tmp_path / "offline.html"
    offline.write_bytes(files["オフラインで開くHTML"])
    alone = ready(page(offline.as_uri()))
    search(alone, "見本市DX")
    expect(alone.locator("#g-facts h2")).to_contain_text("見本市")
    assert not watch.problems
    assert alone.evaluate("fetch('https://keikaku.invalid/').then(() => 'asked', () => 'refused')") == "refused"
    assert all("Content Security Policy" in problem for problem in watch.problems)
    watch.problems.clear()


def test_a_notebook_shows_the_picture(page: Open, world: str, tmp_path: Path) -> None:
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><title>x</title>{made_up(50)._repr_html_()}", encoding="utf-8")
    frame = page(notebook.as_uri()).frame_locator("iframe")
    frame.locator("#graph[data-ready]").wait_for()
    frame.locator("#g-q").fill("点7")
    frame.locator("#g-q").press("Enter")
    expect(frame.locator("#g-facts h2")).to_have_text("点7")


def test_hostile_names_stay_text_in_both_ways_of_drawing(page: Open, drawn: tuple[str, int]) -> None:
    address, points = drawn
    shown = ready(page("/graph", at=address))
    expect(said(shown)).to_have_text(f"{points:,} / {points:,} 点を表示")
    search(shown, "onerror")
    expect(shown.locator("#g-facts h2")).to_contain_text("</script><img src=x onerror=alert(1)>")
    assert shown.locator("img").count() == 0
    shown.locator("#g-picture").press("Escape")
    middle(shown)
    expect(shown.locator("#g-facts h2")).to_contain_text("onerror")
    shown.get_by_role("checkbox").first.uncheck()
    expect(said(shown)).not_to_contain_text(f"{points:,} / {points:,}")
    with shown.expect_download() as saved:
        shown.get_by_role("button", name="PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    assert HOSTILE.replace("\x07", "") not in shown.content()


@pytest.mark.parametrize("turn", ["pointer", "keys", "legend", "search"])
def test_the_moving_picture_comes_when_somebody_turns_to_it(page: Open, world: str, turn: str) -> None:
    shown = page("/graph?theme=digital-divide", at=world)
    expect(shown.locator("svg.g-still")).to_be_visible()
    assert not shown.evaluate(
        "performance.getEntriesByType('resource').some(r => r.initiatorType === 'script' && r.name.includes('vis-network'))"
    )
    assert shown.locator("#g-picture canvas").count() == 0
    if turn == "pointer":
        shown.locator("#g-picture").hover()
    elif turn == "keys":
        shown.locator("#g-picture").focus()
    elif turn == "legend":
        shown.get_by_role("checkbox").first.uncheck()
    else:
        shown.get_by_label("図の中を探す").fill("見本市")
    shown.wait_for_selector("#graph[data-ready]")
    expect(shown.locator("svg.g-still")).to_have_count(0)
    expect(shown.locator("#g-picture canvas")).to_be_visible()
    if turn == "legend":
        assert not re.fullmatch(r"(\d+) / \1 .*", said(shown).inner_text())
    elif turn == "search":
        expect(shown.locator("#g-hits li").first).to_be_visible()


def test_without_scripts_the_table_says_the_same(page: Open, world: str) -> None:
    shown = page("/graph?theme=digital-divide", at=world, scripts=False)
    expect(shown.locator("svg.g-still")).to_be_visible()
    expect(shown.locator("svg.g-still text").first).to_be_visible()
    for tool in (".g-tools", ".g-facts", ".g-legend input", ".g-legend legend .js-only"):
        expect(shown.locator(tool).first).to_be_hidden()
    expect(shown.locator("#table tbody tr")).to_have_count(8)


def test_colours_follow_the_scheme(page: Open, world: str) -> None:
    corner = "() => [...document.querySelector('#g-picture canvas').getContext('2d').getImageData(2, 2, 1, 1).data].slice(0, 3)"
    light = ready(page("/graph?theme=digital-divide", at=world)).evaluate(corner)
    dark = ready(page("/graph?theme=digital-divide", at=world, dark=True)).evaluate(corner)
    assert min(light) > 200
    assert max(dark) < 60


def test_a_phone_shows_the_picture_and_its_facts_without_sideways_scrolling(page: Open, world: str) -> None:
    shown = ready(page("/graph?theme=digital-divide", at=world, phone=True))
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    search(shown, "見本市DX")
    expect(shown.locator("#g-facts h2")).to_be_visible()


@pytest.mark.thorough
def test_the_graph_of_the_static_site_opens_from_a_folder(page: Open, built_world: Settings, tmp_path: Path) -> None:
    folder = publish(built_world, tmp_path / "site", jobs=1).folder
    shown = page((folder / f"{PLAN}/i/1-03.html").as_uri())
    shown.get_by_role("link", name="図で見る").click()
    ready(shown)
    expect(shown).to_have_title(re.compile("図"))
    expect(shown.locator("#g-facts code")).to_have_text(f"{BASE}{PLAN}/i/1-03")
    shown.locator("#g-facts").get_by_role("button", name="隣を広げる").click()
    expect(said(shown)).to_have_text(re.compile("その物の頁"))
    assert len(nx.read_graphml(folder / "graph~theme=digital-divide.graphml")) == 8
    shown.locator("#g-facts").get_by_role("link", name="頁を開く").click()
    expect(shown).to_have_url((folder / f"{PLAN}/i/1-03.html").as_uri())

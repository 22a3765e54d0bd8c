"""The SPARQL editor: it runs, completes from our terms, sorts, filters and draws, and asks nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from conftest import ROOT

Open = Callable[..., Page]
COUNTED = "SELECT ?theme (COUNT(*) AS ?n) WHERE { ?x jdx:theme ?theme } GROUP BY ?theme"

built = pytest.mark.skipif(
    not (ROOT / "web" / "dist" / "editor.js").is_file(), reason="the editor is not built: make setup"
)


@built
def test_a_query_runs_in_place_and_its_address_is_kept(page: Open) -> None:
    shown = page("/sparql", lang="en")
    expect(shown.locator(".CodeMirror")).to_be_visible()
    expect(shown.locator("textarea#query")).to_be_hidden()
    shown.locator(".CodeMirror-code").click()
    shown.keyboard.press("Control+a")
    shown.keyboard.insert_text("SELECT ?p WHERE { ?p a jdx:Plan }")
    shown.keyboard.press("Control+Enter")
    expect(shown.locator("#answer tbody tr").first).to_be_visible()
    assert "jdx%3APlan" in shown.url and "lang=en" in shown.url


@built
def test_prefixes_are_filled_in_and_terms_completed_without_asking_others(page: Open, watch: object) -> None:
    shown = page("/sparql?text=SELECT%20*%20WHERE%20%7B%20%3Fx%20a%20jdx%3APlan%20%7D")
    expect(shown.locator(".CodeMirror-code")).to_contain_text("PREFIX jdx:")
    shown.locator(".CodeMirror-code").click()
    shown.keyboard.press("Control+End")
    shown.keyboard.press("Enter")
    shown.keyboard.type("jdx:hasK")
    hint = shown.locator(".CodeMirror-hint").first
    expect(hint).to_contain_text("jdx:hasKPI")
    shown.keyboard.press("Enter")
    expect(shown.locator(".CodeMirror-code")).to_contain_text("jdx:hasKPI")


@built
def test_a_result_is_sorted_filtered_and_drawn(page: Open) -> None:
    shown = page(f"/sparql?query={COUNTED}".replace(" ", "%20"))
    rows = shown.locator("#answer tbody tr:not([hidden])")
    every = rows.count()
    shown.get_by_role("button", name="?n").click()
    numbers = [int(text.replace(",", "")) for text in rows.locator("td:last-child").all_text_contents()]
    assert numbers == sorted(numbers) and len(numbers) > 3
    shown.get_by_label("表を絞り込む").fill("th:digital")
    assert 0 < rows.count() < every
    shown.get_by_role("button", name="図", exact=True).click()
    expect(shown.locator(".result-chart rect")).to_have_count(rows.count())


def test_a_name_that_the_graph_does_not_know_is_pointed_out(page: Open) -> None:
    shown = page("/sparql?query=SELECT%20*%20WHERE%20%7B%20%3Fx%20a%20jdx%3APlam%20%7D", scripts=False)
    expect(shown.locator("#answer")).to_contain_text("jdx:Plam")
    expect(shown.locator("#answer")).to_contain_text("jdx:Plan")


def test_without_scripts_the_field_and_the_examples_work(page: Open) -> None:
    shown = page("/sparql", scripts=False)
    shown.locator(".examples summary").first.click()
    shown.locator(".examples a").first.click()
    expect(shown.locator("textarea#query")).to_have_value(re.compile("SELECT"))
    shown.get_by_role("button", name="実行").click()
    expect(shown.locator("#answer")).to_contain_text("結果")


@built
def test_a_result_that_means_no_good_stays_text(page: Open) -> None:
    hostile = "</script><img src=x onerror=alert(1)>"
    shown = page("/sparql?query=" + quote(f'SELECT * {{ VALUES (?name ?n) {{ ("{hostile}" 2) ("x" 3) }} }}'))
    expect(shown.locator("#answer tbody")).to_contain_text(hostile)
    shown.get_by_role("button", name="図", exact=True).click()
    expect(shown.locator(".result-chart rect")).to_have_count(2)
    assert shown.locator("#answer img").count() == 0

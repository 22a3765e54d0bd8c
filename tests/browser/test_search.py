"""Search as you type: the list, the keyboard, an input method, and the way on to the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_word_is_answered_while_it_is_typed_and_the_keyboard_opens_the_page(page: Open, lang: str) -> None:
    shown = page("/plans", lang=lang)
    field = shown.get_by_role("search").get_by_role("combobox")
    field.press_sequentially("浜松市" if lang == "ja" else "Hamamatsu")
    options = shown.get_by_role("option")
    expect(options.first).to_contain_text("浜松市" if lang == "ja" else "Hamamatsu City")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(shown.locator("mark").first).to_be_visible()
    expect(shown.get_by_role("group").first).to_be_visible()
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "-")
    field.press("Enter")
    shown.wait_for_url("**/id/lg/221309.html*")
    expect(shown.locator("html")).to_have_attribute("lang", lang)


def test_escape_closes_the_list_and_keeps_the_word(page: Open) -> None:
    shown = page("/")
    field = shown.get_by_role("search").get_by_role("combobox")
    field.press_sequentially("窓口")
    expect(shown.get_by_role("listbox")).to_be_visible()
    field.press("Escape")
    expect(shown.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("窓口")
    field.press("Enter")
    shown.wait_for_url("**/search?q=*")
    expect(shown.locator(".hits li").first).to_be_visible()


def test_an_input_method_that_is_composing_asks_nothing(page: Open, watch: object) -> None:
    shown = page("/")
    field = shown.get_by_role("search").get_by_role("combobox")
    field.focus()
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.evaluate(
        """() => { const f = document.activeElement;
        f.dispatchEvent(new CompositionEvent("compositionstart"));
        f.value = "はまま"; f.dispatchEvent(new InputEvent("input", { isComposing: true })); }"""
    )
    shown.wait_for_timeout(600)
    assert not [url for url in asked if "search.json" in url]
    with shown.expect_request("**/search.json*"):
        shown.evaluate("() => document.activeElement.dispatchEvent(new CompositionEvent('compositionend'))")
    expect(shown.get_by_role("option").first).to_contain_text("浜松")


def test_without_scripts_the_form_and_the_facets_do_the_same(page: Open) -> None:
    shown = page("/", scripts=False)
    shown.get_by_role("search").get_by_role("searchbox").fill("窓口")
    shown.get_by_role("button", name="検索").click()
    before = shown.locator(".hits li").count()
    shown.locator("details.facets > summary").click()
    shown.locator(".facets section a").first.click()
    chip = shown.locator("a.chip").first
    expect(chip).to_be_visible()
    assert 0 < shown.locator(".hits li").count() <= before
    chip.click()
    assert shown.locator(".hits li").count() == before


def test_what_is_missing_can_be_looked_for(page: Open) -> None:
    shown = page("/search", phone=True)
    first = shown.locator("a.chip").first
    count = int((first.locator(".count").text_content() or "").replace(",", ""))
    first.click()
    expect(shown.locator("[role=status]").filter(has_text="件")).to_contain_text(f"{count:,}件")


def test_a_hostile_name_stays_text(page: Open) -> None:
    shown = page("/")
    field = shown.get_by_role("search").get_by_role("combobox")
    hostile = '</script><img src=x onerror="document.title=1">'
    shown.route(
        "**/search.json*",
        lambda route: route.fulfill(
            json={
                "total": 1,
                "facets": {"kind": [{"value": "k", "name": {"ja": hostile, "en": hostile}}]},
                "hits": [
                    {
                        "iri": "https://w3id.org/jichitai-dx/id/lg/221309",
                        "kind": "k",
                        "name": {"ja": hostile, "en": hostile},
                        "within": None,
                        "matched": hostile,
                    }
                ],
            }
        ),
    )
    field.press_sequentially("img")
    expect(shown.get_by_role("option").first).to_contain_text(hostile)
    assert shown.locator(".suggest img").count() == 0

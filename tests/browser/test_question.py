"""Questions: find one, ask it, read the evidence, take it along."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_is_filled_in_and_the_answer_leads_to_its_lines(page: Open, scripts: bool) -> None:
    shown = page("/questions/who-lacks", scripts=scripts)
    shown.locator('select[name="theme"]').select_option("cashless")
    shown.get_by_role("button", name="尋ねる").click()
    assert "theme=cashless" in shown.url
    expect(shown.locator(".answer")).to_contain_text("無い（確認済み）")
    expect(shown.locator(".chart-share svg[role=img]")).to_be_visible()
    evidence = shown.locator(".answer a.ev").first
    target = evidence.get_attribute("href") or ""
    evidence.click()
    assert "/id/doc/" in shown.url and target.partition("#")[2] in shown.url


def test_a_government_is_suggested_and_may_be_any(page: Open) -> None:
    shown = page("/questions/department-load")
    field = shown.locator('input[name="government"]')
    assert shown.locator("datalist option").count() > 0
    field.fill("浜松市")
    shown.get_by_role("button", name="尋ねる").click()
    expect(shown.locator(".answer")).to_contain_text("浜松市")
    expect(shown.locator('input[name="government"]')).to_have_value("浜松市")
    expect(shown.locator(".chart-bars")).to_be_visible()


def test_the_link_of_an_answer_is_copied_and_gives_the_same_answer(page: Open) -> None:
    shown = page("/questions/who-has?theme=cashless", lang="en")
    shown.get_by_role("button", name="Copy the link").click()
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    copied = shown.evaluate("() => navigator.clipboard.readText()")
    rows = shown.locator(".answer tbody tr").count()
    again = page(copied)
    assert again.locator(".answer tbody tr").count() == rows > 0
    expect(again.locator("html")).to_have_attribute("lang", "en")


def test_questions_are_filtered_by_words_and_area(page: Open) -> None:
    shown = page("/questions")
    every = shown.locator(".questions li").count()
    shown.get_by_label("質問を絞り込む").fill("担当")
    shown.get_by_role("button", name="絞り込む").click()
    shown.wait_for_url("**/questions?q=*")
    some = shown.locator(".questions li").count()
    assert 0 < some < every
    shown.locator(".areas a").nth(1).click()
    shown.wait_for_url("**area=*")
    assert 0 < shown.locator(".questions li").count() <= some


def test_colours_are_switched_and_stay(page: Open) -> None:
    shown = page("/questions")
    background = "getComputedStyle(document.body).backgroundColor"
    light = shown.evaluate(background)
    shown.get_by_role("button", name="暗い配色").click()
    dark = shown.evaluate(background)
    assert dark != light
    shown.reload()
    assert shown.evaluate(background) == dark
    expect(shown.get_by_role("button", name="暗い配色")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_of_a_phone_opens_and_leads_on(page: Open, scripts: bool) -> None:
    shown = page("/questions", phone=True, scripts=scripts)
    shown.locator("details.menu > summary").click()
    link = shown.locator('details.menu a[href="/themes"]')
    expect(link).to_be_visible()
    if scripts:
        shown.keyboard.press("Escape")
        expect(link).to_be_hidden()
        shown.locator("details.menu > summary").click()
    link.click()
    shown.wait_for_url("**/themes")

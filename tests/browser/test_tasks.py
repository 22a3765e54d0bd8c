"""Three things that people come for, from the home page on, with what stands on the pages only."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open

pytestmark = pytest.mark.thorough


def seek(page: Page, words: str) -> None:
    field = (
        page.get_by_role("main").get_by_role("searchbox").or_(page.get_by_role("main").get_by_role("combobox")).first
    )
    field.fill(words)
    page.get_by_role("main").get_by_role("button", name="検索").click()
    page.wait_for_url(re.compile("/search"))


def test_what_a_city_promises_for_people_without_smartphones_down_to_the_line(page: Open) -> None:
    shown = page("/")
    seek(shown, "松阪市 スマートフォン")
    shown.get_by_role("link", name="スマートフォン操作講習会等の実施").click()
    expect(shown.get_by_role("heading", level=1)).to_contain_text("スマートフォン操作講習会等の実施")
    shown.locator("main a.ev").first.click()
    where = shown.locator(".card a[href*='#ev-'], dialog a[href*='#ev-']")
    if "/id/doc/" not in shown.url:
        where.first.click()
    expect(shown).to_have_url(re.compile(r"/id/doc/242047-dx-2022-draft\.html#ev-L\d+"))


def test_a_city_of_similar_size_with_a_target_for_paperless_meetings(page: Open) -> None:
    shown = page("/")
    seek(shown, "富士宮市")
    shown.get_by_role("link", name="富士宮市", exact=True).first.click()
    shown.get_by_role("link", name="似た団体を探す").click()
    near = shown.locator("#recorded-peers li").first
    expect(near).to_contain_text("松阪市")
    expect(near).to_contain_text("近い規模")
    near.get_by_role("link", name="計画を読む").click()
    target = shown.locator(".outline .targets").filter(has_text="ペーパーレス")
    expect(target.first).to_contain_text("90%")


def test_the_citation_of_a_target_is_copied(page: Open) -> None:
    shown = page("/")
    seek(shown, "庁内会議のペーパーレス実施率")
    shown.get_by_role("link", name="庁内会議のペーパーレス実施率").first.click()
    shown.get_by_text("引用の書き方").first.click()
    shown.get_by_role("button", name=re.compile("写す|コピー")).first.click()
    copied = shown.evaluate("navigator.clipboard.readText()")
    assert "浜松市" in copied
    assert "id/plan/221309/dx/2023/i/2-04/k/1" in copied or re.search(r"L\d+|行", copied), copied

"""The pages of /compare in Chromium: with and without scripts, by keyboard, on a phone, in print."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
PAGES = (
    "/compare",
    "/compare/cities/142051-221309-222071-242047",
    "/compare/targets",
    "/compare/targets/cashless-counter-count",
    "/compare/timeline",
    "/compare/timeline/221309/dx/2023",
    "/compare/map",
    "/compare/peers/221309",
    "/coverage",
    "/coverage/222071/dx/2022",
    "/coverage/card/222071/dx/2022",
)


def wide(page: Page) -> int:
    """How far the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_two_cities_are_chosen_and_compared_without_scripts(page: Open) -> None:
    made = page("/compare/cities", scripts=False)
    made.get_by_label("団体 1").fill("浜松市")
    made.get_by_label("団体 2").fill("Matsusaka")
    made.get_by_role("button", name="並べる").click()
    expect(made.get_by_role("heading", level=1)).to_contain_text("浜松市・松阪市")
    expect(made.locator("#facts")).to_contain_text("2023-01-01")
    made.locator("#kpis .verdict").first.scroll_into_view_if_needed()
    expect(made.locator("#kpis .verdict").first).to_have_text("比較できない")


def test_a_sign_of_the_matrix_leads_to_the_lines_it_rests_on(page: Open) -> None:
    made = page("/compare")
    row = made.get_by_role("row").filter(has=made.get_by_role("rowheader", name="デジタルデバイド対策"))
    row.get_by_role("link", name="個別取組").click()
    assert "/id/plan/242047/dx/2022-draft" in made.url
    place = made.locator(f"[id='{made.url.partition('#')[2]}']")
    expect(place).to_be_visible()
    expect(place).to_contain_text("340")


def test_the_matrix_is_narrowed_by_its_form_and_kept_in_the_address(page: Open) -> None:
    made = page("/compare", scripts=False)
    made.get_by_label("都道府県").select_option(label="静岡県")
    made.get_by_role("button", name="絞り込む").click()
    expect(made.locator("table.matrix thead a")).to_have_text(["浜松市", "富士宮市"])
    assert "prefecture=220001" in made.url
    made.get_by_role("link", name="English").click()
    expect(made.locator("table.matrix thead a")).to_have_text(["Hamamatsu City", "Fujinomiya City"])


def test_the_pages_are_reached_by_keyboard(page: Open) -> None:
    made = page("/compare")
    tab = made.get_by_role("navigation", name="比べ方").get_by_role("link", name="地図")
    tab.focus()
    made.keyboard.press("Enter")
    expect(made.get_by_role("heading", level=1)).to_have_text("何が記録されているかの地図")
    spot = made.locator("svg.map a").filter(has_text="浜松市")
    spot.focus()
    made.keyboard.press("Enter")
    expect(made.get_by_role("heading", level=1)).to_contain_text("浜松市DX推進計画")


def test_a_chart_has_its_numbers_beside_it(page: Open) -> None:
    made = page("/compare/targets/cashless-counter-count", lang="en")
    chart = made.get_by_role("img", name="Hamamatsu City")
    expect(chart.first).to_be_visible()
    made.get_by_text("The same numbers as a table").first.click()
    expect(made.locator("details.numbers-of tbody tr").first).to_contain_text("73")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(page: Open, path: str) -> None:
    assert wide(page(path, phone=True)) == 0


def test_letters_of_a_chart_keep_their_size_on_a_phone(page: Open) -> None:
    made = page("/compare/targets/cashless-counter-count", phone=True)
    heights = made.locator(".chart svg.plot text:visible").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 10
    boxes = made.locator(".chart svg.plot .tick:visible text:first-child").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(b => [b.left, b.right])"
    )
    assert all(right <= left for (_, right), (left, _) in itertools.pairwise(boxes)), "years do not meet"


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("plan", ["142051/dx/2022-draft", "221309/dx/2023", "222071/dx/2022", "242047/dx/2022-draft"])
def test_a_card_prints_on_one_or_two_sheets(page: Open, plan: str, lang: str) -> None:
    made = page(f"/coverage/card/{plan}", lang=lang)
    printed = made.pdf(prefer_css_page_size=True)
    assert 1 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 2

"""What the browser tests rely on: requests that leave the site and errors are noticed."""

from __future__ import annotations

import pytest

from browser.conftest import Open, Watch


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_example_world_opens_in_both_languages(page: Open, world: str, lang: str) -> None:
    shown = page("/", at=world, lang=lang)
    assert shown.locator("html").get_attribute("lang") == lang
    assert shown.get_by_role("heading", level=1).count() == 1


def test_a_request_that_leaves_the_site_is_noticed(page: Open, world: str, watch: Watch) -> None:
    shown = page("/", at=world)
    assert not watch.problems
    shown.evaluate("fetch('http://keikaku.invalid/').catch(() => 0)")
    assert any("left the site" in problem or "Content Security" in problem for problem in watch.problems)
    watch.problems.clear()


def test_an_error_of_a_script_is_noticed(page: Open, world: str, watch: Watch) -> None:
    shown = page("/", at=world)
    shown.evaluate("console.error('on purpose')")
    assert any("on purpose" in problem for problem in watch.problems)
    watch.problems.clear()

"""What takes longest to make is there before somebody asks."""

from __future__ import annotations

import asyncio
import time

import pytest

from keikaku.pages import open_site
from keikaku.serve import warm
from keikaku.serve.app import make_app
from keikaku.serve.reader import Reader
from keikaku.settings import Settings
from serving import running


def test_pages_are_made_before_somebody_asks(built_project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "addresses", lambda _: ["/kpis", "/graph?theme=digital-divide"])
    app = make_app(built_project, beforehand=True)
    with running(app):
        end = time.monotonic() + 60
        while len(app.state.reader._kept) < 4 and time.monotonic() < end:
            time.sleep(0.05)
        asked = {key for _, key in app.state.reader._kept}
    assert {("/kpis", "ja"), ("/kpis", "en")} <= asked
    assert {key[0] for key in asked} == {"/kpis", "/graph"}


def test_every_address_that_is_made_beforehand_is_a_page(built_project: Settings) -> None:
    app = make_app(built_project)
    for address in warm.addresses(open_site(built_project)):
        assert asyncio.run(warm.make(app, address)) == 200, address


def test_large_pages_are_kept_while_there_is_room(built_world: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keikaku.serve.reader.ROOM", 100)
    monkeypatch.setattr("keikaku.serve.reader.LARGEST", 60)
    reader = Reader(built_world)
    site = reader.site()

    def kept() -> set[str]:
        return {name for name in "abcd" if reader.kept(site, name) is not None}

    for name, size in (("a", 50), ("b", 40), ("b", 50), ("d", 61)):
        reader.put(site, name, (200, "text/html", b"x" * size))
    assert kept() == {"a", "b"}, "the same page counts once, and one that is too large is not kept"
    reader.put(site, "c", (200, "text/html", b"x" * 10))
    assert kept() == {"b", "c"}, "the one asked for longest ago went"

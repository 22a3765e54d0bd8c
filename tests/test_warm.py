"""What takes longest to make is there before somebody asks."""

from __future__ import annotations

import asyncio
import time

import pytest

from keikaku.pages import open_site
from keikaku.serve import warm
from keikaku.serve.app import make_app
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

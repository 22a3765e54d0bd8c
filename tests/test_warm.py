"""What takes longest to make is there before somebody asks."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time
from pathlib import Path
from typing import cast

import pytest

from keikaku.pages import Site, open_site
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


def _write(settings: Settings) -> int:
    (settings.build / "made").write_text("made", encoding="utf-8")
    return 1


def _never_ends(settings: Settings) -> int:
    (settings.build / "begun").write_text(str(os.getpid()), encoding="utf-8")
    while True:
        time.sleep(1)


class Changing:
    """A reader that has another build once something was begun."""

    def __init__(self, site: Site, begun: Path) -> None:
        self.own, self.begun = site, begun

    def site(self) -> Site | None:
        return None if self.begun.exists() and self.begun.read_text() else self.own


def test_a_process_beside_makes_what_a_large_graph_needs_and_ends_when_another_build_comes(
    built_world: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = dataclasses.replace(open_site(built_world), settings=Settings(built_world.root, tmp_path))
    reader = cast(Reader, Changing(site, tmp_path / "begun"))
    asyncio.run(warm.beside(_write, reader, site))
    assert not (tmp_path / "made").exists(), "a small graph needs nothing"
    monkeypatch.setattr("keikaku.ask.materialised.FEWEST", 0)
    asyncio.run(warm.beside(_write, reader, site))
    assert (tmp_path / "made").read_text() == "made"
    asyncio.run(warm.beside(_never_ends, reader, site))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "begun").read_text()), 0)

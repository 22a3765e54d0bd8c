"""What takes longest to make is there before somebody asks."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

import httpx
import pytest

from keikaku.namespaces import BASE
from keikaku.pages import Site, open_site
from keikaku.serve import warm
from keikaku.serve.app import make_app
from keikaku.serve.description import description
from keikaku.serve.reader import Reader
from keikaku.serve.shelf import STAYING, Made
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


def _dies(settings: Settings) -> int:
    os._exit(3)


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
    built_world: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site = dataclasses.replace(open_site(built_world), settings=Settings(built_world.root, tmp_path))
    reader = cast(Reader, Changing(site, tmp_path / "begun"))
    asyncio.run(warm.beside(_write, reader, site))
    assert not (tmp_path / "made").exists(), "a small graph needs nothing"
    monkeypatch.setattr("keikaku.ask.materialised.FEWEST", 0)
    asyncio.run(warm.beside(_write, reader, site))
    assert (tmp_path / "made").read_text() == "made"
    with caplog.at_level("WARNING", logger="keikaku"):
        monkeypatch.setattr(warm.log, "propagate", True)
        asyncio.run(warm.beside(_dies, reader, site))
    assert "ended with 3" in caplog.text
    asyncio.run(warm.beside(_never_ends, reader, site))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "begun").read_text()), 0)


@pytest.fixture
def large(built_project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A build that counts as large, in a folder of its own."""
    monkeypatch.setattr("keikaku.ask.materialised.FEWEST", 0)
    shutil.copytree(built_project.current.resolve(), tmp_path / "store", copy_function=os.link)
    (tmp_path / "current").symlink_to("store")
    return Settings(built_project.root, tmp_path)


def _page() -> Made:
    return 200, "text/html; charset=utf-8", "計画".encode()


def _none() -> Made:
    return 404, "text/html", b"nothing"


def _fails() -> Made:
    raise AssertionError("made again")


def _kept(settings: Settings, site: Site) -> list[Path]:
    """The files of pages that belong to a build."""
    return list((settings.build / "pages").glob(f"*/{site.build_id}/*"))


def test_what_took_long_is_there_after_the_next_start(large: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Reader(large)
    first.keep(first.site(), ("/quick", "ja"), _page)
    first.long = 0.0
    assert first.keep(first.site(), ("/slow", "ja"), _page) == _page()
    first.keep(first.site(), ("/nowhere", "ja"), _none)
    again = Reader(large)
    assert again.keep(again.site(), ("/slow", "ja"), _fails) == _page()
    for other in (("/slow", "en"), ("/quick", "ja"), ("/nowhere", "ja")):
        with pytest.raises(AssertionError, match="made again"):
            again.keep(again.site(), other, _fails)
    monkeypatch.setattr("keikaku.serve.shelf._mark", lambda _: "another program")
    changed = Reader(large)
    with pytest.raises(AssertionError, match="made again"):
        changed.keep(changed.site(), ("/slow", "ja"), _fails)


def test_a_page_that_was_cut_off_is_made_anew(large: Settings) -> None:
    reader = Reader(large)
    reader.long = 0.0
    reader.keep(reader.site(), "slow", _page)
    (kept,) = _kept(large, reader.site())
    for damaged in (kept.read_bytes()[:-1], b"", b"no head\n"):
        kept.write_bytes(damaged)
        again = Reader(large)
        assert again.keep(again.site(), "slow", lambda: (200, "text/plain", b"anew"))[2] == b"anew"


def test_pages_of_a_build_go_when_another_is_taken_up(
    large: Settings, built_world: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(large)
    before = reader.site()
    reader.long = 0.0
    reader.keep(before, "slow", _page)
    (large.build / "next").symlink_to(built_world.current.resolve())
    (large.build / "next").replace(large.current)
    after = reader.site()
    assert after.build_id != before.build_id
    assert {folder.name for folder in (large.build / "pages").glob("*/*")} == {after.build_id, STAYING}
    reader.keep(before, "late", _page)
    assert not _kept(large, after), "a page of the build before is none of this"
    monkeypatch.undo()
    small = Reader(large)
    small.long = 0.0
    small.keep(small.site(), "slow", _page)
    assert not _kept(large, after), "of a small graph nothing is kept"


def test_no_more_than_there_is_room_for_is_kept_on_disk(large: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keikaku.serve.shelf.ROOM", 90)
    reader = Reader(large)
    reader.long = 0.0
    for name in ("one", "two"):
        reader.keep(reader.site(), name, _page)
    assert len(_kept(large, reader.site())) == 1


def test_what_another_process_keeps_takes_room_too(large: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Reader(large), Reader(large)
    one.long = other.long = 0.0
    one.keep(one.site(), "first", _page)
    length = _kept(large, one.site())[0].stat().st_size
    monkeypatch.setattr("keikaku.serve.shelf.ROOM", 6 * length)
    one = Reader(large)
    one.long = 0.0
    for n in range(5):
        for reader in (one, other):
            reader.keep(reader.site(), (id(reader), n), _page)
    assert len(_kept(large, one.site())) == 6


@pytest.mark.parametrize("processors", [1, 2])
def test_a_large_graph_is_made_ready_in_its_order(
    large: Settings, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    order: list[str] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)))

    async def here(make: Callable[[Settings], int], reader: Reader, site: Site) -> None:
        order.append(
            cast(partial[int], make).keywords["which"].__name__ if isinstance(make, partial) else make.__name__
        )
        await asyncio.to_thread(make, site.settings)

    monkeypatch.setattr(warm, "beside", here)

    def gathering(_: Site) -> list[str]:
        return ["/kpis", "/theme/digital-divide.html"]

    def asked(_: Site) -> list[str]:
        return ["/questions/plans-in-force"]

    monkeypatch.setattr(warm, "addresses", gathering)
    monkeypatch.setattr(warm, "of_questions", asked)
    monkeypatch.setattr(warm, "LAST", ["/questions"])
    monkeypatch.setattr(warm, "_plans", lambda _: [(BASE + "id/plan/221309/dx/2023", BASE + "id/doc/221309-dx-2023")])
    monkeypatch.setattr("keikaku.ask.prepared.tables", _write)
    monkeypatch.setattr("keikaku.ask.prepared.answers", _write)
    app = make_app(large, beforehand=True)
    with running(app):
        end = time.monotonic() + 60
        while len(order) < 6 and time.monotonic() < end:
            time.sleep(0.05)
    alone = [name for name in order if name != "of_plans"]
    assert alone == ["_write", "gathering", "_write", "asked", "last"]
    assert order.index("of_plans") == (4 if processors == 1 else 2)
    assert app.state.prepared == app.state.reader.site().build_id
    reader = Reader(large)
    for key in (
        ("/kpis", "ja"),
        ("/kpis", "en"),
        ("theme/digital-divide", ".html", "ja", 1),
        ("theme/digital-divide", ".html", "en", 1),
        ("id/plan/221309/dx/2023", ".html", "ja", 1),
        ("id/doc/221309-dx-2023", ".html", "en", 1),
        ("/coverage/221309/dx/2023", "ja"),
        ("/graph", "ja", ("plan", "221309/dx/2023")),
        ("/questions/plans-in-force", "en"),
    ):
        assert reader.keep(reader.site(), key, _fails)[0] == 200
    assert not reader.kept(reader.site(), ("/questions", "ja"))


def test_every_address_that_is_made_beforehand_is_a_page(large: Settings) -> None:
    found = set(warm.addresses(open_site(large)))
    assert {"/theme/digital-divide.html", "/id/lg/220001.html", "/graph?theme=digital-divide"} <= found
    app = make_app(large)
    for address in sorted(found):
        assert asyncio.run(warm.make(app, address)) == 200, address


def test_the_page_of_a_question_that_took_long_is_there_after_the_next_start(large: Settings) -> None:
    first = make_app(large)
    first.state.reader.long = 0.0
    with running(first) as live, httpx.Client(base_url=live, trust_env=False, timeout=60) as client:
        page = client.get("/questions/plans-in-force")
        assert page.status_code == 200
        again = client.get("/questions/plans-in-force", params={"government": "", "date": " "})
        assert again.text == page.text, "a field that was left empty asks nothing"
    second = Reader(large)
    kept = second.shelved(second.site(), ("/questions/plans-in-force", "ja"))
    assert kept is not None
    assert kept[2].decode() == page.text


def test_the_description_of_the_service_names_the_address_that_was_asked(built_project: Settings) -> None:
    app = make_app(built_project)
    with running(app) as live, httpx.Client(base_url=live, trust_env=False, timeout=60) as client:
        for host in ("one.example", "two.example:8080"):
            told = client.get("/sparql", headers={"Accept": "text/turtle", "Host": host}).text
            assert f"<http://{host}/sparql>" in told
            assert "here.invalid" not in told
        client.get("/sparql", headers={"Accept": "application/rdf+xml"})
    assert len([key for _, key in app.state.reader._kept if key[0] == "description"]) == 2, "one for each form"
    site = app.state.reader.site()
    told = description(app.state.reader, site, app.state.pool.limits, "application/rdf+xml", 'http://a"><x>&b/sparql')
    assert b"<x>" not in told

"""`keikaku build --watch`: a saved file is built at once, a mistake leaves the store in service, another build is noticed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchfiles import Change

from conftest import write_index
from keikaku import build, store, watch
from keikaku.errors import CannotRunError
from keikaku.memory import Memory
from keikaku.settings import Settings

PLAN = "data/plans/990019-mihon-2023.yaml"
SWITCHED, SAME, STAYS = "切り替えました", "変更はありません", "前のストアを使い続けます"

#: The command, with Ctrl-C as on a terminal: what a shell starts with & ignores it.
WATCHING = """import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from keikaku.cli import main
raise SystemExit(main(["build", "--watch"]))
"""


def save(world: Settings, old: str, new: str) -> None:
    path = world.root / PLAN
    text = path.read_text(encoding="utf-8")
    assert old in text
    beside = world.root / "saving.yaml"
    beside.write_text(text.replace(old, new, 1), encoding="utf-8")
    beside.replace(path)  # whole at once: half of it might be built first


@pytest.fixture
def watching(world: Settings) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", WATCHING], env={**os.environ, "KEIKAKU_ROOT": str(world.root)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        yield process
        process.kill()


def until(process: subprocess.Popen[str], *words: str) -> str:
    """What it says until a line holds one of these words."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if any(word in line for word in words):
            return said
    raise AssertionError(said)


def test_what_is_saved_is_built(watching: subprocess.Popen[str], world: Settings) -> None:
    until(watching, "Ctrl-C")
    first = store.read_build_id(world.current)
    save(world, "en: Remote counters", "en: Counters at a distance")
    said = until(watching, SWITCHED)
    assert PLAN in said
    assert store.read_build_id(world.current) != first
    assert store.open_current(world.current).query('ASK { ?thing dcterms:title "Counters at a distance"@en }')
    save(world, "en: Counters at a distance", "en: Remote counters")
    until(watching, SWITCHED)
    assert store.read_build_id(world.current) == first
    watching.send_signal(signal.SIGINT)
    assert watching.wait(60) == 0
    assert watching.stdout is not None
    assert "Traceback" not in watching.stdout.read()


def test_a_mistake_is_told_and_what_was_told_before_is_not(watching: subprocess.Popen[str], world: Settings) -> None:
    told = until(watching, "Ctrl-C")
    first = store.read_build_id(world.current)
    save(world, "themes: [", "themes: [nothing, ")
    said = until(watching, STAYS)
    assert "nothing" in said
    assert store.read_build_id(world.current) == first
    warnings = [line for line in told.splitlines() if line.endswith("[警告]")]
    assert not any(line in said for line in warnings)
    save(world, "themes: [nothing, ", "themes: [")
    assert STAYS not in until(watching, SAME)


def test_a_process_that_goes_on_notices_another_build(world: Settings) -> None:
    """Else it would take the other one's files for its own."""
    memory = Memory()
    first = build.build(world, extras=(write_index,), memory=memory)
    save(world, "en: Remote counters", "en: Counters at a distance")
    other = build.build(world, extras=(write_index,))
    save(world, "en: Counters at a distance", "en: Remote counters")
    again = build.build(world, extras=(write_index,), memory=memory)
    assert (again.build_id, again.build_id == other.build_id) == (first.build_id, False)
    assert "990019-dx-2023" in again.changed
    assert build.build(world, extras=(write_index,), memory=memory).changed == ()


def test_the_old_program_does_not_go_on(world: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would keep what it makes as made by the new one."""
    ours = Path(watch.__file__)
    several: list[set[tuple[Change, str]]]
    several = [set(), set(), {(Change.modified, str(world.root / PLAN))}, {(Change.modified, str(ours))}]
    monkeypatch.setattr(watch.watchfiles, "watch", lambda *_paths, **_options: iter(several))
    found = watch.changes(world)
    assert next(found) == frozenset()
    assert next(found) == {world.root / PLAN}
    with pytest.raises(CannotRunError, match="the program has changed") as error:
        next(found)
    assert "プログラムが変わりました" in error.value.sentence("ja")

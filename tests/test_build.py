"""Builds: the same bytes from the same input, only what changed is redone, and a reader never sees half a build."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import copy_world
from keikaku import base, build, store
from keikaku.errors import CannotRunError
from keikaku.making import Aside
from keikaku.namespaces import GRAPH
from keikaku.report import Severity
from keikaku.settings import Settings

PLAN = "data/plans/990019-mihon-2023.yaml"


def edit(world: Settings, old: str, new: str) -> None:
    path = world.root / PLAN
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_two_builds_give_the_same_sorted_nquads(tmp_path: Path) -> None:
    """Under different hash seeds, in different folders."""
    dumps = []
    for seed in ("1", "2"):
        made = copy_world(tmp_path / seed)
        code = "from keikaku.cli import main; main(['build'])"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "KEIKAKU_ROOT": str(made.root)}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
        opened = store.open_current(made.current)
        dumps.append((opened.build_id, opened.nquads()))
    assert dumps[0] == dumps[1]
    assert len(dumps[0][1].splitlines()) > 3000


def test_a_build_with_nothing_changed_redoes_nothing(world: Settings) -> None:
    for kept in (world.build / "cache").iterdir():  # what OWL derives may stay
        if kept.name != base.CLOSURE:
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
    assert build.build(world).changed == ("base", "990019-dx-2023", "soumu-mihon-jirei-1.0")
    again = build.build(world)
    assert again.changed == ()
    assert not again.stored


def test_a_changed_plan_redoes_that_plan_only_and_equals_a_full_build(world: Settings) -> None:
    build.build(world)
    edit(world, "en: Remote counters", "en: Counters at a distance")
    changed = build.build(world)
    assert changed.changed == ("990019-dx-2023",)
    incremental = store.open_current(world.current).nquads()
    full = build.build(world, full=True)
    assert full.build_id == changed.build_id
    assert store.open_current(world.current).nquads() == incremental


def test_a_removed_plan_leaves_the_store(world: Settings) -> None:
    build.build(world)
    (world.root / PLAN).unlink()
    build.build(world)
    graphs = store.open_current(world.current).graphs()
    assert not [g for g in graphs if "990019" in g]


def test_an_error_leaves_the_old_store_in_service(world: Settings) -> None:
    first = build.build(world)
    edit(world, "themes: [cashless]", "themes: [cashles]")
    second = build.build(world)
    assert not second.stored
    assert store.open_current(world.current).build_id == first.build_id


@pytest.fixture(scope="module")
def aside(built_world: Settings) -> Iterator[Aside]:
    """Not forked, since a test has threads."""
    with Aside(built_world, "forkserver") as made:
        yield made


def test_a_plan_made_aside_is_the_same(world: Settings, aside: Aside) -> None:
    build.build(world)
    edit(world, "en: Remote counters", "en: Counters at a distance")
    made = build.build(world, aside=aside)
    assert made.changed == ("990019-dx-2023",)
    incremental = store.open_current(world.current).nquads()
    again = build.build(world)
    assert again.changed == () and again.findings == made.findings, "what was made aside is kept"
    full = build.build(world, full=True)
    assert full.build_id == made.build_id and full.findings == made.findings
    assert store.open_current(world.current).nquads() == incremental


@pytest.mark.parametrize(
    ("lang", "told"), [("ja", "途中のプロセスが終わってしまいました"), ("en", "a process that did part of the work")]
)
def test_where_a_process_of_a_build_is_ended_from_outside_it_says_so_and_the_old_build_stays(
    world: Settings, lang: str, told: str
) -> None:
    first = build.build(world)
    edit(world, "en: Remote counters", "en: Counters at a distance")
    code = (
        "import os; from keikaku import making; making.derive_document = lambda *_: os._exit(9); "
        f"from keikaku.cli import main; main(['build', '--lang', '{lang}'])"
    )
    environment = {**os.environ, "KEIKAKU_ROOT": str(world.root)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr
    assert store.open_current(world.current).build_id == first.build_id
    assert [folder.name for folder in world.build.glob("store-*")] == [world.current.resolve().name]
    assert build.build(world).changed == ("990019-dx-2023",)


def test_what_is_found_wrong_after_storing_leaves_the_old_store_in_service(world: Settings, aside: Aside) -> None:
    first = build.build(world)
    edit(world, "\n    unit: 窓口", "")
    made = build.build(world, aside=aside)
    assert {f.rule for f in made.findings if f.severity is Severity.VIOLATION} == {"S15"}
    assert not made.stored and made.build_id == first.build_id
    assert store.open_current(world.current).build_id == first.build_id
    assert [folder.name for folder in world.build.glob("store-*")] == [world.current.resolve().name]
    assert build.build(world).findings == made.findings


def test_what_breaks_over_an_invalid_plan_is_told_by_its_findings(world: Settings, aside: Aside) -> None:
    def breaks(*_: object) -> None:
        raise ValueError("no unit")

    build.build(world)
    edit(world, "en: Remote counters", "en: Counters at a distance")
    with pytest.raises(ValueError, match="no unit"):
        build.build(world, aside=aside, extras=(breaks,))
    edit(world, "\n    unit: 窓口", "")
    assert not build.build(world, aside=aside, extras=(breaks,)).ok


def test_a_reader_keeps_what_it_opened(world: Settings) -> None:
    build.build(world)
    reader = store.open_current(world.current)
    before = reader.nquads()
    edit(world, "en: Remote counters", "en: Counters at a distance")
    build.build(world)
    assert reader.nquads() == before
    assert store.open_current(world.current).nquads() != before


def test_without_a_build_the_sentence_names_the_command(world: Settings) -> None:
    with pytest.raises(CannotRunError, match="keikaku build"):
        store.open_current(world.current)


def test_two_builds_at_once_are_refused(world: Settings) -> None:
    world.build.mkdir(parents=True, exist_ok=True)
    with (world.build / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CannotRunError, match="another build is running"):
            build.build(world)


def test_killing_a_build_never_leaves_half_a_plan(world: Settings) -> None:
    """Builds killed at random moments: the store opens, and holds the old or the new plan, whole."""
    build.build(world)
    old_text = (world.root / PLAN).read_text(encoding="utf-8")
    versions = {store.open_current(world.current).nquads()}
    edit(world, "en: Remote counters", "en: Counters at a distance")
    new_text = (world.root / PLAN).read_text(encoding="utf-8")
    build.build(world)
    versions.add(store.open_current(world.current).nquads())
    chance = random.Random(7)
    killed = 0
    for round_number in range(8):
        (world.root / PLAN).write_text((old_text, new_text)[round_number % 2], encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-c", "from keikaku.cli import main; main(['build', '--full'])"],
            env={**os.environ, "KEIKAKU_ROOT": str(world.root)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(0.3, 4.5))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        assert store.open_current(world.current).nquads() in versions
    assert killed, "no build was killed before it ended"
    (world.root / PLAN).write_text(new_text, encoding="utf-8")
    build.build(world)
    assert store.open_current(world.current).nquads() in versions
    assert len(list(world.build.glob("store-*"))) <= 2, "half-written stores are removed"


def test_meta_tells_each_graph_its_document_hash_and_licence(built_world: Settings) -> None:
    opened = store.open_current(built_world.current)
    rows = opened.select(
        "SELECT ?g ?hash ?licence WHERE { GRAPH graph:meta { ?g a prov:Entity ; dcterms:identifier ?hash ; dcterms:license ?licence } }"
    )
    described = {str(row["g"]) for row in rows}
    assert described == set(opened.graphs()) - {str(GRAPH["meta"])}
    assert all(str(row["hash"]).startswith("sha256:") for row in rows)

"""`keikaku diff`: what a release changes, in words, from builds, dumps and sites alike."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from keikaku import build
from keikaku.cli.app import run
from keikaku.diff import diff, open_release
from keikaku.errors import CannotRunError
from keikaku.pages.words import foreign
from keikaku.settings import Settings
from keikaku.store import open_current

FILE = "990019-mihon-2023.yaml"


@pytest.fixture(scope="module")
def dump(built_world: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release before the change, as a dump."""
    path = tmp_path_factory.mktemp("old") / "keikaku.nq.gz"
    path.write_bytes(gzip.compress(open_current(built_world.current).nquads(), mtime=0))
    return path


def change(world: Settings, *replacements: tuple[str, str]) -> None:
    path = world.data / "plans" / FILE
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    result = build.build(world)
    assert result.stored, [f.sentence() for f in result.findings]


def test_the_same_build_has_no_differences(
    built_world: Settings, dump: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(open_release(built_world.build), open_release(dump)) == []
    assert run(["diff", str(built_world.build), str(dump), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_changed_title_a_new_fact_and_a_lost_thing_are_told_in_words(
    world: Settings, dump: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        world,
        ("en: Mihon City DX Plan}", "en: Digital Plan of Mihon}"),
        ("not-stated: [budget]", "not-stated: [budget, evaluation]"),
        ("  - {no: 1, title: {ja: 現金を扱う手間, en: Work caused by handling cash}, at: 19}", "  - {no: 2, title: {ja: 現金を扱う手間, en: Work caused by handling cash}, at: 19}"),
        ("answers: [1]", "answers: [2]"),
    )  # fmt: skip
    (part,) = [p for p in diff(open_release(dump), open_release(world.build), foreign) if p.id == "990019-dx-2023"]
    assert part.state == "changed"
    sentences = {entry.kind: [e.sentence("en") for e in part.entries if e.kind == entry.kind] for entry in part.entries}
    assert (
        "plan (edition) “Digital Plan of Mihon” — title: Mihon City DX Plan → Digital Plan of Mihon"
        in sentences["changed"]
    )
    assert any("states nothing on: evaluation" in text for text in sentences["added"])
    assert sentences["new"] == ["issue “Work caused by handling cash”"] == sentences["gone"]
    assert any("計画（版）「見本市DX推進計画」" in entry.sentence("ja") for entry in part.entries)
    assert run(["diff", str(dump), str(world.build), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "Mihon City DX Plan → Digital Plan of Mihon" in out and "https://" not in out
    assert run(["diff", str(dump), str(world.build), "--format", "md"]) == 1
    assert capsys.readouterr().out.startswith("## ")
    assert run(["diff", str(dump), str(world.build), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {entry["kind"] for part in found for entry in part["entries"]} >= {"changed", "added", "new", "gone"}


def test_a_value_is_told_by_its_kpi(world: Settings, dump: Path) -> None:
    change(
        world,
        (
            "{value: -5, change-from: before-introduction, when: FY2023, printed: 5分短縮}",
            "{value: -5, change-from: before-introduction, when: FY2023}",
        ),
    )
    (part,) = diff(open_release(dump), open_release(world.build))
    assert [entry.sentence("ja") for entry in part.entries if entry.kind == "withdrawn"] == [
        "目標値「窓口の待ち時間(2023)」 — 原典の数値表記: 5分短縮"
    ]


def test_a_document_that_comes_or_goes_is_one_part(world: Settings, dump: Path) -> None:
    (world.data / "plans" / FILE).unlink()
    result = build.build(world)
    assert result.stored
    parts = {part.id: part for part in diff(open_release(dump), open_release(world.build))}
    assert parts["990019-dx-2023"].state == "gone"
    assert parts["990019-dx-2023"].facts[0] == 0 < parts["990019-dx-2023"].facts[1]
    assert all(entry.kind == "gone" for entry in parts["990019-dx-2023"].entries if not entry.property)


def test_what_is_no_release_is_refused(tmp_path: Path, dump: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    for path in (tmp_path, tmp_path / "x.pdf", tmp_path / "none"):
        with pytest.raises(CannotRunError):
            open_release(path)
        assert run(["diff", str(path), str(dump)]) == 2

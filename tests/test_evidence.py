"""Evidence: every passage and number is found again; one changed digit, or two swapped values, is noticed and named."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, WORLD, copy_world
from keikaku import build, evidence
from keikaku.errors import CannotRunError, KeikakuError
from keikaku.read.documents import Lines, passage_hash, split_lines
from keikaku.read.evidence import cells
from keikaku.read.numbers import normalise, printed_numbers
from keikaku.read.uncovered import line_cover
from keikaku.report import Finding
from keikaku.settings import Settings

TEXTS = WORLD / "texts"
PLAN = "data/plans/990019-mihon-2023.yaml"


def recheck(world: Settings) -> list[Finding]:
    return evidence.check(world, TEXTS)[1]


def test_the_example_world_is_found_again_whole(world: Settings) -> None:
    done, findings = evidence.check(world, TEXTS)
    assert findings == []
    assert [(d.passages, d.values) for d in done] == [(d.passages_found, d.values_found) for d in done]
    assert done[0].values == 29  # counted in the file: 22 values with a number and 8 parts, less the one not stated


def test_locking_again_changes_nothing(world: Settings) -> None:
    file = world.data / "evidence/990019-dx-2023.tsv"
    before = file.read_bytes()
    done, _ = evidence.write_locks(world, TEXTS)
    assert file.read_bytes() == before
    assert (done[0].new, done[0].changed, done[0].dropped) == (0, 0, 0)


def test_the_lock_holds_no_text_of_the_source() -> None:
    for lock in [*(ROOT / "data/evidence").glob("*.tsv"), *(WORLD / "data/evidence").glob("*.tsv")]:
        for row in lock.read_text(encoding="utf-8").splitlines()[1:]:
            assert re.fullmatch(r"\d+\t\d+\t\d+\t\d+\t[0-9a-f]{64}", row), lock


def values_of(text: str) -> Iterator[tuple[int, str]]:
    """Line number and number of every stated value in a plan file."""
    for number, line in enumerate(text.split("\n"), 1):
        for found in re.finditer(r"value: (?:about |at least )?-?(\d[\d,.]*)", line):
            yield number, found[1]


def with_another(line: str, number: str, changed: str) -> str:
    """A line of a plan file with another number as its value."""
    return re.sub(rf"(value: (?:about |at least )?-?){re.escape(number)}(?!\d)", rf"\g<1>{changed}", line, count=1)


def test_changing_any_digit_fails_and_names_the_line(world: Settings) -> None:
    """One digit of every line at a time: each of the changed lines is named."""
    path = world.root / PLAN
    text = path.read_text(encoding="utf-8")
    waiting = [
        (line, number, index) for line, number in values_of(text) for index, c in enumerate(number) if c.isdigit()
    ]
    assert len(waiting) > 50
    while waiting:
        lines, touched, later = text.split("\n"), {}, []
        for line, number, index in waiting:
            if line in touched:
                later.append((line, number, index))
                continue
            digit = number[index]
            other = str((int(digit) + 1) % 10) if not (index == 0 and digit == "9") else "1"
            touched[line] = number[:index] + other + number[index + 1 :]
            lines[line - 1] = with_another(lines[line - 1], number, touched[line])
        path.write_text("\n".join(lines), encoding="utf-8")
        assert set(touched) <= {f.place.line for f in recheck(world)}, touched
        waiting = later


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("value: 401", "value: 89"),
        ("direct-facility: 30", "designated-facility: 20"),
        ("administrative: 1792", "internal: 353"),
    ],
)
def test_swapping_two_values_of_a_line_fails(world: Settings, one: str, other: str) -> None:
    path = world.root / PLAN
    text = path.read_text(encoding="utf-8")
    a, b = one.split(": ")[1], other.split(": ")[1]
    swapped = text.replace(one, one.replace(a, "@"), 1).replace(other, other.replace(b, a), 1).replace("@", b)
    assert swapped != text
    path.write_text(swapped, encoding="utf-8")
    assert recheck(world)


def test_another_version_of_the_text_is_refused(world: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "mihon.txt").write_text((TEXTS / "mihon.txt").read_text(encoding="utf-8") + "付記\n", encoding="utf-8")
    with pytest.raises(KeikakuError, match="another version"):
        evidence.check(world, folder)


def test_a_missing_text_cannot_run(world: Settings, tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="is not at"):
        evidence.check(world, tmp_path)


def test_a_moved_passage_is_noticed(world: Settings) -> None:
    file = world.data / "evidence/990019-dx-2023.tsv"
    rows = file.read_text(encoding="utf-8").split("\n")
    cut = rows[5].split("\t")
    rows[5] = "\t".join([*cut[:4], "0" * 64])
    file.write_text("\n".join(rows), encoding="utf-8")
    assert any("is not what the lock file says" in f.sentence() for f in recheck(world))


@pytest.mark.sources
def test_all_real_evidence_is_found_again(sources: Path) -> None:
    real = Settings(ROOT, ROOT / "build")
    done, findings = evidence.check(real, sources)
    assert [f.sentence() for f in findings] == []
    assert len(done) == len(build.document_files(real))
    assert all(d.passages == d.passages_found and d.values == d.values_found for d in done)


@pytest.mark.sources
def test_a_changed_digit_in_the_real_plans_is_noticed(sources: Path, tmp_path: Path) -> None:
    """A seeded sample of values of every plan, one digit changed each."""
    chance = random.Random(20261121)
    made = copy_world(tmp_path / "copy")
    data = made.root / "data"
    for child in list(data.rglob("*")):
        if child.is_file():
            child.unlink()
    for source in (ROOT / "data").rglob("*"):
        target = data / source.relative_to(ROOT / "data")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_file():
            target.write_bytes(source.read_bytes())
    touched: dict[tuple[str, int], tuple[str, str]] = {}
    for path in build.document_files(made):
        text = path.read_text(encoding="utf-8")
        found = list(values_of(text))
        lines = text.split("\n")
        name = path.relative_to(made.root).as_posix()
        for line, number in chance.sample(found, min(8, len(found))):
            changed = str((int(number[0]) % 9) + 1) + number[1:]
            if (name, line) in touched:
                continue
            lines[line - 1] = with_another(lines[line - 1], number, changed)
            touched[name, line] = (number, changed)
        path.write_text("\n".join(lines), encoding="utf-8")
    noticed = {(f.place.file, f.place.line) for f in evidence.check(made, sources)[1]}
    assert len(touched) > 20 and set(touched) <= noticed, touched


def test_the_test_vector_of_the_design() -> None:
    text = "２０２５年度 末：累計５０窓口\n（直営：３０）"
    assert normalise(text) == "2025年度末:累計50窓口(直営:30)"
    assert passage_hash(text) == "e4a3ab6857d6212b8970d1eb211de29ad18d48b458f49b18b0b72e83c9487ac6"


@pytest.mark.parametrize(
    ("text", "value"),
    [("約38%", 38), ("4万1千人", 41000), ("2,145件", 2145), ("70.0%", 70), ("4割程度", 40), ("0時間0分", 0), ("1時間30分", 90), ("五つ", 5), ("二十業務", 20), ("三千六百", 3600), ("43万人", 430000)],
)  # fmt: skip
def test_printed_numbers_are_read(text: str, value: int) -> None:
    assert any(value in number.values for number in printed_numbers(normalise(text))), text


def test_cells_of_a_table_stay_apart() -> None:
    assert [int(max(n.values)) for n in cells("2,145\t2,082\t63\n26 7").numbers] == [2145, 2082, 63, 26, 7]


@given(st.text(alphabet="あ1\n ２", max_size=60))
def test_lines_are_the_pieces_between_line_feeds(text: str) -> None:
    found = split_lines(text)
    pieces = text.split("\n")
    if text.endswith("\n"):
        pieces.pop()
    if not text:
        return
    assert len(found.starts) - 1 == len(pieces)
    for number, piece in enumerate(pieces, 1):
        passage = found.passage(Lines(number, number))
        assert passage is not None
        assert found.text[passage.start : passage.end] == piece
        assert passage.sha256 == passage_hash(piece)


def test_lines_that_no_evidence_points_to_are_counted() -> None:
    text = split_lines("計画\n\n目標 50件\n---\n担当課は総務課\n")
    found = line_cover("x", text, [Lines(1, 1)])
    assert (found.lines, found.covered, found.open) == (3, 1, (3, 5))

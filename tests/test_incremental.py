"""An incremental build equals a full one, after any sequence of edits: the same named graphs, quad for quad, the same findings,
the same search index, and the same answers whether they are kept or not.

`make test` runs a few sequences; `make test-incremental` (KEIKAKU_SEQUENCES=200) runs many.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from conftest import ROOT, copy_world, write_index
from keikaku import base, build, search, store
from keikaku.cache import MANIFEST, load_manifest
from keikaku.fingerprints import Fingerprint, Fingerprints, read
from keikaku.making import Aside
from keikaku.memory import Memory
from keikaku.search.opened import opened
from keikaku.settings import Settings
from standing import differing

sys.path.insert(0, str(ROOT / "bench"))

SEQUENCES = int(os.environ.get("KEIKAKU_SEQUENCES", "2"))
PLAN, BOOK = "990019-mihon-2023", "soumu-mihon-jirei-1.0"
Edit = Callable[[Path, int], None]


def _text(path: Path, old: str, new: str) -> None:
    if path.is_file():
        path.write_text(re.sub(old, new, path.read_text(encoding="utf-8"), count=1), encoding="utf-8")


def _data(root: Path) -> Path:
    return root / "data"


def change_title(root: Path, number: int) -> None:
    """A plan is corrected."""
    _text(_plan(root), r"en: Remote counters[^},]*", f"en: Remote counters {number}")


def change_theme(root: Path, number: int) -> None:
    """A theme is exchanged, on which inferred coverage depends."""
    _text(_plan(root), r"themes: \[[a-z-]+\]", f"themes: [{('cashless', 'telework', 'paperless')[number % 3]}]")


def change_number(root: Path, number: int) -> None:
    """A target is corrected."""
    _text(_plan(root), r"value: \d+, unit: 手続", f"value: {31 + number}, unit: 手続")


def make_a_mistake(root: Path, number: int) -> None:
    """A name that nothing has; the store stays, and the next edit builds on what is kept."""
    _text(_plan(root), r"themes: \[[a-z-]+\]", f"themes: [nothing-{number}]")


def mend(root: Path, _number: int) -> None:
    """The mistake is mended."""
    _text(_plan(root), r"themes: \[nothing-\d+\]", "themes: [cashless]")


def _plan(root: Path) -> Path:
    return _data(root) / "plans" / f"{PLAN}.yaml"


def remove_plan(root: Path, _number: int) -> None:
    """The plan is taken out, to be put back by a later edit."""
    if _plan(root).is_file():
        _plan(root).rename(root / "aside.yaml")


def restore_plan(root: Path, _number: int) -> None:
    """What was taken out comes back as it was."""
    if (root / "aside.yaml").is_file():
        (root / "aside.yaml").rename(_plan(root))


def copy_plan(root: Path, number: int) -> None:
    """Another edition of the plan, with a registration of its own in data/sources/."""
    name = f"990019-dx-{2030 + number}"
    data = _data(root)
    if not _plan(root).is_file():
        return
    text = _plan(root).read_text(encoding="utf-8")
    text = text.replace("990019/dx/2023", f"990019/dx/{2030 + number}").replace("990019-dx-2023", name)
    (data / "plans" / f"990019-other-{2030 + number}.yaml").write_text(text, encoding="utf-8")
    entries = (data / "sources.yaml").read_text(encoding="utf-8").split("\n- ")
    entry = next(one for one in entries if one.startswith("document: 990019-dx-2023"))
    (data / "sources").mkdir(exist_ok=True)
    (data / "sources" / f"{name}.yaml").write_text(
        "documents:\n- " + entry.replace("990019-dx-2023", name).rstrip("\n") + "\n", encoding="utf-8"
    )
    shutil.copy(data / "evidence" / "990019-dx-2023.tsv", data / "evidence" / f"{name}.tsv")


def remove_copy(root: Path, number: int) -> None:
    """That edition is taken out again."""
    (_data(root) / "plans" / f"990019-other-{2030 + number}.yaml").unlink(missing_ok=True)


def change_register(root: Path, number: int) -> None:
    """A section is renamed in the register of the city."""
    _text(_data(root) / "registers" / "990019.yaml", r"en: [A-Z][A-Za-z ]+", f"en: Section {number}")


def change_prefecture(root: Path, number: int) -> None:
    """The prefecture gets a register, which all its cities see; then an entry of it is renamed."""
    (_data(root) / "registers" / "990001.yaml").write_text(
        f"government: 990001\nunits:\n- {{no: 1, name: {{ja: 県の課{number}, en: Section {number} of the prefecture}}}}\n",
        encoding="utf-8",
    )


def change_nation(root: Path, number: int) -> None:
    """A national register changes."""
    _text(_data(root) / "registers" / "national.yaml", r"en: [A-Z][A-Za-z ]+", f"en: Nation {number}")


def change_vocabulary(root: Path, number: int) -> None:
    """A label of a theme changes."""
    path = root / "ontology" / "themes.ttl"
    _text(path, r'"telework[^"]*"@en', f'"telework {number}"@en')


def change_registration(root: Path, number: int) -> None:
    """A heading of the registered text changes, from which evidence takes its section."""
    _text(_data(root) / "sources.yaml", r"heading: [^,}]+", f"heading: 見出し{number}")


def change_lock(root: Path, number: int) -> None:
    """A passage hash of the lock changes."""
    _text(_data(root) / "evidence" / "990019-dx-2023.tsv", r"[0-9a-f]{64}", f"{number:x}" * 64)


def remove_book(root: Path, _number: int) -> None:
    """The casebook is taken out."""
    (_data(root) / "casebooks" / f"{BOOK}.yaml").unlink(missing_ok=True)
    for path in (_data(root) / "casebooks").glob("*.yaml"):
        path.unlink()


EDITS: tuple[Edit, ...] = (
    change_title, change_theme, change_number, make_a_mistake, mend, remove_plan, restore_plan, copy_plan, remove_copy,
    change_register, change_prefecture, change_nation, change_vocabulary, change_registration, change_lock, remove_book,
)  # fmt: skip
#: Editions of the vocabulary cost most of the time, since everything is done again; they are drawn less often.
OFTEN = [edit for edit in EDITS if edit not in (change_vocabulary, remove_book, change_nation)]
STEPS = st.lists(
    st.tuples(st.one_of(st.sampled_from(OFTEN), st.sampled_from(OFTEN), st.sampled_from(EDITS)), st.integers(0, 3)),
    min_size=1,
    max_size=4,
)


def contents(made: Settings) -> dict[str, list[bytes]]:
    """Every named graph of the current store."""
    if not store.read_build_id(made.current):
        return {}
    opened = store.open_current(made.current)
    return {graph: opened.lines(graph) for graph in opened.graphs()}


def searched(made: Settings) -> dict[str, object]:
    """All that the search index says, by IRI, and what some searches find."""
    with opened(made.current / search.FILE) as index:
        iri = dict(index.rows("SELECT id, iri FROM {at}.thing WHERE id {but}"))
        value = dict(index.rows("SELECT id, facet || ' ' || iri FROM {at}.value WHERE id {still}"))
        told: dict[str, object] = {
            "things": sorted(
                index.rows("SELECT iri, kind, cost, rank, ja, en, within_ja, within_en FROM {at}.thing WHERE id {but}")
            ),
            "names": sorted(
                (iri[thing], *rest)
                for thing, *rest in index.rows("SELECT thing, text, spelt, form FROM {at}.name WHERE thing {but}")
            ),
            "facets": sorted(
                (value[at], iri[thing])
                for at, thing in index.rows("SELECT value, thing FROM {at}.facet WHERE thing {but}")
            ),
            "values": sorted(
                (value[at], iri.get(thing, ""), ja, en)
                for at, thing, ja, en in index.rows("SELECT id, thing, ja, en FROM {at}.value WHERE id {still}")
            ),
        }
    for words in ("窓口", "見", "counter 2", "Section", "30手続", "みほん"):
        told[words] = search.find(made.current / search.FILE, words, most=50)
    told["no plan"] = search.find(made.current / search.FILE, "", filters={"status": "no-plan"}, most=50)
    return told


@pytest.fixture(scope="session")
def kept_results(built_world: Settings) -> Path:
    """The kept results of the example world."""
    return built_world.build


@pytest.fixture(scope="module")
def aside(built_world: Settings) -> Iterator[Aside]:
    """Not forked, since a test has threads."""
    with Aside(built_world, "forkserver") as made:
        yield made


@given(STEPS, st.booleans())
# Articles that both editions name were lost from the index.
@example([(change_title, 0), (copy_plan, 1), (change_title, 0), (remove_copy, 1)], False)
# A process that goes on keeps what it read, while another one builds, and registrations change.
@example([(change_title, 0), (copy_plan, 1), (change_title, 3), (change_registration, 1), (change_title, 0)], True)
@settings(
    max_examples=SEQUENCES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
def test_an_incremental_build_equals_a_full_one(
    kept_results: Path, aside: Aside, steps: list[tuple[Edit, int]], goes_on: bool
) -> None:
    """`goes_on`: one process, with one beside it, builds after every edit but those with the number 3, after which another one does."""
    memory = Memory()
    with tempfile.TemporaryDirectory() as there:
        world = copy_world(Path(there) / "world")
        (world.root / "ontology").unlink()
        shutil.copytree(ROOT / "ontology", world.root / "ontology")
        shutil.copytree(kept_results, world.build, symlinks=True)
        for edit, number in steps:
            edit(world.root, number)
            same = goes_on and number < 3
            step = build.build(
                world, extras=(write_index,), memory=memory if same else None, aside=aside if same else None
            )
            if number % 2:  # answers that are kept here are brought up to date over several builds
                differing(world)
        full = Settings(world.root, Path(there) / "full")
        shutil.copytree(world.build / "cache" / base.CLOSURE, full.build / "cache" / base.CLOSURE)
        stored = build.build(full, extras=(write_index,))
        assert sorted(step.findings) == sorted(stored.findings)
        if stored.stored:
            assert step.build_id == stored.build_id
            assert contents(world) == contents(full)
            assert searched(world) == searched(full)
            assert differing(world) == []
        else:
            assert not step.stored, "a mistake leaves the store before it in service"


def test_a_changed_plan_leaves_the_index_of_the_rest_alone(kept_results: Path, tmp_path: Path) -> None:
    world = copy_world(tmp_path / "world")
    shutil.copytree(kept_results, world.build, symlinks=True)
    whole = (world.current / search.FILE).stat().st_ino
    change_title(world.root, 7)
    build.build(world, extras=(write_index,))
    assert (world.current / search.FILE).stat().st_ino == whole, (
        "the first file is shared, the second says what changed"
    )
    assert [hit.name.en for hit in search.search(world.current / search.FILE, "Remote counters 7")] == [
        "Remote counters 7"
    ]
    change_title(world.root, 8)
    build.build(world, extras=(write_index,))
    assert (world.current / search.FILE).stat().st_ino == whole
    assert all("7" not in hit.name.en for hit in search.search(world.current / search.FILE, "Remote counters"))


def test_every_edit_changes_something(built_world: Settings, tmp_path: Path) -> None:
    """Else the sequences would prove nothing."""
    for edit in EDITS:
        if edit in (mend, restore_plan, remove_copy):
            continue
        made = copy_world(tmp_path / edit.__name__)
        (made.root / "ontology").unlink()
        shutil.copytree(ROOT / "ontology", made.root / "ontology")
        before = {path: path.read_bytes() for path in sorted(made.root.rglob("*.*")) if path.is_file()}
        edit(made.root, 2)
        after = {path: path.read_bytes() for path in sorted(made.root.rglob("*.*")) if path.is_file()}
        assert before != after, edit.__name__


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"plan: 142051/dx/2022\ndocument: 142051-dx-2022 # its name\nof: 990019\n")
    os.utime(path, ns=(10**18, 10**18))
    found = Fingerprints(tmp_path / "kept.json").of(path)
    assert found.document == "142051-dx-2022"
    assert found.codes == ("142051", "990019")
    again = Fingerprints(tmp_path / "kept.json")
    path.write_bytes(b"document: other\n")
    assert again.of(path).document == "other"
    assert again.of(tmp_path / "none").sha256 == ""


def test_fingerprints_are_kept_piece_by_piece_and_survive_a_damaged_end(tmp_path: Path) -> None:
    kept, paths = tmp_path / "kept", [tmp_path / f"{name}.yaml" for name in "ab"]
    for path in paths:
        path.write_bytes(b"document: one\n")
        os.utime(path, ns=(10**18, 10**18))
    old = time.time_ns() + 10**12  # else a file so fresh is read again each time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("keikaku.fingerprints.time.time_ns", lambda: old)

        def reads() -> int:
            """How many of the files are read."""
            count = 0

            def counted(data: bytes) -> Fingerprint:
                nonlocal count
                count += 1
                return read(data)

            patch.setattr("keikaku.fingerprints.read", counted)
            found = Fingerprints(kept)
            assert all(found.of(path).sha256 == read(path.read_bytes()).sha256 for path in paths)
            found.write()
            return count

        assert [reads(), reads()] == [2, 0]
        whole = kept.read_bytes()
        paths[0].write_bytes(b"document: another\n")
        assert [reads(), reads()] == [1, 0]
        added = kept.read_bytes()
        assert added.startswith(whole) and len(added) > len(whole)
        kept.write_bytes(added[:-10])
        assert [reads(), reads()] == [1, 0], "what the damaged piece held is read again, and the whole written anew"
        assert not kept.read_bytes().startswith(added[:-10])


@pytest.mark.parametrize(
    "manifest",
    [b"", b"no pickle", pickle.dumps([1]), pickle.dumps({"base": {"name": "base", "key": "k"}}), pickle.dumps({"base": ("k",)})],
    ids=["empty", "damaged", "a list", "heads of an earlier program", "half a head"],
)  # fmt: skip
def test_a_list_of_results_that_another_program_wrote_is_not_used(
    manifest: bytes, kept_results: Path, tmp_path: Path
) -> None:
    world = copy_world(tmp_path / "world")
    shutil.copytree(kept_results, world.build, symlinks=True)
    (world.build / "cache" / MANIFEST).write_bytes(manifest)
    before = store.read_build_id(world.current)
    assert build.build(world, extras=(write_index,)).build_id == before
    assert load_manifest(world).keys() >= {"base"}, "written again"

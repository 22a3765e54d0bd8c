"""The synthetic nation of bench/world.py: the same for the same seed, built without an error, marked, and kept apart."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from conftest import ROOT, write_index
from keikaku import build, settings, store
from keikaku.errors import CannotRunError
from keikaku.namespaces import GRAPH
from keikaku.pages import open_site
from keikaku.publish.static import check_synthetic
from keikaku.report import Severity
from keikaku.settings import Settings

sys.path.insert(0, str(ROOT / "bench"))

import stages
import world as synthetic

MADE_UP = 'SELECT ?d WHERE { ?d a jdx:SourceDocument ; schema:creativeWorkStatus "synthetic"@en }'


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory, closure: Path) -> Settings:
    """A synthetic world of two plans, built."""
    folder = synthetic.write(tmp_path_factory.mktemp("nation"), 2, 7)
    made = settings.find(folder, environment={})
    shutil.copytree(closure, made.build / "cache" / "closure")
    result = build.build(made, extras=(write_index,))
    assert result.stored, [f.sentence() for f in result.findings if f.severity is Severity.VIOLATION]
    return made


def files(folder: Path) -> dict[str, bytes]:
    """What a world consists of."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "data").rglob("*.*")}


def test_a_world_is_the_same_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    one, two, three = (synthetic.write(tmp_path / name, 3, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert files(one) == files(two)
    assert files(one) != files(three)


def test_a_larger_world_holds_the_smaller_one(tmp_path: Path) -> None:
    small, large = (synthetic.write(tmp_path / str(plans), plans, 7) for plans in (2, 3))
    assert files(small).items() - files(large).items() == set()


def test_governments_get_a_second_edition_only_when_all_have_one() -> None:
    rows = synthetic.governments(ROOT / "data")
    chosen = synthetic.choose(rows, len(rows) + 5, 7)
    assert len({row["code"] for row, _ in chosen[: len(rows)]}) == len(rows)
    assert {edition for _, edition in chosen[: len(rows)]} == {"2022"}
    assert {edition for _, edition in chosen[len(rows) :]} == {"2018"}


def test_every_document_of_a_world_is_marked_and_has_graphs_of_its_own(nation: Settings) -> None:
    opened = store.open_current(nation.current)
    assert len(opened.select(MADE_UP)) == 2
    documents = [graph for graph in opened.graphs() if graph.startswith(str(GRAPH["doc/"]))]
    assert len(documents) == 2
    assert all("-gosei-" in graph for graph in documents)
    titles = [
        str(row["t"])
        for row in opened.select("SELECT ?t WHERE { ?p a jdx:Plan ; dcterms:title ?t . FILTER(LANG(?t) = 'ja') }")
    ]
    assert titles
    assert all("合成" in title for title in titles)


def test_plans_speak_of_their_own_government_not_of_the_recorded_one(tmp_path: Path) -> None:
    """Else a recorded city would be spoken of by hundreds of plans of a synthetic nation."""
    folder = synthetic.write(tmp_path, 8, 7)
    recorded = {path.name[:6] for path in (ROOT / "data" / "plans").glob("*.yaml")}
    spoken = 0
    for path in sorted((folder / "data" / "plans").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        own = path.name[:6]
        assert not {code for code in recorded - {own} if f"'{code}'" in text}, path.name
        spoken += text.count(f"of: '{own}'")
    assert spoken, "of no figure"


def test_a_synthetic_world_is_not_published_unless_asked_for(nation: Settings) -> None:
    site = open_site(nation)
    with pytest.raises(CannotRunError, match="synthetic"):
        check_synthetic(site, wanted=False)
    check_synthetic(site, wanted=True)


def test_recorded_data_is_published_without_a_word(built_world: Settings) -> None:
    check_synthetic(open_site(built_world), wanted=False)


def test_synthetic_data_is_never_published_beside_recorded_data(nation: Settings, tmp_path: Path) -> None:
    shutil.copytree(nation.root, tmp_path / "mixed", symlinks=True)
    mixed = Settings(tmp_path / "mixed", tmp_path / "mixed" / "build")
    one = sorted((mixed.data / "sources").glob("*.yaml"))[0]
    one.write_text(one.read_text("utf-8").replace("synthetic: 'true'", "").replace("synthetic: true", ""), "utf-8")
    result = build.build(mixed, extras=(write_index,))
    assert result.stored, [f.sentence() for f in result.findings if f.severity is Severity.VIOLATION][:5]
    for wanted in (False, True):
        with pytest.raises(CannotRunError, match="never published beside"):
            check_synthetic(open_site(mixed), wanted=wanted)


def test_the_stages_of_a_build_are_those_of_the_build(nation: Settings) -> None:
    """What `make bench` takes the time of, bench/stages.py, are the functions that a build calls."""
    spent, count = stages.documents(nation, 1)
    assert count == 1
    assert spent.keys() == {"ground (once)", *(stage for _, _, stage in stages.STAGES)}

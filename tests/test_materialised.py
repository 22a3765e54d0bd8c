"""Rows that are kept on disk from build to build are those that a question finds that nothing is kept for."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, write_index
from keikaku import build, lineage, store
from keikaku.ask import ask, materialised, prepared
from keikaku.ask.bind import bind_for, narrowed, sample_terms
from keikaku.ask.header import read
from keikaku.errors import QueryError
from keikaku.namespaces import BASE, GRAPH
from keikaku.settings import Settings
from keikaku.store import Store
from keikaku.store.packed import pack, unpack
from keikaku.swap import Change
from standing import LIBRARY, TABLES, cell, copy_project, differing, edit, given, shown

HAMAMATSU, FUJISAWA = "221309", "142051"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything counts as large."""
    monkeypatch.setattr(materialised, "FEWEST", 0)


@pytest.fixture
def project(built_project: Settings, tmp_path: Path) -> Settings:
    """A copy of the real project, built."""
    return copy_project(built_project, tmp_path)


def test_the_rows_of_each_government_or_plan_are_those_it_has_among_all(built_project: Settings) -> None:
    """Asked for one alone, a question that is kept by these finds what it finds of it among all others."""
    graph = dataclasses.replace(store.open_current(built_project.current), lasting=False)
    codes = [code for (code,) in graph.select("SELECT DISTINCT ?c WHERE { ?p a jdx:Plan ; jdx:issuingBody ?g . ?g jdx:localGovernmentCode ?c }").rows]  # fmt: skip
    for question in (*LIBRARY.values(), *TABLES.values()):
        how, name = question.kept
        if how == "whole":
            continue
        terms = {p.name: sample_terms(question, p) for p in question.parameters if p.left_out != "dropped"}
        columns = question.projected
        rows = [tuple(map(cell, row)) for row in materialised.select(graph, question, terms)]
        for code in map(str, codes):
            things = materialised.things(graph, how, frozenset({code}))
            narrow = bind_for(graph, *narrowed(question, terms, name, things))
            found = sorted(tuple(map(cell, row)) for row in graph.select(narrow).rows)
            own = [row for row in rows if lineage.code_of(row[columns.index(name)].split("'")[-1]) == code]
            assert found == sorted(own), f"{question.place.file} {code}"


#: Plan file → what is changed in it at once, one build after another.
EDITS = [
    (HAMAMATSU, {
        r"en: Hamamatsu City DX Promotion Plan": "en: Hamamatsu City DX Promotion Plan (changed)",
        r"\{theme: online-procedures, ": "{theme: telework, ",
    }),
    (HAMAMATSU, {r"  kpis: not-stated\n": "", r"en: Online use rate": "en: Rate of use online"}),
    (FUJISAWA, {r"status: draft": "status: adopted"}),
]  # fmt: skip


def test_after_edits_kept_rows_are_those_found_anew(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(*told: object) -> bytes:
        name, make = str(told[1]), told[2]
        assert callable(make)

        def counting() -> bytes:
            made.append(name)
            return bytes(make())

        return standing(told[0], name, counting, told[3])  # type: ignore[arg-type]  # as they came

    standing = materialised.standing
    monkeypatch.setattr(materialised, "standing", counted)
    assert differing(project) == []
    assert len(made) > 2 * len(LIBRARY), "nothing was kept before"
    for plan, changed in EDITS:
        made.clear()
        for old, new in changed.items():
            edit(project, plan, old, new)
        before = project.current.resolve()
        assert build.build(project, extras=(write_index,)).stored
        assert lineage.since(project.current.resolve(), store.read_build_id(before)) is not None, changed
        assert differing(project) == [], changed
        kept = {
            question.place.file for question in (*LIBRARY.values(), *TABLES.values()) if question.kept[0] != "whole"
        }
        anew = {name.split()[1] for name in made if name.startswith("rows ")}
        assert not anew & kept, "brought up to date, not made anew"
    _touch_several(project)
    assert differing(project) == []


def _touch_several(project: Settings) -> None:
    """A change of which it is not known whose facts it changes."""
    before = store.read_build_id(project.current)
    path = project.root / "data" / "registers" / "national.yaml"
    path.write_text(
        re.sub(r"en: [A-Z][a-z]+", "en: Renamed", path.read_text(encoding="utf-8"), count=1), encoding="utf-8"
    )
    assert build.build(project, extras=(write_index,)).stored
    assert lineage.since(project.current.resolve(), before) is None


@pytest.mark.parametrize("question", ["who-lacks", "quality-notes"])
def test_kept_rows_are_read_not_found(question: str, project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = LIBRARY[question]
    first = ask(store.open_current(project.current), asked, given(asked))
    again = store.open_current(project.current)
    seen: list[str] = []
    select = Store.select
    monkeypatch.setattr(Store, "select", lambda self, text, **more: (seen.append(text), select(self, text, **more))[1])
    assert shown(ask(again, asked, given(asked))) == shown(first)
    assert not [text for text in seen if "GROUP_CONCAT" in text]


def test_nothing_is_kept_of_a_small_graph_or_where_nothing_can_be_written(
    project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = LIBRARY["plan-status"]
    monkeypatch.setattr(materialised, "FEWEST", 10**9)
    expected = shown(ask(store.open_current(project.current), question))
    assert not (project.build / "answers").exists()
    monkeypatch.setattr(materialised, "FEWEST", 0)
    (project.build / "answers").write_text("in the way", encoding="utf-8")
    assert shown(ask(store.open_current(project.current), question)) == expected


@pytest.mark.parametrize(
    "line", ["kept: part", "kept: plan", "kept government: nothing", "kept whole: plan", "kept city: plan"]
)
def test_a_header_that_says_wrongly_how_rows_are_kept_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "plan-status.rq"
    text = (ROOT / "queries" / "library" / path.name).read_text(encoding="utf-8")
    assert "#+ kept government: government\n" in text
    path.write_text(text.replace("#+ kept government: government", f"#+ {line}"), encoding="utf-8")
    with pytest.raises(QueryError, match="kept"):
        read(path, tmp_path)


def test_everything_that_is_kept_can_be_prepared(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    prepared.tables(project, lambda name, *_: told.append(name))
    prepared.answers(project, lambda name, *_: told.append(name))
    names = {name.split()[0].removeprefix(f"{project.root}/") for name in told}
    read_once = {q.place.file for q in LIBRARY.values() if q.analysis and q.kept[0] != "whole"}
    assert names == {*TABLES, *read_once, *(q.id for q in LIBRARY.values() if q.place.file not in read_once)}
    assert "who-lacks theme=digital-divide" in told and "budget-by-theme" in told
    files = {path.name: path.stat().st_ino for path in (project.build / "answers").iterdir()}
    assert len(files) >= len(told)
    prepared.tables(project)
    prepared.answers(project)
    assert files == {path.name: path.stat().st_ino for path in (project.build / "answers").iterdir()}
    monkeypatch.setattr(materialised, "FEWEST", 10**9)
    assert prepared.tables(project) + prepared.answers(project) == 0


def test_what_was_asked_for_longest_ago_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Store(store.memory().engine, tmp_path / "store", lasting=True)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / store.BUILD_ID).write_text("b1\n")

    def keep(name: str) -> None:
        assert materialised.standing(graph, name, name.encode, None) == name.encode()

    def kept(name: str) -> bool:
        return materialised.standing(graph, name, lambda: b"made anew", None) == name.encode()

    keep("a")
    size = next((tmp_path / "answers").iterdir()).stat().st_size
    monkeypatch.setattr(materialised, "ROOM", 3 * size)
    for name in "bc":
        keep(name)
    for number, path in enumerate(sorted((tmp_path / "answers").iterdir(), key=lambda one: one.stat().st_mtime_ns)):
        os.utime(path, ns=(number, number))  # a, b, c, long ago
    assert kept("a"), "asked for again"
    keep("d")
    assert all(map(kept, "acd"))
    assert not kept("b")


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: b"\xff" + data])
def test_a_damaged_file_is_made_anew(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    graph = Store(store.memory().engine, tmp_path / "store", lasting=True)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / store.BUILD_ID).write_text("b1\n")
    assert materialised.standing(graph, "a", lambda: b"made", None) == b"made"
    (path,) = (tmp_path / "answers").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert materialised.standing(graph, "a", lambda: b"made anew", None) == b"made anew"
    assert materialised.standing(graph, "a", lambda: b"again", None) == b"made anew"


def test_rows_come_back_as_they_were(built_project: Settings) -> None:
    graph = store.open_current(built_project.current)
    rows = graph.select("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } OPTIONAL { ?o jdx:none ?n } } LIMIT 20000").rows
    back = unpack(pack(rows))
    assert back == rows
    assert [[(type(t), getattr(t, "datatype", None), getattr(t, "language", None)) for t in row] for row in back] == [
        [(type(t), getattr(t, "datatype", None), getattr(t, "language", None)) for t in row] for row in rows
    ]


LINE = f"<{BASE}id/plan/%s> <http://purl.org/dc/terms/title> <{BASE}id/plan/%s> .\n"


@pytest.mark.parametrize(
    ("graph", "lines", "codes"),
    [
        ("doc/221309-dx-2023", [("221309/dx/2023", "221309/dx/2023")], {"221309"}),
        ("doc/221309-dx-2023", [("221309/dx/2023", "142051/dx/2022")], {"221309", "142051"}),
        ("doc/221309-dx-2023", [("soumu/dx/1.0", "142051/dx/2022")], {"221309", "142051"}),
        ("doc/221309-dx-2023", [("soumu/dx/1.0", "soumu/dx/2.0")], None),
        ("reference/governments", [("221309/dx/2023", "221309/dx/2023")], None),
        ("doc/soumu-jirei-1.0", [("221309/dx/2023", "221309/dx/2023")], None),
    ],
)
def test_whose_facts_a_change_touches(
    graph: str, lines: list[tuple[str, str]], codes: set[str] | None, tmp_path: Path
) -> None:
    builds = [tmp_path / name for name in ("one", "two", "three")]
    for folder in builds:
        folder.mkdir()
        (folder / store.BUILD_ID).write_text(folder.name + "\n")
    name = str(GRAPH[graph])
    change = Change(builds[0], frozenset({name}), (), {name: frozenset((LINE % pair).encode() for pair in lines)})
    lineage.write(store.memory(), builds[1], change)
    assert lineage.since(builds[1], "one") == (None if codes is None else frozenset(codes))
    assert lineage.since(builds[1], "two") == frozenset()
    assert lineage.since(builds[1], "other") is None
    other = str(GRAPH["doc/242047-dx-2022"])
    line = (LINE % ("242047/dx/2022", "242047/dx/2022")).encode()
    lineage.write(store.memory(), builds[2], Change(builds[1], frozenset({other}), (), {other: frozenset({line})}))
    assert lineage.since(builds[2], "one") == (None if codes is None else frozenset({*codes, "242047"}))
    assert lineage.since(builds[2], "two") == {"242047"}
    assert json.loads((builds[2] / lineage.FILE).read_text())

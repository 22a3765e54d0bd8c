"""What is kept of answers, tables and pages, against what is found anew."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from keikaku import store
from keikaku.ask import Answer, Question, ask, library, materialised
from keikaku.ask.bind import sample_terms
from keikaku.ask.header import read
from keikaku.errors import ParameterError
from keikaku.pages import open_site
from keikaku.serve import warm
from keikaku.serve.app import make_app, make_pages
from keikaku.serve.reader import Reader
from keikaku.serve.shelf import shelf_of
from keikaku.settings import Settings
from keikaku.store import Store

LIBRARY = {q.id: q for q in library(ROOT / "queries", ROOT).values() if q.kept[0]}
TABLES = {q.place.file: q for q in (read(path, ROOT) for path in sorted((ROOT / "queries/pages").rglob("*.rq"))) if q.kept[0]}  # fmt: skip


def copy_project(built_project: Settings, target: Path) -> Settings:
    """A copy of the real project that a test may change, with its build, of which nothing is kept yet."""
    root = target / "project"
    root.mkdir()
    shutil.copytree(ROOT / "data", root / "data")
    for name in ("ontology", "shapes", "queries"):
        (root / name).symlink_to(ROOT / name)
    made = Settings(root, target / "build")
    shutil.copytree(built_project.build, made.build, symlinks=True, ignore=shutil.ignore_patterns("answers", "pages"))
    return made


def edit(settings: Settings, name: str, old: str, new: str) -> None:
    """Change something in the plan whose file begins so."""
    path = next((settings.root / "data" / "plans").glob(f"{name}*.yaml"))
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text), old
    path.write_text(re.sub(old, new, text, count=1), encoding="utf-8")


def given(question: Question) -> dict[str, list[str]]:
    return {
        p.name: [str(t) for t in sample_terms(question, p)] for p in question.parameters if p.left_out == "required"
    }


def cell(term: object) -> str:
    """A cell of several things without their order, which SPARQL leaves open."""
    text = str(term)
    return " ".join(sorted(text.split())) if "http" in text else repr(term)


def shown(answer: Answer) -> dict[str, object]:
    """All that an answer says."""
    rows = sorted(
        (tuple(map(cell, row)), judged) for row, judged in zip(answer.rows, answer.soundness.rows, strict=True)
    )
    return {
        "rows": rows, "reach": answer.soundness.reach, "names": dict(answer.names), "passages": dict(answer.passages),
        "works": dict(answer.works), "order": [cell(row[0]) for row in answer.rows],
    }  # fmt: skip


def told(graph: Store, question: Question) -> dict[str, object] | str:
    """All that a question answers to its samples, or why it does not: a small world lacks some of them."""
    try:
        return shown(ask(graph, question, given(question)))
    except ParameterError as error:
        return str(error)


def tables(graph: Store, question: Question) -> list[tuple[str, ...]]:
    return sorted(tuple(map(cell, row)) for row in materialised.select(graph, question, {}))


def differing(settings: Settings) -> list[str]:
    """The questions and tables of which kept rows are others than those found anew."""
    graph = store.open_current(settings.current)
    afresh = dataclasses.replace(graph, lasting=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(materialised, "FEWEST", 0)  # everything counts as large
        wrong = [name for name, question in LIBRARY.items() if told(graph, question) != told(afresh, question)]
        return wrong + [
            name for name, question in TABLES.items() if tables(graph, question) != tables(afresh, question)
        ]


def pages_of_plans(settings: Settings) -> dict[str, str]:
    """The pages about each plan, by address, as a service gives them that keeps none on disk."""
    app = make_app(settings)
    reader: Reader = app.state.reader
    found = {}
    for address in warm.of_plans(reader.site()):
        assert asyncio.run(warm.make(app, address)) == 200, address
        made = reader.kept(reader.site(), key_of(address))
        assert made is not None, address
        found[address] = made[2].decode()
    return found


def keep_pages(settings: Settings, start: str = "") -> None:
    """Lay the pages about each plan on the shelf of which the address begins so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(materialised, "FEWEST", 0)
        make_pages(settings, which=lambda site: [one for one in warm.of_plans(site) if one.startswith(start)])


def staying(settings: Settings) -> dict[str, str]:
    """The pages about each plan that are on the shelf for the current build, by address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(materialised, "FEWEST", 0)
        site = open_site(settings)
        shelf = shelf_of(site)
        assert shelf is not None
        found = {address: shelf.get(key_of(address)) for address in warm.of_plans(site)}
    return {address: made[2].decode() for address, made in found.items() if made}


def key_of(address: str) -> tuple[object, ...]:
    """What the page at an address is kept under, in Japanese."""
    path, _, query = address.partition("?")
    if path.endswith(".html"):
        return path[1:].removesuffix(".html"), ".html", "ja", 1
    return path, "ja", *(tuple(one.split("=", 1)) for one in query.split("&") if one)

"""What is kept of answers and tables, against what is found anew."""

from __future__ import annotations

import dataclasses

import pytest

from conftest import ROOT
from keikaku import store
from keikaku.ask import Answer, Question, ask, library, materialised
from keikaku.ask.bind import sample_terms
from keikaku.ask.header import read
from keikaku.errors import ParameterError
from keikaku.settings import Settings
from keikaku.store import Store

LIBRARY = {q.id: q for q in library(ROOT / "queries", ROOT).values() if q.kept[0]}
TABLES = {q.place.file: q for q in (read(path, ROOT) for path in sorted((ROOT / "queries/pages").rglob("*.rq"))) if q.kept[0]}  # fmt: skip


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

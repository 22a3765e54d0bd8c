"""What is recorded of a plan, what the plan does not state, what its text has lost, and what is unknown (ontology §10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib.term import Node

from keikaku.ask.evidence import Passage, passages
from keikaku.ask.names import Source, names
from keikaku.ask.words import Text
from keikaku.namespaces import C, shorten

#: The states of one aspect of one element, as a reader wants them: the best first.
STATES = {
    "recorded": Text("記録あり", "recorded"),
    "not-stated": Text("計画に記載なし", "not stated by the plan"),
    "text-silent": Text("受領した本文に記載なし", "not in the received text"),
    "lost": Text("本文で欠落", "lost in the text"),
    "unknown": Text("不明", "unknown"),
}


@dataclass(frozen=True)
class Element:
    """One aspect of one element (or of the plan itself) and its state."""

    plan: str
    element: str
    kind: str
    aspect: str
    state: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Line:
    """All elements of one kind in one state for one aspect."""

    plan: str
    kind: str
    aspect: str
    state: str
    elements: tuple[Element, ...]
    of: int


@dataclass(frozen=True)
class Statement:
    """One completeness statement: how complete the record of a plan is on an aspect, and at which scope."""

    plan: str
    aspect: str
    level: str
    scope: str
    missing: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Coverage:
    """The coverage of one or all plans; `names` names every IRI in it."""

    lines: tuple[Line, ...]
    statements: tuple[Statement, ...]
    names: Mapping[str, Text]


def coverage(source: Source, queries: Path, plan: str | None = None) -> Coverage:
    """Count, per plan, kind of element and aspect, what is recorded, not stated, lost or unknown.

    queries is the folder of the query files (queries/pages/coverage).
    """

    def rows(name: str) -> list[dict[str, Node]]:
        found = list(source.select((queries / f"{name}.rq").read_text(encoding="utf-8")))
        return [row for row in found if plan is None or str(row["plan"]) == plan]

    expected = rows("expected")
    states: dict[tuple[str, str], str] = {}
    for name in (
        "unknown",
        "text-silent",
        "lost",
        "not-stated",
        "recorded",
    ):  # a later one wins: what is recorded is not lost
        for row in rows(name) if name != "unknown" else expected:
            states[str(row["element"]), str(row["aspect"])] = name
    evidence = {str(row["element"]): str(row.get("evidence", "")).split() for row in expected}
    statements = rows("statements")
    cited = [e for several in evidence.values() for e in several]
    cited += [e for row in statements for e in str(row.get("evidence", "")).split()]
    found = passages(source, cited)
    elements = [
        Element(
            str(row["plan"]),
            str(row["element"]),
            str(row["kind"]),
            str(row["aspect"]),
            states[str(row["element"]), str(row["aspect"])],
            tuple(found[e] for e in evidence[str(row["element"])]),
        )
        for row in expected
    ]
    said = tuple(
        Statement(
            str(row["plan"]),
            str(row["aspect"]),
            str(row["level"]),
            str(row["scope"]),
            tuple(str(row.get("missing", "")).split()),
            tuple(found[e] for e in str(row.get("evidence", "")).split()),
        )
        for row in statements
    )
    mentioned = {iri for e in elements for iri in (e.plan, e.element, e.kind, e.aspect)}
    mentioned |= {iri for s in said for iri in (s.plan, s.aspect, s.level, s.scope, *s.missing)}
    return Coverage(_lines(elements), said, names(source, mentioned))


def _lines(elements: list[Element]) -> tuple[Line, ...]:
    gathered: dict[tuple[str, str, str], dict[str, list[Element]]] = {}
    for element in elements:
        by_state = gathered.setdefault((element.plan, element.kind, element.aspect), {state: [] for state in STATES})
        by_state[element.state].append(element)
    return tuple(
        Line(plan, kind, aspect, state, tuple(several), sum(len(s) for s in by_state.values()))
        for (plan, kind, aspect), by_state in gathered.items()
        for state, several in by_state.items()
        if several
    )


def short_aspect(iri: str) -> str:
    """The token of an aspect: c:cf-kpis → kpis."""
    return iri.removeprefix(str(C["cf-"])) if iri.startswith(str(C["cf-"])) else shorten(iri)


def json_value(found: Coverage) -> dict[str, object]:
    """Coverage as one JSON object, with every element and its lines."""
    return {
        "elements": [
            {
                "plan": line.plan,
                "kind": line.kind,
                "aspect": short_aspect(line.aspect),
                "state": line.state,
                "count": len(line.elements),
                "of": line.of,
                "elements": [{"iri": e.element, "lines": [list(p.lines) for p in e.passages]} for e in line.elements],
            }
            for line in found.lines
        ],
        "statements": [
            {
                "plan": s.plan,
                "aspect": short_aspect(s.aspect),
                "level": s.level,
                "scope": s.scope,
                "missing": list(s.missing),
                "lines": [list(p.lines) for p in s.passages],
            }
            for s in found.statements
        ],
    }

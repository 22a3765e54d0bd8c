"""What the pages of `/compare` read: the latest plan of each government, and how it treats each theme (queries/pages/compare/)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask import materialised
from keikaku.ask.header import read
from keikaku.ask.kept import once
from keikaku.ask.words import Text
from keikaku.namespaces import FY, C
from keikaku.pages.render import View
from keikaku.pages.site import Site
from keikaku.store import Solutions

Row = Mapping[str, Node]

#: How a plan treats a theme, strongest first: name, and the sign that tells it without its colour.
STATES = {
    "initiative": (Text("取組がある", "initiative"), "◎"),
    "outside-list": (Text("一覧外の取組がある", "section outside the list"), "○"),
    "action": (Text("個別取組だけ", "action only"), "△"),
    "mentioned": (Text("言及だけ", "mentioned only"), "・"),
    "no-initiative": (Text("専用の取組なし(確認済み)。それ以外は不明", "no initiative (confirmed); else unknown"), "◇"),
    "not-in-plan": (Text("施策なし(確認済み)", "not in the plan (confirmed)"), "✕"),
    "unknown": (Text("不明", "unknown"), "？"),
}
#: Levels (c:lv-…) that are a state of their own; the others are mentions.
_LEVELS = {str(C[f"lv-{name}"]): name for name in ("initiative", "outside-list", "action")}
_LISTS, _ACTIONS = str(C["cf-initiative-themes"]), str(C["cf-action-themes"])
_DRAFT, _SUPERSEDED = str(C["ps-draft"]), str(C["ps-superseded"])


@dataclass(frozen=True)
class Plan:
    """The latest plan of a government. `start` and `end` are ISO dates, "" where the period is not recorded; `years` fiscal years."""

    iri: str
    government: str
    code: str
    prefecture: str
    status: str
    issued: str
    start: str
    end: str
    years: tuple[int, ...]


@dataclass(frozen=True)
class Cell:
    """How a plan treats a theme: a state, the level (IRI, "" where it is not in the plan), and what it rests on (IRI, "" for nothing)."""

    state: str
    level: str = ""
    rests: str = ""


@dataclass(frozen=True)
class Matrix:
    """All latest plans by code, all themes in their order, and every cell."""

    plans: tuple[Plan, ...]
    themes: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]


def rows(site: Site, name: str, plans: Iterable[str] = ()) -> list[Row]:
    """The rows of one query, for these plans where it takes them; none for no plan."""
    question = read(site.settings.queries / "pages" / "compare" / f"{name}.rq", site.settings.root)
    terms: dict[str, Sequence[Node]] = {p.name: tuple(URIRef(iri) for iri in plans) for p in question.parameters}
    if not all(terms.values()):
        return []
    return list(Solutions(question.projected, materialised.select(site.store, question, terms)))


def latest(site: Site) -> tuple[Plan, ...]:
    """The latest plan of each government by code, as the questions choose it (who-lacks.rq): replaced ones last, then by start of period,
    adopted before draft, date of issue, IRI."""
    return once(site.store, "latest plans", lambda: _latest(site))


def _latest(site: Site) -> tuple[Plan, ...]:
    chosen: dict[str, tuple[tuple[str, ...], Plan]] = {}
    for row in rows(site, "plans"):
        plan = _plan(row)
        old = "replaced" in row or plan.status == _SUPERSEDED
        key = (
            "0" if old else "1",
            plan.start or "0000-00-00",
            "0" if plan.status == _DRAFT else "1",
            plan.issued,
            plan.iri,
        )
        if plan.government not in chosen or key > chosen[plan.government][0]:
            chosen[plan.government] = (key, plan)
    return tuple(sorted((plan for _, plan in chosen.values()), key=lambda plan: plan.code))


def matrix(site: Site) -> Matrix:
    """Every latest plan and every theme. What is not covered is absent only as far as the plan is declared complete."""
    return once(site.store, "matrix", lambda: _matrix(site))


def _matrix(site: Site) -> Matrix:
    plans = latest(site)
    themes = tuple(str(row["theme"]) for row in rows(site, "themes"))
    found = {(str(row["plan"]), str(row["theme"])): row for row in rows(site, "coverage")}
    declared, cells = closed(site), {}
    for plan in plans:
        empty = _empty(declared.get((plan.iri, _LISTS), ""), declared.get((plan.iri, _ACTIONS), ""))
        for theme in themes:
            row = found.get((plan.iri, theme))
            level = str(row["level"]) if row else ""
            cells[plan.iri, theme] = Cell(_LEVELS.get(level, "mentioned"), level, str(row["node"])) if row else empty
    return Matrix(plans, themes, cells)


def closed(site: Site) -> Mapping[tuple[str, str], str]:
    """What is declared complete for the published plan: (plan, aspect) → the statement that says so."""
    return once(
        site.store,
        "closed",
        lambda: {(str(row["plan"]), str(row["aspect"])): str(row["node"]) for row in rows(site, "closed")},
    )


def turned(view: View, total: int, size: int) -> tuple[int, int]:
    """The page that is asked for, and the last one, where so many stand on each."""
    last = max(1, -(-total // size))
    asked = view.params.get("page", "1")
    return (min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1), last


def text(row: Row, name: str) -> str:
    """A cell of a row as text; "" for nothing."""
    return str(row.get(name, ""))


def fiscal_years(cell: str) -> frozenset[int]:
    """The fiscal years in a cell, whose IRIs are joined by spaces."""
    return frozenset(int(iri.removeprefix(str(FY))) for iri in cell.split() if iri.startswith(str(FY)))


def token(iri: str) -> str:
    """The word of a code without that of its list.

    >>> token("https://w3id.org/jichitai-dx/code/acc-per-year"), token("")
    ('per-year', '')
    """
    return iri.rpartition("/")[2].partition("-")[2]


def _empty(lists: str, actions: str) -> Cell:
    """What a theme without any coverage is: nothing is negated beyond what the statements allow."""
    if lists and actions:
        return Cell("not-in-plan", "", actions)
    return Cell("no-initiative", "", lists) if lists else Cell("unknown")


def _plan(row: Row) -> Plan:
    return Plan(
        iri=text(row, "plan"),
        government=text(row, "government"),
        code=text(row, "code"),
        prefecture=text(row, "prefecture"),
        status=text(row, "status"),
        issued=text(row, "issued"),
        start=text(row, "start"),
        end=text(row, "end"),
        years=tuple(sorted(fiscal_years(text(row, "years")))),
    )

"""The lead of a plan: its years, its structure as an outline, its themes, the laws it rests on, who is responsible, what it does not state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from keikaku.ask.names import names
from keikaku.pages import chart
from keikaku.pages.leads.rows import Row, Tables, by, by_relation
from keikaku.pages.leads.states import Marks, marks, silence
from keikaku.pages.leads.values import Said, said, shown, years
from keikaku.pages.render import View, name
from keikaku.pages.site import Site

#: What each listed initiative is asked in the outline → the aspect under which its absence is told.
ASKED = {"kpis": "cf-kpis", "roadmap": "cf-roadmap", "units": "cf-responsible-units"}


@dataclass
class Node:
    """One element of the outline with what stands below it. `silent` are what it lacks and why, for initiatives."""

    row: Row
    below: list[Node] = field(default_factory=list)
    kpis: list[tuple[Row, list[Said]]] = field(default_factory=list)
    silent: list[tuple[str, str]] = field(default_factory=list)
    units: Row = field(default_factory=Row)

    @property
    def actions(self) -> int:
        """How many actions stand below it."""
        return len(_flat(self.below))


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """Relations by name, the outline, the plan's years with those of its initiatives, and counts of what is missing."""
    marked = marks(rows["states"], iri)
    tops = outline(rows, marked, view)
    flat = list(_flat(tops))
    initiatives = [node for node in flat if _class(node) == "Initiative"]
    absent: dict[tuple[str, str], int] = {}
    for node in initiatives:
        for silent in node.silent:
            absent[silent] = absent.get(silent, 0) + 1
    missing = {aspect: state for (element, aspect), state in marked.items() if element == iri}
    relations = by_relation(rows["about"])
    return {
        "relations": relations,
        "outline": [node for node in tops if _class(node) != "Goal" or _holds_initiatives(node)],
        "aims": [node for node in tops if _class(node) in ("Goal", "Principle") and not _holds_initiatives(node)],
        "listed": sum(node.row["type"].code != "el-outside-list" for node in initiatives),
        "outside": sum(node.row["type"].code == "el-outside-list" for node in initiatives),
        "absent": absent,
        "missing": [
            (row["aspect"], missing[row["aspect"].code]) for row in rows["states"] if row["element"].iri == iri
        ],
        "kpis": sum(len(node.kpis) for node in flat),
        "timeline": timeline(site, iri, initiatives, rows, view),
    }


def outline(rows: Tables, marked: Marks, view: View) -> list[Node]:
    """Goals, initiatives and actions as a tree, in the order of the plan."""
    made = {row["element"].iri: Node(row) for row in rows["outline"]}
    values = by(rows["values"], "owner")
    units = {row["initiative"].iri: row for row in rows["initiatives"]}
    scheduled = {row["initiative"].iri for row in rows["bars"]}
    tops: list[Node] = []
    for one, node in made.items():
        parent = made.get(node.row["parent"].iri)
        if parent and _class(node) == "Goal" and _class(parent) in ("Initiative", "Action"):
            continue  # what an initiative aims at stands on its own page
        (parent.below if parent and parent is not node else tops).append(node)
        node.kpis = [
            (several[0], said([shown(row, view.lang) for row in several if row["kind"]], view.lang))
            for several in by(values.get(one, []), "kpi").values()
        ]
        if _class(node) == "Initiative":
            node.units = units.get(one, Row())
            have = {"kpis": bool(node.kpis), "roadmap": one in scheduled, "units": bool(node.units["units"])}
            node.silent = [
                (what, silence(one, aspect, marked, rows["declared"]))
                for what, aspect in ASKED.items()
                if not have[what]
            ]
    # A KPI of an action belongs to the outline of its action; one of the plan itself stands first in the list of KPIs.
    return sorted(tops, key=lambda node: ("Goal", "Initiative", "Action", "Principle").index(_class(node)))


def timeline(site: Site, iri: str, initiatives: list[Node], rows: Tables, view: View) -> str:
    """The plan's fiscal years, and below them those of every initiative's schedule."""
    covered = frozenset(year for row in rows["period"] for year in years(row["years"]))
    title = name(iri, names(site.store, [iri]), view.lang)
    bars = by(rows["bars"], "initiative")
    drawn = [chart.Row(title, covered, href="", note=view.t("計画期間", "period of the plan"))]
    for node in initiatives:
        own = bars.get(node.row["element"].iri, [])
        sure = frozenset(year for row in own for year in years(row["years"]))
        perhaps = frozenset(year for row in own for year in years(row["perhaps"])) - sure
        said = dict(node.silent).get("roadmap", "lost" if own and not sure and not perhaps else "")
        link = node.row["element"].spans[0]
        drawn.append(chart.Row(link.text, sure, perhaps, link.href, "", _MISSING.get(said, said)))
    return chart.timeline(drawn, view.t("計画期間と工程", "Period and schedule"), view.lang, "plan-years")


#: The states that a timeline knows.
_MISSING = {"text-silent": "not-stated"}


def _class(node: Node) -> str:
    return node.row["class"].code


def _holds_initiatives(node: Node) -> bool:
    return any(_class(one) == "Initiative" for one in _flat(node.below))


def _flat(nodes: list[Node]) -> list[Node]:
    return [one for node in nodes for one in (node, *_flat(node.below))]

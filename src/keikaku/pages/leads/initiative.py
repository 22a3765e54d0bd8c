"""The lead of an initiative: what, why, who, when and how much, and for each of them why it may be missing."""

from __future__ import annotations

from typing import Any

from keikaku.pages import chart
from keikaku.pages.leads import kpi
from keikaku.pages.leads.rows import Row, Tables, by, by_relation
from keikaku.pages.leads.states import marks, silence
from keikaku.pages.leads.values import shown, years
from keikaku.pages.render import View, row_place
from keikaku.pages.site import Site

#: What is asked of an initiative → the aspect under which its absence is told.
ASPECTS = {
    "actions": "cf-actions",
    "kpis": "cf-kpis",
    "roadmap": "cf-roadmap",
    "units": "cf-responsible-units",
    "budget": "cf-budget",
}


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """Relations by name, KPIs with their values in a row, the schedule as a timeline, and the state of what is missing."""
    del site
    relations = by_relation(rows["about"])
    marked = marks(rows["marks"], iri)
    path = view.path.strip("/").removesuffix(".html")
    return {
        "relations": relations,
        "figures": [shown(row, view.lang, row_place(row["node"].iri, path)) for row in rows["figures"]],
        "laws": [
            row
            for name in ("relation", "references")
            for row in relations.get(name, [])
            if "/id/law/" in row["other"].iri
        ],
        "kpis": [
            (
                several[0]["kpi"],
                [shown(row, view.lang) for row in several if row["kind"]],
                kpi.missing(one, [row for row in several if row["kind"]], rows["marks"], rows["declared"]),
            )
            for one, several in by(rows["kpis"], "kpi").items()
        ],
        "schedule": schedule(rows["roadmap"], view),
        "state": {name: silence(iri, aspect, marked, rows["declared"]) for name, aspect in ASPECTS.items()},
    }


def schedule(rows: list[Row], view: View) -> str:
    """The bars of a schedule on an axis of fiscal years; what is uncertain fades, what the text lost says so."""
    bars = [
        chart.Row(
            row["entry"].text,
            frozenset(years(row["years"])),
            frozenset(years(row["perhaps"])),
            row["entry"].spans[0].href,
            row["phase"].text,
            "lost" if row["certainty"].code == "sc-lost" else "",
            row["of"].text,
        )
        for row in rows
    ]
    return chart.timeline(bars, view.t("工程", "Schedule"), view.lang, "schedule")

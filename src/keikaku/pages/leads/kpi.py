"""The lead of a KPI: its values on one chart, why one is missing, and KPIs of others with the verdict on comparing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keikaku.ask.names import names
from keikaku.pages import chart
from keikaku.pages.leads import alike
from keikaku.pages.leads.rows import Row, Tables
from keikaku.pages.leads.states import marks, silence
from keikaku.pages.leads.values import point, shown, years
from keikaku.pages.render import View, name, row_place
from keikaku.pages.site import Site

#: Kind of a value → the aspect under which its absence is told.
ASPECTS = {"baseline": "cf-baselines", "target": "cf-targets"}


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """Values in words, the chart of those with a year, the state of what is missing, and comparable KPIs."""
    path = view.path.strip("/").removesuffix(".html")
    values = [shown(row, view.lang, row_place(row["node"].iri, path)) for row in rows["values"]]
    title = name(iri, names(site.store, [iri]), view.lang)
    several = alike.gather(rows["alike"])
    others = int(rows["others"][0]["number"].number or 0) if rows["others"] else 0
    return {
        "about": rows["about"][0] if rows["about"] else Row(),
        "values": values,
        "missing": missing(iri, rows["values"], rows["marks"], rows["declared"]),
        "chart": drawn(title, rows["values"], view.lang),
        "pairs": alike.pairs(site, several, view, iri),
        "others": others,
        "left_out": others - sum(one.kpi.iri != iri for one in several),
    }


def missing(iri: str, values: Iterable[Row], marked: Iterable[Row], declared: list[Row]) -> dict[str, str]:
    """Baseline and target where there is none of them → why."""
    have = {point(row, "ja").kind for row in values}
    said = marks(marked, iri)
    return {kind: silence(iri, aspect, said, declared) for kind, aspect in ASPECTS.items() if kind not in have}


def drawn(title: str, values: Iterable[Row], lang: str) -> str:
    """The chart of the values that have a year; parts of a total are left to the table."""
    points = tuple(point(row, lang) for row in values if not row["part"] and years(row["years"]))
    return chart.over_years([chart.Series(title, points)], title, lang) if points else ""

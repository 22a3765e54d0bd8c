"""The lead of a local government: its plans and their years, its themes with what is absent and what is unknown, KPIs and cases."""

from __future__ import annotations

from typing import Any

from keikaku.pages import chart
from keikaku.pages.chart.axis import years_text
from keikaku.pages.leads.rows import Row, Tables
from keikaku.pages.leads.values import years
from keikaku.pages.render import Span, View, name
from keikaku.pages.site import Site

#: State of a theme in compare-themes → the badge that says it.
_BADGES = {"not-in-plan": "not-stated", "no-initiative": "no-initiative", "unknown": "unknown", "no-plan": "unknown"}


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """The plans on one axis, themes by level and by what is known of their absence, and cases apart from mere mentions."""
    question = site.questions["compare-themes"]
    found = site.answer(question, {"government": iri}, view.lang) if rows["editions"] else None
    levels: dict[str, list[Span]] = {}
    absent: dict[str, list[Span]] = {}
    for row in found or ():
        theme = str(row["theme"])
        span = Span(name(theme, found.names, view.lang) if found else "", view.thing(theme))
        if "level" in row and found:
            levels.setdefault(name(str(row["level"]), found.names, view.lang), []).append(span)
        else:
            absent.setdefault(_BADGES[str(row["state"])], []).append(span)
    bars = [
        chart.Row(
            row["plan"].text, frozenset(years(row["years"])), frozenset(), row["plan"].spans[0].href, row["status"].text
        )
        for row in rows["editions"]
    ]
    aims = {row["kpi"].iri: row["aim"].text.partition(" ") for row in rows["kpis"] if row["aim"].text}
    return {
        "aims": {kpi: (years_text([int(year)], view.lang), printed) for kpi, (year, _, printed) in aims.items()},
        "about": rows["about"][0] if rows["about"] else Row(),
        "timeline": chart.timeline(bars, view.t("計画期間", "Periods of plans"), view.lang, "plan-years"),
        "levels": levels,
        "absent": absent,
        "cases": [row for row in rows["cases"] if row["how"].code == "practisedBy"],
        "named": [row for row in rows["cases"] if row["how"].code != "practisedBy"],
        "code": iri.rsplit("/", 1)[-1],
    }

"""The lead of an indicator: what it counts, the KPIs that measure it, and which of them may be compared."""

from __future__ import annotations

from typing import Any

from keikaku.ask.names import names
from keikaku.pages import chart
from keikaku.pages.leads import alike
from keikaku.pages.leads.rows import Row, Tables, by
from keikaku.pages.leads.values import point, shown, stated, years
from keikaku.pages.render import View, name
from keikaku.pages.site import Site

#: Series that one chart can tell apart.
MOST_SERIES = 5


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """KPIs with their values, pairs with their verdict, figures, and a chart where every two KPIs are comparable as printed."""
    several = alike.gather(rows["alike"])
    pairs = alike.pairs(site, several, view)
    kpis = [
        (found[0], [shown(row, view.lang) for row in found if row["kind"]])
        for found in by(rows["values"], "kpi").values()
    ]
    title = name(iri, names(site.store, [iri]), view.lang)
    own = [pair for pair in pairs if pair.left.indicator.iri == iri == pair.right.indicator.iri]
    return {
        "about": rows["about"][0] if rows["about"] else Row(),
        "kpis": kpis,
        "pairs": pairs,
        "left_out": max(0, len(several) - alike.MOST),
        "figures": [shown(row, view.lang) for row in rows["figures"]],
        "chart": _chart(title, rows["values"], view.lang)
        if own and all(pair.code == "comparable" for pair in own)
        else "",
    }


def _chart(title: str, values: list[Row], lang: str) -> str:
    series = []
    for several in by(stated(values), "kpi").values():
        points = tuple(point(row, lang) for row in several if years(row["years"]))
        series.append(chart.Series(several[0]["kpi"].text, points, several[0]["kpi"].spans[0].href))
    drawn = [one for one in series if one.points]
    return chart.over_years(drawn, title, lang) if 0 < len(drawn) <= MOST_SERIES else ""

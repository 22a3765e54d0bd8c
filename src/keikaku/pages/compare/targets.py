"""One indicator over fiscal years, for all cities whose plans measure it."""

from __future__ import annotations

from dataclasses import dataclass

from keikaku.ask.compare import VERDICTS
from keikaku.ask.kept import once
from keikaku.ask.names import names
from keikaku.namespaces import IND
from keikaku.pages.compare.beside import compared, drawn, mentioned
from keikaku.pages.compare.kpis import Topic, measured, pairs, together
from keikaku.pages.compare.read import latest, rows, text, turned
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

#: Below this address stand the indicators, by their names: /compare/targets/cashless-counter-count.
PATH = "/compare/targets/"
#: Plans whose KPIs stand on one page: each is judged against each other, and that grows with the square.
MOST_PLANS = 12


@dataclass(frozen=True)
class Used:
    """An indicator: how many KPIs of how many plans measure it, and its groups."""

    indicator: str
    kpis: int
    plans: int
    groups: tuple[str, ...]


def targets_page(site: Site, view: View) -> Page:
    """All indicators that a recorded plan measures, those of several plans first."""
    found = used(site)
    known = names(site.store, {iri for one in found for iri in (one.indicator, *one.groups)})
    return Page(
        render("compare-targets.html", view, site=site, used=found, names=known, indicator="", tail=tail, path=PATH)
    )


def indicator_page(site: Site, view: View) -> Page | None:
    """The KPIs that measure the indicator of the address, those of so many plans on a page; None where none does."""
    indicator = str(IND[view.path.removeprefix(PATH)])
    measuring = {plan for plan, _, one, _ in _measuring(site) if one == indicator}
    plans = [plan for plan in latest(site) if plan.iri in measuring]
    if not plans:
        return None
    page, last = turned(view, len(plans), MOST_PLANS)
    here = plans[(page - 1) * MOST_PLANS : page * MOST_PLANS]
    kpis = tuple(one for one in measured(site, here) if indicator in one.indicators)
    several = tuple(p for p in pairs(kpis) if p.left.indicator == indicator == p.right.indicator)
    topic = Topic(indicator, kpis, several, tuple(together(kpis, several)))
    groups = frozenset().union(*(one.indicators[indicator] for one in kpis))
    near = [one for one in used(site) if one.indicator != indicator and groups & set(one.groups)]
    known = names(site.store, {*mentioned([topic]), *groups, *(one.indicator for one in near)})
    charts = [drawn(topic, one, known, view.lang, f"chart-{n}") for n, one in enumerate(topic.charts, 1)]
    return Page(
        render(
            "compare-targets.html",
            view,
            site=site,
            used=[],
            names=known,
            indicator=indicator,
            tail=tail,
            path=PATH,
            topic=topic,
            charts=charts,
            near=near,
            found=compared([one.government for one in kpis], [topic], known),
            verdicts=VERDICTS,
            plans=len(plans),
            page=page,
            last=last,
        )
    )


def used(site: Site) -> list[Used]:
    """Every indicator that the latest plans measure: by how many plans, then by name."""
    kpis: dict[str, set[str]] = {}
    plans: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for plan, kpi, indicator, group in _measuring(site):
        kpis.setdefault(indicator, set()).add(kpi)
        plans.setdefault(indicator, set()).add(plan)
        groups.setdefault(indicator, set()).update({group} - {""})
    made = [Used(one, len(kpis[one]), len(plans[one]), tuple(sorted(groups[one]))) for one in kpis]
    return sorted(made, key=lambda one: (-one.plans, one.indicator))


def _measuring(site: Site) -> list[tuple[str, str, str, str]]:
    """Plan, KPI, indicator and group ("" for none) of every KPI of the latest plans that measures something."""

    def read() -> list[tuple[str, str, str, str]]:
        newest = {plan.iri for plan in latest(site)}
        found = (
            (text(row, "plan"), text(row, "kpi"), text(row, "indicator"), text(row, "group"))
            for row in rows(site, "indicators")
        )
        return [one for one in found if one[0] in newest]

    return once(site.store, "measuring", read)


def prepared(site: Site) -> list[str]:
    """The addresses of the indicators that a recorded plan measures."""
    return [PATH + tail(one.indicator) for one in used(site)]


def tail(indicator: str) -> str:
    """What names an indicator in an address."""
    return indicator.removeprefix(str(IND))

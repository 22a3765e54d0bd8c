"""One indicator over fiscal years, for all cities whose plans measure it."""

from __future__ import annotations

from dataclasses import dataclass

from keikaku.ask.compare import VERDICTS
from keikaku.ask.names import names
from keikaku.namespaces import IND
from keikaku.pages.compare.beside import compared, drawn, mentioned
from keikaku.pages.compare.kpis import Measured, Topic, measured, pairs, together
from keikaku.pages.compare.read import latest
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

#: Below this address stand the indicators, by their names: /compare/targets/cashless-counter-count.
PATH = "/compare/targets/"


@dataclass(frozen=True)
class Used:
    """An indicator: how many KPIs of how many plans measure it, and its groups."""

    indicator: str
    kpis: int
    plans: int
    groups: tuple[str, ...]


def targets_page(site: Site, view: View) -> Page:
    """All indicators that a recorded plan measures, those of several plans first."""
    found = used(measured(site, latest(site)))
    known = names(site.store, {iri for one in found for iri in (one.indicator, *one.groups)})
    return Page(
        render("compare-targets.html", view, site=site, used=found, names=known, indicator="", tail=tail, path=PATH)
    )


def indicator_page(site: Site, view: View) -> Page | None:
    """The KPIs that measure the indicator of the address; None where none does."""
    indicator = str(IND[view.path.removeprefix(PATH)])
    every = measured(site, latest(site))
    kpis = tuple(one for one in every if indicator in one.indicators)
    if not kpis:
        return None
    several = tuple(p for p in pairs(kpis) if p.left.indicator == indicator == p.right.indicator)
    topic = Topic(indicator, kpis, several, tuple(together(kpis, several)))
    groups = frozenset().union(*(one.indicators[indicator] for one in kpis))
    near = [one for one in used(every) if one.indicator != indicator and groups & set(one.groups)]
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
        )
    )


def used(kpis: list[Measured]) -> list[Used]:
    """Every indicator that these KPIs measure: by how many plans, then by name."""
    found: dict[str, list[Measured]] = {}
    for one in kpis:
        for indicator in one.indicators:
            found.setdefault(indicator, []).append(one)
    made = [
        Used(iri, len(several), len({one.plan for one in several}), tuple(sorted(several[0].indicators[iri])))
        for iri, several in found.items()
    ]
    return sorted(made, key=lambda one: (-one.plans, one.indicator))


def prepared(site: Site) -> list[str]:
    """The addresses of the indicators that a recorded plan measures."""
    return [PATH + tail(one.indicator) for one in used(measured(site, latest(site)))]


def tail(indicator: str) -> str:
    """What names an indicator in an address."""
    return indicator.removeprefix(str(IND))

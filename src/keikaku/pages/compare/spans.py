"""When: the periods of all recorded plans, and the schedule of one, on an axis of fiscal years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from keikaku.ask import recorded
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.pages.chart import Row, timeline
from keikaku.pages.compare.read import Plan, fiscal_years, latest, rows, text, token, turned
from keikaku.pages.compare.read import Row as Found
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

#: Below this address stand the schedules of plans, by what names a plan: /compare/timeline/221309/dx/2023.
PATH = "/compare/timeline/"
#: Plans on one page.
PER_PAGE = 100
_INITIATIVE = re.compile(r".+/i/[^/]+")


def timeline_page(site: Site, view: View) -> Page:
    """The periods of all recorded plans; below this address the schedule of one."""
    every = sorted(latest(site), key=lambda plan: (plan.start or "9999", plan.code))
    page, last = turned(view, len(every), PER_PAGE)
    plans = every if view.static else every[(page - 1) * PER_PAGE : page * PER_PAGE]
    known = names(site.store, {iri for plan in plans for iri in (plan.iri, plan.government)})
    chart = timeline(
        list(periods(plans, known, view)), view.t("計画期間", "Periods of the plans"), view.lang, "periods"
    )
    return Page(
        render(
            "compare-timeline.html",
            view,
            site=site,
            plans=plans,
            names=known,
            chart=chart,
            plan="",
            tail=tail,
            page=page,
            last=1 if view.static else last,
        )
    )


def schedule(site: Site, view: View) -> Page:
    """The schedule of the plan whose number stands in the address. Raises ParameterError when there is no such plan."""
    plan = recorded.find(site.store, view.path.removeprefix(PATH))
    found = rows(site, "roadmap", [plan])
    things = {text(row, key) for row in found for key in ("of", "phase")} - {""}
    known = names(site.store, {plan, *things, *(_initiative(text(row, "of")) for row in found)})
    plans = latest(site)[:PER_PAGE]
    chart = timeline(list(entries(found, known, view)), view.t("工程", "Schedule"), view.lang, "schedule")
    return Page(
        render("compare-timeline.html", view, site=site, plans=plans, names=known | names(site.store, {p.government for p in plans}), chart=chart, plan=plan, tail=tail, page=1, last=1)
    )  # fmt: skip


def prepared(site: Site) -> list[str]:
    """The addresses of the schedules of the recorded plans."""
    return [PATH + tail(plan.iri) for plan in latest(site)]


def tail(plan: str) -> str:
    """What names a plan in an address.

    >>> tail("https://w3id.org/jichitai-dx/id/plan/221309/dx/2023")
    '221309/dx/2023'
    """
    return plan.partition("/id/plan/")[2]


def periods(plans: Iterable[Plan], known: Mapping[str, Text], view: View) -> Iterable[Row]:
    """One line per plan, earliest first; a plan without a recorded period says so."""
    for plan in sorted(plans, key=lambda plan: (plan.start or "9999", plan.code)):
        days = f"{plan.start} – {plan.end}" if plan.start else ""
        yield Row(
            f"{known[plan.government].of(view.lang)}: {known[plan.iri].of(view.lang)}",
            frozenset(plan.years),
            href=view.thing(plan.iri),
            note=days,
            missing="" if plan.years else "unknown",
        )


def entries(found: Iterable[Found], known: Mapping[str, Text], view: View) -> Iterable[Row]:
    """One line per bar of the schedule, grouped by initiative. What is lost in the text says so."""
    for row in found:
        of, phase = text(row, "of"), text(row, "phase")
        home = _initiative(of)
        named = (
            known[of].of(view.lang) if of != home else known[phase].of(view.lang) if phase else known[of].of(view.lang)
        )
        years, perhaps = fiscal_years(text(row, "years")), fiscal_years(text(row, "perhaps"))
        missing = "" if years or perhaps else "lost" if token(text(row, "certainty")) == "lost" else "unknown"
        yield Row(
            named,
            years,
            perhaps,
            href=view.thing(text(row, "entry")),
            note=known[phase].of(view.lang) if phase and of != home else "",
            missing=missing,
            group=known[home].of(view.lang),
        )


def _initiative(element: str) -> str:
    """The initiative that an element of a plan belongs to; the element itself outside one."""
    inside = _INITIATIVE.match(element)
    return inside[0] if inside else element

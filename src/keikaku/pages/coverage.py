"""The pages of `/coverage`: every document in a line, and the report of one, to read or to print for the city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from markupsafe import Markup

from keikaku.ask import recorded
from keikaku.ask.coverage import coverage
from keikaku.ask.coverage_forms import (
    because,
    element_items,
    head,
    json_value,
    markdown,
    places,
)
from keikaku.ask.covered import LEVEL_WORDS, LISTS, RECORDED, Coverage, Gap, Item, Report
from keikaku.ask.evidence import Passage
from keikaku.ask.forms import to_json
from keikaku.ask.kept import once, recent
from keikaku.ask.letter import NOUNS, labels, letter, share
from keikaku.namespaces import ID
from keikaku.pages.chart import Share
from keikaku.pages.chart import share as share_chart
from keikaku.pages.neighbours import page_of
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

_PLAN = str(ID) + "plan/"
#: Documents on one page of the overview.
PER_PAGE = 20


#: Below this address stand the cards: the letter to a city with the chart, on one or two sheets.
CARD = "/coverage/card/"
#: List → how its share of the chart is drawn.
_DRAWN = {
    "indispensable": "lacking",
    "recommended": "wanted",
    "stated-absent": "not-stated",
    "lost": "lost",
    "unknown": "unknown",
}


@dataclass(frozen=True)
class Shown:
    """One gap as the page shows it. `places` are (name, IRI, passages) of the elements; of the plan as a whole the name is ""."""

    what: str
    levels: tuple[str, ...]
    share: str
    places: tuple[tuple[str, str, tuple[Passage, ...]], ...]
    because: str
    why: tuple[str, ...]


def overview(site: Site, view: View) -> Page:
    """Every recorded document, a line each, so many on a page."""
    every = once(site.store, "covered", lambda: _documents(site))
    last = max(1, -(-len(every) // PER_PAGE))
    page = min(page_of(view), last)
    here = every if view.static else every[(page - 1) * PER_PAGE : page * PER_PAGE]
    found = _read(site, here)
    reports = [
        (report, address(report, view), chart(report, view, address(report, view), f"chart-{n}"))
        for n, report in enumerate(found.reports, 1)
    ]
    return Page(
        render(
            "coverage.html",
            view,
            site=site,
            found=found,
            reports=reports,
            lists=LISTS,
            page=page,
            last=1 if view.static else last,
        )
    )


def report(site: Site, view: View, plan: str) -> Page:
    """The report of one plan or casebook (its IRI)."""
    found = _read(site, [plan])
    one = found.reports[0]
    gaps = {name: [_shown(found, gap, view.lang) for gap in several] for name, several in one.gaps.items()}
    return Page(
        render(
            "coverage-report.html",
            view,
            site=site,
            found=found,
            report=one,
            path=f"/coverage/{tail(one.plan)}",
            head=head(found, one, view.lang),
            chart=chart(one, view),
            card=view.link(CARD + tail(one.plan)),
            lists=LISTS,
            levels=LEVEL_WORDS,
            gaps=gaps,
            letter=letter(found, one),
        )
    )


def card(site: Site, view: View) -> Page:
    """The letter to the city whose plan the address names, with the chart: to be printed and handed over."""
    found = _read(site, [find(site, view.path.removeprefix(CARD))])
    one = found.reports[0]
    return Page(
        render(
            "coverage-card.html",
            view,
            site=site,
            found=found,
            report=one,
            head=head(found, one, view.lang),
            chart=chart(one, view, address(one, view)),
            letter=letter(found, one),
            full=address(one, view),
            path=f"/coverage/{tail(one.plan)}",
        )
    )


def text_of(site: Site, plan: str, form: str, lang: str) -> str:
    """The same report as Markdown or JSON."""
    found = _read(site, [plan])
    return to_json(json_value(found)) if form == "json" else markdown(found, found.reports[0], lang)


def find(site: Site, name: str) -> str:
    """The plan that an address below /coverage/ means. Raises ParameterError when it means none or several."""
    return recorded.find(site.store, name)


def address(report: Report, view: View) -> str:
    """The address of a report."""
    return view.link(f"/coverage/{tail(report.plan)}")


def tail(plan: str) -> str:
    """What stands behind /coverage/ in the address of a plan's report."""
    return plan.removeprefix(_PLAN)


def shares(report: Report, view: View, href: str = "") -> list[Share]:
    """What is expected in parts: recorded wholly, recorded in part, and each list without what is recorded in part."""
    left = {name: sum(item.list == name and item.state not in RECORDED for item in report.items) for name in LISTS}
    words = {name: text.of(view.lang) for name, text in LISTS.items()}
    return [
        Share(view.t("記録した", "recorded"), report.recorded - report.partly, "has"),
        Share(view.t("一部を記録", "recorded in part"), report.partly, "partly"),
        *(Share(words[name], left[name], _DRAWN[name], f"{href}#{name}") for name in LISTS),
    ]


def chart(report: Report, view: View, href: str = "", place: str = "share") -> Markup:
    """The shares of one report as a bar with its legend."""
    title = view.t(f"求める{len(report.items)}項目の内訳", f"The {len(report.items)} items that are looked for")
    return share_chart(shares(report, view, href), title, view.lang, place)


def _documents(site: Site) -> list[str]:
    """The plans and casebooks that a recorded document is about."""
    rows = site.store.select(
        "SELECT DISTINCT ?plan WHERE { ?document a jdx:SourceDocument ; foaf:primaryTopic ?plan } ORDER BY ?plan"
    ).rows
    return [str(row[0]) for row in rows]


def _read(site: Site, plans: Sequence[str]) -> Coverage:
    """The report of these plans, kept for the page in the other language, the card and the data."""
    folder = site.settings.queries / "pages" / "coverage"
    return recent(
        site.store,
        ("coverage", *plans),
        lambda: coverage(site.store, folder, plans),
        lambda made: sum(len(report.items) for report in made.reports) * len(fields(Item)),
    )


def _shown(found: Coverage, gap: Gap, lang: str) -> Shown:
    where: list[tuple[str, str, tuple[Passage, ...]]]
    if gap.target in NOUNS:
        where = [(found.names[i.named].of(lang), i.named, i.passages) for i in element_items(gap)]
        where = list({(name, places(passages)): (name, iri, passages) for name, iri, passages in where}.values())
    else:
        where = [("", item.element, item.proof or item.passages) for item in gap.items]
    asked = [found.requirements[iri] for iri in gap.requirements]
    return Shown(
        labels(found, gap).of(lang),
        tuple(name for name in LEVEL_WORDS if any(item.level == name for item in gap.items)),
        share(gap).of(lang),
        tuple(where),
        because(found, gap, lang),
        tuple(r.why.of(lang) for r in asked) if gap.list in ("indispensable", "recommended") else (),
    )

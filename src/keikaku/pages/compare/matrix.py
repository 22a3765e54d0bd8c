"""Cities × themes: how the latest plan of each city treats each theme, with counts, filters and the same as CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice

from keikaku.ask.forms import Flat, to_csv
from keikaku.ask.kept import once, recent
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import ID, shorten
from keikaku.pages.compare.read import STATES, Cell, Matrix, Plan, matrix, rows, turned
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

#: So many cities stand side by side with the themes below each other; more stand below each other, so many on a page.
BESIDE, PER_PAGE = 8, 30
COLUMNS = ("government", "government_iri", "plan", "plan_iri", "theme", "theme_iri", "state", "level", "rests_on")
#: Words for all municipalities beside those with a recorded plan.
_EVERY = "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { ?g a jdx:Municipality }"


@dataclass(frozen=True)
class Filters:
    """What the matrix is narrowed to; "" for everything. prefecture is a code, group a section of the national plan, level a state."""

    prefecture: str = ""
    group: str = ""
    level: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.prefecture or self.group or self.level)


@dataclass(frozen=True)
class Narrowed:
    """The part of the matrix that is shown, and what can be chosen."""

    plans: tuple[Plan, ...]
    themes: tuple[str, ...]
    filters: Filters
    prefectures: tuple[str, ...]
    groups: tuple[str, ...]


def matrix_page(site: Site, view: View) -> Page:
    """The matrix with its legend, counts and filters."""
    whole = matrix(site)
    shown = narrow(site, whole, _filters(view))
    page, last = turned(view, len(shown.plans), PER_PAGE)
    plans = shown.plans[(page - 1) * PER_PAGE : page * PER_PAGE]
    levels = {cell.level for cell in whole.cells.values() if cell.level}
    ready = sets(whole.plans)
    named = {plan.government for several in (plans, *ready) for plan in several} | {plan.iri for plan in plans}
    known = names(site.store, named | set(whole.themes) | set(shown.groups) | set(shown.prefectures) | levels)
    key = ("tallies", shown.filters.prefecture, shown.filters.group, shown.filters.level)
    by_theme = recent(site.store, key, lambda: {t: _count(whole, shown.plans, [t]) for t in shown.themes}, len)
    return Page(
        render(
            "compare.html",
            view,
            site=site,
            whole=whole,
            shown=shown,
            plans=plans,
            names=known,
            states=STATES,
            counts=sum(by_theme.values(), Counter()),
            by_theme=by_theme,
            by_plan={plan.iri: _count(whole, [plan], shown.themes) for plan in plans},
            every=once(site.store, "municipalities", lambda: int(str(site.store.select(_EVERY).rows[0][0]))),
            sets=ready,
            beside=len(shown.plans) <= BESIDE,
            page=page,
            last=last,
        )
    )


def matrix_csv(site: Site, view: View) -> bytes:
    """The same as CSV, one line per cell."""
    whole = matrix(site)
    shown = narrow(site, whole, _filters(view))
    levels = {cell.level for cell in whole.cells.values() if cell.level}
    known = names(site.store, {i for p in shown.plans for i in (p.iri, p.government)} | set(shown.themes) | levels)
    return to_csv(COLUMNS, _lines(whole, shown, known, view.lang)).encode()


def narrow(site: Site, whole: Matrix, filters: Filters) -> Narrowed:
    """The part that the filters leave; with a level the plans and themes that have it somewhere."""
    sections: dict[str, set[str]] = {}
    for row in rows(site, "groups"):
        sections.setdefault(str(row["section"]), set()).add(str(row["theme"]))
    prefectures = tuple(sorted({_prefecture(plan) for plan in whole.plans}))
    plans = [plan for plan in whole.plans if filters.prefecture in ("", _prefecture(plan).rpartition("/")[2])]
    chosen = next((iri for iri in sections if iri == filters.group or shorten(iri) == filters.group), "")
    themes = [theme for theme in whole.themes if not chosen or theme in sections[chosen]]
    if filters.level in STATES:
        found = {(p, t) for p in plans for t in themes if whole.cells[p.iri, t].state == filters.level}
        plans = [plan for plan in plans if any(p == plan for p, _ in found)]
        themes = [theme for theme in themes if any(t == theme for _, t in found)]
    level = filters.level if filters.level in STATES else ""
    kept = Filters(filters.prefecture if filters.prefecture else "", chosen, level)
    return Narrowed(tuple(plans), tuple(themes), kept, prefectures, tuple(sorted(sections)))


def sets(plans: Sequence[Plan], most: int = 5, limit: int = 60) -> list[tuple[Plan, ...]]:
    """The sets of cities that the static site shows side by side: all of them where they are few, and every pair."""
    found: list[tuple[Plan, ...]] = [tuple(plans)] if 2 < len(plans) <= most else []
    return list(islice(chain(found, combinations(plans, 2)), limit))


def tail(plans: Iterable[Plan]) -> str:
    """What stands behind /compare/ in the address of a set."""
    return "-".join(plan.code for plan in plans)


def cell_words(cell: Cell, known: dict[str, Text], lang: str) -> str:
    """A cell in words: the level as the plan has it, or the state."""
    return known[cell.level].of(lang) if cell.level else STATES[cell.state][0].of(lang)


def _filters(view: View) -> Filters:
    return Filters(*(view.params.get(key, "").strip() for key in ("prefecture", "group", "level")))


def _prefecture(plan: Plan) -> str:
    """The prefecture of a government; a prefecture is its own."""
    return plan.prefecture or f"{ID}lg/{plan.code}"


def _count(whole: Matrix, plans: Iterable[Plan], themes: Iterable[str]) -> Counter[str]:
    wanted = list(themes)
    return Counter(whole.cells[plan.iri, theme].state for plan in plans for theme in wanted)


def _lines(whole: Matrix, shown: Narrowed, known: dict[str, Text], lang: str) -> Iterable[list[Flat]]:
    for plan in shown.plans:
        for theme in shown.themes:
            cell = whole.cells[plan.iri, theme]
            yield [
                known[plan.government].of(lang), plan.government, known[plan.iri].of(lang), plan.iri,
                known[theme].of(lang), theme, cell.state, shorten(cell.level) if cell.level else "", cell.rests,
            ]  # fmt: skip

"""KPIs that share an indicator or a comparability group, in pairs with the verdict on comparing them (docs/compare.md). Never a ranking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from keikaku.ask.cities import Comparison, value_of
from keikaku.ask.compare import VERDICTS, Judgement, Value, judge
from keikaku.ask.names import names
from keikaku.pages.leads.rows import Cell, Row
from keikaku.pages.render import View
from keikaku.pages.site import Site

#: So many KPIs are judged in pairs; more are left to the question that compares cities.
MOST = 12


@dataclass(frozen=True)
class Alike:
    """One KPI with its values."""

    kpi: Cell
    government: Cell
    indicator: Cell
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Judged:
    """Two KPIs and the verdict, in words: `why` are the reasons against, or the conditions."""

    left: Alike
    right: Alike
    code: str
    verdict: str
    why: tuple[str, ...]
    values: tuple[tuple[str, ...], tuple[str, ...]]


def gather(rows: Iterable[Row]) -> list[Alike]:
    """One entry per KPI, in the order of the rows."""
    found: dict[str, tuple[Row, list[Value]]] = {}
    for row in rows:
        value = value_of({name: cell.raw for name, cell in row.items()})
        found.setdefault(row["kpi"].iri, (row, []))[1].extend([value] if value else [])
    return [Alike(row["kpi"], row["government"], row["indicator"], tuple(values)) for row, values in found.values()]


def pairs(site: Site, several: Sequence[Alike], view: View, own: str = "") -> list[Judged]:
    """The pairs of different governments, or those with the KPI `own` alone; the comparable ones first, then in the order given."""
    chosen = several[:MOST] if not own else several
    first = [one for one in chosen if one.kpi.iri == own]
    both = [(a, b) for a in first for b in chosen if b.kpi.iri != own] if own else list(combinations(chosen, 2))
    judged = [
        (a, b, judge(a.values, b.values, (a.indicator.iri, b.indicator.iri)))
        for a, b in both
        if a.government.iri != b.government.iri
    ]
    told = _words(site, judged)
    return [_judged(told, a, b, found, view.lang) for a, b, found in sorted(judged, key=lambda one: one[2].verdict)]


def _judged(told: Comparison, left: Alike, right: Alike, found: Judgement, lang: str) -> Judged:
    said = [
        tuple(dict.fromkeys(told.value_text(side, lang) for side in sides))
        for sides in ((pair.left for pair in found.pairs), (pair.right for pair in found.pairs))
    ]
    why = tuple(told.reason_text(one, lang) for one in found.reasons or found.conditions)
    return Judged(left, right, found.verdict.token, VERDICTS[found.verdict].of(lang), why, (said[0], said[1]))


def _words(site: Site, judged: Iterable[tuple[Alike, Alike, Judgement]]) -> Comparison:
    """What words values and reasons: a comparison that knows the names of all that they mention."""
    mentioned: set[str] = set()
    for left, right, found in judged:
        for value in (*left.values, *right.values):
            words = (
                value.role,
                value.status,
                value.unit,
                value.counting,
                value.form,
                value.comparator,
                value.reference,
            )
            mentioned |= {*words, value.breakdown, *value.years}
        for because in (*found.reasons, *found.conditions):
            mentioned |= {word for side in (because.left, because.right) for word in side.split()}
    known = names(site.store, {word for word in mentioned if word.startswith("http")})
    return Comparison((), (), (), {}, known, {})

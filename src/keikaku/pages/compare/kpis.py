"""KPIs of several plans: which are judged against each other, which go on one chart, and which stand beside each other.

The pairs are those of `keikaku compare`: KPIs of different governments that share an indicator or a comparability group, judged by the
rules of keikaku.ask.compare. They are gathered here from one row per value, where the question compare-kpis has one per pair of values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from keikaku.ask.cities import Kpi, KpiPair
from keikaku.ask.compare import Value, Verdict, judge
from keikaku.ask.words import Text
from keikaku.namespaces import FY
from keikaku.pages.chart import Point, point_of
from keikaku.pages.compare.read import Plan, Row, fiscal_years, rows, text
from keikaku.pages.site import Site


@dataclass(frozen=True)
class Measured:
    """One KPI with its indicators (each with its groups) and its values; `words` are what the plan says in place of a number, by value."""

    iri: str
    government: str
    plan: str
    indicators: Mapping[str, frozenset[str]]
    values: tuple[Value, ...]
    words: Mapping[str, str]

    def years(self) -> set[int]:
        """The fiscal years of its values."""
        return {int(year.removeprefix(str(FY))) for value in self.values for year in value.years}

    def points(self, known: Mapping[str, Text], lang: str) -> tuple[Point, ...]:
        """Its values as they are drawn."""
        return tuple(
            point_of(
                value.role, (int(year.removeprefix(str(FY))) for year in value.years), value.number, value.status,
                known[value.unit].of(lang) if value.unit in known else "", value.counting, value.comparator, value.form,
                known[said].of(lang) if (said := self.words.get(value.iri, "")) in known else said, value.derived,
            )
            for value in self.values
        )  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """What some KPIs have in common: an indicator, or else a group. `charts` are the KPIs that go on one chart; the others stand alone."""

    iri: str
    kpis: tuple[Measured, ...]
    pairs: tuple[KpiPair, ...]
    charts: tuple[tuple[Measured, ...], ...]


def measured(site: Site, plans: Sequence[Plan]) -> list[Measured]:
    """Every KPI of these plans, in the order of the plans."""
    owners = {plan.iri: plan for plan in plans}
    found: dict[str, Measured] = {}
    for row in rows(site, "values", owners):
        iri, plan = text(row, "kpi"), owners[text(row, "plan")]
        one = found.get(iri) or Measured(iri, plan.government, plan.iri, {}, (), {})
        if "indicator" in row:
            groups = one.indicators.get(text(row, "indicator"), frozenset()) | ({text(row, "group")} - {""})
            one = replace(one, indicators={**one.indicators, text(row, "indicator"): groups})
        if "value" in row and all(value.iri != text(row, "value") for value in one.values):
            said = text(row, "milestone") or text(row, "printed")
            one = replace(one, values=(*one.values, _value(row)), words={**one.words, text(row, "value"): said})
        found[iri] = one
    order = {plan.iri: n for n, plan in enumerate(plans)}
    return sorted(found.values(), key=lambda one: (order[one.plan], one.iri))


def pairs(kpis: Iterable[Measured]) -> list[KpiPair]:
    """Every pair of KPIs of different governments that share an indicator, or else a group, with its verdict."""
    found = []
    for left, right in combinations(kpis, 2):
        if left.government == right.government:
            continue
        for group, one, other in _shared(left, right):
            found.append(
                KpiPair(
                    group,
                    Kpi(left.iri, left.government, one),
                    Kpi(right.iri, right.government, other),
                    judge(left.values, right.values, (one, other)),
                    (),
                )
            )
    return found


def topics(kpis: Sequence[Measured]) -> list[Topic]:
    """The KPIs that are judged against each other, by what they share, with those that may go on one chart together."""
    by_iri = {one.iri: one for one in kpis}
    gathered: dict[str, list[KpiPair]] = {}
    for pair in pairs(kpis):
        same = pair.left.indicator == pair.right.indicator
        gathered.setdefault(pair.group or (pair.left.indicator if same else ""), []).append(pair)
    return [_topic(iri, several, by_iri) for iri, several in sorted(gathered.items())]


def together(kpis: Sequence[Measured], several: Iterable[KpiPair]) -> list[tuple[Measured, ...]]:
    """KPIs in sets whose members are all comparable with each other, on conditions or without; most stay alone."""
    fit = {
        frozenset((pair.left.iri, pair.right.iri))
        for pair in several
        if pair.judgement.verdict is not Verdict.NOT_COMPARABLE
    }
    sets: list[list[Measured]] = []
    for one in kpis:
        home = next((s for s in sets if all(frozenset((one.iri, other.iri)) in fit for other in s)), None)
        if home is None:
            sets.append([one])
        else:
            home.append(one)
    return [tuple(s) for s in sets]


def _topic(iri: str, several: list[KpiPair], by_iri: Mapping[str, Measured]) -> Topic:
    held = {side.iri for pair in several for side in (pair.left, pair.right)}
    kpis = tuple(one for one in by_iri.values() if one.iri in held)
    return Topic(iri, kpis, tuple(several), tuple(together(kpis, several)))


def _shared(left: Measured, right: Measured) -> list[tuple[str, str, str]]:
    """Group ("" for none) and indicators by which two KPIs are paired; by a common indicator where there is one."""
    same = sorted(left.indicators.keys() & right.indicators.keys())
    if same:
        return [(min(left.indicators[iri], default=""), iri, iri) for iri in same]
    return [
        (min(common), one, other)
        for one, groups in sorted(left.indicators.items())
        for other, others in sorted(right.indicators.items())
        if (common := groups & others)
    ]


def _value(row: Row) -> Value:
    number = text(row, "number")
    return Value(
        iri=text(row, "value"),
        role=text(row, "role"),
        status=text(row, "status"),
        number=Decimal(number) if number else None,
        unit=text(row, "unit"),
        counting=text(row, "counting"),
        form=text(row, "form"),
        comparator=text(row, "comparator"),
        reference=text(row, "reference"),
        breakdown=text(row, "breakdown"),
        years=tuple(sorted(f"{FY}{year}" for year in fiscal_years(text(row, "years")))),
        day=text(row, "day"),
        derived="summed" in row,
        evidence=tuple(sorted(text(row, "evidence").split())),
    )

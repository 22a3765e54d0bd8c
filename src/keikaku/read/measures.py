"""What is measured and when: KPIs, targets, roadmap bars, figures told in passing (plan-file.md, rules 5 to 11)."""

from __future__ import annotations

from rdflib import URIRef

from keikaku.namespaces import DCTERMS, FY, JDX, SKOS, C
from keikaku.read.builder import Builder
from keikaku.read.element import Element, element, numbered, thing_of
from keikaku.read.numbers import number_path
from keikaku.read.quantities import Inherited, Owner, inherit, quantity, target_iri, value_time
from keikaku.read.when import read_years
from keikaku.read.yamltree import Items, Mapping, Text


def targets(builder: Builder, mapping: Mapping, owner_iri: URIRef, owner: Owner, above: Inherited) -> None:
    """The targets of a KPI or a national item."""
    value = mapping.get("targets")
    for item in value if isinstance(value, Items) else ():
        if isinstance(item, Mapping):
            builder.check_keys(item, "value")
        when_text = builder.text(item, "when") if isinstance(item, Mapping) else None
        when = value_time(builder, when_text or above.when)
        quantity(builder, target_iri(builder, owner_iri, when), item, owner, above)


def kpis(builder: Builder, owner: Mapping, above: Element) -> None:
    """KPIs with baseline, targets and other reported values."""
    for position, mapping in enumerate(builder.mappings(owner, "kpis", "KPI"), 1):
        iri = numbered(builder, mapping, "KPI", f"{above.iri}/k/")
        here = element(builder, mapping, iri, (JDX.KPI,), "KPI", position, above, parent=False) if iri else None
        if iri is None or here is None:
            continue
        builder.add(above.iri, JDX.hasKPI, iri, mapping.place)
        _indicator(builder, mapping, iri)
        builder.bilingual(mapping.get("note"), iri, SKOS.note)
        inherited = inherit(builder, mapping, Inherited(here.ranges, kpi=str(iri)))
        baseline = mapping.get("baseline")
        owner_of_value = Owner(JDX.TargetValue, ((JDX.ofKPI, iri),))
        if baseline is not None and not (isinstance(baseline, Text) and baseline.value == "not-stated"):
            if isinstance(baseline, Mapping):
                builder.check_keys(baseline, "value")
            quantity(builder, URIRef(f"{iri}/b"), baseline, Owner(JDX.BaselineValue, ((JDX.ofKPI, iri),)), inherited)
        targets(builder, mapping, iri, owner_of_value, inherited)
        for number, value in enumerate(builder.mappings(mapping, "values", "value"), 1):
            quantity(
                builder, URIRef(f"{iri}/v/{number}"), value, Owner(JDX.ReportedValue, ((JDX.ofKPI, iri),)), inherited
            )


def _indicator(builder: Builder, mapping: Mapping, iri: URIRef, *, required: bool = True) -> None:
    name = builder.text(mapping, "indicator", required=required, kind="KPI")
    if name is None:
        return
    found = builder.context.vocabulary.indicators.find(name.value)
    if len(found) != 1:
        builder.problems.unknown(
            name.place,
            ("indicator", "指標"),
            name.value,
            builder.context.vocabulary.indicators.shown,
            "ontology/indicators.ttl",
        )
        return
    builder.add(iri, JDX.measures, found[0], name.place)


def roadmap(builder: Builder, owner: Mapping, above: Element) -> None:
    """Bars of the schedule: years certain, start only, or uncertain (plan-file.md, rule 10)."""
    last = builder.plan_years[-1] if builder.plan_years else None
    for position, mapping in enumerate(builder.mappings(owner, "roadmap", "roadmap entry"), 1):
        iri = numbered(builder, mapping, "roadmap entry", f"{above.iri}/r/")
        if iri is None:
            continue
        of = builder.text(mapping, "of")
        parent = (
            URIRef(f"{above.iri}/a/" + "/a/".join(number_path(n, pad=False) for n in of.value.split("/")))
            if of
            else above.iri
        )
        if of and str(parent) not in builder.origins:
            builder.problems.add(
                of.place,
                f"there is no action {of.value} in this initiative",
                f"この取組に個別取組 {of.value} はありません",
                do_en="Write the number of an action above",
                do_ja="上にある個別取組の番号を書いてください",
            )
        under = Element(parent, above.ranges, above.initiative)
        if element(builder, mapping, iri, (JDX.RoadmapEntry,), "roadmap entry", position, under, title=False) is None:
            continue
        phase = builder.text(mapping, "phase")
        if phase:
            builder.code(iri, JDX.phase, "ph", phase)
        _span(builder, mapping, iri, last)


def _span(builder: Builder, mapping: Mapping, iri: URIRef, last: int | None) -> None:
    given = [key for key in ("covers", "starts", "within", "span") if key in mapping]
    if len(given) != 1:
        builder.problems.add(
            mapping.place,
            "a roadmap entry has exactly one of covers, starts, within and span: lost",
            "工程には covers・starts・within・span: lost のうち一つだけを書きます",
        )
        return
    text = builder.text(mapping, given[0])
    if text is None:
        return
    if given[0] == "span":
        if text.value != "lost":
            builder.problems.unknown(text.place, ("span", "期間"), text.value, ("lost",), "docs/plan-file.md")
        builder.add(iri, JDX.spanCertainty, C["sc-lost"], text.place)
        return
    years = read_years(text.value)
    if not years or (given[0] == "starts" and len(years) > 1):
        builder.problems.add(
            text.place,
            f"the fiscal year “{text.value}” cannot be read",
            f"年度「{text.value}」を読み取れません",
            do_en="Write FY2022 or FY2022..FY2024",
            do_ja="FY2022 または FY2022..FY2024 と書いてください",
        )
        return
    certainty, sure, possible = {
        "covers": ("explicit", years, ()),
        "starts": ("marker-only", years[:1], tuple(range(years[0], max(last or years[0], years[0]) + 1))),
        "within": ("column-uncertain", (), years),
    }[given[0]]
    builder.add(iri, JDX.spanCertainty, C[f"sc-{certainty}"], text.place)
    for predicate, covered in ((JDX.coversFiscalYear, sure), (JDX.mayCoverFiscalYear, possible)):
        for year in covered:
            builder.add(iri, predicate, FY[str(year)], text.place)


#: Kinds of figures that are not simply reported.
FACT_KINDS = {"budget": JDX.BudgetItem, "target": JDX.TargetValue}


def facts(builder: Builder, owner: Mapping, above: Element, within: URIRef | None = None) -> None:
    """Figures told in passing, populations, money (plan-file.md, rule 11: `of` names what the figure is about).

    within: the case they stand in, to which each is linked besides.
    """
    for position, mapping in enumerate(builder.mappings(owner, "facts", "fact"), 1):
        iri = numbered(builder, mapping, "fact", f"{above.iri}/v/")
        if iri is None:
            continue
        kind = builder.text(mapping, "kind")
        if kind and kind.value not in FACT_KINDS:
            builder.problems.unknown(
                kind.place, ("kind of figure", "数値の種別"), kind.value, FACT_KINDS, "docs/plan-file.md"
            )
        links: list[tuple[URIRef, URIRef]] = []
        for of in builder.texts(mapping, "of"):
            thing = thing_of(builder, of)
            if thing is not None:
                links.append((JDX.refersTo, thing))
        if not links:
            links.append((JDX.refersTo, above.iri))
        if within is not None:
            links.append((DCTERMS.isPartOf, within))
        here = Owner(FACT_KINDS.get(kind.value if kind else "", JDX.ReportedValue), tuple(links))
        _figure(builder, mapping, iri, position, here, Inherited(above.ranges))
        _items(builder, mapping, iri, here, Inherited(above.ranges))


def _figure(builder: Builder, mapping: Mapping, iri: URIRef, position: int, owner: Owner, above: Inherited) -> None:
    quantity(builder, iri, mapping, owner, above)
    builder.number(mapping, iri, position)
    builder.title(mapping, iri, "fact")
    _indicator(builder, mapping, iri, required=False)
    survey = builder.text(mapping, "survey")
    if survey:
        taken = URIRef(f"{builder.plan}/survey/{number_path(survey.value, pad=False)}")
        builder.paths.append((taken, survey))
        builder.add(iri, JDX.fromSurvey, taken, survey.place)
    for name in builder.texts(mapping, "departments"):
        unit = builder.registered("units", name, ("department", "担当課"), everywhere=True)
        if unit is not None:
            builder.add(iri, JDX.responsibleUnit, unit, name.place)


def _items(builder: Builder, total: Mapping, iri: URIRef, owner: Owner, above: Inherited) -> None:
    """The named rows that a total is the sum of: parts with a number, title and passage of their own."""
    inherited = inherit(builder, total, above)
    links = (*owner.links, (JDX.componentOf, iri), (JDX.breakdownBy, C["bd-by-item"]))
    for position, mapping in enumerate(builder.mappings(total, "items", "fact"), 1):
        own = numbered(builder, mapping, "fact", f"{iri}/item/")
        if own is not None:
            _figure(builder, mapping, own, position, Owner(owner.kind, links), inherited)

"""Plan elements: goals, principles, initiatives, actions, issues, national items, KPIs, roadmaps (plan-file.md)."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Literal, URIRef

from keikaku.namespaces import DCTERMS, ELI, FY, JDX, RDF, RDFS, SKOS, C
from keikaku.read.builder import Builder, number_path
from keikaku.read.documents import Lines
from keikaku.read.names import split_provision
from keikaku.read.quantities import Inherited, Owner, inherit, quantity, target_iri, value_time
from keikaku.read.when import read_years
from keikaku.read.yamltree import Items, Mapping, Text


@dataclass(frozen=True)
class Element:
    """An element while its content is read: its IRI, its ranges, and the initiative it stands in (for numbers that name siblings)."""

    iri: URIRef
    ranges: tuple[Lines, ...]
    initiative: URIRef | None = None


def numbered(builder: Builder, mapping: Mapping, kind: str, base: str, *, pad: bool = False) -> URIRef | None:
    """The IRI of a numbered element below `base`; None, with a finding, when its number is missing or has no digit."""
    number = builder.text(mapping, "no", required=True, kind=kind)
    path = number_path(number.value, pad=pad) if number else ""
    if number and not path:
        builder.problems.add(
            number.place,
            f"the number “{number.value}” has no digit",
            f"番号「{number.value}」に数字がありません",
            do_en="Write the printed number, such as ① or 4.5",
            do_ja="① や 4.5 のように印刷された番号を書いてください",
        )
    return URIRef(f"{base}{path}") if path else None


def element(
    builder: Builder, mapping: Mapping, iri: URIRef, classes: tuple[URIRef, ...], kind: str, position: int, above: Element,
    *, parent: bool = True, in_plan: bool = True, title: bool = True,
) -> Element | None:  # fmt: skip
    """Write what every element has: class, plan, parent, number, title, themes, description, absences, evidence."""
    if not builder.node(iri, classes, mapping.place):
        return None
    if in_plan:
        builder.add(iri, JDX.inPlan, builder.plan, mapping.place)
    if parent and above.iri != builder.plan:
        builder.add(iri, JDX.parentElement, above.iri, mapping.place)
    builder.number(mapping, iri, position)
    builder.title(mapping, iri, kind, required=title)
    ranges = builder.at(mapping, above.ranges)
    builder.themes(mapping, iri, ranges)
    builder.bilingual(mapping.get("summary"), iri, DCTERMS.description)
    builder.absences(mapping, iri)
    builder.evidence(iri, ranges, mapping.place)
    return Element(iri, ranges, above.initiative)


def goals(builder: Builder, owner: Mapping, above: Element) -> None:
    """Visions, pillars and the like; under an initiative its direction and future state."""
    for position, mapping in enumerate(builder.mappings(owner, "goals", "goal"), 1):
        iri = numbered(builder, mapping, "goal", f"{above.iri}/g/")
        here = element(builder, mapping, iri, (JDX.Goal,), "goal", position, above) if iri else None
        if iri is None or here is None:
            continue
        targets(builder, mapping, iri, Owner(JDX.TargetValue, ((JDX.refersTo, iri),)), Inherited(here.ranges))
        relations(builder, mapping, iri)
        kind = builder.text(mapping, "kind", required=True, kind="goal")
        if kind:
            builder.code(iri, DCTERMS.type, "el", kind)
        of = builder.text(mapping, "of")
        if of:
            builder.add(iri, JDX.parentElement, URIRef(f"{above.iri}/g/{number_path(of.value, pad=False)}"), of.place)


def principles(builder: Builder, owner: Mapping, above: Element) -> None:
    """Principles: viewpoints, codes of conduct."""
    for position, mapping in enumerate(builder.mappings(owner, "principles", "principle"), 1):
        iri = numbered(builder, mapping, "principle", f"{above.iri}/p/")
        if iri is None or element(builder, mapping, iri, (JDX.Principle,), "principle", position, above) is None:
            continue
        described = builder.text(mapping, "described")
        if described:
            builder.code(iri, JDX.descriptionStatus, "ds", described)
        kind = builder.text(mapping, "kind")
        if kind:
            builder.code(iri, DCTERMS.type, "el", kind)


def initiatives(builder: Builder, tree: Mapping, above: Element) -> None:
    """The initiatives, listed or beside the list, with everything below them."""
    numbers = {
        number_path(n.value, pad=False) for g in builder.mappings(tree, "goals", "goal") if (n := builder.text(g, "no"))
    }
    for position, mapping in enumerate(builder.mappings(tree, "initiatives", "initiative"), 1):
        outside = builder.text(mapping, "list")
        if outside and outside.value != "outside":
            builder.problems.unknown(outside.place, ("list", "一覧"), outside.value, ("outside",), "docs/plan-file.md")
        iri = numbered(builder, mapping, "initiative", f"{builder.plan}/i/{'s' if outside else ''}", pad=not outside)
        here = (
            element(builder, mapping, iri, (JDX.Initiative,), "initiative", position, above, parent=False)
            if iri
            else None
        )
        if iri is None or here is None:
            continue
        here = Element(iri, here.ranges, iri)
        builder.add(iri, DCTERMS.type, C["el-outside-list" if outside else "el-listed"], mapping.place)
        builder.code(
            iri, JDX.descriptionStatus, "ds", builder.text(mapping, "described") or Text("described", mapping.place)
        )
        _parent_goal(builder, mapping, iri, numbers)
        for goal in builder.texts(mapping, "contributes"):
            builder.add(iri, JDX.contributesTo, _goal(builder, goal, numbers), goal.place)
        _people(builder, mapping, iri)
        goals(builder, mapping, here)
        issues(builder, mapping, here)
        actions(builder, mapping, here)
        national_items(builder, mapping, here)
        kpis(builder, mapping, here)
        roadmap(builder, mapping, here)
        facts(builder, mapping, here)
        relations(builder, mapping, iri)


def _goal(builder: Builder, number: Text, numbers: set[str]) -> URIRef:
    path = number_path(number.value, pad=False)
    if path not in numbers:
        builder.problems.unknown(number.place, ("goal", "目標"), number.value, sorted(numbers), "goals of this file")
    return URIRef(f"{builder.plan}/g/{path}")


def _parent_goal(builder: Builder, mapping: Mapping, iri: URIRef, numbers: set[str]) -> None:
    goal, number = builder.text(mapping, "goal"), builder.text(mapping, "no")
    if goal:
        builder.add(iri, JDX.parentElement, _goal(builder, goal, numbers), goal.place)
        return
    steps = number_path(number.value, pad=False).split("-") if number else []
    if len(steps) > 1 and steps[0] in numbers and "list" not in mapping:
        builder.add(iri, JDX.parentElement, URIRef(f"{builder.plan}/g/{steps[0]}"), mapping.place)


def _people(builder: Builder, mapping: Mapping, iri: URIRef) -> None:
    """Responsible departments and partners."""
    value = mapping.get("departments")
    if not (isinstance(value, Text) and value.value == "not-stated"):
        for name in builder.texts(mapping, "departments"):
            unit = builder.registered("units", name, ("department", "担当課"))
            if unit is not None:
                builder.add(iri, JDX.responsibleUnit, unit, name.place)
    for name in builder.texts(mapping, "partners"):
        partner = builder.organisation(name)
        if partner is not None:
            builder.add(iri, JDX.partner, partner, name.place)


def issues(builder: Builder, owner: Mapping, above: Element) -> None:
    """Issues: what the plan says is wrong or needed."""
    for position, mapping in enumerate(builder.mappings(owner, "issues", "issue"), 1):
        iri = numbered(builder, mapping, "issue", f"{above.iri}/q/")
        if iri is not None:
            element(builder, mapping, iri, (JDX.Issue,), "issue", position, above)


def actions(builder: Builder, owner: Mapping, above: Element) -> None:
    """Actions, and the points listed below them."""
    for position, mapping in enumerate(builder.mappings(owner, "actions", "action"), 1):
        iri = numbered(builder, mapping, "action", f"{above.iri}/a/")
        here = element(builder, mapping, iri, (JDX.Action,), "action", position, above) if iri else None
        if iri is None or here is None:
            continue
        _people(builder, mapping, iri)
        for number in builder.texts(mapping, "answers"):
            issue = URIRef(f"{above.initiative}/q/{number_path(number.value, pad=False)}")
            if str(issue) not in builder.origins:
                builder.problems.add(
                    number.place,
                    f"there is no issue {number.value} in this initiative",
                    f"この取組に課題 {number.value} はありません",
                    do_en="Write the number of an issue above",
                    do_ja="上にある課題の番号を書いてください",
                )
                continue
            builder.add(iri, JDX.addressesIssue, issue, number.place)
        actions(builder, mapping, here)
        relations(builder, mapping, iri)


def national_items(builder: Builder, owner: Mapping, above: Element) -> None:
    """Lines of national policy quoted by the plan. They belong to the national plan, if the page says which, not to this one."""
    for position, mapping in enumerate(builder.mappings(owner, "national", "national item"), 1):
        iri = numbered(builder, mapping, "national item", f"{above.iri}/n/")
        here = (
            element(
                builder,
                mapping,
                iri,
                (JDX.NationalPolicyItem,),
                "national item",
                position,
                above,
                parent=False,
                in_plan=False,
            )
            if iri
            else None
        )
        if iri is None or here is None:
            continue
        edition = builder.text(mapping, "plan")
        if edition:
            instrument = builder.registered("instruments", edition, ("national plan", "国の計画"), everywhere=True)
            if instrument is not None:
                builder.add(iri, JDX.inPlan, instrument, edition.place)
        if above.initiative is not None:
            builder.add(above.initiative, JDX.respondsTo, iri, mapping.place)
        targets(builder, mapping, iri, Owner(JDX.TargetValue, ((JDX.refersTo, iri),)), Inherited(here.ranges))


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


def facts(builder: Builder, owner: Mapping, above: Element) -> None:
    """Figures told in passing, populations, money (plan-file.md, rule 11: `of` names what the figure is about)."""
    for position, mapping in enumerate(builder.mappings(owner, "facts", "fact"), 1):
        iri = numbered(builder, mapping, "fact", f"{above.iri}/v/")
        if iri is None:
            continue
        kind = builder.text(mapping, "kind")
        if kind and kind.value != "budget":
            builder.problems.unknown(
                kind.place, ("kind of figure", "数値の種別"), kind.value, ("budget",), "docs/plan-file.md"
            )
        links: list[tuple[URIRef, URIRef]] = []
        for of in builder.texts(mapping, "of"):
            thing = thing_of(builder, of)
            if thing is not None:
                links.append((JDX.refersTo, thing))
        if not links:
            links.append((JDX.refersTo, above.iri))
        quantity(
            builder,
            iri,
            mapping,
            Owner(JDX.BudgetItem if kind else JDX.ReportedValue, tuple(links)),
            Inherited(above.ranges),
        )
        builder.number(mapping, iri, position)
        builder.title(mapping, iri, "fact")
        _indicator(builder, mapping, iri, required=False)


def thing_of(builder: Builder, name: Text) -> URIRef | None:
    """A path of this plan (i/1-03), a government, or an organisation."""
    if "/" in name.value:
        return URIRef(f"{builder.plan}/{name.value}")
    if name.value == "plan":
        return builder.plan
    return builder.organisation(name)


def relations(builder: Builder, mapping: Mapping, iri: URIRef) -> None:
    """Weak links (再掲): other elements by path, instruments by name, {plan: …, at: …} and {law: …, at: …}."""
    value = mapping.get("relation")
    for item in value.items if isinstance(value, Items) else (value,) if value is not None else ():
        if isinstance(item, Mapping):
            _sourced_relation(builder, item, iri, builder.at(mapping, ()))
        elif isinstance(item, Text) and item.value.split("/")[0] in ("i", "g", "p", "q", "k"):
            target = URIRef(f"{builder.plan}/{item.value}")
            builder.paths.append((target, item))
            builder.add(iri, DCTERMS.relation, target, item.place)
        elif isinstance(item, Text):
            named = builder.registered("instruments", item, ("instrument", "文書"), everywhere=True)
            if named is not None:
                builder.add(iri, DCTERMS.relation, named, item.place)


def _sourced_relation(builder: Builder, item: Mapping, iri: URIRef, ranges: tuple[Lines, ...]) -> None:
    """A relation to an instrument or law that has a passage of its own becomes a claim, like any link."""
    builder.check_keys(item, "relation")
    plan, law = builder.text(item, "plan"), builder.text(item, "law")
    if plan:
        target = builder.registered("instruments", plan, ("instrument", "文書"), everywhere=True)
    elif law:
        target = law_of(builder, law)
    else:
        builder.problems.add(
            item.place,
            "a relation names a plan or a law",
            "relation には plan か law を書きます",
            do_en="Write {plan: name, at: 24}",
            do_ja="{plan: 名前, at: 24} と書いてください",
        )
        return
    if target is not None:
        builder.claim(iri, DCTERMS.relation, target, item, builder.at(item, ranges), item.place)


def law_of(builder: Builder, name: Text) -> URIRef | None:
    """A law or its provision by name, 第…条第…項第…号; the provisions on the way are described too."""
    law_name, steps = split_provision(name.value)
    law = builder.registered("laws", Text(law_name, name.place), ("law", "法令"), everywhere=True)
    if law is None:
        return None
    target = law
    for path, words in steps:
        above, target = target, URIRef(f"{law}/{path}")
        builder.add(target, RDF.type, ELI.LegalResourceSubdivision)
        builder.add(target, ELI.is_part_of, above)
        builder.add(target, RDFS.label, Literal(f"{law_name}{words}", lang="ja"))
        builder.add(target, SKOS.notation, Literal(path.rsplit("/", 1)[-1]))
    return target

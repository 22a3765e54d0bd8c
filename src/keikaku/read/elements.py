"""Plan elements: goals, principles, initiatives, actions, issues, national items (plan-file.md)."""

from __future__ import annotations

from rdflib import URIRef

from keikaku.namespaces import DCTERMS, JDX, C
from keikaku.read.builder import Builder
from keikaku.read.element import Element, departments, element, numbered, relations
from keikaku.read.measures import facts, kpis, roadmap, targets
from keikaku.read.numbers import number_path
from keikaku.read.quantities import Inherited, Owner
from keikaku.read.yamltree import Mapping, Text


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
    departments(builder, mapping, iri)
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
    """Lines of national policy quoted by the plan. They belong to the national plan, if the page says which, not to this one.

    What the nation does for an item (its support measures) stands below it, with the ministries that the page names.
    """
    below = above.iri.rsplit("/", 2)[-2] == "n"
    for position, mapping in enumerate(builder.mappings(owner, "national", "national item"), 1):
        iri = numbered(builder, mapping, "national item", f"{above.iri}/n/")
        classes = (JDX.NationalPolicyItem,)
        here = (
            element(builder, mapping, iri, classes, "national item", position, above, parent=below, in_plan=False)
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
        for name in builder.texts(mapping, "departments"):
            body = builder.registered("bodies", name, ("national body", "国の機関"), everywhere=True)
            if body is not None:
                builder.add(iri, JDX.responsibleUnit, body, name.place)
        if above.initiative is not None and not below:
            builder.add(above.initiative, JDX.respondsTo, iri, mapping.place)
        relations(builder, mapping, iri)
        targets(builder, mapping, iri, Owner(JDX.TargetValue, ((JDX.refersTo, iri),)), Inherited(here.ranges))
        national_items(builder, mapping, here)

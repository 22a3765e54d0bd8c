"""What a plan was built on: the evaluation of an earlier plan, surveys, SWOT analyses (ontology §4 no. 23–25; plan-file.md)."""

from __future__ import annotations

from rdflib import Literal, URIRef

from keikaku.namespaces import DCAT, DCTERMS, JDX, SKOS, XSD
from keikaku.read.builder import Builder
from keikaku.read.documents import Lines
from keikaku.read.element import Element, element, numbered, relations, thing_of
from keikaku.read.numbers import number_path
from keikaku.read.when import date_bounds, read_when
from keikaku.read.yamltree import Mapping, Text


def evaluations(builder: Builder, tree: Mapping, above: Element) -> None:
    """Rated rows of earlier plans, and the goals of those plans under which the table groups them.

    The goals are elements of the plan that is evaluated, known through this document: {instrument}/g/{n}. A row is an
    element of this plan, {plan}/ev/{n}; it evaluates the earlier plan, and of it the goal under which it stands.
    """
    position = 0
    for mapping in builder.mappings(tree, "evaluations", "evaluation"):
        of = builder.text(mapping, "of", required=True, kind="evaluation")
        subject = (
            builder.registered("instruments", of, ("plan or policy document", "計画・文書"), everywhere=True)
            if of
            else None
        )
        if subject is None:
            continue
        here = Element(subject, builder.at(mapping, above.ranges))
        found = headings(builder, mapping, here)
        for row in builder.mappings(mapping, "results", "evaluation result"):
            position += 1
            _result(builder, row, position, here, found)


def headings(builder: Builder, mapping: Mapping, subject: Element) -> dict[str, URIRef]:
    """The goals of another document as far as this text prints them: folded number → IRI."""
    found: dict[str, URIRef] = {}
    for position, goal in enumerate(builder.mappings(mapping, "goals", "goal"), 1):
        iri = numbered(builder, goal, "goal", f"{subject.iri}/g/")
        if iri is None or not element(
            builder, goal, iri, (JDX.Goal,), "goal", position, subject, parent=False, in_plan=False
        ):
            continue
        builder.add(iri, JDX.inPlan, subject.iri, goal.place)
        relations(builder, goal, iri)
        kind = builder.text(goal, "kind", required=True, kind="goal")
        if kind:
            builder.code(iri, DCTERMS.type, "el", kind)
        of = builder.text(goal, "of")
        parent = _heading(builder, of, found) if of else None
        if of and parent is not None:
            builder.add(iri, JDX.parentElement, parent, of.place)
        found[iri.rsplit("/", 1)[1]] = iri
    return found


def _heading(builder: Builder, number: Text, headings: dict[str, URIRef]) -> URIRef | None:
    """The goal of a number; one that does not stand above is a finding."""
    found = headings.get(number_path(number.value, pad=False))
    if found is None:
        builder.problems.unknown(
            number.place, ("goal", "目標"), number.value, list(headings), "goals of this evaluation"
        )
    return found


def _result(builder: Builder, row: Mapping, position: int, subject: Element, headings: dict[str, URIRef]) -> None:
    iri = numbered(builder, row, "evaluation result", f"{builder.plan}/ev/")
    under = Element(builder.plan, subject.ranges)
    if iri is None or not element(builder, row, iri, (JDX.EvaluationResult,), "evaluation result", position, under):
        return
    builder.bilingual(row.get("note"), iri, SKOS.note)
    builder.add(iri, JDX.evaluates, subject.iri, row.place)
    goal = builder.text(row, "goal")
    heading = _heading(builder, goal, headings) if goal else None
    if goal and heading is not None:
        builder.add(iri, JDX.evaluates, heading, goal.place)
    status = builder.text(row, "status", required=True, kind="evaluation result")
    if status:
        builder.code(iri, JDX.evaluationStatus, "ev", status)


def surveys(builder: Builder, tree: Mapping, above: Element) -> None:
    """Surveys that a plan reports: what about, when, how; their figures are `facts` with `survey`."""
    for position, mapping in enumerate(builder.mappings(tree, "surveys", "survey"), 1):
        iri = numbered(builder, mapping, "survey", f"{builder.plan}/survey/")
        if iri is None or not builder.node(iri, (JDX.Survey,), mapping.place):
            continue
        builder.number(mapping, iri, position)
        builder.title(mapping, iri, "survey")
        builder.add(iri, DCTERMS.isPartOf, builder.plan, mapping.place)
        builder.bilingual(mapping.get("summary"), iri, DCTERMS.description)
        ranges = builder.at(mapping, above.ranges)
        builder.evidence(iri, ranges, mapping.place)
        for of in builder.texts(mapping, "of"):
            thing = thing_of(builder, of)
            if thing is not None:
                builder.add(iri, JDX.refersTo, thing, of.place)
        relations(builder, mapping, iri)
        _period(builder, mapping, iri, ranges)


def _period(builder: Builder, mapping: Mapping, survey: URIRef, ranges: tuple[Lines, ...]) -> None:
    """The first and the last day on which a survey was taken, {survey}/period, with its own passage."""
    period = mapping.get("period")
    if not isinstance(period, Mapping):
        return
    builder.check_keys(period, "period")
    iri = URIRef(f"{survey}/period")
    builder.node(iri, (DCTERMS.PeriodOfTime,), period.place)
    builder.add(survey, DCTERMS.temporal, iri, period.place)
    builder.evidence(iri, builder.at(period, ranges), period.place)
    for key, term, end in (("from", DCAT.startDate, 0), ("to", DCAT.endDate, 1)):
        text = builder.text(period, key, required=True, kind="period")
        when = read_when(text.value) if text else None
        if text and (when is None or not when.date):
            builder.problems.add(
                text.place,
                f"the date “{text.value}” cannot be read",
                f"日付「{text.value}」を読み取れません",
                do_en="Write 2019-09-27 or 2019-09",
                do_ja="2019-09-27 または 2019-09 のように書いてください",
            )
        elif text and when:
            day = date_bounds(when.date)[end].isoformat()
            builder.add(iri, term, Literal(day, datatype=XSD.date, normalize=False), text.place)


def swot(builder: Builder, tree: Mapping, above: Element) -> None:
    """SWOT analyses: one field each, with the conclusion drawn, and its entries by quadrant.

    A field is an entry without quadrant, {plan}/swot/{n}; its entries hang below it, {field}/entry/{n}.
    """
    for position, mapping in enumerate(builder.mappings(tree, "swot", "SWOT field"), 1):
        iri = numbered(builder, mapping, "SWOT field", f"{builder.plan}/swot/")
        field = element(builder, mapping, iri, (JDX.SwotEntry,), "SWOT field", position, above) if iri else None
        if field is None:
            continue
        for number, entry in enumerate(builder.mappings(mapping, "entries", "SWOT entry"), 1):
            own = numbered(builder, entry, "SWOT entry", f"{field.iri}/entry/")
            if own is None or not element(builder, entry, own, (JDX.SwotEntry,), "SWOT entry", number, field):
                continue
            quadrant = builder.text(entry, "quadrant", required=True, kind="SWOT entry")
            if quadrant:
                builder.code(own, JDX.swotQuadrant, "sw", quadrant)

"""What a plan tells of other documents: their period, legal basis, relations and goals (plan-file.md, rule 14)."""

from __future__ import annotations

from rdflib import Literal, URIRef

from keikaku.namespaces import BASE, DCAT, DCTERMS, JDX, XSD
from keikaku.read.assessment import headings
from keikaku.read.builder import Builder
from keikaku.read.documents import Lines
from keikaku.read.element import Element
from keikaku.read.head import LINKS, named
from keikaku.read.when import date_bounds, read_when
from keikaku.read.yamltree import Mapping


def outlines(builder: Builder, tree: Mapping, above: Element) -> None:
    """Other documents as far as this text prints what they say; their goals are elements of those documents, {instrument}/g/{n}."""
    for mapping in builder.mappings(tree, "other-plans", "other plan"):
        of = builder.text(mapping, "of", required=True, kind="other plan")
        thing = (
            builder.registered("instruments", of, ("plan or policy document", "計画・文書"), everywhere=True)
            if of
            else None
        )
        if of is None or thing is None:
            continue
        ranges = builder.at(mapping, above.ranges)
        builder.add(builder.plan, DCTERMS.references, thing, of.place)
        builder.evidence(thing, ranges, mapping.place)
        builder.bilingual(mapping.get("summary"), thing, DCTERMS.description)
        _period(builder, mapping, thing, ranges)
        _legal_basis(builder, mapping, thing, ranges)
        for key, term in LINKS.items():
            for link in builder.mappings(mapping, key, "link"):
                named(builder, thing, term, link, ranges)
        for name in builder.texts(mapping, "departments"):
            unit = builder.registered("units", name, ("department", "担当課"), everywhere=True)
            if unit is not None:
                builder.add(thing, JDX.responsibleUnit, unit, name.place)
        for name in builder.texts(mapping, "partners"):
            partner = builder.organisation(name)
            if partner is not None:
                builder.add(thing, JDX.partner, partner, name.place)
        headings(builder, mapping, Element(thing, ranges))


def _period(builder: Builder, mapping: Mapping, thing: URIRef, ranges: tuple[Lines, ...]) -> None:
    """The period of the other document, {plan}/period/{its path}: known through this text only."""
    period = mapping.get("period")
    if not isinstance(period, Mapping):
        return
    builder.check_keys(period, "period")
    slug = thing.removeprefix(f"{BASE}id/plan/").replace("/", "-")
    iri = URIRef(f"{builder.plan}/period/{slug}")
    builder.node(iri, (DCTERMS.PeriodOfTime,), period.place)
    builder.add(thing, JDX.planPeriod, iri, period.place)
    builder.evidence(iri, builder.at(period, ranges), period.place)
    for key, term, end in (("from", DCAT.startDate, 0), ("to", DCAT.endDate, 1)):
        text = builder.text(period, key, required=True, kind="period")
        when = read_when(text.value) if text else None
        if text and (when is None or not when.date):
            builder.problems.add(
                text.place,
                f"“{text.value}” is no month or day",
                f"「{text.value}」は年月・年月日ではありません",
                do_en="Write 2022-04 or 2022-04-01",
                do_ja="2022-04 または 2022-04-01 のように書いてください",
            )
        elif text and when:
            day = date_bounds(when.date)[end].isoformat()
            builder.add(iri, term, Literal(day, datatype=XSD.date, normalize=False), text.place)


def _legal_basis(builder: Builder, mapping: Mapping, thing: URIRef, ranges: tuple[Lines, ...]) -> None:
    """The Acts and rules that the other document rests on, and what it serves as under them."""
    for link in builder.mappings(mapping, "legal-basis", "legal basis"):
        name = builder.text(link, "law", required=True, kind="legal basis")
        law = builder.law(name) if name else None
        if name is None or law is None:
            continue
        here = builder.at(link, ranges)
        builder.claim(thing, JDX.hasLegalBasis, law, link, here, name.place)
        role = builder.text(link, "serves-as")
        code = builder.context.vocabulary.code("sp", role.value) if role else None
        if role and code is None:
            builder.code(thing, JDX.servesAsStatutoryPlan, "sp", role)
        elif role and code is not None:
            builder.claim(thing, JDX.servesAsStatutoryPlan, code, link, here, role.place)

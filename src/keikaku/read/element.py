"""What every plan element has: IRI from its number, class, plan, parent, title, themes, absences, evidence, weak links."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import URIRef

from keikaku.namespaces import DCTERMS, JDX
from keikaku.read.builder import Builder
from keikaku.read.documents import Lines
from keikaku.read.numbers import number_path
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


def departments(builder: Builder, mapping: Mapping, iri: URIRef) -> None:
    """The responsible sections, by their names in the register."""
    value = mapping.get("departments")
    if isinstance(value, Text) and value.value == "not-stated":
        return
    for name in builder.texts(mapping, "departments"):
        unit = builder.registered("units", name, ("department", "担当課"))
        if unit is not None:
            builder.add(iri, JDX.responsibleUnit, unit, name.place)


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
        target = builder.law(law)
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


def thing_of(builder: Builder, name: Text) -> URIRef | None:
    """A path of this file (i/1-03, case/1), a plan or policy document by its name, a government, or an organisation."""
    if "/" in name.value or name.value == "plan":
        builder.paths.append((builder.target(name.value), name))
        return builder.target(name.value)
    documents = builder.context.registers.find_anywhere(builder.owners or (builder.owner,), "instruments", name.value)
    return documents[0] if len(documents) == 1 else builder.organisation(name)

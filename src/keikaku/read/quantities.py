"""Values: targets, baselines, reported values, budgets, their states and parts (ontology §7; plan-file.md, rules 5 to 9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from rdflib import Literal, URIRef

from keikaku.namespaces import FY, JDX, SKOS, XSD, C
from keikaku.read.builder import Builder
from keikaku.read.documents import Lines
from keikaku.read.numbers import decimal_literal, read_amount, split_unit
from keikaku.read.registers import typed_date
from keikaku.read.statements import StatedValue
from keikaku.read.when import UNDATED, When, read_when
from keikaku.read.yamltree import Mapping, Text, Value

#: States in place of a number (plan-file.md, rule 7, and `qualitative` for words that no milestone code fits).
STATES = ("blank", "to-be-set", "external", "unreadable", "qualitative")
PERCENT = URIRef("http://qudt.org/vocab/unit/PERCENT")
MINUTE = URIRef("http://qudt.org/vocab/unit/MIN")


@dataclass(frozen=True)
class Inherited:
    """What stands on the owner and holds for its values unless they say otherwise (plan-file.md, rule 6)."""

    ranges: tuple[Lines, ...]
    unit: Text | None = None
    counting: Text | None = None
    when: Text | None = None
    kpi: str = ""
    part: str = ""


@dataclass(frozen=True)
class Owner:
    """What a value belongs to: its class, and the links that every part repeats."""

    kind: URIRef
    links: tuple[tuple[URIRef, URIRef], ...]


def inherit(builder: Builder, mapping: Mapping, above: Inherited) -> Inherited:
    """Take unit, counting, when and at from `mapping`, else from above."""
    return replace(
        above,
        ranges=builder.at(mapping, above.ranges),
        unit=builder.text(mapping, "unit") or above.unit,
        counting=builder.text(mapping, "counting") or above.counting,
        when=builder.text(mapping, "when") or above.when,
    )


def value_time(builder: Builder, text: Text | None) -> When:
    """The time of a value; an unreadable one is a finding."""
    if text is None:
        return UNDATED
    when = read_when(text.value)
    if when is None:
        builder.problems.add(
            text.place, f"the time “{text.value}” cannot be read", f"時期「{text.value}」を読み取れません",
            do_en="Write FY2024, end of FY2024, each of FY2022..FY2024, 2022-07 or 2021-04-01",
            do_ja="FY2024、end of FY2024、each of FY2022..FY2024、2022-07、2021-04-01 のように書いてください",
        )  # fmt: skip
        return UNDATED
    return when


def target_iri(builder: Builder, kpi: URIRef, when: When) -> URIRef:
    """{kpi}/t/{when}, with _2 for a second one of the same time."""
    iri, count = URIRef(f"{kpi}/t/{when.token}"), 2
    while str(iri) in builder.origins:
        iri, count = URIRef(f"{kpi}/t/{when.token}_{count}"), count + 1
    return iri


def quantity(builder: Builder, iri: URIRef, value: Value, owner: Owner, above: Inherited) -> None:
    """Write one value, as a mapping or as a bare number or state, with its parts."""
    if isinstance(value, Text):
        value = Mapping({"value": value}, {"value": value.place}, value.place)
    if not isinstance(value, Mapping):
        builder.problems.add(
            value.place, "a value is a number, a state or a mapping", "値は数値・状態・「キー: 値」のいずれかです"
        )
        return
    here = inherit(builder, value, above)
    if not builder.node(iri, (owner.kind,), value.place):
        return
    for predicate, target in owner.links:
        builder.add(iri, predicate, target, value.place)
    when = value_time(builder, here.when)
    _time(builder, iri, when, here.when or Text("", value.place))
    builder.evidence(iri, here.ranges)
    builder.bilingual(value.get("note"), iri, SKOS.note)
    _content(builder, iri, value, here, when)
    parts = value.get("parts")
    if isinstance(parts, Mapping):
        _parts(
            builder,
            iri,
            parts,
            replace(owner, links=(*_shared(owner), (JDX.componentOf, iri))),
            replace(here, ranges=here.ranges),
            value,
            "",
        )
    elif parts is not None:
        builder.problems.add(parts.place, "“parts” maps categories to numbers", "「parts」は「区分: 数値」の形です")


def _time(builder: Builder, iri: URIRef, when: When, text: Text) -> None:
    for year in when.fiscal_years:
        builder.add(iri, JDX.forFiscalYear, FY[str(year)], text.place)
    if when.date:
        builder.add(iri, JDX.date, typed_date(when.date), text.place)


def _content(builder: Builder, iri: URIRef, value: Mapping, here: Inherited, when: When) -> None:
    number, milestone = builder.text(value, "value"), builder.text(value, "milestone")
    if milestone is not None:
        builder.add(iri, JDX.valueStatus, C["vs-qualitative"], milestone.place)
        builder.code(iri, JDX.milestone, "ms", milestone)
        return
    if number is None:
        builder.problems.add(
            value.place,
            "this value has neither a number nor a state",
            "この値には数値も状態もありません",
            do_en=f"Write value: a number, {', '.join(STATES)}, or milestone: …",
            do_ja=f"value: に数値か {'・'.join(STATES)}、または milestone: を書いてください",
        )
        return
    if number.value in STATES:
        builder.add(iri, JDX.valueStatus, C[f"vs-{number.value}"], number.place)
        return
    amount = read_amount(number.value)
    if amount is None:
        builder.problems.unknown(
            number.place, ("number or state", "数値・状態"), number.value, STATES, "docs/plan-file.md"
        )
        return
    builder.add(iri, JDX.valueStatus, C["vs-stated"], number.place)
    factor, unit = _unit(builder, here.unit)
    builder.add(iri, JDX.numericValue, decimal_literal(amount.number * factor), number.place)
    builder.add(iri, JDX.comparator, C[f"cmp-{amount.comparator}"], number.place)
    if factor > 1:
        builder.add(iri, JDX.roundedTo, decimal_literal(Decimal(factor).scaleb(-amount.decimals)), number.place)
    if unit is not None and here.unit is not None:
        builder.add(iri, JDX.unit, unit, here.unit.place)
    if here.counting is not None:
        builder.code(iri, JDX.accumulation, "acc", here.counting)
    elif unit == PERCENT:
        builder.add(iri, JDX.accumulation, C["acc-not-applicable"], number.place)
    change = builder.text(value, "change-from")
    builder.add(iri, JDX.valueForm, C["vf-change" if change else "vf-level"], number.place)
    if change:
        builder.code(iri, JDX.referenceState, "ref", change)
    printed = builder.text(value, "printed")
    if printed:
        builder.add(iri, JDX.sourceLexical, Literal(printed.value), printed.place)
    builder.values.append(
        StatedValue(
            iri,
            frozenset({abs(amount.number), abs(amount.number * factor)}),
            printed.value if printed else "",
            here.ranges,
            number.place,
            here.kpi,
            here.part,
            0 if str(iri).endswith("/b") else min(when.fiscal_years, default=None),
        )
    )


def _unit(builder: Builder, text: Text | None) -> tuple[int, URIRef | None]:
    """The multiplier and the unit of a printed unit; 割 is ten per cent."""
    if text is None:
        return 1, None
    if text.value == "割":
        return 10, PERCENT
    found = builder.context.vocabulary.units.find(text.value)
    if len(found) == 1:
        return 1, found[0]
    factor, rest = split_unit(text.value)
    found = builder.context.vocabulary.units.find(rest)
    if len(found) == 1 and factor > 1:
        return factor, found[0]
    builder.problems.unknown(
        text.place, ("unit", "単位"), text.value, builder.context.vocabulary.units.shown, "ontology/codes.ttl"
    )
    return 1, None


def _parts(
    builder: Builder, total: URIRef, parts: Mapping, owner: Owner, here: Inherited, whole: Mapping, dimension: str
) -> None:
    """Parts by category, or one level more, by dimension; a part repeats what its total says (plan-file.md, rule 8)."""
    for category, value in parts.entries.items():
        place = parts.key_places[category]
        code = builder.context.vocabulary.code("bd", category)
        if code is None:
            names = builder.context.vocabulary.codes.get("bd")
            builder.problems.unknown(
                place, ("breakdown category", "内訳区分"), category, names.shown if names else (), "ontology/codes.ttl"
            )
            continue
        nested = isinstance(value, Mapping) and "value" not in value
        if nested and not dimension and isinstance(value, Mapping):
            _parts(builder, total, value, owner, here, whole, category)
            continue
        entries: dict[str, Value] = dict(value.entries) if isinstance(value, Mapping) else {"value": value}
        if isinstance(value, Mapping):
            builder.check_keys(value, "part")
        if "change-from" in whole and "change-from" not in entries:
            entries["change-from"] = whole.entries["change-from"]
        part = Mapping(entries, dict.fromkeys(entries, place), place)
        iri = URIRef(f"{total}/{str(code).rsplit('/bd-', 1)[1]}")
        quantity(
            builder,
            iri,
            part,
            replace(owner, links=(*owner.links, (JDX.breakdownBy, code))),
            replace(here, part=str(code)),
        )


def _shared(owner: Owner) -> tuple[tuple[URIRef, URIRef], ...]:
    """The links of a value that its parts repeat: not those that make it a part itself."""
    return tuple(link for link in owner.links if link[0] not in (JDX.componentOf, JDX.breakdownBy))


def integer(number: int) -> Literal:
    """An xsd:integer."""
    return Literal(str(number), datatype=XSD.integer)

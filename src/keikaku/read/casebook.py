"""Read a casebook file: its head, the guidelines it lists, and its cases (plan-file.md, rule 13; ontology §4 no. 27)."""

from __future__ import annotations

import re
from functools import partial

from rdflib import URIRef

from keikaku.namespaces import DCTERMS, ID, JDX, SCHEMA, SKOS
from keikaku.read import sections
from keikaku.read.builder import Builder
from keikaku.read.documents import Lines
from keikaku.read.element import Element, departments, numbered
from keikaku.read.head import claims, instrument, named
from keikaku.read.measures import facts
from keikaku.read.yamltree import Items, Mapping, Text, Value

#: How far something told in a case has come: codes et-done, et-ongoing, et-planned.
STATES = ("done", "ongoing", "planned")
#: The lists of governments in a case, and the completeness aspect that 他 or 等 after them leaves open.
LISTS = {"by": "practising-bodies", "similar": "similar-bodies"}
#: An absolute address in the characters of RFC 3986.
_URL = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%\[\]-]+", re.ASCII)


def casebook(builder: Builder, tree: Mapping) -> None:
    """Everything a casebook file says."""
    builder.check_keys(tree, "casebook file")
    ranges = instrument(
        builder, tree, JDX.PolicyInstrument, _issuer(builder, tree), tree.key_places["casebook"], "casebook file"
    )
    above = Element(builder.plan, ranges)
    for link in builder.mappings(tree, "guidelines", "guideline"):
        _guideline(builder, link, ranges)
    for position, mapping in enumerate(builder.mappings(tree, "cases", "case"), 1):
        _case(builder, tree, mapping, position)
    builder.owners = ()
    facts(builder, tree, above)
    sections.quality(builder, tree, above)
    sections.completeness(builder, tree, above)


def _issuer(builder: Builder, tree: Mapping) -> URIRef:
    """The national body that issued it, by the first part of its id."""
    registers = builder.context.registers
    if not registers.find("national", "bodies", builder.owner):
        builder.problems.unknown(
            tree.key_places["casebook"],
            ("national body", "国の機関"),
            builder.owner,
            registers.shown(("national",), "bodies"),
            "data/registers/national.yaml",
        )
    return ID[f"nat/{builder.owner}"]


def _guideline(builder: Builder, link: Mapping, above: tuple[Lines, ...]) -> None:
    """A document the casebook recommends, the theme it is listed under, and its address."""
    target = named(builder, builder.plan, DCTERMS.references, link, above)
    if target is None:
        return
    ranges = builder.at(link, above)
    for name in builder.texts(link, "themes"):
        theme = builder.theme(name)
        if theme is not None:
            builder.claim(target, JDX.theme, theme, Mapping({}, {}, name.place), ranges, name.place)
    claims(builder, link, target, ranges, "links", "web link", "url", SCHEMA.url, partial(_page, builder))


def _case(builder: Builder, tree: Mapping, mapping: Mapping, position: int) -> None:
    """One case: who practises it, who does something similar, what it uses and rests on, how far it has come, its figures."""
    iri = numbered(builder, mapping, "case", f"{builder.cases}/", pad=True)
    if iri is None or not builder.node(iri, (JDX.PracticeCase,), mapping.place):
        return
    ranges = builder.at(mapping, ())
    if not ranges:
        builder.problems.add(
            mapping.place,
            "this case does not say where it stands",
            "この参考事例に行(at)がありません",
            do_en="Add at: 86-138",
            do_ja="at: 86-138 のように加えてください",
        )
    here = Element(iri, ranges)
    builder.add(iri, DCTERMS.isPartOf, builder.plan, mapping.place)
    builder.number(mapping, iri, position)
    builder.title(mapping, iri, "case")
    step = builder.text(mapping, "step", required=True, kind="case")
    if step:
        builder.code(iri, DCTERMS.type, "step", step)
    builder.evidence(iri, ranges, mapping.place)
    builder.themes(mapping, iri, ranges)
    builder.bilingual(mapping.get("summary"), iri, DCTERMS.description)
    builder.absences(mapping, iri)
    stand = {key: _governments(builder, mapping, key, here) for key in LISTS}
    builder.owners = tuple(code for found in stand.values() for code, _ in found)
    _open(builder, tree, mapping, here, {key: tuple(at for _, at in found) for key, found in stand.items()})
    departments(builder, mapping, iri)
    sections.bodies(builder, mapping, here)
    _links(builder, mapping, here)
    _points(builder, mapping, here)
    facts(builder, mapping, here, within=iri)
    builder.bilingual(mapping.get("note"), iri, SKOS.note)


def _governments(builder: Builder, mapping: Mapping, key: str, here: Element) -> list[tuple[str, tuple[Lines, ...]]]:
    """The governments under `by` or `similar`, as codes with the lines they stand on; a mapping becomes a claim."""
    predicate = {"by": JDX.practisedBy, "similar": JDX.similarBody}[key]
    value = mapping.get(key)
    if value is None or (isinstance(value, Text) and value.value == "not-stated"):
        return []
    found: list[tuple[str, tuple[Lines, ...]]] = []
    for item in value.items if isinstance(value, Items) else (value,):
        if isinstance(item, Mapping):
            builder.check_keys(item, "government")
        name = builder.text(item, "government", required=True, kind="government") if isinstance(item, Mapping) else item
        if not isinstance(name, Text):
            continue
        government = builder.government(name)
        if government is None:
            continue
        ranges = builder.at(item, here.ranges) if isinstance(item, Mapping) else here.ranges
        found.append((government.rsplit("/", 1)[1], ranges))
        if isinstance(item, Mapping):
            claim = builder.claim(here.iri, predicate, government, item, ranges, name.place)
            url = builder.text(item, "url")
            page = _page(builder, url) if url else None
            if url and page is not None:
                builder.add(claim, SCHEMA.url, page, url.place)
            builder.wording(item, government, ranges)
        else:
            builder.add(here.iri, predicate, government, name.place)
    return found


def _open(
    builder: Builder, tree: Mapping, mapping: Mapping, here: Element, ranges: dict[str, tuple[tuple[Lines, ...], ...]]
) -> None:
    """他 or 等 after a list of governments: the list is stated to be partial, so that its silence is no answer.

    `open: true` speaks of `similar`, `open: [by]` and `open: [by, similar]` of the lists named.
    """
    for name in builder.texts(mapping, "open"):
        key = "similar" if name.value == "true" else name.value
        if key not in LISTS:
            builder.problems.unknown(name.place, ("list", "一覧"), name.value, ("true", *LISTS), "docs/plan-file.md")
            continue
        entries: dict[str, Value] = {
            "aspect": Text(LISTS[key], name.place),
            "level": Text("partial", name.place),
            "scope": Text("published-plan", name.place),
            "reason": Mapping(
                {
                    "ja": Text("原典の列挙が「他」「等」で終わり、ほかにもあることを示す。", name.place),
                    "en": Text("The source ends its list with “and others”.", name.place),
                },
                {},
                name.place,
            ),
        }
        lines = tuple(dict.fromkeys(one for some in ranges[key] for one in some)) or here.ranges
        sections.statement(builder, here.iri, Mapping(entries, {}, name.place), lines, tree.get("checked"))


def _links(builder: Builder, mapping: Mapping, here: Element) -> None:
    """Partners, products, laws, web pages and instruments, each with the lines that name it."""
    iri, at = here.iri, here.ranges
    claims(builder, mapping, iri, at, "partners", "partner", "organisation", JDX.partner, builder.organisation)
    claims(builder, mapping, iri, at, "uses", "product use", "product", JDX.uses, builder.product)
    claims(builder, mapping, iri, at, "laws", "citation", "law", DCTERMS.references, builder.law)
    claims(builder, mapping, iri, at, "links", "web link", "url", SCHEMA.url, partial(_page, builder))
    for link in builder.mappings(mapping, "plans", "link"):
        named(builder, iri, DCTERMS.references, link, at)


def _page(builder: Builder, address: Text) -> URIRef | None:
    """Read an address as printed; one that is none is a finding."""
    if _URL.fullmatch(address.value):
        return URIRef(address.value)
    builder.problems.add(
        address.place,
        f"“{address.value}” is no web address",
        f"「{address.value}」はURLではありません",
        do_en="Write it as printed, from https:// on, without spaces",
        do_ja="https:// から、空白を入れずに印刷どおり書いてください",
    )
    return None


def _points(builder: Builder, mapping: Mapping, here: Element) -> None:
    """What is done, under way or only planned, each with its date where one is printed; `not-stated` leaves it open."""
    for position, point in enumerate(builder.mappings(mapping, "points", "point"), 1):
        iri = numbered(builder, point, "point", f"{here.iri}/e/")
        if iri is None or not builder.node(iri, (JDX.TimelineEvent,), point.place):
            continue
        builder.number(point, iri, position)
        builder.title(point, iri, "point")
        state = builder.text(point, "state", required=True, kind="point")
        if state and state.value in STATES:
            builder.code(iri, DCTERMS.type, "et", state)
        elif state and state.value != "not-stated":
            known = (*STATES, "not-stated")
            builder.problems.unknown(state.place, ("state", "段階"), state.value, known, "docs/plan-file.md")
        sections.event_time(builder, point, iri)
        builder.bilingual(point.get("note"), iri, SKOS.note)
        builder.add(iri, DCTERMS.isPartOf, here.iri, point.place)
        builder.evidence(iri, builder.at(point, here.ranges), point.place)

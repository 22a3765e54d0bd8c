"""Sections of a plan file beside its elements: bodies, events, glossary, quality notes, completeness statements."""

from __future__ import annotations

from rdflib import Literal, URIRef

from keikaku.namespaces import BASE, DCTERMS, FY, ID, JDX, OA, ORG, PROV, SKOS
from keikaku.read.builder import Builder
from keikaku.read.documents import Lines
from keikaku.read.element import Element, relations, thing_of
from keikaku.read.numbers import number_path
from keikaku.read.registers import typed_date
from keikaku.read.statements import CURATION
from keikaku.read.when import read_when
from keikaku.read.yamltree import Mapping, Text, Value


def bodies(builder: Builder, tree: Mapping, above: Element) -> None:
    """Governance bodies: kind, posts with their roles, secretariat (ontology §4 no. 5)."""
    for mapping in builder.mappings(tree, "bodies", "body"):
        name = builder.text(mapping, "body", required=True, kind="body")
        body = builder.registered("bodies", name, ("governance body", "推進体制")) if name else None
        if name is None or body is None:
            continue
        builder.origins.setdefault(str(body), mapping.place)
        kind = builder.text(mapping, "kind")
        registered = {o for _, p, o in builder.context.registers.triples[body] if p == ORG.classification}
        if kind and builder.context.vocabulary.code("bk", kind.value) not in registered:
            builder.code(body, ORG.classification, "bk", kind)
        ranges = builder.at(mapping, above.ranges)
        builder.evidence(body, ranges, mapping.place)
        builder.add(above.iri, DCTERMS.relation, body, mapping.place)
        builder.bilingual(mapping.get("summary"), body, DCTERMS.description)
        secretariat = builder.text(mapping, "secretariat")
        unit = builder.registered("units", secretariat, ("department", "担当課")) if secretariat else None
        if secretariat and unit is not None:
            builder.add(body, ORG.hasSubOrganization, unit, secretariat.place)
        for name in builder.texts(mapping, "members"):
            member = builder.registered("units", name, ("department", "担当課"))
            if member is not None:
                builder.add(body, ORG.hasMember, member, name.place)
        for number, post in enumerate(builder.mappings(mapping, "posts", "post"), 1):
            held = builder.text(post, "post")  # left out where the plan names a role and not who has it
            section = held is not None and bool(builder.context.registers.find(builder.owner, "units", held.value))
            wanted = ("units", ("department", "担当課")) if section else ("posts", ("post", "職"))
            holder = builder.registered(wanted[0], held, wanted[1]) if held else None
            role = builder.text(post, "role", required=True, kind="post")
            if (held and holder is None) or role is None:
                continue
            seat = URIRef(f"{body}/{number}")
            builder.node(seat, (ORG.Post,), post.place)
            builder.add(seat, ORG.postIn, body, post.place)
            if holder is not None:
                builder.add(seat, ORG.heldBy if section else JDX.exOfficio, holder, post.place)
            builder.code(seat, ORG.role, "role", role)
            builder.bilingual(post.get("summary"), seat, DCTERMS.description)
            builder.evidence(seat, builder.at(post, ranges), post.place)


def events(builder: Builder, tree: Mapping, above: Element) -> None:
    """What happened when, with the printed precision (ontology §4 no. 28); whom or what it is about, and what came of it."""
    for position, mapping in enumerate(builder.mappings(tree, "events", "event"), 1):
        number = builder.text(mapping, "no", required=True, kind="event")
        if number is None:
            continue
        iri = URIRef(f"{builder.plan}/e/{number_path(number.value, pad=False)}")
        if not builder.node(iri, (JDX.TimelineEvent,), mapping.place):
            continue
        builder.number(mapping, iri, position)
        builder.title(mapping, iri, "event")
        kind = builder.text(mapping, "kind")
        if kind:
            builder.code(iri, DCTERMS.type, "et", kind)
        event_time(builder, mapping, iri)
        builder.bilingual(mapping.get("summary"), iri, DCTERMS.description)
        for of in builder.texts(mapping, "of"):
            thing = thing_of(builder, of)
            if thing is not None:
                builder.add(iri, JDX.refersTo, thing, of.place)
        relations(builder, mapping, iri)
        builder.add(iri, DCTERMS.isPartOf, builder.plan, mapping.place)
        builder.evidence(iri, builder.at(mapping, above.ranges), mapping.place)


def event_time(builder: Builder, mapping: Mapping, iri: URIRef) -> None:
    """The date or fiscal year of an event, in its printed precision."""
    when = builder.text(mapping, "when")
    time = read_when(when.value) if when else None
    if when and time is None:
        builder.problems.add(
            when.place,
            f"the date “{when.value}” cannot be read",
            f"日付「{when.value}」を読み取れません",
            do_en="Write 2020, 2020-10, 2020-10-31 or FY2020",
            do_ja="2020、2020-10、2020-10-31、FY2020 のように書いてください",
        )
    elif when and time and time.date:
        builder.add(iri, JDX.date, typed_date(time.date), when.place)
    elif when and time:
        for year in time.fiscal_years:
            builder.add(iri, JDX.forFiscalYear, FY[str(year)], when.place)


def glossary(builder: Builder, tree: Mapping, above: Element) -> None:
    """Glossary entries: term, reading, expansion and line, never the definition text (ontology §4 no. 26)."""
    for position, mapping in enumerate(builder.mappings(tree, "glossary", "glossary entry"), 1):
        iri = URIRef(f"{builder.plan}/term/{position}")
        term = builder.text(mapping, "term", required=True, kind="glossary entry")
        if term is None or not builder.node(iri, (JDX.GlossaryEntry,), mapping.place):
            continue
        builder.add(iri, SKOS.prefLabel, Literal(term.value, lang="ja"), term.place)
        builder.add(iri, DCTERMS.isPartOf, builder.plan, mapping.place)
        for key, predicate in (("reading", SKOS.hiddenLabel), ("stands-for", SKOS.altLabel)):
            text = builder.text(mapping, key)
            if text:
                builder.add(iri, predicate, Literal(text.value, lang=script_of(text.value)), text.place)
        for name in builder.texts(mapping, "themes"):
            theme = builder.theme(name)
            if theme is not None:
                builder.add(iri, SKOS.closeMatch, theme, name.place)
        builder.evidence(iri, builder.at(mapping, above.ranges), mapping.place)


def quality(builder: Builder, tree: Mapping, above: Element) -> None:
    """Contradictions, losses and recognition errors of the source, as facts about it (graph/curation)."""
    for mapping in builder.mappings(tree, "quality", "quality note"):
        number = builder.text(mapping, "no", required=True, kind="quality note")
        if number is None:
            continue
        iri = ID[f"qn/{builder.document.name}/{number_path(number.value, pad=True)}"]
        if not builder.node(iri, (JDX.QualityNote,), mapping.place, CURATION):
            continue
        kind = builder.text(mapping, "kind", required=True, kind="quality note")
        if kind:
            builder.code(iri, DCTERMS.type, "qi", kind, CURATION)
        about = builder.texts(mapping, "about")
        if not about:
            builder.add(iri, OA.hasTarget, builder.doc_iri, mapping.place, CURATION)
        for path in about:
            target = builder.target(path.value)
            builder.paths.append((target, path))
            builder.add(iri, OA.hasTarget, target, path.place, CURATION)
        builder.bilingual(mapping.get("note"), iri, DCTERMS.description, CURATION)
        builder.evidence(iri, builder.at(mapping, above.ranges), mapping.place, CURATION)


def completeness(builder: Builder, tree: Mapping, above: Element) -> None:
    """What may be answered with a no, and what is known to be missing (ontology §10; graph/curation)."""
    for mapping in builder.mappings(tree, "completeness", "completeness statement"):
        statement(builder, builder.plan, mapping, builder.at(mapping, above.ranges), tree.get("checked"))


def statement(
    builder: Builder, about: URIRef, mapping: Mapping, ranges: tuple[Lines, ...], checked: Value | None
) -> None:
    """One completeness statement about a plan, a casebook or a case."""
    texts = {
        k: builder.text(mapping, k, required=True, kind="completeness statement") for k in ("aspect", "level", "scope")
    }
    aspect, scope = texts["aspect"], texts["scope"]
    if aspect is None or scope is None:
        return
    path = str(about).removeprefix(f"{BASE}id/").removeprefix("plan/")
    iri = ID[f"cs/{path}/{aspect.value}/{scope.value}"]
    if not builder.node(iri, (JDX.CompletenessStatement,), mapping.place, CURATION):
        return
    builder.add(iri, JDX.completenessOf, about, mapping.place, CURATION)
    for key, predicate, code_list in (
        ("aspect", JDX.completeFor, "cf"), ("level", JDX.completeness, "cl"), ("scope", JDX.completenessScope, "cx"),
    ):  # fmt: skip
        token = texts[key]
        if token:
            builder.code(iri, predicate, code_list, token, CURATION)
    for missing in builder.texts(mapping, "missing"):
        target = builder.target(missing.value)
        builder.paths.append((target, missing))
        builder.add(iri, JDX.knownMissing, target, missing.place, CURATION)
    builder.bilingual(mapping.get("reason"), iri, DCTERMS.description, CURATION)
    builder.add(iri, PROV.wasAttributedTo, ID["org/keikaku"], None, CURATION)
    if isinstance(checked, Text):
        builder.add(iri, DCTERMS.date, typed_date(checked.value), checked.place, CURATION)
    builder.evidence(iri, ranges, mapping.place, CURATION)


def script_of(text: str) -> str:
    """The language tag of a reading or expansion: kana by script (BCP 47), Latin letters as English, else Japanese.

    >>> script_of("アールピーエー"), script_of("Robotic Process Automation"), script_of("はままつし")
    ('ja-Kana', 'en', 'ja-Hira')
    """
    if text.isascii():
        return "en"
    letters = [char for char in text if char.isalpha() and char != "ー"]
    if all("ァ" <= char <= "ヿ" for char in letters):
        return "ja-Kana"
    return "ja-Hira" if all("ぁ" <= char <= "ゟ" for char in letters) else "ja"

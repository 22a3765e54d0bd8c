"""Read one plan file into the statements of its document (plan-file.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal, URIRef

from keikaku.errors import CodeError, KeikakuError, Place
from keikaku.namespaces import (
    BASE,
    DCAT,
    DCTERMS,
    FOAF,
    FY,
    ID,
    JDX,
    OA,
    ORG,
    PROV,
    RDF,
    SKOS,
    SPDX,
    XSD,
)  # fmt: skip
from keikaku.read.builder import CURATION, Builder, Context, StatedValue, evidence_statements, number_path, quads_of
from keikaku.read.documents import Lines, Passage, SourceDocument
from keikaku.read.elements import Element, facts, goals, initiatives, issues, kpis, law_of, national_items, principles
from keikaku.read.names import check_code
from keikaku.read.problems import Problems, nearest
from keikaku.read.quads import Quad
from keikaku.read.registers import typed_date
from keikaku.read.when import When, date_bounds, fiscal_year_of, read_when
from keikaku.read.yamltree import Mapping, Text, load

#: Keys of a plan that name other documents, and the property each stands for.
LINKS = {
    "absorbs": JDX.absorbs,
    "succeeds": DCTERMS.replaces,
    "upper": JDX.upperPlan,
    "coordinated": JDX.coordinatedWith,
    "informed-by": JDX.informedBy,
    "reflects": JDX.reflectsEdition,
    "volumes": DCTERMS.hasPart,
}
_PLAN_ID = re.compile(r"^(\d{6})/([a-z0-9-]+)/([a-z0-9.-]+)$")


@dataclass(frozen=True)
class ReadDocument:
    """What one file gave: quads per named graph, where each thing stands in the file, ranges and numbers to be checked."""

    name: str
    file: str
    plan: URIRef
    document: URIRef
    checked: str
    quads: AnyMapping[str, list[Quad]]
    origins: AnyMapping[str, Place]
    origins_by_property: AnyMapping[tuple[str, str], Place]
    ranges: AnyMapping[Lines, Place]
    values: tuple[StatedValue, ...]

    def place_of(self, subject: str, predicate: str | None = None) -> Place:
        """File and line of a thing, or of one property of it; else of the nearest thing above it; else the file."""
        if predicate and (subject, predicate) in self.origins_by_property:
            return self.origins_by_property[subject, predicate]
        while subject and subject not in self.origins:
            subject = subject.rpartition("/")[0]
        return self.origins.get(subject, Place(self.file, 1))


def read_plan(
    path: Path, shown: str, documents: AnyMapping[str, SourceDocument], context: Context,
    lock: AnyMapping[Lines, Passage] | None, problems: Problems,
) -> ReadDocument | None:  # fmt: skip
    """Read a plan file.

    `lock` gives the passages of its ranges; None reads without it (to make it). Mistakes go to `problems`; None is
    returned when the head of the file does not tell which plan and document it is.
    """
    try:
        tree = load(path, shown)
    except KeikakuError as error:
        problems.add(
            error.place or Place(shown), error.what, error.what, do_en=error.do, do_ja=error.do, where=error.rule
        )
        return None
    builder = _begin(tree, shown, documents, context, lock, problems)
    if builder is None:
        return None
    builder.check_keys(tree, "plan file")
    _head(builder, tree)
    above = Element(builder.plan, builder.at(tree, ()))
    goals(builder, tree, above)
    principles(builder, tree, above)
    issues(builder, tree, above)
    national_items(builder, tree, above)
    kpis(builder, tree, above)
    initiatives(builder, tree, above)
    facts(builder, tree, above)
    _bodies(builder, tree, above)
    _events(builder, tree, above)
    _glossary(builder, tree, above)
    _quality(builder, tree, above)
    _completeness(builder, tree, above)
    _check_paths(builder)
    evidence_statements(builder)
    _document(builder)
    checked = builder.text(tree, "checked")
    return ReadDocument(
        builder.document.name, shown, builder.plan, builder.doc_iri, checked.value if checked else "", quads_of(builder),
        builder.origins, builder.origins_by_property, builder.ranges, tuple(builder.values),
    )  # fmt: skip


def _begin(
    tree: Mapping, shown: str, documents: AnyMapping[str, SourceDocument], context: Context,
    lock: AnyMapping[Lines, Passage] | None, problems: Problems,
) -> Builder | None:  # fmt: skip
    plan, document = tree.get("plan"), tree.get("document")
    if not isinstance(plan, Text) or not isinstance(document, Text):
        problems.add(
            Place(shown, 1),
            "the file does not say which plan and which document it is",
            "plan: と document: がありません",
            do_en="Begin with plan: 990019/dx/2023 and document: 990019-dx-2023",
            do_ja="plan: 990019/dx/2023 と document: 990019-dx-2023 のように書き始めてください",
        )
        return None
    found = _PLAN_ID.match(plan.value)
    if not found:
        problems.add(
            plan.place,
            f"“{plan.value}” is no plan id",
            f"「{plan.value}」は計画の識別子ではありません",
            do_en="Write code/slug/edition, such as 142051/dx/2022-draft",
            do_ja="142051/dx/2022-draft のように コード/略称/版 を書いてください",
        )
        return None
    try:
        code = check_code(found[1])
    except CodeError as error:
        problems.add(
            plan.place,
            error.what,
            f"コード {found[1]} の検査数字が正しくありません",
            do_en=error.do,
            do_ja=error.do,
            where=error.rule,
        )
        return None
    if document.value != plan.value.replace("/", "-"):
        problems.add(
            document.place,
            f"the document of {plan.value} is called {plan.value.replace('/', '-')}",
            f"{plan.value} の文書名は {plan.value.replace('/', '-')} です",
        )
    if document.value not in documents:
        near = nearest(document.value, documents)
        problems.add(
            document.place,
            f"the document “{document.value}” is not registered",
            f"文書「{document.value}」は登録されていません",
            do_en=f"Did you mean “{near[0]}”?" if near else "Add it to data/sources.yaml",
            do_ja=f"もしかして:「{near[0]}」" if near else "data/sources.yaml に追加してください",
            where="data/sources.yaml",
        )
        return None
    return Builder(context, documents[document.value], lock, ID[f"plan/{plan.value}"], code, problems)


def _head(builder: Builder, tree: Mapping) -> None:
    plan = builder.plan
    place = tree.key_places["plan"]
    builder.node(plan, (JDX.Plan,), place)
    ranges = builder.at(tree, ())
    if not ranges:
        builder.problems.add(
            place,
            "the plan does not say where its title stands",
            "計画名の行(at)がありません",
            do_en="Add at: 3",
            do_ja="at: 3 のように加えてください",
        )
    builder.title(tree, plan, "plan file")
    builder.evidence(plan, ranges, place)
    builder.bilingual(tree.get("summary"), plan, DCTERMS.description)
    issuer = builder.context.governments.get(builder.owner)
    if issuer is None:
        builder.problems.unknown(
            place,
            ("local government", "地方公共団体"),
            builder.owner,
            builder.context.governments,
            "data/local-governments.csv",
        )
    builder.add(plan, JDX.issuingBody, ID[f"lg/{builder.owner}"], place)
    for key, predicate, code_list in (("type", DCTERMS.type, "pt"), ("status", JDX.planStatus, "ps")):
        token = builder.text(tree, key, required=True, kind="plan file")
        if token:
            builder.code(plan, predicate, code_list, token)
    builder.absences(tree, plan)
    _issued(builder, tree, ranges)
    _period(builder, tree, ranges)
    _legal_basis(builder, tree, ranges)
    for cited in builder.mappings(tree, "cites", "citation"):
        law = builder.text(cited, "law", required=True, kind="citation")
        act = law_of(builder, law) if law else None
        if law and act is not None:
            builder.claim(plan, DCTERMS.references, act, cited, builder.at(cited, ranges), law.place)
    for key, term in LINKS.items():
        for link in builder.mappings(tree, key, "link"):
            name = builder.text(link, "plan", required=True, kind="link")
            target = (
                builder.registered("instruments", name, ("plan or policy document", "計画・文書"), everywhere=True)
                if name
                else None
            )
            if name and target is not None:
                builder.claim(plan, term, target, link, builder.at(link, ranges), name.place)


def _issued(builder: Builder, tree: Mapping, ranges: tuple[Lines, ...]) -> None:
    issued = tree.get("issued")
    if not isinstance(issued, Mapping):
        return
    builder.check_keys(issued, "date of issue")
    text = builder.text(issued, "when", required=True, kind="date of issue")
    when = read_when(text.value) if text else None
    if text and (when is None or not when.date):
        builder.problems.add(
            text.place,
            f"the date of issue “{text.value}” cannot be read",
            f"発行日「{text.value}」を読み取れません",
            do_en="Write 2023, 2023-01 or 2023-01-15",
            do_ja="2023、2023-01、2023-01-15 のように書いてください",
        )
    elif text and when:
        builder.claim(
            builder.plan, DCTERMS.issued, typed_date(when.date), issued, builder.at(issued, ranges), text.place
        )


def _bounds(when: When) -> tuple[str, str]:
    """First and last day of a time."""
    if when.date and not when.token.isdigit():
        first, last = date_bounds(when.date)
        return first.isoformat(), last.isoformat()
    return f"{when.fiscal_years[0]}-04-01", f"{when.fiscal_years[-1] + 1}-03-31"


def _period(builder: Builder, tree: Mapping, ranges: tuple[Lines, ...]) -> None:
    period = tree.get("period")
    if not isinstance(period, Mapping):
        return
    builder.check_keys(period, "period")
    days: dict[str, str] = {}
    for key in ("from", "to"):
        text = builder.text(period, key, required=True, kind="period")
        when = read_when(text.value) if text else None
        if text and when is None:
            builder.problems.add(
                text.place,
                f"“{text.value}” is no month or fiscal year",
                f"「{text.value}」は年月・年度ではありません",
                do_en="Write 2023-01 or FY2022",
                do_ja="2023-01 または FY2022 と書いてください",
            )
        elif text and when:
            days[key] = _bounds(when)[0 if key == "from" else 1]
    if len(days) < 2:
        return
    iri = URIRef(f"{builder.plan}/period")
    builder.node(iri, (DCTERMS.PeriodOfTime,), period.place)
    builder.add(builder.plan, JDX.planPeriod, iri, period.place)
    for key, term in (("from", DCAT.startDate), ("to", DCAT.endDate)):
        value = period.entries[key]
        builder.add(iri, term, Literal(days[key], datatype=XSD.date, normalize=False), value.place)
    builder.evidence(iri, builder.at(period, ranges), period.place)
    if days["from"] <= days["to"]:
        first, last = (fiscal_year_of(int(day[:4]), int(day[5:7])) for day in (days["from"], days["to"]))
        builder.plan_years = tuple(range(first, last + 1))


def _legal_basis(builder: Builder, tree: Mapping, ranges: tuple[Lines, ...]) -> None:
    for link in builder.mappings(tree, "legal-basis", "legal basis"):
        name = builder.text(link, "law", required=True, kind="legal basis")
        if name is None:
            continue
        here = builder.at(link, ranges)
        target = law_of(builder, name)
        if target is None:
            continue
        builder.claim(builder.plan, JDX.hasLegalBasis, target, link, here, name.place)
        role = builder.text(link, "serves-as")
        if role:
            code = builder.context.vocabulary.code("sp", role.value)
            if code is None:
                builder.code(builder.plan, JDX.servesAsStatutoryPlan, "sp", role)
            else:
                builder.claim(builder.plan, JDX.servesAsStatutoryPlan, code, link, here, role.place)


def _bodies(builder: Builder, tree: Mapping, above: Element) -> None:
    for mapping in builder.mappings(tree, "bodies", "body"):
        name = builder.text(mapping, "body", required=True, kind="body")
        body = builder.registered("bodies", name, ("governance body", "推進体制")) if name else None
        if name is None or body is None:
            continue
        builder.origins.setdefault(str(body), mapping.place)
        builder.add(body, RDF.type, JDX.GovernanceBody, mapping.place)
        kind = builder.text(mapping, "kind")
        if kind:
            builder.code(body, ORG.classification, "bk", kind)
        ranges = builder.at(mapping, above.ranges)
        builder.evidence(body, ranges, mapping.place)
        builder.add(builder.plan, DCTERMS.relation, body, mapping.place)
        builder.bilingual(mapping.get("summary"), body, DCTERMS.description)
        secretariat = builder.text(mapping, "secretariat")
        unit = builder.registered("units", secretariat, ("department", "担当課")) if secretariat else None
        if secretariat and unit is not None:
            builder.add(body, ORG.hasSubOrganization, unit, secretariat.place)
        for number, post in enumerate(builder.mappings(mapping, "posts", "post"), 1):
            held = builder.text(post, "post", required=True, kind="post")
            holder = builder.registered("posts", held, ("post", "職")) if held else None
            role = builder.text(post, "role", required=True, kind="post")
            if holder is None or role is None:
                continue
            seat = URIRef(f"{body}/{number}")
            builder.node(seat, (ORG.Post,), post.place)
            builder.add(seat, ORG.postIn, body, post.place)
            builder.add(seat, JDX.exOfficio, holder, post.place)
            builder.code(seat, ORG.role, "role", role)
            builder.evidence(seat, builder.at(post, ranges), post.place)


def _events(builder: Builder, tree: Mapping, above: Element) -> None:
    for position, mapping in enumerate(builder.mappings(tree, "events", "event"), 1):
        number = builder.text(mapping, "no", required=True, kind="event")
        if number is None:
            continue
        iri = URIRef(f"{builder.plan}/e/{number_path(number.value, pad=False)}")
        if not builder.node(iri, (JDX.TimelineEvent,), mapping.place):
            continue
        builder.number(mapping, iri, position)
        builder.title(mapping, iri, "event")
        kind, when = builder.text(mapping, "kind"), builder.text(mapping, "when")
        if kind:
            builder.code(iri, DCTERMS.type, "et", kind)
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
        builder.add(iri, DCTERMS.isPartOf, builder.plan, mapping.place)
        builder.evidence(iri, builder.at(mapping, above.ranges), mapping.place)


def _glossary(builder: Builder, tree: Mapping, above: Element) -> None:
    for position, mapping in enumerate(builder.mappings(tree, "glossary", "glossary entry"), 1):
        iri = URIRef(f"{builder.plan}/term/{position}")
        term = builder.text(mapping, "term", required=True, kind="glossary entry")
        if term is None or not builder.node(iri, (JDX.GlossaryEntry,), mapping.place):
            continue
        builder.add(iri, SKOS.prefLabel, Literal(term.value, lang="ja"), term.place)
        builder.add(iri, DCTERMS.isPartOf, builder.plan, mapping.place)
        for key, predicate, lang in (("reading", SKOS.hiddenLabel, "ja-Hira"), ("stands-for", SKOS.altLabel, "en")):
            text = builder.text(mapping, key)
            if text:
                builder.add(iri, predicate, Literal(text.value, lang=lang), text.place)
        for theme in builder.texts(mapping, "themes"):
            found = builder.context.vocabulary.themes.find(theme.value)
            if len(found) == 1:
                builder.add(iri, SKOS.closeMatch, found[0], theme.place)
            else:
                builder.problems.unknown(
                    theme.place,
                    ("theme", "テーマ"),
                    theme.value,
                    builder.context.vocabulary.themes.shown,
                    "ontology/themes.ttl",
                )
        builder.evidence(iri, builder.at(mapping, above.ranges), mapping.place)


def _quality(builder: Builder, tree: Mapping, above: Element) -> None:
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
            target = URIRef(f"{builder.plan}/{path.value}") if path.value != "plan" else builder.plan
            builder.paths.append((target, path))
            builder.add(iri, OA.hasTarget, target, path.place, CURATION)
        builder.bilingual(mapping.get("note"), iri, DCTERMS.description, CURATION)
        builder.evidence(iri, builder.at(mapping, above.ranges), mapping.place, CURATION)


def _completeness(builder: Builder, tree: Mapping, above: Element) -> None:
    plan_path = str(builder.plan).removeprefix(f"{BASE}id/plan/")
    for mapping in builder.mappings(tree, "completeness", "completeness statement"):
        texts = {
            k: builder.text(mapping, k, required=True, kind="completeness statement")
            for k in ("aspect", "level", "scope")
        }
        aspect, scope = texts["aspect"], texts["scope"]
        if aspect is None or scope is None:
            continue
        iri = ID[f"cs/{plan_path}/{aspect.value}/{scope.value}"]
        if not builder.node(iri, (JDX.CompletenessStatement,), mapping.place, CURATION):
            continue
        builder.add(iri, JDX.completenessOf, builder.plan, mapping.place, CURATION)
        for key, predicate, code_list in (
            ("aspect", JDX.completeFor, "cf"), ("level", JDX.completeness, "cl"), ("scope", JDX.completenessScope, "cx"),
        ):  # fmt: skip
            token = texts[key]
            if token:
                builder.code(iri, predicate, code_list, token, CURATION)
        for path in builder.texts(mapping, "missing"):
            target = URIRef(f"{builder.plan}/{path.value}")
            builder.paths.append((target, path))
            builder.add(iri, JDX.knownMissing, target, path.place, CURATION)
        builder.bilingual(mapping.get("reason"), iri, DCTERMS.description, CURATION)
        builder.add(iri, PROV.wasAttributedTo, ID["org/keikaku"], None, CURATION)
        checked = tree.get("checked")
        if isinstance(checked, Text):
            builder.add(iri, DCTERMS.date, typed_date(checked.value), checked.place, CURATION)
        builder.evidence(iri, builder.at(mapping, above.ranges), mapping.place, CURATION)


def _check_paths(builder: Builder) -> None:
    """Paths such as i/1-05 have to lead to something that the file records."""
    prefix = f"{builder.plan}/"
    known = [iri.removeprefix(prefix) for iri in builder.origins if iri.startswith(prefix)]
    for target, text in builder.paths:
        if str(target).startswith(prefix) and str(target) not in builder.origins:
            builder.problems.unknown(
                text.place, ("element of this plan", "この計画の要素"), text.value, known, "this file"
            )


def _document(builder: Builder) -> None:
    """The source document itself: identity, checksum, extent."""
    document, iri = builder.document, builder.doc_iri
    checksum = URIRef(f"{iri}#sha256")
    builder.origins.setdefault(str(iri), document.place)
    builder.add(iri, RDF.type, JDX.SourceDocument)
    builder.add(iri, DCTERMS.identifier, Literal(document.name))
    for lang, text in document.titles.items():
        builder.add(iri, DCTERMS.title, Literal(text, lang=lang))
    builder.add(
        iri,
        DCTERMS.publisher,
        ID[f"lg/{document.publisher}"] if document.publisher.isdigit() else ID[f"nat/{document.publisher}"],
    )
    if document.issued:
        builder.add(iri, DCTERMS.issued, typed_date(document.issued))
    builder.add(
        iri, DCTERMS.extent, Literal(f"{document.characters} characters, {document.line_count} lines", lang="en")
    )
    builder.add(iri, DCTERMS.extent, Literal(f"{document.characters}字、{document.line_count}行", lang="ja"))
    builder.add(iri, FOAF.primaryTopic, builder.plan)
    builder.add(iri, SPDX.checksum, checksum)
    builder.add(checksum, RDF.type, SPDX.Checksum)
    builder.add(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    builder.add(checksum, SPDX.checksumValue, Literal(document.sha256, datatype=XSD.hexBinary, normalize=False))

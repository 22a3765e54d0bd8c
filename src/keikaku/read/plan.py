"""Read one plan file into the statements of its document (plan-file.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal, URIRef

from keikaku.errors import CodeError, KeikakuError, Place
from keikaku.namespaces import (
    DCTERMS,
    FOAF,
    ID,
    JDX,
    RDF,
    SPDX,
    XSD,
)  # fmt: skip
from keikaku.read import assessment, sections
from keikaku.read.builder import Builder
from keikaku.read.documents import Lines, Passage, SourceDocument
from keikaku.read.element import Element
from keikaku.read.elements import goals, initiatives, issues, national_items, principles
from keikaku.read.head import head
from keikaku.read.measures import facts, kpis
from keikaku.read.names import check_code
from keikaku.read.problems import Problems, nearest
from keikaku.read.quads import Quad
from keikaku.read.registers import typed_date
from keikaku.read.statements import Context, StatedValue, evidence_statements, quads_of
from keikaku.read.yamltree import Mapping, Text, load

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
    head(builder, tree)
    above = Element(builder.plan, builder.at(tree, ()))
    goals(builder, tree, above)
    principles(builder, tree, above)
    issues(builder, tree, above)
    national_items(builder, tree, above)
    kpis(builder, tree, above)
    initiatives(builder, tree, above)
    assessment.evaluations(builder, tree, above)
    assessment.surveys(builder, tree, above)
    facts(builder, tree, above)
    assessment.swot(builder, tree, above)
    sections.bodies(builder, tree, above)
    sections.events(builder, tree, above)
    sections.glossary(builder, tree, above)
    sections.quality(builder, tree, above)
    sections.completeness(builder, tree, above)
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

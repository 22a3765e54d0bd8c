"""Read one file of data/plans or data/casebooks into the statements of its document (plan-file.md)."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal, URIRef

from keikaku.errors import CodeError, KeikakuError, Place
from keikaku.namespaces import DCTERMS, FOAF, ID, JDX, RDF, SCHEMA, SPDX, XSD
from keikaku.read.builder import Builder
from keikaku.read.casebook import casebook
from keikaku.read.documents import Lines, Passage, SourceDocument
from keikaku.read.names import check_code
from keikaku.read.plan import plan
from keikaku.read.problems import Problems, nearest
from keikaku.read.quads import Quad
from keikaku.read.registers import typed_date
from keikaku.read.statements import Context, StatedValue, evidence_statements, quads_of
from keikaku.read.yamltree import Mapping, Text, load

_ID = re.compile(r"^([a-z0-9-]+)/([a-z0-9-]+)/([a-z0-9.-]+)$")


@dataclass(frozen=True)
class Kind:
    """A kind of file, by the key that says which instrument it records: how its id looks and what reads its content."""

    key: str
    id_pattern: re.Pattern[str]
    example: str
    read: Callable[[Builder, Mapping], None]


PLAN = Kind("plan", re.compile(r"^(\d{6})/([a-z0-9-]+)/([a-z0-9.-]+)$"), "142051/dx/2022-draft", plan)
CASEBOOK = Kind("casebook", _ID, "soumu/dx-casebook/1.0", casebook)


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


def read_file(
    path: Path, shown: str, documents: AnyMapping[str, SourceDocument], context: Context,
    lock: AnyMapping[Lines, Passage] | None, problems: Problems,
) -> ReadDocument | None:  # fmt: skip
    """Read a plan file, or a casebook file, which begins with casebook:.

    `lock` gives the passages of its ranges; None reads without it (to make it). Mistakes go to `problems`; None is
    returned when the head of the file does not tell which plan and document it is.
    """
    try:
        tree = load(path, shown)
    except KeikakuError as error:
        problems.add(
            error.place or Place(shown), error.what, error.ja, do_en=error.do, do_ja=error.do_ja, where=error.rule
        )
        return None
    kind = CASEBOOK if CASEBOOK.key in tree else PLAN
    builder = _begin(kind, tree, shown, documents, context, lock, problems)
    if builder is None:
        return None
    kind.read(builder, tree)
    _check_paths(builder)
    evidence_statements(builder)
    _document(builder)
    checked = builder.text(tree, "checked")
    return ReadDocument(
        builder.document.name, shown, builder.plan, builder.doc_iri, checked.value if checked else "", quads_of(builder),
        builder.origins, builder.origins_by_property, builder.ranges, tuple(builder.values),
    )  # fmt: skip


def _begin(
    kind: Kind, tree: Mapping, shown: str, documents: AnyMapping[str, SourceDocument], context: Context,
    lock: AnyMapping[Lines, Passage] | None, problems: Problems,
) -> Builder | None:  # fmt: skip
    named, document = tree.get(kind.key), tree.get("document")
    if not isinstance(named, Text) or not isinstance(document, Text):
        problems.add(
            Place(shown, 1),
            f"the file does not say which {kind.key} and which document it is",
            f"{kind.key}: と document: がありません",
            do_en=f"Begin with {kind.key}: {kind.example} and document: {kind.example.replace('/', '-')}",
            do_ja=f"{kind.key}: {kind.example} と document: {kind.example.replace('/', '-')} のように書き始めてください",
        )
        return None
    owner = _owner(kind, named, problems)
    if owner is None:
        return None
    if document.value != named.value.replace("/", "-"):
        problems.add(
            document.place,
            f"the document of {named.value} is called {named.value.replace('/', '-')}",
            f"{named.value} の文書名は {named.value.replace('/', '-')} です",
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
    return Builder(context, documents[document.value], lock, ID[f"plan/{named.value}"], owner, problems)


def _owner(kind: Kind, named: Text, problems: Problems) -> str | None:
    """Who issued it: the first part of its id, a local-government code for a plan."""
    found = kind.id_pattern.match(named.value)
    if not found:
        problems.add(
            named.place,
            f"“{named.value}” is no {kind.key} id",
            f"「{named.value}」は{'計画' if kind is PLAN else '事例集'}の識別子ではありません",
            do_en=f"Write {'code' if kind is PLAN else 'issuer'}/slug/edition, such as {kind.example}",
            do_ja=f"{kind.example} のように {'コード' if kind is PLAN else '発行者'}/略称/版 を書いてください",
        )
        return None
    try:
        return check_code(found[1]) if kind is PLAN else found[1]
    except CodeError as error:
        problems.add(
            named.place,
            error.what,
            error.ja,
            do_en=error.do,
            do_ja=error.do_ja,
            where=error.rule,
        )
        return None


def _check_paths(builder: Builder) -> None:
    """Paths such as i/1-05 or case/1 have to lead to something that the file records."""
    above = (f"{builder.plan}/", f"{builder.cases}/")
    known = [builder.path_to(iri) for iri in builder.origins if iri.startswith(above)]
    for target, text in builder.paths:
        if str(target).startswith(above) and str(target) not in builder.origins:
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
    if document.synthetic:
        builder.add(iri, SCHEMA.creativeWorkStatus, Literal("synthetic", lang="en"))
        builder.add(iri, SCHEMA.creativeWorkStatus, Literal("合成", lang="ja"))
    builder.add(iri, SPDX.checksum, checksum)
    builder.add(checksum, RDF.type, SPDX.Checksum)
    builder.add(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    builder.add(checksum, SPDX.checksumValue, Literal(document.sha256, datatype=XSD.hexBinary, normalize=False))

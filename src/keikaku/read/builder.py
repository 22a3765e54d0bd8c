"""Collect the statements of one document: graphs, origins (file and line), evidence, titles, themes, links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from decimal import Decimal

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.errors import CodeError, Place
from keikaku.namespaces import BASE, DCTERMS, GRAPH, ID, JDX, OA, RDF, SCHEMA, SKOS, SKOSXL, XSD, C
from keikaku.read.documents import Lines, Passage, SourceDocument
from keikaku.read.keys import KEYS, KIND_JA
from keikaku.read.names import Government, Names, Vocabulary, check_code
from keikaku.read.numbers import canonical
from keikaku.read.problems import Problems, nearest
from keikaku.read.quads import Quad
from keikaku.read.registers import Registers
from keikaku.read.yamltree import Items, Mapping, Text, Value

DOC, CURATION = "doc", "curation"
_RANGE = re.compile(r"^(\d+)(?:-(\d+))?$")

#: Keys of an element and the completeness aspect that “not-stated” or “lost” speaks of (plan-file.md, rule 7).
ASPECTS = {
    "departments": "responsible-units", "kpis": "kpis", "baseline": "baselines", "baselines": "baselines", "targets": "targets",
    "roadmap": "roadmap", "actions": "actions", "themes": "initiative-themes", "bodies": "governance", "facts": "budget",
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What reading a document needs besides the document: vocabularies, governments, registers."""

    vocabulary: Vocabulary
    governments: AnyMapping[str, Government]
    government_names: Names
    registers: Registers


@dataclass(frozen=True)
class StatedValue:
    """A number that claims to be printed in its passage: what `evidence check` looks for.

    numbers: what may be printed for it (43 or 430000 for 43 万人). labels: words of its breakdown category, and of the
    other categories beside it. order: 0 for a baseline, else its first fiscal year; None when no time is printed.
    """

    subject: URIRef
    numbers: frozenset[Decimal]
    printed: str
    ranges: tuple[Lines, ...]
    place: Place
    kpi: str = ""
    part: str = ""
    order: int | None = None


@dataclass
class Builder:
    """Statements of one document while it is read."""

    context: Context
    document: SourceDocument
    lock: AnyMapping[Lines, Passage] | None
    plan: URIRef
    owner: str
    problems: Problems
    quads: dict[str, list[tuple[Node, Node, Node]]] = field(default_factory=lambda: {DOC: [], CURATION: []})
    origins: dict[str, Place] = field(default_factory=dict)
    origins_by_property: dict[tuple[str, str], Place] = field(default_factory=dict)
    ranges: dict[Lines, Place] = field(default_factory=dict)
    values: list[StatedValue] = field(default_factory=list)
    claims: dict[str, int] = field(default_factory=dict)
    plan_years: tuple[int, ...] = ()
    paths: list[tuple[URIRef, Text]] = field(default_factory=list)

    @property
    def doc_iri(self) -> URIRef:
        """The source document."""
        return ID[f"doc/{self.document.name}"]

    def graph(self, kind: str) -> URIRef:
        """graph/doc/{docId} or graph/curation/{docId}."""
        return GRAPH[f"{kind}/{self.document.name}"]

    def add(self, subject: Node, predicate: Node, obj: Node, place: Place | None = None, graph: str = DOC) -> None:
        """Add one statement; `place` is where its value stands in the file."""
        self.quads[graph].append((subject, predicate, obj))
        if place is not None:
            self.origins_by_property.setdefault((str(subject), str(predicate)), place)

    def node(self, iri: URIRef, classes: Iterable[URIRef], place: Place, graph: str = DOC) -> bool:
        """Begin a node; false, with a finding, when the document has one of that IRI already."""
        if str(iri) in self.origins:
            first = self.origins[str(iri)]
            self.problems.add(
                place, f"{iri.removeprefix(str(self.plan)) or iri} is used twice (first on line {first.line})",
                f"{iri.removeprefix(str(self.plan)) or iri} が重複しています(最初は {first.line} 行目)",
                do_en="Give it a number of its own", do_ja="別の番号(no)を付けてください",
            )  # fmt: skip
            return False
        self.origins[str(iri)] = place
        for one in classes:
            self.add(iri, RDF.type, one, place, graph)
        return True

    def check_keys(self, mapping: Mapping, kind: str) -> None:
        """Refuse keys that this kind of mapping does not have."""
        for key, place in mapping.key_places.items():
            if key not in KEYS[kind]:
                self.problems.unknown(
                    place, (f"key of a {kind}", f"{KIND_JA[kind]}のキー"), key, KEYS[kind], "docs/plan-file.md"
                )

    def mappings(self, owner: Mapping, key: str, kind: str) -> list[Mapping]:
        """The mappings listed under `key`; wrong shapes and unknown keys become findings."""
        value = owner.get(key)
        if value is None or (isinstance(value, Text) and value.value == "not-stated"):
            return []
        if not isinstance(value, Items):
            self.problems.add(
                value.place,
                f"“{key}” is a list",
                f"「{key}」はリストです",
                do_en="Begin each with “- ”",
                do_ja="各項目を「- 」で始めてください",
            )
            return []
        found: list[Mapping] = []
        for item in value:
            if isinstance(item, Mapping):
                self.check_keys(item, kind)
                found.append(item)
            else:
                self.problems.add(item.place, f"a {kind} is a mapping", f"{KIND_JA[kind]}は「キー: 値」の形です")
        return found

    def text(self, mapping: Mapping, key: str, *, required: bool = False, kind: str = "") -> Text | None:
        """The scalar under `key`."""
        value = mapping.get(key)
        if value is None:
            if required:
                self.problems.add(
                    mapping.place,
                    f"this {kind} has no “{key}”",
                    f"この{KIND_JA[kind]}に「{key}」がありません",
                    do_en=f"Add {key}: …",
                    do_ja=f"{key}: … を加えてください",
                )
            return None
        if isinstance(value, Text):
            return value
        self.problems.add(value.place, f"“{key}” is one word or line of text", f"「{key}」は一つの文字列です")
        return None

    def texts(self, mapping: Mapping, key: str) -> list[Text]:
        """The list of scalars under `key`; a single scalar counts as a list of one."""
        value = mapping.get(key)
        if value is None:
            return []
        items = value.items if isinstance(value, Items) else (value,)
        found = [item for item in items if isinstance(item, Text)]
        for item in items:
            if not isinstance(item, Text):
                self.problems.add(item.place, f"“{key}” lists names", f"「{key}」は名前のリストです")
        return found

    # -- where it stands ---------------------------------------------------------------------------------------------

    def at(self, mapping: Mapping, inherited: tuple[Lines, ...]) -> tuple[Lines, ...]:
        """The line ranges of `at`, else those of the nearest node above."""
        value = mapping.get("at")
        if value is None:
            return inherited
        items = value.items if isinstance(value, Items) else (value,)
        ranges = [lines for item in items if (lines := self._range(item)) is not None]
        return tuple(ranges) or inherited

    def _range(self, value: Value) -> Lines | None:
        found = _RANGE.match(value.value) if isinstance(value, Text) else None
        if not found:
            self.problems.add(
                value.place,
                "“at” is a line or a range of lines",
                "「at」は行番号か行の範囲です",
                do_en="Write at: 141, at: 141-142 or at: [151, 133]",
                do_ja="at: 141 や at: 141-142、at: [151, 133] と書いてください",
            )
            return None
        lines = Lines(int(found[1]), int(found[2] or found[1]))
        if not 1 <= lines.first <= lines.last <= self.document.line_count:
            self.problems.add(
                value.place, f"lines {lines.first} to {lines.last} are not in {self.document.name}, which has {self.document.line_count} lines",
                f"{lines.first}〜{lines.last} 行は {self.document.name}(全 {self.document.line_count} 行)の外です",
                do_en="Count the lines of the registered text, from 1", do_ja="登録された本文の行番号を 1 から数えてください", where="data/sources.yaml",
            )  # fmt: skip
            return None
        self.ranges.setdefault(lines, value.place)
        return lines

    def evidence_iri(self, lines: Lines) -> URIRef:
        """id/doc/{docId}/ev/L141-142."""
        return ID[f"doc/{self.document.name}/ev/{lines}"]

    def evidence(self, subject: Node, ranges: tuple[Lines, ...], place: Place | None = None, graph: str = DOC) -> None:
        """Let a node rest on its ranges."""
        for lines in ranges:
            self.add(subject, JDX.evidence, self.evidence_iri(lines), place, graph)

    # -- what it is called -------------------------------------------------------------------------------------------

    def number(self, mapping: Mapping, subject: URIRef, position: int) -> None:
        """The printed number and the place in the order of the plan."""
        number = mapping.get("no")
        if isinstance(number, Text):
            self.add(subject, SKOS.notation, Literal(number.value), number.place)
        self.add(subject, SCHEMA.position, Literal(str(position), datatype=XSD.integer))

    def title(self, mapping: Mapping, subject: URIRef, kind: str, graph: str = DOC, required: bool = True) -> None:
        """Titles in ja and en, and whether the ja one is printed or shortened."""
        value = mapping.get("title")
        if value is None:
            if required:
                self.problems.add(
                    mapping.place,
                    f"this {kind} has no title",
                    f"この{KIND_JA[kind]}に題名がありません",
                    do_en="Add title: {ja: …, en: …}",
                    do_ja="title: {ja: …, en: …} を加えてください",
                )
            return
        self.bilingual(value, subject, DCTERMS.title, graph)
        form = self.text(mapping, "title-form")
        if form:
            self.code(subject, JDX.titleForm, "tf", form, graph)

    def bilingual(self, value: Value | None, subject: Node, predicate: Node, graph: str = DOC) -> None:
        """A mapping {ja, en} as two language-tagged literals."""
        if value is None:
            return
        if not isinstance(value, Mapping):
            self.problems.add(
                value.place,
                "this is written in two languages",
                "この項目は日英二言語で書きます",
                do_en="Write {ja: …, en: …}",
                do_ja="{ja: …, en: …} と書いてください",
            )
            return
        self.check_keys(value, "title")
        for lang, text in value.entries.items():
            if isinstance(text, Text) and lang in ("ja", "en"):
                self.add(subject, predicate, Literal(text.value, lang=lang), text.place, graph)

    # -- what it names -----------------------------------------------------------------------------------------------

    def code(self, subject: Node, predicate: Node, code_list: str, token: Text, graph: str = DOC) -> None:
        """A member of a code list, by token or ja label."""
        iri = self.context.vocabulary.code(code_list, token.value)
        if iri is None:
            names = self.context.vocabulary.codes.get(code_list)
            self.problems.unknown(
                token.place,
                (f"code in the list {code_list}-", f"コード({code_list}-)"),
                token.value,
                names.shown if names else (),
                "ontology/codes.ttl",
            )
            return
        self.add(subject, predicate, iri, token.place, graph)

    def aspect(self, name: str) -> str:
        """The completeness aspect a key speaks of."""
        return ASPECTS.get(name, name)

    def absences(self, mapping: Mapping, subject: URIRef) -> None:
        """`key: not-stated`, `not-stated: […]` and `lost: […]` of one node."""
        for key, value in mapping.entries.items():
            if key in ASPECTS and isinstance(value, Text) and value.value == "not-stated":
                self.add(subject, JDX.notStated, C[f"cf-{ASPECTS[key]}"], value.place)
        for key, predicate in (("not-stated", JDX.notStated), ("lost", JDX.lostInText)):
            for token in self.texts(mapping, key):
                self.code(subject, predicate, "cf", Text(self.aspect(token.value), token.place))

    def themes(self, mapping: Mapping, subject: URIRef, ranges: tuple[Lines, ...]) -> None:
        """Themes by slug or label; a mapping with `printed` keeps the city's wording as a sourced label (ontology §12)."""
        value = mapping.get("themes")
        for item in value if isinstance(value, Items) else ():
            name = item if isinstance(item, Text) else item.get("theme") if isinstance(item, Mapping) else None
            if not isinstance(name, Text):
                self.problems.add(
                    item.place,
                    "a theme is a slug, or {theme: slug, printed: …}",
                    "テーマはスラッグか {theme: …, printed: …} です",
                )
                continue
            found = self.context.vocabulary.themes.find(name.value)
            if len(found) != 1:
                self.problems.unknown(
                    name.place,
                    ("theme", "テーマ"),
                    name.value,
                    self.context.vocabulary.themes.shown,
                    "ontology/themes.ttl",
                )
                continue
            self.add(subject, JDX.theme, found[0], name.place)
            if isinstance(item, Mapping):
                self.check_keys(item, "theme")
                self._wording(item, found[0], self.at(item, ranges))
        if isinstance(mapping.get("themes-from"), Text):
            self.add(subject, SKOS.note, Literal("theme from title only", lang="en"))
            self.add(subject, SKOS.note, Literal("テーマは題名だけから判断", lang="ja"))

    def _wording(self, item: Mapping, theme: URIRef, ranges: tuple[Lines, ...]) -> None:
        printed = self.text(item, "printed")
        if printed is None:
            return
        base = f"{self.plan}/wording/{theme.rsplit('/', 1)[1]}"
        iri, count = URIRef(base), 2
        while str(iri) in self.origins:
            iri, count = URIRef(f"{base}_{count}"), count + 1
        self.node(iri, (SKOSXL.Label,), printed.place)
        self.add(iri, SKOSXL.literalForm, Literal(printed.value, lang="ja"), printed.place)
        self.evidence(iri, ranges)
        self.add(theme, SKOSXL.altLabel, iri)

    def government(self, name: Text) -> URIRef | None:
        """A local government by code or name."""
        if re.fullmatch(r"\d{6}", name.value):
            try:
                check_code(name.value)
            except CodeError as error:
                self.problems.add(
                    name.place,
                    error.what,
                    f"「{name.value}」の検査数字が正しくありません",
                    do_en=error.do,
                    do_ja=error.do,
                    where=error.rule,
                )
                return None
        found = self.context.government_names.find(name.value)
        if len(found) == 1:
            return found[0]
        if not found:
            self.problems.unknown(
                name.place,
                ("local government", "地方公共団体"),
                name.value,
                self.context.government_names.shown,
                "data/local-governments.csv",
            )
        else:
            codes = ", ".join(iri.rsplit("/", 1)[1] for iri in found)
            self.problems.add(
                name.place,
                f"several governments are called “{name.value}”: {codes}",
                f"「{name.value}」は複数あります: {codes}",
                do_en="Write the code, or prefecture and name",
                do_ja="コードか「都道府県名+名前」で書いてください",
                where="data/local-governments.csv",
            )
        return None

    def registered(self, section: str, name: Text, what: tuple[str, str], everywhere: bool = False) -> URIRef | None:
        """A thing of a register: of the own one, or of any where `everywhere`."""
        registers = self.context.registers
        found = (
            registers.find_anywhere(self.owner, section, name.value)
            if everywhere
            else registers.find(self.owner, section, name.value)
        )
        if len(found) == 1:
            return found[0]
        where = "data/registers/" if everywhere else f"data/registers/{self.owner}.yaml"
        if not found:
            self.problems.unknown(name.place, what, name.value, registers.shown(self.owner, section, everywhere), where)
        else:
            ids = ", ".join(iri.removeprefix(BASE) for iri in found)
            self.problems.add(
                name.place,
                f"several things are called “{name.value}”: {ids}",
                f"「{name.value}」は複数あります: {ids}",
                do_en="Write the id",
                do_ja="id で書いてください",
                where=where,
            )
        return None

    def organisation(self, name: Text) -> URIRef | None:
        """A partner: a local government, else an organisation or national body of the registers."""
        registers = self.context.registers
        for section in ("organisations", "bodies"):
            found = registers.find_anywhere(self.owner, section, name.value)
            if len(found) == 1:
                return found[0]
        if len(self.context.government_names.find(name.value)) == 1 or re.fullmatch(r"\d{6}", name.value):
            return self.government(name)
        known = [*registers.shown("organisations", "organisations"), *self.context.government_names.shown]
        self.problems.unknown(
            name.place, ("organisation", "団体"), name.value, known, "data/registers/organisations.yaml"
        )
        return None

    # -- links that have a passage of their own ----------------------------------------------------------------------

    def claim(
        self, subject: URIRef, predicate: URIRef, obj: Node, link: Mapping, ranges: tuple[Lines, ...], place: Place
    ) -> None:
        """Assert a link and keep its passage as a jdx:Claim (plan-file.md, rules 4 and 12)."""
        basis = self.text(link, "basis")
        graph = CURATION if basis and basis.value in ("inferred", "outside") else DOC
        asserted = self.text(link, "asserted")
        if asserted is None or asserted.value != "false":
            self.add(subject, predicate, obj, place, graph)
        key = f"{subject}/claim/{predicate.rsplit('/', 1)[-1].rsplit('#', 1)[-1]}"
        self.claims[key] = self.claims.get(key, 0) + 1
        iri = URIRef(f"{key}/{self.claims[key]}")
        self.node(iri, (JDX.Claim,), place, graph)
        for term, value in ((RDF.subject, subject), (RDF.predicate, predicate), (RDF.object, obj)):
            self.add(iri, term, value, place, graph)
        self.code(iri, JDX.basis, "ba", basis or Text("stated", place), graph)
        self.bilingual(link.get("note"), iri, SKOS.note, graph)
        self.evidence(iri, ranges, place, graph)


def number_path(number: str, *, pad: bool) -> str:
    """The IRI form of a printed number: folded by NFKC, its digits joined by hyphens; the last one padded for initiatives.

    >>> number_path("(1)-④", pad=True), number_path("③", pad=False), number_path("4.5", pad=False)
    ('1-04', '3', '4-5')
    """
    parts = re.findall(r"\d+", unicodedata.normalize("NFKC", number))
    if not parts:
        return ""
    parts = [str(int(part)) for part in parts]
    if pad:
        parts[-1] = parts[-1].zfill(2)
    return "-".join(parts)


def decimal_literal(number: Decimal) -> Literal:
    """An xsd:decimal in the canonical form that every engine keeps."""
    return Literal(canonical(number), datatype=XSD.decimal, normalize=False)


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest known name as a question, or ""."""
    near = nearest(name, known, 1)
    return f"Did you mean “{near[0]}”?" if near else ""


def evidence_statements(builder: Builder) -> None:
    """Write the evidence nodes of every range used; a range missing from the lock is a finding."""
    document = builder.document
    for lines, place in sorted(builder.ranges.items()):
        iri = builder.evidence_iri(lines)
        passage = builder.lock.get(lines) if builder.lock is not None else Passage(lines, 0, 1, "0" * 64)
        if passage is None:
            builder.problems.add(
                place, f"the passage {lines} of {document.name} is not in its lock file", f"{document.name} の {lines} が根拠ロックにありません",
                do_en="Run: keikaku evidence lock --sources DIR", do_ja="keikaku evidence lock --sources DIR を実行してください",
                where=f"data/evidence/{document.name}.tsv",
            )  # fmt: skip
            continue
        builder.origins[str(iri)] = place
        position = URIRef(f"{iri}#pos")
        builder.add(iri, RDF.type, JDX.Evidence)
        builder.add(iri, OA.hasSource, builder.doc_iri)
        builder.add(iri, OA.hasSelector, position)
        builder.add(iri, JDX.lineStart, Literal(str(lines.first), datatype=XSD.integer))
        builder.add(iri, JDX.lineEnd, Literal(str(lines.last), datatype=XSD.integer))
        builder.add(iri, JDX.passageSha256, Literal(passage.sha256, datatype=XSD.hexBinary, normalize=False))
        builder.add(position, RDF.type, OA.TextPositionSelector)
        builder.add(position, OA.start, Literal(str(passage.start), datatype=XSD.integer))
        builder.add(position, OA.end, Literal(str(passage.end), datatype=XSD.integer))
        if document.section(lines.first):
            builder.add(iri, JDX.sourceSection, Literal(document.section(lines.first), lang="ja"))
        if document.page(lines.first):
            builder.add(iri, JDX.pageLabel, Literal(document.page(lines.first)))


def quads_of(builder: Builder) -> dict[str, list[Quad]]:
    """The statements per named graph IRI."""
    return {
        str(builder.graph(kind)): [(s, p, o, builder.graph(kind)) for s, p, o in triples]
        for kind, triples in builder.quads.items()
    }

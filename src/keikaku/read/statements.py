"""Collect the statements of one document: graphs, origins (file and line), line ranges, evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from decimal import Decimal

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.errors import Place
from keikaku.namespaces import GRAPH, ID, JDX, OA, RDF, SCHEMA, SKOS, XSD, path_of
from keikaku.read.documents import Lines, Passage, SourceDocument
from keikaku.read.keys import KEYS, KIND_JA
from keikaku.read.names import Government, Names, Vocabulary
from keikaku.read.numbers import number_path
from keikaku.read.problems import Problems
from keikaku.read.quads import Quad
from keikaku.read.registers import Registers
from keikaku.read.yamltree import Items, Mapping, Text, Value

DOC, CURATION = "doc", "curation"
_RANGE = re.compile(r"^(\d+)(?:-(\d+))?$")


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
class Statements:
    """Statements of one document while it is read: graphs, origins, ranges, numbers to be checked."""

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
    #: Governments whose registers are looked in first; the owner's alone where nothing is said.
    owners: tuple[str, ...] = ()

    @property
    def doc_iri(self) -> URIRef:
        """The source document."""
        return ID[f"doc/{self.document.name}"]

    @property
    def cases(self) -> URIRef:
        """What the cases of a casebook stand below: id/case/{docId}."""
        return ID[f"case/{self.document.name}"]

    def target(self, path: str) -> URIRef:
        """What a path of the file leads to: i/1-03/r/2 below the plan, case/1 or case/1/v/2, or the plan itself."""
        if path in ("plan", "casebook"):
            return self.plan
        first, _, rest = path.partition("/")
        number, slash, below = rest.partition("/")
        if first == "case":
            return URIRef(f"{self.cases}/{number_path(number, pad=True)}{slash}{below}")
        return URIRef(f"{self.plan}/{path}")

    def path_to(self, iri: str) -> str:
        """The path by which the file names one of its things; else the path below the base."""
        if iri.startswith(f"{self.plan}/"):
            return iri.removeprefix(f"{self.plan}/")
        return f"case{iri.removeprefix(self.cases)}" if iri.startswith(f"{self.cases}/") else path_of(iri)

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
                place, f"{self.path_to(iri)} is used twice (first on line {first.line})",
                f"{self.path_to(iri)} が重複しています(最初は {first.line} 行目)",
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


def evidence_statements(builder: Statements) -> None:
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


def quads_of(builder: Statements) -> dict[str, list[Quad]]:
    """The statements per named graph IRI."""
    graphs = {kind: builder.graph(kind) for kind in builder.quads}
    return {str(graph): [(s, p, o, graph) for s, p, o in builder.quads[kind]] for kind, graph in graphs.items()}

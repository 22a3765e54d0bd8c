"""Explain a release: what two builds say differently, document by document, in words.

Things that are wholly new or gone are one entry each; of the others every property whose values differ. Passages and derived
statements are counted, since they follow from the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE, FY, GRAPH, JDX, path_of, shorten
from keikaku.store import BUILD_ID, Store, memory, open_current, read_quads

#: Graphs that are compared under a name of their own; all others belong to a document.
SHARED = {
    "ontology": Text("オントロジー", "ontology"),
    "scheme": Text("テーマ・コード・指標", "themes, codes and indicators"),
    "reference": Text("基準データと台帳", "reference data and registers"),
}
KINDS = {
    "new": Text("加わったもの", "new"),
    "gone": Text("なくなったもの", "gone"),
    "changed": Text("変わったこと", "changed"),
    "added": Text("加わったこと", "added"),
    "withdrawn": Text("取り下げたこと", "withdrawn"),
}
#: Classes that say little about what a thing is.
_GENERAL = {str(JDX.PlanElement), str(JDX.QuantityStatement), str(JDX.PolicyInstrument)}
_PASSAGE = re.compile(r"id/doc/[^/]+/ev/")
Statement = tuple[Node, Node, Node]
Foreign = Callable[[str], Text | None]


NAMELESS = Text("", "")


@dataclass(frozen=True)
class Entry:
    """One difference. For a thing that is new or gone, `property` and the values are empty."""

    kind: str
    iri: str
    thing: Text
    property: str = ""
    called: Text = NAMELESS
    old: tuple[Text, ...] = ()
    new: tuple[Text, ...] = ()

    def sentence(self, lang: str) -> str:
        """The entry in words, without its kind."""
        comma = "、" if lang == "ja" else ", "
        before, after = (comma.join(v.of(lang) for v in values) for values in (self.old, self.new))
        if not self.property:
            return self.thing.of(lang)
        if self.kind == "changed":
            return f"{self.thing.of(lang)} — {self.called.of(lang)}: {before} → {after}"
        return f"{self.thing.of(lang)} — {self.called.of(lang)}: {after or before}"


@dataclass(frozen=True)
class Part:
    """The differences of one document, or of one shared graph. The pairs count (added, withdrawn)."""

    id: str
    title: Text
    state: str
    entries: tuple[Entry, ...]
    facts: tuple[int, int]
    passages: tuple[int, int]
    derived: tuple[int, int]

    def count(self, kind: str) -> int:
        """The number of entries of one kind."""
        return sum(entry.kind == kind for entry in self.entries)


def open_release(path: Path) -> Store:
    """A build folder, a store in one, a published site, its downloads, or a dump. Raises CannotRunError for anything else."""
    if path.is_file():
        return read_quads(path)
    for folder in (path, path / "current", path / "build" / "current"):
        if (folder / BUILD_ID).is_file():
            return open_current(folder)
    for folder in (path / "downloads", path):
        if (folder / "keikaku.nq.gz").is_file():
            return read_quads(folder / "keikaku.nq.gz")
    raise CannotRunError(
        f"{path} is no build, no site and no dump",
        ja=f"{path} はビルドでも、サイトでも、ダンプでもありません",
        do="Name a build folder, a folder made by keikaku publish, or a file such as keikaku.nq.gz",
        do_ja="ビルドのフォルダー、keikaku publish で作ったフォルダー、keikaku.nq.gz のようなファイルのどれかを書いてください",
        rule="docs/publishing.md",
    )


def diff(old: Store, new: Store, foreign: Foreign = lambda _: None) -> list[Part]:
    """The differences between two builds, shared graphs first, then documents by id; none when they say the same.

    foreign: names terms of other vocabularies, which the builds need not label.
    """
    graphs = sorted({*old.graphs(), *new.graphs()})
    parts: dict[str, dict[str, list[str]]] = {}
    for graph in graphs:
        role, _, document = graph.removeprefix(str(GRAPH)).partition("/")
        if role != "meta" and document != "vocabulary":
            parts.setdefault(document or role, {}).setdefault("derived" if role == "inferred" else "stated", []).append(
                graph
            )
    ordered = sorted(parts, key=lambda part: (part not in SHARED, part))
    found = (_part(old, new, part, parts[part], foreign) for part in ordered)
    return [part for part in found if part is not None]


def _part(old: Store, new: Store, part: str, graphs: Mapping[str, list[str]], foreign: Foreign) -> Part | None:
    gone, added = _changes(old, new, graphs.get("stated", []))
    derived = tuple(len(one) for one in reversed(_changes(old, new, graphs.get("derived", []))))
    if not gone and not added and not any(derived):
        return None
    before, after = (any(store.triples([g]) for g in graphs.get("stated", [])) for store in (old, new))
    state = "changed" if before and after else "new" if after else "gone"
    told = _Words(old, new, foreign)
    source = new if after else old
    title = SHARED.get(part) or names(source, [f"{BASE}id/doc/{part}"])[f"{BASE}id/doc/{part}"]
    passages = tuple(len({s for s, _, _ in one if _is_passage(s)}) for one in (added, gone))
    gone, added = ([t for t in one if not _is_passage(t[0])] for one in (gone, added))
    return Part(
        part,
        title,
        state,
        tuple(_entries(old, new, gone, added, told)),
        (len(added), len(gone)),
        (passages[0], passages[1]),
        (derived[0], derived[1]),
    )


def _changes(old: Store, new: Store, graphs: Iterable[str]) -> tuple[list[Statement], list[Statement]]:
    """Statements that only the old and only the new one makes in these graphs."""
    gone: set[bytes] = set()
    added: set[bytes] = set()
    for graph in graphs:
        before, after = set(old.triples([graph])), set(new.triples([graph]))
        gone |= before - after
        added |= after - before
    return _read(gone - added), _read(added - gone)


def _read(lines: Iterable[bytes]) -> list[Statement]:
    rows = memory(b"".join(lines)).select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }").rows
    found = [(s, p, o) for s, p, o in rows if s is not None and p is not None and o is not None]
    return sorted(found, key=lambda triple: tuple(str(term) for term in triple))


def _is_passage(term: Node) -> bool:
    return _PASSAGE.match(path_of(str(term))) is not None


def _entries(old: Store, new: Store, gone: list[Statement], added: list[Statement], told: _Words) -> Iterator[Entry]:
    subjects = sorted({s for s, _, _ in [*gone, *added]}, key=str)
    there_before, there_after = (_have_type(store, subjects) for store in (old, new))
    told.learn(subjects, [*gone, *added])
    fresh = {s for s in subjects if s not in there_before and s in there_after}
    lost = {s for s in subjects if s in there_before and s not in there_after}
    for kind, things in (("new", fresh), ("gone", lost)):
        for thing in sorted(things, key=str):
            if not _belongs(thing, things):
                yield Entry(kind, str(thing), told.thing(thing))
    grouped: dict[tuple[Node, Node], tuple[list[Node], list[Node]]] = {}
    for side, statements in enumerate((gone, added)):
        for s, p, o in statements:
            if s not in fresh and s not in lost:
                grouped.setdefault((s, p), ([], []))[side].append(o)
    for (s, p), (before, after) in sorted(grouped.items()):
        kind = "changed" if before and after else "added" if after else "withdrawn"
        yield Entry(
            kind,
            str(s),
            told.thing(s),
            str(p),
            told.of(p),
            tuple(told.of(value) for value in before),
            tuple(told.of(value) for value in after),
        )


def _belongs(thing: Node, things: set[Node]) -> bool:
    """Whether a thing is a fragment of another one that is new or gone too, such as its period or checksum."""
    return "#" in str(thing) and URIRef(str(thing).partition("#")[0]) in things


def _have_type(store: Store, subjects: Iterable[Node]) -> set[Node]:
    block = " ".join(f"<{s}>" for s in subjects if isinstance(s, URIRef))
    return {
        row[0]
        for row in store.select(f"SELECT DISTINCT ?s WHERE {{ VALUES ?s {{ {block} }} ?s ?p ?o }}").rows
        if row[0] is not None
    }


class _Words:
    """The names of things, from the new build, else from the old one."""

    def __init__(self, old: Store, new: Store, foreign: Foreign) -> None:
        self.stores, self.foreign = (new, old), foreign
        self.known: dict[str, Text] = {}
        self.classes: dict[str, str] = {}
        self.owners: dict[str, str] = {}

    def learn(self, subjects: Iterable[Node], statements: Iterable[Statement]) -> None:
        """Look up the names of all that is mentioned, in few queries."""
        iris = {str(t) for triple in statements for t in triple if isinstance(t, URIRef)} | {str(s) for s in subjects}
        block = " ".join(f"<{s}>" for s in sorted({str(s) for s in subjects}))
        for store in self.stores:
            for s, kind in store.select(
                f"SELECT ?s ?c WHERE {{ VALUES ?s {{ {block} }} ?s a ?c }} ORDER BY ?s ?c"
            ).rows:
                if str(kind).startswith(str(JDX)) and str(kind) not in _GENERAL:
                    self.classes.setdefault(str(s), str(kind))
            for s, owner in store.select(
                f"SELECT ?s ?o WHERE {{ VALUES ?s {{ {block} }} ?s jdx:ofKPI|jdx:refersTo|rdf:subject|jdx:parentElement ?o }} ORDER BY ?s ?o"
            ).rows:
                self.owners.setdefault(str(s), str(owner))
        iris |= set(self.classes.values()) | set(self.owners.values())
        for store in self.stores:
            for iri, text in names(store, iris).items():
                if iri not in self.known or self.known[iri].en == path_of(shorten(iri)):
                    self.known[iri] = text

    def of(self, term: Node) -> Text:
        """A term in words."""
        if isinstance(term, Literal):
            text = str(term) + (f" ({term.language})" if term.language not in (None, "ja", "en") else "")
            return Text(text, text)
        known = self.foreign(str(term)) or self.known.get(str(term))
        if known and str(term).startswith(str(FY)):
            return Text(known.ja, f"FY{str(term).removeprefix(str(FY))}")
        return known or Text(path_of(shorten(str(term))), path_of(shorten(str(term))))

    def thing(self, term: Node) -> Text:
        """A thing with its kind; one without a name is told by what it belongs to."""
        iri, short = str(term), path_of(shorten(str(term)))
        kind = self.of(URIRef(self.classes[iri])) if iri in self.classes else None
        called = self.known.get(iri, Text(short, short))
        if called.en == short and iri in self.owners:
            owner, tail = self.of(URIRef(self.owners[iri])), short.rpartition("/")[2]
            called = Text(f"{owner.ja}({tail})", f"{owner.en} ({tail})")
        return Text(f"{kind.ja}「{called.ja}」", f"{kind.en} “{called.en}”") if kind else called

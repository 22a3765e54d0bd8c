"""Build the store: read, infer, validate, store, per document and incrementally, then swap (architecture §1)."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku import infer, store
from keikaku.cache import Part, load_part, write_part
from keikaku.errors import CannotRunError, KeikakuError, Place, shown_path
from keikaku.ground import (
    INFERRED_VOCABULARY,
    Ground,
    ground_files,
    hash_files,
    load_ground,
    neighbourhood,
    plain_graph,
)
from keikaku.namespaces import BASE, DCTERMS, GRAPH, LICENCE, PROV, RDF, XSD
from keikaku.read.documents import SourceDocument, load_documents, load_lock, lock_path
from keikaku.read.files import ReadDocument, read_file
from keikaku.read.problems import Problems
from keikaku.read.quads import Quad, to_nquads
from keikaku.report import Finding, Severity
from keikaku.settings import Settings
from keikaku.validate import checks, shapes

META = GRAPH["meta"]
Progress = Callable[[str], None]
Extras = Sequence[Callable[[store.Store, Path], None]]


@dataclass(frozen=True)
class Result:
    """What a build did: its id, its parts, what it found, and whether a store was written."""

    build_id: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]
    stored: bool


def plan_files(settings: Settings) -> list[Path]:
    """The plan files, sorted by name."""
    return sorted((settings.data / "plans").glob("*.yaml"))


def document_files(settings: Settings) -> list[Path]:
    """The files that record a document: the plans, then the casebooks, each sorted by name."""
    return [*plan_files(settings), *sorted((settings.data / "casebooks").glob("*.yaml"))]


def part_key(settings: Settings, ground_key: str, path: Path, document: SourceDocument | None) -> str:
    """The hash a document's result depends on: its file, its lock, its registration, and the ground."""
    lock = lock_path(settings.data, document.name) if document else settings.data
    return hashlib.sha256(f"{ground_key}\0{hash_files([path, lock])}\0{document}".encode()).hexdigest()


def read_document(ground: Ground, path: Path, problems: Problems) -> ReadDocument | None:
    """Read one plan or casebook file with its lock."""
    shown = shown_path(path, ground.settings.root)
    name = _document_name(path)
    lock_file = lock_path(ground.settings.data, name)
    try:
        lock = load_lock(lock_file, shown_path(lock_file, ground.settings.root))
    except KeikakuError as error:
        problems.add(
            error.place or Place(shown), error.what, error.what, do_en=error.do, do_ja=error.do, where=error.rule
        )
        lock = {}
    return read_file(path, shown, ground.documents, ground.context, lock, problems)


def _document_name(path: Path) -> str:
    """The document id a file names, found without parsing it."""
    for line in path.read_bytes().split(b"\n"):
        if line.startswith(b"document:"):
            return line.removeprefix(b"document:").split(b"#")[0].strip().decode("utf-8", "replace")
    return ""


def build_document(ground: Ground, path: Path, key: str) -> Part:
    """Read, infer and validate one document."""
    problems = Problems()
    read = read_document(ground, path, problems)
    shown = shown_path(path, ground.settings.root)
    if read is None:
        return Part(path.stem, key, {}, tuple(problems.findings), source=shown)
    own = [quad for quads in read.quads.values() for quad in quads]
    nearby = neighbourhood(own, ground)
    inferred_graph = GRAPH[f"inferred/{read.name}"]
    inferred = infer.infer(own, infer.context_store([*ground.vocabulary, *nearby]), ground.rules, inferred_graph)
    findings = list(problems.findings)
    if not findings:
        findings += shapes.check_document(
            ground.shapes,
            plain_graph([*own, *inferred]),
            plain_graph([*ground.vocabulary, *nearby]),
            read.document,
            read.place_of,
        )
    graphs = {name: to_nquads(quads) for name, quads in read.quads.items()}
    graphs[str(inferred_graph)] = to_nquads(inferred)
    return Part(read.name, key, graphs, tuple(findings), source=shown)


def build_base(ground: Ground) -> Part:
    """Ontology, schemes and reference statements with what follows from them."""
    statements = [*ground.vocabulary, *ground.reference]
    statements += infer.vocabulary_closure(ground.vocabulary, INFERRED_VOCABULARY)
    by_graph: dict[str, list[Quad]] = {}
    for quad in statements:
        by_graph.setdefault(str(quad[3]), []).append(quad)
    findings = list(ground.findings)
    findings += shapes.check_reference(
        ground.shapes, plain_graph(ground.reference), plain_graph(ground.vocabulary), ground.place_of
    )
    findings += shapes.check_vocabulary(ground.shapes, plain_graph(ground.vocabulary))
    return Part("base", ground.key, {name: to_nquads(quads) for name, quads in by_graph.items()}, tuple(findings))


# -- the whole build -----------------------------------------------------------------------------------------------------


def collect(
    settings: Settings, *, full: bool = False, paths: Iterable[Path] | None = None, progress: Progress = lambda _: None
) -> list[Part]:
    """Read, infer and validate everything, or only `paths`; unchanged documents come from the cache unless `full`."""
    ground_key = hash_files(ground_files(settings))
    ground: Ground | None = None
    chosen = sorted(paths) if paths is not None else document_files(settings)
    documents = load_documents(settings.data, settings.root, Problems())
    parts: list[Part] = []
    base = None if full else load_part(settings, "base", _base_key(settings, ground_key))
    if base is None:
        progress("ontology and reference")
        ground = load_ground(settings)
        base = build_base(ground)
        base = Part("base", _base_key(settings, ground_key), base.graphs, base.findings)
        write_part(settings, "base", base)
    parts.append(base)
    for path in chosen:
        key = part_key(settings, ground_key, path, documents.get(_document_name(path)))
        part = None if full else load_part(settings, path.stem, key)
        if part is None:
            progress(shown_path(path, settings.root))
            ground = ground or load_ground(settings)
            part = build_document(ground, path, key)
            write_part(settings, path.stem, part)
        parts.append(part)
    return parts


def _base_key(settings: Settings, ground_key: str) -> str:
    return hashlib.sha256(f"{ground_key}\0{hash_files([settings.data / 'sources.yaml'])}".encode()).hexdigest()


def meta_quads(parts: Iterable[Part]) -> list[Quad]:
    """One prov:Entity per named graph: what it came from, its content hash, licence; no clock (ontology §3.3)."""
    quads: list[Quad] = []
    for part in parts:
        for graph, data in part.graphs.items():
            iri = URIRef(graph)
            facts: list[tuple[Node, Node]] = [
                (RDF.type, PROV.Entity),
                (DCTERMS.identifier, Literal(f"sha256:{hashlib.sha256(data).hexdigest()}")),
                (DCTERMS.license, URIRef(LICENCE)),
                (DCTERMS.conformsTo, URIRef(BASE + "ont")),
                (DCTERMS.extent, Literal(str(data.count(b"\n")), datatype=XSD.integer)),
            ]
            if part.source:
                facts.append((PROV.wasDerivedFrom, URIRef(f"{BASE}id/doc/{part.name}")))
            quads += [(iri, p, o, META) for p, o in facts]
    return quads


def build_id_of(graphs: Mapping[str, bytes]) -> str:
    """The name of a build: a hash over its graphs, so equal content has an equal name."""
    digest = hashlib.sha256()
    for name in sorted(graphs):
        digest.update(name.encode() + b"\0" + hashlib.sha256(graphs[name]).digest())
    return digest.hexdigest()[:16]


def build(
    settings: Settings,
    *,
    full: bool = False,
    progress: Progress = lambda _: None,
    extras: Extras = (),
    beside: Sequence[str] = (),
) -> Result:
    """Build everything and make it current, unless there are errors: then the previous store stays in service.

    `beside` are files that the extras write beside the store; when one is not there, equal content is stored again.
    Raises CannotRunError when another build is writing to the same folder.
    """
    settings.build.mkdir(parents=True, exist_ok=True)
    with (settings.build / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRunError("another build is running", do="Wait for it to end", rule="README.md") from error
        try:
            return _build(settings, full, progress, extras, beside)
        finally:
            write_cleanup(settings)


def _build(settings: Settings, full: bool, progress: Progress, extras: Extras, beside: Sequence[str]) -> Result:
    parts = collect(settings, full=full, progress=progress)
    findings = sorted(f for part in parts for f in part.findings)
    duplicates = _same_document(parts)
    findings = sorted([*findings, *duplicates])
    changed = tuple(part.name for part in parts if not part.reused)
    if any(f.severity is Severity.VIOLATION for f in findings):
        return Result(store.read_build_id(settings.current), tuple(parts), tuple(findings), changed, False)
    graphs = {name: data for part in parts for name, data in part.graphs.items()}
    graphs[str(META)] = to_nquads(meta_quads(parts))
    build_id = build_id_of(graphs)
    whole = all((settings.current / name).is_file() for name in beside)
    if store.read_build_id(settings.current) == build_id and whole and not full:
        cross = checks.run(settings.queries / "checks", settings.root, store.open_current(settings.current).select)
        return Result(build_id, tuple(parts), tuple(sorted([*findings, *cross])), changed, False)
    progress("store")
    folder = write_store(settings, build_id, graphs, extras)
    made = store.open_current(folder)
    cross = checks.run(settings.queries / "checks", settings.root, made.select)
    findings = sorted([*findings, *cross])
    if any(f.severity is Severity.VIOLATION for f in cross):
        store.write_discard(folder)
        return Result(store.read_build_id(settings.current), tuple(parts), tuple(findings), changed, False)
    write_current(settings, folder)
    return Result(build_id, tuple(parts), tuple(findings), changed, True)


def _same_document(parts: Iterable[Part]) -> list[Finding]:
    """Two files that record one document are an error: their graphs would be mixed."""
    problems = Problems()
    seen: dict[str, str] = {}
    for part in parts:
        if part.source and part.graphs and part.name in seen:
            problems.add(
                Place(part.source, 1),
                f"{seen[part.name]} records the same document, {part.name}",
                f"{seen[part.name]} が同じ文書 {part.name} を記録しています",
                do_en="Keep one of the two files",
                do_ja="どちらか一つにしてください",
            )
        seen.setdefault(part.name, part.source)
    return problems.findings


def write_store(settings: Settings, build_id: str, graphs: Mapping[str, bytes], extras: Extras = ()) -> Path:
    """Write a whole store beside the current one: a hard-linked copy of it, in which the changed graphs are replaced.

    extras: functions that write what later stages want beside the store (the search index), given store and folder.
    """
    settings.build.mkdir(parents=True, exist_ok=True)
    folder = settings.build / f"store-{build_id}-{os.getpid()}"
    store.write_discard(folder)
    had: dict[str, str] = {}
    if store.read_build_id(settings.current):
        had = json.loads((settings.current / "graphs.json").read_text(encoding="utf-8"))
        store.open_current(settings.current).copy_to(folder)
        new = store.open_for_change(folder)
    else:
        new = store.create(folder)
    now = {name: hashlib.sha256(data).hexdigest() for name, data in graphs.items()}
    for name in had:
        if now.get(name) != had[name]:
            new.drop_graph(name)
    new.load_nquads(b"".join(data for name, data in sorted(graphs.items()) if had.get(name) != now[name]))
    (folder / "graphs.json").write_text(json.dumps(now, sort_keys=True), encoding="utf-8")
    for write in extras:
        write(new, folder)
    new.write_build_id(build_id)
    return folder


def write_current(settings: Settings, folder: Path) -> None:
    """Make `folder` the current build by one rename."""
    link = settings.build / f"current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name)
    link.replace(settings.current)


def write_cleanup(settings: Settings) -> None:
    """Remove half-written stores, and all whole ones but the current and the newest before it, which readers may have open."""
    current = settings.current.resolve()
    others = [folder for folder in settings.build.glob("store-*") if folder != current]
    whole = sorted((f for f in others if store.read_build_id(f)), key=lambda f: f.stat().st_mtime_ns)
    for folder in [*(f for f in others if f not in whole), *whole[:-1]]:
        store.write_discard(folder)

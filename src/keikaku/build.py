"""Build: read, infer and validate per document and incrementally, then store and swap (architecture §1)."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from keikaku import infer, store
from keikaku.cache import Part, digest_of, write_no_manifest, write_part
from keikaku.errors import CannotRunError, KeikakuError, Place, shown_path
from keikaku.fingerprints import Fingerprints
from keikaku.ground import (
    INFERRED_VOCABULARY,
    Ground,
    hash_files,
    load_ground,
    neighbourhood,
    open_ground,
    plain_graph,
    register_files,
    write_ground,
)
from keikaku.inputs import Inputs
from keikaku.memory import Memory
from keikaku.namespaces import GRAPH
from keikaku.read.documents import load_documents, load_lock, lock_path
from keikaku.read.files import ReadDocument, read_file
from keikaku.read.problems import Problems
from keikaku.read.quads import Quad, Written, to_nquads, to_ntriples
from keikaku.report import Finding, Severity
from keikaku.settings import Settings
from keikaku.swap import META, Extras, build_id_of, meta_lines, write_cleanup, write_current, write_store
from keikaku.validate import checks, shapes
from keikaku.validate.layers import Layer

#: Fewer documents than this are not worth starting processes for.
FEW = 8
GROUND, CLOSURE = "ground", "closure"


#: Told what is worked on, and how many documents of how many are done (0 of 0 where that cannot be said).
Progress = Callable[[str, int, int], None]


def silent(_step: str, _done: int = 0, _total: int = 0) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Result:
    """What a build did: its id, its parts, what it found, and whether a store was written."""

    build_id: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]
    stored: bool

    @property
    def ok(self) -> bool:
        """Whether nothing was found that stops a build."""
        return not any(f.severity is Severity.VIOLATION for f in self.findings)


def plan_files(settings: Settings) -> list[Path]:
    """The plan files, sorted by name."""
    return sorted((settings.data / "plans").glob("*.yaml"))


def document_files(settings: Settings) -> list[Path]:
    """The files that record a document: the plans, then the casebooks, each sorted by name."""
    return [*plan_files(settings), *sorted((settings.data / "casebooks").glob("*.yaml"))]


def read_document(ground: Ground, path: Path, problems: Problems) -> ReadDocument | None:
    """Read one plan or casebook file with its lock."""
    shown = shown_path(path, ground.settings.root)
    name = Fingerprints(path, trust=False).of(path).document
    lock_file = lock_path(ground.settings.data, name)
    try:
        lock = load_lock(lock_file, shown_path(lock_file, ground.settings.root))
    except KeikakuError as error:
        problems.add(
            error.place or Place(shown), error.what, error.ja, do_en=error.do, do_ja=error.do_ja, where=error.rule
        )
        lock = {}
    return read_file(path, shown, ground.documents, ground.context, lock, problems)


def build_document(ground: Ground, path: Path, key: str) -> Part:
    """Read, infer and validate one document."""
    problems = Problems()
    read = read_document(ground, path, problems)
    shown = shown_path(path, ground.settings.root)
    if read is None:
        return Part(path.stem, key, {}, tuple(problems.findings), source=shown)
    own = [(s, p, o) for quads in read.quads.values() for s, p, o, _ in quads]
    nearby = [
        (s, p, o) for s, p, o, _ in neighbourhood((quad for quads in read.quads.values() for quad in quads), ground)
    ]
    written = Written()
    graphs = {name: to_nquads(quads, written) for name, quads in read.quads.items()}
    lines = b"".join(to_ntriples(own, written))
    engine = shapes.memory_of(ground.term_lines + b"".join(to_ntriples(nearby, written)) + lines)
    inferred = infer.derive(engine, ground.rules)
    findings = list(problems.findings)
    tallies: checks.Tallies = {}
    if not findings:
        ours = Layer([*own, *inferred])
        findings += shapes.check_layers(
            ground.shapes,
            ours,
            Layer((triple for triple in nearby if triple not in ours), ground.terms),
            engine,
            shapes.memory_of(lines + b"".join(to_ntriples(inferred, written))),
            read.document,
            read.place_of,
        )
        findings += checks.in_order(
            checks.rows(checks.of_scope(ground.checks, checks.DOCUMENT), engine.select, read.place_of)
        )
        tallies = checks.tallies(ground.checks, engine.select)
    target = GRAPH[f"inferred/{read.name}"]
    graphs[str(target)] = to_nquads(((s, p, o, target) for s, p, o in inferred), written)
    return Part(read.name, key, graphs, tuple(findings), source=shown, tallies=tallies)


def build_base(ground: Ground, key: str) -> Part:
    """Ontology, schemes and reference statements with what follows from them."""
    statements = [*ground.vocabulary, *ground.reference]
    statements += _closure(ground)
    by_graph: dict[str, list[Quad]] = {}
    for quad in statements:
        by_graph.setdefault(str(quad[3]), []).append(quad)
    findings = list(ground.findings)
    findings += shapes.check_reference(
        ground.shapes, plain_graph(ground.reference), plain_graph(ground.vocabulary), ground.place_of
    )
    findings += shapes.check_vocabulary(ground.shapes, plain_graph(ground.vocabulary))
    return Part("base", key, {name: to_nquads(quads) for name, quads in by_graph.items()}, tuple(findings))


def _closure(ground: Ground) -> list[Quad]:
    """What OWL derives from ontology and schemes, kept under their content: it takes longer than all documents of a city."""
    code = (Path(infer.__file__).read_bytes(), version("owlrl").encode())
    terms = b"".join(
        sorted(line for line in to_ntriples((s, p, o) for s, p, o, _ in ground.vocabulary) if b"_:" not in line)
    )
    key = hashlib.sha256(b"\0".join([*code, _ontology(ground), terms])).hexdigest()
    path = ground.settings.build / "cache" / CLOSURE / key
    if path.is_file():
        kept: list[Quad] = pickle.loads(path.read_bytes())  # noqa: S301 - written by ourselves
        return kept
    made = infer.vocabulary_closure(ground.vocabulary, INFERRED_VOCABULARY)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{key}.{os.getpid()}")
    temporary.write_bytes(pickle.dumps(made, protocol=5))
    temporary.replace(path)
    return made


def _ontology(ground: Ground) -> bytes:
    """Hash of the files of the vocabulary, whose blank nodes have no names to go by."""
    return hash_files(ground.settings.ontology.glob("*.ttl")).encode()


# -- the whole build -----------------------------------------------------------------------------------------------------


def collect(
    settings: Settings,
    *,
    full: bool = False,
    paths: Iterable[Path] | None = None,
    progress: Progress = silent,
    memory: Memory | None = None,
) -> list[Part]:
    """Read, infer and validate everything, or only `paths`; unchanged documents come from the cache unless `full`.

    memory: of a process that builds again and again, what it keeps.
    """
    memory = memory or Memory()
    files = memory.recall(settings, full=full)
    documents = load_documents(settings.data, settings.root, Problems())
    inputs = Inputs(settings, files, documents, register_files(settings))
    chosen = sorted(paths) if paths is not None else document_files(settings)
    keys = {path: inputs.key(path) for path in chosen}
    parts: dict[str, Part] = {}
    base = None if full else memory.part(settings, "base", inputs.base_key)
    if base is None:
        progress("ontology and reference", 0, 0)
        ground = load_ground(settings)
        write_ground(ground, settings.build / "cache" / GROUND)
        base = write_part(settings, "base", build_base(ground, inputs.base_key))
    parts["base"] = base
    kept = {path: None if full else memory.part(settings, path.stem, keys[path]) for path in chosen}
    missing = [path for path in chosen if (part := kept[path]) is None or part.errors]
    if missing or not base.reused:  # what was kept may be half replaced when this run is cut off
        write_no_manifest(settings)
    made = _make(
        settings, lambda: memory.ground(inputs.base_key, partial(_kept_ground, settings)), missing, keys, progress
    )
    parts |= {path.stem: part for path in chosen if (part := made.get(path) or kept[path]) is not None}
    if paths is None:
        memory.write(settings, parts, anew=bool(missing) or not base.reused)
    files.write()
    return list(parts.values())


def _make(
    settings: Settings,
    ground: Callable[[], Ground],
    paths: Sequence[Path],
    keys: Mapping[Path, str],
    progress: Progress,
) -> dict[Path, Part]:
    """Build documents, many of them in as many processes as there are processors; each process writes what it made."""
    if not paths:
        return {}
    total, made = len(paths), {}
    if total < FEW:
        with _no_garbage():
            known = ground()
            for done, path in enumerate(paths):
                progress(shown_path(path, settings.root), done, total)
                made[path] = write_part(settings, path.stem, build_document(known, path, keys[path]))
        return made
    _kept_ground(settings)
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), context, _begin, (settings,)) as pool:
        waiting = {pool.submit(_made, path, keys[path]): path for path in paths}
        for done, future in enumerate(as_completed(waiting), 1):
            made[waiting.pop(future)] = future.result()
            progress("documents", done, total)
    return made


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Do without looking for garbage: much is made and little thrown away, and looking takes a fifth of the time of a document."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _kept_ground(settings: Settings) -> Ground:
    """The ground as the base part was made from it."""
    folder = settings.build / "cache" / GROUND
    ground = open_ground(settings, folder)
    if ground is None:
        ground = load_ground(settings)
        write_ground(ground, folder)
    return ground


#: The ground of a process that builds documents.
_ground: list[Ground] = []


def _begin(settings: Settings) -> None:
    _ground[:] = [_kept_ground(settings)]
    gc.freeze()  # what lasts need not be looked through again and again


def _made(path: Path, key: str) -> Part:
    """Build one document in its own process; its statements stay in files, only its head is sent back."""
    return write_part(_ground[0].settings, path.stem, build_document(_ground[0], path, key))


def build(
    settings: Settings,
    *,
    full: bool = False,
    progress: Progress = silent,
    extras: Extras = (),
    beside: Sequence[str] = (),
    memory: Memory | None = None,
) -> Result:
    """Build everything and make it current, unless there are errors: then the previous store stays in service.

    `beside` are files that the extras write beside the store; when one is not there, equal content is stored again.
    `memory` is what a process that builds again and again keeps from one time to the next.
    Raises CannotRunError when another build is writing to the same folder.
    """
    settings.build.mkdir(parents=True, exist_ok=True)
    with (settings.build / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRunError(
                "another build is running",
                ja="別の構築が動いています",
                do="Wait for it to end",
                do_ja="終わるのを待ってください",
                rule="README.md",
            ) from error
        try:
            return _build(settings, full, progress, extras, beside, memory or Memory())
        finally:
            write_cleanup(settings)


def _build(
    settings: Settings, full: bool, progress: Progress, extras: Extras, beside: Sequence[str], memory: Memory
) -> Result:
    parts = collect(settings, full=full, progress=progress, memory=memory)
    findings = sorted(f for part in parts for f in part.findings)
    duplicates = _same_document(parts)
    findings = sorted([*findings, *duplicates])
    changed = tuple(part.name for part in parts if not part.reused)
    if any(f.severity is Severity.VIOLATION for f in findings):
        return Result(store.read_build_id(settings.current), tuple(parts), tuple(findings), changed, False)
    meta = meta_lines(parts)
    now = {name: digest.sha256 for part in parts for name, digest in part.digests.items()}
    now[str(META)] = digest_of(b"".join(sorted({line for lines in meta.values() for line in lines}))).sha256
    build_id = build_id_of(now)
    whole = all((settings.current / name).is_file() for name in beside)
    if store.read_build_id(settings.current) == build_id and whole and not full:
        cross = across(settings, parts, store.open_current(settings.current).select)
        return Result(build_id, tuple(parts), tuple(sorted([*findings, *cross])), changed, False)
    progress("store", 0, 0)
    folder = write_store(settings, build_id, parts, meta, now, extras)
    cross = across(settings, parts, store.open_current(folder).select)
    findings = sorted([*findings, *cross])
    if any(f.severity is Severity.VIOLATION for f in cross):
        store.write_discard(folder)
        return Result(store.read_build_id(settings.current), tuple(parts), tuple(findings), changed, False)
    write_current(settings, folder)
    return Result(build_id, tuple(parts), tuple(findings), changed, True)


def across(settings: Settings, parts: Iterable[Part], select: checks.Select) -> list[Finding]:
    """The findings across documents: those of the whole store, and what the parts tell together."""
    several = checks.load(settings.queries / "checks", settings.root)
    found = checks.rows(checks.of_scope(several, checks.STORE), select)
    return checks.in_order([*found, *checks.together(several, (part.tallies for part in parts))])


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

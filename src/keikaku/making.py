"""Make the results for documents: read, infer, validate. A few are made here or in a process beside, many in as many as there are processors."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from keikaku import infer
from keikaku.cache import Part, write_head, write_part, write_statements
from keikaku.errors import KeikakuError, Place, shown_path
from keikaku.fingerprints import Fingerprints
from keikaku.ground import Ground, ground_mark, neighbourhood
from keikaku.memory import Memory
from keikaku.namespaces import GRAPH
from keikaku.read.documents import load_lock, lock_path
from keikaku.read.files import ReadDocument, read_file
from keikaku.read.problems import Problems
from keikaku.read.quads import Written, to_nquads, to_ntriples
from keikaku.settings import Settings
from keikaku.validate import checks, shapes
from keikaku.validate.layers import Layer

#: Fewer documents than this are not worth starting a process for each processor.
FEW = 8
#: Told what is worked on, and how many documents of how many are done (0 of 0 where that cannot be said).
Progress = Callable[[str, int, int], None]
#: Gives the whole result for a document of which the statements are kept.
Validate = Callable[[Part], Part]


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


def derive_document(ground: Ground, path: Path, key: str) -> tuple[Part, Validate]:
    """Read a document and infer: its result with all statements and what reading found, and what gives the rest of the findings."""
    problems = Problems()
    read = read_document(ground, path, problems)
    shown = shown_path(path, ground.settings.root)
    findings = tuple(problems.findings)
    if read is None:
        return Part(path.stem, key, {}, findings, source=shown), lambda part: part
    own = [(s, p, o) for quads in read.quads.values() for s, p, o, _ in quads]
    nearby = [
        (s, p, o) for s, p, o, _ in neighbourhood((quad for quads in read.quads.values() for quad in quads), ground)
    ]
    written = Written()
    graphs = {name: to_nquads(quads, written) for name, quads in read.quads.items()}
    lines = b"".join(to_ntriples(own, written))
    engine = shapes.memory_of(ground.term_lines + b"".join(to_ntriples(nearby, written)) + lines)
    inferred = infer.derive(engine, ground.rules)
    target = GRAPH[f"inferred/{read.name}"]
    graphs[str(target)] = to_nquads(((s, p, o, target) for s, p, o in inferred), written)

    def validate(part: Part) -> Part:
        ours = Layer([*own, *inferred])
        found = shapes.check_layers(
            ground.shapes,
            ours,
            Layer((triple for triple in nearby if triple not in ours), ground.terms),
            engine,
            shapes.memory_of(lines + b"".join(to_ntriples(inferred, written))),
            read.document,
            read.place_of,
        )
        several = checks.rows(checks.of_scope(ground.checks, checks.DOCUMENT), engine.select, read.place_of)
        return replace(
            part,
            findings=(*found, *checks.in_order(several)),
            tallies=checks.tallies(ground.checks, engine.select),
        )

    part = Part(read.name, key, graphs, findings, source=shown)
    return part, (lambda part: part) if findings else validate


@dataclass(frozen=True)
class Made:
    """The results for documents, by file; asking waits: for their statements with what reading found, or for all of it."""

    statements: Callable[[], Mapping[Path, Part]]
    whole: Callable[[], Mapping[Path, Part]]


def make(
    settings: Settings, keys: Mapping[Path, str], memory: Memory, progress: Progress, aside: Aside | None = None
) -> Made:
    """Make the documents of these files, each under its key; what is made is kept.

    aside: makes a few, so that their statements can be used while they are validated.
    """
    if not keys:
        return Made(dict, dict)
    if len(keys) >= FEW:
        return _whole(_make_many(settings, keys, memory, progress))
    if aside is not None:
        return aside.make(settings, keys, progress)
    parts = {}
    with no_garbage():
        ground = memory.ground(settings)
        for done, (path, key) in enumerate(keys.items()):
            progress(shown_path(path, settings.root), done, len(keys))
            parts[path] = _make_one(ground, path, key)
    return _whole(parts)


def _whole(parts: Mapping[Path, Part]) -> Made:
    return Made(lambda: parts, lambda: parts)


def _make_one(ground: Ground, path: Path, key: str) -> Part:
    part, validate = derive_document(ground, path, key)
    return write_part(ground.settings, path.stem, validate(part))


def _make_many(settings: Settings, keys: Mapping[Path, str], memory: Memory, progress: Progress) -> dict[Path, Part]:
    """In as many processes as there are processors; each writes what it made, and sends back its head."""
    memory.ground(settings)
    parts = {}
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), context, _begin, (settings,)) as pool:
        waiting = {pool.submit(_made, path, key): path for path, key in keys.items()}
        for done, future in enumerate(as_completed(waiting), 1):
            parts[waiting.pop(future)] = future.result()
            progress("documents", done, len(keys))
    return parts


@contextmanager
def no_garbage() -> Iterator[None]:
    """Do without looking for garbage: much is made and little thrown away, and looking takes a fifth of the time of a document."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# -- in a process of its own ---------------------------------------------------------------------------------------------


#: The ground of a process that makes documents.
_ground: list[Ground] = []


def _begin(settings: Settings) -> None:
    _ground[:] = [Memory().ground(settings)]
    gc.freeze()  # what lasts need not be looked through again and again


def _made(path: Path, key: str) -> Part:
    return _make_one(_ground[0], path, key)


class Aside:
    """A process beside this one that makes a few documents: it gives their statements, then validates them while these are stored.

    It ends with the process that begins it. A fork has everything loaded at once, but must be begun before there are other threads.
    """

    def __init__(self, settings: Settings, how: Literal["fork", "forkserver"] = "fork") -> None:
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context(how), _begin_aside)
        self._pool.submit(_know, settings)

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def make(self, settings: Settings, keys: Mapping[Path, str], progress: Progress) -> Made:
        """Make documents, one after the other; all are derived before the first is validated."""
        derived = {path: self._pool.submit(_derive, settings, path, key) for path, key in keys.items()}
        validated = {path: self._pool.submit(_validate, settings, path) for path in keys}
        self._pool.submit(gc.collect)  # when nobody waits for it
        for done, path in enumerate(keys):
            progress(shown_path(path, settings.root), done, len(keys))
        return Made(partial(_results, derived), partial(_results, validated))


def _results(futures: Mapping[Path, Future[Part]]) -> dict[Path, Part]:
    return {path: future.result() for path, future in futures.items()}


#: What the process beside keeps: the ground, and what is derived but not yet validated.
_memory = Memory()
_derived: dict[Path, tuple[Part, Validate]] = {}


def _begin_aside() -> None:
    """Leave Ctrl-C to the process that began this one, and end when that has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
    gc.disable()


def _know(settings: Settings) -> None:
    """Read the ground before it is needed, if there is one."""
    if ground_mark(settings):
        _memory.ground(settings).prepare()
        gc.freeze()


def _derive(settings: Settings, path: Path, key: str) -> Part:
    part, validate = derive_document(_memory.ground(settings), path, key)
    kept = write_statements(settings, path.stem, part)
    _derived[path] = kept, validate
    return kept


def _validate(settings: Settings, path: Path) -> Part:
    kept, validate = _derived.pop(path)
    part = validate(kept)
    write_head(settings, path.stem, part)
    return part

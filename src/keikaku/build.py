"""Build incrementally: what has to be made is made, stored beside the store in service, and made current (architecture §1)."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from keikaku import lineage, store
from keikaku.base import build_base
from keikaku.cache import Part, digest_of, write_no_manifest, write_part
from keikaku.errors import CannotRunError, Place
from keikaku.ground import KEPT, load_ground, register_files, write_ground
from keikaku.inputs import Inputs
from keikaku.making import Aside, Progress, make
from keikaku.memory import Memory
from keikaku.read.documents import load_documents
from keikaku.read.problems import Problems
from keikaku.report import Finding, Severity
from keikaku.settings import Settings
from keikaku.swap import META, Change, Extras, build_id_of, meta_lines, write_cleanup, write_current, write_store
from keikaku.validate import checks


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
        return not _stops(self.findings)


def plan_files(settings: Settings) -> list[Path]:
    """The plan files, sorted by name."""
    return sorted((settings.data / "plans").glob("*.yaml"))


def document_files(settings: Settings) -> list[Path]:
    """The files that record a document: the plans, then the casebooks, each sorted by name."""
    return [*plan_files(settings), *sorted((settings.data / "casebooks").glob("*.yaml"))]


def collect(
    settings: Settings,
    *,
    full: bool = False,
    paths: Iterable[Path] | None = None,
    progress: Progress = silent,
) -> list[Part]:
    """Read, infer and validate everything, or only `paths`; unchanged documents come from the cache unless `full`."""
    return _collect(settings, full, paths, progress, Memory(), None).whole()


@dataclass(frozen=True)
class _Collected:
    """All results: at once with their statements, and on asking with all that was found, which is kept then."""

    parts: list[Part]
    whole: Callable[[], list[Part]]


def _collect(
    settings: Settings,
    full: bool,
    paths: Iterable[Path] | None,
    progress: Progress,
    memory: Memory,
    aside: Aside | None,
) -> _Collected:
    files = memory.recall(settings, full=full)
    documents = load_documents(settings.data, settings.root, Problems())
    inputs = Inputs(settings, files, documents, register_files(settings))
    chosen = sorted(paths) if paths is not None else document_files(settings)
    keys = {path: inputs.key(path) for path in chosen}
    base = None if full else memory.part(settings, "base", inputs.base_key)
    if base is None:
        write_no_manifest(settings)  # what was kept may be half replaced when this run is cut off
        progress("ontology and reference", 0, 0)
        ground = load_ground(settings)
        write_ground(ground, settings.build / "cache" / KEPT)
        base = write_part(settings, "base", build_base(ground, inputs.base_key))
    stale = {path for path in chosen if full or not memory.has(settings, path.stem, keys[path])}
    if stale:
        write_no_manifest(settings)
    first = make(settings, {path: keys[path] for path in chosen if path in stale}, memory, progress, aside)
    kept = {path: memory.part(settings, path.stem, keys[path]) for path in chosen if path not in stale}
    again = [path for path, part in kept.items() if part is None or part.errors]
    if again:
        write_no_manifest(settings)
    second = make(settings, {path: keys[path] for path in again}, memory, progress, aside)

    def named(*several: Mapping[Path, Part]) -> dict[str, Part]:
        made = {path: part for one in several for path, part in one.items()}
        found = {path.stem: part for path in chosen if (part := made.get(path) or kept.get(path)) is not None}
        return {"base": base, **found}

    def whole() -> list[Part]:
        parts = named(first.whole(), second.whole())
        if paths is None:
            memory.write(settings, parts, anew=bool(stale or again) or not base.reused)
        files.write()
        return list(parts.values())

    return _Collected(list(named(first.statements(), second.statements()).values()), whole)


def build(
    settings: Settings,
    *,
    full: bool = False,
    progress: Progress = silent,
    extras: Extras = (),
    beside: Sequence[str] = (),
    memory: Memory | None = None,
    aside: Aside | None = None,
) -> Result:
    """Build everything and make it current, unless there are errors: then the previous store stays in service.

    `beside` are files that the extras write beside the store; when one is not there, equal content is stored again.
    `memory` is what a process that builds again and again keeps from one time to the next; `aside` a process that validates
    single documents while they are stored.
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
            return _build(settings, full, progress, extras, beside, memory or Memory(), aside)
        finally:
            write_cleanup(settings)


def _build(
    settings: Settings,
    full: bool,
    progress: Progress,
    extras: Extras,
    beside: Sequence[str],
    memory: Memory,
    aside: Aside | None,
) -> Result:
    collected = _collect(settings, full, None, progress, memory, aside)
    parts = collected.parts
    in_service = store.read_build_id(settings.current)
    if _stops(_findings(parts)):
        return _result(collected.whole(), in_service)
    meta = meta_lines(parts)
    now = {name: digest.sha256 for part in parts for name, digest in part.digests.items()}
    now[str(META)] = digest_of(b"".join(sorted({line for lines in meta.values() for line in lines}))).sha256
    build_id = build_id_of(now)
    if in_service == build_id and all((settings.current / name).is_file() for name in beside) and not full:
        parts = collected.whole()
        return _result(parts, build_id, across(settings, parts, store.open_current(settings.current).select))
    progress("store", 0, 0)
    several = checks.load(settings.queries / "checks", settings.root)
    with ThreadPoolExecutor(1) as pool:  # the store is checked while the extras read it
        waiting: list[Future[list[Finding]]] = []

        def check(made: store.Store, _folder: Path, _change: Change) -> None:
            waiting.append(pool.submit(_of_store, several, made.select))

        extras = (check, lineage.write, *extras)
        try:
            folder = write_store(settings, build_id, parts, meta, now, extras)
        except Exception:  # what is not valid may break anything
            if not _stops(_findings(collected.whole())):
                raise
            return _result(collected.whole(), in_service)
        of_store = [finding for future in waiting for finding in future.result()]
    parts = collected.whole()
    cross = [] if _stops(_findings(parts)) else checks.in_order([*of_store, *_together(several, parts)])
    if _stops([*_findings(parts), *cross]):
        store.write_discard(folder)
        return _result(parts, in_service, cross)
    write_current(settings, folder)
    return _result(parts, build_id, cross, stored=True)


def _findings(parts: Sequence[Part]) -> list[Finding]:
    return [*(finding for part in parts for finding in part.findings), *_same_document(parts)]


def _stops(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.VIOLATION for finding in findings)


def _result(parts: Sequence[Part], build_id: str, cross: Iterable[Finding] = (), *, stored: bool = False) -> Result:
    """cross: what was found across documents."""
    findings = tuple(sorted([*_findings(parts), *cross]))
    return Result(build_id, tuple(parts), findings, tuple(part.name for part in parts if not part.reused), stored)


def across(settings: Settings, parts: Iterable[Part], select: checks.Select) -> list[Finding]:
    """The findings across documents: those of the whole store, and what the parts tell together."""
    several = checks.load(settings.queries / "checks", settings.root)
    return checks.in_order([*_of_store(several, select), *_together(several, parts)])


def _of_store(several: Iterable[checks.Check], select: checks.Select) -> list[Finding]:
    return checks.rows(checks.of_scope(several, checks.STORE), select)


def _together(several: Iterable[checks.Check], parts: Iterable[Part]) -> list[Finding]:
    return checks.together(several, (part.tallies for part in parts))


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

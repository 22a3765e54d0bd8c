"""The commands that need the source texts: make the lock files, and re-find every passage and printed number (ontology §9)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal

from keikaku.build import document_files
from keikaku.errors import shown_path
from keikaku.ground import Ground, load_ground
from keikaku.namespaces import SKOS, C
from keikaku.read.documents import SourceText, load_lock, load_text, lock_path, write_lock
from keikaku.read.evidence import Recheck, check_passages, check_values, lock_ranges
from keikaku.read.files import ReadDocument, read_file
from keikaku.read.problems import Problems
from keikaku.read.uncovered import LineCover, line_cover
from keikaku.report import Finding
from keikaku.settings import Settings


@dataclass(frozen=True)
class Locked:
    """What `lock` did for one document: ranges locked, and how many rows were new, changed or dropped."""

    document: str
    ranges: int
    new: int
    changed: int
    dropped: int


def write_locks(settings: Settings, sources: Path) -> tuple[list[Locked], list[Finding]]:
    """Resolve every line range of every plan and casebook file against the source texts and write data/evidence/*.tsv.

    Raises KeikakuError when a text is missing or another version. Mistakes in the files come back as findings; the
    ranges of a file that cannot be read keep their old lock.
    """
    ground = load_ground(settings)
    problems = Problems()
    done: list[Locked] = []
    for path in document_files(settings):
        read = _read(ground, path, problems)
        if read is None:
            continue
        file = lock_path(settings.data, read.name)
        old = load_lock(file, shown_path(file, settings.root))
        new = lock_ranges(load_text(sources, ground.documents[read.name]), read.ranges)
        write_lock(file, new)
        changed = sum(lines in old and old[lines] != passage for lines, passage in new.items())
        done.append(Locked(read.name, len(new), len(new.keys() - old.keys()), changed, len(old.keys() - new.keys())))
    return done, [*ground.findings, *problems.findings]


def check(settings: Settings, sources: Path) -> tuple[list[Recheck], list[Finding]]:
    """Re-find every passage (checksum, lines, offsets, hash) and every stated number as printed.

    Raises KeikakuError when a text is missing or another version.
    """
    ground = load_ground(settings)
    problems = Problems()
    labels = category_labels(ground)
    done: list[Recheck] = []
    for path in document_files(settings):
        read = _read(ground, path, problems)
        if read is None:
            continue
        document = ground.documents[read.name]
        text = load_text(sources, document)
        file = lock_path(settings.data, read.name)
        shown = shown_path(file, settings.root)
        passages = check_passages(text, document, load_lock(file, shown), read.ranges, shown, problems)
        done.append(Recheck(read.name, *passages, *check_values(text, document, read.values, labels, problems)))
    return done, sorted([*ground.findings, *problems.findings])


def cover(settings: Settings, sources: Path) -> list[tuple[LineCover, SourceText]]:
    """Per document, which lines evidence points to, with the text they were counted in.

    Raises KeikakuError when a text is missing or another version.
    """
    ground = load_ground(settings)
    found: list[tuple[LineCover, SourceText]] = []
    for path in document_files(settings):
        read = _read(ground, path, Problems())
        if read is not None:
            text = load_text(sources, ground.documents[read.name])
            found.append((line_cover(read.name, text, read.ranges), text))
    return found


def _read(ground: Ground, path: Path, problems: Problems) -> ReadDocument | None:
    """Read a file without its lock."""
    return read_file(path, shown_path(path, ground.settings.root), ground.documents, ground.context, None, problems)


def category_labels(ground: Ground) -> dict[str, tuple[str, ...]]:
    """The Japanese words of each breakdown category (code list bd-), as plans print them."""
    labels: dict[str, list[str]] = {}
    for subject, predicate, label, _ in ground.vocabulary:
        named = predicate in (SKOS.prefLabel, SKOS.altLabel) and isinstance(label, Literal) and label.language == "ja"
        if named and str(subject).startswith(str(C["bd-"])):
            labels.setdefault(str(subject), []).append(str(label))
    return {category: tuple(words) for category, words in labels.items()}

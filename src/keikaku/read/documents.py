"""The registered source documents and the lock files of their line ranges (data/evidence/).

Documents are registered in data/sources.yaml, or each in a file of its own, data/sources/{docId}.yaml: a nation of them in
one file would have to be read whole for a single document.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass
from pathlib import Path

from keikaku.errors import CannotRunError, KeikakuError, Place
from keikaku.read.keys import KEYS
from keikaku.read.numbers import normalise
from keikaku.read.problems import Problems
from keikaku.read.yamltree import Items, Mapping, Text, Value, load

SOURCES_FILE, SOURCES_FOLDER = "sources.yaml", "sources"


@dataclass(frozen=True, order=True)
class Lines:
    """A range of whole lines, counted from 1, both ends included (ontology §9)."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"L{self.first}" if self.first == self.last else f"L{self.first}-{self.last}"


@dataclass(frozen=True)
class Passage:
    """Where a range stands: offsets in code points, half-open, and the hash of the normalised passage."""

    lines: Lines
    start: int
    end: int
    sha256: str


@dataclass(frozen=True)
class SourceDocument:
    """One registered text: identity, extent and outline. The text itself is not in the repository."""

    name: str
    titles: dict[str, str]
    publisher: str
    issued: str
    file: str
    sha256: str
    characters: int
    line_count: int
    headings: tuple[tuple[int, str], ...]
    pages: tuple[tuple[int, str], ...]
    place: Place
    #: Made up for measuring, not a document of anybody (bench/world.py).
    synthetic: bool = False

    def section(self, line: int) -> str:
        """The heading a line stands under, or ""."""
        return _before(self.headings, line)

    def page(self, line: int) -> str:
        """The printed page a line stands on, or ""."""
        return _before(self.pages, line)


def _before(marks: tuple[tuple[int, str], ...], line: int) -> str:
    index = bisect_right(marks, line, key=lambda mark: mark[0])
    return marks[index - 1][1] if index else ""


class Documents(Mapping_[str, SourceDocument]):
    """Registered documents by id; those with a file of their own are read when they are asked for."""

    def __init__(self, folder: Path, root: Path, listed: Mapping_[str, SourceDocument], problems: Problems) -> None:
        self.folder, self.root, self.problems = folder / SOURCES_FOLDER, root, problems
        self._read: dict[str, SourceDocument] = dict(listed)
        self._listed = frozenset(listed)

    def __getitem__(self, name: str) -> SourceDocument:
        if name not in self._read:
            path = registration_path(self.folder.parent, name)
            if not name or not path.is_file():
                raise KeyError(name)
            self._read |= _entries(path, self.root, self.problems)
        return self._read[name]

    def again(self) -> None:
        """Forget those with a file of their own, which may have changed."""
        self._read = {name: self._read[name] for name in self._listed}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._listed, *(path.stem for path in self.folder.glob("*.yaml"))}))

    def __len__(self) -> int:
        return len(list(iter(self)))


def registration_path(folder: Path, document: str) -> Path:
    """data/sources/{docId}.yaml, the file of one document."""
    return folder / SOURCES_FOLDER / f"{document}.yaml"


def load_documents(folder: Path, root: Path, problems: Problems) -> Documents:
    """Read data/sources.yaml: document id → document."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        raise KeikakuError(
            "the register of source documents is missing", ja="原典の文書の台帳がありません",
            do="Add it", do_ja="加えてください", rule="docs/plan-file.md",
            place=Place(path.relative_to(root).as_posix()),
        )  # fmt: skip
    return Documents(folder, root, _entries(path, root, problems), problems)


def _entries(path: Path, root: Path, problems: Problems) -> dict[str, SourceDocument]:
    tree = load(path, path.relative_to(root).as_posix())
    documents: dict[str, SourceDocument] = {}
    listed = tree.get("documents")
    for entry in listed if isinstance(listed, Items) else ():
        document = _document(entry, problems)
        if document:
            documents[document.name] = document
    return documents


def _document(entry: Value, problems: Problems) -> SourceDocument | None:
    if not isinstance(entry, Mapping):
        problems.add(entry.place, "a source document is a mapping", "原典文書は「キー: 値」の形です")
        return None
    for key, place in entry.key_places.items():
        if key not in KEYS["source document"]:
            problems.unknown(place, ("key", "キー"), key, KEYS["source document"], "docs/plan-file.md")
    texts = {key: value.value for key, value in entry.entries.items() if isinstance(value, Text)}
    missing = [key for key in ("document", "publisher", "file", "sha256", "characters", "lines") if not texts.get(key)]
    if missing or not re.fullmatch(r"[0-9a-f]{64}", texts.get("sha256", "")):
        problems.add(
            entry.place,
            f"a source document needs {', '.join(missing) or 'a SHA-256 of 64 hex digits'}",
            "原典文書の項目が足りません",
        )
        return None
    title = entry.get("title")
    titles = {k: v.value for k, v in title.entries.items() if isinstance(v, Text)} if isinstance(title, Mapping) else {}
    return SourceDocument(
        texts["document"], titles, texts["publisher"], texts.get("issued", ""), texts["file"], texts["sha256"],
        int(texts["characters"]), int(texts["lines"]),
        _marks(entry.get("headings"), "heading", problems), _marks(entry.get("pages"), "page", problems), entry.place,
        texts.get("synthetic") == "true",
    )  # fmt: skip


def _marks(value: Value | None, key: str, problems: Problems) -> tuple[tuple[int, str], ...]:
    marks: list[tuple[int, str]] = []
    for item in value if isinstance(value, Items) else ():
        line, text = (item.get("line"), item.get(key)) if isinstance(item, Mapping) else (None, None)
        if not isinstance(line, Text) or not line.value.isdigit() or not isinstance(text, Text):
            problems.add(
                item.place, f"an outline entry is {{line: 24, {key}: …}}", "見出しは {line: 行, …: 見出し} の形です"
            )
            continue
        marks.append((int(line.value), text.value))
    return tuple(sorted(marks))


def lock_path(folder: Path, document: str) -> Path:
    """data/evidence/{docId}.tsv."""
    return folder / "evidence" / f"{document}.tsv"


def load_lock(path: Path, shown: str) -> dict[Lines, Passage]:
    """Read a lock file: one row per range with first line, last line, start, end, hash. An absent file is empty.

    Raises KeikakuError when a row cannot be read.
    """
    if not path.is_file():
        return {}
    passages: dict[Lines, Passage] = {}
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], 2):
        cells = row.split("\t")
        if (
            len(cells) != 5
            or not all(cell.isdigit() for cell in cells[:4])
            or not re.fullmatch(r"[0-9a-f]{64}", cells[4])
        ):
            raise KeikakuError(
                "this row of the lock is damaged",
                ja="根拠のロックのこの行が壊れています",
                do="Run: keikaku evidence lock --sources DIR",
                do_ja="作り直すには: keikaku evidence lock --sources DIR",
                rule="data/README.md",
                place=Place(shown, number),
            )
        lines = Lines(int(cells[0]), int(cells[1]))
        passages[lines] = Passage(lines, int(cells[2]), int(cells[3]), cells[4])
    return passages


def write_lock(path: Path, passages: dict[Lines, Passage]) -> None:
    """Write a lock file, sorted by line; no text of the source is in it."""
    rows = ["first\tlast\tstart\tend\tsha256"]
    rows += [
        f"{p.lines.first}\t{p.lines.last}\t{p.start}\t{p.end}\t{p.sha256}"
        for p in sorted(passages.values(), key=lambda p: p.lines)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class SourceText:
    """A source text and where its lines begin: offsets in code points of the text with LF line ends (ontology §9)."""

    text: str
    starts: tuple[int, ...]

    def passage(self, lines: Lines) -> Passage | None:
        """Resolve a range, or None when it lies outside the text. A range ends before its last line feed."""
        if not 1 <= lines.first <= lines.last < len(self.starts):
            return None
        start, end = self.starts[lines.first - 1], self.starts[lines.last] - 1
        return Passage(lines, start, end, passage_hash(self.text[start:end]))

    def slice(self, lines: Lines) -> str:
        """The text of a range that lies inside."""
        return self.text[self.starts[lines.first - 1] : self.starts[lines.last] - 1]


def passage_hash(text: str) -> str:
    """SHA-256 of the normalised passage.

    >>> passage_hash("２０２５年度 末：累計５０窓口" + chr(10) + "（直営：３０）")[:16]
    'e4a3ab6857d6212b'
    """
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def load_text(folder: Path, document: SourceDocument) -> SourceText:
    """Read a source text and check its checksum.

    Raises CannotRunError when the file is not there and KeikakuError when it is another version.
    """
    path = folder / document.file
    if not path.is_file():
        raise CannotRunError(
            f"the text of {document.name} is not at {path}",
            ja=f"{document.name} の本文が {path} にありません",
            do="Name its folder with --sources DIR",
            do_ja="--sources DIR でフォルダーを指定してください",
            rule="data/README.md",
        )
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != document.sha256:
        raise KeikakuError(
            f"{path.name} is another version of {document.name}: its SHA-256 is {found[:12]}…, registered is {document.sha256[:12]}…",
            ja=f"{path.name} は {document.name} の別の版です。SHA-256 は {found[:12]}…、登録は {document.sha256[:12]}… です",
            do="Compare the texts and register the new version", do_ja="本文を比べて、新しい版を登録してください", rule="data/README.md", place=document.place,
        )  # fmt: skip
    return split_lines(raw.decode("utf-8").replace("\r\n", "\n"))


def split_lines(text: str) -> SourceText:
    """Find the lines: the pieces between line feeds; a last piece without a line feed counts."""
    starts = [0]
    for found in re.finditer("\n", text):
        starts.append(found.end())
    if not text.endswith("\n"):
        starts.append(len(text) + 1)
    return SourceText(text, tuple(starts))

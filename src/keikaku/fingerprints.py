"""What is known of input files without reading them again: their hash, under size and time of change."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import time
from dataclasses import dataclass
from pathlib import Path

from keikaku.cache import write_whole

#: A file changed so shortly before it was read may change again within the same tick of the clock; it is read anew.
_TOO_FRESH = 2_000_000_000
_CODE = re.compile(rb"(?<!\d)\d{6}(?!\d)")

#: So many changed files are added at the end of what is kept; of more, or when that has grown so often, it is written anew.
_FEW, _MOST = 100, 200

#: What tells whether a file has changed, then its fingerprint.
Kept = tuple[list[int], str, str, list[str]]


@dataclass(frozen=True)
class Fingerprint:
    """Hash of a file ("" when there is none); for plan files also the document it names and the codes it mentions."""

    sha256: str
    document: str = ""
    codes: tuple[str, ...] = ()


class Fingerprints:
    """Fingerprints of files, remembered from build to build in `path`."""

    def __init__(self, path: Path, *, trust: bool = True) -> None:
        self.path = path
        self._kept: dict[str, Kept] = {}
        self._seen: dict[str, Kept] = {}
        self._new: set[str] = set()
        self._pieces = 0
        if trust:
            self._kept, self._pieces = _load(path)

    def again(self) -> None:
        """Begin another build: what was seen is what is known."""
        self._kept |= self._seen
        self._seen = {}

    def of(self, path: Path | str) -> Fingerprint:
        """The fingerprint of a file; it is read only when its size, time of change or inode differ from the last time."""
        try:
            stat = os.stat(path)  # noqa: PTH116 - of a nation there are thousands of paths, as texts
        except OSError:
            return Fingerprint("")
        name, mark = os.fspath(path), [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]
        kept = self._kept.get(name)
        if kept is None or kept[0] != mark:
            now = time.time_ns()
            found = read(Path(path).read_bytes())
            fresh = max(stat.st_mtime_ns, stat.st_ctime_ns) > now - _TOO_FRESH
            kept = ([] if fresh else mark, found.sha256, found.document, list(found.codes))
            self._new.add(name)
        self._seen[name] = kept
        _, sha256, document, codes = kept
        return Fingerprint(sha256, document, tuple(codes))

    def write(self) -> None:
        """Remember what was seen; what is new at the end of the file, where that is little."""
        if not self._new:
            return
        if 0 < self._pieces < _MOST and len(self._new) <= _FEW:
            with self.path.open("ab") as file:
                file.write(pickle.dumps({name: self._seen[name] for name in self._new}, protocol=5))
            self._pieces += 1
        else:
            write_whole(self.path, pickle.dumps({**self._kept, **self._seen}, protocol=5))
            self._pieces = 1
        self._new.clear()


def _load(path: Path) -> tuple[dict[str, Kept], int]:
    """What is kept, and in how many pieces; in none where the file is not whole, so that it is written anew."""
    kept: dict[str, Kept] = {}
    pieces = 0
    try:
        with path.open("rb") as file:
            while file.tell() < path.stat().st_size:
                kept |= pickle.load(file)  # noqa: S301 - written by ourselves
                pieces += 1
    except Exception:  # a damaged file may raise anything; what it lacks is read again
        pieces = 0
    return kept, pieces


def read(data: bytes) -> Fingerprint:
    """The fingerprint of the content of a file."""
    return Fingerprint(
        hashlib.sha256(data).hexdigest(), document_of(data), tuple(sorted({m.decode() for m in _CODE.findall(data)}))
    )


def document_of(data: bytes) -> str:
    """The document id a plan or casebook file names, found without parsing it."""
    at = 0 if data.startswith(b"document:") else data.find(b"\ndocument:") + 1
    if not data.startswith(b"document:", at):
        return ""
    line = data[at : data.find(b"\n", at) if b"\n" in data[at:] else len(data)]
    return line.removeprefix(b"document:").split(b"#")[0].strip().decode("utf-8", "replace")

"""What is known of input files without reading them again: their hash, under size and time of change."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import time
from dataclasses import dataclass
from pathlib import Path

#: A file changed so shortly before it was read may change again within the same tick of the clock; it is read anew.
_TOO_FRESH = 2_000_000_000
_CODE = re.compile(rb"(?<!\d)\d{6}(?!\d)")

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
        self._changed = False
        if trust:
            try:
                read_back = pickle.loads(path.read_bytes())  # noqa: S301 - written by ourselves
                self._kept = dict(read_back)
            except Exception:  # a damaged file may raise anything; without it all files are read
                self._kept = {}

    def again(self) -> None:
        """Begin another build: what was seen is what is known."""
        self._kept, self._seen, self._changed = {**self._kept, **self._seen}, {}, False

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
            self._changed = True
        self._seen[name] = kept
        _, sha256, document, codes = kept
        return Fingerprint(sha256, document, tuple(codes))

    def write(self) -> None:
        """Remember what was seen."""
        if not self._changed and self._seen.keys() <= self._kept.keys():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(self.path.name + ".new")
        temporary.write_bytes(pickle.dumps({**self._kept, **self._seen}, protocol=5))
        temporary.replace(self.path)


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

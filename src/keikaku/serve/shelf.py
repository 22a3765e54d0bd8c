"""Pages of a large graph that took long to make stand on disk too, so that they are there at once when the service starts again.

They belong to one build, one program and one set of queries, and go when another build is taken up.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Hashable, Iterator
from contextlib import suppress
from pathlib import Path

from keikaku.ask.materialised import is_large
from keikaku.pages import Site

#: Status, media type and body of an answer.
Made = tuple[int, str, bytes]
#: Seconds from which on a page took long, and the bytes of pages that are kept of a build.
LONG, ROOM = 0.1, 1024**3
_PACKAGE = Path(__file__).resolve().parent.parent


class Shelf:
    """The pages of one build, in a folder of its own below `build/pages`; where nothing can be written, nothing is kept."""

    def __init__(self, folder: Path, mark: str) -> None:
        self.build_id, self._folder, self._mark = folder.name, folder, mark
        self._left = ROOM - sum(size for _, size, _ in _stats(folder))
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Made | None:
        """The page of a key, if it is kept, and whole: a machine that stops may leave a file cut off."""
        try:
            head, _, content = self._path(key).read_bytes().partition(b"\n")
            status, length, media = head.decode("ascii").split(" ", 2)
        except (OSError, ValueError):
            return None
        return (int(status), media, content) if length == str(len(content)) else None

    def put(self, key: Hashable, made: Made) -> None:
        """Keep a page while there is room."""
        status, media, content = made
        with self._lock:
            if status != 200 or self._left < len(content):
                return
            self._left -= len(content)
        path = self._path(key)
        own = path.with_name(f"{path.name}-{os.getpid()}-{threading.get_ident()}")
        try:
            own.write_bytes(f"{status} {len(content)} {media}\n".encode() + content)
            own.replace(path)
        except OSError:
            with suppress(OSError):
                own.unlink()

    def _path(self, key: Hashable) -> Path:
        return self._folder / hashlib.sha256(f"{self._mark} {key!r}".encode()).hexdigest()[:32]


def shelf_of(site: Site) -> Shelf | None:
    """The pages kept of a build, with those of other builds removed; None of a small graph, and where no folder can be made."""
    if not is_large(site.store):
        return None
    folder = site.settings.build / "pages" / site.build_id
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return Shelf(folder, _mark(site))


def _stats(*folders: Path) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of every file in these folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                stat = path.stat()
                yield str(path), stat.st_size, stat.st_mtime_ns


def _mark(site: Site) -> str:
    """What tells this program and its queries, vocabulary and shapes from others, which may make another page."""
    settings = site.settings
    told = "".join(f"{one}\n" for one in _stats(_PACKAGE, settings.queries, settings.ontology, settings.shapes))
    return hashlib.sha256(f"{told}{settings.report_url}".encode()).hexdigest()

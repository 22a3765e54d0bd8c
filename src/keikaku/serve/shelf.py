"""Pages of a large graph that took long to make stand on disk too, so that they are there at once when the service starts again.

They belong to one program and one set of queries. Most belong to one build too, and go when another is taken up. Those about one plan
follow only from facts of the governments whose things they name, and from what is nobody's own: they stay while none of these
changes (`lineage`); tests compare them with pages that are made anew.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
import zlib
from collections.abc import Hashable, Iterator
from contextlib import suppress
from pathlib import Path

from keikaku.ask.materialised import is_large
from keikaku.lineage import since
from keikaku.pages import Site

#: Status, media type and body of an answer.
Made = tuple[int, str, bytes]
#: Seconds from which on a page took long, and the bytes of pages that are kept, packed.
LONG, ROOM = 0.1, 1024**3
#: Several processes write here, so each looks how much room is left after it has written this part of all the room.
_LOOKS = 16
#: Folder of the pages about one plan.
STAYING = "staying"
_PACKAGE = Path(__file__).resolve().parent.parent
#: The page of a plan or of its document, its coverage, in short too, and its picture, as they are asked for.
_ABOUT_ONE_PLAN = re.compile(
    r"id/plan/\d{6}/[^/ ]+/[^/ ]+ \.html \S+ 1|id/doc/\d{6}-[^/ ]+ \.html \S+ 1|/coverage/(?:card/)?\d{6}/[^ .]+ \w\w|/graph \w\w plan=\d{6}/\S+"
)
#: Codes of governments in a page: in its links, in what it offers to choose, and whatever else looks like one.
_NAMED = re.compile(rb"(?<![0-9A-Za-z])(?:lg)?(\d{6})(?![0-9A-Za-z])")
#: What stands for the build in a page that stays; no page has such a byte.
_BUILD = b"\0build\0"


class Shelf:
    """The pages of one build, below `build/pages`; where nothing can be written, nothing is kept."""

    def __init__(self, store: Path, build_id: str, folder: Path, mark: str) -> None:
        self.build_id, self._store, self._folder, self._mark = build_id, store, folder, mark
        self._left: int | None = None  # looking takes a moment, which nobody who asks for a page need wait
        self._trusted = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Made | None:
        """The page of a key, if it is kept for this build, and whole: a machine that stops may leave a file cut off."""
        try:
            head, _, packed = self._path(key).read_bytes().partition(b"\n")
            build, status, named, media = head.decode("ascii").split(" ", 3)
            content = zlib.decompress(packed)
        except (OSError, ValueError, zlib.error):
            return None
        made = int(status), media, content.replace(_BUILD, self.build_id.encode())
        if build != self.build_id:
            changed = since(self._store, build) if is_about_one_plan(key) else None
            if changed is None or not changed.isdisjoint(named.split(",")):
                return None
            # Under the build of today no more steps need be looked at than those since.
            self._write(key, _head(self.build_id, status, named, media) + packed)
        return made

    def put(self, key: Hashable, made: Made) -> None:
        """Keep a page while there is room."""
        status, media, content = made
        plain = content.replace(self.build_id.encode(), _BUILD)
        named = ",".join(sorted({code.decode() for code in _NAMED.findall(content + _told(key).encode())}))
        data = _head(self.build_id, str(status), named or "-", media) + zlib.compress(plain, 1)
        with self._lock:
            if self._left is None or self._trusted < 0:
                self._left, self._trusted = ROOM - _bytes(self._folder), ROOM // _LOOKS
            if status != 200 or self._left < len(data):
                return
            with suppress(OSError):
                self._left += self._path(key).stat().st_size
            self._left -= len(data)
            self._trusted -= len(data)
        self._write(key, data)

    def _write(self, key: Hashable, data: bytes) -> None:
        """Write the file of a page whole."""
        path = self._path(key)
        own = path.with_name(f"{path.name}-{os.getpid()}-{threading.get_ident()}")
        try:
            own.write_bytes(data)
            own.replace(path)
        except OSError:
            with suppress(OSError):
                own.unlink()

    def _path(self, key: Hashable) -> Path:
        place = STAYING if is_about_one_plan(key) else self.build_id
        return self._folder / self._mark / place / hashlib.sha256(_told(key).encode()).hexdigest()[:32]


def _head(build: str, status: str, named: str, media: str) -> bytes:
    """The first line of a file: the build it is of, the status, the codes of the governments it names, the media type."""
    return f"{build} {status} {named} {media}\n".encode()


def is_about_one_plan(key: Hashable) -> bool:
    """Whether the page of a key is one of those that stay from build to build.

    >>> is_about_one_plan(("id/plan/222071/dx/2022", ".html", "ja", 1)), is_about_one_plan(("id/lg/222071", ".html", "ja", 1))
    (True, False)
    """
    return _ABOUT_ONE_PLAN.fullmatch(_told(key)) is not None


def _told(key: Hashable) -> str:
    """The parts of a key as one text."""
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join("=".join(map(str, part)) if isinstance(part, tuple) else str(part) for part in parts)


def shelf_of(site: Site) -> Shelf | None:
    """The pages kept of a build, with those of other builds and programs removed; None of a small graph, and where no folder can be made."""
    if not is_large(site.store):
        return None
    folder, mark = site.settings.build / "pages", _mark(site)
    wanted = [folder / mark / place for place in (site.build_id, STAYING)]
    try:
        for one in wanted:
            one.mkdir(parents=True, exist_ok=True)
        for other in (*folder.iterdir(), *(folder / mark).iterdir()):
            if other not in (folder / mark, *wanted):
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        return None
    return Shelf(site.folder, site.build_id, folder, mark)


def _bytes(folder: Path) -> int:
    """How much the files below a folder hold; others may come and go meanwhile."""
    whole = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                whole += Path(place, name).stat().st_size
    return whole


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
    return hashlib.sha256(f"{told}{settings.report_url}".encode()).hexdigest()[:16]

"""The build that is served: reopened when the link to it changes, with the answers made from it kept until then."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path

from keikaku import search
from keikaku.endpoint import build_id, open_endpoint, reach
from keikaku.errors import KeikakuError
from keikaku.pages import Site, open_site
from keikaku.serve.shelf import LONG, Made, Shelf, shelf_of
from keikaku.settings import Settings
from keikaku.store import BUILD_ID

#: Answers that are kept, the bytes that they may have together, and the largest of them: of a nation some pages have megabytes.
MOST, ROOM, LARGEST = 512, 100_000_000, 25_000_000

#: Seconds between two looks at a service for a new build.
EVERY = 15.0

_PROGRAM = Path(__file__).resolve().parent.parent


class Reader:
    """Gives the current site. Between two builds the store is constant, so what was made from it may be kept."""

    def __init__(self, settings: Settings, endpoint: str = "") -> None:
        self.settings, self.endpoint = settings, endpoint
        self._lock = threading.Lock()
        self._seen: tuple[float, object] = (0.0, None)
        self._folder = Path(tempfile.mkdtemp(prefix="keikaku-")) if endpoint else None
        self._file = str(settings.current / BUILD_ID)
        self._mark = self._look()
        self.long = LONG
        self._site = self._open()
        self._shelf = shelf_of(self._site)
        self.since = self._changed()
        self._kept: OrderedDict[Hashable, Made] = OrderedDict()
        self._size = 0

    def present(self) -> Site | None:
        """The site of the current build where that is known at once; None where `site` would have to open it, or to ask a service."""
        if self.endpoint:
            return self._site if time.monotonic() - self._seen[0] < EVERY else None
        return self._site if self._look() in (self._mark, None) else None

    def site(self) -> Site:
        """The site of the current build; one look at one file per request. A build that cannot be opened is not taken up."""
        mark = self._look()
        if mark not in (self._mark, None):
            with self._lock:
                if mark != self._mark:
                    try:
                        self._site, self._mark = self._open(), mark
                        self._shelf = shelf_of(self._site)
                        self.since = self._changed()
                    except KeikakuError:
                        return self._site  # swapped again in this very moment; the next request looks anew
        return self._site

    def kept(self, site: Site, key: Hashable) -> Made | None:
        """What was kept under this key on this build, if anything."""
        with self._lock:
            full = (site.build_id, key)
            if full in self._kept:
                self._kept.move_to_end(full)
            return self._kept.get(full)

    def keep(self, site: Site, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives for this key on this build, made once while there is room; of a large graph what took long is kept on disk too."""
        found = self.kept(site, key) or self.shelved(site, key)
        if found is None:
            start = time.monotonic()
            found = make()
            self.put(site, key, found, time.monotonic() - start)
        return found

    def shelved(self, site: Site, key: Hashable) -> Made | None:
        """What stands on disk under this key for this build, if anything, kept from now on."""
        shelf = self._shelf_of(site)
        found = shelf.get(key) if shelf is not None else None
        if found is not None:
            self.put(site, key, found)
        return found

    def put(self, site: Site, key: Hashable, made: Made, seconds: float = 0.0) -> None:
        """Keep an answer on this build while there is room; of a large graph one that took long (`seconds`) on disk too."""
        shelf = self._shelf_of(site)
        if shelf is not None and seconds > self.long:
            shelf.put(key, made)
        if len(made[2]) <= LARGEST:
            with self._lock:
                full = (site.build_id, key)
                self._size += len(made[2]) - len(self._kept[full][2] if full in self._kept else b"")
                self._kept[full] = made
                while len(self._kept) > MOST or self._size > ROOM:
                    _, (*_, gone) = self._kept.popitem(last=False)
                    self._size -= len(gone)

    def _shelf_of(self, site: Site) -> Shelf | None:
        """The pages on disk, where they are those of this build."""
        shelf = self._shelf
        return shelf if shelf is not None and shelf.build_id == site.build_id else None

    def close(self) -> None:
        """Remove what was written for this run."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _changed(self) -> int:
        """When the pages last changed: when the build became current, or the program if that is younger (seconds since 1970).

        Of a service only the moment of opening is known.
        """
        if self.endpoint:
            return int(time.time())
        files = [*_PROGRAM.rglob("*"), *self.settings.queries.rglob("*.rq"), self.settings.current / BUILD_ID]
        times = [path.lstat().st_mtime for path in (*files, self.settings.current) if path.exists()]
        return int(min(max(times), time.time()))

    def _open(self) -> Site:
        """Open the current build; of a service, with a search index made from it."""
        if not self.endpoint or self._folder is None:
            return open_site(self.settings)
        found = open_endpoint(self.endpoint)
        folder = self._folder / found.build_id
        if not (folder / search.FILE).is_file():
            folder.mkdir(exist_ok=True)
            search.write(found, folder / search.FILE)
        return open_site(self.settings, endpoint=replace(found, path=folder))

    def _look_there(self) -> object:
        """The build that a service holds, asked for every few seconds. None when it does not answer: what is open stays."""
        when, mark = self._seen
        if time.monotonic() - when < EVERY:
            return mark
        with self._lock:
            if self._seen[0] == when:
                self._seen = (time.monotonic(), mark)  # the others go on with what they have
                try:
                    self._seen = (time.monotonic(), build_id(reach(self.endpoint, os.environ)))
                except KeikakuError:
                    self._seen = (time.monotonic(), mark)
        return self._seen[1]

    def _look(self) -> object:
        """What tells one build from another without reading it."""
        if self.endpoint:
            return self._look_there()
        try:
            found = os.stat(self._file)  # noqa: PTH116 - a path of its own for every request takes longer than all the rest
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns

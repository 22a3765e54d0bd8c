"""The build that is served: reopened when the link to it changes, with the answers made from it kept until then."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from keikaku.errors import CannotRunError
from keikaku.pages import Site, open_site
from keikaku.settings import Settings
from keikaku.store import BUILD_ID

#: Answers that are kept, and the largest of them in bytes.
MOST, LARGEST = 512, 500_000

#: Status, media type and body of an answer.
Made = tuple[int, str, bytes]


class Reader:
    """Gives the current site. Between two builds the store is constant, so what was made from it may be kept."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._mark = self._look()
        self._site = open_site(settings)
        self._kept: OrderedDict[Hashable, Made] = OrderedDict()

    def site(self) -> Site:
        """The site of the current build; one look at one file per request. A build that cannot be opened is not taken up."""
        mark = self._look()
        if mark not in (self._mark, None):
            with self._lock:
                if mark != self._mark:
                    try:
                        self._site, self._mark = open_site(self.settings), mark
                    except CannotRunError:
                        return self._site  # swapped again in this very moment; the next request looks anew
        return self._site

    def keep(self, site: Site, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives for this key on this build, made once while there is room."""
        full = (site.build_id, key)
        with self._lock:
            if full in self._kept:
                self._kept.move_to_end(full)
                return self._kept[full]
        made = make()
        if len(made[2]) <= LARGEST:
            with self._lock:
                self._kept[full] = made
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
        return made

    def _look(self) -> tuple[int, int, int] | None:
        """What tells one build from another without reading it."""
        try:
            found = (self.settings.current / BUILD_ID).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns

"""An index that is open: one file, or two of which the second says what has changed (`changes`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from keikaku.errors import CannotRunError

#: Begins the names of all files of an index; the number counts its layouts, so that an older one is written anew, not read.
LAYOUT = "search-6"
#: Name of the second file, in the same folder.
CHANGES = f"{LAYOUT}-changes.sqlite"
#: Bytes that are read at a time.
_PIECE = 1024**2


@dataclass(frozen=True)
class Index:
    """An open index. `layers` are the files by the names that SQL has for them; `common` the words that more names hold than were read."""

    base: sqlite3.Connection
    layers: tuple[str, ...]
    common: set[str] = field(default_factory=set)

    def rows(self, text: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """The rows of a query over each file: `{at}` stands for it, `{but}` for "not gone" after a thing, `{still}` after a value."""
        return chain.from_iterable(self.base.execute(self.text(text, layer), values) for layer in self.layers)

    def choose(self, things: Iterable[int]) -> None:
        """Let other queries join these things as `hit`."""
        self.base.execute("CREATE TEMP TABLE IF NOT EXISTS hit (thing INTEGER PRIMARY KEY)")
        self.base.execute("DELETE FROM hit")
        self.base.executemany("INSERT INTO hit VALUES (?)", ((thing,) for thing in things))

    def text(self, text: str, layer: str) -> str:
        """A query for one of the files."""
        changed = layer == "main" and len(self.layers) > 1
        return text.format(
            at=layer,
            but="NOT IN (SELECT thing FROM changes.gone)" if changed else "IS NOT NULL",
            still="NOT IN (SELECT value FROM changes.gone_value)" if changed else "IS NOT NULL",
        )


def read_ahead(path: Path) -> None:
    """Read the index in the file `path` once, so that the system has it in memory before somebody searches; nothing where there is none."""
    for file in (path, path.with_name(CHANGES)):
        if file.is_file():
            with file.open("rb", buffering=0) as stream:
                while stream.read(_PIECE):
                    pass


@contextmanager
def opened(path: Path) -> Iterator[Index]:
    """Open the index in the file `path`. Raises CannotRunError when there is none."""
    if not path.is_file():
        raise CannotRunError(
            "there is no search index yet",
            ja="検索の索引がまだありません",
            do="Run: keikaku build",
            do_ja="作るには: keikaku build",
            rule="README.md",
        )
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        layers = ["main"]
        changes = path.with_name(CHANGES)
        if changes.is_file():
            base.execute("ATTACH ? AS changes", (f"file:{changes}?mode=ro",))
            layers.append("changes")
        yield Index(base, tuple(layers))

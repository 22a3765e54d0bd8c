"""Several queries asked side by side: a page needs dozens of small ones, and the engine answers them on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from keikaku.ask.kept import is_lasting

Asked = TypeVar("Asked")
Found = TypeVar("Found")

#: More threads would wait for each other: what the engine finds is made into terms by one at a time.
_POOL = ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)), thread_name_prefix="together")


def together(source: object, ask: Callable[[Asked], Found], several: Iterable[Asked]) -> Iterator[Found]:
    """What `ask` finds for each, in their order; all are begun at once. It must not itself wait for others asked so.

    Only a store that was opened for reading is asked side by side; of all else it is not known whether it can be.
    """
    return _POOL.map(ask, several) if is_lasting(source) else map(ask, several)

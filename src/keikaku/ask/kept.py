"""What has been looked up in a store that never changes is kept in memory: the names and passages that answers share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from keikaku.store import Store

Value = TypeVar("Value")

#: Things kept of one kind; then it starts again. A name takes about 500 bytes, a passage about 1,000.
MOST = 100_000
_kept: WeakKeyDictionary[Store, dict[str, dict[str, object]]] = WeakKeyDictionary()
#: Whole answers that are kept, and cells that they may have together; the one asked for longest ago goes first. A cell takes 40 to 200
#: bytes, so that the answers take at most 100 MB, or as much as the last of them takes alone.
MOST_RECENT, MOST_CELLS = 64, 500_000
_recent: WeakKeyDictionary[Store, OrderedDict[Hashable, tuple[object, int]]] = WeakKeyDictionary()
_lock = threading.Lock()
#: Held while something is made that is made once.
_making: WeakKeyDictionary[Store, dict[str, threading.RLock]] = WeakKeyDictionary()


def is_lasting(source: object) -> bool:
    """Whether what is looked up stays at hand: only a store that was opened for reading is trusted to stay as it is."""
    return isinstance(source, Store) and source.lasting


def kept(
    source: object, kind: str, keys: Iterable[str], look_up: Callable[[list[str]], Mapping[str, Value]]
) -> dict[str, Value]:
    """The value of each key in their order: what is kept of this kind, and for the others what `look_up` says.

    Everything but a store that was opened for reading is asked each time.
    """
    wanted = list(keys)
    if not isinstance(source, Store) or not source.lasting:
        return dict(look_up(wanted))
    known = cast(dict[str, Value], _kept.setdefault(source, {}).setdefault(kind, {}))
    found = {key: value for key in wanted if (value := known.get(key)) is not None}
    new = look_up([key for key in wanted if key not in found]) if len(found) < len(wanted) else {}
    if len(known) + len(new) > MOST:
        known.clear()
    known.update(list(new.items())[:MOST])
    return {key: found[key] if key in found else new[key] for key in wanted}


def once(source: object, kind: str, make: Callable[[], Value]) -> Value:
    """What `make` gives, made once for a store, while others who want it wait: what pages and analyses need of the whole nation."""
    if not isinstance(source, Store) or not source.lasting:
        return make()
    with _lock:
        making = _making.setdefault(source, {}).setdefault(kind, threading.RLock())
    with making:
        return kept(source, kind, [""], lambda _: {"": make()})[""]


def recent(source: object, key: Hashable, make: Callable[[], Value], cells: Callable[[Value], int]) -> Value:
    """What `make` gives, kept with what was asked for last: the page of an answer in two languages and its files ask the same.

    cells: how much of the room it takes.
    """
    if not isinstance(source, Store) or not source.lasting:
        return make()
    with _lock:
        known = _recent.setdefault(source, OrderedDict())
        if key in known:
            known.move_to_end(key)
            return cast(Value, known[key][0])
    made = make()
    with _lock:
        known[key] = made, cells(made)
        known.move_to_end(key)
        while len(known) > 1 and (len(known) > MOST_RECENT or sum(size for _, size in known.values()) > MOST_CELLS):
            known.popitem(last=False)
    return made

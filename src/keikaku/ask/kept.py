"""What has been looked up in a store that never changes is kept in memory: the names and passages that answers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from keikaku.store import Store

Value = TypeVar("Value")

#: Things kept of one kind; then it starts again. A name takes about 500 bytes, a passage about 1,000.
MOST = 100_000
_kept: WeakKeyDictionary[Store, dict[str, dict[str, object]]] = WeakKeyDictionary()


def kept(
    source: object, kind: str, keys: Iterable[str], look_up: Callable[[list[str]], Mapping[str, Value]]
) -> dict[str, Value]:
    """The value of each key in their order: what is kept of this kind, and for the others what `look_up` says.

    Only a store that was opened for reading is trusted to stay as it is; everything else is asked each time.
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

"""Wait until an input of the build changes, as an editor saves it (watchfiles)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import watchfiles

from keikaku.errors import CannotRunError
from keikaku.settings import Settings

#: Milliseconds without another change after which the files that changed are taken together, and after which they are at any rate.
_QUIET, _LONGEST = 50, 1000
#: Milliseconds after which it says that nothing has changed.
_LOOK = 200


def changes(settings: Settings) -> Iterator[frozenset[Path]]:
    """No files, once changes are noticed; then the files that changed, each time that some did; ends on interrupt.

    What changes while nobody waits is not lost: who builds on each, has built what there is. Raises CannotRunError when the program itself has changed: what is running is the old one.
    """
    program = Path(__file__).parent
    inputs = [settings.data, settings.ontology, settings.shapes, settings.queries / "construct", settings.queries / "checks"]  # fmt: skip
    several = watchfiles.watch(
        *inputs, program, debounce=_LONGEST, step=_QUIET, rust_timeout=_LOOK, yield_on_timeout=True
    )
    begun = False
    while (found := _next(several)) is not None:
        paths = frozenset(Path(path) for _, path in found)
        own = sorted(path.name for path in paths if path.suffix == ".py" and path.is_relative_to(program))
        if own:
            raise CannotRunError(
                f"the program has changed ({', '.join(own)})",
                ja=f"プログラムが変わりました({'、'.join(own)})",
                do="Start the command again",
                do_ja="コマンドをもう一度始めてください",
                rule="docs/plan-file.md",
            )
        if paths or not begun:
            begun = True
            yield paths


def _next(several: Iterator[set[tuple[watchfiles.Change, str]]]) -> set[tuple[watchfiles.Change, str]] | None:
    """What changed, which may be nothing; None on interrupt."""
    try:
        return next(several, None)
    except KeyboardInterrupt:
        return None

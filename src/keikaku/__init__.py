"""Keikaku: the open knowledge graph of Japan's municipal digital plans.

>>> import keikaku
>>> kg = keikaku.open()  # doctest: +SKIP
>>> kg.ask("who-lacks", theme="digital-divide").to_pandas()  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keikaku.api import Keikaku


def open(root: str | Path | None = None, lang: str = "ja") -> Keikaku:  # noqa: A001 - keikaku.open() reads as what it does
    """Open the current build of the project at `root` (else KEIKAKU_ROOT, else the nearest one above the working folder).

    lang is the language of answers, "ja" or "en". Raises CannotRunError when there is no project or no build.
    """
    from keikaku.api import open_graph  # noqa: PLC0415 - importing a part must not load the whole

    return open_graph(root, lang)

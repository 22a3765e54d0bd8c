"""What the stages of a build cost, on documents of a project that is built: processor seconds in one process, and findings by shape.

python bench/stages.py FOLDER --sample 20
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from keikaku import build, cache, ground, infer, making, search, settings, store
from keikaku.validate import checks, shapes

Made = TypeVar("Made")


class Laps:
    """Processor seconds by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def of(self, stage: str, work: Callable[[], Made]) -> Made:
        """Do some work of a stage."""
        start = time.process_time()
        made = work()
        self.spent[stage] += time.process_time() - start
        return made

    def timed(self, stage: str, function: Callable[..., Made]) -> Callable[..., Made]:
        """A function, as work of a stage."""
        return lambda *given, **named: self.of(stage, lambda: function(*given, **named))


#: What a document goes through in a build: the module that calls a function, its name there, and the stage that it belongs to.
STAGES = (
    (making, "read_document", "read"),
    (making, "to_nquads", "write quads"),
    (shapes, "memory_of", "infer"),
    (infer, "derive", "infer"),
    (shapes, "check_layers", "validate: shapes"),
    (checks, "rows", "validate: check queries"),
    (checks, "tallies", "validate: check queries"),
)


def documents(made: settings.Settings, sample: int) -> tuple[dict[str, float], int]:
    """Make some documents by the functions of a build, of which the time is taken; seconds by stage, and how many documents."""
    laps = Laps()
    known = laps.of("ground (once)", lambda: ground.kept_ground(made))
    every = build.document_files(made)
    chosen = random.Random(7).sample(every, min(sample, len(every)))
    with ExitStack() as stack:
        for module, name, stage in STAGES:
            stack.enter_context(mock.patch.object(module, name, laps.timed(stage, getattr(module, name))))
        for path in chosen:
            part, validate = making.derive_document(known, path, "")
            validate(part)
    return dict(laps.spent), len(chosen)


def whole(made: settings.Settings, parts: list[cache.Part]) -> dict[str, float]:
    """What is done once for all documents: load, cross-document checks, search index."""
    laps = Laps()
    with tempfile.TemporaryDirectory(dir=made.build) as there:
        new = store.create(Path(there) / "store")
        laps.of("store", lambda: new.load_all(part.graphs[name] for part in parts for name in sorted(part.digests)))
        laps.of("checks across documents", lambda: build.across(made, parts, new.select))
        laps.of("search index", lambda: search.write(new, Path(there) / search.FILE))
    return laps.spent


def findings(made: settings.Settings, parts: list[cache.Part]) -> dict[str, Any]:
    """How many findings there are, by severity and shape or check."""
    every = [f for part in parts for f in part.findings] + build.across(
        made, parts, store.open_current(made.current).select
    )
    return dict(sorted(Counter(f"{f.severity.label} {f.rule}" for f in every).items()))


def main() -> None:
    """Measure and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=20)
    chosen = parser.parse_args()
    made = settings.find(chosen.folder, environment={})
    parts = build.collect(made)
    each, count = documents(made, chosen.sample)
    scaled = {stage: spent if "once" in stage else spent / count * (len(parts) - 1) for stage, spent in each.items()}
    found = {"documents": len(parts) - 1, "sampled": count, "seconds": {**scaled, **whole(made, parts)}}
    json.dump({**found, "findings": findings(made, parts)}, sys.stdout)


if __name__ == "__main__":
    main()

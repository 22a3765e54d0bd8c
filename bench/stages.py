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
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from keikaku import build, cache, ground, infer, search, settings, store
from keikaku.read.problems import Problems
from keikaku.read.quads import to_nquads, to_ntriples
from keikaku.validate import checks, shapes
from keikaku.validate.layers import Layer

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


def document(laps: Laps, known: ground.Ground, path: Path) -> None:
    """Read, infer and check one document."""
    problems = Problems()
    read = laps.of("read", lambda: build.read_document(known, path, problems))
    if read is None:
        raise SystemExit(f"{path} cannot be read")
    own = [(s, p, o) for quads in read.quads.values() for s, p, o, _ in quads]
    nearby = [
        (s, p, o) for s, p, o, _ in ground.neighbourhood((q for quads in read.quads.values() for q in quads), known)
    ]
    laps.of("write quads", lambda: [to_nquads(quads) for quads in read.quads.values()])
    engine = laps.of(
        "infer",
        lambda: shapes.memory_of(known.term_lines + b"".join(to_ntriples([*nearby, *own]))),
    )
    inferred = laps.of("infer", lambda: infer.derive(engine, known.rules))
    laps.of(
        "validate: shapes",
        lambda: shapes.check_layers(
            known.shapes,
            Layer([*own, *inferred]),
            Layer(set(nearby).difference(own, inferred), known.terms),
            engine,
            shapes.memory_of(b"".join(to_ntriples([*own, *inferred]))),
            read.document,
            read.place_of,
        ),
    )
    laps.of("validate: check queries", lambda: checks.rows(known.checks, engine.select, read.place_of))


def documents(made: settings.Settings, sample: int) -> tuple[dict[str, float], int]:
    """Read, infer and check some documents, as a build does; seconds of all of them by stage, and how many."""
    laps = Laps()
    known = laps.of("ground (once)", lambda: ground.kept_ground(made))
    every = build.document_files(made)
    chosen = random.Random(7).sample(every, min(sample, len(every)))
    for path in chosen:
        document(laps, known, path)
    return laps.spent, len(chosen)


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

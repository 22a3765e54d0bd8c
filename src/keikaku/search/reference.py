"""What the index needs of reference data: the governments, and what has a name there. Kept beside it, since only reference data change it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rdflib import URIRef

from keikaku.ask import governments
from keikaku.ask.names import Source
from keikaku.search.opened import LAYOUT
from keikaku.search.slices import graphs_of, named

#: Its file beside the index.
KEPT = f"{LAYOUT}-reference.json"


@dataclass(frozen=True)
class Reference:
    """All governments, and the IRIs of what graphs of no document give a name."""

    governments: Sequence[governments.Government]
    named: frozenset[str]


def load(source: Source, folder: Path) -> Reference:
    """Read it from the graph, and keep it in the folder of the index."""
    found = Reference(governments.load(source), frozenset(named(source, graphs_of(source)[""])))
    kept = {"governments": [asdict(one) for one in found.governments], "named": "\n".join(sorted(found.named))}
    (folder / KEPT).unlink(missing_ok=True)  # it may be that of the build before
    (folder / KEPT).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    return found


def again(source: Source, old: Path, folder: Path) -> Reference:
    """What the build before kept, kept for the next one too; read from the graph where that kept none."""
    try:
        os.link(old / KEPT, folder / KEPT)
        kept = json.loads((folder / KEPT).read_text(encoding="utf-8"))
    except OSError:
        return load(source, folder)
    return Reference(
        [
            governments.Government(
                **{
                    **one,
                    "iri": URIRef(one["iri"]),
                    "names": tuple(one["names"]),
                    "prefecture": tuple(one["prefecture"]),
                }
            )
            for one in kept["governments"]
        ],
        frozenset(kept["named"].split("\n")),
    )

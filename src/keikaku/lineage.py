"""How a build came from those before it: whose facts are other than they were (docs/scale.md).

What was worked out on an earlier build, such as a long answer, is brought up to date by it instead of being made anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from keikaku.namespaces import BASE
from keikaku.store import Store, open_current, read_build_id
from keikaku.swap import META, Change

#: File of a store folder with the steps that led to it, the last one at the end: what came before, and whose facts changed.
FILE = "lineage.json"
#: Steps that are remembered, and governments whose facts may change in them; what is older is made anew.
MOST, MANY = 50, 40

#: The build before a step, and the codes of the governments whose facts changed in it.
_Step = tuple[str, list[str]]
_GRAPH = re.compile(rf"{re.escape(BASE)}graph/(?:doc|curation|inferred)/(\d{{6}})-")
_LINE = re.compile(rb"<([^>]*)> <[^>]*> (?:<([^>]*)> )?")
_OWNED = re.compile(rf"{re.escape(BASE)}id/[a-z]+/(?:lg)?(\d{{6}})(?=[/-]|$)")


def code_of(iri: str) -> str:
    """The code of the local government whose thing an IRI names, or "" (ontology §3.1).

    >>> code_of("https://w3id.org/jichitai-dx/id/plan/222071/dx/2022"), code_of("https://w3id.org/jichitai-dx/theme/cashless")
    ('222071', '')
    """
    found = _OWNED.match(iri)
    return found[1] if found else ""


def write(made: Store, folder: Path, change: Change) -> None:
    """Write beside a new store the steps that led to it."""
    steps: list[_Step] = []
    codes = _codes(made, change)
    if change.before is not None and codes is not None:
        steps = [*_read(change.before), (read_build_id(change.before), sorted(codes))][-MOST:]
    (folder / FILE).write_text(json.dumps(steps), encoding="utf-8")


def since(folder: Path, build_id: str) -> frozenset[str] | None:
    """The codes of the governments whose facts have changed since that build; None when that is not known, or more has changed."""
    if build_id == read_build_id(folder):
        return frozenset()
    steps = _read(folder)
    start = max((at for at, (before, _) in enumerate(steps) if before == build_id), default=None)
    if start is None:
        return None
    codes = frozenset(code for _, several in steps[start:] for code in several)
    return codes if len(codes) <= MANY else None


def _read(folder: Path) -> list[_Step]:
    """The steps that led to a store; none where they are not known."""
    try:
        return [(before, codes) for before, codes in json.loads((folder / FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _codes(made: Store, change: Change) -> set[str] | None:
    """Whose facts a change touches; None where it touches what several share: reference data, laws, national documents, casebooks."""
    owners = {graph: _GRAPH.match(graph) for graph in change.graphs - {str(META)}}
    codes = {owner[1] for owner in owners.values() if owner}
    if change.before is None or not all(owners.values()) or len(codes) > MANY:
        return None
    before = open_current(change.before) if owners.keys() - change.lines.keys() else made
    for graph in owners:
        touched = _touched(change.lines.get(graph) or {*made.triples([graph])} ^ {*before.triples([graph])})
        if touched is None:
            return None
        codes |= touched
    return codes if len(codes) <= MANY else None


def _touched(lines: Iterable[bytes]) -> set[str] | None:
    """Whose things these statements speak of or point at, such as a label of a theme; None when one has nothing of anybody's own."""
    codes: set[str] = set()
    for line in lines:
        found = _LINE.match(line)
        owners = {code_of(iri.decode()) for iri in found.groups() if iri} - {""} if found else set()
        if not owners:
            return None
        codes |= owners
    return codes

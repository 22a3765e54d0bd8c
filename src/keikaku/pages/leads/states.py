"""Why nothing is shown: the plan does not state it, the text lost it, or we do not know. None of them is zero (ontology §10)."""

from __future__ import annotations

from collections.abc import Iterable

from keikaku.namespaces import JDX
from keikaku.pages.leads.rows import Row

_MARKS = {str(JDX.notStated): "not-stated", str(JDX.lostInText): "lost"}
_CLOSED, _PUBLISHED = "cl-complete", "cx-published-plan"

Marks = dict[tuple[str, str], str]


def marks(rows: Iterable[Row], element: str = "", relation: str = "state", aspect: str = "aspect") -> Marks:
    """(element, name of an aspect) → not-stated or lost, from rows that say so; `element` where the rows do not name it."""
    found: Marks = {}
    for row in rows:
        state = _MARKS.get(row[relation].iri)
        if state:
            found.setdefault((row["element"].iri or element, row[aspect].code), state)
    return found


def silence(element: str, aspect: str, marked: Marks, declared: Iterable[Row]) -> str:
    """Why nothing is recorded of an element on an aspect. `declared` are completeness statements about it or its plan, the nearest first.

    "Not stated" needs the aspect to be complete for the published plan; for the received text alone it is "not in the received text".
    """
    if (element, aspect) in marked:
        return marked[element, aspect]
    said = [row for row in declared if row["aspect"].code == aspect and row["level"].code == _CLOSED]
    if any(row["scope"].code == _PUBLISHED for row in said):
        return "not-stated"
    return "text-silent" if said else "unknown"

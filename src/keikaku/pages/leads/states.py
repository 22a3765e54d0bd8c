"""Why nothing is shown: the plan does not state it, the text lost it, or we do not know. None of them is zero (ontology §10)."""

from __future__ import annotations

from collections.abc import Iterable

from keikaku.ask.words import Text
from keikaku.namespaces import JDX
from keikaku.pages.leads.rows import Row

#: What stands in place of a fact or a number, by the name of its badge.
STATES = {
    "not-stated": Text("計画に記載なし", "not stated by the plan"),
    "text-silent": Text("受領した本文に記載なし", "not in the received text"),
    "lost": Text("本文で欠落", "lost in the text"),
    "unknown": Text("不明（記録なし）", "unknown (not recorded)"),
    "blank": Text("原典が空欄", "left blank by the plan"),
    "to-be-set": Text("後日設定", "to be set later"),
    "no-initiative": Text("専用の取組なし（個別取組は不明）", "no dedicated initiative (actions unknown)"),
    "external": Text("外部の動向による", "depends on outside trends"),
    "qualitative": Text("数値でない", "in words"),
}
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

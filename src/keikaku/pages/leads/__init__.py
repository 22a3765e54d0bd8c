"""What the page of a thing leads with: a template per kind, its queries, and a function where rows must be put together (docs/pages.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from keikaku.pages.blocks import Block
from keikaku.pages.leads import case, document, element, indicator, initiative, kpi, law, municipality, plan
from keikaku.pages.leads.rows import Tables, by_relation, grouped
from keikaku.pages.render import TEMPLATES, View
from keikaku.pages.site import Site

Maker = Callable[[Site, str, View, Tables], dict[str, Any]]

#: Kinds whose rows are put together before the template sees them.
MAKERS: dict[str, Maker] = {
    "action": element.make,
    "case": case.make,
    "document": document.make,
    "goal": element.make,
    "indicator": indicator.make,
    "initiative": initiative.make,
    "issue": element.make,
    "kpi": kpi.make,
    "law": law.make,
    "municipality": municipality.make,
    "national-item": element.make,
    "plan": plan.make,
}


def template_of(kind: str) -> str:
    """The template of a kind's lead, "" when it has none."""
    name = f"leads/{kind}.html"
    return name if (Path(TEMPLATES) / name).is_file() else ""


def lead(site: Site, kind: str, iri: str, view: View, blocks: Sequence[Block]) -> dict[str, Any]:
    """What the template of a kind needs: rows by the names of their queries, those of the kind's own tables and those of its lead."""
    found = Tables(blocks, view.lang)
    make = MAKERS.get(kind)
    return {
        "rows": found,
        "relations": by_relation(found["about"]),
        "grouped": grouped,
        **(make(site, iri, view, found) if make else {}),
    }

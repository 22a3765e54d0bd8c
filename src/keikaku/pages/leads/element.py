"""The lead of a smaller element of a plan: an action with its schedule, a goal, an issue, a national item; their figures."""

from __future__ import annotations

from typing import Any

from keikaku.pages.leads.initiative import schedule
from keikaku.pages.leads.rows import Tables
from keikaku.pages.leads.values import shown
from keikaku.pages.render import View, row_place
from keikaku.pages.site import Site


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """The schedule as a timeline and the figures in words."""
    del site, iri
    path = view.path.strip("/").removesuffix(".html")
    return {
        "schedule": schedule(rows["roadmap"], view),
        "figures": [shown(row, view.lang, row_place(row["node"].iri, path)) for row in rows["figures"]],
    }

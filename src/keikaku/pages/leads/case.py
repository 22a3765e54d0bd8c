"""The lead of a case: who does it, with what, and what is done, going on and planned."""

from __future__ import annotations

from typing import Any

from keikaku.ask.words import Text
from keikaku.pages.leads.rows import Row, Tables, by_relation
from keikaku.pages.leads.states import silence
from keikaku.pages.leads.values import shown
from keikaku.pages.render import View, row_place
from keikaku.pages.site import Site

#: Relations in the order of the lead.
LABELS = {
    "practisedBy": Text("実施団体", "carried out by"),
    "theme": Text("テーマ", "themes"),
    "type": Text("手順の段階", "step"),
    "responsibleUnit": Text("部署", "departments"),
    "partner": Text("連携先", "partners"),
    "uses": Text("製品・システム", "products and systems"),
    "similarBody": Text("類似の取組の団体", "bodies doing alike"),
    "relation": Text("会議体など", "bodies and other things"),
    "references": Text("挙げられた計画・文書", "plans and documents named"),
    "url": Text("ウェブページ", "web pages"),
    "isPartOf": Text("事例集", "casebook"),
}
#: State of an event → its heading; "" for events that are of another kind.
WORDS = {
    "done": Text("済んだこと・現に行っていること", "Done, or in force"),
    "ongoing": Text("続いていること", "Going on"),
    "planned": Text("予定・検討", "Planned or under study"),
    "": Text("できごと", "Events"),
}


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """Relations by name, events by state, figures as values, and why no similar body is named."""
    del site
    relations = by_relation(rows["with"])
    states = {name: name for name in ("done", "ongoing", "planned")}
    events: dict[str, list[Row]] = {name: [] for name in WORDS}
    for row in rows["done"]:
        events[states.get(row["state"].code.removeprefix("et-"), "")].append(row)
    nearest = sorted(rows["declared"], key=lambda row: row["about"].iri != iri)
    path = view.path.strip("/").removesuffix(".html")
    return {
        "relations": relations,
        "labels": [(name, text.of(view.lang)) for name, text in LABELS.items()],
        "events": list(events.items()),
        "words": WORDS,
        "figures": [shown(row, view.lang, row_place(row["node"].iri, path)) for row in rows["figures"]],
        "similar": silence(iri, "cf-similar-bodies", {}, nearest),
    }

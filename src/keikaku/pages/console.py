"""The page at /sparql: a form with the question library as examples, and the answer as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from keikaku.ask.question import AREAS
from keikaku.ask.unknown import unknown_names
from keikaku.namespaces import PREFIXES, shorten
from keikaku.pages.assets import editor
from keikaku.pages.render import Span, View, render
from keikaku.pages.site import Page, Site

#: Rows of an answer that the page shows; the other forms have them all.
MOST_ROWS = 1000
EXAMPLE = "SELECT ?plan ?title WHERE {\n  ?plan a jdx:Plan ; dcterms:title ?title .\n}"


def console(site: Site, view: View, text: str = "", answer: bytes = b"", message: str = "", status: int = 200) -> Page:
    """The form. `answer` is the result in the JSON form of SPARQL results or, for a graph, Turtle; `message` what went wrong."""
    chosen = site.questions.get(view.params.get("example", ""))
    shown = text or view.params.get("text", "") or (chosen.text if chosen else EXAMPLE)
    result = _table(answer, view.lang) if answer.startswith(b"{") else None
    nothing = result is not None and result["boolean"] is None and not result["rows"]
    return Page(
        render(
            "sparql.html",
            view,
            site=site,
            text=shown,
            result=result,
            hints=[hint.of(view.lang) for hint in unknown_names(site.store, shown)] if nothing else [],
            editor=bool(editor(site.settings)),
            graph=answer.decode() if answer and not answer.startswith(b"{") else "",
            message=message,
            prefixes=PREFIXES,
            prefixes_json=json.dumps(PREFIXES),
            examples=[(label, [q for q in site.questions.values() if q.area == area]) for area, label in AREAS.items()],
            most=MOST_ROWS,
        ),
        status,
    )


def _table(answer: bytes, lang: str) -> dict[str, object]:
    """Columns, rows and the number of all rows; for ASK the boolean."""
    found: Mapping[str, Any] = json.loads(answer)
    if "boolean" in found:
        return {"boolean": found["boolean"], "columns": [], "rows": [], "total": 0}
    columns = found["head"]["vars"]
    rows = found["results"]["bindings"]
    return {
        "boolean": None,
        "columns": columns,
        "rows": [[_span(row.get(column), lang) for column in columns] for row in rows[:MOST_ROWS]],
        "total": len(rows),
    }


def _span(term: Mapping[str, str] | None, lang: str) -> Span:
    if term is None:
        return Span("")
    if term["type"] == "uri":
        return Span(shorten(term["value"]), View(lang).thing(term["value"]), kind="link")
    language = term.get("xml:lang", "")
    numeric = term.get("datatype", "").rsplit("#", 1)[-1] in ("integer", "decimal", "double", "float")
    return Span(term["value"], lang=language, kind="number" if numeric else "text")

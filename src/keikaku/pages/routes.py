"""The pages that are about no one thing: path → the function that makes the page, for the service and the static site."""

from __future__ import annotations

from collections.abc import Callable

from keikaku.pages import catalogue, compare, coverage, graph, home, lists
from keikaku.pages.render import View
from keikaku.pages.site import Page, Site

PAGES: dict[str, Callable[[Site, View], Page]] = {
    "/": home.home,
    **catalogue.PAGES,
    **compare.PAGES,
    "/coverage": coverage.overview,
    "/graph": graph.graph,
    "/questions": lists.questions,
    "/search": lists.search,
    "/report": lists.report,
}

#: Data that belong to a page and to no one thing: path → the function that makes the file; its suffix says what it is.
FILES: dict[str, Callable[[Site, View], bytes]] = catalogue.FILES | compare.FILES
#: Beginning of an address → the page of what the rest of it names; None, or a ParameterError, where that is nothing.
BELOW: dict[str, Callable[[Site, View], Page | None]] = {coverage.CARD: coverage.card, **compare.BELOW}

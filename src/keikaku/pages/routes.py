"""The pages that are about no one thing: path → the function that makes the page, for the service and the static site."""

from __future__ import annotations

from collections.abc import Callable

from keikaku.pages import catalogue, coverage, graph, lists
from keikaku.pages.render import View
from keikaku.pages.site import Page, Site

PAGES: dict[str, Callable[[Site, View], Page]] = {
    "/": lists.home,
    **catalogue.PAGES,
    "/coverage": coverage.overview,
    "/graph": graph.graph,
    "/questions": lists.questions,
    "/search": lists.search,
    "/report": lists.report,
}

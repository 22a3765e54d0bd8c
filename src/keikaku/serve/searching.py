"""What a search finds, as data beside its page."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from keikaku import search as index
from keikaku.errors import ParameterError
from keikaku.pages import lists
from keikaku.serve.reader import Reader
from keikaku.serve.respond import body, both, problem, view_of


def add_search(app: FastAPI, reader: Reader) -> None:
    """The route of the data, described in OpenAPI."""

    def search_json(request: Request) -> Response:
        site, view = reader.site(), view_of(request)
        words, filters = view.params.get("q", "").strip()[:200], index.filters_of(view.params)
        try:
            found = lists.searched(site, words, filters, view.lang, _most(view.params.get("n", "")))
        except ParameterError as error:
            return problem(request, both(error), 400)
        return body(request, index.json_text(found, words, filters).encode(), "application/json")

    taken = [{"name": key, "in": "query", "schema": {"type": "string"}} for key in ("q", *index.FILTERS, "n", "lang")]
    app.head("/search.json", include_in_schema=False)(search_json)
    app.get(
        "/search.json",
        summary="Things found by words and facets, with counts",
        response_class=Response,
        openapi_extra={"parameters": taken},
    )(search_json)


def _most(text: str) -> int:
    """How many hits are wanted, at most as many as a page shows."""
    return min(max(int(text), 1), lists.HITS) if text.isascii() and text.isdigit() and len(text) < 6 else lists.HITS

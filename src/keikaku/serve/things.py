"""Every IRI we mint, path for path: 303 to its page or its data, and these themselves (architecture §5)."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from keikaku.namespaces import BASE
from keikaku.pages import Page, data, lists, tables
from keikaku.pages.address import ROOTS, SUFFIXES, file_of, href, is_clean, place_of, split_file
from keikaku.pages.entity import entity
from keikaku.pages.neighbours import page_of
from keikaku.pages.site import Site
from keikaku.publish.dataset import page_schema
from keikaku.serve import negotiate
from keikaku.serve.reader import Reader
from keikaku.serve.respond import HTML, TEXT, body, page, problem, view_of, wanted
from keikaku.serve.shelf import Made

#: Media type that a client may ask for → suffix of the file that is it.
OFFERS = {media: suffix for suffix, media in SUFFIXES.items()} | {
    "application/xhtml+xml": ".html",
    "application/json": ".jsonld",
    "application/xml": ".rdf",
    "text/n3": ".ttl",
    "text/plain": ".nt",
}
CSV = "text/csv"
NOTHING = "このグラフには、この番地のものがありません: {} / This graph has nothing at this address: {}"
UNWRITTEN = (
    "この形式では出せません。出せる形式: {0} / This cannot be given in a form that you accept. Accept one of: {0}"
)


def thing(reader: Reader, request: Request) -> Response:
    """Answer for a path below /id, /theme and so on."""
    if request.path_params["path"].endswith(tables.SUFFIX):
        return _table(reader, request)
    path, suffix = split_file(request.path_params["path"])
    iri = BASE + path
    site = reader.site()
    if re.split(r"[/#]", path)[0] not in ROOTS or not is_clean(iri) or not site.knows(iri):
        return nothing(request)
    if not suffix:
        return _see_other(request, path, iri)
    place = place_of(path)
    if suffix == ".html" and place.anchor:
        return RedirectResponse(href(iri, view_of(request).lang), 303)

    return _description(reader, request, path, suffix)


def _description(reader: Reader, request: Request, path: str, suffix: str) -> Response:
    """The page of the thing at a path, or one page of its data."""
    site, view = reader.site(), view_of(request)
    number = page_of(view)
    last = number if suffix == ".html" else int(reader.keep(site, (path, "pages"), lambda: _last(site, path))[2])
    if number > last:
        return nothing(request)

    def make() -> Made:
        if suffix == ".html":
            made = entity(site, path, view, page_schema(site, path)) or Page("", 404)
            return made.status, HTML, made.html.encode()
        return 200, f"{SUFFIXES[suffix]}; charset=utf-8", data.data_of(site, path, SUFFIXES[suffix], number)

    lang = view.lang if suffix == ".html" else ""  # data are in both
    status, media, content = reader.keep(site, (path, suffix, lang, number), make)
    if status == 404:
        return nothing(request)
    links = [*_alternates(path, suffix), f'<{BASE}{path}>; rel="describes"']
    links += [_described_by(path)] if suffix == ".html" else _turn(path, suffix, number, last)
    return body(request, content, media, status, {"Link": ", ".join(links), "Vary": "Accept-Encoding"})


def _table(reader: Reader, request: Request) -> Response:
    """One table of a page, as CSV."""
    site, view, path = reader.site(), view_of(request), request.path_params["path"]
    if re.split(r"[/#]", path)[0] not in ROOTS or not is_clean(BASE + path):
        return nothing(request)

    def make() -> Made:
        text = tables.csv_of(site, path, view.lang)
        return (200, f"{CSV}; charset=utf-8", text.encode()) if text is not None else (404, "", b"")

    status, media, content = reader.keep(site, (path, view.lang), make)
    return body(request, content, media) if status == 200 else nothing(request)


def _last(site: Site, path: str) -> Made:
    return 200, TEXT, str(data.pages(site, path)).encode()


def _turn(path: str, suffix: str, page: int, last: int) -> list[str]:
    """The pages of data before and after this one (RFC 8288)."""
    found = [("prev", page - 1)] if page > 1 else []
    found += [("next", page + 1)] if page < last else []
    return [f'</{_quoted(path, suffix)}?page={n}>; rel="{rel}"' for rel, n in found]


def _alternates(path: str, own: str) -> list[str]:
    """The other forms of the description of the thing at a path (RFC 8288)."""
    others = ((suffix, media) for suffix, media in SUFFIXES.items() if suffix != own)
    return [f'</{_quoted(path, suffix)}>; rel="alternate"; type="{media}"' for suffix, media in others]


def _described_by(path: str) -> str:
    return f'</{_quoted(path, ".ttl")}>; rel="describedby"; type="text/turtle"'


def _quoted(path: str, suffix: str) -> str:
    return quote(file_of(path, suffix), safe="/:@!$&'()*+,;=~")


def _see_other(request: Request, path: str, iri: str) -> Response:
    """303 to the page or the data, by what the client accepts."""
    chosen = negotiate.choose(request.headers.get("accept", ""), list(OFFERS))
    headers = {"Vary": "Accept", "Link": ", ".join([*_alternates(path, ""), _described_by(path)])}
    if chosen is None:
        return problem(request, UNWRITTEN.format(", ".join(SUFFIXES.values())), 406, headers)
    suffix = OFFERS[chosen]
    target = href(iri, view_of(request).lang) if suffix == ".html" else "/" + file_of(path, suffix)
    return RedirectResponse(target, 303, headers)


def nothing(request: Request, status: int = 404) -> Response:
    """404 in both languages, as a page for people and in its own form for a program."""
    if wanted(request) == "text/html":
        return page(request, lists.missing(view_of(request), request.url.path, status), {"Vary": "Accept"})
    return problem(request, NOTHING.format(request.url.path, request.url.path), status)


async def respond(reader: Reader, request: Request) -> Response:
    """The same, without holding up other requests."""
    return await run_in_threadpool(thing, reader, request)

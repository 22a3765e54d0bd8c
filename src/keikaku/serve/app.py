"""The web application: routes, and errors as one sentence."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from keikaku.draw import FORMS as PICTURES
from keikaku.endpoint import Endpoint
from keikaku.errors import ParameterError
from keikaku.namespaces import LICENCE
from keikaku.pages import Page, Site, graph, lists
from keikaku.pages import coverage as cover
from keikaku.pages.assets import MEDIA, assets
from keikaku.pages.completion import terms
from keikaku.pages.render import View
from keikaku.pages.routes import BELOW, FILES, PAGES
from keikaku.publish.findings import findings_page
from keikaku.serve import logs, releases, things
from keikaku.serve.limits import Limits, read_limits
from keikaku.serve.logs import log
from keikaku.serve.openapi import describe_questions
from keikaku.serve.pool import Pool
from keikaku.serve.questions import add_questions
from keikaku.serve.quick import Quick
from keikaku.serve.reader import Reader
from keikaku.serve.respond import EASE, HTML, PRESSED, Headers, body, both, problem, said, view_of
from keikaku.serve.searching import add_search
from keikaku.serve.server import listen, serve
from keikaku.serve.shelf import Made
from keikaku.serve.sparql import METHODS, Sparql
from keikaku.serve.warm import keep_warm, make_all
from keikaku.serve.worker import Job
from keikaku.settings import Settings

#: Suffix of a coverage report that is no page → media type.
REPORTS = {".md": "text/markdown; charset=utf-8", ".json": "application/json"}


def make_app(
    settings: Settings, limits: Limits | None = None, service: str = "", *, beforehand: bool = False
) -> FastAPI:
    """The application on the current build of `settings`, or on a service in its place, with `limits` or those of the environment.

    With `beforehand` the pages that take longest are made in the background before somebody asks for them.

    Raises CannotRunError when there is no build, or when the service cannot be asked.
    """
    reader = Reader(settings, service)
    pool = Pool(limits or read_limits(os.environ))
    quick = Quick(reader, pool.limits)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        store = reader.site().store
        asked = store if isinstance(store, Endpoint) else None
        first = Job(reader.site().folder, "ASK { ?s a jdx:Plan }", "text/csv", None, endpoint=asked)
        await pool.warm(first)
        warming = asyncio.create_task(keep_warm(reader, app, make_pages)) if beforehand and not service else None
        yield
        if warming is not None:
            warming.cancel()
        await pool.close()
        reader.close()

    app = FastAPI(title="Keikaku", docs_url=None, redoc_url=None, lifespan=lifespan, openapi_url=None)
    app.state.pool, app.state.reader, app.state.quick = pool, reader, quick
    app.state.prepared = ""  # the build whose pages have been made beforehand
    app.add_middleware(GZipMiddleware, minimum_size=PRESSED, compresslevel=EASE)
    app.add_middleware(Headers)
    app.add_middleware(logs.Access)
    app.add_middleware(Sparql, reader=reader, pool=pool, quick=quick)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    add_questions(app, reader, pool)
    add_search(app, reader)

    async def thing(request: Request) -> Response:
        return await things.respond(reader, request)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "build": reader.site().build_id}, headers={"Cache-Control": "no-store"})

    app.router.routes += [
        *(Route(path, _page(reader, make)) for path, make in PAGES.items()),
        *(Route(path, _file(reader, make)) for path, make in FILES.items()),
        *(Route(start + "{rest:path}", _below(reader, make)) for start, make in BELOW.items()),
        Route("/coverage/{name:path}", _coverage(reader)),
        *(Route(f"/graph{form}", _picture(reader, form)) for form in PICTURES),
        Route("/sparql", _other_method, methods=list(METHODS)),
        Route("/sparql/terms.json", _terms(reader)),
        Route("/healthz", health),
        Route("/findings", _page(reader, findings_page)),
        *releases.routes(reader),
        Route("/openapi.json", _openapi(app, reader)),
        Route("/assets/{name}", _asset(reader)),
        Route("/{path:path}", thing),
    ]
    return app


def make_pages(settings: Settings, *, which: Callable[[Site], list[str]]) -> int:
    """Make the pages of the current build at these addresses, those of a large graph on disk (`shelf`); how many.

    Raises CannotRunError when there is no build.
    """
    app = make_app(settings)
    reader: Reader = app.state.reader
    reader.long = 0.0  # in the process that serves, the second language would take as long as the first did here
    site = reader.site()

    async def made() -> int:
        async with app.router.lifespan_context(app):
            return await make_all(reader, app, which(site), site, rest=False)

    return asyncio.run(made())


def _other_method(_: Request) -> Response:
    """Of /sparql, where Sparql answers before: the route is there so that other methods are refused."""
    raise HTTPException(405)


def _openapi(app: FastAPI, reader: Reader) -> Callable[[Request], Response]:
    """The description of the routes for programs."""

    def show(request: Request) -> Response:
        text = json.dumps(describe_questions(app, reader.site().questions), ensure_ascii=False)
        return body(request, text.encode(), "application/json")

    return show


def _page(reader: Reader, make: Callable[[Site, View], Page]) -> Callable[[Request], Response]:
    """A route that shows a page, kept while the build stands."""

    def show(request: Request) -> Response:
        site, view = reader.site(), view_of(request)

        def made() -> Made:
            page = make(site, view)
            return page.status, HTML, page.html.encode()

        status, media, content = reader.keep(site, (view.path, view.lang, *sorted(view.params.items())), made)
        return body(request, content, media, status)

    return show


def _below(reader: Reader, make: Callable[[Site, View], Page | None]) -> Callable[[Request], Response]:
    """A route that shows the page of what the rest of the address names."""

    def show(request: Request) -> Response:
        def found(site: Site, view: View) -> Page:
            try:
                page = make(site, view)
            except ParameterError:
                page = None
            return page or lists.missing(view, view.path)

        return _page(reader, found)(request)

    return show


def _file(reader: Reader, make: Callable[[Site, View], bytes]) -> Callable[[Request], Response]:
    """A route that gives data of a page, kept while the build stands."""

    def show(request: Request) -> Response:
        site, view = reader.site(), view_of(request)
        media = {".csv": "text/csv; charset=utf-8"}[view.path[view.path.rindex(".") :]]

        def made() -> Made:
            return 200, media, make(site, view)

        status, _, content = reader.keep(site, (view.path, view.lang, *sorted(view.params.items())), made)
        return body(request, content, media, status, headers={"Link": f'<{LICENCE}>; rel="license"'})

    return show


def _coverage(reader: Reader) -> Callable[[Request], Response]:
    """The report of one plan: a page, or as .md or .json. Other names of it, such as a city's, lead to its address."""

    def show(request: Request) -> Response:
        site, view, name = reader.site(), view_of(request), request.path_params["name"]
        form = next((suffix for suffix in REPORTS if name.endswith(suffix)), "")
        try:
            plan = cover.find(site, name.removesuffix(form))
        except ParameterError:
            return things.nothing(request)
        if name.removesuffix(form) != cover.tail(plan):
            return RedirectResponse(view.link(f"/coverage/{cover.tail(plan)}{form}"), 303)
        if not form:
            return _page(reader, lambda site, view: cover.report(site, view, plan))(request)

        def made() -> Made:
            return 200, REPORTS[form], cover.text_of(site, plan, form[1:], view.lang).encode()

        status, media, content = reader.keep(site, (view.path, view.lang), made)
        return body(request, content, media, status)

    return show


def _asset(reader: Reader) -> Callable[[Request], Response]:
    """The few files of the site itself."""

    def show(request: Request) -> Response:
        path = assets(reader.settings).get(request.path_params["name"])
        return body(request, path.read_bytes(), MEDIA[path.suffix]) if path else things.nothing(request)

    return show


def _terms(reader: Reader) -> Callable[[Request], Response]:
    """What the editor completes."""

    def show(request: Request) -> Response:
        site, view = reader.site(), view_of(request)
        kept = reader.keep(site, ("terms", view.lang), lambda: (200, "application/json", terms(site, view.lang)))
        return body(request, kept[2], kept[1])

    return show


def _picture(reader: Reader, form: str) -> Callable[[Request], Response]:
    """The picture of the same address without its suffix, as a file."""

    def show(request: Request) -> Response:
        site, view = reader.site(), view_of(request)
        try:
            content = graph.file(site, view, form)
        except ParameterError as error:
            return problem(request, both(error), 400)
        named = {} if form == ".json" else {"Content-Disposition": f'attachment; filename="keikaku-graph{form}"'}
        licence = {"Link": f'<{LICENCE}>; rel="license"'}
        return body(request, content, PICTURES[form], headers=named | licence)

    return show


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return things.nothing(request)
    text = (
        "この方法では答えられません。 / This address does not answer to this method."
        if status == 405
        else f"この要求には答えられません({status})。 / This request cannot be answered ({status})."
    )
    return problem(request, text, status, getattr(error, "headers", None))


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error at %s", request.url.path, exc_info=error)
    return said(logs.UNEXPECTED, 500)


def run(
    settings: Settings, host: str = "127.0.0.1", port: int = 8000, *, endpoint: str = "", form: logs.Form = "text"
) -> None:
    """Serve until stopped. Raises CannotRunError when there is no build, or when the address cannot be listened on."""
    limits = read_limits(os.environ)
    app = make_app(settings, limits, endpoint, beforehand=os.environ.get("KEIKAKU_WARM") != "0")
    listener = listen(host, port)
    logs.set_up(form)
    serve(app, limits, listener)

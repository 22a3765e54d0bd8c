"""The SPARQL 1.1 Protocol at /sparql: queries by GET, form and body; reading only.

It stands in front of the other routes: a look-up takes the engine so little time that what lies before them would take most of it.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Mapping
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from keikaku.endpoint import Endpoint
from keikaku.pages.console import console
from keikaku.pages.site import Site
from keikaku.serve import logs
from keikaku.serve.asked import GRAPHS, Asked, Forms, ProtocolError, forms, read
from keikaku.serve.description import description
from keikaku.serve.limits import Limits
from keikaku.serve.negotiate import choose
from keikaku.serve.outcome import Outcome
from keikaku.serve.pool import Pool, Ticket
from keikaku.serve.quick import Quick
from keikaku.serve.reader import Reader
from keikaku.serve.respond import (
    ALWAYS,
    EASE,
    PRESSED,
    VARY,
    body,
    completed,
    dated,
    is_known,
    page,
    refused,
    said,
    tag_of,
    view_of,
)  # fmt: skip
from keikaku.serve.worker import GONE, Job

METHODS = ("GET", "HEAD", "POST")
_BY_ACCEPT = {"Vary": "Accept"}
#: Status of a refusal → what it says beside the sentence.
MORE = {408: {"Connection": "close"}, 503: {"Retry-After": "5"}}
_FRESH = (b"cache-control", b"no-cache")
#: Seconds after which one who waits for an answer is looked after: most answers are there before.
_LOOK = 0.05
#: Bytes of an answer from which on it takes a thread to compress it.
_MUCH = 200_000
#: Key of the scope under which the server leaves the bytes of a request that came in one piece.
WHOLE = "keikaku.whole"

#: Status, headers and body of an answer.
Reply = tuple[int, list[tuple[bytes, bytes]], bytes]


class Sparql:
    """Middleware that answers at /sparql and passes on all else."""

    def __init__(self, app: ASGIApp, reader: Reader, pool: Pool, quick: Quick) -> None:
        self.app, self.reader, self.pool, self.quick = app, reader, pool, quick

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and write the line of the log."""
        if scope["type"] != "http" or scope["path"] != "/sparql" or scope["method"] not in METHODS:
            await self.app(scope, receive, send)
            return
        start, status, content = time.perf_counter(), 0, b""
        scope[logs.NOTES] = {}
        try:
            headers = _headers(scope)
            try:
                no = refused(scope)
                status, raw, content = _plain(no) if no else await self._reply(scope, headers, receive)
            except Exception as error:
                logs.log.error("unexpected error at /sparql", exc_info=error)
                status, raw, content = _plain(said(logs.UNEXPECTED, 500))
            if len(content) >= PRESSED and b"gzip" in headers.get(b"accept-encoding", b""):
                content = await _pressed(content)
                raw = [pair for pair in raw if pair[0] != b"content-length"]
                raw += [(b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(content))]
            await send({"type": "http.response.start", "status": status, "headers": raw})
            await send({"type": "http.response.body", "body": content})
        finally:
            logs.write_line(scope, status, len(content), start)

    async def _reply(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Reply:
        accept = headers.get(b"accept", b"").decode("latin-1")
        site = self.reader.present()
        if site is None:
            site = await run_in_threadpool(self.reader.site)
        try:
            asked = await self._read(scope, headers, receive)
        except ClientDisconnect:
            return _plain(said("", 400))
        except ProtocolError as error:
            outcome = Outcome(error.status, "", error.text.encode())
            return await _refused(site, scope, "", outcome, forms(accept).page)
        wanted = forms(accept, asked.form)
        if asked.query is None:
            return _plain(await run_in_threadpool(self._without_query, Request(scope, receive), site, wanted.page))
        outcome = await self._outcome(site, asked, wanted, receive)
        if outcome.status != 200:
            return await _refused(site, scope, asked.query, outcome, wanted.page)
        if not wanted.page:
            if WHOLE in scope:
                self.quick.learn(scope[WHOLE], scope["method"], headers)
            return self._table(scope["method"], headers, outcome)
        view = view_of(Request(scope))
        made = await run_in_threadpool(console, site, view, asked.query, outcome.body)
        return _plain(page(Request(scope), made, _BY_ACCEPT))

    async def _read(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Asked:
        limits = self.pool.limits
        if scope["method"] != "POST":
            return await read(scope, headers, receive, limits)
        try:
            async with asyncio.timeout(limits.patience):
                return await read(scope, headers, receive, limits)
        except TimeoutError as error:
            raise ProtocolError(
                408,
                f"要求が {limits.patience:g} 秒以内に届きませんでした。 / "
                f"the request did not arrive within {limits.patience:g} seconds.",
            ) from error

    def _table(self, method: str, headers: Mapping[bytes, bytes], outcome: Outcome) -> Reply:
        """An answer with its tag and date; 304 without a body when the client has it already."""
        tag = tag_of(outcome.body)
        raw = [*ALWAYS, (b"etag", tag.encode()), _FRESH, VARY]
        if method != "POST":
            since = self.reader.since
            raw.append((b"last-modified", dated(since).encode()))
            if is_known(tag, _text(headers, b"if-none-match"), _text(headers, b"if-modified-since"), since):
                return 304, raw, b""
        raw.append((b"content-type", f"{outcome.media}; charset=utf-8".encode()))
        raw.append((b"content-length", b"%d" % len(outcome.body)))
        return 200, raw, outcome.body

    async def _outcome(self, site: Site, asked: Asked, wanted: Forms, receive: Receive) -> Outcome:
        """What was kept of an answer on this build, else what a worker makes of the query while the client waits."""
        key = (asked.query, wanted.tables, wanted.graphs, asked.default, asked.named)
        kept = self.reader.kept(site, key)
        if kept is not None:
            return Outcome(*kept)
        outcome = await within(self.pool, self.reader, job(site, asked, wanted, self.pool.limits), receive)
        if outcome.status == 200:
            self.reader.put(site, key, (outcome.status, outcome.media, outcome.body))
        return outcome

    def _without_query(self, request: Request, site: Site, html: bool) -> Response:
        """The form for people, the service description for programs (SPARQL 1.1 Service Description §2)."""
        if html and request.method != "POST":
            return page(request, console(site, view_of(request)), _BY_ACCEPT)
        media = choose(request.headers.get("accept", ""), list(GRAPHS))
        if request.method == "POST" or media is None:
            missing = (
                "問い合わせがありません。パラメータ query で送ってください。 / "
                "there is no query. Give it as the parameter “query”; see docs/sparql.md."
            )
            return said(missing, 400 if request.method == "POST" else 406, _BY_ACCEPT)
        address, form = str(request.url.replace(query="")), GRAPHS[media]
        content = description(self.reader, site, self.pool.limits, form, address)
        return body(request, content, f"{form}; charset=utf-8", headers=_BY_ACCEPT)


async def within(pool: Pool, reader: Reader, todo: Job, receive: Receive) -> Outcome:
    """What a worker makes of a job within the limits, while the client waits."""
    ticket, loop, watching = Ticket(), asyncio.get_running_loop(), set[asyncio.Task[None]]()
    timer = loop.call_later(_LOOK, lambda: watching.add(loop.create_task(_watch(receive, ticket))))
    try:
        outcome = await pool.run(todo, ticket)
        if outcome.status == GONE:  # the build was swapped away before a worker could open it
            now = await run_in_threadpool(reader.site)
            outcome = await pool.run(replace(todo, folder=now.folder), ticket)
    finally:
        timer.cancel()
        for task in watching:
            task.cancel()
    return Outcome(503, "", outcome.body) if outcome.status == GONE else outcome


async def _watch(receive: Receive, ticket: Ticket) -> None:
    """End a query when its client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    ticket.cancel()


def job(site: Site, asked: Asked, wanted: Forms, limits: Limits) -> Job:
    """What a worker is to do."""
    own = bool(asked.default or asked.named)
    return Job(
        site.folder,
        asked.query or "",
        wanted.tables,
        wanted.graphs,
        asked.default if own else None,
        asked.named if own else None,
        limits.rows,
        limits.answer,
        site.store if isinstance(site.store, Endpoint) else None,
    )


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request, those of one name joined (RFC 9110 §5.3)."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        found[name] = found[name] + b", " + value if name in found else value
    return found


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    return headers[name].decode("latin-1") if name in headers else None


async def _pressed(content: bytes) -> bytes:
    """An answer compressed, the same bytes every time."""
    if len(content) < _MUCH:
        return gzip.compress(content, EASE, mtime=0)
    return await asyncio.to_thread(gzip.compress, content, EASE, mtime=0)


def _plain(response: Response) -> Reply:
    """A response of the other routes."""
    raw = [(name, value) if name != b"vary" else VARY for name, value in response.raw_headers]
    return response.status_code, completed(raw), bytes(response.body)


async def _refused(site: Site, scope: Scope, query: str, outcome: Outcome, html: bool) -> Reply:
    text = outcome.body.decode()
    headers = _BY_ACCEPT | MORE.get(outcome.status, {})
    if outcome.status >= 500:
        scope[logs.NOTES]["query"] = query[:1000]
    if html:
        request = Request(scope)
        made = await run_in_threadpool(console, site, view_of(request), query, b"", text, outcome.status)
        return _plain(page(request, made, headers))
    return _plain(said(text, outcome.status, headers))

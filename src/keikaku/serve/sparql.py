"""The SPARQL 1.1 Protocol at /sparql: queries by GET, form and body; reading only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import anyio
from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from keikaku.endpoint import Endpoint
from keikaku.pages import data
from keikaku.pages.address import is_clean
from keikaku.pages.console import console
from keikaku.pages.site import Site
from keikaku.serve import negotiate, results
from keikaku.serve.description import describe_service
from keikaku.serve.limits import Limits
from keikaku.serve.logs import NOTES
from keikaku.serve.pool import Pool, Ticket
from keikaku.serve.reader import Made, Reader
from keikaku.serve.respond import body, page, said, view_of
from keikaku.serve.worker import GONE, Job, Outcome

#: Media type asked for → form of a table, and of a graph; the canonical ones first.
TABLES = {form: form for form in results.TABLES} | {
    "application/json": results.JSON,
    "application/xml": results.XML,
    "text/xml": results.XML,
}
GRAPHS = {form: form for form in data.FORMS} | {
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/plain": "application/n-triples",
}
#: Values of the parameter `format`, which overrides Accept for people who only have a link.
NAMED = {
    "json": results.JSON, "xml": results.XML, "csv": results.CSV, "tsv": results.TSV,
    "ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples", "rdf": "application/rdf+xml",
    "turtle": "text/turtle", "n3": "text/turtle", "json-ld": "application/ld+json", "rdf+xml": "application/rdf+xml",
} | {media: media for media in (*TABLES, *GRAPHS)}  # fmt: skip
#: `xml` and `json` mean a table or a graph, whichever the answer is.
BOTH = {"json": "application/ld+json", "xml": "application/rdf+xml"}
#: Bytes of a request that is too large which are still read, so that the client gets to see the refusal.
DRAINED = 32_000_000
READ_ONLY = (
    "読み取り専用です。更新はできません。計画ファイルを直して構築してください。 / "
    "this service is read-only: updates are refused. Change the plan files and build; see README.md."
)
VARY = {"Vary": "Accept"}


class ProtocolError(Exception):
    """A request that the protocol does not allow: its status and one sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(frozen=True)
class Asked:
    """What a request asks: the query, the dataset of the protocol, and `format`."""

    query: str | None
    default: tuple[str, ...]
    named: tuple[str, ...]
    form: str


async def sparql(reader: Reader, pool: Pool, request: Request) -> Response:
    """Answer a request at /sparql."""
    accept = request.headers.get("accept", "")
    html = "text/html" in (negotiate.choose(accept, [*offers, "text/html"]) for offers in (TABLES, GRAPHS))
    try:
        with anyio.fail_after(pool.limits.patience):
            asked = await read(request, pool.limits)
    except ClientDisconnect:
        return said("", 400)
    except TimeoutError:
        slow = (
            f"要求が {pool.limits.patience:g} 秒以内に届きませんでした。 / "
            f"the request did not arrive within {pool.limits.patience:g} seconds."
        )
        return said(slow, 408, VARY | {"Connection": "close"})
    except ProtocolError as error:
        return await _refused(reader, request, "", Outcome(error.status, "", error.text.encode()), html)
    if asked.query is None:
        return await run_in_threadpool(_without_query, reader, pool.limits, request, html)
    return await _answered(reader, pool, request, asked, html and not asked.form)


def _without_query(reader: Reader, limits: Limits, request: Request, html: bool) -> Response:
    """The form for people, the service description for programs (SPARQL 1.1 Service Description §2)."""
    if html and request.method != "POST":
        return page(request, console(reader.site(), view_of(request)), VARY)
    media = negotiate.choose(request.headers.get("accept", ""), list(GRAPHS))
    if request.method == "POST" or media is None:
        missing = (
            "問い合わせがありません。パラメータ query で送ってください。 / "
            "there is no query. Give it as the parameter “query”; see docs/sparql.md."
        )
        return said(missing, 400 if request.method == "POST" else 406, VARY)
    site, address, form = reader.site(), str(request.url.replace(query="")), GRAPHS[media]

    def make() -> Made:
        return 200, f"{form}; charset=utf-8", data.to_bytes(describe_service(site, address, limits), form)

    _, kind, content = reader.keep(site, ("description", address, form), make)
    return body(request, content, kind, headers=VARY)


async def _answered(reader: Reader, pool: Pool, request: Request, asked: Asked, html: bool) -> Response:
    accept = request.headers.get("accept", "")
    text = asked.query or ""
    outcome = await _outcome(reader, pool, request, job(reader.site(), asked, accept, html, pool.limits))
    if outcome.status != 200:
        return await _refused(reader, request, text, outcome, html)
    if html:
        return await run_in_threadpool(
            lambda: page(request, console(reader.site(), view_of(request), text, outcome.body), VARY)
        )
    return body(request, outcome.body, f"{outcome.media}; charset=utf-8", headers=VARY)


async def _outcome(reader: Reader, pool: Pool, request: Request, todo: Job) -> Outcome:
    """The outcome of a job: what was kept from before on this build, else what a worker makes of it while the client waits."""
    site = reader.site()
    kept = reader.kept(site, todo)
    if kept is not None:
        return Outcome(*kept)
    ticket = Ticket()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        ticket.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        # Waiting for workers takes threads of its own: pages never wait behind queries.
        outcome = await to_thread.run_sync(pool.run, todo, ticket, limiter=pool.threads())
        if outcome.status == GONE:  # the build was swapped away before a worker could open it
            outcome = await to_thread.run_sync(
                pool.run, replace(todo, folder=reader.site().folder), ticket, limiter=pool.threads()
            )
        group.cancel_scope.cancel()
    if outcome.status == GONE:
        return Outcome(503, "", outcome.body)
    if outcome.status == 200:
        reader.keep(site, todo, lambda: (outcome.status, outcome.media, outcome.body))
    return outcome


def job(site: Site, asked: Asked, accept: str, html: bool, limits: Limits) -> Job:
    """What a worker is to do."""
    wanted = NAMED.get(asked.form, "") or accept
    tables = results.JSON if html else TABLES.get(negotiate.choose(wanted, list(TABLES)) or "")
    wanted = BOTH.get(asked.form, "") or wanted
    graphs = "text/turtle" if html else GRAPHS.get(negotiate.choose(wanted, list(GRAPHS)) or "")
    own = bool(asked.default or asked.named)
    return Job(
        site.folder,
        asked.query or "",
        tables,
        graphs,
        asked.default if own else None,
        asked.named if own else None,
        limits.rows,
        limits.answer,
        site.store if isinstance(site.store, Endpoint) else None,
    )


async def read(request: Request, limits: Limits) -> Asked:
    """Read a request of any of the forms of the protocol (SPARQL 1.1 Protocol §2.1). Raises ProtocolError."""
    raw = request.scope["query_string"]
    if len(raw) > limits.body:
        raise ProtocolError(
            414,
            f"番地が {limits.body:,} バイトを超えます。POST で送ってください。 / the address is longer than {limits.body:,} bytes. Send the query by POST.",
        )
    pairs = _pairs(raw)
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        content = await _content(request, limits)
        if kind == "application/x-www-form-urlencoded":
            pairs = _pairs(content) + [(k, v) for k, v in pairs if k != "query"]
        elif kind == "application/sparql-query":
            pairs = [("query", _text(content)), *((k, v) for k, v in pairs if k != "query")]
        elif kind == "application/sparql-update":
            raise ProtocolError(400, READ_ONLY)
        else:
            raise ProtocolError(
                415,
                "POST の Content-Type は application/sparql-query か application/x-www-form-urlencoded です。 / "
                "a POST is application/sparql-query or application/x-www-form-urlencoded; see docs/sparql.md.",
            )
    given = {
        name: tuple(v for k, v in pairs if k == name)
        for name in ("query", "update", "default-graph-uri", "named-graph-uri", "format")
    }
    if given["update"]:
        raise ProtocolError(400, READ_ONLY)
    if len(given["query"]) > 1:
        raise ProtocolError(
            400,
            f"問い合わせが {len(given['query'])} 個あります。一つずつ送ってください。 / there are {len(given['query'])} queries. Send one at a time.",
        )
    for iri in given["default-graph-uri"] + given["named-graph-uri"]:
        if not is_clean(iri) or ":" not in iri:
            raise ProtocolError(
                400,
                f"「{iri[:80]}」はグラフの IRI ではありません。省略せずに書いてください。 / “{iri[:80]}” is no IRI of a graph. Write it in full.",
            )
    form = given["format"][0] if given["format"] else ""
    if form and form not in NAMED:
        known = ", ".join(list(NAMED)[:8])
        raise ProtocolError(
            406,
            f"形式「{form[:20]}」はありません。あるもの: {known}。 / the format “{form[:20]}” is unknown. Known: {known}.",
        )
    query = given["query"][0] if given["query"] else None
    if query is not None and not query.strip():
        raise ProtocolError(
            400,
            "問い合わせが空です。パラメータ query で送ってください。 / the query is empty. Give it as the parameter “query”; see docs/sparql.md.",
        )
    return Asked(query, given["default-graph-uri"], given["named-graph-uri"], form)


async def _content(request: Request, limits: Limits) -> bytes:
    if request.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise ProtocolError(
            415,
            "圧縮した要求は受け取れません。 / a compressed request cannot be read. Send it without Content-Encoding.",
        )
    found = bytearray()
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size <= limits.body:
            found += piece
        elif size > DRAINED:
            break
    if size > limits.body:
        raise ProtocolError(
            413,
            f"要求が {limits.body:,} バイトを超えます。短くしてください。 / "
            f"the request is larger than {limits.body:,} bytes. Send a shorter query.",
        )
    return bytes(found)


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=100
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise ProtocolError(
            400,
            "パラメータが UTF-8 のパーセント符号化ではありません。 / "
            "the parameters are not percent-encoded UTF-8. Encode them as a browser does.",
        ) from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(
            400,
            f"問い合わせが UTF-8 ではありません({error.start} バイト目)。 / the query is not UTF-8: byte {error.start}. Send it as UTF-8.",
        ) from error


async def _refused(reader: Reader, request: Request, query: str, outcome: Outcome, html: bool) -> Response:
    text = outcome.body.decode()
    headers = VARY | ({"Retry-After": "5"} if outcome.status == 503 else {})
    if outcome.status >= 500:
        request.scope.get(NOTES, {})["query"] = query[:1000]
    if html:
        made = await run_in_threadpool(console, reader.site(), view_of(request), query, b"", text, outcome.status)
        return page(request, made, headers)
    return said(text, outcome.status, headers)

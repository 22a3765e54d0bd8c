"""The SPARQL 1.1 Protocol at /sparql: queries by GET, form and body; reading only."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from keikaku.pages import data
from keikaku.pages.address import is_clean
from keikaku.pages.console import console
from keikaku.serve import negotiate, results
from keikaku.serve.description import describe_service
from keikaku.serve.limits import Limits
from keikaku.serve.pool import Pool
from keikaku.serve.reader import Reader
from keikaku.serve.respond import body, page, said, view_of
from keikaku.serve.worker import Job, Outcome

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
}  # fmt: skip
VARY = {"Vary": "Accept"}
PREFLIGHT = {
    "Allow": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}


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
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=PREFLIGHT)
    accept = request.headers.get("accept", "")
    html = "text/html" in (negotiate.choose(accept, [*offers, "text/html"]) for offers in (TABLES, GRAPHS))
    try:
        asked = await read(request, pool.limits)
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
        return said("there is no query. Give it as the parameter “query”; see docs/sparql.md.", 400, VARY)
    triples = describe_service(reader.site(), str(request.url.replace(query="")), limits)
    return body(request, data.to_bytes(triples, GRAPHS[media]), f"{GRAPHS[media]}; charset=utf-8", headers=VARY)


async def _answered(reader: Reader, pool: Pool, request: Request, asked: Asked, html: bool) -> Response:
    accept = request.headers.get("accept", "")
    text = asked.query or ""
    # Waiting for workers takes threads of its own: pages never wait behind queries.
    todo = job(reader, asked, accept, html, pool.limits)
    outcome = await to_thread.run_sync(pool.run, todo, limiter=pool.threads())
    if outcome.status != 200:
        return await _refused(reader, request, text, outcome, html)
    if html:
        return await run_in_threadpool(
            lambda: page(request, console(reader.site(), view_of(request), text, outcome.body), VARY)
        )
    return body(request, outcome.body, f"{outcome.media}; charset=utf-8", headers=VARY)


def job(reader: Reader, asked: Asked, accept: str, html: bool, limits: Limits) -> Job:
    """What a worker is to do."""
    wanted = NAMED.get(asked.form, "") or accept
    tables = results.JSON if html else TABLES.get(negotiate.choose(wanted, list(TABLES)) or "")
    graphs = "text/turtle" if html else GRAPHS.get(negotiate.choose(wanted, list(GRAPHS)) or "")
    own = bool(asked.default or asked.named)
    return Job(
        reader.site().folder,
        asked.query or "",
        tables,
        graphs,
        asked.default if own else None,
        asked.named if own else None,
        limits.rows,
    )


async def read(request: Request, limits: Limits) -> Asked:
    """Read a request of any of the forms of the protocol (SPARQL 1.1 Protocol §2.1). Raises ProtocolError."""
    raw = request.scope["query_string"]
    if len(raw) > limits.body:
        raise ProtocolError(414, f"the address is longer than {limits.body:,} bytes. Send the query by POST.")
    pairs = _pairs(raw)
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        content = await _content(request, limits)
        if kind == "application/x-www-form-urlencoded":
            pairs = _pairs(content) + [(k, v) for k, v in pairs if k != "query"]
        elif kind == "application/sparql-query":
            pairs = [("query", _text(content)), *((k, v) for k, v in pairs if k != "query")]
        elif kind == "application/sparql-update":
            raise ProtocolError(
                400, "this service is read-only: updates are refused. Change the plan files and build; see README.md."
            )
        else:
            raise ProtocolError(
                415, "a POST is application/sparql-query or application/x-www-form-urlencoded; see docs/sparql.md."
            )
    given = {
        name: tuple(v for k, v in pairs if k == name)
        for name in ("query", "update", "default-graph-uri", "named-graph-uri", "format")
    }
    if given["update"]:
        raise ProtocolError(
            400, "this service is read-only: updates are refused. Change the plan files and build; see README.md."
        )
    if len(given["query"]) > 1:
        raise ProtocolError(400, f"there are {len(given['query'])} queries. Send one at a time.")
    for iri in given["default-graph-uri"] + given["named-graph-uri"]:
        if not is_clean(iri) or ":" not in iri:
            raise ProtocolError(400, f"“{iri[:80]}” is no IRI of a graph. Write it in full.")
    form = given["format"][0] if given["format"] else ""
    if form and form not in NAMED:
        raise ProtocolError(406, f"the format “{form[:20]}” is unknown. Known: {', '.join(NAMED)}.")
    query = given["query"][0] if given["query"] else None
    if query is not None and not query.strip():
        raise ProtocolError(400, "the query is empty. Give it as the parameter “query”; see docs/sparql.md.")
    return Asked(query, given["default-graph-uri"], given["named-graph-uri"], form)


async def _content(request: Request, limits: Limits) -> bytes:
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > limits.body:
            raise ProtocolError(413, f"the request is larger than {limits.body:,} bytes. Send a shorter query.")
    return bytes(found)


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=100
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise ProtocolError(
            400, "the parameters are not percent-encoded UTF-8. Encode them as a browser does."
        ) from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(400, f"the query is not UTF-8: byte {error.start}. Send it as UTF-8.") from error


async def _refused(reader: Reader, request: Request, query: str, outcome: Outcome, html: bool) -> Response:
    text = outcome.body.decode()
    headers = VARY | ({"Retry-After": "5"} if outcome.status == 503 else {})
    if html:
        made = await run_in_threadpool(console, reader.site(), view_of(request), query, b"", text, outcome.status)
        return page(request, made, headers)
    return said(text, outcome.status, headers)

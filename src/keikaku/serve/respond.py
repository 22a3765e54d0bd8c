"""What every answer carries: entity tags and dates, the headers that keep a page to itself, and errors as one sentence."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import quote

from rdflib import Literal, URIRef
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keikaku.errors import KeikakuError
from keikaku.namespaces import HTTP, PREFIXES, RDF, RDFS, XSD
from keikaku.pages import Page, data
from keikaku.pages.address import SUFFIXES, split_file
from keikaku.pages.policy import POLICY
from keikaku.pages.render import View
from keikaku.serve import negotiate

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
PROBLEM = "application/problem+json"
#: Media type a client may want → form of an error: a page, a problem (RFC 9457), the forms of RDF, or one line of text.
ERRORS = {
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    PROBLEM: PROBLEM,
    "application/json": PROBLEM,
    **{media: media for suffix, media in SUFFIXES.items() if suffix != ".html"},
    "text/plain": TEXT,
}
#: Parameters that an address may have several times; a page gets them joined by commas.
SEVERAL = ("city",)
_ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, ETag, Last-Modified, Location, Retry-After",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Of pages, beside their policy: nothing here needs a device, and other sites read our data, not our pages.
_PAGES = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


#: The same as they are sent.
ALWAYS = [(name.lower().encode(), value.encode()) for name, value in _ALWAYS.items()]
#: Of answers at /sparql, compressed or not.
VARY = (b"vary", b"Accept, Accept-Encoding")
#: Bytes of an answer from which on it is compressed, and how hard.
PRESSED, EASE = 1024, 5
_OF_PAGES = [(name.lower().encode(), value.encode()) for name, value in _PAGES.items()]

#: What a browser is told that asks before it sends (CORS); /sparql takes POST as well.
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
POST = {"Allow": "GET, HEAD, POST, OPTIONS", "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS"}
_HOST = re.compile(r"[\w.-]*(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?", re.ASCII)


class Headers:
    """Middleware that adds the headers every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; refuse one whose host is no host, and say what is allowed to a browser that asks first."""
        if scope["type"] == "http":
            no = refused(scope)
            if no is not None:
                await no(scope, receive, send)
                return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = completed(message.get("headers", []))
            await send(message)

        await self.app(scope, receive, sending if scope["type"] == "http" else send)


def completed(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers with those that every answer has; one that brings its own keeps it."""
    found = list(headers)
    names = {name for name, _ in found}
    html = any(name == b"content-type" and value.startswith(b"text/html") for name, value in found)
    return found + [pair for pair in (ALWAYS + _OF_PAGES if html else ALWAYS) if pair[0] not in names]


def refused(scope: Scope) -> Response | None:
    """An answer to a request that no route needs to see."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1 or not _HOST.fullmatch(hosts[0].decode("latin-1") if hosts else ""):
        return said(
            "要求の Host がホスト名ではありません。 / the Host of the request is no name of a host.", 400, _ALWAYS
        )
    if scope["method"] == "OPTIONS":
        return Response(status_code=204, headers=_ALWAYS | PREFLIGHT | (POST if scope["path"] == "/sparql" else {}))
    return None


def view_of(request: Request) -> View:
    """Language, path and parameters of a request; Japanese unless English is asked for."""
    given = request.query_params
    params = {key: ",".join(given.getlist(key)) if key in SEVERAL else given[key] for key in given if key != "lang"}
    return View("en" if request.query_params.get("lang") == "en" else "ja", request.url.path, params)


def body(
    request: Request, content: bytes, media: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with its entity tag and date; 304 without a body when the client has it already."""
    extra = {"ETag": tag_of(content), "Cache-Control": "no-cache", **(headers or {})}
    if status == 200 and request.method in ("GET", "HEAD"):
        extra["Last-Modified"] = dated(since(request))
        if is_had(request, extra["ETag"]):
            return Response(status_code=304, headers=extra)
    return Response(content, status, extra, media_type=media)


def since(request: Request) -> int:
    """When what is shown last changed: build or program, whichever is younger."""
    found: int = request.app.state.reader.since
    return found


def tag_of(content: bytes) -> str:
    """The entity tag of an answer."""
    return f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'


@lru_cache(maxsize=16)
def dated(seconds: int) -> str:
    """A time as HTTP writes it."""
    return formatdate(seconds, usegmt=True)


def is_had(request: Request, tag: str) -> bool:
    """Whether the client says that it has this answer."""
    given = request.headers
    return is_known(tag, given.get("if-none-match"), given.get("if-modified-since"), since(request))


def is_known(tag: str, tags: str | None, date: str | None, changed: int) -> bool:
    """Whether a client has an answer: by tag, or by date where it names no tag (RFC 9110 §13.2.2)."""
    if tags is not None:
        had = [one.strip().removeprefix("W/") for one in tags.split(",")]
        return tags.strip() == "*" or tag.removeprefix("W/") in had
    try:
        return date is not None and parsedate_to_datetime(date).timestamp() >= changed
    except (ValueError, OverflowError, OSError):
        return False


def page(request: Request, made: Page, headers: Mapping[str, str] | None = None) -> Response:
    """A page as an answer."""
    return body(request, made.html.encode(), HTML, made.status, headers)


def said(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """One sentence as plain text."""
    return Response(text + "\n", status, headers, media_type=TEXT)


def wanted(request: Request) -> str:
    """The form of an error that the client likes best; the suffix of the address decides where it likes all the same."""
    path = request.url.path
    by_suffix = PROBLEM if path.endswith(".json") else SUFFIXES.get(split_file(path)[1], "text/html")
    plain = path.rpartition("/")[2].rpartition(".")[2] in ("csv", "md", "xlsx", "txt", "xml", "gz")
    first = ["text/plain"] if plain else [by_suffix]
    return ERRORS[negotiate.choose(request.headers.get("accept", ""), [*first, *ERRORS]) or "text/plain"]


def problem(request: Request, text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A sentence in both languages (`ja / en`) in the form that a program asks for: RFC 9457, RDF, or a line of text."""
    form, extra = wanted(request), {"Vary": "Accept", **(headers or {})}
    ja, _, en = text.partition(" / ")
    if form == PROBLEM:
        value = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": text, "ja": ja, "en": en}  # fmt: skip
        return Response(json.dumps(value, ensure_ascii=False) + "\n", status, extra, media_type=PROBLEM)
    if form in SUFFIXES.values() and form != "text/html":
        node = URIRef(f"{request.base_url}{quote(request.url.path.lstrip('/'), safe='/')}#response")
        said_ = (
            (node, RDF.type, HTTP.Response),
            (node, HTTP.statusCodeValue, Literal(str(status), datatype=XSD.integer)),
            (node, HTTP.reasonPhrase, Literal(HTTPStatus(status).phrase)),
            (node, RDFS.comment, Literal(ja, lang="ja")),
            (node, RDFS.comment, Literal(en, lang="en")),
        )
        return Response(data.to_bytes(said_, form, PREFIXES), status, extra, media_type=f"{form}; charset=utf-8")
    return said(text, status, extra)


def both(error: KeikakuError) -> str:
    """The sentence in both languages, as `problem` takes them apart; what a person wrote may hold the " / " between them."""
    return f"{error.sentence('ja').replace(' / ', '/')} / {error}"

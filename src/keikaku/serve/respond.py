"""What every answer carries: entity tags, the headers that keep a page to itself, and errors as one sentence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from starlette.datastructures import Headers as Headers_
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keikaku.pages import Page
from keikaku.pages.policy import POLICY
from keikaku.pages.render import View

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, ETag, Location",
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


#: What a browser is told that asks before it sends (CORS); /sparql takes POST as well.
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
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
            refused = _refused(scope)
            if refused is not None:
                await refused(scope, receive, send)
                return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    for name, value in _PAGES.items():  # a response that brings its own keeps it
                        headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, sending if scope["type"] == "http" else send)


def _refused(scope: Scope) -> Response | None:
    """An answer to a request that no route needs to see."""
    host = Headers_(scope=scope).get("host", "")
    if not _HOST.fullmatch(host):
        return said(
            "要求の Host がホスト名ではありません。 / the Host of the request is no name of a host.", 400, _ALWAYS
        )
    if scope["method"] == "OPTIONS":
        return Response(status_code=204, headers=_ALWAYS | PREFLIGHT | (POST if scope["path"] == "/sparql" else {}))
    return None


def view_of(request: Request) -> View:
    """Language, path and parameters of a request; Japanese unless English is asked for."""
    params = {key: value for key, value in request.query_params.items() if key != "lang"}
    return View("en" if request.query_params.get("lang") == "en" else "ja", request.url.path, params)


def body(
    request: Request, content: bytes, media: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with its entity tag; 304 without a body when the client has it already."""
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'
    extra = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    had = request.headers.get("if-none-match", "")
    if (
        status == 200
        and request.method in ("GET", "HEAD")
        and (had.strip() == "*" or tag in [t.strip() for t in had.split(",")])
    ):
        return Response(status_code=304, headers=extra)
    return Response(content, status, extra, media_type=media)


def page(request: Request, made: Page, headers: Mapping[str, str] | None = None) -> Response:
    """A page as an answer."""
    return body(request, made.html.encode(), HTML, made.status, headers)


def said(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """One sentence as plain text."""
    return Response(text + "\n", status, headers, media_type=TEXT)

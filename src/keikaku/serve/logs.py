"""What the service writes down: one line per request and what goes wrong, as text or as JSON; never who asked."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Form = Literal["text", "json"]
log = logging.getLogger("keikaku.serve")
#: Key of the scope under which a route leaves more to write down.
NOTES = "keikaku.notes"
#: Attribute of a log record that holds the fields of a request.
_FIELDS = "fields"
_NAMES = ("method", "path", "status", "bytes", "ms")
UNEXPECTED = "思いがけない誤りが起きました。 / Something unexpected went wrong. Report the address that you asked for."


class Access:
    """Middleware that writes a line for every request: method, path, status, bytes and milliseconds.

    The address of the client and what it searches for are left out; a query is written down when it was refused as too heavy.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write the line when it is answered, or when the client has gone."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status, sent = time.perf_counter(), 0, 0

        async def sending(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        scope[NOTES] = {}
        try:
            await self.app(scope, receive, sending)
        finally:
            write_line(scope, status, sent, start)


def write_line(scope: Scope, status: int, size: int, start: float) -> None:
    """Write down a request that began at `start` of time.perf_counter."""
    path = scope.get("raw_path", b"").decode("ascii", "replace")[:500]
    write_down(scope["method"], path, status, size, start, scope[NOTES])


def write_down(method: str, path: str, status: int, size: int, start: float, notes: Mapping[str, str]) -> None:
    """Write down a request. A record made here is cheap: it is not asked who wrote it."""
    if not log.isEnabledFor(logging.INFO):
        return
    told = (method, path, status, size, round((time.perf_counter() - start) * 1000, 1))
    record = logging.LogRecord(log.name, logging.INFO, "", 0, "%s %s %d %d B %s ms", told, None)
    setattr(record, _FIELDS, {**dict(zip(_NAMES, told, strict=True)), **notes})
    log.handle(record)


_ENCODER = json.JSONEncoder(ensure_ascii=False)


class JsonLines(logging.Formatter):
    """One JSON object per line: time (UTC), level, logger, message, the fields of a request, and where an error arose."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        fields = getattr(record, _FIELDS, None)
        line |= fields if fields is not None else {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(line)


def set_up(form: Form) -> None:
    """Send what the service and its server write to stderr, in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in ("keikaku", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)

"""What the service writes down: one line per request and what goes wrong, as text or as JSON; never who asked."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Form = Literal["text", "json"]
log = logging.getLogger("keikaku.serve")
#: Key of the scope under which a route leaves more to write down.
NOTES = "keikaku.notes"
#: Attribute of a log record that holds the fields of a request.
_FIELDS = "fields"
#: Seconds between two times that lines of requests are written, and lines that are written together at most.
_OFTEN, _TOGETHER = 0.2, 500
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
    """Write down a request. Nobody is asked who wrote the record."""
    if not log.isEnabledFor(logging.INFO):
        return
    told = (method, path, status, size, round((time.perf_counter() - start) * 1000, 1))
    record = logging.LogRecord(log.name, logging.INFO, "", 0, "%s %s %d %d B %s ms", told, None)
    setattr(record, _FIELDS, notes)
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
        notes = getattr(record, _FIELDS, None)
        if notes is None:
            line["message"] = record.getMessage()
        elif isinstance(record.args, tuple):
            line |= dict(zip(_NAMES, record.args, strict=True)) | notes
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(line)


class Gathering(logging.StreamHandler[TextIO]):
    """Lines of requests are written together a few times a second, since each by itself costs as much as a look-up; all else at once."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._gathered: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        self._gathered.append(record)
        if not hasattr(record, _FIELDS) or len(self._gathered) >= _TOGETHER or not self._later():
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        self.acquire()
        try:
            gathered, self._gathered = self._gathered, []
            if gathered:
                self.stream.write("".join(f"{self.format(record)}\n" for record in gathered))
            self.stream.flush()
        finally:
            self.release()

    def _later(self) -> bool:
        """Whether somebody will write what is gathered: the event loop that runs here."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        if len(self._gathered) == 1:
            loop.call_later(_OFTEN, self.flush)
        return True


def set_up(form: Form) -> None:
    """Send what the service and its server write to stderr, in this form."""
    handler = Gathering(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in ("keikaku", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)

"""The server that listens: graceful stop, and clients that dawdle are sent away."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from keikaku.errors import CannotRunError
from keikaku.serve.limits import Limits
from keikaku.serve.quick import WAIT, Quick
from keikaku.serve.sparql import WHOLE

#: Seconds that requests may still take after the service was told to stop, beyond the time of a query.
_LAST = 5
#: How a request begins that may be answered as soon as it is read.
_QUERIES = (b"POST /sparql ", b"GET /sparql?")
#: Seconds that the head of such a request waits for its body, which most clients send by itself.
_HELD = 0.02
#: Bytes of the first line and the headers of a request.
HEADER = 65_536
_LONG = "要求の番地とヘッダーが長すぎます。問い合わせは POST で送ってください。 / The address and headers of the request are too long. Send a query by POST.\n".encode()
_FULL = "接続が多すぎます。少し待ってやり直してください。 / Too many connections are open. Try again in a few seconds.\n".encode()


class Patient(HttpToolsProtocol):
    """HTTP with limits on the time that a client may take to say what it wants, on the size of that, and on the number of connections."""

    def __init__(self, *given: Any, limits: Limits, quick: Quick | None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.limits, self.quick = limits, quick
        self._whole: bytes | None = None
        self._held, self._holding = b"", cast(asyncio.TimerHandle | None, None)
        self._timer: asyncio.TimerHandle | None = None
        self._begun, self._ended, self._fed = False, True, 0
        self._used = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """Take a connection, or turn it away when there are too many."""
        super().connection_made(transport)
        wire = transport.get_extra_info("socket")
        if wire is not None:  # asyncio leaves it out for a socket that was made elsewhere: 40 ms for every answer
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > self.limits.connections:
            self._turn_away(503, _FULL, "Retry-After: 5\r\n")
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on; a header that is begun must come to its end in time, and not be endless."""
        if self.parser is None or self.transport.is_closing():  # turned away
            return
        if self._ended and data and self.quick is not None:
            data = self._taken() + data
            if self._answered(self.quick, data):
                return
        self._read(data)

    def _read(self, data: bytes) -> None:
        """Read in the usual way."""
        self._fed += len(data)
        super().data_received(data)
        self._whole = None
        if not self._begun:
            self._fed = 0
            if self._timer is not None:
                self._stop_waiting()
        elif self._fed > HEADER:
            self._turn_away(431, _LONG)
        elif self._timer is None:
            self._wait()

    def _answered(self, quick: Quick, data: bytes) -> bool:
        """Whether a request is answered already, or waits for its body; only while nothing else is under way on this connection."""
        idle = self.cycle is None or self.cycle.response_complete
        if not idle or self.flow.write_paused or not data.startswith(_QUERIES):
            return False
        response = quick.answer(data, _lines(self.server_state.default_headers))
        if response is None:
            self._whole = data
            return False
        if response == WAIT:
            self._held, self._holding = data, self.loop.call_later(_HELD, self._release)
            return True
        self._stop_waiting()
        self.transport.write(response)
        self.server_state.total_requests += 1
        self._used = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        return True

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has not been used for a while. Its timer is not set anew for each quick answer, so it looks again."""
        self.timeout_keep_alive_task = None
        left = self._used + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _taken(self) -> bytes:
        """What was held back, which from now on is not."""
        if self._holding is not None:
            self._holding.cancel()
            self._holding = None
        held, self._held = self._held, b""
        return held

    def _release(self) -> None:
        """Read what was held back in the usual way."""
        held = self._taken()
        if held and self.parser is not None and not self.transport.is_closing():
            self._whole = held
            self._read(held)

    def shutdown(self) -> None:
        """The service stops: what was held back is still answered."""
        self._release()
        super().shutdown()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._begun, self._ended = True, False
        super().on_message_begin()
        if self._whole is not None:
            cast(dict[str, Any], self.scope)[WHOLE] = self._whole

    def on_headers_complete(self) -> None:
        """Its header has come to its end. Raises ValueError, which becomes 400, when that was too long."""
        self._begun = False
        if self._fed > HEADER and len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEADER:
            raise ValueError("the header is too long")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request has come to its end."""
        self._ended = True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._taken()
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.limits.patience, self._late)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn_away(self, status: int, sentence: bytes, more: str = "") -> None:
        if self.transport.is_closing():
            return
        self._stop_waiting()
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        head += f"Content-Length: {len(sentence)}\r\n{more}Connection: close\r\n\r\n"
        self.transport.write(head.encode() + sentence)
        self.transport.close()

    def _late(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.close()


_written: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"")


def _lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The headers that the server adds, as they are sent: the same until the next second."""
    global _written  # noqa: PLW0603 - a process serves at one port
    if _written[0] is not headers:
        _written = headers, b"".join(b"%s: %s\r\n" % pair for pair in headers)
    return _written[1]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises CannotRunError when the address cannot be had."""
    try:
        return socket.create_server((host, port), backlog=2048, reuse_port=False)
    except OSError as error:
        raise CannotRunError(
            f"{host}:{port} cannot be listened on: {os.strerror(error.errno or 0)}",
            ja=f"{host}:{port} で待ち受けられません: {os.strerror(error.errno or 0)}",
            do="Take another port, such as --port 8001, or stop what listens there",
            do_ja="--port 8001 のように別の番号にするか、そこで待ち受けているものを止めてください",
            rule="README.md",
        ) from error


def config_of(app: FastAPI, limits: Limits, **more: Any) -> uvicorn.Config:
    """How the application is served."""
    return uvicorn.Config(
        app,
        http=partial(Patient, limits=limits, quick=getattr(app.state, "quick", None)),  # type: ignore[arg-type]  # made as a class would be
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=round(max(limits.seconds, limits.question)) + _LAST,
        **more,
    )


def serve(app: FastAPI, limits: Limits, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; requests that run are answered first."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    host, port = listener.getsockname()[:2]
    sys.stderr.write(f"http://{host}:{port}/\n")
    # uvicorn raises the signal again when it is done, which is to be the end of it.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with listener, suppress(KeyboardInterrupt):
            uvicorn.Server(config_of(app, limits)).run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, before)

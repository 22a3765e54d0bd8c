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
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from keikaku.errors import CannotRunError
from keikaku.serve.limits import Limits

#: Seconds that requests may still take after the service was told to stop, beyond the time of a query.
_LAST = 5
_FULL = "接続が多すぎます。少し待ってやり直してください。 / Too many connections are open. Try again in a few seconds.\n".encode()


class Patient(H11Protocol):
    """HTTP with a limit on the time that a client may take to say what it wants, and on the number of connections."""

    def __init__(self, *given: Any, limits: Limits, **named: Any) -> None:
        super().__init__(*given, **named)
        self.limits = limits
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or turn it away when there are too many."""
        super().connection_made(transport)
        wire = transport.get_extra_info("socket")
        if wire is not None:  # asyncio leaves it out for a socket that was made elsewhere: 40 ms for every answer
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > self.limits.connections:
            head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(_FULL)}\r\n"
            transport.write(f"{head}Retry-After: 5\r\nConnection: close\r\n\r\n".encode() + _FULL)
            transport.close()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on; a header that is begun must come to its end in time."""
        with suppress(AttributeError):  # a connection that was turned away
            super().data_received(data)
        begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not begun:
            self._stop_waiting()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.limits.patience, self._late)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises CannotRunError when the address cannot be had."""
    try:
        return socket.create_server((host, port), backlog=2048, reuse_port=False)
    except OSError as error:
        raise CannotRunError(
            f"{host}:{port} cannot be listened on: {os.strerror(error.errno or 0)}",
            do="Take another port, such as --port 8001, or stop what listens there",
            rule="README.md",
        ) from error


def config_of(app: FastAPI, limits: Limits, **more: Any) -> uvicorn.Config:
    """How the application is served."""
    return uvicorn.Config(
        app,
        http=partial(Patient, limits=limits),  # type: ignore[arg-type]  # made as a class would be
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=round(limits.seconds) + _LAST,
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

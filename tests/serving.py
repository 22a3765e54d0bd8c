"""A client of the application behind a real server, and a small graph store, for tests."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keikaku import store
from keikaku.errors import QueryError
from keikaku.pages import data
from keikaku.serve import Limits, results
from keikaku.serve.server import config_of
from keikaku.store import Store, Triples


@contextmanager
def running(app: FastAPI | Starlette, limits: Limits | None = None) -> Iterator[str]:
    """The address of the application behind the server it really has, on a free port."""
    server = uvicorn.Server(config_of(app, limits or Limits(), port=0, log_level="warning"))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def served(app: FastAPI | Starlette, limits: Limits | None = None) -> Iterator[httpx.Client]:
    """A client of the application."""
    with running(app, limits) as address, httpx.Client(base_url=address, timeout=30, trust_env=False) as made:
        yield made


@dataclass
class GraphStore:
    """A SPARQL service with the Graph Store Protocol, in memory. `log` tells what was sent; `union` and `login` can be set."""

    graphs: dict[str, bytes] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    union: bool = True
    login: str = ""
    refuse: Callable[[str, str], int] = lambda method, graph: 0
    headers: dict[str, str] = field(default_factory=dict)

    def store(self) -> Store:
        """All graphs as a store."""
        lines = (
            line.removesuffix(b" .\n") + f" <{name}> .\n".encode()
            for name, content in self.graphs.items()
            for line in content.splitlines(keepends=True)
        )
        return store.memory(b"".join(lines))

    def app(self) -> Starlette:
        """The service: /query and /store."""

        async def query(request: Request) -> Response:
            form = parse_qs((await request.body()).decode())
            return await run_in_threadpool(self._answer, form["query"][0])

        async def graph(request: Request) -> Response:
            name, content = request.query_params["graph"], await request.body()
            status = self._challenge(request) or self.refuse(request.method, name)
            if status:
                asked = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'} if status == 401 else {}
                return Response("no", status, asked)
            self.log.append((request.method, name))
            if request.method == "PUT":
                self.graphs[name] = content
                return Response(status_code=201)
            return Response(status_code=204 if self.graphs.pop(name, None) is not None else 404)

        return Starlette(
            routes=[Route("/query", query, methods=["POST"]), Route("/store", graph, methods=["PUT", "DELETE"])]
        )

    def _answer(self, text: str) -> Response:
        held = self.store()
        if not self.union and "GRAPH" not in text:
            held = store.memory()
        try:
            found = held.query(text)
        except QueryError as error:
            return Response(str(error), 400)
        if isinstance(found, Triples):
            body = data.to_bytes(found.triples, "text/turtle")
            return Response(body, media_type="text/turtle", headers=self.headers)
        return Response(results.to_bytes(found, results.JSON), media_type=results.JSON, headers=self.headers)

    def _challenge(self, request: Request) -> int:
        """401 unless the digest of the login is right (RFC 7616, MD5, qop=auth)."""
        if not self.login:
            return 0
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        given = {k.strip(): v.strip(' "') for k, _, v in (piece.partition("=") for piece in rest.split(","))}
        if kind != "Digest":
            return 401
        user, _, password = self.login.partition(":")

        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        right = md5(
            ":".join(
                (md5(f"{user}:r:{password}"), "n", given["nc"], given["cnonce"], "auth", md5(f"{request.method}:{given['uri']}"))
            )
        )  # fmt: skip
        return 0 if given["response"] == right else 401

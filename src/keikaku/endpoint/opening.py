"""Open a service in place of the embedded store, or copy what it holds."""

from __future__ import annotations

import hashlib
import http.client
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from rdflib import URIRef

from keikaku.endpoint.failures import RULE
from keikaku.endpoint.service import META, Endpoint, read_login
from keikaku.engines import name_of
from keikaku.errors import CannotRunError
from keikaku.read.quads import Quad, nt, to_nquads
from keikaku.store import Store, create

#: What everything that asks works on.
Opened = Store | Endpoint


def reach(url: str, environment: Mapping[str, str]) -> Endpoint:
    """A service that has not been asked anything yet. Raises CannotRunError for what is no address, or a wrong setting."""
    try:
        seconds = float(environment.get("KEIKAKU_ENDPOINT_SECONDS", "60"))
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise CannotRunError(
            "KEIKAKU_ENDPOINT_SECONDS is no positive number",
            ja="KEIKAKU_ENDPOINT_SECONDS が正の数ではありません",
            rule=RULE,
        )
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise CannotRunError(
            f"“{url}” is no address of a service",
            ja=f"「{url}」は窓口のアドレスではありません",
            do="Write http://… or https://…",
            do_ja="http://… か https://… を書いてください",
            rule=RULE,
        )
    return Endpoint(url, seconds, read_login(environment))


def open_endpoint(url: str, environment: Mapping[str, str] | None = None) -> Endpoint:
    """Open a service and see that it holds our graph and unites its named graphs.

    Raises CannotRunError when it cannot be reached, holds no build, or its default graph is not the union.
    """
    made = reach(url, os.environ if environment is None else environment)
    named = made.select("SELECT ?plan WHERE { GRAPH ?graph { ?plan a jdx:Plan } } LIMIT 1").rows
    if not named:
        raise CannotRunError(
            f"{url} holds no graph of this project",
            ja=f"{url} にこのプロジェクトのグラフがありません",
            do=f"Load it: keikaku push --endpoint {url}",
            do_ja=f"読み込むには: keikaku push --endpoint {url}",
            rule=RULE,
        )
    if made.query(f"ASK {{ {nt(named[0][0] or META)} a jdx:Plan }}") is not True:
        raise CannotRunError(
            f"the default graph of {url} is not the union of its named graphs",
            ja=f"{url} の既定のグラフが、名前付きグラフの和ではありません",
            do="Set the service so that it is",
            do_ja="和になるように窓口を設定してください",
            rule=RULE,
        )
    return replace(made, build_id=build_id(made), engine=name_of(_server(url)))


def copy(source: Endpoint, folder: Path) -> Store:
    """All that a service holds of ours, as a store on disk in the new `folder`, for what reads everything.

    Raises CannotRunError when the service breaks off; then `folder` is no whole build.
    """
    made = create(folder)
    for graph in source.graphs():
        found = source.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").triples
        made.load_nquads(to_nquads((s, p, o, URIRef(graph)) for s, p, o in found))
    made.write_build_id(source.build_id)
    return made


def _server(url: str) -> str:
    """What a service calls itself; "" when it does not say."""
    try:
        with urlopen(Request(url, method="HEAD"), timeout=10) as answer:  # noqa: S310 - `reach` has checked it
            return str(answer.headers.get("Server", ""))
    except HTTPError as error:
        return str(error.headers.get("Server", ""))
    except (OSError, http.client.HTTPException):
        return ""


def build_id(source: Endpoint) -> str:
    """The name of the build that a service holds, worked out from its metadata as the build works out its own."""
    rows = source.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{META}> {{ ?s ?p ?o }} }}").rows
    quads: list[Quad] = [(s, p, o, META) for s, p, o in rows if s is not None and p is not None and o is not None]
    hashes = {str(s): str(o).removeprefix("sha256:") for s, p, o, _ in quads if str(o).startswith("sha256:")}
    hashes[str(META)] = hashlib.sha256(to_nquads(quads)).hexdigest()
    digest = hashlib.sha256()
    for name in sorted(hashes):
        digest.update(name.encode() + b"\0" + bytes.fromhex(hashes[name]))
    return digest.hexdigest()[:16]

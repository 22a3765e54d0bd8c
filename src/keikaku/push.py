"""Push: load or update the graphs of any store by the SPARQL 1.1 Graph Store Protocol, one graph at a time, only what changed.

What a service holds is read from its own metadata graph, which keeps the hash of every named graph. Before anything is sent the
hashes of the graphs that will change are taken out of it, and the new metadata go last: a push that was broken off is taken up
again by the next, and no half-loaded graph ever counts as whole.
"""

from __future__ import annotations

import base64
import http.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
    urlopen,
)

from keikaku.endpoint import META, RULE, Endpoint, Login, identifiers
from keikaku.errors import CannotRunError
from keikaku.namespaces import GRAPH
from keikaku.store import Store, nt

#: What to do when the service answers so: (ja, en).
_ADDRESS = (
    "--graph-store URL で Graph Store Protocol のアドレスを指定してください",
    "Name the address of the Graph Store Protocol with --graph-store URL",
)
_REMEDIES = {
    401: (
        "KEIKAKU_ENDPOINT_USER と KEIKAKU_ENDPOINT_PASSWORD を設定してください。Digest 認証なら KEIKAKU_ENDPOINT_AUTH=digest も設定してください",
        "Set KEIKAKU_ENDPOINT_USER and KEIKAKU_ENDPOINT_PASSWORD, and KEIKAKU_ENDPOINT_AUTH=digest where it wants that",
    ),
    403: ("書き込みのできるログインを使ってください", "Use a login that may write"),
    404: _ADDRESS,
    405: _ADDRESS,
}
_AGAIN = (
    "原因が無くなってから、もう一度 push してください。読み込み済みのものは残ります",
    "Push again when the cause is gone; what was loaded stays",
)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Change:
    """What is to be done with one named graph: `put` (new or changed) or `delete` (no longer there); statements of a put."""

    graph: str
    action: str
    statements: int = 0


def graph_store_of(endpoint: str) -> str:
    """The usual address of the Graph Store Protocol beside that of the queries.

    >>> graph_store_of("http://localhost:7878/query")
    'http://localhost:7878/store'
    >>> graph_store_of("http://localhost:8890/sparql")
    'http://localhost:8890/sparql-graph-crud-auth'
    """
    parts = urlsplit(endpoint)
    head, _, last = parts.path.rstrip("/").rpartition("/")
    if last == "query" and not head:
        path = "/store"  # Oxigraph
    elif last == "sparql" and not head:
        path = "/sparql-graph-crud-auth"  # Virtuoso
    elif last in ("query", "sparql"):
        path = f"{head}/data"  # Fuseki
    else:
        path = f"{parts.path.rstrip('/')}/rdf-graphs/service"  # RDF4J, GraphDB
    return parts._replace(path=path, query="", fragment="").geturl()


def plan(store: Store, there: Mapping[str, str]) -> list[Change]:
    """What must change so that a service whose metadata give the hashes `there` holds the build of `store`.

    The metadata graph comes last; there is nothing to do at all when every hash is the same.
    """
    rows = store.select(
        f"SELECT ?graph ?id ?n WHERE {{ GRAPH <{META}> {{ ?graph dcterms:identifier ?id ; dcterms:extent ?n }} }}"
    ).rows
    here = {str(graph): (str(said).removeprefix("sha256:"), int(str(number))) for graph, said, number in rows}
    if {graph: said for graph, (said, _) in here.items()} == dict(there):
        return []
    changes = [Change(g, "put", n) for g, (said, n) in sorted(here.items()) if there.get(g) != said]
    changes += [Change(g, "delete") for g in sorted(there) if g not in here and g.startswith(str(GRAPH))]
    own = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{META}> {{ ?s ?p ?o }} }}").rows
    return [*changes, Change(str(META), "put", int(str(own[0][0])))]


def held(endpoint: Endpoint) -> dict[str, str]:
    """The hashes that a service tells of; none when it holds nothing of ours. Raises CannotRunError when it cannot be reached."""
    return identifiers(endpoint)


def triples_of(store: Store, graph: str, without: Sequence[str] = ()) -> bytes:
    """One named graph as sorted N-Triples; `without` leaves out the hashes of these graphs."""
    dropped = {f"<{iri}> <http://purl.org/dc/terms/identifier> " for iri in without}
    found = store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").triples
    lines = sorted({f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o in found})
    return "".join(line for line in lines if not any(line.startswith(start) for start in dropped)).encode()


def write(
    store: Store,
    changes: Sequence[Change],
    graph_store: str,
    login: Login,
    seconds: float,
    progress: Progress = lambda _: None,
) -> None:
    """Carry out `changes` at a graph store. Raises CannotRunError when it refuses or breaks off; then push again."""
    target = _Target(graph_store, login, seconds)
    if changes:
        target.put(str(META), triples_of(store, str(META), [c.graph for c in changes if c.graph != str(META)]))
    for change in changes:
        progress(f"{change.action} {change.graph}")
        if change.action == "put":
            target.put(change.graph, triples_of(store, change.graph))
        else:
            target.delete(change.graph)


class _Target:
    """A graph store behind its address."""

    def __init__(self, address: str, login: Login, seconds: float) -> None:
        self.address, self.login, self.seconds = address, login, seconds
        self.passwords = HTTPPasswordMgrWithDefaultRealm()
        self.passwords.add_password(None, address, login.user, login.password)
        self.digest = HTTPDigestAuthHandler(self.passwords)
        self.challenge: dict[str, str] = {}

    def _authorise(self, request: Request) -> None:
        """Add the login. A digest is worked out beforehand: Virtuoso hangs up on a large body that comes without it."""
        if self.login.user and not self.login.digest:
            both = f"{self.login.user}:{self.login.password}".encode()
            request.add_header("Authorization", f"Basic {base64.b64encode(both).decode()}")
        elif self.login.user:
            self.challenge = self.challenge or self._asked()
            said = self.digest.get_authorization(request, self.challenge) if self.challenge else None
            if said:
                request.add_header("Authorization", f"Digest {said}")

    def _asked(self) -> dict[str, str]:
        """What the store asks of a login, learnt from a request without a body."""
        try:
            with urlopen(self._request("DELETE", f"{META}/none"), timeout=self.seconds):  # noqa: S310 - see _request
                return {}
        except HTTPError as error:
            kind, _, rest = error.headers.get("WWW-Authenticate", "").partition(" ")
            return parse_keqv_list(parse_http_list(rest)) if kind.lower() == "digest" else {}

    def _request(self, method: str, graph: str, content: bytes | None = None) -> Request:
        separator = "&" if "?" in self.address else "?"
        # The address is http or https: `reach` checks it.
        return Request(f"{self.address}{separator}graph={quote(graph, safe='')}", content, method=method)  # noqa: S310 - see above

    def put(self, graph: str, content: bytes) -> None:
        """Replace a graph. N-Triples are sent as Turtle, of which they are a part: every store reads that."""
        self._send("PUT", graph, content)

    def delete(self, graph: str) -> None:
        """Remove a graph; one that is not there is no error."""
        self._send("DELETE", graph, None, gone_is_fine=True)

    def _send(self, method: str, graph: str, content: bytes | None, *, gone_is_fine: bool = False) -> None:
        request = self._request(method, graph, content)
        if content is not None:
            request.add_header("Content-Type", "text/turtle; charset=utf-8")
        try:
            self._authorise(request)
            with urlopen(request, timeout=self.seconds) as answer:  # noqa: S310 - see _request
                answer.read()
        except HTTPError as error:
            if error.code == 404 and gone_is_fine:
                return
            said = " ".join(error.read(2000).decode("utf-8", "replace").split())[:200]
            do_ja, do = _REMEDIES.get(error.code, _AGAIN)
            raise CannotRunError(
                f"{self.address} answered {error.code} to {method} of {graph}{': ' + said if said else ''}",
                ja=f"{graph} の {method} への {self.address} の応答は {error.code} でした{': ' + said if said else ''}",
                do=do,
                do_ja=do_ja,
                rule=RULE,
            ) from error
        except (URLError, OSError, http.client.HTTPException) as error:
            raise CannotRunError(
                f"{self.address} broke off at {method} of {graph}: {getattr(error, 'reason', error)}",
                ja=f"{graph} の {method} の途中で {self.address} との接続が切れました: {getattr(error, 'reason', error)}",
                do="Push again when it is reachable; what was loaded stays",
                do_ja="届くようになってから、もう一度 push してください。読み込み済みのものは残ります",
                rule=RULE,
            ) from error

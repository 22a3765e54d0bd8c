"""What a request at /sparql asks, in any of the forms of the SPARQL 1.1 Protocol (§2.1), and in which form it wants the answer."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from keikaku.pages import data
from keikaku.pages.address import is_clean
from keikaku.serve import negotiate, results
from keikaku.serve.limits import Limits

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
    "turtle": "text/turtle", "n3": "text/turtle", "json-ld": "application/ld+json", "rdf+xml": "application/rdf+xml",
} | {media: media for media in (*TABLES, *GRAPHS)}  # fmt: skip
#: `xml` and `json` mean a table or a graph, whichever the answer is.
BOTH = {"json": "application/ld+json", "xml": "application/rdf+xml"}
#: Bytes of a request that is too large which are still read, so that the client gets to see the refusal.
DRAINED = 32_000_000
READ_ONLY = (
    "読み取り専用です。更新はできません。計画ファイルを直して構築してください。 / "
    "this service is read-only: updates are refused. Change the plan files and build; see README.md."
)
#: Parameters of the protocol, and `format`.
_PARAMETERS = ("query", "update", "default-graph-uri", "named-graph-uri", "format")
_MOST_PARAMETERS = 100
_STRAY = re.compile(rb"%(?![0-9A-Fa-f]{2})")
#: Longest Accept header of which the reading is kept.
_USUAL = 300


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


@dataclass(frozen=True)
class Forms:
    """The forms that a client wants: a page, or the form of a table and of a graph; None where it accepts none."""

    page: bool
    tables: str | None
    graphs: str | None


def forms(accept: str, form: str = "") -> Forms:
    """What an Accept header and the parameter `format` ask for."""
    return _usual(accept, form) if len(accept) < _USUAL else _forms(accept, form)


def _forms(accept: str, form: str) -> Forms:
    if not form and "text/html" in (negotiate.choose(accept, [*offers, "text/html"]) for offers in (TABLES, GRAPHS)):
        return Forms(True, results.JSON, "text/turtle")
    wanted = NAMED.get(form, "") or accept
    tables = TABLES.get(negotiate.choose(wanted, list(TABLES)) or "")
    wanted = BOTH.get(form, "") or wanted
    return Forms(False, tables, GRAPHS.get(negotiate.choose(wanted, list(GRAPHS)) or ""))


_usual = lru_cache(maxsize=256)(_forms)


async def read(scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, limits: Limits) -> Asked:
    """Read a request of any of the forms of the protocol. Raises ProtocolError, and ClientDisconnect when the client goes away."""
    raw = scope["query_string"]
    if len(raw) > limits.body:
        raise ProtocolError(
            414,
            f"番地が {limits.body:,} バイトを超えます。POST で送ってください。 / the address is longer than {limits.body:,} bytes. Send the query by POST.",
        )
    pairs = pairs_of(raw) if raw else []
    if scope["method"] == "POST":
        kind = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        content = await _content(headers, receive, limits)
        if kind == "application/x-www-form-urlencoded":
            pairs = pairs_of(content) + [(k, v) for k, v in pairs if k != "query"]
        elif kind == "application/sparql-query":
            pairs = [("query", _text(content)), *((k, v) for k, v in pairs if k != "query")]
        elif kind == "application/sparql-update":
            raise ProtocolError(400, READ_ONLY)
        else:
            raise ProtocolError(
                415,
                "POST の Content-Type は application/sparql-query か application/x-www-form-urlencoded です。 / "
                "a POST is application/sparql-query or application/x-www-form-urlencoded; see docs/sparql.md.",
            )
    return understood(pairs)


def understood(pairs: Iterable[tuple[str, str]]) -> Asked:
    """What the parameters of a request ask. Raises ProtocolError."""
    given: dict[str, tuple[str, ...]] = dict.fromkeys(_PARAMETERS, ())
    for name, value in pairs:
        if name in given:
            given[name] += (value,)
    if given["update"]:
        raise ProtocolError(400, READ_ONLY)
    if len(given["query"]) > 1:
        raise ProtocolError(
            400,
            f"問い合わせが {len(given['query'])} 個あります。一つずつ送ってください。 / there are {len(given['query'])} queries. Send one at a time.",
        )
    for iri in given["default-graph-uri"] + given["named-graph-uri"]:
        if not is_clean(iri) or ":" not in iri:
            raise ProtocolError(
                400,
                f"「{iri[:80]}」はグラフの IRI ではありません。省略せずに書いてください。 / “{iri[:80]}” is no IRI of a graph. Write it in full.",
            )
    form = given["format"][0] if given["format"] else ""
    if form and form not in NAMED:
        known = ", ".join(list(NAMED)[:8])
        raise ProtocolError(
            406,
            f"形式「{form[:20]}」はありません。あるもの: {known}。 / the format “{form[:20]}” is unknown. Known: {known}.",
        )
    query = given["query"][0] if given["query"] else None
    if query is not None and not query.strip():
        raise ProtocolError(
            400,
            "問い合わせが空です。パラメータ query で送ってください。 / the query is empty. Give it as the parameter “query”; see docs/sparql.md.",
        )
    return Asked(query, given["default-graph-uri"], given["named-graph-uri"], form)


async def _content(headers: Mapping[bytes, bytes], receive: Receive, limits: Limits) -> bytes:
    if headers.get(b"content-encoding", b"identity").lower() not in (b"identity", b""):
        raise ProtocolError(
            415,
            "圧縮した要求は受け取れません。 / a compressed request cannot be read. Send it without Content-Encoding.",
        )
    found = bytearray()
    size = 0
    more = True
    while more and size <= DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece, more = message.get("body", b""), message.get("more_body", False)
        size += len(piece)
        if size <= limits.body:
            found += piece
    if size > limits.body:
        raise ProtocolError(
            413,
            f"要求が {limits.body:,} バイトを超えます。短くしてください。 / "
            f"the request is larger than {limits.body:,} bytes. Send a shorter query.",
        )
    return bytes(found)


def pairs_of(raw: bytes) -> list[tuple[str, str]]:
    """The parameters of a form, strictly: percent-encoded UTF-8."""
    pieces = [piece.partition(b"=") for piece in raw.split(b"&", _MOST_PARAMETERS) if piece]
    try:
        if not raw.isascii() or len(pieces) > _MOST_PARAMETERS:
            raise ValueError("no form")
        return [(_decoded(name).decode(), _decoded(value).decode()) for name, _, value in pieces]
    except ValueError as error:
        raise ProtocolError(
            400,
            "パラメータが UTF-8 のパーセント符号化ではありません。 / "
            "the parameters are not percent-encoded UTF-8. Encode them as a browser does.",
        ) from error


def _decoded(raw: bytes) -> bytes:
    """Percent-decoding as `urllib` does it, in one step for a query of thousands of characters.

    >>> _decoded(b"a+b%20c=%E3%81%82%2b_")
    b'a b c=\\xe3\\x81\\x82+_'
    """
    if b"%" not in raw:
        return raw.replace(b"+", b" ")
    if _STRAY.search(raw):
        return unquote_to_bytes(raw.replace(b"+", b" "))
    # Quoted-printable is the same with another sign.
    return a2b_qp(raw.replace(b"+", b" ").replace(b"=", b"%3D").replace(b"%", b"="))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(
            400,
            f"問い合わせが UTF-8 ではありません({error.start} バイト目)。 / the query is not UTF-8: byte {error.start}. Send it as UTF-8.",
        ) from error

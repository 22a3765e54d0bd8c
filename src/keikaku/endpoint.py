"""Any SPARQL 1.1 service in place of the embedded store: the one module that knows SPARQLWrapper (architecture §3, §7).

An Endpoint has the methods of a Store that read, so that everything that asks works on either.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node
from SPARQLWrapper import DIGEST, POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import (
    EndPointInternalError,
    EndPointNotFound,
    QueryBadFormed,
    Unauthorized,
    URITooLong,
)

from keikaku.engines import UNABLE, name_of, unable
from keikaku.errors import CannotRunError, Place, QueryError
from keikaku.namespaces import GRAPH, PREFIXES
from keikaku.query_text import bare, other_form, refuse_service
from keikaku.read.quads import Quad, nt, to_nquads
from keikaku.store import Solutions, Store, Triples, create, read_triples

RULE = "docs/engines.md"
META = GRAPH["meta"]
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_FORM = re.compile(r"(?<![?$:\w])(SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?!\s*:)", re.IGNORECASE)
#: Comments are taken out before a query is sent: SPARQLWrapper guesses from words in them what kind of request it is.
_COMMENT = re.compile(
    r"""(<[^<>"{}|^`\\\s]*>|"{3}(?:.|\n)*?"{3}|'{3}(?:.|\n)*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\#[^\n]*"""
)
#: Headers by which Virtuoso says that an answer is not whole.
_CUT = {
    "x-sparql-maxrows": ("最大 {} 行までしか返しません", "it gives at most {} rows"),
    "x-sql-state": ("時間の上限に達しました ({})", "its time limit was reached ({})"),
}


@dataclass(frozen=True)
class Login:
    """Name and password for a service; empty where it asks for none. `digest` where it wants HTTP Digest, as Virtuoso does."""

    user: str = ""
    password: str = ""
    digest: bool = False


def read_login(environment: Mapping[str, str]) -> Login:
    """The login that the environment names: KEIKAKU_ENDPOINT_USER, _PASSWORD, and _AUTH=digest."""
    return Login(
        environment.get("KEIKAKU_ENDPOINT_USER", ""),
        environment.get("KEIKAKU_ENDPOINT_PASSWORD", ""),
        environment.get("KEIKAKU_ENDPOINT_AUTH", "").lower() == "digest",
    )


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL 1.1 service. `build_id` names the build that it holds, `engine` its make where `engines` knows it; `path` is a folder with a search index made from it."""

    url: str
    seconds: float = 60.0
    login: Login = Login()
    build_id: str = ""
    path: Path | None = None
    engine: str = ""

    def query(
        self,
        text: str,
        *,
        place: Place | None = None,
        default: Iterable[str] = (),
        named: Iterable[str] = (),
    ) -> Solutions | Triples | bool:
        """Answer a SPARQL 1.1 query over the service's default graph, or over the graphs named.

        Raises QueryError when the service refuses the query, CannotRunError when it gives no answer or one that is not whole.
        """
        refuse_service(text, place)
        self._refuse_known(place)
        found = _FORM.search(_without_prologue(bare(text)))
        form = found[1].upper() if found else "SELECT"
        graph = form in ("CONSTRUCT", "DESCRIBE")
        media = "application/n-triples, text/turtle;q=0.9" if graph else "application/sparql-results+json"
        parameters = [("default-graph-uri", iri) for iri in default] + [("named-graph-uri", iri) for iri in named]
        kind, content = self._send(with_prefixes(text), form, media, parameters, place)
        try:
            if graph:
                return read_triples(content, kind)
            table = _table(json.loads(content))
            return _truth(table) if form == "ASK" else table
        except (ValueError, KeyError, TypeError, SyntaxError) as error:
            raise CannotRunError(
                f"the answer of {self.url} cannot be read ({kind or 'no type'}, {len(content):,} bytes)",
                ja=f"{self.url} の答えを読めません({kind or '形式の名乗りなし'}、{len(content):,} バイト)",
                do="It may have been cut off by a limit of that service; ask for less, or raise the limit",
                do_ja="窓口の上限で切れたのかもしれません。範囲を狭めるか、上限を上げてください",
                rule=RULE,
                place=place,
            ) from error

    def select(self, text: str, *, place: Place | None = None) -> Solutions:
        """Answer a SELECT query; raises QueryError for any other form."""
        result = self.query(text, place=place)
        if not isinstance(result, Solutions):
            raise other_form("SELECT", place)
        return result

    def construct(self, text: str, *, place: Place | None = None) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query; raises QueryError for any other form."""
        result = self.query(text, place=place)
        if not isinstance(result, Triples):
            raise other_form("CONSTRUCT", place)
        return result

    def holds(self, triple: tuple[Node, Node, Node]) -> bool:
        """Whether some graph states a triple."""
        return self.query(f"ASK {{ {' '.join(nt(term) for term in triple)} }}") is True

    def graphs(self) -> list[str]:
        """IRIs of the named graphs that its metadata tells of, sorted."""
        return sorted({str(META), *identifiers(self)})

    def __len__(self) -> int:
        rows = self.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }").rows
        return int(str(rows[0][0])) if rows else 0

    def _refuse_known(self, place: Place | None) -> None:
        """Refuse a question of the library that this engine is known to answer wrongly or not at all."""
        question = Path(place.file).name.partition("-")[0] if place else ""
        whole = Path(place.file).stem if place else ""
        reason = unable(self.engine, question) or unable(self.engine, whole)
        if reason:
            raise QueryError(
                f"{UNABLE[self.engine][0]} cannot answer this question: {reason.en}",
                ja=f"{UNABLE[self.engine][0]} はこの質問に答えられません。理由: {reason.ja}",
                do="Ask the build itself, or another engine",
                do_ja="ビルドそのものか、別のエンジンに尋ねてください",
                rule=RULE,
                place=place,
            )

    def _send(
        self, text: str, form: str, media: str, parameters: list[tuple[str, str]], place: Place | None
    ) -> tuple[str, bytes]:
        """Send a query; media type and bytes of the answer."""
        wrapper = SPARQLWrapper(self.url, agent="keikaku")
        wrapper.setQuery(text)
        wrapper.queryType = form
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", media)
        wrapper.setTimeout(max(1, round(self.seconds)))
        for name, value in parameters:
            wrapper.addParameter(name, value)
        if self.login.user:
            if self.login.digest:
                wrapper.setHTTPAuth(DIGEST)
            wrapper.setCredentials(self.login.user, self.login.password)
        try:
            answer = wrapper.query().response
            headers = {key.lower(): value for key, value in answer.headers.items()}
            content: bytes = answer.read()
        except Exception as error:
            raise self._failed(error, place) from error
        for name, (words_ja, words) in _CUT.items():
            if name in headers:
                raise CannotRunError(
                    f"{self.url} did not give the whole answer: {words.format(headers[name])}",
                    ja=f"{self.url} が答えの全部を返しませんでした: {words_ja.format(headers[name])}",
                    do="Raise the limit of that service, or ask for less",
                    do_ja="窓口の上限を上げるか、範囲を狭めてください",
                    rule=RULE,
                    place=place,
                )
        return headers.get("content-type", "").partition(";")[0].strip(), content

    def _failed(self, error: Exception, place: Place | None) -> Exception:  # noqa: PLR0911 - one return per kind
        """What went wrong, as one sentence."""
        said = " ".join(str(error).split())[:300]
        if isinstance(error, QueryBadFormed):
            return QueryError(
                f"{self.url} refuses the query: {_words(said)}",
                ja=f"{self.url} が問い合わせを受け付けません: {_words(said)}",
                rule=RULE,
                place=place,
            )
        if isinstance(error, Unauthorized) or (isinstance(error, HTTPError) and error.code in (401, 403)):
            return CannotRunError(
                f"{self.url} asks for a name and a password",
                ja=f"{self.url} が名前とパスワードを求めています",
                do="Set KEIKAKU_ENDPOINT_USER and KEIKAKU_ENDPOINT_PASSWORD",
                do_ja="KEIKAKU_ENDPOINT_USER と KEIKAKU_ENDPOINT_PASSWORD を設定してください",
                rule=RULE,
            )
        if isinstance(error, EndPointNotFound):
            return CannotRunError(
                f"there is no SPARQL service at {self.url}",
                ja=f"{self.url} に SPARQL の窓口がありません",
                do="Check the address",
                do_ja="アドレスを確かめてください",
                rule=RULE,
            )
        if isinstance(error, EndPointInternalError | URITooLong):
            return QueryError(
                f"{self.url} cannot answer this query: {_words(said)}",
                ja=f"{self.url} がこの問い合わせに答えられません: {_words(said)}",
                rule=RULE,
                place=place,
            )
        if isinstance(error, HTTPError):
            reply = _words(error.read(300).decode("utf-8", "replace"))
            return CannotRunError(
                f"{self.url} answered {error.code}: {reply}",
                ja=f"{self.url} の応答は {error.code} でした: {reply}",
                do="Try again later, or ask for less",
                do_ja="あとでもう一度尋ねるか、範囲を狭めてください",
                rule=RULE,
                place=place,
            )
        if isinstance(error, TimeoutError | socket.timeout) or "timed out" in said:
            return CannotRunError(
                f"{self.url} gave no answer within {self.seconds:g} seconds",
                ja=f"{self.url} が {self.seconds:g} 秒以内に答えません",
                do="Ask for less, or set KEIKAKU_ENDPOINT_SECONDS",
                do_ja="範囲を狭めるか、KEIKAKU_ENDPOINT_SECONDS を設定してください",
                rule=RULE,
                place=place,
            )
        if isinstance(error, URLError | OSError | http.client.HTTPException | ValueError):
            reason = getattr(error, "reason", error)
            return CannotRunError(
                f"{self.url} cannot be reached: {reason}",
                ja=f"{self.url} に届きません: {reason}",
                do="Check the address",
                do_ja="アドレスを確かめてください",
                rule=RULE,
            )
        return error


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


def identifiers(source: Endpoint) -> dict[str, str]:
    """Named graph → the hash of its content, as the metadata of the service tell."""
    rows = source.select(
        f"SELECT ?graph ?id WHERE {{ GRAPH <{META}> {{ ?graph a prov:Entity ; dcterms:identifier ?id }} }}"
    ).rows
    return {str(graph): str(said).removeprefix("sha256:") for graph, said in rows}


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


def with_prefixes(text: str) -> str:
    """The query without comments, with the prefixes that it uses and does not declare; lines stay where they are."""
    plain = _COMMENT.sub(lambda m: m[1] or "", text)
    quiet = bare(plain)
    declared = set(re.findall(r"\bPREFIX\s+([\w-]*)\s*:", quiet, re.IGNORECASE))
    used = set(re.findall(r"(?<![\w:?$@-])([A-Za-z][\w-]*):", quiet))
    missing = [prefix for prefix in PREFIXES if prefix in used - declared]
    return " ".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in missing) + (" " if missing else "") + plain


def _without_prologue(quiet: str) -> str:
    """A query with the declarations blanked out, where a prefix may be called `ask`."""
    return re.sub(r"\b(?:PREFIX\s+[\w-]*\s*:|BASE\b)", " ", quiet, flags=re.IGNORECASE)


def _table(found: Any) -> Solutions | bool:
    """Read the JSON form of SPARQL results."""
    if "boolean" in found:
        return bool(found["boolean"])
    columns = tuple(found["head"]["vars"])
    rows = found["results"]["bindings"]
    return Solutions(
        columns, tuple(tuple(_term(row[name]) if name in row else None for name in columns) for row in rows)
    )


def _truth(found: Solutions | bool) -> bool:
    """The answer of an ASK; Virtuoso 7 gives it as a table of one number."""
    return found if isinstance(found, bool) else any(str(term) in ("1", "true") for row in found.rows for term in row)


def _term(found: Mapping[str, str]) -> Node:
    value, kind = found["value"], found["type"]
    if kind == "uri":
        return URIRef(value)
    if kind == "bnode":
        return BNode(value)
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"a term of the kind {kind}")
    if "xml:lang" in found:
        return Literal(value, lang=found["xml:lang"])
    datatype = found.get("datatype", _XSD_STRING)
    return Literal(value) if datatype == _XSD_STRING else Literal(value, datatype=URIRef(datatype), normalize=False)


def _words(text: str) -> str:
    """What a service says about an error, on one line and without SPARQLWrapper's own preface."""
    plain = text.partition("Response:")[2] or text
    return " ".join(plain.replace("\\n", " ").strip(" b'\"").split())[:200]

"""A SPARQL 1.1 service with the methods of a Store that read (architecture §3, §7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib.term import Node
from SPARQLWrapper import DIGEST, POST, SPARQLWrapper

from keikaku.endpoint.answers import table, truth
from keikaku.endpoint.failures import RULE, failure
from keikaku.endpoint.texts import form_of, with_prefixes
from keikaku.engines import UNABLE, unable
from keikaku.errors import CannotRunError, Place, QueryError
from keikaku.namespaces import GRAPH
from keikaku.query_text import other_form, refuse_service
from keikaku.read.quads import nt
from keikaku.store import Solutions, Triples, read_triples

META = GRAPH["meta"]
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
        form = form_of(text)
        graph = form in ("CONSTRUCT", "DESCRIBE")
        media = "application/n-triples, text/turtle;q=0.9" if graph else "application/sparql-results+json"
        parameters = [("default-graph-uri", iri) for iri in default] + [("named-graph-uri", iri) for iri in named]
        kind, content = self._send(with_prefixes(text), form, media, parameters, place)
        try:
            if graph:
                return read_triples(content, kind)
            found = table(json.loads(content))
            return truth(found) if form == "ASK" else found
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
            raise failure(self.url, self.seconds, error, place) from error
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


def identifiers(source: Endpoint) -> dict[str, str]:
    """Named graph → the hash of its content, as the metadata of the service tell."""
    rows = source.select(
        f"SELECT ?graph ?id WHERE {{ GRAPH <{META}> {{ ?graph a prov:Entity ; dcterms:identifier ?id }} }}"
    ).rows
    return {str(graph): str(said).removeprefix("sha256:") for graph, said in rows}

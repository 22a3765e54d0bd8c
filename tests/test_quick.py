"""Look-ups and kept answers that are given as soon as the request is read: the same as what the usual way gives, and nothing that could run away."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from keikaku import search, store
from keikaku.namespaces import BASE
from keikaku.serve import Limits, make_app, quick, results
from keikaku.serve.quick import is_lookup
from keikaku.settings import Settings
from serving import running

PLAN = f"{BASE}id/plan/990019/dx/2023"
LOOKUP = f"SELECT ?p ?o WHERE {{ <{PLAN}> ?p ?o }}"
FORM = "application/x-www-form-urlencoded"
LIMITS = Limits(workers=1, long=1)


@pytest.mark.parametrize(
    "text",
    [
        LOOKUP,
        f"{LOOKUP} LIMIT 5",
        f"# first\nPREFIX x: <http://e.org/>\nprefix y: <http://e.org/y#>\nselect * {{ <{PLAN}> x:a ?o . }} # last",
        "SELECT ?s WHERE { ?s a jdx:Plan }",
        "SELECT $s { $s dcterms:title ?t . }".replace("?t", f"<{PLAN}>"),
        "ASK { ?s a jdx:Plan }",
        "ASK { ?s ?p ?o }",
        "ASK WHERE{<x:a><x:b><x:c>}",
    ],
)
def test_one_pattern_is_a_look_up(text: str) -> None:
    assert is_lookup(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } LIMIT 5",
        "SELECT * { ?s dcterms:title ?t }",
        "ASK { ?s ?p ?s }",
        "SELECT * { <x:a> ?p ?p }",
        "ASK { <x:a> <x:b>* ?o }",
        "ASK { ?s !<x:b> ?o }",
        "ASK { <x:a> ?p ?o . ?o ?q ?r }",
        "ASK { <x:a> ?p ?o ; ?q ?r }",
        "ASK { <x:a> ?p ?o FILTER(?o > 1) }",
        "ASK { GRAPH ?g { <x:a> ?p ?o } }",
        "ASK { SERVICE <http://e.org/> { ?s ?p ?o } }",
        "ASK FROM <x:g> { <x:a> ?p ?o }",
        "SELECT * FROM <x:g> { <x:a> ?p ?o }",
        "SELECT DISTINCT ?p { <x:a> ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { <x:a> ?p ?o }",
        "SELECT * { <x:a> ?p ?o } ORDER BY ?o",
        "SELECT * { <x:a> ?p ?o } LIMIT 5 OFFSET 5000000",
        "SELECT * { <x:a> ?p ?o } VALUES ?o { 1 }",
        "SELECT * { <x:a> ?p ?o # }\n }{",
        "CONSTRUCT WHERE { <x:a> ?p ?o }",
        "DESCRIBE <x:a>",
        "CLEAR ALL",
        "",
        "#" * 2000 + f"\n{LOOKUP}",
        f"SELECT {'?a ' * 400}",
    ],
)
def test_what_is_more_than_one_fixed_pattern_is_none(text: str) -> None:
    assert not is_lookup(text)


class Served:
    """The service, and whether its workers may be asked."""

    def __init__(self, address: str, app: Any) -> None:
        self.address, self.app = address, app
        self.port = int(address.rpartition(":")[2])
        self._run = app.state.pool.run

    def without_workers(self) -> None:
        """From now on whoever asks a worker fails."""

        async def none(*_: object) -> None:
            raise AssertionError("a worker was asked")

        self.app.state.pool.run = none

    def with_workers(self) -> None:
        """As it was."""
        self.app.state.pool.run = self._run

    def client(self) -> httpx.Client:
        """A client of its own."""
        return httpx.Client(base_url=self.address, timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def server(built_world: Settings) -> Iterator[Served]:
    app = make_app(built_world, LIMITS)
    with running(app, LIMITS) as address:
        yield Served(address, app)


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with server.client() as made:
        yield made
    server.with_workers()


def asked(client: httpx.Client, way: str, text: str, **headers: str) -> httpx.Response:
    if way == "get":
        return client.get("/sparql", params={"query": text}, headers=headers)
    if way == "form":
        return client.post("/sparql", data={"query": text}, headers=headers)
    return client.post("/sparql", content=text, headers=headers | {"Content-Type": "application/sparql-query"})


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize("accept", [*results.TABLES, "application/json", "*/*"])
@pytest.mark.parametrize("text", [LOOKUP, f"ASK {{ <{PLAN}> a jdx:Plan }}"])
def test_both_ways_give_the_same(server: Served, client: httpx.Client, way: str, accept: str, text: str) -> None:
    slow = asked(client, way, f"{text} # first {way} {accept}", Accept=accept)
    server.without_workers()
    fast = asked(client, way, f"{text} # other {way} {accept}", Accept=accept)
    assert (slow.status_code, fast.status_code) == (200, 200)
    assert fast.content == slow.content and len(fast.content) > 4
    assert dict(fast.headers) == {**slow.headers, "date": fast.headers["date"]}, "a second may have passed"
    kept = asked(client, way, f"{text} # first {way} {accept}", Accept=accept)
    assert kept.content == slow.content


def test_a_kept_answer_to_any_query_needs_no_worker(server: Served, client: httpx.Client) -> None:
    join = "SELECT ?p ?t WHERE { ?p a jdx:Plan ; dcterms:title ?t }"
    first = asked(client, "form", join)
    server.without_workers()
    assert asked(client, "form", join).content == first.content
    assert asked(client, "form", f"{join} # another").status_code == 500


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_answers_are_compressed_for_those_who_take_it(server: Served, client: httpx.Client, encoding: str) -> None:
    asked(client, "form", f"{LOOKUP} # 1", **{"Accept-Encoding": encoding})
    server.without_workers()
    with client.stream("POST", "/sparql", data={"query": f"{LOOKUP} # 2"}, headers={"Accept-Encoding": encoding}) as answer:  # fmt: skip
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert int(answer.headers["content-length"]) == len(raw)
    assert json.loads(gzip.decompress(raw) if encoding == "gzip" else raw)["results"]["bindings"]


def test_an_answer_that_the_client_has_is_not_sent_again(client: httpx.Client) -> None:
    tags = {asked(client, "get", f"{LOOKUP} # {n}").headers["etag"] for n in range(3)}
    assert len(tags) == 1
    assert asked(client, "get", f"{LOOKUP} # 4", **{"If-None-Match": tags.pop()}).status_code == 304


def test_a_long_answer_is_left_to_a_worker(server: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    whole = asked(client, "form", LOOKUP).content
    monkeypatch.setattr(quick, "MOST", 500)
    assert asked(client, "form", f"{LOOKUP} # long").content == whole
    server.without_workers()
    assert asked(client, "form", f"{LOOKUP} # longer").status_code == 500


def test_the_limit_on_rows_holds(built_world: Settings) -> None:
    limits = Limits(workers=1, long=1, rows=3)
    with running(make_app(built_world, limits), limits) as address, httpx.Client(base_url=address, trust_env=False) as one:  # fmt: skip
        for number in range(3):
            assert asked(one, "form", f"{LOOKUP} LIMIT 3 # {number}").status_code == 200
            refused = asked(one, "form", f"{LOOKUP} # {number}")
            assert refused.status_code == 413 and "more than the 3 rows" in refused.text


def test_a_mistake_in_a_look_up_is_explained(client: httpx.Client) -> None:
    for number in range(2):
        answer = asked(client, "form", f"SELECT * {{ <{PLAN}> nobody:knows ?o }} # {number}")
        assert answer.status_code == 400 and "line 1" in answer.text


def test_a_new_build_is_seen_at_once(built_world: Settings, tmp_path: Path) -> None:
    shutil.copytree(built_world.current.resolve(), tmp_path / "store-a")
    store.open_current(tmp_path / "store-a").copy_to(tmp_path / "store-b")
    changed = store.open_for_change(tmp_path / "store-b")
    changed.load_nquads(f'<{PLAN}> <x:new> "new" <{BASE}graph/doc/x> .\n'.encode())
    shutil.copy(tmp_path / "store-a" / search.FILE, tmp_path / "store-b")
    changed.write_build_id("b")
    del changed
    (tmp_path / "current").symlink_to("store-a")
    app, ask = make_app(Settings(built_world.root, tmp_path), LIMITS), f"ASK {{ <{PLAN}> <x:new> ?o }}"
    with running(app, LIMITS) as address, httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        assert [asked(client, "form", ask).json()["boolean"] for _ in range(3)] == [False] * 3
        (tmp_path / "next").symlink_to("store-b")
        (tmp_path / "next").replace(tmp_path / "current")
        assert [asked(client, "form", ask).json()["boolean"] for _ in range(3)] == [True] * 3


def post(text: str, more: str = "", length: int = -1) -> bytes:
    return (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n{more}"
        f"Content-Length: {len(text) if length < 0 else length}\r\n\r\n{text}"
    ).encode()


def responses(port: int, *pieces: bytes) -> list[bytes]:
    """What a server says to pieces that are sent one after another, until it is silent."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        for piece in pieces:
            one.sendall(piece)
            one.settimeout(10)
            found += one.recv(65536)
        one.settimeout(1.5)
        try:
            while more := one.recv(65536):
                found += more
        except TimeoutError:
            pass
    return found.split(b"HTTP/1.1 ")[1:]


def test_a_body_that_looks_like_a_request_is_none(server: Served) -> None:
    inner = post("ASK { ?s a jdx:Plan } # inner")
    assert [answer[:3] for answer in responses(server.port, post("ASK { ?s a jdx:Plan }"), inner)] == [b"200", b"200"]
    outer = post("", "Content-Encoding: br\r\n", len(inner))
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as one:
        one.sendall(outer)
        assert one.recv(65536).startswith(b"HTTP/1.1 415")
        one.sendall(inner)
        one.settimeout(1.5)
        with pytest.raises(TimeoutError):
            one.recv(65536)


def test_requests_that_come_together_or_in_parts_are_answered_in_their_order(server: Served) -> None:
    asks = [post("ASK { ?s a jdx:Plan }"), post("ASK { ?s a <x:none> }"), post("ASK { ?s a jdx:Plan } # again")]
    for pieces in ([asks[0]], [b"".join(asks)], [asks[0] + asks[1][:40], asks[1][40:] + asks[2]]):
        found = responses(server.port, *pieces)
        assert [b"true" in answer for answer in found] == [True, False, True][: len(found)]
        assert len(found) == (1 if pieces == [asks[0]] else 3)


def test_a_body_that_dawdles_is_waited_for(server: Served) -> None:
    head, _, text = post("ASK { ?s a jdx:Plan }").partition(b"\r\n\r\n")
    for pieces in ((head + b"\r\n\r\n", text), (head + b"\r\n\r\n", text[:5], text[5:])):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as one:
            for piece in pieces:
                one.sendall(piece)
                time.sleep(0.2)
            assert b"true" in one.recv(65536)


def test_a_query_of_nearly_a_megabyte_reaches_its_worker(client: httpx.Client) -> None:
    answer = asked(client, "direct", "ASK { ?s a jdx:Plan ; ?p ?o } #" + "x" * 950_000)
    assert answer.json()["boolean"] is True
    assert asked(client, "direct", "ASK { ?s a jdx:Plan ; ?p ?o } # and the next").json()["boolean"] is True


def test_a_header_without_end_is_refused(server: Served) -> None:
    for endless in (b"GET /sparql?query=" + b"a" * 200_000, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as one:
            try:
                one.sendall(endless)
                first = one.recv(65536)
            except ConnectionError:
                continue
            assert first.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize("media", results.TABLES)
def test_rows_are_counted_in_every_form(media: str) -> None:
    made = store.memory()
    for text, rows in (
        ('SELECT ?a ?b { VALUES (?a ?b) { ("},{" UNDEF) (UNDEF UNDEF) ("x\\ny\\"}},{\\"" "<result>") } }', 3),
        ("SELECT ?a { VALUES ?a { } }", 0),
        ("SELECT ?a { VALUES ?a { UNDEF } }", 1),
    ):
        table = made.answer(text, media, most=10, size=10_000)
        assert isinstance(table, bytes) and results.rows_of(table, media) == rows, text

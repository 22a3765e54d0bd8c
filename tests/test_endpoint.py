"""Any SPARQL service in place of the embedded store, and loading one by the Graph Store Protocol."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from conftest import build, write_index
from keikaku import push, store
from keikaku.cli.app import run
from keikaku.endpoint import META, Endpoint, Login, open_endpoint, with_prefixes
from keikaku.errors import CannotRunError, QueryError
from keikaku.namespaces import BASE, GRAPH
from keikaku.publish.maker import Maker
from keikaku.serve import Limits, make_app
from keikaku.settings import Settings
from keikaku.store import Solutions, Triples, open_current
from serving import GraphStore, running, served

PLAN = f"{BASE}id/plan/990019/dx/2023"
#: The same command on the build and on a service.
COMMANDS = [
    ["ask", "who-lacks", "--theme", "cashless"],
    ["ask", "cq02", "--format", "json"],
    ["query", "-e", "SELECT ?p ?t { ?p a jdx:Plan ; dcterms:title ?t } ORDER BY ?t"],
    ["query", "-e", "CONSTRUCT { ?p dcterms:title ?t } WHERE { ?p a jdx:Plan ; dcterms:title ?t }", "--format", "nt"],
    ["query", "-e", "ASK { ?p a jdx:Plan }"],
    ["query", "-e", "ASK { ?p a jdx:Unicorn }"],
    ["show", "th:cashless"],
    ["show", "990019", "--format", "json"],
    ["coverage", "990019", "--format", "json"],
    ["coverage", "--format", "csv"],
    ["compare", "990019", "990027", "--format", "json"],
]


@pytest.fixture
def remote() -> GraphStore:
    return GraphStore()


@pytest.fixture
def address(remote: GraphStore) -> Iterator[str]:
    with running(remote.app()) as found:
        yield f"{found}/query"


@pytest.fixture
def in_world(built_world: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(built_world.root)
    monkeypatch.delenv("KEIKAKU_BUILD", raising=False)
    for name in ("USER", "PASSWORD", "AUTH", "SECONDS"):
        monkeypatch.delenv(f"KEIKAKU_ENDPOINT_{name}", raising=False)
    return built_world


# -- asking


def test_every_command_that_asks_says_the_same_on_a_service(
    in_world: Settings, built_world: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    """The service is our own, asked as a stranger would: by SPARQLWrapper over HTTP."""
    with running(make_app(built_world, Limits(workers=1))) as found:
        for command in COMMANDS:
            assert run(command) == 0
            here = capfd.readouterr().out
            assert run([*command, "--endpoint", f"{found}/sparql"]) == 0, capfd.readouterr().err
            assert capfd.readouterr().out == here, command
        opened = open_endpoint(f"{found}/sparql", {})
        assert opened.build_id == store.read_build_id(built_world.current)
        assert opened.graphs() == open_current(built_world.current).graphs()
        assert len(opened) == len(open_current(built_world.current))


def test_terms_come_back_as_they_are_in_the_store(built_world: Settings) -> None:
    query = 'SELECT * { VALUES (?a ?b ?c ?d ?e) { (<x:y> "ü\\"\\n\\u0001 "@ja "1.50"^^xsd:decimal "z" UNDEF) } BIND("a"^^<x:t> AS ?f) BIND(BNODE() AS ?g) }'
    here = open_current(built_world.current).select(query)
    with running(make_app(built_world, Limits(workers=1))) as found:
        there = Endpoint(f"{found}/sparql").select(query)
    assert there.columns == here.columns
    assert [t if "_:" not in t.n3() else None for t in there.rows[0] if t] == [
        t if "_:" not in t.n3() else None for t in here.rows[0] if t
    ]


def test_prefixes_in_use_are_declared_and_comments_are_left_out() -> None:
    text = "# add delete\nPREFIX c: <x:> # load\nSELECT ('jdx:a # b' AS ?s) { ?s a c:d , jdx:Plan ; <http://e.org/#owl:x> \"skos:y\"@en }"
    made = with_prefixes(text)
    assert made.startswith("PREFIX jdx: <")
    assert "owl:" not in made.replace("#owl:x", "") and "PREFIX skos" not in made
    assert "add delete" not in made and "load" not in made
    assert made.count("\n") == text.count("\n") and "'jdx:a # b'" in made


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("PREFIX select: <x:>\nASK { ?s select:a ?o }", bool),
        ("BASE <http://ask/>\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1", Triples),
        ("DESCRIBE <http://e.org/insert>", Triples),
        ("# describe\nSELECT (1 AS ?ask) {}", Solutions),
    ],
)
def test_the_form_of_a_query_is_found_whatever_words_it_holds(
    query: str, kind: type, address: str, remote: GraphStore
) -> None:
    assert isinstance(Endpoint(address).query(query), kind)


def test_a_service_that_cannot_serve_is_one_sentence(address: str, remote: GraphStore, built_world: Settings) -> None:
    with pytest.raises(CannotRunError, match=r"holds no graph of this project.*keikaku push"):
        open_endpoint(address, {})
    push.write(open_current(built_world.current), push.plan(open_current(built_world.current), {}), address.replace("query", "store"), Login(), 10)  # fmt: skip
    remote.union = False
    with pytest.raises(CannotRunError, match="not the union"):
        open_endpoint(address, {})
    remote.union = True
    with pytest.raises(QueryError, match="refuses the query"):
        open_endpoint(address, {}).query("SELECT * {")
    with pytest.raises(QueryError, match="SERVICE"):
        open_endpoint(address, {}).query("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }")
    with pytest.raises(CannotRunError, match="no SPARQL service"):
        open_endpoint(address.replace("query", "nothing"), {})
    with pytest.raises(CannotRunError, match="no address"):
        open_endpoint("file:///etc/passwd", {})
    with pytest.raises(CannotRunError, match="positive number"):
        open_endpoint(address, {"KEIKAKU_ENDPOINT_SECONDS": "soon"})
    for header in ("X-SPARQL-MaxRows", "X-SQL-State"):
        remote.headers = {header: "10000"}
        with pytest.raises(CannotRunError, match="whole answer"):
            open_endpoint(address, {})
    remote.headers = {}


def test_a_service_that_is_silent_or_gone_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(CannotRunError, match="within 1 seconds"):
            open_endpoint(f"http://127.0.0.1:{port}/sparql", {"KEIKAKU_ENDPOINT_SECONDS": "1"})
    with pytest.raises(CannotRunError, match="cannot be reached"):
        open_endpoint(f"http://127.0.0.1:{port}/sparql", {})


# -- loading


def test_push_loads_what_changed_and_nothing_else(
    in_world: Settings, address: str, remote: GraphStore, world: Settings, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert run(["push", "--endpoint", address, "--dry-run"]) == 0
    assert remote.log == [] and "graph/meta" in capfd.readouterr().out
    assert run(["push", "--endpoint", address]) == 0
    opened = open_current(in_world.current)
    assert remote.store().nquads() == opened.nquads()
    assert open_endpoint(address, {}).build_id == opened.build_id
    first = [graph for method, graph in remote.log if method == "PUT"]
    assert sorted(set(first)) == opened.graphs() and first[0] == first[-1] == str(META)
    remote.log.clear()
    assert run(["push", "--endpoint", address, "--lang", "en"]) == 0
    assert remote.log == [] and "up to date" in capfd.readouterr().err

    plan = world.data / "plans" / "990019-mihon-2023.yaml"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace("見本市DX推進計画", "見本市DX推進計画改"), encoding="utf-8"
    )
    assert build.build(world, extras=(write_index,)).stored
    monkeypatch.chdir(world.root)
    assert run(["push", "--endpoint", address]) == 0
    sent = {graph.removeprefix(str(GRAPH)) for _, graph in remote.log}
    assert sent <= {"meta", "doc/990019-dx-2023", "inferred/990019-dx-2023", "curation/990019-dx-2023"}, sent
    assert remote.store().nquads() == open_current(world.current).nquads()


def test_a_graph_that_is_no_longer_there_is_deleted_and_a_strangers_is_left(
    built_world: Settings, address: str, remote: GraphStore
) -> None:
    opened = open_current(built_world.current)
    there = {str(GRAPH["doc/gone"]): "00", "http://e.org/strange": "11"}
    remote.graphs = {str(GRAPH["doc/gone"]): b"<x:a> <x:b> <x:c> .\n", "http://e.org/strange": b"<x:a> <x:b> <x:c> .\n"}
    push.write(opened, push.plan(opened, there), address.replace("query", "store"), Login(), 10)
    assert str(GRAPH["doc/gone"]) not in remote.graphs and "http://e.org/strange" in remote.graphs


def test_a_push_that_broke_off_is_taken_up_again(built_world: Settings, address: str, remote: GraphStore) -> None:
    opened, at = open_current(built_world.current), address.replace("query", "store")
    remote.refuse = lambda method, graph: 507 if graph.endswith("/reference") else 0
    with pytest.raises(CannotRunError, match=r"answered 507 to PUT of .*reference.*Push again"):
        push.write(opened, push.plan(opened, {}), at, Login(), 10)
    half = push.held(Endpoint(address))
    assert not set(half) & {graph for _, graph in remote.log}, "no graph of a push that broke off counts as whole"
    remote.refuse = lambda method, graph: 0
    push.write(opened, push.plan(opened, half), at, Login(), 10)
    assert remote.store().nquads() == opened.nquads()


def test_a_store_that_wants_a_login_gets_it_or_says_so(built_world: Settings, address: str, remote: GraphStore) -> None:
    opened, at = open_current(built_world.current), address.replace("query", "store")
    remote.login = "dba:secret"
    with pytest.raises(CannotRunError, match="KEIKAKU_ENDPOINT_USER"):
        push.write(opened, push.plan(opened, {}), at, Login(), 10)
    with pytest.raises(CannotRunError, match="401"):
        push.write(opened, push.plan(opened, {}), at, Login("dba", "wrong", digest=True), 10)
    push.write(opened, push.plan(opened, {}), at, Login("dba", "secret", digest=True), 10)
    assert remote.store().nquads() == opened.nquads()


@pytest.mark.parametrize(
    ("endpoint", "found"),
    [
        ("http://h:7878/query", "http://h:7878/store"),
        ("http://h/sparql", "http://h/sparql-graph-crud-auth"),
        ("http://h/ds/sparql", "http://h/ds/data"),
        ("http://h/ds/query", "http://h/ds/data"),
        ("http://h/repositories/k", "http://h/repositories/k/rdf-graphs/service"),
    ],
)
def test_the_usual_address_of_the_graph_store_is_known(endpoint: str, found: str) -> None:
    assert push.graph_store_of(endpoint) == found


# -- serving


def test_the_site_is_served_from_a_service_and_follows_its_builds(
    built_world: Settings, address: str, remote: GraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keikaku.serve.reader.EVERY", 0.0)
    opened, at = open_current(built_world.current), address.replace("query", "store")
    push.write(opened, push.plan(opened, {}), at, Login(), 10)
    bare = Settings(built_world.root, tmp_path / "no-build")
    with (
        served(make_app(bare, Limits(workers=1), address)) as client,
        served(make_app(built_world, Limits(workers=1))) as own,
    ):
        for path in ("/", "/plans", "/id/lg/990019.html", "/id/plan/990019/dx/2023.nt", "/questions/who-lacks.json?theme=cashless", "/search?q=%E7%AA%93%E5%8F%A3", "/coverage", "/themes", "/shape/S13.ttl"):  # fmt: skip
            assert client.get(path).text == own.get(path).text, path
        query = {"query": "SELECT ?p WHERE { ?p a jdx:Plan }"}
        assert client.get("/sparql", params=query).json() == own.get("/sparql", params=query).json()
        assert client.get("/sparql", params={"query": "SELECT * {"}).status_code == 400
        assert client.get("/healthz").json()["build"] == opened.build_id
        meta = str(META)
        remote.graphs[meta] += b"<x:a> <x:b> <x:c> .\n"
        assert client.get("/healthz").json()["build"] != opened.build_id


def test_dumps_and_descriptions_are_the_same_from_a_service(built_world: Settings, tmp_path: Path) -> None:
    """The service is our own, another process could not be told from it."""
    bare = Settings(built_world.root, tmp_path / "no-build")
    with (
        served(make_app(built_world, Limits(workers=1))) as own,
        served(make_app(bare, Limits(workers=1), f"{own.base_url}/sparql")) as other,
    ):
        sums = own.get("/downloads/checksums.txt").text
        assert len(sums.splitlines()) > 10 and other.get("/downloads/checksums.txt").text == sums
        for line in sums.splitlines():
            digest, _, path = line.partition("  ")
            assert hashlib.sha256(other.get(f"/downloads/{path}").content).hexdigest() == digest, path
        for path in ("/dataset", "/dataset?lang=en", "/dataset.nt", "/sitemap.xml", "/findings.csv"):
            theirs, ours = other.get(path), own.get(path)
            assert theirs.status_code == 200
            assert theirs.text.replace(str(other.base_url), "") == ours.text.replace(str(own.base_url), ""), path


def test_the_site_that_is_published_from_a_service_is_that_of_the_build(
    in_world: Settings, built_world: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Byte for byte, dumps and descriptions included. Here only one page in sixty is made, to save time."""
    every = Maker.roots
    monkeypatch.setattr(Maker, "roots", lambda self: sorted(every(self))[::60])
    monkeypatch.setattr(Maker, "found", lambda self, linker: set())
    here, there = tmp_path / "here", tmp_path / "there"
    assert run(["publish", str(here), "--jobs", "1"]) == 0, capfd.readouterr().err
    with running(make_app(built_world, Limits(workers=1))) as found:
        assert run(["publish", str(there), "--jobs", "1", "--endpoint", f"{found}/sparql"]) == 0, capfd.readouterr().err
    sums = (here / "checksums.txt").read_text(encoding="utf-8").splitlines()
    assert len(sums) > 60
    assert (there / "checksums.txt").read_text(encoding="utf-8").splitlines() == sums
    half = tmp_path / "half"
    assert run(["publish", str(half), "--endpoint", f"{found}/sparql"]) == 2, "nobody answers there any more"
    assert "に届きません" in capfd.readouterr().err and not half.exists()


def test_holds_and_literals(address: str, remote: GraphStore) -> None:
    remote.graphs["x:g"] = b'<x:a> <x:b> "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    found = Endpoint(address)
    value = Literal("1.5", datatype=URIRef("http://www.w3.org/2001/XMLSchema#decimal"), normalize=False)
    assert found.holds((URIRef("x:a"), URIRef("x:b"), value))
    assert not found.holds((URIRef("x:a"), URIRef("x:b"), Literal("2")))
    assert found.construct("CONSTRUCT WHERE { ?s ?p ?o }").triples == ((URIRef("x:a"), URIRef("x:b"), value),)

"""The service stays up: hostile queries, dawdling clients, clients that leave, new builds under load, a stop that loses nothing."""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hostile
from conftest import ROOT
from keikaku import search, store
from keikaku.namespaces import BASE
from keikaku.serve import Limits, make_app
from keikaku.serve.pool import Pool
from keikaku.settings import Settings
from serving import running, served

PLANS = "SELECT ?p WHERE { ?p a jdx:Plan }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LIMITS = Limits(seconds=1.0, short=0.5, workers=1, long=1, waiting=8, rows=500, patience=1.0, connections=40)


@pytest.fixture(scope="module")
def client(built_world: Settings) -> Iterator[httpx.Client]:
    with served(make_app(built_world, LIMITS), LIMITS) as made:
        yield made


def port_of(client: httpx.Client) -> int:
    return client.base_url.port or 80


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether it became true. The time only keeps a failure from hanging: no test depends on how fast a machine is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def asking(port: int, path: str, body: str | None = None) -> Iterator[socket.socket]:
    """A request that is under way; its client goes away at the end."""
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: x\r\n"
    if body is not None:
        head += f"Content-Type: application/sparql-query\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(f"{head}\r\n{body or ''}".encode())
        yield one


def answered(one: socket.socket) -> bool:
    """Whether anything has come, be it the end of the connection."""
    return bool(select.select([one], [], [], 0)[0])


# -- hostile queries


def test_hostile_queries_are_stopped_while_cheap_requests_are_answered(client: httpx.Client) -> None:
    """The short form of `make soak`: one of each kind, one after another."""
    stop = threading.Event()

    def cheap() -> int:
        number = 0
        with httpx.Client(base_url=client.base_url, timeout=60, trust_env=False) as own:
            while not stop.is_set():
                number += 1
                assert own.get("/id/lg/990019.ttl").status_code == 200
                assert own.get("/sparql", params={"query": f"{PLANS} # {number}"}).status_code == 200
                time.sleep(0.02)
        return number

    with ThreadPoolExecutor(1) as one:
        beside = one.submit(cheap)
        try:
            for kind, text in hostile.queries(12):
                answer = client.post("/sparql", data={"query": text})  # stopped at all; how soon is told by `make soak`
                assert answer.status_code in (200, 400, 413, 503), (kind, answer.text)
        finally:
            stop.set()
        assert beside.result() > 0


def test_long_queries_never_take_the_places_of_short_ones(built_world: Settings) -> None:
    limits = Limits(seconds=600, short=0.3, workers=1, long=1)
    app = make_app(built_world, limits)
    pool: Pool = app.state.pool
    with served(app, limits) as client, asking(port_of(client), "/sparql", ENDLESS) as long:
        assert until(lambda: pool.running == (0, 1)), "the only place of the long ones is taken"
        for number in range(3):
            refused = client.post("/sparql", data={"query": f"{ENDLESS} # {number}"})
            assert refused.status_code == 503 and refused.headers["retry-after"]
            assert "1 queries that take longer than 0.3 seconds are running" in refused.text
            assert client.get("/sparql", params={"query": f"{PLANS} # {number}"}).status_code == 200
        assert not answered(long), "all this was answered beside it"


def test_no_query_reaches_another_machine(built_world: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap, served(make_app(built_world, Limits(workers=1, seconds=3))) as client:  # fmt: skip
        trap.settimeout(0.2)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        for text in (
            f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ service silent<{address}>{{ ?s ?p ?o }} }}",
            f"SELECT * {{ \\u0053ERVICE <{address}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ S\\U00000045RVICE <{address}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ #'\nSERVICE <{address}> {{ ?s ?p ?o }} #'\n }}",
            f"SELECT * {{ BIND(<{address}> AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
            f"SELECT * {{ {{ SELECT * {{ SERVICE/**/<{address}> {{ ?s ?p ?o }} }} }} }}",
            f"SELECT * {{ BIND('''\\''' AS ?x) SERVICE <{address}> {{ ?s ?p ?o }} BIND(''' ''' AS ?y) }}",
            f"LOAD <{address}>",
            f"LOAD SILENT <{address}> INTO GRAPH <x:g>",
        ):
            answer = client.post("/sparql", data={"query": text})
            assert answer.status_code == 400, (text, answer.text)
        assert client.get("/sparql", params={"query": f"SELECT * FROM <{address}> {{ ?s ?p ?o }}"}).status_code == 200
        assert client.get("/sparql", params={"query": PLANS, "default-graph-uri": address}).status_code == 200
        with pytest.raises(TimeoutError):
            trap.accept()


def test_a_worker_has_no_way_out(tmp_path: Path) -> None:
    """Even a query that got past the refusal would find no network, where the system allows to take it away."""
    code = "import socket, sys; from keikaku.serve.worker import _leave_network; _leave_network(); sys.exit(0 if [n for _, n in socket.if_nameindex()] == ['lo'] else 3)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], timeout=60, check=False)
    if done.returncode == 3:
        pytest.skip("this system forbids a network of one's own")
    assert done.returncode == 0


def test_a_client_that_goes_away_ends_its_query(built_world: Settings) -> None:
    limits = Limits(seconds=60, short=0.3, workers=1, long=1)
    app = make_app(built_world, limits)
    pool: Pool = app.state.pool
    with running(app, limits) as address:
        port = int(address.rpartition(":")[2])
        body = f"query={ENDLESS}".replace(" ", "+").replace("?", "%3F").replace("{", "%7B").replace("}", "%7D").encode()
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        for way in ("long", "short", "waiting"):
            sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(3 if way == "waiting" else 1)]
            for one in sockets:
                one.sendall(head.encode() + body)
            if way == "long":
                assert until(lambda: pool.running == (0, 1)), "the query has become a long one"
            for one in sockets:
                one.close()
            assert until(lambda: pool.running == (0, 0)), way
        with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
            assert client.get("/sparql", params={"query": PLANS}).status_code == 200


# -- clients


def dawdling(port: int) -> list[socket.socket]:
    """Clients that say nothing, and clients that never end their headers."""
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for one in slow[::2]:
        one.sendall(b"GET /plans HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    return slow


def test_clients_that_dawdle_hold_up_nobody(built_world: Settings) -> None:
    limits = Limits(workers=1, patience=600)
    with served(make_app(built_world, limits), limits) as client:
        slow = dawdling(port_of(client))
        assert client.get("/plans").status_code == 200
        assert not any(answered(one) for one in slow), "they are still there"
        for one in slow:
            one.close()


def test_clients_that_dawdle_are_sent_away(client: httpx.Client) -> None:
    for one in dawdling(port_of(client)):
        one.settimeout(60)
        assert one.recv(1) == b"", "the connection was closed"
        one.close()


def test_a_body_that_does_not_come_is_408(client: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", port_of(client)), timeout=10) as one:
        one.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nSEL"
        )
        assert b" 408 " in one.recv(1000).split(b"\r\n")[0]


def test_too_many_connections_are_turned_away_and_room_comes_back(client: httpx.Client) -> None:
    many = [socket.create_connection(("127.0.0.1", port_of(client))) for _ in range(LIMITS.connections + 10)]
    last = many[-1]
    last.settimeout(60)
    assert b" 503 " in last.recv(1000)
    for one in many:
        one.close()
    with httpx.Client(base_url=client.base_url, trust_env=False) as other:
        assert until(lambda: other.get("/healthz").status_code == 200)


def test_a_body_of_ten_megabytes_is_refused(client: httpx.Client) -> None:
    for headers in (
        {"Content-Type": "application/sparql-query"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ):
        assert client.post("/sparql", content=b"q" * 10_000_000, headers=headers).status_code == 413

    def chunks() -> Iterator[bytes]:
        yield from (b"q" * 100_000 for _ in range(100))

    assert client.post("/sparql", content=chunks(), headers={"Content-Type": "application/sparql-query"}).status_code == 413  # fmt: skip


def raw(port: int, request: bytes) -> bytes:
    """What a server says to these bytes; nothing when it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        found = b""
        try:
            one.sendall(request)
            while piece := one.recv(65536):
                found += piece
        except (ConnectionError, TimeoutError):
            pass
        return found


def decent(answer: bytes) -> None:
    """No answer, or one that is no failure of ours and shows nothing of the inside."""
    if answer:
        status = int(answer.split(b" ", 2)[1])
        assert 200 <= status < 500, answer[:300]
    assert b"Traceback" not in answer and b"root:x:" not in answer and b"/keikaku/" not in answer


def test_a_request_that_makes_no_sense_is_no_failure_of_ours(client: httpx.Client) -> None:
    """All at once, since the service waits some seconds for the rest of each."""
    port = port_of(client)
    with ThreadPoolExecutor(len(hostile.REQUESTS)) as beside:
        said = list(beside.map(lambda request: raw(port, request), hostile.REQUESTS))
    for answer in said:
        decent(answer)
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", hostile.PATHS)
def test_no_file_outside_the_site_is_read(client: httpx.Client, path: str) -> None:
    answer = raw(port_of(client), f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    decent(answer)
    assert answer.split(b" ", 2)[1] in (b"303", b"307", b"400", b"404"), answer[:200]


_few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)  # fmt: skip
_paths = st.sampled_from(["/", "/id/", "/id/lg/990019", "/theme/", "/questions/", "/questions/who-lacks", "/coverage/", "/search", "/sparql", "/assets/", "/ont", "/graph/", "/shape/"])  # fmt: skip
_words = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)


@_few
@given(st.binary(min_size=1, max_size=400))
def test_random_bytes_bring_nothing_down(client: httpx.Client, noise: bytes) -> None:
    decent(raw(port_of(client), noise + b"\r\n\r\n"))


@_few
@given(_paths, _words, st.dictionaries(st.sampled_from(["q", "lang", "theme", "level", "query", "format", "default-graph-uri", "page", "plan"]), _words, max_size=3))  # fmt: skip
def test_random_addresses_are_never_a_failure(client: httpx.Client, path: str, tail: str, params: dict[str, str]) -> None:  # fmt: skip
    answer = client.get(httpx.URL(path + "".join(f"%{b:02X}" for b in tail.encode())), params=params)
    assert answer.status_code < 500, (answer.url, answer.text[:300])
    assert "Traceback" not in answer.text


@_few
@given(_paths, st.dictionaries(st.sampled_from(["Accept", "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "Cookie", "X-Forwarded-Host", "Content-Type", "Origin"]), st.binary(max_size=60).map(lambda b: bytes(c for c in b if c >= 32 and c != 127).strip()), max_size=4))  # fmt: skip
def test_random_headers_are_never_a_failure(client: httpx.Client, path: str, headers: dict[str, bytes]) -> None:
    answer = client.get(path, headers={k.encode(): v for k, v in headers.items()})  # type: ignore[arg-type]
    assert answer.status_code < 500, (answer.url, headers, answer.text[:300])


# -- builds


def test_builds_are_swapped_under_load_without_a_failed_request(built_world: Settings, tmp_path: Path) -> None:
    first = tmp_path / "store-a"
    shutil.copytree(built_world.current.resolve(), first)
    titles = {"a": "見本市DX推進計画"}
    for name in ("b", "c"):
        made = tmp_path / f"store-{name}"
        store.open_current(first).copy_to(made)
        changed = store.open_for_change(made)
        titles[name] = f"見本市計画{name}"
        said = f'<{BASE}id/plan/990019/dx/2030> <http://purl.org/dc/terms/title> "{titles[name]}"@ja <{BASE}graph/doc/x> .\n'
        said += f"<{BASE}id/plan/990019/dx/2030> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ont#Plan> <{BASE}graph/doc/x> .\n"  # fmt: skip
        changed.load_nquads(said.encode())
        shutil.copy(first / search.FILE, made)
        changed.write_build_id(f"build-{name}")
        del changed
    (tmp_path / "current").symlink_to("store-a")
    limits = Limits(workers=2, seconds=20)
    stop, failed, done = threading.Event(), [], [0] * 6
    with running(make_app(Settings(built_world.root, tmp_path), limits), limits) as address:

        def load(number: int) -> None:
            rng = random.Random(number)
            with httpx.Client(base_url=address, timeout=30, trust_env=False) as own:
                while not stop.is_set():
                    path = rng.choice(["/plans", "/id/lg/990019.html", "/id/plan/990019/dx/2023.ttl", "/questions/who-lacks.json?theme=cashless", "/search?q=%E7%AA%93%E5%8F%A3", "/healthz", f"/sparql?query=ASK+%7B+%3Fs+%3Fp+{rng.randrange(9)}+%7D"])  # fmt: skip
                    try:
                        answer = own.get(path)
                        if answer.status_code != 200:
                            failed.append((path, answer.status_code, answer.text[:200]))
                    except httpx.HTTPError as error:
                        failed.append((path, 0, repr(error)))
                    done[number] += 1

        with ThreadPoolExecutor(6) as six:
            tasks = [six.submit(load, number) for number in range(6)]
            for number, name in enumerate(cycle("bca")):
                if number >= 40 and (min(done) > 3 or failed):
                    break
                (tmp_path / "next").symlink_to(f"store-{name}")
                (tmp_path / "next").replace(tmp_path / "current")
                time.sleep(0.15)
            stop.set()
            for task in tasks:
                task.result()
    assert failed == []
    assert min(done) > 3


# -- the process


def start(world: Settings, *options: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
    """`keikaku serve` as a process of its own, and its address."""
    env = os.environ | {"KEIKAKU_ROOT": str(world.root), "KEIKAKU_BUILD": str(world.build), "PYTHONPATH": str(ROOT / "src")} | environment  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "keikaku", "serve", "--port", "0", *options], env=env, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    address = process.stderr.readline().strip()
    assert address.startswith("http://"), address
    with httpx.Client(base_url=address, trust_env=False) as client:
        assert until(lambda: _answers(client), 30)
    return process, address


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("healthz").status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_requests_end_and_leaves_no_process(built_world: Settings, how: signal.Signals) -> None:
    process, address = start(built_world, KEIKAKU_SPARQL_SECONDS="3")
    children = _children(process.pid)
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(ENDLESS)}\r\n"
    with socket.create_connection(("127.0.0.1", httpx.URL(address).port or 80), timeout=60) as one:
        one.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert b" 100 " in one.recv(1000), "the service waits for the query"
        one.sendall(ENDLESS.encode())
        process.send_signal(how)
        assert process.wait(60) == 0
        assert b" 503 " in one.recv(1000), "the query ran to its limit and was answered"
    assert process.stderr is not None
    process.stderr.close()
    assert until(lambda: not any(Path(f"/proc/{child}").exists() for child in children)), "no worker is left"


def _children(pid: int) -> set[int]:
    """Processes that descend from this one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found, last = {pid}, set[int]()
    while found != last:
        last, found = found, found | {child for child, parent in parents.items() if parent in found}
    return found - {pid}


def test_the_log_is_json_lines_that_tell_of_requests_and_not_of_people(built_world: Settings) -> None:
    process, address = start(built_world, "--log", "json", KEIKAKU_SPARQL_SECONDS="0.5")
    with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
        client.get("search", params={"q": "secret words"})
        client.get("nothing%0d%0aforged")
        client.post("sparql", data={"query": ENDLESS})
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    with process.stderr as written:
        lines = [json.loads(line) for line in written.read().splitlines()]
    assert process.wait(20) == 0
    requests = {line["path"]: line for line in lines if "path" in line}
    assert set(requests["/search"]) == {"time", "level", "logger", "method", "path", "status", "bytes", "ms"}
    assert requests["/nothing%0d%0aforged"]["status"] == 404
    assert requests["/sparql"]["status"] == 503 and requests["/sparql"]["query"] == ENDLESS
    assert not any(word in json.dumps(lines) for word in ("secret", "127.0.0.1:"))


# -- questions of the library


SLOW = """#+ title: 遅い問い / a slow question
#+ summary: 四つの文の組をすべて数える。 / Counts every combination of four statements.
#+ area: plan
#+ dataset: union
#+ negative: reference
#+ view: table
#+ column n: 数 / number
SELECT ?n
WHERE {
  # By itself, since the engine would keep the rows of a question that is led, and soon have no memory left.
  { SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } }
}
"""


@pytest.fixture(scope="module")
def slow_world(built_world: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The example world with a question that takes longer than anybody waits."""
    root = tmp_path_factory.mktemp("slow")
    for name in ("data", "ontology", "shapes"):
        (root / name).symlink_to(built_world.root / name)
    shutil.copytree(built_world.queries, root / "queries")
    (root / "queries" / "library" / "slow.rq").write_text(SLOW, encoding="utf-8")
    return Settings(root, built_world.build)


def test_a_question_that_takes_long_holds_up_nobody(slow_world: Settings) -> None:
    limits = Limits(question=600, short=0.5, workers=1, long=1)
    app = make_app(slow_world, limits)
    pool: Pool = app.state.pool
    with served(app, limits) as client:
        with asking(port_of(client), "/questions/slow") as slow:
            assert until(lambda: pool.running == (0, 1)), "the question has become a long one"
            assert client.get("/healthz").status_code == 200
            assert client.get("/questions/plan-status.csv").status_code == 200
            assert not answered(slow), "the others were answered meanwhile"
        assert until(lambda: pool.running == (0, 0)), "nobody waits for it any more"


def test_a_question_that_takes_too_long_is_stopped(slow_world: Settings) -> None:
    limits = Limits(question=1, short=0.5, workers=1, long=1)
    app = make_app(slow_world, limits)
    pool: Pool = app.state.pool
    with served(app, limits) as client:
        page = client.get("/questions/slow")
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert page.headers["content-type"].startswith("text/html")
        assert "1 秒で止めました" in page.text
        assert "少し待ってから開き直してください" in page.text and "LIMIT" not in page.text.split("<details")[0]
        assert "遅い問い" in page.text
        assert until(lambda: pool.running == (0, 0))


def test_a_question_is_not_refused_because_queries_of_strangers_take_long(slow_world: Settings) -> None:
    limits = Limits(seconds=600, question=1, short=0.3, workers=1, long=1)
    app = make_app(slow_world, limits)
    pool: Pool = app.state.pool
    with served(app, limits) as client, asking(port_of(client), "/sparql", ENDLESS) as strange:
        assert until(lambda: pool.running == (0, 1)), "it has the only place of the long ones"
        assert "1 秒で止めました" in client.get("/questions/slow").text, "it had all its time, in its own place"
        assert not answered(strange)


def test_those_who_ask_the_same_at_the_same_time_share_an_answer(slow_world: Settings) -> None:
    limits = Limits(question=2, short=0.5, workers=1)
    app = make_app(slow_world, limits)
    pool: Pool = app.state.pool
    with served(app, limits) as client, ThreadPoolExecutor(2) as beside:
        with asking(port_of(client), "/questions/slow"):
            assert until(lambda: sum(pool.running) == 1)
            several = [beside.submit(client.get, "/questions/slow") for _ in range(2)]
            assert sum(pool.running) <= 1, "one is made, and others wait for it"
        assert all("2 秒で止めました" in one.result().text for one in several), "the first has gone, the others get it"
        assert until(lambda: pool.running == (0, 0))


@pytest.mark.parametrize(
    ("address", "kind", "said"),
    [
        ("/questions/slow?lang=en", "text/html", "stopped after 0.4 seconds"),
        ("/questions/slow.json", "application/problem+json", "0.4 秒で止めました"),
        ("/questions/slow.csv", "text/plain", "stopped after 0.4 seconds"),
        ("/questions/slow.md", "text/plain", "0.4 秒で止めました"),
    ],
)
def test_every_form_of_a_question_says_which_limit_it_met(
    slow_world: Settings, address: str, kind: str, said: str
) -> None:
    with served(make_app(slow_world, Limits(question=0.4, workers=1))) as client:
        answer = client.get(address)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"].startswith(kind)
    assert said in answer.text


def test_an_answer_of_too_many_rows_is_refused(built_world: Settings) -> None:
    with served(make_app(built_world, Limits(rows=1, workers=1))) as client:
        answer = client.get("/questions/who-lacks.json")
        assert answer.status_code == 413
        assert "1 行を超えます" in answer.json()["ja"]
    with served(make_app(built_world, Limits(workers=1))) as client:
        assert client.get("/questions/plan-status.json").status_code == 200

"""Look-ups and small questions over HTTP, beside the Oxigraph server on the same store: `make bench-http`.

    python bench/rates.py [--seconds 5] [--clients 8] [STORE]

Each server gets a copy of the store and one core, the client another; then both servers get every core. They are asked in turns, a round each,
so that what else the machine does meets both. The client is the same for both: some connections that are kept, each sending its next request
when the answer is there. Every query differs from every other by a comment, so no answer
is a kept one, but for the row that says so. Beside requests a second stands the processor time that the server spent on a request (all its
processes), which other programs on the machine do not change; so the ratio of that is the one to trust where others work.
"""

from __future__ import annotations

import argparse
import os
import random
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote_plus

os.environ["KEIKAKU_WARM"] = "0"  # pages are not made beforehand while requests are counted
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from keikaku import settings, store
from keikaku.ask import library

JSON = "application/sparql-results+json"
LOOKUP = "SELECT ?p ?o WHERE {{ <{0}> ?p ?o }}"
ASKED = "ASK {{ <{0}> a <https://w3id.org/jichitai-dx/ont#KPI> }}"
THINGS = "SELECT DISTINCT ?thing WHERE { VALUES ?kind { jdx:Plan jdx:Initiative jdx:KPI jdx:PolicyTheme jdx:Municipality } ?thing a ?kind } ORDER BY ?thing LIMIT 20000"
#: Questions of the library that take the engine few milliseconds on the plans recorded here.
SMALL = (
    "cq02", "cq03", "cq04", "cq05", "cq07", "cq10", "cq24", "cq35",
    "plan-status", "plans-in-force", "initiatives-of-department", "initiatives-under-law",
)  # fmt: skip
#: Rounds of each server, and requests of a round at least, however long they take: processor time is told in hundredths of a second.
ROUNDS, LEAST = 3, 100
#: No two queries are alike.
_NUMBERS = count()
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A server that runs, and how a request to it begins."""

    pid: int
    port: int
    path: str

    def post(self, query: str) -> bytes:
        """A query as a client sends it."""
        body = b"query=" + quote_plus(query).encode()
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: {JSON}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )


@dataclass
class Rate:
    """What a server did: seconds of each request, seconds in which they were made, processor seconds that it spent."""

    took: list[float] = field(default_factory=list)
    length: float = 0.0
    spent: float = 0.0

    @property
    def each_second(self) -> float:
        """Requests a second."""
        return len(self.took) / self.length

    @property
    def processor(self) -> float:
        """Processor seconds of a request."""
        return self.spent / len(self.took)

    def within(self, share: float) -> float:
        """Milliseconds within which this share of the requests was answered."""
        return 1000 * sorted(self.took)[min(len(self.took) - 1, int(share * len(self.took)))]

    def cells(self) -> str:
        """As cells of a Markdown table."""
        return (
            f"{self.each_second:,.0f} | {self.within(0.5):.1f} | {self.within(0.99):.1f} | {1e6 * self.processor:,.0f}"
        )


class Line:
    """One connection that is kept, and the request that is under way on it."""

    def __init__(self, port: int) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begun, self.answer = 0.0, bytearray()

    def send(self, request: bytes) -> None:
        """Send a request."""
        self.begun, self.answer = time.perf_counter(), bytearray()
        self.wire.sendall(request)

    def done(self) -> bool:
        """Read on; whether the whole answer is there. Raises RuntimeError when it is no good one."""
        piece = self.wire.recv(262_144)
        if not piece:
            raise RuntimeError("the server hung up")
        self.answer += piece
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self.answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"no good answer: {bytes(self.answer[:400])!r}")
        head = bytes(self.answer[:end]).lower()
        at = head.find(b"content-length:")
        if at < 0:
            return self.answer.endswith(b"0\r\n\r\n")  # in chunks
        return len(self.answer) >= end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])


def processes(pid: int) -> set[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found, before = {pid}, set[int]()
    while found != before:
        before, found = found, found | {child for child, parent in parents.items() if parent in found}
    return found


def processor(pid: int) -> float:
    """Processor seconds that a server has spent, in all its processes and in those of them that have ended."""
    total = 0
    for one in processes(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(fields[n]) for n in (11, 12, 13, 14))
    return total / _TICK


def ask(server: Server, request: Callable[[int], bytes], seconds: float, clients: int, into: Rate) -> None:
    """Send requests for some seconds, after a few that warm up."""
    lines = [Line(server.port) for _ in range(clients)]
    chosen = selectors.DefaultSelector()
    for line in lines:
        chosen.register(line.wire, selectors.EVENT_READ, line)
    took: list[float] = []

    def run(until: float, least: int) -> None:
        for line in lines:
            line.send(request(next(_NUMBERS)))
        busy = len(lines)
        while busy:
            for key, _ in chosen.select():
                line = key.data
                if line.done():
                    now = time.perf_counter()
                    took.append(now - line.begun)
                    if now < until or len(took) < least:
                        line.send(request(next(_NUMBERS)))
                    else:
                        busy -= 1

    try:
        run(time.perf_counter() + min(0.5, seconds / 4), 16)
        took.clear()
        start, spent = time.perf_counter(), processor(server.pid)
        run(start + seconds, LEAST)
        into.length += time.perf_counter() - start
        into.spent += processor(server.pid) - spent
        into.took += took
    finally:
        for line in lines:
            line.wire.close()


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def _started(words: list[str], port: int, cores: set[int], **environment: str) -> Iterator[int]:
    """The process of a server on some cores, once it answers."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        process = subprocess.Popen(words, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    finally:
        os.sched_setaffinity(0, own)
    try:
        end = time.monotonic() + 300
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError as error:
                if time.monotonic() > end or process.poll() is not None:
                    raise RuntimeError(f"{words[0]} does not answer at port {port}") from error
                time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def ours(folder: Path, cores: set[int], workers: int = 1) -> Iterator[Server]:
    """Our service on the build in `folder`, which holds the link `current`."""
    port = free_port()
    words = [sys.executable, "-m", "keikaku", "serve", "--port", str(port)]
    with _started(
        words, port, cores, KEIKAKU_ROOT=str(ROOT), KEIKAKU_BUILD=str(folder), KEIKAKU_SPARQL_WORKERS=str(workers), PYTHONPATH=str(ROOT / "src")
    ) as pid:  # fmt: skip
        yield Server(pid, port, "/sparql")


@contextmanager
def theirs(location: Path, cores: set[int]) -> Iterator[Server]:
    """The Oxigraph server on a copy of the store."""
    port = free_port()
    words = [oxigraph(), "serve-read-only", "--location", str(location), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]  # fmt: skip
    with _started(words, port, cores) as pid:
        yield Server(pid, port, "/query")


def oxigraph() -> str:
    """The program of the Oxigraph server; "" where it is not installed (make extra)."""
    beside = Path(sys.executable).parent / "oxigraph"
    return str(beside) if beside.is_file() else shutil.which("oxigraph") or ""


Make = Callable[[Server], Callable[[int], bytes]]


def mixes(current: Path) -> dict[str, Make]:
    """Name of a mix → what makes its requests for a server."""
    opened = store.open_current(current)
    iris = [str(row[0]) for row in opened.select(THINGS).rows]
    random.Random(1).shuffle(iris)
    iris = iris[:1000]
    found = settings.find(ROOT)
    known = library(found.queries, found.root)
    texts = [known[name].text for name in SMALL]

    def fresh(pattern: str) -> Make:
        return lambda server: lambda n: server.post(f"{pattern.format(iris[n % len(iris)])} # {n}")

    return {
        "look-ups": fresh(LOOKUP),
        "ASK": fresh(ASKED),
        "small questions": lambda server: lambda n: server.post(f"{texts[n % len(texts)]}\n# {n}"),
    }


def kept(current: Path) -> Make:
    """A look-up whose answer our service has kept."""
    (row,) = store.open_current(current).select(THINGS.replace("20000", "1")).rows
    return lambda server: lambda n: server.post(LOOKUP.format(row[0]))


def described(current: Path) -> Make:
    """The data of things as Turtle, each of which our service makes from a few queries."""
    rows = store.open_current(current).select(THINGS).rows
    paths = [str(row[0]).removeprefix("https://w3id.org/jichitai-dx") for row in rows]
    head = "GET {0}.ttl HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/turtle\r\n\r\n"
    return lambda _: lambda n: head.format(paths[n % len(paths)]).encode()


def measure(current: Path, seconds: float, clients: int) -> list[str]:
    """Lines of a report in Markdown. `seconds` are those of one mix on one server."""
    cores = sorted(os.sched_getaffinity(0))
    lines = [
        "| mix | server | requests/s | p50 ms | p99 ms | processor µs | ratio of requests | ratio of processor time |",
        "|---|---|---|---|---|---|---|---|",
    ]
    every = mixes(current)
    with tempfile.TemporaryDirectory(prefix="keikaku-http-") as name, ExitStack() as stack:
        folder = Path(name)
        shutil.copytree(current.resolve(), folder / "ours" / "store")
        (folder / "ours" / "current").symlink_to("store")
        shutil.copytree(current.resolve(), folder / "oxigraph")
        os.sched_setaffinity(0, set(cores[1:]) or set(cores))
        stack.callback(os.sched_setaffinity, 0, cores)
        for width in sorted({1, len(cores)}):
            where = f"{width} core{'s' if width > 1 else ''}, {width} worker{'s' if width > 1 else ''}"
            with ExitStack() as servers:
                own = servers.enter_context(ours(folder / "ours", set(cores[:width]), width))
                other = servers.enter_context(theirs(folder / "oxigraph", set(cores[:width]))) if oxigraph() else None
                asked = {mix: (make, make) for mix, make in every.items()}
                asked["look-ups, kept by build id"] = kept(current), every["look-ups"]
                for mix, (mine, their) in asked.items():
                    here, there = Rate(), Rate()
                    for _ in range(ROUNDS):
                        ask(own, mine(own), seconds / ROUNDS, clients, here)
                        if other:
                            ask(other, their(other), seconds / ROUNDS, clients, there)
                    lines.append(
                        f"| {mix}, {where} | ours | {here.cells()} | {_ratios(here, there if other else None)} |"
                    )
                    print(lines[-1], file=sys.stderr, flush=True)
                    if other:
                        lines.append(f"| | Oxigraph | {there.cells()} | | |")
                if width == 1:
                    data = Rate()
                    ask(own, described(current)(own), seconds, clients, data)
                    lines.append(f"| data of a thing (.ttl), {where} | ours | {data.cells()} | | |")
    return lines


def _ratios(one: Rate, other: Rate | None) -> str:
    if other is None:
        return " | "
    return f"{one.each_second / other.each_second:.2f} | {other.processor / one.processor:.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("store", nargs="?", type=Path, help="a built store (default: build/current)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each mix on each server")
    parser.add_argument("--clients", type=int, default=8, help="connections at once")
    told = parser.parse_args()
    current = told.store or settings.find(ROOT).current
    lines = measure(current, told.seconds, told.clients)
    opened = store.open_current(current)
    print(f"build {opened.build_id}, {len(opened):,} quads, {told.clients} connections, {told.seconds:g} s each\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

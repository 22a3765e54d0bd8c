"""The service under load: 32 clients mix lookups, questions, searches, cheap and heavy queries while builds are swapped.

    python bench/soak.py --minutes 10 --hostile 100

Prints requests, failures, p50 and p99 for each kind, answers made anew and answers kept by build id apart, the memory of the
service, and the ratio to the Oxigraph server on the same data and machine where that is installed. Exit 1 when a cheap request failed, or
a hostile query outlived its limit by more than a second. Everything stays on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import rates

import hostile
from keikaku import search, settings, store

CLIENTS = 32
SECONDS = 3.0
LOOKUP = "SELECT ?p ?o WHERE {{ <{0}> ?p ?o }} LIMIT 50"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
Took = dict[str, list[float]]


class Client:
    """One connection that is kept; `said` is what the server answered to the last request that failed."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.said = ""

    def ask(self, path: str, query: str = "") -> int:
        """Status of a GET, or of a POST of a query; 0 when the connection failed."""
        try:
            if query:
                self.line.request("POST", path, urlencode({"query": query}), FORM)
            else:
                self.line.request("GET", path, headers={"Accept": "text/html"})
            answer = self.line.getresponse()
            body = answer.read()
            self.said = body[:300].decode(errors="replace") if answer.status >= 400 else ""
            return answer.status
        except (OSError, http.client.HTTPException) as error:
            self.line.close()
            self.said = repr(error)
            return 0


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def wait_for(port: int, path: str) -> None:
    """Wait until a server answers. Raises TimeoutError after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if Client(port).ask(path):
            return
        time.sleep(0.1)
    raise TimeoutError(f"no server at port {port}")


def memory_of(pid: int) -> int:
    """Megabytes of a process and all that descend from it (resident, shared pages counted by their share)."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found, before = {pid}, set[int]()
    while found != before:
        before, found = found, found | {child for child, parent in parents.items() if parent in found}
    total = 0
    for one in found:
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:
            continue
    return total // 1024


def percentile(took: list[float], share: float) -> float:
    """Milliseconds within which this share of the requests was answered."""
    ordered = sorted(took)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else 0.0


def second_build(folder: Path) -> None:
    """Two builds that differ in one statement, in `folder`, the first one current."""
    found = settings.find(ROOT)
    shutil.copytree(found.current.resolve(), folder / "store-a")
    store.open_current(folder / "store-a").copy_to(folder / "store-b")
    changed = store.open_for_change(folder / "store-b")
    changed.load_nquads(b'<urn:soak> <http://purl.org/dc/terms/title> "soak" <urn:soak:graph> .\n')
    shutil.copy(folder / "store-a" / search.FILE, folder / "store-b")
    changed.write_build_id("soak-b")
    (folder / "current").symlink_to("store-a")


def swap(folder: Path, stop: threading.Event, swaps: list[int]) -> None:
    """Make the other build current every few seconds."""
    for name in itertools.cycle("ba"):
        if stop.wait(5):
            return
        (folder / "next").symlink_to(f"store-{name}")
        (folder / "next").replace(folder / "current")
        swaps[0] += 1


def work(port: int, number: int, iris: list[str], stop: threading.Event, took: Took, failed: list[str]) -> None:
    """One client: three of four requests are cheap; four clients of the 32 also send heavy queries."""
    rng, client = random.Random(number), Client(port)
    heavy = itertools.cycle(text for kind, text in hostile.queries(40, number) if kind not in ("nesting", "brackets"))
    while not stop.is_set():
        iri = rng.choice(iris)
        path = iri.replace("https://w3id.org/jichitai-dx", "")
        kind = rng.choices(["thing", "page", "question", "search", "new query", "kept query", "heavy"], [30, 10, 8, 7, 30, 15, 2 if number % 8 == 0 else 0])[0]  # fmt: skip
        start = time.monotonic()
        if kind == "thing":
            status = client.ask(f"{path}.ttl")
        elif kind == "page":
            status = client.ask(f"{path}.html")
        elif kind == "question":
            status = client.ask(f"/questions/{rng.choice(['who-lacks', 'cq09', 'cq02', 'cq27', 'cq16', 'cq33'])}.json")
        elif kind == "search":
            status = client.ask(
                f"/search?q={quote(rng.choice(['窓口', '浜松', 'DX', 'オンライン', 'セキュリティ', '02']))}"
            )
        elif kind == "new query":
            status = client.ask("/sparql", f"{LOOKUP.format(iri)} # {number} {start}")
        elif kind == "kept query":
            status = client.ask("/sparql", LOOKUP.format(iris[0]))
        else:
            status = client.ask("/sparql", next(heavy))
        took[kind].append(time.monotonic() - start)
        fine = status == 200 if kind != "heavy" else status in (200, 413, 503)
        if not fine:
            failed.append(f"{kind} {status} {client.said}")


def beside(pid: int, port: int, folder: Path) -> None:
    """Look-ups on the service that went through all this and on the Oxigraph server, in turns: answers made anew, answers kept."""
    ours = rates.Server(pid, port, "/sparql")
    fresh, kept = rates.mixes(folder / "store-a")["look-ups"], rates.kept(folder / "store-a")
    if not rates.oxigraph():
        print("no Oxigraph server here: make extra installs it")
        return
    shutil.copytree(folder / "store-a", folder / "oxigraph")
    with rates.theirs(folder / "oxigraph", os.sched_getaffinity(0)) as theirs:
        for name, make in (("made anew", fresh), ("kept", kept)):
            here, there = rates.Rate(), rates.Rate()
            for _ in range(rates.ROUNDS):
                rates.ask(ours, make(ours), 3, 8, here)
                rates.ask(theirs, fresh(theirs), 3, 8, there)
            for who, one in ((f"ours, {name}", here), ("the Oxigraph server", there)):
                print(
                    f"  {who:20s} {one.each_second:7.0f}/s  p50 {one.within(0.5):6.1f} ms  p99 {one.within(0.99):6.1f} ms"
                    f"  processor {1e6 * one.processor:5.0f} µs"
                )
            print(
                f"ratio to the Oxigraph server, {name}: requests {here.each_second / there.each_second:.2f}, "
                f"p50 {there.within(0.5) / here.within(0.5):.2f}, p99 {there.within(0.99) / here.within(0.99):.2f}, "
                f"processor time {there.processor / here.processor:.2f} (1 or more: ours is as fast)"
            )


def against(port: int, count: int) -> int:
    """Hostile queries one after another while a cheap client asks on; how many outlived their limit, or cheap requests failed."""
    worst, wrong, cheap = 0.0, 0, Took()
    stop, failed = threading.Event(), list[str]()
    cheap = defaultdict(list)

    def ask() -> None:
        client = Client(port)
        for number in itertools.count():
            if stop.is_set():
                return
            for path, text in (
                ("/healthz", ""),
                ("/id/lg/221309.ttl", ""),
                ("/sparql", f"ASK {{ ?s a jdx:Plan }} # {number}"),
            ):
                start = time.monotonic()
                if client.ask(path, text) != 200:
                    failed.append(path)
                cheap["cheap"].append(time.monotonic() - start)
            time.sleep(0.02)

    thread = threading.Thread(target=ask)
    thread.start()
    client = Client(port)
    for kind, text in hostile.queries(count):
        start = time.monotonic()
        status = client.ask("/sparql", text)
        took = time.monotonic() - start
        worst = max(worst, took)
        if took > SECONDS + 1 or status not in (200, 400, 413, 503):
            wrong += 1
            print(f"  {kind}: {status} after {took:.2f} s")
    stop.set()
    thread.join()
    print(
        f"{count} hostile queries: the slowest took {worst:.2f} s (limit {SECONDS:g} s), {wrong} beyond limit + 1 s; meanwhile "
        f"{len(cheap['cheap'])} cheap requests, {len(failed)} failed, p50 {percentile(cheap['cheap'], 0.5)} ms, p99 {percentile(cheap['cheap'], 0.99)} ms"
    )
    return wrong + len(failed)


def main() -> int:
    """Run the soak and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--hostile", type=int, default=100)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keikaku-soak-") as name:
        folder = Path(name)
        second_build(folder)
        port = free_port()
        env = os.environ | {"KEIKAKU_ROOT": str(ROOT), "KEIKAKU_BUILD": name, "KEIKAKU_SPARQL_SECONDS": str(SECONDS), "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
        with (folder / "log").open("w") as log:
            server = subprocess.Popen([sys.executable, "-m", "keikaku", "serve", "--port", str(port), "--log", "json"], env=env, stderr=log)  # fmt: skip
        try:
            wait_for(port, "/healthz")
            rows = store.open_current(folder / "store-a").select(
                "SELECT DISTINCT ?thing WHERE { VALUES ?kind { jdx:Plan jdx:Initiative jdx:KPI jdx:PolicyTheme jdx:Municipality } ?thing a ?kind }"
            )
            iris = sorted(str(row[0]) for row in rows.rows)
            random.Random(1).shuffle(iris)
            iris = iris[:600]
            took: list[Took] = [defaultdict(list) for _ in range(CLIENTS)]
            failed, swaps, stop = list[str](), [0], threading.Event()
            threads = [
                threading.Thread(target=work, args=(port, n, iris, stop, took[n], failed)) for n in range(CLIENTS)
            ]
            threads.append(threading.Thread(target=swap, args=(folder, stop, swaps)))
            before, most = memory_of(server.pid), 0
            for thread in threads:
                thread.start()
            end = time.monotonic() + told.minutes * 60
            middle = 0
            while time.monotonic() < end:
                time.sleep(2)
                now = memory_of(server.pid)
                most = max(most, now)
                if not middle and time.monotonic() > end - told.minutes * 30:
                    middle = now
            stop.set()
            for thread in threads:
                thread.join()
            print(f"{CLIENTS} clients, {told.minutes:g} minutes, {swaps[0]} swaps of the build")
            for kind in sorted({kind for one in took for kind in one}):
                every = [t for one in took for t in one[kind]]
                print(
                    f"  {kind:12s} {len(every):7d}  p50 {percentile(every, 0.5):8.1f} ms  p99 {percentile(every, 0.99):8.1f} ms"
                )
            print(f"failed: {len(failed)}")
            for reason, count in Counter(failed).most_common(20):
                print(f"  {count:5d} {reason}")
            print(
                f"memory of all processes: {before} MB at first, {middle} MB half way, {memory_of(server.pid)} MB at the end, {most} MB at most"
            )
            wrong = len(failed) + (against(port, told.hostile) if told.hostile else 0)
            beside(server.pid, port, folder)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(30)
        lines = [json.loads(line) for line in (folder / "log").read_text().splitlines() if line.startswith("{")]
        errors = [line for line in lines if line["level"] == "error"]
        for line in errors[:2]:
            print(str(line.get("exception", line.get("message")))[-1500:])
        print(f"log: {len(lines)} lines, {len(errors)} errors; stopped with {code}")
        return 1 if wrong or errors else 0


if __name__ == "__main__":
    sys.exit(main())

"""Other people's engines: the graph is pushed into each, and every question must have the answer of the embedded store.

Not part of `make test`: `make test-engines` installs the servers and runs this file. What an engine cannot do is in
`keikaku.engines`, with the reason; a question that is listed there and works has to be taken off the list.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import httpx
import pytest
from rdflib import Literal

from conftest import ROOT
from keikaku import engines, push
from keikaku.ask import Question, ask, library
from keikaku.ask.answer import Row
from keikaku.ask.bind import sample_terms
from keikaku.ask.evidence import split
from keikaku.endpoint import Endpoint, Login, open_endpoint
from keikaku.errors import KeikakuError
from keikaku.settings import Settings
from keikaku.store import open_current

QUESTIONS = library(ROOT / "queries", ROOT)
VIRTUOSO = """
[Database]
DatabaseFile={0}/virtuoso.db
ErrorLogFile={0}/virtuoso.log
LockFile={0}/virtuoso.lck
TransactionFile={0}/virtuoso.trx
xa_persistent_file={0}/virtuoso.pxa
[TempDatabase]
DatabaseFile={0}/temp.db
TransactionFile={0}/temp.trx
[Parameters]
ServerPort=127.0.0.1:{1}
DirsAllowed={0}
NumberOfBuffers=20000
MaxDirtyBuffers=12000
[HTTPServer]
ServerPort=127.0.0.1:{2}
ServerRoot={0}
[SPARQL]
MaxQueryExecutionTime=60
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@dataclass
class Server:
    """A server that runs while the tests do, and is started again when a question has made it stop answering."""

    words: list[str]
    address: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "out.log").open("a") as log:
            self.process = subprocess.Popen(self.words, cwd=self.folder, stdout=log, stderr=log)
        end = time.monotonic() + 120
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < end, (self.folder / "out.log").read_text()
            time.sleep(0.2)

    def answers(self) -> bool:
        """Whether it answers within ten seconds."""
        try:
            httpx.get(self.address, params={"query": "ASK {}"}, trust_env=False, timeout=10)
        except httpx.HTTPError:
            return False
        return True

    def stop(self) -> None:
        """End it; a server that does not end within a minute is killed."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wake(self) -> None:
        """Start it again when it has ended or does not answer any more. What was pushed is on its disk."""
        assert self.process is not None
        if self.process.poll() is not None or not self.answers():
            self.process.kill()
            self.process.wait()
            (self.folder / "virtuoso.lck").unlink(missing_ok=True)
            self.start()


@contextmanager
def process(words: list[str], address: str, folder: Path) -> Iterator[Server]:
    """A server that runs while the tests do."""
    server = Server(words, address, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def oxigraph(folder: Path) -> Iterator[tuple[str, Login, Server]]:
    binary = Path(sys.executable).parent / "oxigraph"
    if not binary.is_file():
        pytest.skip("no Oxigraph server: make test-engines installs it")
    at = f"127.0.0.1:{free_port()}"
    words = [str(binary), "serve", "--location", str(folder / "db"), "--bind", at, "--union-default-graph"]
    with process(words, f"http://{at}/query", folder) as server:
        yield server.address, Login(), server


@contextmanager
def virtuoso(folder: Path) -> Iterator[tuple[str, Login, Server]]:
    binary = shutil.which("virtuoso-t")
    if not binary:
        pytest.skip("no Virtuoso: make test-engines installs it")
    port = free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(folder, free_port(), port))
    words = [binary, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    with process(words, f"http://127.0.0.1:{port}/sparql", folder) as server:
        yield server.address, Login("dba", "dba", digest=True), server


@dataclass(frozen=True)
class Engine:
    """An engine that holds the graph."""

    endpoint: Endpoint
    server: Server


@pytest.fixture(scope="module", params=[oxigraph, virtuoso], ids=["oxigraph", "virtuoso"])
def engine(
    request: pytest.FixtureRequest, built_project: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    with request.param(tmp_path_factory.mktemp(request.param.__name__)) as (url, login, server):
        opened = open_current(built_project.current)
        push.write(opened, push.plan(opened, {}), push.graph_store_of(url), login, 120)
        assert push.plan(opened, push.held(Endpoint(url))) == [], "a second push has nothing to do"
        server.stop()  # writes all that was pushed to its own disk
        server.start()
        yield Engine(open_endpoint(url, {}), server)


def canonical(term: object) -> object:
    """A cell so that equal values are equal: numbers by value, joined IRIs as a set, texts without the language of a join."""
    if term is None:
        return None
    text = str(term)
    if isinstance(term, Literal) and not term.language:
        try:
            return Decimal(text).normalize()
        except InvalidOperation:
            pass
    words = text.split()
    return frozenset(words) if words and all(word.startswith("http") for word in words) else text.strip()


def rows(question: Question, found: tuple[Row, ...]) -> list[tuple[object, ...]]:
    return [
        tuple(frozenset(split(c)) if col.is_evidence else canonical(c) for col, c in zip(question.columns, row, strict=True))
        for row in found
    ]  # fmt: skip


def test_the_engine_holds_the_same_build(engine: Engine, built_project: Settings) -> None:
    opened = open_current(built_project.current)
    assert engine.endpoint.build_id == opened.build_id
    assert engine.endpoint.graphs() == opened.graphs()
    for graph in opened.graphs():
        count = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        assert str(engine.endpoint.select(count).rows[0][0]) == str(opened.select(count).rows[0][0]), graph


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_the_answer_of_the_embedded_store(engine: Engine, built_project: Settings, name: str) -> None:
    question = QUESTIONS[name]
    given = {
        p.name: [str(t) for t in sample_terms(question, p)] for p in question.parameters if p.left_out == "required"
    }
    here = rows(question, ask(open_current(built_project.current), question, given).rows)
    listed = engines.unable(engine.endpoint.engine, name)
    asked = Endpoint(
        engine.endpoint.url, engine.endpoint.seconds
    )  # without the name of the engine nothing is refused beforehand
    try:
        there = rows(question, ask(asked, question, given).rows)
    except KeikakuError as error:
        engine.server.wake()
        assert listed, f"not listed: {error}"
        return
    if listed:
        assert not listed.always or Counter(there) != Counter(here), (
            f"{name} works: take it off the list in keikaku.engines"
        )
        with pytest.raises(KeikakuError, match=r"docs/engines\.md"):
            ask(engine.endpoint, question, given)
        return
    assert Counter(there) == Counter(here)
    assert len(ask(engine.endpoint, question, given)) == len(here)

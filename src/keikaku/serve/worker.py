"""One worker process: it opens the store read-only, answers one query after another, and may be killed at any moment.

pyoxigraph cannot be interrupted (architecture §3), so the limit on time holds from outside: whoever waits kills the process.
"""

from __future__ import annotations

import resource
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from keikaku.errors import QueryError
from keikaku.pages import data
from keikaku.serve import results
from keikaku.store import Solutions, Store, Triples, open_current


@dataclass(frozen=True)
class Job:
    """One query on one build. `default` and `named` are the graphs of the protocol's dataset, None where it names none.

    tables and graphs are the form for each kind of result; None where the client accepts none.
    """

    folder: Path
    text: str
    tables: str | None
    graphs: str | None
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    rows: int = 100_000


@dataclass(frozen=True)
class Outcome:
    """What came of a job: `status` as of HTTP, the media type, and the answer or the sentence that says what is wrong."""

    status: int
    media: str
    body: bytes


class _Dataset:
    """The engine with the dataset that the protocol names in place of the union (SPARQL 1.1 Protocol §2.1.4)."""

    def __init__(self, store: Store, default: tuple[str, ...], named: tuple[str, ...]) -> None:
        self.engine: Any = store.engine
        self.default, self.named = self._terms(default), self._terms(named)

    def _terms(self, iris: tuple[str, ...]) -> list[Any]:
        """The IRIs as terms of the engine, which only `store` knows: asked of the engine itself."""
        return [next(iter(self.engine.query(f"SELECT (<{iri}> AS ?graph) {{}}")))[0] for iri in iris]

    def query(self, text: str, **options: Any) -> Any:
        """Answer over the named dataset; a FROM in the query gives way to it."""
        options.pop("use_default_graph_as_union", None)
        return self.engine.query(text, default_graph=self.default, named_graphs=self.named, **options)


def work(connection: Connection, megabytes: int) -> None:
    """Answer jobs until the other side hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    store: Store | None = None
    while True:
        try:
            job = cast(Job, connection.recv())
        except (EOFError, OSError):
            return
        try:
            if store is None or store.path != job.folder:
                store = open_current(job.folder)
            outcome = answer(store, job)
        except MemoryError:
            store = None
            outcome = Outcome(
                503,
                "",
                b"the query needed more memory than this service gives to one query. Ask for less; see docs/sparql.md.",
            )
        except Exception as error:
            store = None
            outcome = Outcome(
                500, "", f"the query could not be answered: {type(error).__name__}. Report it with the query.".encode()
            )
        connection.send(outcome)


def answer(store: Store, job: Job) -> Outcome:
    """Answer one query in the form its result can take."""
    asked = store
    if job.default is not None or job.named is not None:
        asked = Store(cast(Any, _Dataset(store, job.default or (), job.named or ())), store.path)
    try:
        result = asked.query(job.text)
    except QueryError as error:
        return Outcome(400, "", str(error).encode())
    count = len(result.triples) if isinstance(result, Triples) else len(result) if isinstance(result, Solutions) else 1
    if count > job.rows:
        return Outcome(
            413,
            "",
            f"the answer has {count:,} rows, more than the {job.rows:,} that one answer may have. Add LIMIT and OFFSET.".encode(),
        )
    media = job.graphs if isinstance(result, Triples) else job.tables
    if media is None:
        kinds = data.FORMS if isinstance(result, Triples) else results.TABLES
        return Outcome(
            406,
            "",
            f"this answer cannot be written in a form that you accept. Accept one of: {', '.join(kinds)}.".encode(),
        )
    try:
        body = data.to_bytes(result.triples, media) if isinstance(result, Triples) else results.to_bytes(result, media)
    except ValueError:
        return Outcome(406, "", f"this answer cannot be written as {media}. Accept text/turtle.".encode())
    return Outcome(200, media, body)

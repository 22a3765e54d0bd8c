"""One worker process: it opens the store read-only, answers one query after another, and may be killed at any moment.

pyoxigraph cannot be interrupted (architecture §3), so the limit on time holds from outside: whoever waits kills the process.
It has no network where the system allows that, so that no query can reach another machine.
"""

from __future__ import annotations

import ctypes
import re
import resource
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from keikaku.endpoint import Endpoint
from keikaku.errors import CannotRunError, QueryError
from keikaku.pages import data
from keikaku.serve import results
from keikaku.store import Solutions, Store, Triples, open_current

#: Status of a job whose build has been swapped away before it was opened: ask again on the current one.
GONE = 410
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


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
    answer: int = 50_000_000
    endpoint: Endpoint | None = None


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


def said(status: int, ja: str, en: str) -> Outcome:
    """A refusal: one sentence in both languages."""
    return Outcome(status, "", f"{ja}。 / {en}.".encode())


def _leave_network() -> None:
    """Give this process a network of its own without any way out; where the system forbids it, SERVICE is still refused."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (AttributeError, OSError):
        return
    if unshare(_NEW_NET) != 0:
        unshare(_NEW_USER | _NEW_NET)


def work(connection: Connection, megabytes: int) -> None:
    """Answer jobs until the other side hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    store: Store | None = None
    alone = False
    while True:
        try:
            job = cast(Job, connection.recv())
        except (EOFError, OSError):
            return
        try:
            if job.endpoint is not None:
                outcome = _shown(job, _asked_elsewhere(job.endpoint, job))
            else:
                if not alone:
                    _leave_network()
                    alone = True
                if store is None or store.path != job.folder:
                    store = open_current(job.folder)
                outcome = _shown(job, _asked_here(store, job))
        except QueryError as error:
            outcome = said(400, _read_ja(str(error)), str(error).rstrip("."))
        except MemoryError:
            store = None
            outcome = said(
                503,
                f"一つの問い合わせに使える記憶域({megabytes:,} MB)を超えました。範囲を狭めてください",
                f"the query needed more memory than the {megabytes:,} MB that one query may have. Ask for less; see docs/sparql.md",
            )
        except (CannotRunError, OSError) as error:
            store = None
            status = GONE if job.endpoint is None else 503
            outcome = said(status, "グラフに届きません", str(error).rstrip("."))
        except Exception as error:
            store = None
            outcome = said(
                500,
                "問い合わせに答えられませんでした。問い合わせを添えてお知らせください",
                f"the query could not be answered: {type(error).__name__}. Report it with the query",
            )
        try:
            connection.send(outcome)
        except OSError:
            return


def _asked_here(store: Store, job: Job) -> Solutions | Triples | bool:
    """The answer of the store on disk, with one row more than may be shown, if there is one."""
    asked = store
    if job.default is not None or job.named is not None:
        asked = Store(cast(Any, _Dataset(store, job.default or (), job.named or ())), store.path)
    return asked.query(job.text, most=job.rows + 1)


def _asked_elsewhere(endpoint: Endpoint, job: Job) -> Solutions | Triples | bool:
    """The answer of another service."""
    return endpoint.query(job.text, default=job.default or (), named=job.named or ())


def _shown(job: Job, result: Solutions | Triples | bool) -> Outcome:
    """An answer in the form its result can take."""
    count = len(result.triples) if isinstance(result, Triples) else len(result) if isinstance(result, Solutions) else 1
    if count > job.rows:
        return said(
            413,
            f"答えが {job.rows:,} 行を超えます。LIMIT と OFFSET で分けてください",
            f"the answer has more than the {job.rows:,} rows that one answer may have. Add LIMIT and OFFSET",
        )
    media = job.graphs if isinstance(result, Triples) else job.tables
    if media is None:
        kinds = ", ".join(data.FORMS if isinstance(result, Triples) else results.TABLES)
        return said(
            406,
            f"受け取れる形式では、この答えを書けません。書ける形式: {kinds}",
            f"this answer cannot be written in a form that you accept. Accept one of: {kinds}",
        )
    try:
        body = data.to_bytes(result.triples, media) if isinstance(result, Triples) else results.to_bytes(result, media)
    except ValueError:
        return said(
            406,
            f"この答えは {media} では書けません。text/turtle にしてください",
            f"this answer cannot be written as {media}. Accept text/turtle",
        )
    if len(body) > job.answer:
        return said(
            413,
            f"答えが {job.answer:,} バイトを超えます。LIMIT と OFFSET で分けてください",
            f"the answer is larger than the {job.answer:,} bytes that one answer may have. Add LIMIT and OFFSET",
        )
    return Outcome(200, media, body)


def _read_ja(sentence: str) -> str:
    """What is wrong with a query, in Japanese, with its place."""
    place = re.search(r"line (\d+)(?:, column (\d+))?", sentence)
    where = f"{place[1]} 行" + (f" {place[2]} 列" if place[2] else "") + "目: " if place else ""
    if "SERVICE is not allowed" in sentence:
        return f"{where}SERVICE は使えません。ほかの窓口には直接尋ねてください"
    return f"{where}問い合わせを読めません"

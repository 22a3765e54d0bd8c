"""One worker process: it opens the store read-only, answers one query after another, and may be killed at any moment.

pyoxigraph cannot be interrupted (architecture §3), so the limit on time holds from outside: whoever waits kills the process.
It has no network where the system allows that, so that no query can reach another machine.
"""

from __future__ import annotations

import ctypes
import pickle
import resource
import signal
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from keikaku.endpoint import Endpoint
from keikaku.errors import CannotRunError, QueryError
from keikaku.pages import data
from keikaku.serve import results
from keikaku.serve.asking import Asking, asked
from keikaku.serve.outcome import Outcome, said, too_large, too_many
from keikaku.serve.respond import both
from keikaku.store import Solutions, Store, Triples, open_current

#: Status of a job whose build has been swapped away before it was opened: ask again on the current one.
GONE = 410
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


#: Before each message stands its length.
_LENGTH = struct.Struct("<I")
#: Bytes read at once.
PIECE = 65_536


@dataclass(frozen=True)
class Job:
    """One query on one build. `default` and `named` are the graphs of the protocol's dataset, None where it names none.

    tables and graphs are the form for each kind of result; None where the client accepts none. With `asking` it is a question of
    the library in place of a query.
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
    asking: Asking | None = None

    def packed(self) -> bytes:
        """The message that tells a worker of it; a path is slow to pack and goes as text."""
        given = (str(self.folder), self.text, self.tables, self.graphs, self.default, self.named, self.rows, self.answer, self.endpoint, self.asking)  # fmt: skip
        content = pickle.dumps(given, 5)
        return _LENGTH.pack(len(content)) + content


def _leave_network() -> None:
    """Give this process a network of its own without any way out; where the system forbids it, SERVICE is still refused."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (AttributeError, OSError):
        return
    if unshare(_NEW_NET) != 0:
        unshare(_NEW_USER | _NEW_NET)


def _next_job(wire: socket.socket) -> Job | None:
    """The next job; None when the other side has hung up."""
    message = b""
    while len(message) < _LENGTH.size or len(message) < _LENGTH.size + _LENGTH.unpack_from(message)[0]:
        piece = wire.recv(PIECE)
        if not piece:
            return None
        message += piece
    folder, *rest = pickle.loads(memoryview(message)[_LENGTH.size :])  # noqa: S301 - our own process wrote it
    return Job(Path(folder), *rest)


def work(wire: socket.socket, megabytes: int) -> None:
    """Answer jobs until the other side hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    store: Store | None = None
    folder: Path | None = None
    alone = False
    while True:
        try:
            job = _next_job(wire)
        except OSError:
            return
        if job is None:
            return
        try:
            if job.endpoint is not None:
                outcome = _shown(job, job.endpoint.query(job.text, default=job.default or (), named=job.named or ()))
            else:
                if not alone:
                    _leave_network()
                    alone = True
                if store is None or folder != job.folder:
                    store, folder = open_current(job.folder), job.folder
                outcome = asked(store, job.asking, job.rows, job.answer) if job.asking else _answered(store, job)
        except QueryError as error:
            outcome = Outcome(400, "", both(error).encode())
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
            if isinstance(error, CannotRunError):
                outcome = Outcome(status, "", both(error).encode())
            else:
                outcome = said(status, "グラフに届きません", str(error).rstrip("."))
        except Exception as error:
            store = None
            outcome = said(
                500,
                "問い合わせに答えられませんでした。問い合わせを添えてお知らせください",
                f"the query could not be answered: {type(error).__name__}. Report it with the query",
            )
        try:
            for piece in outcome.packed():
                wire.sendall(piece)
        except OSError:
            return


def _answered(store: Store, job: Job) -> Outcome:
    """The answer of the store on disk."""
    own = None if job.default is None and job.named is None else (job.default or (), job.named or ())
    try:
        # Read to one row more than may be shown, if there is one.
        result = store.answer(job.text, job.tables or results.JSON, most=job.rows + 1, size=job.answer, dataset=own)
    except OverflowError:
        return too_large(job.answer)
    if not isinstance(result, bytes) or job.tables is None:
        return _shown(job, Solutions((), ()) if isinstance(result, bytes) else result)
    # A row takes a byte at least.
    if len(result) > job.rows and results.rows_of(result, job.tables) > job.rows:
        return too_many(job.rows)
    return Outcome(200, job.tables, results.clean(result, job.tables))


def _shown(job: Job, result: Solutions | Triples | bool) -> Outcome:
    """An answer in the form its result can take."""
    count = len(result.triples) if isinstance(result, Triples) else len(result) if isinstance(result, Solutions) else 1
    if count > job.rows:
        return too_many(job.rows)
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
    return too_large(job.answer) if len(body) > job.answer else Outcome(200, media, body)

"""Warm worker processes for queries; one that takes too long is killed and replaced.

A query that is not done after `short` seconds leaves its place to another and goes on as one of the few long ones, so short
queries never wait behind long ones. A client that goes away ends its query.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue

from anyio import CapacityLimiter

from keikaku.serve.limits import Limits
from keikaku.serve.worker import GONE, Job, Outcome, said, work

#: Seconds that a new worker may take until it can answer; not counted as time of the query.
_START = 30.0
#: Seconds after which one who waits for a worker looks whether the client is still there.
_LOOK = 0.2


class Worker:
    """One process and the line to it."""

    def __init__(self, limits: Limits) -> None:
        # Forked from a server that has imported everything, a worker is there in milliseconds and shares no lock with us.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["keikaku.serve.worker"])
        self.connection: Connection
        self.connection, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=work, args=(other, limits.megabytes), daemon=True)
        self.process.start()
        other.close()
        self._ready = False

    def ready(self, job: Job) -> bool:
        """Wait until the process answers at all, which is not time of a query."""
        if not self._ready:
            self._ready = self.send(replace(job, text="ASK {}")) and self.wait(_START) is not None
        return self._ready

    def send(self, job: Job) -> bool:
        """Give it a job; whether it takes it."""
        try:
            self.connection.send(job)
        except (OSError, ValueError):
            return False
        return True

    def wait(self, seconds: float) -> Outcome | None:
        """The outcome, or None when there is none yet, or when the process died."""
        try:
            found = self.connection.recv() if self.connection.poll(max(0.0, seconds)) else None
        except (EOFError, OSError):
            return None
        return found if isinstance(found, Outcome) else None

    def kill(self) -> bool:
        """End the process; whether it had still been running."""
        running = self.process.is_alive()
        self.process.kill()
        self.process.join()
        self.connection.close()
        return running


class Ticket:
    """What the one who asks holds: `cancel` ends the query, whether it waits or runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """End the query. It may have ended already."""
        with self._lock:
            self.cancelled = True
            if self._worker is not None:
                self._worker.process.kill()

    def take(self, worker: Worker | None) -> bool:
        """Note who works for it, None when nobody does any more; False when it was cancelled before."""
        with self._lock:
            self._worker = None if self.cancelled else worker
            return not self.cancelled


class Pool:
    """Workers for SPARQL queries. `run` may be called from many threads; `close` ends all processes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._idle: SimpleQueue[Worker | None] = SimpleQueue()
        self._places = threading.BoundedSemaphore(limits.workers + limits.long + limits.waiting)
        self._long = threading.BoundedSemaphore(limits.long)
        self._closed = False
        self._asked = self._prolonged = 0
        self._count = threading.Lock()
        self._threads: CapacityLimiter | None = None
        for _ in range(limits.workers):
            self._idle.put(None)

    def threads(self) -> CapacityLimiter:
        """Threads for those who wait, one for each query that may wait or run, and one to refuse the next."""
        if self._threads is None:
            self._threads = CapacityLimiter(self.limits.workers + self.limits.long + self.limits.waiting + 1)
        return self._threads

    @property
    def running(self) -> tuple[int, int]:
        """Queries that run or wait for a worker as short ones, and those that have become long."""
        return self._asked - self._prolonged, self._prolonged

    def warm(self, job: Job) -> None:
        """Start every worker and let it open the store."""
        workers = [self._idle.get() or Worker(self.limits) for _ in range(self.limits.workers)]
        for worker in workers:
            worker.ready(job)
            self._idle.put(worker)

    def run(self, job: Job, ticket: Ticket | None = None) -> Outcome:
        """Answer a query within the limits; a refusal says which limit it was."""
        if not self._places.acquire(blocking=False):
            return _refusal(
                "順番を待つ問い合わせが多すぎます。少し待ってやり直してください",
                "too many queries are waiting. Try again in a few seconds",
            )
        self._counted(1, 0)
        try:
            return self._run(job, ticket or Ticket())
        finally:
            self._counted(-1, 0)
            self._places.release()

    def _counted(self, asked: int, prolonged: int) -> None:
        with self._count:
            self._asked += asked
            self._prolonged += prolonged

    def _idle_worker(self, ticket: Ticket) -> Worker | None:
        """A free worker, made if need be. Raises Empty when none gets free in time, or the client has gone away."""
        patience = self.limits.seconds + self.limits.short * (1 + self.limits.waiting / self.limits.workers)
        until = time.monotonic() + patience
        while not ticket.cancelled and not self._closed and time.monotonic() < until:
            try:
                worker = self._idle.get(timeout=_LOOK)
            except Empty:
                continue
            if worker is not None and worker.process.is_alive():
                return worker
            if worker is not None:
                worker.kill()
            return None
        raise Empty

    def _run(self, job: Job, ticket: Ticket) -> Outcome:
        try:
            worker = self._idle_worker(ticket)
        except Empty:
            return _refusal(
                "処理の手が空きません。少し待ってやり直してください", "all workers are busy. Try again in a few seconds"
            )
        long = False
        try:
            worker = worker or Worker(self.limits)
            start = time.monotonic()
            outcome: Outcome | None = None
            if worker.ready(job) and ticket.take(worker) and worker.send(job):
                start = time.monotonic()
                short = min(self.limits.short, self.limits.seconds)
                outcome = worker.wait(short)
                if outcome is None and worker.process.is_alive() and short < self.limits.seconds:
                    long = self._long.acquire(blocking=False)
                    if not long:
                        worker.kill()
                        worker = None
                        return _refusal(
                            "長い問い合わせが多すぎて、これ以上は続けられません。少し待ってやり直してください",
                            f"{self.limits.long} queries that take longer than {short:g} seconds are running, and no more may. "
                            "Try again in a few seconds",
                        )
                    self._counted(0, 1)
                    self._idle.put(None)  # its place is free for a short query, which gets a new worker
                    outcome = worker.wait(self.limits.seconds - (time.monotonic() - start))
            if outcome is not None and ticket.take(None):
                return outcome
            running = worker.kill()
            worker = None
            if ticket.cancelled:
                return _refusal("問い合わせた側がいなくなりました", "the client has gone away")
            if running and time.monotonic() - start >= min(self.limits.seconds, self.limits.short):
                return _refusal(
                    f"{self.limits.seconds:g} 秒で止めました。範囲を狭めるか、LIMIT を付けてください",
                    f"the query was stopped after {self.limits.seconds:g} seconds. Ask for less, or add LIMIT",
                )
            return _refusal(
                "処理が倒れました。大きすぎるか、入れ子が深すぎます。書き直してください",
                "the query brought its worker down. It is too large or too deeply nested; write it more simply",
            )
        finally:
            self._give_back(worker, long)

    def _give_back(self, worker: Worker | None, long: bool) -> None:
        """Free the place of a query. After a long one the place has already been taken: its worker replaces one not yet made."""
        if worker is not None and self._closed:
            worker.kill()
            worker = None
        if not long:
            self._idle.put(worker)
            return
        self._counted(0, -1)
        self._long.release()
        if worker is None:
            return
        try:
            other = self._idle.get_nowait()
        except Empty:
            worker.kill()
            return
        if other is None:
            self._idle.put(worker)
        else:
            self._idle.put(other)
            worker.kill()

    def close(self) -> None:
        """End every worker; the pool is of no further use."""
        self._closed = True
        while True:
            try:
                worker = self._idle.get_nowait()
            except Empty:
                return
            if worker is not None:
                worker.kill()


def _refusal(ja: str, en: str) -> Outcome:
    return said(503, ja, f"{en}; see docs/sparql.md")


__all__ = ["GONE", "Pool", "Ticket", "Worker"]

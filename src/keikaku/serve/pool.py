"""A small pool of warm worker processes; one that takes too long is killed and replaced."""

from __future__ import annotations

import multiprocessing
import threading
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import Empty, SimpleQueue

from anyio import CapacityLimiter

from keikaku.serve.limits import Limits
from keikaku.serve.worker import Job, Outcome, work

#: Seconds that a new worker may take until it can answer; not counted as time of the query.
_START = 30.0


class Worker:
    """One process and the line to it."""

    def __init__(self, limits: Limits) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, other = context.Pipe()
        self.process: SpawnProcess = context.Process(target=work, args=(other, limits.megabytes), daemon=True)
        self.process.start()
        other.close()
        self._ready = False

    def ready(self, job: Job) -> bool:
        """Wait until the process answers at all, which takes a second after its start and is not time of a query."""
        if not self._ready:
            self._ready = self.ask(replace(job, text="ASK {}"), _START) is not None
        return self._ready

    def ask(self, job: Job, seconds: float) -> Outcome | None:
        """The outcome, or None when the worker did not answer in time or died; then it is of no further use."""
        try:
            self.connection.send(job)
            if not self.connection.poll(seconds):
                return None
            found = self.connection.recv()
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


class Pool:
    """Workers for SPARQL queries. `run` may be called from many threads; `close` ends all processes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._idle: SimpleQueue[Worker | None] = SimpleQueue()
        self._places = threading.BoundedSemaphore(limits.workers + limits.waiting)
        self._closed = False
        self._threads: CapacityLimiter | None = None
        for _ in range(limits.workers):
            self._idle.put(None)

    def threads(self) -> CapacityLimiter:
        """Threads for those who wait, one for each query that may wait or run, and one to refuse the next."""
        if self._threads is None:
            self._threads = CapacityLimiter(self.limits.workers + self.limits.waiting + 1)
        return self._threads

    def warm(self, job: Job) -> None:
        """Start every worker and let it open the store."""
        workers = [self._idle.get() or Worker(self.limits) for _ in range(self.limits.workers)]
        for worker in workers:
            worker.ready(job)
            self._idle.put(worker)

    def run(self, job: Job) -> Outcome:
        """Answer a query within the limits; a refusal says which limit it was."""
        if not self._places.acquire(blocking=False):
            return _refusal("too many queries are waiting", "Try again in a few seconds")
        try:
            return self._run(job)
        finally:
            self._places.release()

    def _run(self, job: Job) -> Outcome:
        seconds = self.limits.seconds
        try:
            worker = self._idle.get(timeout=seconds * (1 + self.limits.waiting / self.limits.workers))
        except Empty:
            return _refusal("all workers are busy", "Try again in a few seconds")
        try:
            if worker is None or not worker.process.is_alive():
                worker = Worker(self.limits)
            start = time.monotonic()
            if worker.ready(job):
                start = time.monotonic()
                outcome = worker.ask(job, seconds)
                if outcome is not None:
                    return outcome
            running = worker.kill()
            worker = None if self._closed else Worker(self.limits)
            if running and time.monotonic() - start >= seconds:
                return _refusal(f"the query was stopped after {seconds:g} seconds", "Ask for less, or add LIMIT")
            return _refusal(
                "the query brought its worker down", "It is too large or too deeply nested; write it more simply"
            )
        finally:
            if self._closed and worker is not None:
                worker.kill()
            else:
                self._idle.put(worker)

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


def _refusal(what: str, do: str) -> Outcome:
    return Outcome(503, "", f"{what}. {do}; see docs/sparql.md.".encode())

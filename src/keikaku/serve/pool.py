"""Warm worker processes for queries; one that takes too long is killed and replaced.

A query that is not done after `short` seconds leaves its place to another and goes on as one of the few long ones, so short
queries never wait behind long ones of strangers; a question of the library that finds no place among the long ones ends in its own. A
client that goes away ends its query. All of this happens in the one event loop of the
service, without a thread that waits; only to start a process and to see it end takes a thread.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from keikaku.serve.limits import Limits
from keikaku.serve.outcome import Outcome, said
from keikaku.serve.process import Worker
from keikaku.serve.worker import GONE, Job

#: Seconds that a new worker may take until it can answer; not counted as time of the query.
_START = 30.0
#: Seconds until a worker that could not be started is tried again.
_AGAIN = 0.5


class Ticket:
    """What the one who asks holds: `cancel` ends the query, whether it waits or runs."""

    def __init__(self) -> None:
        self.cancelled = False
        self.worker: Worker | None = None
        self.place: asyncio.Future[Worker | None] | None = None

    def cancel(self) -> None:
        """End the query. It may have ended already."""
        self.cancelled = True
        if self.worker is not None:
            self.worker.kill()
        if self.place is not None and not self.place.done():
            self.place.set_result(None)


class Pool:
    """Workers for SPARQL queries. To be used in one event loop; `close` ends all processes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._idle: list[Worker] = []
        self._waiting: deque[asyncio.Future[Worker | None]] = deque()
        self._known: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._probe: Job | None = None
        self._asked = self._prolonged = 0
        self._closed = False

    @property
    def running(self) -> tuple[int, int]:
        """Queries that run or wait for a worker as short ones, and those that have become long."""
        return self._asked - self._prolonged, self._prolonged

    async def warm(self, job: Job) -> None:
        """Start every worker and let it open the store."""
        self._probe = replace(job, text="ASK {}", asking=None)
        await asyncio.gather(*(self._start() for _ in range(self.limits.workers)))

    async def run(self, job: Job, ticket: Ticket | None = None) -> Outcome:
        """Answer a query within the limits; a refusal says which limit it was."""
        if self._asked >= self.limits.workers + self.limits.long + self.limits.waiting:
            return _refusal(
                "順番を待つ問い合わせが多すぎます。少し待ってやり直してください",
                "too many queries are waiting. Try again in a few seconds",
            )
        self._asked += 1
        try:
            return await self._run(job, ticket or Ticket())
        finally:
            self._asked -= 1

    async def close(self) -> None:
        """End every worker; the pool is of no further use."""
        self._closed = True
        for place in self._waiting:
            if not place.done():
                place.set_result(None)
        for worker in tuple(self._known):
            self._discard(worker)
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _start(self) -> None:
        """Start a worker for a place that is free, and give it the place once it answers."""
        while not self._closed:
            try:
                worker = await asyncio.to_thread(Worker, self.limits, asyncio.get_running_loop())
            except OSError:
                await asyncio.sleep(_AGAIN)
                continue
            self._known.add(worker)
            worker.join()
            if self._probe is not None and not self._closed:
                worker.tell(self._probe)
                if await worker.outcome(_START) is None:
                    self._discard(worker)
                    continue
            self._free(worker)
            return

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside all else."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _discard(self, worker: Worker) -> None:
        """End a worker that nobody needs."""
        if worker in self._known:
            self._known.discard(worker)
            worker.kill()
            self._beside(asyncio.to_thread(worker.process.join))

    def _free(self, worker: Worker | None) -> None:
        """Give the place of a query to the next: with its worker, or with a new one where that is no more."""
        if self._closed or (worker is not None and worker.dead):
            if worker is not None:
                self._discard(worker)
            worker = None
        if worker is None:
            if not self._closed:
                self._beside(self._start())
            return
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)

    async def _place(self, ticket: Ticket) -> Worker | None:
        """A free worker; None when none gets free in time, or the client has gone away."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.dead:
                return worker
            self._free(worker)
        loop = asyncio.get_running_loop()
        place: asyncio.Future[Worker | None] = loop.create_future()
        self._waiting.append(place)
        ticket.place = place
        patience = self.limits.seconds + self.limits.short * (1 + self.limits.waiting / self.limits.workers)
        timer = loop.call_later(patience, lambda: None if place.done() else place.set_result(None))
        try:
            return await place
        finally:
            timer.cancel()

    async def _run(self, job: Job, ticket: Ticket) -> Outcome:
        self._probe = self._probe or replace(job, text="ASK {}", asking=None)
        worker = await self._place(ticket)
        if worker is None:
            return _refusal(
                "処理の手が空きません。少し待ってやり直してください", "all workers are busy. Try again in a few seconds"
            )
        if ticket.cancelled:
            self._free(worker)
            return LEFT
        ticket.worker, long = worker, False
        outcome: Outcome | None = None
        try:
            start, seconds = time.monotonic(), self._seconds(job)
            short = min(self.limits.short, seconds)
            worker.tell(job)
            outcome = await worker.outcome(short)
            if outcome is None and not worker.dead and short < seconds:
                if self._prolonged < self.limits.long:
                    self._prolonged += 1
                    long = True
                    self._free(None)  # its place is free for a short query, which gets a new worker
                elif job.asking is None:
                    return _refusal(
                        "長い問い合わせが多すぎて、これ以上は続けられません。少し待ってやり直してください",
                        f"{self.limits.long} queries that take longer than {short:g} seconds are running, and no more may. "
                        "Try again in a few seconds",
                    )
                outcome = await worker.outcome(seconds - (time.monotonic() - start))
            return LEFT if ticket.cancelled else outcome or self._failed(worker, seconds)
        finally:
            ticket.worker = None
            self._prolonged -= long
            if long or outcome is None:
                self._discard(worker)
            if not long:
                self._free(worker if outcome is not None else None)

    def _seconds(self, job: Job) -> float:
        """How long a job may take."""
        return self.limits.seconds if job.asking is None else self.limits.question

    def _failed(self, worker: Worker, seconds: float) -> Outcome:
        """What to say of a query that came to no end."""
        if worker.dead:
            return _refusal(
                "処理が倒れました。大きすぎるか、入れ子が深すぎます。書き直してください",
                "the query brought its worker down. It is too large or too deeply nested; write it more simply",
            )
        return _refusal(
            f"{seconds:g} 秒で止めました。範囲を狭めるか、LIMIT を付けてください",
            f"the query was stopped after {seconds:g} seconds. Ask for less, or add LIMIT",
        )


def _refusal(ja: str, en: str) -> Outcome:
    return said(503, ja, f"{en}; see docs/sparql.md")


#: The outcome of a query whose client did not wait for it.
LEFT = _refusal("問い合わせた側がいなくなりました", "the client has gone away")


__all__ = ["GONE", "LEFT", "Pool", "Ticket", "Worker"]

"""One worker process and the line to it: it is told a job, and its outcome is waited for."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from multiprocessing.process import BaseProcess

from keikaku.serve.limits import Limits
from keikaku.serve.outcome import Outcome, read_outcome
from keikaku.serve.worker import PIECE, Job, work


class Worker:
    """One process and the line to it. Made in a thread, used in the event loop after `join`."""

    def __init__(self, limits: Limits, loop: asyncio.AbstractEventLoop) -> None:
        # Forked from a server that has imported everything, a worker is there in milliseconds and shares no lock with us.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["keikaku.serve.worker"])
        self.wire, other = socket.socketpair()
        with other:
            self.process: BaseProcess = context.Process(target=work, args=(other, limits.megabytes), daemon=True)
            self.process.start()
        self.wire.setblocking(False)
        self.dead = False
        self._loop = loop
        self._heard, self._sending = bytearray(), False
        self._outcome: asyncio.Future[Outcome | None] = loop.create_future()

    def join(self) -> None:
        """Listen to the process from now on."""
        self._loop.add_reader(self.wire.fileno(), self._hear)

    def tell(self, job: Job) -> None:
        """Give it a job, the outcome of which `outcome` waits for."""
        self._outcome = self._loop.create_future()
        self._send(memoryview(job.packed()))

    async def outcome(self, seconds: float) -> Outcome | None:
        """The outcome of the job, or None when there is none yet, or when the process died."""
        waited = self._outcome
        timer = self._loop.call_later(max(0.0, seconds), self._late)
        try:
            return await waited
        finally:
            timer.cancel()

    def kill(self) -> None:
        """End the process."""
        self._end()
        self.process.kill()
        self.wire.close()

    def _late(self) -> None:
        """Tell the one who waits that there is no outcome yet, and listen on for it."""
        waited, self._outcome = self._outcome, self._loop.create_future()
        if not waited.done():
            waited.set_result(None)

    def _hear(self) -> None:
        try:
            piece = self.wire.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            piece = b""
        if not piece:
            self._end()
            return
        if self._heard:
            self._heard += piece
        found = read_outcome(self._heard or piece)
        if found is None:
            if not self._heard:
                self._heard += piece
            return
        self._heard.clear()
        if not self._outcome.done():
            self._outcome.set_result(found)

    def _send(self, rest: memoryview) -> None:
        """Send a job; what is too large for the line at once is sent when there is room."""
        try:
            sent = self.wire.send(rest)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._end()
            return
        if sent < len(rest):
            self._loop.add_writer(self.wire.fileno(), self._send, rest[sent:])
        elif self._sending:
            self._loop.remove_writer(self.wire.fileno())
        self._sending = sent < len(rest)

    def _end(self) -> None:
        """Note that the process is no more."""
        if not self.dead:
            self._loop.remove_reader(self.wire.fileno())
            self._loop.remove_writer(self.wire.fileno())
        self.dead = True
        if not self._outcome.done():
            self._outcome.set_result(None)

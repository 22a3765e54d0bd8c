"""Streams of bytes that the engine reads from and writes to."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any


class Sink(io.RawIOBase):
    """What the engine writes, up to a number of bytes."""

    def __init__(self, size: int) -> None:
        self.pieces: list[bytes] = []
        self.room = size

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, piece: Any) -> int:
        """Take a piece; raises OverflowError when there is no room."""
        self.room -= len(piece)
        if self.room < 0:
            raise OverflowError("the answer is too large")
        self.pieces.append(bytes(piece))
        return len(piece)


class Pieces(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the pieces, as far as the next one goes."""
        while not len(self.rest):
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = memoryview(piece)
        size = min(len(buffer), len(self.rest))
        buffer[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size

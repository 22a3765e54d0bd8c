"""What comes of a job in a worker process, and how it is sent."""

from __future__ import annotations

import struct
from dataclasses import dataclass

#: Before an outcome stand its length, its status and the length of its media type.
_OUTCOME = struct.Struct("<IHB")


@dataclass(frozen=True)
class Outcome:
    """What came of a job: `status` as of HTTP, the media type, and the answer or the sentence that says what is wrong."""

    status: int
    media: str
    body: bytes

    def packed(self) -> list[bytes]:
        """The message of a worker, in pieces."""
        media = self.media.encode()
        return [_OUTCOME.pack(len(self.body), self.status, len(media)) + media, self.body]


def read_outcome(message: bytes | bytearray) -> Outcome | None:
    """What a worker has sent, None while it is not all there."""
    if len(message) < _OUTCOME.size:
        return None
    length, status, kind = _OUTCOME.unpack_from(message)
    start = _OUTCOME.size + kind
    if len(message) < start + length:
        return None
    with memoryview(message) as whole:
        return Outcome(status, bytes(whole[_OUTCOME.size : start]).decode(), bytes(whole[start:]))


def said(status: int, ja: str, en: str) -> Outcome:
    """A refusal: one sentence in both languages."""
    return Outcome(status, "", f"{ja}。 / {en}.".encode())


def too_many(rows: int) -> Outcome:
    """The refusal of an answer with more rows than this."""
    return said(
        413,
        f"答えが {rows:,} 行を超えます。LIMIT と OFFSET で分けてください",
        f"the answer has more than the {rows:,} rows that one answer may have. Add LIMIT and OFFSET",
    )


def too_large(size: int) -> Outcome:
    """The refusal of an answer of more bytes than this."""
    return said(
        413,
        f"答えが {size:,} バイトを超えます。LIMIT と OFFSET で分けてください",
        f"the answer is larger than the {size:,} bytes that one answer may have. Add LIMIT and OFFSET",
    )

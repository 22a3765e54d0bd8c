"""Which form a client wants: the Accept header with its q-values (RFC 9110 §12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


@dataclass(frozen=True)
class Range:
    """One media range, such as text/*;q=0.5."""

    kind: str
    subkind: str
    weight: float

    @property
    def precision(self) -> int:
        """How precisely it names a form; a precise range overrides a vague one."""
        return (self.kind != "*") + (self.subkind != "*")

    def matches(self, media: str) -> bool:
        """Whether a media type lies in this range."""
        kind, _, subkind = media.partition("/")
        return self.kind in ("*", kind) and self.subkind in ("*", subkind)


def read_accept(header: str) -> list[Range]:
    """Read an Accept header; pieces that make no sense are left out, an empty header means anything.

    >>> [(r.kind, r.weight) for r in read_accept("text/turtle, */*;q=0.1, nonsense")]
    [('text', 1.0), ('*', 0.1)]
    """
    ranges = []
    for piece in header.split(",")[:100]:
        media, *parameters = (part.strip().lower() for part in piece.split(";"))
        kind, slash, subkind = media.partition("/")
        if not slash or not kind or not subkind:
            continue
        given = next((p.partition("=")[2].strip() for p in parameters if p.partition("=")[0].strip() == "q"), "1")
        if _WEIGHT.fullmatch(given):
            ranges.append(Range(kind, subkind, float(given)))
    return ranges if ranges or header.strip() else [Range("*", "*", 1.0)]


def weight(media: str, ranges: Sequence[Range]) -> float:
    """How much a form is wanted; 0 when it is not acceptable. The most precise range counts."""
    best = max((r for r in ranges if r.matches(media)), key=lambda r: r.precision, default=None)
    return best.weight if best else 0.0


def choose(header: str, offers: Sequence[str]) -> str | None:
    """The offer a client wants most, among equals the first; None when none is acceptable.

    >>> choose("text/turtle;q=0.8, text/html;q=0.9", ["text/html", "text/turtle"])
    'text/html'
    >>> choose("image/png", ["text/html"]) is None
    True
    """
    ranges = read_accept(header)
    wanted = max(offers, key=lambda offer: weight(offer, ranges), default=None)
    return wanted if wanted and weight(wanted, ranges) > 0 else None

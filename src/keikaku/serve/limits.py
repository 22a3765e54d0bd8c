"""What a query and a connection may cost. Every limit is a setting and is named in the sentence that refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from keikaku.errors import CannotRunError


@dataclass(frozen=True)
class Limits:
    """Limits of /sparql. Each can be set as KEIKAKU_SPARQL_<NAME>, such as KEIKAKU_SPARQL_SECONDS=5.

    seconds: time of one query; question: time of one question of the library, which is ours and may be asked of the whole nation;
    workers: short queries at once; long: queries at once that take longer than `short` seconds;
    waiting: queries that may wait for a worker; rows: rows or triples of one answer; answer: bytes of one answer; body: bytes of
    a request; megabytes: memory of one worker; patience: seconds that a client may take to send its request; connections: open
    connections.
    """

    seconds: float = 10.0
    question: float = 20.0
    short: float = 1.0
    workers: int = 2
    long: int = 2
    waiting: int = 64
    rows: int = 100_000
    answer: int = 50_000_000
    body: int = 1_000_000
    megabytes: int = 4096
    patience: float = 20.0
    connections: int = 1000


def read_limits(environment: Mapping[str, str]) -> Limits:
    """The limits with those that the environment sets.

    Raises CannotRunError for a value that is no positive number.

    >>> read_limits({"KEIKAKU_SPARQL_SECONDS": "2.5"}).seconds
    2.5
    """
    found: dict[str, Any] = {}
    for field in fields(Limits):
        key = f"KEIKAKU_SPARQL_{field.name.upper()}"
        if key not in environment:
            continue
        kind = float if field.type == "float" else int
        try:
            value = kind(environment[key])
        except ValueError:
            value = 0
        if not 0 < value < float("inf"):
            raise CannotRunError(
                f"{key} is “{environment[key]}”",
                ja=f"{key} が「{environment[key]}」です",
                do="Write a positive number",
                do_ja="正の数を書いてください",
                rule="docs/sparql.md",
            )
        found[field.name] = value
    return Limits(**found)

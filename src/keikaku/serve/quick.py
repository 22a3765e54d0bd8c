"""Answers that take the engine less time than HTTP does: look-ups and answers kept from before, given as soon as the request is read.

A request is answered here when three things hold; any other goes its usual way through `sparql`, which says the same:

- its head, but for the length, is one that was answered before, so it need not be read again;
- its answer was kept on this build, or its query is one triple pattern with a fixed subject or object, or an ASK of one pattern.
  Such a query does a bounded amount of work for each row, and after MOST bytes it is stopped and left to a worker: it cannot run away;
- it is all there, nothing else waits on its connection, and the client reads what it is sent.
"""

from __future__ import annotations

import gzip
import re
import time
from dataclasses import dataclass

from keikaku.errors import KeikakuError
from keikaku.pages.site import Site
from keikaku.serve import logs, results
from keikaku.serve.asked import Forms, ProtocolError, decoded, forms, pairs_of, understood
from keikaku.serve.limits import Limits
from keikaku.serve.reader import Reader
from keikaku.serve.respond import ALWAYS, EASE, PRESSED, VARY, dated, tag_of
from keikaku.serve.shelf import Made
from keikaku.store import Store

#: Bytes of an answer that is made or given here.
MOST = 65_536
#: In place of a response: the body is still to come.
WAIT = b""
#: Bytes of a head that is kept, and how many are.
_LONGEST, _HEADS = 2048, 1000
#: Characters of a query that may be a look-up.
_SHORT = 1500
#: Headers with which a request goes its usual way.
_UNUSUAL = {b"if-none-match", b"if-modified-since", b"expect", b"transfer-encoding", b"upgrade", b"content-encoding", b"range"}  # fmt: skip

_SPACE = r"(?:[ \t\r\n]|#[^\r\n]*(?![^\r\n]))*+"
_IRI = r"<[A-Za-z][^<>\"{}|^`\\\x00-\x20]*+>"
_NAME = r"[A-Za-z][A-Za-z0-9]*+:[A-Za-z0-9_-]*+"
_VARIABLE = r"[?$][A-Za-z0-9_]++"
_PATTERN = (
    rf"\{{{_SPACE}(?P<s>{_IRI}|{_NAME}|{_VARIABLE}){_SPACE}(?P<p>{_IRI}|{_NAME}|{_VARIABLE}|a(?=[ \t\r\n<?$])){_SPACE}"
    rf"(?P<o>{_IRI}|{_NAME}|{_VARIABLE}){_SPACE}\.?{_SPACE}\}}"
)
_LOOKUP = re.compile(
    rf"{_SPACE}(?:PREFIX[ \t\r\n]++[A-Za-z][A-Za-z0-9]*+:{_SPACE}{_IRI}{_SPACE})*+"
    rf"(?:(?P<ask>ASK)|SELECT{_SPACE}(?:\*|(?:{_VARIABLE}{_SPACE})++)){_SPACE}(?:WHERE)?{_SPACE}{_PATTERN}{_SPACE}(?:LIMIT[ \t\r\n]++[0-9]++{_SPACE})?",
    re.IGNORECASE,
)
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]{1,7})(?=\r\n|$)", re.IGNORECASE)
_GET = re.compile(rb"GET /sparql\?([!$-~]++) HTTP/1\.1(?=\r\n)")
_POST = b"POST /sparql HTTP/1.1\r\n"
_DIRECT = "application/sparql-query"


#: Query, forms of tables and graphs, and the two halves of the dataset: what an answer is kept under.
Key = tuple[str, str | None, str | None, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Head:
    """What the head of a request says, but for its length and what its address asks."""

    accept: str
    usual: Forms
    kind: str
    pressed: bool


def is_lookup(text: str) -> bool:
    """Whether a query is one triple pattern with a fixed subject or object, or an ASK of one pattern.

    >>> is_lookup("SELECT ?p ?o WHERE { <http://e.org/a> ?p ?o } # again"), is_lookup("ASK { ?s a jdx:Plan }")
    (True, True)
    >>> is_lookup("SELECT * { ?s ?p ?o }"), is_lookup("ASK { ?s ?p ?s }"), is_lookup("ASK { <x:a> <x:b>* ?o }")
    (False, False, False)
    """
    if len(text) > _SHORT:
        return False
    found = _LOOKUP.fullmatch(text)
    if found is None:
        return False
    variables = [found[part][1:] for part in "spo" if found[part][0] in "?$"]
    if len(set(variables)) < len(variables):
        return False
    return bool(found["ask"]) or found["s"][0] not in "?$" or found["o"][0] not in "?$"


class Quick:
    """Knows the heads of requests that were answered, and answers what is quick."""

    def __init__(self, reader: Reader, limits: Limits) -> None:
        self.reader, self.limits = reader, limits
        self._heads: dict[bytes, Head] = {}

    def learn(self, data: bytes, method: str, headers: dict[bytes, bytes]) -> None:
        """Note the head of a request that was answered with 200 in its usual way."""
        split, accept = _split(data), headers.get(b"accept", b"").decode("latin-1")
        usual = forms(accept)
        lasting = headers.get(b"connection", b"keep-alive").lower() == b"keep-alive"
        if split is None or usual.page or not lasting or not _UNUSUAL.isdisjoint(headers):
            return
        kind = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        if len(self._heads) >= _HEADS:
            self._heads.clear()
        pressed = b"gzip" in headers.get(b"accept-encoding", b"")
        self._heads[split[0]] = Head(accept, usual, kind if method == "POST" else "", pressed)

    def answer(self, data: bytes, date: bytes) -> bytes | None:
        """The whole response to a request, WAIT, or None when it has to go its usual way. `date` is the line of that header."""
        split = _split(data)
        head = self._heads.get(split[0]) if split else None
        if split is None or head is None:
            return None
        if split[2]:
            return WAIT
        start, site = time.perf_counter(), self.reader.present()
        key = _asked(head, split[1])
        if key is None or site is None:
            return None
        made = self.reader.kept(site, key)
        if made is None:
            made = self._made(site, key)
            if made is None:
                return None
            self.reader.put(site, key, made)
        return self._response(data[:1] == b"P", head, made, date, start)

    def _made(self, site: Site, key: Key) -> Made | None:
        """The answer to a look-up."""
        (text, form, _, default, named), store = key, site.store
        if form is None or default or named or not isinstance(store, Store) or not is_lookup(text):
            return None
        try:
            found = store.answer(text, form, most=0, size=min(MOST, self.limits.answer), plain=True)
        except (KeikakuError, OverflowError, OSError):
            return None
        if isinstance(found, bool):
            return 200, form, results.to_bytes(found, form)
        if not isinstance(found, bytes) or (len(found) > self.limits.rows < results.rows_of(found, form)):
            return None
        return 200, form, results.clean(found, form)

    def _response(self, posted: bool, head: Head, made: Made, date: bytes, start: float) -> bytes | None:
        _, media, content = made
        if len(content) > MOST:
            return None
        lines = [_BEGIN, date, b"etag: ", tag_of(content).encode(), b"\r\n"]
        if not posted:
            lines += [b"last-modified: ", dated(self.reader.since).encode(), b"\r\n"]
        if head.pressed and len(content) >= PRESSED:
            content = gzip.compress(content, EASE, mtime=0)
            lines.append(b"content-encoding: gzip\r\n")
        lines.append(f"content-type: {media}; charset=utf-8\r\ncontent-length: {len(content)}\r\n\r\n".encode())
        logs.write_down("POST" if posted else "GET", "/sparql", 200, len(content), start, {})
        return b"".join(lines) + content


_BEGIN = b"HTTP/1.1 200 OK\r\n" + b"".join(
    b"%s: %s\r\n" % pair for pair in (*ALWAYS, (b"cache-control", b"no-cache"), VARY)
)


def _asked(head: Head, sent: bytes) -> Key | None:
    """What a request asks, as its answer is kept; None when it has to go its usual way."""
    try:
        if head.kind == _DIRECT:
            return sent.decode(), head.usual.tables, head.usual.graphs, (), ()
        if sent.startswith(b"query=") and b"&" not in sent and sent.isascii():
            return decoded(sent[6:]).decode(), head.usual.tables, head.usual.graphs, (), ()
        asked = understood(pairs_of(sent))
    except (ProtocolError, UnicodeDecodeError):
        return None
    wanted = forms(head.accept, asked.form)
    return None if asked.query is None or wanted.page else (asked.query, wanted.tables, wanted.graphs, asked.default, asked.named)  # fmt: skip


def _split(data: bytes) -> tuple[bytes, bytes, int] | None:
    """The head of a request at /sparql without what changes from one to the next, the form or query that it sends, and bytes missing from that."""
    end = data.find(b"\r\n\r\n", 0, _LONGEST + 4 if data[:1] == b"P" else MOST)
    if end < 0:
        return None
    if data.startswith(_POST):
        length = _CONTENT_LENGTH.search(data, 0, end)
        missing = end + 4 + int(length[1]) - len(data) if length else -1
        if length is None or not 0 <= missing <= MOST:
            return None
        return data[: length.start(1)] + data[length.end(1) : end], data[end + 4 :], missing
    got = _GET.match(data, 0, end)
    if got is None or len(data) != end + 4 or b"#" in got[1] or end - got.end() > _LONGEST:
        return None
    return b"GET" + data[got.end() : end], got[1], 0

"""Queries and requests that mean no good, for tests and for the soak."""

from __future__ import annotations

import random
from collections.abc import Iterator

_ALL = "?a ?b ?c"


def queries(count: int, seed: int = 5) -> Iterator[tuple[str, str]]:
    """Kind and text of `count` queries, each different, that would take minutes, gigabytes, or the parser's stack."""
    rng = random.Random(seed)
    kinds = [
        ("product", lambda n: "SELECT (COUNT(*) AS ?n) { " + " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(4 + n % 3)) + " }"),
        ("paths", lambda n: f"SELECT (COUNT(*) AS ?n) {{ ?a (!<x:{n}>)* ?b . ?b (!<y:{n}>)* ?c . ?c (^!<z:{n}>)* ?d }}"),
        ("sorting", lambda n: f"SELECT ?a ?d {{ {_ALL} . ?d ?e ?f }} ORDER BY MD5(CONCAT(STR(?a), STR(?d), '{n}')) LIMIT 5"),
        ("strings", lambda n: f"SELECT (MAX(STRLEN(?t)) AS ?m) {{ {_ALL} . ?d ?e ?f . BIND(CONCAT(STR(?a), STR(?d), '{n}', STR(?f)) AS ?t) ?g ?h ?i }}"),
        ("regex", lambda n: f"SELECT (COUNT(*) AS ?n) {{ {_ALL} . ?d ?e ?f . ?g ?h ?i FILTER(REGEX(STR(?c), '(a|b|ab)*c{n}', 'i')) }}"),
        ("negation", lambda n: f"SELECT (COUNT(*) AS ?n) {{ {_ALL} . ?d ?e ?f FILTER NOT EXISTS {{ ?a (!<x:{n}>)+ ?f }} }}"),
        ("unions", lambda n: "SELECT (COUNT(*) AS ?n) { " + " ".join("{ ?a ?b ?c } UNION { ?c ?b ?a }" for _ in range(6)) + f" ?q{n} ?r ?s }}"),
        ("distinct", lambda n: f"SELECT DISTINCT ?a ?d ?g {{ {_ALL} . ?d ?e ?f . ?g ?h ?i FILTER(?a != <x:{n}>) }}"),
        ("construct", lambda n: f"CONSTRUCT {{ ?a <x:{n}> ?f }} WHERE {{ {_ALL} . ?d ?e ?f . ?g ?h ?i FILTER(?g = ?c && ?a = ?f) }}"),
        ("grouping", lambda n: f"SELECT ?k (COUNT(*) AS ?n) {{ {_ALL} . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?a), STR(?d), '{n}') AS ?k) }} GROUP BY ?k"),
        ("nesting", lambda n: "SELECT * WHERE " + "{" * (20_000 + n) + "}" * (20_000 + n)),
        ("brackets", lambda n: "SELECT * { FILTER(" + "(" * (20_000 + n) + "1" + ")" * (20_000 + n) + ") }"),
    ]  # fmt: skip
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        yield kind, make(rng.randrange(1000))


#: Raw requests that no decent client sends.
REQUESTS = [
    b"\x00\x01\x02\x03\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: <script>\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(3000)) + b"\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /id/lg/990019 HTTP/1.1\r\nHost: x\r\nAccept: " + b"text/turtle;q=0.1," * 3000 + b"\r\n\r\n",
    b"GET /id/lg/990019 HTTP/1.1\r\nHost: x\r\nAccept: \xff\xfe;q=\x80\r\n\r\n",
    b"GET /id/lg/990019 HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + b'"x",' * 5000 + b"\r\n\r\n",
    b"GET /plans HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0,1-1,2-2\r\n\r\n",
    b"GET /plans HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
    b"GET http://e.org/plans HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT e.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /sparql?query=%zz%E3%81 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /id/%FF%FE/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /search?q=%FF%FE%00&q=x&lang[]=1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\xe8\xa8\x88\xe7\x94\xbb HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]

#: Addresses that try to leave the site.
PATHS = [
    "/../../../../etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "/assets/..%2f..%2f__init__.py", "/assets/%2e%2e/%2e%2e/site.py",
    "/assets//etc/passwd", "/assets/..\\..\\site.py", "/id/../../../etc/passwd", "/questions/..%2f..%2fpyproject.toml.csv",
    "/questions/%2e%2e%2fcq01.json", "/coverage/../../../../etc/passwd.md", "/coverage/..%2f..%2fdata.json", "//etc/passwd", "/%2fetc/passwd",
    "/file:///etc/passwd", "/id/lg/990019.ttl/../../../../etc/passwd", "/.git/config", "/.env", "/id/%00/etc/passwd", "/static/..;/etc/passwd",
]  # fmt: skip

"""What takes longest to make is made before somebody asks: after the start and after each new build, a page at a time, in the background.

Of a large graph a process beside finds the rows that pages need first, and makes the answers that are kept last (`ask.prepared`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from multiprocessing import get_context
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI

from keikaku.ask import materialised, prepared
from keikaku.errors import KeikakuError
from keikaku.namespaces import BASE
from keikaku.pages import Site, compare
from keikaku.pages.address import file_of
from keikaku.pages.graph import choices
from keikaku.pages.routes import PAGES
from keikaku.serve.logs import log
from keikaku.serve.reader import Reader
from keikaku.settings import Settings

#: Seconds that a build has to stand before its pages are made, and between two looks for a new one.
SETTLED, EVERY = 10.0, 1.0
#: Plans, and pictures of each kind, that are made beforehand; of more than these, the others are made when they are asked for.
MOST = 24
#: A page that shows another one for every question asked has nothing to make beforehand.
_EMPTY = {"/search"}


def addresses(site: Site) -> list[str]:
    """The pages that are made beforehand: those that read the whole graph, then plans, their documents and their pictures."""
    rows = site.store.select(
        "SELECT DISTINCT ?plan ?document WHERE { ?document a jdx:SourceDocument ; foaf:primaryTopic ?plan } ORDER BY ?plan ?document"
    ).rows[:MOST]
    named = dict.fromkeys(str(term) for row in rows for term in row)
    return [
        *(path for path in PAGES if path not in _EMPTY),
        *("/dataset", "/findings", "/ont.html"),
        *("/" + file_of(iri.removeprefix(BASE), ".html") for iri in named if iri.startswith(BASE)),
        *(f"/graph?{name}={value}" for name, ones in choices(site, "ja").items() for value, _ in ones[:MOST]),
        *compare.prepared(site)[:MOST],
    ]


async def make(app: FastAPI, address: str) -> int:
    """Ask the application itself for a page, as a browser does; the status of its answer."""
    path, _, query = address.partition("?")
    found: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        found.extend([message["status"]] if message["type"] == "http.response.start" else [])

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "",
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"accept", b"text/html")], "client": None, "server": ("localhost", 80), "app": app,
    }  # fmt: skip
    await app.router(scope, receive, send)
    return found[0]


async def make_all(reader: Reader, app: FastAPI, pages: Iterable[str], site: Site) -> int:
    """Make pages in both languages, resting as long as each took; stops where another build comes. How many were made."""
    made = 0
    for page in pages:
        for lang in ("", "lang=en"):
            if reader.site() is not site:
                return made
            start = time.monotonic()
            await make(app, page + (("&" if "?" in page else "?") + lang if lang else ""))
            made += 1
            await asyncio.sleep(time.monotonic() - start)
    return made


def _work(make: Callable[[Settings], int], settings: Settings) -> None:
    """Make something, after everything else that the machine has to do; whoever asks for what cannot be made is told why."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    os.nice(10)
    with suppress(KeikakuError):
        make(settings)


async def beside(make: Callable[[Settings], int], reader: Reader, site: Site) -> None:
    """Make something of a large graph in a process of its own, which ends early where another build comes."""
    if not materialised.is_large(site.store):
        return
    process = get_context("spawn").Process(target=_work, args=(make, site.settings), daemon=True)
    process.start()
    try:
        while process.is_alive() and reader.site() is site:
            await asyncio.sleep(EVERY)
    finally:
        process.kill()
        process.join()


async def keep_warm(reader: Reader, app: FastAPI) -> None:
    """Make the pages of each build that stands for a while, until cancelled. What cannot be made is left to whoever asks for it."""
    done: Site | None = None
    while True:
        site, start = reader.site(), time.monotonic()
        if site is not done:
            await asyncio.sleep(SETTLED if done is not None else 0)
            if reader.site() is site:
                done = site
                try:
                    await beside(prepared.tables, reader, site)
                    pages = await asyncio.to_thread(addresses, site)
                    made = await make_all(reader, app, pages, site)
                    await beside(prepared.answers, reader, site)
                    log.info("%d pages made beforehand in %.0f s", made, time.monotonic() - start)
                except Exception as error:  # a page that fails says so again to whoever asks for it
                    log.warning("pages could not be made beforehand: %s", error)
        await asyncio.sleep(EVERY)

"""What takes longest to make is made before somebody asks: after the start and after each new build, a page at a time, in the background.

Of a large graph processes beside do this: one finds the rows that pages need first (`ask.prepared`); then one makes the pages that
gather much and lays them where the service finds them (`shelf`), and the answers that are kept, while another one, where there is a
second processor, makes the pages of every plan, of which most stay from build to build. The service itself only reads what every page
of a kind needs.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from typing import Any
from urllib.parse import unquote, urlencode

from fastapi import FastAPI

from keikaku import search as index
from keikaku.ask import materialised, prepared, recorded
from keikaku.errors import KeikakuError
from keikaku.namespaces import BASE
from keikaku.pages import Site, catalogue, compare, graph, lists
from keikaku.pages import coverage as cover
from keikaku.pages.address import file_of
from keikaku.pages.compare import targets
from keikaku.pages.entity import entity
from keikaku.pages.graph import choices
from keikaku.pages.render import View
from keikaku.pages.routes import BELOW, PAGES
from keikaku.serve.asking import Asking
from keikaku.serve.description import description
from keikaku.serve.limits import Limits
from keikaku.serve.logs import log
from keikaku.serve.pool import Pool
from keikaku.serve.reader import Reader
from keikaku.serve.worker import Job
from keikaku.settings import Settings

#: Seconds that a build has to stand before its pages are made, and between two looks for a new one.
SETTLED, EVERY = 10.0, 1.0
#: Plans, and pictures of each kind, that are made beforehand; of more than these, the others are made when they are asked for.
MOST = 24
#: Things of one kind that are few, while much of the nation is on the page of each: also what the nation publishes, and who does; more of a kind are made when they are asked for.
GATHERING = (
    "?thing a jdx:PolicyTheme", "?kpi jdx:measures ?thing", "?thing a jdx:Prefecture", "?thing a jdx:Product",
    '?plan jdx:issuingBody ?thing FILTER(CONTAINS(STR(?thing), "/id/nat/"))',
    '?claim rdf:object ?thing . ?thing a jdx:PolicyInstrument FILTER(!REGEX(STR(?thing), "/id/plan/[0-9]"))',
    "?claim rdf:object ?thing . ?thing a eli:LegalResource",
)  # fmt: skip
FEW = 500
#: What everything in the graph goes into is made last: it takes longest.
LAST = ("/dataset", "/findings")
#: A page that shows another one for every question asked has nothing to make beforehand.
_EMPTY = {"/search"}
#: Classes of things that have pages of their own.
_KINDS = ("jdx:Municipality", "jdx:Plan", "jdx:Initiative", "jdx:Action", "jdx:KPI", "jdx:SourceDocument", "eli:LegalResource", "jdx:IndicatorConcept")  # fmt: skip


def addresses(site: Site) -> list[str]:
    """The pages that are made beforehand: those that read the whole graph, then comparisons, pictures, plans with their documents, and what gathers much."""
    named = dict.fromkeys(str(term) for row in _plans(site)[:MOST] for term in row)
    gathering: dict[str, None] = {}
    if materialised.is_large(site.store):
        gathering = dict.fromkeys(thing for pattern in GATHERING for thing in _things(site, pattern, FEW))
    drawn = choices(site, "ja")
    return [
        *(path for path in PAGES if path not in _EMPTY),
        *("/compare.csv", "/sitemap.xml", "/ont.html"),
        *dict.fromkeys([*compare.prepared(site)[:MOST], *targets.prepared(site)]),
        *(
            f"/graph?{name}={value}"
            for name, most in (("theme", FEW), ("plan", MOST))
            for value, _ in drawn[name][:most]
        ),
        *(_page_of(iri) for iri in named | gathering if iri.startswith(BASE)),
        *(_page_of(iri, ".ttl") for iri in gathering if iri.startswith(BASE)),
    ]


def of_plans(site: Site) -> list[str]:
    """What every plan is shown by: its page and those of its documents, its coverage, also in short, its picture."""
    found: dict[str, None] = {}
    for plan, document in _plans(site):
        tail = cover.tail(plan)
        covered = (f"/coverage/{tail}", f"/coverage/card/{tail}")
        found |= dict.fromkeys((_page_of(plan), _page_of(document), *covered, f"/graph?plan={tail}"))
    return list(found)


def of_questions(site: Site) -> list[str]:
    """Every question of the library, and those whose answers are kept with each theme or indicator that they are asked about."""
    found: dict[str, None] = {}
    for question in site.questions.values():
        found[f"/questions/{question.id}"] = None
        for given in prepared.forms(site.store, question):
            told = {name: value.rsplit("/", 1)[-1] for name, value in given.items()}
            found[f"/questions/{question.id}" + (f"?{urlencode(told)}" if told else "")] = None
    return list(found)


def last(_: Site) -> list[str]:
    """What everything in the graph goes into."""
    return list(LAST)


def _page_of(iri: str, suffix: str = ".html") -> str:
    return "/" + file_of(iri.removeprefix(BASE), suffix)


def _plans(site: Site) -> list[tuple[str, str]]:
    """Every plan with each document that holds it."""
    rows = site.store.select(
        "SELECT DISTINCT ?plan ?document WHERE { ?document a jdx:SourceDocument ; foaf:primaryTopic ?plan } ORDER BY ?plan ?document"
    ).rows
    return [(str(plan), str(document)) for plan, document in rows]


def _things(site: Site, pattern: str, most: int) -> list[str]:
    """So many of the things of a kind."""
    rows = site.store.select(f"SELECT DISTINCT ?thing WHERE {{ {pattern} }} ORDER BY ?thing LIMIT {most}").rows
    return [str(thing) for (thing,) in rows]


def look_up(reader: Reader, site: Site, limits: Limits) -> None:
    """Make what stays in memory and many pages need: lists and their counts, what is known of governments, one page of each kind of thing."""
    compared = compare.prepared(site)
    below = [(start, next((one for one in compared if one.startswith(start)), "")) for start in BELOW]
    makers: list[Callable[[], object]] = [
        partial(index.read_ahead, site.folder / index.FILE),
        *(partial(make, site, View("ja", path)) for path, make in (catalogue.PAGES | compare.PAGES).items()),
        partial(lists.search, site, View("ja", "/search")),
        partial(lists.search, site, View("ja", "/search", {"q": "計画"})),
        *(
            partial(graph.graph, site, View("ja", "/graph", {"plan": plan}))
            for plan, _ in choices(site, "ja")["plan"][:1]
        ),
        partial(description, reader, site, limits, "text/turtle", ""),
        *(partial(recorded.find, site.store, plan) for plan, _ in _plans(site)[:1]),
        *(partial(BELOW[start], site, View("ja", one)) for start, one in below if one),
        *(
            partial(entity, site, thing.removeprefix(BASE), View("ja", "/"))
            for kind in _KINDS
            for thing in _things(site, f"?thing a {kind}", 1)
        ),
    ]
    for one in makers:
        if reader.site() is site:
            one()


async def rehearse(pool: Pool, reader: Reader, site: Site) -> None:
    """Let every worker that answers questions answer one, for what the first answer of a process takes to read."""
    for question in [q for q in site.questions.values() if any(p.kind == "government" for p in q.parameters)][:1]:
        asking = Asking(reader.settings, question.id, View("ja", f"/questions/{question.id}"), "")
        job = Job(site.folder, "", None, None, asking=asking)
        await asyncio.gather(*(pool.run(job) for _ in range(pool.limits.workers)))


async def make(app: FastAPI, address: str) -> int:
    """Ask the application itself for a page, as a browser does; the status of its answer."""
    path, _, query = address.partition("?")
    found: list[int] = []
    told = asyncio.Event()

    async def receive() -> dict[str, object]:
        if told.is_set():
            await asyncio.Event().wait()  # who asks stays until the answer is there
        told.set()
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


async def make_all(reader: Reader, app: FastAPI, pages: Iterable[str], site: Site, *, rest: bool = True) -> int:
    """Make pages in both languages, resting as long as each took; stops where another build comes. How many were made."""
    made = 0
    for page in pages:
        for lang in ("", "lang=en"):
            if reader.site() is not site:
                return made
            start = time.monotonic()
            await make(app, page + (("&" if "?" in page else "?") + lang if lang else ""))
            made += 1
            if rest:
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
    process = get_context("spawn").Process(target=_work, args=(make, site.settings))
    process.start()
    try:
        while process.is_alive() and reader.site() is site:
            await asyncio.sleep(EVERY)
        if process.exitcode:
            log.warning("the process that makes pages and answers beforehand ended with %d", process.exitcode)
    finally:
        process.kill()
        process.join()


async def _make_small(reader: Reader, app: FastAPI, site: Site) -> None:
    pages = await asyncio.to_thread(addresses, site)
    await make_all(reader, app, [*pages, *LAST], site)


async def _make_large(reader: Reader, app: FastAPI, site: Site, pages: Callable[..., int]) -> None:
    await beside(prepared.tables, reader, site)
    await asyncio.to_thread(look_up, reader, site, app.state.pool.limits)

    async def gathering() -> None:
        await beside(partial(pages, which=addresses), reader, site)
        await beside(prepared.answers, reader, site)
        await beside(partial(pages, which=of_questions), reader, site)

    # What gathers the nation and what is about one plan take about as long, and neither needs the other.
    plans = partial(beside, partial(pages, which=of_plans), reader, site)
    if len(os.sched_getaffinity(0)) > 1:
        await asyncio.gather(gathering(), plans())
    else:
        await gathering()
        await plans()
    app.state.prepared = site.build_id
    await beside(partial(pages, which=last), reader, site)


async def keep_warm(reader: Reader, app: FastAPI, pages: Callable[..., int]) -> None:
    """Make the pages of each build that stands for a while, until cancelled. What cannot be made is left to whoever asks for it.

    pages: makes those of a large graph that `which` names, and keeps them on disk; called in a process of its own. What
    `app.state.prepared` names is the build whose pages are there, but for the last ones of a large graph.
    """
    done: Site | None = None
    while True:
        site, start = reader.site(), time.monotonic()
        if site is not done:
            await asyncio.sleep(SETTLED if done is not None else 0)
            if reader.site() is site:
                done = site
                try:
                    await rehearse(app.state.pool, reader, site)
                    large = materialised.is_large(site.store)
                    await (_make_large(reader, app, site, pages) if large else _make_small(reader, app, site))
                    app.state.prepared = site.build_id
                    log.info("pages made beforehand in %.0f s", time.monotonic() - start)
                except Exception as error:  # a page that fails says so again to whoever asks for it
                    log.warning("pages could not be made beforehand: %s", error)
        await asyncio.sleep(EVERY)

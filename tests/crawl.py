"""A stranger's crawl of a service: every internal link from `/` in both languages, and every IRI of ours in the dumps.

No link may be broken (a fragment names a place that exists), every thing answers with its page and with each RDF form, the forms
say the same, and page and data agree on the facts. `make crawl` does all of it on the real graph; tests/test_crawl.py does it on
the small world, with a sample of the IRIs.

Of the addresses with parameters (a search, a question with a value, a graph around a thing) to which a page without parameters
links, one in ten is asked for; from there only addresses without parameters are followed, since searches lead to searches without end.
"""

from __future__ import annotations

import gzip
import html
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpx
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from keikaku.namespaces import BASE, DCTERMS, JDX
from keikaku.pages.address import href
from keikaku.store import read_triples

ROOT = Path(__file__).resolve().parent.parent
FORMS = {"text/turtle": "turtle", "application/ld+json": "json-ld", "application/n-triples": "nt", "application/rdf+xml": "xml"}  # fmt: skip
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#: One thing in so many is read by rdflib as well, which is slower than the reader of the store.
SECOND_READER = 20
#: Of the addresses with parameters one in so many is asked for: there is a graph, and a query to write, for every thing.
ASKING = 10
#: What pages leave to the data: what would be read as a statistic, the hash of a passage, the day of a statement on completeness,
#: and the first and last day of a time that the page writes as a word (a year, "by the end of FY2025").
ELSEWHERE = {str(JDX.sizeForOrdering), str(JDX.passageSha256), str(JDX.earliest), str(JDX.latest)}
STATEMENT = f"{BASE}id/cs/"
_LINK = re.compile(r'<(\w+)\b[^>]*?\s(href|src|action)="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_RDF = re.compile(r"\.(?:ttl|jsonld|nt|rdf)$")
_FACTS = re.compile(r'<section class="block" id="(?:facts|inward)">(.*?)</section>', re.DOTALL)
_VALUE = re.compile(r'<span class="value[^"]*"><a href="([^"]*)"')
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_IRI = re.compile(rf"<({re.escape(BASE)}[^>]*)>")

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Read:
    """What is kept of a page: its places, and for pages of things its text and links."""

    places: frozenset[str]
    links: tuple[str, ...]
    text: str
    facts: frozenset[str]


@dataclass
class Found:
    """What a crawl did and what it found wrong."""

    pages: int = 0
    links: int = 0
    places: int = 0
    iris: int = 0
    data: int = 0
    facts: int = 0
    slowest: list[tuple[float, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        """In one line each."""
        return (
            f"{self.pages} pages, {self.links} different links, {self.places} places named by links; {self.iris} IRIs, "
            f"{self.data} files of data read, {self.facts} facts of data found on pages; {len(self.wrong)} wrong"
        )


class Crawl:
    """One crawl of the service at an address."""

    def __init__(self, address: str, clients: int = 4, every: int = 1) -> None:
        self.address = address.rstrip("/")
        self.host = urlsplit(self.address).netloc
        self.found = Found()
        self.pages: dict[str, Read] = {}
        self.wanted: dict[str, set[str]] = defaultdict(set)
        self.from_page: dict[str, str] = {}
        self.later: set[str] = set()
        self.asked: set[str] = set()
        self.clients, self.every = clients, every
        self._lock = threading.Lock()
        self._local = threading.local()
        self.clients_made: list[httpx.Client] = []

    def client(self) -> httpx.Client:
        """One for each thread."""
        if not hasattr(self._local, "client"):
            self._local.client = httpx.Client(base_url=self.address, timeout=60, trust_env=False)
            self.clients_made.append(self._local.client)
        made: httpx.Client = self._local.client
        return made

    def wrong(self, what: str) -> None:
        """Note something that is not as it must be."""
        with self._lock:
            self.found.wrong.append(what)

    def all(self, work: Callable[[str], None], items: Iterable[str]) -> None:
        """Do the same for every item, several at a time."""
        with ThreadPoolExecutor(self.clients) as pool:
            for _ in pool.map(work, items):
                pass
        while self.clients_made:
            self.clients_made.pop().close()
        self._local = threading.local()

    # -- links

    def links(self) -> None:
        """Follow every internal link from `/`."""
        waiting, done = ["/"], {"/"}
        while waiting:
            self.all(self.visit, waiting)
            new: set[str] = set()
            for page in waiting:
                read = self.pages.get(page)
                if read is None:
                    continue
                for link in read.links:
                    target = urljoin(page, link)
                    path, _, fragment = target.partition("#")
                    if fragment:
                        self.wanted[path].add(fragment)
                    self.from_page.setdefault(path, page)
                    if path not in done and (not _asks(page) or not _asks(path)) and self.chosen(path):
                        (self.later if _RDF.search(path) else new).add(path)
            done |= new
            waiting = sorted(new)
            for page in [page for page, read in self.pages.items() if page not in waiting and read.links]:
                self.pages[page] = Read(self.pages[page].places, (), self.pages[page].text, self.pages[page].facts)
        self.found.links = len(done | self.later)
        for path, places in self.wanted.items():
            for place in places:
                self.found.places += 1
                read = self.pages.get(path)
                if read is not None and _unquoted(place) not in read.places:
                    self.wrong(f"no place #{place} at {path} (from {self.from_page.get(path)})")

    def chosen(self, address: str) -> bool:
        """Whether an address is asked for: of those with parameters one in ASKING; with `every` only a share of pages of things and files."""
        if _asks(address):
            return _share(address) % (self.every * ASKING) == 0
        return "." not in urlsplit(address).path.rpartition("/")[2] or _share(address) % self.every == 0

    def visit(self, path: str) -> None:
        """Ask for an address as a browser does, and read the page there."""
        start = time.monotonic()
        try:
            answer = self.client().get(path, headers={"Accept": BROWSER}, follow_redirects=True)
        except httpx.HTTPError as error:
            self.wrong(f"{error!r} at {path} (from {self.from_page.get(path)})")
            return
        took = time.monotonic() - start
        if answer.status_code != 200:
            self.wrong(f"{answer.status_code} at {path} (from {self.from_page.get(path)})")
            return
        with self._lock:
            self.found.pages += 1
            self.found.slowest.append((took, path))
            self.found.kinds[_kind(path)] += 1
        if not answer.headers["content-type"].startswith("text/html"):
            return
        text = answer.text
        if answer.history:
            self.wrong(f"{path} is no address of a page but leads to {answer.url} (from {self.from_page.get(path)})")
        places = _ID.findall(text)
        twice = [place for place, number in Counter(places).items() if number > 1]
        if twice:
            self.wrong(f"places named twice at {path}: {twice[:3]}")
        links, loaded = [], []
        for tag, _, link in _LINK.findall(text):
            target = urlsplit(urljoin(f"{self.address}{path}", html.unescape(link)))
            if target.netloc == self.host:
                links.append(target._replace(scheme="", netloc="").geturl() or "/")
            elif tag in ("script", "img", "iframe", "form", "source", "video"):
                loaded.append(link)
        if loaded:
            self.wrong(f"{path} loads {loaded[:3]} from outside")
        thing = urlsplit(path).path.endswith(".html") and not urlsplit(path).query
        plain = html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", text))) if thing else ""
        facts = frozenset(
            html.unescape(link) for part in _FACTS.findall(text) for link in _VALUE.findall(part) if thing
        )
        self.pages[path] = Read(frozenset(html.unescape(p) for p in places), tuple(dict.fromkeys(links)), plain, facts)

    # -- IRIs

    def iris(self) -> list[str]:
        """Every IRI of ours in the dumps, the description and the shapes, as a client finds them."""
        lines = gzip.decompress(self.client().get("/downloads/keikaku.nq.gz").content).decode()
        lines += self.client().get("/dataset.nt").text
        found = set(_IRI.findall(_STRING.sub('""', lines)))
        found |= {BASE + path for path in re.findall(r'href="/(shape/[^".]+)\.html"', self.client().get("/ont").text)}
        return sorted(found)

    def things(self) -> None:
        """Look every IRI up (or one in `every`): its page with its place there, and its data in each form."""
        chosen = sorted(self.iris(), key=_share)
        chosen = chosen[: len(chosen) // self.every]
        self.all(self.one, chosen)
        self.all(self.visit, sorted(self.later - self.asked))

    def one(self, iri: str) -> None:
        """One IRI; no answer within a minute is noted like a wrong one."""
        try:
            self.thing(iri, second=_share(iri) % SECOND_READER == 0)
        except httpx.HTTPError as error:
            self.wrong(f"{error!r} at {iri}")

    def thing(self, iri: str, *, second: bool) -> None:
        """One IRI, path for path below the base."""
        with self._lock:
            self.found.iris += 1
        path = "/" + quote(iri[len(BASE) :].partition("#")[0], safe="/:@!$&'()*+,;=~?")
        client = self.client()
        page = client.get(path, headers={"Accept": "text/html"})
        if path.partition("?")[0] in ("/", "/search", "/sparql") or path.startswith(
            ("/downloads/", "/questions/", "/dataset")
        ):
            if page.status_code != 200:
                self.wrong(f"{page.status_code} at {iri}")
            return
        if page.status_code != 303 or "Accept" not in page.headers.get("vary", ""):
            self.wrong(f"{page.status_code} at {iri} for a page")
            return
        place = urlsplit(page.headers["location"])
        if place.path not in self.pages:
            self.visit(place.path)
        read = self.pages.get(place.path)
        if read is None:
            self.wrong(f"{iri} leads to {place.path}, where there is no page")
            return
        if place.fragment and _unquoted(place.fragment) not in read.places:
            self.wrong(f"{iri} leads to #{place.fragment}, which {place.path} does not have")
        said: dict[str, frozenset[Triple]] = {}
        for media, form in FORMS.items():
            answer = client.get(path, headers={"Accept": media}, follow_redirects=True)
            kind = answer.headers.get("content-type", "").partition(";")[0]
            self.asked.add(answer.url.raw_path.decode())
            if answer.status_code != 200 or kind != media:
                self.wrong(f"{answer.status_code} {kind} at {iri} for {media}")
                continue
            try:
                said[media] = frozenset(read_triples(answer.content, media).triples)
                if second and set(Graph().parse(data=answer.content, format=form)) != set(
                    Graph().parse(data=client.get(f"{answer.url.path}".rpartition(".")[0] + ".nt").content, format="nt")
                ):
                    self.wrong(f"rdflib reads {media} of {iri} otherwise than its N-Triples")
            except Exception as error:
                self.wrong(f"{media} of {iri} cannot be read: {error}")
            with self._lock:
                self.found.data += 1
        if len(set(said.values())) > 1:
            self.wrong(f"the forms of {iri} differ")
        if "#" not in iri and said:
            self.agree(iri, said[next(iter(said))], read, place)

    def agree(self, iri: str, data: frozenset[Triple], read: Read, place: SplitResult) -> None:
        """What the data state of the thing stands on its page, and what its page links to among the facts is in the data."""
        thing, page = URIRef(iri), place.path
        own = [(p, o) for s, p, o in data if s == thing]
        if not own and not any(thing in triple for triple in data) and "/graph/" not in iri:
            self.wrong(f"the data of {iri} say nothing of it")
        if page in ("/ont.html",) or iri.startswith(f"{BASE}graph/"):
            return
        for predicate, value in own:
            if str(predicate) in ELSEWHERE or (predicate == DCTERMS.date and iri.startswith(STATEMENT)):
                continue
            if str(value) == iri.rpartition("/")[2]:  # a number that is a part of its address
                continue
            with self._lock:
                self.found.facts += 1
            plain = isinstance(value, Literal) and value.language in (None, "ja")
            if plain and not any(form in read.text for form in _written(value)):
                self.wrong(f"{page} does not show {predicate} {value!r} of {iri}")
        if place.fragment:
            return
        mentioned = {str(term) for triple in data for term in triple if isinstance(term, URIRef)}
        pages = {_page(one) for one in mentioned if one.startswith(BASE)} | mentioned
        for link in read.facts:
            target = link.partition("#")[0].partition("?")[0]
            if target and target != page and target not in pages and link not in mentioned:
                self.wrong(f"{page} links to {link} among its facts, which the data of {iri} do not mention")


def _asks(address: str) -> bool:
    """Whether an address has parameters other than the language and the page of a list."""
    query = urlsplit(address).query
    return any(piece.partition("=")[0] not in ("lang", "page", "") for piece in query.split("&"))


def _share(text: str) -> int:
    """A number that is the same every time, to choose some of many by."""
    return zlib.crc32(text.encode())


def _kind(path: str) -> str:
    """A group of addresses, for the count."""
    first = urlsplit(path).path.strip("/").partition("/")[0].partition(".")[0] or "home"
    return first + ("?" if _asks(path) else "")


def _unquoted(text: str) -> str:
    return httpx.URL(f"/{text}").path[1:] if "%" in text else text


def _page(iri: str) -> str:
    """The page that shows an IRI, as links write it."""
    return href(iri, "ja").partition("#")[0]


def _written(value: Node) -> Iterable[str]:
    """The ways in which a page may write a literal."""
    text = str(value)
    yield text
    yield " ".join(text.split())
    try:
        number = float(text)
    except ValueError:
        return
    for shown in {
        text,
        f"{number:g}",
        f"{number:,g}",
        f"{number:,}",
        f"{int(number):,}" if number.is_integer() else text,
    }:
        yield shown.replace("-", "−")


def _tell(crawl: Crawl, start: float) -> None:
    """Say every minute how far it is."""
    while True:
        time.sleep(60)
        print(f"[{time.monotonic() - start:5.0f} s] {crawl.found.words()}", file=sys.stderr, flush=True)


def main() -> int:
    """Crawl the service of the current build and say what was found."""
    every = int(os.environ.get("KEIKAKU_CRAWL_EVERY", "1"))
    server = subprocess.Popen(
        [sys.executable, "-m", "keikaku", "serve", "--port", "0"],
        env=os.environ | {"KEIKAKU_ROOT": str(ROOT)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stderr is not None
    start = time.monotonic()
    try:
        address = server.stderr.readline().strip()
        said: deque[str] = deque(maxlen=100)
        threading.Thread(target=lambda: said.extend(server.stderr or ()), daemon=True).start()
        crawl = Crawl(address, every=every)
        threading.Thread(target=_tell, args=(crawl, start), daemon=True).start()
        crawl.links()
        print(f"links: {time.monotonic() - start:.0f} s, {crawl.found.words()}", flush=True)
        crawl.things()
    except KeyboardInterrupt:
        print("interrupted; so far:")
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            print("the service did not stop")
    print("".join(line for line in said if " 200 " not in line and " 303 " not in line))
    found = crawl.found
    print(f"{time.monotonic() - start:.0f} s: {found.words()}")
    print("by first part of the address:", ", ".join(f"{kind} {n}" for kind, n in sorted(found.kinds.items())))
    for took, path in sorted(found.slowest, reverse=True)[:10]:
        print(f"  {took * 1000:7.0f} ms {path}")
    for line in sorted(found.wrong)[:200]:
        print(line)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

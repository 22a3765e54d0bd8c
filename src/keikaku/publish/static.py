"""The whole site as files: pages in both languages, data of every thing, answers, reports, dumps, redirect rules (docs/publishing.md).

It opens from a folder without a server: every link is relative. The same build gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path

from keikaku.ask import Question, choose
from keikaku.ask.render import csv_text, json_text, markdown_text
from keikaku.ask.sheet import workbook
from keikaku.ask.terms import terms_for
from keikaku.errors import CannotRunError, ParameterError
from keikaku.namespaces import BASE
from keikaku.pages import Page, Site, compare, coverage, data, graph, lists, open_site, tables
from keikaku.pages.address import SUFFIXES, file_of, split_file
from keikaku.pages.assets import assets
from keikaku.pages.entity import entity
from keikaku.pages.neighbours import page_of
from keikaku.pages.question import answer_of, chosen, question_page
from keikaku.pages.render import View
from keikaku.pages.routes import BELOW, FILES, PAGES
from keikaku.publish import names, rules, sitemap
from keikaku.publish.dataset import dataset_data, dataset_page, page_schema
from keikaku.publish.downloads import CHECKSUMS, downloads, dumps
from keikaku.publish.findings import findings_page, findings_text
from keikaku.publish.links import PICTURES, Address, Has, Linker, suffix_of
from keikaku.settings import Settings
from keikaku.store import remembering

#: File that marks a folder as a site of ours, which may be replaced.
MARK = ".keikaku-site"
#: Addresses that one worker makes before it reports.
_BATCH = 24
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Published:
    """What was written."""

    folder: Path
    build_id: str
    files: int
    bytes: int


class Maker:
    """Makes the files of one build into a folder."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = replace(site, store=remembering(site.whole))
        self.folder = folder

    @cached_property
    def things(self) -> list[str]:
        """The things with a page."""
        return sitemap.things(self.site)

    @cached_property
    def has(self) -> Has:
        """What the site will have."""
        reports = {f"/coverage/{tail}" for tail in sitemap.coverages(self.site)} | set(compare.prepared(self.site))
        reports |= {coverage.CARD + tail for tail in sitemap.coverages(self.site)}
        fixed = {path for path in PAGES if path != "/search"} | {"/dataset", "/findings"} | reports
        files = {f"/dataset{suffix}" for suffix in SUFFIXES} | {
            "/findings.csv",
            "/findings.json",
            "/ont/context.jsonld",
            *FILES,
        }
        files |= {f"/assets/{name}" for name in assets(self.site.settings)}
        files |= {f"/downloads/{dump.path}" for dump in dumps(downloads(self.site))} | {f"/downloads/{CHECKSUMS}"}
        questions = {name: {p.name for p in q.parameters} for name, q in self.site.questions.items()}
        pictures = {name: {value for value, _ in ones} for name, ones in graph.choices(self.site, "ja").items()}
        return Has(fixed, set(self.things), questions, files, pictures)

    def roots(self) -> list[Address]:
        """Where to begin; the rest is found by following links."""
        fixed = [Address(path) for path in sorted(self.has.pages)]
        questions = [Address(f"/questions/{name}") for name in self.site.questions]
        questions += [
            Address(f"/questions/{name}{suffix}")
            for name, question in self.site.questions.items()
            if self._answers(question)
            for suffix in (".csv", ".json")
        ]
        things = [Address("/" + file_of(path, ".html")) for path in self.things]
        both = [replace(address, lang=lang) for address in [*fixed, *questions, *things] for lang in ("ja", "en")]
        return [*both, Address("/ont/context.jsonld"), Address("/findings.csv"), Address("/findings.json")]

    def _answers(self, question: Question) -> bool:
        """Whether the graph knows what the question asks about when nothing is chosen."""
        try:
            terms_for(self.site.store, question, chosen(self.site, question, {}))
        except ParameterError:
            return False
        return True

    def write(self, addresses: Iterable[Address]) -> set[Address]:
        """Write the files of these addresses; what their pages link to."""
        linker = Linker(self.has)
        for address in addresses:
            content = self.content(address)
            if isinstance(content, Page):
                content = linker.relative(content.html, address).encode()
            _write(self.folder / address.file, content)
        return self.found(linker)

    def found(self, linker: Linker) -> set[Address]:
        """Where the pages just written lead."""
        return linker.found

    def content(self, address: Address) -> Page | bytes:
        """The page or the data at an address."""
        path, site = address.path, self.site
        view = View(address.lang, path, dict(address.params), static=True)
        fixed = {**PAGES, "/dataset": dataset_page, "/findings": findings_page}
        if path in fixed:
            return fixed[path](site, view)
        if path in FILES or path in PICTURES:
            return FILES[path](site, view) if path in FILES else graph.file(site, view, suffix_of(path))
        below = next((make for start, make in BELOW.items() if path.startswith(start)), None)
        if below:
            return below(site, view) or lists.missing(view, path)
        suffix = suffix_of(path)
        if path.startswith("/questions/"):
            return self._question(path.removeprefix("/questions/").removesuffix(suffix), suffix, view)
        if path.startswith("/coverage/"):
            return self._report(path.removeprefix("/coverage/").removesuffix(suffix), suffix, view)
        found = self._file(path)
        return self._thing(path, view) if found is None else found

    def _thing(self, path: str, view: View) -> Page | bytes:
        table = tables.csv_of(self.site, path.lstrip("/"), view.lang)
        if table is not None:
            return table.encode()
        thing, suffix = split_file(path.lstrip("/"))
        if suffix == ".html":
            return entity(self.site, thing, view, page_schema(self.site, thing)) or lists.missing(view, path)
        return data.data_of(self.site, thing, SUFFIXES[suffix], page_of(view))

    def _report(self, name: str, suffix: str, view: View) -> Page | bytes:
        plan = coverage.find(self.site, name)
        if not suffix:
            return coverage.report(self.site, view, plan)
        return coverage.text_of(self.site, plan, suffix[1:], view.lang).encode()

    def _question(self, name: str, suffix: str, view: View) -> Page | bytes:
        question = choose(self.site.questions, name)
        if not suffix:
            return question_page(self.site, question, view)
        answer = answer_of(self.site, question, view.params, view.lang)
        if suffix == ".xlsx":
            return workbook(answer, view.lang, self.site.build_id)
        return {".csv": lambda: csv_text(answer, view.lang), ".json": lambda: json_text(answer), ".md": lambda: markdown_text(answer, view.lang)}[suffix]().encode()  # fmt: skip

    def _file(self, path: str) -> bytes | None:
        """A file that is no page and about no one thing."""
        if path.startswith("/assets/"):
            return assets(self.site.settings)[path.rpartition("/")[2]].read_bytes()
        if path.startswith("/downloads/"):
            return (downloads(self.site) / path.removeprefix("/downloads/")).read_bytes()
        if path.startswith("/dataset."):
            return dataset_data(self.site, SUFFIXES[suffix_of(path)])
        if path.startswith("/findings."):
            return findings_text(self.site, suffix_of(path)[1:]).encode()
        if path == "/ont/context.jsonld":
            return (self.site.settings.ontology / "context.jsonld").read_bytes()
        return None


def publish(
    settings: Settings,
    target: Path,
    start: str = BASE,
    jobs: int | None = None,
    progress: Progress = lambda done, total: None,
    store: Path | None = None,
    *,
    synthetic: bool = False,
) -> Published:
    """Write the site beside `target` and make it `target` by renaming. `start` is where it will be found, for sitemap and rules.

    The site is that of the current build, or of the build in the folder `store`. Raises CannotRunError when `target` holds something that is no site of ours, or cannot be written,
    and when there is synthetic data in the build: beside recorded data always, alone unless `synthetic` asks for it.
    """
    check_target(target)
    start = start.rstrip("/") + "/"
    site = open_site(settings, store)
    check_synthetic(site, wanted=synthetic)
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        made.chmod(0o755)
        maker = Maker(site, made)
        _write_all(site, maker, jobs or os.cpu_count() or 1, progress)
        _write_fixed(site, maker, start)
        files = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
        sums = [f"{hashlib.sha256((made / path).read_bytes()).hexdigest()}  {path}\n" for path in files]
        _write(made / CHECKSUMS, "".join(sums).encode())
        _write(made / MARK, f"{site.build_id}\n".encode())
        size = sum((made / path).stat().st_size for path in files)
        _swap(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Published(target, site.build_id, len(files) + 2, size)


def check_target(target: Path) -> None:
    """Refuse a folder that holds something else. Raises CannotRunError."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise CannotRunError(
            f"{target} is no folder",
            ja=f"{target} はフォルダーではありません",
            do="Name a folder that is new, empty or an earlier site",
            do_ja="新しいフォルダー、空のフォルダー、前に作ったサイトのどれかを書いてください",
        )
    if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
        raise CannotRunError(
            f"{target} is not empty and holds no site of keikaku, so it is left alone",
            ja=f"{target} は空でなく、keikaku のサイトでもないので、手を付けません",
            do="Name another folder, or empty this one",
            do_ja="別のフォルダーにするか、空にしてください",
            rule="docs/publishing.md",
        )


_MADE_UP = """SELECT (COUNT(?document) AS ?all) (COUNT(?mark) AS ?synthetic) WHERE {
  ?document a jdx:SourceDocument . OPTIONAL { ?document schema:creativeWorkStatus ?mark . FILTER(?mark = "synthetic"@en) }
}"""


def check_synthetic(site: Site, *, wanted: bool) -> None:
    """Refuse synthetic data (bench/world.py): mixed with recorded data always, else unless it is wanted. Raises CannotRunError."""
    row = next(iter(site.store.select(_MADE_UP)))
    documents, made_up = int(str(row["all"])), int(str(row["synthetic"]))
    if 0 < made_up < documents:
        raise CannotRunError(
            f"{made_up} of {documents} documents are synthetic: they are never published beside recorded ones",
            ja=f"{documents} 文書のうち {made_up} が合成です。合成の文書を記録と並べて公開することはありません",
            do="Build the synthetic world in a folder of its own",
            do_ja="合成の世界は別のフォルダーに構築してください",
            rule="docs/scale.md",
        )
    if made_up and not wanted:
        raise CannotRunError(
            "all documents of this build are synthetic, made for measuring",
            ja="このビルドの文書は、どれも測るために合成したものです",
            do="Publish the recorded data, or say --synthetic to measure with these",
            do_ja="記録したデータを公開するか、測るためなら --synthetic を付けてください",
            rule="docs/scale.md",
        )


def _write_all(site: Site, maker: Maker, jobs: int, progress: Progress) -> None:
    """Write pages and what they link to, wave by wave, until nothing new is found."""
    downloads(site)
    dataset_data(site, "text/turtle")  # so that no two workers make it
    waiting, done, written = sorted(set(maker.roots())), set[Address](), 0
    with _workers(site, maker, jobs) as work:
        while waiting:
            done |= set(waiting)
            # Both languages of a thing and its data ask the same, so they stay together.
            waiting.sort(key=lambda address: (address.path.removesuffix(suffix_of(address.path)), address))
            batches = [waiting[n : n + _BATCH] for n in range(0, len(waiting), _BATCH)]
            found: set[Address] = set()
            for batch, links in zip(batches, work(batches), strict=True):
                found |= links
                written += len(batch)
                progress(written, len(done))
            waiting = sorted(found - done)


@contextmanager
def _workers(site: Site, maker: Maker, jobs: int) -> Iterator[Callable[[list[list[Address]]], Iterable[set[Address]]]]:
    """A way to write batches, in this process or in several."""
    if jobs < 2:
        yield lambda batches: map(maker.write, batches)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (site.settings, site.folder, maker.folder)) as pool:
        yield lambda batches: pool.map(_work, batches)


_maker: Maker | None = None


def _start(settings: Settings, store: Path, folder: Path) -> None:
    """In a worker: open the very build that is being published, also when another has become current."""
    global _maker  # noqa: PLW0603 - one per process
    _maker = Maker(open_site(settings, store), folder)


def _work(batch: list[Address]) -> set[Address]:
    if _maker is None:
        raise CannotRunError("the worker has no site", ja="この作業プロセスにはサイトがありません")
    return _maker.write(batch)


def _write_fixed(site: Site, maker: Maker, start: str) -> None:
    """What no page links to: the sitemap, the page for wrong addresses, rules for hosts, the data behind /.well-known/void, names to search in."""
    folder = maker.folder
    for name, path in assets(site.settings).items():
        _write(folder / "assets" / name, path.read_bytes())
    _write(folder / "assets" / names.SCRIPT, names.script(site, maker.has))
    for dump in dumps(downloads(site)):
        _write(folder / "downloads" / dump.path, (downloads(site) / dump.path).read_bytes())
    _write(folder / "downloads" / CHECKSUMS, (downloads(site) / CHECKSUMS).read_bytes())
    for suffix, media in SUFFIXES.items():
        if suffix != ".html":
            _write(folder / f"dataset{suffix}", dataset_data(site, media))
    _write(folder / ".well-known" / "void", dataset_data(site, "text/turtle"))
    for name, text in sitemap.sitemaps(site, start).items():
        _write(folder / name, text.encode())
    _write(folder / "robots.txt", sitemap.robots(start).encode())
    _write(folder / "404.html", lists.missing(View(static=True), "404").html.encode())
    _write(folder / ".nojekyll", b"")
    for name, text in rules.files(site, start).items():
        _write(folder / name, text.encode())


def _swap(made: Path, target: Path) -> None:
    """Make `made` the target; the old site is there until the new one is."""
    old = made.with_name(made.name + ".old")
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

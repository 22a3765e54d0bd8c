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
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE
from keikaku.pages import Site, lists, open_site
from keikaku.pages.address import SUFFIXES
from keikaku.pages.assets import assets
from keikaku.pages.render import View
from keikaku.publish import names, rules, sitemap
from keikaku.publish.dataset import dataset_data
from keikaku.publish.downloads import CHECKSUMS, downloads, dumps
from keikaku.publish.links import Address, suffix_of
from keikaku.publish.maker import Maker, write
from keikaku.settings import Settings

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
        write(made / CHECKSUMS, "".join(sums).encode())
        write(made / MARK, f"{site.build_id}\n".encode())
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
        write(folder / "assets" / name, path.read_bytes())
    write(folder / "assets" / names.SCRIPT, names.script(site, maker.has))
    for dump in dumps(downloads(site)):
        write(folder / "downloads" / dump.path, (downloads(site) / dump.path).read_bytes())
    write(folder / "downloads" / CHECKSUMS, (downloads(site) / CHECKSUMS).read_bytes())
    for suffix, media in SUFFIXES.items():
        if suffix != ".html":
            write(folder / f"dataset{suffix}", dataset_data(site, media))
    write(folder / ".well-known" / "void", dataset_data(site, "text/turtle"))
    for name, text in sitemap.sitemaps(site, start).items():
        write(folder / name, text.encode())
    write(folder / "robots.txt", sitemap.robots(start).encode())
    write(folder / "404.html", lists.missing(View(static=True), "404").html.encode())
    write(folder / ".nojekyll", b"")
    for name, text in rules.files(site, start).items():
        write(folder / name, text.encode())


def _swap(made: Path, target: Path) -> None:
    """Make `made` the target; the old site is there until the new one is."""
    old = made.with_name(made.name + ".old")
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)

"""Make a store, open one, or throw one away."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pyoxigraph as ox

from keikaku.errors import CannotRunError
from keikaku.store.engine import BUILD_ID, Store


def memory(data: bytes = b"") -> Store:
    """A store in memory holding `data` (N-Quads)."""
    store = Store(ox.Store())
    if data:
        store.load_nquads(data)
    return store


def create(path: Path) -> Store:
    """An empty store on disk in the new folder `path`."""
    return Store(ox.Store(path), path)


def open_for_change(path: Path) -> Store:
    """Open a store that no reader has open (a copy made by `copy_to`)."""
    return Store(ox.Store(path), path)


def open_current(link: Path) -> Store:
    """Open the current build read-only. `link` is the link that a build swaps; the folder behind it never changes.

    Raises CannotRunError when there is no whole build.
    """
    if not (link / BUILD_ID).is_file():
        raise CannotRunError(
            "there is no built graph yet",
            ja="構築したグラフがまだありません",
            do="Run: keikaku build",
            do_ja="作るには: keikaku build",
            rule="README.md",
        )
    folder = link.resolve()
    return Store(ox.Store.read_only(str(folder)), folder, lasting=True)


def open_copy(folder: Path) -> Store:
    """Open a copy that `copy_to` made and nobody changes, read-only."""
    return Store(ox.Store.read_only(str(folder)), folder, lasting=True)


def write_discard(folder: Path) -> None:
    """Delete a store folder that no longer serves, or a half-written one."""
    shutil.rmtree(folder, ignore_errors=True)


def read_quads(path: Path) -> Store:
    """A store in memory with the statements of a file (N-Quads, TriG, Turtle or N-Triples by its suffix, also with .gz).

    Raises CannotRunError for another suffix, or when the file cannot be read.
    """
    name = path.name.removesuffix(".gz")
    form = ox.RdfFormat.from_extension(name.rpartition(".")[2])
    made = memory()
    try:
        if form is None:
            raise ValueError("its suffix is none of .nq .trig .ttl .nt")
        made.engine.load(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes(), format=form)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise CannotRunError(
            f"{path} cannot be read: {error}",
            ja=f"{path} を読めません: {error}",
            do="Name a dump or a build",
            do_ja="ダンプかビルドを指定してください",
        ) from error
    return made

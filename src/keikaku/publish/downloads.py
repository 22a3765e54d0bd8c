"""The dumps: TriG and sorted N-Quads, Turtle per document, CSV tables, linksets, checksums. Made once per build and kept beside it."""

from __future__ import annotations

import gzip
import hashlib
import heapq
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.forms import to_csv
from keikaku.ask.header import read
from keikaku.errors import CannotRunError
from keikaku.namespaces import GRAPH
from keikaku.pages import Site, data
from keikaku.publish.counts import TARGETS, documents, graphs_of, links_where
from keikaku.store import Store, serialize_dataset, serialize_lines

#: Lines of the largest piece that is sorted in memory.
_PIECE = 2_000_000
#: Suffix of a file → its media type.
MEDIA = {
    ".nq.gz": "application/n-quads", ".trig.gz": "application/trig", ".ttl": "text/turtle", ".nt": "application/n-triples",
    ".csv": "text/csv", ".jsonld": "application/ld+json", ".rdf": "application/rdf+xml", ".txt": "text/plain",
}  # fmt: skip
CHECKSUMS = "checksums.txt"
_lock = threading.Lock()


@dataclass(frozen=True)
class Dump:
    """One file below /downloads/: its path there, size in bytes and SHA-256."""

    path: str
    size: int
    sha256: str

    @property
    def media(self) -> str:
        """The media type of what is in it."""
        return media_of(self.path)


def media_of(path: str) -> str:
    """The media type of a file by its suffix, of what is in it when it is compressed."""
    return next((media for suffix, media in MEDIA.items() if path.endswith(suffix)), "application/octet-stream")


def downloads(site: Site) -> Path:
    """The folder of the dumps of this build, made at the first call."""
    folder = site.folder / f"downloads-{stamp(site)}"
    with _lock:
        if not (folder / CHECKSUMS).is_file():
            try:
                write_downloads(site, folder)
            except OSError as error:
                raise CannotRunError(
                    f"the dumps cannot be written: {error.strerror}",
                    ja=f"ダンプを書けません: {error.strerror}",
                    do="Run keikaku publish where the build folder can be written",
                    do_ja="ビルドのフォルダーに書ける所で keikaku publish を実行してください",
                    rule="docs/publishing.md",
                ) from error
    return folder


def stamp(site: Site) -> str:
    """What tells one way of making the dumps from another: this program and the queries of the tables."""
    files = [*Path(__file__).parent.glob("*.py"), *(site.settings.queries / "tables").glob("*.rq")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def dumps(folder: Path) -> list[Dump]:
    """The files that the checksums name, in the order of their paths."""
    found = []
    for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines():
        digest, _, path = line.partition("  ")
        found.append(Dump(path, (folder / path).stat().st_size, digest))
    return found


def write_downloads(site: Site, folder: Path) -> None:
    """Write all dumps beside `folder` and make them `folder` by one rename; the checksums are written last."""
    made = Path(tempfile.mkdtemp(prefix="downloads-", dir=folder.parent))
    try:
        made.chmod(0o755)
        whole = site.whole
        write_nquads(whole, made / "keikaku.nq.gz")
        write_trig(whole, made / "keikaku.trig.gz")
        for document in documents(whole):
            lines = whole.triples(graphs_of(whole, document))
            _write(made / "documents" / f"{document}.ttl", serialize_lines(lines))
        vocabulary = whole.triples([f"{GRAPH}ontology", f"{GRAPH}scheme"])
        _write(made / "vocabulary.ttl", serialize_lines(vocabulary))
        _write(made / "reference.ttl", serialize_lines(whole.triples([f"{GRAPH}reference"])))
        for name in TARGETS:
            links = site.store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {links_where(name)} }}").triples
            if links:
                _write(made / "links" / f"{name}.nt", data.to_bytes(links, "application/n-triples"))
        for path in sorted((site.settings.queries / "tables").glob("*.rq")):
            _write(made / "tables" / f"{path.stem}.csv", table(site, path).encode())
        files = sorted(p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file())
        sums = [f"{hashlib.sha256((made / path).read_bytes()).hexdigest()}  {path}\n" for path in files]
        (made / CHECKSUMS).write_text("".join(sums), encoding="utf-8")
        try:
            made.rename(folder)
        except OSError:
            if not (folder / CHECKSUMS).is_file():  # else another process was first, with the same bytes
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def table(site: Site, path: Path) -> str:
    """A CSV table from its query: IRIs in full, several in one cell sorted and joined by spaces."""
    question = read(path, site.settings.root)
    solutions = site.store.select(question.text, place=question.place)
    return to_csv(solutions.columns, ([_cell(term) for term in row] for row in solutions.rows))


def _cell(term: Node | None) -> str:
    text = "" if term is None else str(term)
    parts = text.split(" ")
    several = (
        len(parts) > 1 and not isinstance(term, URIRef) and all(p.startswith(("http://", "https://")) for p in parts)
    )
    return " ".join(sorted(parts)) if several else text


def sorted_lines(store: Store) -> Iterator[bytes]:
    """All statements as N-Quads in one order, pieces that fit in memory merged from temporary files."""
    with ExitStack() as stack:
        pieces: list[Iterable[bytes]] = []
        piece: list[bytes] = []
        for graph in store.graphs():
            piece += store.lines(graph)
            if len(piece) > _PIECE:
                file = stack.enter_context(tempfile.TemporaryFile())
                file.writelines(sorted(piece))
                file.seek(0)
                pieces.append(file)
                piece = []
        pieces.append(sorted(piece))
        yield from heapq.merge(*pieces)


def write_nquads(store: Store, path: Path) -> None:
    """All statements as sorted N-Quads, compressed."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        file.writelines(sorted_lines(store))


def write_trig(store: Store, path: Path) -> None:
    """All statements as TriG, graph by graph in the order of their names, compressed."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        for graph in store.graphs():
            file.write(serialize_dataset(store.lines(graph)))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

"""The store: Oxigraph, in memory or on disk. The default graph of a query is the union of all named graphs (ontology §3.3)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox
from rdflib.term import Node

from keikaku.errors import CannotRunError, Place, QueryError
from keikaku.namespaces import PREFIXES
from keikaku.ordering import put_in_order, split
from keikaku.query_text import explain, has_dataset_clause, other_form, refuse_service
from keikaku.read.quads import to_ntriples
from keikaku.store.streams import Pieces, Sink
from keikaku.store.terms import Solutions, Triples, rows_of, to_engine, triples_of

#: File of a store folder that names the build it holds.
BUILD_ID = "keikaku-build-id"


#: Default graphs and named graphs of a dataset that a request names.
Dataset = tuple[tuple[str, ...], tuple[str, ...]]

#: Media types of tables → how the engine writes them.
TABLES = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}

#: How each of our prefixes begins a name, the prefix, and what it stands for.
_PREFIXES = [(f"{name}:", name, iri) for name, iri in PREFIXES.items()]

#: A blank node in a line of N-Triples, or what looks like one in a text.
_BLANK = re.compile(rb"(?:^| )_:")
#: Bytes below which statements are added one by one.
_FEW = 100_000
#: Answers that a remembering store keeps before it forgets them all.
_MOST_KEPT = 4000


@dataclass(frozen=True)
class Store:
    """An Oxigraph store. Make one with `memory`, `open_current` or `create`.

    `lasting` says that nobody can change it, so what was read once stays right.
    """

    engine: ox.Store = field(repr=False)
    path: Path | None = None
    lasting: bool = False

    def query(
        self, text: str, *, place: Place | None = None, most: int | None = None, dataset: Dataset | None = None
    ) -> Solutions | Triples | bool:
        """Answer a SPARQL 1.1 query over the union of all graphs, or over `dataset`; our prefixes need no declaration.

        Of more than `most` rows or triples only the first `most` are read. Raises QueryError with line and column when the query cannot be read, and for SERVICE, which would leave the machine.
        """
        result = self._asked(text, place, dataset)
        if isinstance(result, ox.QuerySolutions):
            return Solutions(tuple(v.value for v in result.variables), rows_of(result, most))
        if isinstance(result, ox.QueryTriples):
            return triples_of(result, most)
        return bool(result)

    def answer(
        self, text: str, media: str, *, most: int, size: int, dataset: Dataset | None = None, plain: bool = False
    ) -> bytes | Triples | bool:
        """Answer as `query` does, a table as bytes in a form of TABLES, which the engine writes itself.

        Of more than `most` triples only the first `most` are read. `plain` says that the query is known to have no SERVICE, no dataset
        and no triple terms. Raises OverflowError when a table is larger than `size` bytes.
        """
        if not plain and (
            "<<" in text or "triple" in text.lower()
        ):  # the only way to a triple term, which `query` refuses
            self.query(text, most=most, dataset=dataset)
        result = self._parsed(text, None, None, True) if plain else self._asked(text, None, dataset)
        if isinstance(result, ox.QuerySolutions):
            sink = Sink(size)
            result.serialize(cast(IO[bytes], sink), format=TABLES[media])
            return b"".join(sink.pieces)
        if isinstance(result, ox.QueryTriples):
            return triples_of(result, most)
        return bool(result)

    def _asked(self, text: str, place: Place | None, dataset: Dataset | None) -> Any:
        """The engine's own answer, read lazily. The dataset of the protocol overrides that of the query (SPARQL 1.1 Protocol §2.1.4)."""
        refuse_service(text, place)
        return self._parsed(text, place, dataset, not has_dataset_clause(text))

    def _parsed(self, text: str, place: Place | None, dataset: Dataset | None, union: bool) -> Any:
        # Prefixes are passed to the parser, so lines and columns in errors are those of the text; each costs as much as a small join.
        used = PREFIXES if "\\" in text else {name: iri for mark, name, iri in _PREFIXES if mark in text}
        try:
            if dataset is None:
                return self.engine.query(text, prefixes=used, use_default_graph_as_union=union)
            default, named = ([ox.NamedNode(iri) for iri in iris] for iris in dataset)
            return self.engine.query(text, prefixes=used, default_graph=cast(Any, default), named_graphs=cast(Any, named))  # fmt: skip
        except SyntaxError as error:
            raise explain(text, error, place) from error
        except ValueError as error:
            raise QueryError(
                f"a graph of the dataset is no IRI: {error}",
                ja=f"データセットのグラフの名前が IRI ではありません: {error}",
                do="Write it in full",
                do_ja="省かずに書いてください",
                place=place,
            ) from error

    def select(self, text: str, *, place: Place | None = None) -> Solutions:
        """Answer a SELECT query, in the order that it asks for; raises QueryError for any other form."""
        plain, order, hidden = split(text)
        try:
            result = self._asked(plain, place, None)
        except QueryError:
            self.query(text, place=place)  # says at which line and column of the query as it was given
            raise
        if not isinstance(result, ox.QuerySolutions):
            raise other_form("SELECT", place)
        columns = tuple(v.value for v in result.variables)
        rows = rows_of(result, None)
        if not order:
            return Solutions(columns, rows)
        ordered, shown = put_in_order(columns, rows, order), len(columns) - hidden
        return Solutions(columns[:shown], tuple(row[:shown] for row in ordered) if hidden else ordered)

    def construct(self, text: str, *, place: Place | None = None) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query; raises QueryError for any other form."""
        result = self.query(text, place=place)
        if not isinstance(result, Triples):
            raise other_form("CONSTRUCT", place)
        return result

    def unstated(self, text: str, about: str, *, place: Place | None = None) -> list[tuple[Node, Node, Node]]:
        """What a CONSTRUCT query says of things whose IRI begins with `about` and no graph states yet, each once, in no order."""
        result = self._asked(text, place, None)
        if not isinstance(result, ox.QueryTriples):
            raise other_form("CONSTRUCT", place)
        found = [
            t
            for t in set(result)
            if isinstance(t.subject, ox.NamedNode)
            and t.subject.value.startswith(about)
            and next(self.engine.quads_for_pattern(t.subject, t.predicate, t.object, None), None) is None
        ]
        return list(triples_of(found, None).triples)

    def holds(self, triple: tuple[Node, Node, Node]) -> bool:
        """Whether some graph states a triple."""
        s, p, o = (to_engine(term) for term in triple)
        return next(iter(self.engine.quads_for_pattern(s, p, o, None)), None) is not None  # type: ignore[arg-type]  # a subject is no literal; the type of rdflib does not say so

    def load_nquads(self, data: bytes) -> None:
        """Add statements in N-Quads form: few at once, many in bulk, which takes a moment to begin."""
        if self.path is None or len(data) < _FEW:
            self.engine.load(data, format=ox.RdfFormat.N_QUADS)
        else:
            self.engine.bulk_load(data, format=ox.RdfFormat.N_QUADS)

    def load_all(self, pieces: Iterable[bytes]) -> None:
        """Add many pieces of N-Quads at once, each made only when it is its turn."""
        stream = io.BufferedReader(Pieces(iter(pieces)), 1 << 20)
        if self.path is None:
            self.engine.load(stream, format=ox.RdfFormat.N_QUADS)
        else:
            self.engine.bulk_load(stream, format=ox.RdfFormat.N_QUADS)

    def about(self, subject: str, graph: str) -> list[bytes]:
        """What one named graph says of a thing, as sorted N-Quads lines."""
        found = self.engine.quads_for_pattern(ox.NamedNode(subject), None, None, ox.NamedNode(graph))
        return sorted((ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))

    def drop_about(self, subject: str, graph: str) -> None:
        """Remove what one named graph says of a thing."""
        found = list(self.engine.quads_for_pattern(ox.NamedNode(subject), None, None, ox.NamedNode(graph)))
        for quad in found:
            self.engine.remove(quad)

    def load_triples(self, triples: Iterable[tuple[Node, Node, Node]]) -> None:
        """Add statements to the default graph of a store in memory."""
        self.load_ntriples(b"".join(to_ntriples(triples)))

    def load_ntriples(self, data: bytes) -> None:
        """Add statements in N-Triples form to the default graph of a store in memory."""
        self.engine.load(data, format=ox.RdfFormat.N_TRIPLES)

    def drop_graph(self, graph: str) -> None:
        """Remove a named graph and all it holds."""
        self.engine.remove_graph(ox.NamedNode(graph))

    def replace_graph(self, graph: str, data: bytes) -> frozenset[bytes] | None:
        """Make a named graph hold the statements of `data` (N-Quads) and no others; of a large graph only what differs is written.

        The N-Triples lines that stood or stand in one of the two only, or None where most differed and the whole was written.
        Blank nodes have no names to go by: a graph that has some is always written as a whole.
        """
        old = set((self.engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b"").splitlines())
        end = f" <{graph}> .".encode()
        new = {line.removesuffix(end) + b" ." for line in data.splitlines()}
        gone, fresh = old - new, new - old
        if len(gone) + len(fresh) > len(new) // 2 or any(_BLANK.search(line) for line in gone | fresh):
            self.drop_graph(graph)
            self.load_nquads(data)
            return None
        target = ox.NamedNode(graph)
        for triple in ox.parse(b"\n".join(gone), format=ox.RdfFormat.N_TRIPLES):
            self.engine.remove(ox.Quad(triple.subject, triple.predicate, triple.object, target))
        self.engine.extend(
            ox.Quad(triple.subject, triple.predicate, triple.object, target)
            for triple in ox.parse(b"\n".join(fresh), format=ox.RdfFormat.N_TRIPLES)
        )
        return frozenset(line + b"\n" for line in gone ^ fresh)

    def lines(self, graph: str) -> list[bytes]:
        """The statements of one named graph as sorted N-Quads lines."""
        end = f" <{graph}> .\n".encode()
        return [line.removesuffix(b" .\n") + end for line in self.triples([graph])]

    def triples(self, graphs: Iterable[str]) -> list[bytes]:
        """The statements of these named graphs as sorted N-Triples lines, each once."""
        found: set[bytes] = set()
        for graph in graphs:
            text = self.engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b""
            found.update(text.splitlines(keepends=True))
        return sorted(found)

    def graphs(self) -> list[str]:
        """IRIs of the named graphs, sorted."""
        return sorted(g.value for g in self.engine.named_graphs())

    def nquads(self) -> bytes:
        """All statements as sorted N-Quads: the same bytes for the same statements."""
        lines = self.engine.dump(format=ox.RdfFormat.N_QUADS)
        return b"" if not lines else b"".join(sorted(set(lines.splitlines(keepends=True))))

    def __len__(self) -> int:
        return len(self.engine)

    def copy_to(self, target: Path) -> None:
        """Write a hard-linked copy of an on-disk store; the copy can be changed, this one stays as it is."""
        self.engine.backup(target)

    def write_build_id(self, build_id: str) -> None:
        """Mark the folder as a whole build; done last, so a folder without the mark is never opened."""
        if self.path is None:
            raise CannotRunError("a store in memory has no folder", ja="メモリの中の保存先にはフォルダーがありません")
        self.engine.flush()
        (self.path / BUILD_ID).write_text(build_id + "\n", encoding="utf-8")

    @property
    def build_id(self) -> str:
        """The build this store holds: a hash over its named graphs."""
        return read_build_id(self.path) if self.path else ""


@dataclass(frozen=True)
class Remembering(Store):
    """A store that does not change and keeps the answers it gave: the pages of one thing in two languages ask the same."""

    kept: dict[str, Solutions | Triples | bool] = field(default_factory=dict, repr=False, compare=False)

    def query(
        self, text: str, *, place: Place | None = None, most: int | None = None, dataset: Dataset | None = None
    ) -> Solutions | Triples | bool:
        """Answer a query, or give the answer of the last time."""
        if most is not None or dataset is not None:
            return super().query(text, place=place, most=most, dataset=dataset)
        if text not in self.kept:
            if len(self.kept) > _MOST_KEPT:
                self.kept.clear()
            self.kept[text] = super().query(text, place=place)
        return self.kept[text]


def remembering(store: Store) -> Store:
    """The same store with a memory."""
    return Remembering(store.engine, store.path)


def read_build_id(folder: Path) -> str:
    """The build id of a store folder, or "" when it is not a whole build."""
    mark = folder / BUILD_ID
    return mark.read_text(encoding="utf-8").strip() if mark.is_file() else ""

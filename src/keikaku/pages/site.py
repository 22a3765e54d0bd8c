"""One build of the graph as a site: what every page is made from, and what a page is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from rdflib import Graph, URIRef
from rdflib.compare import to_canonical_graph

from keikaku.ask import Answer, Question, ask, library
from keikaku.ask.kept import recent
from keikaku.endpoint import Opened, copy
from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE, GRAPH, SHAPE
from keikaku.pages import blocks
from keikaku.pages.blocks import Block, Wanted
from keikaku.read.quads import Quad, to_nquads
from keikaku.settings import Settings
from keikaku.store import BUILD_ID, Store, memory, open_current

#: Answers that a site keeps; a long one takes about 2 MB.


@dataclass(frozen=True)
class Page:
    """A page as HTML, with the status a service answers with."""

    html: str
    status: int = 200


@dataclass(frozen=True)
class Site:
    """The project's folders, one build of its graph, and the question library that belongs to it."""

    settings: Settings
    store: Opened
    questions: Mapping[str, Question] = field(repr=False)

    @cached_property
    def build_id(self) -> str:
        """The build that the pages show."""
        return self.store.build_id

    @property
    def folder(self) -> Path:
        """The folder of the store, where the search index lies too."""
        return self.store.path or self.settings.current

    @cached_property
    def whole(self) -> Store:
        """All statements in a store of our own: the store itself, or a copy of what the service holds, made when first wanted."""
        if isinstance(self.store, Store):
            return self.store
        folder = self.folder / "copy"
        return open_current(folder) if (folder / BUILD_ID).is_file() else copy(self.store, folder)

    @cached_property
    def shapes(self) -> Store:
        """The shapes, which validate the graph but are not part of it, as a graph of their own."""
        quads: list[Quad] = []
        for path in sorted(self.settings.shapes.glob("*.ttl")):
            # Nodes without a name get one that follows from what they say, so that it is the same every time.
            graph = to_canonical_graph(Graph().parse(path, format="turtle", publicID=BASE))
            named = graph.skolemize(authority=BASE, basepath="/shape/part-")
            quads += [(s, p, o, GRAPH["shapes"]) for s, p, o in named]
        return memory(to_nquads(quads))

    @cached_property
    def context(self) -> Mapping[str, Any]:
        """The JSON-LD context that is published at /ont/context.jsonld."""
        found: Mapping[str, Any] = json.loads((self.settings.ontology / "context.jsonld").read_text(encoding="utf-8"))
        return cast(Mapping[str, Any], found["@context"])

    def source(self, iri: str) -> Opened:
        """The store that knows about an IRI."""
        return self.shapes if iri.startswith(str(SHAPE)) else self.store

    def knows(self, iri: str) -> bool:
        """Whether the graph says anything about an IRI, or is asked for one of its named graphs."""
        thing = URIRef(iri).n3()
        patterns = [f"{thing} ?p ?o", f"?s ?p {thing}", f"GRAPH {thing} {{ ?s ?p ?o }}"]
        return any(self.source(iri).query(f"ASK {{ {pattern} }}") is True for pattern in patterns)

    def answer(self, question: Question, given: Mapping[str, str], lang: str, most: int | None = None) -> Answer:
        """The answer to a question; with `most`, names are known for so many rows only. The last few are kept: pages in both languages, files and charts are made from the same rows.

        Raises ParameterError and QueryError as `ask` does.
        """
        key = (question.id, question.text, tuple(sorted(given.items())), most)
        made = recent(
            self.store, key, lambda: ask(self.store, question, given, lang, most), lambda a: len(a) * len(a.columns)
        )
        return replace(made, lang=lang)

    def blocks(self, kind: str, thing: str = "") -> list[Block]:
        """The tables of one kind of page (queries/pages/<kind>/) that have rows."""
        (found,) = self.begin(thing, [Wanted(kind)])()
        return found

    def begin(self, thing: str, wanted: Sequence[Wanted]) -> Callable[[], list[list[Block]]]:
        """Begin to run the queries of several kinds of page; what is returned waits for their tables."""
        return blocks.begin(self.source(thing), self.settings.queries / "pages", self.settings.root, thing, wanted)


def open_site(settings: Settings, folder: Path | None = None, endpoint: Opened | None = None) -> Site:
    """Open the current build, the one in `folder`, or a service in their place. Raises CannotRunError when there is none, or when it cannot be opened."""
    try:
        store = endpoint or open_current(folder or settings.current)
    except OSError as error:
        raise CannotRunError(
            "the built graph cannot be opened",
            ja="構築したグラフを開けません",
            do="Run: keikaku build --full",
            do_ja="作り直すには: keikaku build --full",
            rule="README.md",
        ) from error
    return Site(settings, store, library(settings.queries, settings.root))

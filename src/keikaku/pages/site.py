"""One build of the graph as a site: what every page is made from, and what a page is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import Graph, URIRef

from keikaku.ask import Question, library
from keikaku.endpoint import Opened
from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE, GRAPH, SHAPE
from keikaku.pages import blocks
from keikaku.pages.blocks import Block
from keikaku.read.quads import Quad, to_nquads
from keikaku.settings import Settings
from keikaku.store import Store, memory, open_current


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

    @property
    def build_id(self) -> str:
        """The build that the pages show."""
        return self.store.build_id

    @property
    def folder(self) -> Path:
        """The folder of the store, where the search index lies too."""
        return self.store.path or self.settings.current

    @cached_property
    def shapes(self) -> Store:
        """The shapes, which validate the graph but are not part of it, as a graph of their own."""
        graph, name = Graph(), GRAPH["shapes"]
        for path in sorted(self.settings.shapes.glob("*.ttl")):
            graph.parse(path, format="turtle", publicID=BASE)
        quads: list[Quad] = [(s, p, o, name) for s, p, o in graph.skolemize(authority=BASE, basepath="/shape/part-")]
        return memory(to_nquads(quads))

    def source(self, iri: str) -> Opened:
        """The store that knows about an IRI."""
        return self.shapes if iri.startswith(str(SHAPE)) else self.store

    def knows(self, iri: str) -> bool:
        """Whether the graph says anything about an IRI, or is asked for one of its named graphs."""
        thing = URIRef(iri).n3()
        patterns = [f"{thing} ?p ?o", f"?s ?p {thing}", f"GRAPH {thing} {{ ?s ?p ?o }}"]
        return any(self.source(iri).query(f"ASK {{ {pattern} }}") is True for pattern in patterns)

    def blocks(self, kind: str, thing: str = "", most: int | None = None) -> list[Block]:
        """The tables of one kind of page (queries/pages/<kind>/) that have rows."""
        return blocks.blocks(
            self.source(thing), self.settings.queries / "pages" / kind, self.settings.root, thing, most
        )


def open_site(settings: Settings, endpoint: Opened | None = None) -> Site:
    """Open the current build, or a service in its place. Raises CannotRunError when there is none, or when it cannot be opened."""
    try:
        store = endpoint or open_current(settings.current)
    except OSError as error:
        raise CannotRunError(
            "the built graph cannot be opened", do="Run: keikaku build --full", rule="README.md"
        ) from error
    return Site(settings, store, library(settings.queries, settings.root))

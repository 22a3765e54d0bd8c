"""A graph in two layers for pySHACL: what all documents share, indexed once, and one document on top of it.

rdflib's own store keeps a context for every triple, and joining vocabulary and document takes longer there than checking
them; here the shared layer is only referred to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rdflib import Graph
from rdflib.store import Store as RdflibStore
from rdflib.term import Node

Triple = tuple[Node, Node, Node]
_Index = dict[Node, dict[Node, dict[Node, None]]]
_NONE: dict[Any, Any] = {}


class Layer:
    """Triples indexed by subject and by property; filled once, then only read."""

    def __init__(self, triples: Iterable[Triple] = (), below: Layer | None = None) -> None:
        self.spo: _Index = {}
        self.pos: _Index = {}
        self.below = below
        self.count = 0
        for triple in triples:
            self.add(triple)

    def over(self, below: Layer) -> Layer:
        """These triples on top of another layer, which is read too; what both have stays below."""
        shared = [(s, p, o) for s in self.spo if below.describes(s) for p, os in self.spo[s].items() for o in os]
        if any(triple in below for triple in shared):
            return Layer(((s, p, o) for s, ps in self.spo.items() for p, os in ps.items() for o in os), below)
        made = Layer(below=below)
        made.spo, made.pos, made.count = self.spo, self.pos, self.count
        return made

    def add(self, triple: Triple) -> None:
        """Add a triple that neither this layer nor the one below has."""
        s, p, o = triple
        if self.below is not None and triple in self.below:
            return
        objects = self.spo.setdefault(s, {}).setdefault(p, {})
        if o not in objects:
            objects[o] = None
            self.pos.setdefault(p, {}).setdefault(o, {})[s] = None
            self.count += 1

    def __contains__(self, triple: Triple) -> bool:
        s, p, o = triple
        return o in self.spo.get(s, _NONE).get(p, _NONE) or (self.below is not None and triple in self.below)

    def describes(self, subject: Node) -> bool:
        """Whether this layer or the one below says something of a thing."""
        return subject in self.spo or (self.below is not None and self.below.describes(subject))

    def __len__(self) -> int:
        return self.count + (len(self.below) if self.below is not None else 0)

    def matching(self, s: Node | None, p: Node | None, o: Node | None) -> Iterator[Triple]:
        """Triples of this layer, then of those below; None stands for any node."""
        layer: Layer | None = self
        while layer is not None:
            yield from layer._own(s, p, o)
            layer = layer.below

    def _own(self, s: Node | None, p: Node | None, o: Node | None) -> Iterator[Triple]:
        if s is not None:
            found = self.spo.get(s, _NONE)
            for one in (p,) if p is not None else list(found):
                objects = found.get(one, _NONE)
                if o is None:
                    yield from [(s, one, other) for other in objects]
                elif o in objects:
                    yield (s, one, o)
        else:
            for one in (p,) if p is not None else list(self.pos):
                subjects = self.pos.get(one, _NONE)
                for other in (o,) if o is not None else list(subjects):
                    yield from [(subject, one, other) for subject in subjects.get(other, _NONE)]


class _LayerStore(RdflibStore):
    """What rdflib asks of a store that is only read."""

    context_aware = True  # pySHACL insists; there is one graph all the same
    graph_aware = True

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[tuple[Triple, Iterator[None]]]:
        nothing: tuple[None, ...] = ()
        for triple in self.layer.matching(*triple_pattern):
            yield triple, iter(nothing)

    def __len__(self, context: Any = None) -> int:
        return len(self.layer)

    def add_graph(self, graph: Any) -> None:
        pass

    def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
        pass

    def namespace(self, prefix: str) -> None:
        return None

    def prefix(self, namespace: Any) -> None:
        return None

    def namespaces(self) -> Iterator[tuple[str, Any]]:
        return iter(())


def graph_of(layer: Layer) -> Graph:
    """A plain rdflib graph to read a layer and the one below it."""
    return Graph(store=_LayerStore(layer), bind_namespaces="none")

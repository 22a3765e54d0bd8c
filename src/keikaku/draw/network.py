"""Views of the graph as networkx graphs, made by the queries in queries/draw/: a neighbourhood, a plan, a theme, the whole network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import networkx as nx
from rdflib import URIRef

from keikaku.ask.bind import bind_for
from keikaku.ask.evidence import Passage, in_order, passages
from keikaku.ask.header import read
from keikaku.ask.names import Source, names
from keikaku.ask.question import Question
from keikaku.ask.terms import term
from keikaku.ask.words import Text
from keikaku.draw.kinds import KINDS, RELATIONS, kind_of
from keikaku.errors import ParameterError
from keikaku.namespaces import DCTERMS, JDX, SKOS, shorten

#: Points of a neighbourhood and of any picture; what is left out is counted.
MOST_AROUND, MOST = 400, 5000
#: How many steps a neighbourhood may reach.
MOST_DEPTH = 3
#: Of larger pictures the points carry no description.
MOST_DESCRIBED = 800
#: Things in one query.
_CHUNK = 500
#: Containment, told by a nearer relation where there is one.
_CONTAINMENT = {str(JDX.inPlan), str(DCTERMS.isPartOf)}
_NEARER_OUT, _NEARER_IN = {str(JDX.parentElement)}, {str(JDX.hasKPI)}
#: Said only where nothing nearer is said of the same two.
_GENERAL = {str(DCTERMS.isPartOf), str(DCTERMS.relation), str(DCTERMS.references)}
#: Said once, though both directions are stated.
_SYMMETRIC = {str(SKOS.related), str(JDX.coordinatedWith)}

Link = tuple[str, str, str]


@dataclass(frozen=True)
class Network:
    """A view: a DiGraph whose nodes are IRIs, what it is about ("" for the whole), and how many points it would have uncut.

    Nodes have `ja`, `en`, `kind` and `evidence` (as text); edges have `relations`, `ja` and `en`, several parted by "; ".
    """

    graph: nx.DiGraph[str]
    title: Text
    start: str
    total: int
    passages: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict, repr=False)
    about: Mapping[str, Text] = field(default_factory=dict, repr=False)

    def order(self) -> list[str]:
        """The points, the most telling kinds and the most linked first."""
        rank = {kind.token: number for number, kind in enumerate(KINDS)}
        degree = dict(self.graph.degree())
        node = self.graph.nodes
        return sorted(
            node, key=lambda iri: (iri != self.start, rank[node[iri]["kind"]], -degree[iri], node[iri]["ja"], iri)
        )


def around(source: Source, queries: Path, iri: str, depth: int = 1, most: int = MOST_AROUND) -> Network:
    """What lies within `depth` steps of a thing. Raises ParameterError for a depth outside 1 to 3."""
    if not 1 <= depth <= MOST_DEPTH:
        raise ParameterError(
            f"the depth {depth} is outside 1 to {MOST_DEPTH}",
            ja=f"深さ {depth} は 1〜{MOST_DEPTH} の範囲にありません",
            do="Take 1, 2 or 3",
            do_ja="1、2、3 のどれかを書いてください",
        )
    ask = _Asker(source, queries)
    seen, edge, total = {iri}, [iri], 1
    for _ in range(depth):
        found = {end for link in ask.links(edge) for end in (link[0], link[2])} - seen
        kinds = ask.kinds(found)
        new = sorted((one for one in found if kinds[one]), key=lambda one: (_RANK[kinds[one]], one))
        total += len(new)
        edge = new[: max(0, most - len(seen))]
        seen |= set(edge)
    links = [link for link in ask.links(sorted(seen)) if link[0] in seen and link[2] in seen]
    return ask.network(links, iri, {iri, *seen}, max(total, len(seen)))


def plan(source: Source, queries: Path, iri: str, most: int = MOST) -> Network:
    """All elements of a plan, and what the plan and its elements name."""
    ask = _Asker(source, queries)
    inside = {iri, *(row[1] for row in ask.rows("plan", [iri]))}
    links = [(f, r, t) for f, r, t in ask.links(sorted(inside)) if f in inside or t == iri]
    return ask.network(links, iri, {iri}, 0, most)


def theme_of(source: Source, queries: Path, text: str) -> str:
    """The theme meant by a slug, IRI or name. Raises ParameterError with the nearest ones."""
    return str(term(source, _question(queries / "draw" / "theme.rq").parameter("thing"), text))


def theme(source: Source, queries: Path, iri: str, most: int = MOST) -> Network:
    """What takes up a theme, with its plans, governments and cases."""
    ask = _Asker(source, queries)
    return ask.network([(f, r, t) for _, f, r, t in ask.rows("theme", [iri])], iri, {iri}, 0, most)


def whole(source: Source, queries: Path, most: int = MOST) -> Network:
    """The network of governments and themes: plans and cases between them."""
    ask = _Asker(source, queries)
    return ask.network([(f, r, t) for f, r, t in ask.rows("network")], "", set(), 0, most)


_RANK = {kind.token: number for number, kind in enumerate(KINDS)} | {"": len(KINDS)}


@lru_cache(maxsize=32)
def _question(path: Path) -> Question:
    return read(path, path.parents[2])


@dataclass(frozen=True)
class _Asker:
    """The queries of the drawing on one source."""

    source: Source
    queries: Path

    def rows(self, name: str, things: Iterable[str] | None = None) -> Iterator[tuple[str, ...]]:
        """The rows of a query as text, for these things or for none."""
        question = _question(self.queries / "draw" / f"{name}.rq")
        wanted = sorted(set(things)) if things is not None else None
        blocks = [None] if wanted is None else [wanted[n : n + _CHUNK] for n in range(0, len(wanted), _CHUNK)]
        for block in blocks:
            terms = {} if block is None else {"thing": [URIRef(iri) for iri in block]}
            for row in self.source.select(bind_for(self.source, question, terms), place=question.place).rows:
                yield tuple(str(term) for term in row)

    def links(self, things: Iterable[str]) -> list[Link]:
        """The lines from and to these things, each once."""
        chosen = list(things)
        out = {(thing, relation, to) for thing, relation, to in self.rows("outward", chosen)}
        back = {(start, relation, thing) for thing, start, relation in self.rows("inward", chosen)}
        return sorted(out | back)

    def kinds(self, things: Iterable[str]) -> dict[str, str]:
        """The kind of each thing; "" for what is not drawn."""
        wanted = set(things)
        classes: dict[str, set[str]] = {iri: set() for iri in wanted}
        for thing, told in self.rows("classes", wanted):
            classes[thing].add(told)
        return {iri: kind_of(several) for iri, several in classes.items()}

    def network(self, links: Iterable[Link], start: str, always: set[str], total: int, most: int = MOST) -> Network:
        """Put points and lines together; of more than `most` points the most linked are kept."""
        ends = [link for link in links if link[0] != link[2]]
        kinds = self.kinds({end for link in ends for end in (link[0], link[2])} | always)
        kinds |= {iri: "other" for iri in always if not kinds[iri]}
        drawn = _plain((f, r, t) for f, r, t in ends if kinds[f] and kinds[t])
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(sorted({end for f, _, t in drawn for end in (f, t)} | always))
        for one, _, other in drawn:
            graph.add_edge(one, other)
        uncut = max(total, len(graph))
        if len(graph) > most:
            degree = dict(graph.degree())
            kept = sorted(graph, key=lambda iri: (iri not in always, -degree[iri], iri))[:most]
            graph = nx.DiGraph(graph.subgraph(sorted(kept)))
        called = names(self.source, {*graph, *(relation for _, relation, _ in drawn)}) | RELATIONS
        relations: dict[tuple[str, str], list[str]] = {}
        for one, relation, other in drawn:
            if graph.has_edge(one, other):
                relations.setdefault((one, other), []).append(relation)
        for (one, other), several in relations.items():
            graph.edges[one, other].update(
                relations="; ".join(shorten(relation) for relation in several),
                ja="; ".join(called[relation].ja for relation in several),
                en="; ".join(called[relation].en for relation in several),
            )
        cited = self._evidence(graph)
        for iri in graph:
            where = "; ".join(f"{p.document_id} {p.place()}".strip() for p in cited.get(iri, ()))
            graph.nodes[iri].update(ja=called[iri].ja, en=called[iri].en, kind=kinds[iri], evidence=where)
        title = called[start] if start else Text("自治体とテーマの全体", "All governments and themes")
        return Network(graph, title, start, uncut, cited, self._about(graph))

    def _about(self, things: nx.DiGraph[str]) -> dict[str, Text]:
        """Descriptions in our own words; left out of large pictures, where the page of a thing tells them."""
        said: dict[str, dict[str, str]] = {}
        if len(things) <= MOST_DESCRIBED:
            for thing, text, lang in self.rows("about", things):
                said.setdefault(thing, {}).setdefault(lang, text)
        return {
            iri: Text(one.get("ja") or one["en"], one.get("en") or one["ja"])
            for iri, one in said.items()
            if {"ja", "en"} & set(one)
        }

    def _evidence(self, things: Iterable[str]) -> dict[str, tuple[Passage, ...]]:
        cited: dict[str, list[str]] = {}
        for thing, evidence in self.rows("evidence", things):
            cited.setdefault(thing, []).append(evidence)
        known = passages(self.source, (one for several in cited.values() for one in several), printed=False)
        return {iri: tuple(in_order(several, known)) for iri, several in cited.items()}


def _plain(links: Iterable[Link]) -> list[Link]:
    """The lines without those that another says better: the plan of a part of a part, a broader relation, a second direction."""
    chosen = sorted(set(links))
    nearer = {f for f, r, _ in chosen if r in _NEARER_OUT} | {t for _, r, t in chosen if r in _NEARER_IN}
    every = set(chosen)
    special = {(f, t) for f, r, t in chosen if r not in _GENERAL}
    return [
        (f, r, t)
        for f, r, t in chosen
        if not (r in _CONTAINMENT and f in nearer)
        and not (r in _GENERAL and (f, t) in special)
        and not (r in _SYMMETRIC and f > t and (t, r, f) in every)
    ]

"""Add what follows: the rules R1 to R10 of ontology §11 as CONSTRUCT files, run per document in the store.

Nothing with a literal subject, nothing about foreign terms, nothing that is asserted already; the input stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import owlrl
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from keikaku.errors import Place
from keikaku.namespaces import BASE, OWL, RDF, RDFS
from keikaku.read.quads import Quad, to_nquads
from keikaku.store import Store, memory

Triple = tuple[Node, Node, Node]

#: A rule may feed another (R1 feeds R7); no chain is longer than this.
MOST_ROUNDS = 5


@dataclass(frozen=True)
class Rule:
    """One CONSTRUCT file."""

    name: str
    text: str
    place: Place


def load_rules(folder: Path, root: Path) -> tuple[Rule, ...]:
    """Read queries/construct/*.rq in the order of their names."""
    return tuple(
        Rule(path.stem, path.read_text(encoding="utf-8"), Place(path.relative_to(root).as_posix()))
        for path in sorted(folder.glob("*.rq"))
    )


def infer(own: Iterable[Quad], context: Store, rules: tuple[Rule, ...], graph: URIRef) -> list[Quad]:
    """Derive the statements of one document.

    own: the quads of its read and curated graphs. context: a store in memory with the vocabulary and the reference
    statements it names; the document is added to it for the time of the call and taken out again, so it is unchanged
    afterwards. graph: the named graph the result goes to.
    """
    quads = list(own)
    names = {str(g) for *_, g in quads} | {str(graph)}
    context.load_nquads(to_nquads(quads))
    try:
        derived = derive(context, rules, graph)
    finally:
        for name in names:
            context.drop_graph(name)
    return [(s, p, o, graph) for s, p, o in derived]


def derive(store: Store, rules: tuple[Rule, ...], graph: URIRef | None = None) -> list[Triple]:
    """Add what follows in a store to its graph, or to the default graph, and give it back, in no order."""
    derived: set[Triple] = set()
    for _ in range(MOST_ROUNDS):
        new = {
            triple
            for rule in rules
            for triple in store.unstated(rule.text, BASE, place=rule.place)
            if triple not in derived
        }
        if not new:
            break
        derived |= new
        if graph is None:
            store.load_triples(new)
        else:
            store.load_nquads(to_nquads((s, p, o, graph) for s, p, o in new))
    return list(derived)


def _about_us(subject: Node) -> bool:
    """Whether a statement is about one of our own things."""
    return isinstance(subject, URIRef) and str(subject).startswith(BASE)


def context_store(quads: Iterable[Quad]) -> Store:
    """A store in memory that holds vocabulary and reference statements."""
    return memory(to_nquads(quads))


def vocabulary_closure(vocabulary: Iterable[Quad], graph: URIRef) -> list[Quad]:
    """What OWL 2 RL derives from ontology and schemes alone, by owlrl: statements about our own terms.

    owlrl also writes triples with literal subjects, reflexive ones and ones about the standard vocabularies, and into its
    input graph; it works on a copy, and these are left out.
    """
    given = {(s, p, o) for s, p, o, _ in vocabulary}
    closure = Graph()
    for triple in given:
        closure.add(triple)
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(closure)
    return [
        (s, p, o, graph)
        for s, p, o in closure
        if _about_us(s)
        and (s, p, o) not in given
        and s != o
        and o not in _TRIVIAL
        and p != OWL.sameAs
        and not isinstance(o, BNode)
    ]


#: Classes that say nothing.
_TRIVIAL = {OWL.Thing, RDFS.Resource, OWL.Class, RDFS.Class, RDF.Property, OWL.Nothing}

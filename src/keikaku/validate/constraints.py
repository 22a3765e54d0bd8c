"""The shapes as a table: what each constraint is called, how bad it is, what to say and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from keikaku.errors import CannotRunError, Place
from keikaku.namespaces import RDF, RDFS, SH, SHAPE
from keikaku.report import Severity
from keikaku.validate.layers import Layer, graph_of

#: Files that are not about documents: the reference graph, ontology and schemes, and the texts of a document.
REFERENCE_FILES = ("local-government.ttl", "fiscal-year.ttl")
VOCABULARY_FILES = ("vocabulary.ttl",)
TEXT_FILES = ("text.ttl",)
#: Files that every run needs, and those that documents and vocabulary share.
COMMON_FILES = ("common.ttl",)
SHARED_FILES = ("code.ttl",)

_SEVERITIES = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}


@dataclass(frozen=True)
class Constraint:
    """One constraint that can yield a finding.

    rule: its shape in the list of ontology §13, such as S16. message and remedy: by language; `{node}`, `{value}` and
    `{path}` stand for names, `{?x}` for a variable of a SPARQL constraint. path: the property it is about, or None.
    """

    iri: URIRef
    rule: str
    severity: Severity
    file: str
    name: Mapping[str, str]
    message: Mapping[str, str]
    remedy: Mapping[str, str]
    path: URIRef | None


@dataclass(frozen=True)
class Stage:
    """The shapes that are run on one kind of graph: those of SHACL Core, and those that are SPARQL queries."""

    core: Graph
    sparql: Graph


@dataclass(frozen=True)
class Shapes:
    """The shapes by what they are run on, and their constraints by IRI."""

    document: Stage
    text: Stage
    reference: Stage
    vocabulary: Stage
    constraints: Mapping[URIRef, Constraint]
    rules: Mapping[str, Mapping[str, str]]


def load(folder: Path) -> Shapes:
    """Read the shapes of a folder; where a constraint stands is written `shapes/target.ttl`.

    Raises CannotRunError when the folder has no shapes or a file is no Turtle.
    """
    files = {path.name: _parse(path) for path in sorted(folder.glob("*.ttl"))}
    if not files:
        raise CannotRunError(
            "there are no shapes",
            ja="シェイプがありません",
            do="Check out shapes/",
            do_ja="shapes/ をチェックアウトしてください",
            rule="README.md",
            place=Place(str(folder)),
        )
    constraints = {c.iri: c for name, graph in files.items() for c in _constraints(graph, f"{folder.name}/{name}")}
    elsewhere = {*REFERENCE_FILES, *VOCABULARY_FILES, *TEXT_FILES}
    return Shapes(
        document=_stage(files, [name for name in files if name not in elsewhere]),
        text=_stage(files, [*COMMON_FILES, *TEXT_FILES]),
        reference=_stage(files, [*COMMON_FILES, *REFERENCE_FILES]),
        vocabulary=_stage(files, [*COMMON_FILES, *SHARED_FILES, *VOCABULARY_FILES]),
        constraints=constraints,
        rules={rule: words for graph in files.values() for rule, words in _rules(graph)},
    )


def _parse(path: Path) -> Graph:
    try:
        return Graph().parse(path, format="turtle")
    except (SyntaxError, ValueError, IndexError) as error:  # rdflib runs over the end of a file that breaks off
        raise CannotRunError(
            f"this file is no Turtle: {error}",
            ja=f"このファイルは Turtle として読めません: {error}",
            do="Correct it",
            do_ja="直してください",
            rule="shapes/README.md",
            place=Place(str(path)),
        ) from error


def _stage(files: Mapping[str, Graph], names: Iterable[str]) -> Stage:
    """Join files and part them again by kind of constraint; a shape here is either of the one or of the other."""
    core, sparql = Layer(), Layer()
    triples = [triple for name in names if name in files for triple in files[name]]
    queries = {node for s, p, o in triples if p == SH.sparql for node in (s, o)}
    prefixes = {node for s, p, o in triples if p == SH.declare for node in (s, o)}
    for triple in triples:
        if triple[0] in queries or triple[0] in prefixes:
            sparql.add(triple)
        elif triple[1] not in _WORDS:
            core.add(triple)
    return Stage(graph_of(core), graph_of(sparql))


#: What we say ourselves; pySHACL goes through all properties of a shape each time it is used.
_WORDS = {SH.name, SH.message, SH.description, SH.group, RDFS.label}


def _constraints(graph: Graph, file: str) -> list[Constraint]:
    """A constraint is a shape with a severity; shapes without one are only referred to."""
    found = []
    for iri in graph.subjects(SH.severity, None):
        severity = graph.value(iri, SH.severity)
        if not isinstance(iri, URIRef) or not isinstance(severity, URIRef) or severity not in _SEVERITIES:
            raise CannotRunError(
                f"the shape {iri} needs an IRI and one of sh:Violation, sh:Warning and sh:Info",
                ja=f"シェイプ {iri} には、IRI と、sh:Violation、sh:Warning、sh:Info のどれかが要ります",
                do="Correct it", do_ja="直してください", rule="shapes/README.md", place=Place(file),
            )  # fmt: skip
        found.append(
            Constraint(
                iri, iri.removeprefix(str(SHAPE)).split("-")[0], _SEVERITIES[severity], file,
                texts(graph, iri, SH.name), texts(graph, iri, SH.message), texts(graph, iri, SH.description),
                _first_step(graph, graph.value(iri, SH.path)),
            )
        )  # fmt: skip
    return found


def texts(graph: Graph, subject: Node, predicate: Node) -> dict[str, str]:
    """The texts of one property by language."""
    found = ((getattr(o, "language", None) or "", str(o)) for o in graph.objects(subject, predicate))
    return dict(sorted(found, reverse=True))


def _first_step(graph: Graph, path: Node | None) -> URIRef | None:
    """The property of a path that stands at the focus node itself; None for an inverse path."""
    if path is None or isinstance(path, URIRef):
        return path
    if (path, RDF.first, None) in graph:
        return _first_step(graph, next(iter(Collection(graph, path))))
    return _first_step(graph, graph.value(path, SH.alternativePath))


def _rules(graph: Graph) -> list[tuple[str, dict[str, str]]]:
    """What each rule is about: S16 and its label by language."""
    groups = graph.subjects(RDF.type, SH.PropertyGroup)
    return [(str(group).removeprefix(str(SHAPE)), texts(graph, group, RDFS.label)) for group in groups]

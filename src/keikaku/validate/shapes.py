"""Check graphs against the shapes.

The shapes are run on a plain graph without inference (ontology §13). Of pySHACL's report only the bare results are used:
its verdict calls warnings and infos non-conforming, and its messages have lost their language.

pySHACL runs over two engines. Over rdflib, the SPARQL constraints take 1.5 s for a plan of 9,000 statements and the core
ones 0.4 s; over Oxigraph, 0.05 s and 50 s. So each kind has its engine; a test proves that both give the same findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from rdflib import Graph, URIRef
from rdflib.term import Node

from keikaku.errors import CannotRunError, Place
from keikaku.namespaces import BASE, RDF, SH, SHAPE, shorten
from keikaku.report import Finding
from keikaku.store import Store, memory, to_ntriples
from keikaku.validate.constraints import Constraint, Shapes, Stage, load
from keikaku.validate.layers import Layer, graph_of
from keikaku.validate.names import name_of, value_name, vocabulary_file

__all__ = [
    "PlaceOf",
    "Result",
    "Shapes",
    "Stage",
    "check_document",
    "check_layers",
    "check_reference",
    "check_vocabulary",
    "load",
    "memory_of",
    "results",
]

#: File and line of a thing, or of one property of it.
PlaceOf = Callable[[str, str | None], Place]

#: The class that marks the document whose graphs are checked, in the validated graph only (shapes/evidence.ttl).
OWN_DOCUMENT = SHAPE["OwnDocument"]


@dataclass(frozen=True)
class Result:
    """One validation result: the constraint, the thing that is wrong, the property and value, and pySHACL's messages."""

    constraint: Constraint
    node: Node
    path: URIRef | None
    value: Node | None
    messages: tuple[str, ...]


def check_document(shapes: Shapes, own: Graph, context: Graph, document: URIRef, place_of: PlaceOf) -> list[Finding]:
    """Check a document.

    own: the statements of its three graphs; only they are reported. context: ontology, schemes, and what the document
    names of reference and registers. document: whose passages its statements may rest on. Neither graph is changed.
    """
    lines = b"".join(to_ntriples(own))
    engine = memory_of(lines + b"".join(to_ntriples(context)))
    return check_layers(shapes, Layer(own), Layer(context), engine, memory_of(lines), document, place_of)


def check_layers(
    shapes: Shapes, own: Layer, context: Layer, engine: Store, alone: Store, document: URIRef, place_of: PlaceOf
) -> list[Finding]:
    """Check a document as `check_document` does; engine holds own and its context, alone only own. Context and engine are marked here."""
    mark = (document, RDF.type, OWN_DOCUMENT)
    context.add(mark)
    engine.load_triples([mark])
    ours, graph = own.spo.keys(), graph_of(own.over(context))
    found = [
        *_results(shapes, [_report(shapes.document.core, graph), _report(shapes.document.sparql, engine)], ours),
        *_results(shapes, [_report(shapes.text.core, graph_of(own)), _report(shapes.text.sparql, alone)], ours),
    ]
    return _findings(found, graph, place_of)


def check_reference(shapes: Shapes, reference: Graph, vocabulary: Graph, place_of: PlaceOf) -> list[Finding]:
    """Check local governments and fiscal years (S01–S03, S24)."""
    data = graph_of(Layer(reference, Layer(vocabulary)))
    return _findings(results(shapes, shapes.reference, data, set(reference.subjects())), data, place_of)


def check_vocabulary(shapes: Shapes, vocabulary: Graph, place_of: PlaceOf | None = None) -> list[Finding]:
    """Check labels and codes of ontology and schemes (S30); terms of other vocabularies are not ours to mend."""
    ours = {s for s in vocabulary.subjects() if str(s).startswith(BASE)}
    return _findings(results(shapes, shapes.vocabulary, vocabulary, ours), vocabulary, place_of or _vocabulary_place)


def _report(shapes: Graph, data: Graph | Store) -> Graph:
    """The validation report of shapes on a graph."""
    from keikaku.validate import shacl  # noqa: PLC0415 - long to load, and a build validates beside the rest

    return shacl.report(shapes, data)


def results(shapes: Shapes, stage: Stage, data: Graph, ours: Collection[Node]) -> Iterator[Result]:
    """Run the shapes of a stage over a plain graph and give the results about our things.

    A SPARQL constraint here asks one question of a whole class, so the thing that is wrong is its ?value; a value
    reached by an inverse path is likewise the thing.
    Raises CannotRunError when pySHACL cannot evaluate a shape.
    """
    reports = [_report(stage.core, data)] if len(stage.core) else []
    if len(stage.sparql):
        reports.append(_report(stage.sparql, memory_of(b"".join(to_ntriples(data)))))
    return _results(shapes, reports, ours)


def _results(shapes: Shapes, reports: Iterable[Graph], ours: Collection[Node]) -> Iterator[Result]:
    for report in reports:
        for result in report.objects(None, SH.result):
            constraint = shapes.constraints.get(_iri(report.value(result, SH.sourceShape)) or URIRef(""))
            if constraint is None:
                raise CannotRunError(
                    f"a shape without severity fired: {report.value(result, SH.sourceShape)}",
                    ja=f"重さの無いシェイプが反応しました: {report.value(result, SH.sourceShape)}",
                    do="Give it sh:severity, sh:message and sh:description",
                    do_ja="sh:severity、sh:message、sh:description を加えてください", rule="shapes/README.md",
                )  # fmt: skip
            focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
            node = next((n for n in (focus, value) if n in ours), None)
            if node is not None:
                messages = tuple(sorted(str(m) for m in report.objects(result, SH.resultMessage)))
                path = _iri(report.value(result, SH.resultPath)) or constraint.path
                yield Result(constraint, node, path, None if value == node else value, messages)


def memory_of(lines: bytes) -> Store:
    """Statements in N-Triples form in Oxigraph, all in the default graph."""
    store = memory()
    store.load_ntriples(lines)
    return store


def _findings(found: Iterable[Result], graph: Graph, place_of: PlaceOf) -> list[Finding]:
    """Turn results into findings, each said once, in the order of severity, file and line."""
    findings = {_finding(result, graph, place_of) for result in found}
    return sorted(
        findings, key=lambda f: (f.severity, f.place.file, f.place.line or 0, f.rule, f.text_en, f.focus, f.do_en)
    )


def _finding(result: Result, graph: Graph, place_of: PlaceOf) -> Finding:
    constraint = result.constraint
    subject = str(result.node).partition("#")[0]
    words = {
        "node": name_of(graph, result.node),
        "value": value_name(graph, result.value),
        "path": value_name(graph, result.path),
    }
    text = {
        lang: _named(_filled(template, result.messages), {key: names[lang] for key, names in words.items()})
        for lang, template in constraint.message.items()
    }
    return Finding(
        constraint.severity, place_of(subject, str(result.path) if result.path else None), constraint.rule,
        text.get("en", ""), text.get("ja", ""), constraint.remedy.get("en", ""), constraint.remedy.get("ja", ""),
        constraint.file, str(result.node),
    )  # fmt: skip


_PLACEHOLDER = re.compile(r"\{(node|value|path)\}")
_VARIABLE = re.compile(r"\{\?(\w+)\}")
_OUR_IRI = re.compile(re.escape(BASE) + r"[\w/#.-]+", re.ASCII)


def _named(template: str, words: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda m: words[m[1]], template)


def _filled(template: str, messages: Iterable[str]) -> str:
    """The template with its SPARQL variables filled in, found again among pySHACL's messages, which have no language."""
    if not _VARIABLE.search(template):
        return template
    pattern = _pattern(template)
    filled = next((message for message in messages if pattern.fullmatch(message)), template)
    return _OUR_IRI.sub(lambda m: shorten(m[0]), filled)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in _VARIABLE.sub("\0", template).split("\0")), re.DOTALL)


def _iri(node: Node | None) -> URIRef | None:
    return node if isinstance(node, URIRef) else None


def _vocabulary_place(subject: str, _path: str | None) -> Place:
    return Place(vocabulary_file(subject) or "ontology/jdx.ttl")

"""Every constraint of shapes/ and every check query fires on its bad example and stays silent on its good one."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF

from keikaku.errors import Place
from keikaku.namespaces import BASE, JDX, PREFIXES, SH, SHAPE, SKOS
from keikaku.report import Severity
from keikaku.store import Store, memory, nt, to_ntriples
from keikaku.validate import checks, shacl, shapes

ROOT = Path(__file__).parents[1]
EXAMPLES = Path(__file__).parent / "shapes"
SHAPES = shapes.load(ROOT / "shapes")
CHECKS = checks.load(ROOT / "queries" / "checks", ROOT)
DOCUMENT = URIRef(BASE + "id/doc/990019-dx-2023")


@dataclass(frozen=True)
class Example:
    """One file of tests/shapes: its rule, severity and kind by its name; what it is run on and what fires by its head."""

    path: Path
    rule: str
    severity: str
    kind: str
    on: str
    fires: frozenset[str]

    @property
    def graph(self) -> Graph:
        return Graph().parse(self.path, format="turtle")


def read_example(path: Path) -> Example:
    rule, severity, kind = path.stem.split("-")
    head = dict(re.findall(r"^# (run on|fires):(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    return Example(path, rule, severity, kind, head["run on"].strip(), frozenset(head["fires"].split()))


READ = [read_example(path) for path in sorted(EXAMPLES.glob("[AS]??-*.ttl"))]


@cache
def parsed(name: str) -> Graph:
    return Graph().parse(EXAMPLES / name, format="turtle")


def own_graph(example: Example) -> Graph:
    return example.graph + parsed("world.ttl") if example.on == "document" else example.graph


def fired(example: Example) -> set[str]:
    """Names of the constraints that fire, and the rule of a check query."""
    if example.on == "store":
        lines = "".join(f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o in example.graph)
        store = memory(lines.encode())
        return {f.rule for f in checks.run(ROOT / "queries" / "checks", ROOT, store.select)}
    own = own_graph(example)
    data = own + parsed("context.ttl")
    stages = {
        "document": [(SHAPES.document, data), (SHAPES.text, own)],
        "reference": [(SHAPES.reference, data)],
        "vocabulary": [(SHAPES.vocabulary, data)],
    }[example.on]
    if example.on == "document":
        data.add((DOCUMENT, RDF.type, SHAPE.OwnDocument))
    ours = {s for s in own.subjects() if str(s).startswith(BASE)}
    found = [r for stage, graph in stages for r in shapes.results(SHAPES, stage, graph, ours)]
    return {str(r.constraint.iri).removeprefix(str(SHAPE)) for r in found}


def severities() -> set[tuple[str, str]]:
    """Each rule with each severity that it can give, from the shapes and the check queries."""
    return {(c.rule, c.severity.name.lower()) for c in SHAPES.constraints.values()} | {
        (c.rule, c.severity.name.lower()) for c in CHECKS
    }


def test_the_thirty_shapes_and_the_checks_of_arithmetic_are_there() -> None:
    checks = {path.stem[:3].upper() for path in (ROOT / "queries" / "checks").glob("a*.rq")}
    assert len(checks) >= 13
    assert {rule for rule, _ in severities()} == {f"S{n:02}" for n in range(1, 31)} | checks


@pytest.mark.parametrize("kind", ["bad", "ok"])
def test_every_severity_of_every_shape_has_an_example(kind: str) -> None:
    assert {(e.rule, e.severity) for e in READ if e.kind == kind} == severities()


def test_every_constraint_fires_in_a_bad_example_of_its_own_rule_and_severity() -> None:
    names = {
        (c.rule, c.severity.name.lower(), str(c.iri).removeprefix(str(SHAPE))) for c in SHAPES.constraints.values()
    }
    names |= {(c.rule, c.severity.name.lower(), c.rule) for c in CHECKS}
    shown = {(e.rule, e.severity, name) for e in READ if e.kind == "bad" for name in e.fires}
    assert names - shown == set()


@pytest.mark.parametrize("example", READ, ids=lambda e: e.path.stem)
def test_exactly_the_named_constraints_fire(example: Example) -> None:
    assert fired(example) == example.fires
    assert bool(example.fires) == (example.kind == "bad")


def test_the_world_and_its_context_have_no_fault() -> None:
    assert shapes.check_document(SHAPES, parsed("world.ttl"), parsed("context.ttl"), DOCUMENT, place) == []


def test_both_engines_give_the_same_results() -> None:
    own = Graph()
    for example in READ:
        if example.on == "document":
            own += own_graph(example)
    data = own + parsed("context.ttl")
    assert summary(SHAPES.document.sparql, data) == summary(
        SHAPES.document.sparql, shapes.memory_of(b"".join(to_ntriples(data)))
    )
    assert summary(SHAPES.text.sparql, own) == summary(SHAPES.text.sparql, shapes.memory_of(b"".join(to_ntriples(own))))


def test_both_engines_give_the_same_results_on_reference_and_vocabulary() -> None:
    for on, stage in (("reference", SHAPES.reference), ("vocabulary", SHAPES.vocabulary)):
        data = parsed("context.ttl")
        for example in READ:
            if example.on == on:
                data = data + example.graph
        assert summary(stage.sparql, data) == summary(stage.sparql, shapes.memory_of(b"".join(to_ntriples(data))))


def test_what_is_left_out_of_pyshacl_changes_no_result() -> None:
    data = parsed("context.ttl")
    for example in READ:
        if example.on == "document":
            data = data + own_graph(example)
    engine = shapes.memory_of(b"".join(to_ntriples(data)))
    for chosen, given, plain in (
        (SHAPES.document.core, data, data),
        (SHAPES.document.sparql, engine, engine.engine),
    ):
        _, report, _ = pyshacl.validate(plain, shacl_graph=chosen, inference="none", inplace=True)
        assert summary(chosen, given) == summed(report)
        assert told(shacl.report(chosen, given)) == told(report)


def summary(chosen: Graph, data: Graph | Store) -> set[tuple[str, ...]]:
    return summed(shacl.report(chosen, data))


def summed(report: Graph) -> set[tuple[str, ...]]:
    wanted = (SH.sourceShape, SH.focusNode, SH.value, SH.resultPath)
    found = {tuple(str(report.value(r, p)) for p in wanted) for r in report.objects(None, SH.result)}
    assert found
    return found


def told(report: Graph) -> list[str]:
    return sorted(str(message) for message in report.objects(None, SH.resultMessage))


def place(subject: str, path: str | None) -> Place:
    return Place("data/plans/990019-mihon-2023.yaml", 1)


# -- the shapes as files -----------------------------------------------------------------------------------------------


def all_shapes() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        graph.parse(path, format="turtle")
    return graph


def test_every_constraint_speaks_both_languages() -> None:
    for constraint in SHAPES.constraints.values():
        for words in (constraint.name, constraint.message, constraint.remedy):
            assert set(words) == {"ja", "en"}, constraint.iri
            assert not any(text.endswith((".", "。")) for text in words.values()), constraint.iri
        assert all("{node}" in text for text in constraint.message.values()), constraint.iri
        assert placeholders(constraint.message["ja"]) == placeholders(constraint.message["en"]), constraint.iri
        assert set(SHAPES.rules[constraint.rule]) == {"ja", "en"}, constraint.iri


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{[^}]*\}", text))


def test_every_check_query_speaks_both_languages() -> None:
    for check in CHECKS:
        assert all(check.title) and all(check.message) and all(check.remedy), check.file


def test_constraints_have_iris_and_belong_to_their_rule() -> None:
    graph = all_shapes()
    for constraint in SHAPES.constraints.values():
        assert re.fullmatch(r"S\d\d-[a-z-]+", str(constraint.iri).removeprefix(str(SHAPE)))
        assert graph.value(constraint.iri, SH.group) == SHAPE[constraint.rule]
    kinds = {SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint}
    for subject in set(graph.subjects(RDF.type, None)):
        assert len(set(graph.objects(subject, RDF.type)) & kinds) < 2, subject
        assert isinstance(subject, URIRef)


def test_each_shape_is_written_once() -> None:
    seen: dict[str, str] = {}
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        graph = Graph().parse(path, format="turtle")
        for kind in (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint):
            for shape in graph.subjects(RDF.type, kind):
                assert str(shape) not in seen, (shape, path.name, seen.get(str(shape)))
                seen[str(shape)] = path.name


def test_the_shapes_are_shacl() -> None:
    conforms, _, text = pyshacl.validate(
        all_shapes(),
        shacl_graph=str(Path(pyshacl.__file__).parent / "assets" / "shacl-shacl.ttl"),
        inference="none",
        max_validation_depth=60,
    )
    assert conforms, text


def test_prefixes_are_those_of_the_project() -> None:
    graph = all_shapes()
    declared = {
        str(graph.value(p, SH.prefix)): str(graph.value(p, SH.namespace)) for p in graph.objects(None, SH.declare)
    }
    assert declared.items() <= PREFIXES.items()
    assert len(declared) == len(list(graph.objects(SHAPE.shapes, SH.declare)))


def test_every_option_we_give_pyshacl_is_one_it_knows() -> None:
    known = set(pyshacl.validate.__kwdefaults__ or {})
    tree = ast.parse(Path(shacl.__file__).read_text(encoding="utf-8"))
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "pyshacl.validate"]
    given = {word.arg for call in calls for word in call.keywords}
    assert {"inference", "advanced", "inplace"} <= given <= known


def test_warnings_and_infos_are_counted_by_severity_not_by_the_verdict_of_pyshacl() -> None:
    for name, severity in (("S11-warning-bad", Severity.WARNING), ("S11-info-bad", Severity.INFO)):
        example = read_example(EXAMPLES / f"{name}.ttl")
        findings = shapes.check_document(SHAPES, own_graph(example), parsed("context.ttl"), DOCUMENT, place)
        assert [f.severity for f in findings] == [severity]


# -- shapes and ontology -----------------------------------------------------------------------------------------------


@cache
def ontology() -> Graph:
    graph = Graph()
    for name in ("jdx", "codes", "themes", "indicators"):
        graph.parse(ROOT / "ontology" / f"{name}.ttl", format="turtle")
    return graph


def test_terms_and_codes_named_in_shapes_are_in_the_ontology() -> None:
    known = set(ontology().subjects())
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "shapes").glob("*.ttl")))
    for prefix, local in sorted(set(re.findall(r"(?<![\w/#:-])(jdx|c|ind):([A-Za-z][\w-]*)", text))):
        assert URIRef(PREFIXES[prefix] + local) in known, f"{prefix}:{local}"


def test_value_status_and_span_certainty_are_the_whole_lists() -> None:
    graph = all_shapes()
    for constraint, scheme in (("S14-status", "vs"), ("S23-certainty", "sc")):
        head = graph.value(SHAPE[constraint], SH["in"])
        assert head is not None
        listed = set(graph.items(head))
        assert listed == set(ontology().subjects(SKOS.inScheme, URIRef(f"{BASE}code/{scheme}")))


def test_classes_that_need_evidence_are_classes() -> None:
    graph = all_shapes()
    assert set(graph.objects(SHAPE["S26-evidence"], SH.targetClass)) == set(
        graph.objects(SHAPE["S26-own"], SH.targetClass)
    )
    assert JDX.CompletenessStatement not in set(graph.objects(SHAPE["S26-evidence"], SH.targetClass))

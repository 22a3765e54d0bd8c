"""What every document stands on: vocabulary, registers, reference statements, rules and shapes; loaded once per run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph
from rdflib.term import Node

from keikaku import infer
from keikaku.errors import Place
from keikaku.namespaces import BASE, GRAPH
from keikaku.read.documents import SourceDocument, load_documents
from keikaku.read.names import government_names, load_governments, load_vocabulary, load_vocabulary_graphs
from keikaku.read.problems import Problems
from keikaku.read.quads import Quad
from keikaku.read.reference import reference_quads, vocabulary_quads
from keikaku.read.registers import load_registers
from keikaku.read.statements import Context
from keikaku.report import Finding
from keikaku.settings import Settings
from keikaku.validate import shapes

INFERRED_REFERENCE, INFERRED_VOCABULARY = GRAPH["inferred/reference"], GRAPH["inferred/vocabulary"]


@dataclass(frozen=True)
class Ground:
    """What every document is read, inferred and checked against; loaded once per run."""

    settings: Settings
    context: Context
    documents: Mapping[str, SourceDocument]
    reference: list[Quad]
    vocabulary: list[Quad]
    rules: tuple[infer.Rule, ...]
    shapes: shapes.Shapes
    origins: Mapping[str, Place]
    findings: tuple[Finding, ...]
    key: str

    def place_of(self, subject: str, _predicate: str | None = None) -> Place:
        """File and line of a register entry; the reference table for governments; else the ontology."""
        if subject in self.origins:
            return self.origins[subject]
        return Place("data/local-governments.csv" if "/id/lg/" in subject else "ontology/jdx.ttl")


def hash_files(paths: Iterable[Path]) -> str:
    """SHA-256 over names and bytes of files, independent of their folder."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.name}\0{path.stat().st_size if path.is_file() else -1}\0".encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def ground_files(settings: Settings) -> list[Path]:
    """Files that every document depends on: vocabulary, registers, reference table, rules, shapes, and the code itself."""
    code = Path(__file__).parent
    return [
        *settings.ontology.glob("*.ttl"), *settings.shapes.glob("*.ttl"), *(settings.queries / "construct").glob("*.rq"),
        *(settings.data / "registers").glob("*.yaml"), settings.data / "local-governments.csv",
        *code.glob("*.py"), *(code / "read").glob("*.py"), *(code / "validate").glob("*.py"),
    ]  # fmt: skip


def load_ground(settings: Settings) -> Ground:
    """Load vocabulary, reference data, rules and shapes."""
    problems = Problems()
    graphs = load_vocabulary_graphs(settings.ontology)
    vocabulary = load_vocabulary(graphs)
    terms = vocabulary_quads(graphs)
    governments = load_governments(settings.data / "local-governments.csv")
    registers = load_registers(settings.data / "registers", settings.root, vocabulary, problems)
    documents = load_documents(settings.data, settings.root, problems)
    rules = infer.load_rules(settings.queries / "construct", settings.root)
    reference = reference_quads(governments, registers)
    described = {subject for subject, *_ in reference}
    follows = infer.infer([*reference, *terms], infer.context_store(()), rules, INFERRED_REFERENCE)
    reference += [quad for quad in follows if quad[0] in described]
    terms += [(s, p, o, INFERRED_VOCABULARY) for s, p, o, _ in follows if s not in described]
    return Ground(
        settings,
        Context(vocabulary, governments, government_names(governments), registers),
        documents,
        reference,
        terms,
        rules,
        shapes.load(settings.shapes),
        {str(iri): place for iri, place in registers.origins.items()},
        tuple(problems.findings),
        hash_files(ground_files(settings)),
    )


def neighbourhood(own: Iterable[Quad], ground: Ground) -> list[Quad]:
    """The reference statements a document can see: what it names, what these name, and all fiscal years."""
    by_subject: dict[Node, list[Quad]] = {}
    for quad in ground.reference:
        by_subject.setdefault(quad[0], []).append(quad)
    wanted = {term for s, _, o, _ in own for term in (s, o) if term in by_subject}
    wanted |= {node for node in by_subject if str(node).startswith(f"{BASE}id/fy/")}
    for _ in range(2):
        wanted |= {o for node in wanted for _, _, o, _ in by_subject[node] if o in by_subject}
    return [quad for node in wanted for quad in by_subject[node]]


def plain_graph(quads: Iterable[Quad]) -> Graph:
    """One plain graph: what shapes are checked on (ontology §3.3)."""
    graph = Graph()
    for s, p, o, _ in quads:
        graph.add((s, p, o))
    return graph

"""What every document stands on: vocabulary, registers, reference statements, rules and shapes.

It is worked out once and kept beside the results of the documents, the registers apart: a document needs those of its
government, its prefecture and the nation, not those of all 1,788.
"""

from __future__ import annotations

import hashlib
import pickle
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from keikaku import infer
from keikaku.errors import Place
from keikaku.namespaces import BASE, GRAPH
from keikaku.read.documents import Documents, load_documents
from keikaku.read.names import Names, government_names, load_governments, load_vocabulary, load_vocabulary_graphs
from keikaku.read.problems import Problems
from keikaku.read.quads import Quad, to_ntriples
from keikaku.read.reference import reference_quads, vocabulary_quads
from keikaku.read.registers import Registers, Triple, load_registers
from keikaku.read.statements import Context
from keikaku.report import Finding
from keikaku.settings import Settings
from keikaku.validate import checks, shapes
from keikaku.validate.layers import Layer

INFERRED_REFERENCE, INFERRED_VOCABULARY = GRAPH["inferred/reference"], GRAPH["inferred/vocabulary"]
#: The folder of the ground among the results kept between builds.
KEPT = "ground"
#: Registers of governments that a process keeps in memory before it forgets them.
_MOST_SLICES = 200
_OWNER = re.compile(re.escape(BASE) + r"id/(?:(?:unit|body|post|plan)/|law/lg)(\d{6})/")
BySubject = dict[Node, list[Quad]]


@dataclass(frozen=True)
class Slice:
    """One register: its names by section, its statements by thing, where each stands, and the quads with what follows."""

    names: dict[str, Names]
    triples: dict[URIRef, list[Triple]]
    origins: dict[URIRef, Place]
    quads: BySubject


class Reference:
    """Reference statements by subject. Those kept in `folder`, and those in `packed`, are read when they are asked for."""

    def __init__(
        self,
        core: BySubject,
        folder: Path | None = None,
        owners: Iterable[str] = (),
        packed: dict[str, bytes] | None = None,
    ) -> None:
        self.core, self.folder, self.owners = core, folder, frozenset(owners)
        self.packed = packed or {}
        self.years = [URIRef(name) for name in (*map(str, core), *self.packed) if name.startswith(f"{BASE}id/fy/")]
        self.slices: dict[str, Slice] = {}

    def slice(self, owner: str) -> Slice:
        """A kept register."""
        if owner not in self.slices:
            if self.folder is None:
                raise KeyError(owner)
            if len(self.slices) > _MOST_SLICES:
                self.slices = {one: kept for one, kept in self.slices.items() if not one.isdigit()}
            self.slices[owner] = pickle.loads((self.folder / owner).read_bytes())  # noqa: S301 - written by ourselves
        return self.slices[owner]

    def about(self, node: Node) -> list[Quad]:
        """What the reference graph says of a thing."""
        if node not in self.core and (kept := self.packed.pop(str(node), None)) is not None:
            self.core[node] = pickle.loads(kept)  # noqa: S301 - written by ourselves
        found = self.core.get(node)
        if found is None and self.owners and (match := _OWNER.match(str(node))) and match[1] in self.owners:
            found = self.slice(match[1]).quads.get(node)
        return found or []


class KeptRegisters(Registers):
    """Registers that are read from what is kept of them."""

    kept: Reference

    def read(self, owner: str) -> None:
        """Read one register."""
        found = self.kept.slice(owner)
        self.names[owner] = found.names
        self.triples.update(found.triples)


@dataclass(frozen=True)
class Ground:
    """What every document is read, inferred and checked against; loaded once per run.

    reference and origins are those of all registers, and empty where the ground comes from what was kept.
    """

    settings: Settings
    context: Context
    documents: Documents
    reference: list[Quad]
    vocabulary: list[Quad]
    rules: tuple[infer.Rule, ...]
    shapes: shapes.Shapes
    checks: tuple[checks.Check, ...]
    origins: Mapping[str, Place]
    findings: tuple[Finding, ...]
    known: Reference = field(repr=False)

    @cached_property
    def terms(self) -> Layer:
        """The vocabulary, indexed."""
        return Layer((s, p, o) for s, p, o, _ in self.vocabulary)

    @cached_property
    def term_lines(self) -> bytes:
        """The vocabulary as N-Triples."""
        return b"".join(to_ntriples((s, p, o) for s, p, o, _ in self.vocabulary))

    def prepare(self) -> None:
        """Work out beforehand what every document needs."""
        _ = self.terms, self.term_lines, [self.known.about(year) for year in self.known.years]

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


def core_files(settings: Settings) -> list[Path]:
    """Files that every document depends on: vocabulary, reference table, rules, shapes, and the code itself."""
    code = Path(__file__).parent
    return [
        *settings.ontology.glob("*.ttl"), *settings.shapes.glob("*.ttl"),
        *(settings.queries / "construct").glob("*.rq"), *(settings.queries / "checks").glob("*.rq"),
        settings.data / "local-governments.csv",
        *code.glob("*.py"), *(code / "read").glob("*.py"), *(code / "store").glob("*.py"), *(code / "validate").glob("*.py"),
    ]  # fmt: skip


def register_files(settings: Settings) -> dict[str, Path]:
    """The registers by owner, sorted."""
    found = {path.stem: path for path in (settings.data / "registers").glob("*.yaml")}
    return {owner: found[owner] for owner in sorted(found)}


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
        tuple(checks.load(settings.queries / "checks", settings.root)),
        {str(iri): place for iri, place in registers.origins.items()},
        tuple(problems.findings),
        Reference(_by_subject(reference)),
    )


def _by_subject(quads: Iterable[Quad]) -> BySubject:
    found: BySubject = {}
    for quad in quads:
        found.setdefault(quad[0], []).append(quad)
    return found


def write_ground(ground: Ground, folder: Path) -> None:
    """Keep what documents need of the ground in the new folder `folder`, every register of a government in its own file."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "new").mkdir(parents=True)
    registers = ground.context.registers
    owners = {thing: match[1] for thing in registers.triples if (match := _OWNER.match(str(thing)))}
    things: dict[str, list[URIRef]] = {}
    for thing, owner in owners.items():
        things.setdefault(owner, []).append(thing)
    for owner in registers.owners():
        own = things.get(owner, []) if owner.isdigit() else [t for t in registers.triples if t not in owners]
        kept = Slice(
            registers.names[owner],
            {thing: registers.triples[thing] for thing in own},
            {},
            {thing: ground.known.about(thing) for thing in own} if owner.isdigit() else {},
        )
        (folder / "new" / owner).write_bytes(pickle.dumps(kept, protocol=5))
    core = {str(node): pickle.dumps(quads, 5) for node, quads in ground.known.core.items() if node not in owners}
    context = ground.context
    whole = (
        context.vocabulary,
        context.governments,
        context.government_names,
        ground.vocabulary,
        core,
        ground.rules,
        ground.shapes,
        ground.checks,
    )
    (folder / "core").write_bytes(pickle.dumps(whole, protocol=5))
    (folder / "new").replace(folder / "registers")


def open_ground(settings: Settings, folder: Path) -> Ground | None:
    """The ground that is kept in a folder, for reading documents; None when nothing whole is there."""
    if not (folder / "registers").is_dir():
        return None
    vocabulary, governments, names, terms, core, rules, shapes_, checks_ = pickle.loads(  # noqa: S301 - written by ourselves
        (folder / "core").read_bytes()
    )
    problems = Problems()
    owners = register_files(settings)
    known = Reference({}, folder / "registers", owners, core)
    registers = KeptRegisters(owners, settings.root, vocabulary, problems)
    registers.kept = known
    context = Context(vocabulary, governments, names, registers)
    documents = load_documents(settings.data, settings.root, problems)
    return Ground(settings, context, documents, [], terms, rules, shapes_, checks_, {}, (), known)


def kept_ground(settings: Settings) -> Ground:
    """The ground as it is kept between builds; loaded and kept where it is not."""
    folder = settings.build / "cache" / KEPT
    ground = open_ground(settings, folder)
    if ground is None:
        ground = load_ground(settings)
        write_ground(ground, folder)
    return ground


def ground_mark(settings: Settings) -> tuple[int, ...]:
    """What tells whether the kept ground was written anew; empty when none is kept."""
    try:
        found = (settings.build / "cache" / KEPT / "core").stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def neighbourhood(own: Iterable[Quad], ground: Ground) -> list[Quad]:
    """The reference statements a document can see: what it names, what these name, and all fiscal years."""
    known = ground.known
    found: BySubject = {node: known.about(node) for node in known.years}
    ring: set[Node] = {term for s, _, o, _ in own for term in (s, o)}
    for _step in range(3):  # what it names, and twice what these name
        fresh = {node: quads for node in ring if node not in found and (quads := known.about(node))}
        ring = {o for quads in (fresh if _step else {**found, **fresh}).values() for _, _, o, _ in quads}
        found |= fresh
    return [quad for quads in found.values() for quad in quads]


def plain_graph(quads: Iterable[Quad]) -> Graph:
    """One plain graph: what shapes are checked on (ontology §3.3)."""
    graph = Graph()
    for s, p, o, _ in quads:
        graph.add((s, p, o))
    return graph

"""The plain pipeline on the same data and rules, for comparison: one rdflib dataset, owlrl over all of it, pySHACL with all shapes.

    python bench/plain.py FOLDER            (a project that is built; prints processor seconds by stage as JSON)

A rule that rdflib does not answer within `--patience` processor seconds is asked of Oxigraph instead, in every round after that, and
named in what is printed: the time that it would take is not in the figures, so the plain pipeline takes longer than they say.

It begins with the statements that our reader made, since there is no other reader of plan files, and ends with the findings of the
shapes, which have to be those of our build. The rules are the same CONSTRUCT files, run by rdflib until nothing new follows. pySHACL
sees what is stated and what the rules add, as in our build, not what owlrl adds: with that, other findings would come out.

That some lines do what `infer` and `validate` do is meant: a pipeline to compare with must not use ours.
"""

from __future__ import annotations

import argparse
import json
import pickle
import resource
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import owlrl
import pyshacl
from rdflib import Dataset, Graph, URIRef

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from keikaku import cache, infer, settings, store, swap
from keikaku.infer import Triple
from keikaku.namespaces import BASE, PREFIXES, RDF, SH
from keikaku.validate import constraints, shapes

Found = set[tuple[str, str, str]]


def asserted(made: settings.Settings) -> bytes:
    """What is stated: the named graphs of a build without those of what follows, and without the descriptions of graphs."""
    opened = store.open_current(made.current)
    wanted = [name for name in opened.graphs() if "/graph/inferred/" not in name and name != str(swap.META)]
    return b"".join(line for name in wanted for line in opened.lines(name))


class TooLongError(Exception):
    """A rule was not answered in time."""


def derived(graph: Graph, made: settings.Settings, patience: float) -> tuple[int, list[str]]:
    """Add what the rules say until nothing new follows; how much that is, and the rules that rdflib did not answer in time."""
    rules = infer.load_rules(made.queries / "construct", made.root)
    before = len(graph)
    unanswered: list[str] = []
    for _ in range(infer.MOST_ROUNDS):
        size = len(graph)
        for rule in rules:
            new: Iterable[Triple]
            try:
                if rule.name in unanswered:
                    raise TooLongError
                new = answered(graph, rule, patience)
            except TooLongError:
                if rule.name not in unanswered:
                    sys.stderr.write(f"{rule.name}: not answered by rdflib within {patience:g} s\n")
                    unanswered.append(rule.name)
                engine = store.memory()
                engine.load_triples(graph)
                new = engine.unstated(rule.text, BASE, place=rule.place)
            for triple in new:
                if str(triple[0]).startswith(BASE):
                    graph.add(triple)
        if len(graph) == size:
            break
    return len(graph) - before, unanswered


def answered(graph: Graph, rule: infer.Rule, patience: float) -> list[Triple]:
    """What rdflib says that follows by a rule. Raises TooLongError after so many processor seconds."""

    def stop(*_: object) -> None:
        raise TooLongError

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, patience)
    try:
        return list(graph.query(rule.text, initNs=PREFIXES).graph or ())
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def checked(graph: Graph, made: settings.Settings) -> Found:
    """The findings of all shapes on one graph: rule, file of the shape, thing."""
    known = constraints.load(made.shapes).constraints
    every = Graph()
    for path in sorted(made.shapes.glob("*.ttl")):
        every.parse(path, format="turtle")
    for document in graph.subjects(RDF.type, URIRef(PREFIXES["jdx"] + "SourceDocument")):
        graph.add((document, RDF.type, shapes.OWN_DOCUMENT))
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=every, ont_graph=None, inference="none", advanced=False, inplace=True,
        allow_infos=False, allow_warnings=False,
    )  # fmt: skip
    if not isinstance(report, Graph):
        raise SystemExit("pySHACL gave no report")
    found: Found = set()
    for result in report.objects(None, SH.result):
        constraint = known[URIRef(str(report.value(result, SH.sourceShape)))]
        ends = [report.value(result, SH.focusNode), report.value(result, SH.value)]
        node = next((one for one in ends if isinstance(one, URIRef) and str(one).startswith(f"{BASE}id/")), ends[0])
        if _is_ours_to_check(constraint.file, str(node)):
            found.add((constraint.rule, constraint.file, str(node)))
    return found


def _is_ours_to_check(file: str, node: str) -> bool:
    """Whether a build checks this thing against the shapes of a file.

    One graph of everything shows the shapes of vocabularies also what plans define, which rules make concepts, and those of documents
    also terms of others. A build shows each its own.
    """
    return node.startswith(f"{BASE}id/") != (Path(file).name in constraints.VOCABULARY_FILES)


def ours(made: settings.Settings) -> Found:
    """The findings of the shapes in our build, as it keeps them (rule, file, thing of each)."""
    heads = [pickle.loads(head) for _, head in cache.load_manifest(made).values()]  # noqa: S301 - written by ourselves
    every = [(f[2], f[7], f[8]) for head in heads for f in head["findings"]]
    return {one for one in every if one[1].startswith("shapes/")}


def main() -> None:
    """Run it and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=3600, help="Processor seconds after which it is stopped.")
    parser.add_argument("--patience", type=float, default=120, help="Processor seconds that rdflib has for a rule.")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CPU, (chosen.limit, chosen.limit))
    made = settings.find(chosen.folder, environment={})
    lines = asserted(made)
    spent: dict[str, float] = {}
    last = time.process_time()

    def lap(stage: str) -> None:
        nonlocal last
        now = time.process_time()
        spent[stage] = now - last
        last = now
        sys.stderr.write(f"{stage}: {spent[stage]:.1f} s\n")

    dataset = Dataset(default_union=True)
    dataset.parse(data=lines.decode(), format="nquads")
    lap("load")
    whole = Graph()
    for s, p, o, _ in dataset.quads((None, None, None, None)):
        whole.add((s, p, o))
    size = len(whole)
    closure = Graph()
    for triple in whole:
        closure.add(triple)
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(closure)
    lap("owlrl")
    closed = len(closure)
    del closure
    new, unanswered = derived(whole, made, chosen.patience)
    lap("rules")
    theirs = checked(whole, made)
    lap("pyshacl")
    own = ours(made)
    json.dump(
        {
            "triples": size, "closure": closed, "derived": new, "unanswered": unanswered, "seconds": spent, "total": sum(spent.values()),
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "findings": len(theirs),
            "same": theirs == own, "only_plain": sorted(theirs - own)[:5], "only_ours": sorted(own - theirs)[:5],
        },
        sys.stdout,
    )  # fmt: skip


if __name__ == "__main__":
    main()

"""How the engine answers one question, or the query of a page: its plan as a tree, with the rows and the time of every node.

    python bench/explain.py [--root DIR] [--depth 40] QUESTION [name=value …]     (make extra installs the engine's own command)
    python bench/explain.py queries/pages/plan/75-figures.rq thing=id/plan/221309/dx/2023      (of a page the address below the base)

The milliseconds of a node include those below it. A leaf with far more rows than the answer needs is a part that is read for the whole
graph; HashBuildRightProbeLeft means that this is meant, ForLoopLeftJoin and Lateral look up row by row.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import rates
from rdflib import URIRef
from rdflib.term import Node

import keikaku
from keikaku.ask.bind import bind_for
from keikaku.ask.header import read
from keikaku.ask.terms import terms_for
from keikaku.namespaces import BASE, shorten

#: Seconds that the engine may take.
MOST = 300
_IRI = re.compile(r"<(http[^>]+)>")


def plan_of(store: Path, query: str) -> Mapping[str, Any]:
    """What the engine did to answer a query: a tree of nodes. Raises CalledProcessError with what the engine says."""
    command = rates.oxigraph()
    if not command:
        sys.exit("no Oxigraph here: make extra installs it")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "query.rq").write_text(query, encoding="utf-8")
        subprocess.run(
            [command, "query", "--location", store, "--query-file", folder / "query.rq", "--union-default-graph", "--results-format", "csv",
             "--results-file", folder / "rows.csv", "--explain-file", folder / "plan.json", "--stats"],
            check=True, timeout=MOST,
        )  # fmt: skip
        found = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    tree: Mapping[str, Any] = found.get("plan") or found["tree"]
    return tree


def show(node: Mapping[str, Any], most: int, depth: int = 0) -> None:
    """Print a node and those below it: milliseconds, rows, what it does."""
    told = _IRI.sub(lambda found: shorten(found[1]), node["name"])
    took, rows = 1000 * (node.get("duration in seconds") or 0), node.get("number of results", "")
    print(f"{took:10.1f} {rows:>9} {'  ' * depth}{told[:160]}")
    if depth < most:
        for below in node.get("children", ()):
            show(below, most, depth + 1)


def main() -> None:
    """Explain the question that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--depth", type=int, default=40)
    parser.add_argument("question", help="The name of a question of the library, or the file of a query.")
    parser.add_argument("given", nargs="*", metavar="name=value")
    chosen = parser.parse_args()
    graph = keikaku.open(chosen.root)
    given, file = dict(one.split("=", 1) for one in chosen.given), Path(chosen.question)
    terms: Mapping[str, Sequence[Node]]
    if file.suffix == ".rq":
        question, terms = read(file, ROOT), {name: (URIRef(BASE + path),) for name, path in given.items()}
    else:
        question = graph.questions()[chosen.question]
        terms = terms_for(graph.store, question, given)
    show(plan_of(graph.settings.current, bind_for(graph.store, question, terms)), chosen.depth)


if __name__ == "__main__":
    main()

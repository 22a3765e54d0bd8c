"""How long the analyses take on a built graph: likeness of every plan to every other, communities, centrality, peers of a city.

    python bench/analyses.py [--root DIR] [--governments 1788] [--seed 7]     (make bench-analyses)

A synthetic nation has no casebooks, so the cases that bind governments are drawn by a seed: as large as the recorded ones, and as many as
give each of so many governments as many cases as a recorded government of a case has. Processor time of this process, in seconds.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import keikaku
from keikaku.analyse.communities import communities, links
from keikaku.analyse.similarity import nearest, read
from keikaku.api import Keikaku
from keikaku.ask.bind import bind_for, sample_terms

Made = TypeVar("Made")
#: The plans most like one plan that a page shows.
MOST = 20


def timed(what: str, make: Callable[[], Made]) -> Made:
    """Make something and print the processor time that it took."""
    start = time.process_time()
    made = make()
    print(f"| {what} | {time.process_time() - start:.1f} |", flush=True)
    return made


def drawn_cases(graph: Keikaku, governments: int, seed: int) -> dict[str, list[str]]:
    """Cases among so many governments, alike in size and number per government to those of a graph."""
    rows = graph.store.select("SELECT DISTINCT ?case ?who WHERE { ?case a jdx:PracticeCase ; jdx:practisedBy|jdx:similarBody|jdx:partner ?who . ?who jdx:localGovernmentCode ?code }").rows  # fmt: skip
    recorded: dict[str, set[str]] = {}
    for case, who in rows:
        recorded.setdefault(str(case), set()).add(str(who))
    sizes = [len(members) for members in recorded.values()]
    known = {who for members in recorded.values() for who in members}
    chance = random.Random(seed)
    names = [f"government {number:04}" for number in range(governments)]
    wanted = sum(sizes) * governments // max(1, len(known))
    found: dict[str, list[str]] = {}
    while sizes and sum(map(len, found.values())) < wanted:
        found[f"case {len(found):04}"] = chance.sample(names, min(chance.choice(sizes), governments))
    return found


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--governments", type=int, default=1788)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    graph = keikaku.open(chosen.root)
    question = graph.questions()["similar-plans"]
    asked = {parameter.name: sample_terms(question, parameter) for parameter in question.parameters}
    plans = [str(row[0]) for row in graph.store.select("SELECT ?plan WHERE { ?plan a jdx:Plan } ORDER BY ?plan").rows]
    text = bind_for(graph.store, question, {**asked, "plan": sample_terms(question, question.parameter("plan"))[:1]})
    print(f"build {graph.store.build_id}, {len(graph.store):,} quads, {len(plans):,} plans, seed {chosen.seed}\n")
    print("| what | processor s |\n|---|---|")
    rows = timed("themes of all plans, read", lambda: list(graph.store.select(text)))
    world = timed("laid side by side", lambda: read(rows, asked))
    timed(f"the {MOST} plans most like each of {len(world.plans):,}, with reasons", lambda: [nearest(world, at, MOST) for at in range(len(world.plans))])  # fmt: skip
    cases = drawn_cases(keikaku.open(ROOT), chosen.governments, chosen.seed)
    bound = {name for members in cases.values() for name in members}
    weights = timed(f"links of {len(bound):,} governments in {len(cases):,} drawn cases", lambda: links(cases))
    found = timed(f"communities among these ({len(weights):,} links)", lambda: communities(cases))
    timed("centrality of themes and laws", lambda: graph.ask("central-themes"))
    town = graph.store.select("SELECT ?town WHERE { ?plan jdx:issuingBody ?town . ?town a jdx:Municipality } ORDER BY ?town LIMIT 1").rows[0][0]  # fmt: skip
    timed("peers of a city, the first", lambda: graph.ask("peers", government=str(town)))
    timed("peers of a city, again", lambda: graph.ask("peers", government=str(town)))
    print(f"\n{len(found)} communities; memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()

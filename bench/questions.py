"""How long every question and some searches take, warm, on the present graph: `make bench-questions`. Figures, no verdict."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import keikaku
from keikaku.ask.bind import sample_terms

#: Words as people search them: short and long, kanji, kana, romaji, numbers.
SEARCHES = ("市", "津", "府中", "まつさか", "hamamatsu", "デジタルデバイド", "標準化", "1,942", "の", "a")
RUNS = 7


def measure(what: Callable[[], object]) -> tuple[float, float]:
    """Median wall and processor time in milliseconds of RUNS calls after one that warms up."""
    what()
    walls, works = [], []
    for _ in range(RUNS):
        wall, work = time.perf_counter(), time.thread_time()
        what()
        walls.append(1000 * (time.perf_counter() - wall))
        works.append(1000 * (time.thread_time() - work))
    return statistics.median(walls), statistics.median(works)


def main() -> None:
    """Print a Markdown table, the slowest first, and the percentiles."""
    graph = keikaku.open(Path(__file__).resolve().parent.parent)
    rows = []
    for question in graph.questions().values():
        given = {
            p.name: [str(t) for t in sample_terms(question, p)] for p in question.parameters if p.left_out == "required"
        }
        answer = graph.ask(question.id, **given)
        rows.append((*measure(lambda q=question, g=given: graph.ask(q.id, **g)), question.id, len(answer)))  # type: ignore[misc]
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"build {graph.store.build_id}, {len(graph.store):,} quads, {RUNS} runs after one\n")
    print("| question | rows | ms (wall) | ms (processor) |\n|---|---|---|---|")
    for wall, work, name, count in sorted(rows, reverse=True):
        print(f"| {name} | {count:,} | {wall:.0f} | {work:.0f} |")
    walls = sorted(row[0] for row in rows)
    print(
        f"\np50 {statistics.median(walls):.0f} ms, p95 {walls[int(0.95 * (len(walls) - 1))]:.0f} ms, most {walls[-1]:.0f} ms\n"
    )
    print("| search | ms (wall) | ms (processor) |\n|---|---|---|")
    for words in SEARCHES:
        wall, work = measure(lambda w=words: graph.search(w))  # type: ignore[misc]
        print(f"| {words} | {wall:.0f} | {work:.0f} |")


if __name__ == "__main__":
    main()

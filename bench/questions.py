"""How long every question and some searches take on a built graph of any size, the slowest first. Figures, no verdict.

    make bench-questions   or: python bench/questions.py [--root DIR] [--seed 7] [--draws 3] [--only ID,ID] [--each SECONDS] [--about]

What is asked about (plans, governments, themes, laws …) is drawn from the graph by a seed, so that a synthetic nation can be asked too.
The first draw leaves out all that may be left out, and so asks about the whole nation. "first" is the processor time of the first answer,
which looks up names and passages, "again" that of a second; "query" is the part of the second that the engine takes for the query of
the file. Processor time, unlike time on the wall, does not grow when other programs run. With --each every question has a process, so
much processor time and 12 GB of addresses of its own: at the size of a nation one that is too much for the engine cannot be stopped otherwise.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import keikaku
from keikaku.api import Keikaku
from keikaku.ask.bind import bind
from keikaku.ask.question import Parameter, Question
from keikaku.ask.terms import CLASSES, members, terms_for
from keikaku.errors import KeikakuError

#: Words as people search them: short and long, kanji, kana, romaji, numbers.
SEARCHES = (
    "市", "津", "府中", "まつさか", "hamamatsu", "デジタルデバイド", "標準化", "1,942", "の", "a", "書かない窓口", "情報政策課", "浜松市 窓口",
)  # fmt: skip
#: Bytes of addresses that the process of one question may have.
_ADDRESSES = 12 * 1024**3
#: Milliseconds; what took longer the first time is not asked again.
_PATIENCE = 20_000
#: Runs of a search after one.
RUNS = 7
#: Kind of a parameter → what binds ?thing to the things that it may be; of laws only those that something names.
_DRAWN = {
    "government": "?plan a jdx:Plan ; jdx:issuingBody ?thing",
    "municipality": "?plan a jdx:Plan ; jdx:issuingBody ?thing . ?thing a jdx:Municipality",
    "law": f"{members(CLASSES['law'][0])} ?claim rdf:object ?thing",
    "theme": "?coverage jdx:theme ?thing ; jdx:coverageLevel ?level",
    "indicator": "?kpi jdx:measures ?thing",
    "department": "?element jdx:responsibleUnit ?thing",
    "fiscal-year": "?value jdx:forFiscalYear ?thing",
}


@dataclass(frozen=True)
class Timed:
    """One question asked once: processor time in milliseconds, and what was asked."""

    question: str
    draw: int
    rows: int
    first: float
    again: float
    query: float
    asked: str


class Drawing:
    """Draws what is asked about from the graph."""

    def __init__(self, graph: Keikaku, seed: int) -> None:
        self.graph, self.chance = graph, random.Random(seed)
        self._known: dict[str, list[str]] = {}

    def of(self, question: Question, draw: int) -> dict[str, str]:
        """Values for the parameters of a question; the first draw gives only what must be given or has a sample."""
        found = {}
        for parameter in question.parameters:
            if draw == 0 and parameter.left_out == "dropped":
                continue
            if things := self._things(parameter):
                found[parameter.name] = self.chance.choice(things)
        return found

    def _things(self, parameter: Parameter) -> list[str]:
        if parameter.kind not in _DRAWN and parameter.kind not in CLASSES:
            return []
        if parameter.kind not in self._known:
            pattern = _DRAWN.get(parameter.kind) or members(CLASSES[parameter.kind][0])
            rows = self.graph.store.select(f"SELECT DISTINCT ?thing WHERE {{ {pattern} }} ORDER BY ?thing").rows
            things = [str(row[0]) for row in rows]
            if parameter.kind == "fiscal-year":
                things = [thing.rsplit("/", 1)[-1] for thing in things]
            self._known[parameter.kind] = things
        return self._known[parameter.kind]


def worked(what: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and its processor time in milliseconds."""
    start = time.process_time()
    made = what()
    return made, 1000 * (time.process_time() - start)


def ask(graph: Keikaku, question: Question, given: dict[str, str], draw: int) -> Timed:
    """Ask a question twice, and run its query alone."""
    answer, first = worked(lambda: graph.ask(question.id, **given))
    _, again = worked(lambda: graph.ask(question.id, **given)) if first < _PATIENCE else (None, first)
    text = bind(question, terms_for(graph.store, question, given), led=True)
    _, query = worked(lambda: graph.store.select(text)) if first < _PATIENCE else (None, first)
    asked = " ".join(f"{name}={value.rsplit('/', 2)[-1]}" for name, value in given.items())
    return Timed(question.id, draw, len(answer), first, again, query, asked)


def ask_alone(root: Path | None, seed: int, draws: int, only: set[str], seconds: int, about: bool) -> list[Timed]:
    """Ask every question in a process of its own that ends after so many seconds of processor time."""
    found: list[Timed] = []
    for name in keikaku.open(root).questions():
        if only and name not in only:
            continue
        there, here = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("spawn").Process(
            target=_alone, args=(here, root, seed, draws, name, seconds, about)
        )
        child.start()
        here.close()
        try:
            while True:
                found.append(there.recv())
        except EOFError:
            child.join()
        if child.exitcode:
            print(f"{name}: stopped ({child.exitcode})", file=sys.stderr)
    return found


def _alone(sent: Connection, root: Path | None, seed: int, draws: int, name: str, seconds: int, about: bool) -> None:
    """Send what is measured as soon as it is."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    ask_all(keikaku.open(root), seed, draws, {name}, sent.send, about)


def percentile(numbers: Sequence[float], share: float) -> float:
    """The smallest number that so large a share of the numbers does not exceed."""
    ordered = sorted(numbers)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def ask_all(graph: Keikaku, seed: int, draws: int, only: set[str], tell: Callable[[Timed], None], about: bool) -> None:
    """Ask every question so many times; `about` leaves out what is asked about nothing, and so about the whole nation."""
    drawing = Drawing(graph, seed)
    for question in graph.questions().values():
        if only and question.id not in only:
            continue
        drawn = [drawing.of(question, draw) for draw in range(draws)]
        for draw, given in enumerate(drawn):
            if (draw and given == drawn[0]) or (about and not given):
                continue
            try:
                tell(ask(graph, question, given, draw))
            except KeikakuError as error:
                print(f"{question.id}: {error}", file=sys.stderr)
        print(".", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Print a Markdown table, the percentiles, the slowest five, and searches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--each", type=int, default=0)
    parser.add_argument("--about", action="store_true", help="Only what is asked about something.")
    chosen = parser.parse_args()
    graph = keikaku.open(chosen.root)
    only = set(filter(None, chosen.only.split(",")))
    timed: list[Timed] = []
    if chosen.each:
        timed = ask_alone(chosen.root, chosen.seed, chosen.draws, only, chosen.each, chosen.about)
    else:
        ask_all(graph, chosen.seed, chosen.draws, only, timed.append, chosen.about)
    print(file=sys.stderr)
    plans = len(graph.store.select("SELECT ?plan WHERE { ?plan a jdx:Plan }"))
    print(f"build {graph.store.build_id}, {len(graph.store):,} quads, {plans:,} plans, seed {chosen.seed}\n")
    print("| question | draw | rows | first ms | again ms | query ms | asked |\n|---|---|---|---|---|---|---|")
    for one in sorted(timed, key=lambda one: -one.first):
        print(
            f"| {one.question} | {one.draw} | {one.rows:,} | {one.first:.0f} | {one.again:.0f} | {one.query:.0f} | {one.asked} |"
        )
    for name, numbers in (("first", [one.first for one in timed]), ("again", [one.again for one in timed])):
        over = sum(number > 1000 for number in numbers)
        print(
            f"\n{name}: p50 {statistics.median(numbers):.0f} ms, p95 {percentile(numbers, 0.95):.0f} ms, most {max(numbers):.0f} ms, "
            f"{over} of {len(numbers)} over 1 s"
        )
    if only:
        return
    print("\n| search | found | ms |\n|---|---|---|")
    every = []
    for words in SEARCHES:
        found = graph.search(words)
        works = [worked(partial(graph.search, words))[1] for _ in range(RUNS)]
        every += works
        print(f"| {words} | {len(found)} | {statistics.median(works):.0f} |")
    print(
        f"\nsearch: p50 {statistics.median(every):.0f} ms, p95 {percentile(every, 0.95):.0f} ms, most {max(every):.0f} ms"
    )


if __name__ == "__main__":
    main()

"""Rows about the whole nation are kept on disk from build to build (docs/scale.md), since finding them takes as long as they are many.

A question or a query of a page says in its header how (`#+ kept`): as a whole, or by the government or plan in one of its columns. What
is kept by these is brought up to date when some of them change (`lineage`): their rows go, and those of others that name things of
theirs, the query is asked for these alone, and what it finds is put among the rest. So a row may follow only from facts of those whose
things it names, and from what is nobody's own; tests compare with rows that were never kept. All else is found anew on each build.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import cast

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.bind import bind_for, narrowed
from keikaku.ask.cite import Work, works
from keikaku.ask.evidence import Passage, passages
from keikaku.ask.kept import recent
from keikaku.ask.marks import Reach, Soundness
from keikaku.ask.names import Source, names
from keikaku.ask.question import Question
from keikaku.ask.words import Text
from keikaku.lineage import code_of, since
from keikaku.namespaces import ID
from keikaku.ordering import put_in_order, split
from keikaku.store import Store
from keikaku.store.packed import pack, unpack

Row = tuple[Node | None, ...]
#: Names, passages and documents by their IRIs and ids.
Told = tuple[dict[str, Text], dict[str, Passage], dict[str, Work]]
#: Bytes of the list of named graphs of a build below which nothing is kept: that of a hundred plans, whose rows are found quickly.
FEWEST = 50_000
#: Bytes that may be kept; of more those that were asked for longest ago go.
ROOM = 2 * 1024**3
_PACKAGE = Path(__file__).resolve().parent.parent


def select(source: Source, question: Question, terms: Mapping[str, Sequence[Node]]) -> tuple[Row, ...]:
    """The rows of a question for these terms, in its order: kept ones where there are some, else found and kept."""
    text = bind_for(source, question, terms)
    if not is_kept(source, question, terms):
        return source.select(text, place=question.place).rows
    plain, order, hidden = split(text)

    def found() -> bytes:
        made = source.select(plain, place=question.place)
        return pickle.dumps((made.columns, pack(put_in_order(made.columns, made.rows, order) if order else made.rows)))

    def renewed(old: bytes, codes: frozenset[str]) -> bytes:
        how, name = question.kept
        columns, packed = cast(tuple[tuple[str, ...], bytes], pickle.loads(old))  # noqa: S301 - as `standing`
        rows, at = unpack(packed), columns.index(name)
        touched = [row for row, others in zip(rows, _speaking(rows), strict=True) if not codes.isdisjoint(others)]
        every = codes.union(code_of(str(row[at])) for row in touched)
        if "" in every:
            return found()  # a row of nobody follows from what changed
        stay = [row for row in rows if code_of(str(row[at])) not in every]
        if chosen := things(source, how, every):
            narrow, *_ = split(bind_for(source, *narrowed(question, terms, name, chosen)))
            stay += source.select(narrow, place=question.place).rows
        return pickle.dumps((columns, pack(put_in_order(columns, stay, order))))

    renew = renewed if question.kept[0] != "whole" and order else None

    def read() -> tuple[Row, ...]:
        _, packed = pickle.loads(standing(source, f"rows {question.place.file} {text}", found, renew))  # noqa: S301 - as `standing`
        rows = unpack(packed)
        return tuple(row[:-hidden] for row in rows) if hidden else rows

    return recent(source, ("rows", text), read, lambda rows: len(rows) * len(rows[0]) if rows else 0)


def computed(
    source: Source, question: Question, terms: Mapping[str, Sequence[Node]], compute: Callable[[], tuple[Row, ...]]
) -> tuple[Row, ...]:
    """The rows that an analysis computes, kept for each build where its question is kept as a whole."""
    if not is_answer_kept(source, question, terms):
        return compute()
    name = f"computed {question.place.file} {bind_for(source, question, terms)}"

    def read() -> tuple[Row, ...]:
        return unpack(standing(source, name, lambda: pack(compute()), None))

    return recent(source, name, read, lambda rows: len(rows) * len(rows[0]) if rows else 0)


def judged(
    source: Source,
    question: Question,
    terms: Mapping[str, Sequence[Node]],
    rows: tuple[Row, ...],
    judge: Callable[[Sequence[Row], Sequence[str] | None], Soundness],
) -> Soundness:
    """The judgement of these rows of a kept question; of rows that stayed as they were and belong to no government that changed it is kept.

    judge: the judgement of some rows, with the reach over the plans of these governments (IRIs; None: of all).
    """

    def made() -> bytes:
        return pickle.dumps((pack(rows), judge(rows, None)))

    def renewed(old: bytes, codes: frozenset[str]) -> bytes:
        packed, told = cast(tuple[bytes, Soundness], pickle.loads(old))  # noqa: S301 - as `standing`
        were = unpack(packed)
        known = {
            row: one
            for row, one, others in zip(were, told.rows, _speaking(were), strict=True)
            if codes.isdisjoint(others)
        }
        fresh = [row for row in rows if row not in known]
        again = judge(fresh, [str(ID[f"lg/{code}"]) for code in sorted(codes)])
        known |= zip(fresh, again.rows, strict=True)
        reach = _merged(told.reach, again.reach, codes)
        return pickle.dumps((pack(rows), Soundness(tuple(known[row] for row in rows), reach)))

    name = f"judged {question.place.file} {bind_for(source, question, terms)}"
    renew = renewed if question.kept[0] != "whole" else None

    def read() -> Soundness:
        return cast(Soundness, pickle.loads(standing(source, name, made, renew))[1])  # noqa: S301 - as `standing`

    return recent(source, name, read, lambda found: len(found.rows))


def _speaking(rows: Sequence[Row]) -> list[set[str]]:
    """The codes of the governments whose things each of the rows names."""
    known: dict[Node | None, tuple[str, ...]] = {None: ()}

    def of(term: Node | None) -> tuple[str, ...]:
        if term not in known:
            known[term] = tuple({code_of(part) for part in str(term).split()} - {""})
        return known[term]

    return [{code for term in row for code in of(term)} for row in rows]


def _merged(old: Reach | None, fresh: Reach | None, codes: frozenset[str]) -> Reach | None:
    """The reach with the plans of these governments as they are now."""
    if old is None or fresh is None:
        return None

    def both(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({*(iri for iri in one if code_of(iri) not in codes), *two}))

    return Reach(
        old.aspects, both(old.closed, fresh.closed), both(old.text_only, fresh.text_only), both(old.open, fresh.open)
    )


def told(
    source: Source,
    question: Question,
    terms: Mapping[str, Sequence[Node]],
    wanted: Callable[[], tuple[set[str], set[str]]],
) -> Told:
    """The names, passages and documents of all that is in the rows of a kept question.

    wanted: the things to be named, and the passages.
    """

    def looked_up(
        names_known: dict[str, Text], passages_known: dict[str, Passage], works_known: dict[str, Work]
    ) -> bytes:
        things, cited = wanted()
        called = {**names_known, **names(source, things - names_known.keys())}
        read = {**passages_known, **passages(source, cited - passages_known.keys())}
        new = [passage for passage in read.values() if passage.document_id not in works_known]
        every = {**works_known, **works(source, new)}
        shown = {one.document_id for iri in cited if (one := read.get(iri))}
        return pickle.dumps(
            (
                {iri: called[iri] for iri in sorted(things)},
                {iri: read[iri] for iri in sorted(cited & read.keys())},
                {name: every[name] for name in sorted(shown & every.keys())},
            )
        )

    def renewed(old: bytes, codes: frozenset[str]) -> bytes:
        called, read, every = pickle.loads(old)  # noqa: S301 - as `standing`
        return looked_up(
            {iri: name for iri, name in called.items() if code_of(iri) not in codes},
            {iri: passage for iri, passage in read.items() if code_of(iri) not in codes},
            {name: work for name, work in every.items() if name.partition("-")[0] not in codes},
        )

    name = f"told {question.place.file} {bind_for(source, question, terms)}"

    def read() -> Told:
        return cast(Told, pickle.loads(standing(source, name, lambda: looked_up({}, {}, {}), renewed)))  # noqa: S301 - as `standing`

    return recent(source, name, read, lambda found: 2 * len(found[0]) + 5 * len(found[1]))


def is_kept(source: Source, question: Question, terms: Mapping[str, Sequence[Node]]) -> bool:
    """Whether the rows of a question for these terms are kept: its header says so, none of its governments or plans is chosen, and the graph is large."""
    how, name = question.kept
    chosen = [p.name for p in question.parameters if p.left_out == "dropped" and terms.get(p.name)]
    if not how or (chosen if how == "whole" else name in chosen):
        return False
    return is_large(source)


def is_answer_kept(source: Source, question: Question, terms: Mapping[str, Sequence[Node]]) -> bool:
    """Whether the whole answer is kept, not only what an analysis reads to answer for one thing."""
    return (not question.analysis or question.kept[0] == "whole") and is_kept(source, question, terms)


def is_large(source: Source) -> bool:
    """Whether rows of this graph are kept: it is a build on disk, and of many documents."""
    if not isinstance(source, Store) or not source.lasting or source.path is None:
        return False
    graphs = source.path / "graphs.json"
    return graphs.is_file() and graphs.stat().st_size > FEWEST


def standing(
    source: Source, name: str, make: Callable[[], bytes], renew: Callable[[bytes, frozenset[str]], bytes] | None
) -> bytes:
    """What is kept under a name for the build of a store: read, brought up to date by `renew`, or made.

    renew: given what was kept on an earlier build and the codes of the governments whose facts have changed since. Bytes are
    read from a folder that nobody else writes to.
    """
    store = cast(Store, source)
    folder = cast(Path, store.path)
    path = folder.parent / "answers" / hashlib.sha256(f"{_program()} {name}".encode()).hexdigest()[:32]
    try:
        head, _, old = path.read_bytes().partition(b"\n")
        build, length = head.decode("ascii").split(" ")
        os.utime(path)
    except (OSError, ValueError):
        build, length, old = "", "", b""
    whole = length == str(len(old))  # a machine that stops may leave a file cut off
    changed = since(folder, build) if whole else None
    if changed is not None and not changed:
        return old
    made = renew(old, changed) if changed is not None and renew else make()
    _write(path, f"{store.build_id} {len(made)}\n".encode() + made)
    return made


def _write(path: Path, data: bytes) -> None:
    """Write a file whole, and make room for it; where nothing can be written, nothing is kept."""
    own = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        own.write_bytes(data)
        own.replace(path)
        others = sorted(((stat := one.stat()).st_mtime_ns, stat.st_size, one) for one in path.parent.iterdir())
        room = ROOM
        for _, size, other in reversed(others):
            room -= size
            if room < 0 and other != path:
                other.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            own.unlink()


@cache
def _program() -> str:
    """What tells this program from another one, which may find other rows."""
    files = ((path, path.stat()) for path in sorted(_PACKAGE.rglob("*.py")))
    told = "".join(f"{path} {stat.st_size} {stat.st_mtime_ns}\n" for path, stat in files)
    return hashlib.sha256(told.encode()).hexdigest()


def things(source: Source, how: str, codes: frozenset[str]) -> list[Node]:
    """The governments with these codes, or their plans."""
    governments: list[Node] = [ID[f"lg/{code}"] for code in sorted(codes)]
    if how == "government":
        return governments
    block = " ".join(f"<{one}>" for one in governments)
    rows = source.select(
        f"SELECT DISTINCT ?plan WHERE {{ VALUES ?of {{ {block} }} ?plan a jdx:Plan ; jdx:issuingBody ?of }} ORDER BY ?plan"
    ).rows
    return [term for (term,) in rows if isinstance(term, URIRef)]

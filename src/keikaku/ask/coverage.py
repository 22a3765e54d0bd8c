"""What a plan says of what it is expected to say: recorded, missing, stated as absent, lost in the text, or unknown (ontology §10).

What is expected, how much it matters and why is data (ontology/requirements.ttl); which list a gap belongs to is told in docs/coverage.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.bind import bind_for
from keikaku.ask.covered import LEVELS, Coverage, Item, Note, Report, Requirement, Statement
from keikaku.ask.evidence import Passage, in_order, passages, split
from keikaku.ask.header import read
from keikaku.ask.names import Source, names
from keikaku.ask.together import together
from keikaku.ask.words import Text
from keikaku.namespaces import JDX
from keikaku.read.uncovered import WIDE

Row = dict[str, Node]

#: Queries that mark an element on an aspect; an earlier one wins, but what is recorded and lost is lost in part.
MARKS = ("recorded", "declared", "not-stated", "lost", "claimed")
#: The queries that a report is put together from.
_TABLES = (
    "recorded", "expected", "subjects", "lines", "counts", "declared", "not-stated", "lost", "claimed", "statements", "quality", "requirements",
)  # fmt: skip


def coverage(source: Source, folder: Path, plan: str | Sequence[str] | None = None) -> Coverage:
    """Report on one plan or casebook (its IRI), on several, or on every recorded one. `folder` is queries/pages/coverage."""
    chosen = [plan] if isinstance(plan, str) else plan or []
    terms = {"plan": tuple(URIRef(one) for one in chosen)} if chosen else {}

    def rows(name: str) -> list[Row]:
        question = read(folder / f"{name}.rq", folder.parents[2])
        asked = {p.name: terms.get(p.name, ()) for p in question.parameters}
        return list(source.select(bind_for(source, question, asked), place=question.place))

    tables = dict(zip(_TABLES, together(source, rows, _TABLES), strict=True))
    requirements = {str(row["requirement"]): _requirement(row) for row in tables.pop("requirements")}
    known = passages(source, {e for table in tables.values() for row in table for e in split(row.get("evidence"))})
    by_plan = {name: _by(table, "plan") for name, table in tables.items()}
    subjects = {str(row["plan"]): row for row in tables["subjects"]}
    reports = tuple(
        _report(row, {name: several.get(iri, []) for name, several in by_plan.items()}, known)
        for iri, row in subjects.items()
    )
    return Coverage(reports, names(source, _mentioned(reports)), requirements)


def _requirement(row: Row) -> Requirement:
    text = {name: Text(str(row[f"{name}_ja"]), str(row[f"{name}_en"])) for name in ("why", "advice")}
    label = Text(str(row["ja"]), str(row["en"]))
    return Requirement(str(row["requirement"]), label, text["why"], text["advice"], str(row["source"]))


def _by(table: Iterable[Row], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table:
        found.setdefault(str(row[key]), []).append(row)
    return found


def _report(subject: Row, rows: Mapping[str, list[Row]], known: Mapping[str, Passage]) -> Report:
    def word(name: str) -> str:
        return str(subject.get(name, ""))

    def cited(row: Row) -> tuple[Passage, ...]:
        return tuple(in_order(split(row.get("evidence")), known))

    statements = tuple(
        Statement(
            str(row["about"]), str(row["aspect"]), str(row["level"]), str(row["scope"]), _text(row, "reason_ja", "reason_en"),
            tuple(split(row.get("missing"))), cited(row),
        )
        for row in rows["statements"]
    )  # fmt: skip
    ranges = [(int(str(row["first"])), int(str(row["last"]))) for row in rows["lines"]]
    notes = (
        Note(str(r["note"]), str(r["kind"]), _text(r, "ja", "en") or Text("", ""), cited(r)) for r in rows["quality"]
    )
    extent = re.search(r"(\d+) lines", word("extent"))
    return Report(
        plan=word("plan"),
        document=word("document"),
        issuer=word("issuer"),
        status=word("status"),
        issued=word("issued"),
        period=(word("start"), word("end")),
        lines=int(extent[1]) if extent else 0,
        covered=_lines(ranges),
        narrowly=_lines((first, last) for first, last in ranges if last - first < WIDE),
        passages=len(ranges),
        kinds=tuple((str(row["kind"]), int(str(row["count"]))) for row in rows["counts"]),
        items=tuple(_items(rows, statements, cited)),
        statements=statements,
        notes=tuple(sorted(notes, key=lambda note: (note.passages[0].lines if note.passages else (0, 0), note.iri))),
    )


def _items(
    rows: Mapping[str, list[Row]], statements: Iterable[Statement], cited: Callable[[Row], tuple[Passage, ...]]
) -> Iterator[Item]:
    marks: dict[str, dict[tuple[str, str], list[Row]]] = {}
    for name in MARKS:
        marks[name] = {}
        for row in rows[name]:
            marks[name].setdefault((str(row["element"]), str(row["aspect"])), []).append(row)
    said = {(s.about, s.aspect, s.published): s for s in statements}
    seen: set[tuple[str, str]] = set()
    for row in sorted(rows["expected"], key=lambda r: (int(str(r["position"])), _natural(str(r["element"])))):
        element, aspect, requirement = str(row["element"]), str(row["aspect"]), str(row["requirement"])
        if (requirement, element) in seen:  # asked by its class and by its type
            continue
        seen.add((requirement, element))
        marked = {name: found[element, aspect] for name, found in marks.items() if (element, aspect) in found}
        plan = str(row["plan"])
        own = [said.get((element, aspect, published)) for published in (True, False)]
        whole = [said.get((plan, aspect, published)) for published in (True, False)]
        state, because = _state(set(marked), own, whole, element == plan)
        places = [passage for mark in marked.get(state, ()) for passage in cited(mark)]
        yield Item(
            requirement, aspect, LEVELS[str(row["severity"])], str(row["target"]), element, str(row["named"]), state,
            cited(row), tuple(dict.fromkeys(places)) or (because.passages if because else ()),
            tuple(sorted({str(mark["status"]) for mark in marked.get(state, ()) if "status" in mark})),
        )  # fmt: skip


def _state(
    marked: set[str], own: list[Statement | None], whole: list[Statement | None], is_plan: bool
) -> tuple[str, Statement | None]:
    """The state of an element on an aspect, and the completeness statement that shows it, if one does.

    `own` and `whole` are the statements about the element and about its plan: for the published plan, then for the received text.
    """
    if "recorded" in marked:
        partial = own[0] if own[0] and not own[0].closed else None
        if "lost" in marked:
            return "partly-lost", partial
        return ("partly-known", partial) if partial else ("recorded", None)
    for name in MARKS[1:]:
        if name in marked:
            return name, None
    for published, text in (own, whole):
        if published and published.closed:
            return "not-stated", published
        if text and text.closed:
            return "text-silent", text
    return "unknown", (own[0] or own[1]) if is_plan else None


def _mentioned(reports: Iterable[Report]) -> set[str]:
    found = {str(JDX.TargetValue)}
    for r in reports:
        found |= {r.plan, r.document, r.issuer, r.status, *(kind for kind, _ in r.kinds), *(n.kind for n in r.notes)}
        for item in r.items:
            found |= {item.aspect, item.target, item.element, item.named, *item.printed}
        for s in r.statements:
            found |= {s.about, s.aspect, s.level, s.scope, *s.missing}
    return found - {""}


def _lines(ranges: Iterable[tuple[int, int]]) -> int:
    return len({number for first, last in ranges for number in range(first, last + 1)})


def _text(row: Row, ja: str, en: str) -> Text | None:
    found = str(row.get(ja, "")), str(row.get(en, ""))
    return Text(found[0] or found[1], found[1] or found[0]) if any(found) else None


def _natural(iri: str) -> list[tuple[int, str]]:
    """A key by which k/10 comes after k/2."""
    return [(int(piece), "") if piece.isdigit() else (0, piece) for piece in re.split(r"(\d+)", iri)]

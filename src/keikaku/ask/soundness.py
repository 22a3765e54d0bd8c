"""Whether a row may say what it says: what its "no" or its count rests on, looked up for each row (ontology §10).

A question's header says which rows deny or count, about which thing and on which aspects (`#+ rests`). Nothing here trusts the
query: the completeness statements, `notStated` and `lostInText` of the things in the row are read again (`licences`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.evidence import split
from keikaku.ask.kept import once
from keikaku.ask.licences import Licences, last, licences
from keikaku.ask.marks import MARK_OF, Judged, Mark, Reach, Soundness
from keikaku.ask.names import Source
from keikaku.ask.question import UNKNOWN, Question, Rest

Row = tuple[Node | None, ...]


def judge(
    source: Source,
    question: Question,
    rows: Sequence[Row],
    asked: Mapping[str, Iterable[Node]],
    within: Sequence[str] | None = None,
) -> Soundness:
    """Judge each row of an answer, and say for which plans its rows are all there are.

    `asked` are the terms of the parameters; those that name governments or plans bound the reach, and so do governments `within`.
    """
    columns = [column.name for column in question.columns]
    unknown = [_says_unknown(question, row, columns) for row in rows]
    applying = [
        [] if claims_nothing else [rest for rest in question.rests if _applies(rest, row, columns)]
        for row, claims_nothing in zip(rows, unknown, strict=True)
    ]
    wanted: dict[str, set[str]] = {}
    for row, rests in zip(rows, applying, strict=True):
        for rest in rests:
            for thing in split(row[columns.index(rest.column)]):
                wanted.setdefault(thing, set()).update(rest.aspects)
    known = licences(source, wanted)
    judged = tuple(
        Judged(Mark.SOUND, ("says-unknown",)) if claims_nothing else _row(question, row, rests, columns, known)
        for row, rests, claims_nothing in zip(rows, applying, unknown, strict=True)
    )
    return Soundness(judged, _reach(source, question, asked, within))


def _applies(rest: Rest, row: Row, columns: list[str]) -> bool:
    return all(_token(row[columns.index(name)]) == token for name, token in rest.where)


def _token(term: Node | None) -> str:
    if term is None:
        return ""
    return last(term) if isinstance(term, URIRef) else str(term)


def _says_unknown(question: Question, row: Row, columns: list[str]) -> bool:
    """Whether the row answers “unknown” where the question allows that answer (the list, or a column whose words have it)."""
    answering = [question.group] if question.group else [c.name for c in question.columns if UNKNOWN[0] in c.words]
    told = [_token(row[columns.index(name)]) for name in answering]
    return bool(told) and all(token in UNKNOWN for token in told)


def _row(question: Question, row: Row, rests: list[Rest], columns: list[str], known: Licences) -> Judged:
    reasons: list[str] = []
    missing: list[str] = []
    for rest in rests:
        things = split(row[columns.index(rest.column)])
        for aspect in rest.aspects:
            found = [known.reason(thing, aspect) for thing in things] or ["open"]
            reasons += found
            missing += [aspect for reason in found if reason in MARK_OF]
    if not reasons:
        has_passage = any(split(cell) for column, cell in zip(question.columns, row, strict=True) if column.is_evidence)
        reasons = ["stated" if has_passage else "reference" if question.negative == "reference" else "no-passage"]
    mark = max(MARK_OF.get(reason, Mark.SOUND) for reason in reasons)
    return Judged(mark, tuple(dict.fromkeys(reasons)), tuple(dict.fromkeys(missing)))


def _reach(
    source: Source, question: Question, asked: Mapping[str, Iterable[Node]], within: Sequence[str] | None
) -> Reach | None:
    """For which plans, or casebooks, what the question lists is all there is."""
    if not question.covers:
        return None
    bounds = {
        p.name: p.kind for p in question.parameters if p.kind in ("government", "municipality", "plan", "department")
    }
    chosen = sorted({*(str(term) for name in bounds for term in asked.get(name, ())), *(within or ())})
    if question.covered == "casebook":
        members = "{ SELECT DISTINCT ?thing WHERE { ?case a jdx:PracticeCase ; dcterms:isPartOf ?thing } }"
    elif chosen:
        block = " ".join(f"<{iri}>" for iri in chosen)
        members = (
            f"{{ VALUES ?one {{ {block} }} ?thing a jdx:Plan ; jdx:issuingBody ?one }} UNION {{ VALUES ?thing {{ {block} }} ?thing a jdx:Plan }} "
            f"UNION {{ VALUES ?one {{ {block} }} ?one org:unitOf ?of . ?thing a jdx:Plan ; jdx:issuingBody ?of }}"
        )
    else:
        members = "?thing a jdx:Plan"
    if chosen:
        return _reaching(source, question, members)
    return once(
        source, " ".join(("reach", question.covered, *question.covers)), lambda: _reaching(source, question, members)
    )


def _reaching(source: Source, question: Question, members: str) -> Reach:
    """The same for what a pattern binds ?thing to; of the whole nation it is read once."""
    things = sorted({str(row[0]) for row in source.select(f"SELECT DISTINCT ?thing WHERE {{ {members} }}").rows})
    known = licences(source, {thing: set(question.covers) for thing in things})
    known.elements.clear()
    worst: dict[Mark, list[str]] = {mark: [] for mark in Mark}
    for thing in things:
        worst[max(MARK_OF.get(known.reason(thing, a), Mark.SOUND) for a in question.covers)].append(thing)
    return Reach(question.covers, *(tuple(worst[mark]) for mark in Mark))

"""Whether a row may say what it says: what its "no" or its count rests on, looked up for each row (ontology §10).

A question's header says which rows deny or count, about which thing and on which aspects (`#+ rests`). Nothing here trusts the
query: the completeness statements, `notStated` and `lostInText` of the things in the row are read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.evidence import split
from keikaku.ask.kept import once
from keikaku.ask.names import Source, values
from keikaku.ask.question import UNKNOWN, Question, Rest
from keikaku.ask.words import Text
from keikaku.namespaces import C

Row = tuple[Node | None, ...]


class Mark(IntEnum):
    """How far an answer may be relied on; the better the smaller."""

    SOUND = 0
    PARTLY = 1
    UNSOUND = 2

    @property
    def token(self) -> str:
        """The word for programs: sound, partly, unsound."""
        return self.name.lower()


MARKS = {
    Mark.SOUND: Text("確か", "sound"),
    Mark.PARTLY: Text("一部確か", "partly sound"),
    Mark.UNSOUND: Text("確かでない", "unsound"),
}

#: Why a row has its mark.
REASONS = {
    "stated": Text("根拠箇所に書かれている", "stated in the passages"),
    "closed": Text("記録が完全だと宣言されている", "the record is declared complete"),
    "not-stated": Text("計画に書かれていないことを確かめた", "the plan was read and does not state it"),
    "says-unknown": Text("不明と答えている", "the row says that it is unknown"),
    "reference": Text("参照データに基づく", "from reference data"),
    "text-only": Text("受領した本文について完全", "complete for the received text only"),
    "open": Text("記録が完全だと宣言されていない", "the record is not declared complete"),
    "lost": Text("原典の本文から失われている", "lost from the text of the source"),
    "no-passage": Text("根拠箇所がない", "no passage"),
}
_MARK_OF = {"text-only": Mark.PARTLY, "open": Mark.UNSOUND, "lost": Mark.UNSOUND, "no-passage": Mark.UNSOUND}


@dataclass(frozen=True)
class Judged:
    """The mark of one row, the reasons (keys of REASONS), and the aspects that are not closed."""

    mark: Mark
    reasons: tuple[str, ...]
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reach:
    """For which plans (or casebooks) the rows are all there are: closed, closed for the received text, or open.

    What is not listed is absent only in the first; each is a sorted tuple of IRIs.
    """

    aspects: tuple[str, ...]
    closed: tuple[str, ...]
    text_only: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def things(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.closed, *self.text_only, *self.open)


@dataclass(frozen=True)
class Soundness:
    """The judgement of a whole answer: sound when every row is, unsound when none is, else partly sound."""

    rows: tuple[Judged, ...]
    reach: Reach | None = None

    @property
    def mark(self) -> Mark:
        """The mark of the answer; an answer without rows denies nothing by itself and is sound."""
        marks = {judged.mark for judged in self.rows}
        return next(iter(marks)) if len(marks) == 1 else Mark.PARTLY if marks else Mark.SOUND

    def counts(self) -> dict[Mark, int]:
        """Rows per mark, all three always."""
        found = Counter(judged.mark for judged in self.rows)
        return {mark: found[mark] for mark in Mark}

    def sentence(self) -> Text:
        """The mark with its denominator and, where a row is not sound, why."""
        counts, total = self.counts(), len(self.rows)
        sound, label = counts[Mark.SOUND], MARKS[self.mark]
        why = dict.fromkeys(
            reason for judged in self.rows if judged.mark for reason in judged.reasons if reason in _MARK_OF
        )
        ja = f"答えの確かさ: {label.ja}（{total:,}行のうち{sound:,}行が確か）"
        en = f"Soundness: {label.en} ({sound:,} of {total:,} rows are sound)"
        if not why:
            return Text(f"{ja}。", f"{en}.")
        return Text(
            f"{ja}。確かでない理由: {'、'.join(REASONS[r].ja for r in why)}。",
            f"{en}. Why not all: {'; '.join(REASONS[r].en for r in why)}.",
        )


#: About more things than this, what is said is read by aspect: a plan has a statement on each of dozens, of which one or two matter.
_MANY = 200


@dataclass
class _Licences:
    """What is known about things and aspects: (thing, aspect) → degrees and scopes, what is not stated, what is lost."""

    said: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)
    not_stated: set[tuple[str, str]] = field(default_factory=set)
    lost: set[tuple[str, str]] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)

    def reason(self, thing: str, aspect: str) -> str:
        """Why a denial about this thing on this aspect holds or does not (a key of REASONS)."""
        key = (thing, aspect)
        said = self.said.get(key, set())
        if key in self.lost:
            return "text-only" if ("cl-complete", "cx-received-text") in said else "lost"
        if key in self.not_stated:
            return "not-stated"
        if ("cl-complete", "cx-published-plan") in said:
            return "closed"
        if ("cl-complete", "cx-received-text") not in said:
            return "open"
        # What is lost is listed ("partial" for the published plan names it) and this element is not part of it.
        return "closed" if thing in self.elements and ("cl-partial", "cx-published-plan") in said else "text-only"


def judge(source: Source, question: Question, rows: Sequence[Row], asked: Mapping[str, Iterable[Node]]) -> Soundness:
    """Judge each row of an answer, and say for which plans its rows are all there are.

    `asked` are the terms of the parameters; those that name governments or plans bound the reach.
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
    known = _licences(source, wanted)
    judged = tuple(
        Judged(Mark.SOUND, ("says-unknown",)) if claims_nothing else _row(question, row, rests, columns, known)
        for row, rests, claims_nothing in zip(rows, applying, unknown, strict=True)
    )
    return Soundness(judged, _reach(source, question, asked))


def _applies(rest: Rest, row: Row, columns: list[str]) -> bool:
    return all(_token(row[columns.index(name)]) == token for name, token in rest.where)


def _token(term: Node | None) -> str:
    if term is None:
        return ""
    return _last(term) if isinstance(term, URIRef) else str(term)


def _last(iri: str) -> str:
    return str(iri).rsplit("/", 1)[-1]


def _says_unknown(question: Question, row: Row, columns: list[str]) -> bool:
    """Whether the row answers “unknown” where the question allows that answer (the list, or a column whose words have it)."""
    answering = [question.group] if question.group else [c.name for c in question.columns if UNKNOWN[0] in c.words]
    told = [_token(row[columns.index(name)]) for name in answering]
    return bool(told) and all(token in UNKNOWN for token in told)


def _row(question: Question, row: Row, rests: list[Rest], columns: list[str], known: _Licences) -> Judged:
    reasons: list[str] = []
    missing: list[str] = []
    for rest in rests:
        things = split(row[columns.index(rest.column)])
        for aspect in rest.aspects:
            found = [known.reason(thing, aspect) for thing in things] or ["open"]
            reasons += found
            missing += [aspect for reason in found if reason in _MARK_OF]
    if not reasons:
        has_passage = any(split(cell) for column, cell in zip(question.columns, row, strict=True) if column.is_evidence)
        reasons = ["stated" if has_passage else "reference" if question.negative == "reference" else "no-passage"]
    mark = max(_MARK_OF.get(reason, Mark.SOUND) for reason in reasons)
    return Judged(mark, tuple(dict.fromkeys(reasons)), tuple(dict.fromkeys(missing)))


def _licences(source: Source, wanted: Mapping[str, set[str]]) -> _Licences:
    """Read what is said about these things, the plan, casebook or document they are in, and what encloses them.

    One step of the way per query: in one query the engine would join every statement with every thing before it follows paths.
    """
    known = _Licences()
    several = [f"<{C[aspect]}>" for aspect in sorted({a for several in wanted.values() for a in several})]
    aspects = ", ".join(several)
    things = [iri for iri in wanted if not set(iri) & set('<>"{}|^`\\ ')] if aspects else []
    plans = _pairs(source, things, "?thing jdx:inPlan ?found")
    known.elements.update(plans)
    owners = _pairs(source, things, "?thing jdx:inPlan|dcterms:isPartOf|foaf:primaryTopic ?found")
    owners = {thing: {thing} | owners.get(thing, set()) for thing in things}
    enclosing = _upwards(source, things, "?thing jdx:parentElement ?found")
    around = _upwards(source, things, "?thing jdx:ofKPI|jdx:parentElement ?found")
    holders = _pairs(source, things, "?found jdx:hasKPI ?thing")
    said: dict[str, set[tuple[str, str, str]]] = {}
    missing: dict[str, set[tuple[str, str]]] = {}
    about_what = _all(owners)
    if len(about_what) > _MANY:
        statements = [f"VALUES ?aspect {{ {' '.join(several)} }} ?statement jdx:completeFor ?aspect ; jdx:completenessOf ?owner"]  # fmt: skip
    else:
        statements = [
            f"VALUES ?owner {{ {block} }} ?statement jdx:completenessOf ?owner ; jdx:completeFor ?aspect FILTER(?aspect IN ({aspects}))"
            for block in values(about_what)
        ]
    for statement in statements:
        degrees = source.select(
            f"SELECT DISTINCT ?owner ?aspect ?degree ?scope WHERE {{ {statement} . ?statement jdx:completeness ?degree ; jdx:completenessScope ?scope }}"
        )
        for owner, aspect, degree, scope in degrees.rows:
            said.setdefault(str(owner), set()).add((_token(aspect), _token(degree), _token(scope)))
        lacks = source.select(
            f"SELECT DISTINCT ?owner ?aspect ?one WHERE {{ {statement} . ?statement jdx:knownMissing ?one }}"
        )
        for owner, aspect, element in lacks.rows:
            missing.setdefault(str(owner), set()).add((_token(aspect), str(element)))
    silent = _pairs(
        source,
        _all(enclosing) | _all(holders) | _all(plans),
        f"?thing jdx:notStated ?found FILTER(?found IN ({aspects}))",
    )
    lost = _pairs(source, _all(around) | _all(holders), f"?thing jdx:lostInText ?found FILTER(?found IN ({aspects}))")
    for thing in things:
        for belongs in sorted(owners.get(thing, ())):
            for about, how_far, of_what in said.get(belongs, ()):
                known.said.setdefault((thing, about), set()).add((how_far, of_what))
        own, whole = holders.get(thing, set()), plans.get(thing, set())
        above, near = enclosing.get(thing, set()) | own | whole, around.get(thing, set()) | own
        known.not_stated.update((thing, _last(a)) for one in above for a in silent.get(one, ()))
        known.lost.update((thing, _last(a)) for one in near for a in lost.get(one, ()))
        listed = {one for plan in whole for one in missing.get(plan, ())}
        known.lost.update((thing, about) for about, one in listed if one in around.get(thing, ()))
    return known


def _pairs(source: Source, things: Iterable[str], pattern: str) -> dict[str, set[str]]:
    """For each ?thing of these every ?found of a pattern; a thing without any is left out."""
    found: dict[str, set[str]] = {}
    for block in values(things):
        rows = source.select(f"SELECT DISTINCT ?thing ?found WHERE {{ VALUES ?thing {{ {block} }} {pattern} }}").rows
        for thing, one in rows:
            if isinstance(one, URIRef):
                found.setdefault(str(thing), set()).add(str(one))
    return found


def _upwards(source: Source, things: Iterable[str], step: str) -> dict[str, set[str]]:
    """Each thing with all that it leads to step by step, itself included; Virtuoso 7 refuses a path of any length after VALUES."""
    steps: dict[str, set[str]] = {}
    new = set(things)
    while new:
        steps |= {thing: set() for thing in new} | _pairs(source, sorted(new), step)
        new = _all(steps) - set(steps)
    found: dict[str, set[str]] = {}
    for thing in things:
        reached, ahead = {thing}, [thing]
        while ahead:
            further = steps[ahead.pop()] - reached
            reached |= further
            ahead += further
        found[thing] = reached
    return found


def _all(found: Mapping[str, set[str]]) -> set[str]:
    return {one for several in found.values() for one in several}


def _reach(source: Source, question: Question, asked: Mapping[str, Iterable[Node]]) -> Reach | None:
    """For which plans, or casebooks, what the question lists is all there is."""
    if not question.covers:
        return None
    bounds = {
        p.name: p.kind for p in question.parameters if p.kind in ("government", "municipality", "plan", "department")
    }
    chosen = sorted({str(term) for name in bounds for term in asked.get(name, ())})
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
    known = _licences(source, {thing: set(question.covers) for thing in things})
    known.elements.clear()
    worst: dict[Mark, list[str]] = {mark: [] for mark in Mark}
    for thing in things:
        worst[max(_MARK_OF.get(known.reason(thing, a), Mark.SOUND) for a in question.covers)].append(thing)
    return Reach(question.covers, *(tuple(worst[mark]) for mark in Mark))

"""Ask: bind a question, run it, and gather the names and passages its rows need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from rdflib import URIRef
from rdflib.term import Node

from keikaku.analyse import ANALYSES
from keikaku.ask import materialised
from keikaku.ask.answer import Answer, Row, joined, weighed
from keikaku.ask.bind import bind_for, sample_terms
from keikaku.ask.cite import build_of, works
from keikaku.ask.evidence import passages, split
from keikaku.ask.kept import once
from keikaku.ask.marks import Soundness
from keikaku.ask.names import Source, names
from keikaku.ask.question import Question
from keikaku.ask.soundness import judge
from keikaku.ask.terms import terms_for
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, C
from keikaku.store import Solutions

#: Parameter → terms.
Terms = Mapping[str, tuple[Node, ...]]

#: What a negative answer of a question rests on, by the header's word.
NOTES = {
    "none": Text(
        "この表は記載されていることだけを示します。載っていないことは、それだけでは「無い」ことを意味しません。",
        "This table shows what is stated. What it does not show is not thereby absent.",
    ),
    "closed": Text(
        "「無い」は、計画の公表版について該当する観点が完全に記録されたと宣言され、その根拠箇所がある場合に限ります（観点: {}）。それ以外は「不明」です。",
        "A “no” is given only where a statement, with its passage, declares the published plan complete on this aspect ({}). "
        "Everything else is “unknown”.",
    ),
    "reference": Text(
        "「無い」は、全国の地方公共団体の一覧など参照データに基づきます。",
        "A “no” rests on the reference data, such as the list of all local governments.",
    ),
}


def ask(
    source: Source,
    question: Question,
    given: Mapping[str, object] | None = None,
    lang: str = "ja",
    most: int | None = None,
) -> Answer:
    """Answer a question with what a person wrote for its parameters.

    All rows are there and judged; with `most`, names and passages are looked up for the first so many only. Raises ParameterError for a wrong or missing value, QueryError when the query cannot be answered, or denies without saying on what.
    """
    from keikaku.ask.trusted import check  # noqa: PLC0415 - what reads queries takes long to load, and a build asks nothing

    check(question)
    terms = terms_for(source, question, given or {})
    dropped = tuple(p.name for p in question.parameters if p.left_out == "dropped" and p.name not in terms)
    parameters = _parameters(question, terms, dropped)
    rows = _tidy(question, (_computed if question.analysis else _selected)(source, question, terms, parameters))
    kept = materialised.is_answer_kept(source, question, terms)
    judged = (
        materialised.judged(source, question, terms, rows, partial(_judge, source, question, parameters))
        if kept
        else judge(source, question, rows, parameters)
    )
    shown = rows if most is None else rows[:most]

    def wanted() -> tuple[set[str], set[str]]:
        reached = set(judged.reach.things if judged.reach else ())
        return _things(question, shown, parameters) | reached, _evidence(question, shown)

    if kept and most is None:
        called, cited, documents = materialised.told(source, question, terms, wanted)
    else:
        things, evidence = wanted()
        called, cited = names(source, things), passages(source, evidence)
        documents = works(source, cited.values())
    return Answer(
        question=question,
        parameters=parameters,
        rows=rows,
        names=called,
        passages=cited,
        note=_note(source, question),
        soundness=judged,
        lang=lang,
        dropped=dropped,
        works=documents,
        build_id=build_of(source),
        hints=() if rows else _hints(source, question, terms),
    )


def _selected(source: Source, question: Question, terms: Terms, _: Terms) -> tuple[Row, ...]:
    """The rows that the query of a question finds."""
    return materialised.select(source, question, terms)


def _judge(
    source: Source, question: Question, parameters: Terms, rows: Sequence[Row], within: Sequence[str] | None
) -> Soundness:
    return judge(source, question, rows, parameters, within)


def read_with(question: Question, terms: Terms) -> Terms:
    """The terms with which the query of an analysis is asked: what the analysis itself looks at is read once for all values."""
    passed = ANALYSES[question.analysis].passed
    return {**terms, **{name: sample_terms(question, question.parameter(name))[:1] for name in passed}}


def _computed(source: Source, question: Question, terms: Terms, parameters: Terms) -> tuple[Row, ...]:
    """The rows that the analysis of a question makes of what its query found, which is read once for a store."""
    analysis, asked = ANALYSES[question.analysis], read_with(question, terms)

    def read() -> object:
        rows = materialised.select(source, question, asked)
        return analysis.read(list(Solutions(question.projected, rows)), parameters)

    def compute() -> tuple[Row, ...]:
        rows = analysis.compute(once(source, f"{question.id} {bind_for(source, question, asked)}", read), parameters)
        return tuple(tuple(row.get(column.name) for column in question.columns) for row in rows)

    return materialised.computed(source, question, terms, compute)


def _tidy(question: Question, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Leave evidence cells without any IRI empty; GROUP_CONCAT over nothing gives spaces."""
    columns = [number for number, column in enumerate(question.columns) if column.is_evidence]
    if not columns:
        return rows
    return tuple(
        tuple(None if number in columns and not split(term) else term for number, term in enumerate(row))
        for row in rows
    )


def _parameters(question: Question, terms: Terms, dropped: tuple[str, ...]) -> dict[str, tuple[Node, ...]]:
    """The terms asked with: those given, else the sample of the file; nothing for a parameter that was dropped."""
    return {
        p.name: terms[p.name] if p.name in terms else sample_terms(question, p)
        for p in question.parameters
        if p.name not in dropped
    }


def _things(question: Question, rows: tuple[Row, ...], terms: Terms) -> set[str]:
    plain = [number for number, column in enumerate(question.columns) if not column.is_evidence]
    distinct = {id(term): term for row in rows for number in plain if (term := row[number]) is not None}.values()
    things = {str(term) for term in distinct if isinstance(term, URIRef)}
    texts = [term for term in distinct if not isinstance(term, URIRef)]
    several = {iri for term in texts for iri in joined(term)}
    several |= {iri for term in texts for iri, _ in weighed(term) if iri.startswith(BASE)}
    asked = {str(term) for several in terms.values() for term in several if isinstance(term, URIRef)}
    return {iri for iri in things | several | asked if not set(iri) & set('<>"{}|^`\\ ')}


def _evidence(question: Question, rows: tuple[Row, ...]) -> set[str]:
    columns = [number for number, column in enumerate(question.columns) if column.is_evidence]
    return {iri for row in rows for number in columns for iri in split(row[number])}


def _hints(source: Source, question: Question, terms: Terms) -> tuple[Text, ...]:
    """For an answer without rows: the years for which the graph has values, where a year was asked for."""
    if not any(p.kind == "fiscal-year" and p.name in terms for p in question.parameters):
        return ()
    rows = source.select("SELECT (MIN(?y) AS ?first) (MAX(?y) AS ?last) WHERE { ?value jdx:forFiscalYear ?y }").rows
    years = [str(term).rsplit("/", 1)[-1] for term in rows[0] if term is not None] if rows else []
    if len(years) != 2:
        return ()
    return (
        Text(
            f"グラフに値のある年度は {years[0]} から {years[1]} です。年度を変えるか省いて尋ねてください。",
            f"The graph has values for FY{years[0]} to FY{years[1]}. Ask for another year, or leave it out.",
        ),
    )


def _note(source: Source, question: Question) -> Text:
    note = NOTES[question.negative]
    if question.negative != "closed":
        return note
    labels = names(source, (str(C[aspect]) for aspect in question.aspects))
    return Text(
        note.ja.format("、".join(labels[str(C[a])].ja for a in question.aspects)),
        note.en.format(", ".join(labels[str(C[a])].en for a in question.aspects)),
    )

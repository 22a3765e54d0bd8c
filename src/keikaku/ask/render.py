"""An answer as csv, tsv, json or Markdown: everything in it, with its evidence, in the order of the query."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask.answer import Answer, Row, flat_columns, joined, number_of, weighed
from keikaku.ask.evidence import Passage, in_order, split
from keikaku.ask.forms import Flat, to_csv, to_json, to_markdown
from keikaku.ask.marks import MARKS, REASONS, Judged, Reach
from keikaku.ask.question import Column
from keikaku.ask.words import Text
from keikaku.namespaces import BASE

FORMATS = ("table", "csv", "tsv", "json", "md")


def records(answer: Answer, lang: str) -> Iterator[list[Flat]]:
    """Rows for csv and data frames, in the order of `flat_columns`."""
    with_iri = set(flat_columns(answer))
    for row, judged in zip(answer.rows, answer.soundness.rows, strict=True):
        cells: list[Flat] = []
        for column, term in zip(answer.columns, row, strict=True):
            cells.append(flat_cell(answer, column, term, row, lang))
            if f"{column.name}_iri" in with_iri:
                cells.append(_iris(answer, column, term))
        yield [*cells, judged.mark.token, " ".join((*judged.reasons, *judged.aspects))]


def _iris(answer: Answer, column: Column, term: Node | None) -> str:
    """The IRIs of a cell; those of evidence in the order in which it is shown, which GROUP_CONCAT leaves open."""
    if term is None:
        return ""
    if not column.is_evidence:
        return str(term) if isinstance(term, URIRef) else ""
    shown = [passage.iri for passage in in_order(split(term), answer.passages)]
    return " ".join([*shown, *sorted(set(split(term)) - set(shown))])


def csv_text(answer: Answer, lang: str) -> str:
    """All rows as csv; columns are called by their names in the query, so that programs can rely on them."""
    return to_csv(flat_columns(answer), records(answer, lang))


def tsv_text(answer: Answer, lang: str) -> str:
    """All rows as tab-separated values."""
    return to_csv(flat_columns(answer), records(answer, lang), delimiter="\t")


def json_value(answer: Answer) -> dict[str, object]:
    """The whole answer as one JSON object, in both languages, the same whoever asks."""
    value: dict[str, object] = {
        "question": answer.question.id,
        "title": _both(answer.question.title),
        **({"analysis": answer.question.analysis} if answer.question.analysis else {}),
        "parameters": {
            name: [_term(answer, None, term) for term in terms] for name, terms in answer.parameters.items()
        },
        "negative": answer.question.negative,
        "note": _both(answer.note),
        "soundness": _soundness(answer),
        "columns": [{"name": column.name, **_both(column.label)} for column in answer.columns],
        "rows": [
            {
                column.name: _cell(answer, column, term, row)
                for column, term in zip(answer.columns, row, strict=True)
                if term is not None
            }
            | {"soundness": _judged(judged)}
            for row, judged in zip(answer.rows, answer.soundness.rows, strict=True)
        ],
    }
    if answer.soundness.reach:
        value["reach"] = _reach(answer, answer.soundness.reach)
    if answer.question.view == "three-lists":
        value["lists"] = [
            {"list": group.token, **_both(group.label), "count": group.count, "of": group.of, "rows": list(group.rows)}
            for group in answer.groups()
        ]
    return value


def json_text(answer: Answer) -> str:
    """The whole answer as JSON."""
    return to_json(json_value(answer))


def markdown_text(answer: Answer, lang: str) -> str:
    """The answer for a document: heading, what was asked, one table per list, and the note."""
    lines = [f"## {answer.question.title.of(lang)}\n", *(f"- {line}" for line in asked(answer, lang)), ""]
    shown = shown_columns(answer)
    header = [column.label.of(lang) for column in shown]
    positions = [answer.columns.index(column) for column in shown]

    def table(rows: tuple[int, ...]) -> str:
        chosen = [answer.rows[number] for number in rows]
        return to_markdown(
            header, ([flat_cell(answer, answer.columns[p], row[p], row, lang) for p in positions] for row in chosen)
        )

    groups = answer.groups()
    if groups:
        for group in groups:
            lines += [f"### {heading(group.label, group.count, group.of, lang)}\n", table(group.rows)]
    else:
        lines.append(table(tuple(range(len(answer.rows)))))
    lines.append("\n\n".join(text.of(lang) for text in remarks(answer)))
    return "\n".join(lines) + "\n"


def remarks(answer: Answer) -> list[Text]:
    """What stands below an answer everywhere: how sound it is (first, why it may be empty), what it is all of, and what a "no" rests on."""
    reach = answer.soundness.reach
    found = [*answer.hints, answer.soundness.sentence(), *([_reach_text(answer, reach)] if reach else []), answer.note]
    return [*found, computed(answer.question.analysis)] if answer.question.analysis else found


def computed(analysis: str) -> Text:
    """That a table was computed, by what, and where the formula stands."""
    return Text(
        f"この表は、問い合わせの行から分析「{analysis}」が計算したものです。式は docs/analysis.md にあります。",
        f"This table was computed from the rows of the query by the analysis “{analysis}”; its formulae are in docs/analysis.md.",
    )


def asked(answer: Answer, lang: str) -> list[str]:
    """What was asked with, one line per parameter; a parameter that was left out says so."""
    lines = []
    for parameter in answer.question.parameters:
        terms = answer.parameters.get(parameter.name, ())
        column = answer.question.column(parameter.name)
        text = ("、" if lang == "ja" else ", ").join(answer.text(column, term, lang) for term in terms)
        every = "すべて" if lang == "ja" else "all"
        lines.append(f"{parameter.label.of(lang)}: {text or every}")
    return lines


def shown_columns(answer: Answer) -> list[Column]:
    """The columns for people: without parameters of one value and the column of the list, which the headings name."""
    left_out = {name for name, terms in answer.parameters.items() if len(terms) == 1} | set(answer.question.hidden)
    if answer.question.view == "three-lists":
        left_out.add(answer.question.group)
    return [column for column in answer.columns if column.name not in left_out]


def heading(label: Text, count: int, of: int, lang: str) -> str:
    """A list with its denominator."""
    return f"{label.ja}: {count:,} / {of:,}" if lang == "ja" else f"{label.en}: {count:,} of {of:,}"


def evidence_text(passage: Passage, things: list[str], lang: str, *, within: bool = False) -> str:
    """A passage with what it prints for these things; `within` leaves the document out."""
    printed = passage.printed_for(things)
    return (passage.within(lang) if within else passage.shown(lang)) + (f" [{', '.join(printed)}]" if printed else "")


def mark_text(answer: Answer, number: int, lang: str) -> str:
    """The mark of one row with its reasons, for people."""
    judged = answer.soundness.rows[number]
    why = ("、" if lang == "ja" else "; ").join(REASONS[reason].of(lang) for reason in judged.reasons)
    label = MARKS[judged.mark].of(lang)
    return f"{label}（{why}）" if lang == "ja" else f"{label} ({why})"


def _soundness(answer: Answer) -> dict[str, object]:
    counts = {mark.token: count for mark, count in answer.soundness.counts().items()}
    return {"mark": answer.soundness.mark.token, "rows": counts, **_both(answer.soundness.sentence())}


def _judged(judged: Judged) -> dict[str, object]:
    value: dict[str, object] = {"mark": judged.mark.token, "why": list(judged.reasons)}
    return value | {"aspects": list(judged.aspects)} if judged.aspects else value


def _reach(answer: Answer, reach: Reach) -> dict[str, object]:
    parts = {"closed": reach.closed, "text-only": reach.text_only, "open": reach.open}
    named = {token: [{"iri": iri, **_both(answer.names[iri])} for iri in iris] for token, iris in parts.items()}
    return {"aspects": list(reach.aspects), **named}


def _reach_text(answer: Answer, reach: Reach) -> Text:
    """For which plans the list is all there is, for which only as far as the text goes, and for which there may be more."""
    words = (
        (reach.closed, "これで全部: {}", "all there is for: {}"),
        (reach.text_only, "受領した本文の範囲で全部: {}", "all in the received text of: {}"),
        (reach.open, "ほかにもあり得る: {}", "there may be more for: {}"),
    )
    ja = [ja.format(_listed(answer, iris, "ja")) for iris, ja, _ in words if iris]
    en = [en.format(_listed(answer, iris, "en")) for iris, _, en in words if iris]
    return Text(
        f"一覧の及ぶ範囲 — {'。'.join(ja) or '収録した計画はない'}。収録していない計画については何も言えません。",
        f"Reach of the list — {'; '.join(en) or 'no plan recorded'}. Nothing is said about plans that are not recorded.",
    )


def _listed(answer: Answer, iris: tuple[str, ...], lang: str, most: int = 6) -> str:
    """The names of things; beyond the first few only how many more."""
    shown = ("、" if lang == "ja" else ", ").join(answer.names[iri].of(lang) for iri in iris[:most])
    more = len(iris) - most
    if more <= 0:
        return shown
    return f"{shown}ほか{more:,}件" if lang == "ja" else f"{shown} and {more:,} more"


def flat_cell(answer: Answer, column: Column, term: Node | None, row: Row, lang: str) -> Flat:
    """One cell for a flat table: a number as a number, evidence as places, everything else as people read it."""
    number = number_of(term)
    if number is not None:
        return number
    if column.is_evidence and term is not None:
        things = answer.things(row)
        return "; ".join(evidence_text(passage, things, lang) for passage in in_order(split(term), answer.passages))
    return answer.text(column, term, lang)


def _cell(answer: Answer, column: Column, term: Node | None, row: Row) -> object:
    if column.is_evidence:
        things = answer.things(row)
        return [_passage(passage, things) for passage in in_order(split(term), answer.passages)]
    return _term(answer, column, term)


def _term(answer: Answer, column: Column | None, term: Node | None) -> object:
    number = number_of(term)
    if number is not None:
        return number
    if isinstance(term, URIRef):
        word = column.words.get(str(term).rsplit("/", 1)[-1]) if column else None
        return {"iri": str(term), **_both(word or answer.names.get(str(term), Text(str(term), str(term))))}
    word = column.words.get(str(term)) if column else None
    if word:
        return {"value": str(term), **_both(word)}
    if isinstance(term, Literal) and str(term.datatype).endswith("#boolean"):
        return str(term) == "true"
    return _several(answer, column, term) or str(term)


def _several(answer: Answer, column: Column | None, term: Node | None) -> list[dict[str, object]]:
    """The parts of a cell that holds several things, each with its share where an analysis gives one; else nothing."""
    parts = weighed(term) if column else []
    if column and parts:
        return [
            {
                ("iri" if name.startswith(BASE) else "value"): name,
                **_both(answer.part(column, name)),
                "share": float(share),
            }
            for name, share in parts
        ]
    return [{"iri": iri, **_both(answer.names[iri])} for iri in joined(term)]


def _passage(passage: Passage, things: list[str]) -> dict[str, object]:
    value: dict[str, object] = {"iri": passage.iri, "document": passage.document_id, **_both(passage.document)}
    value |= {"section": passage.section} if passage.section else {}
    value |= {"page": passage.page} if passage.page else {}
    value |= {"lines": list(passage.lines)} if passage.lines[0] else {}
    printed = passage.printed_for(things)
    return value | ({"printed": printed} if printed else {})


def _both(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}

"""An answer in a notebook: a table with links to the things and to their evidence."""

from __future__ import annotations

from html import escape

from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask.answer import Answer, Row
from keikaku.ask.evidence import in_order, split
from keikaku.ask.marks import Mark
from keikaku.ask.question import Column
from keikaku.ask.render import asked, evidence_text, heading, mark_text, remarks, shown_columns
from keikaku.ask.terminal import shorten


def table(answer: Answer) -> str:
    """HTML without scripts; every text is escaped. Unknowns are shortened as on the terminal, `to_pandas()` has them all."""
    lang = answer.lang
    parts = [f"<h4>{escape(answer.question.title.of(lang))}</h4>"]
    parts += [f"<div>{escape(line)}</div>" for line in asked(answer, lang)]
    groups = answer.groups()
    if not groups:
        parts.append(_rows(answer, tuple(range(len(answer))), lang))
    for group in groups:
        rows, left = shorten(answer, group.rows) if group.token == "unknown" else (group.rows, 0)  # noqa: S105 - no password
        parts += [f"<h5>{escape(heading(group.label, group.count, group.of, lang))}</h5>", _rows(answer, rows, lang)]
        if left:
            parts.append(f"<div>…ほか {left:,} 団体</div>" if lang == "ja" else f"<div>…and {left:,} more</div>")
    parts += [f"<p><small>{escape(remark.of(lang))}</small></p>" for remark in remarks(answer)]
    return "".join(parts)


def _rows(answer: Answer, rows: tuple[int, ...], lang: str) -> str:
    columns = shown_columns(answer)
    marked = answer.soundness.mark is not Mark.SOUND
    labels = [column.label.of(lang) for column in columns]
    labels += ["確かさ" if lang == "ja" else "soundness"] if marked else []
    head = "".join(f"<th>{escape(label)}</th>" for label in labels)
    body = []
    for number in rows:
        row = answer.rows[number]
        cells = [_cell(answer, column, row[answer.columns.index(column)], row, lang) for column in columns]
        cells += [escape(mark_text(answer, number, lang))] if marked else []
        body.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _cell(answer: Answer, column: Column, term: Node | None, row: Row, lang: str) -> str:
    if column.is_evidence:
        found = in_order(split(term), answer.passages)
        return "<br>".join(_link(p.iri, evidence_text(p, answer.things(row), lang)) for p in found)
    text = answer.text(column, term, lang)
    return _link(str(term), text) if isinstance(term, URIRef) else escape(text)


def _link(iri: str, text: str) -> str:
    return f'<a href="{escape(iri, quote=True)}">{escape(text)}</a>' if iri.startswith("http") else escape(text)

"""An answer as a workbook (Office Open XML): the rows, then every passage they rest on, then what was asked and the licence."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from keikaku.ask.answer import Answer
from keikaku.ask.cite import citations
from keikaku.ask.evidence import split
from keikaku.ask.forms import Flat
from keikaku.ask.render import asked, flat_cell, mark_text, remarks, shown_columns
from keikaku.ask.words import Text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LICENCE = Text(
    "ライセンス: CC BY 4.0（keikaku、自治体DX計画オープン知識グラフ）。事実の出所は「根拠」の文書と行。原典の文章は含みません。",
    "Licence: CC BY 4.0 (keikaku, the open knowledge graph of municipal digital plans). Facts stand in the documents and lines of the "
    "sheet “evidence”; no text of the sources is included.",
)
#: Control characters that XML 1.0 does not allow.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: The widest column, in characters; longer text wraps.
_WIDEST = 60
#: Zip archives know no year before 1980; a fixed day makes equal answers equal bytes.
_DAY = (1980, 1, 1, 0, 0, 0)


def workbook(answer: Answer, lang: str, build_id: str = "") -> bytes:
    """The workbook of an answer. No text can become a formula, whatever it begins with; equal answers give equal bytes."""
    book = Workbook()
    for unwanted in book.worksheets:
        book.remove(unwanted)
    rows = book.create_sheet("答え" if lang == "ja" else "answer")
    shown = shown_columns(answer)
    head = ["行" if lang == "ja" else "row", *(column.label.of(lang) for column in shown)]
    head.append("確かさ" if lang == "ja" else "soundness")
    _fill(
        rows,
        head,
        (
            [
                number + 1,
                *(flat_cell(answer, column, row[answer.columns.index(column)], row, lang) for column in shown),
                mark_text(answer, number, lang),
            ]
            for number, row in enumerate(answer.rows)
        ),
    )
    _fill(book.create_sheet("根拠" if lang == "ja" else "evidence"), *_evidence(answer, lang, build_id))
    lines = [answer.question.title.of(lang), *asked(answer, lang), *(text.of(lang) for text in remarks(answer))]
    lines += [f"question: {answer.question.id}", *([f"build: {build_id}"] if build_id else []), LICENCE.of(lang)]
    _about(book, lines, lang)
    return _fixed(book)


def plain_workbook(columns: Sequence[str], rows: Iterable[Sequence[Flat]], lang: str, about: Sequence[str]) -> bytes:
    """A workbook of any table, such as the rows of a query, with a sheet that says what it is."""
    book = Workbook()
    for unwanted in book.worksheets:
        book.remove(unwanted)
    _fill(book.create_sheet("表" if lang == "ja" else "table"), columns, rows)
    _about(book, [*about, LICENCE.of(lang)], lang)
    return _fixed(book)


def _about(book: Workbook, lines: Sequence[str], lang: str) -> None:
    sheet = book.create_sheet("この表について" if lang == "ja" else "about")
    for number, line in enumerate(lines, 1):
        _put(sheet, number, 1, line)
    sheet.column_dimensions["A"].width = 110


def _evidence(answer: Answer, lang: str, build_id: str) -> tuple[list[str], Iterable[list[Flat]]]:
    """One line for each passage of each row: where it stands, what is printed there for the row, and how to cite it."""
    ja = ["行", "列", "文書", "文書ID", "節", "頁", "最初の行", "最後の行", "原典の表記", "根拠IRI", "引用"]
    en = ["row", "column", "document", "document id", "section", "page", "first line", "last line", "as printed", "IRI"]
    en.append("cite as")
    found: list[list[Flat]] = []
    for number, row in enumerate(answer.rows, 1):
        things = answer.things(row)
        for column, term in zip(answer.columns, row, strict=True):
            for iri in split(term) if column.is_evidence else ():
                p = answer.passages[iri]
                printed = "; ".join(p.printed_for(things))
                cite = citations([p], answer.works, things, build_id)[0]
                found.append(
                    [
                        *(number, column.label.of(lang), p.document.of(lang), p.document_id, p.section, p.page),
                        *(p.lines[0] or None, p.lines[1] or None, printed, iri, cite.line(lang)),
                    ]
                )
    found += [[], [LICENCE.of(lang)]]
    return (ja if lang == "ja" else en), found


def _fill(sheet: Worksheet, head: Sequence[str], rows: Iterable[Sequence[Flat]]) -> None:
    """Write a table: head in bold and kept in sight, columns as wide as their text up to a limit."""
    widths = [_width(name) for name in head]
    for position, name in enumerate(head, 1):
        _put(sheet, 1, position, name)
        cell = sheet.cell(1, position)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E3EEF5")
    last = 1
    for last, row in enumerate(rows, 2):
        for position, value in enumerate(row, 1):
            _put(sheet, last, position, value)
            if len(row) == len(head):
                widths[position - 1] = max(widths[position - 1], _width(value))
    for position, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = min(width + 2, _WIDEST)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{last}"


def _put(sheet: Worksheet, row: int, column: int, value: Flat) -> None:
    """Write one cell: numbers as numbers, every text as text."""
    if value is None or value == "":
        return
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = _CONTROL.sub(" ", value)
        cell.data_type = "s"  # openpyxl takes a text that begins with "=" for a formula
        cell.quotePrefix = value[:1] in "=+-@"  # it stays a text when it is edited
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = value
        cell.alignment = Alignment(vertical="top")


def _width(value: Flat) -> int:
    """Columns of text: a full-width character takes two."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in str(value if value is not None else ""))


def _fixed(book: Workbook) -> bytes:
    """Save without the time of saving."""
    book.properties.creator = "keikaku"
    book.properties.created = datetime(*_DAY, tzinfo=UTC).replace(tzinfo=None)
    made, out = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(entry.filename, _DAY), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()

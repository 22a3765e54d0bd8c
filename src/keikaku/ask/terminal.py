"""An answer on a terminal: long lists of unknowns are counted and shortened here, and only here."""

from __future__ import annotations

from rdflib.term import Node
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from keikaku.ask.answer import Answer, Group, Row
from keikaku.ask.evidence import in_order, split
from keikaku.ask.marks import Mark
from keikaku.ask.question import Column
from keikaku.ask.render import asked, evidence_text, heading, mark_text, remarks, shown_columns
from keikaku.ask.words import Text

#: Rows of the unknown list that are shown when there is nothing to say about them but their reason.
FIRST = 5
#: Passages of one cell that are shown.
MOST_PASSAGES = 4
#: Where ready citation lines are.
CITE = Text(
    "引用の書き方は --cite、表計算のファイルは -o 名前.xlsx で得られます。",
    "For citation lines add --cite, for a workbook -o NAME.xlsx.",
)


def show(answer: Answer, console: Console, lang: str) -> None:
    """Print the answer: what was asked, the table or the three lists, and what a "no" rests on."""
    console.print(Styled(answer.question.title.of(lang), style="bold"))
    for line in asked(answer, lang):
        console.print(Styled(f"  {line}"))
    groups = answer.groups()
    if not groups:
        console.print(_table(answer, tuple(range(len(answer))), lang))
        if not answer.rows:
            console.print("  (該当する行はありません)" if lang == "ja" else "  (no rows)")
    for group in groups:
        _list(answer, group, console, lang)
    for remark in remarks(answer):
        console.print(Styled(remark.of(lang), style="dim"))
    if answer.passages:
        console.print(Styled(CITE.of(lang), style="dim"))


def shorten(answer: Answer, rows: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """The rows to show of the unknown list and how many are left: rows with evidence first, then the first few."""
    telling = [number for number in rows if answer.evidence(answer.rows[number])]
    others = [number for number in rows if number not in set(telling)]
    if len(others) <= FIRST + 1:
        return rows, 0
    return (*telling, *others[:FIRST]), len(others) - FIRST


def _list(answer: Answer, group: Group, console: Console, lang: str) -> None:
    console.print()
    console.print(Styled(heading(group.label, group.count, group.of, lang), style="bold"))
    if not group.rows:
        console.print("  (なし)" if lang == "ja" else "  (none)")
        return
    rows, left = shorten(answer, group.rows) if group.token == "unknown" else (group.rows, 0)  # noqa: S105 - no password
    console.print(_table(answer, rows, lang))
    if left:
        console.print(f"  …ほか {left:,} 団体" if lang == "ja" else f"  …and {left:,} more")


def _table(answer: Answer, rows: tuple[int, ...], lang: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    columns = [c for c in shown_columns(answer) if _used(answer, c, rows)]
    for column in columns:
        table.add_column(column.label.of(lang), overflow="fold")
    marked = answer.soundness.mark is not Mark.SOUND
    if marked:
        table.add_column("確かさ" if lang == "ja" else "soundness", overflow="fold")
    positions = [answer.columns.index(column) for column in columns]
    for number in rows:
        row = answer.rows[number]
        cells = []
        for position in positions:
            column, term = answer.columns[position], row[position]
            if column.is_evidence:
                cells.append(_passages(answer, row, term, lang))
            else:
                cells.append(answer.text(column, term, lang))
        if marked:
            cells.append(mark_text(answer, number, lang))
        table.add_row(*(Styled(cell) for cell in cells))
    return table


def _passages(answer: Answer, row: Row, term: Node | None, lang: str) -> str:
    """The first passages of a cell, one a line; the document is left out where the row's plan already names it."""
    things = answer.things(row)
    one_plan = len({p.document_id for p in answer.evidence(row)}) == 1 and any("/plan/" in thing for thing in things)
    found = in_order(split(term), answer.passages)
    lines = [evidence_text(passage, things, lang, within=one_plan) for passage in found[:MOST_PASSAGES]]
    if len(found) > MOST_PASSAGES:
        more = len(found) - MOST_PASSAGES
        lines.append(f"…ほか {more} 箇所" if lang == "ja" else f"…and {more} more passages")
    return "\n".join(lines)


def _used(answer: Answer, column: Column, rows: tuple[int, ...]) -> bool:
    position = answer.columns.index(column)
    return any(answer.rows[number][position] is not None for number in rows)

"""Tables as csv, tsv, json and Markdown: how a cell is written, whatever the table is about."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence

#: What a flat cell may hold.
Flat = str | int | float | None

#: Spreadsheets take a text that begins with one of these for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def protect(cell: Flat) -> Flat:
    """Keep a spreadsheet from reading a text as a formula: an apostrophe goes before it. Numbers, also negative, stay.

    >>> protect("=1+1"), protect(-5), protect("-5"), protect("-5分")
    ("'=1+1", -5, '-5', "'-5分")
    """
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Flat]], delimiter: str = ",") -> str:
    """RFC 4180 with LF line ends; the same with tabs for tsv. No text can become a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([protect(cell) for cell in row] for row in rows)
    return out.getvalue()


def to_markdown(header: Sequence[str], rows: Iterable[Sequence[Flat]]) -> str:
    """A GitHub table; bars and line feeds inside cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(_md(cell) for cell in line) + " |\n" for line in lines)


def to_json(value: object) -> str:
    """JSON for files and tests: readable, in UTF-8, keys in the order given, so equal values give equal bytes."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _md(cell: Flat) -> str:
    text = "" if cell is None else str(cell)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")

"""Run the check queries: SELECTs over the whole store whose every row is something wrong (zero rows mean pass)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib.term import Node

from keikaku.errors import CannotRunError, Place, shown_path
from keikaku.report import Finding, Severity
from keikaku.validate.names import vocabulary_file

#: Answers a SELECT over the union of all graphs: one mapping per row, from variable to term.
Select = Callable[[str], Iterable[Mapping[str, Node]]]
PlaceOf = Callable[[str, str | None], Place]

_LINE = re.compile(r"#\+ ?(?:(?P<key>[a-z]+): (?P<text>.+)|  (?P<more>.+))")
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Check:
    """One check query with what its header says; texts are (ja, en), `{x}` in a message is a variable of the row."""

    file: str
    rule: str
    severity: Severity
    focus: str
    title: tuple[str, str]
    message: tuple[str, str]
    remedy: tuple[str, str]
    query: str


def run(folder: Path, root: Path, select: Select, place_of: PlaceOf | None = None) -> list[Finding]:
    """Run every check query of a folder and turn each row into a finding.

    place_of tells where the thing in the focus column stands; without it, the file of ontology/ for a term of ours and
    the query file for anything else. Raises CannotRunError for a header that lacks something.
    """
    findings = [
        _finding(check, row, place_of) for check in load(folder, root) for row in select(check.query)
    ]  # fmt: skip
    return sorted(set(findings), key=lambda f: (f.severity, f.place.file, f.place.line or 0, f.rule, f.text_en))


def load(folder: Path, root: Path) -> list[Check]:
    """Read the check queries of a folder, in the order of their names."""
    return [read(path.read_text(encoding="utf-8"), shown_path(path, root)) for path in sorted(folder.glob("*.rq"))]


def read(text: str, file: str) -> Check:
    """Read a check query.

    Its header has `#+ key: text` lines for title, rule, severity, focus, message and do; a line that begins with more
    than one blank goes on with the one before; Japanese comes first, then ` / `, then English.
    """
    header: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found and found["key"]:
            last = found["key"]
            header[last] = found["text"]
        elif found and last:
            header[last] += f" {found['more'].strip()}"
    severities = {severity.name.lower(): severity for severity in Severity}
    wanted = ("title", "rule", "severity", "focus", "message", "do")
    missing = [key for key in wanted if key not in header]
    if missing or header["severity"] not in severities:
        raise CannotRunError(
            f"the header of this check lacks {', '.join(missing) or 'a known severity'}",
            do="Write #+ severity: violation, warning or info, and the other lines",
            rule="queries/checks/README.md", place=Place(file, 1),
        )  # fmt: skip
    return Check(
        file, header["rule"], severities[header["severity"]], header["focus"],
        _pair(header["title"]), _pair(header["message"]), _pair(header["do"]), text,
    )  # fmt: skip


def _pair(text: str) -> tuple[str, str]:
    ja, _, en = text.partition(" / ")
    return ja.strip(), en.strip()


def _finding(check: Check, row: Mapping[str, Node], place_of: PlaceOf | None) -> Finding:
    focus = str(row.get(check.focus, ""))
    ja, en = (_VARIABLE.sub(lambda m: str(row.get(m[1], m[0])), text) for text in check.message)
    place = place_of(focus, None) if place_of else Place(vocabulary_file(focus) or check.file)
    return Finding(
        check.severity, place, check.rule, en, ja, check.remedy[1], check.remedy[0], check.file, focus
    )  # fmt: skip

"""Run the check queries: SELECTs whose every row is something wrong (zero rows mean pass).

Most join what one document says, and run on what it can see, so that their findings are kept with it; those across documents
run on the whole store. One counts together what every document tells for itself (`Tally`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.errors import CannotRunError, Place, shown_path
from keikaku.report import Finding, Severity
from keikaku.validate.names import vocabulary_file

#: Answers a SELECT over the union of all graphs: one mapping per row, from variable to term.
Select = Callable[[str], Iterable[Mapping[str, Node]]]
PlaceOf = Callable[[str, str | None], Place]

#: What a check is run on: each document, the whole store, or each document with the rows counted together.
DOCUMENT, STORE, TOGETHER = "document", "store", "together"
#: What one document tells: rule → thing → how many of the first counted column, the values of the others, and names; as JSON has it.
Tallies = dict[str, dict[str, list[Any]]]

_LINE = re.compile(r"#\+ ?(?:(?P<key>[a-z]+): (?P<text>.+)|  (?P<more>.+))")
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Check:
    """One check query with what its header says; texts are (ja, en), `{x}` in a message is a variable of the row.

    counted: of a check that counts together, the columns of which things and values are counted, as `{x}s` in the message.
    """

    file: str
    rule: str
    severity: Severity
    focus: str
    title: tuple[str, str]
    message: tuple[str, str]
    remedy: tuple[str, str]
    query: str
    scope: str = STORE
    counted: tuple[str, ...] = ()


def run(folder: Path, root: Path, select: Select, place_of: PlaceOf | None = None) -> list[Finding]:
    """Run every check query of a folder on one graph and turn each row into a finding.

    place_of tells where the thing in the focus column stands; without it, the file of ontology/ for a term of ours and
    the query file for anything else. Raises CannotRunError for a header that lacks something.
    """
    several = load(folder, root)
    return in_order([*rows(several, select, place_of), *together(several, [tallies(several, select)], place_of)])


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, each once, the worst first."""
    return sorted(set(findings), key=lambda f: (f.severity, f.place.file, f.place.line or 0, f.rule, f.text_en))


def of_scope(several: Iterable[Check], scope: str) -> tuple[Check, ...]:
    """The checks that are run on this."""
    return tuple(check for check in several if check.scope == scope)


def rows(several: Iterable[Check], select: Select, place_of: PlaceOf | None = None) -> list[Finding]:
    """The findings of the checks whose every row is one."""
    return [
        _finding(check, row, place_of) for check in several if check.scope != TOGETHER for row in select(check.query)
    ]


def tallies(several: Iterable[Check], select: Select) -> Tallies:
    """What one document tells for the checks that count together: rule → tally."""
    found: Tallies = {}
    for check in of_scope(several, TOGETHER):
        seen: dict[str, list[set[str]]] = {}
        called: dict[str, dict[str, str]] = {}
        for row in select(check.query):
            thing = str(row[check.focus])
            for column, values in zip(
                check.counted, seen.setdefault(thing, [set() for _ in check.counted]), strict=True
            ):
                values.add(str(row[column]))
            called[thing] = {name: str(row[name]) for name in row if name not in (check.focus, *check.counted)}
        found[check.rule] = {
            thing: [len(sets[0]), [sorted(values) for values in sets[1:]], called[thing]]
            for thing, sets in sorted(seen.items())
        }
    return found


def together(
    several: Iterable[Check], told: Iterable[Mapping[str, Any]], place_of: PlaceOf | None = None
) -> list[Finding]:
    """The things that documents tell more than one of the first counted column of, and that differ in another one."""
    findings, all_told = [], list(told)
    for check in of_scope(several, TOGETHER):
        first: Counter[str] = Counter()
        others: dict[str, list[set[str]]] = {}
        called: dict[str, dict[str, str]] = {}
        for one in all_told:
            for thing, (count, values, names) in one.get(check.rule, {}).items():
                first[thing] += count
                called[thing] = names
                for seen, more in zip(others.setdefault(thing, [set() for _ in values]), values, strict=True):
                    seen.update(more)
        for thing, sets in others.items():
            if first[thing] > 1 and any(len(seen) > 1 for seen in sets):
                numbers = zip(check.counted, (first[thing], *(len(seen) for seen in sets)), strict=True)
                row: dict[str, Node] = {name: Literal(text) for name, text in called[thing].items()}
                row |= {f"{name}s": Literal(number) for name, number in numbers}
                findings.append(_finding(check, {**row, check.focus: URIRef(thing)}, place_of))
    return findings


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
            ja=f"この検査の見出しに {', '.join(missing) or '正しい severity'} がありません",
            do="Write #+ severity: violation, warning or info, and the other lines",
            do_ja="#+ severity: には violation、warning、info のどれかを書き、ほかの見出しも加えてください",
            rule="queries/checks/README.md", place=Place(file, 1),
        )  # fmt: skip
    return Check(
        file, header["rule"], severities[header["severity"]], header["focus"],
        _pair(header["title"]), _pair(header["message"]), _pair(header["do"]), text,
        header.get("scope", STORE), tuple(header.get("counted", "").split()),
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

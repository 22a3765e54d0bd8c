"""What can be told from the text of a SPARQL query without an engine: its dataset, whether it leaves the machine, what is misspelt."""

from __future__ import annotations

import difflib
import re

from keikaku.errors import Place, QueryError
from keikaku.namespaces import PREFIXES

_QUIET = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|"{3}(?:.|\n)*?"{3}|'{3}(?:.|\n)*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\#[^\n]*"""
)


def bare(text: str) -> str:
    """The query with IRIs, strings and comments blanked out, same length, so that keywords can be looked for safely."""
    return _QUIET.sub(lambda m: "".join("\n" if ch == "\n" else " " for ch in m[0]), text)


#: What every clause FROM looks like, and some other texts. A comment may stand before the name of the graph.
_MAYBE_FROM = re.compile(r"FROM\s*(?:[<#:]|NAMED\b|[\w.-]+:)", re.IGNORECASE)


def has_dataset_clause(text: str) -> bool:
    """Whether the query names its dataset itself (FROM, FROM NAMED); then the default graph is not the union."""
    if "from" not in text.lower() or not _MAYBE_FROM.search(
        text
    ):  # most queries; blanking out a long one takes as long as answering it
        return False
    return re.search(r"(?<![?$:\w])FROM\b(?!\s*:)", bare(text), re.IGNORECASE) is not None


#: What every SERVICE looks like, and some other texts. A comment may stand before what it names.
_MAYBE_SERVICE = re.compile(r"SERVICE\s*(?:[<?$#:]|SILENT\b|[\w.-]+:)", re.IGNORECASE)


def refuse_service(text: str, place: Place | None) -> None:
    """Refuse SERVICE: the embedded engine would call other machines, and has no switch against it."""
    for form in (text, _CODEPOINT.sub(_unescape, text)) if "\\" in text else (text,):
        if "service" not in form.lower() or not _MAYBE_SERVICE.search(
            form
        ):  # most queries; many name a thing whose IRI has the word
            continue
        found = re.search(r"(?<![?$:\w])SERVICE\b(?!\s*:)", bare(form), re.IGNORECASE)
        if not found:
            continue
        line = form.count("\n", 0, found.start()) + 1
        raise QueryError(
            f"line {line}: SERVICE is not allowed here, since it sends data to other machines",
            ja=f"{line} 行目: SERVICE は使えません。データがほかの機械に送られるためです",
            do="Ask the other endpoint directly and join the answers",
            do_ja="ほかの窓口には直接尋ね、答えをつなげてください",
            rule="docs/sparql.md",
            place=place,
        )


#: Codepoint escapes, which SPARQL 1.1 §19.2 resolves before anything else is read.
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def _unescape(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= 0x10FFFF else "?"


#: Words of SPARQL that people write most, for a hint at a misspelt one.
_WORDS = (
    "SELECT CONSTRUCT DESCRIBE ASK WHERE FILTER OPTIONAL UNION MINUS VALUES BIND GRAPH DISTINCT REDUCED PREFIX BASE FROM NAMED "
    "ORDER GROUP HAVING LIMIT OFFSET COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT SEPARATOR EXISTS NOT AS BY ASC DESC IN UNDEF "
    "LANG STR REGEX CONTAINS STRSTARTS STRENDS BOUND COALESCE IF YEAR MONTH DAY DATATYPE LANGMATCHES LCASE UCASE STRLEN REPLACE "
    "TRUE FALSE A ISIRI ISLITERAL CONCAT SUBSTR ABS ROUND CEIL FLOOR NOW IRI URI STRBEFORE STRAFTER SAMETERM STRDT STRLANG"
)


def _misspelt(text: str) -> tuple[str, str]:
    """A hint (ja, en) at the first word that is nearly, but not quite, a word of SPARQL; empty when there is none."""
    known = _WORDS.split()
    for word in re.findall(r"(?<![?$:\w@^-])[A-Za-z_]{4,}(?![\w:-])", bare(text)):
        near = difflib.get_close_matches(word.upper(), known, n=1, cutoff=0.75)
        if near and word.upper() not in known:
            return f"「{word}」は {near[0]} ではありませんか？", f"Did you mean {near[0]} for “{word}”?"
    return "", ""


def explain(text: str, error: SyntaxError, place: Place | None) -> QueryError:
    """Turn the parser's message into one sentence with line and column."""
    message = str(error)
    found = re.search(r"(?:error )?at (?:line )?(\d+)(?::| column )(\d+)", message)
    line, column = (int(found[1]), int(found[2])) if found else (error.lineno or 1, error.offset or 1)
    if "Prefix not found" in message:
        known = f"{', '.join(list(PREFIXES)[:8])} …"
        hint = f"A prefix is not declared; known without declaration: {known}"
        hint_ja = f"接頭辞が宣言されていません。宣言せずに使えるのは: {known}"
    else:
        tokens = [quoted or word for quoted, word in re.findall(r'"([^"\s]{1,12})"|\b([A-Z]{2,})\b', message)]
        hint_ja, hint = _misspelt(text)
        if tokens and not hint:
            hint_ja, hint = (f"{said}: {' '.join(tokens[:12])}" for said in ("ここに来るはずの語", "Expected one of"))
    lines = text.split("\n")
    near = lines[line - 1].strip()[:60] if 0 < line <= len(lines) else ""
    return QueryError(
        f"line {line}, column {column}: the query cannot be read here: {near or 'end of text'}",
        ja=f"{line} 行 {column} 列目: 問い合わせを読めません: {f'「{near}」' if near else '文の終わり'}",
        do=hint,
        do_ja=hint_ja,
        rule="docs/sparql.md",
        place=place,
    )


def other_form(wanted: str, place: Place | None) -> QueryError:
    """The error of a query that has not the wanted form, SELECT or CONSTRUCT."""
    pattern = {"SELECT": "SELECT … WHERE { … }", "CONSTRUCT": "CONSTRUCT { … } WHERE { … }"}[wanted]
    return QueryError(
        f"this query is not a {wanted}",
        ja=f"この問い合わせは {wanted} ではありません",
        do=f"Write {pattern}",
        do_ja=f"{pattern} の形で書いてください",
        place=place,
    )

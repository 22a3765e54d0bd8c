"""What a query is made into before a service gets it."""

from __future__ import annotations

import re

from keikaku.namespaces import PREFIXES
from keikaku.query_text import bare

_FORM = re.compile(r"(?<![?$:\w])(SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?!\s*:)", re.IGNORECASE)
#: Comments are taken out before a query is sent: SPARQLWrapper guesses from words in them what kind of request it is.
_COMMENT = re.compile(
    r"""(<[^<>"{}|^`\\\s]*>|"{3}(?:.|\n)*?"{3}|'{3}(?:.|\n)*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\#[^\n]*"""
)


def form_of(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE."""
    found = _FORM.search(_without_prologue(bare(text)))
    return found[1].upper() if found else "SELECT"


def with_prefixes(text: str) -> str:
    """The query without comments, with the prefixes that it uses and does not declare; lines stay where they are."""
    plain = _COMMENT.sub(lambda m: m[1] or "", text)
    quiet = bare(plain)
    declared = set(re.findall(r"\bPREFIX\s+([\w-]*)\s*:", quiet, re.IGNORECASE))
    used = set(re.findall(r"(?<![\w:?$@-])([A-Za-z][\w-]*):", quiet))
    missing = [prefix for prefix in PREFIXES if prefix in used - declared]
    return " ".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in missing) + (" " if missing else "") + plain


def _without_prologue(quiet: str) -> str:
    """A query with the declarations blanked out, where a prefix may be called `ask`."""
    return re.sub(r"\b(?:PREFIX\s+[\w-]*\s*:|BASE\b)", " ", quiet, flags=re.IGNORECASE)

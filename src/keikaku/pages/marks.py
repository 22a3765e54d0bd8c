"""Where a fact stands, as HTML: document, section, page and lines of its passages. No macros: a long page has thousands of these."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from keikaku.ask.evidence import Passage
from keikaku.pages.address import href

if TYPE_CHECKING:
    from keikaku.pages.leads.rows import Cell

#: Passages of one cell that are shown before the rest is folded away.
FEW_PASSAGES = 3
Cited = Sequence[tuple[Passage, Sequence[str]]]


def lines(passage: Passage, lang: str) -> str:
    """The lines of a passage in words, "" when the graph does not say."""
    first, last = passage.lines
    if not first:
        return ""
    if first == last:
        return f"{first}行" if lang == "ja" else f"line {first}"
    return f"{first}–{last}行" if lang == "ja" else f"lines {first}–{last}"


def passage(one: Passage, printed: Sequence[str] = (), before: Passage | None = None, lang: str = "ja") -> Markup:
    """One passage with what it prints; its document goes without saying where it is that of the one before."""
    link = _link(one, before is not None and before.document_id == one.document_id, lang)
    if not printed:
        return link
    said = escape(("、" if lang == "ja" else ", ").join(printed))
    title = "原典の表記" if lang == "ja" else "as printed"
    return Markup(f'{link} <span class="printed" title="{title}">{said}</span>')  # noqa: S704 - all parts are escaped


@lru_cache(maxsize=20_000)
def _link(one: Passage, known: bool, lang: str) -> Markup:
    ja = lang == "ja"
    told = (
        f' title="{escape(one.shown(lang))}">'
        if known
        else f'><span class="ev-doc">{escape(one.document.of(lang))}</span>'
    )
    section = escape(f"「{one.section}」" if ja else f"“{one.section}”") if one.section else ""
    heading = f' <span class="ev-sec">{section}</span>' if section else ""
    page = escape(f" {one.page}頁" if ja else f" p. {one.page}") if one.page else ""
    where = f' <span class="ev-lines">{lines(one, lang)}</span>'
    return Markup(f'<a class="ev" href="{escape(href(one.iri, lang))}"{told}{heading}{page}{where}</a>')  # noqa: S704 - all parts are escaped


def passages(several: Cited, lang: str) -> Markup:
    """The passages of a cell, one below the other; all but the first few are folded away."""
    before: list[Passage | None] = [None, *(one for one, _ in several)]
    made = [
        f'<div class="evs">{passage(one, printed, before[n] if n != FEW_PASSAGES else None, lang)}</div>'
        for n, (one, printed) in enumerate(several)
    ]
    left = len(made) - FEW_PASSAGES
    if left > 0:
        more = f"ほか{left}箇所" if lang == "ja" else f"{left} more"
        made.insert(FEW_PASSAGES, f'<details class="more"><summary>{more}</summary>')
        made.append("</details>")
    return Markup("".join(made))  # noqa: S704 - all parts are escaped


def mark(cell: Cell, own: Container[Passage] = (), lang: str = "ja") -> Markup:
    """The lines that a cell of evidence names, with all else on their titles; passages in `own` have been named before."""
    shown = [(one, printed) for one, printed in cell.passages if one not in own]
    if not shown:
        return Markup()
    made = [_mark(one, tuple(printed), lang) for one, printed in shown[:FEW_PASSAGES]]
    left = len(shown) - FEW_PASSAGES
    if left > 0:
        made.append(Markup(f'<span class="quiet">{f"ほか{left}" if lang == "ja" else f"+{left}"}</span>'))  # noqa: S704 - a number
    return Markup(f'<span class="src">{" ".join(made)}</span>')  # noqa: S704 - all parts are escaped


@lru_cache(maxsize=20_000)
def _mark(one: Passage, printed: tuple[str, ...], lang: str) -> Markup:
    ja = lang == "ja"
    title = f"根拠: {one.shown(lang)}" if ja else f"Evidence: {one.shown(lang)}"
    if printed:
        title += f" 表記「{'」「'.join(printed)}」" if ja else f" printed “{'”, “'.join(printed)}”"
    said = lines(one, lang) or ("根拠" if ja else "evidence")
    return Markup(f'<a class="mark-ev" href="{escape(href(one.iri, lang))}" title="{escape(title)}">{said}</a>')  # noqa: S704 - all parts are escaped

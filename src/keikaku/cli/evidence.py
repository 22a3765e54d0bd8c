"""Commands for people who check the passages: evidence lock, check and lines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from keikaku import evidence
from keikaku import settings as places
from keikaku.cli.app import app, example, run_of
from keikaku.cli.output import TableFormat, print_findings, print_table
from keikaku.report import count

evidence_app = typer.Typer(
    no_args_is_help=True, help="Lock line ranges of the source texts, and re-find every passage and number."
)
app.add_typer(evidence_app, name="evidence")

_SOURCES = typer.Option("--sources", help="Folder of the source texts; else KEIKAKU_SOURCES, else ../shared/sources.")


@evidence_app.command(epilog=example("keikaku evidence lock --sources ../shared/sources"))
def lock(context: typer.Context, sources: Annotated[Path | None, _SOURCES] = None) -> int:
    """Resolve every line range once and write data/evidence/*.tsv (no text of the sources is stored)."""
    run = run_of(context)
    settings = run.settings()
    done, findings = evidence.write_locks(settings, places.find_sources(settings, sources))
    print_findings(findings, run.lang, infos=False)
    heads = (
        ("文書", "範囲", "新規", "変更", "削除")
        if run.lang == "ja"
        else ("document", "ranges", "new", "changed", "dropped")
    )
    print_table("table", heads, [(d.document, d.ranges, d.new, d.changed, d.dropped) for d in done], run.console())
    return 1 if count(findings)["error"] else 0


@evidence_app.command(epilog=example("keikaku evidence check --sources ../shared/sources"))
def check(
    context: typer.Context,
    sources: Annotated[Path | None, _SOURCES] = None,
    form: TableFormat = "table",
) -> int:
    """Re-find every passage (checksum, lines, hash) and every stated number as printed; exit 1 when one is not found."""
    run = run_of(context)
    settings = run.settings()
    done, findings = evidence.check(settings, places.find_sources(settings, sources))
    if form == "table":
        print_findings(findings, run.lang, infos=False)
    heads = (
        ("文書", "根拠", "再確認", "数値", "再確認 ")
        if run.lang == "ja"
        else ("document", "passages", "found", "values", "found ")
    )
    rows = [(d.document, d.passages, d.passages_found, d.values, d.values_found) for d in done]
    print_table(form, heads, rows, run.console())
    passages, values = sum(d.passages for d in done), sum(d.values for d in done)
    share = 100 * (sum(d.passages_found + d.values_found for d in done)) / max(1, passages + values)
    words = {
        "ja": f"根拠 {passages} 件、数値 {values} 件、再確認率 {share:.1f}%",
        "en": f"{passages} passages, {values} values, {share:.1f} % found again",
    }
    sys.stderr.write(words[run.lang] + "\n")
    return 1 if count(findings)["error"] else 0


@evidence_app.command(epilog=example("keikaku evidence lines --sources ../shared/sources"))
def lines(
    context: typer.Context,
    sources: Annotated[Path | None, _SOURCES] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Show the open lines themselves (for curators; nothing is stored).")
    ] = False,
    form: TableFormat = "table",
) -> int:
    """Tell which lines of the source texts no evidence points to, and which of them look like facts."""
    run = run_of(context)
    settings = run.settings()
    found = evidence.cover(settings, places.find_sources(settings, sources))
    heads = {
        "ja": ("文書", "行(空行を除く)", "根拠のある行", "割合 %", "狭い範囲で", "事実らしいのに根拠のない行"),
        "en": (
            "document",
            "lines that hold words",
            "with evidence",
            "share %",
            "by narrow ranges",
            "open lines that look like facts",
        ),
    }[run.lang]
    rows = [
        (c.document, c.lines, c.covered, round(100 * c.covered / max(1, c.lines), 1), c.narrowly, len(c.open))
        for c, _ in found
    ]
    print_table(form, heads, rows, run.console())
    if show:
        for counted, text in found:
            pieces = text.text.split("\n")
            for number in counted.open:
                sys.stdout.write(f"{counted.document}:{number}: {pieces[number - 1].strip()[:100]}\n")
    return 0

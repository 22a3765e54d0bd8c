"""`keikaku coverage`: what is recorded, missing, stated as absent, lost or unknown, of all documents or of one."""

from __future__ import annotations

from typing import Annotated

import typer

from keikaku.ask import recorded
from keikaku.ask.coverage import coverage
from keikaku.ask.coverage_forms import (
    FEW,
    ITEM_COLUMNS,
    OVERVIEW_COLUMNS,
    gap_header,
    gap_row,
    head,
    item_rows,
    json_value,
    markdown,
    note_kinds,
    overview,
    overview_rows,
)  # fmt: skip
from keikaku.ask.covered import LISTS, Coverage, Report
from keikaku.ask.forms import to_json
from keikaku.ask.letter import letter
from keikaku.cli.app import EndpointOption, app, example, run_of
from keikaku.cli.output import TableFormat, print_table, write


@app.command(name="coverage", epilog=example("keikaku coverage --lang en"))
def coverage_command(
    context: typer.Context,
    plan: Annotated[
        str | None,
        typer.Argument(
            metavar="PLAN",
            help="A plan or casebook: 222071/dx/2022, 222071, 富士宮市, Fujinomiya, 222071-dx-2022 or its title; else all, a line each.",
        ),
    ] = None,
    form: TableFormat = "table",
    endpoint: EndpointOption = None,
) -> None:
    """Report what is recorded of a plan, what it lacks, states as absent, what its text has lost, and what is unknown."""
    run = run_of(context)
    store, lang = run.graph(endpoint), run.lang
    found = coverage(store, run.settings().queries / "pages" / "coverage", recorded.find(store, plan) if plan else None)
    if form == "json":
        write(to_json(json_value(found)))
    elif form in ("csv", "tsv"):
        header, rows = (
            (ITEM_COLUMNS, item_rows(found, lang)) if plan else (OVERVIEW_COLUMNS, overview_rows(found, lang))
        )
        print_table(form, header, list(rows), run.console())
    elif not plan:
        print_table(form, *overview(found, lang), run.console())
    elif form == "md":
        write("\n".join(markdown(found, report, lang) for report in found.reports))
    else:
        for report in found.reports:
            _print(found, report, lang, context)


def _print(found: Coverage, report: Report, lang: str, context: typer.Context) -> None:
    """One report for the terminal: the head, the lists as tables, the notes by kind, and the words to the city."""
    console = run_of(context).console()
    write(f"{found.names[report.plan].of(lang)}\n\n")
    write("".join(f"  {label}: {text}\n" for label, text in head(found, report, lang)))
    for number, (name, gaps) in enumerate(report.gaps.items(), 1):
        write(f"\n{number}. {LISTS[name].of(lang)}: {report.count(name)}\n")
        if gaps:
            print_table("table", gap_header(lang), [gap_row(found, gap, lang, FEW) for gap in gaps], console)
    if report.notes:
        title = "原典の品質" if lang == "ja" else "Quality of the source"
        write(f"\n6. {title}: {len(report.notes)} ({note_kinds(found, report, lang)}; --format md)\n")
    words = letter(found, report)
    write(f"\n{words.heading.of(lang)}\n\n{words.to.of(lang)}\n{words.opening.of(lang)}\n")
    for point in words.points:
        write(f"\n{point.lead.of(lang)}\n" + "".join(f"  - {item.of(lang)}\n" for item in point.items))
    write(f"\n{words.closing.of(lang)}\n")

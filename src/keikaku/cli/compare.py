"""`keikaku compare`: cities side by side, themes and KPIs with a verdict on whether they may be compared."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from keikaku.ask import library
from keikaku.ask.cities import NOTE, compare
from keikaku.ask.compared import KPI_COLUMNS, THEME_COLUMNS, json_value, kpi_rows, matrix, shown_pairs, theme_rows
from keikaku.ask.forms import to_json
from keikaku.cli.app import EndpointOption, app, example, run_of
from keikaku.cli.output import TableFormat, note, print_table, write


@app.command(name="compare", epilog=example("keikaku compare 221309 242047 --lang en"))
def compare_command(
    context: typer.Context,
    governments: Annotated[
        list[str], typer.Argument(metavar="CODE CODE…", help="2 to 5 local governments, by code or name.")
    ],
    part: Annotated[
        Literal["all", "themes", "kpis"],
        typer.Option(help="What to show; csv and tsv hold one part, kpis unless told."),
    ] = "all",
    form: TableFormat = "table",
    endpoint: EndpointOption = None,
) -> None:
    """Put cities side by side: the level of every theme, and their KPIs with a verdict and its reasons. Never a ranking."""
    run = run_of(context)
    places = run.settings()
    found = compare(run.graph(endpoint), library(places.queries, places.root), governments)
    lang = run.lang
    if form == "json":
        value = json_value(found)
        left_out = {"all": "", "themes": "kpis", "kpis": "themes"}[part]
        write(to_json({key: said for key, said in value.items() if key != left_out}))
        return
    if form in ("csv", "tsv"):
        if part == "themes":
            print_table(form, THEME_COLUMNS, list(theme_rows(found, lang)), run.console())
        else:
            print_table(form, KPI_COLUMNS, list(kpi_rows(found, lang)), run.console())
        if part == "all":
            note(
                "テーマは省きました。csv に書けるのは一つの表です: --part themes"
                if lang == "ja"
                else "the themes are left out, since a csv holds one table: --part themes"
            )
        return
    if part != "kpis":
        print_table(form, *matrix(found, lang), run.console())
    if part != "themes":
        print_table(form, *shown_pairs(found, lang), run.console())
    write(f"\n{NOTE.of(lang)}\n")

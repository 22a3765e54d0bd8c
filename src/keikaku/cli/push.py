"""`keikaku push`: load the build into any store that speaks the Graph Store Protocol, or bring it up to date."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from keikaku import push as graphs
from keikaku.cli.app import app, example, run_of
from keikaku.cli.output import note, print_table
from keikaku.endpoint import reach
from keikaku.namespaces import path_of


@app.command(epilog=example("keikaku push --endpoint http://localhost:7878/query --dry-run"))
def push(
    context: typer.Context,
    endpoint: Annotated[str, typer.Option("--endpoint", metavar="URL", help="The SPARQL 1.1 service to load.")],
    graph_store: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Its address for the Graph Store Protocol; else the usual one beside it."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Load or update the graphs of a service: one named graph at a time, only what changed. A login comes from the environment."""
    run = run_of(context)
    store = run.store()
    target = reach(endpoint, os.environ)
    changes = graphs.plan(store, graphs.held(target))
    address = reach(graph_store or graphs.graph_store_of(endpoint), os.environ).url
    if not dry_run:
        graphs.write(store, changes, address, target.login, target.seconds, note)
    words = {"put": ("入れる", "put"), "delete": ("消す", "delete")}
    japanese = run.lang == "ja"
    if changes:
        header = ("グラフ", "変更", "文の数") if japanese else ("graph", "change", "statements")
        rows = [(path_of(c.graph), words[c.action][not japanese], c.statements) for c in changes]
        print_table("table", header, rows, run.console())
    if not changes:
        note(f"{endpoint} は最新です" if japanese else f"{endpoint} is up to date")
    elif dry_run:
        note(
            f"{len(changes)} グラフが変わります(実行していません)"
            if japanese
            else f"{len(changes)} graphs would change; nothing was sent"
        )
    else:
        note(
            f"{len(changes)} グラフを送りました: {address}" if japanese else f"{len(changes)} graphs sent to {address}"
        )

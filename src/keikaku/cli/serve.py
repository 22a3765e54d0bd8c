"""`keikaku serve`: the pages, the data of every thing and the SPARQL endpoint over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from keikaku.cli.app import EndpointOption, app, example, run_of


@app.command(epilog=example("keikaku serve --port 8000"))
def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for every one of this machine.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    endpoint: EndpointOption = None,
    log: Annotated[
        Literal["text", "json"], typer.Option(help="How to write the log: lines to read, or one JSON object per line.")
    ] = "text",
) -> None:
    """Serve the current build: pages, data and SPARQL. A new build is taken up without a restart."""
    from keikaku import serve as service  # noqa: PLC0415 - a third of a second that the other commands need not wait

    service.run(run_of(context).settings(), host, port, endpoint=endpoint or "", form=log)

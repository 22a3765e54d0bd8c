"""`keikaku publish`: the whole site as files."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from keikaku import search
from keikaku.cli.app import EndpointOption, app, example, run_of
from keikaku.cli.output import note
from keikaku.endpoint import copy, open_endpoint
from keikaku.namespaces import BASE


@app.command(name="publish", epilog=example("keikaku publish site"))
def publish_command(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that is new, empty, or holds an earlier site.")
    ],
    url: Annotated[
        str, typer.Option("--url", help="Where the site will be found, for sitemap and redirect rules.")
    ] = BASE,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes to use; else one per core.")] = None,
    endpoint: EndpointOption = None,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Publish a world made for measuring, which is refused otherwise.")
    ] = False,
) -> None:
    """Write the whole site as static files: pages, data, dumps, descriptions, reports, redirect rules."""
    from keikaku import publish  # noqa: PLC0415 - pages and templates, which the other commands need not load

    run = run_of(context)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="keikaku-") as there:
        store = Path(there) / "store" if endpoint else None
        if endpoint and store:
            search.write(copy(open_endpoint(endpoint), store), store / search.FILE)
        done = publish.publish(
            run.settings(), folder.absolute(), url, jobs, _progress(start), store, synthetic=synthetic
        )
    seconds = time.monotonic() - start
    if run.lang == "ja":
        note(
            f"{done.folder}: {done.files:,}ファイル、{done.bytes / 1e6:,.0f} MB、{seconds:,.0f}秒 (ビルド {done.build_id})"
        )
    else:
        note(
            f"{done.folder}: {done.files:,} files, {done.bytes / 1e6:,.0f} MB, {seconds:,.0f} s (build {done.build_id})"
        )


def _progress(start: float) -> Callable[[int, int], None]:
    """Say on stderr, every few seconds, how many addresses are written."""
    last = 0.0

    def say(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 5:
            last = now
            sys.stderr.write(f"[{now - start:5.1f} s] {done:,} / {total:,}\n")

    return say

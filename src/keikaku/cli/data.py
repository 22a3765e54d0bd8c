"""Commands for people who keep the data: build, validate, fmt."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from keikaku import build as building
from keikaku import search, watch
from keikaku import settings as places
from keikaku.cli.app import Run, app, example, run_of
from keikaku.cli.output import TableFormat, print_findings, print_table
from keikaku.errors import KeikakuError, shown_path
from keikaku.making import Aside, Progress
from keikaku.memory import Memory
from keikaku.read import layout
from keikaku.report import Finding, Severity, count
from keikaku.settings import Settings
from keikaku.store import Store, open_current
from keikaku.swap import Change

#: Of more documents than this, a table names only those that were done: laying out the others takes longer than one change.
MANY = 100


def _progress(lang: str) -> Progress:
    """Say on stderr what is being worked on, with the seconds since the start and, of many documents, an estimate of the rest."""
    start = time.monotonic()
    words = (
        {"ontology and reference": "オントロジーと基準データ", "store": "ストア", "documents": "文書"}
        if lang == "ja"
        else {}
    )
    last = began = start

    def say(step: str, done: int = 0, total: int = 0) -> None:
        nonlocal last, began
        now = time.monotonic()
        if step != "documents":
            began = now
        elif done < total and now - last < 2:
            return
        text = words.get(step, step)
        if step == "documents":
            left = (now - began) / done * (total - done)
            text += f" {done}/{total}" + (f"、残り約 {left:.0f} 秒" if lang == "ja" else f", about {left:.0f} s left")
        last = now
        sys.stderr.write(f"[{now - start:5.1f} s] {text}\n")

    return say


def _summary(findings: Iterable[Finding], lang: str) -> str:
    numbers = count(findings)
    if lang == "ja":
        return f"誤り {numbers['error']} 件、警告 {numbers['warning']} 件、情報 {numbers['info']} 件"
    return f"{numbers['error']} errors, {numbers['warning']} warnings, {numbers['info']} infos"


def write_index(made: Store, folder: Path, change: Change) -> None:
    """Write the search index beside a new store: that of the store before it with what has changed."""
    before = open_current(change.before) if change.before else None
    search.update(made, before, folder, change)


@app.command(epilog=example("keikaku build"))
def build(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Redo everything, also what has not changed.")] = False,
    infos: Annotated[bool, typer.Option("--infos", help="List findings of severity info too.")] = False,
    watching: Annotated[
        bool,
        typer.Option(
            "--watch", help="Then build again whenever an input file is saved, and tell what is new; Ctrl-C ends it."
        ),
    ] = False,
    form: TableFormat = "table",
) -> int:
    """Read, infer, validate and store; on an error the previous store stays in service."""
    run = run_of(context)
    settings = run.settings()
    with Aside(settings) as aside:
        if not watching:
            result = _built(settings, run.lang, Memory(), aside, full=full)
            _tell(result, result.findings, run, form, infos=infos)
            return 0 if result.ok else 1
        try:
            _watch(settings, run, form, aside, full=full, infos=infos)
        except KeyboardInterrupt:  # at whatever it was: what is half made is never used
            return 0
    return 0


def _watch(settings: Settings, run: Run, form: TableFormat, aside: Aside, *, full: bool, infos: bool) -> None:
    """Build, and again whenever an input file is saved."""
    memory, known = Memory(), frozenset[Finding]()
    for paths in watch.changes(settings):
        sys.stderr.write("".join(f"{shown_path(path, settings.root)}\n" for path in sorted(paths)[:MANY]))
        try:
            result = _built(settings, run.lang, memory, aside, full=full and not paths)
        except KeikakuError as error:
            sys.stderr.write(f"keikaku: {error.sentence(run.lang)}\n")
        else:
            new = (f for f in result.findings if f.severity is Severity.VIOLATION or f not in known)
            _tell(result, new, run, form, infos=infos)
            known = frozenset(result.findings)
        if not paths:
            sys.stderr.write("ファイルの保存を待っています。終えるには Ctrl-C\n" if run.lang == "ja" else "waiting for files to be saved; Ctrl-C ends it\n")  # fmt: skip


def _built(settings: Settings, lang: str, memory: Memory, aside: Aside, *, full: bool = False) -> building.Result:
    """Build with the search index."""
    return building.build(
        settings,
        full=full,
        progress=_progress(lang),
        extras=(write_index,),
        beside=(search.FILE,),
        memory=memory,
        aside=aside,
    )


def _tell(result: building.Result, findings: Iterable[Finding], run: Run, form: TableFormat, *, infos: bool) -> None:
    """Print what a build did, and these of its findings."""
    if form == "table":
        print_findings(findings, run.lang, infos=infos)
    rows = [(part.name, "reused" if part.reused else "done", part.statements, part.errors) for part in result.parts]
    if form == "table" and len(rows) > MANY:
        done = [row for row in rows if row[1] == "done"]
        reused = len(rows) - len(done)
        sys.stderr.write(
            f"reused の文書 {reused} 件は省略\n" if run.lang == "ja" else f"{reused} reused are not listed\n"
        )
        rows = done
    heads = ("文書", "状態", "文の数", "誤り") if run.lang == "ja" else ("document", "state", "statements", "errors")
    print_table(form, heads, rows, run.console())
    state = {
        "ja": (
            "誤りがあるため、前のストアを使い続けます",
            "変更はありません",
            f"ストア {result.build_id} に切り替えました",
        ),
        "en": (
            "the previous store stays in service because of errors",
            "nothing changed",
            f"the store is now {result.build_id}",
        ),
    }[run.lang][0 if not result.ok else 2 if result.stored else 1]
    sys.stderr.write(f"{_summary(result.findings, run.lang)}; {state}\n")


@app.command(epilog=example("keikaku validate data/plans/142051-fujisawa-2022.yaml"))
def validate(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Plan and casebook files; all when none is named.")] = None,
    infos: Annotated[bool, typer.Option("--infos", help="List findings of severity info too.")] = False,
    form: TableFormat = "table",
) -> int:
    """Print findings only, and store nothing; exit 1 when there are errors."""
    run = run_of(context)
    settings = run.settings()
    chosen = [places.existing_file(path) for path in paths] if paths else None
    parts = building.collect(settings, paths=chosen, progress=_progress(run.lang))
    findings = sorted(f for part in parts for f in part.findings)
    if form == "table":
        print_findings(findings, run.lang, infos=infos)
    else:
        rows = [(f.severity.label, f.place.file, f.place.line, f.rule, f.sentence(run.lang), f.focus) for f in findings]
        print_table(form, ("severity", "file", "line", "rule", "text", "focus"), rows, run.console())
    sys.stderr.write(_summary(findings, run.lang) + "\n")
    return 1 if count(findings)["error"] else 0


@app.command(epilog=example("keikaku fmt --check"))
def fmt(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Plan files, casebook files and registers; all when none is named.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 when a file would change.")] = False,
) -> int:
    """Bring plan files, casebook files and registers into the one layout: order of keys, one line where it fits, missing numbers."""
    run = run_of(context)
    settings = run.settings()
    changed = 0
    for path in [places.existing_file(p) for p in paths] if paths else layout_files(settings):
        old = path.read_text(encoding="utf-8")
        new = layout.formatted(old, shown_path(path, settings.root))
        if new == old:
            continue
        changed += 1
        if not check:
            layout.write(path, new)
        sys.stdout.write(f"{shown_path(path, settings.root)}\n")
    words = {
        "ja": f"{changed} 個のファイルの体裁が{'違います' if check else '変わりました'}",
        "en": f"{changed} files {'would change' if check else 'changed'}",
    }
    sys.stderr.write(words[run.lang] + "\n")
    return 1 if check and changed else 0


def layout_files(settings: Settings) -> list[Path]:
    """All files that `fmt` owns: plans, casebooks and registers."""
    return [*building.document_files(settings), *sorted((settings.data / "registers").glob("*.yaml"))]

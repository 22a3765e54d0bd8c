"""`keikaku questions` and `keikaku ask`: the question library on the command line."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from keikaku.ask import Answer, Question, ask, choose, library, prepared, terminal
from keikaku.ask.bind import sample
from keikaku.ask.question import AREAS
from keikaku.ask.render import csv_text, json_text, markdown_text, tsv_text
from keikaku.ask.terms import describe
from keikaku.ask.words import Text, did_you_mean
from keikaku.cli.app import EndpointOption, Run, app, example, run_of
from keikaku.cli.output import (
    Accessed,
    Cite,
    Output,
    TableFormat,
    note,
    print_citations,
    print_table,
    write,
    write_file,
)
from keikaku.errors import ParameterError
from keikaku.namespaces import QUESTION
from keikaku.settings import Settings


@app.command(epilog=example("keikaku questions who-lacks"))
def questions(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(metavar="ID", help="Tell all about one question.")] = None,
    area: Annotated[
        str | None, typer.Option(metavar="AREA", help=f"List the questions of one area: {', '.join(AREAS)}.")
    ] = None,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare",
            help="Make the answers about a whole nation beforehand; nothing to do for fewer than about a hundred plans.",
        ),
    ] = False,
    form: TableFormat = "table",
) -> None:
    """List the questions that can be asked: id, title, parameters."""
    run = run_of(context)
    places = run.settings()
    if prepare:
        _prepare(places, run.lang)
        return
    found = library(places.queries, places.root)
    if area is not None and area not in AREAS:
        areas = ", ".join(AREAS)
        hint = did_you_mean(area, AREAS) or Text(f"使えるのは: {areas}", f"Known: {areas}")
        raise ParameterError(
            f"there is no area “{area}”", ja=f"「{area}」という分野はありません", do=hint.en, do_ja=hint.ja
        )
    order = list(AREAS)
    listed = sorted((q for q in found.values() if area in (None, q.area)), key=lambda q: order.index(q.area))
    chosen = [choose(found, question)] if question else listed
    lang = run.lang
    if question:
        _about(chosen[0], run, form)
        return
    header = ("id", "分野", "質問", "パラメータ") if lang == "ja" else ("id", "area", "question", "parameters")
    if form != "table":
        header = ("id", "area", "title", "parameters")
    print_table(
        form,
        header,
        [
            (
                q.id,
                q.area if form != "table" else AREAS[q.area].of(lang),
                q.title.of(lang),
                " ".join(_option(q, p.name) for p in q.parameters),
            )
            for q in chosen
        ],
        run.console(),
    )


def _prepare(places: Settings, lang: str) -> None:
    """Make what is kept of the nation, and tell on stderr what is being made."""
    start = time.monotonic()

    def tell(name: str, number: int, of: int) -> None:
        sys.stderr.write(f"[{time.monotonic() - start:5.0f} s] {number}/{of} {name}\n")

    made = prepared.tables(places, tell) + prepared.answers(places, tell)
    told = f"{made} 件の表と答えを用意しました" if lang == "ja" else f"{made} tables and answers are ready"
    small = (
        "文書が少ないので、用意するものはありません"
        if lang == "ja"
        else "There are few documents, so there is nothing to prepare"
    )
    sys.stderr.write(f"{told if made else small}\n")


@app.command(
    name="ask",
    epilog=example("keikaku ask who-lacks --theme digital-divide --level initiative"),
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def ask_command(
    context: typer.Context,
    question: Annotated[
        str, typer.Argument(metavar="ID", help="A question of `keikaku questions`, such as who-lacks or cq09.")
    ],
    form: TableFormat = "table",
    output: Output = None,
    only_cite: Cite = False,
    accessed: Accessed = "",
    endpoint: EndpointOption = None,
) -> None:
    """Ask a question of the library. Its parameters are options: --theme X, --government X; several values mean any of them."""
    run = run_of(context)
    places = run.settings()
    chosen = choose(library(places.queries, places.root), question)
    given = given_parameters(chosen, context.args)
    store = run.graph(endpoint)
    answer = ask(store, chosen, given, run.lang)
    if output is not None:
        write_file(output, lambda suffix: file_bytes(answer, suffix, run.lang, store.build_id))
        note(f"{output}: {len(answer):,} 行" if run.lang == "ja" else f"{output}: {len(answer):,} rows")
    elif only_cite or accessed:
        print_citations(answer.cited(), form, run, accessed, str(QUESTION[chosen.id]), store.build_id)
    else:
        print_answer(answer, form, run)


def file_bytes(answer: Answer, suffix: str, lang: str, build_id: str) -> bytes:
    """An answer as a file of this kind."""
    if suffix == ".xlsx":
        from keikaku.ask.sheet import workbook  # noqa: PLC0415 - heavy to load, and only this needs it

        return workbook(answer, lang, build_id)
    texts = {".csv": csv_text, ".tsv": tsv_text, ".md": markdown_text}
    return (texts[suffix](answer, lang) if suffix in texts else json_text(answer)).encode()


def given_parameters(question: Question, words: list[str]) -> dict[str, list[str]]:
    """Read --NAME VALUE and --NAME=VALUE. Raises ParameterError for a name the question lacks, with the nearest it has."""
    given: dict[str, list[str]] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("--"):
            raise ParameterError(
                f"“{word}” belongs to no option",
                ja=f"「{word}」はどのオプションの値でもありません",
                do=f"Write --NAME VALUE: {_takes(question).en}; put a value with spaces into quotes",
                do_ja=f"--NAME VALUE の形で書いてください。{_takes(question).ja}。空白のある値は引用符で囲みます",
            )
        name, equals, value = word[2:].partition("=")
        parameter = question.parameter(name)
        if not equals:
            if not left or left[0].startswith("--"):
                raise ParameterError(
                    f"--{name} has no value",
                    ja=f"--{name} に値がありません",
                    do=describe(parameter),
                    do_ja=f"書き方の例: {describe(parameter, 'ja')}",
                )
            value = left.pop(0)
        given.setdefault(parameter.name, []).append(value)
    return given


def print_answer(answer: Answer, form: str, run: Run) -> None:
    """Print an answer in the form asked for."""
    if form == "table":
        terminal.show(answer, run.console(), run.lang)
    elif form == "json":
        write(json_text(answer))
    elif form == "md":
        write(markdown_text(answer, run.lang))
    else:
        write(csv_text(answer, run.lang) if form == "csv" else tsv_text(answer, run.lang))


def _takes(question: Question) -> Text:
    """What may stand after a question."""
    options = " ".join(_option(question, p.name) for p in question.parameters)
    return Text(
        f"{question.id} のパラメータは {options}" if options else f"{question.id} はパラメータを取りません",
        f"{question.id} takes {options or 'no parameters'}",
    )


def _option(question: Question, name: str) -> str:
    parameter = question.parameter(name)
    option = f"--{name.replace('_', '-')} {parameter.kind.upper()}"
    return option if parameter.left_out == "required" else f"[{option}]"


def _about(question: Question, run: Run, form: str) -> None:
    lang = run.lang
    rows = []
    for p in question.parameters:
        without = {
            "required": ("必須", "required"),
            "sample": ("省略時は見本の値", "else the sample"),
            "dropped": ("省略時はすべて", "else all"),
        }
        rows.append(
            (
                f"--{p.name.replace('_', '-')}",
                p.label.of(lang),
                describe(p, lang),
                without[p.left_out][lang == "en"],
                sample(question, p),
            )
        )
    names = (
        ("オプション", "意味", "値", "省略", "見本")
        if lang == "ja"
        else ("option", "meaning", "value", "left out", "sample")
    )
    if form == "table":
        write(f"{question.id}: {question.title.of(lang)}\n{question.summary.of(lang)}\n{question.place.file}\n")
    print_table(form, names, rows, run.console())

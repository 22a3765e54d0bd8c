"""The command `keikaku`: options that every command understands, and how errors reach a person.

Each command parses, calls one function, prints. Results go to stdout, messages to stderr; exit 0 fine, 1 findings or wrong
input, 2 cannot run.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from keikaku import settings as places
from keikaku.endpoint import Opened, open_endpoint
from keikaku.errors import KeikakuError, joined_ja, sentence
from keikaku.settings import Settings
from keikaku.store import Store, open_current

#: New objects before one looks for garbage, of which terms, rows and pages make little; the default is 700.
_GARBAGE = 50_000
EVERYWHERE = "Every command also takes --root DIR, --lang ja|en and --debug, before or after its name."


@dataclass(frozen=True)
class Run:
    """What was said once for the whole run: the folder of the project and the language of results."""

    root: Path | None = None
    lang: str = "ja"

    def settings(self) -> Settings:
        """The folders of this run. Raises CannotRunError outside a project."""
        return places.find(self.root)

    def store(self) -> Store:
        """The current build, read-only. Raises CannotRunError when there is none."""
        return open_current(self.settings().current)

    def graph(self, endpoint: str | None) -> Opened:
        """The graph that is asked: the service at this address, else the current build. Raises CannotRunError."""
        return open_endpoint(endpoint) if endpoint else self.store()

    def console(self) -> Console:
        """Where tables go: stdout, without colour when it is no terminal, wide enough for a table in a file."""
        return Console(width=None if sys.stdout.isatty() else 200, highlight=False, soft_wrap=False)


#: Asking a service in place of the build on this machine.
EndpointOption = Annotated[
    str | None,
    typer.Option(
        "--endpoint", metavar="URL", help="Ask this SPARQL 1.1 service in place of the build (docs/engines.md)."
    ),
]


def example(command: str) -> str:
    """The last lines of a command's help: a command that works, and the options that work everywhere."""
    return f"Example: {command}\n\n{EVERYWHERE}"


app = typer.Typer(
    name="keikaku",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=example("keikaku ask who-lacks --theme digital-divide"),
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def _options(
    context: typer.Context,
    root: Annotated[
        Path | None, typer.Option(help="Folder of the project; else KEIKAKU_ROOT, else the nearest one.")
    ] = None,
    lang: Annotated[Literal["ja", "en"], typer.Option(help="Language of results.")] = "ja",
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")] = False,
) -> None:
    """Ask, check and build the open knowledge graph of Japan's municipal digital plans."""
    del debug  # read in `main`, which must know it even when this is never reached
    context.obj = Run(root, lang)


def run_of(context: typer.Context) -> Run:
    """What was said for the whole run."""
    found = context.obj
    return found if isinstance(found, Run) else Run()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line and leave with its exit code; an error is one sentence, a traceback only with --debug."""
    collect_rarely()
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def collect_rarely() -> None:
    """Look for garbage less often, and not among the modules, which stay."""
    gc.freeze()
    gc.set_threshold(_GARBAGE, 20, 20)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; the exit code."""
    ordered = options_first(arguments)
    debug = "--debug" in ordered[: ordered.index("--") if "--" in ordered else None]
    lang = language(ordered)
    try:
        result = app(args=ordered, prog_name="keikaku", standalone_mode=False)
    except KeikakuError as error:
        return _failed(error.sentence(lang), error.exit_code, debug)
    except typer.Abort:
        return _failed("止めました。" if lang == "ja" else "stopped", 2, debug=False)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has had enough, as `head` has
        return 0
    except Exception as error:
        show, tell = getattr(error, "show", None), getattr(error, "format_message", None)
        if show is not None and tell is not None:  # Typer's own: an option or argument that is wrong or missing
            said = tell()
            return _failed(_usage(error, said, lang), 2, debug) if not said.startswith("Usage:") else _help(show)
        return _failed(_unexpected(error, lang), 2, debug)
    return result if isinstance(result, int) else 0


def _help(show: Callable[[], None]) -> int:
    """Nothing was said at all: the help."""
    show()
    return 2


def _unexpected(error: Exception, lang: str) -> str:
    """An error that no command expects as one sentence."""
    if isinstance(error, BrokenExecutor | MemoryError):
        if lang == "ja":
            return joined_ja(
                "途中のプロセスが終わってしまいました。メモリが足りないことが多いです",
                "ほかのプログラムを閉じて、もう一度実行してください。今までのビルドはそのままです",
            )
        return sentence(
            "a process that did part of the work has ended, most often for want of memory",
            do="Close other programs and run this again. The build there was is as it was",
        )
    what = f"{type(error).__name__}: {error}"
    if lang == "ja":
        return joined_ja(f"予期しない誤りです: {what}", "--debug を付けてもう一度実行し、出たものをお知らせください")
    return f"unexpected: {what}. Run again with --debug and report what it prints."


def _usage(error: Exception, message: str, lang: str) -> str:
    """A wrong or missing option or argument as one sentence, with where to read on; Typer's own words are English."""
    said = message.replace("Value error, ", "").strip()
    path = getattr(getattr(error, "ctx", None), "command_path", "keikaku")
    workbook = "--format" in said and "xlsx" in said
    if lang == "ja":
        do = "ブックは -o FILE.xlsx で書いてください" if workbook else f"書き方は {path} --help で見られます"
        return joined_ja(f"コマンドの書き方が違います: 「{said}」", do)
    if workbook:
        return sentence(said, do="Write a workbook with -o FILE.xlsx")
    return sentence(said, do="" if said.endswith("?") else f"See {path} --help")


def options_first(arguments: Sequence[str]) -> list[str]:
    """Move --root, --lang and --debug before the command, so that they may stand anywhere.

    >>> options_first(["ask", "who-lacks", "--lang", "en", "--theme", "cashless"])
    ['--lang', 'en', 'ask', 'who-lacks', '--theme', 'cashless']
    """
    first: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        if word in ("--root", "--lang") and left:
            first += [word, left.pop(0)]
        elif word == "--debug" or word.startswith(("--root=", "--lang=")):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def language(ordered: Sequence[str]) -> str:
    """The language that a run asks for, read from words that `options_first` has ordered; Japanese where it asks for none.

    >>> language(["--root", ".", "--lang", "en", "build"]), language(["--lang=en"]), language(["ask", "cq12"])
    ('en', 'en', 'ja')
    """
    lang = Run.lang
    left = iter(ordered)
    for word in left:
        if word in ("--root", "--lang"):
            value = next(left, "")
            lang = value if word == "--lang" else lang
        elif word.startswith("--lang="):
            lang = word.partition("=")[2]
        elif not word.startswith("--root=") and word != "--debug":
            break
    return lang


def _failed(message: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    sys.stderr.write(f"keikaku: {message}\n")
    return code

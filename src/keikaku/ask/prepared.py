"""Make what is kept of the whole nation (`materialised`) before somebody asks: tables of pages and answers of questions."""

from __future__ import annotations

from collections.abc import Callable

from keikaku.ask import materialised
from keikaku.ask.engine import ask
from keikaku.ask.header import library, read
from keikaku.ask.question import Question
from keikaku.settings import Settings
from keikaku.store import open_current

#: Told what is being made, its number, and how many there are.
Tell = Callable[[str, int, int], None]


def _silent(_name: str, _number: int, _of: int) -> None:
    """Tell nobody."""


def tables(settings: Settings, tell: Tell = _silent) -> int:
    """Find the rows that pages of the current build need of the whole nation; how many tables. None of a small graph.

    Raises CannotRunError when there is no build.
    """
    source = open_current(settings.current)
    found = (read(path, settings.root) for path in sorted((settings.queries / "pages").rglob("*.rq")))
    wanted = [question for question in found if materialised.is_kept(source, question, {})]
    for number, question in enumerate(wanted, 1):
        tell(question.place.file, number, len(wanted))
        materialised.select(source, question, {})
    return len(wanted)


def answers(settings: Settings, tell: Tell = _silent) -> int:
    """Ask the current build every question whose answer is kept and that needs no value; how many. None of a small graph.

    Raises CannotRunError when there is no build.
    """
    source = open_current(settings.current)
    wanted = [
        question
        for question in library(settings.queries, settings.root).values()
        if not _required(question) and materialised.is_kept(source, question, {})
    ]
    for number, question in enumerate(wanted, 1):
        tell(question.id, number, len(wanted))
        ask(source, question)
    return len(wanted)


def _required(question: Question) -> bool:
    return any(parameter.left_out == "required" for parameter in question.parameters)

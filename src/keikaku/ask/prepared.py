"""Make what is kept of the whole nation (`materialised`) before somebody asks: tables of pages and answers of questions."""

from __future__ import annotations

from collections.abc import Callable

from keikaku.ask import materialised
from keikaku.ask.engine import ask, read_with
from keikaku.ask.header import library, read
from keikaku.ask.licences import last
from keikaku.ask.names import Source
from keikaku.ask.question import Question
from keikaku.settings import Settings
from keikaku.store import open_current

#: Told what is being made, its number, and how many there are.
Tell = Callable[[str, int, int], None]


#: Kind of a parameter → what binds ?thing to its values, where these are few and each is asked about by many.
_VALUES = {"theme": "?thing a jdx:PolicyTheme", "indicator": "?kpi a jdx:KPI ; jdx:measures ?thing"}


def _silent(_name: str, _number: int, _of: int) -> None:
    """Tell nobody."""


def tables(settings: Settings, tell: Tell = _silent) -> int:
    """Find the rows that pages and analyses of the current build need of the whole nation; how many tables. None of a small graph.

    Raises CannotRunError when there is no build.
    """
    source = open_current(settings.current)
    found = (read(path, settings.root) for path in sorted((settings.queries / "pages").rglob("*.rq")))
    questions = library(settings.queries, settings.root).values()
    analysed = [q for q in questions if q.analysis and not materialised.is_answer_kept(source, q, {})]
    wanted = [question for question in (*found, *analysed) if materialised.is_kept(source, question, {})]
    for number, question in enumerate(wanted, 1):
        tell(question.place.file, number, len(wanted))
        materialised.select(source, question, read_with(question, {}) if question.analysis else {})
    return len(wanted)


def answers(settings: Settings, tell: Tell = _silent) -> int:
    """Ask the current build every question whose answer is kept: about the whole nation, or about each theme or indicator; how many.

    None of a small graph. Raises CannotRunError when there is no build.
    """
    source = open_current(settings.current)
    questions = library(settings.queries, settings.root).values()
    wanted = [(question, given) for question in questions for given in forms(source, question)]
    for number, (question, given) in enumerate(wanted, 1):
        tell(" ".join([question.id, *(f"{name}={last(value)}" for name, value in given.items())]), number, len(wanted))
        ask(source, question, given)
    return len(wanted)


def forms(source: Source, question: Question) -> list[dict[str, str]]:
    """What a question is asked with: nothing, or each value of the one parameter that needs some; nothing else is prepared."""
    if not materialised.is_answer_kept(source, question, {}):
        return []
    needed = [parameter for parameter in question.parameters if parameter.left_out != "dropped"]
    open_to = [parameter for parameter in needed if parameter.kind in _VALUES]
    if not open_to:
        return [] if any(parameter.left_out == "required" for parameter in needed) else [{}]
    if any(parameter.left_out == "required" for parameter in needed if parameter is not open_to[0]):
        return []
    rows = source.select(f"SELECT DISTINCT ?thing WHERE {{ {_VALUES[open_to[0].kind]} }} ORDER BY ?thing").rows
    return [{open_to[0].name: str(thing)} for (thing,) in rows]

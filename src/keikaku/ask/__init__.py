"""Ask the graph: questions with checked parameters, answers with evidence (architecture §2, §6)."""

from keikaku.ask.answer import Answer, Group
from keikaku.ask.engine import ask
from keikaku.ask.header import library
from keikaku.ask.question import Column, Parameter, Question, choose
from keikaku.ask.words import Text

__all__ = ["Answer", "Column", "Group", "Parameter", "Question", "Text", "ask", "choose", "library"]

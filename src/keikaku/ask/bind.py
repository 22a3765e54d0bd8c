"""Put checked terms into a question, and the lint that keeps this safe (architecture §2).

A parameter stands in the file as one line, `VALUES ?theme { th:digital-divide }`, first in the outermost group. Asking for
another value replaces that line by the same line with a term in N-Triples form: text of a user never reaches the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rdflib import URIRef, Variable
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Literal, Node

from keikaku.ask.question import RULE, Parameter, Question
from keikaku.errors import ParameterError, QueryError
from keikaku.store import nt

_NEGATIONS = ("MinusGraphPattern", "Builtin_NOTEXISTS", "Builtin_EXISTS")


def bind(question: Question, terms: Mapping[str, Sequence[Node]]) -> str:
    """The text of the query for these terms (several for one parameter mean "any of them").

    Raises ParameterError when a required parameter has no term. Terms must be IRIs or literals.
    """
    text = question.text
    for parameter in question.parameters:
        chosen = terms.get(parameter.name, ())
        if not chosen and parameter.left_out == "required":
            raise ParameterError(
                f"the question {question.id} needs --{parameter.name.replace('_', '-')}",
                do=f"It is a {parameter.kind}; the file's own sample is: {sample(question, parameter)}",
                rule=f"keikaku questions {question.id}",
            )
        if not chosen and parameter.left_out == "sample":
            continue
        for term in chosen:
            if not isinstance(term, URIRef | Literal):
                raise ParameterError(f"{term!r} cannot stand for {parameter.name}")
        line = f"VALUES ?{parameter.name} {{ {' '.join(nt(term) for term in chosen)} }}" if chosen else ""
        found = _values_line(parameter).search(text)
        if found:
            text = text[: found.start()] + found["indent"] + line + text[found.end() :]
    return text


def sample(question: Question, parameter: Parameter) -> str:
    """The sample that stands in the file, as written there."""
    found = _values_line(parameter).search(question.text)
    return found["sample"].strip() if found else ""


def lint(question: Question) -> list[str]:
    """What is wrong with a question file, as sentences; empty when nothing is.

    The query must say what its header says; each parameter is one line, first in the outermost group, and projected; one that
    may be dropped is bound by a positive pattern before any MINUS or EXISTS; no negation over a path that repeats.
    """
    try:
        query = parseQuery(question.text)[1]
    except Exception as error:  # pyparsing raises many kinds; each means the same here
        return [f"the query cannot be read: {error}"]
    problems: list[str] = []
    projected = [str(v["var"] if "var" in v else v["evar"]) for v in _walk_list(query, "projection")]
    named = [column.name for column in question.columns]
    if projected != named:
        problems.append(f"the header names the columns {named}, the query returns {projected}")
    parts = _parts(query["where"])
    leading = [_values_variable(part) for part in parts[: len(question.parameters)]]
    for parameter in question.parameters:
        count = len(_values_line(parameter).findall(question.text))
        if count != 1:
            problems.append(f"the parameter {parameter.name} stands on {count} lines of its own, not on one")
        if parameter.name not in leading:
            problems.append(f"the parameter {parameter.name} is not first in the outermost group")
        if parameter.name not in projected:
            problems.append(f"the parameter {parameter.name} is not projected")
        if parameter.left_out == "dropped" and not _bound_before_negation(parts, parameter.name):
            problems.append(f"without a value, {parameter.name} is not bound by a positive pattern before a negation")
    problems += [
        f"{part.name} stands over a path that repeats, which takes quadratic time" for part in _bad_negations(query)
    ]
    if question.view == "three-lists" and question.negative != "closed":
        problems.append("three lists need “negative: closed ASPECT…”")
    return problems


def check(question: Question) -> None:
    """Refuse a question that the lint finds fault with. Raises QueryError with the first fault."""
    problems = lint(question)
    if problems:
        raise QueryError(problems[0], rule=RULE, place=question.place)


def _walk_list(query: Any, key: str) -> list[CompValue]:
    return [node for node in query[key] if isinstance(node, CompValue)] if key in query else []


def _values_line(parameter: Parameter) -> re.Pattern[str]:
    return re.compile(
        rf"^(?P<indent>[ \t]*)VALUES \?{parameter.name} \{{(?P<sample>[^{{}}\n]*)\}}[ \t]*$", re.MULTILINE
    )


def _parts(group: Any) -> list[Any]:
    return list(group["part"]) if isinstance(group, CompValue) and "part" in group else [group]


def _values_variable(part: Any) -> str:
    if isinstance(part, CompValue) and part.name == "InlineData":
        found = [str(v) for v in _walk(part["var"]) if isinstance(v, Variable)]
        return found[0] if len(found) == 1 else ""
    return ""


def _bound_before_negation(parts: list[Any], name: str) -> bool:
    """Whether a triple pattern of the outermost group binds `name` before any part of the group negates."""
    for part in parts:
        if _values_variable(part) == name:
            continue
        if isinstance(part, CompValue) and part.name == "TriplesBlock":
            if any(isinstance(node, Variable) and str(node) == name for node in _walk(part)):
                return True
        elif any(isinstance(node, CompValue) and node.name in _NEGATIONS for node in _walk(part)):
            return False
    return False


def _bad_negations(query: Any) -> Iterator[CompValue]:
    for node in _walk(query):
        if isinstance(node, CompValue) and node.name in _NEGATIONS and any(_repeats(inner) for inner in _walk(node)):
            yield node


def _repeats(node: Any) -> bool:
    return isinstance(node, CompValue) and node.name == "PathElt" and "mod" in node and str(node["mod"]) in ("*", "+")


def _walk(node: Any) -> Iterator[Any]:
    """Every node of a parse tree, parents first."""
    yield node
    if isinstance(node, CompValue):
        for value in node.values():
            yield from _walk(value)
    elif not isinstance(node, str | bytes) and hasattr(node, "__iter__"):
        for value in node:
            yield from _walk(value)

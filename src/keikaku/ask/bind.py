"""Put checked terms into a question (architecture §2); what makes this safe is checked in `trusted`.

A parameter stands in the file as one line, `VALUES ?theme { th:digital-divide }`, first in the outermost group. Asking for
another value replaces that line by the same line with a term in N-Triples form: text of a user never reaches the query.

A sub-select is answered by itself before it is joined, so a comment in it, `#= ?plan: plan other`, asks for a line of its own there: the
terms of these parameters, so that it counts only what is asked about. Without them the answer is the same, after more work.

The embedded engine plans by rough guesses that multiply: after a few OPTIONALs it holds a plan of one government for the largest thing
in the graph, and reads the whole graph for the next. So for it a question is *led*: the terms asked about stand in one group that the
engine takes for empty, and whatever comes after it is looked up row by row in the order in which it is written. The answer is the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

from rdflib import URIRef
from rdflib.term import Literal, Node
from rdflib.util import from_n3

from keikaku.ask.question import Parameter, Question
from keikaku.ask.words import Text
from keikaku.errors import ParameterError
from keikaku.store import Store, nt

#: One term of a VALUES line: an IRI, a prefixed name, a literal with language or datatype, a number.
_TERM = re.compile(r'<[^>]*>|"[^"]*"(?:@[\w-]+|\^\^<[^>]*>)?|[^\s"<>]+')
#: A comment in a sub-select that asks for a VALUES line: `#= ?variable: parameter parameter`.
_NARROWING = re.compile(r"^(?P<indent>[ \t]*)#= \?(?P<variable>\w+): (?P<names>\w+(?: \w+)*)[ \t]*$", re.MULTILINE)
#: Where the outermost group begins: at the first WHERE that is not in a comment.
_WHERE = re.compile(r"^(?!#).*?\bWHERE \{", re.MULTILINE)
#: A variable of no question, and the most combinations of terms that lead one: their number squared is below a million.
_LEAD, _MOST_LED = "_lead", 999


def bind(question: Question, terms: Mapping[str, Sequence[Node]], *, led: bool = False) -> str:
    """The text of the query for these terms (several for one parameter mean "any of them"), led for the embedded engine.

    None leads where a parameter was left out or two have several terms, since looking up row by row then takes longer than joining (the
    KPIs of one city with those of all, 1.1 s instead of 0.1), nor where every municipality is put into a list. Raises ParameterError
    when a required parameter has no term. Terms must be IRIs or literals.
    """
    text = question.text
    asked: dict[str, Sequence[Node]] = {}
    for parameter in question.parameters:
        chosen = terms.get(parameter.name, ())
        if not chosen and parameter.left_out == "required":
            raise ParameterError(
                f"the question {question.id} needs --{parameter.name.replace('_', '-')}",
                ja=f"質問 {question.id} には --{parameter.name.replace('_', '-')} が要ります",
                do=f"It is a {parameter.kind}; the file's own sample is: {sample(question, parameter)}",
                do_ja=f"{parameter.label.ja}を書いてください。ファイルの見本は: {sample(question, parameter)}",
                rule=f"keikaku questions {question.id}",
            )
        for term in chosen:
            if not isinstance(term, URIRef | Literal):
                raise ParameterError(
                    f"{term!r} cannot stand for {parameter.name}", ja=f"{term!r} は {parameter.name} の値になりません"
                )
        if not chosen and parameter.left_out == "sample":
            asked[parameter.name] = sample_terms(question, parameter)
            continue
        asked[parameter.name] = chosen
        text = values_line(parameter).sub(partial(_line, asked, parameter.name), text)
    led = led and question.view != "three-lists" and (all(len(terms) == 1 for terms in asked.values()) or _only(asked))
    text = _NARROWING.sub(lambda found: _narrowed(asked, found, led), text)
    return _led(question, asked, text) if led else text


def bind_for(source: object, question: Question, terms: Mapping[str, Sequence[Node]]) -> str:
    """The text of the query as the engine of `source` answers it fastest. Raises ParameterError as `bind` does."""
    return bind(question, terms, led=isinstance(source, Store))


def narrowed(
    question: Question, terms: Mapping[str, Sequence[Node]], column: str, things: Sequence[Node]
) -> tuple[Question, dict[str, Sequence[Node]]]:
    """The question with a parameter for one of its columns, and these things as its terms; parameters that were left out are gone.

    The column is a variable of the outermost group. A parameter of that name must have been left out.
    """
    text, kept = question.text, []
    for parameter in question.parameters:
        if parameter.name == column or (parameter.left_out == "dropped" and not terms.get(parameter.name)):
            text = values_line(parameter).sub("", text)
        else:
            kept.append(parameter)
    own = Parameter(column, question.kept[0], "required", Text(column, column))
    start = _WHERE.search(text)
    at = start.end() if start else 0
    text = f"{text[:at]}\n  VALUES ?{column} {{ {nt(things[0])} }}\n{text[at:]}"
    return replace(question, text=text, parameters=(*kept, own), view="table"), {**terms, column: things}


def _only(asked: Mapping[str, Sequence[Node]]) -> bool:
    """Whether there is one parameter, with some term."""
    return len(asked) == 1 and all(asked.values())


def _values(asked: Mapping[str, Sequence[Node]], name: str) -> str:
    """The line of one parameter; empty where it was left out."""
    return f"VALUES ?{name} {{ {' '.join(nt(term) for term in asked[name])} }}" if asked[name] else ""


def _line(asked: Mapping[str, Sequence[Node]], name: str, found: re.Match[str]) -> str:
    return f"{found['indent']}{_values(asked, name)}"


def _narrowed(asked: Mapping[str, Sequence[Node]], found: re.Match[str], led: bool) -> str:
    """The line of a sub-select that binds its variable to what is asked about; the comment stays where one parameter is left out."""
    several = [asked.get(name, ()) for name in found["names"].split()]
    if not all(several):
        return found[0]
    wanted = list(dict.fromkeys(term for terms in several for term in terms))
    plain = _values({found["variable"]: wanted}, found["variable"])
    return found["indent"] + ((led and _lead({found["variable"]: wanted})) or plain)


def _led(question: Question, asked: Mapping[str, Sequence[Node]], text: str) -> str:
    """The query with its parameters in one group at the head of the outermost one."""
    lead = _lead(asked)
    start = _WHERE.search(text)
    if not lead or start is None:
        return text
    for parameter in question.parameters:
        text = values_line(parameter).sub("", text)
    return f"{text[: start.end()]}\n  {lead}{text[start.end() :]}"


def _lead(asked: Mapping[str, Sequence[Node]]) -> str:
    """Every combination of these terms, twice: the engine guesses the size of a join by its shared variables, and so takes this for none.

    "" for so many combinations that it would not.
    """
    rows = list(product(*asked.values()))
    if len(rows) > _MOST_LED:
        return ""
    names = " ".join(f"?{name}" for name in (*asked, _LEAD))
    lines = " ".join(f"({' '.join(nt(term) for term in row)} 1)" for row in rows)
    return " ".join([f"{{ SELECT {names} WHERE {{ VALUES ({names}) {{ {lines} }} }} }}"] * 2)


def sample(question: Question, parameter: Parameter) -> str:
    """The sample that stands in the file, as written there."""
    found = values_line(parameter).search(question.text)
    return found["sample"].strip() if found else ""


def sample_terms(question: Question, parameter: Parameter) -> tuple[Node, ...]:
    """The sample that stands in the file, as terms."""
    prefixes = dict(re.findall(r"^PREFIX (\w*): <([^>]*)>", question.text, re.MULTILINE))
    found: list[Node] = []
    for word in _TERM.findall(sample(question, parameter)):
        prefix, colon, local = word.partition(":")
        named = colon and word[0] not in '<"' and prefix in prefixes
        term = URIRef(prefixes[prefix] + local) if named else from_n3(word)
        found += [term] if isinstance(term, URIRef | Literal) else []
    return tuple(found)


def values_line(parameter: Parameter) -> re.Pattern[str]:
    """The line in which a parameter stands in the file."""
    return re.compile(
        rf"^(?P<indent>[ \t]*)VALUES \?{parameter.name} \{{(?P<sample>[^{{}}\n]*)\}}[ \t]*$", re.MULTILINE
    )

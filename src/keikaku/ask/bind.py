"""Put checked terms into a question, and the lint that keeps this safe (architecture §2).

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
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

from rdflib import URIRef, Variable
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Literal, Node
from rdflib.util import from_n3

from keikaku.ask.question import DENYING, RULE, Parameter, Question
from keikaku.errors import ParameterError, QueryError
from keikaku.namespaces import JDX, PREFIXES, PROV, SKOS
from keikaku.store import nt

_NEGATIONS = ("MinusGraphPattern", "Builtin_NOTEXISTS", "Builtin_EXISTS")
#: Properties that say how our records hang together, wholly known to the build: to negate them says nothing about a plan.
_STRUCTURE = {PROV.wasDerivedFrom, JDX.componentOf, SKOS.broader}


#: One term of a VALUES line: an IRI, a prefixed name, a literal with language or datatype, a number.
_TERM = re.compile(r'<[^>]*>|"[^"]*"(?:@[\w-]+|\^\^<[^>]*>)?|[^\s"<>]+')
#: A comment in a sub-select that asks for a VALUES line: `#= ?variable: parameter parameter`.
_NARROWING = re.compile(r"^(?P<indent>[ \t]*)#= \?(?P<variable>\w+): (?P<names>\w+(?: \w+)*)[ \t]*$", re.MULTILINE)
#: Where the outermost group begins: no sub-select stands at the start of a line.
_WHERE = re.compile(r"^WHERE \{", re.MULTILINE)
#: A variable of no question, and the most combinations of terms that lead one: their number squared is below a million.
_LEAD, _MOST_LED = "_lead", 999
#: Texts of questions that passed; reading one takes as long as answering it.
_CHECKED: set[str] = set()
#: rdflib's parser learns how to call its own functions while it runs, and two threads at once teach it wrongly for good.
_PARSER = threading.Lock()


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
                do=f"It is a {parameter.kind}; the file's own sample is: {sample(question, parameter)}",
                rule=f"keikaku questions {question.id}",
            )
        for term in chosen:
            if not isinstance(term, URIRef | Literal):
                raise ParameterError(f"{term!r} cannot stand for {parameter.name}")
        if not chosen and parameter.left_out == "sample":
            asked[parameter.name] = sample_terms(question, parameter)
            continue
        asked[parameter.name] = chosen
        text = _values_line(parameter).sub(partial(_line, asked, parameter.name), text)
    led = led and question.view != "three-lists" and (all(len(terms) == 1 for terms in asked.values()) or _only(asked))
    text = _NARROWING.sub(lambda found: _narrowed(asked, found, led), text)
    return _led(question, asked, text) if led else text


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
        text = _values_line(parameter).sub("", text)
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
    found = _values_line(parameter).search(question.text)
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
    named = list(question.projected)
    if projected != named:
        what = "features" if question.analysis else "columns"
        problems.append(f"the header names the {what} {named}, the query returns {projected}")
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
    return problems


def check(question: Question) -> None:
    """Refuse a question of the library that cannot be trusted. Raises QueryError with the first fault of `lint` or `unfounded`."""
    if question.text in _CHECKED:
        return
    with _PARSER:
        if question.text in _CHECKED:  # another thread has read it while this one waited
            return
        problems = [*lint(question), *unfounded(question)]
        if problems:
            raise QueryError(problems[0], rule=RULE, place=question.place)
        _CHECKED.add(question.text)


def trust(text: str) -> None:
    """Take a text for checked that another process of ours has checked."""
    _CHECKED.add(text)


def unfounded(question: Question) -> list[str]:
    """Where a question denies or counts without saying what this rests on, as sentences; empty when nowhere.

    Tokens that deny, negated patterns and counts need `negative: closed` and a line `rests`, so that no list of those that lack
    something can stand on silence (architecture §6). Tables that count what is recorded, on pages, are not asked this.
    """
    return list(_unfounded(question, parseQuery(question.text)[1]))


def _unfounded(question: Question, query: Any) -> Iterator[str]:
    by_row = question.negative == "closed"
    if question.view == "three-lists" and not by_row:
        yield "three lists need “negative: closed ASPECT…”"
    if by_row and not question.rests:
        yield "“negative: closed” needs a line “rests COLUMN: ASPECT…” that says which rows deny or count"
    if question.rests and not by_row:
        yield f"“rests” needs “negative: closed ASPECT…”, not “{question.negative}”"
    unheard = {aspect for rest in question.rests for aspect in rest.aspects} - set(question.aspects)
    if unheard:
        yield f"“negative: closed” leaves out {', '.join(sorted(unheard))}, on which rows rest"
    if question.negative == "reference":
        return
    everywhere = any(not rest.where for rest in question.rests)
    denied = {condition for rest in question.rests for condition in rest.where}
    for column in question.columns:
        for token in DENYING:
            if token in column.words and not everywhere and (column.name, token) not in denied:
                yield f"rows with {column.name}={token} deny, but no line “rests … {column.name}={token}: ASPECT…” says on what"
    if not by_row and any(_denies(node) for node in _walk(query["where"])):
        yield "the query negates a pattern, but “negative: none” says that it never denies"
    if not everywhere:
        for shown in _walk_list(query, "projection"):
            if "evar" in shown and any(_is_count(node) for node in _plain_parts(shown["expr"])):
                yield f"the column {shown['evar']} counts or sums, which needs a line “rests COLUMN: ASPECT…” for every row"


def _denies(node: Any) -> bool:
    """Whether this part of a query negates a pattern about what plans say (not only about how records hang together).

    MINUS, NOT EXISTS, a filter on what is not bound, and EXISTS or BOUND as a value (its "false" denies); FILTER EXISTS only selects.
    """
    if not isinstance(node, CompValue):
        return False
    if node.name == "Filter":
        return any(isinstance(n, CompValue) and n.name == "UnaryNot" and _tests_bound(n) for n in _walk(node["expr"]))
    if node.name == "Bind":
        return any(_is(inner, "Builtin_EXISTS") for inner in _walk(node["expr"])) or any(
            _is(inner, "Builtin_BOUND") for inner in _plain_parts(node["expr"])
        )
    if node.name not in ("MinusGraphPattern", "Builtin_NOTEXISTS"):
        return False
    blocks = [inner for inner in _walk(node) if isinstance(inner, CompValue) and inner.name == "TriplesBlock"]
    used = {term for block in blocks for term in _predicates(block)}
    return not used or not used <= _STRUCTURE


def _is(node: Any, name: str) -> bool:
    return isinstance(node, CompValue) and node.name == name


def _tests_bound(node: Any) -> bool:
    return any(_is(inner, "Builtin_BOUND") for inner in _walk(node))


def _predicates(block: Any) -> Iterator[URIRef | str]:
    """The properties of a block of triples, paths and classes included, as IRIs."""
    for term in _walk(block["triples"]):
        if isinstance(term, CompValue) and term.name == "pname":
            prefix, local = str(term.get("prefix") or ""), str(term.get("localname") or "")
            namespace = PREFIXES.get(prefix)
            yield URIRef(f"{namespace}{local}") if namespace else f"{prefix}:{local}"
        elif isinstance(term, URIRef):
            yield term


def _is_count(node: Any) -> bool:
    return isinstance(node, CompValue) and node.name in ("Aggregate_Count", "Aggregate_Sum", "Aggregate_Avg")


def _plain_parts(expression: Any) -> Iterator[Any]:
    """The nodes of an expression, without the conditions of IF: there a count only chooses a word."""
    yield expression
    if isinstance(expression, CompValue):
        for key, value in expression.items():
            if not (expression.name == "Builtin_IF" and key == "arg1"):
                yield from _plain_parts(value)
    elif not isinstance(expression, str | bytes) and hasattr(expression, "__iter__"):
        for value in expression:
            yield from _plain_parts(value)


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
    """Whether a triple pattern of the outermost group binds `name` before any part of the group negates.

    Without a negation it may stay unbound: a filter then lets every value pass.
    """
    for part in parts:
        if _values_variable(part) == name:
            continue
        if isinstance(part, CompValue) and part.name == "TriplesBlock":
            if any(isinstance(node, Variable) and str(node) == name for node in _walk(part)):
                return True
        elif any(isinstance(node, CompValue) and node.name in _NEGATIONS for node in _walk(part)):
            return False
    return True


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

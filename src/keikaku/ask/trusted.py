"""Whether a question file can be trusted: that it says what its header says, and denies nothing without saying what this rests on.

The text is read by rdflib's parser, which takes as long as answering most questions, so each text is checked once in a process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from rdflib import URIRef, Variable
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from keikaku.ask.bind import values_line
from keikaku.ask.question import DENYING, RULE, Question
from keikaku.ask.words import Text
from keikaku.errors import QueryError
from keikaku.namespaces import JDX, PREFIXES, PROV, SKOS

_NEGATIONS = ("MinusGraphPattern", "Builtin_NOTEXISTS", "Builtin_EXISTS")
#: Properties that say how our records hang together, wholly known to the build: to negate them says nothing about a plan.
_STRUCTURE = {PROV.wasDerivedFrom, JDX.componentOf, SKOS.broader}
#: Texts of questions that passed; reading one takes as long as answering it.
_CHECKED: set[str] = set()
#: rdflib's parser learns how to call its own functions while it runs, and two threads at once teach it wrongly for good.
_PARSER = threading.Lock()


def lint(question: Question) -> list[str]:
    """What is wrong with a question file, as sentences; empty when nothing is.

    The query must say what its header says; each parameter is one line, first in the outermost group, and projected; one that
    may be dropped is bound by a positive pattern before any MINUS or EXISTS; no negation over a path that repeats.
    """
    query = _read(question)
    return [fault.en for fault in ([query] if isinstance(query, Text) else _faults(question, query))]


def _read(question: Question) -> Any:
    """The query as a tree; a sentence when it cannot be read."""
    try:
        return parseQuery(question.text)[1]
    except Exception as error:  # pyparsing raises many kinds; each means the same here
        return Text(f"問い合わせを読めません: {error}", f"the query cannot be read: {error}")


def _faults(question: Question, query: Any) -> list[Text]:
    problems: list[Text] = []
    projected = [str(v["var"] if "var" in v else v["evar"]) for v in _walk_list(query, "projection")]
    named = list(question.projected)
    if projected != named:
        what = Text("features", "features") if question.analysis else Text("列", "columns")
        problems.append(
            Text(
                f"見出しの {what.ja} は {named} ですが、問い合わせが返すのは {projected} です",
                f"the header names the {what.en} {named}, the query returns {projected}",
            )
        )
    parts = _parts(query["where"])
    leading = [_values_variable(part) for part in parts[: len(question.parameters)]]
    for parameter in question.parameters:
        count = len(values_line(parameter).findall(question.text))
        if count != 1:
            problems.append(
                Text(
                    f"パラメータ {parameter.name} だけの行が {count} 行あります。1行にします",
                    f"the parameter {parameter.name} stands on {count} lines of its own, not on one",
                )
            )
        if parameter.name not in leading:
            problems.append(
                Text(
                    f"パラメータ {parameter.name} が、いちばん外側のグループの先頭にありません",
                    f"the parameter {parameter.name} is not first in the outermost group",
                )
            )
        if parameter.name not in projected:
            problems.append(
                Text(
                    f"パラメータ {parameter.name} が SELECT にありません",
                    f"the parameter {parameter.name} is not projected",
                )
            )
        if parameter.left_out == "dropped" and not _bound_before_negation(parts, parameter.name):
            problems.append(
                Text(
                    f"値が無いとき、否定より前の肯定のパターンが {parameter.name} を束縛しません",
                    f"without a value, {parameter.name} is not bound by a positive pattern before a negation",
                )
            )
    problems += [
        Text(
            f"{part.name} が繰り返しのある経路を否定していて、時間が2乗で増えます",
            f"{part.name} stands over a path that repeats, which takes quadratic time",
        )
        for part in _bad_negations(query)
    ]
    return problems


def check(question: Question) -> None:
    """Refuse a question of the library that cannot be trusted. Raises QueryError with the first fault of `lint` or `unfounded`."""
    if question.text in _CHECKED:
        return
    with _PARSER:
        if question.text in _CHECKED:  # another thread has read it while this one waited
            return
        query = _read(question)
        problems = [query] if isinstance(query, Text) else [*_faults(question, query), *_unfounded(question, query)]
        if problems:
            raise QueryError(problems[0].en, ja=problems[0].ja, rule=RULE, place=question.place)
        _CHECKED.add(question.text)


def trust(text: str) -> None:
    """Take a text for checked that another process of ours has checked."""
    _CHECKED.add(text)


def unfounded(question: Question) -> list[str]:
    """Where a question denies or counts without saying what this rests on, as sentences; empty when nowhere.

    Tokens that deny, negated patterns and counts need `negative: closed` and a line `rests`, so that no list of those that lack
    something can stand on silence (architecture §6). Tables that count what is recorded, on pages, are not asked this.
    """
    query = _read(question)
    return [fault.en for fault in ([query] if isinstance(query, Text) else _unfounded(question, query))]


def _unfounded(question: Question, query: Any) -> Iterator[Text]:
    by_row = question.negative == "closed"
    if question.view == "three-lists" and not by_row:
        yield Text(
            "三つの一覧には「negative: closed ASPECT…」が要ります", "three lists need “negative: closed ASPECT…”"
        )
    if by_row and not question.rests:
        yield Text(
            "「negative: closed」には、どの行が否定や数え上げかを言う行「rests COLUMN: ASPECT…」が要ります",
            "“negative: closed” needs a line “rests COLUMN: ASPECT…” that says which rows deny or count",
        )
    if question.rests and not by_row:
        yield Text(
            f"「rests」には、「{question.negative}」ではなく「negative: closed ASPECT…」が要ります",
            f"“rests” needs “negative: closed ASPECT…”, not “{question.negative}”",
        )
    unheard = {aspect for rest in question.rests for aspect in rest.aspects} - set(question.aspects)
    if unheard:
        left_out = ", ".join(sorted(unheard))
        yield Text(
            f"行が拠っている {left_out} が「negative: closed」にありません",
            f"“negative: closed” leaves out {left_out}, on which rows rest",
        )
    if question.negative == "reference":
        return
    everywhere = any(not rest.where for rest in question.rests)
    denied = {condition for rest in question.rests for condition in rest.where}
    for column in question.columns:
        for token in DENYING:
            if token in column.words and not everywhere and (column.name, token) not in denied:
                said = f"{column.name}={token}"
                yield Text(
                    f"{said} の行は否定ですが、何に拠るかを言う行「rests … {said}: ASPECT…」がありません",
                    f"rows with {said} deny, but no line “rests … {said}: ASPECT…” says on what",
                )
    if not by_row and any(_denies(node) for node in _walk(query["where"])):
        yield Text(
            "問い合わせがパターンを否定していますが、「negative: none」は否定しないという意味です",
            "the query negates a pattern, but “negative: none” says that it never denies",
        )
    if not everywhere:
        for shown in _walk_list(query, "projection"):
            if "evar" in shown and any(_is_count(node) for node in _plain_parts(shown["expr"])):
                yield Text(
                    f"列 {shown['evar']} は数え上げか合計なので、すべての行についての行「rests COLUMN: ASPECT…」が要ります",
                    f"the column {shown['evar']} counts or sums, which needs a line “rests COLUMN: ASPECT…” for every row",
                )


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

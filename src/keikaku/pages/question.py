"""The page of one question: a form for its parameters, the answer with its evidence, and the query itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from keikaku.ask import Answer, Parameter, Question
from keikaku.ask.answer import Group
from keikaku.ask.bind import bind, sample
from keikaku.ask.kept import once
from keikaku.ask.names import names
from keikaku.ask.question import AREAS
from keikaku.ask.render import asked
from keikaku.ask.terms import CLASSES, LEVELS, describe, members
from keikaku.ask.words import Text
from keikaku.errors import KeikakuError
from keikaku.namespaces import expand
from keikaku.pages.lists import lists
from keikaku.pages.pictured import picture
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

#: Rows of an answer that its page shows; the files beside it have all.
SHOWN = 200
#: A list of more things than this is no help; then the form takes a name instead.
MOST_CHOICES = 300
#: Words for the two levels of an answer (architecture §6).
_LEVEL_WORDS = {
    "measure": Text(
        "施策（取組・一覧外の節・個別取組のいずれか）", "measure (initiative, section outside the list, or action)"
    ),
    "initiative": Text("取組（専用の取組だけ）", "initiative (dedicated initiatives only)"),
}


#: Kind of a parameter → type of its input.
_TYPES = {"date": "date"}


@dataclass(frozen=True)
class Field:
    """One field of the form. `choices` are (value, words); without any the field takes text,
    with `suggestions` for governments whose plans are recorded; `type` is that of the input."""

    parameter: Parameter
    value: str
    choices: tuple[tuple[str, str], ...]
    hint: str
    type: str = "text"
    suggestions: tuple[str, ...] = ()


def question_page(site: Site, question: Question, view: View) -> Page:
    """The form with the answer below it; wrong values keep the form and say in one sentence what is wrong.

    A question that cannot be shown with its own sample, because this graph does not know it, is no mistake of the reader.
    """
    given = chosen(site, question, view.params)
    answer: Answer | None = None
    text, message = question.text, ""
    try:
        answer = answer_of(site, question, view.params, view.lang, None if drawn(question) else SHOWN)
        text = bind(
            question, {name: terms for name, terms in answer.parameters.items() if name not in answer.dropped and terms}
        )
    except KeikakuError as error:
        message = error.sentence(view.lang)
    return Page(
        render(
            "question.html",
            view,
            site=site,
            question=question,
            fields=[_field(site, p, given.get(p.name, ""), view.lang) for p in question.parameters],
            answer=answer,
            shown=SHOWN,
            groups=lists(answer) if view.params.get("all") is None else _whole(answer),
            asked=asked(answer, view.lang) if answer else [],
            cited=answer.cited() if answer else [],
            text=_body(text),
            message=message,
            picture=picture(answer, view.lang) if answer and answer.rows else ("", False),
            permanent=view.link(view.path, **given),
            area=AREAS.get(question.area),
        ),
        400 if message and view.params else 200,
    )


def drawn(question: Question) -> bool:
    """Whether the page shows more of an answer than its first rows: a chart, or lists."""
    return question.view != "table"


def answer_of(site: Site, question: Question, params: Mapping[str, str], lang: str, most: int | None = None) -> Answer:
    """The answer for the parameters of an address; with `most`, names are known for so many rows only. Raises ParameterError for wrong ones."""
    return site.answer(question, chosen(site, question, params), lang, most)


def chosen(site: Site, question: Question, params: Mapping[str, str]) -> dict[str, str]:
    """The parameters given; where a required one is missing, the sample of the file, so that a question always shows an answer."""
    del site
    found: dict[str, str] = {}
    for parameter in question.parameters:
        value = params.get(parameter.name) or params.get(parameter.name.replace("_", "-")) or ""
        if not value and parameter.left_out == "required":
            value = sample(question, parameter).split()[0]
        if value:
            found[parameter.name] = value
    return found


def _whole(answer: Answer | None) -> list[tuple[Group, tuple[int, ...], int]]:
    return [(group, group.rows, 0) for group in answer.groups()] if answer else []


def _field(site: Site, parameter: Parameter, value: str, lang: str) -> Field:
    iri = expand(value)
    if parameter.kind == "level":
        known = {str(term): word for word, term in LEVELS.items()}
        value = known.get(str(iri), value)
        return Field(parameter, value, tuple((word, words.of(lang)) for word, words in _LEVEL_WORDS.items()), "")
    if parameter.kind in CLASSES:
        classes, base = CLASSES[parameter.kind]
        rows = site.store.select(
            f"SELECT DISTINCT ?thing WHERE {{ {members(classes)} }} ORDER BY ?thing LIMIT {MOST_CHOICES + 1}"
        ).rows
        things = [str(row[0]) for row in rows if isinstance(row[0], URIRef)]
        if len(things) > MOST_CHOICES:
            return Field(parameter, value, (), describe(parameter, lang))
        called = names(site.store, things)
        read = _readings(site, things) if lang == "ja" else {}
        things.sort(key=lambda thing: (read.get(thing, ""), called[thing].of(lang)))
        choices = [(thing.removeprefix(base), called[thing].of(lang)) for thing in things]
        return Field(parameter, str(iri or value).removeprefix(base), tuple(choices), "")
    suggested = (
        once(site.store, f"suggested {lang}", lambda: _recorded(site, lang))
        if parameter.kind in ("government", "municipality")
        else ()
    )
    if suggested and iri is not None:
        value = names(site.store, [str(iri)])[str(iri)].of(lang)
    return Field(parameter, value, (), describe(parameter, lang), _TYPES.get(parameter.kind, "text"), suggested)


def _readings(site: Site, things: Sequence[str]) -> dict[str, str]:
    """How the government is read that issued a thing, or whose it is; names in kanji have no order of their own."""
    values = " ".join(f"<{thing}>" for thing in things)
    rows = site.store.select(
        f"""SELECT ?thing (MIN(?kana) AS ?reading) WHERE {{ VALUES ?thing {{ {values} }}
        ?thing jdx:issuingBody|org:unitOf|dcterms:publisher ?government . ?government skos:hiddenLabel ?kana
        FILTER(!REGEX(?kana, "[A-Za-z]")) }} GROUP BY ?thing"""
    ).rows
    return {str(thing): str(reading) for thing, reading in rows if thing is not None}


def _recorded(site: Site, lang: str) -> tuple[str, ...]:
    """The names of governments of which a plan is recorded."""
    rows = site.store.select(
        """SELECT ?g (MIN(?kana) AS ?reading) WHERE { ?plan a jdx:Plan ; jdx:issuingBody ?g . ?g jdx:localGovernmentCode ?code
        OPTIONAL { ?g skos:hiddenLabel ?kana FILTER(!REGEX(?kana, "[A-Za-z]")) } } GROUP BY ?g"""
    ).rows
    called = names(site.store, [str(row[0]) for row in rows])
    kana = {str(row[0]): str(row[1]) for row in rows}
    return tuple(called[one].of(lang) for one in sorted(kana, key=lambda g: kana[g] if lang == "ja" else called[g].en))


def _body(text: str) -> str:
    """The query without its header, which the page has said already."""
    return "\n".join(line for line in text.split("\n") if not line.startswith("#+")).strip()

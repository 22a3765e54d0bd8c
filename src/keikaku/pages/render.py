"""Templates: one environment that escapes everything, and how terms, passages and links are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask import Answer, Column
from keikaku.ask.answer import number_of, weighed
from keikaku.ask.evidence import Passage, in_order, split
from keikaku.ask.render import mark_text, remarks, shown_columns
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, FY, XSD, path_of, shorten
from keikaku.pages import marks
from keikaku.pages.address import href, place_of
from keikaku.pages.blocks import iris
from keikaku.pages.menu import MENU
from keikaku.pages.policy import STATIC_POLICY
from keikaku.pages.tongues import marked
from keikaku.pages.words import NESTED, STATES, foreign

#: Links of fewer letters are not broken.
SHORT = 9
#: Columns that only give a row its place on the page.
HIDDEN = ("node", "thing")
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class View:
    """How a page was asked for: language, path and the other parameters of the address.

    static: the page becomes a file, so it has no forms and no query service.
    """

    lang: str = "ja"
    path: str = "/"
    params: Mapping[str, str] = field(default_factory=dict)
    static: bool = False

    def t(self, ja: str, en: str) -> str:
        """The words in the language of the page."""
        return ja if self.lang == "ja" else en

    def link(self, path: str, /, **params: str | int) -> str:
        """A link inside the site that keeps the language."""
        given = {key: str(value) for key, value in params.items() if value not in ("", None)}
        if self.lang == "en":
            given["lang"] = "en"
        return path + (f"?{urlencode(given)}" if given else "")

    def turn(self, /, **params: str | int) -> str:
        """The address of this page with some parameters changed."""
        return self.link(self.path, **{**self.params, **params})

    def switch(self) -> str:
        """The address of this page in the other language."""
        given = dict(self.params) | ({"lang": "en"} if self.lang == "ja" else {})
        return self.path + (f"?{urlencode(given)}" if given else "")

    def thing(self, iri: str) -> str:
        """The link to a thing."""
        return href(iri, self.lang)

    def sparql(self, query: str) -> str:
        """The link to the query form holding a query."""
        return self.link("/sparql", text=query)


@dataclass(frozen=True)
class Span:
    """A piece of a cell: text, with a link and a language where it has one. `kind` is text, number, date or link."""

    text: str
    href: str = ""
    lang: str = ""
    kind: str = "text"


def written(span: Span) -> Markup:
    """A piece of a cell as HTML. Not a macro: a long page has thousands of these."""
    text = escape(span.text)
    if span.href:
        lang = f' lang="{escape(span.lang)}"' if span.lang else ""
        short = ' class="short"' if len(span.text) < SHORT else ""
        external = ' rel="external"' if span.href.startswith("http") else ""
        return Markup(f'<a href="{escape(span.href)}"{lang}{short}{external}>{text}</a>')  # noqa: S704 - all parts are escaped
    if span.kind == "date":
        return Markup(f'<span class="date">{text}</span>')  # noqa: S704 - escaped above
    return Markup(f'<span lang="{escape(span.lang)}">{text}</span>') if span.lang else text  # noqa: S704 - as above


@cache
def environment() -> Environment:
    """The templates; every value is escaped, a missing one is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        reasons=reasons,
        columns=columns,
        spans=spans,
        written=written,
        marking=marks,
        layout=layout,
        row_cells=row_cells,
        remarks=remarks,
        mark_text=mark_text,
        row_id=row_id,
        few=marks.FEW_PASSAGES,
        numerics=numerics,
        base=BASE,
        menu=MENU,
        states=STATES,
        static_policy=STATIC_POLICY,
    )
    made.filters["quote"] = quote
    made.filters["thousands"] = lambda number: f"{number:,}"
    return made


def render(template: str, view: View, **values: object) -> str:
    """Fill a template. On a page in English what is in Japanese says so."""
    made = environment().get_template(template).render(view=view, t=view.t, lang=view.lang, **values)
    return marked(made) if view.lang == "en" else made


def name(iri: str, names: Mapping[str, Text], lang: str) -> str:
    """What a thing is called: its name, else our word for a term of others, else its place on its page, else its short IRI."""
    known = names.get(iri)
    if known and not is_unnamed(iri, known):
        return known.of(lang)
    words = foreign(iri)
    if words:
        return words.of(lang)
    anchor = place_of(path_of(iri)).anchor if iri.startswith(BASE) else ""
    words = NESTED.get(anchor.partition("-")[0])
    return f"{words.of(lang)} {anchor.partition('-')[2]}".strip() if words else anchor or path_of(shorten(iri))


def is_unnamed(iri: str, called: Text) -> bool:
    """Whether a thing is called by its IRI for want of a name."""
    return called.en in (iri, shorten(iri), path_of(shorten(iri)))


def columns(answer: Answer, rows: tuple[int, ...] | None = None, lang: str = "ja") -> list[Column]:
    """The columns of a table for people: those that some row fills, and of columns named …_ja and …_en those in `lang`."""
    other = "_en" if lang == "ja" else "_ja"
    chosen = answer.rows if rows is None else [answer.rows[number] for number in rows]
    found = []
    for column in shown_columns(answer):
        position = _position(answer, column)
        if (
            column.name not in HIDDEN
            and not column.name.endswith(other)
            and any(row[position] is not None for row in chosen)
        ):
            found.append(column)
    return found


def _position(answer: Answer, column: Column) -> int:
    """Where a column stands; by its name, since comparing all that a column is costs more than the rest of a cell."""
    return next(n for n, one in enumerate(answer.columns) if one.name == column.name)


def spans(answer: Answer, column: Column, row: tuple[Node | None, ...], lang: str) -> list[Span]:
    """One cell, not of evidence, as pieces."""
    term = row[_position(answer, column)]
    return [] if term is None else pieces(answer, column, term, lang)


def pieces(answer: Answer, column: Column, term: Node, lang: str) -> list[Span]:
    """The pieces of a cell that is filled."""
    if column.words and (word := column.words.get(str(term).rsplit("/", 1)[-1])):
        return [Span(word.of(lang))]
    if parts := weighed(term):
        return [_part(answer, column, part, lang) for part in parts]
    several = iris(term)
    if several:
        return [Span(_brief(iri, answer.names, lang), href(iri, lang), kind="link") for iri in several]
    return [literal(term, lang)]


def _part(answer: Answer, column: Column, part: tuple[str, str], lang: str) -> Span:
    """One part of a cell with its share."""
    called, share = answer.part(column, part[0]).of(lang), part[1]
    return Span(f"{called} {share}", href(part[0], lang) if part[0].startswith(BASE) else "", kind="link")


def _brief(iri: str, names: Mapping[str, Text], lang: str) -> str:
    """The name of a thing in a cell; a fiscal year has both ways of counting, without its months."""
    year = iri[len(FY) :] if iri.startswith(str(FY)) else ""
    if not year.isdigit():
        return name(iri, names, lang)
    return f"{name(iri, names, lang)} ({year})" if lang == "ja" else f"FY{year} ({era(int(year))})"


def era(year: int) -> str:
    """A year in the short Japanese way.

    >>> era(2019), era(2018), era(1980)
    ('R1', 'H30', 'S55')
    """
    letter, first = next((letter, first) for letter, first in (("R", 2019), ("H", 1989), ("S", 1926)) if year >= first)
    return f"{letter}{year - first + 1}"


def literal(term: Node, lang: str) -> Span:
    """A literal as a person reads it."""
    number = number_of(term)
    if number is not None:
        text = f"{number:,}" if isinstance(number, int) and abs(number) >= 10000 else f"{number}"
        return Span(text.replace("-", "−"), kind="number")
    if isinstance(term, Literal) and term.datatype in (XSD.date, XSD.gYearMonth, XSD.gYear):
        return Span(str(term), kind="date")
    language = term.language or "" if isinstance(term, Literal) else ""
    return Span(str(term), lang="" if language == lang else language)


def numerics(answer: Answer) -> set[str]:
    """The names of the columns that hold numbers only."""
    found = set()
    for position, column in enumerate(answer.columns):
        terms = [row[position] for row in answer.rows if row[position] is not None]
        if terms and all(number_of(term) is not None for term in terms):
            found.add(column.name)
    return found


def passages_of(answer: Answer, term: Node, row: tuple[Node | None, ...]) -> list[tuple[Passage, list[str]]]:
    """The passages of one cell with what they print for the things of the row, unless a column of its own shows that."""
    things = [] if any(other.name == "printed" for other in answer.columns) else answer.things(row)
    return [(passage, passage.printed_for(things)) for passage in in_order(split(term), answer.passages)]


#: A column of a table, where it stands in the row, and how its cells begin when they are filled and empty.
Laid = tuple[Column, int, Markup, Markup]


def layout(answer: Answer, shown: Sequence[Column], numbered: Container[str], lang: str) -> list[Laid]:
    """What all cells of a column have in common."""
    found = []
    for column in shown:
        kind = "num" if column.name in numbered else "evidence" if column.is_evidence else "text"
        label = f'<td data-label="{escape(column.label.of(lang))}" class='
        filled, empty = Markup(f'{label}"{kind}"><div>'), Markup(f'{label}"empty"></td>')  # noqa: S704 - all parts are escaped
        found.append((column, _position(answer, column), filled, empty))
    return found


def row_cells(answer: Answer, laid: Sequence[Laid], row: tuple[Node | None, ...], lang: str) -> Markup:
    """The cells of one row. Not a macro: a long page has thousands of these."""
    between = "、" if lang == "ja" else ", "
    made: list[str] = []
    for column, position, filled, empty in laid:
        term = row[position]
        if term is None:
            made.append(empty)
        elif column.is_evidence:
            made.append(f"{filled}{marks.passages(passages_of(answer, term, row), lang)}</div></td>")
        else:
            made.append(f"{filled}{between.join(map(written, pieces(answer, column, term, lang)))}</div></td>")
    return Markup("".join(made))  # noqa: S704 - all parts are escaped


def reasons(answer: Answer, rows: Sequence[int]) -> list[Text]:
    """How many of these rows give which reason, the commonest first; none when the answer has no column of reasons."""
    if not rows or all(column.name != "reason" for column in answer.columns):
        return []
    column = answer.question.column("reason")
    position = _position(answer, column)
    counted = Counter(str(answer.rows[number][position]) for number in rows)
    words = ((column.words.get(token, Text(token, token)), count) for token, count in counted.most_common())
    return [Text(f"{word.ja}: {count:,}団体", f"{word.en}: {count:,}") for word, count in words]


def row_id(row: tuple[Node | None, ...], page: str) -> str:
    """The name of the place of a row: that of the first thing in it that is shown on this page; "" when there is none."""
    places = (row_place(str(term), page) for term in row if isinstance(term, URIRef))
    return next((place for place in places if place), "")


def row_place(iri: str, page: str) -> str:
    """The name of the place of a thing on this page; "" when it is shown elsewhere."""
    place = place_of(iri[len(BASE) :]) if iri.startswith(BASE) else None
    return place.anchor if place and place.page == page else ""

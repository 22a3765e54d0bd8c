"""A question of the library answered in a worker process, as a page or as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from keikaku.ask import Answer, Question, choose, library
from keikaku.ask.render import csv_text, json_text, markdown_text
from keikaku.ask.sheet import MEDIA_TYPE, workbook
from keikaku.ask.trusted import trust
from keikaku.errors import KeikakuError
from keikaku.pages.question import answer_of, question_page
from keikaku.pages.render import View
from keikaku.pages.site import Site
from keikaku.serve.outcome import Outcome, too_large, too_many
from keikaku.serve.respond import HTML, both
from keikaku.settings import Settings
from keikaku.store import Store

#: Form of a file → its media type, and what writes it: from the answer, its language and the build.
FILES: Mapping[str, tuple[str, Callable[[Answer, str, str], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda answer, lang, _: csv_text(answer, lang).encode()),
    "json": ("application/json", lambda answer, *_: json_text(answer).encode()),
    "md": ("text/markdown; charset=utf-8", lambda answer, lang, _: markdown_text(answer, lang).encode()),
    "xlsx": (MEDIA_TYPE, workbook),
}


@dataclass(frozen=True)
class Asking:
    """A question with what a reader wrote for it. `form` is one of FILES, or "" for the page; `checked` is its text, if that passed."""

    settings: Settings
    question: str
    view: View
    form: str
    checked: str = ""


def asked(store: Store, asking: Asking, rows: int, size: int) -> Outcome:
    """The page or file that answers; a refusal where it has more rows, or is larger, than one answer may be."""
    trust(asking.checked)
    site = Site(asking.settings, store, _library(asking.settings, store.build_id))
    return made(site, choose(site.questions, asking.question), asking.view, asking.form, rows, size)


def made(site: Site, question: Question, view: View, form: str, rows: int, size: int) -> Outcome:
    """The same for a site that is open already."""
    if not form:
        page = question_page(site, question, view)
        content = page.html.encode()
        return Outcome(page.status, HTML, content) if len(content) <= size else too_large(size)
    media, write = FILES[form]
    try:
        answer = answer_of(site, question, view.params, view.lang)
    except KeikakuError as error:
        return Outcome(400, "", both(error).encode())
    if len(answer) > rows:
        return too_many(rows)
    content = write(answer, view.lang, site.build_id)
    return Outcome(200, media, content) if len(content) <= size else too_large(size)


@lru_cache(maxsize=1)
def _library(settings: Settings, build: str) -> Mapping[str, Question]:
    """The questions, read once for each build."""
    del build
    return library(settings.queries, settings.root)

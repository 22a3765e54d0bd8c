"""Questions and search: one function per page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from keikaku import search as index
from keikaku.ask.answer import Answer, Group
from keikaku.ask.kept import once
from keikaku.ask.names import names
from keikaku.ask.question import AREAS, Question
from keikaku.ask.terminal import shorten as first_of
from keikaku.ask.words import fold
from keikaku.errors import CannotRunError, ParameterError
from keikaku.namespaces import BASE, shorten
from keikaku.pages.address import is_clean
from keikaku.pages.render import View, name, render
from keikaku.pages.site import Page, Site
from keikaku.search.facets import MISSING, MISSING_LABEL, STATES

#: Runs of one script: katakana, kanji, the rest without spaces.
_SCRIPTS = re.compile(r"[ァ-ヶー]+|[一-龠々]+|[^\sァ-ヶー一-龠々]+")
#: Hits that a page of search shows, values of a facet that it shows at once, and those that it has a link for.
HITS, VALUES, LISTED = 100, 8, 100
#: Rows of one list of an answer that its page shows at first.
MOST_LISTED = 100


def lists(answer: Answer | None) -> list[tuple[Group, tuple[int, ...], int]]:
    """The lists of an answer: the list, the rows of it that are shown, and how many are left.

    Of the unknown ones the first are shown besides those with evidence, and of every list at most `MOST_LISTED` rows.
    """
    found: list[tuple[Group, tuple[int, ...], int]] = []
    for group in answer.groups() if answer else ():
        rows, left = group.rows, 0
        if answer and group.token == "unknown":  # noqa: S105 - a list, not a secret
            rows, left = first_of(answer, group.rows)
        left += max(0, len(rows) - MOST_LISTED)
        found.append((group, rows[:MOST_LISTED], left))
    return found


def questions(site: Site, view: View) -> Page:
    """The question library by what the questions are about; `area` shows one part of it, `q` those that hold some words."""
    words = [fold(word) for word in view.params.get("q", "")[:200].split() if fold(word)]
    every = [q for q in site.questions.values() if _asks(q, words)]
    counts = {area: sum(q.area == area for q in every) for area in AREAS}
    wanted = view.params.get("area", "")
    chosen = [(area, label) for area, label in AREAS.items() if counts[area] and wanted in ("", area)]
    groups = [(area, label, [q for q in every if q.area == area]) for area, label in chosen]
    return Page(
        render(
            "questions.html",
            view,
            site=site,
            groups=groups,
            areas=AREAS,
            counts=counts,
            wanted=wanted,
            total=len(every),
        )
    )


def _asks(question: Question, words: list[str]) -> bool:
    """Whether a question has all these words in its title, summary, parameters or id."""
    texts = [question.title, question.summary, *(parameter.label for parameter in question.parameters)]
    whole = fold(" ".join([question.id, *(f"{text.ja} {text.en}" for text in texts)]))
    return all(word in whole for word in words)


def search(site: Site, view: View) -> Page:
    """Things whose names, readings, codes, wordings or numbers hold the words of `q`, narrowed by facets."""
    words, filters, message = view.params.get("q", "").strip()[:200], index.filters_of(view.params), ""
    found = index.Found((), 0)
    try:
        found = searched(site, words, filters, view.lang)
    except (CannotRunError, ParameterError) as error:
        message = error.sentence(view.lang)
    kinds = names(site.store, {hit.kind for hit in found.hits if hit.kind})
    rows = [(hit, name(hit.kind, kinds, view.lang) if hit.kind else "", shorten(hit.iri)) for hit in found.hits]
    return Page(
        render(
            "search.html",
            view,
            site=site,
            words=words,
            filters={key: view.params[key] for key in index.FILTERS if view.params.get(key, "").strip()},
            found=found,
            chosen=lambda key, text: _chosen(site, view, key, text),
            facets=_facets(view, found),
            most=VALUES,
            listed=LISTED,
            states=STATES,
            starts=[] if words or filters else _starts(site, view),
            rows=rows,
            message=message,
            parted=None if message or found.partly else _parted(site, words, filters, view.lang, found.total),
        )
    )


def _parted(site: Site, words: str, filters: Mapping[str, str], lang: str, total: int) -> tuple[str, int] | None:
    """The same words cut where the script changes, such as ペーパーレス会議, and how much these find, where that is more."""
    apart = " ".join(_SCRIPTS.findall(words))
    if apart == " ".join(words.split()):
        return None
    found = index.find(site.folder / index.FILE, apart, lang, 1, filters, count=False).total
    return (apart, found) if found > total else None


def searched(site: Site, words: str, filters: Mapping[str, str], lang: str, most: int = HITS) -> index.Found:
    """What is found in this build; nothing when nothing is asked for. Raises ParameterError for a wrong filter."""
    if not words and not filters:
        return index.Found((), 0)
    return index.find(site.folder / index.FILE, words, lang, most, filters)


def _chosen(site: Site, view: View, key: str, text: str) -> str:
    """A filter in words: its name, and what its value is called."""
    label = index.FACETS[key].of(view.lang) if key in index.FACETS else view.t("場所・計画", "place or plan")
    words = {**STATES, MISSING: MISSING_LABEL}
    if text in words:
        return f"{label} {words[text].of(view.lang)}"
    iri = text if is_clean(text) and text.startswith(("http://", "https://")) else ""
    return f"{label} {name(iri, names(site.store, {iri}), view.lang) if iri else text}"


def _starts(site: Site, view: View) -> list[tuple[str, str, int]]:
    """Where a search may begin without words: what is not there, its address, and how many things that is."""
    path = site.folder / index.FILE
    if not path.is_file():
        return []

    def count() -> list[tuple[str, int]]:
        return [(state, index.find(path, "", view.lang, 1, {"status": state}, count=False).total) for state in STATES]

    counted = once(site.store, "starts of a search", count)
    return [
        (STATES[state].of(view.lang), view.link("/search", status=state), count) for state, count in counted if count
    ]


def _facets(view: View, found: index.Found) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """Facet, its name, and its values that would narrow what was found: value, name, count.

    The most frequent come first, but prefectures in the order of their codes and years in their own.
    """
    made = []
    for facet, choices in found.facets.items():
        useful = [one for one in choices if one.count < found.total or len(choices) > 1]
        if facet in ("prefecture", "year"):
            useful.sort(key=lambda one: (one.value == MISSING, one.value))
        called = {one.value: one.name for one in useful}
        words = {one.value: one.name.of(view.lang) for one in useful if one.value in (MISSING, *STATES)}
        shown = [(one.value, words.get(one.value) or name(one.value, called, view.lang), one.count) for one in useful]
        if shown and not view.params.get(facet):
            made.append((facet, index.FACETS[facet].of(view.lang), shown))
    return made


def report(site: Site, view: View) -> Page:
    """What to send about an error, with the page it is on."""
    about = view.params.get("about", "")[:300]
    back = about if about.startswith("/") and is_clean(BASE + about[1:]) and not about.startswith("//") else ""
    return Page(render("report.html", view, site=site, about=about, back=view.link(back) if back else ""))


def missing(view: View, path: str, status: int = 404) -> Page:
    """There is nothing at this address, said in both languages."""
    return Page(render("missing.html", view, site=None, path=path), status)

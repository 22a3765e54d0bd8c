"""Home: what this is, how much it holds, how far it is complete, the headline comparison, and the doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from keikaku.ask import Answer
from keikaku.ask.answer import Row
from keikaku.ask.evidence import Passage
from keikaku.ask.kept import once
from keikaku.namespaces import C
from keikaku.pages.blocks import load, unnamed
from keikaku.pages.render import Span, View, render, spans
from keikaku.pages.site import Page, Site

#: The question whose answer stands on the home page.
HEADLINE = ("who-lacks", {"theme": "digital-divide"})
#: Rows of it that are shown.
MOST_ROWS = 4
#: Level at which a plan takes up a theme → state of the design system.
_LEVELS = {
    str(C["lv-initiative"]): "recorded",
    str(C["lv-action"]): "partly",
    str(C["lv-outside-list"]): "partly",
}
_KPIS = {"yes": "recorded", "none": "not-stated", "unknown": "unknown"}
_LISTS = {"lacking": "lacking", "unknown": "unknown", "has": "recorded"}


#: What is counted, as the queries call it.
_COUNTED = (
    "plans", "municipalities", "read", "initiatives", "outside", "actions", "kpis", "targets", "passages", "aspects", "complete",
    "not-stated", "lost",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One municipality of the comparison: where its plan takes up the theme, whether with a KPI, and a passage."""

    city: Span
    level: tuple[str, str]
    kpi: tuple[str, str]
    passage: Passage | None


def home(site: Site, view: View) -> Page:
    """What this is, in numbers taken from the store, and the headline answer."""
    numbers = once(site.store, "numbers", lambda: _numbers(site))
    question, parameters = HEADLINE
    answer = site.answer(site.questions[question], parameters, view.lang) if question in site.questions else None
    groups = answer.groups() if answer else ()
    return Page(
        render(
            "home.html",
            view,
            site=site,
            counts=numbers,
            answer=answer,
            parameters=parameters,
            groups=[(group, _LISTS[group.token]) for group in groups],
            told=told(answer, view.lang) if answer else [],
        )
    )


def _numbers(site: Site) -> Mapping[str, int]:
    """What this build holds: the numbers of the plans and casebooks added up, and those of the whole."""
    found = dict.fromkeys(_COUNTED, 0)
    for question in load(site.settings.queries / "pages" / "home", site.settings.root):
        for row in unnamed(site.store, question).answer:
            found[str(row["what"])] += int(str(row["count"]))
    return found


def told(answer: Answer, lang: str) -> list[Told]:
    """The first rows that say something of a plan: those confirmed to lack it, then those that have it, then those with evidence."""
    ordered = [number for group in sorted(answer.groups(), key=lambda g: g.token == "unknown") for number in group.rows]  # noqa: S105 - a list, not a secret
    rows = [answer.rows[number] for number in ordered]
    telling = islice((row for row in rows if answer.evidence(row)), MOST_ROWS)
    return [_told(answer, row, lang) for row in telling]


def _told(answer: Answer, row: Row, lang: str) -> Told:
    cells = dict(zip((column.name for column in answer.columns), row, strict=True))

    def text(name: str) -> str:
        column = answer.question.column(name)
        return answer.text(column, cells[name], lang)

    city = spans(answer, answer.question.column("municipality"), row, lang)
    listed = str(cells["answer"])
    level = (
        (_LEVELS.get(str(cells["foundAt"]), "partly"), text("foundAt"))
        if cells["foundAt"]
        else (_LISTS[listed], text("answer"))
    )
    kpi = (_KPIS.get(str(cells["kpi"]), "unknown"), text("kpi")) if cells["kpi"] else ("", "")
    column = answer.question.column("evidence")
    last = [passage for passage in answer.evidence(row) if passage.iri in str(cells[column.name] or "").split()]
    return Told(city[0], level, kpi, max(last or answer.evidence(row), key=_length, default=None))


def _length(passage: Passage) -> int:
    """How many lines a passage has: an entry of a table of contents tells less than the section itself."""
    first, last = passage.lines
    return (last or 0) - (first or 0)

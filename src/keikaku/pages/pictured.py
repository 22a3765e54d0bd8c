"""The chart of an answer, as the header of its question says (`#+ view`): bars, values over fiscal years, or the share of each list."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup
from rdflib import URIRef
from rdflib.term import Node

from keikaku.ask import Answer
from keikaku.ask.answer import joined, number_of
from keikaku.namespaces import FY
from keikaku.pages.address import href
from keikaku.pages.chart import Bar, Series, Share, bars, over_years, point_of, share

#: Bars of one chart, and charts of one answer; the table has everything.
MOST_BARS, MOST_CHARTS = 20, 8
_STATES = {"lacking": "lacking", "unknown": "unknown", "has": "has"}


def picture(answer: Answer, lang: str) -> tuple[Markup, bool]:
    """The chart of an answer and whether it leaves something out; "" when there is nothing to draw."""
    if answer.question.view == "three-lists":
        return _share(answer, lang), False
    if answer.question.view == "bars":
        return _bars(answer, lang)
    if answer.question.view == "values":
        return _values(answer, lang)
    return Markup(), False


def _share(answer: Answer, lang: str) -> Markup:
    parts = [Share(group.label.of(lang), group.count, _STATES[group.token]) for group in answer.groups()]
    return share(parts, answer.question.title.of(lang), lang)


def _bars(answer: Answer, lang: str) -> tuple[Markup, bool]:
    """A bar for each thing, the largest first; a thing in several rows is drawn once."""
    label, number = (answer.question.column(name) for name in answer.question.drawn)
    several = len({str(row["government"]) for row in answer if "government" in row}) > 1
    found: dict[str, Bar] = {}
    for row in answer:
        count, thing = number_of(row.get(number.name)), row.get(label.name)
        if count is None or thing is None or int(count) != count:
            continue
        called = answer.text(label, thing, lang)
        if several and "government" in row:
            called += f" ({answer.text(answer.question.column('government'), row['government'], lang)})"
        link = href(str(thing), lang) if isinstance(thing, URIRef) else ""
        found.setdefault(str(thing), Bar(called, int(count), link))
    ordered = sorted(found.values(), key=lambda bar: -bar.count)
    return bars(ordered[:MOST_BARS], answer.question.title.of(lang), lang, number.label), len(ordered) > MOST_BARS


def _values(answer: Answer, lang: str) -> tuple[Markup, bool]:
    """A chart for each KPI, so that nothing is compared that may not be."""
    kpis: dict[str, list[Mapping[str, Node]]] = {}
    for row in answer:
        if "kpi" in row and "year" in row and "breakdown" not in row:
            kpis.setdefault(str(row["kpi"]), []).append(row)
    drawn = {kpi: rows for kpi, rows in kpis.items() if len({str(row["year"]) for row in rows}) > 1}
    made = [
        over_years([_series(answer, kpi, rows, lang)], answer.names[kpi].of(lang), lang, f"years-{at}")
        for at, (kpi, rows) in enumerate(drawn.items(), 1)
        if at <= MOST_CHARTS
    ]
    return Markup().join(made), len(drawn) > MOST_CHARTS


def _series(answer: Answer, kpi: str, rows: list[Mapping[str, Node]], lang: str) -> Series:
    def text(row: Mapping[str, Node], name: str) -> str:
        return str(row.get(name) or "")

    points = tuple(
        point_of(
            text(row, "role"), _years(row["year"]), _decimal(row.get("number")), text(row, "status"),
            answer.text(answer.question.column("unit"), row.get("unit"), lang), text(row, "counting"), text(row, "comparator"), text(row, "form"),
            text(row, "printed"), text(row, "basis") == "running",
        )
        for row in rows
    )  # fmt: skip
    return Series(answer.names[kpi].of(lang), points, href(kpi, lang))


def _decimal(term: Node | None) -> Decimal | None:
    number = number_of(term)
    return None if number is None else Decimal(str(term))


def _years(term: Node) -> list[int]:
    """The fiscal years in a cell, which may name several."""
    several = joined(term) or [str(term)]
    return [int(iri.removeprefix(str(FY))) for iri in several if iri.removeprefix(str(FY)).isdigit()]

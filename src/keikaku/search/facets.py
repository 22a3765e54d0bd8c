"""Facets: the kind, place, plan, theme, fiscal year and status of a thing, to narrow a search and to count what it found."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keikaku.ask.times import read_fiscal_year
from keikaku.ask.words import Text, nearest, perhaps
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, FY, expand
from keikaku.search.opened import Index
from keikaku.search.spelling import spell

FACETS = {
    "kind": Text("種類", "kind"),
    "prefecture": Text("都道府県", "prefecture"),
    "municipality": Text("市区町村", "municipality"),
    "plan": Text("計画・事例集", "plan or casebook"),
    "theme": Text("テーマ", "theme"),
    "year": Text("年度", "fiscal year"),
    "status": Text("状態", "status"),
}
#: What may stand for a value in a filter: things that have none of this facet.
MISSING = "missing"
MISSING_LABEL = Text("なし", "missing")
#: A filter that is no facet itself: any of these.
WITHIN = ("prefecture", "municipality", "plan")
#: Values of the facet status that are no codes.
STATES = {
    "not-stated": Text("計画に書かれていない項目がある", "something is not stated by the plan"),
    "lost": Text("本文から失われた項目がある", "something is lost from the text"),
    "no-plan": Text("計画が未収録", "no plan recorded"),
    "no-kpi": Text("KPIの記録がない取組", "initiative without a KPI on record"),
    "no-target": Text("目標値の記録がないKPI", "KPI without a target on record"),
    "unknown": Text("どこまで記録したか不明な観点がある", "how complete the record is, is unknown in some aspect"),
}


@dataclass(frozen=True)
class Choice:
    """One value of a facet and how many of the things found have it; `value` is an IRI, a word of `STATES`, or missing."""

    value: str
    name: Text
    count: int


def allowed(base: Index, filters: Mapping[str, str]) -> set[int] | None:
    """The things that every filter lets through; None when there is no filter.

    Filters are facets, or `within` for any kind of place. Raises ParameterError for an unknown facet or value.
    """
    found: set[int] | None = None
    for facet, text in filters.items():
        if not text.strip():
            continue
        several = _several(facet)
        if text == MISSING:
            rows = base.rows(
                """SELECT id FROM {at}.thing WHERE id {but} EXCEPT SELECT facet.thing FROM {at}.facet AS facet
                JOIN {at}.value AS value ON value.id = facet.value WHERE value.facet IN (SELECT json_each.value FROM json_each(?))""",
                (json.dumps(several),),
            )
            things = {row[0] for row in rows}
        else:
            things = having(base, _values(base, facet, several, text))
        found = things if found is None else found & things
    return found


def having(base: Index, values: Iterable[int]) -> set[int]:
    """The things that have one of these values."""
    rows = base.rows(
        "SELECT thing FROM {at}.facet WHERE value IN (SELECT json_each.value FROM json_each(?)) AND thing {but}",
        (json.dumps(list(values)),),
    )
    return {row[0] for row in rows}


def counts(base: Index, many: int) -> dict[str, tuple[Choice, ...]]:
    """For each facet its values among the chosen things (`Index.choose`), of which there are so many, the most frequent first, then how many have none."""
    found: dict[str, list[Choice]] = {facet: [] for facet in FACETS}
    members = list(
        base.rows(
            "SELECT hit.thing, facet.value FROM hit CROSS JOIN {at}.facet AS facet ON facet.thing = hit.thing WHERE hit.thing {but}"
        )
    )
    counted = Counter(value for _, value in members)
    named = list(
        base.rows(
            "SELECT id, facet, iri, ja, en, id {still} FROM {at}.value WHERE id IN (SELECT json_each.value FROM json_each(?))",
            (json.dumps(list(counted)),),
        )
    )
    rows = [(facet, iri, ja, en, counted[at]) for at, facet, iri, ja, en, still in named if still]
    for facet, iri, ja, en, count in sorted(rows, key=lambda row: (-row[4], row[0], row[1])):
        found[facet].append(Choice(iri, Text(ja, en), count))
    facet_of = {at: facet for at, facet, *_ in named}
    some = Counter(facet for _, facet in {(thing, facet_of[value]) for thing, value in members if value in facet_of})
    for facet in FACETS:
        count = some[facet]
        if count < many:
            found[facet].append(Choice(MISSING, MISSING_LABEL, many - count))
    return {facet: tuple(choices) for facet, choices in found.items()}


def _several(facet: str) -> tuple[str, ...]:
    """The facets a filter means."""
    if facet != "within" and facet not in FACETS:
        listed = ", ".join(nearest(facet, [*FACETS, "within"]) or [*FACETS, "within"])
        raise ParameterError(
            f"there is no facet “{facet}”",
            ja=f"「{facet}」という絞り込みはありません",
            do=f"Write one of: {listed}",
            do_ja=f"どれかを書いてください: {listed}",
        )
    return WITHIN if facet == "within" else (facet,)


def _values(base: Index, facet: str, several: tuple[str, ...], text: str) -> list[int]:
    """The values meant by an IRI, prefixed name, code or name: all that bear it, such as the two cities 府中市."""
    iri = expand(text)
    year = read_fiscal_year(text) if facet == "year" else None
    exact = [str(iri)] if iri else [text, BASE + text.strip("/"), str(FY[str(year)]) if year else ""]
    rows = [
        row[:5]
        for row in base.rows("SELECT id, iri, thing, ja, en, facet FROM {at}.value WHERE id {still}")
        if row[5] in several
    ]
    found = [row[0] for row in rows if row[1] in exact or re.split("[/#]", row[1])[-1] == text]
    wanted = spell(text)
    if not found:
        named = {row[0] for row in base.rows("SELECT thing FROM {at}.name WHERE spelt = ? AND thing {but}", (wanted,))}
        found = [row[0] for row in rows if row[2] in named or wanted in (spell(row[3]), spell(row[4]))]
    if text in STATES and several == ("status",):
        return found  # a state that nothing is in is no mistake
    for fits in (str.startswith, str.__contains__):  # a part of a name, when it is the part of one value's alone
        if not found and wanted:
            part = [row[0] for row in rows if any(fits(spell(name), wanted) for name in row[3:5])]
            found = part if len(part) == 1 else []
    if not found:
        near = nearest(text, [name for row in rows for name in row[3:5]])
        hint = (
            perhaps(near, quotes="")
            if near
            else Text(
                "何があるかを見るには: keikaku search WORDS --facets",
                "See what there is with: keikaku search WORDS --facets",
            )
        )
        what = FACETS.get(facet, Text("場所・計画", "place or plan"))
        raise ParameterError(
            f"“{text}” is no {what.en}", ja=f"「{text}」という{what.ja}はありません", do=hint.en, do_ja=hint.ja
        )
    return found

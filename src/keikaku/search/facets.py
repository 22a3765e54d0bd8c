"""Facets: the kind, place, plan, theme, fiscal year and status of a thing, to narrow a search and to count what it found."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from keikaku.ask.names import Source, names
from keikaku.ask.times import read_fiscal_year
from keikaku.ask.words import Text, nearest
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, FY, expand
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

_GOVERNMENT = "?thing jdx:issuingBody|org:unitOf|jdx:practisedBy|(org:postIn/org:unitOf) ?value . ?value jdx:localGovernmentCode ?code"
_PLAN = "?thing jdx:inPlan|dcterms:isPartOf ?value . ?value a jdx:PolicyInstrument"
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("plan", _PLAN),
    ("plan", "?value a jdx:Plan . BIND(?value AS ?thing)"),
    ("plan", "?thing jdx:ofKPI|foaf:primaryTopic ?whole . ?whole (jdx:inPlan|dcterms:isPartOf)? ?value . ?value a jdx:PolicyInstrument"),
    ("government", _GOVERNMENT),
    ("government", "?value jdx:localGovernmentCode ?code . BIND(?value AS ?thing)"),
    ("theme", "?thing jdx:theme ?value . ?value a jdx:PolicyTheme"),
    ("theme", "?value a jdx:PolicyTheme . BIND(?value AS ?thing)"),
    ("theme", "?element jdx:theme ?value ; jdx:hasKPI ?thing . ?value a jdx:PolicyTheme"),
    ("year", "?thing jdx:coversFiscalYear|jdx:mayCoverFiscalYear|jdx:forFiscalYear ?value"),
    ("year", "?number jdx:ofKPI ?thing ; jdx:forFiscalYear ?value"),
    ("status", "?thing jdx:planStatus|jdx:evaluationStatus|jdx:descriptionStatus ?value"),
    ("status", '?thing jdx:notStated ?aspect . BIND("not-stated" AS ?value)'),
    ("status", '?thing jdx:lostInText ?aspect . BIND("lost" AS ?value)'),
    ("status", '?thing a jdx:Municipality . FILTER NOT EXISTS { ?plan jdx:issuingBody ?thing ; a jdx:Plan } BIND("no-plan" AS ?value)'),
    ("status", '?thing a jdx:Initiative . FILTER NOT EXISTS { ?thing jdx:hasKPI ?kpi } BIND("no-kpi" AS ?value)'),
    ("status", '?thing a jdx:KPI . FILTER NOT EXISTS { ?target jdx:ofKPI ?thing ; a jdx:TargetValue } BIND("no-target" AS ?value)'),
    ("status", '?statement jdx:completenessOf ?thing ; jdx:completeness c:cl-unknown . BIND("unknown" AS ?value)'),
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One value of a facet and how many of the things found have it; `value` is an IRI, a word of `STATES`, or missing."""

    value: str
    name: Text
    count: int


def write(source: Source, base: sqlite3.Connection, number: Mapping[str, int], kinds: Mapping[str, str]) -> None:
    """Write the facets of the numbered things into the tables value and facet."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for iri in number:
        if kinds.get(iri):
            found["kind", kinds[iri]].add(iri)
    plans: dict[str, set[str]] = defaultdict(set)
    governments: dict[str, set[str]] = defaultdict(set)
    for facet, pattern in _PATTERNS:
        rows = source.select(f"SELECT DISTINCT ?thing ?value WHERE {{ {pattern} }}").rows
        for thing, value in ((str(thing), str(value)) for thing, value in rows):
            if facet == "government":
                governments[thing].add(value)
            else:
                found[facet, value].add(thing)
            if facet == "plan":
                plans[thing].add(value)
    prefecture = {str(g): str(p) for g, p in source.select("SELECT ?g ?p WHERE { ?g jdx:inPrefecture ?p }").rows}
    for iri in number:
        # What is part of a plan belongs where the plan does; a case of a casebook, where it was practised.
        own = governments.get(iri) or {g for plan in plans.get(iri, ()) for g in governments.get(plan, ())}
        for government in own:
            found["municipality" if government in prefecture else "prefecture", government].add(iri)
            if government in prefecture:
                found["prefecture", prefecture[government]].add(iri)
    called = names(source, (value for _, value in found if value.startswith("http")))
    order = list(FACETS)
    ordered = sorted(found, key=lambda key: (order.index(key[0]), key[1]))
    for at, key in enumerate(ordered, 1):
        facet, value = key
        name = called.get(value) or STATES[value]
        base.execute("INSERT INTO value VALUES (?,?,?,?,?,?)", (at, facet, value, number.get(value), name.ja, name.en))
        members = sorted(number[iri] for iri in found[key] if iri in number)
        base.executemany("INSERT INTO facet VALUES (?,?)", ((at, thing) for thing in members))


def allowed(base: sqlite3.Connection, filters: Mapping[str, str]) -> set[int] | None:
    """The things that every filter lets through; None when there is no filter.

    Filters are facets, or `within` for any kind of place. Raises ParameterError for an unknown facet or value.
    """
    found: set[int] | None = None
    for facet, text in filters.items():
        if not text.strip():
            continue
        several = _several(facet)
        if text == MISSING:
            rows = base.execute(
                """SELECT id FROM thing EXCEPT SELECT facet.thing FROM facet JOIN value ON value.id = facet.value
                WHERE value.facet IN (SELECT json_each.value FROM json_each(?))""",
                (json.dumps(several),),
            )
            things = {row[0] for row in rows}
        else:
            things = having(base, _values(base, facet, several, text))
        found = things if found is None else found & things
    return found


def having(base: sqlite3.Connection, values: Iterable[int]) -> set[int]:
    """The things that have one of these values."""
    rows = base.execute(
        "SELECT thing FROM facet WHERE value IN (SELECT json_each.value FROM json_each(?))", (json.dumps(list(values)),)
    )
    return {row[0] for row in rows}


def counts(base: sqlite3.Connection, things: Collection[int]) -> dict[str, tuple[Choice, ...]]:
    """For each facet its values among these things, the most frequent first, then how many have none."""
    found: dict[str, list[Choice]] = {facet: [] for facet in FACETS}
    some: dict[str, int] = dict.fromkeys(FACETS, 0)
    base.execute("CREATE TEMP TABLE IF NOT EXISTS hit (thing INTEGER PRIMARY KEY)")
    base.execute("DELETE FROM hit")
    base.executemany("INSERT INTO hit VALUES (?)", ((thing,) for thing in things))
    rows = base.execute(
        "SELECT value.facet, value.iri, value.ja, value.en, COUNT(*) FROM hit CROSS JOIN facet ON facet.thing = hit.thing "
        "JOIN value ON value.id = facet.value GROUP BY value.id ORDER BY COUNT(*) DESC, value.id"
    )
    for facet, iri, ja, en, count in rows:
        found[facet].append(Choice(iri, Text(ja, en), count))
    having_some = base.execute(
        "SELECT value.facet, COUNT(DISTINCT hit.thing) FROM hit CROSS JOIN facet ON facet.thing = hit.thing "
        "JOIN value ON value.id = facet.value GROUP BY value.facet"
    )
    some.update(dict(having_some.fetchall()))
    for facet, count in some.items():
        if things and count < len(things):
            found[facet].append(Choice(MISSING, MISSING_LABEL, len(things) - count))
    return {facet: tuple(choices) for facet, choices in found.items()}


def _several(facet: str) -> tuple[str, ...]:
    """The facets a filter means."""
    if facet != "within" and facet not in FACETS:
        near = nearest(facet, [*FACETS, "within"])
        raise ParameterError(
            f"there is no facet “{facet}”", do=f"Write one of: {', '.join(near or [*FACETS, 'within'])}"
        )
    return WITHIN if facet == "within" else (facet,)


def _values(base: sqlite3.Connection, facet: str, several: tuple[str, ...], text: str) -> list[int]:
    """The values meant by an IRI, prefixed name, code or name: all that bear it, such as the two cities 府中市."""
    iri = expand(text)
    year = read_fiscal_year(text) if facet == "year" else None
    exact = [str(iri)] if iri else [text, BASE + text.strip("/"), str(FY[str(year)]) if year else ""]
    rows = [row[:5] for row in base.execute("SELECT id, iri, thing, ja, en, facet FROM value") if row[5] in several]
    found = [row[0] for row in rows if row[1] in exact or re.split("[/#]", row[1])[-1] == text]
    wanted = spell(text)
    if not found:
        named = {row[0] for row in base.execute("SELECT thing FROM name WHERE spelt = ?", (wanted,))}
        found = [row[0] for row in rows if row[2] in named or wanted in (spell(row[3]), spell(row[4]))]
    if text in STATES and several == ("status",):
        return found  # a state that nothing is in is no mistake
    for fits in (str.startswith, str.__contains__):  # a part of a name, when it is the part of one value's alone
        if not found and wanted:
            part = [row[0] for row in rows if any(fits(spell(name), wanted) for name in row[3:5])]
            found = part if len(part) == 1 else []
    if not found:
        near = nearest(text, [name for row in rows for name in row[3:5]])
        hint = f"Did you mean {' or '.join(near)}?" if near else "See what there is with: keikaku search WORDS --facets"
        raise ParameterError(f"“{text}” is no {FACETS[facet].en if facet in FACETS else 'place or plan'}", do=hint)
    return found

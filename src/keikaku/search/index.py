"""Write the index: every thing that has a name, its names with what kind of name each is, and the facets it is found under."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from rdflib import Literal

from keikaku.ask import governments
from keikaku.ask.names import Source, pick
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, FY, shorten
from keikaku.search import facets
from keikaku.search.ranking import BYNAME, COST, KINDS, OTHER_COST, OWN, PRINTED, VARIANT, WORDING
from keikaku.search.spelling import characters, pairs, romaji, spell

#: Name of the index in the folder of a store; the number counts its layouts, so that an older one is written anew, not read.
FILE = "search-3.sqlite"

_SCHEMA = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, cost REAL, rank INTEGER, ja TEXT, en TEXT, within_ja TEXT, within_en TEXT);
CREATE TABLE name (id INTEGER PRIMARY KEY, thing INTEGER, text TEXT, spelt TEXT, form INTEGER);
CREATE VIRTUAL TABLE cut USING fts5 (one, two, content='', columnsize=0, detail=full, tokenize='ascii');
CREATE TABLE value (id INTEGER PRIMARY KEY, facet TEXT, iri TEXT, thing INTEGER, ja TEXT, en TEXT);
CREATE TABLE facet (value INTEGER, thing INTEGER, PRIMARY KEY (value, thing)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX name_spelt ON name (spelt);
CREATE INDEX facet_thing ON facet (thing, value);
CREATE INDEX value_thing ON value (thing);
"""
#: Properties that name a thing, and what kind of name each gives.
_NAMING = (
    ("rdfs:label", OWN), ("skos:prefLabel", OWN), ("dcterms:title", OWN), ("skos:altLabel", BYNAME), ("skos:hiddenLabel", BYNAME),
    ("jdx:localGovernmentCode", BYNAME), ("dcterms:identifier", BYNAME), ("eli:id_local", BYNAME), ("skos:notation", BYNAME),
    ("skosxl:altLabel/skosxl:literalForm", WORDING),
)  # fmt: skip

#: How the last character of a prefecture's name is read.
_SUFFIXES = {"都": "to", "道": "do", "府": "fu", "県": "ken"}


def write(source: Source, path: Path) -> int:
    """Write the index to the new file `path`; the number of things in it.

    Names are numbered by what their thing and their length cost, so that a search that reads only the first ones of very many
    reads the best ones.
    """
    labels = _labels(source)
    kinds, within = _kinds(source), _within(source)
    number = {iri: position for position, iri in enumerate(sorted(labels), 1)}
    texts = _texts(source, labels)
    with closing(sqlite3.connect(path)) as base:
        base.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
        rows: list[tuple[float, int, int, str, str, int]] = []
        for iri, thing in number.items():
            rank, kind = kinds.get(iri, (len(KINDS), ""))
            cost = COST.get(shorten(kind), OTHER_COST)
            own = [label for label, form in labels[iri].items() if form == OWN]
            place = within.get(iri, Text("", ""))
            base.execute(
                "INSERT INTO thing VALUES (?,?,?,?,?,?,?,?,?)",
                (thing, iri, kind, cost, rank, pick(own, "ja"), pick(own, "en"), place.ja, place.en),
            )
            rows += [(cost, len(spelt), thing, text, spelt, form) for (spelt, text), form in texts[iri].items()]
        for at, (_, _, thing, text, spelt, form) in enumerate(sorted(rows), 1):
            base.execute("INSERT INTO name VALUES (?,?,?,?,?)", (at, thing, text, spelt, form))
            base.execute("INSERT INTO cut (rowid, one, two) VALUES (?,?,?)", (at, characters(spelt), pairs(spelt)))
        facets.write(source, base, number, {iri: kind for iri, (_, kind) in kinds.items()})
        base.execute("INSERT INTO cut (cut) VALUES ('optimize')")
        base.executescript(_INDEXES)
        base.commit()
    return len(number)


def _labels(source: Source) -> dict[str, dict[Literal, int]]:
    """IRI → names as the graph has them, each with what kind of name it is; only of things that have one of their own."""
    found: dict[str, dict[Literal, int]] = defaultdict(dict)
    for naming, form in _NAMING:
        for thing, name in source.select(f"SELECT ?thing ?name WHERE {{ ?thing {naming} ?name }}").rows:
            if isinstance(name, Literal) and str(name):
                names = found[str(thing)]
                names[name] = min(names.get(name, form), form)
    return {
        iri: names
        for iri, names in found.items()
        if OWN in names.values() and "/shape/" not in iri and "/graph/" not in iri
    }


def _texts(source: Source, labels: dict[str, dict[Literal, int]]) -> dict[str, dict[tuple[str, str], int]]:
    """IRI → (spelt, as written) → the best kind of name: labels, what people shorten them to, numbers, spelling variants."""
    found: dict[str, dict[tuple[str, str], int]] = {iri: {} for iri in labels}

    def add(iri: str, text: str, form: int, spelt: str = "") -> None:
        key = (spelt or spell(text), text)
        if key[0]:
            found[iri][key] = min(found[iri].get(key, form), form)

    for iri, names in labels.items():
        for label, form in names.items():
            add(iri, str(label), form)
        if iri.startswith(str(FY)):
            for text in _years(int(iri.removeprefix(str(FY)))):
                add(iri, text, BYNAME)
    for government in governments.load(source):
        iri = str(government.iri)
        add(iri, government.code[:5], BYNAME)
        kanji = next((p for p in government.prefecture if p[-1:] in "都道府県"), "")
        if kanji:
            add(iri, kanji + government.ja, BYNAME)
        suffix = _SUFFIXES.get(government.ja[-1:], "") if not government.is_municipality else ""
        for name in government.names:
            if suffix and name.isascii() and name.isalpha():
                add(iri, f"{name}-{suffix}", BYNAME)
            short = governments.bare(spell(name))
            add(iri, name, BYNAME, short)
    for thing, text in _printed(source, found):
        add(thing, text, PRINTED)
    for iri, texts in found.items():
        for spelt, text in list(texts):
            if (variant := romaji(spelt)) != spelt:
                add(iri, text, VARIANT, variant)
    return found


def _years(year: int) -> list[str]:
    era = f"R{year - 2018}" if year > 2018 else f"H{year - 1988}"
    return [str(year), f"{year}年度", f"FY{year}", era, f"{era}年度"]


def _printed(source: Source, known: dict[str, dict[tuple[str, str], int]]) -> list[tuple[str, str]]:
    """Numbers as printed, with the thing that they are found under: their KPI, else what they are part of, else what encloses them."""
    parts: dict[str, str] = {}
    for way in ("dcterms:isPartOf", "jdx:ofKPI"):
        for value, whole in source.select(f"SELECT ?value ?whole WHERE {{ ?value {way} ?whole }}").rows:
            parts[str(value)] = str(whole)
    found = []
    for value, text in source.select("SELECT ?value ?text WHERE { ?value jdx:sourceLexical ?text }").rows:
        holder = str(value)
        while holder and holder not in known:  # a value has no name of its own
            holder = parts.get(holder) or (holder.rpartition("/")[0] if len(holder) > len(BASE) else "")
        if holder:
            found.append((holder, str(text)))
    return found


def _kinds(source: Source) -> dict[str, tuple[int, str]]:
    """IRI → the class that says best what it is: the first of `KINDS`, else one of ours."""
    found: dict[str, tuple[int, str]] = {}
    for thing, kind in source.select("SELECT ?thing ?kind WHERE { ?thing a ?kind }").rows:
        short = shorten(str(kind))
        rank = KINDS.index(short) if short in KINDS else len(KINDS) + (not short.startswith("jdx:"))
        entry = (rank, str(kind))
        found[str(thing)] = min(found.get(str(thing), entry), entry)
    return found


def _within(source: Source) -> dict[str, Text]:
    """Where a thing belongs, for telling namesakes apart: the prefecture of a municipality, the plan of an element."""
    labels: dict[str, list[Literal]] = {}
    for pattern in (
        "?thing jdx:inPrefecture ?whole . ?whole rdfs:label ?name",
        "?thing jdx:inPlan ?whole . ?whole dcterms:title ?name",
        "?thing a jdx:GlossaryEntry ; dcterms:isPartOf ?whole . ?whole dcterms:title ?name",
        "?thing org:unitOf ?whole . ?whole rdfs:label ?name",
        "?thing a jdx:PolicyInstrument ; jdx:issuingBody ?whole . ?whole rdfs:label ?name",
        "?thing jdx:sourceLexical ?printed ; dcterms:isPartOf ?whole . ?whole dcterms:title ?name",
        "?thing a jdx:PracticeCase ; jdx:practisedBy ?whole . ?whole rdfs:label ?name",
    ):
        for thing, name in source.select(f"SELECT ?thing ?name WHERE {{ {pattern} }}").rows:
            if isinstance(name, Literal):
                labels.setdefault(str(thing), []).append(name)
    return {iri: Text(pick(names, "ja"), pick(names, "en")) for iri, names in labels.items()}

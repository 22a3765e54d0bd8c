"""Search over names, readings, codes and wordings: SQLite FTS5 over single characters and pairs that we cut ourselves.

Its own tokenizers find nothing for a two-character Japanese word. Every name is folded (NFKC, no case, katakana as hiragana)
and stored twice: cut into characters and cut into overlapping pairs. A word of one character is looked for among the
characters, a longer one as a phrase of pairs, which is exactly a substring. The build writes the file beside the store.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal

from keikaku.ask.names import Source, pick
from keikaku.ask.words import Text, fold
from keikaku.errors import CannotRunError
from keikaku.namespaces import shorten

#: Name of the index in the folder of a store.
FILE = "search.sqlite"
#: Which kinds of thing come first among equally good matches.
_KINDS = (
    "jdx:Municipality", "jdx:Prefecture", "jdx:PolicyTheme", "jdx:Plan", "jdx:Initiative", "jdx:KPI", "jdx:IndicatorConcept",
    "jdx:PolicyInstrument", "eli:LegalResource", "jdx:Goal", "jdx:Principle", "jdx:Action", "jdx:Issue", "jdx:GovernanceBody",
    "org:OrganizationalUnit", "org:Post", "jdx:NationalBody", "jdx:PracticeCase", "jdx:GlossaryEntry", "jdx:NationalPolicyItem",
    "jdx:RoadmapEntry", "jdx:FiscalYear", "jdx:Product", "jdx:SourceDocument", "skos:Concept", "owl:Class", "owl:ObjectProperty",
    "owl:DatatypeProperty",
)  # fmt: skip
_OTHER = len(_KINDS)

_SCHEMA = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, rank INTEGER, ja TEXT, en TEXT, within_ja TEXT, within_en TEXT);
CREATE TABLE name (id INTEGER PRIMARY KEY, thing INTEGER, text TEXT, folded TEXT, best INTEGER);
CREATE INDEX name_folded ON name (folded);
CREATE VIRTUAL TABLE cut USING fts5 (one, two, content='', columnsize=0, detail=full, tokenize='ascii');
"""


@dataclass(frozen=True)
class Hit:
    """One thing found. `matched` is the name that matched; `within` is its prefecture or plan, if it has one."""

    iri: str
    kind: str
    name: Text
    within: Text
    matched: str


def write(source: Source, path: Path) -> int:
    """Write the index of everything that has a name to the new file `path`; the number of things in it."""
    names = _names(source)
    kinds, within = _kinds(source), _within(source)
    with closing(sqlite3.connect(path)) as base:
        base.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
        number = 0
        for thing, iri in enumerate(sorted(names), 1):
            rank, kind = kinds.get(iri, (_OTHER, ""))
            labels = [label for label, is_best in names[iri].items() if is_best] or list(names[iri])
            ja, en = pick(labels, "ja"), pick(labels, "en")
            place = within.get(iri, Text("", ""))
            base.execute(
                "INSERT INTO thing VALUES (?,?,?,?,?,?,?,?)", (thing, iri, kind, rank, ja, en, place.ja, place.en)
            )
            texts: dict[str, bool] = {}
            for label, is_best in names[iri].items():
                texts[str(label)] = texts.get(str(label), False) or is_best
            for text, is_best in sorted(texts.items()):
                folded = fold(text)
                if not folded:
                    continue
                number += 1
                base.execute("INSERT INTO name VALUES (?,?,?,?,?)", (number, thing, text, folded, int(is_best)))
                base.execute(
                    "INSERT INTO cut (rowid, one, two) VALUES (?,?,?)", (number, _characters(folded), _pairs(folded))
                )
        base.execute("INSERT INTO cut (cut) VALUES ('optimize')")
        base.commit()
    return len(names)


def search(path: Path, words: str, lang: str = "ja", most: int = 20) -> list[Hit]:
    """Things whose names hold every word, the exact name first, then names that begin with it, then the rest; shorter first.

    Every language is searched; among equals the order is that of the names in `lang`. Raises CannotRunError when there is no index.
    """
    if not path.is_file():
        raise CannotRunError("there is no search index yet", do="Run: keikaku build", rule="README.md")
    wanted = [folded for word in words.split() if (folded := fold(word))]
    whole = fold(words)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        scores: dict[int, tuple[int, int, int, str]] | None = None
        for word in [whole] if _has_name(base, whole) else wanted:
            found = _matches(base, word)
            scores = found if scores is None else {t: min(scores[t], found[t]) for t in scores.keys() & found.keys()}
        ranked = []
        for thing, (how, not_best, length, text) in (scores or {}).items():
            iri, kind, rank, ja, en, in_ja, in_en = base.execute(
                "SELECT iri, kind, rank, ja, en, within_ja, within_en FROM thing WHERE id = ?", (thing,)
            ).fetchone()
            hit = Hit(iri, kind, Text(ja or en or shorten(iri), en or ja or shorten(iri)), Text(in_ja, in_en), text)
            ranked.append(((how, not_best, rank, length, hit.name.of(lang), iri), hit))
    return [hit for _, hit in sorted(ranked, key=lambda pair: pair[0])[:most]]


def _has_name(base: sqlite3.Connection, folded: str) -> bool:
    return (
        bool(folded) and base.execute("SELECT 1 FROM name WHERE folded = ? LIMIT 1", (folded,)).fetchone() is not None
    )


def _matches(base: sqlite3.Connection, word: str) -> dict[int, tuple[int, int, int, str]]:
    """Thing → its best match: (0 exact, 1 prefix, 2 inside; whether the name is a by-name; length; the name)."""
    query = f'one : "{_token(word)}"' if len(word) == 1 else f'two : "{_pairs(word)}"'
    best: dict[int, tuple[int, int, int, str]] = {}
    rows = base.execute(
        "SELECT name.thing, name.text, name.folded, name.best FROM cut JOIN name ON name.id = cut.rowid WHERE cut MATCH ?",
        (query,),
    )
    for thing, text, folded, is_best in rows:
        how = 0 if folded == word else 1 if folded.startswith(word) else 2
        match = (how, 1 - is_best, len(folded), text)
        best[thing] = min(best.get(thing, match), match)
    return best


def _token(characters: str) -> str:
    """Characters as one ASCII word, which no tokenizer takes apart."""
    return "x".join(f"{ord(c):x}" for c in characters)


def _characters(folded: str) -> str:
    return " ".join(_token(c) for c in folded)


def _pairs(folded: str) -> str:
    return " ".join(_token(folded[i : i + 2]) for i in range(len(folded) - 1))


def _names(source: Source) -> dict[str, dict[Literal, bool]]:
    """IRI → names, each with whether it is a proper name (not a by-name, reading, code or wording)."""
    found: dict[str, dict[Literal, bool]] = {}
    for naming, is_best in (
        ("rdfs:label", True), ("skos:prefLabel", True), ("dcterms:title", True), ("skos:altLabel", False), ("skos:hiddenLabel", False),
        ("jdx:localGovernmentCode", False), ("dcterms:identifier", False), ("eli:id_local", False), ("skos:notation", False),
        ("skosxl:altLabel/skosxl:literalForm", False),
    ):  # fmt: skip
        for thing, name in source.select(f"SELECT ?thing ?name WHERE {{ ?thing {naming} ?name }}").rows:
            if isinstance(name, Literal) and str(name):
                names = found.setdefault(str(thing), {})
                names[name] = names.get(name, False) or is_best
    return {
        iri: names
        for iri, names in found.items()
        if any(names.values()) and "/shape/" not in iri and "/graph/" not in iri
    }


def _kinds(source: Source) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for thing, kind in source.select("SELECT ?thing ?kind WHERE { ?thing a ?kind }").rows:
        short = shorten(str(kind))
        rank = _KINDS.index(short) if short in _KINDS else _OTHER
        entry = (rank, str(kind))
        found[str(thing)] = min(found.get(str(thing), entry), entry)
    return found


def _within(source: Source) -> dict[str, Text]:
    """Where a thing belongs, for telling namesakes apart: the prefecture of a municipality, the plan of an element."""
    labels: dict[str, list[Literal]] = {}
    for pattern in (
        "?thing jdx:inPrefecture ?whole . ?whole rdfs:label ?name",
        "?thing jdx:inPlan ?whole . ?whole dcterms:title ?name",
        "?thing org:unitOf ?whole . ?whole rdfs:label ?name",
        "?thing a jdx:PolicyInstrument ; jdx:issuingBody ?whole . ?whole rdfs:label ?name",
    ):
        for thing, name in source.select(f"SELECT ?thing ?name WHERE {{ {pattern} }}").rows:
            if isinstance(name, Literal):
                labels.setdefault(str(thing), []).append(name)
    return {iri: Text(pick(names, "ja"), pick(names, "en")) for iri, names in labels.items()}

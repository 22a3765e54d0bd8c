"""Write the index: every thing that has a name, its names with what kind of name each is, and the facets it is found under.

The index is one file; a change of a few documents is a small second file over it (`changes`), until it has grown enough that the
whole is written anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from keikaku.ask.names import Source, names
from keikaku.ask.words import Text
from keikaku.search import reference
from keikaku.search.facets import FACETS, STATES
from keikaku.search.gather import Thing
from keikaku.search.opened import LAYOUT
from keikaku.search.slices import in_slices
from keikaku.search.spelling import characters, pairs

#: Name of the index in the folder of a store.
FILE = f"{LAYOUT}.sqlite"

TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, cost REAL, rank INTEGER, ja TEXT, en TEXT, within_ja TEXT, within_en TEXT,
 long_ja INTEGER, long_en INTEGER);
CREATE TABLE name (id INTEGER PRIMARY KEY, thing INTEGER, text TEXT, spelt TEXT, form INTEGER);
CREATE VIRTUAL TABLE cut USING fts5 (one, two, content='', columnsize=0, detail=full, tokenize='ascii');
CREATE TABLE value (id INTEGER PRIMARY KEY, facet TEXT, iri TEXT, thing INTEGER, ja TEXT, en TEXT);
CREATE TABLE facet (value INTEGER, thing INTEGER, PRIMARY KEY (value, thing)) WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX thing_order ON thing (id, cost, rank, long_ja, long_en);
CREATE INDEX name_spelt ON name (spelt);
CREATE INDEX name_thing ON name (thing);
CREATE INDEX facet_thing ON facet (thing, value);
CREATE INDEX value_thing ON value (thing);
"""
#: What is gathered before it has its place: things and facets in the order of slices.
_STAGE = """
CREATE TABLE stage.thing (at INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, cost REAL, rank INTEGER, ja TEXT, en TEXT, within_ja TEXT, within_en TEXT);
CREATE TABLE stage.name (at INTEGER, cost REAL, text TEXT, spelt TEXT, form INTEGER);
CREATE TABLE stage.member (at INTEGER, value INTEGER);
CREATE TABLE stage.number (at INTEGER PRIMARY KEY, id INTEGER);
CREATE TABLE stage.place (value INTEGER PRIMARY KEY, id INTEGER);
"""
Value = tuple[str, str]


def write(source: Source, path: Path) -> int:
    """Write the whole index to the new file `path`; the number of things in it.

    Names are numbered by what their thing and their length cost, so that a search that reads only the first ones of very many
    reads the best ones.
    """
    known = reference.load(source, path.parent)
    staged = path.with_name(f"{path.name}.stage")
    staged.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as base:
        for function, name in ((characters, "characters"), (pairs, "pairs")):
            base.create_function(name, 1, function, deterministic=True)
        base.execute("ATTACH ? AS stage", (str(staged),))
        base.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA stage.journal_mode=OFF; PRAGMA stage.synchronous=OFF; {_STAGE}"
        )
        values = _stage(base, in_slices(source, known.governments, known.named))
        base.executescript(TABLES)
        _number(base)
        _values(base, source, values)
        base.execute("INSERT INTO cut (cut) VALUES ('optimize')")
        base.executescript(INDEXES)
        base.commit()
        base.execute("DETACH stage")
        (count,) = base.execute("SELECT COUNT(*) FROM thing").fetchone()
    staged.unlink()
    return int(count)


def _stage(base: sqlite3.Connection, gathered: Iterable[list[Thing]]) -> dict[Value, int]:
    """Put away what is gathered; the facets' values and their numbers."""
    values: dict[Value, int] = {}
    at = 0
    for things in gathered:
        for thing in things:
            at += 1
            row = (
                at,
                thing.iri,
                thing.kind,
                thing.cost,
                thing.rank,
                thing.ja,
                thing.en,
                thing.within.ja,
                thing.within.en,
            )
            if not base.execute("INSERT OR IGNORE INTO stage.thing VALUES (?,?,?,?,?,?,?,?,?)", row).rowcount:
                continue
            base.executemany(
                "INSERT INTO stage.name VALUES (?,?,?,?,?)",
                ((at, thing.cost, text, spelt, form) for (spelt, text), form in thing.names.items()),
            )
            base.executemany(
                "INSERT INTO stage.member VALUES (?,?)",
                ((at, values.setdefault(value, len(values))) for value in thing.facets),
            )
    return values


def _number(base: sqlite3.Connection) -> None:
    """Number things by their IRI, and names by what they cost."""
    base.execute(
        """INSERT INTO thing SELECT row_number() OVER (ORDER BY iri), iri, kind, cost, rank, ja, en, within_ja, within_en,
        length(coalesce(nullif(ja, ''), en)), length(coalesce(nullif(en, ''), ja)) FROM stage.thing ORDER BY iri"""
    )
    base.execute("INSERT INTO stage.number SELECT s.at, t.id FROM stage.thing s JOIN main.thing t ON t.iri = s.iri")
    base.execute(
        """INSERT INTO name (thing, text, spelt, form) SELECT number.id, text, spelt, form FROM stage.name AS given
        JOIN stage.number AS number ON number.at = given.at ORDER BY cost, length(spelt), number.id, text, spelt, form"""
    )
    base.execute("INSERT INTO cut (rowid, one, two) SELECT id, characters(spelt), pairs(spelt) FROM name ORDER BY id")


def _values(base: sqlite3.Connection, source: Source, values: dict[Value, int]) -> None:
    """Number the values of facets in the order of facets and IRIs, and say which thing has which."""
    order = list(FACETS)
    called = called_of(source, values)
    for at, key in enumerate(sorted(values, key=lambda key: (order.index(key[0]), key[1])), 1):
        base.execute(
            "INSERT INTO value SELECT ?1, ?2, ?3, (SELECT id FROM thing WHERE iri = ?3), ?4, ?5",
            (at, *key, called[key].ja, called[key].en),
        )
        base.execute("INSERT INTO stage.place VALUES (?,?)", (values[key], at))
    base.execute(
        """INSERT INTO facet SELECT place.id, number.id FROM stage.member AS given JOIN stage.number AS number ON number.at = given.at
        JOIN stage.place AS place ON place.value = given.value ORDER BY place.id, number.id"""
    )


def called_of(source: Source, values: Iterable[Value]) -> dict[Value, Text]:
    """What the values of facets are called."""
    every = list(values)
    called = names(source, (value for _, value in every if value.startswith("http")))
    return {key: called.get(key[1]) or STATES[key[1]] for key in every}

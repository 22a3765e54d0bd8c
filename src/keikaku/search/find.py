"""Find things by words and facets in an index that a build wrote."""

from __future__ import annotations

import difflib
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keikaku.ask.words import Text
from keikaku.namespaces import BASE, expand, shorten
from keikaku.search import facets
from keikaku.search.facets import Choice
from keikaku.search.opened import Index, opened
from keikaku.search.ranking import BYNAME, CONTEXT, OWN, VARIANT, miss
from keikaku.search.spelling import cuts_a_word, pairs, parts, romaji, spell, telling, token

#: Names that hold a word which are read, the best first: enough for everything of one plan, and little of a national graph.
#: Of several words more, since few things have them all.
MOST_NAMES, MOST_OF_SEVERAL = 5_000, 20_000
#: How alike a word and a name must be for a suggestion, from 0 to 1.
_ALIKE = 0.6
#: What the place of each chosen thing follows from, but for its name: read from an index alone, since things are large.
ORDER = (
    "SELECT thing.id, cost, rank, iif(?1 = 'en', long_en, long_ja) FROM hit "
    "CROSS JOIN {at}.thing AS thing INDEXED BY thing_order ON thing.id = hit.thing WHERE hit.thing {but}"
)
_QUANTITY = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?\D*")


@dataclass(frozen=True)
class Hit:
    """One thing found. `matched` is the name or printed number that matched; `within` is its prefecture, city or plan."""

    iri: str
    kind: str
    name: Text
    within: Text
    matched: str


@dataclass(frozen=True)
class Found:
    """The first hits of `total` and how many of all have which facet. With `least` there may be more than `total`: a word is very common.

    When nothing fits all the words: `near`, names that are near, and `partly`, the words of which each hit fits at least one.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    least: bool = False


def search(path: Path, words: str, lang: str = "ja", most: int = 20, **filters: str) -> list[Hit]:
    """The things that `find` finds."""
    return list(find(path, words, lang, most, filters, count=False).hits)


def find(
    path: Path,
    words: str,
    lang: str = "ja",
    most: int = 20,
    filters: Mapping[str, str] | None = None,
    *,
    count: bool = True,
) -> Found:
    """Things that every word fits, by name or by where they belong, in the order that `ranking` explains; else that some words fit.

    Names of both languages are searched; among equals the order is that of the names in `lang`. Without words, all that the filters
    let through. `filters` are facets (`FACETS`, or `within`) with a value: an IRI, name or code, or "missing".
    Raises CannotRunError when there is no index, ParameterError for an unknown facet or value.
    """
    with opened(path) as base:
        only = facets.allowed(base, filters or {})
        partly: tuple[str, ...] = ()
        costs = _only(_costs(base, words), only) if words.strip() else dict.fromkeys(only or (), (0.0, ""))
        near = _near(base, words, lang) if not costs and only is None else ()
        if not costs and words.strip():
            costs, partly = _some(base, words, only)
        base.choose(costs)
        counted = facets.counts(base, len(costs)) if count else {}
        return Found(_hits(base, costs, lang, most), len(costs), counted, near, partly, bool(base.common))


def _only(costs: Mapping[int, tuple[float, str]], only: set[int] | None) -> dict[int, tuple[float, str]]:
    return {thing: cost for thing, cost in costs.items() if only is None or thing in only}


def _some(base: Index, words: str, only: set[int] | None) -> tuple[dict[int, tuple[float, str]], tuple[str, ...]]:
    """What the telling words of a sentence fit, each for itself, and those words: the more and the rarer they are, the less it costs."""
    told = [word for word in telling(words) if spell(word) != spell(words)]
    fits = {word: _only(_whole_words(base, word), only) for word in told}
    every = set().union(*fits.values())
    worth = {word: 1 + math.log(len(every) / len(found)) for word, found in fits.items() if found}
    costs: dict[int, tuple[float, str]] = {}
    for thing in every:
        matching = [word for word in worth if thing in fits[word]]
        lacking = sum(worth.values()) - sum(worth[word] for word in matching)
        least, name = min(fits[word][thing] for word in matching)
        costs[thing] = (least + 2 * lacking, name)
    return costs, tuple(worth)


def _whole_words(base: Index, word: str) -> dict[int, tuple[float, str]]:
    """What a word fits, and its singular, but not where it only cuts a longer Latin word."""
    found: dict[int, tuple[float, str]] = {}
    for form in {spell(word), spell(word).removesuffix("s")}:
        for thing, cost in _matches(base, form).items():
            if not cuts_a_word(form, cost[1]):
                found[thing] = min(cost, found.get(thing, cost))
    return found


def _hits(base: Index, costs: Mapping[int, tuple[float, str]], lang: str, most: int) -> tuple[Hit, ...]:
    """The best of the chosen things. Those that may be among them are found by `ORDER`; only they are read whole."""
    ordered = sorted(
        ((round(costs[thing][0] + cost, 6), rank, long), thing) for thing, cost, rank, long in base.rows(ORDER, (lang,))
    )
    best = ordered[:most]
    places = {thing: place for place, thing in ordered if best and place <= best[-1][0]}
    rows = base.rows(
        "SELECT id, iif(?1 = 'en', coalesce(nullif(en, ''), ja), coalesce(nullif(ja, ''), en)), iri, kind, ja, en, within_ja, within_en "
        "FROM {at}.thing WHERE id IN (SELECT json_each.value FROM json_each(?2)) AND id {but}",
        (lang, json.dumps(list(places))),
    )
    return tuple(
        Hit(iri, kind, Text(ja or en or shorten(iri), en or ja or shorten(iri)), Text(in_ja, in_en), costs[thing][1])
        for _, _, iri, kind, ja, en, in_ja, in_en, thing in sorted(
            (places[thing], *rest, thing) for thing, *rest in rows
        )[:most]
    )


def _costs(base: Index, words: str) -> dict[int, tuple[float, str]]:
    """Thing → what its best match costs, and the name that matched: the words as one, or each word on its own."""
    whole = _matches(base, spell(words))
    if _QUANTITY.fullmatch(unicodedata.normalize("NFKC", words.strip())):  # a code has no separators
        whole = {thing: cost for thing, cost in whole.items() if not cost[1].isdigit()}
    for thing in _named_by_address(base, words.strip()):
        whole[thing] = (0.0, words.strip())
    each = parts(words)
    if len(each) < 2:
        return whole
    together: dict[int, tuple[float, str]] | None = None
    for word in each:
        found = _matches(base, word, MOST_OF_SEVERAL)
        for thing in _belonging(base, word, found):
            if thing not in found or found[thing][0] > CONTEXT:
                found[thing] = (CONTEXT, "")
        if together is None:
            together = found
        else:
            together = {
                t: (together[t][0] + found[t][0], together[t][1] or found[t][1]) for t in together.keys() & found.keys()
            }
    mean = {thing: (cost / len(each), name) for thing, (cost, name) in (together or {}).items()}
    return {
        thing: min(one for one in (whole.get(thing), mean.get(thing)) if one) for thing in whole.keys() | mean.keys()
    }


def _named_by_address(base: Index, text: str) -> list[int]:
    """The thing with this IRI, prefixed name, or path below our base."""
    rows = base.rows(
        "SELECT id FROM {at}.thing WHERE iri IN (?, ?) AND id {but}", (str(expand(text) or ""), BASE + text.strip("/"))
    )
    return [row[0] for row in rows]


def _belonging(base: Index, word: str, found: Mapping[int, tuple[float, str]]) -> set[int]:
    """What belongs to a place, plan, theme, kind or year of which a name begins with the word."""
    known = base.rows("SELECT id, thing FROM {at}.value WHERE thing IS NOT NULL AND id {still}")
    return facets.having(base, [value for value, thing in known if thing in found and _begins(word, found[thing][1])])


def _begins(word: str, text: str) -> bool:
    spelt = spell(text)
    begins = spelt.startswith(word) or romaji(spelt).startswith(romaji(word))
    return begins and not cuts_a_word(word, text)


def _matches(base: Index, word: str, most: int = MOST_NAMES) -> dict[int, tuple[float, str]]:
    """Thing → what its best name costs, and that name. A word in Latin letters is also looked for in its plain romaji."""
    best: dict[int, tuple[float, str]] = {}
    for spelt in dict.fromkeys((word, romaji(word))):
        costs: dict[tuple[str, str, int], float | None] = {}  # of a nation many things have the same name
        for thing, text, name, form in _names(base, spelt, most) if spelt else ():
            told = text, name, form if spelt == word else VARIANT
            if told not in costs:
                costs[told] = miss(spelt, name, text, told[2])
            cost = costs[told]
            if cost is not None and (thing not in best or (cost, text) < best[thing]):
                best[thing] = (cost, text)
    return best


def _names(base: Index, word: str, most: int) -> list[tuple[int, str, str, int]]:
    """Names that are the word or hold it."""
    query = f'one : "{token(word)}"' if len(word) == 1 else f'two : "{pairs(word)}"'
    exact = base.rows("SELECT thing, text, spelt, form FROM {at}.name WHERE spelt = ? AND thing {but}", (word,))
    inside = base.rows(
        "SELECT name.thing, name.text, name.spelt, name.form FROM {at}.cut AS cut JOIN {at}.name AS name ON name.id = cut.rowid "
        "WHERE cut.cut MATCH ? AND name.thing {but} ORDER BY cut.rowid LIMIT ?",
        (query, most),
    )
    held = list(inside)
    if len(held) >= most:
        base.common.add(word)
    return [*exact, *held]


def _near(base: Index, words: str, lang: str, most: int = 3) -> tuple[str, ...]:
    """What things are called of which a name shares most pairs of characters with the words, the most alike first."""
    word = romaji(spell(words))[:60]
    shared: Counter[int] = Counter()
    for at in range(len(word) - 1):
        rows = base.rows(
            "SELECT cut.rowid FROM {at}.cut AS cut WHERE cut.cut MATCH ? ORDER BY cut.rowid LIMIT 5000",
            (f'two : "{pairs(word[at : at + 2])}"',),
        )
        shared.update(row[0] for row in rows)
    likely: list[tuple[float, int, int, str]] = []
    listed = json.dumps([one for one, _ in shared.most_common(400)])
    for number, thing, spelt, form, ja, en in base.rows(
        "SELECT name.id, thing, spelt, form, ja, en FROM {at}.name AS name JOIN {at}.thing AS thing ON thing.id = name.thing "
        "WHERE name.id IN (SELECT json_each.value FROM json_each(?)) AND thing.id {but}",
        (listed,),
    ):
        alike = difflib.SequenceMatcher(None, word, spelt, autojunk=False).ratio()
        if alike >= _ALIKE and form in (OWN, BYNAME, VARIANT):
            likely.append((-round(alike, 2), number, thing, (ja or en) if lang == "ja" else (en or ja)))
    best: dict[int, str] = {}
    for _, _, thing, text in sorted(likely):
        best.setdefault(thing, text)
    return tuple(dict.fromkeys(best.values()))[:most]

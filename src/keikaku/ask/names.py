"""The name of every thing an answer shows, in both languages, looked up for all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from rdflib import Literal

from keikaku.ask.kept import kept
from keikaku.ask.words import Text
from keikaku.errors import Place
from keikaku.namespaces import BASE, path_of, shorten
from keikaku.store import Solutions


class Source(Protocol):
    """What answers SELECT queries: the embedded store, or any SPARQL 1.1 service behind the same method."""

    def select(self, text: str, *, place: Place | None = None) -> Solutions:
        """Answer a SELECT query."""
        ...


#: Properties that name a thing, in the order in which they are tried; most things have one of the first three.
NAMING = ("rdfs:label", "skos:prefLabel", "dcterms:title", "skosxl:literalForm", "foaf:name", "skos:notation")
#: A passage has no name (ontology §1.5), and a document has hundreds: it is called by its short IRI without being looked up.
_PASSAGE = re.compile(rf"{re.escape(BASE)}id/doc/[^/]+/ev/")
#: IRIs in one VALUES block; of a thousand each is looked up, of two thousand the engine read the whole graph instead (reference data).
_CHUNK = 1000


def values(iris: Iterable[str]) -> Iterator[str]:
    """Write IRIs as VALUES blocks of a bearable size, sorted."""
    ordered = sorted(set(iris))
    for start in range(0, len(ordered), _CHUNK):
        yield " ".join(f"<{iri}>" for iri in ordered[start : start + _CHUNK])


def names(source: Source, iris: Iterable[str]) -> dict[str, Text]:
    """The name of each IRI in Japanese and English; a thing without one is called by its short IRI.

    The printed number of an initiative or action stands before its title, as in the plan.
    """
    return kept(source, "names", sorted(set(iris)), lambda wanted: _names(source, wanted))


def _names(source: Source, wanted: list[str]) -> dict[str, Text]:
    found: dict[str, list[Literal]] = {}
    may_have = [iri for iri in wanted if not _PASSAGE.match(iri)]
    for naming in NAMING:  # one property at a time: a third of the look-ups that all at once would take
        for block in values(iri for iri in may_have if iri not in found):
            rows = source.select(f"SELECT ?thing ?name WHERE {{ VALUES ?thing {{ {block} }} ?thing {naming} ?name }}")
            for thing, name in rows.rows:
                if isinstance(name, Literal):
                    found.setdefault(str(thing), []).append(name)
    numbered = _numbered(source, wanted)
    return {iri: _text(iri, found.get(iri, []), numbered.get(iri, "")) for iri in wanted}


def pick(labels: Sequence[Literal], lang: str) -> str:
    """The label in `lang`, else in no language, else any; "" when there is none."""
    ranked = sorted(labels, key=lambda label: (label.language != lang, bool(label.language), str(label)))
    return str(ranked[0]) if ranked else ""


def _text(iri: str, labels: list[Literal], number: str) -> Text:
    before = f"{number} " if number else ""
    return Text(*(before + (pick(labels, lang) or path_of(shorten(iri))) for lang in ("ja", "en")))


def _numbered(source: Source, iris: list[str]) -> dict[str, str]:
    """Printed numbers of initiatives and actions among these."""
    inside = [iri for iri in iris if "/i/" in iri]
    numbers: dict[str, str] = {}
    for block in values(inside):
        rows = source.select(
            f"SELECT ?thing ?number WHERE {{ VALUES ?thing {{ {block} }} ?thing skos:notation ?number ; a ?class "
            "FILTER(?class = jdx:Initiative || ?class = jdx:Action) }"
        )
        numbers.update({str(thing): str(number) for thing, number in rows.rows})
    return numbers

"""What the index says of some things: names, where they belong, facets. The rows of a thing follow from the whole graph, except the
numbers printed for it, which stand in its own document.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from rdflib import Literal

from keikaku.ask import governments
from keikaku.ask.names import Source, pick, values
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, FY, shorten
from keikaku.search.ranking import BYNAME, COST, KINDS, OTHER_COST, OWN, PRINTED, VARIANT, WORDING
from keikaku.search.spelling import romaji, spell

#: Properties that name a thing, and what kind of name each gives.
OWN_NAMING = ("rdfs:label", "skos:prefLabel", "dcterms:title")
_NAMING = (
    *((naming, OWN) for naming in OWN_NAMING), ("skos:altLabel", BYNAME), ("skos:hiddenLabel", BYNAME),
    ("jdx:localGovernmentCode", BYNAME), ("dcterms:identifier", BYNAME), ("eli:id_local", BYNAME), ("skos:notation", BYNAME),
    ("skosxl:altLabel/skosxl:literalForm", WORDING),
)  # fmt: skip
#: Where a thing belongs, for telling namesakes apart: the prefecture of a municipality, the plan of an element.
_WITHIN = (
    "?thing jdx:inPrefecture ?whole . ?whole rdfs:label ?name",
    "?thing jdx:inPlan ?whole . ?whole dcterms:title ?name",
    "?thing a jdx:GlossaryEntry ; dcterms:isPartOf ?whole . ?whole dcterms:title ?name",
    "?thing org:unitOf ?whole . ?whole rdfs:label ?name",
    "?thing a jdx:PolicyInstrument ; jdx:issuingBody ?whole . ?whole rdfs:label ?name",
    "?thing jdx:sourceLexical ?printed ; dcterms:isPartOf ?whole . ?whole dcterms:title ?name",
    "?thing a jdx:PracticeCase ; jdx:practisedBy ?whole . ?whole rdfs:label ?name",
    "?thing jdx:inPlan ?whole . ?whole rdfs:label ?name FILTER NOT EXISTS { ?whole dcterms:title ?title }",
    *(
        f"?thing a jdx:{kind} ; dcterms:isPartOf ?whole . ?whole dcterms:title|rdfs:label ?name FILTER NOT EXISTS {{ ?thing jdx:sourceLexical ?printed }}"
        for kind in ("TimelineEvent", "BudgetItem", "Survey")
    ),
    "?thing a jdx:ReportedValue ; jdx:refersTo ?whole . ?whole rdfs:label ?name FILTER NOT EXISTS { ?thing dcterms:isPartOf ?part }",
    "?thing org:postIn ?whole . ?whole rdfs:label ?name",
)
_GOVERNMENT = "?thing jdx:issuingBody|org:unitOf|jdx:practisedBy|(org:postIn/org:unitOf) ?value . ?value jdx:localGovernmentCode ?code"
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("plan", "?thing jdx:inPlan|dcterms:isPartOf ?value . ?value a jdx:PolicyInstrument"),
    ("plan", "?thing a jdx:Plan . BIND(?thing AS ?value)"),
    ("plan", "?thing jdx:ofKPI|foaf:primaryTopic ?whole . ?whole (jdx:inPlan|dcterms:isPartOf)? ?value . ?value a jdx:PolicyInstrument"),
    ("government", _GOVERNMENT),
    ("government", "?thing jdx:localGovernmentCode ?code . BIND(?thing AS ?value)"),
    ("theme", "?thing jdx:theme ?value . ?value a jdx:PolicyTheme"),
    ("theme", "?thing a jdx:PolicyTheme . BIND(?thing AS ?value)"),
    ("theme", "?element jdx:hasKPI ?thing ; jdx:theme ?value . ?value a jdx:PolicyTheme"),
    ("year", "?thing jdx:coversFiscalYear|jdx:mayCoverFiscalYear|jdx:forFiscalYear ?value"),
    ("year", "?number jdx:ofKPI ?thing ; jdx:forFiscalYear ?value"),
    ("status", "?thing jdx:planStatus|jdx:evaluationStatus|jdx:descriptionStatus ?value"),
    ("status", '?thing jdx:notStated ?aspect . BIND("not-stated" AS ?value)'),
    ("status", '?thing jdx:lostInText ?aspect . BIND("lost" AS ?value)'),
    ("status", '?thing a jdx:Municipality . FILTER NOT EXISTS { ?plan jdx:issuingBody ?thing ; a jdx:Plan } BIND("no-plan" AS ?value)'),
    ("status", '?thing a jdx:Initiative . FILTER NOT EXISTS { ?thing jdx:hasKPI ?kpi } BIND("no-kpi" AS ?value)'),
    ("status", '?thing a jdx:KPI . OPTIONAL { ?target jdx:ofKPI ?thing . ?target a ?class . FILTER(?class = jdx:TargetValue) } FILTER(!BOUND(?target)) BIND("no-target" AS ?value)'),
    ("status", '?statement jdx:completenessOf ?thing ; jdx:completeness c:cl-unknown . BIND("unknown" AS ?value)'),
)  # fmt: skip
_PRINTED = "jdx:sourceLexical dcterms:isPartOf jdx:ofKPI"
#: The rows of a thing follow from what is said of it, of what lies at the other end of these properties of its own …
READS = "jdx:inPlan|dcterms:isPartOf|jdx:ofKPI|org:postIn|org:unitOf|jdx:issuingBody|jdx:practisedBy|jdx:refersTo|jdx:inPrefecture|foaf:primaryTopic|skosxl:altLabel"
#: … and of what points to it by these.
READ_BY = "jdx:hasKPI|jdx:ofKPI|jdx:completenessOf|jdx:issuingBody"
#: The longest way in a pattern, in properties.
FAR = 2
#: How the last character of a prefecture's name is read.
_SUFFIXES = {"都": "to", "道": "do", "府": "fu", "県": "ken"}


@dataclass(frozen=True)
class Thing:
    """A row of the index with its names (spelt, as written → kind of name) and its facets (facet, value)."""

    iri: str
    kind: str
    cost: float
    rank: int
    ja: str
    en: str
    within: Text
    names: dict[tuple[str, str], int]
    facets: frozenset[tuple[str, str]]


def mentioned() -> str:
    """The properties that the patterns name, as a list of SPARQL; the classes among them do no harm."""
    texts = [naming for naming, _ in _NAMING] + list(_WITHIN) + [pattern for _, pattern in _PATTERNS] + [_PRINTED]
    return ", ".join(sorted({"rdf:type", *re.findall(r"\b[a-z]+:[A-Za-z_]+", " ".join(texts))}))


def gather(
    source: Source, wanted: Collection[str], known: Sequence[governments.Government], slice_: Collection[str] = ()
) -> list[Thing]:
    """The rows of those of the wanted things that have a name of their own, sorted. known: all governments.

    slice_: what their document speaks of, when they are only a part of it.
    """
    if not wanted:
        return []
    ask = _Asker(source, wanted, slice_ or wanted)
    labels = ask.labels()
    texts = _texts(ask, labels, known)
    kinds, within, facets = ask.kinds(labels), ask.within(labels), ask.facets(labels, known)
    found = []
    for iri in sorted(labels):
        rank, kind = kinds.get(iri, (len(KINDS), ""))
        own = [label for label, form in labels[iri].items() if form == OWN]
        held = facets.get(iri, set()) | ({("kind", kind)} if kind else set())
        found.append(
            Thing(
                iri, kind, COST.get(shorten(kind), OTHER_COST), rank, pick(own, "ja"), pick(own, "en"),
                within.get(iri, Text("", "")), texts[iri], frozenset(held),
            )
        )  # fmt: skip
    return found


class _Asker:
    """Asks about some things only."""

    def __init__(self, source: Source, wanted: Collection[str], slice_: Collection[str]) -> None:
        self.source, self.wanted, self.slice = source, wanted, slice_

    def rows(self, names: str, pattern: str, things: Collection[str] | None = None) -> Iterator[tuple[object, ...]]:
        for block in values(self.wanted if things is None else things):
            yield from self.source.select(f"SELECT {names} WHERE {{ VALUES ?thing {{ {block} }} {pattern} }}").rows

    def labels(self) -> dict[str, dict[Literal, int]]:
        """IRI → names as the graph has them, each with what kind of name it is; only of things that have one of their own."""
        found: dict[str, dict[Literal, int]] = defaultdict(dict)
        for naming, form in _NAMING:
            things = None if form == OWN else found.keys()
            for thing, name in list(self.rows("?thing ?name", f"?thing {naming} ?name", things)):
                if isinstance(name, Literal) and str(name):
                    names = found[str(thing)]
                    names[name] = min(names.get(name, form), form)
        return {
            iri: names
            for iri, names in found.items()
            if OWN in names.values() and "/shape/" not in iri and "/graph/" not in iri
        }

    def kinds(self, labels: Collection[str]) -> dict[str, tuple[int, str]]:
        """IRI → the class that says best what it is: the first of `KINDS`, else one of ours."""
        found: dict[str, tuple[int, str]] = {}
        for thing, kind in self.rows("?thing ?kind", "?thing a ?kind", labels):
            short = shorten(str(kind))
            rank = KINDS.index(short) if short in KINDS else len(KINDS) + (not short.startswith("jdx:"))
            entry = (rank, str(kind))
            found[str(thing)] = min(found.get(str(thing), entry), entry)
        return found

    def within(self, labels: Collection[str]) -> dict[str, Text]:
        """Where things belong."""
        found: dict[str, list[Literal]] = {}
        for pattern in _WITHIN:
            for thing, name in self.rows("?thing ?name", pattern, labels):
                if isinstance(name, Literal):
                    found.setdefault(str(thing), []).append(name)
        return {iri: Text(pick(names, "ja"), pick(names, "en")) for iri, names in found.items()}

    def facets(
        self, labels: Collection[str], known: Sequence[governments.Government]
    ) -> dict[str, set[tuple[str, str]]]:
        """Thing → facets with their values."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        owners: dict[str, set[str]] = defaultdict(set)
        plans: dict[str, set[str]] = defaultdict(set)
        for facet, pattern in _PATTERNS:
            for one, other in self.rows("DISTINCT ?thing ?value", pattern, labels):
                thing, value = str(one), str(other)
                if facet == "government":
                    owners[thing].add(value)
                else:
                    found[thing].add((facet, value))
                if facet == "plan":
                    plans[thing].add(value)
        whole = {plan for several in plans.values() for plan in several} - set(labels)
        for one, other in self.rows("DISTINCT ?thing ?value", _GOVERNMENT, whole):
            owners[str(one)].add(str(other))
        prefecture = {str(one.iri): one.whole for one in known if one.whole}
        for thing in labels:
            # What is part of a plan belongs where the plan does; a case of a casebook, where it was practised.
            for government in owners.get(thing) or {g for plan in plans.get(thing, ()) for g in owners.get(plan, ())}:
                found[thing].add(("municipality" if government in prefecture else "prefecture", government))
                if government in prefecture:
                    found[thing].add(("prefecture", prefecture[government]))
        return found

    def printed(self, labels: Set[str]) -> list[tuple[str, str]]:
        """Numbers as printed, with the thing that they are found under: their KPI, else what they are part of, else what encloses them."""
        parts: dict[str, str] = {}
        told = [(str(value), str(text)) for value, text in self.rows("?thing ?text", "?thing jdx:sourceLexical ?text", self.slice)]  # fmt: skip
        for way in ("dcterms:isPartOf", "jdx:ofKPI"):
            for value, whole in self.rows("?thing ?whole", f"?thing {way} ?whole", self.slice):
                parts[str(value)] = str(whole)
        ways = [(list(_up(value, parts)), text) for value, text in told]
        named: Collection[str] = labels
        if self.slice is not self.wanted:  # what has a name stops the way up, also where it is not wanted
            ways = [(way, text) for way, text in ways if not labels.isdisjoint(way)]
            named = self.named({one for way, _ in ways for one in way})
        holders = ((next((one for one in way if one in named), ""), text) for way, text in ways)
        return [(holder, text) for holder, text in holders if holder in labels]

    def named(self, things: Collection[str]) -> set[str]:
        """Those of the things that have a name of their own."""
        return {
            str(thing)
            for naming in OWN_NAMING
            for thing, name in self.rows("?thing ?name", f"?thing {naming} ?name", things)
            if isinstance(name, Literal) and str(name)
        }


def _up(value: str, parts: Mapping[str, str]) -> Iterator[str]:
    """A value, and what it is part of, step by step; where nothing says so, what encloses it by its address."""
    holder = value
    while holder:
        yield holder
        holder = parts.get(holder) or (holder.rpartition("/")[0] if len(holder) > len(BASE) else "")


def _texts(
    ask: _Asker, labels: dict[str, dict[Literal, int]], known: Sequence[governments.Government]
) -> dict[str, dict[tuple[str, str], int]]:
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
    for government in known:
        iri = str(government.iri)
        if iri not in found:
            continue
        add(iri, government.code[:5], BYNAME)
        kanji = next((p for p in government.prefecture if p[-1:] in "都道府県"), "")
        if kanji:
            add(iri, kanji + government.ja, BYNAME)
        suffix = _SUFFIXES.get(government.ja[-1:], "") if not government.is_municipality else ""
        for name in government.names:
            if suffix and name.isascii() and name.isalpha():
                add(iri, f"{name}-{suffix}", BYNAME)
            add(iri, name, BYNAME, governments.bare(spell(name)))
    for thing, text in ask.printed(found.keys()):
        add(thing, text, PRINTED)
    for iri, texts in found.items():
        for spelt, text in list(texts):
            if (variant := romaji(spelt)) != spelt:
                add(iri, text, VARIANT, variant)
    return found


def _years(year: int) -> list[str]:
    era = f"R{year - 2018}" if year > 2018 else f"H{year - 1988}"
    return [str(year), f"{year}年度", f"FY{year}", era, f"{era}年度"]

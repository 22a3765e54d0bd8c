"""What licenses a denial: completeness statements, `notStated` and `lostInText` of things and of what they belong to (ontology §10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from rdflib import URIRef

from keikaku.ask.kept import kept, once
from keikaku.ask.names import Source, values
from keikaku.namespaces import C

#: About more things than this, what is said is read by aspect: a plan has a statement on each of dozens, of which one or two matter.
_MANY = 200


@dataclass
class Licences:
    """What is known about things and aspects: (thing, aspect) → degrees and scopes, what is not stated, what is lost."""

    said: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)
    not_stated: set[tuple[str, str]] = field(default_factory=set)
    lost: set[tuple[str, str]] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)

    def reason(self, thing: str, aspect: str) -> str:
        """Why a denial about this thing on this aspect holds or does not (a key of REASONS)."""
        key = (thing, aspect)
        said = self.said.get(key, set())
        if key in self.lost:
            return "text-only" if ("cl-complete", "cx-received-text") in said else "lost"
        if key in self.not_stated:
            return "not-stated"
        if ("cl-complete", "cx-published-plan") in said:
            return "closed"
        if ("cl-complete", "cx-received-text") not in said:
            return "open"
        # What is lost is listed ("partial" for the published plan names it) and this element is not part of it.
        return "closed" if thing in self.elements and ("cl-partial", "cx-published-plan") in said else "text-only"


def licences(source: Source, wanted: Mapping[str, set[str]]) -> Licences:
    """Read what is said about these things, the plan, casebook or document they are in, and what encloses them.

    One step of the way per query: in one query the engine would join every statement with every thing before it follows paths.
    """
    known = Licences()
    several = [f"<{C[aspect]}>" for aspect in sorted({a for several in wanted.values() for a in several})]
    aspects = ", ".join(several)
    things = [iri for iri in wanted if not set(iri) & set('<>"{}|^`\\ ')] if aspects else []
    plans = _pairs(source, things, "?thing jdx:inPlan ?found")
    known.elements.update(plans)
    wholes = _pairs(source, things, "?thing jdx:inPlan|dcterms:isPartOf|foaf:primaryTopic ?found")
    owners = {thing: {thing} | wholes.get(thing, frozenset()) for thing in things}
    enclosing = _upwards(source, things, "?thing jdx:parentElement ?found")
    around = _upwards(source, things, "?thing jdx:ofKPI|jdx:parentElement ?found")
    holders = _pairs(source, things, "?found jdx:hasKPI ?thing")
    about_what = _all(owners)
    if len(about_what) > _MANY:
        declared = [_declared_about(source, aspect) for aspect in several]
    else:
        declared = [
            _declared(source, f"VALUES ?owner {{ {block} }} ?statement jdx:completenessOf ?owner ; jdx:completeFor ?aspect FILTER(?aspect IN ({aspects}))")
            for block in values(about_what)
        ]  # fmt: skip
    said, missing = [one for one, _ in declared], [one for _, one in declared]
    silent = _pairs(
        source,
        _all(enclosing) | _all(holders) | _all(plans),
        f"?thing jdx:notStated ?found FILTER(?found IN ({aspects}))",
    )
    lost = _pairs(source, _all(around) | _all(holders), f"?thing jdx:lostInText ?found FILTER(?found IN ({aspects}))")
    for thing in things:
        for belongs in sorted(owners.get(thing, ())):
            for about, how_far, of_what in (row for one in said for row in one.get(belongs, ())):
                known.said.setdefault((thing, about), set()).add((how_far, of_what))
        own, whole = holders.get(thing, frozenset()), plans.get(thing, frozenset())
        above, near = enclosing.get(thing, set()) | own | whole, around.get(thing, set()) | own
        known.not_stated.update((thing, last(a)) for one in above for a in silent.get(one, ()))
        known.lost.update((thing, last(a)) for one in near for a in lost.get(one, ()))
        listed = {row for plan in whole for one in missing for row in one.get(plan, ())}
        known.lost.update((thing, about) for about, one in listed if one in around.get(thing, ()))
    return known


#: What statements of completeness declare: of what (plan …) → aspects with degree and scope; of what → aspects with what is missing.
_Declared = tuple[dict[str, set[tuple[str, str, str]]], dict[str, set[tuple[str, str]]]]


def _declared_about(source: Source, aspect: str) -> _Declared:
    """What all statements about one aspect declare."""
    pattern = f"VALUES ?aspect {{ {aspect} }} ?statement jdx:completeFor ?aspect ; jdx:completenessOf ?owner"
    return once(source, f"declared {aspect}", lambda: _declared(source, pattern))


def _declared(source: Source, pattern: str) -> _Declared:
    """What those statements declare that a pattern finds as ?statement about an ?aspect of an ?owner."""
    said: dict[str, set[tuple[str, str, str]]] = {}
    missing: dict[str, set[tuple[str, str]]] = {}
    degrees = source.select(
        f"SELECT DISTINCT ?owner ?aspect ?degree ?scope WHERE {{ {pattern} . ?statement jdx:completeness ?degree ; jdx:completenessScope ?scope }}"
    )
    for owner, aspect, degree, scope in degrees.rows:
        said.setdefault(str(owner), set()).add((last(str(aspect)), last(str(degree)), last(str(scope))))
    lacks = source.select(
        f"SELECT DISTINCT ?owner ?aspect ?one WHERE {{ {pattern} . ?statement jdx:knownMissing ?one }}"
    )
    for owner, aspect, element in lacks.rows:
        missing.setdefault(str(owner), set()).add((last(str(aspect)), str(element)))
    return said, missing


def _pairs(source: Source, things: Iterable[str], pattern: str) -> dict[str, frozenset[str]]:
    """For each ?thing of these every ?found of a pattern; a thing without any is left out."""

    def look_up(wanted: list[str]) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for block in values(wanted):
            rows = source.select(
                f"SELECT DISTINCT ?thing ?found WHERE {{ VALUES ?thing {{ {block} }} {pattern} }}"
            ).rows
            for thing, one in rows:
                if isinstance(one, URIRef):
                    found.setdefault(str(thing), set()).add(str(one))
        return {thing: frozenset(found.get(thing, ())) for thing in wanted}

    return {thing: found for thing, found in kept(source, f"pairs {pattern}", things, look_up).items() if found}


def _upwards(source: Source, things: Iterable[str], step: str) -> dict[str, set[str]]:
    """Each thing with all that it leads to step by step, itself included; Virtuoso 7 refuses a path of any length after VALUES."""
    steps: dict[str, frozenset[str]] = {}
    new = set(things)
    while new:
        steps |= dict.fromkeys(new, frozenset()) | _pairs(source, sorted(new), step)
        new = _all(steps) - set(steps)
    found: dict[str, set[str]] = {}
    for thing in things:
        reached, ahead = {thing}, [thing]
        while ahead:
            further = steps[ahead.pop()] - reached
            reached |= further
            ahead += further
        found[thing] = reached
    return found


def _all(found: Mapping[str, Set[str]]) -> set[str]:
    return {one for several in found.values() for one in several}


def last(iri: str) -> str:
    """The last segment of an IRI: the key of a code."""
    return iri.rsplit("/", 1)[-1]

"""One thing: its facts, each with where it stands in its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask import governments
from keikaku.ask.evidence import Passage, passages
from keikaku.ask.names import Source, names
from keikaku.ask.words import Text
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, GRAPH, JDX, RDF, expand, shorten
from keikaku.store import nt

#: Neighbours that point to a thing and are listed; the rest is counted (architecture §7).
MOST_NEIGHBOURS = 100
#: How far evidence is looked for upwards: a part of a target stands four steps below its plan.
_MOST_STEPS = 6
_LANGUAGES = ("", "@ja", "@en", "@ja-Hira", "@ja-Latn")


@dataclass(frozen=True)
class Fact:
    """One statement about the thing. `inward` means that the other thing points to this one.

    role is the role of its graph: doc, curation, inferred, reference, scheme, ontology, meta.
    """

    predicate: URIRef
    other: Node
    role: str
    inward: bool
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Thing:
    """One thing with its facts. `neighbours` counts all statements that point to it, also those not listed."""

    iri: str
    name: Text
    facts: tuple[Fact, ...]
    neighbours: int
    names: dict[str, Text]

    def triples(self) -> tuple[tuple[Node, Node, Node], ...]:
        """The facts as triples, each once."""
        here = URIRef(self.iri)
        found = ((f.other, f.predicate, here) if f.inward else (here, f.predicate, f.other) for f in self.facts)
        return tuple(dict.fromkeys(found))


def resolve(source: Source, text: str) -> str:
    """The IRI meant by an IRI, a prefixed name, a path below the base, a name or a government's code or reading.

    Raises ParameterError when it means nothing in the graph, or several things.
    """
    candidates = [str(iri)] if (iri := expand(text)) is not None else [BASE + text.strip("/")]
    for candidate in candidates:
        if set(candidate) & set(' <>"{}|^`\\'):
            continue
        if source.select(
            f"SELECT * WHERE {{ {{ <{candidate}> ?p ?o }} UNION {{ ?s ?q <{candidate}> }} }} LIMIT 1"
        ).rows:
            return candidate
    quoted = nt(Literal(text))
    literals = " ".join(quoted + tag for tag in _LANGUAGES)
    rows = source.select(
        "SELECT DISTINCT ?thing WHERE { VALUES ?naming { rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel dcterms:title "
        f"jdx:localGovernmentCode }} VALUES ?name {{ {literals} }} ?thing ?naming ?name }}"
    )
    meant = sorted(str(row[0]) for row in rows.rows if isinstance(row[0], URIRef) and not _is_document(str(row[0])))
    if len(meant) == 1:
        return meant[0]
    if meant and all(iri.startswith(f"{BASE}id/lg/") for iri in meant):
        return str(governments.find(source, text))  # names the candidates by prefecture and code
    if meant:
        raise ParameterError(
            f"“{text}” is the name of {len(meant)} things",
            ja=f"「{text}」という名前のものは {len(meant)} 件あります",
            do=f"Say which: {', '.join(_short(m) for m in meant[:8])}",
            do_ja=f"どれかを選んでください: {', '.join(_short(m) for m in meant[:8])}",
        )
    try:
        return str(governments.find(source, text))
    except ParameterError as error:
        if "is the name of" in error.what:
            raise
        raise ParameterError(
            f"the graph knows nothing called “{text}”",
            ja=f"グラフに「{text}」というものはありません",
            do=f"Look for it with: keikaku search {text}",
            do_ja=f"探してください: keikaku search {text}",
        ) from error


def thing(source: Source, iri: str, *, neighbours: bool = True) -> Thing:
    """All facts about one thing, outward ones first, then by role (inferred last) and name; evidence of a fact is the nearest there is (ontology §1.5).

    Without `neighbours`, what points at it is neither listed nor counted.
    """
    subject = nt(URIRef(iri))
    outward = source.select(f"SELECT DISTINCT ?p ?o ?g WHERE {{ GRAPH ?g {{ {subject} ?p ?o }} }}").rows
    inward = (
        source.select(
            f"SELECT DISTINCT ?p ?s ?g WHERE {{ GRAPH ?g {{ ?s ?p {subject} }} }} ORDER BY ?p ?s LIMIT {MOST_NEIGHBOURS}"
        ).rows
        if neighbours
        else ()
    )
    total = (
        source.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p {subject} }} }}").rows[0][0]
        if neighbours
        else 0
    )
    claims = _claims(source, subject)
    own = nearest_evidence(source, iri)
    below = {str(o) for _, o, _ in outward if str(o).startswith((iri + "/", iri + "#"))}
    parts = _evidence_of(source, below | {str(s) for _, s, _ in inward})
    found: list[tuple[bool, URIRef, Node, str, tuple[str, ...]]] = []
    for is_inward, rows in ((False, outward), (True, inward)):
        for predicate, other, graph in rows:
            if not isinstance(predicate, URIRef) or other is None or predicate == JDX.evidence:
                continue
            rests_on = claims.get((str(predicate), str(other))) or parts.get(str(other)) or (() if is_inward else own)
            role = str(graph).removeprefix(str(GRAPH)).partition("/")[0]
            found.append(
                (
                    is_inward,
                    predicate,
                    other,
                    role,
                    () if role in ("reference", "scheme", "ontology", "meta") else rests_on,
                )
            )
    # What hundreds of graphs state rests on the same passages each time: each set of them is looked up once.
    resting = {several for *_, several in found}
    looked_up = passages(source, {e for several in resting for e in several})
    cited = {several: tuple(looked_up[e] for e in several) for several in resting}
    facts = tuple(
        Fact(predicate, other, role, is_inward, cited[several])
        for is_inward, predicate, other, role, several in sorted(found, key=_order)
    )
    mentioned = {iri} | {str(f.predicate) for f in facts} | {str(f.other) for f in facts if isinstance(f.other, URIRef)}
    called = names(source, mentioned)
    return Thing(iri, called[iri], facts, int(str(total)), called)


def nearest_evidence(source: Source, iri: str) -> tuple[str, ...]:
    """The evidence of a thing, or of the nearest thing above it that has some."""
    here = {iri}
    for _ in range(_MOST_STEPS):
        found = _evidence_of(source, here)
        if found:
            return tuple(sorted({e for several in found.values() for e in several}))
        block = " ".join(nt(URIRef(one)) for one in sorted(here))
        rows = source.select(
            f"SELECT DISTINCT ?above WHERE {{ VALUES ?here {{ {block} }} {{ VALUES ?up {{ jdx:componentOf jdx:ofKPI jdx:parentElement }} "
            "?here ?up ?above } UNION { ?above jdx:hasKPI ?here } UNION { ?above jdx:planPeriod ?here } }"
        ).rows
        if not rows:
            rows = source.select(
                f"SELECT DISTINCT ?above WHERE {{ VALUES ?here {{ {block} }} ?here jdx:inPlan ?above }}"
            ).rows
        here = {str(row[0]) for row in rows}
        if not here:
            return ()
    return ()


def _evidence_of(source: Source, iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    block = " ".join(nt(URIRef(iri)) for iri in sorted(set(iris)))
    found: dict[str, list[str]] = {}
    if block:
        rows = source.select(
            f"SELECT DISTINCT ?thing ?e WHERE {{ VALUES ?thing {{ {block} }} ?thing jdx:evidence ?e }} ORDER BY ?thing ?e"
        )
        for one, evidence in rows.rows:
            found.setdefault(str(one), []).append(str(evidence))
    return {iri: tuple(several) for iri, several in found.items()}


def _claims(source: Source, subject: str) -> dict[tuple[str, str], tuple[str, ...]]:
    # Each step is gathered by itself: a claim may stand in hundreds of graphs, and each step would be joined with all of them.
    about = f"{{ SELECT DISTINCT ?claim WHERE {{ ?claim rdf:subject {subject} }} }} ?claim rdf:predicate ?p"
    about = f"{{ SELECT DISTINCT ?claim ?p WHERE {{ {about} }} }} ?claim rdf:object ?o"
    about = f"{{ SELECT DISTINCT ?claim ?p ?o WHERE {{ {about} }} }} ?claim jdx:evidence ?e"
    rows = source.select(f"SELECT DISTINCT ?p ?o ?e WHERE {{ {about} }} ORDER BY ?e").rows
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for predicate, other, evidence in rows:
        key = (str(predicate), str(other))
        found[key] = (*found.get(key, ()), str(evidence))
    return found


def _order(fact: tuple[bool, URIRef, Node, str, tuple[str, ...]]) -> tuple[bool, bool, bool, str, str, str]:
    is_inward, predicate, other, role, _ = fact
    return (is_inward, role == "inferred", predicate != RDF.type, str(predicate), str(other), role)


def _is_document(iri: str) -> bool:
    return iri.startswith(BASE + "id/doc/")


def _short(iri: str) -> str:
    short = shorten(iri)
    return short.removeprefix(BASE) if short == iri else short


def json_value(thing: Thing) -> dict[str, object]:
    """A thing and its facts as one JSON object."""
    return {
        "iri": thing.iri,
        "ja": thing.name.ja,
        "en": thing.name.en,
        "neighbours": thing.neighbours,
        "facts": [
            {
                "property": str(fact.predicate),
                "inward": fact.inward,
                "value": _value(fact.other),
                "graph": fact.role,
                "evidence": [
                    {"iri": p.iri, "document": p.document_id, "section": p.section, "lines": list(p.lines)}
                    for p in fact.passages
                ],
            }
            for fact in thing.facts
        ],
    }


def _value(other: Node) -> object:
    if isinstance(other, Literal):
        typed = (
            {"lang": other.language} if other.language else {"datatype": str(other.datatype)} if other.datatype else {}
        )
        return {"value": str(other), **typed}
    return {"iri": str(other)}

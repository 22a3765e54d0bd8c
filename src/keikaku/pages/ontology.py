"""The documentation of the ontology at /ont: terms, diagrams, examples, code lists, links to others, shapes and questions.

Everything on it comes from ontology/, shapes/ and queries/ as they are built; nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, DCTERMS, GRAPH, JDX, OWL, RDF, RDFS, SCHEMA, SKOS, C, shorten
from keikaku.pages.diagrams import PATTERNS, draw, iri_of
from keikaku.pages.render import View, name, render
from keikaku.pages.site import Page, Site

_KINDS = {
    str(OWL.Class): Text("クラス", "class"),
    str(OWL.ObjectProperty): Text("プロパティ(関係)", "object property"),
    str(OWL.DatatypeProperty): Text("プロパティ(値)", "datatype property"),
    str(OWL.AnnotationProperty): Text("プロパティ(注釈)", "annotation property"),
}


@dataclass(frozen=True)
class Link:
    """A term that is mentioned: its name, its short IRI, where it is described."""

    text: str
    short: str
    href: str


@dataclass(frozen=True)
class Term:
    """One class or property as the page shows it."""

    iri: str
    id: str
    kind: str
    is_class: bool
    label: str
    other_label: str
    definition: str
    notes: tuple[str, ...]
    facts: tuple[tuple[str, tuple[Link, ...]], ...]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """A code list and its members: (link, definition)."""

    link: Link
    about: str
    members: tuple[tuple[Link, str], ...]


class _Facts:
    """The ontology graph as a look-up table, with the names of everything in it."""

    def __init__(self, site: Site, view: View) -> None:
        rows = site.store.select(
            f"SELECT DISTINCT ?s ?p ?o WHERE {{ GRAPH <{GRAPH}ontology> {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o"
        ).rows
        self.values: dict[tuple[str, str], list[Node]] = {}
        self.pointing: dict[tuple[str, str], list[str]] = {}
        for s, p, o in rows:
            if s is not None and o is not None:
                self.values.setdefault((str(s), str(p)), []).append(o)
                self.pointing.setdefault((str(o), str(p)), []).append(str(s))
        mentioned = {str(term) for row in rows for term in row if isinstance(term, URIRef)}
        drawn = {
            iri_of(one)
            for p in PATTERNS
            for one in [*(t for t, _, _ in p.things.values()), *(r for _, r, _ in p.relations)]
        }
        self.names = names(site.store, mentioned | drawn)
        self.view = view

    def all(self, subject: str, predicate: URIRef) -> list[Node]:
        return self.values.get((subject, str(predicate)), [])

    def words(self, subject: str, predicate: URIRef, lang: str) -> list[str]:
        found = [v for v in self.all(subject, predicate) if isinstance(v, Literal)]
        return [str(v) for v in found if v.language == lang] or [str(v) for v in found if not v.language]

    def link(self, iri: str) -> Link:
        own = iri.startswith(str(JDX))
        href = f"#{iri.removeprefix(str(JDX))}" if own else self.view.thing(iri)
        return Link(name(iri, self.names, self.view.lang), shorten(iri), href)

    def links(self, iris: Iterable[object]) -> tuple[Link, ...]:
        return tuple(self.link(iri) for iri in sorted({str(iri) for iri in iris}))


def ontology_page(site: Site, view: View) -> Page:
    """The page in the language of the view."""
    facts = _Facts(site, view)
    terms = [_term(facts, iri, view) for iri in term_iris(site)]
    classes, properties = [t for t in terms if t.is_class], [t for t in terms if not t.is_class]
    called = {iri: Text(name(iri, facts.names, "ja"), name(iri, facts.names, "en")) for iri in facts.names}
    links = {iri: facts.link(iri).href for iri in called}
    diagrams = [(p, draw(p, called, view.lang, links)) for p in PATTERNS]
    ont = BASE + "ont"
    return Page(
        render(
            "ontology.html",
            view,
            site=site,
            iri=ont,
            title=" ".join(facts.words(ont, DCTERMS.title, view.lang)[:1]) or view.t("オントロジー", "Ontology"),
            about=" ".join(facts.words(ont, DCTERMS.description, view.lang)),
            version=str(next(iter(facts.all(ont, OWL.versionInfo)), "")),
            namespace=str(JDX),
            classes=classes,
            properties=properties,
            diagrams=diagrams,
            examples=examples(site, view.lang),
            schemes=schemes(site, view),
            alignments=_alignments(facts),
            others=_others(facts),
            groups=shape_groups(site, view),
            questions=list(site.questions.values()),
        )
    )


def term_iris(site: Site) -> list[str]:
    """The terms of the ontology: all that it says it defines, in the order of their names, classes first."""
    rows = site.store.select(
        f"SELECT DISTINCT ?term ?kind WHERE {{ GRAPH <{GRAPH}ontology> {{ ?term rdfs:isDefinedBy <{BASE}ont> ; a ?kind }} }} ORDER BY ?term"
    ).rows
    kinds: dict[str, set[str]] = {}
    for term, kind in rows:
        kinds.setdefault(str(term), set()).add(str(kind))
    return sorted(kinds, key=lambda iri: (str(OWL.Class) not in kinds[iri], iri.lower()))


def examples(site: Site, lang: str) -> list[tuple[str, str, str]]:
    """The examples of ontology/examples/: name, title (from the first line) and Turtle."""
    found = []
    for path in sorted((site.settings.ontology / "examples").glob("*.ttl")):
        head, _, body = path.read_text(encoding="utf-8").partition("\n")
        ja, _, en = head.lstrip("# ").partition(" / ")
        found.append((path.stem, ja if lang == "ja" else en, body.strip()))
    return found


def schemes(site: Site, view: View) -> list[Scheme]:
    """The code lists with their members, in the order of their names."""
    rows = site.store.select(
        f"SELECT DISTINCT ?scheme ?member WHERE {{ ?scheme a skos:ConceptScheme OPTIONAL {{ ?member skos:inScheme ?scheme }} "
        f'FILTER(STRSTARTS(STR(?scheme), "{C}")) }} ORDER BY ?scheme ?member'
    ).rows
    iris = {str(term) for row in rows for term in row if term is not None}
    called = names(site.store, iris)
    block = " ".join(f"<{iri}>" for iri in sorted(iris))
    told = site.store.select(
        f'SELECT ?thing ?words WHERE {{ VALUES ?thing {{ {block} }} ?thing skos:definition ?words FILTER(LANG(?words) = "{view.lang}") }} ORDER BY ?words'
    ).rows
    about = {str(thing): str(words) for thing, words in told}
    grouped: dict[str, list[str]] = {}
    for scheme, member in rows:
        grouped.setdefault(str(scheme), []).extend([str(member)] if member is not None else [])

    def link(iri: str) -> Link:
        return Link(name(iri, called, view.lang), shorten(iri), view.thing(iri))

    return [
        Scheme(link(scheme), about.get(scheme, ""), tuple((link(one), about.get(one, "")) for one in members))
        for scheme, members in grouped.items()
    ]


def shape_groups(site: Site, view: View) -> list[tuple[Link, int]]:
    """The rules S01 … with their titles and the number of their shapes."""
    rows = site.shapes.select(
        "SELECT ?group (COUNT(DISTINCT ?shape) AS ?n) WHERE { ?group a sh:PropertyGroup OPTIONAL { ?shape sh:group ?group } } GROUP BY ?group ORDER BY ?group"
    ).rows
    called = names(site.shapes, (str(group) for group, _ in rows))
    return [
        (Link(called[str(g)].of(view.lang), str(g).rpartition("/")[2], view.thing(str(g))), int(str(n)))
        for g, n in rows
    ]


def _term(facts: _Facts, iri: str, view: View) -> Term:
    kinds = {str(kind) for kind in facts.all(iri, RDF.type)}
    is_class = str(OWL.Class) in kinds
    other = "en" if view.lang == "ja" else "ja"
    above = RDFS.subClassOf if is_class else RDFS.subPropertyOf
    lines: list[tuple[str, tuple[Link, ...]]] = [
        (view.t("上位", "above"), facts.links(v for v in facts.all(iri, above) if isinstance(v, URIRef))),
        (view.t("下位", "below"), facts.links(facts.pointing.get((iri, str(above)), []))),
    ]
    if is_class:
        lines.append(
            (
                view.t("持つプロパティ", "properties"),
                facts.links(facts.pointing.get((iri, str(SCHEMA.domainIncludes)), [])),
            )
        )
        lines.append(
            (
                view.t("これを値とする", "value of"),
                facts.links(facts.pointing.get((iri, str(SCHEMA.rangeIncludes)), [])),
            )
        )
    else:
        lines.append((view.t("主語", "used on"), facts.links(facts.all(iri, SCHEMA.domainIncludes))))
        lines.append((view.t("値", "values"), facts.links(facts.all(iri, SCHEMA.rangeIncludes))))
        lines.append((view.t("逆", "inverse"), facts.links(facts.all(iri, OWL.inverseOf))))
    lines.append((view.t("ほかの語彙", "elsewhere"), facts.links(facts.all(iri, RDFS.seeAlso))))
    lines.append((view.t("出典", "source"), facts.links(facts.all(iri, DCTERMS.source))))
    return Term(
        iri,
        iri.removeprefix(str(JDX)),
        next((words.of(view.lang) for kind, words in _KINDS.items() if kind in kinds), ""),
        is_class,
        name(iri, facts.names, view.lang),
        " ".join(facts.words(iri, RDFS.label, other)[:1]),
        " ".join(facts.words(iri, SKOS.definition, view.lang)),
        tuple(text for p in (SKOS.scopeNote, SKOS.note, RDFS.comment) for text in facts.words(iri, p, view.lang)),
        tuple((label, found) for label, found in lines if found),
        tuple(str(v) for v in facts.all(iri, SKOS.example)),
    )


def _alignments(facts: _Facts) -> list[tuple[Link, str, tuple[Link, ...]]]:
    """Where our terms stand in other vocabularies: (term, how, other terms)."""
    found = []
    for (subject, predicate), values in sorted(facts.values.items()):
        if subject.startswith(BASE) and predicate in (str(RDFS.subClassOf), str(RDFS.subPropertyOf), str(RDFS.seeAlso)):
            others = [v for v in values if isinstance(v, URIRef) and not str(v).startswith(BASE)]
            if others:
                found.append((facts.link(subject), facts.link(predicate).text, facts.links(others)))
    return found


def _others(facts: _Facts) -> Mapping[str, list[Link]]:
    """The terms of others that the ontology names, by prefix."""
    found: dict[str, list[Link]] = {}
    for iri in sorted({subject for subject, _ in facts.values if not subject.startswith(BASE)}):
        found.setdefault(shorten(iri).partition(":")[0], []).append(facts.link(iri))
    return found

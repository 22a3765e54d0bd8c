"""The documentation at /ont: complete, in both languages, with diagrams that the data bear out and examples that are valid."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from rdflib import RDF, RDFS, Graph, URIRef

from conftest import ROOT
from keikaku.namespaces import BASE, JDX, OWL, SH, SKOS, C, expand
from keikaku.pages import Site, open_site
from keikaku.pages.diagrams import PATTERNS
from keikaku.pages.entity import entity
from keikaku.pages.render import View
from keikaku.settings import Settings


@pytest.fixture(scope="module")
def site(built_world: Settings) -> Site:
    return open_site(built_world)


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    found = {lang: entity(site, "ont", View(lang)) for lang in ("ja", "en")}
    return {lang: page.html for lang, page in found.items() if page}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "ontology").glob("*.ttl")):
        graph.parse(path, publicID=BASE)
    return graph


class Text(HTMLParser):
    """The text of each part of a page that has an id, up to the next one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: dict[str, str] = {}
        self.now = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.now = dict(attrs).get("id") or self.now

    def handle_data(self, data: str) -> None:
        self.parts[self.now] = self.parts.get(self.now, "") + data


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_term_has_its_place_with_label_definition_domain_and_range(
    pages: dict[str, str], ontology: Graph, lang: str
) -> None:
    text = Text(pages[lang]).parts
    terms = {s for s in ontology.subjects(RDFS.isDefinedBy, URIRef(BASE + "ont")) if str(s).startswith(str(JDX))}
    assert len(terms) > 105
    named = {s for s in ontology.subjects(RDF.type, None) if str(s).startswith(str(JDX))}
    assert {s for s in named - terms if (s, RDF.type, OWL.AllDisjointClasses) not in ontology} == set()
    schema = "http://schema.org/"
    for term in terms:
        own = text[str(term).removeprefix(str(JDX))]
        for predicate in (RDFS.label, SKOS.definition):
            (words,) = {str(o) for o in ontology.objects(term, predicate) if o.language == lang}  # type: ignore[attr-defined]
            assert words in own, term
        for predicate in (
            URIRef(schema + "domainIncludes"),
            URIRef(schema + "rangeIncludes"),
            RDFS.subClassOf,
            RDFS.subPropertyOf,
        ):
            for other in ontology.objects(term, predicate):
                if isinstance(other, URIRef):
                    assert re.split(r"[/#]", str(other))[-1] in own, (term, predicate, other)
        for example in ontology.objects(term, SKOS.example):
            assert str(example) in own


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_codes_alignments_shapes_and_questions_are_all_listed(
    pages: dict[str, str], ontology: Graph, site: Site, lang: str
) -> None:
    html = pages[lang]
    text = Text(html).parts
    for member in ontology.subjects(SKOS.inScheme, None):
        if str(member).startswith(str(C)):
            assert f"c:{str(member).removeprefix(str(C))}" in text["codes"], member
            (words,) = {str(o) for o in ontology.objects(member, SKOS.prefLabel) if o.language == lang}  # type: ignore[attr-defined]
            assert words in text["codes"]
    for subject, other in ontology.subject_objects(RDFS.seeAlso):
        if str(subject).startswith(str(JDX)) and not str(other).startswith(BASE):
            assert re.split(r"[/#]", str(other))[-1] in text["alignments"], (subject, other)
    for group in site.shapes.select("SELECT ?g WHERE { ?g a sh:PropertyGroup }").rows:
        assert str(group[0]).rpartition("/")[2] in text["shapes"]
        assert f'href="/shape/{str(group[0]).rpartition("/")[2]}.html' in html
    for question in site.questions.values():
        assert question.title.of(lang) in text["questions"]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.id)
def test_every_arrow_of_a_diagram_stands_for_data(site: Site, pattern: object) -> None:
    """A relation of a diagram is one that the example world states between things of these kinds."""
    assert hasattr(pattern, "things")
    for start, relation, end in pattern.relations:  # type: ignore[attr-defined]

        def of(name: str, var: str) -> str:
            kind = pattern.things[name][0]  # type: ignore[attr-defined]
            return f"{var} skos:inScheme <{expand(kind)}>" if kind.startswith("c:") else f"{var} a <{expand(kind)}>"

        asked = f"ASK {{ ?a <{expand(relation)}> ?b . {of(start, '?a')} . {of(end, '?b')} }}"
        assert site.store.query(asked) is True, (start, relation, end)


def test_boxes_of_a_diagram_do_not_overlap_and_arrows_are_straight() -> None:
    for pattern in PATTERNS:
        places = [(column, row) for _, column, row in pattern.things.values()]
        assert len(places) == len(set(places)), pattern.id
        for start, _, end in pattern.relations:
            (_, c1, r1), (_, c2, r2) = pattern.things[start], pattern.things[end]
            assert abs(c1 - c2) + abs(r1 - r2) == 1, (pattern.id, start, end)


def test_examples_are_valid_data(site: Site, pages: dict[str, str]) -> None:
    """Every statement of an example is one of the example world, which passes every check of a build."""
    files = sorted((ROOT / "ontology" / "examples").glob("*.ttl"))
    assert len(files) >= 5
    for path in files:
        graph = Graph().parse(path)
        assert len(graph) > 15
        for triple in graph:
            assert site.store.holds(triple), (path.name, triple)
        assert f'id="example-{path.stem}"' in pages["ja"]


def test_the_page_has_no_place_twice_and_its_own_links_lead_somewhere(pages: dict[str, str]) -> None:
    for html in pages.values():
        places = re.findall(r'\sid="([^"]+)"', html)
        assert len(places) == len(set(places))
        for link in re.findall(r'href="#([^"]+)"', html):
            assert link in places, link
        assert str(SH) not in html

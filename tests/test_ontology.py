"""The ontology documents every term, declares whatever is used, and says nothing that OWL 2 RL cannot hold."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import owlrl
import pytest
from rdflib import BNode, Graph, Literal, URIRef

from keikaku.namespaces import BASE, DCTERMS, IND, JDX, OWL, PREFIXES, RDF, RDFS, SCHEMA, SKOS, TH, C
from keikaku.read.keys import KEYS

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = ROOT / "ontology"
FILES = sorted(ONTOLOGY.glob("*.ttl"))

#: Terms that nothing outside the ontology's own Turtle reads or writes yet, each with the reason. Take a term out once something does.
UNUSED_YET = {
    "desiredDirection": "for drawing and comparing KPIs",
}

#: Keys that stand in the context before the reader takes them.
NOT_READ_YET: set[str] = set()

#: What OWL 2 RL understands; anything else of the OWL vocabulary in our files is a slip.
OWL_TERMS = {
    "Ontology",
    "Class",
    "ObjectProperty",
    "DatatypeProperty",
    "AnnotationProperty",
    "AllDisjointClasses",
    "members",
    "propertyChainAxiom",
    "versionIRI",
    "versionInfo",
}
TERM = re.compile(r"(?<![\w:/.-])(jdx|c|th|ind):([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)(?![\w*{-])")
ATTRIBUTE = re.compile(r"\b(JDX|C|TH|IND)(?:\.([A-Za-z]\w*)|\[\"([A-Za-z](?:[\w-]*\w)?)\"\])")


def read(*files: Path) -> Graph:
    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle", publicID=BASE)
    return graph


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read(*FILES)


def terms(graph: Graph) -> set[URIRef]:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    return {s for kind in kinds for s in graph.subjects(RDF.type, kind) if s.startswith(JDX)}


def described(graph: Graph) -> dict[URIRef, URIRef]:
    """Everything a reader may look up, with the property that labels it."""
    found = dict.fromkeys(terms(graph), RDFS.label)
    for kind in (SKOS.Concept, SKOS.ConceptScheme):
        found |= dict.fromkeys((s for s in graph.subjects(RDF.type, kind) if s.startswith(BASE)), SKOS.prefLabel)
    return found


def languages(graph: Graph, subject: URIRef, predicate: URIRef) -> list[str | None]:
    return sorted(
        o.language or "" for o in graph.objects(subject, predicate) if isinstance(o, Literal) and str(o).strip()
    )


def test_every_file_is_there() -> None:
    names = {file.name for file in ONTOLOGY.iterdir()}
    assert names >= {
        "jdx.ttl",
        "codes.ttl",
        "themes.ttl",
        "indicators.ttl",
        "alignments.ttl",
        "context.jsonld",
        "CHANGELOG.md",
    }


def test_everything_is_labelled_and_defined_once_in_both_languages(ontology: Graph) -> None:
    wrong = [
        f"{thing}: {predicate.rsplit('#')[-1]} in {found}"
        for thing, label in described(ontology).items()
        for predicate in (label, SKOS.definition)
        if (found := languages(ontology, thing, predicate)) != ["en", "ja"]
    ]
    assert wrong == []


def test_every_collection_is_labelled_in_both_languages(ontology: Graph) -> None:
    assert [
        s
        for s in ontology.subjects(RDF.type, SKOS.Collection)
        if languages(ontology, s, SKOS.prefLabel) != ["en", "ja"]
    ] == []


def test_every_term_names_the_ontology_that_defines_it(ontology: Graph) -> None:
    header = URIRef(BASE + "ont")
    assert (header, RDF.type, OWL.Ontology) in ontology
    assert (header, OWL.versionIRI, None) in ontology
    assert [t for t in terms(ontology) if (t, RDFS.isDefinedBy, header) not in ontology] == []


def test_the_changelog_counts_what_is_there(ontology: Graph) -> None:
    text = (ONTOLOGY / "CHANGELOG.md").read_text(encoding="utf-8")
    classes = sum(s.startswith(JDX) for s in ontology.subjects(RDF.type, OWL.Class))
    lists = sum(s.startswith(C) for s in ontology.subjects(RDF.type, SKOS.ConceptScheme))
    groups = len(set(ontology.subjects(SKOS.inScheme, IND["g"])))
    assert f"{classes} classes and {len(terms(ontology)) - classes} properties" in text
    assert f"{lists} code lists" in text
    assert f"{groups} comparability groups" in text


def test_labels_are_unique_within_a_scheme(ontology: Graph) -> None:
    seen: dict[tuple[object, object], list[object]] = defaultdict(list)
    for concept, scheme in ontology.subject_objects(SKOS.inScheme):
        for label in ontology.objects(concept, SKOS.prefLabel):
            if label.language == "ja":  # a plan file may write this label in place of the slug
                seen[scheme, label].append(concept)
    assert {k: v for k, v in seen.items() if len(v) > 1} == {}


def test_another_wording_of_a_theme_is_not_the_name_of_two(ontology: Graph) -> None:
    names: dict[str, set[object]] = defaultdict(set)
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        for theme, label in ontology.subject_objects(predicate):
            if (theme, SKOS.inScheme, URIRef(TH)) in ontology:
                names[str(label)].add(theme)
    assert {k: v for k, v in names.items() if len(v) > 1} == {}


def test_every_code_is_in_the_list_its_name_begins_with(ontology: Graph) -> None:
    for code in (s for s in ontology.subjects(RDF.type, SKOS.Concept) if s.startswith(C)):
        name, _, token = code[len(C) :].partition("-")
        assert (code, SKOS.inScheme, C[name]) in ontology, code
        assert (code, SKOS.notation, Literal(token)) in ontology, code
        top = (code, SKOS.topConceptOf, C[name]) in ontology and (C[name], SKOS.hasTopConcept, code) in ontology
        assert top != ((code, SKOS.broader, None) in ontology), code


def test_every_code_list_belongs_to_a_property(ontology: Graph) -> None:
    lists = {s for s in ontology.subjects(RDF.type, SKOS.ConceptScheme) if s.startswith(C)}
    assert lists - set(ontology.objects(None, SCHEMA.rangeIncludes)) == set()


def test_broader_and_narrower_stay_in_one_scheme_and_agree(ontology: Graph) -> None:
    for narrow, broad in ontology.subject_objects(SKOS.broader):
        assert set(ontology.objects(narrow, SKOS.inScheme)) == set(ontology.objects(broad, SKOS.inScheme))
        assert not str(narrow).startswith(TH) or (broad, SKOS.narrower, narrow) in ontology
    assert all((b, SKOS.broader, a) in ontology for a, b in ontology.subject_objects(SKOS.narrower))


def test_every_indicator_says_what_it_divides_by_and_which_way_is_better(ontology: Graph) -> None:
    directions = set(ontology.subjects(SKOS.inScheme, C["dir"]))
    groups = set(ontology.subjects(SKOS.inScheme, IND["g"]))
    units = set(ontology.subjects(SKOS.inScheme, C["unit"]))
    for indicator in ontology.subjects(RDF.type, JDX.IndicatorConcept):
        assert languages(ontology, indicator, SKOS.scopeNote) == ["en", "ja"], indicator
        assert len(found := list(ontology.objects(indicator, JDX.desiredDirection))) == 1 and found[0] in directions, (
            indicator
        )
        assert len(found := list(ontology.objects(indicator, JDX.comparabilityGroup))) <= 1 and set(found) <= groups, (
            indicator
        )
        assert len(found := list(ontology.objects(indicator, JDX.unit))) <= 1 and set(found) <= units, indicator


def test_every_item_of_an_edition_names_a_theme_of_its_section(ontology: Graph) -> None:
    items = list(ontology.subject_objects(DCTERMS.isPartOf))
    assert items
    for item, section in items:
        members = set(ontology.objects(item, SKOS.member))
        assert members and members <= set(ontology.objects(section, SKOS.member)), item
        assert all((m, RDF.type, JDX.PolicyTheme) in ontology for m in members), item


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_no_blank_node_and_no_foreign_owl(file: Path) -> None:
    graph = read(file)
    assert [t for t in graph if any(isinstance(part, BNode) for part in t)] == []
    used = {str(part)[len(OWL) :] for t in graph for part in t if isinstance(part, URIRef) and part.startswith(OWL)}
    assert used <= OWL_TERMS


def test_no_rdfs_domain_or_range_makes_a_reasoner_guess(ontology: Graph) -> None:
    assert (None, RDFS.domain, None) not in ontology
    assert (None, RDFS.range, None) not in ontology


def test_closure_finds_no_contradiction_and_no_new_concept(ontology: Graph) -> None:
    closed = read(*FILES)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False).expand(closed)
    assert list(closed.subjects(RDF.type, OWL.Nothing)) == []
    assert [str(o) for o in closed.objects(None, URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))] == []
    assert [s for s in closed.subjects(RDF.type, SKOS.Concept) if s in terms(ontology)] == []


def test_closure_reports_a_plan_that_is_also_an_organisation() -> None:
    graph = read(*FILES)
    thing = URIRef(BASE + "id/lg/990019")
    graph.add((thing, RDF.type, JDX.Plan))
    graph.add((thing, RDF.type, JDX.Municipality))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False).expand(graph)
    assert any("disjoint" in str(o).lower() and str(thing) in str(o) for o in graph.objects() if isinstance(o, Literal))


def test_closure_puts_what_is_below_an_element_into_its_plan() -> None:
    graph = read(*FILES)
    plan, top, below, deep = (
        URIRef(BASE + "id/plan/990019/dx/2023" + tail) for tail in ("", "/i/1-03", "/i/1-03/a/1", "/i/1-03/a/1/a/1")
    )
    for triple in ((top, JDX.inPlan, plan), (below, JDX.parentElement, top), (deep, JDX.parentElement, below)):
        graph.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False).expand(graph)
    assert (deep, JDX.inPlan, plan) in graph
    assert (deep, DCTERMS.isPartOf, plan) in graph


# What the repository uses


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".ttl", ".rq", ".py", ".jsonld"} and "bad" not in file.parts and file.is_file():
                yield file


def used_terms(file: Path) -> set[URIRef]:
    text = file.read_text(encoding="utf-8")
    names = {URIRef(PREFIXES[prefix] + local) for prefix, local in TERM.findall(text)}
    if file.suffix == ".py":
        names |= {URIRef(PREFIXES[ns.lower()] + (dotted or quoted)) for ns, dotted, quoted in ATTRIBUTE.findall(text)}
    return names


def used_by_context() -> set[URIRef]:
    return {
        URIRef(iri)
        for iri in context_iris(json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"])
    }


def test_every_term_used_anywhere_is_declared(ontology: Graph) -> None:
    declared = set(ontology.subjects())
    undeclared = {
        f"{file.relative_to(ROOT)}: {term}"
        for file in sources("ontology", "shapes", "queries", "src")
        for term in used_terms(file) - declared
    }
    assert undeclared == set()


def test_every_declared_term_is_used_or_listed_as_unused(ontology: Graph) -> None:
    used = used_by_context().union(*(used_terms(file) for file in sources("shapes", "queries", "src")))
    unused = {str(t)[len(JDX) :] for t in terms(ontology) - used}
    assert unused == set(UNUSED_YET), "bring UNUSED_YET up to date"


# The context


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]
    return dict(pairs)


def expanded(iri: str) -> str:
    prefix, colon, local = iri.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else iri


def scoped(definition: object) -> dict[str, object]:
    """The context within a key's definition; `[null, {…}]` forgets the outer one, so that the token `roadmap` is not the key `roadmap`."""
    inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
    return inner[-1] if isinstance(inner, list) else inner


def context_iris(context: dict[str, object]) -> Iterator[str]:
    """IRIs that keys stand for, those of contexts within included; not the prefixes."""
    for key, value in context.items():
        if isinstance(value, str) and not key.startswith("@") and not value.startswith("@") and key not in PREFIXES:
            yield expanded(value)
        elif isinstance(value, dict):
            yield from (
                expanded(str(value[k])) for k in ("@id", "@reverse") if not str(value.get(k, "@")).startswith("@")
            )
            yield from context_iris(scoped(value))


def test_no_key_of_the_context_is_written_twice() -> None:
    json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"), object_pairs_hook=once)


def test_keys_stand_for_declared_terms(ontology: Graph) -> None:
    ours = {iri for iri in used_by_context() if iri.startswith(BASE)}
    assert ours - set(ontology.subjects()) == set()


def test_prefixes_of_the_context_are_those_of_the_project() -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    prefixes = {k: v for k, v in context.items() if isinstance(v, str) and v.endswith(("/", "#"))}
    assert {k: v for k, v in prefixes.items() if PREFIXES.get(k) != v} == {}
    # `id` and `unit` are keys of the plan file, so they cannot be prefixes as well.
    assert set(PREFIXES) - set(prefixes) == {"id", "unit"}


def test_tokens_resolve_into_the_list_of_their_property(ontology: Graph) -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    for key, value in context.items():
        vocab = str(scoped(value).get("@vocab", ""))
        if vocab.startswith(C):
            scheme = C[vocab[len(C) :].rstrip("-")]
            assert (URIRef(expanded(value["@id"])), SCHEMA.rangeIncludes, scheme) in ontology, key


def test_shorthands_are_explained_for_keys_of_the_context_only() -> None:
    document = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
    assert set(document["shorthands"]) <= set(document["@context"])
    nothing = {key for key, value in document["@context"].items() if value is None}
    assert nothing <= set(document["shorthands"])


def test_keys_of_the_reader_and_of_the_context_are_the_same() -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    keys = {key for key in context if not key.startswith("@")} - set(PREFIXES) | ({"id", "unit"} & set(context))
    read_keys = {key for kind in KEYS.values() for key in kind}
    assert read_keys - keys - {"ja", "en"} == set()
    assert keys - read_keys == NOT_READ_YET


def test_a_plan_in_json_ld_reads_as_the_terms_say() -> None:
    document = {
        "@context": json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"],
        "plan": BASE + "id/plan/990019/dx/2023",
        "status": "adopted",
        "title": {"ja": "見本市DX推進計画", "en": "Mihon City DX Plan"},
        "initiatives": [
            {"@id": BASE + "id/plan/990019/dx/2023/i/1-03", "no": "1-③", "themes": ["cashless"], "lost": ["roadmap"]}
        ],
    }
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    plan = URIRef(BASE + "id/plan/990019/dx/2023")
    initiative = URIRef(plan + "/i/1-03")
    assert set(graph) == {
        (plan, JDX.planStatus, C["ps-adopted"]),
        (plan, DCTERMS.title, Literal("見本市DX推進計画", lang="ja")),
        (plan, DCTERMS.title, Literal("Mihon City DX Plan", lang="en")),
        (initiative, JDX.inPlan, plan),
        (initiative, SKOS.notation, Literal("1-③")),
        (initiative, JDX.theme, TH["cashless"]),
        (initiative, JDX.lostInText, C["cf-roadmap"]),
    }

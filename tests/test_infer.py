"""Inference: the CONSTRUCT rules derive what OWL 2 RL derives for R1 and R10, and nothing about others."""

from __future__ import annotations

import owlrl
import pytest
from rdflib import Graph, Literal, URIRef

from keikaku import build, infer, making, store
from keikaku import ground as ground_module
from keikaku.namespaces import BASE, DCTERMS, FY, GRAPH, ID, JDX, OWL, PROV, RDF, RDFS, TH, XSD, C
from keikaku.read.problems import Problems
from keikaku.read.quads import Quad
from keikaku.settings import Settings

PLAN = ID["plan/990019/dx/2023"]


@pytest.fixture(scope="module")
def opened(built_world: Settings) -> store.Store:
    return store.open_current(built_world.current)


def own_quads(world: Settings) -> tuple[ground_module.Ground, list[Quad]]:
    ground = ground_module.load_ground(world)
    read = making.read_document(ground, build.plan_files(world)[0], Problems())
    assert read is not None
    return ground, [quad for quads in read.quads.values() for quad in quads]


def test_r1_and_r10_derive_what_owl_rl_derives_and_nothing_else(built_world: Settings) -> None:
    """The closure by owlrl of document, ontology and what the document names, compared on class membership and on the
    super-properties of our terms (R1 is the chain parentElement, inPlan)."""
    ground, own = own_quads(built_world)
    context = [*ground.vocabulary, *ground_module.neighbourhood(own, ground)]
    rules = tuple(rule for rule in ground.rules if rule.name.startswith(("r01", "r10")))
    ours = {(s, p, o) for s, p, o, _ in infer.infer(own, infer.context_store(context), rules, GRAPH["inferred/test"])}
    given = {(s, p, o) for s, p, o, _ in own} | {(s, p, o) for s, p, o, _ in context}
    graph = Graph()
    for triple in given:
        graph.add(triple)
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(graph)
    subjects = {s for s, *_ in own}
    supers = {o for s, o in graph.subject_objects(RDFS.subPropertyOf) if str(s).startswith(str(JDX)) and s != o}
    wanted = {
        (s, p, o)
        for s, p, o in graph
        if s in subjects
        and (s, p, o) not in given
        and (p == RDF.type or p in supers or p == JDX.inPlan)
        and o not in (OWL.Thing, RDFS.Resource)
        and not isinstance(o, Literal)
    }
    derived = {t for t in ours if t[0] in subjects and not isinstance(t[2], Literal)}
    assert derived - wanted == set(), "the rules derive more than OWL RL"
    assert wanted - derived == set(), "the rules derive less than OWL RL"
    assert len(derived) > 200


def test_input_is_untouched_and_results_are_about_our_own_things(built_world: Settings) -> None:
    ground, own = own_quads(built_world)
    context = infer.context_store([*ground.vocabulary, *ground_module.neighbourhood(own, ground)])
    before, size = list(own), len(context)
    result = infer.infer(own, context, ground.rules, GRAPH["inferred/test"])
    assert own == before
    assert len(context) == size
    asserted = {q[:3] for q in own}
    for s, p, o, g in result:
        assert isinstance(s, URIRef)
        assert str(s).startswith(BASE)
        assert (s, p, o) not in asserted
        assert g == GRAPH["inferred/test"]


def test_r2_a_plan_from_january_2023_to_march_2025_touches_three_years(opened: store.Store) -> None:
    rows = opened.select(f"SELECT ?y WHERE {{ <{PLAN}> jdx:coversFiscalYear ?y }} ORDER BY ?y")
    assert [str(r["y"]) for r in rows] == [str(FY[y]) for y in ("2022", "2023", "2024")]


def test_r3_the_theme_of_an_action_is_a_subject_of_its_initiative_but_not_its_theme(opened: store.Store) -> None:
    initiative = f"<{PLAN}/i/1-03>"
    assert opened.query(f"ASK {{ {initiative} dcterms:subject th:digital-divide }}") is True
    assert opened.query(f"ASK {{ {initiative} jdx:theme th:digital-divide }}") is False


def test_r4_increments_of_401_and_89_run_up_to_490(opened: store.Store) -> None:
    rows = opened.select(
        f"SELECT ?sum (COUNT(DISTINCT ?from) AS ?n) WHERE {{ <{PLAN}/i/1-04/k/1/t/2023/running> jdx:numericValue ?sum ; "
        "jdx:accumulation c:acc-cumulative ; prov:wasDerivedFrom ?from } GROUP BY ?sum"
    )
    assert [(str(r["sum"]), str(r["n"])) for r in rows] == [("490", "2")]
    assert (
        opened.query(
            f'ASK {{ <{PLAN}/i/1-04/k/1/t/2022> jdx:numericValue "401"^^xsd:decimal ; jdx:accumulation c:acc-increment }}'
        )
        is True
    )


def test_r5_agrees_with_the_asserted_prefecture(opened: store.Store) -> None:
    assert not opened.select(
        "SELECT * { GRAPH <https://w3id.org/jichitai-dx/graph/inferred/reference> { ?m jdx:inPrefecture ?p } }"
    ).rows


def test_r6_links_initiative_and_national_item_of_one_theme(opened: store.Store) -> None:
    assert opened.query(f"ASK {{ <{PLAN}/i/1-04> dcterms:relation <{PLAN}/i/1-04/n/1> }}") is True


#: Read off the example text: cashless and the two listed initiatives, a section beside the list, a glossary entry.
LEVELS = {
    "cashless": "initiative", "online-procedures": "initiative", "front-office": "initiative",
    "digital-divide": "outside-list", "ai-rpa": "mention",
}  # fmt: skip


def test_r7_one_record_per_theme_with_its_best_level_and_evidence(opened: store.Store) -> None:
    rows = list(
        opened.select(
            f"SELECT ?t ?l (COUNT(?e) AS ?n) WHERE {{ <{PLAN}> jdx:coveredBy ?c . ?c jdx:theme ?t ; jdx:coverageLevel ?l ; jdx:evidence ?e }} GROUP BY ?t ?l"
        )
    )
    assert {str(r["t"]).removeprefix(str(TH)): str(r["l"]).removeprefix(str(C["lv-"])) for r in rows} == LEVELS
    assert all(int(str(r["n"])) >= 1 for r in rows)


@pytest.mark.parametrize(
    ("thing", "earliest", "latest"),
    [
        ("/i/1-04/k/1/b", "2022-07-01", "2022-07-31"),
        ("/i/1-03/k/1/t/2024", "2025-03-31", "2025-03-31"),
        ("/i/1-03/k/2/t/2023", "2023-04-01", "2024-03-31"),
        ("/i/1-04/k/4/t/2022-2024", "2022-04-01", "2025-03-31"),
        ("/i/1-03/r/1", "2023-04-01", "2025-03-31"),
        ("/e/1", "2020-10-01", "2020-10-31"),
        ("", "2023-01-01", "2025-03-31"),
    ],
)
def test_r8_earliest_and_latest_day(opened: store.Store, thing: str, earliest: str, latest: str) -> None:
    rows = opened.select(f"SELECT ?a ?b WHERE {{ <{PLAN}{thing}> jdx:earliest ?a ; jdx:latest ?b }}")
    assert [(str(r["a"]), str(r["b"])) for r in rows] == [(earliest, latest)]


def test_r8_knows_leap_years() -> None:
    rule = infer.load_rules(
        build.Path(__file__).parent.parent / "queries/construct", build.Path(__file__).parent.parent
    )
    quads = [
        (
            URIRef(BASE + f"id/x/{y}"),
            JDX.date,
            Literal(f"{y}-02", datatype=XSD.gYearMonth, normalize=False),
            GRAPH["doc/x"],
        )
        for y in (1900, 2000, 2023, 2024)
    ]
    found = infer.infer(
        quads, infer.context_store(()), tuple(r for r in rule if r.name.startswith("r08")), GRAPH["inferred/x"]
    )
    assert {str(s)[-4:]: str(o) for s, p, o, _ in found if p == JDX.latest} == {
        "1900": "1900-02-28", "2000": "2000-02-29", "2023": "2023-02-28", "2024": "2024-02-29",
    }  # fmt: skip


def test_r9_a_lost_roadmap_is_known_to_be_missing(built_world: Settings, opened: store.Store) -> None:
    del built_world
    assert opened.query("ASK { ?e jdx:lostInText c:cf-roadmap }") is True
    assert (
        opened.query("ASK { ?s jdx:completeFor c:cf-roadmap }") is False
    )  # the example declares nothing on roadmaps, so nothing follows


def test_the_vocabulary_closure_says_nothing_about_other_vocabularies(opened: store.Store) -> None:
    rows = opened.select(
        "SELECT DISTINCT ?s WHERE { GRAPH <https://w3id.org/jichitai-dx/graph/inferred/vocabulary> { ?s ?p ?o } }"
    )
    assert rows.rows
    assert all(str(r["s"]).startswith(BASE) for r in rows)
    assert not opened.select("SELECT ?s { ?s a owl:Nothing }").rows


def test_every_rule_of_the_design_has_a_file() -> None:
    names = [p.name for p in (build.Path(__file__).parent.parent / "queries/construct").glob("*.rq")]
    assert sorted(n[:3] for n in names) == [f"r{n:02d}" for n in range(1, 11)]


__all__ = ["DCTERMS", "PROV"]

"""Findings as a person reads them: names, sentences in two languages, places, order; check queries; faulty shapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF

from keikaku.errors import CannotRunError, Place
from keikaku.namespaces import BASE, DCTERMS, ID, IND, JDX, RDFS, SKOS, C
from keikaku.report import Finding, Severity, count
from keikaku.store import memory, nt, to_ntriples
from keikaku.validate import checks, constraints, shapes
from keikaku.validate.names import name_of, value_name, vocabulary_file

ROOT = Path(__file__).parents[1]
EXAMPLES = Path(__file__).parent / "shapes"
SHAPES = shapes.load(ROOT / "shapes")
DOCUMENT = ID["doc/990019-dx-2023"]
PLAN = ID["plan/990019/dx/2023"]
KPI = URIRef(f"{PLAN}/i/1-03/k/1")
FILE = "data/plans/990019-mihon-2023.yaml"


def graph_of(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(EXAMPLES / name, format="turtle")
    return graph


def place(_subject: str, _path: str | None) -> Place:
    return Place(FILE, 7)


def check(own: Graph, place_of: Callable[[str, str | None], Place] = place) -> list[Finding]:
    return shapes.check_document(SHAPES, own, graph_of("context.ttl"), DOCUMENT, place_of)


# -- sentences ---------------------------------------------------------------------------------------------------------


def test_a_finding_is_one_english_sentence_with_place_remedy_and_rule() -> None:
    sentences = [f.sentence("en") for f in check(graph_of("world.ttl", "S16-violation-bad.ttl"))]
    assert (
        "data/plans/990019-mihon-2023.yaml:7: target undated of KPI 1 of initiative 1-③ (i/1-03/k/1/t/undated) has no year."
        " Add when: FY2025; see shapes/target.ttl (S16)." in sentences
    )


def test_the_same_finding_is_one_japanese_sentence() -> None:
    sentences = [f.sentence("ja") for f in check(graph_of("world.ttl", "S16-violation-bad.ttl"))]
    assert (
        "data/plans/990019-mihon-2023.yaml:7: 取組1-③のKPI1の目標値undated (i/1-03/k/1/t/undated)に年度も日付もない。"
        "when: FY2025 のように時期を加える。(規則: shapes/target.ttl、S16)" in sentences
    )


def test_variables_of_a_query_are_filled_in_both_languages() -> None:
    found = check(graph_of("world.ttl", "S19-warning-bad.ttl"))
    (finding,) = (f for f in found if "add up" in f.text_en)
    assert "has parts that add up to 48, less than its total 50" in finding.text_en
    assert "の内訳の和48が合計50より小さい" in finding.text_ja


def test_a_property_and_a_code_are_called_by_name() -> None:
    own = graph_of("world.ttl")
    own.set((KPI + "/b", JDX.accumulation, C["ph-introduce"]))
    findings = [f for f in check(own) if f.rule == "S30"]
    assert [f.text_en for f in findings] == [
        "baseline of KPI 1 of initiative 1-③ (i/1-03/k/1/b) has c:ph-introduce, which is not in the list of “counting rule”"
    ]
    assert findings[0].text_ja.endswith("c:ph-introduceは「集計方法」の一覧にない")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("S*-bad.ttl")), ids=lambda p: p.stem)
def test_no_finding_shows_a_bare_iri_or_an_unfilled_placeholder(path: Path) -> None:
    on = re.search(r"^# run on: (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert on
    if on[1] == "document":
        findings = check(graph_of("world.ttl", path.name))
    elif on[1] == "reference":
        findings = shapes.check_reference(SHAPES, graph_of(path.name), graph_of("context.ttl"), place)
    elif on[1] == "vocabulary":
        findings = shapes.check_vocabulary(SHAPES, graph_of("context.ttl", path.name))
    else:
        findings = run_checks(graph_of(path.name))
    assert findings
    for finding in findings:
        for text in (finding.text_en, finding.text_ja, finding.do_en, finding.do_ja):
            assert (
                text
                and BASE not in text
                and not re.search(r"\{[?$]?(node|path|value|\w+)\}", text.replace("{ja: …}", ""))
            )
        assert (ROOT / finding.where).is_file()


# -- what is reported, where, in what order ----------------------------------------------------------------------------


def test_only_things_of_the_document_are_reported() -> None:
    context = graph_of("context.ttl") + graph_of("S16-violation-bad.ttl")
    assert [f.rule for f in shapes.check_document(SHAPES, graph_of("world.ttl"), context, DOCUMENT, place)] == []


def test_the_place_is_asked_for_with_thing_and_property() -> None:
    asked: list[tuple[str, str | None]] = []

    def place_of(subject: str, path: str | None) -> Place:
        asked.append((subject, path))
        return Place(FILE, 1)

    check(graph_of("world.ttl", "S15-violation-bad.ttl"), place_of)
    assert (f"{KPI}/t/2022", str(JDX.unit)) in asked
    asked.clear()
    check(graph_of("world.ttl", "S25-violation-bad.ttl"), place_of)
    assert all("#" not in subject for subject, _ in asked)


def test_findings_are_sorted_by_severity_file_and_line_and_said_once() -> None:
    own = graph_of(
        "world.ttl", "S11-info-bad.ttl", "S12-warning-bad.ttl", "S16-violation-bad.ttl", "S27-violation-bad.ttl"
    )
    findings = check(own, lambda subject, _: Place(FILE, len(subject)))
    keys = [(f.severity, f.place.file, f.place.line) for f in findings]
    assert keys == sorted(keys)
    assert len(findings) == len(set(findings))
    assert findings == check(own, lambda subject, _: Place(FILE, len(subject)))


def test_findings_are_counted_by_severity() -> None:
    own = graph_of("world.ttl", "S11-info-bad.ttl", "S12-warning-bad.ttl")
    assert count(check(own)) == {"error": 0, "warning": 1, "info": 1}


def test_the_graphs_given_are_not_changed() -> None:
    own, context = graph_of("world.ttl"), graph_of("context.ttl")
    before = set(own), set(context)
    shapes.check_document(SHAPES, own, context, DOCUMENT, place)
    assert (set(own), set(context)) == before


def test_evidence_of_another_document_is_refused() -> None:
    findings = shapes.check_document(
        SHAPES, graph_of("world.ttl"), graph_of("context.ttl"), ID["doc/990027-dx-2022"], place
    )
    assert {f.rule for f in findings} == {"S26"}


# -- reference and vocabulary ------------------------------------------------------------------------------------------


def test_the_ontology_has_no_fault() -> None:
    vocabulary = Graph()
    for path in sorted((ROOT / "ontology").glob("*.ttl")):
        vocabulary.parse(path, format="turtle")
    assert [f.sentence() for f in shapes.check_vocabulary(SHAPES, vocabulary)] == []


def test_a_term_without_a_label_is_placed_in_its_file() -> None:
    findings = shapes.check_vocabulary(SHAPES, graph_of("context.ttl", "S30-violation-bad.ttl"))
    assert {f.place.file for f in findings if "/code/" in f.focus} == {"ontology/codes.ttl"}
    assert {f.place.file for f in findings if "ont#Thing" in f.focus} == {"ontology/jdx.ttl"}
    assert vocabulary_file("http://example.org/x") == ""


def test_reference_findings_name_the_government() -> None:
    findings = shapes.check_reference(SHAPES, graph_of("S01-violation-bad.ttl"), graph_of("context.ttl"), place)
    assert {f.focus.removeprefix(str(ID)) for f in findings} == {"lg/99001", "lg/980003", "lg/990011"}
    assert any("local government 990011" in f.text_en and "should be 9" in f.text_en for f in findings)


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "ja", "en"),
    [
        ("plan/990019/dx/2023", "計画「見本市DX推進計画」", "plan “Mihon City DX Plan”"),
        ("plan/990019/dx/2023/period", "計画期間", "period"),
        ("plan/990019/dx/2023/i/1-03/k/1", "取組1-③のKPI1「対応窓口数」", "KPI 1 of initiative 1-③ “Counters that"),
        ("plan/990019/dx/2023/i/1-03/k/1/b", "取組1-③のKPI1の現状値", "baseline of KPI 1 of initiative 1-③ (i/"),
        ("plan/990019/dx/2023/i/1-03/k/1/t/2024/direct-facility", "目標値2024の内訳direct-facility", "part direct-facility of target 2024 of"),
        ("plan/990019/dx/2023/claim/upperPlan/1", "主張1 (upperPlan)", "claim 1 on upperPlan"),
        ("doc/990019-dx-2023/ev/L141#pos", "根拠箇所L141", "passage L141"),
        ("cs/990019/dx/2023/kpis/published-plan", "完全性言明kpis (published-plan)", "completeness statement on kpis (published-plan)"),
        ("fy/2022", "2022年度", "fiscal year 2022"),
        ("qn/990019-dx-2023/01", "品質注記01", "quality note 01"),
        ("case/mic-2021/07/v/1", "事例07の数値1", "figure 1 of case 07"),
    ],
)  # fmt: skip
def test_things_are_named_by_kind_number_and_title(path: str, ja: str, en: str) -> None:
    names = name_of(graph_of("world.ttl"), ID[path])
    assert ja in names["ja"]
    assert en in names["en"]


def test_a_thing_without_a_label_in_one_language_is_named_in_the_other() -> None:
    graph = Graph()
    graph.add((C["ph-study"], SKOS.prefLabel, Literal("検討", lang="ja")))
    assert value_name(graph, C["ph-study"]) == {"ja": "検討", "en": "検討"}
    assert value_name(graph, IND["x"])["en"] == "ind:x"
    assert value_name(graph, Literal("50"))["ja"] == "50"


# -- check queries -----------------------------------------------------------------------------------------------------


def run_checks(graph: Graph) -> list[Finding]:
    store = memory("".join(f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o in graph).encode())
    return checks.run(ROOT / "queries" / "checks", ROOT, store.select)


def test_a_row_of_a_check_query_becomes_a_finding_in_both_languages() -> None:
    (finding,) = run_checks(graph_of("S21-warning-bad.ttl"))
    assert finding.severity is Severity.WARNING
    assert finding.sentence("en") == (
        "ontology/indicators.ttl: the indicator “digital courses held” is used by 2 KPIs in 2 units and under 2 counting rules."
        " If different things are counted, split the indicator; if not, check the units on the pages;"
        " see queries/checks/s21-indicator-units.rq (S21)."
    )
    assert finding.text_ja == "指標「デジタル講座の開催回数」を使う2個のKPIに、単位が2種類、集計方法が2種類ある"
    assert finding.focus == str(IND["digital-course-count"])


def test_no_rows_mean_pass() -> None:
    assert run_checks(graph_of("S21-warning-ok.ttl")) == []


def test_a_check_query_gives_the_place_it_is_told() -> None:
    found = checks.run(
        ROOT / "queries" / "checks",
        ROOT,
        lambda q: [{"figure": IND["x"]}] if "#+ rule: A35" in q else [],
        lambda iri, _: Place(iri[-1], 3),
    )
    assert [f.place for f in found] == [Place("x", 3)]


def test_what_documents_tell_together_is_what_one_graph_of_them_tells() -> None:
    whole = graph_of("S21-warning-bad.ttl")
    several = checks.load(ROOT / "queries" / "checks", ROOT)
    kpis = sorted(set(whole.subjects(JDX.measures, None)))
    assert len(kpis) == 2
    told = []
    for other in kpis:
        apart = Graph()
        for triple in whole:
            if other not in (triple[0], triple[2]):
                apart.add(triple)
        store = memory(b"".join(to_ntriples(apart)))
        told.append(checks.tallies(several, store.select))
        assert checks.together(several, told[-1:]) == []
    assert checks.together(several, told) == run_checks(whole)


def test_a_header_goes_on_in_the_next_line_and_must_be_whole() -> None:
    head = "#+ title: 甲 / a\n#+ rule: X01\n#+ severity: info\n#+ focus: x\n#+ message: 乙{x}\n#+   / b {x}\n#+ do: 丙 / c\n"
    found = checks.read(head + "SELECT ?x {}", "x.rq")
    assert (found.message, found.remedy, found.severity) == (("乙{x}", "b {x}"), ("丙", "c"), Severity.INFO)
    with pytest.raises(CannotRunError, match="lacks focus"):
        checks.read(head.replace("focus", "other"), "x.rq")
    with pytest.raises(CannotRunError, match="a known severity"):
        checks.read(head.replace("info", "grave"), "x.rq")


# -- faulty shapes -----------------------------------------------------------------------------------------------------

PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix s: <https://w3id.org/jichitai-dx/shape/> . @prefix e: <http://e.org/> .\n"


def write_shape(folder: Path, text: str) -> Path:
    (folder / "x.ttl").write_text(PREFIX + text, encoding="utf-8")
    return folder


def test_a_folder_without_shapes_cannot_run(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="there are no shapes"):
        shapes.load(tmp_path)


def test_shapes_that_are_no_turtle_are_told_with_their_file(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match=r"x\.ttl: this file is no Turtle"):
        shapes.load(write_shape(tmp_path, "s:A a sh:NodeShape"))


def test_an_unknown_severity_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="needs an IRI and one of"):
        shapes.load(write_shape(tmp_path, "s:S99-a a sh:NodeShape ; sh:severity sh:Fatal ."))


def test_a_shape_that_fires_without_a_severity_is_a_fault_of_the_shapes(tmp_path: Path) -> None:
    found = shapes.load(
        write_shape(tmp_path, "s:S99-a a sh:PropertyShape ; sh:targetNode e:x ; sh:path e:p ; sh:minCount 1 .")
    )
    with pytest.raises(CannotRunError, match="without severity"):
        shapes.check_document(found, Graph(), Graph(), DOCUMENT, place)


def test_a_constraint_knows_the_property_it_is_about() -> None:
    paths = {str(c.iri).rpartition("/")[2]: c.path for c in SHAPES.constraints.values()}
    assert paths["S15-unit"] == JDX.unit
    assert paths["S26-own"] == JDX.evidence
    assert paths["S28-reason"] is None
    assert paths["S13-owner"] is None
    assert paths["S26-evidence"] == JDX.evidence


def test_every_file_of_shapes_is_run_somewhere() -> None:
    run = {
        s
        for stage in (SHAPES.document, SHAPES.text, SHAPES.reference, SHAPES.vocabulary)
        for g in (stage.core, stage.sparql)
        for s in g.subjects()
    }
    assert set(SHAPES.constraints) <= run
    named = {
        *constraints.REFERENCE_FILES,
        *constraints.VOCABULARY_FILES,
        *constraints.TEXT_FILES,
        *constraints.COMMON_FILES,
        *constraints.SHARED_FILES,
    }
    assert named <= {path.name for path in (ROOT / "shapes").glob("*.ttl")}


def test_text_of_the_context_is_not_guarded() -> None:
    context = graph_of("context.ttl")
    context.add((C["acc-stock"], RDFS.comment, Literal("長" * 500, lang="ja")))
    own = graph_of("world.ttl")
    own.add((C["acc-stock"], RDF.type, SKOS.Concept))
    assert shapes.check_document(SHAPES, own, context, DOCUMENT, place) == []
    own.add((PLAN, DCTERMS.description, Literal("長" * 500, lang="ja")))
    assert [f.rule for f in shapes.check_document(SHAPES, own, context, DOCUMENT, place)] == ["S27"]

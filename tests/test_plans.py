"""The four plans: counts made by reading the sources, and a second, independent extraction of what can be cut out by rule."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from keikaku import store
from keikaku.settings import Settings

HAMAMATSU, FUJISAWA = "221309/dx/2023", "142051/dx/2022-draft"
FUJINOMIYA, MATSUSAKA = "222071/dx/2022", "242047/dx/2022-draft"


@pytest.fixture(scope="module")
def graph(built_project: Settings) -> store.Store:
    return store.open_current(built_project.current)


def numbers(graph: store.Store, query: str) -> dict[str, int]:
    rows = graph.select(query)
    return {str(row["plan"]).split("/id/plan/")[1]: int(str(row["n"])) for row in rows}


#: plan: (listed, of these listed-only, outside the list, KPIs), counted in the contents lists and KPI rows of the sources:
#: 浜松 113-131, 藤沢 39-45 and 225-239, 富士宮 577-603, 松阪 282-290, 488-500, 686-690, 803, 826.
COUNTS = {HAMAMATSU: (16, 0, 1, 33), FUJISAWA: (7, 0, 4, 7), FUJINOMIYA: (13, 0, 0, 0), MATSUSAKA: (21, 3, 2, 21)}


@pytest.mark.parametrize("plan", COUNTS)
def test_every_numbered_initiative_and_kpi_is_in_the_graph(graph: store.Store, plan: str) -> None:
    count = "SELECT ?plan (COUNT(DISTINCT ?x) AS ?n) WHERE {{ ?x jdx:inPlan ?plan ; a {} {} }} GROUP BY ?plan"
    found = tuple(
        numbers(graph, count.format(kind, more)).get(plan, 0)
        for kind, more in (
            ("jdx:Initiative", "; dcterms:type c:el-listed"),
            ("jdx:Initiative", "; jdx:descriptionStatus c:ds-listed-only"),
            ("jdx:Initiative", "; dcterms:type c:el-outside-list"),
            ("jdx:KPI", ""),
        )
    )
    assert found == COUNTS[plan]


@pytest.mark.parametrize("plan", COUNTS)
def test_every_initiative_has_a_theme_and_says_what_is_known_of_its_kpis(graph: store.Store, plan: str) -> None:
    plan_iri = f"<https://w3id.org/jichitai-dx/id/plan/{plan}>"
    assert not graph.select(
        f"SELECT ?i {{ ?i a jdx:Initiative ; jdx:inPlan {plan_iri} FILTER NOT EXISTS {{ ?i jdx:theme ?t }} }}"
    ).rows
    silent = graph.select(
        f"SELECT ?i {{ ?i a jdx:Initiative ; jdx:inPlan {plan_iri} ; jdx:descriptionStatus c:ds-described MINUS {{ ?i jdx:hasKPI ?k }} "
        "MINUS { ?i jdx:notStated c:cf-kpis } MINUS { ?i jdx:lostInText c:cf-kpis } }"
    )
    assert not silent.rows


def source(sources: Path, name: str) -> list[str]:
    """Lines of a source text, counted from 1."""
    return ["", *(sources / name).read_text(encoding="utf-8").split("\n")]


def evidence_lines(graph: store.Store, kind: str, plan: str) -> list[tuple[int, int]]:
    rows = graph.select(
        f"SELECT DISTINCT ?x ?a ?b {{ ?x a {kind} ; jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/{plan}> ; jdx:evidence ?e . "
        "?e jdx:lineStart ?a ; jdx:lineEnd ?b }"
    )
    return [(int(str(r["a"])), int(str(r["b"]))) for r in rows]


def covered(line: int, ranges: list[tuple[int, int]]) -> bool:
    return any(a <= line <= b for a, b in ranges)


@pytest.mark.sources
def test_matsusaka_every_cell_of_the_indicator_tables(graph: store.Store, sources: Path) -> None:
    """Cut the tables 成果指標 / 現状値 / 目標値 out of the text and compare each cell with the graph."""
    lines = source(sources, "matsusaka-dx-plan.txt")
    cells: dict[int, tuple[str, str]] = {}
    for number, line in enumerate(lines):
        if line.startswith("成果指標\t"):
            row = number + 1
            while lines[row].count("\t") == 2:
                _, now, goal = lines[row].split("\t")
                cells[row] = (now, goal)
                row += 1
    assert len(cells) == 21
    for row, (now, goal) in cells.items():
        for printed, kind in ((now, "jdx:BaselineValue"), (goal, "jdx:TargetValue")):
            rows = graph.select(
                f"SELECT DISTINCT ?v ?status ?value {{ ?v a {kind} ; jdx:ofKPI ?k ; jdx:valueStatus ?status ; jdx:evidence ?e . "
                f"?k jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/{MATSUSAKA}> . ?e jdx:lineStart ?a ; jdx:lineEnd ?b FILTER(?a <= {row} && ?b >= {row}) OPTIONAL {{ ?v jdx:numericValue ?value }} }}"
            )
            assert len(rows) == 1, (row, kind)
            (only,) = rows
            if printed.strip() == "—":
                assert str(only["status"]).endswith("vs-blank"), (row, printed)
            else:
                found = re.match(r"[\d,.]+", unicodedata.normalize("NFKC", printed))
                assert found is not None
                assert Decimal(str(only["value"])) == Decimal(found[0].replace(",", "")), (row, printed)


@pytest.mark.sources
def test_matsusaka_every_row_of_the_schedules(graph: store.Store, sources: Path) -> None:
    lines = source(sources, "matsusaka-dx-plan.txt")
    bars, inside = evidence_lines(graph, "jdx:RoadmapEntry", MATSUSAKA), False
    rows = 0
    for number, line in enumerate(lines):
        if line.startswith("主な取組事項及びスケジュール"):
            inside = True
        elif inside and "\t" in line:
            rows += 1
            assert covered(number, bars), (number, line[:20])
        else:
            inside = False
    assert rows == 49 == len(set(bars))


@pytest.mark.sources
def test_hamamatsu_every_number_of_the_kpi_rows_is_claimed(graph: store.Store, sources: Path) -> None:
    """Numbers with a unit in lines of KPI blocks, cut out by rule: each stands in the evidence of a target with that number."""
    lines = source(sources, "hamamatsu-dx-plan.txt")
    rows = graph.select(
        f"SELECT DISTINCT ?v ?value ?rounded ?a ?b {{ ?v a jdx:TargetValue ; jdx:ofKPI ?k ; jdx:numericValue ?value ; jdx:evidence ?e . "
        f"?k jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/{HAMAMATSU}> . ?e jdx:lineStart ?a ; jdx:lineEnd ?b . OPTIONAL {{ ?v jdx:roundedTo ?rounded }} }}"
    )
    targets = [
        (abs(Decimal(str(r["value"]))) / Decimal(str(r.get("rounded", 1))), int(str(r["a"])), int(str(r["b"])))
        for r in rows
    ]
    unit = re.compile(r"(\d[\d,.]*)(?:%|窓口|分短縮|万人|件(?!当)|回|人|箇所|業務)|公開数:(\d+)|施設:(\d+)")
    inside, found = False, 0
    for number, line in enumerate(lines):
        if re.search(r"^<KPI", line):
            inside = True
        elif re.search(r"取組番号", line) or line.startswith("<取組イメージ"):
            inside = False
        if not inside:
            continue
        for hit in unit.finditer(unicodedata.normalize("NFKC", line)):
            value = Decimal(next(g for g in hit.groups() if g).replace(",", ""))
            found += 1
            assert any(t == value and a <= number <= b for t, a, b in targets), (number, hit[0])
    assert found == 35  # 31 figures and the 4 parts of the cashless targets


@pytest.mark.sources
def test_hamamatsu_every_section_named_is_responsible_for_its_initiative(graph: store.Store, sources: Path) -> None:
    lines = source(sources, "hamamatsu-dx-plan.txt")
    named = 0
    for number, line in enumerate(lines):
        if not line.startswith("所管："):
            continue
        block = [line.removeprefix("所管：").strip()]
        while lines[number + len(block)].strip():
            block.append(lines[number + len(block)].strip())
        rows = graph.select(
            "SELECT DISTINCT ?name { ?i a jdx:Initiative ; jdx:responsibleUnit ?u ; jdx:evidence ?e . ?u rdfs:label ?name . "
            f"?e jdx:lineStart ?a ; jdx:lineEnd ?b FILTER(LANG(?name) = 'ja' && ?a <= {number} && ?b >= {number}) "
            f"?i jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/{HAMAMATSU}> }}"
        )
        assert {str(r["name"]) for r in rows} == set(block), number
        named += len(block)
    assert named == 26


@pytest.mark.sources
def test_fujisawa_every_kpi_row_issue_and_action(graph: store.Store, sources: Path) -> None:
    lines = source(sources, "fujisawa-dx-plan.txt")
    kpis = evidence_lines(graph, "jdx:KPI", FUJISAWA)
    rows = [n for n, line in enumerate(lines) if re.match(r"K ?P ?I\t", line) and n < 350]
    assert len(rows) == 7
    assert all(covered(n, kpis) for n in rows)
    values = graph.select(
        f"SELECT ?value {{ ?v a jdx:TargetValue ; jdx:ofKPI ?k ; jdx:numericValue ?value ; jdx:accumulation ?rule . ?k jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/{FUJISAWA}> "
        "FILTER NOT EXISTS { ?v prov:wasDerivedFrom ?other } }"
    )
    assert sorted(int(str(r["value"])) for r in values) == [5, 35, 89, 94, 198, 401]


@pytest.mark.sources
def test_fujinomiya_every_measure_of_the_system_chart(graph: store.Store, sources: Path) -> None:
    lines = source(sources, "fujinomiya-dx-plan.txt")
    listed = {
        int(found[1]): re.sub(r"<sup>.*?</sup>", "", found[2]).strip()
        for line in lines[573:604]
        if (found := re.match(r"施策(\d+) (.+)", line))
    }
    assert len(listed) == 13
    rows = graph.select(
        f"SELECT ?no ?title {{ ?i a jdx:Initiative ; jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/{FUJINOMIYA}> ; skos:notation ?no ; dcterms:title ?title FILTER(LANG(?title) = 'ja') }}"
    )
    recorded = {int(re.sub(r"\D", "", str(r["no"]))): str(r["title"]) for r in rows}
    assert set(recorded) == set(listed)
    assert all(
        recorded[no].startswith(title) for no, title in listed.items()
    )  # the heading of 4 adds words in brackets


@pytest.mark.sources
def test_fujinomiya_every_mark_of_the_evaluation_table(graph: store.Store, sources: Path) -> None:
    """Cut the marks out of the last column by rule and compare each with the rating recorded for its line."""
    lines = source(sources, "fujinomiya-dx-plan.txt")
    codes = {"◎": "done", "○": "continuing", "△": "studying", "▲": "not-done"}
    marks = {n: codes[hit[1]] for n in range(354, 403) if (hit := re.search(r"\t([◎○△▲])", lines[n]))}
    rows = graph.select(
        f"SELECT ?status ?a {{ ?r a jdx:EvaluationResult ; jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/{FUJINOMIYA}> ; "
        "jdx:evaluationStatus ?status ; jdx:evidence ?e . ?e jdx:lineStart ?a }"
    )
    recorded = {int(str(r["a"])): str(r["status"]).rsplit("/ev-", 1)[1] for r in rows}
    assert {n: s for n, s in recorded.items() if n in marks} == marks
    assert len(marks) == 34
    assert set(recorded) - set(marks) == {379}  # the second half of a row that the page divides


@pytest.mark.sources
def test_fujinomiya_every_number_of_the_table_of_seals(graph: store.Store, sources: Path) -> None:
    """Nine cells a row, of which seven are numbers: each stands in the graph with the evidence of its line."""
    lines = source(sources, "fujinomiya-dx-plan.txt")
    for number in range(454, 463):
        printed = sorted(int(c.replace(",", "")) for c in lines[number].split("\t") if re.fullmatch(r"[\d,]+", c))
        rows = graph.select(
            f"SELECT DISTINCT ?v ?value {{ ?v a jdx:ReportedValue ; jdx:numericValue ?value ; jdx:evidence ?e . ?e jdx:lineStart {number} ; jdx:lineEnd {number} . "
            f"FILTER(STRSTARTS(STR(?v), 'https://w3id.org/jichitai-dx/id/plan/{FUJINOMIYA}/')) }}"
        )
        found = sorted(int(str(r["value"])) for r in rows)
        if number in (454, 458):  # the totals 1,792 and 353 rest on the sentence above the table
            found = sorted([*found, max(printed)])
        assert found == printed, number


def folded(text: str) -> str:
    """NFKC without white space, and the divide spelt right: how titles of two tables are compared."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("デバインド", "デバイド")


@pytest.mark.sources
def test_fujinomiya_every_item_of_the_prefectural_outline(graph: store.Store, sources: Path) -> None:
    """The list items of lines 260-264 and 269 are the directions of the prefecture's plan, each on its line."""
    lines = source(sources, "fujinomiya-dx-plan.txt")
    printed = {(n, folded(item)) for n in (*range(260, 265), 269) for item in re.findall(r"<li>(.*?)</li>", lines[n])}
    rows = graph.select(
        "SELECT ?title ?a { ?g a jdx:Goal ; jdx:inPlan <https://w3id.org/jichitai-dx/id/plan/220001/fujinokuni-dx/2022> ; "
        "dcterms:type c:el-direction ; dcterms:title ?title ; jdx:evidence ?e . ?e jdx:lineStart ?a FILTER(LANG(?title) = 'ja') }"
    )
    assert {(int(str(r["a"])), folded(str(r["title"]))) for r in rows} == printed
    assert len(printed) == 30


@pytest.mark.sources
def test_fujinomiya_every_ministry_of_the_national_support(graph: store.Store, sources: Path) -> None:
    """Each 【…】 of the table names the ministries of one support measure; 関係府省 names none."""
    lines = source(sources, "fujinomiya-dx-plan.txt")
    printed = sorted(
        (n, name)
        for n in (*range(189, 195), 199, 200)
        for bracket in re.findall(r"【(.*?)】", lines[n])
        for name in re.sub(r"</?b>|\s", "", bracket).split("・")
        if name != "関係府省"
    )
    rows = graph.select(
        "SELECT ?n ?name ?a { ?n a jdx:NationalPolicyItem ; jdx:responsibleUnit ?body ; jdx:evidence ?e . ?e jdx:lineStart ?a . "
        f"FILTER(STRSTARTS(STR(?n), 'https://w3id.org/jichitai-dx/id/plan/{FUJINOMIYA}/n/')) "
        "?body rdfs:label ?name FILTER(LANG(?name) = 'ja') }"
    )
    assert sorted((int(str(r["a"])), str(r["name"])) for r in rows) == printed

"""Coverage: what is asked is data with reasons, every gap is in the right list with its lines, and the words to the city follow from them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markupsafe import escape
from rdflib import Graph
from rdflib.term import Node

from conftest import ROOT
from keikaku import build
from keikaku.ask import recorded
from keikaku.ask.coverage import coverage
from keikaku.ask.coverage_forms import ITEM_COLUMNS, elements, gap_row, item_rows, json_value, markdown
from keikaku.ask.covered import LISTS, Coverage, Gap, Report
from keikaku.ask.header import read
from keikaku.ask.letter import letter
from keikaku.ask.trusted import lint
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, DCTERMS, JDX, RDF, SH, SKOS, C
from keikaku.pages import coverage as pages
from keikaku.pages import open_site
from keikaku.pages.render import View
from keikaku.settings import Settings
from keikaku.store import Store, open_current

QUERIES = ROOT / "queries" / "pages" / "coverage"
PLAN = BASE + "id/plan/990019/dx/2023"
CASEBOOK = BASE + "id/plan/soumu/mihon-jirei/1.0"
PLAN_FILE = Path("data") / "plans" / "990019-mihon-2023.yaml"
#: Severities from the strongest.
SEVERITIES = (SH.Violation, SH.Warning, SH.Info)


@pytest.fixture(scope="module")
def store(built_world: Settings) -> Store:
    return open_current(built_world.current)


@pytest.fixture(scope="module")
def mihon(store: Store) -> Coverage:
    return coverage(store, QUERIES, PLAN)


@pytest.fixture(scope="module")
def real(built_project: Settings) -> Store:
    return open_current(built_project.current)


def listed(report: Report, name: str) -> set[tuple[str, str, str]]:
    """What a list holds: requirement, element below its plan ("" for the plan) and state."""
    return {
        (item.requirement.removeprefix(str(C["rq-"])), item.element.removeprefix(report.plan).lstrip("/"), item.state)
        for item in report.items
        if item.list == name
    }


def counts(report: Report) -> list[int]:
    return [report.count(name) for name in LISTS]


def gap_of(report: Report, name: str, requirement: str) -> Gap:
    return next(gap for gap in report.gaps[name] if str(C[f"rq-{requirement}"]) in gap.requirements)


# What is asked


@pytest.fixture(scope="module")
def vocabulary() -> Graph:
    graph = Graph()
    for path in sorted([*(ROOT / "ontology").glob("*.ttl"), *(ROOT / "shapes").glob("*.ttl")]):
        graph.parse(path, format="turtle", publicID=BASE)
    return graph


def requirements(graph: Graph) -> list[Node]:
    return sorted(graph.subjects(SKOS.inScheme, C["rq"]))


def test_every_requirement_tells_how_much_it_matters_why_and_what_would_help(vocabulary: Graph) -> None:
    assert len(requirements(vocabulary)) > 20
    for asked in requirements(vocabulary):
        assert len(list(vocabulary.subjects(JDX.expects, asked))) == 1, asked
        assert next(iter(vocabulary.objects(asked, SH.severity))) in SEVERITIES, asked
        for predicate in (SKOS.scopeNote, SH.description):
            assert sorted(text.language for text in vocabulary.objects(asked, predicate)) == ["en", "ja"], asked  # type: ignore[attr-defined]


def test_every_requirement_rests_on_a_shape_as_severe_or_on_a_competency_question(vocabulary: Graph) -> None:
    for asked in requirements(vocabulary):
        source = vocabulary.value(asked, DCTERMS.source)
        if (source, RDF.type, SH.PropertyGroup) in vocabulary:
            shapes = {vocabulary.value(shape, SH.severity) for shape in vocabulary.subjects(SH.group, source)}
            strongest = next(severity for severity in SEVERITIES if severity in shapes)
            said = vocabulary.value(asked, SH.severity)
            assert SEVERITIES.index(said) >= SEVERITIES.index(strongest), asked
        else:
            number = re.fullmatch(r"questions/cq(\d\d)", str(source).removeprefix(BASE))
            assert number and 1 <= int(number[1]) <= 40, f"{asked}: {source}"


def test_no_requirement_claims_to_be_law(vocabulary: Graph) -> None:
    for asked in requirements(vocabulary):
        assert "法律で" not in str(list(vocabulary.objects(asked, SKOS.scopeNote)))


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.rq")), ids=lambda p: p.stem)
def test_every_coverage_query_says_in_its_header_what_it_returns(path: Path) -> None:
    assert lint(read(path, ROOT)) == []


# The lists of the fictional plan, worked out by hand from its file


def test_head_of_the_report(mihon: Coverage) -> None:
    report = mihon.reports[0]
    assert (report.issuer, report.issued, report.period) == (
        BASE + "id/lg/990019",
        "2023-01",
        ("2023-01-01", "2025-03-31"),
    )
    assert report.lines == 65
    assert 0 < report.narrowly <= report.covered <= report.lines
    kinds = {iri.removeprefix(str(C)).removeprefix(str(JDX)): count for iri, count in report.kinds}
    assert {name: kinds[name] for name in ("el-listed", "el-outside-list", "Action", "KPI", "RoadmapEntry")} == {
        "el-listed": 3, "el-outside-list": 1, "Action": 2, "KPI": 10, "RoadmapEntry": 4,
    }  # fmt: skip


def test_lists_of_the_fictional_plan(mihon: Coverage) -> None:
    """11 of the plan, 4 of each of 3 initiatives and 1 section, 2 of each of 10 KPIs, 1 of each of 10 numeric targets."""
    report = mihon.reports[0]
    assert (len(report.items), report.recorded, counts(report)) == (57, 36, [0, 7, 5, 7, 3])
    assert listed(report, "recommended") == {
        ("initiative-responsible-units", "i/1-04", "not-stated"),
        *(("kpi-baselines", f"i/1-03/k/{n}", "not-stated") for n in (1, 2)),
        *(("kpi-baselines", f"i/1-04/k/{n}", "not-stated") for n in (3, 4, 6, 7)),
    }
    assert listed(report, "stated-absent") == {
        ("plan-budget", "", "not-stated"),
        ("section-responsible-units", "i/s4-5", "not-stated"),
        ("section-kpis", "i/s4-5", "not-stated"),
        ("kpi-targets", "i/1-04/k/3", "declared"),
        ("kpi-baselines", "i/1-03/k/3", "declared"),
    }
    assert listed(report, "lost") == {
        *((f"initiative-{aspect}", "i/1-05", "lost") for aspect in ("actions", "responsible-units", "kpis", "roadmap")),
        ("initiative-roadmap", "i/1-03", "partly-lost"),
        ("section-roadmap", "i/s4-5", "lost"),
        ("kpi-baselines", "i/1-04/k/2", "lost"),
    }
    assert listed(report, "unknown") == {
        ("initiative-actions", "i/1-04", "unknown"),
        ("initiative-roadmap", "i/1-04", "unknown"),
        ("section-actions", "i/s4-5", "unknown"),
    }


def test_lists_of_the_fictional_casebook(store: Store) -> None:
    report = coverage(store, QUERIES, CASEBOOK).reports[0]
    case = "id/case/soumu-mihon-jirei-1.0/"
    assert (len(report.items), report.recorded, counts(report)) == (7, 5, [0, 0, 0, 0, 4])
    assert {(a, b.removeprefix(BASE + case), c) for a, b, c in listed(report, "unknown")} == {
        ("case-practising-bodies", "03", "partly-known"),
        ("case-similar-bodies", "01", "partly-known"),
        ("case-similar-bodies", "02", "claimed"),
        ("case-similar-bodies", "03", "claimed"),
    }


def test_every_gap_has_lines_and_a_reason(mihon: Coverage) -> None:
    report = mihon.reports[0]
    for gap in (gap for gaps in report.gaps.values() for gap in gaps):
        _, _, where, because = gap_row(mihon, gap, "en")
        assert re.search(r"L\d+", where) and because, gap
    assert (
        elements(mihon, gap_of(report, "recommended", "initiative-responsible-units"), "en")
        == "1-④ Online applications (L35-44)"
    )
    lost = gap_of(report, "lost", "initiative-kpis")
    assert {r.removeprefix(str(C["rq-initiative-"])) for r in lost.requirements} == {
        "actions",
        "responsible-units",
        "kpis",
        "roadmap",
    }
    assert (len({i.element for i in lost.items}), lost.of) == (1, 3)
    assert any("1-⑤" in reason.ja for reason in lost.reasons)


# What a curator adds changes the lists


def changed(world: Settings, *edits: tuple[str, str]) -> Report:
    path = world.root / PLAN_FILE
    text = path.read_text(encoding="utf-8")
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    result = build.build(world)
    assert result.stored, [f.sentence() for f in result.findings if f.severity == 0]
    return coverage(open_current(world.current), QUERIES, PLAN).reports[0]


def test_not_stated_moves_a_gap_from_unknown_to_missing(world: Settings) -> None:
    report = changed(
        world,
        (
            "  departments: not-stated\n  national:",
            "  departments: not-stated\n  not-stated: [actions, roadmap]\n  national:",
        ),
    )
    assert counts(report) == [1, 8, 5, 7, 1]
    assert listed(report, "indispensable") == {("initiative-actions", "i/1-04", "not-stated")}


def test_lost_moves_a_gap_from_unknown_to_lost(world: Settings) -> None:
    report = changed(
        world,
        (
            "  departments: not-stated\n  national:",
            "  departments: not-stated\n  lost: [actions, roadmap]\n  national:",
        ),
    )
    assert counts(report) == [0, 7, 5, 9, 1]


K1 = "    indicator: cashless-counter-count\n    unit: 窓口\n    baseline: not-stated\n"
CLOSING = "- {aspect: initiative-themes, level: complete, scope: published-plan, at: 5-10}\n"


@pytest.mark.parametrize(
    ("statement", "list_of_it", "state"),
    [
        ("", "unknown", "unknown"),
        ("- {aspect: baselines, level: complete, scope: received-text, at: 5-10}\n", "unknown", "text-silent"),
        ("- {aspect: baselines, level: complete, scope: published-plan, at: 5-10}\n", "recommended", "not-stated"),
        ("- {aspect: baselines, level: partial, scope: published-plan, reason: {ja: 図がない。, en: A figure is lost.}, at: 5-10}\n", "unknown", "unknown"),
    ],
)  # fmt: skip
def test_a_completeness_statement_decides_what_silence_means(
    world: Settings, statement: str, list_of_it: str, state: str
) -> None:
    report = changed(world, (K1, K1.replace("    baseline: not-stated\n", "")), (CLOSING, CLOSING + statement))
    assert ("kpi-baselines", "i/1-03/k/1", state) in listed(report, list_of_it)


def test_a_recorded_fact_leaves_the_lists(world: Settings) -> None:
    report = changed(world, ("  departments: not-stated\n  national:", "  departments: [会計課]\n  national:"))
    assert counts(report) == [0, 6, 5, 7, 3]


# Finding a plan


@pytest.mark.parametrize(
    "name",
    [
        "990019/dx/2023",
        "990019",
        "見本市",
        "みほんし",
        "Mihon",
        "990019-dx-2023",
        "見本市DX推進計画",
        PLAN,
        "id/plan/990019/dx/2023",
    ],
)
def test_a_plan_is_found_by_path_code_name_reading_document_and_title(store: Store, name: str) -> None:
    assert recorded.find(store, name) == PLAN


def test_a_casebook_is_found_by_its_issuer(store: Store) -> None:
    assert recorded.find(store, "総務省") == recorded.find(store, "soumu-mihon-jirei-1.0") == CASEBOOK


@pytest.mark.parametrize(
    ("name", "hint"),
    [("990019/dx/2032", "990019/dx/2023"), ("例示市", "Recorded: 990019/dx/2023"), ("xyz", "Recorded")],
)
def test_what_is_not_recorded_is_answered_with_what_is(store: Store, name: str, hint: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(hint)):
        recorded.find(store, name)


# Forms, letter, pages


def test_json_and_rows_hold_every_item_and_statement(mihon: Coverage) -> None:
    report = json_value(mihon)["reports"][0]  # type: ignore[index]
    assert (report["expected"], report["recorded"], list(report["lists"].values())) == (57, 36, [0, 7, 5, 7, 3])
    assert len(report["items"]) == 57 and len(report["statements"]) == 3 and len(report["quality"]) == 1
    assert json.dumps(report, ensure_ascii=False)
    rows = list(item_rows(mihon, "en"))
    assert len(rows) == 22 and all(len(row) == len(ITEM_COLUMNS) for row in rows)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_markdown_names_every_element_with_its_lines_and_ends_with_the_letter(mihon: Coverage, lang: str) -> None:
    text = markdown(mihon, mihon.reports[0], lang)
    assert next(line for line in text.splitlines() if line.startswith("## ")).startswith("## 1. ")
    for lines in ("L35-44", "L46-48", "L39", "L40"):
        assert lines in text
    assert text.rstrip().endswith(letter(mihon, mihon.reports[0]).closing.of(lang))


def test_the_letter_speaks_to_the_city_and_asks_for_what_is_missing(mihon: Coverage) -> None:
    words = letter(mihon, mihon.reports[0])
    assert words.to.ja == "見本市 ご担当の皆さまへ"
    asked = [item.ja for item in words.points[0].items]
    assert asked == [
        "取組ごとに担当課を示す。(取組3件のうち1件)",
        "目標と同じ数え方の現状値と、その時点を示す。(KPI10件のうち6件)",
    ]
    assert any("1か所" in point.lead.ja for point in words.points), "the contradiction"
    assert words == letter(mihon, mihon.reports[0])


@pytest.fixture(scope="module")
def render(built_world: Settings) -> Callable[[str, str], str]:
    site = open_site(built_world)
    return lambda plan, lang: (
        (
            pages.report(site, View(lang, "/coverage/x"), plan)
            if plan
            else pages.overview(site, View(lang, "/coverage"))
        ).html
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_pages_show_lists_lines_and_letter(render: Callable[[str, str], str], lang: str) -> None:
    html = render(PLAN, lang)
    for name in (*LISTS, "quality", "letter"):
        assert f'id="{name}"' in html
    assert "/id/doc/990019-dx-2023.html" in html and "L35-44" in html
    assert "style=" not in html and not re.search(r"<script(?! src=)", html)
    every = render("", lang)
    assert "/coverage/990019/dx/2023" in every and "/coverage/soumu/mihon-jirei/1.0" in every


def test_the_parts_of_the_chart_add_up_to_what_is_expected(mihon: Coverage) -> None:
    (report,) = mihon.reports
    parts = {part.state: part.count for part in pages.shares(report, View())}
    assert sum(parts.values()) == len(report.items)
    assert parts["has"] + parts["partly"] == report.recorded
    assert parts["partly"] == report.partly
    assert parts["lacking"] == report.count("indispensable"), "nothing missing is recorded in part"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_card_is_the_letter_with_the_chart(built_world: Settings, mihon: Coverage, lang: str) -> None:
    html = pages.card(open_site(built_world), View(lang, f"{pages.CARD}990019/dx/2023")).html
    words = letter(mihon, mihon.reports[0])
    assert words.heading.of(lang) in html and words.to.of(lang) in html
    for point in words.points:
        assert str(escape(point.lead.of(lang))) in html
    assert 'class="chart chart-share"' in html
    assert html.count("<table") == 0


# The real plans: facts worked out from the sources


@pytest.mark.parametrize(
    ("plan", "name", "requirement", "count", "of"),
    [
        ("142051/dx/2022-draft", "recommended", "initiative-responsible-units", 7, 7),  # none of the seven tables has a row for it
        ("142051/dx/2022-draft", "recommended", "plan-legal-provision", 1, 1),  # only the Act is named
        ("142051/dx/2022-draft", "lost", "initiative-roadmap", 2, 7),  # the schedules of (5) and (6) are empty
        ("221309/dx/2023", "lost", "kpi-baselines", 1, 33),  # the figure of the share of procedures online
        ("222071/dx/2022", "lost", "initiative-actions", 11, 13),  # tables of 11 of 13 measures
        ("222071/dx/2022", "recommended", "initiative-kpis", 2, 13),  # the two tables that survive hold none
        ("222071/dx/2022", "unknown", "plan-budget", 1, 1),
        ("242047/dx/2022-draft", "lost", "initiative-kpis", 3, 21),  # three listed initiatives have no page
        ("242047/dx/2022-draft", "stated-absent", "kpi-targets", 2, 21),  # two rows print a dash
        ("242047/dx/2022-draft", "stated-absent", "kpi-baselines", 9, 21),
    ],
)  # fmt: skip
def test_gaps_of_the_real_plans(real: Store, plan: str, name: str, requirement: str, count: int, of: int) -> None:
    report = coverage(real, QUERIES, f"{BASE}id/plan/{plan}").reports[0]
    gap = gap_of(report, name, requirement)
    assert (len({item.element for item in gap.items}), gap.of) == (count, of)


def test_no_real_plan_lacks_what_is_indispensable(real: Store) -> None:
    found = coverage(real, QUERIES)
    assert len(found.reports) >= 5
    assert [report.count("indispensable") for report in found.reports] == [0] * len(found.reports)
    for report in found.reports:
        assert sum(counts(report)) + sum(item.state == "recorded" for item in report.items) == len(report.items)
        for gap in (gap for gaps in report.gaps.values() for gap in gaps):
            assert all(re.search(r"L\d+", elements(found, gap, lang)) for lang in ("ja", "en")), gap

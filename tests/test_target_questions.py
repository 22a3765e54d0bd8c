"""Questions about targets and periods, where the recorded plans do not show every answer: asked of the fictional world with a few facts added."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rdflib import Dataset

from keikaku import store
from keikaku.ask import ask, library
from keikaku.ask.marks import Mark
from keikaku.store import Store

ROOT = Path(__file__).resolve().parent.parent
WORLD = ROOT / "tests" / "examples" / "ask" / "world.trig"
LIBRARY = library(ROOT / "queries", ROOT)
PREFIXES = """@base <https://w3id.org/jichitai-dx/id/> . @prefix jdx: <https://w3id.org/jichitai-dx/ont#> . @prefix c: <https://w3id.org/jichitai-dx/code/> .
@prefix ind: <https://w3id.org/jichitai-dx/indicator/> . @prefix fy: <https://w3id.org/jichitai-dx/id/fy/> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix prov: <http://www.w3.org/ns/prov#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . """
COURSES = "plan/990019/dx/2023/i/1-01/k/1"
#: A KPI of the other city with the same indicator, and its one target.
THEIRS = """<plan/990027/dx/2022-draft/i/s4-5/k/1> a jdx:KPI ; jdx:inPlan <plan/990027/dx/2022-draft> ; jdx:measures ind:digital-course-count .
<plan/990027/dx/2022-draft/i/s4-5> jdx:hasKPI <plan/990027/dx/2022-draft/i/s4-5/k/1> .
<plan/990027/dx/2022-draft/i/s4-5/k/1/t/2024> a jdx:TargetValue ; jdx:ofKPI <plan/990027/dx/2022-draft/i/s4-5/k/1> ; jdx:valueStatus c:vs-stated ;
  jdx:numericValue "30"^^xsd:decimal ; jdx:forFiscalYear fy:2024 ; jdx:evidence <doc/990027-dx-2022-draft/ev/L230-238> ; """
DUE = f'<{COURSES}/t/2024> jdx:latest "2025-03-31"^^xsd:date . '


def world(*turtle: str) -> Store:
    """The fictional world with these statements added."""
    data = Dataset()
    data.parse(WORLD, format="trig")
    data.parse(data="".join((PREFIXES, *turtle)), format="trig")
    text = data.serialize(format="nquads")
    return store.memory(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("day", ["2023-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "2025-03-31"])
def test_the_days_left_are_those_of_the_calendar(day: str) -> None:
    rows = {
        str(row["plan"]).rsplit("/plan/", 1)[-1]: row for row in ask(world(), LIBRARY["plans-in-force"], {"date": day})
    }
    assert set(rows) == {"990019/dx/2023", "990027/dx/2022-draft"}
    assert int(str(rows["990019/dx/2023"]["days"])) == (date(2025, 3, 31) - date.fromisoformat(day)).days
    assert str(rows["990019/dx/2023"]["answer"]) == "in-force"
    assert str(rows["990027/dx/2022-draft"]["answer"]) == "draft"


@pytest.mark.parametrize(("day", "years"), [("2023-03-31", 2), ("2023-04-01", 1), ("2025-03-31", 0)])
def test_the_fiscal_years_left_do_not_count_that_of_the_day(day: str, years: int) -> None:
    rows = [
        row for row in ask(world(), LIBRARY["plans-in-force"], {"date": day}) if "990019/dx/2023" in str(row["plan"])
    ]
    assert [int(str(row["years"])) for row in rows] == [years]


def test_a_plan_without_a_period_is_unknown_and_a_replaced_one_says_so() -> None:
    more = """<plan/990035/dx/2024> a jdx:Plan ; jdx:issuingBody <lg/990035> ; jdx:evidence <doc/x/ev/L1> .
    <plan/990019/dx/2024> a jdx:Plan ; jdx:issuingBody <lg/990019> ; dcterms:replaces <plan/990019/dx/2023> ; jdx:planStatus c:ps-adopted ; jdx:planPeriod <p> .
    <p> dcat:startDate "2024-04-01"^^xsd:date ; dcat:endDate "2027-03-31"^^xsd:date ."""

    def told(day: str) -> dict[str, str]:
        rows = ask(world(more), LIBRARY["plans-in-force"], {"date": day})
        return {str(row["plan"]).rsplit("/plan/", 1)[-1]: str(row["answer"]) for row in rows}

    assert told("2024-05-01") == {
        "990019/dx/2023": "replaced", "990019/dx/2024": "in-force", "990027/dx/2022-draft": "draft", "990035/dx/2024": "unknown",
    }  # fmt: skip
    assert told("2024-03-01")["990019/dx/2023"] == "in-force"
    assert told("1999-01-01") == {"990035/dx/2024": "unknown"}
    status = ask(world(more), LIBRARY["plan-status"])
    assert {str(row["answer"]) for row in status if "990019/dx/2023" in str(row["plan"])} == {"recorded"}


@pytest.mark.parametrize(
    ("report", "listed"),
    [
        ("", True),
        (f'<v/1> a jdx:ReportedValue ; jdx:ofKPI <{COURSES}> ; jdx:latest "2025-03-31"^^xsd:date .', False),
        (f'<v/1> a jdx:ReportedValue ; jdx:refersTo <{COURSES}> ; jdx:latest "2025-03-31"^^xsd:date .', False),
        ('<v/1> a jdx:ReportedValue ; jdx:refersTo <lg/990019> ; jdx:measures ind:digital-course-count ; jdx:latest "2025-06-30"^^xsd:date .', False),
        # Too early, of another city, or without a date: none of them tells what was reached.
        (f'<v/1> a jdx:ReportedValue ; jdx:ofKPI <{COURSES}> ; jdx:latest "2024-03-31"^^xsd:date .', True),
        ('<v/1> a jdx:ReportedValue ; jdx:refersTo <lg/990027> ; jdx:measures ind:digital-course-count ; jdx:latest "2025-06-30"^^xsd:date .', True),
        (f"<v/1> a jdx:ReportedValue ; jdx:ofKPI <{COURSES}> .", True),
    ],
)  # fmt: skip
def test_a_target_is_listed_until_a_value_of_its_deadline_is_recorded(report: str, listed: bool) -> None:
    rows = list(ask(world(DUE, report), LIBRARY["targets-due"], {"date": "2025-03-31"}))
    assert len(rows) == int(listed)
    assert all(str(row["reached"]) == "unknown" for row in rows)
    assert len(ask(world(DUE, report), LIBRARY["targets-due"], {"date": "2025-03-30"})) == 0


@pytest.mark.parametrize(
    ("theirs", "says"),
    [
        ("jdx:unit c:unit-ken ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-cumulative ; jdx:valueForm c:vf-level .", "different-unit"),
        ("jdx:unit c:unit-time-count ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-cumulative ; jdx:valueForm c:vf-change .", "level-or-change"),
        ("jdx:unit c:unit-time-count ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-not-stated ; jdx:valueForm c:vf-level .", "counting-not-stated"),
        ("jdx:unit c:unit-time-count ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-per-year ; jdx:valueForm c:vf-level .", "different-counting"),
        ("jdx:unit c:unit-time-count ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-cumulative ; jdx:valueForm c:vf-level ; jdx:breakdownBy c:bd-x .", "different-scope"),
        ("jdx:unit c:unit-time-count ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-stock ; jdx:valueForm c:vf-level .", "conditional"),
        ("jdx:unit c:unit-time-count ; jdx:comparator c:cmp-ge ; jdx:accumulation c:acc-cumulative ; jdx:valueForm c:vf-level .", "conditional"),
    ],
)  # fmt: skip
def test_values_of_two_cities_stand_side_by_side_only_where_the_rules_allow_it(theirs: str, says: str) -> None:
    rows = list(ask(world(THEIRS, theirs), LIBRARY["indicator-targets"], {"indicator": "digital-course-count"}))
    assert [str(row["sideBySide"]) for row in rows] == [says, says]


def test_values_that_agree_in_everything_may_stand_side_by_side_and_a_lone_value_says_so() -> None:
    yearly = "jdx:unit c:unit-time-count ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-per-year ; jdx:valueForm c:vf-level ."
    ours = f"""<{COURSES}/t/2025> a jdx:TargetValue ; jdx:ofKPI <{COURSES}> ; jdx:valueStatus c:vs-stated ; jdx:numericValue "90"^^xsd:decimal ; {yearly}
    <{COURSES}/t/2026> a jdx:TargetValue ; jdx:ofKPI <{COURSES}> ; jdx:valueStatus c:vs-to-be-set . """
    rows = ask(world(THEIRS, yearly, ours), LIBRARY["indicator-targets"], {"indicator": "digital-course-count"})
    told = {str(row["value"]).rsplit("/plan/", 1)[-1]: str(row["sideBySide"]) for row in rows}
    assert told == {
        "990019/dx/2023/i/1-01/k/1/t/2024": "different-counting",
        "990019/dx/2023/i/1-01/k/1/t/2025": "comparable",
        "990019/dx/2023/i/1-01/k/1/t/2026": "no-number",
        "990027/dx/2022-draft/i/s4-5/k/1/t/2024": "comparable",
    }
    alone = ask(world(), LIBRARY["indicator-targets"], {"indicator": "digital-course-count"})
    assert [str(row["sideBySide"]) for row in alone] == ["alone"]


def test_a_kpi_that_says_nothing_of_a_baseline_is_unknown_unless_the_record_is_closed() -> None:
    closed = """<cs/1> a jdx:CompletenessStatement ; jdx:completenessOf <plan/990027/dx/2022-draft> ; jdx:completeFor c:cf-baselines ;
    jdx:completeness c:cl-complete ; jdx:completenessScope c:cx-published-plan ."""
    value = "jdx:unit c:unit-ken ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-stock ; jdx:valueForm c:vf-level ."
    for more, state in ((value, "unknown"), (value + closed, "not-stated")):
        graph = world(THEIRS, more)
        rows = ask(graph, LIBRARY["kpis-without-baseline"], {"government": "990027"})
        assert [str(row["state"]) for row in rows] == [state]
        listed = ask(graph, LIBRARY["kpis-of-plan"], {"plan": "990027/dx/2022-draft"})
        assert [(str(row["baselineState"]), str(row["number"])) for row in listed] == [(state, "30")]


def test_the_last_target_is_that_of_the_latest_day_and_two_of_one_day_are_two_rows() -> None:
    more = "".join(
        f'<{COURSES}/t/{name}> a jdx:TargetValue ; jdx:ofKPI <{COURSES}> ; jdx:valueStatus c:vs-to-be-set ; jdx:latest "{day}"^^xsd:date . '
        for name, day in (("2023", "2024-03-31"), ("2025", "2026-03-31"), ("2025_2", "2026-03-31"))
    )
    rows = ask(world(DUE, more), LIBRARY["kpis-of-plan"], {"plan": "990019/dx/2023"})
    assert [str(row["target"]).rsplit("/", 1)[-1] for row in rows] == ["2025", "2025_2"]


def test_a_date_without_a_fiscal_year_counts_where_the_whole_of_it_lies_in_the_year() -> None:
    year = 'fy:2024 a jdx:FiscalYear ; dcat:startDate "2024-04-01"^^xsd:date ; dcat:endDate "2025-03-31"^^xsd:date . '
    dated = "".join(
        f'<{COURSES}/t/d{name}> a jdx:TargetValue ; jdx:ofKPI <{COURSES}> ; jdx:valueStatus c:vs-qualitative ; jdx:date "{name}"^^xsd:{kind} ; '
        f'jdx:earliest "{first}"^^xsd:date ; jdx:latest "{last}"^^xsd:date . '
        for name, kind, first, last in (
            ("2024-05", "gYearMonth", "2024-05-01", "2024-05-31"), ("2024", "gYear", "2024-01-01", "2024-12-31"), ("2025-04-01", "date", "2025-04-01", "2025-04-01"),
        )
    )  # fmt: skip
    rows = ask(world(year, dated), LIBRARY["targets-of-year"], {"year": "2024"})
    assert {str(row["target"]).rsplit("/", 1)[-1] for row in rows} == {"2024", "d2024-05"}


@pytest.mark.parametrize(
    "above", ["plan/990027/dx/2022-draft", "plan/990027/dx/2022-draft/i/s4-5", "plan/990027/dx/2022-draft/i/s4-5/k/1"]
)
@pytest.mark.parametrize(("said", "state"), [("notStated", "not-stated"), ("lostInText", "lost")])
def test_what_the_plan_or_the_initiative_does_not_state_its_kpis_do_not_state(
    above: str, said: str, state: str
) -> None:
    value = "jdx:unit c:unit-ken ; jdx:comparator c:cmp-eq ; jdx:accumulation c:acc-stock ; jdx:valueForm c:vf-level . "
    kpi = "<plan/990027/dx/2022-draft/i/s4-5/k/1> jdx:evidence <doc/990027-dx-2022-draft/ev/L230-238> . "
    graph = world(THEIRS, value, kpi, f"<{above}> jdx:{said} c:cf-baselines . ")
    answer = ask(graph, LIBRARY["kpis-without-baseline"], {"government": "990027"})
    # A plan that has lost some baselines does not tell of which KPIs.
    expected = "unknown" if state == "lost" and above.endswith("draft") else state
    assert [str(row["state"]) for row in answer] == [expected]
    assert answer.soundness.mark is Mark.SOUND

"""Comparing KPIs: every rule on a small fictional world where the verdict is known by hand, and the real pairs as read in the plans."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Dataset, Graph

import keikaku
from keikaku import store
from keikaku.ask import library
from keikaku.ask.cities import NOTE, Comparison, KpiPair, compare
from keikaku.ask.compare import CONDITIONS, REASONS, VERDICTS, Value, Verdict, judge, judge_values
from keikaku.ask.compared import json_value, kpi_rows, shown_pairs, theme_rows
from keikaku.cli.app import run
from keikaku.errors import ParameterError
from keikaku.namespaces import FY, IND, JDX, PREFIXES, C
from keikaku.settings import Settings
from keikaku.store import Store

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = library(ROOT / "queries", ROOT)
SAME = (str(IND.x), str(IND.x))


def value(number: int | None = 10, year: int | None = 2024, counting: str = "stock", **more: object) -> Value:
    base = Value(
        iri=f"v/{number}/{year}/{counting}",
        role=str(JDX.TargetValue),
        status=str(C["vs-stated"] if number is not None else C["vs-blank"]),
        number=None if number is None else Decimal(number),
        unit=str(C["unit-place"]),
        counting=str(C[f"acc-{counting}"]),
        form=str(C["vf-level"]),
        comparator=str(C["cmp-eq"]),
        years=(str(FY[str(year)]),) if year else (),
    )
    return replace(base, **more)  # type: ignore[arg-type]


CHANGE = {"form": str(C["vf-change"])}


@pytest.mark.parametrize(
    ("left", "right", "reasons", "conditions"),
    [
        (value(), value(12), [], []),
        (value(counting="not-applicable"), value(counting="not-applicable"), [], []),
        (value(counting="per-year"), value(counting="per-year", day="2025-03-31"), [], []),
        (value(), value(unit=str(C["unit-ken"])), ["different-unit"], []),
        (value(), value(None), ["no-number"], []),
        (value(None), value(None, year=None), ["no-number"], []),
        (value(), value(role=str(JDX.BaselineValue)), ["different-kind"], []),
        (value(role=str(JDX.ReportedValue)), value(role=str(JDX.BaselineValue)), [], []),
        (value(), value(**CHANGE), ["level-or-change"], []),
        (value(**CHANGE), value(**CHANGE), ["different-reference"], []),
        (value(**CHANGE, reference="r"), value(**CHANGE, reference="r"), [], []),
        (value(), value(counting="not-stated"), ["counting-not-stated"], []),
        (value(counting="not-stated"), value(counting="not-stated"), ["counting-not-stated"], []),
        (value(), replace(value(), counting=""), ["counting-not-stated"], []),
        (value(counting="per-year"), value(counting="cumulative"), ["different-counting"], []),
        (value(counting="per-year"), value(counting="increment"), ["different-counting"], []),
        (value(counting="increment"), value(), ["different-counting"], []),
        (value(), value(breakdown=str(C["bd-direct-facility"])), ["different-scope"], []),
        (value(), value(year=2026), ["no-common-year"], []),
        (value(), value(year=None), ["no-common-year"], []),
        (value(), value(counting="cumulative"), [], ["stock-and-cumulative"]),
        (value(counting="cumulative"), value(counting="cumulative"), [], ["start-of-counting"]),
        (value(counting="cumulative", derived=True), value(), [], ["running-sum", "stock-and-cumulative"]),
        (value(), value(comparator=str(C["cmp-ge"])), [], ["bound-or-approximate"]),
        (value(day="2025-03-31"), value(day="2024-07-01"), [], ["different-day"]),
        (value(), value(unit="u", counting="not-stated", year=2026), ["different-unit", "counting-not-stated", "no-common-year"], []),
    ],
)  # fmt: skip
def test_a_rule_judges_two_values_alike_from_both_sides(
    left: Value, right: Value, reasons: list[str], conditions: list[str]
) -> None:
    for one, two in ((left, right), (right, left)):
        found = judge_values(one, two, SAME)
        assert ([b.code for b in found.reasons], [b.code for b in found.conditions]) == (reasons, conditions)
        expected = Verdict.NOT_COMPARABLE if reasons else Verdict.CONDITIONAL if conditions else Verdict.COMPARABLE
        assert found.verdict is expected


def test_different_indicators_are_never_comparable_however_alike_the_numbers() -> None:
    found = judge([value()], [value()], (str(IND.a), str(IND.b)))
    assert found.verdict is Verdict.NOT_COMPARABLE
    assert [(b.code, b.left, b.right) for b in found.reasons] == [("different-indicator", str(IND.a), str(IND.b))]


def test_the_size_of_a_number_changes_nothing() -> None:
    def codes(n: int) -> list[str]:
        return [b.code for b in judge([value(n, counting="cumulative")], [value(7)], SAME).conditions]

    assert codes(1) == codes(1_000_000) == ["stock-and-cumulative"]


def test_one_comparable_year_makes_kpis_comparable_for_that_year_only() -> None:
    found = judge([value(1, 2022), value(2, 2024)], [value(3, 2024), value(4, 2026)], SAME)
    assert found.verdict is Verdict.COMPARABLE
    assert [(p.left.number, p.right.number, p.years) for p in found.pairs] == [(2, 3, (str(FY["2024"]),))]


def test_reasons_are_those_of_the_nearest_values() -> None:
    """FY2024 stands on both sides, so the year is no reason; the baseline without a number is none either."""
    ours = [value(1, 2022), value(2, 2024)]
    theirs = [value(3, 2024, unit="u"), value(None, 2022), value(5, 2026, unit="u")]
    found = judge(ours, theirs, SAME)
    assert [b.code for b in found.reasons] == ["different-unit"]
    assert len(found.pairs) == 1


def test_a_kpi_without_any_value_has_no_number() -> None:
    assert [b.code for b in judge([], [value()], SAME).reasons] == ["no-number"]


def test_every_code_has_a_sentence_in_both_languages() -> None:
    for text in [*REASONS.values(), *CONDITIONS.values(), *VERDICTS.values()]:
        assert text.ja != text.en
    page = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    assert {code for code in (*REASONS, *CONDITIONS) if f"`{code}`" not in page} == set()
    assert {v.token for v in Verdict if f"`{v.token}`" not in page} == set()


# A fictional world: the one of tests/examples/ask, with KPIs of two cities added here.

MIHON, REIJI = "990019/dx/2023", "990027/dx/2022-draft"


def kpi(
    plan: str, no: int, indicator: str, values: Iterable[tuple[int, str, str, str]], kind: str = "TargetValue"
) -> str:
    """Turtle for one KPI with values (year, number, unit, counting rule)."""
    iri, doc = f"<plan/{plan}/i/9/k/{no}>", plan.replace("/", "-")
    text = [
        f"{iri} a jdx:KPI ; jdx:inPlan <plan/{plan}> ; jdx:measures ind:{indicator} ; jdx:evidence <doc/{doc}/ev/L{no}> ."
    ]
    text.append(
        f"<doc/{doc}/ev/L{no}> a jdx:Evidence ; oa:hasSource <doc/{doc}> ; jdx:lineStart {no} ; jdx:lineEnd {no} ."
    )
    for year, number, unit, counting in values:
        text.append(
            f"<plan/{plan}/i/9/k/{no}/t/{year}> a jdx:{kind} ; jdx:ofKPI {iri} ; jdx:forFiscalYear fy:{year} ; "
            f"jdx:evidence <doc/{doc}/ev/L{no}> ; "
            + (
                f'jdx:numericValue "{number}"^^xsd:decimal ; jdx:unit c:unit-{unit} ; jdx:comparator c:cmp-eq ; '
                f"jdx:accumulation c:acc-{counting} ; jdx:valueForm c:vf-level ; jdx:valueStatus c:vs-stated ."
                if number
                else "jdx:valueStatus c:vs-blank ."
            )
        )
    return "\n".join(text)


KPIS = [
    "ind:a jdx:comparabilityGroup ind:g-one . ind:b jdx:comparabilityGroup ind:g-one . ind:alone a jdx:IndicatorConcept .",
    *(
        f'fy:{y} dcat:startDate "{y}-04-01"^^xsd:date ; dcat:endDate "{y + 1}-03-31"^^xsd:date .'
        for y in range(2022, 2027)
    ),
    kpi(MIHON, 1, "a", [(2023, "5", "place", "increment"), (2024, "4", "place", "increment")]),
    kpi(REIJI, 1, "a", [(2024, "30", "place", "cumulative")]),  # 9 as a running sum, against 30
    kpi(REIJI, 2, "b", [(2024, "30", "place", "cumulative")]),  # of the group only
    kpi(MIHON, 3, "c", [(2024, "7", "place", "stock")]),
    kpi(REIJI, 3, "c", [(2024, "8", "place", "stock"), (2026, "9", "place", "stock")]),
    kpi(MIHON, 4, "d", [(2024, "7", "place", "stock")]),
    kpi(REIJI, 4, "d", [(2024, "", "", "")]),
    kpi(MIHON, 5, "alone", [(2024, "7", "place", "stock")]),
    kpi(MIHON, 6, "e", [(2024, "7", "place", "stock")]),
    kpi(REIJI, 6, "e", [], "TargetValue"),
    kpi("990019/dx/2019", 7, "c", [(2024, "1", "place", "stock")]),  # of a replaced edition
]


def dataset() -> Dataset:
    world = Dataset(default_union=True)
    world.parse(ROOT / "tests" / "examples" / "ask" / "world.trig", format="trig")
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    world.graph("urn:kpis").parse(data=f"@base <{PREFIXES['id']}> .\n{prefixes}" + "\n".join(KPIS), format="turtle")
    rule = (ROOT / "queries" / "construct" / "r04-running-sums.rq").read_text(encoding="utf-8")
    derived: Graph = world.query(rule).graph  # type: ignore[assignment]
    for triple in derived:
        world.graph("urn:inferred").add(triple)
    return world


@pytest.fixture(scope="module")
def world() -> Store:
    return store.memory(dataset().serialize(format="nquads").encode())  # type: ignore[union-attr]


def by_kpis(found: Comparison) -> dict[tuple[str, str], KpiPair]:
    def short(iri: str) -> str:
        return re.sub(r".*/plan/\d{6}/[^/]+/[^/]+/", "", iri)

    return {(short(p.left.iri), short(p.right.iri)): p for p in found.pairs}


def codes(pair: KpiPair) -> list[str]:
    return [b.code for b in pair.judgement.reasons or pair.judgement.conditions]


def test_each_pair_of_the_fictional_world_has_the_verdict_known_by_hand(world: Store) -> None:
    found = by_kpis(compare(world, QUESTIONS, ["990019", "例示市"]))
    assert {key: (pair.judgement.verdict.token, codes(pair)) for key, pair in found.items()} == {
        ("i/9/k/1", "i/9/k/1"): ("conditional", ["running-sum", "start-of-counting"]),
        ("i/9/k/1", "i/9/k/2"): ("not-comparable", ["different-indicator", "different-counting"]),
        ("i/9/k/3", "i/9/k/3"): ("comparable", []),
        ("i/9/k/4", "i/9/k/4"): ("not-comparable", ["no-number"]),
        ("i/9/k/6", "i/9/k/6"): ("not-comparable", ["no-number"]),
    }
    (pair,) = found["i/9/k/1", "i/9/k/1"].judgement.pairs
    assert (pair.left.number, pair.left.derived, pair.right.number) == (9, True, 30)
    for one in found.values():
        assert {p.document_id[:6] for p in one.passages} == {"990019", "990027"}, "evidence from both sides"


def test_the_order_follows_the_names_given_and_nothing_else(world: Store) -> None:
    there = by_kpis(compare(world, QUESTIONS, ["990019", "990027"]))
    back = by_kpis(compare(world, QUESTIONS, ["990027", "990019"]))
    assert {(b, a): (p.judgement.verdict, codes(p)) for (a, b), p in there.items()} == {
        key: (p.judgement.verdict, codes(p)) for key, p in back.items()
    }


def test_themes_are_missing_only_where_the_plan_is_closed(world: Store) -> None:
    found = compare(world, QUESTIONS, ["990019", "990027", "990035"])
    states = {
        (c.theme.rsplit("/", 1)[1], c.government[-6:]): (c.state, c.level.rsplit("/", 1)[-1]) for c in found.cells
    }
    assert states == {
        ("digital-divide", "990019"): ("found", "lv-initiative"),
        ("cashless", "990019"): ("found", "lv-initiative"),
        ("drone", "990019"): ("found", "lv-principle"),
        ("digital-divide", "990027"): ("found", "lv-outside-list"),
        ("cashless", "990027"): ("not-in-plan", ""),
        ("drone", "990027"): ("not-in-plan", ""),
        **{(theme, "990035"): ("no-plan", "") for theme in ("digital-divide", "cashless", "drone")},
    }
    for cell in found.cells:
        assert bool(cell.passages) == (cell.state != "no-plan"), "a no rests on a passage too"


def test_a_plan_closed_for_its_list_alone_has_no_dedicated_initiative(world: Store) -> None:
    data = world.nquads().replace(b"covers/drone>", b"covers-no-more>").replace(b"ont#coveredBy> <https://w3id.org/jichitai-dx/id/plan/990019/dx/2023/covers-no-more", b"ont#x> <urn:x")  # fmt: skip
    found = compare(store.memory(data), QUESTIONS, ["990019", "990027"])
    states = {(c.theme.rsplit("/", 1)[1], c.government[-6:]): c.state for c in found.cells}
    assert states["drone", "990019"] == "no-initiative"


def test_the_queries_give_the_same_rows_in_another_engine(world: Store) -> None:
    cities = " ".join(f"<{PREFIXES['id']}lg/{code}>" for code in ("990019", "990027", "990035"))
    other = dataset()
    for name in ("compare-kpis", "compare-themes"):
        text = re.sub(r"VALUES \?(government|other) \{[^}]*\}", rf"VALUES ?\1 {{ {cities} }}", QUESTIONS[name].text)
        here, there = (
            sorted(tuple(" ".join(sorted(str("" if cell is None else cell).split())) for cell in row) for row in rows)
            for rows in (world.select(text).rows, other.query(text))  # type: ignore[misc]
        )
        assert here == there
        assert len(here) > 8


@pytest.mark.parametrize(
    ("given", "said"),
    [(["990019"], "Name 2 to 5"), (["990019", "見本市"], "Name 2 to 5"), (["990019", "Rejji City"], "Reiji City"), ([], "2 to 5")],
)  # fmt: skip
def test_too_few_or_unknown_governments_are_refused(world: Store, given: list[str], said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        compare(world, QUESTIONS, given)
    assert said in str(caught.value) or "例示市" in str(caught.value)


# The real plans: what stands in them, and what therefore may be compared, was worked out by reading.

#: (city, KPI) (city, KPI) → verdict and codes. Lines are those of the two passages in the source texts.
READ = [
    # application 70.0% (end of FY2022) against possession 94% (end of FY2022): same year and unit, other numerator
    ("221309", "i/1-09/k/1", "142051", "i/02/k/1", ["different-indicator"], {700, 299}),
    # application against issuance 83% (R8)
    ("221309", "i/1-09/k/1", "242047", "i/1-03/k/1", ["different-indicator", "no-common-year"], {700, 370}),
    ("142051", "i/02/k/1", "242047", "i/1-03/k/1", ["different-indicator", "no-common-year"], {299, 370}),
    # internal meetings 75%, 85% against meetings hosted by the city 90% (R8)
    ("221309", "i/2-04/k/1", "242047", "i/2-02/k/1", ["different-indicator", "no-common-year"], {957, 958, 548}),
    # 401, 89, 35, 198 手続 newly in R4 to R7 against 300件 in R8, whose counting is not said
    ("142051", "i/03/k/1", "242047", "i/1-01/k/1", ["different-unit", "counting-not-stated", "no-common-year"], {308, 322}),
    # at least 5 業務 every year against 2件 (not said how counted) and 6件 (累積)
    ("142051", "i/04/k/1", "221309", "i/2-06/k/1", ["different-unit", "counting-not-stated", "different-counting"], {317, 1051, 1052}),
    # 20業務 by end of FY2025 against 20業務 in R8: the same number, but not the same year, and no counting rule
    ("221309", "i/2-05/k/2", "242047", "i/2-07/k/1", ["counting-not-stated", "no-common-year"], {1000, 674}),
    # use rate: to be set later, against 60%
    ("221309", "i/1-01/k/2", "242047", "i/1-02/k/1", ["no-number"], {372, 344}),
    # two satellite offices, at least four in total, against looking into what satellite offices would need
    ("221309", "i/2-03/k/2", "142051", "i/05/k/1", ["different-indicator", "no-number"], {912, 914, 327}),
    # … and against 15% of staff who telework
    ("221309", "i/2-03/k/2", "242047", "i/2-03/k/1",
     ["different-indicator", "different-unit", "counting-not-stated", "different-counting", "no-common-year"], {912, 914, 572}),
    # 73 and 184 counters against "introduced"
    ("221309", "i/1-03/k/1", "142051", "i/07/k/1", ["different-indicator", "no-number"], {454, 455, 347}),
]  # fmt: skip


@pytest.mark.parametrize(("city", "kpi", "other", "other_kpi", "wanted", "lines"), READ)
def test_real_pairs_have_the_verdict_worked_out_by_reading(
    built_project: Settings, city: str, kpi: str, other: str, other_kpi: str, wanted: list[str], lines: set[int]
) -> None:
    opened = store.open_current(built_project.current)
    pair = by_kpis(compare(opened, QUESTIONS, [city, other]))[kpi, other_kpi]
    assert pair.judgement.verdict is Verdict.NOT_COMPARABLE
    assert codes(pair) == wanted
    spans = [p.lines for p in pair.passages]
    assert [line for line in lines if not any(first <= line <= last for first, last in spans)] == []


def test_none_of_the_four_plans_has_kpis_that_may_be_compared_as_printed(built_project: Settings) -> None:
    """Eleven KPIs share an indicator with another plan or only its group; 富士宮市 has none in the received text."""
    found = compare(store.open_current(built_project.current), QUESTIONS, ["浜松市", "松阪市", "藤沢市", "富士宮市"])
    assert {p.judgement.verdict for p in found.pairs} == {Verdict.NOT_COMPARABLE}
    assert all(p.passages and codes(p) for p in found.pairs)
    assert "222071" not in {k.government[-6:] for p in found.pairs for k in (p.left, p.right)}
    shared = {p.left.indicator.rsplit("/", 1)[1] for p in found.pairs if p.left.indicator == p.right.indicator}
    assert shared == {"online-procedure-count", "online-use-rate", "reformed-task-count", "standardised-task-count"}
    closed = {c.government[-6:] for c in found.cells if c.state == "not-in-plan"}
    assert closed == set(), "no plan is closed for its actions: some of its pages or cells are lost"


# The command line and the forms.


@pytest.fixture
def call(built_project: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> object:
    monkeypatch.setenv("KEIKAKU_BUILD", str(built_project.build))

    def called(*words: str) -> tuple[int, str, str]:
        code = run(["--root", str(ROOT), *words])
        return code, *capfd.readouterr()

    return called


@pytest.mark.parametrize(
    ("part", "form", "lang"),
    [
        *((part, form, "ja") for part in ("all", "themes", "kpis") for form in ("table", "csv", "json")),
        *((part, form, "en") for part in ("all", "themes", "kpis") for form in ("tsv", "md")),
        ("all", "md", "ja"),
        ("all", "table", "en"),
        ("kpis", "csv", "en"),
    ],
)
def test_every_form_in_both_languages(call, form: str, lang: str, part: str) -> None:
    code, out, err = call("compare", "221309", "Matsusaka", "--format", form, "--lang", lang, "--part", part)
    assert code == 0
    assert out
    assert ("--part themes" in err) == (part == "all" and form in ("csv", "tsv"))
    if form in ("csv", "tsv"):
        rows = list(csv.DictReader(io.StringIO(out), delimiter="," if form == "csv" else "\t"))
        assert len(rows) > 10
        assert all(row["evidence"] for row in rows)
        assert ("verdict" in rows[0]) == (part != "themes")
    elif form == "json":
        said = json.loads(out)
        assert ("themes" in said, "kpis" in said) == (part != "kpis", part != "themes")
    else:
        assert NOTE.of(lang) in out


def test_wrong_names_and_numbers_are_one_sentence(call) -> None:
    assert call("compare", "221309")[::2] == (1, call("compare", "221309", "浜松市")[2])
    code, out, err = call("compare", "221309", "242047", "142051", "222071", "220001", "240001", "--lang", "en")
    assert (code, out) == (1, "")
    assert "6 different local governments" in err
    assert call("compare")[0] == 2


def test_the_library_compares_as_the_command_does(call, built_project: Settings) -> None:
    found = keikaku.open(ROOT).compare("221309", "242047")
    _, out, _ = call("compare", "221309", "242047", "--format", "json")
    assert json.loads(out) == json.loads(json.dumps(json_value(found)))
    again = keikaku.open(ROOT).compare("221309", "242047")
    assert (list(kpi_rows(found, "ja")), list(theme_rows(found, "ja"))) == (
        list(kpi_rows(again, "ja")),
        list(theme_rows(again, "ja")),
    )
    assert "https://" not in str(shown_pairs(found, "en")), "people read names"

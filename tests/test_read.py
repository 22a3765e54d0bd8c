"""Wrong input: one sentence that names file and line, what is wrong and what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keikaku import build, store
from keikaku.errors import KeikakuError
from keikaku.namespaces import BASE
from keikaku.read import when
from keikaku.read.names import parse_turtle
from keikaku.read.problems import nearest
from keikaku.report import Finding, Severity
from keikaku.settings import Settings

PLAN = "data/plans/990019-mihon-2023.yaml"


def errors_after(world: Settings, old: str, new: str, file: str = PLAN) -> list[Finding]:
    """Change the plan file (`old` has to be there) and collect what is wrong."""
    path = world.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return errors(world)


def errors(world: Settings) -> list[Finding]:
    return [f for part in build.collect(world) for f in part.findings if f.severity is Severity.VIOLATION]


def line_of(world: Settings, text: str, file: str = PLAN) -> int:
    return (world.root / file).read_text(encoding="utf-8").split(text)[0].count("\n") + 1


def test_the_example_world_has_no_errors(world: Settings) -> None:
    assert [f.sentence() for f in errors(world)] == []


#: what is changed, what it becomes, words of the sentence, words of the remedy.
WRONG = [
    ("legal-basis:", "leagl-basis:", "leagl-basis", "legal-basis"),
    ("themes: [cashless]", "themes: [cashles]", "no theme “cashles”", "cashless"),
    ("unit: 窓口", "unit: 窓囗", "no unit “窓囗”", "窓口"),
    ("plan: 990019/dx/2023", "plan: 990018/dx/2023", "check digit of 990018", "990019"),
    ("covers: FY2022", "covers: FY2027", "FY2027|令和9年度|outside|plan", ""),
    ("when: end of FY2024, printed: 累計", "when: 令和六年, printed: 累計", "time “令和六年”", "FY2024"),
    ("direct-facility: 30", "direct-facility: 31", "50|51|parts|sum", ""),
    ("to: 2025-03", "to: 2021-03", "start|end|period", ""),
    ("    unit: 窓口\n", "", "unit", ""),
    ("summary: {ja: 手数料を現金以外でも払えるようにする。", "summary: {ja: " + "長" * 201, "200|201", ""),
    ("at: 17-34", "at: 17-340", "not in 990019-dx-2023", "data/sources.yaml"),
    ("at: 17-34", "at: 34-17", "not in 990019-dx-2023", ""),
    ("- no: 1-④", "- no: 1-③", "used twice", "number"),
    ("indicator: cashless-counter-count", "indicator: cashles-counter-count", "no indicator", "cashless-counter-count"),
    ("departments: [デジタル推進課, 会計課]", "departments: [デジタル推進科]", "no department", "デジタル推進課"),
    ("law: 官民データ活用推進基本法", "law: 官民データ活用促進基本法", "no law", "官民データ活用推進基本法"),
    ("about: [i/1-03/r/2]", "about: [i/1-03/r/9]", "no element of this plan", "i/1-03/r/"),
    ("answers: [1]", "answers: [3]", "no issue 3", ""),
    ("value: at least 5", "value: at last 5", "no number or state “at last 5”", ""),
    ("counting: cumulative", "counting: cumulativ", "cumulativ", "cumulative"),
    ("starts: FY2023", "starts: soon", "fiscal year “soon”", "FY2022"),
    ("span: lost", "span: gone", "gone", "lost"),
    ("of: ②, covers", "of: ③, covers", "no action ③", ""),
    ("title: {ja: 遠隔窓口, en: Remote counters}", "summary: {ja: あ, en: a}", "no title", "title:"),
    ("document: 990019-dx-2023", "document: 990019-dx-2024", "990019-dx-2024", ""),
]


@pytest.mark.parametrize(("old", "new", "what", "remedy"), WRONG, ids=[w[0][:30] + " → " + w[1][:30] for w in WRONG])
def test_wrong_input_is_named_with_file_and_line(world: Settings, old: str, new: str, what: str, remedy: str) -> None:
    found = errors_after(world, old, new)
    sentences = [f.sentence() for f in found]
    hits = [f for f in found if re.search(what, f.sentence())]
    assert hits, sentences
    assert all(f.place.file == PLAN and f.place.line for f in hits), sentences
    assert any(remedy in f.sentence() for f in hits), sentences
    assert all(f.sentence("ja") != f.sentence("en") for f in hits)
    assert all("Traceback" not in s and s.endswith((".", "?")) for s in sentences)


def test_the_finding_points_at_the_line_of_the_value(world: Settings) -> None:
    found = errors_after(world, "themes: [cashless]", "themes: [cashles]")
    assert found[0].place.line == line_of(world, "themes: [cashles]")


def test_a_target_outside_the_plan_is_only_a_warning(world: Settings) -> None:
    assert errors_after(world, "{value: to-be-set, when: FY2024}", "{value: to-be-set, when: FY2026}") == []
    warnings = [f for part in build.collect(world) for f in part.findings if f.rule == "S22"]
    assert [f.severity for f in warnings] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"plan: 990019/dx/2023\ndocument: 990019-dx-2023\ntitle: {ja: \xff\xfe}\n", "not UTF-8"),
        (b"plan: 990019/dx/2023\n\tdocument: 990019-dx-2023\n", "a tab stands in the indentation"),
        (b"", "the file is empty"),
        (b"- a\n- b\n", "not a mapping"),
        (b"plan: 990019/dx/2023\nplan: 990019/dx/2023\n", "stands twice"),
        (b"plan: {\n", "not YAML"),
        (b"title: {ja: x}\n", "does not say which plan"),
        (b"plan: mihon\ndocument: 990019-dx-2023\n", "no plan id"),
    ],
)
def test_a_broken_file_gives_one_sentence(world: Settings, content: bytes, what: str) -> None:
    (world.root / PLAN).write_bytes(content)
    found = errors(world)
    assert len(found) == 1
    assert what in found[0].sentence()
    assert str(found[0].place).startswith(PLAN)


def test_two_files_of_one_document_are_refused(world: Settings) -> None:
    text = (world.root / PLAN).read_text(encoding="utf-8")
    (world.root / "data/plans/990019-mihon-copy.yaml").write_text(text, encoding="utf-8")
    result = build.build(world)
    assert not result.stored
    assert any("records the same document" in f.sentence() for f in result.findings)


def test_a_range_that_is_not_locked_names_the_command(world: Settings) -> None:
    found = errors_after(world, "at: 17-34", "at: 17-33")
    assert any("keikaku evidence lock --sources DIR" in f.sentence() for f in found)


def test_a_wrong_register_is_named(world: Settings) -> None:
    found = errors_after(
        world, "- {no: 2, name: {ja: 会計課", "- {no: 1, name: {ja: 会計課", "data/registers/990019.yaml"
    )
    assert any(str(f.place).startswith("data/registers/990019.yaml:4") for f in found), [f.sentence() for f in found]


@pytest.mark.parametrize(
    ("text", "years", "date"),
    [
        ("FY2024", (2024,), ""),
        ("令和6年度", (2024,), ""),
        ("令和元年度", (2019,), ""),
        ("平成31年度", (2019,), ""),
        ("R6", (2024,), ""),
        ("2024年度", (2024,), ""),
        ("end of FY2022", (2022,), "2023-03-31"),
        ("each of FY2022..FY2024", (2022, 2023, 2024), ""),
        ("2022-03", (2021,), "2022-03"),
        ("2022-04", (2022,), "2022-04"),
        ("2022", (), "2022"),
        ("2021-04-01", (2021,), "2021-04-01"),
    ],
)
def test_times_are_read_as_printed(text: str, years: tuple[int, ...], date: str) -> None:
    found = when.read_when(text)
    assert found is not None
    assert (found.fiscal_years, found.date) == (years, date)


@pytest.mark.parametrize("text", ["FY24", "2024-13", "2023-02-30", "each of FY2024..FY2022", "令和四年", "soon", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    assert when.read_when(text) is None


def test_the_nearest_names_come_first() -> None:
    assert nearest("デジタル推進科", ["会計課", "デジタル推進課"]) == ["デジタル推進課"]


def test_reading_knows_every_key_of_the_context() -> None:
    """The keys of the format and those the JSON-LD context maps to terms are the same."""
    import json

    from keikaku.read.keys import KEYS

    context = json.loads((Path(__file__).parent.parent / "ontology/context.jsonld").read_text(encoding="utf-8"))[
        "@context"
    ]
    kinds = set(KEYS) - {"title", "register", "register entry", "source document", "heading", "page"}
    keys = {key for kind in kinds for key in KEYS[kind]}
    assert keys - set(context) == set()


def test_a_broken_ontology_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "ontology" / "themes.ttl"
    path.parent.mkdir()
    path.write_text("@prefix e: <http://e.org/> .\ne:a e:b e:c .\ne:a e:b ;; e:d\n", encoding="utf-8")
    with pytest.raises(KeikakuError, match=r"ontology/themes.ttl:\d+: this is not Turtle"):
        parse_turtle(path)


LINK = "- {plan: 第5次見本市総合計画, at: 14}"


def test_a_document_may_print_the_period_of_another_and_call_it_by_a_name_of_its_own(world: Settings) -> None:
    told = "- {plan: 第5次見本市総合計画, printed: 第5次総合計画, period: {to: FY2023, at: 15}, at: 14}"
    cited = (
        "cites:\n- {law: 官民データ活用推進基本法, printed: 官民法, at: 13}\n- {plan: 見本市情報化基本方針, at: 14}\n"
    )
    assert errors_after(world, LINK + "\n", told + "\n" + cited) == []
    assert build.build(world).stored
    made = store.open_current(world.current)
    plan, upper = "id/plan/990019/dx/2023", "id/plan/990019/sogo-keikaku-5/undated"
    period = made.select(
        f"SELECT ?end ?start ?lines WHERE {{ <{BASE}{upper}> jdx:planPeriod ?p . FILTER(?p = <{BASE}{plan}/period/990019-sogo-keikaku-5-undated>) "
        "?p dcat:endDate ?end ; jdx:evidence ?lines . OPTIONAL { ?p dcat:startDate ?start } }"
    )
    assert [(str(r[0]), r[1], str(r[2])[-3:]) for r in period.rows] == [("2024-03-31", None, "L15")]
    named = made.select(
        "SELECT ?thing ?text WHERE { ?thing skosxl:altLabel ?w . ?w skosxl:literalForm ?text ; jdx:evidence ?e . FILTER(STRSTARTS(STR(?w), "
        f'"{BASE}{plan}/wording/")) }}'
    )
    assert {
        (f"{BASE}{upper}", "第5次総合計画"),
        (f"{BASE}id/law/428AC1000000103", "官民法"),
    } <= {(str(thing), str(text)) for thing, text in named.rows}
    assert made.select(f"SELECT ?x WHERE {{ <{BASE}{plan}> dcterms:references ?x }}").rows
    years = made.select(f"SELECT ?x WHERE {{ <{BASE}{upper}> jdx:coversFiscalYear|jdx:latest ?x }}")
    assert not years.rows  # only a plan that was read has fiscal years of its own


def test_a_period_of_another_document_needs_one_end_at_least(world: Settings) -> None:
    found = errors_after(world, LINK, "- {plan: 第5次見本市総合計画, period: {at: 15}, at: 14}")
    assert any("to" in f.sentence() and "period" in f.sentence() for f in found)

"""Casebooks: cases with their governments, open lists, doubtful assignments, links, points and figures, each with its lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keikaku import build, evidence, store
from keikaku.namespaces import BASE
from keikaku.read import layout
from keikaku.report import Finding, Severity
from keikaku.settings import Settings
from keikaku.store import Store

BOOK = "data/casebooks/mihon-2021.yaml"
DOCUMENT = "soumu-mihon-jirei-1.0"
TEXTS = Path(__file__).parent / "examples" / "world" / "texts"


@pytest.fixture(scope="module")
def graph(built_world: Settings) -> Store:
    return store.open_current(built_world.current)


def rows(graph: Store, where: str) -> set[tuple[str, ...]]:
    """The rows of a SELECT over all graphs, IRIs as paths below the base, in the order of the variables in `where`."""
    variables = list(dict.fromkeys(re.findall(r"\?(\w+)", where)))
    prologue = f"PREFIX case: <{BASE}id/case/{DOCUMENT}/> PREFIX id: <{BASE}id/>"
    found = graph.select(f"{prologue} SELECT {' '.join('?' + v for v in variables)} WHERE {{ {where} }}")
    return {tuple(str(row[v]).removeprefix(BASE) if v in row else "" for v in variables) for row in found}


def case(number: int, rest: str = "") -> str:
    return f"id/case/{DOCUMENT}/{number:02d}{rest}"


def errors_after(world: Settings, old: str, new: str) -> list[Finding]:
    """Change the casebook (`old` has to be there) and collect what is wrong."""
    path = world.root / BOOK
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = build.collect(world, paths=[path])
    return [f for part in found for f in part.findings if f.severity is Severity.VIOLATION]


def test_the_casebook_is_an_instrument_and_no_plan(graph: Store) -> None:
    book = "id/plan/soumu/mihon-jirei/1.0"
    assert rows(graph, f"<{BASE}{book}> a ?kind FILTER(STRSTARTS(STR(?kind), STR(jdx:)))") == {
        ("ont#PolicyInstrument",)
    }
    assert rows(graph, f"<{BASE}{book}> jdx:issuingBody ?who ; dcterms:type ?type ; dcterms:issued ?when") == {
        ("id/nat/soumu", "code/pt-guideline", "2021-07-07")
    }
    assert rows(graph, f"?document foaf:primaryTopic <{BASE}{book}>") == {(f"id/doc/{DOCUMENT}",)}


def test_a_case_has_number_step_themes_and_its_lines(graph: Store) -> None:
    assert rows(graph, "?case a jdx:PracticeCase ; skos:notation ?no ; schema:position ?at ; dcterms:type ?step") == {
        (case(1), "1", "1", "code/step-0"),
        (case(2), "2", "2", "code/step-2-organisation"),
        (case(3), "3", "3", "code/step-2-training"),
    }
    assert rows(graph, "case:01 jdx:theme ?theme") == {("theme/digital-divide",), ("theme/information-service",)}
    assert rows(graph, "case:01 jdx:evidence ?lines") == {
        (f"id/doc/{DOCUMENT}/ev/L7",),
        (f"id/doc/{DOCUMENT}/ev/L12-19",),
    }
    assert rows(graph, "case:01 jdx:responsibleUnit ?unit ; dcterms:relation ?body") == {
        ("id/unit/990027/01", "id/body/990027/01")
    }


def test_governments_are_named_by_code_or_by_prefecture_and_name(graph: Store) -> None:
    assert rows(graph, "?case jdx:practisedBy ?who") == {
        (case(1), "id/lg/990027"),
        (case(2), "id/lg/990035"),
        (case(3), "id/lg/990019"),
    }


def test_a_similar_body_of_one_of_two_cases_is_claimed_by_both_and_asserted_by_none(graph: Store) -> None:
    assert rows(graph, "?case jdx:similarBody ?who") == {(case(1), "id/lg/990019")}
    claimed = "?claim a jdx:Claim ; rdf:predicate jdx:similarBody ; rdf:subject ?case ; rdf:object ?who"
    assert rows(graph, claimed) == {
        (case(1, "/claim/similarBody/1"), case(1), "id/lg/990019"),
        (case(2, "/claim/similarBody/1"), case(2), "id/lg/990027"),
        (case(3, "/claim/similarBody/1"), case(3), "id/lg/990027"),
    }


def test_the_address_of_a_similar_body_stands_on_its_claim(graph: Store) -> None:
    assert rows(graph, "?claim rdf:predicate jdx:similarBody ; schema:url ?page") == {
        (case(1, "/claim/similarBody/1"), "https://mihon.example/app")
    }
    assert rows(graph, "case:01 schema:url ?page") == {("https://reiji.example/kairan",)}


def test_an_open_list_is_a_completeness_statement_of_the_case(graph: Store) -> None:
    stated = (
        "?s jdx:completenessOf ?case ; jdx:completeFor ?aspect ; jdx:completeness ?level . ?case a jdx:PracticeCase"
    )
    assert {row[1:] for row in rows(graph, stated)} == {
        (case(1), "code/cf-similar-bodies", "code/cl-partial"),
        (case(3), "code/cf-practising-bodies", "code/cl-partial"),
    }
    lines = "?s jdx:completenessOf case:01 ; jdx:evidence ?lines"
    assert {row[1] for row in rows(graph, lines)} == {f"id/doc/{DOCUMENT}/ev/L19"}
    inside = "GRAPH ?g { ?s jdx:completenessOf case:01 }"
    assert {row[0] for row in rows(graph, inside)} == {f"graph/curation/{DOCUMENT}"}


def test_partners_products_laws_and_plans_are_claims_with_their_lines(graph: Store) -> None:
    claim = "?claim rdf:subject case:01 ; rdf:predicate ?how ; rdf:object ?what ; jdx:evidence ?lines"
    found = {row[1:] for row in rows(graph, claim)}
    assert {
        ("ont#partner", "id/org/mihon-university", f"id/doc/{DOCUMENT}/ev/L14"),
        ("ont#uses", "id/product/denshi-kairanban", f"id/doc/{DOCUMENT}/ev/L13"),
        ("http://purl.org/dc/terms/references", "id/law/lg990027/digital-jorei/art3", f"id/doc/{DOCUMENT}/ev/L16"),
        ("http://purl.org/dc/terms/references", "id/plan/990027/dx/undated", f"id/doc/{DOCUMENT}/ev/L15"),
    } <= found
    assert rows(graph, "case:01 dcterms:references ?what") == {("id/law/lg990027/digital-jorei/art3",)}
    role = "?claim rdf:predicate jdx:partner ; skos:note ?role FILTER(LANG(?role) = 'en')"
    assert {row[1] for row in rows(graph, role)} == {"Its students teach the use under an agreement"}
    assert rows(graph, "id:product\\/denshi-kairanban a ?kind FILTER(?kind = jdx:Product)") == {("ont#Product",)}


def test_what_the_page_calls_a_government_or_theme_is_a_sourced_label(graph: Store) -> None:
    wording = "?thing skosxl:altLabel ?label . ?label skosxl:literalForm ?text ; jdx:evidence ?lines . FILTER(CONTAINS(STR(?label), 'soumu'))"
    assert {(row[0], row[2]) for row in rows(graph, wording)} == {
        ("theme/information-service", "電子回覧板"),
        ("id/lg/990019", "見本市"),
    }


def test_done_ongoing_and_planned_are_told_apart(graph: Store) -> None:
    state = "?point a jdx:TimelineEvent ; dcterms:isPartOf ?case . ?case a jdx:PracticeCase OPTIONAL { ?point dcterms:type ?state }"
    assert {(row[0], row[2]) for row in rows(graph, state)} == {
        (case(1, "/e/1"), "code/et-done"),
        (case(1, "/e/2"), "code/et-ongoing"),
        (case(1, "/e/3"), "code/et-planned"),
        (case(2, "/e/1"), ""),
        (case(3, "/e/1"), "code/et-ongoing"),
    }
    assert rows(graph, "case:01\\/e\\/3 jdx:forFiscalYear ?year ; jdx:earliest ?from") == {("id/fy/2022", "2022-04-01")}


def test_a_figure_says_what_it_counts_and_in_which_case(graph: Store) -> None:
    population = "?v jdx:measures ind:population ; jdx:refersTo ?who ; dcterms:isPartOf ?case ; jdx:numericValue ?n ; jdx:date ?day"
    assert rows(graph, population) == {
        (case(1, "/v/1"), "id/lg/990027", case(1), "40000", "2020-01-01"),
        (case(2, "/v/1"), "id/lg/990035", case(2), "9000", "2020-01-01"),
        (case(3, "/v/1"), "id/lg/990019", case(3), "50000", "2020-01-01"),
    }
    assert rows(
        graph, "?v jdx:refersTo case:01 ; a ?kind FILTER(?kind IN (jdx:ReportedValue, jdx:BudgetItem, jdx:TargetValue))"
    ) == {
        (case(1, "/v/2"), "ont#ReportedValue"),
        (case(1, "/v/3"), "ont#BudgetItem"),
        (case(1, "/v/4"), "ont#TargetValue"),
    }


def test_a_guideline_is_referred_to_with_theme_and_address(graph: Store) -> None:
    guide = "id/plan/soumu/rpa-guidebook/2021"
    assert rows(graph, f"<{BASE}id/plan/soumu/mihon-jirei/1.0> dcterms:references ?guide") == {(guide,)}
    assert rows(graph, f"<{BASE}{guide}> jdx:theme ?theme ; schema:url ?page") == {
        ("theme/ai-rpa", "https://soumu.example/rpa.pdf")
    }


def test_a_note_may_be_about_a_figure_of_a_case(graph: Store) -> None:
    assert rows(graph, f"<{BASE}id/qn/{DOCUMENT}/01> oa:hasTarget ?what") == {(case(2, "/v/1"),), (case(3, "/v/1"),)}


def test_a_population_without_a_date_is_a_warning(world: Settings) -> None:
    assert errors_after(world, "    when: 2020-01-01\n", "") == []
    found = build.collect(world, paths=[world.root / BOOK])
    assert [(f.rule, f.severity) for part in found for f in part.findings if f.rule == "S29"] == [
        ("S29", Severity.WARNING)
    ]


#: what is changed, what it becomes, words of the sentence, words of the remedy.
WRONG = [
    ("casebook: soumu/mihon-jirei/1.0", "casebook: mihon", "no casebook id", "soumu/dx-casebook/1.0"),
    ("casebook: soumu/mihon-jirei/1.0", "casebook: somu/mihon-jirei/1.0", "no national body “somu”", "soumu"),
    ("step: 2-training", "step: 2-trainig", "no code in the list step-", "2-training"),
    ("by: [見本県例示市]", "by: [見本県例事市]", "no local government", "見本県例示市"),
    ("government: 990019", "government: 990018", "check digit of 990018", "990019"),
    ("product: 電子回覧板", "product: 電子回覧版", "no product or system", "電子回覧板"),
    ("organisation: 見本大学", "organisation: 見本大学院", "no organisation", "見本大学"),
    ("law: 例示市デジタル条例", "law: 例示市デジタル規則", "no law", "例示市デジタル条例"),
    ("departments: [地域振興課]", "departments: [地域振興科]", "no department", "地域振興課"),
    ("url: 'https://reiji.example/kairan'", "url: 'reiji.example kairan'", "no web address", "https://"),
    ("state: planned", "state: plannned", "no state “plannned”", "planned"),
    ("    state: not-stated\n", "", "this point has no “state”", "state:"),
    ("open: [by]", "open: [bye]", "no list “bye”", "by"),
    ("about: [case/2/v/1", "about: [case/9/v/1", "case/9/v/1", "case/02/v/1"),
    ("- no: 3\n", "- no: 2\n", "case/02 is used twice", "number of its own"),
    ("  at: [9, 21-22, 24, 26]\n", "", "does not say where it stands", "at:"),
    ("similar:\n  - {government:", "similar:\n  - {goverment:", "no key of a government “goverment”", "government"),
    ("uses:", "use:", "no key of a case “use”", "uses"),
    ("document: soumu-mihon-jirei-1.0", "document: soumu-mihon-jirei-2.0", "soumu-mihon-jirei-2.0", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"), WRONG, ids=[w[1].strip()[:40] or w[0].strip()[:40] for w in WRONG]
)
def test_wrong_input_is_named_with_file_and_line(world: Settings, old: str, new: str, what: str, remedy: str) -> None:
    found = errors_after(world, old, new)
    sentences = [f.sentence() for f in found]
    hits = [f for f in found if what in f.sentence()]
    assert hits, sentences
    assert all(f.place.file == BOOK and f.place.line for f in hits), sentences
    assert any(remedy in f.sentence() for f in hits), sentences
    assert all(f.sentence("ja") != f.sentence("en") for f in hits)


def test_a_changed_casebook_redoes_that_casebook_only(world: Settings) -> None:
    build.build(world)
    path = world.root / BOOK
    path.write_text(
        path.read_text(encoding="utf-8").replace("en: Joint training", "en: Training together"), encoding="utf-8"
    )
    assert build.build(world).changed == (DOCUMENT,)


def test_the_lines_of_a_casebook_are_locked_and_its_numbers_found_again(world: Settings) -> None:
    lock = world.data / f"evidence/{DOCUMENT}.tsv"
    before = lock.read_bytes()
    lock.unlink()
    assert evidence.write_locks(world, TEXTS)[1] == []
    assert lock.read_bytes() == before
    path = world.root / BOOK
    path.write_text(path.read_text(encoding="utf-8").replace("value: 50,", "value: 60,"), encoding="utf-8")
    assert any("does not hold the number 60" in f.sentence() for f in evidence.check(world, TEXTS)[1])


def test_a_casebook_stands_in_the_layout_and_a_missing_number_is_filled_in(world: Settings) -> None:
    text = (world.root / BOOK).read_text(encoding="utf-8")
    assert layout.formatted(text, BOOK) == text
    assert layout.formatted(text.replace("  - {no: 3, title: {ja: 全地区", "  - {title: {ja: 全地区"), BOOK) == text

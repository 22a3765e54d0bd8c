"""Asking: parameters, the three lists, evidence and the forms of an answer, on a fictional world (tests/examples/ask)."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from rdflib import Dataset, Literal, URIRef
from rich.console import Console

from keikaku import store
from keikaku.ask import Answer, Question, Text, ask, choose, library, terminal
from keikaku.ask.bind import bind
from keikaku.ask.forms import protect
from keikaku.ask.header import read
from keikaku.ask.question import Parameter
from keikaku.ask.render import csv_text, json_text, markdown_text, tsv_text
from keikaku.ask.show import resolve, thing
from keikaku.ask.terms import term, terms_for
from keikaku.ask.trusted import lint
from keikaku.errors import ParameterError, QueryError
from keikaku.namespaces import BASE, FY, TH, XSD, C
from keikaku.store import Store

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = library(ROOT / "queries", ROOT)
LG = BASE + "id/lg/"
PLAN = BASE + "id/plan/990019/dx/2023"
JDX = BASE + "ont#"


def nquads(path: Path) -> bytes:
    world = Dataset()
    world.parse(path, format="trig")
    text = world.serialize(format="nquads")
    return text.encode() if isinstance(text, str) else text


DATA = nquads(Path(__file__).parent / "examples" / "ask" / "world.trig")


@pytest.fixture
def world() -> Store:
    return store.memory(DATA)


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    return library(ROOT / "queries", ROOT)


def who_lacks(world: Store, questions: dict[str, Question], **given: object) -> Answer:
    return ask(world, questions["who-lacks"], given, "en")


def lists(answer: Answer) -> dict[str, list[str]]:
    rows = list(answer)
    return {g.token: [str(rows[n]["municipality"]).removeprefix(LG) for n in g.rows] for g in answer.groups()}


def row_of(answer: Answer, code: str) -> dict[str, str]:
    return {name: str(value) for row in answer if str(row["municipality"]) == LG + code for name, value in row.items()}


def add(world: Store, *triples: str, graph: str = "added") -> None:
    world.load_nquads("".join(f"{triple} <{BASE}graph/{graph}> .\n" for triple in triples).encode())


def add_municipality(world: Store, code: str) -> None:
    add(
        world,
        f"<{LG}{code}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{JDX}Municipality>",
        f'<{LG}{code}> <{JDX}localGovernmentCode> "{code}"',
    )


# The three lists


def test_a_listed_initiative_and_a_section_outside_the_list_are_both_measures(
    world: Store, questions: dict[str, Question]
) -> None:
    answer = who_lacks(world, questions, theme="digital-divide")
    assert lists(answer) == {"lacking": [], "unknown": ["990035"], "has": ["990019", "990027"]}
    first, second = row_of(answer, "990019"), row_of(answer, "990027")
    assert (first["foundAt"], first["kpi"]) == (str(C["lv-initiative"]), "yes")
    assert (second["foundAt"], second["kpi"]) == (str(C["lv-outside-list"]), "none")
    assert first["kpiEvidence"].strip() == BASE + "id/doc/990019-dx-2023/ev/L101"


def test_at_level_initiative_a_section_outside_the_list_is_lacking_and_the_answer_says_where_it_stands(
    world: Store, questions: dict[str, Question]
) -> None:
    answer = who_lacks(world, questions, theme="digital-divide", level="initiative")
    assert lists(answer) == {"lacking": ["990027"], "unknown": ["990035"], "has": ["990019"]}
    row = row_of(answer, "990027")
    assert row["foundAt"] == str(C["lv-outside-list"])
    assert row["evidence"].endswith("L230-238")
    assert row["basisEvidence"].endswith("L20-33")


def test_a_theme_that_occurs_nowhere_is_lacking_only_where_the_aspects_are_closed(
    world: Store, questions: dict[str, Question]
) -> None:
    add(world, f"<{TH}nowhere> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{JDX}PolicyTheme>")
    answer = who_lacks(world, questions, theme="nowhere")
    assert lists(answer) == {"lacking": ["990027"], "unknown": ["990019", "990035"], "has": []}
    row = row_of(answer, "990019")
    assert (row["reason"], row["aspect"]) == ("lost", str(C["cf-action-themes"]))
    assert lists(who_lacks(world, questions, theme="nowhere", level="initiative"))["lacking"] == ["990019", "990027"]


def test_a_theme_in_a_principle_only_is_no_measure_but_is_mentioned(
    world: Store, questions: dict[str, Question]
) -> None:
    row = row_of(who_lacks(world, questions, theme="drone", level="initiative"), "990019")
    assert (row["answer"], row["foundAt"]) == ("lacking", str(C["lv-principle"]))


def test_adding_a_municipality_without_a_plan_lengthens_only_the_unknown_list(
    world: Store, questions: dict[str, Question]
) -> None:
    before = {
        level: lists(who_lacks(world, questions, theme="cashless", level=level)) for level in ("measure", "initiative")
    }
    add_municipality(world, "990043")
    for level, old in before.items():
        new = lists(who_lacks(world, questions, theme="cashless", level=level))
        assert new["lacking"] == old["lacking"]
        assert new["has"] == old["has"]
        assert new["unknown"] == [*old["unknown"], "990043"]


def test_without_its_completeness_statement_a_plan_lacks_nothing(world: Store, questions: dict[str, Question]) -> None:
    assert lists(who_lacks(world, questions, theme="cashless"))["lacking"] == ["990027"]
    world.drop_graph(BASE + "graph/curation/990027-dx-2022-draft")
    answer = who_lacks(world, questions, theme="cashless")
    assert lists(answer) == {"lacking": [], "unknown": ["990027", "990035"], "has": ["990019"]}
    assert row_of(answer, "990027")["reason"] == "not-declared"


@pytest.mark.parametrize(
    ("level", "scope", "reason"),
    [("cl-partial", "cx-published-plan", "partial"), ("cl-complete", "cx-received-text", "text-only")],
)
def test_a_weaker_statement_gives_unknown_with_its_reason(
    world: Store, questions: dict[str, Question], level: str, scope: str, reason: str
) -> None:
    world.drop_graph(BASE + "graph/curation/990027-dx-2022-draft")
    plan, statement = BASE + "id/plan/990027/dx/2022-draft", f"<{BASE}id/cs/x>"
    add(
        world,
        f"{statement} <{JDX}completenessOf> <{plan}>",
        f"{statement} <{JDX}completeFor> <{C['cf-initiative-themes']}>",
        f"{statement} <{JDX}completeness> <{C[level]}>",
        f"{statement} <{JDX}completenessScope> <{C[scope]}>",
    )
    row = row_of(who_lacks(world, questions, theme="cashless"), "990027")
    assert (row["answer"], row["reason"]) == ("unknown", reason)


def test_of_several_editions_the_latest_counts(world: Store, questions: dict[str, Question]) -> None:
    row = row_of(who_lacks(world, questions, theme="digital-divide"), "990019")
    assert (row["plan"], row["answer"]) == (PLAN, "has")


def test_an_adopted_plan_counts_before_its_draft_of_the_same_period(
    world: Store, questions: dict[str, Question]
) -> None:
    plan, period = f"<{BASE}id/plan/990027/dx/2022>", f"<{BASE}id/plan/990027/dx/2022-draft/period>"
    add(
        world,
        f"{plan} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{JDX}Plan>",
        f"{plan} <{JDX}issuingBody> <{LG}990027>",
        f"{plan} <{JDX}planStatus> <{C['ps-adopted']}>",
        f"{plan} <{JDX}planPeriod> {period}",
    )
    row = row_of(who_lacks(world, questions, theme="digital-divide"), "990027")
    assert (row["plan"], row["answer"], row["reason"]) == (BASE + "id/plan/990027/dx/2022", "unknown", "not-declared")


def test_a_statement_repeated_in_another_graph_changes_no_answer(world: Store, questions: dict[str, Question]) -> None:
    before = json_text(who_lacks(world, questions, theme="digital-divide"))
    again = [line.rsplit(" ", 2)[0] for line in DATA.decode().splitlines() if line.strip()]
    add(world, *again, graph="again")
    assert json_text(who_lacks(world, questions, theme="digital-divide")) == before


def test_the_lists_have_denominators_and_none_stands_alone(world: Store, questions: dict[str, Question]) -> None:
    groups = who_lacks(world, questions, theme="cashless").groups()
    assert [g.token for g in groups] == ["lacking", "unknown", "has"]
    assert {g.of for g in groups} == {3}
    assert sum(g.count for g in groups) == 3


# Parameters


@pytest.mark.parametrize(
    "text",
    [
        "digital-divide",
        "th:digital-divide",
        "theme/digital-divide",
        "デジタルデバイド対策",
        "情報格差対策",
        "Digital Divide",
        f"<{TH}digital-divide>",
    ],
)
def test_a_theme_may_be_written_in_many_ways(world: Store, text: str) -> None:
    assert term(world, Parameter("theme", "theme", "required", Text("", "")), text) == TH["digital-divide"]


EDITION = [
    f"<{TH}edition/{path}> <http://www.w3.org/2004/02/skos/core#{term}> {value}"
    for path, label, themes in (
        ("9.0-priority/1", "手続の電子化", ("online-procedures",)),
        ("9.0-priority/2", "格差の解消と窓口", ("digital-divide", "front-office")),
        ("9.0-priority", "重点（9.0）", ("digital-divide", "front-office", "online-procedures")),
    )
    for term, value in (("prefLabel", f'"{label}"@ja'), *(("member", f"<{TH}{theme}>") for theme in themes))
]


def add_edition(world: Store) -> None:
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    collection = "<http://www.w3.org/2004/02/skos/core#Collection>"
    add(world, *EDITION, *(f"{line.split()[0]} {kind} {collection}" for line in EDITION))
    add(
        world, *(f"<{TH}{slug}> {kind} <{JDX}PolicyTheme>" for slug in ("online-procedures", "digital-divide", "front-office"))
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["edition/9.0-priority/1", "theme/edition/9.0-priority/1", f"<{TH}edition/9.0-priority/1>", "手続の電子化"]
)
def test_a_theme_may_be_named_by_an_item_of_a_national_edition(world: Store, text: str) -> None:
    add_edition(world)
    assert term(world, Parameter("theme", "theme", "required", Text("", "")), text) == TH["online-procedures"]


@pytest.mark.parametrize("text", ["格差の解消と窓口", "edition/9.0-priority/2", "edition/9.0-priority"])
def test_an_item_or_section_of_several_themes_lists_them(world: Store, text: str) -> None:
    add_edition(world)
    with pytest.raises(ParameterError, match=r"covers [23] themes") as error:
        term(world, Parameter("theme", "theme", "required", Text("", "")), text)
    assert "digital-divide, front-office" in str(error.value)


def test_a_theme_goes_before_an_item_of_the_same_name(world: Store) -> None:
    add_edition(world)
    add(world, f'<{TH}edition/9.0-priority/1> <http://www.w3.org/2004/02/skos/core#altLabel> "デジタルデバイド対策"@ja')
    parameter = Parameter("theme", "theme", "required", Text("", ""))
    assert term(world, parameter, "デジタルデバイド対策") == TH["digital-divide"]


@pytest.mark.parametrize(
    "text",
    [
        "990019",
        "99001",
        "見本市",
        "見本",
        "架空県見本市",
        "みほんし",
        "ミホンシ",
        "ﾐﾎﾝｼ",
        "Mihon-shi",
        "mihon",
        "Mihon City",
        "id/lg/990019",
    ],
)
def test_a_government_may_be_written_in_many_ways(world: Store, text: str) -> None:
    assert term(world, Parameter("g", "municipality", "required", Text("", "")), text) == URIRef(LG + "990019")


def test_an_ambiguous_name_lists_its_candidates(world: Store) -> None:
    with pytest.raises(ParameterError, match="2 local governments") as error:
        term(world, Parameter("g", "government", "required", Text("", "")), "かくう")
    assert "990001" in str(error.value)
    assert "架空県架空町 (990035)" in str(error.value)


@pytest.mark.parametrize(
    ("kind", "text", "near"),
    [("theme", "digital-devide", "digital-divide"), ("government", "990018", "990019"), ("government", "見木市", "見本市"), ("level", "strong", "measure"),
     ("fiscal-year", "R99", "R6"), ("date", "2024-02-30", "2024-03-31"), ("plan", "990019/dx/2022", "990019/dx/2023"), ("number", "many", "digits")],
)  # fmt: skip
def test_a_wrong_value_gives_one_sentence_with_the_nearest_right_ones(
    world: Store, kind: str, text: str, near: str
) -> None:
    with pytest.raises(ParameterError) as error:
        term(world, Parameter("x", kind, "required", Text("", "")), text)
    assert near in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["2024", "FY2024", "2024年度", "令和6年度", "令和６年度", "R6", "fy:2024", "id/fy/2024"]
)
def test_a_fiscal_year_may_be_written_in_any_notation(world: Store, text: str) -> None:
    assert term(world, Parameter("y", "fiscal-year", "required", Text("", "")), text) == FY["2024"]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-31",
        '"2024-03-31"^^<http://www.w3.org/2001/XMLSchema#date>',
        "2024/3/31",
        "2024年3月31日",
        "令和6年3月31日",
        "R6.3.31",
    ],
)
def test_a_date_may_be_written_in_any_notation(world: Store, text: str) -> None:
    assert term(world, Parameter("d", "date", "required", Text("", "")), text) == Literal(
        "2024-03-31", datatype=XSD.date
    )


def test_a_plan_may_be_written_by_path_or_title(world: Store) -> None:
    for text in ("990019/dx/2023", "id/plan/990019/dx/2023", PLAN, "見本市DX推進計画", "Mihon City DX plan"):
        assert term(world, Parameter("p", "plan", "required", Text("", "")), text) == URIRef(PLAN)


def test_a_document_may_be_written_by_id_path_or_title(world: Store) -> None:
    for text in ("990019-dx-2023", "id/doc/990019-dx-2023", "見本市DX推進計画", "Mihon City DX Plan"):
        found = term(world, Parameter("d", "document", "required", Text("", "")), text)
        assert found == URIRef(f"{BASE}id/doc/990019-dx-2023")


def test_an_unknown_parameter_names_the_nearest(world: Store, questions: dict[str, Question]) -> None:
    with pytest.raises(ParameterError, match="“theme”"):
        terms_for(world, questions["who-lacks"], {"thema": "cashless"})


def test_a_required_parameter_left_out_says_how_to_give_it(world: Store, questions: dict[str, Question]) -> None:
    with pytest.raises(ParameterError, match="--theme"):
        who_lacks(world, questions)


def test_an_unknown_question_names_the_nearest(questions: dict[str, Question]) -> None:
    with pytest.raises(ParameterError, match="who-lacks"):
        choose(questions, "who-lack")
    assert choose(questions, "CQ9").id == "cq09"


# Binding


def test_the_sample_line_is_replaced_by_a_term_in_ntriples_form(questions: dict[str, Question]) -> None:
    text = bind(questions["who-lacks"], {"theme": (TH.cashless,)})
    assert f"  VALUES ?theme {{ <{TH.cashless}> }}\n" in text
    assert "VALUES ?level { c:lv-action }" in text


@pytest.mark.parametrize("evil", ['"} DROP ALL #', "th:x } UNION { ?s ?p ?o", "> } #", "\\u007D", "x' || '1"])
def test_what_a_person_writes_never_reaches_the_query(world: Store, questions: dict[str, Question], evil: str) -> None:
    with pytest.raises(ParameterError):
        who_lacks(world, questions, theme=evil)
    text = bind(questions["who-lacks"], {"theme": (Literal(evil),)})
    line = next(line for line in text.split("\n") if "VALUES ?theme" in line)
    assert re.fullmatch(r' *VALUES \?theme \{ "(?:[^"\\]|\\.)*" \}', line)


GOOD = """#+ title: 計画の取組 / Initiatives
#+ summary: 計画の取組 / Initiatives of a plan
#+ param plan: plan, dropped | 計画 / plan
#+ negative: closed cf-initiative-list
#+ rests plan: cf-initiative-list
#+ view: table
#+ column plan: 計画 / plan
#+ column initiative: 取組 / initiative
#+ column evidence: 根拠 / evidence
PREFIX jdx: <https://w3id.org/jichitai-dx/ont#>
SELECT ?plan ?initiative ?evidence WHERE {
  VALUES ?plan { <https://w3id.org/jichitai-dx/id/plan/990019/dx/2023> }
  ?initiative jdx:inPlan ?plan ; a jdx:Initiative ; jdx:evidence ?evidence .
  MINUS { ?initiative jdx:theme ?any . ?plan a jdx:Nothing }
} ORDER BY ?initiative
"""


UNBOUND = """#+ title: 取組 / Initiatives
#+ summary: 取組 / Initiatives, of a theme or all
#+ param theme: theme, dropped | テーマ / theme
#+ negative: none
#+ view: table
#+ column theme: テーマ / theme
#+ column initiative: 取組 / initiative
#+ column evidence: 根拠 / evidence
PREFIX jdx: <https://w3id.org/jichitai-dx/ont#>
PREFIX th: <https://w3id.org/jichitai-dx/theme/>
SELECT ?theme ?initiative ?evidence WHERE {
  VALUES ?theme { th:cashless }
  ?initiative a jdx:Initiative ; jdx:evidence ?evidence .
  OPTIONAL { ?initiative jdx:theme ?has }
  FILTER(COALESCE(?theme = COALESCE(?has, jdx:Plan), true))
} ORDER BY ?initiative
"""


def written(folder: Path, text: str) -> Question:
    (folder / "q.rq").write_text(text, encoding="utf-8")
    return read(folder / "q.rq", folder)


def test_a_dropped_parameter_asks_about_everything(world: Store, tmp_path: Path) -> None:
    question = written(tmp_path, GOOD)
    assert lint(question) == []
    assert len(ask(world, question, {"plan": "990027/dx/2022-draft"})) == 1
    assert len(ask(world, question)) == 4
    assert ask(world, question).dropped == ("plan",)


def test_without_a_negation_a_dropped_parameter_may_stay_unbound(world: Store, tmp_path: Path) -> None:
    """A filter then lets everything pass, also what has no value; with a value it keeps what matches."""
    question = written(tmp_path, UNBOUND)
    assert lint(question) == []
    assert len(ask(world, question)) == 4
    assert len(ask(world, question, {"theme": "cashless"})) == 1


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  ?initiative jdx:inPlan ?plan ; a jdx:Initiative ; jdx:evidence ?evidence .\n  MINUS { ?initiative jdx:theme ?any . ?plan a jdx:Nothing }\n",
         "  MINUS { ?plan a jdx:Nothing }\n  ?initiative jdx:inPlan ?plan ; a jdx:Initiative ; jdx:evidence ?evidence .\n", "before a negation"),
        ("?initiative jdx:inPlan ?plan ; a", "?initiative a", "before a negation"),
        ("SELECT ?plan ?initiative", "SELECT ?initiative", "not projected"),
        ("  VALUES ?plan { <https://w3id.org/jichitai-dx/id/plan/990019/dx/2023> }\n", "", "0 lines"),
        ("MINUS { ?initiative jdx:theme ?any", "FILTER NOT EXISTS { ?initiative jdx:parentElement+ ?any", "quadratic"),
        ("  VALUES ?plan", "  OPTIONAL { ?initiative jdx:x ?y }\n  VALUES ?plan", "first in the outermost group"),
        ("WHERE {", "WHERE {{", "cannot be read"),
    ],
)  # fmt: skip
def test_the_lint_refuses(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    assert any(problem in sentence for sentence in lint(written(tmp_path, GOOD.replace(old, new))))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [("#+ negative: closed", "#+ negativ: closed", "negative"), ("#+ view: table", "#+ view: cube", "three-lists"), ("#+ title: 計画の取組 / Initiatives\n", "", "title"),
     ("plan, dropped | 計画 / plan", "計画 / plan", "required|sample|dropped"), ("#+ view: table", "#+ view: three-lists", "group")],
)  # fmt: skip
def test_a_wrong_header_is_refused_with_file_and_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(QueryError) as error:
        written(tmp_path, GOOD.replace(old, new))
    assert re.match(r"q\.rq:\d+: ", str(error.value))
    assert problem in str(error.value)


def test_a_query_may_not_look_at_what_its_analysis_reads_once_for_all_values(tmp_path: Path) -> None:
    peers = (ROOT / "queries" / "library" / "peers.rq").read_text(encoding="utf-8")
    with pytest.raises(QueryError, match=r"may not look at \?government"):
        written(tmp_path, peers.replace("?candidate a ?class", "?government a ?class . ?candidate a ?class"))


# Evidence and forms


def test_every_row_shows_where_it_stands(world: Store, questions: dict[str, Question]) -> None:
    answer = who_lacks(world, questions, theme="digital-divide")
    row = next(row for row in answer.rows if URIRef(PLAN) in row)
    assert [p.place() for p in answer.evidence(row)] == ["L90-110", "L101"]
    assert answer.evidence(row)[0].shown("ja") == "見本市DX推進計画「1 デジタル活用の支援」 L90-110"
    assert answer.evidence(row)[0].shown("en") == "Mihon City DX Plan “1 デジタル活用の支援” L90-110"


def test_the_printed_expression_is_that_of_the_value_in_the_row(world: Store, tmp_path: Path) -> None:
    text = GOOD.replace(
        "a jdx:Initiative ; jdx:evidence", "a jdx:KPI . ?value jdx:ofKPI ?initiative ; jdx:evidence"
    ).replace("?evidence WHERE", "?value ?evidence WHERE")
    question = written(
        tmp_path, text.replace("#+ column evidence", "#+ column value: 目標 / target\n#+ column evidence")
    )
    value = json.loads(json_text(ask(world, question)))
    assert value["rows"][0]["evidence"][0]["printed"] == ["240回（累計）"]


def test_long_unknown_lists_are_shortened_on_the_terminal_only(world: Store, questions: dict[str, Question]) -> None:
    for code in range(100000, 100040):
        add_municipality(world, str(code))
    answer = who_lacks(world, questions, theme="cashless")
    out = io.StringIO()
    terminal.show(answer, Console(file=out, width=200), "en")
    assert "unknown: 41 of 43" in out.getvalue()
    assert "…and 36 more" in out.getvalue()
    assert len(json.loads(json_text(answer))["rows"]) == 43
    assert len(csv_text(answer, "en").splitlines()) == 44
    assert len(answer.to_pandas()) == 43


def test_csv_and_tsv_hold_names_iris_and_evidence(world: Store, questions: dict[str, Question]) -> None:
    answer = who_lacks(world, questions, theme="digital-divide")
    rows = list(csv.DictReader(io.StringIO(csv_text(answer, "ja"))))
    assert rows[0]["municipality"] == "見本市"
    assert rows[0]["municipality_iri"] == LG + "990019"
    assert rows[0]["answer"] == "有る"
    assert "L90-110" in rows[0]["evidence"]
    assert list(csv.DictReader(io.StringIO(tsv_text(answer, "ja")), delimiter="\t")) == rows


def test_the_same_answer_gives_the_same_bytes(questions: dict[str, Question]) -> None:
    first, second = (json_text(who_lacks(store.memory(DATA), questions, theme="digital-divide")) for _ in range(2))
    assert first == second


def test_markdown_has_the_three_lists_and_the_note(world: Store, questions: dict[str, Question]) -> None:
    text = markdown_text(who_lacks(world, questions, theme="digital-divide"), "ja")
    assert text.index("### 無い（確認済み）: 0 / 3") < text.index("### 不明: 1 / 3") < text.index("### 有る: 2 / 3")
    assert "取組のテーマ、個別取組のテーマ" in text


def test_a_notebook_shows_a_table_with_links_and_escapes_text(world: Store, questions: dict[str, Question]) -> None:
    add(world, f'<{LG}990035> <http://www.w3.org/2000/01/rdf-schema#label> "<script>"@en')
    html = who_lacks(world, questions, theme="digital-divide")._repr_html_()
    assert f'<a href="{LG}990019">Mihon City</a>' in html
    assert "<script>" not in html


def test_no_text_becomes_a_formula_and_negative_numbers_stay_numbers() -> None:
    assert [protect(cell) for cell in ("=1+1", "+a", "-a", "@a", "\ta", "-5", -5, "a=1", None)] == [
        "'=1+1", "'+a", "'-a", "'@a", "'\ta", "-5", -5, "a=1", None,
    ]  # fmt: skip


# Show and coverage


def test_show_gives_each_fact_with_the_nearest_evidence(world: Store) -> None:
    shown = thing(world, PLAN + "/i/1-01/k/1/t/2024")
    numeric = next(f for f in shown.facts if str(f.predicate).endswith("numericValue"))
    assert [p.place() for p in numeric.passages] == ["L101"]
    period = next(f for f in thing(world, PLAN).facts if str(f.predicate).endswith("planPeriod"))
    assert [p.place() for p in period.passages] == ["L30"]
    start = next(f for f in thing(world, PLAN + "/period").facts if str(f.predicate).endswith("startDate"))
    assert [p.place() for p in start.passages] == ["L30"]


def test_show_understands_iri_prefixed_name_path_code_and_name(world: Store) -> None:
    assert resolve(world, "th:cashless") == str(TH.cashless)
    assert (
        resolve(world, "id/lg/990019")
        == resolve(world, "990019")
        == resolve(world, "見本市")
        == resolve(world, "mihon")
        == LG + "990019"
    )
    with pytest.raises(ParameterError, match="keikaku search"):
        resolve(world, "どこにもない")


# -- questions led for the embedded engine


def test_a_sub_select_reads_only_what_is_asked_about() -> None:
    question = LIBRARY["only-one-does"]
    here, there = URIRef(f"{BASE}id/lg/1"), URIRef(f"{BASE}id/lg/2")
    text = bind(question, {"government": (here,), "other": (there, here)})
    assert f"VALUES ?has {{ <{here}> <{there}> }}" in text
    assert f"VALUES ?without {{ <{here}> <{there}> }}" in text
    crosswalk = LIBRARY["edition-crosswalk"]
    assert "#= ?theme: theme" in bind(crosswalk, {}), "without a theme nothing is narrowed"


def test_one_parameter_leads_with_all_its_terms_and_several_with_one_each() -> None:
    several = tuple(URIRef(f"{BASE}id/lg/{number}") for number in range(1000))
    alone, both = LIBRARY["compare-themes"], LIBRARY["both-do"]
    assert "\nWHERE {\n  { SELECT ?government ?_lead" in bind(alone, {"government": several[:31]}, led=True)
    assert "?_lead" not in bind(alone, {"government": several}, led=True), "so many the engine does not take for none"
    assert "?_lead" in bind(both, {"government": several[:1], "other": several[1:2]}, led=True)
    assert "?_lead" not in bind(both, {"government": several[:2], "other": several[:2]}, led=True)


def test_what_is_left_out_leads_nothing() -> None:
    question = LIBRARY["compare-kpis"]
    one, other = URIRef(f"{BASE}id/lg/1"), URIRef(f"{BASE}id/lg/2")
    led, whole = "\nWHERE {\n  { SELECT ?government ?other ?_lead", "\nWHERE {\n  { SELECT"
    assert led in bind(question, {"government": (one,), "other": (other,)}, led=True)
    assert whole not in bind(question, {"government": (one,)}, led=True)

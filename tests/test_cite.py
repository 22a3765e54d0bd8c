"""Citation lines: the same in Python, on the command line and on the pages, with what a citation needs, in both languages."""

from __future__ import annotations

import html
import json
import re
from datetime import date

import pytest

from keikaku import api
from keikaku.api import Keikaku
from keikaku.ask import cite
from keikaku.ask.cite import Citation, Work, citations, dataset_line, shown_date
from keikaku.ask.evidence import Passage
from keikaku.ask.words import Text
from keikaku.cli.app import run
from keikaku.errors import ParameterError
from keikaku.serve import Limits, make_app
from keikaku.settings import Settings
from serving import served

TARGET = "id/plan/990019/dx/2023/i/1-03/k/1/t/2024"
EV = "https://w3id.org/jichitai-dx/id/doc/990019-dx-2023/ev/L25"


@pytest.fixture(scope="module")
def graph(built_world: Settings) -> Keikaku:
    return api.open_graph(built_world.root)


def test_a_citation_of_a_target_names_issuer_title_date_section_line_number_build_and_address(graph: Keikaku) -> None:
    build = graph.store.build_id
    assert build
    assert graph.cite(TARGET, accessed="令和8年11月21日") == [
        f"見本市「見本市DX推進計画」2023年1月、「1-③ 窓口キャッシュレスの推進」、本文25行、表記「累計50窓口」。"
        f"データ: 計画（Keikaku）自治体DX計画のオープン知識グラフ、CC BY 4.0、ビルド {build}、{EV} 。2026年11月21日参照。"
    ]


def test_the_same_in_english_with_and_without_a_day_of_access(graph: Keikaku, built_world: Settings) -> None:
    build = graph.store.build_id
    english = api.open_graph(built_world.root, lang="en")
    line = english.cite(TARGET, accessed=date(2026, 11, 21))[0]
    assert line.startswith("Mihon City, ")
    assert "line 25 of the text, printed “累計50窓口”. Data: Keikaku" in line
    assert line.endswith(f"build {build}, {EV} . Accessed 21 November 2026.")
    assert "Accessed" not in english.cite(TARGET)[0]


def test_a_passage_itself_can_be_cited_with_all_that_is_printed_there(graph: Keikaku) -> None:
    assert "累計50窓口" in graph.cite(EV)[0]


def test_of_reference_data_our_data_set_is_cited(graph: Keikaku) -> None:
    iri = "https://w3id.org/jichitai-dx/id/lg/990019"
    assert graph.cite("見本市") == [dataset_line(graph.store.build_id, iri, "ja")]


def test_an_answer_cites_every_passage_of_its_rows_once(graph: Keikaku) -> None:
    answer = graph.ask("who-lacks", theme="cashless")
    cited = answer.cited()
    assert {c.passage.iri for c in cited} == {p.iri for row in answer.rows for p in answer.evidence(row)}
    assert len(cited) == len({c.passage.iri for c in cited}) > 0
    assert all(answer.build_id in line and "見本市" in line for line in answer.citations())
    assert answer.citations(lang="en")[0].startswith("Mihon City")


def test_an_answer_without_passages_cites_our_data_set(graph: Keikaku) -> None:
    answer = graph.ask("cq20")
    assert answer.cited() == []
    assert answer.citations("en") == [
        dataset_line(answer.build_id, "https://w3id.org/jichitai-dx/questions/cq20", "en")
    ]


def test_the_values_of_a_kpi_are_quoted_where_the_row_names_the_kpi() -> None:
    passage = Passage(
        "https://e.org/1", Text("文書", "doc"), "d", lines=(2, 3), printed=(("x/k/1/t/2024", "3件"), ("y", "4件"))
    )
    quoted = citations([passage], {}, ["x/k/1"])[0]
    assert quoted.printed == ("3件",)
    assert quoted.line("en") == (
        "doc, lines 2-3 of the text, printed “3件”. "
        "Data: Keikaku, the open knowledge graph of municipal digital plans, CC BY 4.0, https://e.org/1 ."
    )


def test_many_printed_numbers_are_shortened_and_a_page_is_named() -> None:
    passage = Passage("https://e.org/1", Text("文書", "doc"), "d", page="7")
    line = Citation(passage, Work(Text("文書", "doc")), tuple("123456")).line("ja")
    assert line.startswith("「文書」、7頁、表記「1」「2」「3」「4」「5」ほか。")


def test_a_draft_is_called_one_and_a_plan_stands_before_its_document() -> None:
    assert cite._title(Text("見本の概要", "Summary"), Text("見本計画", "Plan"), draft=True) == Text(
        "見本計画（見本の概要）（案）", "Plan (Summary) (draft)"
    )
    assert (
        cite._title(Text("見本計画（案）", "Plan (Draft)"), Text("見本計画", "Plan"), draft=True).ja == "見本計画（案）"
    )


def test_dates_are_written_as_far_as_they_are_known() -> None:
    assert [shown_date(d, "ja") for d in ("2022", "2023-01", "2021-07-07")] == ["2022年", "2023年1月", "2021年7月7日"]
    assert [shown_date(d, "en") for d in ("2022", "2023-01", "undated")] == ["2022", "January 2023", "undated"]


def test_a_wrong_day_of_access_is_refused(graph: Keikaku) -> None:
    with pytest.raises(ParameterError, match="no day of access"):
        graph.cite(TARGET, accessed="昨日")


def test_the_command_line_gives_the_lines_of_python(
    graph: Keikaku, built_world: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    def call(*words: str) -> str:
        assert run(["--root", str(built_world.root), *words]) == 0
        return capfd.readouterr().out

    assert call("show", TARGET, "--cite").splitlines() == graph.cite(TARGET)
    assert call("ask", "who-lacks", "--theme", "cashless", "--cite", "--lang", "en").splitlines() == graph.ask(
        "who-lacks", theme="cashless"
    ).citations("en")
    assert [one["citation"] for one in json.loads(call("show", TARGET, "--cite", "--format", "json"))] == graph.cite(
        TARGET
    )
    assert call("show", TARGET).rstrip().endswith(f"引用: {graph.cite(TARGET)[0]}")
    assert call("show", "見本市", "--cite").splitlines() == graph.cite("見本市")


def test_pages_of_questions_and_things_say_how_to_cite(graph: Keikaku, built_world: Settings) -> None:
    with served(make_app(built_world, Limits(workers=1))) as client:
        page = client.get("/questions/who-lacks?theme=cashless").text
        thing = client.get(
            "/id/plan/990019/dx/2023/i/1-03/k/1", headers={"Accept": "text/html"}, follow_redirects=True
        ).text
    listed = re.findall(r'<span id="cite-\d+">(見本市「.*?)</span>', page)
    assert [html.unescape(line) for line in listed] == graph.ask("who-lacks", theme="cashless").citations()
    assert graph.cite("id/plan/990019/dx/2023/i/1-03/k/1")[0].split("。")[0] in thing

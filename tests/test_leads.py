"""What pages lead with, for every kind, worked out by hand from the example world; why something is missing; lists and files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph

from keikaku import store
from keikaku.ask import show
from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE, FY, GRAPH, JDX, PREFIXES
from keikaku.pages import Site, blocks, catalogue, lists, open_site, tables
from keikaku.pages.entity import entity
from keikaku.pages.leads import values as figures
from keikaku.pages.leads.plan import ASKED
from keikaku.pages.leads.rows import Cell, Row
from keikaku.pages.leads.states import silence
from keikaku.pages.render import TEMPLATES, Span, View
from keikaku.publish.links import Address, Has
from keikaku.read.quads import to_nquads
from keikaku.settings import Settings, find

PLAN = "id/plan/990019/dx/2023"
CASE = "id/case/soumu-mihon-jirei-1.0"
FOUR = ("not-stated", "lost", "unknown", "zero")


@pytest.fixture(scope="module")
def site(built_world: Settings) -> Site:
    return open_site(built_world)


def page(site: Site, path: str, lang: str = "ja") -> str:
    made = entity(site, path, View(lang, f"/{path}.html"))
    assert made is not None
    return made.html


def lead(site: Site, path: str, lang: str = "ja") -> str:
    """The page up to where all facts are folded."""
    html, folded, _ = page(site, path, lang).partition('id="all-facts"')
    assert folded
    return html.partition('<div class="lead-body">')[2]


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html.replace("</td>", " "))).strip()


def part(html: str, heading: str) -> str:
    """The section under a heading, or the value beside a label."""
    for pattern in (
        rf"<dt>{re.escape(heading)}</dt>.*?</div>\s*(?=<div>|</dl>)",
        rf"<h2>{re.escape(heading)}.*?</section>",
    ):
        if found := re.search(pattern, html, re.DOTALL):
            return found[0]
    raise AssertionError(f"{heading} is not on the page")


def states(html: str) -> list[str]:
    return re.findall(r'class="state state-([\w-]+)"', html)


def test_a_kpi_shows_its_targets_with_their_parts_counting_and_what_is_printed(site: Site) -> None:
    html = lead(site, f"{PLAN}/i/1-03/k/1")
    assert "1-③ 窓口キャッシュレスの推進" in text(part(html, "どの取組のものか"))
    assert states(part(html, "現状値")) == ["not-stated"]
    values = part(html, "目標と現状")
    for anchor, said in (
        ("t-2024", "目標値 令和6年度 (2024) 50窓口 累計 累計50窓口"),
        ("t-2024-direct-facility", "うち 直営施設 令和6年度 (2024) 30窓口 累計"),
        ("t-2024-designated-facility", "うち 指定管理施設 令和6年度 (2024) 20窓口 累計"),
    ):
        row = re.search(rf'<tr id="{anchor}".*?</tr>', values, re.DOTALL)
        assert row and text(row[0]).startswith(said), anchor
    assert "<svg" in values


def test_a_change_keeps_its_sign_and_what_it_starts_from(site: Site) -> None:
    values = text(part(lead(site, f"{PLAN}/i/1-03/k/2"), "目標と現状"))
    assert "−5分 変化量（導入前から）" in values and "5分短縮" in values


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [
        ("i/1-03/k/2", ["not-stated", "to-be-set"]),
        ("i/1-03/k/3", ["blank"]),
        ("i/1-04/k/2", ["lost"]),
        ("i/1-04/k/3", ["not-stated", "external"]),
        ("i/1-04/k/5", ["blank"]),
    ],
)
def test_a_kpi_without_a_number_says_why(site: Site, kpi: str, expected: list[str]) -> None:
    html = lead(site, f"{PLAN}/{kpi}")
    before = html.partition('id="lead-alike"')[0]
    assert states(before) == expected


def test_bounds_and_approximations_are_part_of_a_number(site: Site) -> None:
    assert "約70%" in text(lead(site, f"{PLAN}/i/1-04/k/2"))
    assert "about 70%" in text(lead(site, f"{PLAN}/i/1-04/k/2", "en"))
    assert "5業務以上" in text(lead(site, f"{PLAN}/i/1-04/k/4"))
    assert "at least 5" in text(lead(site, f"{PLAN}/i/1-04/k/4", "en"))


def test_zero_is_a_framed_number_and_no_badge(site: Site) -> None:
    html = lead(site, f"{PLAN}/i/1-04/k/5")
    assert html.count('<b class="amount zero">0件</b>') == 2  # baseline of FY2021 and target of FY2024
    assert "zero" not in states(html)


def test_running_sums_are_told_from_what_is_printed(site: Site) -> None:
    values = part(lead(site, f"{PLAN}/i/1-04/k/1"), "目標と現状")
    ours = [text(row) for row in re.findall(r"<tr.*?</tr>", values, re.DOTALL) if "規則R4" in row]
    assert any("490手続" in row for row in ours)
    assert not any("89手続" in row for row in ours)


def test_an_initiative_tells_what_why_who_when_and_how_far(site: Site) -> None:
    html = lead(site, f"{PLAN}/i/1-03")
    assert text(part(html, "所管")).endswith("デジタル推進課 会計課")
    assert "現金を扱う手間" in text(part(html, "なぜ(課題)"))
    actions = text(part(html, "何をするか(個別取組)"))
    assert "① 直営施設への導入" in actions and "② 使い方講座の開催" in actions and "見本大学" in actions
    schedule = text(part(html, "いつ(工程)"))
    assert "令和5年度 (2023)（可能性: 令和6年度 (2024)）" in schedule
    assert "本文から失われた" in schedule
    kpis = text(part(html, "どこまで(KPI)"))
    assert "令和4年度 (2022) 80回 年間" in kpis and "令和6年度 (2024) 240回 累計" in kpis


def test_an_initiative_says_why_it_has_no_kpi_schedule_or_department(site: Site) -> None:
    """Section 4.5 states no KPI and no department and lost its schedule; of 1-⑤ only the title is known."""
    section, listed = lead(site, f"{PLAN}/i/s4-5"), lead(site, f"{PLAN}/i/1-05")
    expected = {"どこまで(KPI)": "not-stated", "いつ(工程)": "lost", "所管": "not-stated"}
    assert {heading: states(part(section, heading)) for heading in expected} == {k: [v] for k, v in expected.items()}
    assert {states(part(listed, heading))[0] for heading in expected} == {"unknown"}


def test_a_plan_leads_with_period_structure_laws_and_what_it_does_not_state(site: Site) -> None:
    html = lead(site, PLAN)
    assert "2023-01-01 〜 2025-03-31" in text(part(html, "計画期間"))
    assert "取組 3件、一覧外の節 1件、KPI 10件" in text(part(html, "構成"))
    laws = text(part(html, "根拠とする法令"))
    assert "官民データ活用推進基本法第9条第3項" in laws and "市町村官民データ活用推進計画" in laws
    assert "予算 計画に記載なし" in text(part(html, "計画全体として"))
    outline = part(html, "計画の構成")
    order = [
        outline.index(name)
        for name in ("市民サービスの向上", "窓口キャッシュレスの推進", "オンライン申請の推進", "遠隔窓口")
    ]
    assert order == sorted(order)
    assert "DX推進本部 推進本部 長:市長 事務局:デジタル推進課" in text(part(html, "推進体制"))


def test_a_plan_counts_what_its_initiatives_do_not_state_and_why(site: Site) -> None:
    """Of four: 1-④ has no schedule that we know of; 1-⑤ is unknown in all; 4.5 as above; departments of 1-④ are not stated."""
    said = text(part(lead(site, PLAN), "取組が述べないこと"))
    for line in (
        "KPI 不明（未調査） 1 / 4件",
        "KPI 計画に記載なし 1 / 4件",
        "工程 不明（未調査） 2 / 4件",
        "工程 本文から欠落 1 / 4件",
        "所管 計画に記載なし 2 / 4件",
        "所管 不明（未調査） 1 / 4件",
    ):
        assert line in said
    assert set(ASKED) == {"kpis", "roadmap", "units"}


def test_a_government_shows_plans_population_themes_and_cases(site: Site) -> None:
    html = lead(site, "id/lg/990019")
    assert "50,000人 2020-01-01" in text(part(html, "人口"))
    assert "見本市DX推進計画" in text(part(html, "計画"))
    themes = part(html, "テーマ")
    assert re.search(r"取組 <span class=\"count\">3<", themes)  # cashless, online procedures, front office
    assert "no-initiative" in states(themes) and "テレワークの推進" in themes
    assert "共同の研修" in text(part(html, "この団体の事例"))
    assert "電子回覧板の実証" in text(part(html, "名前が挙がる事例(類似・連携)"))


def test_a_government_without_a_recorded_plan_is_unknown_and_not_without_a_plan(site: Site) -> None:
    html = lead(site, "id/lg/990035")
    assert states(part(html, "計画")) == ["unknown"]
    assert "計画がないという意味ではありません" in text(html)
    assert "若手職員の兼務" in text(html)


def test_a_prefecture_shows_the_plans_and_cases_of_its_municipalities_and_says_that_others_are_unknown(
    site: Site,
) -> None:
    html = lead(site, "id/lg/990001")
    assert "3" in text(part(html, "市区町村")) and "見本市" in text(part(html, "収録した計画"))
    assert re.search(r"計画を収録した団体1 .*不明です", text(part(html, "計画を収録した団体")))
    cases = part(html, "県内の団体の事例")
    assert "共同の研修" in text(cases) and "若手職員の兼務" in text(cases)
    assert "Of the others nothing is known" in text(lead(site, "id/lg/990001", "en"))
    assert "id/lg/220001" not in html  # nothing of another prefecture


def places(html: str) -> set[str]:
    """The places of the passages that are named in a piece of a page."""
    return set(re.findall(r'class="mark-ev" href="[^"]*#ev-([^"]+)"', html))


def test_plans_of_a_government_and_of_its_prefecture_have_evidence_years_and_all_that_is_counted(site: Site) -> None:
    holds = "取組 3件、一覧外の節 1件、KPI 10件"
    recorded, own = part(lead(site, "id/lg/990001"), "収録した計画"), lead(site, "id/lg/990019")
    assert holds in text(recorded) and holds in text(part(own, "計画"))
    assert places(recorded) == places(part(own, "計画")) == {"L2"}
    assert "令和5年度" in text(part(own, "計画期間"))


def test_every_plan_and_case_of_a_prefecture_stands_with_its_evidence_and_counts(built_project: Settings) -> None:
    site = open_site(built_project)
    html = lead(site, "id/lg/220001")
    own = "?government jdx:inPrefecture? <https://w3id.org/jichitai-dx/id/lg/220001> ."
    plans = site.store.select(f"SELECT DISTINCT ?p {{ {own} ?p jdx:issuingBody ?government ; a jdx:Plan }}").rows
    items = re.findall(r"<li>.*?</li>", part(html, "収録した計画"), re.DOTALL)
    assert plans and len(items) == len(plans)
    for (plan,) in plans:
        (item,) = [one for one in items if f'href="/{str(plan).removeprefix(BASE)}.html"' in one]
        stated = {str(row[0]) for row in site.store.select(f"SELECT ?e {{ <{plan}> jdx:evidence ?e }}").rows}
        assert stated and places(item) <= {one.rpartition("/ev/")[2] for one in stated} and places(item)
        found = {}
        for kind in ("el-listed", "el-outside-list"):
            asked = f"SELECT ?i {{ ?i dcterms:type <{BASE}code/{kind}> ; jdx:inPlan <{plan}> ; a jdx:Initiative }}"
            found[kind] = len({str(row[0]) for row in site.store.select(asked).rows})
        outside = f"、一覧外の節 {found['el-outside-list']}件" if found["el-outside-list"] else ""
        assert f"取組 {found['el-listed']}件{outside}、KPI" in text(item)
    practised = f"SELECT DISTINCT ?c ?government {{ {own} ?c jdx:practisedBy ?government ; a jdx:PracticeCase }}"
    cases = re.findall(r"<li>.*?</li>", part(html, "県内の団体の事例"), re.DOTALL)
    assert len(cases) == len(site.store.select(practised).rows) > 0
    assert all(places(one) for one in cases)


def test_the_list_of_kpis_shows_the_last_target_as_it_is_printed(site: Site) -> None:
    rows = list(csv.DictReader(io.StringIO(catalogue.FILES["/kpis.csv"](site, View()).decode("utf-8-sig"))))
    aims = {row["kpi"]: (row["aim_ja"], row["aim_en"], row["targets"]) for row in rows}
    assert aims["対応窓口数"] == ("累計50窓口（2024年度）", "累計50窓口 (FY2024)", "数値あり")
    assert aims["窓口の待ち時間"][0] == "5分短縮（2023年度）"  # one more is to be set later and has no number
    assert aims["講座の開催回数"][0] == "240回（累計）（2024年度）"  # the last, beside a yearly one
    assert aims["申請率"] == ("", "", "外部動向による")
    shown = catalogue.PAGES["/kpis"](site, View()).html
    assert "最後の目標（原典の表記）" in shown and "累計50窓口（2024年度）" in shown


def test_a_case_sorts_what_is_done_going_on_and_planned(site: Site) -> None:
    html = lead(site, f"{CASE}/01")
    for heading, event in (
        ("済んだこと・現に行っていること", "見本大学との協定"),
        ("続いていること", "一部の世帯での実証"),
        ("予定・検討", "全地区への展開"),
    ):
        assert event in text(part(html, heading)) and 'class="count">1<' in part(html, heading)
    assert text(part(html, "実施団体")).endswith("例示市")
    assert "見本市" in text(part(html, "類似の取組の団体")) and "見本大学" in text(part(html, "連携先"))
    assert "120" in text(part(html, "数値")) and "約120万円" in text(part(html, "数値"))
    assert states(part(lead(site, f"{CASE}/02"), "類似の取組の団体")) == ["unknown"]  # the list of the casebook is open


def test_a_law_leads_to_e_gov_and_to_the_plans_that_rest_on_it(site: Site) -> None:
    html = lead(site, "id/law/428AC1000000103")
    assert "https://laws.e-gov.go.jp/law/428AC1000000103" in html
    assert "見本市DX推進計画" in text(part(html, "これを根拠とする計画"))
    own = lead(site, "id/law/lg990019/digital-jorei")
    assert "e-gov" not in own and "見本市DX推進計画" in text(own)


def test_a_department_shows_its_load_and_a_body_its_chair(site: Site) -> None:
    unit = part(lead(site, "id/unit/990019/01"), "所管する取組など")
    assert "1-③ 窓口キャッシュレスの推進" in text(unit) and "2課で共同" in text(unit)
    body = lead(site, "id/body/990019/01")
    assert "市長" in text(part(body, "長・事務局など")) and "デジタル推進課" in text(body)


def test_a_theme_shows_plans_by_level_cases_and_wordings(site: Site) -> None:
    html = lead(site, "theme/digital-divide")
    assert "一覧外" in text(part(html, "どの計画が、どの水準で")) and "見本市" in text(
        part(html, "どの計画が、どの水準で")
    )
    assert "電子回覧板の実証" in text(part(html, "事例"))
    assert "オンライン申請" in text(part(lead(site, "theme/online-procedures"), "計画での呼び方"))


def test_a_document_shows_checksum_lines_sections_and_faults(site: Site) -> None:
    html = lead(site, "id/doc/990019-dx-2023")
    assert "91e164bc992f076abb60673145d72a0538aeaeecf62a00b2227ae631e8ab4f34" in html
    assert text(part(html, "分量")).endswith("65行")
    assert "1-④ オンライン申請の推進 35–44" in text(part(html, "節と行"))
    assert "工程と本文で年度が違う" in text(part(html, "原典の問題(品質注記)"))


def test_of_many_kpis_alike_the_nearest_are_shown_and_the_others_counted(built_world: Settings) -> None:
    """30 governments with a KPI each: 5 of the own prefecture with the indicator, 20 of others with it, 5 with one of its group."""
    said: list[str] = []

    def state(code: str, indicator: str, k: int = 1) -> None:
        plan = f"<{BASE}id/plan/{code}/dx/2023>"
        kpi = plan[:-1] + f"/i/1/k/{k}>"
        said.append(f"{plan} a jdx:Plan ; jdx:issuingBody <{BASE}id/lg/{code}> .")
        said.append(f"{kpi} a jdx:KPI ; jdx:inPlan {plan} ; jdx:measures <{BASE}indicator/{indicator}> .")

    for name in ("mine", "near"):
        said.append(f"<{BASE}indicator/{name}> a jdx:IndicatorConcept ; jdx:comparabilityGroup <{BASE}code/cg-one> .")
    state("221309", "mine")
    state("221309", "mine", 2)
    for number in range(30):
        state(f"{(22 if number < 5 else 40) * 10000 + number:06}", "mine" if number < 25 else "near")
    graph = Graph().parse(data=f"@prefix jdx: <{JDX}> .\n" + "\n".join(said), format="turtle")
    source = store.memory(to_nquads((s, p, o, GRAPH["plan/all"]) for s, p, o in graph))
    thing = f"{BASE}id/plan/221309/dx/2023/i/1/k/1"
    folder = built_world.queries / "pages"
    (found,) = blocks.begin(source, folder, built_world.root, thing, [blocks.Wanted("lead-kpi")])()
    rows = {one.id: one.answer for one in found}
    assert [str(row["number"]) for row in rows["others"]] == ["30"]
    shown = [str(row["kpi"]).split("/")[-7] for row in rows["alike"]]
    assert shown[:6] == [f"22000{n}" for n in range(5)] + ["221309"]
    assert len(shown) == 25, "itself, without its own plan's second, and 24 others"
    assert not [row for row in rows["alike"] if str(row["indicator"]).endswith("near")], "farther than the others"


def test_what_many_graphs_claim_is_told_as_if_one_did(built_world: Settings) -> None:
    """A law and a national document that every plan cites: each of 40 graphs repeats the claims of all."""
    law, national = f"<{BASE}id/law/428AC1000000103>", f"<{BASE}id/plan/soumu/jichitai-dx/1.0>"
    said = [
        f"{law} a eli:LegalResource .",
        f"<{BASE}id/law/428AC1000000103/art9> a eli:LegalResourceSubdivision ; eli:is_part_of {law} .",
        f"{national} a jdx:PolicyInstrument ; jdx:issuingBody <{BASE}id/nat/soumu> .",
        f"<{BASE}c/0> rdf:subject {national} ; rdf:predicate jdx:issuingBody ; rdf:object <{BASE}id/nat/soumu> ; jdx:basis <{BASE}code/ba-stated> ; jdx:evidence <{BASE}e/0> .",
    ]  # fmt: skip
    for number, (relation, other) in enumerate(
        [("jdx:hasLegalBasis", law), ("dcterms:references", f"<{BASE}id/law/428AC1000000103/art9>"), ("jdx:upperPlan", national)], 1
    ):  # fmt: skip
        plan = f"<{BASE}id/plan/22130{number}/dx/2023>"
        said.append(f"{plan} a jdx:Plan ; {relation} {other} .")
        said.append(f"<{BASE}c/{number}> rdf:subject {plan} ; rdf:predicate {relation} ; rdf:object {other} ; jdx:evidence <{BASE}e/{number}>, <{BASE}e/{number}0> .")  # fmt: skip
    graph = Graph().parse(data="".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + "\n".join(said), format="turtle")  # fmt: skip
    one, many = (
        store.memory(to_nquads((s, p, o, GRAPH[f"plan/{n}"]) for n in range(graphs) for s, p, o in graph)) for graphs in (1, 40)
    )  # fmt: skip

    def told(source: store.Store, kind: str, thing: str) -> dict[str, list[tuple[str, ...]]]:
        (found,) = blocks.begin(source, built_world.queries / "pages", built_world.root, thing, [blocks.Wanted(kind)])()
        return {
            made.id: [tuple(" ".join(sorted(str(term).split())) for term in row) for row in made.answer.rows]
            for made in found
        }

    for kind, path, expected in (
        ("law", "id/law/428AC1000000103", 2), ("lead-law", "id/law/428AC1000000103", 2),
        ("instrument", "id/plan/soumu/jichitai-dx/1.0", 1), ("lead-instrument", "id/plan/soumu/jichitai-dx/1.0", 1),
        ("every", "id/plan/soumu/jichitai-dx/1.0", 1),
    ):  # fmt: skip
        rows = told(one, kind, BASE + path)
        assert max(len(several) for several in rows.values()) >= expected, kind
        assert any("/e/" in cell for several in rows.values() for row in several for cell in row), kind
        assert told(many, kind, BASE + path) == rows, kind
    claims = [show.thing(source, f"{BASE}id/plan/soumu/jichitai-dx/1.0", neighbours=False) for source in (one, many)]
    resting = [
        {p.iri for fact in thing.facts if fact.predicate == JDX.issuingBody for p in fact.passages} for thing in claims
    ]
    assert resting == [{f"{BASE}e/0"}] * 2


def test_an_indicator_lists_its_kpis_and_never_ranks_them(site: Site) -> None:
    html = lead(site, "indicator/cashless-counter-count")
    assert 'class="count">1<' in part(html, "この指標を使うKPI") and "50窓口" in text(html)


def test_smaller_elements_say_what_they_belong_to(site: Site) -> None:
    assert "② 使い方講座の開催" in page(site, f"{PLAN}/i/1-03/a/2")
    assert "令和4年度 (2022)" in text(part(lead(site, f"{PLAN}/i/1-03/a/2"), "いつ(工程)"))
    assert "直営施設への導入" in text(lead(site, f"{PLAN}/i/1-03/q/1"))
    assert "窓口キャッシュレスの推進" in text(lead(site, f"{PLAN}/g/1"))


def test_the_four_states_differ_in_border_and_sign_not_only_in_colour() -> None:
    assets = TEMPLATES.parent / "assets"
    css = "".join((assets / name).read_text(encoding="utf-8") for name in ("keikaku.css", "things.css"))
    looks = {}
    for state in (*FOUR, "text-silent", "blank", "to-be-set", "external", "qualitative", "no-initiative"):
        sign = re.search(rf'\.state-{state}::before \{{ content: "([^"]+)"', css)
        border = re.search(rf"\.state-{state}\b[^{{:]*\{{([^}}]*)\}}", css)
        assert sign and border, state
        looks[state] = (sign[1], "".join(re.findall(r"border[^;]*;", border[1])))
    assert len({looks[state] for state in FOUR}) == len(FOUR)
    assert len({sign for sign, _ in (looks[state] for state in FOUR)}) == len(FOUR)
    assert re.search(r"\.amount\.zero \{[^}]*border", css)


def test_silence_needs_completeness_of_the_published_plan() -> None:
    assert silence("x", "cf-kpis", {}, []) == "unknown"
    assert silence("x", "cf-kpis", {("x", "cf-kpis"): "lost"}, []) == "lost"


def test_evidence_named_at_the_head_of_a_page_is_not_repeated_beside_each_fact(site: Site) -> None:
    html = page(site, f"{PLAN}/i/1-03/k/1")
    marks = re.findall(r'class="mark-ev" href="([^"]+)"', html.partition('id="all-facts"')[0])
    assert not [mark for mark in marks if mark.endswith("#ev-L25")]
    assert re.search(r'class="rests">.*?#ev-L25', html, re.DOTALL)


def test_marks_of_evidence_name_document_section_lines_and_what_is_printed(site: Site) -> None:
    mark = re.search(r'<a class="mark-ev"[^>]*title="([^"]*80回／年[^"]*)"', lead(site, f"{PLAN}/i/1-03"))
    assert mark and "見本市DX推進計画" in mark[1] and "1-③ 窓口キャッシュレスの推進" in mark[1] and "L27-28" in mark[1]


def test_fiscal_years_have_both_ways_of_counting(site: Site) -> None:
    assert "令和6年度 (2024)" in text(lead(site, f"{PLAN}/i/1-03/k/1"))
    assert "FY2024 (R6)" in text(lead(site, f"{PLAN}/i/1-03/k/1", "en"))


def listed(site: Site, path: str, lang: str = "ja", **params: str) -> str:
    return catalogue.PAGES[path](site, View(lang, path, params)).html


def first_cells(html: str) -> list[str]:
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [text(re.search(r"<td.*?</td>", row, re.DOTALL)[0]) for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)]  # type: ignore[index]


def test_governments_with_a_plan_come_first_then_by_reading(site: Site) -> None:
    html = listed(site, "/municipalities")
    assert first_cells(html) == ["見本市", "架空町", "例示市"]
    assert states(html) == ["unknown", "unknown"]
    assert first_cells(listed(site, "/municipalities", recorded="yes")) == ["見本市"]
    assert first_cells(listed(site, "/municipalities", size="1")) == ["架空町"]


def test_kpis_are_narrowed_by_what_is_known_of_their_baseline(site: Site) -> None:
    counted = dict(
        re.findall(
            r'<option value="(stated|words|blank|not-stated|lost|unknown)">[^<]*\((\d+)\)', listed(site, "/kpis")
        )
    )
    assert counted == {"stated": "2", "blank": "1", "not-stated": "6", "lost": "1"}
    assert first_cells(listed(site, "/kpis", baseline="lost")) == ["利用率"]
    assert first_cells(listed(site, "/kpis", theme="cashless", baseline="blank")) == ["講座の開催回数"]
    assert "当てはまるものがありません" in listed(site, "/kpis", theme="telework")


def test_other_lists_hold_what_the_world_holds(site: Site) -> None:
    assert first_cells(listed(site, "/plans")) == ["見本市DX推進計画"]
    assert first_cells(listed(site, "/cases", theme="digital-staff")) == ["若手職員の兼務", "共同の研修"]
    assert "官民データ活用推進基本法" in first_cells(listed(site, "/laws", of="national"))
    assert "市デジタル条例" not in first_cells(listed(site, "/laws", of="national"))
    row = next(
        row for row in re.findall(r"<tr>.*?</tr>", listed(site, "/themes"), re.DOTALL) if "キャッシュレス" in row
    )
    assert text(row) == "キャッシュレス 1 0 0 0 0"


def test_a_static_list_has_no_form(site: Site) -> None:
    html = catalogue.PAGES["/kpis"](site, View("ja", "/kpis", static=True)).html
    assert '<form class="ask"' not in html and len(first_cells(html)) == 10


def test_the_tables_of_a_page_are_files(site: Site) -> None:
    html = page(site, f"{PLAN}/i/1-03/k/1", "en")
    links = re.findall(r'href="/([^"?]+\.csv)', html)
    assert f"{PLAN}/i/1-03/k/1.values.csv" in links
    rows = list(csv.DictReader(io.StringIO(tables.csv_of(site, f"{PLAN}/i/1-03/k/1.values.csv", "en") or "")))
    assert [row["value"] for row in rows] == ["50", "20", "30"] or sorted(row["value"] for row in rows) == [
        "20",
        "30",
        "50",
    ]
    assert {row["thing_iri"] for row in rows} == {BASE + f"{PLAN}/i/1-03/k/1"}
    assert rows[0]["evidence_iri"].endswith("/ev/L25")
    for link in links:
        assert tables.csv_of(site, link, "ja") is not None, link
    assert tables.csv_of(site, f"{PLAN}.nothing.csv", "ja") is None
    has = Has({"/compare/targets/cashless-counter-count", "/kpis"}, {PLAN}, {}, set())
    second = (("page", "2"),)
    assert has(Address("/compare/targets/cashless-counter-count", "ja", second))
    assert not has(Address("/compare/targets/not-measured", "ja", second)) and not has(Address("/kpis", "ja", second))
    assert has(Address(f"/{PLAN}.kpis.csv")) and not has(Address("/id/plan/990019/other.kpis.csv"))


def test_a_list_as_a_file_keeps_the_facets(site: Site) -> None:
    made = catalogue.FILES["/kpis.csv"](site, View("en", "/kpis.csv", {"baseline": "lost"})).decode()
    assert [row["kpi"] for row in csv.DictReader(io.StringIO(made))] == ["Online use rate"]


def test_no_address_for_reports_is_invented(site: Site, tmp_path: Path) -> None:
    view = View("ja", "/report", {"about": f"/{PLAN}.html"})
    assert 'rel="external"' not in lists.report(site, view).html.partition("<main")[2].partition("</main>")[0]
    told = replace(site, settings=replace(site.settings, report_url="https://tracker.example/new"))
    assert 'href="https://tracker.example/new"' in lists.report(told, view).html
    with pytest.raises(CannotRunError, match="no web address"):
        find(site.settings.root, {"KEIKAKU_REPORT_URL": "javascript:alert(1)", "KEIKAKU_BUILD": str(tmp_path)})


def test_every_page_knows_what_lies_above_it(site: Site) -> None:
    def crumbs(path: str) -> list[str]:
        trail = re.search(r'<nav class="trail".*?</nav>', page(site, path), re.DOTALL)
        assert trail
        return [text(item) for item in re.findall(r"<li>.*?</li>", trail[0], re.DOTALL)]

    assert crumbs(f"{PLAN}/i/1-03/k/1") == [
        "トップ",
        "見本市",
        "見本市DX推進計画",
        "1-③ 窓口キャッシュレスの推進",
        "対応窓口数",
    ]
    assert crumbs("id/lg/990019") == ["トップ", "市区町村", "見本県", "見本市"]
    assert crumbs(f"{CASE}/01")[:3] == ["トップ", "事例", "見本デジタル事例集"]
    assert crumbs("id/doc/990019-dx-2023") == ["トップ", "見本市DX推進計画", "見本市DX推進計画"]


def test_equal_values_that_follow_each_other_are_said_once_with_their_years() -> None:
    def value(text: str, *years: int, counting: str = "acc-per-year") -> figures.Shown:
        when = Cell((Span("…"),), tuple(f"{FY}{year}" for year in years))
        return figures.Shown(Row(years=when, counting=Cell((), (f"{BASE}code/{counting}",))), text, "", False, "")

    told = figures.said(
        [value("10", 2022), value("10", 2023), value("10", 2024, counting="acc-stock"), value("12", 2025)], "ja"
    )
    assert [(one.value.text, one.several) for one in told] == [("10", True), ("10", False), ("12", False)]
    assert told[0].when == "令和4年度〜令和5年度 (2022〜2023)"


def test_the_address_of_a_kpi_tells_that_it_is_one(built_project: Settings) -> None:
    """The KPIs that measure the same are told by it (queries/pages/lead-kpi)."""
    rows = store.open_current(built_project.current).select(
        'SELECT ?thing (EXISTS { ?thing a jdx:KPI } AS ?is) (REGEX(STR(?thing), "/k/[0-9]+$") AS ?told) WHERE { ?thing jdx:measures ?indicator }'
    )
    assert {(str(is_one), str(told)) for _, is_one, told in rows.rows} == {("true", "true"), ("false", "false")}

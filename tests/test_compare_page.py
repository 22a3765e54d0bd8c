"""The pages of /compare against facts read in the plans themselves, and against what `keikaku compare` says of the same cities."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from conftest import ROOT
from keikaku.ask.cities import Comparison
from keikaku.ask.cities import compare as compare_cities
from keikaku.ask.compare import Value, Verdict
from keikaku.ask.header import read as read_question
from keikaku.ask.trusted import lint
from keikaku.ask.words import Text
from keikaku.namespaces import BASE, FY, ID, IND, JDX, TH, UNIT, C
from keikaku.pages import compare as pages
from keikaku.pages import open_site
from keikaku.pages.compare import beside, kpis, matrix, peers, places, read, spans, targets
from keikaku.pages.render import View
from keikaku.pages.routes import BELOW, FILES, PAGES
from keikaku.pages.site import Site
from keikaku.serve import make_app
from keikaku.settings import Settings
from markup import FILES_FORM
from serving import served

MIHON = f"{ID}plan/990019/dx/2023"
#: Fujisawa, Hamamatsu, Fujinomiya, Matsusaka.
CODES = ["142051", "221309", "222071", "242047"]
PLANS = dict(
    zip(CODES, ("142051/dx/2022-draft", "221309/dx/2023", "222071/dx/2022", "242047/dx/2022-draft"), strict=True)
)


@pytest.fixture(scope="module")
def world(built_world: Settings) -> Site:
    return open_site(built_world)


@pytest.fixture(scope="module")
def site(built_project: Settings) -> Site:
    return open_site(built_project)


@pytest.fixture(scope="module")
def told(site: Site) -> Comparison:
    """What the command says of the same four cities."""
    return compare_cities(site.store, site.questions, CODES)


@pytest.fixture(scope="module")
def client(built_project: Settings) -> Iterator[httpx.Client]:
    with served(make_app(built_project)) as made:
        yield made


def state(whole: read.Matrix, plan: str, theme: str) -> str:
    return whole.cells[f"{ID}plan/{plan}", str(TH[theme])].state


def text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


@pytest.mark.parametrize("path", sorted((ROOT / "queries" / "pages" / "compare").glob("*.rq")), ids=lambda p: p.stem)
def test_a_query_of_these_pages_is_sound(path: Path) -> None:
    assert not lint(read_question(path, ROOT))


# -- cities × themes


@pytest.mark.parametrize(
    ("theme", "expected"),
    [
        ("cashless", "initiative"),  # 1-③
        ("online-procedures", "initiative"),  # 1-④
        ("front-office", "initiative"),  # 1-⑤, known from its title only
        ("digital-divide", "outside-list"),  # 4.5; the action ② of 1-③ is weaker
        ("telework", "no-initiative"),  # the themes of the list are complete, those of the actions are not
    ],
)
def test_a_cell_is_the_strongest_that_the_plan_says(world: Site, theme: str, expected: str) -> None:
    assert state(read.matrix(world), "990019/dx/2023", theme) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("142051", "outside-list"),  # 4.5, a chapter outside the seven listed items
        ("221309", "initiative"),  # 1-⑦
        ("222071", "initiative"),  # 施策4
        ("242047", "action"),  # inside (1)-②
    ],
)
def test_the_cities_treat_the_digital_divide_as_their_plans_do(site: Site, code: str, expected: str) -> None:
    assert state(read.matrix(site), PLANS[code], "digital-divide") == expected


def test_nothing_is_absent_without_a_statement_that_says_so(world: Site) -> None:
    whole = read.matrix(world)
    for (_, theme), cell in whole.cells.items():
        assert cell.state in read.STATES, theme
        assert (cell.state == "unknown") == (not cell.rests), "what is said rests on something"


def test_the_matrix_says_what_the_command_says(site: Site, told: Comparison) -> None:
    whole = read.matrix(site)
    by_government = {plan.government: plan.iri for plan in whole.plans}
    assert len(told.cells) == len(whole.cells)
    for cell in told.cells:
        own = whole.cells[by_government[cell.government], cell.theme]
        assert own.level == cell.level
        assert cell.state in ("found", own.state)


def test_every_cell_leads_to_the_page_where_its_evidence_is(client: httpx.Client) -> None:
    page = client.get("/compare").text
    links = re.findall(r'class="cell s-[a-z-]+" href="(/id/plan/221309/dx/2023\.html)#([^"]+)"', page)
    assert len(links) == 35
    plan = client.get("/id/plan/221309/dx/2023.html").text
    assert [anchor for _, anchor in links if f'id="{anchor}"' not in plan] == []


def test_filters_leave_what_fits(site: Site) -> None:
    whole = read.matrix(site)
    shizuoka = matrix.narrow(site, whole, matrix.Filters(prefecture="220001"))
    assert [plan.code for plan in shizuoka.plans] == ["221309", "222071"]
    # The six priority items of the edition of 2022: standardisation, cards, procedures, AI and RPA, telework, security.
    section = f"{BASE}theme/edition/2.0-priority"
    assert len(matrix.narrow(site, whole, matrix.Filters(group=section)).themes) == 6
    actions = matrix.narrow(site, whole, matrix.Filters(level="action"))
    assert str(TH["digital-divide"]) in actions.themes
    assert str(TH["mynumber-card"]) not in actions.themes, "an initiative in all four plans"
    assert matrix.narrow(site, whole, matrix.Filters(level="nonsense")).plans == whole.plans


def test_the_csv_has_a_line_for_every_cell(client: httpx.Client) -> None:
    answer = client.get("/compare.csv?lang=en")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 4 * 35
    divide = {row["government"]: row["state"] for row in rows if row["theme_iri"] == str(TH["digital-divide"])}
    assert divide["Matsusaka City"] == "action"
    assert len(list(csv.DictReader(io.StringIO(client.get("/compare.csv?prefecture=242047").text)))) == 0


def test_many_plans_stand_below_each_other_in_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "BESIDE", 2)
    monkeypatch.setattr(matrix, "PER_PAGE", 3)
    first = matrix.matrix_page(site, View(path="/compare")).html
    second = matrix.matrix_page(site, View(path="/compare", params={"page": "2"})).html
    assert 'class="matrix across"' in first
    assert [first.count('scope="row"'), second.count('scope="row"')] == [4, 2], "three or one, and the line of counts"
    assert "1 / 2" in text_of(first)


# -- side by side


def test_pairs_and_verdicts_are_those_of_the_command(site: Site, told: Comparison) -> None:
    def key(pair: kpis.KpiPair) -> tuple[object, ...]:
        judged = pair.judgement
        codes = tuple(b.code for b in (*judged.reasons, *judged.conditions))
        return (
            pair.group,
            pair.left.iri,
            pair.right.iri,
            pair.left.indicator,
            pair.right.indicator,
            judged.verdict,
            codes,
        )

    plans = [plan for plan in read.latest(site) if plan.code in CODES]
    assert {key(p) for p in kpis.pairs(kpis.measured(site, plans))} == {key(p) for p in told.pairs}


def a_kpi(government: str, *years: int, counting: str = "acc-stock") -> kpis.Measured:
    """A KPI of a city with a target in each of these years."""
    values = tuple(
        Value(
            f"{government}/{year}", str(JDX.TargetValue), str(C["vs-stated"]), Decimal(year - 2000), str(UNIT.PERCENT), str(C[counting]),
            str(C["vf-level"]), str(C["cmp-eq"]), years=(f"{FY}{year}",), day=f"{year + 1}-03-31",
        )
        for year in years
    )  # fmt: skip
    indicator = {str(IND["online-use-rate"]): frozenset({"g"})}
    return kpis.Measured(f"{government}/kpi", government, f"{government}/plan", indicator, values, {})


def test_only_kpis_that_are_all_comparable_share_a_chart() -> None:
    # Exact stocks of one day of one year compare; another counting rule does not, nor do years without an overlap.
    several = [a_kpi("a", 2023, 2024), a_kpi("b", 2024), a_kpi("c", 2024, counting="acc-per-year"), a_kpi("d", 2026)]
    judged = {(p.left.government, p.right.government): p.judgement.verdict for p in kpis.pairs(several)}
    assert judged["a", "b"] is Verdict.COMPARABLE
    assert judged["a", "c"] is judged["a", "d"] is Verdict.NOT_COMPARABLE
    (topic,) = kpis.topics(several)
    assert [[one.government for one in chart] for chart in topic.charts] == [["a", "b"], ["c"], ["d"]]


def test_a_kpi_that_fits_one_but_not_the_other_stays_off_their_chart() -> None:
    # b shares years with a and with c, but a and c share none.
    several = [a_kpi("a", 2023), a_kpi("b", 2023, 2024), a_kpi("c", 2024)]
    (topic,) = kpis.topics(several)
    assert [[one.government for one in chart] for chart in topic.charts] == [["a", "b"], ["c"]]


def test_two_cities_side_by_side(client: httpx.Client, site: Site) -> None:
    page = client.get("/compare", params={"city": ["221309", "松阪市"]})
    assert page.status_code == 200
    told = text_of(page.text)
    assert "浜松市・松阪市" in told
    assert "2023-01-01 – 2025-03-31" in told, "the period of Hamamatsu"
    assert "比較できない" in told
    plans = [plan for plan in read.latest(site) if plan.code in ("221309", "242047")]
    assert page.text.count('class="verdict verdict-') == len(kpis.pairs(kpis.measured(site, plans)))


def test_a_chart_holds_what_the_plan_prints(client: httpx.Client) -> None:
    # 2022年度末：累計73窓口, 2024年度末：累計184窓口 (lines 454 and 455 of Hamamatsu's plan)
    page = client.get("/compare/targets/cashless-counter-count").text
    table = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    assert table
    rows = [text_of(row) for row in re.findall(r"<tr>.*?</tr>", table[1], re.S)]
    assert rows == ["令和4年度 (2022) 目標値 73窓口 累計", "令和6年度 (2024) 目標値 184窓口 累計"]
    assert page.count('class="line series-0') == 1


def test_themes_are_sorted_by_who_treats_them(site: Site) -> None:
    whole = read.matrix(site)
    chosen = [str(ID[f"lg/{code}"]) for code in ("221309", "242047")]
    columns = beside.read_cities(site, whole, chosen)
    by_all, by_some, by_none = ({*themes} for _, themes in beside.by_sharing(whole, columns))
    assert str(TH["digital-divide"]) in by_all, "an initiative here, an action there"
    assert str(TH["cashless"]) in by_some, "Matsusaka has no initiative"
    assert str(TH["data-plan"]) in by_none, "neither plan has an initiative to make one"
    assert len(by_all) + len(by_some) + len(by_none) == len(whole.themes)


def test_what_a_plan_does_not_state_and_what_is_unknown_differ(world: Site) -> None:
    # Mihon says nowhere what it spends (not-stated: budget); of schedules nothing is declared.
    whole = read.matrix(world)
    (mihon,) = beside.read_cities(world, whole, [str(ID["lg/990019"])])
    assert (mihon.counted["budgets"].count, mihon.counted["budgets"].state) == (0, "not-stated")
    assert (mihon.counted["initiatives"].count, mihon.counted["initiatives"].state) == (4, "recorded")
    assert (mihon.counted["kpis"].count, mihon.counted["kpis"].state) == (10, "partly"), (
        "3 and 7; the page of 1-⑤ is missing"
    )
    (reiji,) = beside.read_cities(world, whole, [str(ID["lg/990027"])])
    assert reiji.plan is None
    assert beside.cell(whole, reiji, str(TH["cashless"])).state == "unknown"


@pytest.mark.parametrize(
    "asked", [["221309"], ["221309", "浜松市"], ["ないない市", "221309"], ["府中市", "221309"], ["1"] * 6]
)
def test_a_wrong_choice_is_said_in_one_sentence_above_the_form(client: httpx.Client, asked: list[str]) -> None:
    page = client.get("/compare", params={"city": asked})
    assert page.status_code == 400
    assert 'class="wrong" role="alert"' in page.text
    assert 'name="city"' in page.text


def test_markup_in_the_form_stays_text(client: httpx.Client) -> None:
    page = client.get("/compare", params={"city": ["</script><img src=x onerror=alert(1)>", "221309"]})
    assert "<img" not in page.text


# -- timeline


def test_a_plan_covers_the_fiscal_years_that_its_period_touches(world: Site) -> None:
    # January 2023 to March 2025: the last quarter of FY2022, then FY2023 and FY2024.
    (row,) = spans.periods(read.latest(world), Names(), View())
    assert row.sure == {2022, 2023, 2024}
    assert row.note == "2023-01-01 – 2025-03-31"


def test_bars_are_as_certain_as_the_schedule(world: Site) -> None:
    rows = [
        (sorted(row.sure), sorted(row.perhaps - row.sure), row.missing)
        for row in sorted(
            spans.entries(read.rows(world, "roadmap", [MIHON]), Names(), View()), key=lambda row: row.href
        )
    ]
    assert rows == [
        ([2023], [2024], ""),  # starts FY2023, the end is not known
        ([2022], [], ""),  # covers FY2022
        ([], [2022, 2023, 2024], ""),  # somewhere within
        ([], [], "lost"),
    ]


# -- map


def test_a_town_hall_stands_where_its_coordinates_say() -> None:
    # Mihon, 35.1 N 135.1 E: 6.9 degrees east of 128.2, each 44 × cos 37° = 35.14 wide, and 10.8 south of 45.9, each 44 high.
    assert places.place(35.1, 135.1) == (242.5, 475.2)
    naha, tokyo, ogasawara, london = (26.21, 127.68), (35.69, 139.69), (27.09, 142.19), (51.5, 0.0)
    inset = places.FRAMES[1]
    at = places.place(*naha)
    assert at
    assert inset.x < at[0] < inset.x + inset.size[0]
    assert inset.y < at[1] < inset.y + inset.size[1]
    assert places.place(*tokyo)
    assert places.place(*ogasawara)
    assert places.place(*london) is None


def test_every_municipality_is_on_the_map_once(site: Site) -> None:
    everyone = places._governments(site.settings.data / "local-governments.csv")
    kinds = places.kinds_of(site, everyone, {plan.government: plan for plan in read.latest(site)})
    towns = [g for g in everyone if g.kind != "prefecture"]
    spots = [s for kind in places.SHAPES for s in places._spots(towns, kinds, kind)]
    assert places.dots(everyone, kinds).count("M") + len(spots) == len(towns) == 1741
    assert {spot.government for spot in spots if spot.kind == "recorded"} == {str(ID[f"lg/{code}"]) for code in CODES}


def test_the_table_of_the_map_counts_by_prefecture(world: Site) -> None:
    # Mihon has a plan; Reiji and Kaku practise a case of the casebook.
    everyone = places._governments(world.settings.data / "local-governments.csv")
    plans = {plan.government: plan for plan in read.latest(world)}
    (line,) = places.by_prefecture(everyone, places.kinds_of(world, everyone, plans))
    assert dict(line.counts) == {"recorded": 1, "case": 2}


def test_names_of_near_places_do_not_meet(site: Site) -> None:
    everyone = places._governments(site.settings.data / "local-governments.csv")
    kinds = places.kinds_of(site, everyone, {plan.government: plan for plan in read.latest(site)})
    found = places.labels(places._spots(everyone, kinds, "recorded"))
    assert len(found) == 4
    heights = sorted(label.y for label in found)
    assert all(lower - upper >= places._LINE for upper, lower in pairwise(heights))


# -- peers


def test_peers_are_those_of_the_question_with_a_word_for_each_reason(site: Site) -> None:
    page = peers.peers_of(site, View(path=f"{peers.PATH}221309"))
    first = re.search(r'<tr>\s*<td data-label="団体">(.*?)</tr>', page.html, re.S)
    assert first
    told = text_of(first[1])
    # Shizuoka City: the same prefecture, the other designated city in it; no plan recorded, so the themes are unknown.
    assert told.startswith("静岡市 同じ区分 同じ都道府県")
    assert "計画が未収録" in told


# -- the site


def test_the_static_site_has_all_pairs_and_the_whole_set(site: Site) -> None:
    found = pages.prepared(site)
    sets = [path for path in found if path.startswith(pages.PATH)]
    assert f"{pages.PATH}142051-221309-222071-242047" in sets
    assert len(sets) == 7, "all four, and six pairs"
    assert len([path for path in found if path.startswith(spans.PATH)]) == 4
    assert f"{targets.PATH}cashless-counter-count" in found


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("static", [True, False])
def test_every_page_is_made_in_both_languages_for_both_sites(site: Site, lang: str, static: bool) -> None:
    paths = [path for path in PAGES if path.startswith("/compare")]
    below = {next(p for p in pages.prepared(site) if p.startswith(start)): make for start, make in pages.BELOW.items()}
    for path, make in {**{path: PAGES[path] for path in paths}, **below}.items():
        page = make(site, View(lang, path, static=static))
        assert page, path
        assert page.status == 200, path
        assert len(page.html.encode()) < 200_000, path
        assert not re.search(r"<[^>]* (style|on\w+)=", page.html), path
        ids = re.findall(r' id="([^"]+)"', page.html)
        assert len(ids) == len(set(ids)), path
        if static:
            assert "<form" not in re.sub(FILES_FORM, "", page.html), path


def test_the_largest_set_is_a_light_page(client: httpx.Client) -> None:
    page = client.get(f"{pages.PATH}{'-'.join(CODES)}")
    assert page.status_code == 200
    assert len(page.content) < 200_000


@pytest.mark.parametrize(
    "path", ["/compare/targets/nothing", "/compare/timeline/1/2/3", "/compare/timeline/", "/coverage/card/nowhere"]
)
def test_what_does_not_exist_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_below_a_fixed_beginning_are_known_to_service_and_static_site() -> None:
    assert set(pages.BELOW) <= set(BELOW)
    assert set(pages.FILES) <= set(FILES)


class Names(dict[str, Text]):
    """Every thing is called by its IRI."""

    def __missing__(self, iri: str) -> Text:
        return Text(iri, iri)

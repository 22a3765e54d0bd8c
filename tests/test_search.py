"""Search: what people type, and what must come first; facets; suggestions; speed.

The table was worked out as each of its users, from the names in the registers and the printed texts, not from the output.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from keikaku import search, store
from keikaku.errors import CannotRunError, ParameterError
from keikaku.namespaces import BASE
from keikaku.search import ranking, spelling
from keikaku.search.find import ORDER, _matches
from keikaku.search.opened import opened
from keikaku.settings import Settings

FUJISAWA, HAMAMATSU = "id/plan/142051/dx/2022-draft", "id/plan/221309/dx/2023"
FUJINOMIYA, MATSUSAKA = "id/plan/222071/dx/2022", "id/plan/242047/dx/2022-draft"

#: What is typed → the first things found, in this order. A tuple inside means these in any order.
EXPECTED: dict[str, list[str | tuple[str, ...]]] = {
    # A city official: the own city and its neighbours, however they are written.
    "津": ["id/lg/242012"],
    "津市": ["id/lg/242012"],
    "浜松": ["id/lg/221309", HAMAMATSU],
    "浜松市": ["id/lg/221309", HAMAMATSU],
    "はままつ": ["id/lg/221309"],
    "ハママツシ": ["id/lg/221309"],
    "ﾊﾏﾏﾂ": ["id/lg/221309"],
    "松阪": ["id/lg/242047", MATSUSAKA],
    "まつさか": ["id/lg/242047"],
    "藤沢": ["id/lg/142051", FUJISAWA],
    "富士宮": ["id/lg/222071", FUJINOMIYA],
    "府中": [("id/lg/132063", "id/lg/342084"), "id/lg/343021"],
    "府中市": [("id/lg/132063", "id/lg/342084")],
    "伊達": [("id/lg/012335", "id/lg/072133")],
    "だて": [("id/lg/012335", "id/lg/072133")],
    "四日市": ["id/lg/242021"],
    "静岡県浜松市": ["id/lg/221309"],
    "静岡県 浜松市": ["id/lg/221309"],
    "三重 津": ["id/lg/242012"],
    "広島 府中": [("id/lg/342084", "id/lg/343021")],
    "三重": ["id/lg/240001"],
    "静岡県": ["id/lg/220001"],
    "しずおかけん": ["id/lg/220001"],
    "東京": ["id/lg/130001"],
    "大阪": [("id/lg/271004", "id/lg/270008")],
    "北海道": ["id/lg/010006"],
    "221309": ["id/lg/221309"],
    "22130": ["id/lg/221309"],
    "２２１３０９": ["id/lg/221309"],
    "情報システム課": [("id/unit/142051/03", "id/unit/221309/03", "id/unit/242047/02")],
    "松阪 情報システム課": ["id/unit/242047/02"],
    "浜松市DX推進計画": [HAMAMATSU],
    "浜松 デジタルデバイド": [f"{HAMAMATSU}/i/1-07"],
    "松阪 ペーパーレス": [f"{MATSUSAKA}/i/2-02"],
    "藤沢 テレワーク": [f"{FUJISAWA}/i/05"],
    # A researcher: themes, indicators, laws, numbers as printed, years.
    "デジタルデバイド": ["theme/digital-divide"],
    "デジタルデバイド対策": ["theme/digital-divide"],
    "情報格差": ["theme/digital-divide"],
    "ﾃﾞｼﾞﾀﾙﾃﾞﾊﾞｲﾄﾞ": ["theme/digital-divide"],
    "標準化": ["theme/system-standardisation"],
    "オープンデータ": ["theme/open-data"],
    "テレワーク": ["theme/telework"],
    "ドローン": ["theme/drone"],
    "AI": ["theme/ai-rpa"],
    "ＡＩ": ["theme/ai-rpa"],
    "BPR": ["theme/bpr"],
    "eLTAX": ["theme/eltax"],
    "セキュリティ": ["theme/security"],
    "th:cashless": ["theme/cashless"],
    "官民データ活用推進基本法": ["id/law/428AC1000000103"],
    "428AC1000000103": ["id/law/428AC1000000103"],
    "サイバーセキュリティ基本法": ["id/law/426AC1000000104"],
    "スマートフォン所有率": ["indicator/smartphone-ownership-rate"],
    "1,942": [f"{FUJISAWA}/i/03/v/1"],
    "１，９４２": [f"{FUJISAWA}/i/03/v/1"],
    "30.1%": [f"{MATSUSAKA}/i/2-01/k/1"],
    "18,000": [f"{MATSUSAKA}/i/3-02/k/1"],
    "18,000件": [f"{MATSUSAKA}/i/3-02/k/1"],
    "R6": ["id/fy/2024"],
    "令和6年度": ["id/fy/2024"],
    "2024": ["id/fy/2024"],
    "FY2026": ["id/fy/2026"],
    # A citizen: everyday words for what a city does.
    "窓口": ["theme/front-office"],
    "書かない窓口": ["theme/front-office"],
    "脱ハンコ": ["theme/seal-review"],
    "押印": ["theme/seal-review"],
    "キャッシュレス": ["theme/cashless"],
    "キャッシュレス決済": ["theme/cashless"],
    "マイナンバー": ["theme/mynumber-card"],
    "電子申請": ["theme/online-procedures"],
    "子育て": ["theme/childcare"],
    "Wi-Fi": ["theme/tourism-wifi"],
    "wifi": ["theme/tourism-wifi"],
    "スマホ": [("theme/digital-divide", "theme/cashless", "theme/online-procedures"), f"{HAMAMATSU}/i/1-07/a/1/a/1"],
    "保育園": ["theme/childcare", f"{MATSUSAKA}/i/1-08"],
    "スマホが使えない人": ["theme/digital-divide"],
    "お年寄り": ["theme/digital-divide"],
    "ハンコ": ["theme/seal-review"],
    "待ち時間": ["theme/front-office"],
    "在宅勤務": ["theme/telework"],
    "引っ越し": ["theme/online-procedures"],
    # An English speaker: romaji with and without long vowels and suffixes, English names of themes.
    "hamamatsu": ["id/lg/221309", HAMAMATSU],
    "Ｈａｍａｍａｔｓｕ": ["id/lg/221309"],
    "Hamamatsu-shi": ["id/lg/221309"],
    "hamamatu": ["id/lg/221309"],
    "Tsu": ["id/lg/242012"],
    "Fuchu": [("id/lg/132063", "id/lg/342084"), "id/lg/343021"],
    "Fuchū": [("id/lg/132063", "id/lg/342084")],
    "Fuchuu City": [("id/lg/132063", "id/lg/342084")],
    "Ohtsu": ["id/lg/252018"],
    "Toukyou": ["id/lg/130001"],
    "Tokyo-to": ["id/lg/130001"],
    "Shizuoka-ken": ["id/lg/220001"],
    "Gumma": ["id/lg/100005"],
    "Mie Tsu": ["id/lg/242012"],
    "Huzisawa": ["id/lg/142051"],
    "hamam": ["id/lg/221309"],
    "digital divide": ["theme/digital-divide"],
    "open data": ["theme/open-data"],
    "paperless": ["theme/paperless"],
    "my number card": ["theme/mynumber-card"],
    "system standardisation": ["theme/system-standardisation"],
    "people who cannot use smartphones": ["theme/digital-divide"],
    "work from home": ["theme/telework"],
}


@pytest.fixture(scope="module")
def index(built_project: Settings) -> Path:
    return built_project.current / search.FILE


def paths(hits: list[search.Hit]) -> list[str]:
    return [hit.iri.removeprefix(BASE) for hit in hits]


@pytest.mark.parametrize("words", EXPECTED, ids=lambda words: words)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_thing_meant_comes_first(index: Path, words: str, lang: str) -> None:
    found = paths(search.search(index, words, lang))
    for expected in EXPECTED[words]:
        several = (expected,) if isinstance(expected, str) else expected
        assert sorted(found[: len(several)]) == sorted(several)
        found = found[len(several) :]


def test_the_table_is_long_enough() -> None:
    assert len(EXPECTED) >= 60


def test_a_name_that_several_places_bear_lists_them_with_their_prefecture(index: Path) -> None:
    hits = search.search(index, "府中市")
    assert [(h.iri.removeprefix(BASE), h.within.ja) for h in hits[:2]] == [
        ("id/lg/132063", "東京都"),
        ("id/lg/342084", "広島県"),
    ]


def test_an_event_says_which_plan_or_case_tells_it(index: Path) -> None:
    hits = [h for h in search.search(index, "ペーパーレス", most=500) if h.kind.endswith("TimelineEvent")]
    assert hits and all(h.within.ja for h in hits)
    assert {h.within.ja for h in hits if "/plan/242047/" in h.iri} == {
        "松阪市デジタルトランスフォーメーション(DX)推進計画(案)"
    }


def test_two_characters_inside_a_name_are_found(index: Path) -> None:
    assert any(h.iri.endswith("/i/1-07") for h in search.search(index, "サポート", most=50))
    assert any("/i/" in h.iri for h in search.search(index, "窓口", most=50))


def test_every_word_is_in_the_name_or_says_where_the_thing_belongs(index: Path) -> None:
    one, other, both = (
        {h.iri for h in search.search(index, words, most=5000)}
        for words in ("デジタル", "サポート", "デジタル サポート")
    )
    assert one & other <= both
    assert 0 < len(both) < len(one)
    kpis = search.search(index, "松阪 KPI", most=5000)
    assert {hit.kind.rpartition("#")[2] for hit in kpis[:10]} == {"KPI"}
    assert all("242047" in hit.iri or "松阪" in hit.within.ja for hit in kpis[:10])


@pytest.mark.parametrize(
    "words", ["", " ", "zzzzqq", '"', "qx:*", "OR qx", "二〇〇", "a OR b)", "*", "。", "x" * 500, "\0"]
)
def test_odd_words_find_nothing_and_break_nothing(index: Path, words: str) -> None:
    assert search.search(index, words) == []


@pytest.mark.parametrize(
    ("words", "meant"),
    [("hamamtsu", "Hamamatsu City"), ("デジタルテバイド", "デジタルデバイド対策"), ("浜松師", "浜松市"), ("chashless", "cashless payment")],
)  # fmt: skip
def test_a_mistyped_word_is_answered_by_names_that_are_near(index: Path, words: str, meant: str) -> None:
    found = search.find(index, words, "en" if words.isascii() else "ja")
    assert (found.hits, found.total) == ((), 0)
    assert meant in found.near


@pytest.mark.parametrize(
    ("sentence", "partly", "first"),
    [
        ("会議で紙を使わない市のペーパーレス", ("会議", "ペーパーレス"), "theme/paperless"),
        ("うちの市はキャッシュレスになりますか", ("キャッシュレス",), "theme/cashless"),
        ("which town promises paperless work", ("town", "paperless", "work"), "theme/paperless"),
    ],
)  # fmt: skip
def test_a_sentence_finds_what_its_telling_words_fit(
    index: Path, sentence: str, partly: tuple[str, ...], first: str
) -> None:
    found = search.find(index, sentence)
    assert found.partly == partly and found.total >= len(found.hits) > 0
    assert paths(list(found.hits))[0] == first
    assert search.find(index, partly[-1]).partly == (), "what fits all the words is told as that"


def test_what_fits_more_of_the_words_comes_first(index: Path) -> None:
    found = search.find(index, "スマホが使えない高齢者を助ける講座", most=500)
    assert found.partly == ("スマホ", "高齢者", "講座")
    both = [h.iri for h in found.hits if "スマホ" in h.matched + h.name.ja and "高齢者" in h.matched + h.name.ja]
    one = [h.iri for h in found.hits if h.kind.endswith("IndicatorConcept") and "高齢者" in h.name.ja]
    order = [h.iri for h in found.hits]
    assert both and one and max(map(order.index, both)) < min(map(order.index, one))


def test_a_filter_holds_for_what_fits_some_words_too(index: Path) -> None:
    found = search.find(index, "うちの市はキャッシュレスになりますか", filters={"kind": "KPI"})
    assert {hit.kind.rpartition("#")[2] for hit in found.hits} <= {"KPI"}


def test_what_comes_first_is_told_by_an_index_alone(index: Path) -> None:
    with opened(index) as base:
        base.choose([1, 2, 3])
        plan = base.base.execute("EXPLAIN QUERY PLAN " + base.text(ORDER, "main"), ("ja",)).fetchall()
    assert [row[3] for row in plan][-1] == "SEARCH thing USING COVERING INDEX thing_order (id=?)"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_fewer_hits_are_the_first_of_more(index: Path, lang: str) -> None:
    every = [hit.iri for hit in search.search(index, "デジタル", lang, 1000)]
    assert len(every) > 100
    for most in (0, 1, 7, 60):
        assert [hit.iri for hit in search.search(index, "デジタル", lang, most)] == every[:most]


def test_of_a_very_common_word_it_is_said_that_there_may_be_more(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = search.find(index, "デジタル")
    assert not every.least and "least" not in search.json_text(every, "デジタル", {})
    monkeypatch.setattr(_matches, "__defaults__", (50,))
    some = search.find(index, "デジタル")
    assert some.least and 0 < some.total < every.total
    assert '"least": true' in search.json_text(some, "デジタル", {})


def test_facets_narrow_and_count(index: Path) -> None:
    every = search.find(index, "窓口", most=1000)
    assert every.total == len(every.hits)
    for facet, choices in every.facets.items():
        for choice in choices:
            assert search.find(index, "窓口", filters={facet: choice.value}).total == choice.count > 0, (facet, choice)


@pytest.mark.parametrize(
    ("words", "filters", "first"),
    [
        ("", {"kind": "KPI", "within": "松阪"}, f"{MATSUSAKA}/i/"),
        ("窓口", {"kind": "jdx:Initiative"}, f"{FUJINOMIYA}/i/03"),
        ("書かない窓口", {"kind": "jdx:Initiative"}, f"{HAMAMATSU}/i/1-02"),
        ("窓口", {"prefecture": "三重県", "kind": "取組・施策"}, f"{MATSUSAKA}/i/1-04"),
        ("", {"theme": "デジタルデバイド", "kind": "initiative", "municipality": "221309"}, f"{HAMAMATSU}/i/1-07"),
        ("目標手続数", {"year": "R6", "kind": "KPI"}, f"{FUJISAWA}/i/03/k/1"),
        ("計画", {"status": "ps-draft", "kind": "Plan"}, "id/plan/"),
        ("府中", {"status": "no-plan"}, "id/lg/132063"),
    ],
)
def test_filters_take_names_codes_and_addresses(index: Path, words: str, filters: dict[str, str], first: str) -> None:
    hits = search.search(index, words, **filters)
    assert hits and hits[0].iri.removeprefix(BASE).startswith(first)


def test_what_has_none_of_a_facet_can_be_asked_for(index: Path) -> None:
    without = search.find(index, "", filters={"kind": "Initiative", "theme": "missing"}, most=500)
    with_theme = search.find(index, "", filters={"kind": "Initiative"}, most=500)
    assert 0 <= without.total < with_theme.total
    assert {c.value: c.count for c in with_theme.facets["theme"]}.get("missing", 0) == without.total
    assert search.find(index, "", filters={"kind": "KPI", "status": "not-stated"}).total > 0


@pytest.mark.parametrize(
    ("filters", "said"),
    [({"kind": "KPIs!"}, "KPI"), ({"within": "浜松師"}, "浜松市"), ({"colour": "red"}, "kind"), ({"year": "26"}, "year")],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused_with_what_is_near(
    index: Path, filters: dict[str, str], said: str
) -> None:
    with pytest.raises(ParameterError, match=said):
        search.search(index, "窓口", **filters)


def test_costs_add_up_as_documented() -> None:
    own, by_name = ranking.OWN, ranking.BYNAME
    assert ranking.miss("つし", "つし", "津市", own) == 0
    assert ranking.miss("つし", "つし", "津市", by_name) == 0.1
    assert ranking.miss("まど", "まどぐち", "まどぐち", own) == 1.25
    assert ranking.miss("ぐち", "まどぐち", "まどぐち", own) == 1.65
    assert ranking.miss("ai", "airacity", "Aira City", own) == pytest.approx(1 + 0.375 + 1)
    assert ranking.miss("かど", "まどぐち", "まどぐち", own) is None
    assert len(set(ranking.KINDS)) == len(ranking.KINDS)


def test_spellings_of_a_number_and_of_a_place_are_one() -> None:
    assert spelling.spell("１,９４２件") == spelling.spell("1942件")
    assert spelling.spell("0.5") != spelling.spell("05")
    assert {spelling.romaji(w) for w in ("fuchu", "fuchuu", "hutyu", "huchuu")} == {"fuchu"}
    assert {spelling.romaji(w) for w in ("otsu", "ohtsu", "ootsu", "otu")} == {"otsu"}
    assert spelling.romaji("ohara") == "ohara"


def test_without_an_index_the_command_to_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="keikaku build"):
        search.search(tmp_path / "none", "x")


def test_the_index_is_written_from_any_store_and_is_the_same_each_time(tmp_path: Path) -> None:
    made = store.memory(
        '<http://e.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "窓口の改革"@ja <http://e.org/g> .\n'.encode()
    )
    assert search.write(made, tmp_path / search.FILE) == 1
    assert [h.iri for h in search.search(tmp_path / search.FILE, "改革")] == ["http://e.org/a"]
    assert [h.iri for h in search.search(tmp_path / search.FILE, "窓")] == ["http://e.org/a"]
    search.write(made, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / search.FILE).read_bytes()


def test_several_processes_write_the_same_index(
    built_world: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = store.open_current(built_world.current)
    search.write(made, tmp_path / "one")
    monkeypatch.setattr("keikaku.search.slices.MANY", 1)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    here = tmp_path / "store"
    made.copy_to(here)
    search.write(store.open_for_change(here), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert not list(tmp_path.glob("reading-*"))


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="needs Linux, which tells how much a process has read")
def test_the_index_is_read_before_somebody_searches(index: Path, tmp_path: Path) -> None:
    def read() -> int:
        """Bytes that this process has read so far (Linux: proc(5), rchar)."""
        told = dict(line.split(": ") for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines())
        return int(told["rchar"])

    before = read()
    search.read_ahead(index)
    assert read() - before > index.stat().st_size
    search.read_ahead(tmp_path / "no-index")

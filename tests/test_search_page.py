"""Search on the web: facets without a script, suggestions, and the same data as the command line gives."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from keikaku import build, search
from keikaku.cli.app import run
from keikaku.cli.data import write_index
from keikaku.pages import lists
from keikaku.pages.render import View
from keikaku.pages.site import Site, open_site
from keikaku.serve import make_app
from keikaku.settings import Settings
from serving import served


@pytest.fixture(scope="module")
def site(built_project: Settings) -> Site:
    return open_site(built_project)


@pytest.fixture(scope="module")
def client(built_project: Settings) -> Iterator[httpx.Client]:
    with served(make_app(built_project)) as made:
        yield made


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_page_narrows_by_links_and_says_how(client: httpx.Client, lang: str) -> None:
    page = client.get("/search", params={"q": "窓口", "kind": "jdx:KPI", "in": "静岡県", "lang": lang})
    assert page.status_code == 200
    assert "i/1-02" in page.text
    assert '<input type="hidden" name="in" value="静岡県">' in page.text, "another word keeps the filters"
    assert ("外す" if lang == "ja" else "remove") in page.text
    plain = client.get("/search", params={"q": "窓口", "lang": lang}).text
    assert "facets" in plain and "kind=https%3A%2F%2Fw3id.org%2Fjichitai-dx%2Font%23KPI" in plain
    assert "missing" in plain


def test_a_link_of_a_facet_leads_to_as_many_as_it_says(client: httpx.Client) -> None:
    every = client.get("/search.json", params={"q": "窓口"}).json()
    for facet in ("kind", "prefecture", "theme", "year", "status"):
        choice = every["facets"][facet][0]
        assert (
            client.get("/search.json", params={"q": "窓口", facet: choice["value"]}).json()["total"] == choice["count"]
        )


def test_of_very_many_values_the_first_have_a_link(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = client.get("/search", params={"q": "市", "lang": "en"}).text
    monkeypatch.setattr("keikaku.pages.lists.VALUES", 1)
    monkeypatch.setattr("keikaku.pages.lists.LISTED", 2)
    some = client.get("/search", params={"q": "市 ", "lang": "en"}).text
    assert "further words narrow the search" in some
    assert len(some) < len(whole)


def test_a_mistyped_word_gets_links_to_near_names(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "浜松師"}).text
    assert "もしかして" in page and "浜松市" in page


def test_a_sentence_is_answered_in_part_and_says_so(client: httpx.Client) -> None:
    asked = "うちの市はキャッシュレスになりますか"
    page = client.get("/search", params={"q": asked}).text
    assert "すべての言葉に合うものはありません" in page and "キャッシュレス決済" in page
    assert client.get("/search.json", params={"q": asked}).json()["partly"] == ["キャッシュレス"]


def test_a_search_in_vain_says_what_that_does_not_mean_and_where_to_go_on(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "ゐゑゐゑ"}).text
    assert "計画に無いことを意味しません" in page and 'href="/themes"' in page


@pytest.mark.parametrize("filters", [{"kind": "KPO"}, {"in": '"><img src=x>'}, {"year": "26"}])
def test_a_wrong_filter_is_one_sentence(client: httpx.Client, filters: dict[str, str]) -> None:
    page = client.get("/search", params={"q": "窓口", **filters})
    assert page.status_code == 200 and 'role="alert"' in page.text and "<img" not in page.text
    data = client.get("/search.json", params={"q": "窓口", **filters})
    assert data.status_code == 400 and data.text.count("\n") == 1


def test_library_and_web_give_the_same_bytes(client: httpx.Client, built_project: Settings) -> None:
    found = search.find(built_project.current / search.FILE, "窓口", "ja", lists.HITS, {"kind": "KPI"})
    web = client.get("/search.json", params={"q": "窓口", "kind": "KPI"})
    assert web.text == search.json_text(found, "窓口", {"kind": "KPI"})
    assert web.headers["content-type"] == "application/json"
    assert "/search.json" in client.get("/openapi.json").json()["paths"]


def test_nothing_asked_finds_nothing(site: Site) -> None:
    assert 'class="hits">\n</ul>' in lists.search(site, View()).html


def test_a_build_without_its_index_is_stored_again(world: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--root", str(world.root), "build"]) == 0
    first = (world.current / search.FILE).read_bytes()
    (world.current / search.FILE).unlink()
    assert run(["--root", str(world.root), "build"]) == 0
    assert (world.current / search.FILE).read_bytes() == first
    assert not build.build(world, extras=(write_index,), beside=(search.FILE,)).stored
    capfd.readouterr()


def test_the_json_says_what_was_asked() -> None:
    found = search.Found((), 0, {}, ("浜松市",))
    text = json.loads(search.json_text(found, "浜松師", {"within": "静岡県"}))
    assert text["filters"] == {"in": "静岡県"} and text["near"] == ["浜松市"]


@pytest.mark.parametrize(
    ("state", "pattern"),
    [
        ("no-kpi", "?x a jdx:Initiative MINUS { ?x jdx:hasKPI ?k }"),
        ("no-target", "?x a jdx:KPI MINUS { ?t jdx:ofKPI ?x ; a jdx:TargetValue }"),
        ("unknown", "?s jdx:completenessOf ?x ; jdx:completeness c:cl-unknown ; jdx:completeFor ?a"),
        ("no-plan", "?x a jdx:Municipality MINUS { ?p a jdx:Plan ; jdx:issuingBody ?x }"),
    ],
)
def test_what_is_missing_is_a_facet(client: httpx.Client, site: Site, state: str, pattern: str) -> None:
    rows = site.store.select(f"SELECT DISTINCT ?x WHERE {{ {pattern} }}").rows
    found = client.get("/search.json", params={"status": state})
    assert found.status_code == 200
    assert found.json()["total"] == len(rows)


def test_as_many_hits_as_asked_for_and_never_more_than_a_page(client: httpx.Client) -> None:
    every = client.get("/search.json", params={"q": "市"}).json()
    few = client.get("/search.json", params={"q": "市", "n": "3"}).json()
    assert few["hits"] == every["hits"][:3] and few["total"] == every["total"]
    for wrong in ("0", "-1", "x", "99999"):
        hits = client.get("/search.json", params={"q": "市", "n": wrong}).json()["hits"]
        assert 1 <= len(hits) <= lists.HITS


def test_things_without_a_facet_are_named_in_the_language_of_the_page(client: httpx.Client) -> None:
    for lang, words in (("ja", "なし"), ("en", "missing")):
        page = client.get("/search", params={"q": "窓口", "lang": lang}).text
        assert f'class="none">{words}</a>' in page


def test_a_chip_takes_its_filter_away(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "窓口", "kind": "jdx:KPI", "in": "静岡県"}).text
    assert page.count('class="chip"') == 3, "one for each filter, one for all"
    assert "/search?q=%E7%AA%93%E5%8F%A3&amp;in=%E9%9D%99%E5%B2%A1%E7%9C%8C" in page

"""Pages: addresses that follow from IRIs, tables from query files, evidence as document, section and lines, escaped text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from keikaku import store
from keikaku.ask.header import read
from keikaku.ask.trusted import lint
from keikaku.namespaces import BASE
from keikaku.pages import Site, catalogue, data, home, lists, open_site
from keikaku.pages.address import SUFFIXES, file_of, href, is_clean, is_ours, place_of, split_file
from keikaku.pages.entity import entity
from keikaku.pages.kinds import class_of, kind_of
from keikaku.pages.question import answer_of, question_page
from keikaku.pages.render import View
from keikaku.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PLAN = "id/plan/990019/dx/2023"
CASE = "id/case/soumu-mihon-jirei-1.0/01"
HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def site(built_world: Settings) -> Site:
    return open_site(built_world)


def page_queries() -> list[Path]:
    return sorted(p for p in (ROOT / "queries" / "pages").glob("*/*.rq") if p.parent.name != "coverage")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


@pytest.mark.parametrize("path", page_queries(), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_page_query_says_in_its_header_what_it_returns(path: Path) -> None:
    question = read(path, ROOT)
    if path.parent.name != "data":
        assert lint(question) == []
    assert store.memory().query(question.text) is not None


@pytest.mark.parametrize(
    ("path", "page", "anchor"),
    [
        (f"{PLAN}/i/1-03/k/1/t/2024", f"{PLAN}/i/1-03/k/1", "t-2024"),
        (f"{PLAN}/i/1-03/k/1/b", f"{PLAN}/i/1-03/k/1", "b"),
        (f"{PLAN}/v/2", PLAN, "v-2"),
        (f"{PLAN}/i/1-03/v/2", f"{PLAN}/i/1-03", "v-2"),
        (f"{PLAN}/period", PLAN, "period"),
        (f"{PLAN}/covers/cashless", PLAN, "covers-cashless"),
        (f"{PLAN}/claim/hasLegalBasis/1", PLAN, "claim-hasLegalBasis-1"),
        (f"{PLAN}/i/1-03/claim/relation/2", f"{PLAN}/i/1-03", "claim-relation-2"),
        ("id/cs/990019/dx/2023/kpis/published-plan", PLAN, "cs-kpis-published-plan"),
        ("id/cs/case/soumu-mihon-jirei-1.0/01/similar-bodies/published-plan", CASE, "cs-similar-bodies-published-plan"),
        (f"{CASE}/v/2", CASE, "v-2"),
        (f"{CASE}/claim/uses/1", CASE, "claim-uses-1"),
        ("id/qn/990019-dx-2023/01", "id/doc/990019-dx-2023", "qn-01"),
        ("id/doc/990019-dx-2023/ev/L3", "id/doc/990019-dx-2023", "ev-L3"),
        ("ont#Plan", "ont", "Plan"),
        (f"{PLAN}/i/1-03", f"{PLAN}/i/1-03", ""),
        ("id/plan/soumu/jichitai-dx/1.0", "id/plan/soumu/jichitai-dx/1.0", ""),
    ],
)
def test_values_claims_and_evidence_have_their_place_on_the_page_of_their_owner(
    path: str, page: str, anchor: str
) -> None:
    assert (place_of(path).page, place_of(path).anchor) == (page, anchor)


def test_a_file_name_leads_back_to_its_thing() -> None:
    for page in ("theme/", "ont", "id/lg/990019", "id/plan/soumu/jichitai-dx/1.0"):
        for suffix in SUFFIXES:
            assert split_file(file_of(page, suffix)) == (page, suffix)


def test_links_never_run_scripts() -> None:
    assert href("javascript:alert(1)", "ja") == ""
    assert not is_clean(f"{BASE}id/<x>")
    assert not is_ours(BASE + "other/x")


def test_the_most_telling_class_names_the_kind() -> None:
    ont = BASE + "ont#"
    assert class_of([ont + "PlanElement", "http://www.w3.org/ns/prov#Entity", ont + "KPI"]) == ont + "KPI"
    assert kind_of(ont + "KPI") == "kpi"


def test_home_counts_what_the_store_holds(site: Site) -> None:
    text = text_of(home.home(site, View()).html)
    initiatives = site.store.select(
        "SELECT (COUNT(DISTINCT ?i) AS ?n) WHERE { ?i a jdx:Initiative ; dcterms:type c:el-listed }"
    ).rows[0][0]
    assert f"{initiatives} 取組" in text
    for words in ("無い（確認済み）", "不明", "有る"):
        assert words in text
    assert re.search(r"\d+–\d+行", text), "the answer names lines"


def test_a_page_shows_facts_with_document_section_and_lines(site: Site) -> None:
    page = entity(site, f"{PLAN}/i/1-03", View())
    assert page is not None
    text = text_of(page.html)
    assert "窓口キャッシュレスの推進" in text
    assert "見本市DX推進計画" in text
    assert "17–34行" in text
    assert "デジタル推進課" in text


def test_the_values_of_a_kpi_stand_on_its_page_at_their_places(site: Site) -> None:
    page = entity(site, f"{PLAN}/i/1-03/k/1", View("en"))
    assert page is not None
    for anchor in ("t-2024", "t-2024-direct-facility", "t-2024-designated-facility"):
        assert f'id="{anchor}"' in page.html
    assert "累計50窓口" in page.html
    assert '<html lang="en">' in page.html


def test_every_nested_thing_is_found_on_its_page(site: Site) -> None:
    """Every IRI of ours that redirects to a place leads to a page that has this place."""
    rows = site.store.select("SELECT DISTINCT ?s WHERE { ?s ?p ?o }").rows
    wanted: dict[str, set[str]] = {}
    for (thing,) in rows:
        if isinstance(thing, URIRef) and is_ours(str(thing)):
            place = place_of(str(thing).removeprefix(BASE))
            # Axioms and positions are described with what they belong to, without a place of their own.
            if place.anchor and not re.search(r"#pos$|-chain-\d|disjoint", str(thing)):
                wanted.setdefault(place.page, set()).add(place.anchor)
    assert len(wanted) > 5
    lost = []
    for path, anchors in wanted.items():
        page = entity(site, path, View())
        assert page is not None, path
        lost += [f"{path}#{anchor}" for anchor in anchors if f'id="{anchor}"' not in page.html]
    assert lost == []


def test_an_unknown_thing_has_no_page(site: Site) -> None:
    assert entity(site, "id/lg/000000", View()) is None


def test_data_parses_in_every_form_and_says_the_same(site: Site) -> None:
    triples = data.describe(site, f"{PLAN}/i/1-03/k/1").triples
    graphs = []
    for media, name in {
        "text/turtle": "turtle",
        "application/ld+json": "json-ld",
        "application/n-triples": "nt",
        "application/rdf+xml": "xml",
    }.items():
        graph = Graph()
        graph.parse(data=data.to_bytes(triples, media), format=name)
        graphs.append(set(graph))
    assert all(len(one) == len(graphs[0]) for one in graphs)
    assert len(graphs[0]) > 20
    text = data.to_bytes(triples, "application/n-triples").decode()
    assert "t/2024>" in text and "jdx" not in text and "ev/L25" in text


def test_text_from_the_data_is_escaped_everywhere(tmp_path: Path, built_world: Settings) -> None:
    folder = tmp_path / "build" / "store"
    folder.parent.mkdir()
    made = store.create(folder)
    iri = f"{BASE}{PLAN}/i/9-99"
    made.load_nquads(
        open_site(built_world).store.nquads()
        + f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ont#Initiative> <{BASE}graph/doc/x> .\n"
        f"<{iri}> <{BASE}ont#inPlan> <{BASE}{PLAN}> <{BASE}graph/doc/x> .\n"
        f'<{iri}> <http://purl.org/dc/terms/title> "{HOSTILE}"@ja <{BASE}graph/doc/x> .\n'
        f"<{iri}> <http://schema.org/url> <javascript:alert(1)> <{BASE}graph/doc/x> .\n".encode()
    )
    made.write_build_id("hostile")
    (tmp_path / "build" / "current").symlink_to("store")
    del made
    site = open_site(Settings(built_world.root, tmp_path / "build"))
    for path in (f"{PLAN}/i/9-99", PLAN):
        page = entity(site, path, View())
        assert page is not None
        assert "onerror=alert(1)&gt;" in page.html
        assert "<img" not in page.html and not re.search(r"<script(?! src=\"/assets/)", page.html)
        assert 'href="javascript' not in page.html
    found = lists.search(site, View(params={"q": HOSTILE}))
    assert "<img" not in found.html


def test_a_question_without_its_parameters_shows_its_sample_and_wrong_ones_keep_the_form(site: Site) -> None:
    question = site.questions["who-lacks"]
    page = question_page(site, question, View())
    assert page.status == 200
    assert "デジタルデバイド対策" in page.html
    wrong = question_page(site, question, View("en", params={"theme": "digital-devide"}))
    assert wrong.status == 400
    assert "Did you mean" in wrong.html and "<select" in wrong.html


def test_a_long_answer_shows_its_first_rows_and_leads_to_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    question = site.questions["themes-of-plan"]
    whole = answer_of(site, question, {"plan": PLAN.removeprefix("id/plan/")}, "ja")
    assert len(whole) > 2
    monkeypatch.setattr("keikaku.pages.question.SHOWN", 2)
    page = question_page(site, question, View(params={"plan": PLAN.removeprefix("id/plan/")}))
    assert page.html.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>") == 2
    assert f"{len(whole)}行のうち初めの2行" in page.html and "すべての行（CSV）" in page.html


def test_municipalities_are_found_by_reading_and_paged(site: Site) -> None:
    page = catalogue.PAGES["/municipalities"](site, View(params={"q": "みほん"}))
    assert "見本市" in page.html
    assert "0件" in catalogue.PAGES["/municipalities"](site, View(params={"q": "ない町"})).html
    assert catalogue.PAGES["/municipalities"](site, View(params={"page": "٣"})).status == 200


def test_no_page_asks_for_anything_from_outside(site: Site) -> None:
    for page in (home.home(site, View()), catalogue.PAGES["/plans"](site, View()), entity(site, PLAN, View())):
        assert page is not None
        loaded = re.findall(r'<(?:link|img|script)[^>]*(?:href|src)="([^"]+)"', page.html)
        assert all(
            address.startswith("/") or "canonical" in address or address.startswith(BASE) for address in loaded
        ), loaded
        assert "style=" not in page.html


def test_long_lists_are_paged_with_their_number_and_a_link_to_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What points at a thing, and the tables that are cut, a page at a time: together the pages show each of them once."""
    from keikaku.pages import entity as module
    from keikaku.pages import neighbours as near

    monkeypatch.setattr(module, "PER_PAGE", 4)
    monkeypatch.setattr(near, "PER_PAGE", 4)
    path = "code/vs-stated"
    thing = URIRef(BASE + path)
    pointing = {str(row[0]) for row in site.store.select(f"SELECT DISTINCT ?s WHERE {{ ?s ?p <{thing}> }}").rows}
    assert len(pointing) > 9
    seen: set[str] = set()
    number, last = 1, 2
    while number <= last:
        page = entity(site, path, View(path=f"/{path}.html", params={"page": str(number)}))
        assert page is not None
        last = int(re.search(rf"<span>{number} / (\d+)</span>", page.html)[1])  # type: ignore[index]
        assert (f'rel="next" href="/{path}.html?page={number + 1}"' in page.html) == (number < last)
        assert "/sparql?text=" in page.html
        seen |= {iri for iri in pointing if f'href="{href(iri, "ja")}"' in page.html}
        number += 1
    assert last >= 3 and seen == pointing
    assert entity(site, path, View(params={"page": str(last + 1)})) is None
    for nonsense in ("x", "0", "-1", "٣", "9" * 30):
        page = entity(site, path, View(params={"page": nonsense}))
        assert page is not None and f"<span>1 / {last}</span>" in page.html


def test_the_pages_of_the_real_plans_and_documents_have_every_place_once(built_project: Settings) -> None:
    """As above for the real data, which hold more kinds of things: periods printed of other plans, values in several rows."""
    real = open_site(built_project)
    rows = real.store.select(f'SELECT DISTINCT ?s WHERE {{ ?s a ?c FILTER(STRSTARTS(STR(?s), "{BASE}id/")) }}').rows
    wanted: dict[str, set[str]] = {}
    for (thing,) in rows:
        place = place_of(str(thing).removeprefix(BASE))
        if place.anchor and not str(thing).endswith("#pos"):
            wanted.setdefault(place.page, set()).add(place.anchor)
    owners = real.store.select("SELECT DISTINCT ?s WHERE { VALUES ?c { jdx:Plan jdx:SourceDocument } ?s a ?c }").rows
    for (owner,) in owners:
        path = str(owner).removeprefix(BASE)
        page = entity(real, path, View())
        assert page is not None
        places = re.findall(r'\sid="([^"]+)"', page.html)
        assert len(places) == len(set(places)), path
        assert wanted.get(path, set()) - set(places) == set(), path

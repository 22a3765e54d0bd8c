"""One thing, one IRI, whichever document names it; and things of like names that are different stay apart.

Run on the real graph. What is expected was read in the sources.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from keikaku import store
from keikaku.ask import Parameter, Text, ask, library
from keikaku.ask.terms import term
from keikaku.namespaces import BASE
from keikaku.read.documents import load_documents, load_text
from keikaku.read.numbers import normalise
from keikaku.read.problems import Problems
from keikaku.settings import Settings
from keikaku.store import Store

ROOT = Path(__file__).resolve().parent.parent
HAMAMATSU, FUJISAWA, FUJINOMIYA, MATSUSAKA, CASEBOOK = (
    "221309-dx-2023", "142051-dx-2022-draft", "222071-dx-2022", "242047-dx-2022-draft", "soumu-dx-casebook-1.0",
)  # fmt: skip

#: What an IRI is of. Things are compared within one kind; a theme, an indicator and a product may share a word.
KINDS = [
    (re.compile(r"id/plan/(?P<owner>[^/]+)/[^/]+/[^/]+"), "document"),
    (re.compile(r"id/law/(lg(?P<owner>\d{6})/[^/]+|[^/]+)"), "law"),
    (re.compile(r"id/(org|nat|lg)/[^/]+"), "organisation"),
    (re.compile(r"id/product/[^/]+"), "product"),
    (re.compile(r"id/(?P<what>unit|body|post)/(?P<owner>\d{6})/\d+"), ""),
    (re.compile(r"theme/[a-z0-9-]+"), "theme"),
    (re.compile(r"indicator/(?!g-)[a-z0-9-]+"), "indicator"),
    (re.compile(r"indicator/g-[a-z0-9-]+"), "comparability group"),
]

#: Different things that bear one name in the same reach, and why they are two.
ACCEPTED = {
    ("id/plan/soumu/jichitai-dx/1.0", "id/plan/soumu/jichitai-dx/2.0"): "two editions under one printed name",
    (
        "id/plan/digital/juten-keikaku/2021-06",
        "id/plan/digital/juten-keikaku/2021-12",
    ): "two cabinet decisions of one name",
}


@pytest.fixture(scope="module")
def graph(built_project: Settings) -> Store:
    return store.open_current(built_project.current)


def bare(name: str) -> str:
    """A name without what only its writing makes different: width, case, blanks, brackets, middle dots."""
    return re.sub(r"[\s()\[\]「」『』【】〈〉<>・･]+", "", unicodedata.normalize("NFKC", name)).casefold()


def kind_and_owner(iri: str) -> tuple[str, str] | None:
    """What kind of thing it is and whose ("" for what belongs to nobody or to the nation)."""
    for pattern, kind in KINDS:
        if found := pattern.fullmatch(iri.removeprefix(BASE)):
            parts = found.groupdict()
            owner = parts.get("owner") or ""
            return kind or parts["what"], owner if owner.isdigit() else ""
    return None


def same_reach(kind: str, one: str, other: str) -> bool:
    """Whether one name may mean the things of both owners: of one, of the nation, of a prefecture and its city.

    Sections, bodies and posts are always those of one government: each has a 市長 of its own.
    """
    if one == other or kind in ("unit", "body", "post"):
        return one == other
    return not one or not other or (one[:2] == other[:2] and "000" in (one[2:5], other[2:5]))


def alike(graph: Store) -> dict[tuple[str, str], set[str]]:
    """Pairs of things of one kind within reach of each other that share a name, with the names they share."""
    rows = graph.select(
        "SELECT DISTINCT ?thing ?name WHERE { "
        "{ VALUES ?naming { rdfs:label skos:prefLabel skos:altLabel } ?thing ?naming ?name } "
        "UNION { ?thing skosxl:altLabel/skosxl:literalForm ?name } "
        "UNION { ?thing a jdx:PolicyInstrument ; dcterms:title ?name } FILTER(LANG(?name) = 'ja') }"
    )
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for thing, name in rows.rows:
        if told := kind_and_owner(str(thing)):
            bearers[told[0], bare(str(name))].add(str(thing))
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (kind, name), things in bearers.items():
        for one, other in combinations(sorted(things), 2):
            owners = [told[1] for iri in (one, other) if (told := kind_and_owner(iri))]
            if same_reach(kind, *owners):
                pairs[one.removeprefix(BASE), other.removeprefix(BASE)].add(name)
    return pairs


def test_no_two_things_of_one_name_are_the_same_thing(graph: Store) -> None:
    pairs = alike(graph)
    homonyms = {pair for pair in pairs if all(iri.startswith("id/lg/") for iri in pair)}
    assert {pair: names for pair, names in pairs.items() if pair not in ACCEPTED and pair not in homonyms} == {}
    assert set(ACCEPTED) <= set(pairs), "an accepted pair no longer shares a name"
    for one, other in homonyms:  # 府中市 and the like: municipalities of two prefectures
        assert one[6:8] != other[6:8], (one, other)


@pytest.mark.parametrize(
    ("thing", "documents"),
    [
        ("law/428AC1000000103", {HAMAMATSU, FUJISAWA, FUJINOMIYA, MATSUSAKA}),
        ("law/503AC0000000035", {HAMAMATSU, FUJINOMIYA}),
        ("law/414AC0000000151", {HAMAMATSU, FUJINOMIYA}),
        ("law/503AC0000000040", {HAMAMATSU, FUJINOMIYA}),
        ("plan/soumu/jichitai-dx/1.0", {HAMAMATSU, FUJISAWA, FUJINOMIYA, CASEBOOK}),
        ("plan/soumu/jichitai-dx/2.0", {MATSUSAKA}),
        ("plan/soumu/jichitai-dx-tejunsho/2021", {FUJINOMIYA, CASEBOOK}),
        ("plan/soumu/jichitai-dx-zentai-tejunsho/2021", {FUJISAWA}),
        ("plan/soumu/security-policy-guideline/undated", {HAMAMATSU, FUJISAWA, FUJINOMIYA}),
        ("plan/soumu/security-policy-guideline/2020", {FUJINOMIYA}),
        ("plan/soumu/telework-tebiki/2021", {HAMAMATSU, CASEBOOK}),
        ("plan/soumu/system-hyojunka/2021", {HAMAMATSU, MATSUSAKA}),
        ("plan/digital/juten-keikaku/2021-06", {MATSUSAKA}),
        ("plan/digital/juten-keikaku/2021-12", {FUJINOMIYA}),
        ("plan/naikaku/digital-government-jikko/undated", {FUJINOMIYA, MATSUSAKA, CASEBOOK}),
        ("plan/it-honbu/digital-government-hoshin/2017", {MATSUSAKA, CASEBOOK}),
        ("plan/naikaku/service-sekkei-12/undated", {FUJISAWA, CASEBOOK}),
        ("plan/naikaku/digital-3-gensoku/undated", {FUJISAWA, FUJINOMIYA}),
        ("plan/naikaku/digital-gensoku/undated", {MATSUSAKA}),
        ("plan/naikaku/it-kokka-sozo-sengen/2013", {MATSUSAKA}),
        ("plan/naikaku/it-kokka-kanmin-data/2017", {MATSUSAKA}),
        ("plan/naikaku/digital-kokka-kanmin-data/2018", {MATSUSAKA}),
    ],
)
def test_what_several_documents_name_is_one_resource(graph: Store, thing: str, documents: set[str]) -> None:
    rows = graph.select(
        f"SELECT DISTINCT ?document WHERE {{ ?claim a jdx:Claim ; rdf:object/eli:is_part_of* <{BASE}id/{thing}> ; jdx:evidence/oa:hasSource ?document }}"
    )
    assert {str(row[0]).rsplit("/", 1)[1] for row in rows.rows} == documents


def test_every_national_document_and_act_of_the_register_is_found_in_a_text_or_said_not_to_be(graph: Store) -> None:
    """Acts that no text names yet stand in the register without a comment (laws.yaml); every national document is named."""
    rows = graph.select(
        "SELECT ?thing WHERE { ?thing a jdx:PolicyInstrument . FILTER(!REGEX(STR(?thing), '/plan/[0-9]{6}/')) "
        "FILTER NOT EXISTS { GRAPH ?read { ?subject ?predicate ?thing } FILTER(CONTAINS(STR(?read), '/doc/') || CONTAINS(STR(?read), '/curation/')) } "
        "FILTER NOT EXISTS { ?thing a jdx:Plan } }"
    )
    assert {str(row[0]).removeprefix(BASE) for row in rows.rows} == set()


def test_a_documents_own_wording_is_printed_in_its_passage(graph: Store, sources: Path) -> None:
    rows = graph.select(
        "SELECT ?label ?text ?document ?first ?last WHERE { ?label a skosxl:Label ; skosxl:literalForm ?text ; jdx:evidence ?e . "
        "?e oa:hasSource ?document ; jdx:lineStart ?first ; jdx:lineEnd ?last }"
    )
    documents = load_documents(ROOT / "data", ROOT, Problems())
    lines = {name: load_text(sources, document).text.split("\n") for name, document in documents.items()}
    printed: dict[str, list[bool]] = defaultdict(list)
    for label, text, document, first, last in rows.rows:
        passage = "".join(lines[str(document).rsplit("/", 1)[1]][int(str(first)) - 1 : int(str(last))])
        passage = re.sub(r"</?[a-z]+>|\\?\*", "", passage)  # marks that the conversion left in the text
        printed[f"{label} {text}"].append(normalise(str(text)) in normalise(passage))
    assert len(printed) > 40
    assert [name for name, found in printed.items() if not any(found)] == []


# Like names, different things


def read(graph: Store, text: str) -> set[tuple[str, ...]]:
    return {tuple(str(cell).removeprefix(BASE) for cell in row) for row in graph.select(text).rows}


def test_fuji_is_not_fujinomiya(graph: Store) -> None:
    joint = read(
        graph,
        f"SELECT ?i ?g WHERE {{ ?i jdx:partner ?g ; jdx:inPlan <{BASE}id/plan/222071/dx/2022> . ?g a jdx:Municipality }}",
    )
    assert ("id/plan/222071/dx/2022/i/09", "id/lg/222101") in joint
    government = Parameter("government", "municipality", "required", Text("", ""))
    assert str(term(graph, government, "富士市")).endswith("/222101")
    assert str(term(graph, government, "富士宮市")).endswith("/222071")


def test_two_fifth_plans_are_two_plans(graph: Store) -> None:
    plan = f"<{BASE}id/plan/222071/dx/2022>"
    related = read(graph, f"SELECT ?p ?o WHERE {{ {plan} ?p ?o . VALUES ?p {{ jdx:upperPlan dcterms:replaces }} }}")
    assert {(p.rsplit("/", 1)[-1].rsplit("#", 1)[-1], o) for p, o in related} == {
        ("upperPlan", "id/plan/222071/sogo-keikaku-5/undated"),
        ("upperPlan", "id/plan/222071/sogo-keikaku-5-koki/undated"),
        ("replaces", "id/plan/222071/joho-keikaku-5/2019"),
    }


def test_seto_is_not_setouchi(graph: Store) -> None:
    found = read(
        graph,
        f"SELECT ?c ?p ?g WHERE {{ VALUES ?g {{ <{BASE}id/lg/232041> <{BASE}id/lg/332127> }} VALUES ?p {{ jdx:practisedBy jdx:similarBody }} ?c ?p ?g }}",
    )
    case = f"id/case/{CASEBOOK}"
    assert found == {
        (f"{case}/27", "ont#practisedBy", "id/lg/232041"),
        (f"{case}/36", "ont#practisedBy", "id/lg/232041"),
        (f"{case}/31", "ont#similarBody", "id/lg/332127"),
    }


@pytest.mark.parametrize(
    ("prefecture", "city", "cases"),  # a case, and whether it is the city's
    [
        ("福島県", "福島市", {("01", False), ("30", False), ("32", True)}),
        ("大阪府", "大阪市", {("29", False), ("15", True)}),
        ("高知県", "高知市", {("15", True)}),
    ],
)
def test_a_prefecture_is_not_its_city_of_the_same_name(
    graph: Store, prefecture: str, city: str, cases: set[tuple[str, bool]]
) -> None:
    government = Parameter("government", "government", "required", Text("", ""))
    one, other = (str(term(graph, government, name)) for name in (prefecture, city))
    assert one != other
    assert read(graph, f"SELECT ?x WHERE {{ <{other}> jdx:inPrefecture ?x }}") == {(one.removeprefix(BASE),)}
    told = {
        (case, which)
        for case, which in read(
            graph, f"SELECT ?c ?g WHERE {{ VALUES ?g {{ <{one}> <{other}> }} ?c jdx:practisedBy|jdx:similarBody ?g }}"
        )
    }
    assert {(case.rsplit("/", 1)[1], which == other.removeprefix(BASE)) for case, which in told} == cases


def test_application_issuance_and_possession_of_the_card_are_three_indicators_of_one_group(graph: Store) -> None:
    found = read(
        graph,
        "SELECT DISTINCT ?plan ?i ?g WHERE { ?kpi jdx:inPlan ?plan ; jdx:measures ?i . ?i jdx:comparabilityGroup ?g . FILTER(REGEX(STR(?i), 'card-[a-z]+-rate$')) }",
    )
    assert found == {
        ("id/plan/221309/dx/2023", "indicator/card-application-rate", "indicator/g-mynumber-card"),
        ("id/plan/142051/dx/2022-draft", "indicator/card-possession-rate", "indicator/g-mynumber-card"),
        ("id/plan/242047/dx/2022-draft", "indicator/card-issuance-rate", "indicator/g-mynumber-card"),
    }


# The crosswalk between editions of the national plan, read by hand in the plans of Fujinomiya and Matsusaka


#: Item → (items of other editions with the same theme, line where it is printed).
CROSSWALK = {
    **{f"1.0-priority/{n}": ({f"2.0-priority/{n}"}, f"{FUJINOMIYA}/ev/L{188 + n}") for n in range(1, 7)},
    "1.0-alongside/1": ({"2.0-alongside/1"}, f"{FUJINOMIYA}/ev/L199"),
    "1.0-alongside/2": ({"2.0-alongside/2"}, f"{FUJINOMIYA}/ev/L200"),
    "1.0-other/data-plan": (set(), ""),
    **{f"2.0-priority/{n}": ({f"1.0-priority/{n}"}, f"{MATSUSAKA}/ev/L{111 + n}") for n in range(1, 7)},
    "2.0-alongside/1": ({"1.0-alongside/1"}, f"{MATSUSAKA}/ev/L121"),
    "2.0-alongside/2": ({"1.0-alongside/2"}, f"{MATSUSAKA}/ev/L122"),
    "2.0-alongside/3": (set(), f"{MATSUSAKA}/ev/L123"),
    "2.0-other/1": (set(), f"{MATSUSAKA}/ev/L127"),
    "2.0-other/2": (set(), f"{MATSUSAKA}/ev/L128"),
    "2024-priority/1": (set(), ""),
    "2024-priority/eltax": (set(), ""),
}  # fmt: skip


def crosswalk(graph: Store, **given: str) -> list[dict[str, str]]:
    answer = ask(graph, library(ROOT / "queries", ROOT)["edition-crosswalk"], given)
    return [{name: str(value).replace(f"{BASE}theme/edition/", "") for name, value in row.items()} for row in answer]


def test_items_of_two_editions_meet_in_their_themes(graph: Store) -> None:
    rows = crosswalk(graph)
    assert {row["item"] for row in rows} == set(CROSSWALK)
    for row in rows:
        elsewhere, line = CROSSWALK[row["item"]]
        assert set(row.get("elsewhere", "").split()) == elsewhere, row["item"]
        assert [path for path in row.get("printedEvidence", "").split() if line and path.endswith(line)] == (
            [f"{BASE}id/doc/{line}"] if line else []
        ), row["item"]
        assert bool(row.get("printedEvidence")) == bool(line)


def test_a_question_in_the_terms_of_one_edition_finds_measures_named_under_another(graph: Store) -> None:
    for asked in ("デジタル田園都市国家構想", "edition/1.0-alongside/1"):
        found = {(row["item"], row.get("plan", "").removeprefix(BASE)) for row in crosswalk(graph, theme=asked)}
        assert found == {(f"{edition}-alongside/1", "id/plan/222071/dx/2022") for edition in ("1.0", "2.0")}
    plans = {row.get("plan", "")[-20:] for row in crosswalk(graph, theme="自治体フロントヤード改革")}
    assert {"221309/dx/2023", "222071/dx/2022"} <= {plan.removeprefix("/").split("plan/")[-1] for plan in plans}
    related = crosswalk(graph, theme="edition/2024-priority/1")[0]["related"].split()
    assert set(related) == {"1.0-priority/3", "2.0-priority/3"}


# -- links out: right by what they say, checked against numbers that are not taken from the link


def links(graph: Store, predicate: str, start: str) -> list[tuple[str, str]]:
    query = f'SELECT DISTINCT ?s ?o WHERE {{ ?s {predicate} ?o FILTER(ISIRI(?o) && STRSTARTS(STR(?o), "{start}")) }} ORDER BY ?s ?o'
    return [(str(s), str(o).removeprefix(start)) for s, o in graph.select(query).rows]


def test_the_area_code_of_a_government_is_its_own_code_without_the_check_digit(graph: Store) -> None:
    found = links(graph, "jdx:standardAreaCode", "http://data.e-stat.go.jp/lod/sac/")
    assert len(found) == 1788
    assert dict(found) == {s: f"C{s.rpartition('/')[2][:5]}" for s, _ in found}


def test_a_government_and_its_wikidata_item_are_one_to_one(graph: Store) -> None:
    found = links(graph, "schema:sameAs", "http://www.wikidata.org/entity/")
    assert len(found) == len({s for s, _ in found}) == len({o for _, o in found}) == 1788
    with (ROOT / "data" / "local-governments.csv").open(encoding="utf-8", newline="") as file:
        table = {f"{BASE}id/lg/{row['code']}": row["wikidata"] for row in csv.DictReader(file)}
    assert dict(found) == table
    for code, item in (("130001", "Q1490"), ("011002", "Q37951"), ("141003", "Q38283"), ("271004", "Q35765")):
        assert (f"{BASE}id/lg/{code}", item) in found, "Tokyo, Sapporo, Yokohama, Osaka"


_ERAS = {"昭和": 3, "平成": 4, "令和": 5}


def test_an_act_leads_to_the_page_of_e_gov_with_its_own_number(graph: Store) -> None:
    """An id of e-Gov is era, year, kind of text, house that brought it in, and number; the number is known from elsewhere."""
    found = links(graph, "schema:url", "https://laws.e-gov.go.jp/law/")
    assert len(found) > 5
    for act, local in found:
        assert act == f"{BASE}id/law/{local}"
        (row,) = graph.select(f"SELECT ?n ?d WHERE {{ <{act}> dcterms:identifier ?n ; eli:date_document ?d }}").rows
        era, year, number = re.fullmatch(r"(..)(\d+)年法律第(\d+)号", str(row[0])).groups()  # type: ignore[union-attr]
        shown = re.fullmatch(r"(\d)(\d\d)AC([01])00000(\d{4})", local)
        assert shown is not None, local
        assert (int(shown[1]), int(shown[2]), int(shown[4])) == (_ERAS[era], int(year), int(number)), act
        first = {"昭和": 1925, "平成": 1988, "令和": 2018}[era]
        assert str(row[1]).startswith(str(first + int(year))), act


def test_a_unit_is_tied_to_one_of_qudt_that_measures_the_same(graph: Store) -> None:
    """`unit` where it is that unit; a unit of counting is only compared (seeAlso) with the plain number."""
    kinds = {str(o) for _, o in links(graph, "jdx:unit", "http://qudt.org/vocab/unit/")}
    assert kinds <= {"PERCENT", "NUM", "MIN", "HR", "DAY", "WK", "YR", "CCY_JPY"}
    compared = links(graph, "rdfs:seeAlso", "http://qudt.org/vocab/unit/")
    assert len(compared) > 10
    for thing, unit in compared:
        assert thing.startswith(f"{BASE}code/unit-") and unit == ("YR" if thing.endswith("unit-age") else "NUM"), thing


def test_nothing_is_said_to_be_the_same_as_something_of_others(graph: Store) -> None:
    """A city as an organisation, its area, and Wikidata's item of a place are three things: none is owl:sameAs another."""
    for predicate in ("owl:sameAs", "skos:exactMatch", "owl:equivalentClass", "owl:equivalentProperty"):
        said = links(graph, predicate, "http")
        ours = [pair for pair in said if pair[0].startswith(BASE)]
        assert predicate != "owl:sameAs" or ours == []
        assert all("wikidata" not in o and "e-stat" not in o and "e-gov" not in o for _, o in ours), predicate

"""The analyses: values worked out by hand on small worlds, laws that hold for every world, and the questions that use them.

The formulae are written out here once more from docs/analysis.md, with exact fractions and by brute force, so that a mistake in the
program must not agree with itself.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from keikaku import store
from keikaku.analyse import ANALYSES
from keikaku.analyse.centrality import central
from keikaku.analyse.communities import communities, links
from keikaku.analyse.peers import Government, judge, peers
from keikaku.analyse.similarity import Likeness, basis, field, likenesses, nearest
from keikaku.analyse.table import Row, spelt, weighed
from keikaku.analyse.themes import SCALE, Profile, profiles, rarity
from keikaku.ask import Answer, Question, ask, library
from keikaku.ask.answer import weighed as parts_of
from keikaku.ask.header import read
from keikaku.ask.marks import Mark
from keikaku.errors import QueryError
from keikaku.namespaces import BASE, XSD, C
from keikaku.settings import Settings
from keikaku.store import Store

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = library(ROOT / "queries", ROOT)
COMPUTED = {name: question for name, question in LIBRARY.items() if question.analysis}
LG, PLAN, THEME, CASE = BASE + "id/lg/", BASE + "id/plan/", BASE + "theme/", BASE + "id/case/"


def plan(name: str, *, closed: str = "", level: str = "lv-action", **found: int) -> Profile:
    """A plan with the strengths of its themes; `closed` is "", "list" or "all"."""
    return Profile(name, level, found, listed=bool(closed), whole=closed == "all")


def alike(left: Profile, right: Profile, *others: Profile) -> Likeness:
    world = field([left, right, *others])
    return likenesses(world, world.position(left.plan))[world.position(right.plan)]


# Similarity


def test_similarity_of_two_closed_plans_is_the_weighted_jaccard_of_their_strengths() -> None:
    """x in both (rarity ln 2), y and z in one of two (rarity ln 3): 2·ln2 / (4·ln2 + 3·ln3 + 2·ln3)."""
    found = alike(plan("a", closed="all", x=4, y=3), plan("b", closed="all", x=2, z=2))
    one, other = round(SCALE * math.log(2)), round(SCALE * math.log(3))
    whole = 4 * one + 3 * other + 2 * other
    assert found.similarity == found.lowest == found.highest == Fraction(2 * one, whole)
    assert spelt(found.similarity) == "0.1677"
    assert found.shared == (("x", Fraction(2 * one, whole)),)
    assert found.apart == (
        ("x", Fraction(2 * one, whole)),
        ("y", Fraction(3 * other, whole)),
        ("z", Fraction(2 * other, whole)),
    )
    assert (found.comparable, found.open) == (1, ())


def test_a_theme_that_may_be_there_speaks_neither_for_nor_against() -> None:
    """b is open: whether it has y is unknown. Only x counts, and the bounds say what y could change."""
    found = alike(plan("a", closed="all", x=4, y=4), plan("b", x=4))
    one, other = round(SCALE * math.log(2)), round(SCALE * math.log(3))
    assert found.similarity == 1
    assert found.open == ("y",)
    assert found.comparable == Fraction(one, one + other)
    assert (found.lowest, found.highest) == (Fraction(4 * one, 4 * one + 4 * other), 1)
    closed = alike(plan("a", closed="all", x=4, y=4), plan("b", closed="all", x=4))
    assert closed.similarity == found.lowest


def test_a_closed_list_says_that_there_is_at_most_an_action() -> None:
    """The list of b is closed, its actions are not: y is 0 to 2 in b and 4 in a, so 2 of it are certainly apart."""
    found = alike(plan("a", closed="all", x=4, y=4), plan("b", closed="list", x=4))
    one, other = round(SCALE * math.log(2)), round(SCALE * math.log(3))
    assert found.similarity == Fraction(4 * one, 4 * one + 2 * other)
    assert (found.lowest, found.highest) == (
        Fraction(4 * one, 4 * one + 4 * other),
        Fraction(4 * one + 2 * other, 4 * one + 4 * other),
    )


def test_at_the_level_of_initiatives_a_closed_list_is_enough() -> None:
    rows = [*coverage("a", "x", "lv-initiative"), *coverage("b", "x", "lv-action")]
    one, other = profiles(rows, "lv-initiative")
    assert (dict(one.found), dict(other.found)) == ({THEME + "x": 4}, {})
    assert (one.strength(THEME + "z").known, profiles(rows, "lv-action")[0].strength(THEME + "z").high) == (True, 2)


def test_plans_of_which_nothing_is_certain_have_no_similarity_and_all_bounds() -> None:
    found = alike(plan("a"), plan("b"), plan("c", x=4))
    assert (found.similarity, found.lowest, found.highest, found.comparable) == (None, 0, 1, 0)


def test_what_a_figure_rests_on_is_named() -> None:
    """Only declared completeness that narrows something is made use of: that of plans from which a theme is absent."""
    a, b, c, d = plan("a", closed="all", x=4), plan("b", closed="list", x=2), plan("c", y=4), plan("d")
    for pair, token, used, listed in (
        ((a, b), "open", "actions", "ab"),
        ((b, c), "open", "list", "b"),
        ((c, d), "unknown", "nothing", ""),
    ):
        world = field([a, b, c, d])
        found = likenesses(world, world.position(pair[0].plan), [world.position(pair[1].plan)])[0]
        rests = basis(world, pair, found)
        assert (rests.token, rests.used, "".join(p.plan for p in rests.listed)) == (token, used, listed)
    one, other = plan("one", closed="all", x=4, y=2), plan("other", x=2, y=2)
    for pair, token in (((one, other), "stated"), ((one, plan("shut", closed="all", x=4)), "closed")):
        world = field(pair)
        assert basis(world, pair, likenesses(world, 0, [1])[0]).token == token


STRENGTHS = st.dictionaries(st.sampled_from("uvwxyz"), st.sampled_from([2, 3, 4]), max_size=5)
PLANS = st.lists(st.tuples(STRENGTHS, st.sampled_from(["", "list", "all"])), min_size=2, max_size=5).map(
    lambda several: [plan(f"p{n}", closed=closed, **found) for n, (found, closed) in enumerate(several)]
)


@given(PLANS)
def test_similarity_is_symmetric_and_within_its_bounds(several: list[Profile]) -> None:
    world = field(several)
    for left, right in combinations(range(len(world.plans)), 2):
        one, other = likenesses(world, left, [right])[0], likenesses(world, right, [left])[0]
        assert one == other
        assert 0 <= one.lowest <= one.highest <= 1
        if one.similarity is not None:
            assert one.lowest <= one.similarity <= one.highest
            assert sum(share for _, share in (*one.shared, *one.apart)) == 1
            assert sum(share for _, share in one.shared) == one.similarity


@given(PLANS)
def test_a_plan_is_wholly_like_itself(several: list[Profile]) -> None:
    world = field(several)
    for position, profile in enumerate(world.plans):
        itself = likenesses(world, position)[position]
        assert itself.similarity == (1 if profile.found else None)
        assert itself.highest == 1


@settings(max_examples=25)
@given(STRENGTHS, STRENGTHS, st.sampled_from(["", "list", "all"]), st.sampled_from(["", "list", "all"]))
def test_the_bounds_are_the_extremes_of_all_that_could_be(
    left: dict[str, int], right: dict[str, int], one: str, other: str
) -> None:
    """Every completion of two small plans, one strength for each theme and plan, by brute force."""
    left = dict(sorted(left.items())[:2])
    right = dict(sorted(right.items())[:2])
    a, b = plan("a", closed=one, **left), plan("b", closed=other, **right)
    weights = rarity([a, b])
    values = [[(x, y) for x in possible(a, theme) for y in possible(b, theme)] for theme in weights]
    every = []
    for chosen in product(*values):
        less = sum(w * min(pair) for w, pair in zip(weights.values(), chosen, strict=True))
        more = sum(w * max(pair) for w, pair in zip(weights.values(), chosen, strict=True))
        every.append(Fraction(less, more) if more else Fraction(1))
    found = alike(a, b)
    assert (found.lowest, found.highest) == (min(every), max(every))


def possible(profile: Profile, theme: str) -> list[int]:
    """Docs/analysis.md, by cases: what is found, in a closed list or not; what is not found, and how far the plan is closed."""
    found = profile.found.get(theme, 0)
    if found:
        return [found] if profile.listed else [s for s in (2, 3, 4) if s >= found]
    return [0] if profile.whole else [0, 2] if profile.listed else [0, 2, 3, 4]


def test_the_most_alike_come_first_and_equals_by_name() -> None:
    world = field([plan(name, closed="all", **found) for name, found in
                   {"a": {"x": 4}, "d": {"x": 4}, "b": {"x": 4}, "c": {"x": 2}, "e": {"y": 4}}.items()])  # fmt: skip
    assert [world.plans[other].plan for other, _ in nearest(world, 0, 3)] == ["b", "d", "c"]


# Communities

#: Two cases bind a, b, c; one binds d, e; c and d stand in one long case with three others named nowhere else.
CASES = {"1": "abc", "2": "abc", "3": "de", "4": "de", "5": "cdfgh"}


def test_a_case_of_k_governments_gives_each_a_strength_of_one() -> None:
    found = links({"1": "abc", "2": "ab", "3": "a"})
    assert found == {("a", "b"): Fraction(3, 2), ("a", "c"): Fraction(1, 2), ("b", "c"): Fraction(1, 2)}


def test_communities_are_those_of_greatest_modularity() -> None:
    """All partitions of the eight governments, by brute force: none is better than the one that is found."""
    weights = links(CASES)
    found = communities(CASES)
    value = sum((one.modularity for one in found), Fraction(0))
    assert value == modularity([set(one.members) for one in found], weights)
    assert value == max(modularity(parts, weights) for parts in partitions(list("abcdefgh")))
    assert {one.members for one in found} == {("a", "b", "c"), ("d", "e"), ("f", "g", "h")}


def modularity(parts: Sequence[set[str]], weights: dict[tuple[str, str], Fraction]) -> Fraction:
    """Q = Σ over communities of L/m - (k/2m)² (Newman 2004)."""
    total = sum(weights.values())
    result = Fraction(0)
    for part in parts:
        inside = sum(w for (a, b), w in weights.items() if a in part and b in part)
        strength = sum(w * ((a in part) + (b in part)) for (a, b), w in weights.items())
        result += Fraction(inside) / total - (Fraction(strength) / (2 * total)) ** 2
    return result


def partitions(names: list[str]) -> list[list[set[str]]]:
    if not names:
        return [[]]
    found = []
    for rest in partitions(names[1:]):
        found.append([{names[0]}, *rest])
        found += [[*rest[:n], rest[n] | {names[0]}, *rest[n + 1 :]] for n in range(len(rest))]
    return found


def test_a_community_says_which_cases_bind_it_and_how_much_stays_inside() -> None:
    first = communities(CASES)[0]
    assert first.members == ("a", "b", "c")
    assert first.binding == (("1", Fraction(1, 2)), ("2", Fraction(1, 2)))
    # Each of a, b, c has a strength of 2 by the cases 1 and 2; c has 1 more by case 5, and all of that leads outside.
    assert first.inside == Fraction(6, 7)


def test_what_is_only_claimed_links_nobody_and_is_listed_apart() -> None:
    rows = [named("1", "a"), named("1", "b"), named("1", "c", "claimed"), named("2", "d"), named("1", "a", "claimed")]
    found = ANALYSES["communities"].answer(rows, {})
    assert [(str(r["part"]), str(r["members"])) for r in found] == [
        ("community", f"{LG}a {LG}b"), ("unknown", LG + "d"), ("claim", LG + "c"),
    ]  # fmt: skip
    assert str(found[2]["community"]) == "1"
    assert str(found[2]["evidence"]).endswith("1-c-claimed")


# Centrality

SIDES = st.dictionaries(
    st.sampled_from(["x", "y", "z", "law"]), st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1
)


def test_the_middle_of_a_star_is_on_every_shortest_path() -> None:
    """x alone links three plans: of the three pairs of others, each path passes x. PageRank by hand, from r = .15/4 + .85·…"""
    found = central({"x": "abc"})["x"]
    leaf = (0.15 / 4 + 0.85 * 0.15 / 4 / 3) / (1 - 0.85**2)
    assert (found.degree, found.betweenness) == (3, 1)
    assert found.pagerank == pytest.approx(1 - 3 * leaf)


def test_a_bridge_between_two_themes_is_counted_by_hand() -> None:
    """x - a - y - b, and x - c: the paths through y are those of b to a, x and c, 3 of the 6 pairs of others."""
    found = central({"x": "ac", "y": "ab"})
    assert found["y"].betweenness == pytest.approx(3 / 6)
    assert found["x"].betweenness == pytest.approx(3 / 6)


@given(SIDES)
def test_centrality_is_that_of_networkx(sides: dict[str, set[str]]) -> None:
    graph: nx.Graph[str] = nx.Graph((item, other) for item, others in sides.items() for other in others)
    found = central(sides)
    expected = nx.betweenness_centrality(graph)
    for item, figures in found.items():
        assert figures.degree == graph.degree[item]
        assert figures.betweenness == pytest.approx(expected[item])
    matrix = nx.google_matrix(graph, alpha=0.85, nodelist=sorted(graph))
    ranks = [1 / len(graph)] * len(graph)
    for _ in range(500):
        ranks = [sum(ranks[i] * float(matrix[i, j]) for i in range(len(graph))) for j in range(len(graph))]
    for name, value in zip(sorted(graph), ranks, strict=True):
        if name in found:
            assert found[name].pagerank == pytest.approx(value, abs=1e-9)


# Peers

OWN = Government("own", "p1", "city", 100_000, "a")


def test_the_reasons_of_a_peer_are_four_and_the_mean_is_theirs() -> None:
    world = field([plan("a", closed="all", x=4, y=4), plan("b", closed="all", x=4, y=4), plan("c", x=4)])
    near = Government("near", "p1", "town", 80_000, "b")
    far = Government("far", "p2", "city", 400_000)
    unsure = Government("unsure", "p1", "city", None, "c")
    found = peers(OWN, [OWN, far, near, unsure], world)
    assert [peer.government.iri for peer in found] == ["near", "unsure", "far"]
    assert found[0].lowest == found[0].highest == (1 + 0 + Fraction(4, 5) + 1) / 4
    assert (found[2].lowest, found[2].highest) == ((1 + Fraction(1, 4)) / 4, (1 + Fraction(1, 4) + 1) / 4)
    assert found[1].reasons["size"] == (0, 1)
    assert found[1].likeness is not None
    assert found[1].reasons["themes"] == (found[1].likeness.lowest, found[1].likeness.highest)


@given(
    st.lists(st.tuples(st.sampled_from(["p1", "p2", ""]), st.sampled_from(["city", "town"]), st.sampled_from([None, 30, 70, 100, 210])), min_size=1, max_size=12),
    st.integers(1, 12),
)  # fmt: skip
def test_the_first_so_many_peers_are_those_of_all(others: list[tuple[str, str, int | None]], most: int) -> None:
    own = Government("own", "p1", "city", 90, "a")
    some = [Government(f"g{n}", *other, f"plan{n}" if n % 3 else "") for n, other in enumerate(others)]
    world = field(
        [plan("a", closed="all", x=4, y=2), *(plan(g.plan, x=1 + n % 4) for n, g in enumerate(some) if g.plan)]
    )
    assert peers(own, some, world, most) == peers(own, some, world)[:most]


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_nearness_in_size_is_symmetric(one: int, other: int) -> None:
    left, right = Government("l", size=one), Government("r", size=other)
    assert judge(left, right, None).reasons == judge(right, left, None).reasons
    assert judge(left, left, None).reasons["size"] == (1, 1)


# Rows


def coverage(name: str, theme: str, level: str, *, listed: bool = True) -> list[Row]:
    return [
        {
            "edition": URIRef(PLAN + name),
            "listClosed": Literal(listed),
            "actionsClosed": Literal(False),
            "theme": URIRef(THEME + theme),
            "foundAt": C[level],
            "evidence": Literal(f"{BASE}id/doc/{name}/ev/{theme}"),
            "source": URIRef(PLAN + name),
            "item": URIRef(THEME + theme),
            "kind": Literal("theme"),
            "candidate": URIRef(LG + name),
        }
    ]


def named(case: str, who: str, standing: str = "asserted") -> Row:
    evidence = Literal(f"{BASE}id/doc/book/ev/{case}-{who}-{standing}")
    return {
        "case": URIRef(CASE + case),
        "government": URIRef(LG + who),
        "standing": Literal(standing),
        "evidence": evidence,
    }


MANY = [
    *(r for n in range(6) for k in range(n + 1) for r in coverage(f"p{n}", f"t{k * n % 5}", ("lv-initiative", "lv-action")[k % 2], listed=n > 2)),
    *(named(str(n % 4), str(n)) for n in range(9)),
    *(named(str(n % 3), str(n * 2)) for n in range(6)),
]  # fmt: skip
ASKED = {
    "plan": [URIRef(PLAN + "p3")],
    "other": [URIRef(PLAN + "p5")],
    "government": [URIRef(LG + "p3")],
    "level": [C["lv-action"]],
    "most": [Literal("20", datatype=XSD.decimal)],
}


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=lambda a: a.name)
@settings(max_examples=20)
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_their_repetition_do_not_matter(analysis, order: random.Random) -> None:  # type: ignore[no-untyped-def]
    rows = [r for r in MANY if ("case" in r) == (analysis.name == "communities")]
    mixed = [*rows, *order.choices(rows, k=3)]
    order.shuffle(mixed)
    expected = analysis.answer(rows, ASKED)
    assert len(expected) > 1
    assert analysis.answer(mixed, ASKED) == expected
    assert all(set(row) <= {*analysis.columns, "plan", "other", "government", "level", "most"} for row in expected)


# Questions


@pytest.fixture(scope="module")
def graph(built_project: Settings) -> Store:
    return store.open_current(built_project.current)


def answer(graph: Store, name: str, **given: object) -> Answer:
    return ask(graph, LIBRARY[name], given, "en")


@pytest.mark.parametrize("question", COMPUTED.values(), ids=lambda q: q.id)
def test_rows_of_an_analysis_rest_on_passages_that_exist(question: Question, graph: Store) -> None:
    found = ask(
        graph,
        question,
        {
            p.name: {"plan": "221309/dx/2023", "other": "222071/dx/2022", "government": "222071"}.get(p.name)
            for p in question.parameters
        },
    )
    assert len(found) > 0
    for row, judged in zip(found.rows, found.soundness.rows, strict=True):
        assert found.evidence(row) or "says-unknown" in judged.reasons
        assert all(passage.lines[0] for passage in found.evidence(row))
    assert (
        ask(
            graph,
            question,
            {p.name: terms for p in question.parameters if (terms := [str(t) for t in found.parameters[p.name]])},
        ).to_json()
        == found.to_json()
    )


def test_plans_of_the_four_cities_are_compared_exactly_by_initiatives_and_with_bounds_by_measures(graph: Store) -> None:
    """All four plans are closed for initiatives; for actions only the text that was received is."""
    exact, bounded = (
        answer(graph, "similar-plans", plan="221309/dx/2023", level=level) for level in ("initiative", "measure")
    )
    for found, token in ((exact, "closed"), (bounded, "open")):
        assert len(found) == 3
        assert {str(row["basis"]) for row in found} == {token}
        assert {judged.reasons for judged in found.soundness.rows} == {("closed",)}
    assert all(row["lowest"] == row["similarity"] == row["highest"] and "open" not in row for row in exact)
    assert all(float(r["lowest"]) < float(r["similarity"]) < float(r["highest"]) for r in bounded)


def test_similarity_of_two_plans_is_the_same_from_both_sides(graph: Store) -> None:
    there = {str(r["other"]): r for r in answer(graph, "similar-plans", plan="221309/dx/2023")}
    back = {str(r["other"]): r for r in answer(graph, "similar-plans", plan="222071/dx/2022")}
    one, other = there[PLAN + "222071/dx/2022"], back[PLAN + "221309/dx/2023"]
    assert [one[name] for name in ("similarity", "shared", "apart")] == [
        other[name] for name in ("similarity", "shared", "apart")
    ]


@pytest.fixture
def without(built_project: Settings) -> Store:
    """The graph without the statement that closes the themes of Fujinomiya's initiatives."""
    lines = store.open_current(built_project.current).nquads().decode().splitlines(keepends=True)
    left = [
        line for line in lines if not ("completeFor" in line and "cf-initiative-themes" in line and "222071" in line)
    ]
    assert len(lines) - len(left) == 1
    return store.memory("".join(left).encode())


def test_without_a_statement_there_are_bounds(without: Store) -> None:
    found = {
        str(r["other"])[len(PLAN) :][:6]: r
        for r in answer(without, "similar-plans", plan="221309/dx/2023", level="initiative")
    }
    assert {code: str(r["basis"]) for code, r in found.items()} == {
        "222071": "open",
        "142051": "closed",
        "242047": "closed",
    }
    assert float(found["222071"]["lowest"]) < 0.4687 < float(found["222071"]["highest"])  # 0.4687 with the statement


@pytest.mark.parametrize("name", ["similar-plans", "why-similar", "central-themes", "peers"])
def test_a_query_that_invents_a_statement_is_found_out(name: str, without: Store) -> None:
    """The query is not trusted: where it says “closed” without a statement, rows that rest on it are unsound."""
    question = LIBRARY[name]
    lying = re.sub(r"(cf-initiative-themes ;[^}]*\}\s*)BIND\(BOUND\(\?s1\)", r"\1BIND(true", question.text)
    assert lying != question.text
    given = {
        "plan": "221309/dx/2023",
        "other": "222071/dx/2022",
        "government": "221309",
        "level": "initiative",
        "most": "1000",
    }
    asked = {p.name: given[p.name] for p in question.parameters}
    honest, found = (ask(without, replace(question, text=text), asked) for text in (question.text, lying))
    assert not honest.soundness.counts()[Mark.UNSOUND]
    assert found.soundness.counts()[Mark.UNSOUND]


def test_a_theme_in_every_plan_is_counted_exactly(graph: Store) -> None:
    """All four plans have measures on the digital divide, as cq09 worked out from the texts."""
    rows = {str(r["item"]).rsplit("/", 1)[-1]: r for r in answer(graph, "central-themes")}
    divide = rows["digital-divide"]
    assert (str(divide["plans"]), str(divide["plansAre"])) == ("4", "every")
    act = rows["428AC1000000103"]
    assert (str(act["kind"]), str(act["plans"]), str(act["plansAre"])) == ("law", "4", "recorded")


def test_communities_of_the_casebook_are_those_of_its_cases(graph: Store) -> None:
    found = list(answer(graph, "case-communities"))
    by_part = {part: [r for r in found if r["part"].eq(part)] for part in ("community", "unknown", "claim")}
    members = [iri for r in by_part["community"] for iri in str(r["members"]).split()]
    assert len(members) == len(set(members))
    lone = {str(r["members"]) for r in by_part["unknown"]}
    assert not lone & set(members)
    stated = graph.select(
        "SELECT DISTINCT ?g WHERE { VALUES ?p { jdx:practisedBy jdx:similarBody jdx:partner } ?c a jdx:PracticeCase ; ?p ?g . "
        "?g jdx:localGovernmentCode ?code }"
    )
    assert lone | set(members) == {str(row[0]) for row in stated.rows}
    assert by_part["claim"]


def test_peers_show_reasons_and_no_population_without_a_date(graph: Store) -> None:
    found = answer(graph, "peers", government="浜松市", most="5")
    assert len(found) == 5
    first = next(iter(found))
    assert str(first["peer"]) == LG + "221007"  # the other designated city of the prefecture
    assert dict(parts_of(first["reasons"])).keys() == {"prefecture", "kind", "size"}
    assert found.text(found.question.column("reasons"), first["reasons"]).startswith(
        "same kind 0.2500; same prefecture 0.2500; "
    )
    sizes = [
        str(row[0])
        for row in graph.select(
            f"SELECT ?n WHERE {{ VALUES ?g {{ <{LG}221309> <{LG}221007> }} ?g jdx:sizeForOrdering ?n }}"
        ).rows
    ]
    assert len(sizes) == 2
    assert not any(size in found.to_json() for size in sizes)


# The header


def test_an_unknown_analysis_or_other_features_are_refused(tmp_path: Path) -> None:
    text = (ROOT / "queries" / "library" / "peers.rq").read_text(encoding="utf-8")
    for old, new, said in (
        ("#+ analysis: peers", "#+ analysis: pears", "no analysis"),
        ("#+ features: candidate prefecture", "#+ features: prefecture", "other features"),
        ("#+ column rank:", "#+ column place:", "other columns"),
        ("#+ analysis: peers\n", "", "read by an analysis"),
    ):
        path = tmp_path / "peers.rq"
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(QueryError, match=said):
            read(path, tmp_path)


def test_parts_of_a_cell_are_told_from_any_other_text() -> None:
    cell = weighed([(THEME + "a", Fraction(1, 3)), (THEME + "b", Fraction(1, 2))])
    assert parts_of(cell) == [(THEME + "b", "0.5000"), (THEME + "a", "0.3333")]
    assert parts_of(Literal("a=b c=0.5")) == parts_of(Literal("x")) == parts_of(None) == []

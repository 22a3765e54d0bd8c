"""Pictures of the graph: views worked out by hand on the example world, layout, files that can be read again, escaping, the page."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import pytest

import keikaku
from keikaku.ask.header import read
from keikaku.ask.trusted import lint
from keikaku.ask.words import Text
from keikaku.draw import LARGE, Network, Picture, draw, kept, layout
from keikaku.draw.kinds import KINDS
from keikaku.draw.layout import positions
from keikaku.draw.vis import as_json
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE
from keikaku.pages import open_site
from keikaku.pages.entity import entity
from keikaku.pages.graph import file, graph
from keikaku.pages.render import View
from keikaku.serve.app import make_app
from keikaku.settings import Settings
from keikaku.store import open_current
from serving import served

ROOT = Path(__file__).resolve().parent.parent
PLAN = "id/plan/990019/dx/2023"
PARTNER = "id/org/mihon-university"
HOSTILE = "</script><img src=x onerror=alert(1)>\x07 & \"'<!-- \u2028"
#: The theme digital-divide in the example world: an action, a section outside the list, a case, and whose they are.
DIVIDE = {
    (f"{PLAN}/i/1-03/a/2", "jdx:theme", "theme/digital-divide"),
    (f"{PLAN}/i/1-03/a/2", "jdx:inPlan", PLAN),
    (f"{PLAN}/i/s4-5", "jdx:theme", "theme/digital-divide"),
    (f"{PLAN}/i/s4-5", "jdx:inPlan", PLAN),
    (PLAN, "jdx:issuingBody", "id/lg/990019"),
    ("id/case/soumu-mihon-jirei-1.0/01", "jdx:theme", "theme/digital-divide"),
    ("id/case/soumu-mihon-jirei-1.0/01", "jdx:practisedBy", "id/lg/990027"),
    ("theme/digital-divide", "skos:related", "theme/accessible-communication"),
}
#: The neighbourhood of action ②: its initiative, theme and partner, and what these are to each other.
ACTION = {
    (f"{PLAN}/i/1-03/a/2", "jdx:parentElement", f"{PLAN}/i/1-03"),
    (f"{PLAN}/i/1-03/a/2", "jdx:theme", "theme/digital-divide"),
}


def picture(settings: Settings, **asked: object) -> Picture:
    return draw(open_current(settings.current), settings, **asked)  # type: ignore[arg-type]


def lines(graph: nx.DiGraph[str]) -> set[tuple[str, str, str]]:
    return {(a.removeprefix(BASE), said, b.removeprefix(BASE)) for a, b, said in graph.edges(data="relations")}


def made_up(points: int, title: str = "点") -> Picture:
    """A tree with cross lines, its first point with a hostile name."""
    found: nx.DiGraph[str] = nx.DiGraph()
    for n in range(points):
        name = HOSTILE if n == 0 else f"{title}{n}"
        found.add_node(f"{BASE}id/x/{n}", ja=name, en=name, kind=KINDS[n % len(KINDS)].token, evidence="")
        if n:
            found.add_edge(
                f"{BASE}id/x/{n}", f"{BASE}id/x/{(n - 1) // 7}", relations="jdx:theme", ja=HOSTILE, en=HOSTILE
            )
        if n > 40:
            found.add_edge(f"{BASE}id/x/{n}", f"{BASE}id/x/{n * 7 % 40}", relations="jdx:theme", ja="線", en="line")
    return Picture(Network(found, Text(HOSTILE, HOSTILE), f"{BASE}id/x/0", points))


class Elements(HTMLParser):
    """Start tags with attributes, and the text of scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._within = (dict(attrs).get("id") or "script") if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.scripts[self._within] = self.scripts.get(self._within, "") + data


def test_a_theme_is_drawn_with_what_takes_it_up(built_world: Settings) -> None:
    found = picture(built_world, theme="digital-divide")
    assert lines(found.graph) == DIVIDE
    kinds = {iri.removeprefix(BASE): kind for iri, kind in found.graph.nodes(data="kind")}
    assert kinds["id/lg/990027"] == "government"
    assert kinds[f"{PLAN}/i/1-03/a/2"] == "action"
    assert found.graph.nodes[BASE + PLAN]["evidence"].startswith("990019-dx-2023 L")
    assert picture(built_world, theme="デジタルデバイド対策").graph.nodes == found.graph.nodes


def test_a_neighbourhood_grows_with_its_depth(built_world: Settings) -> None:
    one = picture(built_world, around=f"{PLAN}/i/1-03/a/2")
    assert lines(one.graph) >= ACTION
    assert set(one.graph) == {
        BASE + p for p in (f"{PLAN}/i/1-03/a/2", f"{PLAN}/i/1-03", PLAN, "theme/digital-divide", PARTNER)
    }
    assert nx.is_weakly_connected(one.graph)
    two = picture(built_world, around=f"{PLAN}/i/1-03/a/2", depth=2)
    assert set(one.graph) < set(two.graph)
    assert BASE + f"{PLAN}/i/1-03/k/1" in two.graph


def test_a_plan_holds_all_its_elements_each_under_what_it_belongs_to(built_world: Settings) -> None:
    found = picture(built_world, plan="990019")
    for part in ("i/1-03", "i/1-03/k/2", "i/1-03/a/1", "g/1", "i/1-03/issue/1"):
        assert any(iri.startswith(f"{BASE}{PLAN}/") for iri in found.graph), part
    inside = lines(found.graph)
    assert (f"{PLAN}/i/1-03/a/1", "jdx:parentElement", f"{PLAN}/i/1-03") in inside
    assert (f"{PLAN}/i/1-03", "jdx:hasKPI", f"{PLAN}/i/1-03/k/1") in inside
    assert (f"{PLAN}/i/1-03/a/1", "jdx:inPlan", PLAN) not in inside, "the initiative says it already"
    assert (PLAN, "jdx:issuingBody", "id/lg/990019") in inside


def test_the_whole_shows_governments_with_plans_or_cases_and_themes(built_world: Settings) -> None:
    found = picture(built_world)
    of = {kind: {i for i, k in found.graph.nodes(data="kind") if k == kind} for kind in ("government", "plan", "case")}
    assert {i.removeprefix(BASE) for i in of["government"]} == {
        f"id/lg/{c}" for c in ("990001", "990019", "990027", "990035")
    }
    assert (len(of["plan"]), len(of["case"])) == (1, 3)
    assert (PLAN, "jdx:theme", "theme/front-office") in lines(found.graph)
    assert set(dict(found.graph.nodes(data="kind")).values()) == {"government", "plan", "case", "theme"}


def test_what_is_left_out_is_counted(built_world: Settings) -> None:
    from keikaku.draw import network

    store = open_current(built_world.current)
    cut = network.around(store, built_world.queries, BASE + PLAN, 1, most=5)
    assert len(cut.graph) == 5
    assert cut.total == network.around(store, built_world.queries, BASE + PLAN, 1).total > 5


@pytest.mark.parametrize(
    "asked", [{"around": "そんな物はない"}, {"plan": "x", "theme": "y"}, {"around": PLAN, "depth": 4}]
)
def test_a_wrong_choice_is_one_sentence(built_world: Settings, asked: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        picture(built_world, **asked)


def test_the_layout_depends_on_nothing_but_points_and_lines() -> None:
    found = made_up(400).view.graph
    turned: nx.DiGraph[str] = nx.DiGraph()
    turned.add_nodes_from(reversed(list(found)))
    turned.add_edges_from(reversed(list(found.edges)))
    assert positions(found) == positions(turned)
    code = (
        "import sys; sys.path.insert(0, 'tests'); from test_graph import made_up; from keikaku.draw.layout import positions;"
        "import hashlib, json; print(hashlib.sha256(json.dumps(positions(made_up(90).view.graph)).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "src"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize("points", [0, 1, 2, 50, 500])
def test_no_two_points_stand_on_each_other(points: int) -> None:
    found = positions(made_up(points).view.graph)
    assert len(found) == len(set(found.values())) == points


def test_a_picture_of_more_communities_than_are_laid_out_at_once_has_a_place_for_each_point() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for number in range(layout.MOST + 10):
        first, second, third = (f"{number}/{corner}" for corner in "abc")
        graph.add_edges_from([(first, second), (second, third), (third, first), ("hub", first)])
    found = positions(graph)
    assert len(set(found.values())) == len(graph) == len(found)
    near = sum(math.dist(found[f"{n}/a"], found[f"{n}/b"]) for n in range(layout.MOST))
    far = sum(math.dist(found[f"{n}/a"], found[f"{n + 1}/a"]) for n in range(layout.MOST))
    assert near < far / 3, "what belongs together stands together"


def test_the_layout_of_a_large_picture_is_computed_once_and_kept_under_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = made_up(300).view.graph
    found = kept.places_of(whole, tmp_path / "store")
    assert found == positions(whole)
    monkeypatch.setattr(kept, "positions", lambda graph: dict.fromkeys(graph, (0, 0)))
    assert kept.places_of(whole, tmp_path / "another") == found
    whole.add_edge(*sorted(whole)[:2], new=True)
    whole.remove_node(sorted(whole)[5])
    assert set(kept.places_of(whole, tmp_path / "store").values()) == {(0, 0)}, (
        "what is drawn differently is laid out anew"
    )


@pytest.mark.parametrize("asked", [{}, {"theme": "digital-divide"}, {"plan": "990019"}])
def test_graphml_and_gexf_hold_the_same_graph(built_world: Settings, asked: dict[str, object]) -> None:
    found = picture(built_world, **asked)
    ml, gexf = nx.read_graphml(io.BytesIO(found.to_graphml())), nx.read_gexf(io.BytesIO(found.to_gexf()))
    assert (dict(ml.nodes(data=True)), ml.adj) == (dict(found.graph.nodes(data=True)), found.graph.adj)
    assert set(gexf) == set(found.graph)
    assert set(gexf.edges) == set(found.graph.edges)
    for iri, data in found.graph.nodes(data=True):
        assert {key: gexf.nodes[iri][key] for key in data} == data
    for one, other, data in found.graph.edges(data=True):
        assert {key: gexf.edges[one, other][key] for key in data} == data
    assert b"lastmodified" not in found.to_gexf()
    assert found.to_gexf() == picture(built_world, **asked).to_gexf()


def test_hostile_names_stay_text_in_every_form() -> None:
    found = made_up(60)
    html = found.to_html()
    parsed = Elements(html)
    assert not any(tag == "img" for tag, _ in parsed.tags)
    assert not any(name.startswith("on") for _, attrs in parsed.tags for name in attrs)
    data = json.loads(parsed.scripts["g-data"])
    assert data["nodes"][0]["label"] == HOSTILE
    assert not set("<>&\u2028") & set(parsed.scripts["g-data"])
    assert nx.read_graphml(io.BytesIO(found.to_graphml())).nodes[f"{BASE}id/x/0"]["ja"] == HOSTILE.replace("\x07", "")
    assert nx.read_gexf(io.BytesIO(found.to_gexf())).nodes[f"{BASE}id/x/0"]["ja"] == HOSTILE.replace("\x07", "")
    assert json.loads(as_json({"a": HOSTILE})) == {"a": HOSTILE}


def test_the_offline_file_asks_for_nothing(built_world: Settings, tmp_path: Path) -> None:
    path = picture(built_world, theme="digital-divide", lang="en").write(tmp_path / "theme.html")
    parsed = Elements(path.read_text(encoding="utf-8"))
    assert not [attrs for _, attrs in parsed.tags if {"src", "href", "action", "srcset"} & set(attrs)]
    policy = next(attrs["content"] for tag, attrs in parsed.tags if tag == "meta" and attrs.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy
    assert dict(parsed.tags)["html"] == {"lang": "en"}


def test_a_notebook_and_the_library_give_the_same_picture(built_world: Settings) -> None:
    kg = keikaku.open(built_world.root, lang="en")
    found = kg.graph(theme="digital-divide")
    assert lines(found.graph) == DIVIDE
    assert found.graph.nodes[BASE + PLAN]["en"] == "Mihon City DX Plan"
    assert found._repr_html_().startswith("<iframe ")
    assert "<script" not in found._repr_html_(), "the document stands in an attribute"


def test_the_page_has_the_picture_and_the_same_content_as_a_table(built_world: Settings) -> None:
    site = open_site(built_world)
    for lang in ("ja", "en"):
        html = graph(site, View(lang, "/graph", {"theme": "digital-divide"})).html
        parsed = Elements(html)
        assert all(
            "src" in attrs or attrs.get("type") == "application/json" for tag, attrs in parsed.tags if tag == "script"
        )
        assert not any(name.startswith("on") or name == "style" for _, attrs in parsed.tags for name in attrs)
        table = html[html.index('id="table"') :]
        for name in dict(picture(built_world, theme="digital-divide").graph.nodes(data=lang)).values():
            assert name in table
        assert len(re.findall(r"<tr><td", table)) == 8
        data = json.loads(parsed.scripts["g-data"])
        assert {node["label"] for node in data["nodes"]} >= {
            dict(picture(built_world).graph.nodes(data=lang))[BASE + PLAN]
        }
        assert data["options"]["physics"]["enabled"] is False
    missing = graph(site, View("ja", "/graph", {"around": "</script><img src=x>"}))
    assert missing.status == 404
    assert "<img" not in missing.html


def test_of_many_plans_the_one_to_draw_is_written(built_world: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    site = open_site(built_world)
    assert '<option value="990019/dx/2023"' in graph(site, View("ja", "/graph", {"plan": "990019/dx/2023"})).html
    monkeypatch.setattr("keikaku.pages.graph.MOST_OFFERED", 0)
    by_path, by_name = (graph(site, View("ja", "/graph", {"plan": name})) for name in ("990019/dx/2023", "見本市"))
    assert '<input name="plan" required value="990019/dx/2023"' in by_path.html
    assert '<option value="990019' not in by_path.html
    assert by_path.status == by_name.status == 200
    assert "<h1>" in by_name.html
    assert (
        by_path.html.partition("<h1")[2].partition("</h1>")[0] == by_name.html.partition("<h1")[2].partition("</h1>")[0]
    )


def test_the_form_of_a_neighbour_has_links_to_our_pages(built_world: Settings) -> None:
    data = json.loads(file(open_site(built_world), View("en", "/graph.json", {"around": PLAN}), ".json"))
    assert next(node["href"] for node in data["nodes"] if node["iri"] == BASE + PLAN) == f"/{PLAN}.html?lang=en"


def test_pages_of_things_lead_to_their_picture(built_world: Settings) -> None:
    found = entity(open_site(built_world), "theme/digital-divide", View("en"))
    assert found is not None
    assert "/graph?around=theme%2Fdigital-divide&amp;lang=en" in found.html


def test_the_service_gives_page_files_and_scripts_from_its_own_address(built_world: Settings) -> None:
    with served(make_app(built_world)) as client:
        page = client.get("/graph", params={"theme": "digital-divide"})
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
            assert client.get(address).status_code == 200, address
        for form, media in (
            ("html", "text/html"),
            ("graphml", "application/graphml+xml"),
            ("gexf", "application/gexf+xml"),
            ("json", "application/json"),
        ):
            answer = client.get(f"/graph.{form}", params={"theme": "digital-divide"})
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(media)
        assert client.get("/graph.gexf", params={"around": "そんな物はない"}).status_code == 400


def test_large_pictures_are_drawn_by_webgl_where_its_script_is_built(tmp_path: Path) -> None:
    script = tmp_path / "webgl.js"
    script.write_text("window.KeikakuSurface = null;\n")
    view = made_up(LARGE + 1).view
    assert Picture(view, webgl=script).engine == "webgl"
    assert Picture(view).engine == "vis"
    assert Picture(made_up(50).view, webgl=script).engine == "vis"


def test_kinds_differ_in_colour_or_shape_and_stand_out_from_paper() -> None:
    assert len({(kind.shape, kind.colour) for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        channels = [int(kind.colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (light + 0.05) >= 3, kind.token  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize("path", sorted((ROOT / "queries" / "draw").glob("*.rq")), ids=lambda p: p.stem)
def test_queries_of_the_drawing_keep_the_rules_of_question_files(path: Path) -> None:
    assert lint(read(path, ROOT)) == []


def test_the_lock_file_of_the_scripts_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert "://" not in json.dumps([{**one, "funding": None} for one in packages.values()])
    assert all("resolved" not in one and one["integrity"].startswith("sha512-") for one in packages.values())

"""The page /graph: the picture with its tools, and the same content as a table; and the picture as a file."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from urllib.parse import urlencode

from keikaku.ask.kept import once
from keikaku.draw import ASSETS, MOST_DEPTH, Picture, draw, webgl
from keikaku.draw.vis import script
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, path_of
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site
from keikaku.settings import Settings

#: What draws pictures of ordinary size: fetched when somebody turns to the picture.
SCRIPT = "/assets/vis-network.js"
#: Rows of the table on one page.
PER_PAGE = 200
_ASKED = ("around", "plan", "theme", "depth")
#: What a picture can be chosen by → the first part of the path of such a thing.
_CHOSEN_BY = {"plan": "id/plan/", "theme": "theme/"}
#: Pictures that were asked for last, by build and parameters: a page, its neighbours and its files are asked for together.
_RECENT: OrderedDict[tuple[object, ...], Picture] = OrderedDict()
_MOST_RECENT = 24
#: Plans that a page of the service offers to choose from.
MOST_OFFERED = 100


def assets(settings: Settings) -> dict[str, Path]:
    """The files of the graph by name: our own, vis-network from pyvis, and the WebGL script where it has been built."""
    built = webgl(settings.root)
    own = {path.name: path for path in (ASSETS / "graph.js", ASSETS / "graph.css")}
    return own | {"vis-network.js": script()} | ({"webgl.js": built} if built else {})


def picture(site: Site, view: View) -> Picture:
    """The picture that the parameters ask for. Raises ParameterError with what is wrong with them."""
    given = {name: view.params[name].strip() for name in _ASKED if view.params.get(name, "").strip()}
    key = (site.build_id, site.settings.root, *sorted(given.items()))
    if key not in _RECENT:
        depth = given.pop("depth", "1")
        if depth not in [str(n) for n in range(1, MOST_DEPTH + 1)]:
            raise ParameterError(
                f"the depth {depth[:20]} is outside 1 to {MOST_DEPTH}",
                ja=f"深さ {depth[:20]} は 1〜{MOST_DEPTH} の範囲にありません",
                do="Take 1, 2 or 3",
                do_ja="1、2、3 のどれかを書いてください",
                rule="docs/graph.md",
            )
        _RECENT[key] = draw(
            site.store,
            site.settings,
            around=given.get("around"),
            plan=given.get("plan"),
            theme=given.get("theme"),
            depth=int(depth),
            lang=view.lang,
            folder=site.folder,
        )
        while len(_RECENT) > _MOST_RECENT:
            _RECENT.popitem(last=False)
    found = _RECENT[key]
    return found if found.lang == view.lang else found.in_language(view.lang)


def graph(site: Site, view: View) -> Page:
    """The picture, a form to choose another, links to its files, and its table in pages."""
    message, found, status = "", None, 200
    try:
        found = picture(site, view)
    except ParameterError as error:
        message, status = error.sentence(view.lang), 404
    asked = {name: view.params.get(name, "").strip() for name in _ASKED}
    words = {"lang": "en"} if view.lang == "en" else {}
    given = {name: value for name, value in asked.items() if value} | words
    tail = f"?{urlencode(given)}" if given else ""
    total = len(found.view.graph) if found else 0
    last = 1 if view.static else max(1, -(-total // PER_PAGE))
    number = view.params.get("page", "1")
    page = min(max(int(number), 1), last) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    exports = [("GraphML", f"/graph.graphml{tail}"), ("GEXF", f"/graph.gexf{tail}")]
    if not view.static:
        exports.insert(0, (view.t("オフラインで開くHTML", "HTML that opens offline"), f"/graph.html{tail}"))
    more = "" if view.static else f"/graph.json?{urlencode(words | {'depth': 1})}&around="
    per_page = max(1, total) if view.static else PER_PAGE
    return Page(
        render(
            "graph.html",
            view,
            site=site,
            picture=found,
            stage=found.stage(view.thing, more, exports, SCRIPT if found.engine == "vis" else "") if found else "",
            rows=found.rows((page - 1) * per_page, per_page, view.thing) if found else [],
            start=path_of(found.view.start) if found else "",
            asked=asked | {"depth": asked["depth"] or "1"},
            message=message,
            page=page,
            last=last,
            total=total,
            choices=_offered(site, view),
        ),
        status,
    )


def file(site: Site, view: View, form: str) -> bytes:
    """The picture as a file; JSON, which the page asks for to expand a point, has links to our pages. Raises ParameterError."""
    found = picture(site, view)
    return found.json(view.thing).encode() if form == ".json" else found.to_bytes(form)


def picture_with(path: str) -> tuple[dict[str, str], str]:
    """The picture of a plan, of a theme or of the whole that is likely to hold the thing at a path, and the point to choose there.

    >>> picture_with("id/plan/221309/dx/2023/i/1-07")
    ({'plan': '221309/dx/2023'}, 'id/plan/221309/dx/2023/i/1-07')
    >>> picture_with("id/lg/221309")
    ({}, 'id/lg/221309')
    """
    for name, start in _CHOSEN_BY.items():
        if path.startswith(start):
            rest = path.removeprefix(start)
            return {name: "/".join(rest.split("/")[:3]) if name == "plan" else rest}, path
    return {}, path


def has_picture(path: str) -> bool:
    """Whether a picture that is made beforehand holds the thing at a path; the service draws one around any thing.

    >>> has_picture("theme/digital-divide"), has_picture("indicator/card-issuance-rate")
    (True, False)
    """
    return path.startswith((*_CHOSEN_BY.values(), "id/lg/")) and path.count("/n/") < 2


def _offered(site: Site, view: View) -> dict[str, list[tuple[str, str]]]:
    """What a page offers to choose from: of many plans none, since whose plan it is can be written."""
    found = choices(site, view.lang)
    return found if view.static or len(found["plan"]) <= MOST_OFFERED else found | {"plan": []}


def choices(site: Site, lang: str) -> dict[str, list[tuple[str, str]]]:
    """Plans and themes to choose from: (value, words)."""
    return once(site.store, f"graph choices {lang}", lambda: _choices(site, lang))


def _choices(site: Site, lang: str) -> dict[str, list[tuple[str, str]]]:
    made = {}
    for name, pattern in (
        ("plan", "?thing a jdx:Plan ; dcterms:title ?name FILTER EXISTS { ?part jdx:inPlan ?thing }"),
        ("theme", "?thing a jdx:PolicyTheme ; skos:prefLabel ?name"),
    ):
        rows = site.store.select(
            f'SELECT DISTINCT ?thing ?name WHERE {{ {pattern} FILTER(LANG(?name) = "{lang}") }} ORDER BY ?name'
        ).rows
        made[name] = [(str(thing).removeprefix(BASE + _CHOSEN_BY[name]), str(called)) for thing, called in rows]
    return made

"""A view with its layout: what the page, the notebook, the command line and the files are made from."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from html import escape
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from keikaku.draw import vis
from keikaku.draw.kept import places_of
from keikaku.draw.kinds import BY_TOKEN, KINDS
from keikaku.draw.layout import Positions
from keikaku.draw.network import Network
from keikaku.draw.still import still
from keikaku.errors import ParameterError

ASSETS = Path(__file__).parent / "assets"
#: From this many points on, the picture is drawn with WebGL where its script has been built (docs/graph.md, measurements).
LARGE = 800
#: Suffix of a file → media type.
FORMS = {
    ".html": "text/html; charset=utf-8",
    ".graphml": "application/graphml+xml",
    ".gexf": "application/gexf+xml",
    ".json": "application/json",
}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Row:
    """One line of the table: a point, its kind, and what it is linked with: (relation, other, outward)."""

    iri: str
    name: str
    kind: str
    links: tuple[tuple[str, str, str, bool], ...]
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """A view and where its points stand.

    `webgl` is the built script for large pictures, None where there is none; `folder` that of the store, with its layouts.
    """

    view: Network
    lang: str = "ja"
    webgl: Path | None = None
    folder: Path | None = None

    def in_language(self, lang: str) -> Picture:
        """The same picture in another language; the points keep their places."""
        made = replace(self, lang=lang)
        made.__dict__["places"] = self.places
        return made

    @cached_property
    def places(self) -> Positions:
        """Where the points stand; the same for the same view."""
        return places_of(self.view.graph, self.folder)

    @property
    def graph(self) -> nx.DiGraph[str]:
        """The view as a networkx DiGraph; nodes have ja, en, kind, evidence, x, y, edges relations, ja, en."""
        found: nx.DiGraph[str] = self.view.graph.copy()
        for iri, (x, y) in self.places.items():
            found.nodes[iri].update(x=x, y=y)
        return found

    @property
    def engine(self) -> str:
        """What draws it: "webgl" for large pictures where its script is there, else "vis"."""
        return "webgl" if len(self.view.graph) > LARGE and self.webgl is not None else "vis"

    def rows(self, first: int = 0, most: int | None = None, link: vis.Linker = lambda _: "") -> list[Row]:
        """The same content as a table, in the order of the legend."""
        graph, lang = self.view.graph, self.lang
        made = []
        for iri in self.view.order()[first : None if most is None else first + most]:
            out = [(graph.edges[iri, to][lang], graph.nodes[to][lang], link(to), True) for to in graph.successors(iri)]
            back = [
                (graph.edges[to, iri][lang], graph.nodes[to][lang], link(to), False) for to in graph.predecessors(iri)
            ]
            cited = tuple((p.shown(lang), link(p.iri)) for p in self.view.passages.get(iri, ())[:3])
            kind = BY_TOKEN[graph.nodes[iri]["kind"]].label.of(lang)
            made.append(Row(iri, graph.nodes[iri][lang], kind, (*sorted(out), *sorted(back)), cited))
        return made

    def json(self, link: vis.Linker = lambda _: "") -> str:
        """Points, lines and options for the script, fit to stand in a script element."""
        return vis.as_json(vis.payload(self.view, self.places, self.lang, link))

    def stage(
        self, link: vis.Linker = lambda _: "", more: str = "", exports: Sequence[tuple[str, str]] = (), script: str = ""
    ) -> Markup:
        """The picture with its tools as a piece of HTML. `more` is the address that gives neighbours, without a thing.

        With `script`, the address of what draws, a still picture is shown, and the script fetched when somebody turns to it.
        """
        large = len(self.view.graph) > LARGE
        counts: dict[str, int] = {}
        for kind in (node["kind"] for _, node in self.view.graph.nodes(data=True)):
            counts[kind] = counts.get(kind, 0) + 1
        legend = [(kind, counts[kind.token]) for kind in KINDS if kind.token in counts]
        return Markup(  # noqa: S704 - the template escapes, the data is fit for a script element
            _template("stage.html").render(
                t=lambda ja, en: ja if self.lang == "ja" else en,
                lang=self.lang,
                legend=legend,
                data=Markup(self.json(link)),  # noqa: S704 - see vis.as_json
                more=more,
                exports=exports,
                script=script,
                still=Markup(still(self.view, self.places, self.lang)) if script and not large else "",  # noqa: S704 - escaped there
                large=large,
                title=self.view.title.of(self.lang),
                count=len(self.view.graph),
            )
        )

    def to_html(self) -> str:
        """One file that opens offline: scripts and data are in it, and its policy forbids any request."""
        drawn = self.webgl if self.engine == "webgl" and self.webgl else vis.script()
        scripts = [Markup(_inline(path)) for path in (drawn, ASSETS / "graph.js")]  # noqa: S704 - our own files
        hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
        return _template("standalone.html").render(
            t=lambda ja, en: ja if self.lang == "ja" else en,
            lang=self.lang,
            title=self.view.title.of(self.lang),
            picture=self,
            stage=self.stage(),
            rows=self.rows(),
            style=Markup((ASSETS / "graph.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
            scripts=scripts,
            hashes=Markup(hashes),  # noqa: S704 - base64
        )

    def to_graphml(self) -> bytes:
        """GraphML: node and edge attributes as in `graph`."""
        made = io.BytesIO()
        nx.write_graphml_xml(self._clean(), made, encoding="utf-8", prettyprint=True)
        return made.getvalue()

    def to_gexf(self) -> bytes:
        """GEXF 1.2 with positions, colours and sizes; the same bytes for the same view, so without the day of writing."""
        graph = self._clean()
        for iri, node in graph.nodes(data=True):
            colour = BY_TOKEN[node["kind"]].colour
            red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
            x, y = self.places[iri]
            node["label"] = node[self.lang]
            node["viz"] = {
                "position": {"x": float(x), "y": float(-y), "z": 0.0},
                "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            }
        made = io.BytesIO()
        nx.write_gexf(graph, made, encoding="utf-8", prettyprint=True, version="1.2draft")
        tree = ET.fromstring(made.getvalue())  # noqa: S314 - what was just written
        for meta in tree.iter("{http://www.gexf.net/1.2draft}meta"):
            meta.attrib.pop("lastmodifieddate", None)
        ET.register_namespace("", "http://www.gexf.net/1.2draft")
        ET.register_namespace("viz", "http://www.gexf.net/1.2draft/viz")
        written: bytes = ET.tostring(tree, encoding="utf-8", xml_declaration=True)
        return written

    def to_bytes(self, form: str) -> bytes:
        """The picture as a file of a form in FORMS. Raises ParameterError for another."""
        if form not in FORMS:
            raise ParameterError(
                f"a picture cannot be written as {form or 'a file without a suffix'}",
                ja=f"図は{form or '拡張子の無いファイル'}では書けません",
                do=f"Name it {', '.join(FORMS)}",
                do_ja=f"名前の終わりを {', '.join(FORMS)} のどれかにしてください",
            )
        made: dict[str, Callable[[], str | bytes]] = {
            ".html": self.to_html,
            ".graphml": self.to_graphml,
            ".gexf": self.to_gexf,
            ".json": self.json,
        }
        found = made[form]()
        return found if isinstance(found, bytes) else found.encode()

    def write(self, path: Path | str) -> Path:
        """Write the picture as .html, .graphml, .gexf or .json, by the suffix of `path`."""
        target = Path(path)
        data = self.to_bytes(target.suffix.lower())
        target.write_bytes(data)
        return target

    def _repr_html_(self) -> str:
        words = "図 / graph"
        return f'<iframe title="{words}" srcdoc="{escape(self.to_html())}" style="width:100%;height:720px;border:0"></iframe>'

    def _clean(self) -> nx.DiGraph[str]:
        """The graph without characters that XML cannot hold."""
        graph = self.graph
        for values in (*(data for _, data in graph.nodes(data=True)), *(data for *_, data in graph.edges(data=True))):
            values.update({key: _NOT_XML.sub("", text) for key, text in values.items() if isinstance(text, str)})
        return graph


def _inline(path: Path) -> str:
    """A script as it may stand in a page."""
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def _template(name: str) -> Template:
    made = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template(name)

"""The one module that knows pyvis: a view as the points, lines and options that vis-network draws, and vis-network itself."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from keikaku.draw.kinds import BY_TOKEN, KINDS
from keikaku.draw.layout import Positions
from keikaku.draw.network import Network

#: Passages of a point that the picture tells; its page tells all.
_FEW = 3
_FILE = "lib/vis-9.1.2/vis-network.min.js"
#: Where a link of a picture leads; "" for nowhere, as in a file that is read offline.
Linker = Callable[[str], str]


@cache
def _pyvis() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that pyvis imports for its own notebook output, unused here
        import pyvis.network  # noqa: PLC0415 - half a second that only drawing needs
    return pyvis


def script() -> Path:
    """The file of vis-network that pyvis brings."""
    return Path(_pyvis().network.__file__).parent / "templates" / _FILE


def size_of(degree: int) -> float:
    """How large a point is that so many lines meet in."""
    return 9 + min(15.0, 3.2 * math.sqrt(degree))


def payload(view: Network, places: Positions, lang: str, link: Linker) -> dict[str, object]:
    """What the script of the page draws: points and lines in pyvis's form with what we know about each, options, kinds."""
    net = _pyvis().network.Network(directed=True, cdn_resources="local")
    net.toggle_physics(False)
    net.set_edge_smooth("continuous")
    ordered = view.order()
    number = {iri: n for n, iri in enumerate(ordered)}
    degree = dict(view.graph.degree())
    other = "en" if lang == "ja" else "ja"
    for iri in ordered:
        node, kind = view.graph.nodes[iri], BY_TOKEN[view.graph.nodes[iri]["kind"]]
        told = {"other": node[other]} if node[other] != node[lang] else {}
        if iri in view.about:
            told["about"] = view.about[iri].of(lang)
        x, y = places[iri]
        net.add_node(
            number[iri],
            label=node[lang],
            shape=kind.shape,
            color=kind.colour,
            x=x,
            y=y,
            size=round(size_of(degree[iri]), 1),
            kind=kind.token,
            iri=iri,
            href=link(iri),
            evidence=[[passage.shown(lang), link(passage.iri)] for passage in view.passages.get(iri, ())[:_FEW]],
            **told,
        )
    net.node_ids = range(
        len(ordered)
    )  # the same numbers: pyvis looks both ends of every line up in them, which takes long in a list
    for number_of_edge, (one, two) in enumerate(sorted(view.graph.edges)):
        net.add_edge(number[one], number[two], id=number_of_edge, said=view.graph.edges[one, two][lang])
    options: dict[str, object] = json.loads(net.options.to_json())
    kinds = {kind.token: {"label": kind.label.of(lang), "shape": kind.shape, "colour": kind.colour} for kind in KINDS}
    start = number.get(view.start, -1)
    return {"nodes": net.nodes, "edges": net.edges, "options": options, "kinds": kinds, "start": start, "lang": lang}


def as_json(data: object) -> str:
    """JSON that may stand in a script element: no character of it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text

"""A picture that does not move, as SVG: what is seen before the script that draws the moving one is fetched, and without scripts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from unicodedata import east_asian_width

from keikaku.draw.kinds import BY_TOKEN, KINDS
from keikaku.draw.layout import Positions
from keikaku.draw.network import Network
from keikaku.draw.vis import size_of

#: The frame that it is drawn for, in pixels of the screen; it shrinks and grows with the real one.
WIDTH, HEIGHT, MARGIN = 880.0, 560.0, 46.0
#: Names that are written, and their size on the screen.
NAMED, LETTER = 28, 12.5
_CORNERS = {
    "square": (4, math.pi / 4, 1.25),
    "diamond": (4, 0.0, 1.2),
    "triangle": (3, -math.pi / 2, 1.2),
    "triangleDown": (3, math.pi / 2, 1.2),
    "hexagon": (6, 0.0, 1.1),
}

Box = tuple[float, float, float, float]


def still(view: Network, places: Positions, lang: str) -> str:
    """The view as an SVG element: all lines as one path, the points of each kind as one, and the names that have room.

    >>> import networkx as nx
    >>> from keikaku.ask.words import Text
    >>> graph = nx.DiGraph()
    >>> graph.add_node("a", ja="<あ>", en="a", kind="theme")
    >>> "&lt;あ&gt;" in still(Network(graph, Text("", ""), "", 1), {"a": (0, 0)}, "ja")
    True
    """
    xs, ys = [x for x, _ in places.values()] or [0], [y for _, y in places.values()] or [0]
    scale = min(
        1.2,
        (WIDTH - 2 * MARGIN) / max(1, max(xs) - min(xs)),
        (HEIGHT - 2 * MARGIN) / max(1, max(ys) - min(ys)),
    )
    left = WIDTH / 2 - scale * (max(xs) + min(xs)) / 2
    top = HEIGHT / 2 - scale * (max(ys) + min(ys)) / 2
    at = {iri: (left + scale * x, top + scale * y) for iri, (x, y) in places.items()}
    degree = dict(view.graph.degree())
    radius = {iri: max(2.2, scale * size_of(degree[iri])) for iri in at}
    lines = "".join(
        f"M{_n(at[a][0])} {_n(at[a][1])}L{_n(at[b][0])} {_n(at[b][1])}" for a, b in sorted(view.graph.edges)
    )
    by_kind: dict[str, list[str]] = {kind.token: [] for kind in KINDS}
    for iri in sorted(at):
        by_kind[view.graph.nodes[iri]["kind"]].append(iri)
    points = "".join(
        f'<path fill="{BY_TOKEN[token].colour}" d="{"".join(outline(BY_TOKEN[token].shape, *at[iri], radius[iri]) for iri in some)}"/>'
        for token, some in by_kind.items()
        if some
    )
    order = sorted(at, key=lambda iri: (iri != view.start, -degree[iri], iri))[:NAMED]
    return (
        f'<svg class="g-still" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true" focusable="false">'
        f'<path class="g-lines" d="{lines}"/><g class="g-points">{points}</g>'
        f"{''.join(_named(order, at, radius, {iri: view.graph.nodes[iri][lang] for iri in order}))}</svg>"
    )


def outline(shape: str, x: float, y: float, r: float) -> str:
    """The outline of a point as a piece of a path.

    >>> outline("dot", 5, 5, 2)
    'M3 5a2 2 0 1 0 4 0a2 2 0 1 0-4 0z'
    >>> outline("square", 0, 0, 4)
    'M3.5 3.5L-3.5 3.5L-3.5-3.5L3.5-3.5z'
    """
    if shape == "star":
        ends = [(-math.pi / 2 + n * math.pi / 5, r * (0.55 if n % 2 else 1.25)) for n in range(10)]
    elif shape in _CORNERS:
        corners, turn, wide = _CORNERS[shape]
        ends = [(turn + n * 2 * math.pi / corners, r * wide) for n in range(corners)]
    else:
        return f"M{_n(x - r)} {_n(y)}a{_n(r)} {_n(r)} 0 1 0 {_n(2 * r)} 0a{_n(r)} {_n(r)} 0 1 0-{_n(2 * r)} 0z".replace(" -", "-")  # fmt: skip
    places = (f"{_n(x + far * math.cos(angle))} {_n(y + far * math.sin(angle))}" for angle, far in ends)
    return f"M{'L'.join(places)}z".replace(" -", "-")


def _named(order: Iterable[str], at: dict[str, tuple[float, float]], radius: dict[str, float], names: dict[str, str]) -> Iterable[str]:  # fmt: skip
    """The names that have room below their points, those of the first first."""
    taken: list[Box] = []
    for iri in order:
        text, width = _brief(names[iri])
        x, y = at[iri][0], at[iri][1] + radius[iri] + LETTER
        x = min(max(x, width / 2 + 2), WIDTH - width / 2 - 2)
        box = (x - width / 2, y - LETTER, x + width / 2, y + 3)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            taken.append(box)
            yield f'<text x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'


def _brief(text: str) -> tuple[str, float]:
    """A name that fits, and how wide it is."""
    width, shown = 0.0, ""
    for character in text:
        step = LETTER * (1.0 if east_asian_width(character) in "WF" else 0.56)
        if width + step > LETTER * 12:
            return shown.rstrip() + "…", width + LETTER
        shown, width = shown + character, width + step
    return shown, width


def _n(number: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{round(number, 1) + 0.0:g}"

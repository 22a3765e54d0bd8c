"""Pictures of the graph: views by query, layout by networkx, drawn by pyvis or, when large, by WebGL (docs/graph.md)."""

from __future__ import annotations

from pathlib import Path

from keikaku.ask import recorded
from keikaku.ask.names import Source
from keikaku.ask.show import resolve
from keikaku.draw import network
from keikaku.draw.network import MOST_AROUND, MOST_DEPTH, Network
from keikaku.draw.picture import ASSETS, FORMS, LARGE, Picture
from keikaku.errors import ParameterError
from keikaku.settings import Settings

__all__ = ["ASSETS", "FORMS", "LARGE", "MOST_AROUND", "MOST_DEPTH", "Network", "Picture", "draw", "webgl"]


def webgl(root: Path) -> Path | None:
    """The script for large pictures that `make setup` builds from web/; None where it has not been built."""
    path = root / "web" / "dist" / "webgl.js"
    return path if path.is_file() else None


def draw(
    source: Source,
    settings: Settings,
    *,
    around: str | None = None,
    plan: str | None = None,
    theme: str | None = None,
    depth: int = 1,
    lang: str = "ja",
    folder: Path | None = None,
) -> Picture:
    """The picture of the neighbourhood of a thing, of a plan, of a theme, or without any of them of the whole.

    Things are named as in `keikaku show`; `folder` is that of the store, which keeps layouts. Raises ParameterError for an unknown name, or when two are given.
    """
    if sum(one is not None for one in (around, plan, theme)) > 1:
        raise ParameterError(
            "a picture shows one of around, plan and theme",
            ja="図に出せるのは around、plan、theme のどれか一つです",
            do="Leave the others out",
            do_ja="ほかは省いてください",
            rule="docs/graph.md",
        )
    queries = settings.queries
    if around is not None:
        view = network.around(source, queries, resolve(source, around), depth)
    elif plan is not None:
        view = network.plan(source, queries, recorded.find(source, plan))
    elif theme is not None:
        view = network.theme(source, queries, network.theme_of(source, queries, theme))
    else:
        view = network.whole(source, queries)
    return Picture(view, lang, webgl(settings.root), folder)

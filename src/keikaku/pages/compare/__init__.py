"""The pages of `/compare`: the matrix, cities side by side, targets by indicator, the timeline, the map, peers (docs/compare.md)."""

from __future__ import annotations

from collections.abc import Callable

from keikaku.pages.compare import beside, matrix, peers, places, spans, targets
from keikaku.pages.compare.read import latest
from keikaku.pages.render import View
from keikaku.pages.site import Page, Site

#: Below this address stand sets of cities, by their codes: /compare/cities/142051-221309.
PATH = "/compare/cities/"


def compare(site: Site, view: View) -> Page:
    """The matrix of all recorded plans; with cities named in the address those side by side."""
    return beside.cities(site, view) if view.params.get("city") else matrix.matrix_page(site, view)


def side_by_side(site: Site, view: View) -> Page:
    """The set of cities whose codes stand in the address."""
    return beside.cities(site, view, view.path.removeprefix(PATH).split("-"))


def prepared(site: Site) -> list[str]:
    """The addresses below those of BELOW that the static site holds: sets of recorded plans, their schedules, indicators and peers."""
    pairs = [PATH + matrix.tail(plans) for plans in matrix.sets(latest(site))]
    return [*pairs, *spans.prepared(site), *targets.prepared(site), *peers.prepared(site)]


PAGES: dict[str, Callable[[Site, View], Page]] = {
    "/compare": compare,
    "/compare/cities": beside.cities,
    "/compare/targets": targets.targets_page,
    "/compare/timeline": spans.timeline_page,
    "/compare/map": places.map_page,
    "/compare/peers": peers.peers_page,
}
#: Beginning of an address → the page of what the rest of it names; None, or a ParameterError, where that is nothing.
BELOW: dict[str, Callable[[Site, View], Page | None]] = {
    PATH: side_by_side,
    targets.PATH: targets.indicator_page,
    spans.PATH: spans.schedule,
    peers.PATH: peers.peers_of,
}
FILES: dict[str, Callable[[Site, View], bytes]] = {"/compare.csv": matrix.matrix_csv}

"""The pages of `/compare`: the matrix, cities side by side, targets by indicator, the timeline, the map, peers (docs/compare.md)."""

from __future__ import annotations

from keikaku.pages.compare.beside import cities
from keikaku.pages.compare.matrix import matrix_csv, matrix_page, sets, tail
from keikaku.pages.compare.read import latest
from keikaku.pages.render import View
from keikaku.pages.site import Page, Site

__all__ = ["PATH", "cities", "compare", "matrix_csv", "prepared", "side_by_side"]

#: Below this address stand sets of cities, by their codes: /compare/cities/142051-221309.
PATH = "/compare/cities/"


def compare(site: Site, view: View) -> Page:
    """The matrix of all recorded plans; with cities named in the address those side by side."""
    return cities(site, view) if view.params.get("city") else matrix_page(site, view)


def side_by_side(site: Site, view: View) -> Page:
    """The set of cities whose codes stand in the address."""
    return cities(site, view, view.path.removeprefix(PATH).split("-"))


def prepared(site: Site) -> list[str]:
    """The addresses of the sets that the static site holds."""
    return [PATH + tail(plans) for plans in sets(latest(site))]

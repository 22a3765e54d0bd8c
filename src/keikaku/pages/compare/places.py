"""The map of what is recorded: town halls by their coordinates over the coastline, and the same by prefecture as a table.

The coordinates are those of data/local-governments.csv; the coast is Natural Earth's (public domain), made by web/coast.mjs. No border
is drawn. The projection is our own: degrees of longitude shrunk by one cosine, with insets for the islands of the far south.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.namespaces import C
from keikaku.pages.compare.read import Plan, closed, latest, rows, text
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site
from keikaku.read.names import Government, load_governments
from keikaku.read.reference import english_name

#: What is recorded of a government: name, and the sign that stands for it in the table.
KINDS = {
    "recorded": Text("計画を記録(取組の一覧が完全)", "plan recorded, list of initiatives complete"),
    "partly": Text("計画を一部記録", "plan recorded in part"),
    "case": Text("計画は未収録。事例集の事例だけ", "no plan recorded; a case of the casebook only"),
    "none": Text("未収録(不明)", "nothing recorded (unknown)"),
}
#: Shape of each kind that stands out; the others are dots.
SHAPES = {"recorded": "M0-11L11 0L0 11L-11 0Z", "partly": "M-8-8H8V8H-8Z", "case": "M0-6L6 5H-6Z"}
#: So many names find room on the map.
_NAMED = 12
#: Height of a name on the map.
_LINE = 30
_SCALE, _SHRUNK = 44.0, math.cos(math.radians(37))


@dataclass(frozen=True)
class Frame:
    """A piece of the map: its degrees (west, south, east, north), and where its upper left corner stands."""

    west: float
    south: float
    east: float
    north: float
    x: float
    y: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in units of the drawing."""
        return round((self.east - self.west) * _SHRUNK * _SCALE, 1), round((self.north - self.south) * _SCALE, 1)

    def holds(self, lat: float, lng: float) -> bool:
        """Whether a place lies in this piece."""
        return self.south <= lat < self.north and self.west <= lng < self.east

    def at(self, lat: float, lng: float) -> tuple[float, float]:
        """Where a place stands in the drawing."""
        return (
            round(self.x + (lng - self.west) * _SHRUNK * _SCALE, 1),
            round(self.y + (self.north - lat) * _SCALE, 1),
        )


#: The four main islands; the south-western islands; the Ogasawara islands. A place belongs to the first that holds it.
FRAMES = (
    Frame(128.2, 29.9, 149.2, 45.9, 0, 0),
    Frame(122.6, 23.9, 131.6, 29.9, 12, 12),
    Frame(141.5, 26.2, 143.0, 27.8, 660, 600),
)
WIDTH, HEIGHT = FRAMES[0].size


@dataclass(frozen=True)
class Spot:
    """One government that stands out on the map."""

    government: str
    x: float
    y: float
    kind: str
    name: Text


@dataclass(frozen=True)
class Label:
    """The name of a spot: where it stands, and whether a line leads to it from the spot."""

    spot: Spot
    x: float
    y: float
    led: bool


@dataclass(frozen=True)
class Prefecture:
    """A line of the table: how many of its municipalities are of each kind, and the governments of which there is something."""

    iri: str
    name: Text
    counts: Mapping[str, int]
    found: tuple[tuple[str, str, Text], ...]


def map_page(site: Site, view: View) -> Page:
    """The map and its table."""
    everyone = _governments(site.settings.data / "local-governments.csv")
    plans = {plan.government: plan for plan in latest(site)}
    kinds = kinds_of(site, everyone, plans)
    spots = [spot for kind in ("case", "partly", "recorded") for spot in _spots(everyone, kinds, kind)]
    known = names(site.store, {plan.iri for plan in plans.values()})
    return Page(
        render(
            "compare-map.html",
            view,
            site=site,
            names=known,
            plans=plans,
            kinds=KINDS,
            shapes=SHAPES,
            spots=spots,
            labels=labels([spot for spot in spots if spot.kind != "case"]),
            dots=dots(everyone, kinds),
            coast=coast(),
            insets=FRAMES[1:],
            size=(WIDTH, HEIGHT),
            counts=Counter(kinds[str(g.iri)] for g in everyone if g.kind != "prefecture"),
            prefectures=by_prefecture(everyone, kinds),
            every=sum(g.kind != "prefecture" for g in everyone),
        )
    )


def kinds_of(site: Site, everyone: Sequence[Government], plans: Mapping[str, Plan]) -> dict[str, str]:
    """What is recorded of each government (a key of KINDS)."""
    listed = {plan for plan, aspect in closed(site) if aspect == str(C["cf-initiative-list"])}
    practising = {text(row, "government") for row in rows(site, "cases")}

    def kind(government: str) -> str:
        if government in plans:
            return "recorded" if plans[government].iri in listed else "partly"
        return "case" if government in practising else "none"

    return {str(g.iri): kind(str(g.iri)) for g in everyone}


def place(lat: float, lng: float) -> tuple[float, float] | None:
    """Where a place stands in the drawing; None when it lies outside."""
    frame = next((frame for frame in FRAMES if frame.holds(lat, lng)), None)
    return frame.at(lat, lng) if frame else None


def dots(everyone: Sequence[Government], kinds: Mapping[str, str]) -> str:
    """The municipalities of which nothing is recorded, as one path of points."""
    found = (_place(g) for g in everyone if kinds[str(g.iri)] == "none" and g.kind != "prefecture")
    return "".join(f"M{round(at[0])} {round(at[1])}h0" for at in found if at)


@cache
def coast() -> str:
    """The coastline as one path. A ring lies wholly in the frame of its first point."""
    rings = json.loads((Path(__file__).parent / "coast.json").read_text(encoding="utf-8"))
    made = []
    for flat in rings:
        points = [(y / 100, x / 100) for x, y in zip(flat[::2], flat[1::2], strict=True)]
        frame = next((frame for frame in FRAMES if frame.holds(*points[0])), None)
        if frame:
            made.append("M" + "L".join(f"{x:g} {y:g}" for x, y in (frame.at(*point) for point in points)) + "Z")
    return "".join(made)


def labels(spots: Sequence[Spot]) -> list[Label]:
    """Names beside their spots; those of spots near each other in one column to the right of them. None where there are many."""
    if len(spots) > _NAMED:
        return []
    found = []
    for group in _near(sorted(spots, key=lambda spot: spot.y)):
        if len(group) == 1:
            found.append(Label(group[0], group[0].x + 16, group[0].y + 5, False))
            continue
        x = max(spot.x for spot in group) + 46
        top = sum(spot.y for spot in group) / len(group) - _LINE * (len(group) - 1) / 2
        found += [Label(spot, x, round(top + _LINE * n + 5, 1), True) for n, spot in enumerate(group)]
    return found


def _near(spots: Sequence[Spot]) -> list[list[Spot]]:
    """Spots, from north to south, in groups whose names would meet."""
    groups: list[list[Spot]] = []
    for spot in spots:
        home = next(
            (g for g in groups if any(abs(s.y - spot.y) < 2 * _LINE and abs(s.x - spot.x) < 160 for s in g)), None
        )
        if home is None:
            groups.append([spot])
        else:
            home.append(spot)
    return groups


def by_prefecture(everyone: Sequence[Government], kinds: Mapping[str, str]) -> list[Prefecture]:
    """One line for each prefecture, by code."""
    found = []
    for prefecture in (g for g in everyone if g.kind == "prefecture"):
        own = [g for g in everyone if g.kind != "prefecture" and g.prefecture == prefecture.code]
        things = tuple(
            (str(g.iri), kinds[str(g.iri)], _name(g)) for g in (prefecture, *own) if kinds[str(g.iri)] != "none"
        )
        counts = Counter(kinds[str(g.iri)] for g in own)
        found.append(Prefecture(str(prefecture.iri), _name(prefecture), counts, things))
    return found


def _spots(everyone: Sequence[Government], kinds: Mapping[str, str], kind: str) -> list[Spot]:
    found = []
    for g in everyone:
        at = _place(g)
        if kinds[str(g.iri)] == kind and at:
            found.append(Spot(str(g.iri), *at, kind, _name(g)))
    return found


def _place(government: Government) -> tuple[float, float] | None:
    lat, lng = government.row.get("lat", ""), government.row.get("lng", "")
    return place(float(lat), float(lng)) if lat and lng else None


def _name(government: Government) -> Text:
    return Text(government.name, english_name(government))


@cache
def _governments(path: Path) -> tuple[Government, ...]:
    return tuple(sorted(load_governments(path).values(), key=lambda g: g.code)) if path.is_file() else ()

"""Peers of a city: governments that are like it in prefecture, kind, size or themes, each reason by itself (docs/analysis.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keikaku.ask import Answer, ask, governments
from keikaku.ask.answer import number_of, weighed
from keikaku.ask.kept import kept, once
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.errors import ParameterError
from keikaku.pages.compare.read import Plan, latest
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

#: The question that finds them; its four reasons weigh alike, so each adds at most a quarter.
QUESTION, MOST = "peers", 20
_WHOLE = 4
#: How near in size (the smaller through the larger) is which words; what is below is far.
_NEAR = (
    (0.9, Text("ほぼ同じ規模", "about the same size")),
    (0.7, Text("近い規模", "near in size")),
    (0.0, Text("規模は離れている", "not near in size")),
)
#: Governments with a recorded plan that are shown; of more the nearest in size.
MOST_NEAR = 60
#: Below this address stand the peers of one government, by its code.
PATH = "/compare/peers/"


@dataclass(frozen=True)
class Peer:
    """One government with its reasons: token → how far it holds, from 0 to 1; `themes` says why that of the themes may be unknown."""

    government: str
    lowest: float
    highest: float
    reasons: Mapping[str, float]
    size: Text | None
    themes: Text | None
    plan: str


def peers_page(site: Site, view: View) -> Page:
    """The peers of the city of the address; without one a form to choose it."""
    wanted = view.params.get("city", "").split(",", maxsplit=1)[0].strip()
    return _page(site, view, wanted)


def peers_of(site: Site, view: View) -> Page:
    """The peers of the city whose code stands in the address."""
    return _page(site, view, view.path.removeprefix(PATH))


def prepared(site: Site) -> list[str]:
    """The addresses of the peers of all governments with a recorded plan."""
    return [PATH + plan.code for plan in latest(site)]


def found_in(answer: Answer, plans: Mapping[str, Plan]) -> list[Peer]:
    """The rows of the answer as peers."""
    found = []
    for row in answer:
        government = str(row["peer"])
        nearness = number_of(row.get("nearness"))
        column = answer.question.column("themes")
        found.append(
            Peer(
                government,
                _share(number_of(row.get("score"))),
                _share(number_of(row.get("highest"))),
                {name: min(1.0, _WHOLE * float(part)) for name, part in weighed(row.get("reasons"))},
                _words(nearness),
                column.words.get(str(row.get("themes", ""))),
                plans[government].iri if government in plans else "",
            )
        )
    return found


def recorded(site: Site, government: str, plans: Sequence[Plan]) -> list[tuple[Plan, Text | None]]:
    """The governments with a recorded plan and how near they are in size, the nearest first; None where a size is unknown."""
    sizes = once(site.store, "sizes", lambda: _sizes(site))
    own = sizes.get(government, 0.0)
    near = {
        plan.government: min(own, size) / max(own, size)
        for plan in plans
        if plan.government != government and own and (size := sizes.get(plan.government, 0.0))
    }
    others = [plan for plan in plans if plan.government != government]
    others.sort(key=lambda plan: -near.get(plan.government, -1.0))
    return [(plan, _words(near.get(plan.government))) for plan in others]


def _sizes(site: Site) -> dict[str, float]:
    """Government → its size, where one is known."""
    rows = site.store.select("SELECT DISTINCT ?g ?size WHERE { ?g jdx:sizeForOrdering ?size }").rows
    return {str(g): float(str(size)) for g, size in rows if size is not None}


def _words(nearness: float | None) -> Text | None:
    """What a nearness in size is called."""
    return None if nearness is None else next(words for least, words in _NEAR if nearness >= least)


def _page(site: Site, view: View, wanted: str) -> Page:
    plans = latest(site)
    message, government, peers = "", "", list[Peer]()
    reasons: Mapping[str, Text] = {}
    try:
        if wanted:
            government = str(governments.find(site.store, wanted))
            answer = _asked(site, government)
            peers = found_in(answer, {plan.government: plan for plan in plans})
            reasons = answer.question.column("reasons").words
    except ParameterError as error:
        message = error.sentence(view.lang)
    known = names(site.store, {government, *(p.government for p in plans), *(p.government for p in peers)} - {""})
    own = next((plan for plan in plans if plan.government == government), None)
    near = recorded(site, government, plans) if peers else []
    return Page(
        render(
            "compare-peers.html",
            view,
            site=site,
            plans=plans,
            names=known,
            government=government,
            own=own,
            peers=peers,
            recorded=near[:MOST_NEAR],
            farther=len(near[MOST_NEAR:]),
            reasons=reasons,
            with_plan=_with_plan(peers),
            wanted=wanted,
            message=message,
            path=PATH,
            code=lambda iri: iri.rpartition("/")[2],
        ),
        400 if message else 200,
    )


def _asked(site: Site, government: str) -> Answer:
    """The answer without names and passages, which the page does not show; kept for the page in the other language."""

    def look_up(wanted: list[str]) -> dict[str, Answer]:
        return {
            one: ask(site.store, site.questions[QUESTION], {"government": one, "most": str(MOST)}, most=0)
            for one in wanted
        }

    return kept(site.store, "peers", [government], look_up)[government]


def _with_plan(peers: Sequence[Peer]) -> int:
    return sum(bool(peer.plan) for peer in peers)


def _share(value: object) -> float:
    return float(str(value)) if value is not None else 0.0

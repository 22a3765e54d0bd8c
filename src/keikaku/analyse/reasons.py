"""Why two plans are alike: one row for each theme that at least one of them has, with what it adds or takes, and whose initiatives."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rdflib import URIRef

from keikaku.analyse.similarity import SIMILARITY, Field, likenesses, read
from keikaku.analyse.table import Analysis, Asked, Row, Rows, first, joined, measure, row, text
from keikaku.analyse.themes import SCALE, STRENGTHS, Profile
from keikaku.namespaces import C


def state(theme: str, left: Profile, right: Profile, apart: Fraction) -> str:
    """What a row rests on.

    stated: both have it. closed: one is known to lack it. bounded: one is known to have less of it, if any. unknown: neither.
    """
    if theme in left.found and theme in right.found:
        return "stated"
    if left.strength(theme).known and right.strength(theme).known:
        return "closed"
    return "bounded" if apart else "unknown"


#: All plans, and what in a plan has a theme: (plan, theme) → IRIs.
Told = tuple[Field, Mapping[tuple[str, str], set[str]]]


def _read(rows: Rows, asked: Asked) -> Told:
    elements: dict[tuple[str, str], set[str]] = {}
    for one in rows:
        elements.setdefault((text(one, "edition"), text(one, "theme")), set()).update(text(one, "elements").split())
    return read(rows, asked), elements


def _compute(told: Told, asked: Asked) -> list[Row]:
    world, elements = told
    level = first(asked, "level").rsplit("/", 1)[-1]
    levels = {strength: C[name] for name, strength in STRENGTHS[level].items()}
    known = {profile.plan: profile for profile in world.plans}
    left, right = known.get(first(asked, "plan")), known.get(first(asked, "other"))
    if left is None or right is None:
        return []
    likeness = likenesses(world, world.position(left.plan), [world.position(right.plan)])[0]
    shared, apart = dict(likeness.shared), dict(likeness.apart)
    weights = dict(zip(world.themes, world.weights.tolist(), strict=True))
    nothing = Fraction(0)
    found = []
    for theme in sorted(
        {*left.found, *right.found}, key=lambda t: (-shared.get(t, nothing), -apart.get(t, nothing), t)
    ):
        has = [profile for profile in (left, right) if theme in profile.found]
        silent = [profile for profile in (left, right) if theme not in profile.found]
        basis = state(theme, left, right, apart.get(theme, nothing))
        found.append(
            row(
                plan=URIRef(left.plan),
                other=URIRef(right.plan),
                level=asked["level"][0],
                theme=URIRef(theme),
                here=_level(levels, left, theme),
                there=_level(levels, right, theme),
                rarity=measure(Fraction(weights[theme], SCALE)),
                shared=measure(shared.get(theme, nothing)),
                apart=measure(apart.get(theme, nothing)),
                basis=basis,
                ours=joined(elements.get((left.plan, theme), ()) if left in has else ()),
                theirs=joined(elements.get((right.plan, theme), ()) if right in has else ()),
                resting=joined(profile.plan for profile in silent),
                evidence=joined(iri for profile in has for iri in profile.passages[theme]),
                basisEvidence=joined(iri for profile in silent for iri in profile.declared),
            )
        )
    return found


def _level(levels: Mapping[int, URIRef], profile: Profile, theme: str) -> URIRef | None:
    return levels.get(profile.found.get(theme, 0))


REASONS = Analysis(
    "similarity-reasons",
    (*SIMILARITY.features, "elements"),
    (
        "theme", "here", "there", "rarity", "shared", "apart", "basis", "ours", "theirs", "resting", "evidence", "basisEvidence",
    ),
    _read,
    _compute,
    passed=("plan", "other"),
)  # fmt: skip

"""How alike two plans are by what they do: a weighted Jaccard similarity of their themes, with its reasons and its bounds.

Where all is known it is Σ w·min(a, b) / Σ w·max(a, b) for strengths a and b and the rarity w of each theme. Where a strength is only
known to lie between bounds, what is certainly shared is divided by what is certainly shared or certainly apart: a theme that a plan
may or may not have speaks neither for nor against. What it could change is told by the bounds (docs/analysis.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rdflib import Literal, URIRef

from keikaku.analyse.table import Analysis, Asked, Row, Rows, count, first, joined, limit, measure, row, weighed
from keikaku.analyse.themes import Profile, profiles, rarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

#: Ratios of floating-point numbers that lie closer than this may be of the other order, or equal.
CLOSE = 1e-9


@dataclass(frozen=True)
class Likeness:
    """How alike two plans are.

    `similarity` is None when nothing is certain. `lowest` and `highest` are what it could be if everything were known;
    `comparable` is the share, by rarity, of the themes known exactly in both. `shared` and `apart` divide 1 among the themes: what
    each adds to the similarity, and what each takes from it. `open` are the themes not known exactly in both.
    """

    similarity: Fraction | None
    lowest: Fraction
    highest: Fraction
    comparable: Fraction
    shared: tuple[tuple[str, Fraction], ...] = ()
    apart: tuple[tuple[str, Fraction], ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """All plans as two tables of strengths (plan × theme): the least and the greatest; `weights` are the rarities."""

    plans: tuple[Profile, ...]
    themes: tuple[str, ...]
    low: Numbers
    high: Numbers
    weights: Numbers

    def position(self, plan: str) -> int:
        """Where a plan stands in the tables. Raises ValueError when it does not."""
        return [profile.plan for profile in self.plans].index(plan)


def field(several: Sequence[Profile]) -> Field:
    """Lay plans side by side; the themes are those that at least one of them has."""
    import numpy as np  # noqa: PLC0415 - a tenth of a second that only this needs

    plans = tuple(sorted(several, key=lambda profile: profile.plan))
    weights = rarity(plans)
    bounds = [[profile.strength(theme) for theme in weights] for profile in plans]
    shape = (len(plans), len(weights))
    low = np.array([[one.low for one in line] for line in bounds], dtype=np.int64).reshape(shape)
    high = np.array([[one.high for one in line] for line in bounds], dtype=np.int64).reshape(shape)
    return Field(plans, tuple(weights), low, high, np.array(list(weights.values()), dtype=np.int64))


def likenesses(world: Field, position: int, others: Sequence[int] | None = None, *, why: bool = True) -> list[Likeness]:
    """How alike one plan is to others (all, itself included, when none are named), in their order; `why=False` leaves the reasons out."""
    chosen = slice(None) if others is None else list(others)
    tables = _compared(world, position, chosen)
    sums = zip(*((table @ world.weights).tolist() for table in tables), strict=True)
    total = int(world.weights.sum())
    found = []
    for line, (common, certain, most_common, least_whole, most_whole, compared) in enumerate(sums):
        likeness = Likeness(
            similarity=Fraction(common, certain) if certain else None,
            lowest=Fraction(common, most_whole) if most_whole else Fraction(1),
            highest=Fraction(most_common, least_whole) if least_whole else Fraction(1),
            comparable=Fraction(compared, total) if total else Fraction(0),
        )
        shared, together, known = tables[0][line], tables[1][line], tables[5][line].astype(bool)
        found.append(_explained(world, likeness, shared, together - shared, known, certain) if why else likeness)
    return found


def _compared(world: Field, position: int, chosen: slice | list[int]) -> tuple[Numbers, ...]:
    """Plan × theme for the chosen plans: what is shared and what is certain, the most that can be shared, the least and the most that
    both can have together, and where both are known."""
    import numpy as np  # noqa: PLC0415 - a tenth of a second that only this needs

    low, high = world.low[chosen], world.high[chosen]
    own_low, own_high = world.low[position], world.high[position]
    shared = np.minimum(own_low, low)
    apart = np.maximum(np.maximum(own_low - high, low - own_high), 0)
    known = (own_low == own_high) & (low == high)
    # The best that can be: as alike as the bounds allow. The worst: what is less strong stays least, the other becomes greatest.
    near = np.minimum(own_high, high)
    best = np.maximum(near, np.maximum(own_low, low))
    worst = np.where(own_low < low, high, np.where(low < own_low, own_high, np.maximum(own_high, high)))
    return shared, shared + apart, near, best, worst, known.astype(np.int64)


def _explained(
    world: Field, likeness: Likeness, shared: Numbers, apart: Numbers, known: NDArray[np.bool_], total: int
) -> Likeness:
    """Add what each theme contributes."""
    weights = world.weights.tolist()
    return replace(
        likeness,
        shared=tuple(
            (theme, Fraction(weight * value, total))
            for theme, weight, value in zip(world.themes, weights, shared.tolist(), strict=True)
            if value
        ),
        apart=tuple(
            (theme, Fraction(weight * value, total))
            for theme, weight, value in zip(world.themes, weights, apart.tolist(), strict=True)
            if value
        ),
        open=tuple(theme for theme, both in zip(world.themes, known.tolist(), strict=True) if not both),
    )


def rank(likeness: Likeness) -> tuple[Fraction, Fraction]:
    """The key by which the most alike come first; what cannot be compared comes last."""
    return (-(likeness.similarity if likeness.similarity is not None else Fraction(-1)), -likeness.comparable)


def nearest(world: Field, position: int, most: int) -> list[tuple[int, Likeness]]:
    """The plans most like one plan, the most alike first, with reasons; of equals, the one whose IRI comes first."""
    others = [other for other in _foremost(world, position, most) if other != position]
    ordered = sorted((rank(one), other) for one, other in zip(likenesses(world, position, others, why=False), others, strict=True))  # fmt: skip
    found = [other for _, other in ordered[:most]]
    return list(zip(found, likenesses(world, position, found), strict=True)) if found else []


def _foremost(world: Field, position: int, most: int) -> list[int]:
    """The plans among which the most alike are, by sums in floating point; who is so close to the last that it may come before it is among them."""
    import numpy as np  # noqa: PLC0415 - a tenth of a second that only this needs

    shared, certain, *_ = _compared(world, position, slice(None))
    common, whole = shared @ world.weights, certain @ world.weights
    alike = np.divide(common, whole, out=np.full(len(whole), -1.0), where=whole > 0)
    if len(alike) <= most + 1:
        return list(range(len(alike)))
    last = np.partition(alike, -most - 1)[-most - 1]  # one more, since the plan itself is among them
    return [int(at) for at in np.flatnonzero(alike >= last - CLOSE)]


def passages(left: Profile, right: Profile, likeness: Likeness) -> set[str]:
    """The passages of every theme that counted for or against."""
    themes = {theme for theme, _ in (*likeness.shared, *likeness.apart)}
    return {iri for profile in (left, right) for theme in themes for iri in profile.passages.get(theme, ())}


@dataclass(frozen=True)
class Basis:
    """What figures about plans rest on.

    `token`: stated (nothing is absent), closed (every absence is confirmed), open (some are unknown), unknown (nothing can be
    compared). `listed` and `whole` are the plans whose completeness for the themes of initiatives, and of actions, was made use of;
    `used` says which: nothing, list, or actions too.
    """

    token: str
    listed: tuple[Profile, ...]
    whole: tuple[Profile, ...]

    @property
    def used(self) -> str:
        """Which completeness was made use of."""
        return "actions" if self.whole else "list" if self.listed else "nothing"

    def cells(self) -> dict[str, Literal | None]:
        """The cells that soundness is judged by: the declarations are looked up again for the plans named here."""
        return {
            "used": Literal(self.used),
            "resting": joined(profile.plan for profile in self.listed),
            "restingActions": joined(profile.plan for profile in self.whole),
            "basisEvidence": joined(iri for profile in self.listed for iri in profile.declared),
        }


def basis(world: Field, several: Sequence[Profile], likeness: Likeness) -> Basis:
    """What a likeness of these plans rests on."""
    lacking = [profile for profile in several if any(theme not in profile.found for theme in world.themes)]
    listed = tuple(profile for profile in lacking if profile.listed)
    whole = tuple(profile for profile in listed if profile.whole and profile.level != "lv-initiative")
    if likeness.similarity is None:
        return Basis("unknown", (), ())
    if not lacking:
        return Basis("stated", (), ())
    known = all(profile.strength(theme).known for profile in several for theme in world.themes)
    return Basis("closed" if known else "open", listed, whole)


def read(rows: Rows, asked: Asked) -> Field:
    """All plans at the level asked for."""
    return field(profiles(rows, first(asked, "level").rsplit("/", 1)[-1]))


def _compute(world: Field, asked: Asked) -> list[Row]:
    found: list[Row] = []
    for plan in sorted({str(term) for term in asked["plan"]}):
        if plan not in {profile.plan for profile in world.plans}:
            continue
        position = world.position(plan)
        own = world.plans[position]
        for place, (other, likeness) in enumerate(nearest(world, position, limit(asked)), 1):
            pair = (own, world.plans[other])
            rests = basis(world, pair, likeness)
            found.append(
                row(
                    plan=URIRef(plan),
                    level=asked["level"][0],
                    most=asked["most"][0],
                    rank=count(place),
                    other=URIRef(pair[1].plan),
                    government=URIRef(pair[1].government) if pair[1].government else None,
                    similarity=measure(likeness.similarity),
                    lowest=measure(likeness.lowest),
                    highest=measure(likeness.highest),
                    comparable=measure(likeness.comparable),
                    shared=weighed(likeness.shared),
                    apart=weighed(likeness.apart),
                    open=joined(likeness.open),
                    basis=rests.token,
                    evidence=joined(passages(*pair, likeness)),
                    **rests.cells(),
                )
            )
    return found


SIMILARITY = Analysis(
    "similarity",
    ("edition", "government", "listClosed", "actionsClosed", "theme", "foundAt", "evidence", "closedEvidence"),
    (
        "rank", "other", "government", "similarity", "lowest", "highest", "comparable", "shared", "apart", "open", "basis", "used", "resting",
        "restingActions", "evidence", "basisEvidence",
    ),
    read,
    _compute,
    passed=("plan", "most"),
)  # fmt: skip

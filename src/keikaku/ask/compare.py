"""Whether two KPIs may be compared, by rule (ontology §7.1, §7.5); what the rules are stands in docs/compare.md.

Nothing here knows the graph or says which value is better: two values go in, a verdict with its reasons and conditions comes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from keikaku.ask.words import Text
from keikaku.namespaces import JDX, C


class Verdict(IntEnum):
    """How two values or two KPIs stand to each other; the better the smaller."""

    COMPARABLE = 0
    CONDITIONAL = 1
    NOT_COMPARABLE = 2

    @property
    def token(self) -> str:
        """The word for programs: comparable, conditional, not-comparable."""
        return self.name.lower().replace("_", "-")


VERDICTS = {
    Verdict.COMPARABLE: Text("比較できる", "comparable"),
    Verdict.CONDITIONAL: Text("条件付きで比較できる", "comparable on conditions"),
    Verdict.NOT_COMPARABLE: Text("比較できない", "not comparable"),
}

#: Why two values are not comparable, in the order in which reasons are given.
REASONS = {
    "different-indicator": Text(
        "指標が違う（数えるもの又は母数が違う）", "different indicators (numerator or denominator)"
    ),
    "no-number": Text("数値がない", "no number"),
    "different-kind": Text("目標値と実績（現状）の値である", "a target against a figure already reached"),
    "different-unit": Text("単位が違う", "different units"),
    "level-or-change": Text("水準と変化量である", "a level against a change"),
    "different-reference": Text(
        "変化量の比較基準が違うか、書かれていない", "changes from different or unstated states"
    ),
    "counting-not-stated": Text("集計方法が書かれていない", "the counting rule is not stated"),
    "different-counting": Text("集計方法が違う", "different counting rules"),
    "different-scope": Text("対象の範囲（内訳）が違う", "different scopes (breakdown)"),
    "no-common-year": Text("共通の年度がない", "no fiscal year in common"),
}

#: What has to be done or kept in mind before two values are compared, in the order in which conditions are given.
CONDITIONS = {
    "running-sum": Text(
        "年度ごとの新規分を合計した累計（規則R4）に換算し、最初の年度より前にあった分は含まない",
        "yearly increments converted to a running sum (rule R4), without what existed before their first year",
    ),
    "stock-and-cumulative": Text(
        "時点の値と累計であり、数え始めが同じか問題にならないときに限る",
        "a stock against a cumulative figure: only where the start of counting is the same or does not matter",
    ),
    "start-of-counting": Text(
        "累計どうしだが、数え始めが同じとは確かめられない", "both are cumulative; that they start alike is not known"
    ),
    "bound-or-approximate": Text("ちょうどの値でないもの（以上、約など）を含む", "not both exact (at least, about …)"),
    "different-day": Text(
        "同じ年度の中で時点が違うか、書かれていない", "another or an unstated day within the same fiscal year"
    ),
}

_TARGET = str(JDX.TargetValue)
_STATED, _CHANGE, _EXACT = str(C["vs-stated"]), str(C["vf-change"]), str(C["cmp-eq"])
_STOCK, _CUMULATIVE = str(C["acc-stock"]), str(C["acc-cumulative"])
_NOT_STATED = ("", str(C["acc-not-stated"]))
_INCREMENT = str(C["acc-increment"])
#: Flows of a whole year: the day within the year does not matter to them.
_FLOWS = (str(C["acc-per-year"]), _INCREMENT)


@dataclass(frozen=True)
class Value:
    """One value of a KPI as the graph has it; every word is an IRI, "" where nothing is said.

    `years` are fiscal years (IRIs), `day` an ISO date; `derived` says that rule R4 summed it up from increments.
    """

    iri: str
    role: str
    status: str
    number: Decimal | None = None
    unit: str = ""
    counting: str = ""
    form: str = ""
    comparator: str = ""
    reference: str = ""
    breakdown: str = ""
    years: tuple[str, ...] = ()
    day: str = ""
    derived: bool = False
    evidence: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a number that the plan states."""
        return self.status == _STATED and self.number is not None

    @property
    def is_target(self) -> bool:
        """A target, rather than a baseline or a reported figure."""
        return self.role == _TARGET


@dataclass(frozen=True)
class Because:
    """One reason or condition: its code, and what it found on the two sides (IRIs or days, joined by spaces; "" for nothing)."""

    code: str
    left: str = ""
    right: str = ""

    @property
    def text(self) -> Text:
        """The sentence of the code."""
        return REASONS.get(self.code) or CONDITIONS[self.code]


@dataclass(frozen=True)
class ValuePair:
    """Two values, `years` they share, why they are not comparable, and on which conditions they are."""

    left: Value
    right: Value
    years: tuple[str, ...]
    reasons: tuple[Because, ...]
    conditions: tuple[Because, ...]

    @property
    def verdict(self) -> Verdict:
        """Not comparable for one reason already; comparable only when there is neither reason nor condition."""
        return _verdict(self.reasons, self.conditions)


@dataclass(frozen=True)
class Judgement:
    """The verdict on two KPIs. `pairs` are the pairs of values it rests on: those that are comparable, else the nearest ones."""

    verdict: Verdict
    reasons: tuple[Because, ...]
    conditions: tuple[Because, ...]
    pairs: tuple[ValuePair, ...]


def judge_values(left: Value, right: Value, indicators: tuple[str, str]) -> ValuePair:
    """Judge two values; `indicators` are those of their KPIs. Without a number on both sides nothing else about them counts."""
    years = tuple(sorted(set(left.years) & set(right.years)))
    found: list[Because] = []
    if indicators[0] != indicators[1]:
        found.append(Because("different-indicator", *indicators))
    if not (left.is_number and right.is_number):
        found.append(Because("no-number", *("" if value.is_number else value.status for value in (left, right))))
        return ValuePair(left, right, years, tuple(found), ())
    if left.is_target != right.is_target:
        found.append(Because("different-kind", left.role, right.role))
    if left.unit != right.unit:
        found.append(Because("different-unit", left.unit, right.unit))
    found += _of_form(left, right)
    if left.counting in _NOT_STATED or right.counting in _NOT_STATED:
        found.append(Because("counting-not-stated", left.counting, right.counting))
    elif left.counting != right.counting and {left.counting, right.counting} != {_STOCK, _CUMULATIVE}:
        found.append(Because("different-counting", left.counting, right.counting))
    if left.breakdown != right.breakdown:
        found.append(Because("different-scope", left.breakdown, right.breakdown))
    if not years:
        found.append(Because("no-common-year", " ".join(left.years), " ".join(right.years)))
    return ValuePair(left, right, years, tuple(found), () if found else tuple(_conditions(left, right)))


def judge(left: Iterable[Value], right: Iterable[Value], indicators: tuple[str, str]) -> Judgement:
    """Judge two KPIs by all pairs of their values.

    One pair that is comparable makes the KPIs comparable, for the years of that pair. Otherwise the reasons are those of the
    nearest pairs: with two numbers of one kind in one year, else of one kind, else any two; then with one number, then with none.
    """
    ours, theirs = tuple(left), tuple(right)
    every = [judge_values(a, b, indicators) for a in ours for b in theirs]
    if not every:
        found = [Because("different-indicator", *indicators)] if indicators[0] != indicators[1] else []
        found.append(Because("no-number"))
        return Judgement(Verdict.NOT_COMPARABLE, tuple(found), (), ())
    best = min(pair.verdict for pair in every)
    if best is not Verdict.NOT_COMPARABLE:
        chosen = tuple(pair for pair in every if pair.verdict is best)
        return Judgement(best, (), _gathered(CONDITIONS, (c for pair in chosen for c in pair.conditions)), chosen)
    nearest = min(_distance(pair) for pair in every)
    chosen = tuple(pair for pair in every if _distance(pair) == nearest)
    return Judgement(best, _gathered(REASONS, (r for pair in chosen for r in pair.reasons)), (), chosen)


def _verdict(reasons: tuple[Because, ...], conditions: tuple[Because, ...]) -> Verdict:
    if reasons:
        return Verdict.NOT_COMPARABLE
    return Verdict.CONDITIONAL if conditions else Verdict.COMPARABLE


def _of_form(left: Value, right: Value) -> list[Because]:
    """Levels compare with levels; changes with changes from the same stated state."""
    if left.form != right.form:
        return [Because("level-or-change", left.form, right.form)]
    if left.form == _CHANGE and (left.reference != right.reference or not left.reference):
        return [Because("different-reference", left.reference, right.reference)]
    return []


def _conditions(left: Value, right: Value) -> list[Because]:
    found = []
    if left.derived or right.derived:
        found.append(Because("running-sum", *(_INCREMENT if v.derived else v.counting for v in (left, right))))
    if left.counting != right.counting:
        found.append(Because("stock-and-cumulative", left.counting, right.counting))
    elif left.counting == _CUMULATIVE:
        found.append(Because("start-of-counting"))
    if left.comparator != _EXACT or right.comparator != _EXACT:
        found.append(Because("bound-or-approximate", left.comparator, right.comparator))
    if left.day != right.day and left.counting not in _FLOWS:
        found.append(Because("different-day", left.day, right.day))
    return found


def _distance(pair: ValuePair) -> int:
    """How far a pair is from being comparable: 0 to 2 with two numbers, 3 and 4 with one, 5 and 6 with none."""
    numbers = pair.left.is_number + pair.right.is_number
    alike = pair.left.is_target == pair.right.is_target
    if numbers == 2:
        return 2 if not alike else 1 if not pair.years else 0
    return 3 + 2 * (1 - numbers) + (not alike)


def _gathered(order: Iterable[str], several: Iterable[Because]) -> tuple[Because, ...]:
    """Each code once, in the order of the codes, with everything found on each side."""
    found = list(several)
    return tuple(
        Because(
            code,
            _together(b.left for b in found if b.code == code),
            _together(b.right for b in found if b.code == code),
        )
        for code in order
        if any(b.code == code for b in found)
    )


def _together(sides: Iterable[str]) -> str:
    return " ".join(sorted({word for side in sides for word in side.split()}))

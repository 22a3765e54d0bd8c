"""Cities side by side: the level of every theme in each plan, and their KPIs in pairs with a verdict. Never a ranking.

The order is that of themes, groups and indicators, and of the governments as they were named; no value decides a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rdflib.term import Node

from keikaku.ask import governments
from keikaku.ask.answer import Answer
from keikaku.ask.compare import Because, Judgement, Value, judge
from keikaku.ask.engine import ask
from keikaku.ask.evidence import Passage, in_order
from keikaku.ask.names import Source, names
from keikaku.ask.question import Question
from keikaku.ask.words import Text
from keikaku.errors import ParameterError
from keikaku.namespaces import FY, C

#: How many governments stand side by side.
FEWEST, MOST = 2, 5
NOTE = Text(
    "順位ではありません。組になるのは、計画に載り、指標か比較可能群を共にするKPIだけです。載っていないことは「無い」ことを意味しません。",
    "Not a ranking. Only KPIs that are recorded and share an indicator or a comparability group are paired; what is not shown is not thereby absent.",
)
#: What a value need not say: that it is exact, and that a rate has no counting rule.
_TACIT = (str(C["cmp-eq"]), str(C["acc-not-applicable"]))
#: The two sides of a row: the columns of the other side begin with "other".
_SIDES = ("", "other")


@dataclass(frozen=True)
class Cell:
    """How one government's plan treats one theme: the state as the query words it, the level where it is in the plan."""

    theme: str
    government: str
    state: str
    level: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Kpi:
    """One KPI of a pair: whose, and by which indicator."""

    iri: str
    government: str
    indicator: str


@dataclass(frozen=True)
class KpiPair:
    """Two KPIs of different governments and the verdict on them; `group` is "" where their indicator belongs to none.

    `passages` are those of the values the verdict rests on, or of the KPI itself where it has none.
    """

    group: str
    left: Kpi
    right: Kpi
    judgement: Judgement
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Comparison:
    """Some governments side by side. `names` names every IRI in it, `passages` every passage."""

    governments: tuple[str, ...]
    cells: tuple[Cell, ...]
    pairs: tuple[KpiPair, ...]
    states: Mapping[str, Text]
    names: Mapping[str, Text]
    passages: Mapping[str, Passage]

    def cell_text(self, cell: Cell, lang: str) -> str:
        """A cell of the matrix: the level, or the state where the theme is not in the plan."""
        return self.names[cell.level].of(lang) if cell.level else self.states[cell.state].of(lang)

    def reason_text(self, because: Because, lang: str) -> str:
        """A reason or condition as a sentence, with what was found on the two sides."""
        sides = [self._named(side, lang) for side in (because.left, because.right)]
        if not any(sides):
            return because.text.of(lang)
        left, right = (side or ("記載なし" if lang == "ja" else "not stated") for side in sides)
        if because.code == "no-number":
            left, right = (side or ("数値あり" if lang == "ja" else "a number") for side in sides)
        return f"{because.text.ja}（{left}／{right}）" if lang == "ja" else f"{because.text.en} ({left} / {right})"

    def value_text(self, value: Value, lang: str) -> str:
        """A value in short: year, number with unit and counting rule, or its status; a running sum says so."""
        years = ("、" if lang == "ja" else ", ").join(self._named(year, lang) for year in value.years)
        kind = self._named(value.role, lang)
        if not value.is_number:
            return " ".join(part for part in (years, kind, self._named(value.status, lang)) if part)
        words = [self._named(word, lang) for word in (value.counting, value.comparator) if word not in _TACIT]
        words += ["規則R4" if lang == "ja" else "rule R4"] if value.derived else []
        unit = self._named(value.unit, lang)
        number = f"{value.number:,f}{unit if lang == 'ja' or unit == '%' else ' ' + unit}"
        told = ("、" if lang == "ja" else ", ").join(word for word in words if word)
        said = " ".join(part for part in (years, kind, number) if part)
        return said if not told else f"{said}（{told}）" if lang == "ja" else f"{said} ({told})"

    def _named(self, word: str, lang: str) -> str:
        several = [self.names[iri].of(lang) for iri in word.split() if iri in self.names]
        if word.startswith(str(FY)):  # the months of FY2022 (Apr 2022–Mar 2023) are the same every year
            several = [name.split(" (", maxsplit=1)[0] for name in several]
        return ("、" if lang == "ja" else ", ").join(several) or word


def compare(source: Source, questions: Mapping[str, Question], given: Sequence[str]) -> Comparison:
    """Put 2 to 5 governments (code or name) side by side.

    questions is the library, which holds compare-themes and compare-kpis. Raises ParameterError for a name that is not known,
    or means several, and for too few or too many governments.
    """
    chosen = list(dict.fromkeys(str(governments.find(source, text)) for text in given))
    if not FEWEST <= len(chosen) <= MOST:
        raise ParameterError(
            f"{len(chosen)} different local governments are named",
            ja=f"指定された団体は {len(chosen)} です",
            do=f"Name {FEWEST} to {MOST}, by code or name: keikaku compare 221309 242047",
            do_ja=f"{FEWEST}〜{MOST} 団体を、コードか名前で書いてください: keikaku compare 221309 242047",
            rule="docs/compare.md",
        )
    themes = ask(source, questions["compare-themes"], {"government": chosen})
    kpis = ask(source, questions["compare-kpis"], {"government": chosen, "other": chosen})
    passages = {**themes.passages, **kpis.passages}
    cells = tuple(_cell(row, passages) for row in themes)
    return Comparison(
        governments=tuple(chosen),
        cells=cells,
        pairs=_pairs(kpis, chosen),
        states=themes.question.column("state").words,
        names={**names(source, chosen), **themes.names, **kpis.names},
        passages=passages,
    )


def _cell(row: Mapping[str, Node], passages: Mapping[str, Passage]) -> Cell:
    return Cell(
        str(row["theme"]),
        str(row["government"]),
        str(row["state"]),
        str(row.get("level", "")),
        tuple(in_order(str(row.get("evidence", "")).split(), passages)),
    )


def _pairs(answer: Answer, chosen: Sequence[str]) -> tuple[KpiPair, ...]:
    """Gather the rows of value pairs by KPIs. KPIs that share an indicator are not paired again by the others of its group."""
    place = {iri: number for number, iri in enumerate(chosen)}
    gathered: dict[tuple[str, Kpi, Kpi], tuple[_Side, _Side]] = {}
    for row in answer:
        left, right = _kpi(row, _SIDES[0]), _kpi(row, _SIDES[1])
        if place[left.government] > place[right.government]:
            continue  # the query gives every pair in both directions
        sides = gathered.setdefault((str(row.get("group", "")), left, right), (_Side({}, set()), _Side({}, set())))
        for prefix, side in zip(_SIDES, sides, strict=True):
            value = value_of(row, prefix)
            if value:
                side.values[value.iri] = value
            else:
                side.evidence.update(_text(row, prefix, "evidence").split())
    shared = {(left.iri, right.iri) for _, left, right in gathered if left.indicator == right.indicator}
    found = []
    for (group, left, right), sides in gathered.items():
        if left.indicator != right.indicator and (left.iri, right.iri) in shared:
            continue
        judgement = judge(sides[0].values.values(), sides[1].values.values(), (left.indicator, right.indicator))
        cited = {iri for pair in judgement.pairs for value in (pair.left, pair.right) for iri in value.evidence}
        if not judgement.pairs:  # one has no value at all: the passages of the KPIs, and of the values of the other
            cited = {
                iri
                for side in sides
                for iri in (*side.evidence, *(e for v in side.values.values() for e in v.evidence))
            }
        found.append(KpiPair(group, left, right, judgement, tuple(in_order(sorted(cited), answer.passages))))
    return tuple(
        sorted(
            found,
            key=lambda p: (
                p.group, place[p.left.government], place[p.right.government],
                p.left.indicator, p.right.indicator, p.left.iri, p.right.iri,
            ),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class _Side:
    """What the rows say of one KPI of a pair: its values by IRI, and its own passages when it has none."""

    values: dict[str, Value]
    evidence: set[str]


def _kpi(row: Mapping[str, Node], side: str) -> Kpi:
    return Kpi(_text(row, side, "kpi"), str(row["other" if side else "government"]), _text(row, side, "indicator"))


def _text(row: Mapping[str, object], side: str, name: str) -> str:
    return str(row.get(side + name.capitalize() if side else name, ""))


def value_of(row: Mapping[str, object], side: str = "") -> Value | None:
    """The value in a row that has the columns of compare-kpis; None where its KPI has no value. `side` is "other" or ""."""
    if not _text(row, side, "value"):
        return None
    number = _text(row, side, "number")
    return Value(
        iri=_text(row, side, "value"),
        role=_text(row, side, "role"),
        status=_text(row, side, "status"),
        number=Decimal(number) if number else None,
        unit=_text(row, side, "unit"),
        counting=_text(row, side, "counting"),
        form=_text(row, side, "form"),
        comparator=_text(row, side, "comparator"),
        reference=_text(row, side, "reference"),
        breakdown=_text(row, side, "breakdown"),
        years=tuple(sorted(_text(row, side, "years").split())),
        day=_text(row, side, "day"),
        derived=_text(row, side, "basis") == "running",
        evidence=tuple(sorted(_text(row, side, "evidence").split())),
    )

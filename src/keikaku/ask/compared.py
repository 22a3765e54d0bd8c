"""A comparison as rows for tables and csv, and as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keikaku.ask.cities import NOTE, Cell, Comparison, Kpi, KpiPair
from keikaku.ask.compare import VERDICTS, Because, Value
from keikaku.ask.evidence import Passage
from keikaku.ask.forms import Flat
from keikaku.ask.words import Text
from keikaku.namespaces import shorten

#: Columns of the flat forms, which programs rely on.
THEME_COLUMNS = ("theme", "theme_iri", "government", "government_iri", "state", "level", "text", "evidence")
KPI_COLUMNS = (
    "group", "government", "kpi", "kpi_iri", "indicator", "other_government", "other_kpi", "other_kpi_iri", "other_indicator",
    "verdict", "codes", "why", "values", "evidence",
)  # fmt: skip


def matrix(found: Comparison, lang: str) -> tuple[list[str], list[list[Flat]]]:
    """Themes down, governments across: header and rows."""
    header = ["テーマ" if lang == "ja" else "theme", *(found.names[iri].of(lang) for iri in found.governments)]
    by_theme: dict[str, dict[str, Cell]] = {}
    for cell in found.cells:
        by_theme.setdefault(cell.theme, {})[cell.government] = cell
    return header, [
        [found.names[theme].of(lang), *(_cell_text(found, cells[iri], lang) for iri in found.governments)]
        for theme, cells in by_theme.items()
    ]


def theme_rows(found: Comparison, lang: str) -> Iterator[list[Flat]]:
    """One row per theme and government, in the order of THEME_COLUMNS."""
    for cell in found.cells:
        yield [
            found.names[cell.theme].of(lang),
            cell.theme,
            found.names[cell.government].of(lang),
            cell.government,
            cell.state,
            shorten(cell.level),
            found.cell_text(cell, lang),
            _places(cell.passages, lang),
        ]


def kpi_rows(found: Comparison, lang: str) -> Iterator[list[Flat]]:
    """One row per pair of KPIs, in the order of KPI_COLUMNS."""
    for pair in found.pairs:
        named = [found.names[iri].of(lang) if iri else "" for iri in (pair.left.iri, pair.right.iri, pair.group)]
        yield [
            named[2],
            found.names[pair.left.government].of(lang),
            named[0],
            pair.left.iri,
            found.names[pair.left.indicator].of(lang),
            found.names[pair.right.government].of(lang),
            named[1],
            pair.right.iri,
            found.names[pair.right.indicator].of(lang),
            pair.judgement.verdict.token,
            " ".join(b.code for b in _why(pair)),
            why_text(found, pair, lang),
            values_text(found, pair, lang),
            _places(pair.passages, lang),
        ]


def shown_pairs(found: Comparison, lang: str) -> tuple[list[str], list[list[Flat]]]:
    """The pairs of KPIs for people: both KPIs in one cell, then verdict, why, values and evidence."""
    header = ["KPIの組", "判定", "理由・条件", "値", "根拠箇所"]
    if lang == "en":
        header = ["pair of KPIs", "verdict", "why, or on which conditions", "values", "evidence"]
    rows: list[list[Flat]] = []
    for pair in found.pairs:
        both = "\n".join(
            f"{found.names[k.government].of(lang)}: {found.names[k.iri].of(lang)}" for k in (pair.left, pair.right)
        )
        verdict = VERDICTS[pair.judgement.verdict].of(lang)
        places = "\n".join(passage.shown(lang) for passage in pair.passages)
        rows.append([both, verdict, why_text(found, pair, lang, "\n"), values_text(found, pair, lang, "\n"), places])
    return header, rows


def why_text(found: Comparison, pair: KpiPair, lang: str, between: str = "; ") -> str:
    """The reasons of a pair that is not comparable, the conditions of one that is on conditions."""
    return between.join(found.reason_text(because, lang) for because in _why(pair))


def values_text(found: Comparison, pair: KpiPair, lang: str, between: str = "; ") -> str:
    """The values the verdict rests on, each once, in the order of the pair; nothing is subtracted or ordered by size."""
    sides = [
        (pair.left, dict.fromkeys(p.left for p in pair.judgement.pairs)),
        (pair.right, dict.fromkeys(p.right for p in pair.judgement.pairs)),
    ]
    return between.join(
        f"{found.names[kpi.government].of(lang)}: {found.value_text(value, lang)}"
        for kpi, values in sides
        for value in values
    )


def json_value(found: Comparison) -> dict[str, object]:
    """The whole comparison as one JSON object, in both languages, the same whoever asks."""
    return {
        "note": _both(NOTE),
        "governments": [{"iri": iri, **_both(found.names[iri])} for iri in found.governments],
        "themes": [
            {
                "theme": cell.theme,
                "government": cell.government,
                "state": cell.state,
                "level": cell.level or None,
                "ja": found.cell_text(cell, "ja"),
                "en": found.cell_text(cell, "en"),
                "evidence": [_passage(p) for p in cell.passages],
            }
            for cell in found.cells
        ],
        "kpis": [
            {
                "group": pair.group or None,
                "left": _kpi(found, pair.left),
                "right": _kpi(found, pair.right),
                "verdict": {"code": pair.judgement.verdict.token, **_both(VERDICTS[pair.judgement.verdict])},
                "reasons": [_because(found, b) for b in pair.judgement.reasons],
                "conditions": [_because(found, b) for b in pair.judgement.conditions],
                "values": [
                    {
                        "left": _value(p.left),
                        "right": _value(p.right),
                        "years": list(p.years),
                        "codes": [b.code for b in p.reasons or p.conditions],
                    }
                    for p in pair.judgement.pairs
                ],
                "evidence": [_passage(p) for p in pair.passages],
            }
            for pair in found.pairs
        ],
    }


def _why(pair: KpiPair) -> Sequence[Because]:
    return pair.judgement.reasons or pair.judgement.conditions


def _cell_text(found: Comparison, cell: Cell, lang: str) -> str:
    return " ".join(
        part for part in (found.cell_text(cell, lang), cell.passages[0].place() if cell.passages else "") if part
    )


def _places(passages: Sequence[Passage], lang: str) -> str:
    return "; ".join(passage.shown(lang) for passage in passages)


def _both(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}


def _kpi(found: Comparison, kpi: Kpi) -> dict[str, object]:
    return {"iri": kpi.iri, "government": kpi.government, "indicator": kpi.indicator, **_both(found.names[kpi.iri])}


def _because(found: Comparison, because: Because) -> dict[str, str]:
    return {"code": because.code, "ja": found.reason_text(because, "ja"), "en": found.reason_text(because, "en")}


def _value(value: Value) -> dict[str, object]:
    said = {
        "iri": value.iri,
        "kind": value.role,
        "status": value.status,
        "number": None if value.number is None else float(value.number),
        "unit": value.unit,
        "counting": value.counting,
        "comparator": value.comparator,
        "years": list(value.years),
        "day": value.day,
        "derived": value.derived,
        "evidence": list(value.evidence),
    }
    return {key: word for key, word in said.items() if word not in ("", None)}


def _passage(passage: Passage) -> dict[str, object]:
    return {
        "iri": passage.iri,
        "document": passage.document_id,
        "section": passage.section,
        "lines": list(passage.lines),
    }

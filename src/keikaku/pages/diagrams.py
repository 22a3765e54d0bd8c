"""Diagrams of the main patterns as SVG, drawn from one list of things and relations; the words come from the ontology."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from keikaku.ask.words import Text
from keikaku.namespaces import JDX, expand, shorten

#: Sizes in the units of the drawing.
_WIDE, _HIGH, _GAP_X, _GAP_Y, _EDGE = 190, 58, 150, 66, 8


@dataclass(frozen=True)
class Pattern:
    """One diagram. things: name → (class or code list, column, row); relations: (from, property, to)."""

    id: str
    title: Text
    about: Text
    things: Mapping[str, tuple[str, int, int]]
    relations: tuple[tuple[str, str, str], ...]


PATTERNS = (
    Pattern(
        "plan",
        Text("計画と取組", "A plan and its initiatives"),
        Text(
            "計画は版ごとに一つ。取組、工程などは計画に属し、テーマ・所管課・年度につながる。",
            "One plan per edition. Initiatives and schedule bars belong to it and lead to themes, departments and years.",
        ),
        {
            "government": ("jdx:LocalGovernment", 0, 0), "plan": ("jdx:Plan", 1, 0), "law": ("eli:LegalResourceSubdivision", 2, 0),
            "unit": ("org:OrganizationalUnit", 0, 1), "initiative": ("jdx:Initiative", 1, 1), "theme": ("jdx:PolicyTheme", 2, 1),
            "phase": ("c:ph", 0, 2), "bar": ("jdx:RoadmapEntry", 1, 2), "year": ("jdx:FiscalYear", 2, 2),
        },
        (
            ("plan", "jdx:issuingBody", "government"), ("plan", "jdx:hasLegalBasis", "law"), ("initiative", "jdx:inPlan", "plan"),
            ("initiative", "jdx:responsibleUnit", "unit"), ("initiative", "jdx:theme", "theme"), ("bar", "jdx:parentElement", "initiative"),
            ("bar", "jdx:phase", "phase"), ("bar", "jdx:coversFiscalYear", "year"),
        ),
    ),
    Pattern(
        "kpi",
        Text("KPIと数値", "KPIs and values"),
        Text(
            "値は一つずつ、単位・年度・集計方法・状態を持つ。市どうしの比較は指標概念を通す。",
            "Every value has its own unit, year, counting rule and status. Cities are compared through the indicator concept.",
        ),
        {
            "initiative": ("jdx:Initiative", 0, 0), "kpi": ("jdx:KPI", 1, 0), "indicator": ("jdx:IndicatorConcept", 2, 0),
            "counting": ("c:acc", 0, 1), "target": ("jdx:TargetValue", 1, 1), "year": ("jdx:FiscalYear", 2, 1),
            "status": ("c:vs", 0, 2), "part": ("jdx:TargetValue", 1, 2), "category": ("c:bd", 2, 2),
        },
        (
            ("initiative", "jdx:hasKPI", "kpi"), ("kpi", "jdx:measures", "indicator"), ("target", "jdx:ofKPI", "kpi"),
            ("target", "jdx:accumulation", "counting"), ("target", "jdx:forFiscalYear", "year"), ("part", "jdx:componentOf", "target"),
            ("part", "jdx:valueStatus", "status"), ("part", "jdx:breakdownBy", "category"),
        ),
    ),
    Pattern(
        "evidence",
        Text("根拠", "Evidence"),
        Text(
            "すべての事実が、版の定まった文書の行と文字位置を指す。文章は持たない。",
            "Every fact points to lines and offsets of one version of a document. The words are not kept.",
        ),
        {
            "element": ("jdx:Plan", 0, 0), "evidence": ("jdx:Evidence", 1, 0), "document": ("jdx:SourceDocument", 2, 0),
            "claim": ("jdx:Claim", 0, 1), "position": ("oa:TextPositionSelector", 1, 1), "checksum": ("spdx:Checksum", 2, 1),
        },
        (
            ("element", "jdx:evidence", "evidence"), ("evidence", "oa:hasSource", "document"), ("claim", "rdf:subject", "element"),
            ("evidence", "oa:hasSelector", "position"), ("document", "spdx:checksum", "checksum"),
        ),
    ),
    Pattern(
        "completeness",
        Text("完全性と「無い」", "Completeness and “no”"),
        Text(
            "「無い」と言えるのは、その観点が完全に記録されたと言明された計画だけ。",
            "“No” is said only of a plan that is stated to be recorded completely in that respect.",
        ),
        {
            "statement": ("jdx:CompletenessStatement", 0, 0), "plan": ("jdx:Plan", 1, 0), "coverage": ("jdx:ThemeCoverage", 2, 0),
            "level": ("c:cl", 0, 1), "aspect": ("c:cf", 1, 1), "theme": ("jdx:PolicyTheme", 2, 1),
        },
        (
            ("statement", "jdx:completenessOf", "plan"), ("plan", "jdx:coveredBy", "coverage"), ("statement", "jdx:completeness", "level"),
            ("plan", "jdx:notStated", "aspect"), ("coverage", "jdx:theme", "theme"),
        ),
    ),
    Pattern(
        "organisation",
        Text("組織と職", "Organisations and posts"),
        Text(
            "地方公共団体は組織で、区域は標準地域コードで指す。人は記録せず、職だけを記す。",
            "A local government is an organisation; its area is the standard area code. Posts are recorded, persons never.",
        ),
        {
            "post": ("org:Post", 0, 0), "body": ("jdx:GovernanceBody", 1, 0), "role": ("c:role", 0, 1),
            "municipality": ("jdx:Municipality", 1, 1), "prefecture": ("jdx:Prefecture", 2, 1), "unit": ("org:OrganizationalUnit", 1, 2),
        },
        (
            ("post", "org:postIn", "body"), ("post", "org:role", "role"), ("body", "org:unitOf", "municipality"),
            ("municipality", "jdx:inPrefecture", "prefecture"), ("unit", "org:unitOf", "municipality"),
        ),
    ),
)  # fmt: skip


def draw(pattern: Pattern, called: Mapping[str, Text], lang: str, links: Mapping[str, str]) -> str:
    """The SVG of a pattern. called: IRI → its name; links: IRI → where it is described."""
    columns = max(column for _, column, _ in pattern.things.values()) + 1
    rows = max(row for _, _, row in pattern.things.values()) + 1
    wide = columns * _WIDE + (columns - 1) * _GAP_X + 2 * _EDGE
    high = rows * _HIGH + (rows - 1) * _GAP_Y + 2 * _EDGE
    title = escape(pattern.title.of(lang))
    marker = f"arrow-{pattern.id}"
    out = [
        f'<svg class="pattern" viewBox="0 0 {wide} {high}" role="group" aria-labelledby="d-{pattern.id}"><title id="d-{pattern.id}">{title}</title>',
        f'<defs><marker id="{marker}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L10 5L0 10z"/></marker></defs>',
    ]
    for start, relation, end in pattern.relations:
        out.append(_edge(pattern, start, end, iri_of(relation), called, lang, links, marker))
    for thing, column, row in pattern.things.values():
        out.append(_node(iri_of(thing), column, row, called, lang, links))
    return "".join(out) + "</svg>"


def iri_of(name: str) -> str:
    """The IRI of a prefixed name of a pattern."""
    return str(expand(name) or name)


def _node(iri: str, column: int, row: int, called: Mapping[str, Text], lang: str, links: Mapping[str, str]) -> str:
    x, y = _EDGE + column * (_WIDE + _GAP_X), _EDGE + row * (_HIGH + _GAP_Y)
    kind = "own" if iri.startswith(str(JDX)) else "code" if shorten(iri).startswith("c:") else "other"
    name = escape(called[iri].of(lang))
    text = (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="9"/>'
        f'<text x="{x + _WIDE // 2}" y="{y + 25}">{name}</text><text class="id" x="{x + _WIDE // 2}" y="{y + 44}">{escape(shorten(iri))}</text>'
    )
    return f'<a href="{escape(links[iri])}">{text}</a>' if links.get(iri) else text


def _edge(pattern: Pattern, start: str, end: str, iri: str, called: Mapping[str, Text], lang: str, links: Mapping[str, str], marker: str) -> str:  # fmt: skip
    (_, c1, r1), (_, c2, r2) = pattern.things[start], pattern.things[end]
    x1, y1 = _EDGE + c1 * (_WIDE + _GAP_X) + _WIDE // 2, _EDGE + r1 * (_HIGH + _GAP_Y) + _HIGH // 2
    x2, y2 = _EDGE + c2 * (_WIDE + _GAP_X) + _WIDE // 2, _EDGE + r2 * (_HIGH + _GAP_Y) + _HIGH // 2
    step_x, step_y = (c2 > c1) - (c2 < c1), (r2 > r1) - (r2 < r1)
    x1, x2 = x1 + step_x * _WIDE // 2, x2 - step_x * _WIDE // 2
    y1, y2 = y1 + step_y * _HIGH // 2, y2 - step_y * _HIGH // 2
    middle_x, middle_y = (x1 + x2) // 2, (y1 + y2) // 2
    place = f'x="{middle_x}" y="{middle_y - 7}"' if step_x else f'class="beside" x="{middle_x + 8}" y="{middle_y + 5}"'
    label = f"<text {place}>{escape(called[iri].of(lang))}</text>"
    label = f'<a href="{escape(links[iri])}">{label}</a>' if links.get(iri) else label
    return f'<path class="edge" d="M{x1} {y1}L{x2} {y2}" marker-end="url(#{marker})"/>{label}'

"""A coverage report as rows for tables and csv, as Markdown that can be sent to a city hall, and as one JSON object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from keikaku.ask.covered import LEVEL_WORDS, LISTS, Coverage, Gap, Item, Report
from keikaku.ask.evidence import Passage
from keikaku.ask.forms import Flat, to_markdown
from keikaku.ask.letter import NOUNS, labels, letter, share
from keikaku.ask.words import Text
from keikaku.namespaces import JDX, C, path_of, shorten

#: Columns of the flat forms, which programs rely on.
OVERVIEW_COLUMNS = (
    "plan", "plan_iri", "issuer", "status", "lines", "lines_covered", "lines_covered_narrowly", "expected", "recorded",
    "indispensable", "recommended", "stated_absent", "lost", "unknown", "quality_notes",
)  # fmt: skip
ITEM_COLUMNS = (
    "plan", "plan_iri", "list", "level", "state", "requirement", "requirement_iri", "aspect", "element", "element_iri", "lines", "proof",
)  # fmt: skip
#: Elements of one row of a table that are named; Markdown, csv and json name them all.
FEW = 4

#: What is known in each state, where no statement gives a reason.
KNOWN = {
    "partly-lost": Text("一部は記録したが、図や表などが失われている。", "Recorded in part; a figure or table is lost."),
    "partly-known": Text("記録したが、全部とは限らない。", "Recorded, but perhaps not all of it."),
    "declared": Text("計画の欄にそうある。", "The plan prints it so."),
    "not-stated": Text("載るはずの箇所は本文に残り、記載がない。", "The place for it is intact in the text and says nothing."),
    "lost": Text("載っていた図・表・頁が本文に残っていない。", "The figure, table or page is not in the text."),
    "claimed": Text("記載はあるが、どの要素のことか分からない。", "Printed, but not told of which element."),
    "text-silent": Text("受け取った本文にはない。公表された計画にあるかは確かめられない。", "Not in the received text; whether the published plan has it cannot be told."),
    "unknown": Text("まだだれも調べていない。", "Nobody has looked yet."),
}  # fmt: skip


def overview(found: Coverage, lang: str) -> tuple[list[str], list[list[Flat]]]:
    """All documents, a line each, for people."""
    header = [
        "文書",
        "策定主体",
        "段階",
        "根拠のある行",
        "記録",
        *("必須の欠け", "推奨の欠け", "無い・未定", "本文で欠落", "不明"),
        "品質注記",
    ]
    if lang == "en":
        header = ["document", "issued by", "status", "lines covered", "recorded", "indispensable", "recommended", "stated absent", "lost", "unknown", "notes"]  # fmt: skip
    rows: list[list[Flat]] = []
    for r in found.reports:
        named = [found.names[iri].of(lang) if iri else "" for iri in (r.plan, r.issuer, r.status)]
        rows.append(
            [
                *named,
                f"{r.covered}/{r.lines}",
                f"{r.recorded}/{len(r.items)}",
                *(r.count(name) for name in LISTS),
                len(r.notes),
            ]
        )
    return header, rows


def overview_rows(found: Coverage, lang: str) -> Iterator[list[Flat]]:
    """All documents in the order of OVERVIEW_COLUMNS."""
    for r in found.reports:
        issuer = found.names[r.issuer].of(lang) if r.issuer else ""
        yield [
            found.names[r.plan].of(lang), r.plan, issuer, shorten(r.status), r.lines, r.covered, r.narrowly, len(r.items), r.recorded,
            *(r.count(name) for name in LISTS), len(r.notes),
        ]  # fmt: skip


def item_rows(found: Coverage, lang: str) -> Iterator[list[Flat]]:
    """Every item that is missing, lost or unknown, in the order of the lists and of ITEM_COLUMNS."""
    for r in found.reports:
        for gap in (gap for gaps in r.gaps.values() for gap in gaps):
            for item in gap.items:
                yield [
                    found.names[r.plan].of(lang), r.plan, gap.list, item.level, item.state,
                    found.requirements[item.requirement].label.of(lang), item.requirement, shorten(item.aspect),
                    found.names[item.named].of(lang), item.element, places(item.passages), places(item.proof),
                ]  # fmt: skip


def head(found: Coverage, report: Report, lang: str) -> list[tuple[str, str]]:
    """The head of a report: label and text."""
    ja = lang == "ja"
    pairs = [
        ("策定主体" if ja else "issued by", found.names[report.issuer].of(lang) if report.issuer else ""),
        ("計画" if ja else "plan", path_of(report.plan).removeprefix("id/plan/")),
        ("文書" if ja else "document", f"{found.names[report.document].of(lang)} ({path_of(report.document).removeprefix('id/doc/')})"),
        ("策定段階" if ja else "status", found.names[report.status].of(lang) if report.status else ""),
        ("発行" if ja else "issued", report.issued),
        ("計画期間" if ja else "period", " – ".join(report.period) if report.period[0] else ""),
        ("本文の行" if ja else "lines of the text", _cover(report, lang)),
        ("記録した数" if ja else "recorded", ("、" if ja else ", ").join(f"{NOUNS.get(kind, found.names[kind]).of(lang)} {count}" for kind, count in kinds(report))),
        ("求める項目" if ja else "looked for", _share(report, lang)),
    ]  # fmt: skip
    return [pair for pair in pairs if pair[1]]


def kinds(report: Report) -> list[tuple[str, int]]:
    """Counts by kind: initiatives, actions, KPIs and their values first."""
    order = [str(C["el-listed"]), str(C["el-outside-list"]), *(str(JDX[name]) for name in ("Action", "KPI", "TargetValue", "BaselineValue", "RoadmapEntry"))]  # fmt: skip
    return sorted(report.kinds, key=lambda pair: (order.index(pair[0]) if pair[0] in order else len(order), pair[0]))


def gap_row(found: Coverage, gap: Gap, lang: str, few: int | None = None) -> list[str]:
    """One gap for people: what, how many, which elements with lines, what is known of it. With `few` no more elements are named."""
    level = "・".join if lang == "ja" else ", ".join
    levels = level(LEVEL_WORDS[name].of(lang) for name in LEVEL_WORDS if any(i.level == name for i in gap.items))
    what = labels(found, gap).of(lang) + (f" [{levels}]" if gap.list not in ("indispensable", "recommended") else "")
    return [what, share(gap).of(lang), elements(found, gap, lang, few), because(found, gap, lang)]


def elements(found: Coverage, gap: Gap, lang: str, few: int | None = None) -> str:
    """The elements of a gap with their lines; of the plan itself the lines that show the gap."""
    several = list(element_items(gap))
    if several and several[0].target not in NOUNS:
        return places(p for item in gap.items for p in (item.proof or item.passages))
    called = [f"{found.names[item.named].of(lang)} ({places(item.passages)})".replace(" ()", "") for item in several]
    called = list(dict.fromkeys(called))
    if few is not None and len(called) > few + 1:
        more = len(called) - few
        called[few:] = [f"…ほか{more}件" if lang == "ja" else f"… and {more} more"]
    return ("；" if lang == "ja" else "; ").join(called)


def element_items(gap: Gap) -> list[Item]:
    """One item per element of a gap."""
    return list({item.element: item for item in gap.items}.values())


def because(found: Coverage, gap: Gap, lang: str) -> str:
    """What is known of a gap: the reasons of completeness statements, else a sentence on its state."""
    printed = sorted({word for item in gap.items for word in item.printed})
    if printed:
        words = ("、" if lang == "ja" else ", ").join(found.names[word].of(lang) for word in printed)
        return f"計画の欄: {words}" if lang == "ja" else f"printed: {words}"
    said = [reason.of(lang) for reason in gap.reasons]
    if gap.state in ("text-silent", "claimed") or not said:
        said.insert(0, KNOWN[gap.state].of(lang))
    return ("" if lang == "ja" else " ").join(said)


def places(passages: Iterable[Passage]) -> str:
    """Lines, each once, in order: L141-142, L150."""
    return ", ".join(
        dict.fromkeys(p.place() for p in sorted(passages, key=lambda p: (p.document_id, p.lines)) if p.place())
    )


def gap_header(lang: str) -> tuple[str, ...]:
    """Labels of gap_row."""
    return (
        ("何が", "いくつ", "どれ(行)", "分かっていること")
        if lang == "ja"
        else ("what", "how many", "which (lines)", "what is known")
    )


def note_kinds(found: Coverage, report: Report, lang: str) -> str:
    """How many quality notes of which kind, the commonest first."""
    counted = Counter(note.kind for note in report.notes)
    return ("、" if lang == "ja" else ", ").join(
        f"{found.names[kind].of(lang)} {n}" for kind, n in counted.most_common()
    )


def markdown(found: Coverage, report: Report, lang: str) -> str:
    """The whole report as Markdown."""
    ja = lang == "ja"
    name = found.names[report.plan].of(lang)
    out = [f"# {name}: {'記録の状況' if ja else 'what is recorded'}\n"]
    out.append("".join(f"- **{label}**: {text}\n" for label, text in head(found, report, lang)))
    for number, (key, gaps) in enumerate(report.gaps.items(), 1):
        title = f"## {number}. {LISTS[key].of(lang)} ({report.count(key)})\n"
        out.append(title + "\n" + (_md_gaps(found, gaps, lang) if gaps else ("なし\n" if ja else "none\n")))
    if report.notes:
        title = "原典の品質" if ja else "Quality of the source"
        header = ("行", "種別", "内容") if ja else ("lines", "kind", "what")
        rows = [[places(n.passages), found.names[n.kind].of(lang), n.text.of(lang)] for n in report.notes]
        out.append(f"## 6. {title} ({len(report.notes)})\n\n" + to_markdown(header, rows))
    words = letter(found, report)
    body = [f"## {words.heading.of(lang)}\n", words.to.of(lang) + "\n", words.opening.of(lang) + "\n"]
    for point in words.points:
        body.append(point.lead.of(lang) + "\n")
        if point.items:
            body.append("".join(f"- {item.of(lang)}\n" for item in point.items))
    body.append(words.closing.of(lang) + "\n")
    return "\n".join([*out, *body])


def _md_gaps(found: Coverage, gaps: Sequence[Gap], lang: str) -> str:
    text = to_markdown(gap_header(lang), (gap_row(found, gap, lang) for gap in gaps))
    if gaps[0].list not in ("indispensable", "recommended"):
        return text
    why = dict.fromkeys(found.requirements[iri] for gap in gaps for iri in gap.requirements)
    return text + "\n" + "".join(f"- {r.label.of(lang)}: {r.why.of(lang)}\n" for r in why)


def _cover(report: Report, lang: str) -> str:
    if lang == "ja":
        return f"{report.lines}行のうち{report.covered}行に根拠箇所がある(12行以内の箇所では{report.narrowly}行、根拠箇所{report.passages}個、空行を含む)"
    return (
        f"evidence points to {report.covered} of {report.lines} ({report.narrowly} by passages of at most 12 lines; "
        f"{report.passages} passages; empty lines counted)"
    )


def _share(report: Report, lang: str) -> str:
    part = report.partly
    if lang == "ja":
        return f"{len(report.items)}項目のうち{report.recorded}項目を記録" + (
            f"(うち{part}項目は一部で、下の一覧にも載る)" if part else ""
        )
    return f"{report.recorded} of {len(report.items)} items recorded" + (
        f" ({part} of them in part, and listed below too)" if part else ""
    )


def json_value(found: Coverage) -> dict[str, object]:
    """Coverage as one JSON object, with every item, statement and note and their lines."""
    return {"reports": [_json_report(found, report) for report in found.reports]}


def _json_report(found: Coverage, r: Report) -> dict[str, object]:
    words = letter(found, r)
    return {
        "plan": r.plan,
        "title": _both(found.names[r.plan]),
        "document": r.document,
        "issuer": r.issuer,
        "status": r.status,
        "issued": r.issued,
        "period": list(r.period),
        "lines": {"text": r.lines, "covered": r.covered, "covered_narrowly": r.narrowly},
        "kinds": dict(kinds(r)),
        "expected": len(r.items),
        "recorded": r.recorded,
        "recorded_in_part": r.partly,
        "lists": {name: r.count(name) for name in LISTS},
        "items": [
            {
                "requirement": item.requirement, "aspect": short_aspect(item.aspect), "level": item.level, "asked_of": item.target,
                "element": item.element, "state": item.state, "list": item.list, "printed": list(item.printed),
                "lines": [list(p.lines) for p in item.passages], "proof": [list(p.lines) for p in item.proof],
            }
            for item in r.items
        ],
        "statements": [
            {
                "about": s.about, "aspect": short_aspect(s.aspect), "level": s.level, "scope": s.scope, "missing": list(s.missing),
                "reason": _both(s.reason) if s.reason else None, "lines": [list(p.lines) for p in s.passages],
            }
            for s in r.statements
        ],
        "quality": [
            {"iri": n.iri, "kind": n.kind, "text": _both(n.text), "lines": [list(p.lines) for p in n.passages]} for n in r.notes
        ],
        "letter": {
            "to": _both(words.to), "opening": _both(words.opening),
            "points": [{"lead": _both(p.lead), "items": [_both(i) for i in p.items]} for p in words.points],
            "closing": _both(words.closing),
        },
    }  # fmt: skip


def _both(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}


def short_aspect(iri: str) -> str:
    """The token of an aspect: c:cf-kpis → kpis; of a requirement without aspect: c:rq-target-counting → target-counting."""
    for start in ("cf-", "rq-"):
        if iri.startswith(str(C[start])):
            return iri.removeprefix(str(C[start]))
    return shorten(iri)

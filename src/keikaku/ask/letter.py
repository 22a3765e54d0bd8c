"""The words to the city: what would make its plan clearer, composed from the lists of its report. Same report, same letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keikaku.ask.covered import RECORDED, Coverage, Gap, Report
from keikaku.ask.words import Text
from keikaku.namespaces import JDX, C

#: Kind of element → the noun for several of them; what is asked of a plan as a whole has none.
NOUNS = {
    str(C["el-listed"]): Text("取組", "listed initiatives"),
    str(C["el-outside-list"]): Text("一覧外の節", "sections outside the list"),
    str(JDX.KPI): Text("KPI", "KPIs"),
    str(C["vs-stated"]): Text("目標値", "numeric targets"),
    str(JDX.PracticeCase): Text("事例", "cases"),
}
HEADING = Text("計画をさらに分かりやすくするために", "What would make your plan clearer")
HEADING_DOCUMENT = Text("文書をさらに分かりやすくするために", "What would make your document clearer")


@dataclass(frozen=True)
class Point:
    """One paragraph of the letter: what it leads in with, and its items."""

    lead: Text
    items: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Letter:
    """The letter: to whom, under which heading, its points in order, and how it closes."""

    to: Text
    heading: Text
    opening: Text
    points: tuple[Point, ...]
    closing: Text


def letter(found: Coverage, report: Report) -> Letter:
    """Compose the letter on one report."""
    plan, issuer = found.names[report.plan], found.names.get(report.issuer, Text("策定主体", "the issuing body"))
    gaps = report.gaps
    points = [
        Point(lead, tuple(_advice(found, gap) for gap in gaps[name])) for name, lead in _ASKED.items() if gaps[name]
    ]
    if gaps["stated-absent"]:
        points.append(Point(_STATED, tuple(_absent(found, gap) for gap in gaps["stated-absent"])))
    if gaps["lost"]:
        points.append(Point(_LOST, tuple(_named(found, gap) for gap in gaps["lost"])))
    if gaps["unknown"]:
        points.append(Point(_UNKNOWN, tuple(_named(found, gap) for gap in gaps["unknown"])))
    contradictions = sum(note.kind == str(C["qi-contradiction"]) for note in report.notes)
    if contradictions:
        points.append(Point(Text(
            f"本文の中で食い違って見える箇所が{contradictions}か所あります(原典の品質の項に行を示します)。どちらが正しいかをお知らせください。",
            f"In {contradictions} place{'s' * (contradictions > 1)} the text seems to contradict itself (the lines stand under “quality of the source”). Please tell us which is right.",
        )))  # fmt: skip
    if not points:
        points.append(Point(Text("加えていただきたい点は見当たりません。", "We found nothing to ask for.")))
    count, of = report.recorded, len(report.items)
    is_draft = report.status == str(C["ps-draft"])
    return Letter(
        Text(f"{issuer.ja} ご担当の皆さまへ", f"To {issuer.en}"),
        HEADING if report.status else HEADING_DOCUMENT,
        Text(
            f"「{plan.ja}」を読み、求める{of}項目のうち{count}項目を根拠の行とともに記録しました。"
            + ("案の版についての記録です。決定した版で補われた点は、その版を記録して改めます。" if is_draft else ""),
            f"We read “{plan.en}” and recorded {count} of the {of} items that we look for, each with its lines."
            + (
                " This is the draft; what the adopted plan adds will be recorded from that edition." if is_draft else ""
            ),
        ),
        tuple(points),
        Text(
            "求める項目は私たちのデータの形によるもので、法令上の義務ではありません。お気付きの誤りがあれば、行を添えてお知らせください。記録を改めます。",
            "What we look for follows from our data model and is no duty by law. Please tell us of any mistake, with the line; the record will be corrected.",
        ),
    )


_ASKED = {
    "indispensable": Text("次の点は、計画を確かめるために欠かせません。加えていただけますと幸いです。", "The following are needed for the plan to be checked; we would be grateful if they were added."),
    "recommended": Text("次の点が加わりますと、計画はさらに分かりやすくなります。", "With the following, the plan would be clearer."),
}  # fmt: skip
_STATED = Text(
    "次の点は、計画が空欄・未定とされているもの、又は求めるものではないが書かれていないものです。このままでも差し支えありません。決まりましたら、時期とあわせて示していただけますと助かります。",
    "The following the plan leaves blank or open, or does not state and need not. They may stay so; once decided, a word on them and on their date would help.",
)
_LOST = Text(
    "次の点は、公表された計画にはあるかもしれませんが、私たちが受け取った本文では図・表・頁が失われています。文字として読める形(HTML、表計算、文字を選べるPDFなど)で公開していただければ、記録できます。",
    "The following may well be in the published plan, but figures, tables or pages of it are lost in the text that we received. Published in a form whose text can be read (HTML, a spreadsheet, a PDF with selectable text), they can be recorded.",
)
_UNKNOWN = Text(
    "次の点は、受け取った本文だけでは、公表されたものにあるかどうか、又はそれで全部かどうかを判断できません。ご存じでしたらお知らせください。",
    "The received text alone does not tell whether the published one has the following, or whether this is all of it. Please tell us if you know.",
)


def share(gap: Gap) -> Text:
    """How many of how many, in words; empty for what is asked of the plan as a whole."""
    noun = NOUNS.get(gap.target)
    if noun is None:
        return Text("", "")
    count = len({item.element for item in gap.items})
    if count == gap.of:
        return Text(f"{noun.ja}{gap.of}件の全て", f"all {gap.of} {noun.en}")
    return Text(f"{noun.ja}{gap.of}件のうち{count}件", f"{count} of {gap.of} {noun.en}")


def _advice(found: Coverage, gap: Gap) -> Text:
    asked = [found.requirements[iri].advice for iri in gap.requirements]
    return _with(Text("".join(a.ja for a in asked), " ".join(a.en for a in asked)), share(gap))


def _absent(found: Coverage, gap: Gap) -> Text:
    return _with(
        labels(found, gap), share(gap), *(found.names[iri] for iri in sorted({p for i in gap.items for p in i.printed}))
    )


def _named(found: Coverage, gap: Gap) -> Text:
    part = Text("一部", "in part") if gap.state in RECORDED else Text("", "")
    return _with(labels(found, gap), share(gap), part)


def labels(found: Coverage, gap: Gap) -> Text:
    """What is missing: the labels of the requirements."""
    several = [found.requirements[iri].label for iri in gap.requirements]
    return Text("、".join(text.ja for text in several), ", ".join(text.en for text in several))


def _with(text: Text, *brackets: Text) -> Text:
    inside = [b for b in brackets if b.ja]
    if not inside:
        return text
    return Text(f"{text.ja}({_join(b.ja for b in inside)})", f"{text.en} ({_join((b.en for b in inside), '; ')})")


def _join(several: Iterable[str], by: str = "、") -> str:
    return by.join(several)

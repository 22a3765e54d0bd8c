"""Call a thing by what a curator knows it as: its kind, its printed number and its title, not its IRI."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from keikaku.namespaces import BASE, DCTERMS, RDFS, SKOS, path_of, shorten

#: Segments of an IRI (ontology §3.1) that a number follows: ja, en.
NUMBERED = {
    "i": ("取組", "initiative"), "a": ("個別取組", "action"), "r": ("工程", "roadmap entry"), "k": ("KPI", "KPI"),
    "q": ("課題", "issue"), "n": ("国の取組事項", "national item"), "g": ("目標", "goal"), "p": ("基本的考え方", "principle"),
    "t": ("目標値", "target"), "v": ("数値", "figure"), "e": ("できごと", "event"), "term": ("用語", "term"),
    "survey": ("調査", "survey"), "ev": ("評価結果", "evaluation result"), "swot": ("SWOT分析", "SWOT analysis"),
    "entry": ("要素", "entry"), "item": ("項目", "item"),
    "wording": ("表記", "wording of"), "covers": ("テーマ掲載", "coverage of"),
}  # fmt: skip
#: Segments that stand alone.
SINGLE = {"b": ("現状値", "baseline"), "period": ("計画期間", "period"), "running": ("累計", "running sum")}
#: What stands right below id/ and how many segments after it are its id; the last one is shown.
THINGS = {
    "doc": (("文書", "document"), 1), "qn": (("品質注記", "quality note"), 2), "fy": (("年度", "fiscal year"), 1),
    "case": (("事例", "case"), 2), "lg": (("団体", "local government"), 1),
}  # fmt: skip
_LABELS = (DCTERMS.title, SKOS.prefLabel, RDFS.label)

Names = Mapping[str, str]


def name_of(graph: Graph, iri: Node) -> Names:
    """Name a thing in ja and en, with its path in brackets.

    >>> name_of(Graph(), URIRef(BASE + "id/plan/990019/dx/2023/i/1-03/k/1/t/2024"))["en"]
    'target 2024 of KPI 1 of initiative 1-03 (i/1-03/k/1/t/2024)'
    """
    whole = str(iri).partition("#")[0]
    segments = path_of(whole).split("/")
    if not whole.startswith(BASE) or segments[0] != "id":
        return {lang: _label(graph, iri, lang) or shorten(str(iri)) for lang in ("ja", "en")}
    if segments[1] == "plan" and len(segments) > 4:
        base, steps, shown = "/".join(segments[:5]), segments[5:], "/".join(segments[5:] or segments[2:])
        chain = _plan_chain(graph, base, steps) or [("計画", "plan")]
    else:
        chain, shown = _thing_chain(graph, segments), "/".join(segments[1:])
    names = {"ja": "の".join(ja for ja, _ in chain), "en": " of ".join(en for _, en in reversed(chain))}
    titles = {lang: _label(graph, URIRef(whole), lang) for lang in names}
    return {
        "ja": names["ja"] + (f"「{titles['ja']}」" if titles["ja"] else "") + f" ({shown})",
        "en": names["en"] + (f" “{titles['en']}”" if titles["en"] else "") + f" ({shown})",
    }


def _plan_chain(graph: Graph, base: str, steps: list[str]) -> list[tuple[str, str]]:
    """Read the segments below a plan from the outside in: (ja, en) for each thing on the way."""
    chain: list[tuple[str, str]] = []
    at = 0
    while at < len(steps):
        kind = steps[at]
        if kind in NUMBERED and at + 1 < len(steps):
            at += 2
            iri = URIRef("/".join([f"{BASE}{base}", *steps[:at]]))
            number = str(graph.value(iri, SKOS.notation) or steps[at - 1])
            ja, en = NUMBERED[kind]
            chain.append((f"{ja}{number}", f"{en} {number}"))
        elif kind == "claim" and at + 2 < len(steps):
            chain.append((f"主張{steps[at + 2]} ({steps[at + 1]})", f"claim {steps[at + 2]} on {steps[at + 1]}"))
            at += 3
        elif kind == "period" and at + 1 < len(steps) and not chain:
            chain.append((f"ほかの文書の期間 ({steps[at + 1]})", f"period of {steps[at + 1]}"))
            at += 2
        else:
            at += 1
            below = {"period": ("期間", "period")} if chain else {}  # of a survey, not of the plan
            chain.append((SINGLE | below).get(kind, (f"内訳{kind}", f"part {kind}")))
    return chain


def _thing_chain(graph: Graph, segments: list[str]) -> list[tuple[str, str]]:
    kind, rest = segments[1], segments[2:]
    if kind == "cs" and len(rest) > 1:
        return [(f"完全性言明{rest[-2]} ({rest[-1]})", f"completeness statement on {rest[-2]} ({rest[-1]})")]
    if kind == "doc" and "ev" in rest:
        return [(f"根拠箇所{rest[-1]}", f"passage {rest[-1]}")]
    if kind in THINGS:
        (ja, en), length = THINGS[kind]
        if len(rest) > length:
            base = "/".join(segments[: 2 + length])
            return [(f"{ja}{rest[length - 1]}", f"{en} {rest[length - 1]}"), *_plan_chain(graph, base, rest[length:])]
        return [(f"{rest[-1]}{ja}" if kind == "fy" else f"{ja}{rest[-1]}", f"{en} {rest[-1]}")]
    return [("/".join(segments[1:]), "/".join(segments[1:]))]


def _label(graph: Graph, iri: Node, lang: str) -> str:
    """A title or label in one language, else in the other, else ""."""
    for wanted in (lang, "ja", "en"):
        for predicate in _LABELS:
            for text in graph.objects(iri, predicate):
                if isinstance(text, Literal) and text.language == wanted:
                    return str(text)
    return ""


def value_name(graph: Graph, value: Node | None) -> Names:
    """Name a value: a literal as it is, our things as above, a code or property by its label."""
    if value is None:
        return {"ja": "", "en": ""}
    return {"ja": str(value), "en": str(value)} if isinstance(value, Literal) else name_of(graph, value)


def vocabulary_file(iri: str) -> str:
    """The file of ontology/ in which a term of ours stands; "" for anything else.

    >>> vocabulary_file(BASE + "indicator/digital-course-count")
    'ontology/indicators.ttl'
    """
    files = {"ont#": "jdx", "code/rq": "requirements", "code/": "codes", "theme/": "themes", "indicator/": "indicators"}
    path = iri.removeprefix(BASE) if iri.startswith(BASE) else ""
    return next((f"ontology/{file}.ttl" for start, file in files.items() if path.startswith(start)), "")

"""Which keys each kind of mapping may have, in the order `fmt` writes them (plan-file.md; terms in ontology/context.jsonld)."""

from __future__ import annotations

_SAID = ("basis", "asserted", "note", "at")
_LINK = ("plan", "printed", "period", *_SAID)
_VALUE = (
    "value", "milestone", "unit", "counting", "change-from", "when", "printed", "parts", "note", "at",
)  # fmt: skip

KEYS: dict[str, tuple[str, ...]] = {
    "plan file": (
        "plan", "document", "checked", "title", "title-form", "at", "type", "status", "issued", "period", "legal-basis",
        "absorbs", "succeeds", "upper", "coordinated", "informed-by", "reflects", "cites", "volumes", "summary", "not-stated", "lost",
        "goals", "principles", "issues", "national", "other-plans", "kpis", "initiatives", "evaluations", "surveys", "facts", "swot", "bodies", "events",
        "glossary", "quality", "completeness",
    ),
    "casebook file": (
        "casebook", "document", "checked", "title", "title-form", "at", "type", "issued", "informed-by", "summary", "not-stated", "lost",
        "guidelines", "cases", "facts", "quality", "completeness",
    ),
    "title": ("ja", "en"),
    "date of issue": ("when", "at"),
    "period": ("from", "to", "at"),
    "legal basis": ("law", "serves-as", "basis", "asserted", "note", "at"),
    "citation": ("law", "printed", "basis", "asserted", "note", "at"),
    "link": _LINK,
    "relation": ("plan", "law", "printed", "period", "basis", "asserted", "note", "at"),
    "goal": ("no", "kind", "title", "title-form", "of", "themes", "summary", "relation", "at", "targets"),
    "principle": ("no", "kind", "title", "title-form", "described", "themes", "summary", "lost", "at"),
    "initiative": (
        "no", "title", "title-form", "at", "list", "described", "goal", "contributes", "themes", "themes-from", "departments",
        "partners", "uses", "summary", "goals", "issues", "actions", "national", "kpis", "roadmap", "facts", "relation",
        "not-stated", "lost",
    ),
    "theme": ("theme", "printed", "at"),
    "action": (
        "no", "title", "title-form", "themes", "departments", "partners", "uses", "answers", "summary", "actions", "relation",
        "not-stated", "lost", "at",
    ),
    "issue": ("no", "title", "title-form", "themes", "summary", "at"),
    "national item": (
        "no", "title", "title-form", "plan", "themes", "departments", "summary", "relation", "at", "targets", "national",
    ),
    "other plan": (
        "of", "at", "period", "legal-basis", "absorbs", "succeeds", "upper", "coordinated", "informed-by", "reflects", "volumes", "departments",
        "partners", "summary", "goals",
    ),
    "KPI": (
        "no", "title", "title-form", "indicator", "unit", "counting", "when", "baseline", "summary", "not-stated", "lost", "note",
        "at", "targets", "values",
    ),
    "value": _VALUE,
    "part": _VALUE,
    "roadmap entry": ("no", "phase", "title", "title-form", "of", "covers", "starts", "within", "span", "lost", "at"),
    "fact": (
        "no", "title", "title-form", "of", "kind", "survey", "departments", "indicator", "at", "value", "unit", "counting", "change-from",
        "when", "printed", "parts", "note", "items",
    ),
    "evaluation": ("of", "at", "goals", "results"),
    "evaluation result": ("no", "goal", "title", "title-form", "status", "note", "at"),
    "survey": ("no", "title", "title-form", "of", "period", "summary", "relation", "at"),
    "SWOT field": ("no", "title", "title-form", "summary", "at", "entries"),
    "SWOT entry": ("no", "quadrant", "title", "title-form", "themes", "at"),
    "case": (
        "no", "step", "title", "title-form", "at", "by", "similar", "open", "themes", "departments", "summary", "bodies", "partners", "uses",
        "laws", "plans", "links", "points", "facts", "not-stated", "lost", "note",
    ),
    "government": ("government", "printed", "url", *_SAID),
    "partner": ("organisation", "printed", "role", *_SAID),
    "guideline": ("plan", "printed", "themes", "links", *_SAID),
    "product use": ("product", "printed", *_SAID),
    "web link": ("url", *_SAID),
    "point": ("no", "title", "title-form", "state", "when", "note", "at"),
    "body": ("body", "kind", "at", "posts", "secretariat", "members", "summary"),
    "post": ("post", "role", "summary", "at"),
    "event": ("no", "title", "title-form", "kind", "when", "of", "summary", "relation", "at"),
    "glossary entry": ("term", "reading", "stands-for", "themes", "at"),
    "quality note": ("no", "kind", "about", "at", "note"),
    "completeness statement": ("aspect", "level", "scope", "missing", "reason", "at"),
    "register": ("government", "units", "bodies", "posts", "instruments", "laws", "organisations", "products"),
    "register entry": (
        "no", "id", "name", "also", "kind", "type", "issuer", "issued", "number", "promulgated", "in-force", "repealed", "status",
        "id-status", "source", "en-own",
    ),
    "source document": (
        "document", "title", "title-form", "publisher", "issued", "file", "sha256", "characters", "lines", "headings", "pages",
        "synthetic",
    ),
    "heading": ("line", "heading", "level"),
    "page": ("line", "page"),
}  # fmt: skip

#: Japanese words for the kinds, for messages.
KIND_JA = {
    "plan file": "計画ファイル", "casebook file": "事例集ファイル", "title": "題名", "date of issue": "発行日", "period": "計画期間", "legal basis": "根拠法令", "citation": "引用法令", "link": "関連文書",
    "goal": "目標", "relation": "関連", "principle": "基本的考え方", "initiative": "取組", "theme": "テーマ", "action": "個別取組", "issue": "課題",
    "national item": "国の方針", "other plan": "ほかの計画", "KPI": "KPI", "value": "値", "part": "内訳", "roadmap entry": "工程", "fact": "数値", "evaluation": "評価", "evaluation result": "評価結果",
    "survey": "調査", "SWOT field": "SWOT分析の分野", "SWOT entry": "SWOT要素", "body": "推進体制",
    "post": "職", "event": "できごと", "glossary entry": "用語", "quality note": "品質注記", "completeness statement": "完全性言明",
    "case": "参考事例", "government": "団体", "partner": "連携先", "product use": "利用する製品", "web link": "関連URL", "guideline": "ガイドライン",
    "point": "取組の段階", "register": "台帳", "register entry": "台帳の項目", "source document": "原典文書", "heading": "見出し", "page": "ページ",
}  # fmt: skip

#: Keys of an element and the completeness aspect that “not-stated” or “lost” speaks of (plan-file.md, rule 7).
ASPECTS = {
    "departments": "responsible-units", "kpis": "kpis", "baseline": "baselines", "baselines": "baselines", "targets": "targets",
    "roadmap": "roadmap", "actions": "actions", "themes": "initiative-themes", "bodies": "governance", "facts": "budget",
    "similar": "similar-bodies",
}  # fmt: skip

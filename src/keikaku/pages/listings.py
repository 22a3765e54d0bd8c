"""Which lists there are: what each shows, how it is ordered and how it can be narrowed (docs/pages.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rdflib.term import Node

from keikaku.ask.answer import number_of
from keikaku.ask.words import Text, fold
from keikaku.namespaces import BASE
from keikaku.pages.blocks import iris

Entry = Mapping[str, Node]
#: Name of a value in the address → what it is called.
Choices = dict[str, Text]


@dataclass(frozen=True)
class Facet:
    """One way to narrow a list: the name of its parameter, its label, the values of a row, and the column whose names they take."""

    key: str
    label: Text
    values: Callable[[Entry, Mapping[str, Text]], Choices]
    source: str = ""


@dataclass(frozen=True)
class Listing:
    """One list: the folder of its query, what it shows, how it is ordered, and columns that a badge stands in."""

    path: str
    title: Text
    about: Text
    shown: tuple[str, ...]
    facets: tuple[Facet, ...] = ()
    order: Callable[[Entry, Mapping[str, Text]], tuple[object, ...]] = lambda entry, called: ()
    badges: Mapping[str, Callable[[Entry], str]] | None = None

    @property
    def folder(self) -> str:
        """The folder of its query below queries/pages/."""
        return self.path.strip("/")


def column(key: str, label: Text, source: str, missing: Text | None = None) -> Facet:
    """A facet whose values are the things in a column; `missing` names the rows that have none."""

    def values(entry: Entry, called: Mapping[str, Text]) -> Choices:
        found = {
            iri.removeprefix(BASE).rsplit("/", 1)[-1]: called.get(iri, Text(iri, iri))
            for iri in iris(entry.get(source))
        }
        return found or ({"none": missing} if missing else {})

    return Facet(key, label, values, source)


def derived(key: str, label: Text, choose: Callable[[Entry], str], words: Mapping[str, Text]) -> Facet:
    """A facet with one value per row, from a fixed list."""
    return Facet(key, label, lambda entry, _: {choice: words[choice]} if (choice := choose(entry)) else {})


#: Lower ends of the bands of size, largest first.
_BANDS = (
    ("500000", Text("50万人以上", "500,000 and more")),
    ("200000", Text("20万〜50万人", "200,000 to 500,000")),
    ("100000", Text("10万〜20万人", "100,000 to 200,000")),
    ("50000", Text("5万〜10万人", "50,000 to 100,000")),
    ("10000", Text("1万〜5万人", "10,000 to 50,000")),
    ("1", Text("1万人未満", "fewer than 10,000")),
)
_UNKNOWN_SIZE = ("unknown", Text("不明", "unknown"))
_RECORDED = {"yes": Text("計画を収録", "plan recorded"), "no": Text("未収録（有無は不明）", "not recorded (unknown)")}
_BASELINES = {
    "stated": Text("数値あり", "a number"),
    "words": Text("数値でない", "in words"),
    "blank": Text("原典が空欄", "left blank"),
    "not-stated": Text("計画に記載なし", "not stated by the plan"),
    "lost": Text("本文から欠落", "lost in the text"),
    "unknown": Text("不明", "unknown"),
}


def _band(entry: Entry) -> str:
    size = number_of(entry.get("size"))
    return next((low for low, _ in _BANDS if size is not None and size >= int(low)), "unknown")


def baseline_of(entry: Entry) -> str:
    """What is known of the baseline of a KPI in a row of the list of KPIs."""
    codes = {iri.rsplit("/", 1)[-1] for iri in iris(entry.get("baseline"))}
    if "vs-stated" in codes:
        return "stated"
    if "vs-unreadable" in codes or _says(entry, "gone"):
        return "lost"
    if codes:
        return "blank" if codes == {"vs-blank"} else "words"
    return "not-stated" if _says(entry, "silent") else "unknown"


def _says(entry: Entry, name: str) -> bool:
    return any(iri.endswith("/cf-baselines") for iri in iris(entry.get(name)))


def _reading(entry: Entry) -> str:
    return fold(str(entry.get("reading", "")))


PREFECTURE = column("prefecture", Text("都道府県", "prefecture"), "prefecture")
THEME = column("theme", Text("テーマ", "theme"), "themes")
LISTINGS = (
    Listing(
        "/municipalities",
        Text("市区町村", "Municipalities"),
        Text(
            "計画を収録していない団体も載せています。収録がないことは、計画がないことではありません。収録した団体が先、次に都道府県順、読みの順です。",
            "Municipalities whose plans are not recorded are listed too: that a plan is not recorded does not mean that there is none. Those with a plan come first, then by prefecture and reading.",
        ),
        ("municipality", "reading", "prefecture", "kind", "plans"),
        (
            derived(
                "recorded", Text("計画", "plan"), lambda entry: "yes" if iris(entry.get("plans")) else "no", _RECORDED
            ),
            PREFECTURE,
            derived("size", Text("規模の目安", "approximate size"), _band, dict([*_BANDS, _UNKNOWN_SIZE])),
        ),
        lambda entry, _: (not iris(entry.get("plans")), str(entry.get("prefecture", "")), _reading(entry)),
        {"plans": lambda entry: "" if iris(entry.get("plans")) else "unknown"},
    ),
    Listing(
        "/plans",
        Text("計画", "Plans"),
        Text(
            "原典から読み取った計画の版です。策定主体の読みの順です。",
            "Editions of plans that have been read from their documents, by the reading of who issued them.",
        ),
        ("plan", "government", "prefecture", "status", "start", "end", "listed", "outside", "kpis", "evidence"),
        (PREFECTURE, column("status", Text("段階", "status"), "status")),
        lambda entry, _: (_reading(entry), str(entry.get("start", ""))),
    ),
    Listing(
        "/themes",
        Text("テーマ", "Themes"),
        Text(
            "計画がそのテーマをどの水準で取り上げているか。数は計画の数です。",
            "At which level plans take up each theme. Numbers count plans.",
        ),
        ("theme", "initiative", "outside", "action", "mentioned", "cases"),
    ),
    Listing(
        "/kpis",
        Text("KPI", "KPIs"),
        Text(
            "記録した計画の成果指標です。団体の読みの順、計画に載る順です。",
            "Indicators of recorded plans, by the reading of the government and in the order of the plan.",
        ),
        ("kpi", "government", "owner", "themes", "aim", "targets", "baseline", "evidence"),
        (
            THEME,
            column("city", Text("団体", "government"), "government"),
            column(
                "target",
                Text("目標の種類", "kind of target"),
                "targets",
                Text("目標値の記録なし", "no target recorded"),
            ),
            derived("baseline", Text("現状値", "baseline"), baseline_of, _BASELINES),
        ),
        lambda entry, _: (_reading(entry),),
        {"baseline": lambda entry: "" if baseline_of(entry) in ("stated", "words") else baseline_of(entry)},
    ),
    Listing(
        "/laws",
        Text("法令", "Laws"),
        Text(
            "計画が根拠とするか言及する法律と条例です。数は記録した計画と、その要素の数です。",
            "Acts and ordinances that plans rest on or cite. Numbers count recorded plans and their elements.",
        ),
        ("law", "number", "dated", "provisions", "based", "cited"),
        (
            derived(
                "of",
                Text("種類", "kind"),
                lambda entry: "local" if "/id/law/lg" in str(entry["law"]) else "national",
                {"national": Text("国の法令", "national"), "local": Text("条例・規則など", "local")},
            ),
        ),
        lambda entry, _: ("/id/law/lg" in str(entry["law"]), str(entry.get("dated", "9"))),
    ),
    Listing(
        "/cases",
        Text("事例", "Cases"),
        Text("事例集の事例を、事例集の順に並べています。", "Cases of casebooks, in their order."),
        ("case", "governments", "prefectures", "themes", "step", "evidence"),
        (
            THEME,
            column("step", Text("段階・節", "step or section"), "step"),
            column("prefecture", Text("都道府県", "prefecture"), "prefectures"),
        ),
    ),
)

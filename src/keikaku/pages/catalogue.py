"""Lists with facets that work without scripts: municipalities, plans, themes, KPIs, laws, cases (docs/pages.md).

A facet narrows by a parameter of the address; counts are those of the rows that the other facets leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from rdflib.term import Node

from keikaku.ask.answer import Answer, number_of
from keikaku.ask.kept import kept
from keikaku.ask.words import Text, fold
from keikaku.namespaces import BASE
from keikaku.pages.blocks import Block, iris
from keikaku.pages.leads.rows import rows as cells_of
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site
from keikaku.pages.tables import csv_text

#: Rows on one page.
PER_PAGE = 100

Entry = Mapping[str, Node]
#: Name of a value in the address → what it is called.
Choices = dict[str, Text]


@dataclass(frozen=True)
class Facet:
    """One way to narrow a list: the name of its parameter, its label, and the values of a row."""

    key: str
    label: Text
    values: Callable[[Entry, Mapping[str, Text]], Choices]


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

    return Facet(key, label, values)


def derived(key: str, label: Text, choose: Callable[[Entry], str], words: Mapping[str, Text]) -> Facet:
    """A facet with one value per row, from a fixed list."""
    return Facet(key, label, lambda entry, _: {choice: words[choice]} if (choice := choose(entry)) else {})


def page_of(listing: Listing, site: Site, view: View) -> Page:
    """One list, narrowed by `q` and the facets of the address; a static page has all rows of the page and no form."""
    blocks = blocks_of(listing, site)
    answer = blocks[0].answer if blocks else None
    found, told, words, wanted = _found(listing, answer, view)
    entries = list(answer) if answer else []
    last = max(1, -(-len(found) // PER_PAGE))
    asked = view.params.get("page", "1")
    page = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    on_page = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = cells_of(blocks[0], view.lang, on_page) if answer else []
    facets = [
        (
            facet.key,
            facet.label.of(view.lang),
            wanted.get(facet.key, ""),
            _choices(facet, told, _left(answer, told, words, wanted, facet.key), view.lang),
        )
        for facet in listing.facets
    ]
    columns = (
        {one.name.removesuffix(f"_{view.lang}"): one.label.of(view.lang) for one in answer.columns} if answer else {}
    )
    badges = {
        name: {n: state for n in on_page if (state := choose(entries[n]))}
        for name, choose in (listing.badges or {}).items()
    }
    return Page(
        render(
            "catalogue.html",
            view,
            site=site,
            listing=listing,
            columns=[(name, columns.get(name, name)) for name in listing.shown],
            rows=list(zip(on_page, rows, strict=True)),
            badges=badges,
            facets=[facet for facet in facets if len(facet[3]) > 1 or facet[2]],
            wanted=wanted,
            found=len(found),
            total=len(entries),
            page=page,
            last=last,
        )
    )


def blocks_of(listing: Listing, site: Site) -> list[Block]:
    """All rows of a list, kept while the build stands: every page, choice and file of the list is cut from them."""

    def look_up(wanted: list[str]) -> dict[str, list[Block]]:
        return {folder: site.blocks(folder) for folder in wanted}

    return kept(site.store, "listing", [listing.folder], look_up)[listing.folder]


Told = list[dict[str, Choices]]


def _found(listing: Listing, answer: Answer | None, view: View) -> tuple[list[int], Told, list[str], dict[str, str]]:
    """The numbers of the rows that are left, in order, with the values of every facet of every row, the words and the choices."""
    entries = list(answer) if answer else []
    called = answer.names if answer else {}
    told = [{facet.key: facet.values(entry, called) for facet in listing.facets} for entry in entries]
    words = [fold(word) for word in view.params.get("q", "").split() if fold(word)]
    wanted = {facet.key: view.params[facet.key] for facet in listing.facets if view.params.get(facet.key)}
    found = [n for n in range(len(entries)) if (not words or _has(answer, n, words)) and _fits(told[n], wanted)]
    return sorted(found, key=lambda n: (listing.order(entries[n], called), n)), told, words, wanted


def csv_of(listing: Listing, site: Site, view: View) -> str:
    """The same rows as a file: all that the words and facets of the address leave."""
    blocks = blocks_of(listing, site)
    if not blocks:
        return ""
    chosen = _found(listing, blocks[0].answer, view)[0]
    answer = replace(blocks[0].answer, rows=tuple(blocks[0].answer.rows[n] for n in chosen))
    return csv_text(answer, view.lang)


def _has(answer: Answer | None, number: int, words: Iterable[str]) -> bool:
    if answer is None:
        return False
    text = fold(
        " ".join(
            f"{known.ja} {known.en}" if (known := answer.names.get(part)) else part
            for term in answer.rows[number]
            if term is not None
            for part in (iris(term) or [str(term)])
        )
    )
    return all(word in text for word in words)


def _fits(told: Mapping[str, Choices], wanted: Mapping[str, str]) -> bool:
    return all(value in told[key] for key, value in wanted.items())


def _left(answer: Answer | None, told: Told, words: list[str], wanted: Mapping[str, str], but: str) -> list[int]:
    others = {key: value for key, value in wanted.items() if key != but}
    return [n for n, one in enumerate(told) if _fits(one, others) and (not words or _has(answer, n, words))]


def _choices(facet: Facet, told: Told, left: list[int], lang: str) -> list[tuple[str, str, int]]:
    """Values with their names and counts, in the order in which the list has them."""
    labels: Choices = {}
    counts: dict[str, int] = {}
    for n in left:
        for value, label in told[n][facet.key].items():
            labels.setdefault(value, label)
            counts[value] = counts.get(value, 0) + 1
    return [(value, labels[value].of(lang), counts[value]) for value in labels]


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
        ("kpi", "government", "owner", "themes", "targets", "baseline", "evidence"),
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


def make(listing: Listing) -> Callable[[Site, View], Page]:
    """The function that makes the page of a list."""
    return lambda site, view: page_of(listing, site, view)


def file(listing: Listing) -> Callable[[Site, View], bytes]:
    """The function that makes the file of a list."""
    return lambda site, view: csv_of(listing, site, view).encode()


FILES = {f"{listing.path}.csv": file(listing) for listing in LISTINGS}
PAGES = {listing.path: make(listing) for listing in LISTINGS}

"""Lists with facets that work without scripts: municipalities, plans, themes, KPIs, laws, cases (docs/pages.md).

A facet narrows by a parameter of the address; counts are those of the rows that the other facets leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib.term import Node

from keikaku.ask.answer import number_of
from keikaku.ask.kept import once
from keikaku.ask.names import names
from keikaku.ask.words import Text, fold
from keikaku.namespaces import BASE
from keikaku.pages.blocks import Block, iris, load, named, unnamed
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


@dataclass(frozen=True)
class Prepared:
    """The rows of a list in their order, each with its values for every facet, made once for a build.

    Named are only the things that facets and order need; those of a page are looked up when it is shown.
    """

    block: Block
    entries: tuple[Entry, ...]
    told: tuple[dict[str, Choices], ...]
    ordered: tuple[int, ...]


def page_of(listing: Listing, site: Site, view: View) -> Page:
    """One list, narrowed by `q` and the facets of the address; a static page has all rows of the page and no form."""
    whole = _prepared(listing, site)
    words, wanted = _asked(listing, view)
    found = _found(listing, site, whole, words, wanted)
    last = max(1, -(-len(found) // PER_PAGE))
    asked = view.params.get("page", "1")
    page = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    on_page = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    shown = _part(site, whole, on_page)
    rows = cells_of(shown, view.lang) if shown else []
    facets = [
        (
            facet.key,
            facet.label.of(view.lang),
            wanted.get(facet.key, ""),
            _choices(listing, site, whole, facet, words, wanted, view.lang),
        )
        for facet in listing.facets
    ]
    columns = (
        {one.name.removesuffix(f"_{view.lang}"): one.label.of(view.lang) for one in whole.block.answer.columns}
        if whole
        else {}
    )
    badges = {
        name: {n: state for n in on_page if whole and (state := choose(whole.entries[n]))}
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
            total=len(whole.entries) if whole else 0,
            page=page,
            last=last,
        )
    )


def _prepared(listing: Listing, site: Site) -> Prepared | None:
    """The list as this build has it; None when it has no rows."""
    return once(site.store, f"list {listing.path}", lambda: (_prepare(listing, site),))[0]


def _prepare(listing: Listing, site: Site) -> Prepared | None:
    block = unnamed(site.store, load(site.settings.queries / "pages" / listing.folder, site.settings.root)[0])
    if not block.total:
        return None
    entries = tuple(block.answer)
    sources = [facet.source for facet in listing.facets if facet.source]
    called = names(site.store, {i for entry in entries for source in sources for i in iris(entry.get(source))})
    told = tuple({facet.key: facet.values(entry, called) for facet in listing.facets} for entry in entries)
    ordered = tuple(sorted(range(len(entries)), key=lambda n: (listing.order(entries[n], called), n)))
    return Prepared(block, entries, told, ordered)


def _part(site: Site, whole: Prepared | None, numbers: Sequence[int]) -> Block | None:
    """Some rows of a list with all names and passages in them."""
    if whole is None:
        return None
    answer = whole.block.answer
    rows = tuple(answer.rows[n] for n in numbers)
    return replace(whole.block, answer=named(site.store, replace(answer, rows=rows)))


def _asked(listing: Listing, view: View) -> tuple[list[str], dict[str, str]]:
    """The words and the choices of an address."""
    words = [fold(word) for word in view.params.get("q", "").split() if fold(word)]
    return words, {facet.key: view.params[facet.key] for facet in listing.facets if view.params.get(facet.key)}


def _found(
    listing: Listing, site: Site, whole: Prepared | None, words: Sequence[str], wanted: Mapping[str, str]
) -> Sequence[int]:
    """The numbers of the rows that words and choices leave, in order."""
    if whole is None or not (words or wanted):
        return whole.ordered if whole else ()
    texts = once(site.store, f"texts {listing.path}", lambda: _texts(site, whole)) if words else ()
    return [n for n in whole.ordered if _fits(whole.told[n], wanted) and all(word in texts[n] for word in words)]


def csv_of(listing: Listing, site: Site, view: View) -> str:
    """The same rows as a file: all that the words and facets of the address leave."""
    whole = _prepared(listing, site)
    part = _part(site, whole, _found(listing, site, whole, *_asked(listing, view)))
    return csv_text(part.answer, view.lang) if part else ""


def _texts(site: Site, whole: Prepared) -> tuple[str, ...]:
    """All that can be found in each row, in both languages."""
    answer = whole.block.answer
    called = names(site.store, {i for row in answer.rows for term in row for i in iris(term)})
    return tuple(
        fold(
            " ".join(
                f"{known.ja} {known.en}" if (known := called.get(part)) else part
                for term in row
                if term is not None
                for part in (iris(term) or [str(term)])
            )
        )
        for row in answer.rows
    )


def _fits(told: Mapping[str, Choices], wanted: Mapping[str, str]) -> bool:
    return all(value in told[key] for key, value in wanted.items())


def _choices(
    listing: Listing, site: Site, whole: Prepared | None, facet: Facet, words: Sequence[str], wanted: Mapping[str, str], lang: str
) -> list[tuple[str, str, int]]:  # fmt: skip
    """Values with their names, in the order in which the list has them, and counts of the rows that the other facets leave."""
    if whole is None:
        return []
    others = {key: value for key, value in wanted.items() if key != facet.key}

    def count() -> tuple[Choices, dict[str, int]]:
        labels: Choices = {}
        counts: dict[str, int] = {}
        for n in sorted(_found(listing, site, whole, words, others)):
            for value, label in whole.told[n][facet.key].items():
                labels.setdefault(value, label)
                counts[value] = counts.get(value, 0) + 1
        return labels, counts

    if words or others:
        labels, counts = count()
    else:
        labels, counts = once(site.store, f"facet {listing.path} {facet.key}", count)
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


def make(listing: Listing) -> Callable[[Site, View], Page]:
    """The function that makes the page of a list."""
    return lambda site, view: page_of(listing, site, view)


def file(listing: Listing) -> Callable[[Site, View], bytes]:
    """The function that makes the file of a list."""
    return lambda site, view: csv_of(listing, site, view).encode()


FILES = {f"{listing.path}.csv": file(listing) for listing in LISTINGS}
PAGES = {listing.path: make(listing) for listing in LISTINGS}

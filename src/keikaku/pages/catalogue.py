"""Lists with facets that work without scripts; which there are is told in listings (docs/pages.md).

A facet narrows by a parameter of the address; counts are those of the rows that the other facets leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from keikaku.ask.kept import once
from keikaku.ask.names import names
from keikaku.ask.words import fold
from keikaku.pages.blocks import Block, iris, load, named, unnamed
from keikaku.pages.leads.rows import rows as cells_of
from keikaku.pages.listings import LISTINGS, Choices, Entry, Facet, Listing
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site
from keikaku.pages.tables import csv_text

#: Rows on one page.
PER_PAGE = 100


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


def make(listing: Listing) -> Callable[[Site, View], Page]:
    """The function that makes the page of a list."""
    return lambda site, view: page_of(listing, site, view)


def file(listing: Listing) -> Callable[[Site, View], bytes]:
    """The function that makes the file of a list."""
    return lambda site, view: csv_of(listing, site, view).encode()


FILES = {f"{listing.path}.csv": file(listing) for listing in LISTINGS}
PAGES = {listing.path: make(listing) for listing in LISTINGS}

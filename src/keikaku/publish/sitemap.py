"""Which pages there are, for the static site and for crawlers: sitemap.xml and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

from keikaku.namespaces import BASE
from keikaku.pages import Site, compare
from keikaku.pages.address import file_of, is_ours, place_of
from keikaku.pages.coverage import CARD
from keikaku.pages.routes import PAGES

#: Up to so many things every thing has a page of its own in the static site; beyond, those of the kinds of `MAIN` (architecture §5).
MOST_PAGES = 20_000
#: Patterns of the things that always have a page and data of their own.
MAIN = (
    "?s a jdx:Plan", "?s a jdx:Initiative", "?s a jdx:KPI", "?s a jdx:PolicyTheme", "?s a jdx:SourceDocument", "?s a jdx:IndicatorConcept",
    "?s a eli:LegalResource", "?s a jdx:LocalGovernment", "?s a skos:ConceptScheme", "?s a jdx:NationalBody",
)  # fmt: skip
#: URLs in one file of a sitemap (sitemaps.org).
_MOST_URLS = 50_000
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def things(site: Site) -> list[str]:
    """The paths of all pages about one thing, below the base, sorted; of the main kinds only when there are very many."""
    start = f'FILTER(STRSTARTS(STR(?s), "{BASE}"))'
    some = site.store.select(f"SELECT DISTINCT ?s WHERE {{ ?s a ?class {start} }} LIMIT {MOST_PAGES + 1}").rows
    patterns = ("?s ?p ?o",) if len(some) <= MOST_PAGES else MAIN
    found = {"ont"}
    for pattern in patterns:
        rows = site.store.select(f"SELECT DISTINCT ?s WHERE {{ {pattern} {start} }}").rows
        found |= {place_of(str(s).removeprefix(BASE)).page for (s,) in rows if is_ours(str(s))}
    rows = site.shapes.select(f"SELECT DISTINCT ?s WHERE {{ ?s ?p ?o {start} }}").rows
    found |= {str(s).removeprefix(BASE) for (s,) in rows if is_ours(str(s))}
    found |= {graph.removeprefix(BASE) for graph in site.store.graphs()}
    return sorted(found)


def pages(site: Site) -> list[str]:
    """The addresses of all pages of the static site in Japanese."""
    fixed = [path for path in PAGES if path != "/search"]
    tails = coverages(site)
    plans = [*(start + tail for start in ("/coverage/", CARD) for tail in tails), *compare.prepared(site)]
    questions = [f"/questions/{question}" for question in site.questions]
    return [*fixed, "/dataset", "/findings", *plans, *questions, *("/" + file_of(one, ".html") for one in things(site))]


def coverages(site: Site) -> list[str]:
    """What stands behind /coverage/ in the addresses of the reports."""
    start = f"{BASE}id/plan/"
    rows = site.store.select(
        "SELECT DISTINCT ?plan WHERE { GRAPH ?g { ?doc a jdx:SourceDocument ; foaf:primaryTopic ?plan } } ORDER BY ?plan"
    ).rows
    return [str(plan).removeprefix(start) for (plan,) in rows if str(plan).startswith(start)]


def sitemaps(site: Site, start: str) -> dict[str, str]:
    """The files of the sitemap for a site that begins at `start` (with a slash at its end): one, or an index and its parts."""
    urls = [
        f"<url><loc>{escape(start + quote(page.lstrip('/'), safe='/:@!$&()*+,;=~'))}</loc></url>\n"
        for page in pages(site)
    ]
    if len(urls) <= _MOST_URLS:
        return {"sitemap.xml": _urlset(urls)}
    parts = {
        f"sitemap-{n // _MOST_URLS + 1}.xml": _urlset(urls[n : n + _MOST_URLS]) for n in range(0, len(urls), _MOST_URLS)
    }
    places = "".join(f"<sitemap><loc>{escape(start + name)}</loc></sitemap>\n" for name in parts)
    return {"sitemap.xml": f'{_XML}<sitemapindex xmlns="{_NAMESPACE}">\n{places}</sitemapindex>\n'} | parts


def robots(start: str) -> str:
    """Everything may be read but what is computed for each visitor."""
    return f"User-agent: *\nDisallow: /sparql\nDisallow: /search\n\nSitemap: {start}sitemap.xml\n"


def _urlset(urls: Iterable[str]) -> str:
    return f'{_XML}<urlset xmlns="{_NAMESPACE}">\n{"".join(urls)}</urlset>\n'

"""The findings that are open: what checking the data has shown, as a page and as a table."""

from __future__ import annotations

from keikaku import build
from keikaku.ask.forms import to_csv, to_json
from keikaku.ask.kept import once
from keikaku.pages import Page, Site
from keikaku.pages.render import View, render
from keikaku.report import Finding, count

COLUMNS = ("severity", "file", "line", "rule", "ja", "en", "focus")


def findings(site: Site) -> list[Finding]:
    """All findings of the data, most of them kept from the build (architecture §1); those on the page and in its files are the same."""
    return once(site.store, "findings", lambda: _findings(site))


def _findings(site: Site) -> list[Finding]:
    parts = build.collect(site.settings)
    cross = build.across(site.settings, parts, site.store.select)
    return sorted([*(finding for part in parts for finding in part.findings), *cross])


def findings_page(site: Site, view: View) -> Page:
    """The findings for people."""
    found = findings(site)
    return Page(render("findings.html", view, site=site, findings=found, counts=count(found)))


def findings_text(site: Site, form: str) -> str:
    """The findings as csv or json."""
    rows = [
        (f.severity.label, f.place.file, f.place.line, f.rule, f.sentence("ja"), f.sentence("en"), f.focus)
        for f in findings(site)
    ]
    return to_csv(COLUMNS, rows) if form == "csv" else to_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])

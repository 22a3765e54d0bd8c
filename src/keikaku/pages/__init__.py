"""Pages: one function per kind of page, each a template and an ordered list of queries, for the service and the static site."""

from keikaku.pages.site import Page, Site, open_site

__all__ = ["Page", "Site", "open_site"]

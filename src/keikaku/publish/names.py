"""The names of all things as one small script, with which the pages of a site of files search (assets/search.js).

A script and not JSON, since a page opened from a folder may load the one and not the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from keikaku.ask.names import names
from keikaku.pages import Site
from keikaku.pages.address import href, is_ours
from keikaku.pages.render import name
from keikaku.publish.links import Address, read_link
from keikaku.search import FILE, listing
from keikaku.search.ranking import OTHER_COST

#: The file, beside the scripts that read it.
SCRIPT = "search-index.js"


def script(site: Site, has: Callable[[Address], bool]) -> bytes:
    """Kinds (name in both languages, cost) and things (file, kind, names, where they belong, other names) that the site `has`.

    Terms of vocabularies and codes are left out: they are many, and the page of the ontology lists them.
    """
    path = site.folder / FILE
    every = listing(path) if path.is_file() else []
    listed = [one for one in every if is_ours(one.iri) and one.cost < OTHER_COST]
    called = names(site.store, {one.kind for one in listed if one.kind})
    kinds: dict[str, int] = {}
    things = []
    for one in listed:
        address, place = read_link(href(one.iri, "ja"))
        if has(address):
            kind = kinds.setdefault(one.kind, len(kinds))
            file = address.file + (f"#{place}" if place else "")
            own = [text for text in one.also if text not in (one.name.ja, one.name.en)]
            things.append([file, kind, one.name.ja, one.name.en, one.within.ja, one.within.en, own])
    costs = {one.kind: one.cost for one in listed}
    told = [
        [name(kind, called, "ja") if kind else "", name(kind, called, "en") if kind else "", costs[kind]]
        for kind in kinds
    ]
    text = json.dumps({"kinds": told, "things": things}, ensure_ascii=False, separators=(",", ":"))
    return f"window.keikakuNames={text};\n".encode()

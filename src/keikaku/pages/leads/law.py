"""The lead of a law or one of its provisions: where to read it, and which plans and initiatives rest on it."""

from __future__ import annotations

import re
from typing import Any

from keikaku.ask.words import Text
from keikaku.pages.leads.rows import Tables
from keikaku.pages.render import View
from keikaku.pages.site import Site

#: How a plan or an element names a law, in the order of the page.
WORDS = {
    "hasLegalBasis": Text("これを根拠とする計画", "Plans that rest on it"),
    "references": Text("これに言及する計画など", "Plans and others that cite it"),
    "relation": Text("これを挙げる取組など", "Initiatives and others that name it"),
    "based_on": Text("これに基づく法令", "Laws based on it"),
}
#: A law ID of e-Gov (ontology §2); a municipal ordinance has none.
_NATIONAL = re.compile(r"/id/law/(\d{3}[A-Z0-9]{12})(?:/|$)")


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """What rests on it, by how it is named, and the page of e-Gov where it has one."""
    del site, view
    national = _NATIONAL.search(iri)
    resting = [(how, [row for row in rows["resting"] if row["how"].code == how]) for how in WORDS]
    return {
        "egov": f"https://laws.e-gov.go.jp/law/{national[1]}" if national else "",
        "resting": resting,
        "words": WORDS,
    }

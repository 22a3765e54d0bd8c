"""The terms that the SPARQL editor completes: what the graph uses and names, as prefixed names."""

from __future__ import annotations

import json

from rdflib import URIRef

from keikaku.ask.names import names
from keikaku.namespaces import shorten
from keikaku.pages.render import name
from keikaku.pages.site import Site

_KINDS = {"class": ("クラス", "class"), "property": ("プロパティ", "property"), "term": ("語", "term")}
#: Classes and properties are those in use; of things, those that queries name: themes, indicators, codes, recorded plans and governments.
_QUERIES = {
    "class": "SELECT DISTINCT ?x WHERE { ?s a ?x }",
    "property": "SELECT DISTINCT ?x WHERE { ?s ?x ?o }",
    "term": """SELECT DISTINCT ?x WHERE {
      { ?x skos:inScheme ?scheme } UNION { ?x a jdx:PolicyTheme } UNION { ?x a jdx:IndicatorConcept } UNION { ?x a jdx:Plan }
      UNION { ?plan a jdx:Plan ; jdx:issuingBody ?x } }""",
}


def terms(site: Site, lang: str) -> bytes:
    """A list of [prefixed name, kind, name], each once, in the order of their names; what has no prefixed name is left out."""
    kinds: dict[str, str] = {}
    for kind, query in _QUERIES.items():
        for (term,) in site.store.select(query).rows:
            if isinstance(term, URIRef):
                kinds.setdefault(str(term), kind)
    short = {iri: shorten(iri) for iri in kinds}
    known = [iri for iri in kinds if not short[iri].startswith(("http://", "https://")) and "/" not in short[iri]]
    called = names(site.store, known)
    rows = [[short[iri], _KINDS[kinds[iri]][lang == "en"], name(iri, called, lang)] for iri in known]
    return json.dumps(sorted(rows), ensure_ascii=False, separators=(",", ":")).encode()

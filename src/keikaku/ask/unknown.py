"""Why a query of one's own may have no rows: names in it that occur nowhere in the graph, with the nearest that do."""

from __future__ import annotations

import re

from rdflib import URIRef

from keikaku.ask.names import Source
from keikaku.ask.words import Text, did_you_mean
from keikaku.namespaces import BASE, PREFIXES, shorten
from keikaku.query_text import bare

_PREFIXED = re.compile(r"(?<![?$:\w])([A-Za-z][\w-]*):([\w.-]*[\w-])")


def unknown_names(source: Source, text: str) -> list[Text]:
    """One sentence for each prefixed name of the query that occurs nowhere; meant for a query without rows."""
    return [sentence for name, iri in _named(text).items() if (sentence := _sentence(source, name, iri))]


def _named(text: str) -> dict[str, str]:
    """The prefixed names written with our prefixes, and their IRIs; names under a prefix of the query's own are left alone."""
    own = set(re.findall(r"(?i)\bPREFIX\s+([\w-]*):", bare(text)))
    found = ((prefix, local) for prefix, local in _PREFIXED.findall(bare(text)) if prefix not in own)
    return {f"{prefix}:{local}": PREFIXES[prefix] + local for prefix, local in found if prefix in PREFIXES}


def _sentence(source: Source, name: str, iri: str) -> Text | None:
    namespace = PREFIXES[name.partition(":")[0]]
    if namespace == PREFIXES["xsd"] or source.select(
        f"SELECT * WHERE {{ {{ <{iri}> ?p ?o }} UNION {{ ?s <{iri}> ?o }} UNION {{ ?s ?p <{iri}> }} }} LIMIT 1"
    ):
        return None
    where = "?name ?p ?o" if namespace.startswith(BASE) else "?s ?name ?o"
    rows = source.select(f'SELECT DISTINCT ?name WHERE {{ {where} FILTER(STRSTARTS(STR(?name), "{namespace}")) }}').rows
    known = sorted(shorten(str(row[0])) for row in rows if isinstance(row[0], URIRef))
    near = did_you_mean(name, known) or Text("", "")
    return Text(
        f"{name} はグラフのどこにもありません。{near.ja}", f"{name} occurs nowhere in the graph. {near.en}".strip()
    )

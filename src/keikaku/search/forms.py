"""What was found as JSON: the same bytes from the command line and the web service."""

from __future__ import annotations

from collections.abc import Mapping

from keikaku.ask.forms import to_json
from keikaku.ask.words import Text
from keikaku.search.facets import FACETS
from keikaku.search.find import Found

#: Filters as people write them, in the command's options and in addresses → the name of the filter.
FILTERS = {"kind": "kind", "in": "within", **{facet: facet for facet in FACETS if facet != "kind"}}


def filters_of(given: Mapping[str, str | None]) -> dict[str, str]:
    """The filters among some parameters, without empty ones."""
    return {FILTERS[key]: text.strip() for key in FILTERS if (text := given.get(key)) and text.strip()}


def json_text(found: Found, words: str, filters: Mapping[str, str]) -> str:
    """What was asked, the hits, how many of all have which facet, and, when nothing fits all the words, near names and the words that the hits fit."""
    return to_json(
        {
            "words": words,
            "filters": {name: filters[key] for name, key in FILTERS.items() if key in filters},
            "total": found.total,
            **({"least": True} if found.least else {}),
            "hits": [
                {
                    "iri": hit.iri,
                    "kind": hit.kind,
                    "name": _both(hit.name),
                    "within": _both(hit.within) if hit.within.ja or hit.within.en else None,
                    "matched": hit.matched,
                }
                for hit in found.hits
            ],
            "facets": {
                facet: [{"value": one.value, "name": _both(one.name), "count": one.count} for one in choices]
                for facet, choices in found.facets.items()
            },
            "near": list(found.near),
            "partly": list(found.partly),
        }
    )


def _both(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}

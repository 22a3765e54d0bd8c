"""Search over names, readings, codes, wordings and printed numbers: SQLite FTS5 over characters and pairs that we cut ourselves.

Its own tokenizers find nothing for a two-character Japanese word. Every name is folded (`spelling`) and stored twice: cut into
characters and cut into overlapping pairs. A word of one character is looked for among the characters, a longer one as a phrase of
pairs, which is exactly a substring. The build writes the file beside the store (`gather` asks, `index` writes the whole, `changes` what a few documents changed); `ranking` says what comes first and why,
`find` answers, `facets` narrow and count.
"""

from keikaku.search.changes import update
from keikaku.search.facets import FACETS, Choice
from keikaku.search.find import Found, Hit, find, search
from keikaku.search.forms import FILTERS, filters_of, json_text
from keikaku.search.index import FILE, write
from keikaku.search.listing import Listed, listing
from keikaku.search.opened import read_ahead

__all__ = [
    "FACETS", "FILE", "FILTERS", "Choice", "Found", "Hit", "Listed", "filters_of", "find", "json_text", "listing", "read_ahead",
    "search", "update", "write",
]  # fmt: skip

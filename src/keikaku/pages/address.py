"""Where an IRI of ours is shown: its page, its data, or its place on the page of what it belongs to (architecture §5).

Addresses follow from the IRI alone (ontology §3.1), so links need no query and a static site has the same ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from keikaku.namespaces import BASE
from keikaku.store import is_iri

#: Suffix of a file → media type; the page first, then the forms of the data in the order of preference.
SUFFIXES = {
    ".html": "text/html",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
}
#: First parts of the paths under which things are named.
ROOTS = ("id", "theme", "indicator", "code", "graph", "ont", "shape")

#: Addresses follow from IRIs alone; a page asks for the same ones many times.
_KEPT = 1 << 16
_PLAN = r"id/plan/[^/]+/[^/]+/[^/]+"
_CASE = r"id/case/[^/]+/[^/]+"
#: Things that are shown on the page of their owner: owner, then what becomes the name of the place there.
_NESTED = (
    re.compile(r"(?P<owner>id/doc/[^/]+)/(?P<rest>ev/[^/]+)"),
    re.compile(r"(?P<owner>.+)/(?P<rest>claim/[^/]+/[^/]+)"),
    re.compile(rf"(?P<owner>{_PLAN})/(?P<rest>period(?:/.+)?|wording/.+|covers/.+)"),
    re.compile(rf"(?P<owner>{_PLAN}/.+)/(?P<rest>t/.+|b|b/.+)"),
    re.compile(rf"(?P<owner>{_PLAN}(?:/.+)?)/(?P<rest>v/.+)"),
    re.compile(rf"(?P<owner>{_CASE})/(?P<rest>v/.+)"),
)
_STATEMENT = re.compile(r"id/cs/(?P<about>(?P<case>case/)?[^/]+/[^/]+(?(case)|/[^/]+))/(?P<rest>[^/]+/[^/]+)")
_NOTE = re.compile(r"id/qn/(?P<doc>[^/]+)/(?P<rest>[^/]+)")
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|^`\\\x7f]")


@dataclass(frozen=True)
class Place:
    """The page that shows a thing (a path below the base) and the name of the place on it, "" for the page itself."""

    page: str
    anchor: str = ""


@lru_cache(maxsize=_KEPT)
def place_of(path: str) -> Place:
    """Where the thing at this path is shown.

    >>> place_of("id/plan/990019/dx/2023/i/1-03/k/1/t/2024/direct-facility")
    Place(page='id/plan/990019/dx/2023/i/1-03/k/1', anchor='t-2024-direct-facility')
    >>> place_of("id/doc/990019-dx-2023/ev/L141-142")
    Place(page='id/doc/990019-dx-2023', anchor='ev-L141-142')
    """
    path, _, fragment = path.partition("#")
    statement, note = _STATEMENT.fullmatch(path), _NOTE.fullmatch(path)
    if statement:
        owner = f"id/{'' if statement['case'] else 'plan/'}{statement['about']}"
        return Place(owner, f"cs-{_anchor(statement['rest'])}")
    if note:
        return Place(f"id/doc/{note['doc']}", f"qn-{note['rest']}")
    for pattern in _NESTED:
        found = pattern.fullmatch(path)
        if found:
            return Place(found["owner"], _anchor(found["rest"]))
    return Place(path, fragment)


def is_ours(iri: str) -> bool:
    """Whether an IRI is one that this site answers for."""
    return iri.startswith(BASE) and re.split(r"[/#]", iri[len(BASE) :])[0] in ROOTS


def is_clean(iri: str) -> bool:
    """Whether a text from outside can be an IRI at all."""
    return len(iri) < 1000 and not _FORBIDDEN.search(iri) and is_iri(iri)


def file_of(page: str, suffix: str) -> str:
    """The path of a file about the thing at path `page`.

    >>> file_of("id/lg/990019", ".ttl"), file_of("theme/", ".html")
    ('id/lg/990019.ttl', 'theme/index.html')
    """
    return f"{page}index{suffix}" if page.endswith("/") else f"{page}{suffix}"


def split_file(path: str) -> tuple[str, str]:
    """The path of a thing and the suffix asked for, "" when there is none.

    >>> split_file("theme/index.html"), split_file("id/plan/soumu/jichitai-dx/1.0")
    (('theme/', '.html'), ('id/plan/soumu/jichitai-dx/1.0', ''))
    """
    for suffix in SUFFIXES:
        if path.endswith(suffix):
            thing = path.removesuffix(suffix)
            return (thing.removesuffix("index") if thing.endswith("/index") else thing), suffix
    return path, ""


@lru_cache(maxsize=_KEPT)
def href(iri: str, lang: str) -> str:
    """The link to a thing: the page of ours, or the IRI itself when it is of others (http and https only, else "").

    >>> href("https://w3id.org/jichitai-dx/ont#Plan", "en")
    '/ont.html?lang=en#Plan'
    """
    if not is_ours(iri):
        return iri if iri.startswith(("https://", "http://")) else ""
    place = place_of(iri[len(BASE) :])
    path = quote("/" + file_of(place.page, ".html"), safe="/:@!$&'()*+,;=~")
    return path + ("?lang=en" if lang == "en" else "") + (f"#{quote(place.anchor)}" if place.anchor else "")


def _anchor(rest: str) -> str:
    return rest.replace("/", "-")

"""Addresses in a site of files: which file stands for an address of the service, and links between files that work in a folder."""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from keikaku.draw.vis import as_json
from keikaku.pages.address import SUFFIXES, split_file
from keikaku.pages.graph import picture_with
from keikaku.pages.tables import split_table

#: Suffixes of files; an address without one of them is a page.
_FILES = (*SUFFIXES, ".csv", ".json", ".md", ".xlsx", ".css", ".svg", ".txt", ".gz", ".xml", ".js", ".graphml", ".gexf")
#: Suffixes of what is not the same in the other language.
_TRANSLATED = (".html", ".csv", ".md", ".xlsx", ".gexf")
_ATTRIBUTE = re.compile(r' (href|src|action)="(/[^"]*)"')
_PLAIN = re.compile(r"[A-Za-z0-9._:,+-]{1,80}")
#: What the picture of a page is drawn from; its links are those of the service too.
_DRAWN = re.compile(r'(<script type="application/json" id="g-data">)(.*?)(?=</script>)', re.DOTALL)
#: The page of pictures and their files.
PICTURES = ("/graph", "/graph.graphml", "/graph.gexf")
#: Pages of files that have several pages: the table of all governments, and the indicators, for each of which its plans are judged a few at a time.
_PAGED = ("/municipalities", "/compare/targets/")


@dataclass(frozen=True, order=True)
class Address:
    """What an internal link asks for: a path, a language, and the other parameters in the order of their names."""

    path: str
    lang: str = "ja"
    params: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> str:
        """The file of the static site that holds it.

        >>> Address("/questions/who-lacks", "en", (("theme", "cashless"),)).file
        'questions/who-lacks~theme=cashless.en.html'
        """
        path = unquote(self.path).strip("/") or "index"
        path = path + "/index" if self.path.endswith("/") and self.path != "/" else path
        suffix = suffix_of(path)
        stem = path.removesuffix(suffix)
        stem += "".join(f"~{key}={value.replace(':', '_').replace('/', '_')}" for key, value in self.params)
        translated = suffix in ("", *_TRANSLATED) and not path.startswith(("downloads/", "findings."))
        return stem + (".en" if self.lang == "en" and translated else "") + (suffix or ".html")

    @property
    def plain(self) -> bool:
        """Whether the parameters can be written in the name of a file."""
        slashes = self.path in PICTURES
        return all(
            _PLAIN.fullmatch(key) and _PLAIN.fullmatch(value.replace("/", "_") if slashes else value)
            for key, value in self.params
        )


def suffix_of(path: str) -> str:
    """The suffix of a file, "" for a page that is asked for without one; a version number is none."""
    return next((suffix for suffix in _FILES if path.endswith(suffix)), "")


def read_link(link: str) -> tuple[Address, str]:
    """An internal link as address and place on the page."""
    parts = urlsplit(link)
    given, fragment = dict(parse_qsl(parts.query)), parts.fragment
    lang = given.pop("lang", "ja")
    if parts.path == "/graph" and "around" in given:
        given, fragment = picture_with(given["around"])
    return Address(parts.path, lang, tuple(sorted(given.items()))), fragment


class Linker:
    """Turns the links of a page into links between files, and notes where they lead. `has` says what the site will have."""

    def __init__(self, has: Has) -> None:
        self.has = has
        self.found: set[Address] = set()

    def relative(self, page: str, own: Address) -> str:
        """The page with links that work from its own file; a link to what only the service has loses its address."""

        def replace(found: re.Match[str]) -> str:
            link = self._link(html.unescape(found[2]), own)
            return f' {found[1]}="{html.escape(link)}"' if link else ""

        return _ATTRIBUTE.sub(replace, _DRAWN.sub(lambda found: found[1] + self._drawn(found[2], own), page))

    def _link(self, link: str, own: Address) -> str:
        """A link of the service as one between files; "" for what only the service has."""
        address, fragment = read_link(link)
        if not self.has(address):
            return ""
        self.found.add(address)
        if address.file == own.file and fragment:
            return f"#{fragment}"
        target = posixpath.relpath(address.file, posixpath.dirname(own.file) or ".")
        made = quote(target, safe="/:@!$()*+,;=~") + (f"#{fragment}" if fragment else "")
        return f"./{made}" if ":" in made.partition("/")[0] else made

    def _drawn(self, text: str, own: Address) -> str:
        data = json.loads(text)
        for node in data["nodes"]:
            node["href"] = self._link(node["href"], own) if node["href"].startswith("/") else node["href"]
            node["evidence"] = [[said, self._link(link, own)] for said, link in node["evidence"]]
        return as_json(data)


class Has:
    """What the static site has: fixed pages, pages and data of things, questions with their parameters, reports, files."""

    def __init__(
        self,
        pages: set[str],
        things: set[str],
        questions: dict[str, set[str]],
        files: set[str],
        pictures: Mapping[str, set[str]] | None = None,
    ) -> None:
        self.pages, self.things, self.questions, self.files = pages, things, questions, files
        self.pictures = pictures or {}

    def __call__(self, address: Address) -> bool:
        """Whether an address is in the site."""
        path = unquote(address.path)
        if not address.plain or address.lang not in ("ja", "en"):
            return False
        given = {key for key, _ in address.params}
        if path in self.files or path in PICTURES:
            return path not in PICTURES or self._picture(address.params)
        if path in self.pages:
            return not given or (given == {"page"} and path.startswith(_PAGED))
        if path.startswith("/questions/"):
            suffix = suffix_of(path)
            known = self.questions.get(path.removeprefix("/questions/").removesuffix(suffix))
            return known is not None and given <= known | {"all"} and suffix in ("", ".csv", ".json", ".md", ".xlsx")
        if path.startswith("/coverage/"):
            return path.removesuffix(suffix_of(path)) in self.pages and not given
        table, (thing, suffix) = split_table(path.lstrip("/"))[0], split_file(path.lstrip("/"))
        whole = thing in self.things and suffix != ""
        return (whole or table in self.things) and (not given or (given == {"page"} and suffix in SUFFIXES))

    def _picture(self, given: tuple[tuple[str, str], ...]) -> bool:
        """Whether there is this picture: the whole, or one of a plan or a theme."""
        return len(given) < 2 and all(value in self.pictures.get(name, ()) for name, value in given)

"""Addresses in a site of files: which file stands for an address of the service, and links between files that work in a folder."""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from keikaku.pages.address import SUFFIXES, split_file
from keikaku.pages.tables import split_table

#: Suffixes of files; an address without one of them is a page.
_FILES = (*SUFFIXES, ".csv", ".json", ".md", ".xlsx", ".css", ".svg", ".txt", ".gz", ".xml", ".js")
#: Suffixes of what is not the same in the other language.
_TRANSLATED = (".html", ".csv", ".md", ".xlsx")
_ATTRIBUTE = re.compile(r' (href|src|action)="(/[^"]*)"')
_PLAIN = re.compile(r"[A-Za-z0-9._:,+-]{1,80}")


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
        stem += "".join(f"~{key}={value.replace(':', '_')}" for key, value in self.params)
        translated = suffix in ("", *_TRANSLATED) and not path.startswith(("downloads/", "findings."))
        return stem + (".en" if self.lang == "en" and translated else "") + (suffix or ".html")

    @property
    def plain(self) -> bool:
        """Whether the parameters can be written in the name of a file."""
        return all(_PLAIN.fullmatch(key) and _PLAIN.fullmatch(value) for key, value in self.params)


def suffix_of(path: str) -> str:
    """The suffix of a file, "" for a page that is asked for without one; a version number is none."""
    return next((suffix for suffix in _FILES if path.endswith(suffix)), "")


def read_link(link: str) -> tuple[Address, str]:
    """An internal link as address and place on the page."""
    parts = urlsplit(link)
    given = dict(parse_qsl(parts.query))
    lang = given.pop("lang", "ja")
    return Address(parts.path, lang, tuple(sorted(given.items()))), parts.fragment


class Linker:
    """Turns the links of a page into links between files, and notes where they lead. `has` says what the site will have."""

    def __init__(self, has: Has) -> None:
        self.has = has
        self.found: set[Address] = set()

    def relative(self, page: str, own: Address) -> str:
        """The page with links that work from its own file; a link to what only the service has loses its address."""

        def replace(found: re.Match[str]) -> str:
            address, fragment = read_link(html.unescape(found[2]))
            if not self.has(address):
                return ""
            self.found.add(address)
            if address.file == own.file and fragment:
                return f' {found[1]}="#{html.escape(fragment)}"'
            target = posixpath.relpath(address.file, posixpath.dirname(own.file) or ".")
            link = quote(target, safe="/:@!$()*+,;=~") + (f"#{fragment}" if fragment else "")
            link = f"./{link}" if ":" in link.partition("/")[0] else link
            return f' {found[1]}="{html.escape(link)}"'

        return _ATTRIBUTE.sub(replace, page)


class Has:
    """What the static site has: fixed pages, pages and data of things, questions with their parameters, reports, files."""

    def __init__(self, pages: set[str], things: set[str], questions: dict[str, set[str]], files: set[str]) -> None:
        self.pages, self.things, self.questions, self.files = pages, things, questions, files

    def __call__(self, address: Address) -> bool:
        """Whether an address is in the site."""
        path = unquote(address.path)
        if not address.plain or address.lang not in ("ja", "en"):
            return False
        given = {key for key, _ in address.params}
        if path in self.files:
            return True
        if path in self.pages:
            return not given or (given == {"page"} and path == "/municipalities")
        if path.startswith("/questions/"):
            suffix = suffix_of(path)
            known = self.questions.get(path.removeprefix("/questions/").removesuffix(suffix))
            return known is not None and given <= known | {"all"} and suffix in ("", ".csv", ".json", ".md", ".xlsx")
        if path.startswith("/coverage/"):
            return path.removesuffix(suffix_of(path)) in self.pages and not given
        table, (thing, suffix) = split_table(path.lstrip("/"))[0], split_file(path.lstrip("/"))
        whole = thing in self.things and suffix != ""
        return (whole or table in self.things) and (not given or (given == {"page"} and suffix == ".html"))

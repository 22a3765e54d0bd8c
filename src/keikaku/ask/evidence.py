"""Where a statement stands: document, section, page and lines of each evidence passage (ontology §9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Literal

from keikaku.ask.kept import kept
from keikaku.ask.names import Source, pick, values
from keikaku.ask.words import Text
from keikaku.namespaces import JDX, OA, path_of, shorten


@dataclass(frozen=True)
class Passage:
    """One evidence passage. `lines` are counted from 1, both ends included; (0, 0) when the graph does not say.

    `printed` are (IRI of the value, numeric expression as printed there).
    """

    iri: str
    document: Text
    document_id: str
    section: str = ""
    page: str = ""
    lines: tuple[int, int] = (0, 0)
    printed: tuple[tuple[str, str], ...] = ()

    def printed_for(self, things: Iterable[str]) -> list[str]:
        """The expressions printed here for these things only."""
        wanted = set(things)
        return [text for thing, text in self.printed if thing in wanted]

    def place(self) -> str:
        """The lines, as L141 or L141-142."""
        first, last = self.lines
        return "" if not first else f"L{first}" if first == last else f"L{first}-{last}"

    def within(self, lang: str) -> str:
        """Lines and section, for where the document is already named: L141-142 「2 窓口」."""
        section = (f" 「{self.section}」" if lang == "ja" else f" “{self.section}”") if self.section else ""
        page = (f" {self.page}頁" if lang == "ja" else f" p. {self.page}") if self.page else ""
        return f"{self.place()}{page}{section}".strip()

    def shown(self, lang: str) -> str:
        """Document, section and lines on one line."""
        section = (f"「{self.section}」" if lang == "ja" else f" “{self.section}”") if self.section else ""
        page = (f" {self.page}頁" if lang == "ja" else f" p. {self.page}") if self.page else ""
        return f"{self.document.of(lang)}{section}{page} {self.place()}".strip()


def split(cell: object) -> list[str]:
    """The IRIs of an evidence cell: one IRI, or several joined by spaces through GROUP_CONCAT."""
    return list(dict.fromkeys(str(cell).split())) if cell is not None else []


def in_order(iris: Iterable[str], known: Mapping[str, Passage]) -> list[Passage]:
    """The known ones of these passages, by document and line."""
    return sorted((known[iri] for iri in iris if iri in known), key=lambda p: (p.document_id, p.lines, p.iri))


def passages(source: Source, iris: Iterable[str], *, printed: bool = True) -> dict[str, Passage]:
    """Look up passages, with what they print for values where that is `printed`; an IRI that the graph does not describe keeps its name and nothing else."""
    wanted = sorted(
        {iri for iri in set(iris) if iri.startswith(("http://", "https://")) and not set(iri) & set('<>"{}|^`\\ ')}
    )
    return kept(source, "passages" if printed else "places", wanted, lambda iris: _passages(source, iris, printed))


def _passages(source: Source, wanted: list[str], with_printed: bool) -> dict[str, Passage]:
    """One simple query for all properties, another for what is printed: with OPTIONAL the engine would read every passage of the graph for a handful."""
    found = {iri: Passage(iri, Text(shorten(iri), shorten(iri)), "") for iri in wanted}
    for block in values(wanted):
        details: dict[str, dict[str, str]] = {}
        for e, said, value in source.select(
            f"SELECT ?e ?p ?value WHERE {{ VALUES ?e {{ {block} }} ?e ?p ?value FILTER(?p IN ({_LISTED})) }}"
        ).rows:
            details.setdefault(str(e), {})[str(said)] = str(value)
        document_of = {iri: told[_SOURCE] for iri, told in details.items() if _SOURCE in told}
        titles = _titles(source, document_of.values())
        printed = _printed(source, block) if with_printed else {}
        for iri, document in document_of.items():
            told = details[iri]
            name = path_of(document).removeprefix("id/doc/")
            title = titles.get(document, [])
            first, last = int(told.get(str(JDX.lineStart), "0")), int(told.get(str(JDX.lineEnd), "0"))
            found[iri] = Passage(
                iri,
                Text(pick(title, "ja") or name, pick(title, "en") or name),
                name,
                told.get(str(JDX.sourceSection), ""),
                told.get(str(JDX.pageLabel), ""),
                (first, last) if first and last else (0, 0),
                tuple(printed.get(iri, ())),
            )
    return found


#: What is said about a passage: its document, and where in it.
_SOURCE = str(OA.hasSource)
_DETAILS = (_SOURCE, *(str(JDX[name]) for name in ("lineStart", "lineEnd", "sourceSection", "pageLabel")))
_LISTED = ", ".join(f"<{name}>" for name in _DETAILS)


def _titles(source: Source, documents: Iterable[str]) -> dict[str, list[Literal]]:
    """The titles of each document."""
    found: dict[str, list[Literal]] = {}
    for block in values(documents):
        rows = source.select(f"SELECT ?d ?title WHERE {{ VALUES ?d {{ {block} }} ?d dcterms:title ?title }}").rows
        for document, title in rows:
            if isinstance(title, Literal):
                found.setdefault(str(document), []).append(title)
    return found


def _printed(source: Source, block: str) -> dict[str, list[tuple[str, str]]]:
    rows = source.select(
        f"SELECT DISTINCT ?e ?value ?printed WHERE {{ VALUES ?e {{ {block} }} ?value jdx:evidence ?e ; jdx:sourceLexical ?printed }}"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for e, value, printed in sorted((str(a), str(b), str(c)) for a, b, c in rows.rows):
        found.setdefault(e, []).append((value, printed))
    return found

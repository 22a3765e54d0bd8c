"""Where a statement stands: document, section, page and lines of each evidence passage (ontology §9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Literal

from keikaku.ask.names import Source, pick, values
from keikaku.ask.words import Text
from keikaku.namespaces import path_of, shorten


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


def passages(source: Source, iris: Iterable[str]) -> dict[str, Passage]:
    """Look up passages; an IRI that the graph does not describe keeps its name and nothing else."""
    wanted = sorted(
        {iri for iri in iris if iri.startswith(("http://", "https://")) and not set(iri) & set('<>"{}|^`\\ ')}
    )
    found = {iri: Passage(iri, Text(shorten(iri), shorten(iri)), "") for iri in wanted}
    for block in values(wanted):
        titles: dict[str, list[Literal]] = {}
        details: dict[str, Passage] = {}
        rows = source.select(
            f"""SELECT ?e ?document ?title ?first ?last ?section ?page WHERE {{ VALUES ?e {{ {block} }} ?e oa:hasSource ?document .
            OPTIONAL {{ ?document dcterms:title ?title }} OPTIONAL {{ ?e jdx:lineStart ?first ; jdx:lineEnd ?last }}
            OPTIONAL {{ ?e jdx:sourceSection ?section }} OPTIONAL {{ ?e jdx:pageLabel ?page }} }}"""
        )
        for row in rows:
            iri = str(row["e"])
            title = row.get("title")
            titles.setdefault(iri, [])
            if isinstance(title, Literal):
                titles[iri].append(title)
            lines = (int(str(row["first"])), int(str(row["last"]))) if "first" in row else (0, 0)
            name = path_of(str(row["document"])).removeprefix("id/doc/")
            details[iri] = Passage(
                iri, Text(name, name), name, str(row.get("section", "")), str(row.get("page", "")), lines
            )
        printed = _printed(source, block)
        for iri, passage in details.items():
            ja, en = pick(titles[iri], "ja"), pick(titles[iri], "en")
            document = Text(ja or passage.document_id, en or passage.document_id)
            found[iri] = Passage(
                iri,
                document,
                passage.document_id,
                passage.section,
                passage.page,
                passage.lines,
                tuple(printed.get(iri, ())),
            )
    return found


def _printed(source: Source, block: str) -> dict[str, list[tuple[str, str]]]:
    rows = source.select(
        f"SELECT DISTINCT ?e ?value ?printed WHERE {{ VALUES ?e {{ {block} }} ?value jdx:evidence ?e ; jdx:sourceLexical ?printed }}"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for e, value, printed in sorted((str(a), str(b), str(c)) for a, b, c in rows.rows):
        found.setdefault(e, []).append((value, printed))
    return found

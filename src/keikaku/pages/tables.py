"""The tables of a page as CSV, one file each: `{page}.{table}.csv` (RFC 4180, columns by the names of their query)."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import URIRef

from keikaku.ask.answer import Answer, flat_columns
from keikaku.ask.forms import Flat, to_csv
from keikaku.ask.render import flat_cell
from keikaku.namespaces import BASE, RDF
from keikaku.pages.blocks import Block
from keikaku.pages.kinds import class_of, kind_of
from keikaku.pages.site import Site
from keikaku.store import nt

SUFFIX = ".csv"
#: Tables that a page only reads: they say why something is missing, and stand on the page as badges.
_HELPERS = ("marks", "declared", "states", "about", "bars", "outline", "others")


def tables(own: Iterable[Block], lead: Iterable[Block]) -> list[Block]:
    """The tables of a page that are worth a file: those of its kind first, then what its lead adds."""
    found: dict[str, Block] = {}
    for block in (*own, *(one for one in lead if one.id not in _HELPERS)):
        found.setdefault(block.id, block)
    return list(found.values())


def csv_text(answer: Answer, lang: str) -> str:
    """The rows of a table; a column of things is followed by their IRIs, and evidence by its own."""
    header = [name for name in flat_columns(answer) if not name.startswith("soundness")]
    lines: list[list[Flat]] = []
    for row in answer.rows:
        line: list[Flat] = []
        for column, term in zip(answer.columns, row, strict=True):
            line.append(flat_cell(answer, column, term, row, lang))
            if f"{column.name}_iri" in header:
                line.append(str(term) if term is not None and (isinstance(term, URIRef) or column.is_evidence) else "")
        lines.append(line)
    return to_csv(header, lines)


def split_table(path: str) -> tuple[str, str]:
    """The path of a thing and the name of one of its tables, from the path of a file; empty for any other file.

    >>> split_table("id/plan/soumu/jichitai-dx/1.0.relations.csv")
    ('id/plan/soumu/jichitai-dx/1.0', 'relations')
    """
    thing, dot, table = path.removesuffix(SUFFIX).rpartition(".") if path.endswith(SUFFIX) else ("", "", "")
    return (thing, table) if dot and "/" not in table else ("", "")


def csv_of(site: Site, path: str, lang: str) -> str | None:
    """The file at a path; None when there is no such table. It has all rows, also where the page shows some."""
    thing, table = split_table(path)
    iri = BASE + thing
    if not thing:
        return None
    classes = site.source(iri).select(f"SELECT ?c WHERE {{ {nt(URIRef(iri))} {nt(RDF.type)} ?c }}").rows
    kind = "graph" if thing.startswith("graph/") else kind_of(class_of(str(row[0]) for row in classes))
    found = tables(site.blocks(kind, iri), site.blocks(f"lead-{kind}", iri))
    return next((csv_text(block.answer, lang) for block in found if block.id == table), None)

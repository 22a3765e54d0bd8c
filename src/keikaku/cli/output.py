"""Print results in the form asked for: table, csv, tsv, json, md; graphs also as ttl, nt, nq, trig, jsonld."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer
from rdflib import Graph
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from keikaku.ask.forms import Flat, to_csv, to_json, to_markdown
from keikaku.namespaces import PREFIXES
from keikaku.store import Triples, nt

#: Graph form → rdflib serializer.
GRAPHS = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "jsonld": "json-ld"}

TableFormat = Annotated[
    Literal["table", "csv", "tsv", "json", "md"], typer.Option("--format", help="How to write the result.")
]
AnyFormat = Annotated[
    Literal["table", "csv", "tsv", "json", "md", "ttl", "nt", "nq", "trig", "jsonld"],
    typer.Option("--format", help="How to write the result; a graph takes ttl, nt, nq, trig or jsonld."),
]


def write(text: str) -> None:
    """Write a result to stdout as UTF-8, whatever the platform's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode()) if hasattr(sys.stdout, "buffer") else sys.stdout.write(text)
    sys.stdout.flush()


def note(text: str) -> None:
    """Write a message to stderr."""
    sys.stderr.write(text + "\n")


def print_table(form: str, header: Sequence[str], rows: Sequence[Sequence[Flat]], console: Console) -> None:
    """Print a plain table; as json a list of objects."""
    if form == "json":
        write(to_json([dict(zip(header, row, strict=True)) for row in rows]))
    elif form == "md":
        write(to_markdown(header, rows))
    elif form in ("csv", "tsv"):
        write(to_csv(header, rows, "," if form == "csv" else "\t"))
    else:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name in header:
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*(Styled("" if cell is None else str(cell)) for cell in row))
        console.print(table)


def graph_text(triples: Triples, form: str) -> str:
    """Triples in a graph form; nt and nq are sorted, so equal graphs give equal bytes."""
    if form in ("nt", "nq"):
        return "".join(sorted({f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o in triples.triples}))
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    for triple in triples.triples:
        graph.add(triple)
    return graph.serialize(format=GRAPHS[form] if form != "trig" else "turtle")

"""Print results in the form asked for: table, csv, tsv, json, md; graphs also as ttl, nt, nq, trig, jsonld."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rdflib import Graph
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from keikaku.ask.cite import Citation, accessed_day, dataset_line
from keikaku.ask.forms import Flat, to_csv, to_json, to_markdown
from keikaku.cli.app import Run
from keikaku.errors import CannotRunError, ParameterError
from keikaku.namespaces import PREFIXES
from keikaku.report import Finding, Severity
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
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to a file; its name ends in .csv .tsv .json .md or .xlsx."
    ),
]
Cite = Annotated[bool, typer.Option("--cite", help="Print only ready citation lines, one for each passage.")]
Accessed = Annotated[str, typer.Option("--accessed", metavar="DATE", help="Day of access for the citation lines.")]

#: Endings of the files that a table can be written to.
FILES = (".csv", ".tsv", ".json", ".md", ".xlsx")


def write(text: str) -> None:
    """Write a result to stdout as UTF-8, whatever the platform's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode()) if hasattr(sys.stdout, "buffer") else sys.stdout.write(text)
    sys.stdout.flush()


def note(text: str) -> None:
    """Write a message to stderr."""
    sys.stderr.write(text + "\n")


def write_file(path: Path, content: Callable[[str], bytes]) -> None:
    """Write a file in the form that its ending says. Raises ParameterError for another ending, CannotRunError where it cannot be written."""
    if path.suffix not in FILES:
        raise ParameterError(
            f"“{path.name}” does not say which form",
            ja=f"「{path.name}」からは形式が分かりません",
            do=f"Let it end in {' '.join(FILES)}",
            do_ja=f"名前の終わりを {' '.join(FILES)} のどれかにしてください",
        )
    try:
        path.write_bytes(content(path.suffix))
    except OSError as error:
        raise CannotRunError(
            f"cannot write {path}: {error.strerror}", ja=f"{path} に書けません: {error.strerror}"
        ) from error


def print_citations(found: Sequence[Citation], form: str, run: Run, accessed: str, iri: str, build_id: str) -> None:
    """Print citation lines; where nothing rests on a passage, as with reference data, our data set is what is cited."""
    day: date | None = accessed_day(accessed)
    lines = [(c.line(run.lang, day or ""), c.passage.iri) for c in found]
    lines = lines or [(dataset_line(build_id, iri, run.lang, day), iri)]
    if form == "table":
        write("".join(f"{line}\n" for line, _ in lines))
    else:
        print_table(form if form in ("csv", "tsv", "md") else "json", ("citation", "iri"), lines, run.console())


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


def print_findings(findings: Iterable[Finding], lang: str, *, infos: bool) -> None:
    """Print findings, the worst first; infos only where asked for."""
    for finding in findings:
        if infos or finding.severity is not Severity.INFO:
            label = {"ja": ("誤り", "警告", "情報")[finding.severity], "en": finding.severity.label}[lang]
            sys.stdout.write(f"{finding.sentence(lang)} [{label}]\n")

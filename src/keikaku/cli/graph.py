"""`keikaku query`, `show` and `search`: look at the graph itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rdflib import URIRef
from rdflib.term import Node

from keikaku import search as index
from keikaku.ask import show as facts
from keikaku.ask.answer import number_of
from keikaku.ask.forms import Flat, to_json
from keikaku.cli.app import EndpointOption, app, example, run_of
from keikaku.cli.output import GRAPHS, AnyFormat, TableFormat, graph_text, note, print_table, write
from keikaku.errors import CannotRunError, Place, QueryError
from keikaku.namespaces import path_of, shorten
from keikaku.store import Solutions, Triples


@app.command(name="query", epilog=example("keikaku query -e 'SELECT ?plan WHERE { ?plan a jdx:Plan }'"))
def query_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A file with a SPARQL 1.1 query.")] = None,
    text: Annotated[str | None, typer.Option("-e", metavar="TEXT", help="The query itself.")] = None,
    form: AnyFormat = "table",
    endpoint: EndpointOption = None,
) -> None:
    """Ask any SPARQL 1.1 query. The default graph is the union of all named graphs; our prefixes need no declaration."""
    if (file is None) == (text is None):
        raise CannotRunError(
            "a query is either FILE or -e TEXT",
            do="Example: keikaku query -e 'SELECT ?plan WHERE { ?plan a jdx:Plan }'",
        )
    if file is not None and not file.is_file():
        raise CannotRunError(f"there is no file {file}")
    run = run_of(context)
    place = Place(str(file)) if file else None
    result = run.graph(endpoint).query(file.read_text(encoding="utf-8") if file else text or "", place=place)
    if isinstance(result, Triples):
        write(graph_text(result, form if form in GRAPHS else "ttl"))
    elif form in GRAPHS:
        raise QueryError(
            f"this query gives no graph, so it cannot be written as {form}", do="Write CONSTRUCT, or take --format csv"
        )
    elif isinstance(result, Solutions):
        rows = [[_flat(term_, form) for term_ in row] for row in result.rows]
        print_table(form, result.columns, rows, run.console())
    else:
        write("true\n" if result else "false\n")


@app.command(epilog=example("keikaku show th:digital-divide"))
def show(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="IRI|CURIE|NAME", help="A thing: its IRI, th:…, id/…, its name, or a code.")
    ],
    form: AnyFormat = "table",
    endpoint: EndpointOption = None,
) -> None:
    """Show one thing: its facts, each with where it stands in its source."""
    run = run_of(context)
    store = run.graph(endpoint)
    thing = facts.thing(store, facts.resolve(store, name))
    lang = run.lang
    listed = sum(fact.inward for fact in thing.facts)
    if form in GRAPHS:
        write(graph_text(Triples(thing.triples()), form))
        return
    if form == "json":
        write(to_json(facts.json_value(thing)))
        return
    rows = []
    for fact in thing.facts:
        other = thing.names[str(fact.other)].of(lang) if isinstance(fact.other, URIRef) else str(fact.other)
        said = thing.names[str(fact.predicate)].of(lang)
        iri = path_of(shorten(str(fact.other))) if isinstance(fact.other, URIRef) else ""
        where = "; ".join(p.shown(lang) for p in fact.passages)
        rows.append((f"← {said}" if fact.inward else said, other, iri, where, fact.role))
    if form == "table":
        write(f"{thing.name.of(lang)}\n{thing.iri}\n")
    header = (
        ("性質", "値", "IRI", "根拠箇所", "グラフ")
        if lang == "ja" and form in ("table", "md")
        else ("property", "value", "iri", "evidence", "graph")
    )
    print_table(form, header, rows, run.console())
    if thing.neighbours > listed:
        note(f"{thing.neighbours:,} statements point to it; the first {listed} are shown")


@app.command(epilog=example("keikaku search 藤沢"))
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="Names, parts of names, readings, codes.")],
    most: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    form: TableFormat = "table",
) -> None:
    """Find things by name, reading (kana, romaji), code or wording; one and two characters are enough."""
    run = run_of(context)
    lang = run.lang
    hits = index.search(run.settings().current / index.FILE, " ".join(words), lang, most)
    header = ("name", "kind", "within", "matched", "iri")
    shown = ("名前", "種類", "所属", "一致", "IRI") if lang == "ja" and form in ("table", "md") else header
    rows = [(h.name.of(lang), shorten(h.kind), h.within.of(lang), h.matched, path_of(shorten(h.iri))) for h in hits]
    if rows or form != "table":
        print_table(form, shown, rows, run.console())
    if not rows:
        note(f"nothing is called {' '.join(words)}")


def _flat(value: Node | None, form: str) -> Flat:
    number = number_of(value)
    if number is not None:
        return number
    if value is None:
        return None if form == "json" else ""
    return shorten(str(value)) if isinstance(value, URIRef) and form in ("table", "md") else str(value)

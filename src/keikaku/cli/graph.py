"""`keikaku query`, `show`, `search` and `graph`: look at the graph itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rdflib import URIRef
from rdflib.term import Node

from keikaku import search as index
from keikaku.ask import cite
from keikaku.ask import show as facts
from keikaku.ask.answer import number_of
from keikaku.ask.forms import Flat, to_csv, to_json, to_markdown
from keikaku.ask.unknown import unknown_names
from keikaku.ask.words import Text, perhaps
from keikaku.cli.app import EndpointOption, app, example, run_of
from keikaku.cli.output import (
    GRAPHS,
    Accessed,
    AnyFormat,
    Cite,
    Output,
    TableFormat,
    graph_text,
    note,
    print_citations,
    print_table,
    write,
    write_file,
)
from keikaku.errors import CannotRunError, ParameterError, Place, QueryError
from keikaku.namespaces import path_of, shorten
from keikaku.store import Solutions, Triples


@app.command(name="query", epilog=example("keikaku query -e 'SELECT ?plan WHERE { ?plan a jdx:Plan }'"))
def query_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A file with a SPARQL 1.1 query.")] = None,
    text: Annotated[str | None, typer.Option("-e", metavar="TEXT", help="The query itself.")] = None,
    form: AnyFormat = "table",
    output: Output = None,
    endpoint: EndpointOption = None,
) -> None:
    """Ask any SPARQL 1.1 query. The default graph is the union of all named graphs; our prefixes need no declaration."""
    if (file is None) == (text is None):
        raise CannotRunError(
            "a query is either FILE or -e TEXT",
            ja="問い合わせは FILE か -e TEXT のどちらか一方で書きます",
            do="Example: keikaku query -e 'SELECT ?plan WHERE { ?plan a jdx:Plan }'",
            do_ja="例: keikaku query -e 'SELECT ?plan WHERE { ?plan a jdx:Plan }'",
        )
    if file is not None and not file.is_file():
        raise CannotRunError(f"there is no file {file}", ja=f"ファイル {file} はありません")
    run = run_of(context)
    place = Place(str(file)) if file else None
    store = run.graph(endpoint)
    query = file.read_text(encoding="utf-8") if file else text or ""
    result = store.query(query, place=place)
    if output is not None:
        if not isinstance(result, Solutions):
            raise ParameterError(
                "only the rows of a SELECT are written to a file",
                ja="ファイルに書けるのは SELECT の行だけです",
                do="Take --format ttl > FILE for a graph",
                do_ja="グラフは --format ttl > FILE で書いてください",
            )
        rows = [[_flat(term_, "csv") for term_ in row] for row in result.rows]
        write_file(output, lambda suffix: _file(suffix, result.columns, rows, query, store.build_id, run.lang))
        note(f"{output}: {len(rows):,} 行" if run.lang == "ja" else f"{output}: {len(rows):,} rows")
    elif isinstance(result, Triples):
        write(graph_text(result, form if form in GRAPHS else "ttl"))
    elif form in GRAPHS:
        raise QueryError(
            f"this query gives no graph, so it cannot be written as {form}",
            ja=f"この問い合わせの答えはグラフではないので、{form} では書けません",
            do="Write CONSTRUCT, or take --format csv",
            do_ja="CONSTRUCT を書くか、--format csv にしてください",
        )
    elif isinstance(result, Solutions):
        rows = [[_flat(term_, form) for term_ in row] for row in result.rows]
        print_table(form, result.columns, rows, run.console())
    else:
        write("true\n" if result else "false\n")
    if result is False or (isinstance(result, Solutions) and not result):
        for hint in unknown_names(store, query):
            note(hint.of(run.lang))


def _file(
    suffix: str, columns: Sequence[str], rows: Sequence[Sequence[Flat]], query: str, build_id: str, lang: str
) -> bytes:
    """The rows of a query as a file; a workbook says in its second sheet what was asked, of which build."""
    if suffix == ".xlsx":
        from keikaku.ask.sheet import plain_workbook  # noqa: PLC0415 - heavy to load, and only this needs it

        return plain_workbook(columns, rows, lang, [f"build: {build_id}", *query.strip().splitlines()])
    if suffix == ".json":
        return to_json([dict(zip(columns, row, strict=True)) for row in rows]).encode()
    text = to_markdown(columns, rows) if suffix == ".md" else to_csv(columns, rows, "," if suffix == ".csv" else "\t")
    return text.encode()


@app.command(epilog=example("keikaku graph --plan 221309/dx/2023 -o hamamatsu.html"))
def graph(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="FILE.html, .graphml, .gexf or .json.")
    ],
    around: Annotated[
        str | None, typer.Option(metavar="IRI|CURIE|NAME", help="The neighbourhood of a thing: its IRI, name or code.")
    ] = None,
    plan: Annotated[str | None, typer.Option(help="A plan: 221309/dx/2023, a code, the name of the city.")] = None,
    theme: Annotated[str | None, typer.Option(help="A theme: digital-divide, or its name.")] = None,
    depth: Annotated[int, typer.Option(min=1, max=3, help="Steps of a neighbourhood.")] = 1,
) -> None:
    """Draw the graph into a file: HTML that opens offline, or GraphML or GEXF. Without a choice: all governments and themes."""
    from keikaku.draw import draw  # noqa: PLC0415 - heavy to load, and only this needs it

    run = run_of(context)
    store = run.store()
    made = draw(
        store, run.settings(), around=around, plan=plan, theme=theme, depth=depth, lang=run.lang, folder=store.path
    )
    made.write(output)
    points, lines = len(made.view.graph), made.view.graph.number_of_edges()
    note(
        f"{output}: {points:,} 点、{lines:,} 線"
        if run.lang == "ja"
        else f"{output}: {points:,} points, {lines:,} lines"
    )


@app.command(epilog=example("keikaku show th:digital-divide"))
def show(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="IRI|CURIE|NAME", help="A thing: its IRI, th:…, id/…, its name, or a code.")
    ],
    form: AnyFormat = "table",
    only_cite: Cite = False,
    accessed: Accessed = "",
    endpoint: EndpointOption = None,
) -> None:
    """Show one thing: its facts, each with where it stands in its source, and how to cite that."""
    run = run_of(context)
    store = run.graph(endpoint)
    iri = facts.resolve(store, name)
    lang = run.lang
    if only_cite or accessed:
        print_citations(cite.of_thing(store, iri), form, run, accessed, iri, store.build_id)
        return
    thing = facts.thing(store, iri)
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
        short = path_of(shorten(str(fact.other))) if isinstance(fact.other, URIRef) else ""
        where = "; ".join(p.shown(lang) for p in fact.passages)
        rows.append((f"← {said}" if fact.inward else said, other, short, where, fact.role))
    if form == "table":
        write(f"{thing.name.of(lang)}\n{thing.iri}\n")
    header = (
        ("性質", "値", "IRI", "根拠箇所", "グラフ")
        if lang == "ja" and form in ("table", "md")
        else ("property", "value", "iri", "evidence", "graph")
    )
    print_table(form, header, rows, run.console())
    if form == "table" and (found := cite.of_thing(store, iri)):
        more = len(found) - 1
        left = (f"（ほか {more} 箇所は --cite で）" if lang == "ja" else f" ({more} more with --cite)") if more else ""
        write(f"{'引用' if lang == 'ja' else 'Cite as'}{left}: {found[0].line(lang)}\n")
    if thing.neighbours > listed:
        note(
            f"これを指す文は {thing.neighbours:,} 件あります。初めの {listed} 件を示しました"
            if lang == "ja"
            else f"{thing.neighbours:,} statements point to it; the first {listed} are shown"
        )


def _filter(help_text: str) -> Any:
    return typer.Option(metavar="X", help=f"{help_text} or “missing”.", rich_help_panel="Narrow the search")


@app.command(epilog=example("keikaku search 窓口 --kind KPI --in 静岡県"))
def search(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS", help="Names, parts of names, readings, codes, printed numbers."),
    ] = None,
    kind: Annotated[str, _filter("Only things of this kind: KPI, initiative, 市区町村;")] = "",
    within: Annotated[
        str,
        typer.Option(
            "--in",
            metavar="X",
            help="Only what is in this prefecture, municipality or plan: name or code; or “missing”.",
            rich_help_panel="Narrow the search",
        ),
    ] = "",
    theme: Annotated[str, _filter("Only what has this theme;")] = "",
    year: Annotated[str, _filter("Only what is about this fiscal year: 2024, FY2024, R6;")] = "",
    status: Annotated[str, _filter("Only what has this status: draft, done, not-stated, lost, no-plan;")] = "",
    facets: Annotated[
        bool, typer.Option("--facets", help="Count what is found by kind, place, theme, year and status.")
    ] = False,
    most: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    form: TableFormat = "table",
) -> None:
    """Find things by name, reading (kana, romaji), code, wording or printed number; one and two characters are enough."""
    run = run_of(context)
    lang = run.lang
    asked = " ".join(words or [])
    filters = index.filters_of({"kind": kind, "in": within, "theme": theme, "year": year, "status": status})
    if not asked and not filters:
        raise ParameterError(
            "there is nothing to search for",
            ja="探す語がありません",
            do="Give WORDS, or narrow by --kind, --in, --theme, --year, --status",
            do_ja="WORDS を書くか、--kind、--in、--theme、--year、--status で絞ってください",
        )
    found = index.find(run.settings().current / index.FILE, asked, lang, most, filters)
    if form == "json":
        write(index.json_text(found, asked, filters))
    elif facets:
        heads = ("分類", "値", "件数", "IRI") if _in_japanese(lang, form) else ("facet", "value", "count", "iri")
        counted = [
            (index.FACETS[facet].of(lang), one.name.of(lang), one.count, path_of(shorten(one.value)))
            for facet, choices in found.facets.items()
            for one in choices
        ]
        print_table(form, heads, counted, run.console())
    elif found.hits or form != "table":
        named = ("名前", "種類", "所属", "一致", "IRI")
        header = named if _in_japanese(lang, form) else ("name", "kind", "within", "matched", "iri")
        rows = [
            (h.name.of(lang), shorten(h.kind), h.within.of(lang), h.matched, path_of(shorten(h.iri)))
            for h in found.hits
        ]
        print_table(form, header, rows, run.console())
    for said in _about_hits(found, asked):
        note(said.of(lang))


def _about_hits(found: index.Found, asked: str) -> Iterator[Text]:
    """What to know of what was found: that it fits in part, that it is not all, or what may have been meant."""
    if found.partly:
        yield Text(
            f"「{asked}」のすべてに合うものはありません。示したのは{'か'.join(f'「{one}」' for one in found.partly)}に合うものです",
            f"nothing fits all of “{asked}”; shown is what fits {' or '.join(found.partly)}",
        )
    if not found.hits and asked:
        near = perhaps(found.near, quotes="") if found.near else None
        yield Text(
            f"「{asked}」というものはありません{'。' + near.ja if near else ''}",
            f"nothing is called {asked}{'. ' + near.en if near else ''}",
        )
    elif not found.hits:
        yield Text("何も見つかりません", "nothing is found")
    elif found.total > len(found.hits):
        count = len(found.hits)
        yield Text(
            f"{found.total:,} 件{'以上' if found.least else ''}のうち初めの {count:,} 件を示しました",
            f"the first {count:,} of {found.total:,}{' or more' if found.least else ''} are shown",
        )


def _in_japanese(lang: str, form: str) -> bool:
    """Whether the head of a table is for people who read Japanese; programs get English names."""
    return lang == "ja" and form in ("table", "md")


def _flat(value: Node | None, form: str) -> Flat:
    number = number_of(value)
    if number is not None:
        return number
    if value is None:
        return None if form == "json" else ""
    return shorten(str(value)) if isinstance(value, URIRef) and form in ("table", "md") else str(value)

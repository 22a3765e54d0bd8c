"""The page of one thing: its facts with their evidence, tables of its kind, nested values, what points at it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef

from keikaku.ask import cite, show
from keikaku.ask.evidence import Passage, in_order, passages
from keikaku.ask.kept import recent
from keikaku.ask.names import names
from keikaku.ask.words import Text
from keikaku.draw.kinds import kind_of as kind_drawn
from keikaku.namespaces import BASE, DCTERMS, GRAPH, JDX, RDF, SKOS
from keikaku.pages import leads
from keikaku.pages.address import SUFFIXES, file_of
from keikaku.pages.blocks import Block, Wanted
from keikaku.pages.facts import Property, belongs, grouped_by_property, nested_of, value_of
from keikaku.pages.graph import has_picture
from keikaku.pages.kinds import class_of, kind_of
from keikaku.pages.neighbours import PER_PAGE, Neighbours, neighbours, page_of
from keikaku.pages.ontology import ontology_page
from keikaku.pages.render import Span, View, is_unnamed, literal, name, render, row_id
from keikaku.pages.site import Page, Site
from keikaku.pages.tables import SUFFIX as CSV
from keikaku.pages.tables import tables
from keikaku.pages.words import ROLES
from keikaku.store import nt

#: Kinds whose tables are shown whole, since other pages lead to their rows; the others are cut (architecture §7).
WHOLE = ("document", "plan", "kpi", "initiative", "action", "ontology", "prefecture")
#: Kind of thing → the page that lists its like, and its name.
LISTS = {
    "municipality": ("/municipalities", Text("市区町村", "Cities")),
    "theme": ("/themes", Text("テーマ", "Themes")),
    "indicator": ("/kpis", Text("KPI", "KPIs")),
    "law": ("/laws", Text("法令", "Laws")),
    "case": ("/cases", Text("事例", "Cases")),
}
#: Tables that every kind of page has.
_EVERYWHERE = ("claims", "notes")
_PLACE = re.compile(r' id="([^"]*)"')
#: Facts that the tables and the heading show better.
_SHOWN_ELSEWHERE = {str(JDX.coveredBy), str(DCTERMS.description), str(SKOS.definition)}
#: Also what is no statistic and would be read as one (data/README.md).
_LEFT_OUT = _SHOWN_ELSEWHERE | {str(JDX.sizeForOrdering)}
_DESCRIBING = (DCTERMS.description, SKOS.definition, SKOS.scopeNote, SKOS.note)


@dataclass(frozen=True)
class Material:
    """What the graph says about a thing, before it is written in a language: both pages of a thing are made from it.

    told: the class that the thing is shown as. blocks are the tables of its kind, adding those that only its lead reads.
    last: the number of pages.
    """

    thing: show.Thing
    classes: tuple[str, ...]
    told: str
    kind: str
    evidence: list[Passage]
    cited: list[cite.Citation]
    around: Neighbours
    blocks: list[Block]
    adding: list[Block]
    last: int


def _material(site: Site, iri: str, page: int) -> Material:
    """Ask for all of it. Tables that do not go on are on the first page only."""
    source = site.source(iri)
    thing = show.thing(source, iri, neighbours=False)
    classes = tuple(str(fact.other) for fact in thing.facts if fact.predicate == RDF.type and not fact.inward)
    told = class_of(classes)
    kind = "graph" if iri.startswith(str(GRAPH)) else kind_of(told)
    most = None if kind in WHOLE else PER_PAGE
    asked = [Wanted(kind, most, page), Wanted("every", PER_PAGE, page), Wanted(f"lead-{kind}", most)]
    finish = site.begin(iri, asked)
    around = neighbours(source, iri, page)
    resting = show.nearest_evidence(source, iri)
    evidence, cited = in_order(resting, passages(source, resting)), cite.of_thing(source, iri)
    blocks, everywhere, adding = finish()
    own_lists = {block.id for block in blocks}  # a document lists its notes itself
    blocks += [block for block in everywhere if block.id not in own_lists]
    cut = [block.total for block in blocks if block.total > block.shown] + [around.total]
    return Material(
        thing, classes, told, kind, evidence, cited, around,
        [block for block in blocks if block.shown and (page == 1 or block.total > block.shown)],
        adding,
        max(1, *(-(-total // PER_PAGE) for total in cut)),
    )  # fmt: skip


def _cells(made: Material) -> int:
    """How many cells it holds, as answers count them."""
    return len(made.thing.facts) + 4 * len(made.around.rows) + sum(len(b.answer) * len(b.answer.columns) for b in (*made.blocks, *made.adding))  # fmt: skip


def entity(site: Site, path: str, view: View, schema: str = "") -> Page | None:
    """The page of the thing at `path` (below the base); None when the graph says nothing about it.

    schema: JSON-LD for search engines that stands in the head of the page.
    """
    iri = BASE + path
    if not site.knows(iri):
        return None
    if path == "ont":
        return ontology_page(site, view)
    page = page_of(view)
    made_from = recent(site.source(iri), ("thing", iri, page), lambda: _material(site, iri, page), _cells)
    if page > made_from.last:
        return None
    thing, kind, blocks = made_from.thing, made_from.kind, made_from.blocks
    template = leads.template_of(kind) if page == 1 else ""
    lead = leads.lead(site, kind, iri, view, [*blocks, *made_from.adding]) if template else {}
    shown = {row_id(row, path) for block in blocks for row in block.answer.rows} - {""}
    nested = nested_of(site, iri, path, view.lang, shown)
    outward = [fact for fact in thing.facts if not fact.inward and str(fact.predicate) not in _LEFT_OUT]
    cited, around = made_from.cited, made_from.around
    made = render(
        "entity.html",
        view,
        site=site,
        iri=iri,
        path=path,
        title=name(iri, thing.names, view.lang),
        kind=view.t("名前付きグラフ", "named graph")
        if kind == "graph"
        else name(made_from.told, names(site.store, [made_from.told]), view.lang)
        if made_from.told
        else "",
        trail=trail(site, path, view, kind),
        about=_descriptions(thing, view.lang),
        evidence=made_from.evidence,
        cited=cited,
        citation=cited[0].line(view.lang) if 0 < len(cited) < 4 else cite.dataset_line(site.build_id, iri, view.lang),
        stated=_properties((f for f in outward if f.role != "inferred"), thing, view.lang) if page == 1 else (),
        derived=_properties((f for f in outward if f.role == "inferred"), thing, view.lang) if page == 1 else (),
        inward=_pointing(around, path, view.lang),
        neighbours=around.total,
        per_page=PER_PAGE,
        page=page,
        last=made_from.last,
        query=f"SELECT DISTINCT ?thing ?property WHERE {{\n  ?thing ?property <{iri}> .\n}} ORDER BY ?property ?thing",
        blocks=blocks,
        lead_template=template,
        files=[
            (f"{path}.{one.id}{CSV}", one.answer.question.title.of(view.lang))
            for one in tables((one for one in blocks if one.id not in _EVERYWHERE), made_from.adding)
        ],
        lead=lead,
        nested=nested if page == 1 else [],
        roles=ROLES if len({fact.role for fact in outward} - {"inferred"}) > 1 else {},
        drawn=kind != "graph" and bool(kind_drawn(made_from.classes)) and (not view.static or has_picture(path)),
        schema=schema,
        forms={suffix: file_of(path, suffix) for suffix in SUFFIXES if suffix != ".html"},
        data_page=page if 1 < page <= -(-around.total // PER_PAGE) else 0,
    )
    return Page(_once(made))


def trail(site: Site, path: str, view: View, kind: str = "") -> list[Span]:
    """What a thing lies in, from the outside in: the list of its kind, its government, then every thing whose path begins its own."""
    parts = path.split("/")
    above = ["/".join(parts[:n]) for n in range(2, len(parts))]
    if len(parts) > 2 and parts[1] in ("plan", "unit", "body", "post"):
        above.insert(0, f"id/{'lg' if parts[2].isdigit() else 'nat'}/{parts[2]}")
    if kind in ("municipality", "case", "document"):
        above += _within(site, BASE + path)
    known = names(site.store, (BASE + one for one in above))
    shown = [one for one in above if not is_unnamed(BASE + one, known[BASE + one])]
    first = [Span(LISTS[kind][1].of(view.lang), view.link(LISTS[kind][0]))] if kind in LISTS else []
    return first + [Span(name(BASE + one, known, view.lang), view.thing(BASE + one)) for one in shown]


def _within(site: Site, iri: str) -> list[str]:
    """The paths of what a thing without a telling address lies in: prefecture, casebook, or the plan that a document holds."""
    rows = site.store.select(
        f"SELECT DISTINCT ?whole WHERE {{ {nt(URIRef(iri))} jdx:inPrefecture|dcterms:isPartOf|foaf:primaryTopic ?whole }} ORDER BY ?whole"
    ).rows
    return [str(row[0]).removeprefix(BASE) for row in rows]


def _once(html: str) -> str:
    """The page with every place named once: a value may fill several rows of a table, and the first of them is its place."""
    seen: set[str] = set()

    def keep(found: re.Match[str]) -> str:
        new = found[1] not in seen
        seen.add(found[1])
        return found[0] if new else ""

    return _PLACE.sub(keep, html)


def _pointing(around: Neighbours, path: str, lang: str) -> tuple[Property, ...]:
    """What points here, without what is shown on this page and without derived statements that repeat a stated one."""
    rows = [row for row in around.rows if not belongs(row.other, path)]
    stated = {row.other for row in rows if row.role != "inferred"}
    rows = [row for row in rows if row.role != "inferred" or row.other not in stated]
    values = ((r.predicate, value_of(URIRef(r.other), around.names, lang), r.role, r.passages) for r in rows)
    return grouped_by_property(values, around.names, lang)


def _descriptions(thing: show.Thing, lang: str) -> list[Span]:
    """Descriptions in our own words, in the language of the page where there is one."""
    found: list[Span] = []
    for predicate in _DESCRIBING[:2]:
        spans = [literal(fact.other, lang) for fact in thing.facts if fact.predicate == predicate and not fact.inward]
        found += [span for span in spans if not span.lang] or spans[:1]
    return found


def _properties(facts: Iterable[show.Fact], thing: show.Thing, lang: str) -> tuple[Property, ...]:
    rows = ((str(f.predicate), value_of(f.other, thing.names, lang), f.role, f.passages) for f in facts)
    return grouped_by_property(rows, thing.names, lang)

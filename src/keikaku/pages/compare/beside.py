"""Two to five cities side by side: what their plans are, the themes they share, and their KPIs with a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from keikaku.ask import governments
from keikaku.ask.cities import FEWEST, MOST, NOTE, Comparison
from keikaku.ask.compare import VERDICTS, Value
from keikaku.ask.kept import recent
from keikaku.ask.names import names
from keikaku.ask.together import together
from keikaku.ask.words import Text
from keikaku.errors import ParameterError
from keikaku.namespaces import JDX, C
from keikaku.pages.chart import Series, over_years
from keikaku.pages.compare.kpis import Measured, Topic, measured, topics
from keikaku.pages.compare.matrix import sets
from keikaku.pages.compare.read import STATES, Cell, Matrix, Plan, Row, matrix, rows, text
from keikaku.pages.render import View, render
from keikaku.pages.site import Page, Site

#: Aspects (c:cf-…) of a plan that are counted: what is counted, and by what its absence is judged.
_COUNTED = (
    ("initiatives", Text("取組", "initiatives"), "initiative-list"),
    ("actions", Text("個別取組", "actions"), "actions"),
    ("kpis", Text("KPI", "KPIs"), "kpis"),
    ("roadmap", Text("工程", "schedule bars"), "roadmap"),
    ("bodies", Text("会議体", "bodies"), "governance"),
    ("budgets", Text("その団体の予算額", "sums of its own budget"), "budget"),
)
_COMPLETE, _PUBLISHED, _RECEIVED = str(C["cl-complete"]), str(C["cx-published-plan"]), str(C["cx-received-text"])
#: States in which a theme counts as taken up.
HELD = ("initiative", "outside-list", "action", "mentioned")


@dataclass(frozen=True)
class Counted:
    """How many of something are recorded of a plan; `state` says how far that is all, or why there is none. `things` are named ones."""

    count: int
    state: str
    words: Text
    things: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class City:
    """One column: the government and, where one is recorded, its latest plan with what is counted of it."""

    government: str
    code: str
    plan: Plan | None
    counted: Mapping[str, Counted]
    initiatives: Mapping[str, tuple[str, ...]]


def cities(site: Site, view: View, given: Sequence[str] = ()) -> Page:
    """Cities side by side, those of the address (`city`, several) or those given; without any a form to choose them."""
    asked = list(given) or [part.strip() for part in view.params.get("city", "").split(",") if part.strip()]
    whole = matrix(site)
    message, chosen = "", list[str]()
    try:
        chosen = list(dict.fromkeys(str(governments.find(site.store, one)) for one in asked))
        if asked and not FEWEST <= len(chosen) <= MOST:
            raise ParameterError(
                f"{len(chosen)} different local governments are named",
                ja=f"指定された団体は {len(chosen)} です",
                do=f"Name {FEWEST} to {MOST}",
                do_ja=f"{FEWEST}〜{MOST} 団体を選んでください",
                rule="docs/compare.md",
            )
    except ParameterError as error:
        message, chosen = error.sentence(view.lang), []
    listed = {plan.government for plan in whole.plans}
    if not chosen:
        known = names(site.store, listed)
        return Page(
            render("compare-cities.html", view, site=site, whole=whole, names=known, sets=sets(whole.plans), cities=(), asked=asked, message=message),
            400 if message else 200,
        )  # fmt: skip
    return _page(site, view, whole, chosen, asked)


#: The queries of queries/pages/compare that a column is put together from.
_TABLES = ("counts", "initiatives", "bodies", "budgets", "statements")


def read_cities(site: Site, whole: Matrix, chosen: Sequence[str]) -> list[City]:
    """What the columns hold."""
    plans = {plan.government: plan for plan in whole.plans if plan.government in chosen}
    # Plan by plan: of several at once the engine would begin with all budgets of the nation.
    asked = [(name, plan.iri) for name in _TABLES for plan in plans.values()]
    made = together(site.store, lambda one: rows(site, one[0], [one[1]]), asked)
    tables: dict[str, dict[str, list[Row]]] = {name: {} for name in _TABLES}
    for (name, plan_iri), found_rows in zip(asked, made, strict=True):
        tables[name][plan_iri] = found_rows
    found = []
    for government in chosen:
        plan = plans.get(government)
        own = {name: several.get(plan.iri, []) for name, several in tables.items()} if plan else {}
        by_theme: dict[str, list[str]] = {}
        for row in own.get("initiatives", ()):
            for theme in text(row, "themes").split():
                by_theme.setdefault(theme, []).append(text(row, "initiative"))
        counted = {key: _counted(own, key, aspect) for key, _, aspect in _COUNTED} if plan else {}
        themes = {theme: tuple(several) for theme, several in by_theme.items()}
        found.append(City(government, government.rpartition("/")[2], plan, counted, themes))
    return found


def by_sharing(whole: Matrix, cities: Sequence[City]) -> list[tuple[Text, list[str]]]:
    """The themes in three lists: taken up by all, by some, and by none of which it is known."""
    held = {t: [c for c in cities if cell(whole, c, t).state in HELD] for t in whole.themes}
    return [
        (Text("すべての団体が扱う", "Treated by all"), [t for t, own in held.items() if len(own) == len(cities)]),
        (Text("一部の団体が扱う", "Treated by some"), [t for t, own in held.items() if 0 < len(own) < len(cities)]),
        (Text("どの団体にも見えない(無い、または不明)", "Seen in none (absent or unknown)"), [t for t, own in held.items() if not own]),
    ]  # fmt: skip


def cell(whole: Matrix, city: City, theme: str) -> Cell:
    """How a city treats a theme; without a recorded plan nobody knows."""
    return whole.cells[city.plan.iri, theme] if city.plan else Cell("unknown")


def drawn(topic: Topic, several: Sequence[Measured], known: Mapping[str, Text], lang: str, place: str) -> str:
    """One chart: KPIs that may be compared, or one alone; on the years of all KPIs of the topic."""
    span = sorted({year for one in topic.kpis for year in one.years()})
    several_names = [f"{known[one.government].of(lang)}: {known[one.iri].of(lang)}" for one in several]
    series = [
        Series(name, one.points(known, lang), View(lang).thing(one.iri))
        for name, one in zip(several_names, several, strict=True)
    ]
    between = "、" if lang == "ja" else "; "
    return over_years(series, between.join(several_names), lang, place, span)


def mentioned(topics_: Iterable[Topic]) -> set[str]:
    """Every IRI that the topics show by name."""
    found: set[str] = set()
    for topic in topics_:
        found |= {topic.iri}
        for one in topic.kpis:
            found |= {one.iri, one.government, one.plan, *one.indicators, *one.words.values()}
            for v in one.values:
                found |= {
                    v.role,
                    v.status,
                    v.unit,
                    v.counting,
                    v.form,
                    v.comparator,
                    v.reference,
                    v.breakdown,
                    *v.years,
                }
        for pair in topic.pairs:
            for why in (*pair.judgement.reasons, *pair.judgement.conditions):
                found |= set(f"{why.left} {why.right}".split())
    return {iri for iri in found if iri.startswith(("http://", "https://"))}


def compared(chosen: Sequence[str], several: Iterable[Topic], known: Mapping[str, Text]) -> Comparison:
    """The pairs of these topics as the comparison that `keikaku compare` gives, for its words."""
    return Comparison(tuple(chosen), (), tuple(pair for topic in several for pair in topic.pairs), {}, known, {})


def _read(site: Site, whole: Matrix, chosen: Sequence[str]) -> tuple[list[City], list[Topic]]:
    """The columns and the KPIs that are judged against each other: both pages of a set of cities are made from them."""
    columns = read_cities(site, whole, chosen)
    return columns, topics(measured(site, [city.plan for city in columns if city.plan]))


def _cells(made: tuple[list[City], list[Topic]]) -> int:
    """How many cells it holds, as answers count them."""
    columns, shared = made
    listed = sum(len(one.things) for city in columns for one in city.counted.values())
    values = {value.iri for topic in shared for one in topic.kpis for value in one.values}
    return 2 * listed + sum(len(city.initiatives) for city in columns) + len(fields(Value)) * len(values)


def _page(site: Site, view: View, whole: Matrix, chosen: Sequence[str], asked: Sequence[str]) -> Page:
    columns, shared = recent(site.store, ("cities", *chosen), lambda: _read(site, whole, chosen), _cells)
    plans = [city.plan for city in columns if city.plan]
    listed = {plan.government for plan in whole.plans}
    things = {iri for city in columns for counted in city.counted.values() for iri, _ in counted.things}
    initiatives = {iri for city in columns for several in city.initiatives.values() for iri in several}
    plan_words = {word for plan in plans for word in (plan.iri, plan.status) if word}
    levels = {c.level for c in whole.cells.values() if c.level}
    known = names(site.store, {*chosen, *listed, *plan_words, *whole.themes, *levels, *things, *initiatives, *mentioned(shared)})  # fmt: skip
    charts = [
        [drawn(topic, one, known, view.lang, f"chart-{n}-{m}") for m, one in enumerate(topic.charts, 1)]
        for n, topic in enumerate(shared, 1)
    ]
    return Page(
        render(
            "compare-cities.html",
            view,
            site=site,
            whole=whole,
            names=known,
            sets=sets(whole.plans),
            cities=columns,
            asked=asked,
            message="",
            counted=_COUNTED,
            sharing=by_sharing(whole, columns),
            cell=cell,
            cell_states=STATES,
            held=HELD,
            topics=list(zip(shared, charts, strict=True)),
            found=compared(chosen, shared, known),
            verdicts=VERDICTS,
            note=NOTE,
        )
    )


def _counted(own: Mapping[str, list[Row]], key: str, aspect: str) -> Counted:
    """What is recorded of one aspect, and whether that is all."""
    classes = {"actions": str(JDX.Action), "kpis": str(JDX.KPI), "roadmap": str(JDX.RoadmapEntry)}
    things: tuple[tuple[str, str], ...] = ()
    if key in classes:
        count = next((int(text(row, "count")) for row in own["counts"] if text(row, "class") == classes[key]), 0)
    else:
        column = {"initiatives": "initiative", "bodies": "body", "budgets": "item"}[key]
        listed = {text(row, column): text(row, "printed") for row in own[key]}
        count = len(listed)
        things = tuple(listed.items()) if key != "initiatives" else ()
    state, words = _state(own["statements"], str(C[f"cf-{aspect}"]), count)
    return Counted(count, state, words, things)


def _state(statements: Iterable[Row], aspect: str, count: int) -> tuple[str, Text]:
    """How far a count is the whole, and why there may be none."""
    own = [row for row in statements if text(row, "aspect") == aspect]
    silent = any("silent" in row for row in own)
    complete = {text(row, "scope") for row in own if text(row, "degree") == _COMPLETE}
    if count:
        whole = _PUBLISHED in complete
        return (
            ("recorded", Text("すべて記録", "all recorded"))
            if whole
            else ("partly", Text("一部かもしれない", "perhaps not all"))
        )
    if silent or _PUBLISHED in complete:
        return "not-stated", Text("計画に記載なし", "not stated by the plan")
    if _RECEIVED in complete:
        return "unknown", Text("受領した本文に記載なし", "not in the received text")
    return "unknown", Text("不明", "unknown")

"""What a person writes for a parameter, and the one checked term it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.ask import governments
from keikaku.ask.kept import once
from keikaku.ask.names import Source
from keikaku.ask.question import Parameter, Question
from keikaku.ask.times import read_date, read_fiscal_year
from keikaku.ask.words import Text, fold, nearest, perhaps
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, ELI, FY, ID, IND, JDX, ORG, TH, XSD, C, expand, shorten
from keikaku.store import is_iri, nt

#: Levels from which a measure counts, as the weakest level that counts (ontology §10). "measure" takes the first three.
LEVELS = {"measure": C["lv-action"], "initiative": C["lv-initiative"]}

#: Kind → (classes whose members are meant, namespace in which a slug is looked up).
CLASSES: Mapping[str, tuple[tuple[URIRef, ...], str]] = {
    "theme": ((JDX.PolicyTheme,), str(TH)),
    "indicator": ((JDX.IndicatorConcept,), str(IND)),
    "plan": ((JDX.Plan,), str(ID) + "plan/"),
    "law": ((ELI.LegalResource, ELI.LegalResourceSubdivision), str(ID) + "law/"),
    "department": ((ORG.OrganizationalUnit,), str(ID) + "unit/"),
    "body": ((JDX.GovernanceBody,), str(ID) + "body/"),
    "instrument": ((JDX.PolicyInstrument,), str(ID) + "plan/"),
    "case": ((JDX.PracticeCase,), str(ID) + "case/"),
    "document": ((JDX.SourceDocument,), str(ID) + "doc/"),
}
#: Properties under which a thing may be asked for by name.
_NAMES = "rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel dcterms:title jdx:localGovernmentCode"


def terms_for(source: Source, question: Question, given: Mapping[str, object]) -> dict[str, tuple[Node, ...]]:
    """Check every value given for a question; a list of values means "any of these".

    Raises ParameterError for an unknown parameter or value, with the nearest right ones.
    """
    terms: dict[str, tuple[Node, ...]] = {}
    for name, value in given.items():
        if value is None:
            continue
        parameter = question.parameter(name)
        several = value if isinstance(value, list | tuple) else [value]
        terms[parameter.name] = tuple(dict.fromkeys(term(source, parameter, str(one)) for one in several))
    return terms


def term(source: Source, parameter: Parameter, text: str) -> Node:
    """The term that `text` means for this parameter. Raises ParameterError when it means none, or several."""
    text = text.strip()
    if not text:
        raise ParameterError(
            f"the parameter {parameter.name} is empty",
            ja=f"パラメータ {parameter.name} の値がありません",
            do=f"Give a {parameter.kind}",
            do_ja=f"{parameter.label.ja}を書いてください",
        )
    reader = _READERS.get(parameter.kind)
    if reader:
        return reader(source, text)
    if parameter.kind == "theme":
        return _theme(source, text)
    if parameter.kind in CLASSES:
        return _member(source, parameter.kind, *CLASSES[parameter.kind], text)
    of_class = expand(parameter.kind)
    if of_class is None:
        raise ParameterError(
            f"the kind “{parameter.kind}” of {parameter.name} is unknown",
            ja=f"パラメータ {parameter.name} の種類「{parameter.kind}」は使えません",
            do="See docs/questions.md",
            do_ja="docs/questions.md を見てください",
        )
    return _member(source, parameter.kind, (of_class,), BASE, text)


def level(_: Source, text: str) -> Node:
    """measure or initiative, or the code itself."""
    if text.lower() in LEVELS:
        return LEVELS[text.lower()]
    iri = expand(text)
    if iri is not None and iri in LEVELS.values():
        return iri
    raise ParameterError(
        f"“{text}” is no level",
        ja=f"「{text}」という水準はありません",
        do="Write measure (listed initiative, section outside the list, or action) or initiative (dedicated initiatives only)",
        do_ja="measure(取組、一覧外の節、個別取組のいずれか)か initiative(専用の取組だけ)を書いてください",
    )


def fiscal_year(_: Source, text: str) -> Node:
    """A fiscal year in any notation: 2024, FY2024, 2024年度, 令和6年度, R6."""
    year = read_fiscal_year(text)
    if year is None or not 1989 <= year <= 2100:
        raise ParameterError(
            f"“{text}” is no fiscal year from 1989 to 2100",
            ja=f"「{text}」は1989年度から2100年度までの年度として読めません",
            do="Write it as 2024, FY2024, 令和6年度 or R6",
            do_ja="2024、FY2024、令和6年度、R6 のように書いてください",
        )
    return FY[str(year)]


def day(_: Source, text: str) -> Node:
    """A day: 2024-03-31, 2024年3月31日 or 令和6年3月31日; also as a question file writes it, "2024-03-31"^^<…#date>."""
    found = read_date(text.removesuffix(f"^^<{XSD.date}>").strip('"'))
    if found is None:
        raise ParameterError(
            f"“{text}” is no day",
            ja=f"「{text}」は日付として読めません",
            do=f"Write it as {date(2024, 3, 31).isoformat()} or 令和6年3月31日",
            do_ja=f"{date(2024, 3, 31).isoformat()} か 令和6年3月31日 のように書いてください",
        )
    return Literal(found.isoformat(), datatype=XSD.date)


def number(_: Source, text: str) -> Node:
    """A decimal number."""
    plain = text.replace(",", "")
    try:
        float(plain)
    except ValueError:
        raise ParameterError(
            f"“{text}” is no number",
            ja=f"「{text}」は数ではありません",
            do="Write digits, such as 12 or 0.5",
            do_ja="12 や 0.5 のように数字で書いてください",
        ) from None
    return Literal(plain, datatype=XSD.decimal)


_READERS: Mapping[str, Callable[[Source, str], Node]] = {
    "level": level,
    "fiscal-year": fiscal_year,
    "date": day,
    "number": number,
    "government": governments.find,
    "municipality": governments.find_municipality,
}


#: Kind → how a value is written.
_WRITTEN: Mapping[str, str] = {
    "theme": "digital-divide, th:digital-divide, デジタルデバイド対策, edition/2.0-priority/3",
    "indicator": "open-dataset-count, ind:open-dataset-count",
    "plan": "221309/dx/2023, 浜松市DX推進計画",
    "law": "428AC1000000103, 官民データ活用推進基本法, 官民データ活用推進基本法第9条",
    "department": "221309/01, 情報政策課",
    "body": "221309/01, DX推進本部",
    "instrument": "soumu/jichitai-dx/1.0, DX推進ガイドライン",
    "case": "soumu-dx-casebook-1.0/14",
    "document": "221309-dx-2023, 浜松市DX推進計画",
    "level": "measure, initiative",
    "fiscal-year": "2024, FY2024, 令和6年度, R6",
    "date": "2024-03-31, 令和6年3月31日",
    "number": "12, 0.5",
    "government": "221309, 浜松市, 静岡県浜松市, はままつし, Hamamatsu",
    "municipality": "221309, 浜松市, 静岡県浜松市, はままつし, Hamamatsu",
}


#: Kind → what a thing of it is called in Japanese.
_CALLED: Mapping[str, str] = {
    "theme": "テーマ",
    "indicator": "指標",
    "plan": "計画",
    "law": "法律・条項",
    "department": "課・部署",
    "body": "会議体",
    "instrument": "政策文書",
    "case": "事例",
    "document": "文書",
    "level": "水準",
    "fiscal-year": "年度",
    "date": "日付",
    "number": "数",
    "government": "地方公共団体",
    "municipality": "市区町村",
}


def _called(kind: str) -> str:
    return _CALLED.get(kind, kind)


def describe(parameter: Parameter, lang: str = "en") -> str:
    """How a value of this parameter is written, by examples."""
    other = f"{parameter.kind} の IRI か名前" if lang == "ja" else f"IRI or name of a {parameter.kind}"
    return _WRITTEN.get(parameter.kind, other)


def members(classes: Sequence[URIRef]) -> str:
    """The pattern that binds ?thing to every member of one of these classes."""
    return f"VALUES ?class {{ {' '.join(f'<{iri}>' for iri in classes)} }} ?thing a ?class ."


def _theme(source: Source, text: str) -> URIRef:
    """A theme, or the theme of what an edition of the national plan prints: by path (edition/2.0-priority/3) or words."""
    try:
        return _member(source, "theme", *CLASSES["theme"], text)
    except ParameterError:
        meant = _edition_themes(source, text)
        if not meant:
            raise
    if len(meant) > 1:  # an answer speaks of one theme at a time, so a whole section is refused
        raise ParameterError(
            f"“{text}” covers {len(meant)} themes",
            ja=f"「{text}」にはテーマが {len(meant)} 件あります",
            do=f"Say which: {_short_list(meant, str(TH))}",
            do_ja=f"どれかを選んでください: {_short_list(meant, str(TH))}",
        )
    return meant[0]


def _edition_themes(source: Source, text: str) -> list[URIRef]:
    """The themes of the items and sections of national editions that have this path or these printed words."""
    rows = source.select(
        "SELECT DISTINCT ?item ?name ?theme WHERE { ?item a skos:Collection ; skos:member ?theme . ?theme a jdx:PolicyTheme . "
        "VALUES ?naming { skos:prefLabel skos:altLabel } ?item ?naming ?name }"
    )
    iri = expand(text)
    paths = {str(iri) if iri else "", str(TH) + text.strip("/"), BASE + text.strip("/")}
    found = {row["theme"] for row in rows if str(row["item"]) in paths or fold(str(row["name"])) == fold(text)}
    return sorted(theme for theme in found if isinstance(theme, URIRef))


def _member(source: Source, kind: str, classes: Sequence[URIRef], base: str, text: str) -> URIRef:
    """A member of some classes by IRI, CURIE, path below the base, slug, or any of its names."""
    iri = expand(text)
    paths = [str(iri) if iri else "", base + text.strip("/"), BASE + text.strip("/")]
    candidates = [URIRef(path) for path in paths if is_iri(path)]
    if (
        candidates
    ):  # of a nation there are tens of thousands, so that those that are called by their address are looked up
        block = " ".join(nt(one) for one in candidates)
        there = {r[0] for r in source.select(f"SELECT DISTINCT ?thing WHERE {{ VALUES ?thing {{ {block} }} {members(classes)} }}").rows}  # fmt: skip
        if exact := next((one for one in candidates if one in there), None):
            return exact
    known, by_name, shown = once(source, f"members {' '.join(classes)} {base}", lambda: _named(source, classes, base))
    meant = sorted(by_name.get(fold(text), ()))
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ParameterError(
            f"“{text}” names {len(meant)} things of kind {kind}",
            ja=f"「{text}」という{_called(kind)}は {len(meant)} 件あります",
            do=f"Say which: {_short_list(meant, base)}",
            do_ja=f"どれかを選んでください: {_short_list(meant, base)}",
        )
    near = nearest(text, shown)
    if not known:
        hint = Text("グラフにはまだ一つもありません", "The graph holds none yet")
    elif near:
        hint = perhaps(near)
    else:
        listed = _short_list(sorted(known), base)
        hint = Text(f"あるのは: {listed}", f"Known: {listed}")
    raise ParameterError(
        f"there is no {kind} “{text}”", ja=f"{_called(kind)}「{text}」はありません", do=hint.en, do_ja=hint.ja
    )


def _named(
    source: Source, classes: Sequence[URIRef], base: str
) -> tuple[set[URIRef], dict[str, set[URIRef]], dict[str, URIRef]]:
    """The members of some classes: all, by folded name, and as they are shown, by path and by name."""
    known: set[URIRef] = set()
    by_name: dict[str, set[URIRef]] = {}
    shown: dict[str, URIRef] = {}
    for row in source.select(
        f"SELECT DISTINCT ?thing ?name WHERE {{ {members(classes)} OPTIONAL {{ VALUES ?naming {{ {_NAMES} }} ?thing ?naming ?name }} }}"
    ):
        thing = row["thing"]
        if not isinstance(thing, URIRef):
            continue
        known.add(thing)
        shown[str(thing).removeprefix(base)] = thing
        if "name" in row:
            by_name.setdefault(fold(str(row["name"])), set()).add(thing)
            shown[str(row["name"])] = thing
    return known, by_name, shown


def _short_list(things: Sequence[URIRef], base: str, most: int = 6) -> str:
    shown = [str(t).removeprefix(base) if str(t).startswith(base) else shorten(str(t)) for t in things[:most]]
    return ", ".join(shown) + (" …" if len(things) > most else "")

"""Find one recorded plan or casebook by its path, title, document id, or the code or name of who issued it."""

from __future__ import annotations

from dataclasses import dataclass, field

from keikaku.ask import governments
from keikaku.ask.kept import once
from keikaku.ask.names import Source
from keikaku.ask.words import Text, fold, nearest, perhaps
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, ID, expand, path_of

_PLAN, _DOCUMENT = str(ID) + "plan/", str(ID) + "doc/"


@dataclass
class _Recorded:
    """One plan that is the subject of a document, with every name it goes by and those of its issuer."""

    document: str
    issuer: str
    names: set[str] = field(default_factory=set)
    issuers: set[str] = field(default_factory=set)


def find(source: Source, text: str) -> str:
    """The IRI of the plan or casebook meant: 222071/dx/2022, 222071, 富士宮市, Fujinomiya, 222071-dx-2022, a title, an IRI.

    Raises ParameterError with the plans to choose from when it means several, and with the nearest when it means none.
    """
    known = once(source, "recorded", lambda: _load(source))
    text = text.strip()
    for iri in (str(expand(text) or ""), _PLAN + text.strip("/"), BASE + text.strip("/"), _DOCUMENT + text.strip("/")):
        meant = [plan for plan, one in known.items() if iri in (plan, one.document)]
        if meant:
            return meant[0]
    wanted = fold(text)
    for named in (_titles, _issuers, _issuers_in_short):
        meant = [plan for plan, one in known.items() if wanted in named(one)]
        if meant:
            return _only(text, meant)
    try:
        government = str(governments.find(source, text))
    except ParameterError as error:
        if "local governments" in str(error):
            raise  # the name of several
        near = nearest(text, {_short(plan) for plan in known} | {name for one in known.values() for name in one.names})
        hint = perhaps(near) if near else _choice(known)
        raise ParameterError(
            f"no plan or casebook “{text}” is recorded",
            ja=f"計画・事例集「{text}」の記録はありません",
            do=hint.en,
            do_ja=hint.ja,
        ) from None
    meant = [plan for plan, one in known.items() if one.issuer == government]
    if not meant:
        hint = _choice(known)
        raise ParameterError(
            f"no plan of “{text}” ({path_of(government)}) is recorded",
            ja=f"「{text}」({path_of(government)})の計画の記録はありません",
            do=hint.en,
            do_ja=hint.ja,
        )
    return _only(text, meant)


def _load(source: Source) -> dict[str, _Recorded]:
    rows = source.select(
        "SELECT ?plan ?document ?issuer ?title ?name WHERE { ?document a jdx:SourceDocument ; foaf:primaryTopic ?plan . "
        "OPTIONAL { ?plan jdx:issuingBody ?issuer OPTIONAL { ?issuer rdfs:label|skos:altLabel|skos:hiddenLabel|jdx:localGovernmentCode ?name } } "
        "OPTIONAL { ?plan dcterms:title ?title } } ORDER BY ?plan"
    )
    found: dict[str, _Recorded] = {}
    for row in rows:
        one = found.setdefault(str(row["plan"]), _Recorded(str(row["document"]), str(row.get("issuer", ""))))
        one.names.update(str(row[key]) for key in ("title",) if key in row)
        one.issuers.update(str(row[key]) for key in ("name",) if key in row)
    return found


def _titles(one: _Recorded) -> set[str]:
    return {fold(name) for name in one.names}


def _issuers(one: _Recorded) -> set[str]:
    return {fold(name) for name in one.issuers}


def _issuers_in_short(one: _Recorded) -> set[str]:
    """The names of the issuer without 市, city and the like, which people leave out."""
    return {governments.bare(fold(name)) for name in one.issuers}


def _only(text: str, meant: list[str]) -> str:
    if len(meant) > 1:
        listed = ", ".join(_short(plan) for plan in meant[:6]) + (" …" if len(meant) > 6 else "")
        raise ParameterError(
            f"“{text}” has {len(meant)} recorded plans",
            ja=f"「{text}」の記録された計画は {len(meant)} 件あります",
            do=f"Say which: {listed}",
            do_ja=f"どれかを選んでください: {listed}",
        )
    return meant[0]


def _choice(known: dict[str, _Recorded], most: int = 6) -> Text:
    if not known:
        return Text("まだ何も記録されていません", "Nothing is recorded")
    listed = ", ".join([_short(plan) for plan in known][:most]) + (" …" if len(known) > most else "")
    return Text(f"記録があるのは: {listed}", f"Recorded: {listed}")


def _short(plan: str) -> str:
    return plan.removeprefix(_PLAN)

"""Find one local government by code, kanji, prefecture and name, kana or romaji."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rdflib import Literal, URIRef

from keikaku.ask.kept import once
from keikaku.ask.names import Source, pick
from keikaku.ask.words import Text, fold, nearest, perhaps
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, expand
from keikaku.store import is_iri, nt

#: Words that say what kind of government a name belongs to; people leave them out.
_SUFFIX = re.compile(
    r"(?:都|道|府|県|市|区|町|村|けん|し|く|まち|ちょう|むら|そん|shi|ku|machi|cho|mura|son|ken|city|ward|town|village|prefecture)$"
)
#: Properties that name a government: official names, romaji and kana.
_NAMING = ("rdfs:label", "skos:altLabel", "skos:hiddenLabel")


@dataclass(frozen=True)
class Government:
    """One local government as the graph names it."""

    iri: URIRef
    code: str
    ja: str
    names: tuple[str, ...]
    prefecture: tuple[str, ...]
    is_municipality: bool
    #: The prefecture it lies in, "" for a prefecture.
    whole: str = ""

    def shown(self) -> str:
        """Prefecture, name and code: 東京都府中市 (132063)."""
        kanji = next((p for p in self.prefecture if p[-1:] in "都道府県"), "")
        return f"{kanji}{self.ja} ({self.code})"


def bare(name: str) -> str:
    """A folded name without the word for its kind of government.

    >>> bare("mihoncity"), bare("みほんし")
    ('mihon', 'みほん')
    """
    return _SUFFIX.sub("", name) or name


def find(source: Source, text: str) -> URIRef:
    """The local government meant. Raises ParameterError listing the candidates when there are several, the nearest when none."""
    return _find(source, text, municipalities_only=False)


def find_municipality(source: Source, text: str) -> URIRef:
    """The municipality meant; a prefecture of that name is not considered."""
    return _find(source, text, municipalities_only=True)


def load(source: Source) -> list[Government]:
    """Every local government of the graph with its names, by code. Takes a third of a second for Japan."""
    codes: dict[str, tuple[str, URIRef]] = {}
    for iri, code in source.select("SELECT ?g ?code WHERE { ?g jdx:localGovernmentCode ?code }").rows:
        if isinstance(iri, URIRef):
            codes[str(iri)] = (str(code), iri)
    names: dict[str, dict[Literal, None]] = {iri: {} for iri in codes}
    for naming in _NAMING:
        for iri, name in source.select(
            f"SELECT ?g ?name WHERE {{ ?g jdx:localGovernmentCode ?code ; {naming} ?name }}"
        ).rows:
            if isinstance(name, Literal):
                names[str(iri)][name] = None
    whole = {str(g): str(p) for g, p in source.select("SELECT ?g ?p WHERE { ?g jdx:inPrefecture ?p }").rows}
    return [
        Government(
            iri,
            code,
            pick(list(names[key]), "ja"),
            tuple(str(name) for name in names[key]),
            tuple(str(name) for name in names.get(whole.get(key, ""), ())),
            key in whole,
            whole.get(key, ""),
        )
        for key, (code, iri) in sorted(codes.items(), key=lambda entry: entry[1])
    ]


def _at_once(source: Source, text: str, *, municipalities_only: bool) -> URIRef | None:
    """The one government whose code, IRI or name is written exactly so; None when there is none, or several."""
    iri = expand(text) or URIRef(BASE + text.strip("/"))
    quoted = nt(Literal(unicodedata.normalize("NFKC", text)))
    spelt = " ".join(quoted + tag for tag in ("", "@ja", "@en", "@ja-Hira", "@ja-Latn"))
    kind = "?g jdx:inPrefecture ?p ." if municipalities_only else ""
    by_name = " UNION ".join(f"{{ ?g {naming} ?name }}" for naming in ("jdx:localGovernmentCode", *_NAMING))
    rows = source.select(
        f"SELECT DISTINCT ?g WHERE {{ VALUES ?name {{ {spelt} }} {by_name} ?g jdx:localGovernmentCode ?code . {kind} }}"
    ).rows
    if is_iri(str(iri)):
        rows += source.select(
            f"SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {nt(iri)} }} ?g jdx:localGovernmentCode ?code . {kind} }}"
        ).rows
    found = {row[0] for row in rows if isinstance(row[0], URIRef)}
    return found.pop() if len(found) == 1 else None


def _find(source: Source, text: str, *, municipalities_only: bool) -> URIRef:
    exact = _at_once(source, text, municipalities_only=municipalities_only)
    if exact is not None:
        return exact
    every = once(source, "governments", lambda: load(source))
    all_of_them = [g for g in every if g.is_municipality or not municipalities_only]
    prefectures = [g for g in every if municipalities_only and not g.is_municipality]
    code = re.fullmatch(r"\d{5,6}", text)
    for government in all_of_them:
        if code and len(text) == 5 and government.code.startswith(text):
            return government.iri
    wanted = fold(text)
    for matches in (_exact, _with_prefecture, _without_suffix):
        meant = [g for g in all_of_them if matches(g, wanted)]
        if len(meant) == 1:
            return meant[0].iri
        if meant:
            listed = ", ".join(g.shown() for g in meant[:8])
            raise ParameterError(
                f"“{text}” is the name of {len(meant)} local governments",
                ja=f"「{text}」という名前の地方公共団体は {len(meant)} 件あります",
                do=f"Say which: {listed}",
                do_ja=f"どれかを選んでください: {listed}",
            )
        wider = next((g for g in prefectures if matches(g, wanted)), None)
        if wider:  # 京都府 is not 京都市
            raise ParameterError(
                f"“{text}” is a prefecture, {wider.shown()}, and a municipality is asked for",
                ja=f"「{text}」は都道府県の {wider.shown()} です。ここでは市区町村を書きます",
                do="Write the city, ward, town or village, such as 藤沢市 or 神奈川県藤沢市",
                do_ja="藤沢市、神奈川県藤沢市 のように、市区町村の名前を書いてください",
            )
    hint = _hint(all_of_them, text, bool(code))
    raise ParameterError(
        f"there is no local government “{text}”",
        ja=f"「{text}」という地方公共団体はありません",
        do=hint.en,
        do_ja=hint.ja,
    )


def _exact(government: Government, wanted: str) -> bool:
    return any(fold(name) == wanted for name in government.names)


def _with_prefecture(government: Government, wanted: str) -> bool:
    for prefecture in (fold(p) for p in government.prefecture):
        short = _SUFFIX.sub("", prefecture)
        for name in (fold(n) for n in government.names):
            forms = (name, _SUFFIX.sub("", name))
            if any(wanted in (p + n, n + p) for p in (prefecture, short) for n in forms):
                return True
    return False


def _without_suffix(government: Government, wanted: str) -> bool:
    bare = _SUFFIX.sub("", wanted) or wanted
    return any(_SUFFIX.sub("", fold(name)) in (wanted, bare) for name in government.names)


def _hint(all_of_them: list[Government], text: str, is_code: bool) -> Text:
    by_name = {name: g for g in all_of_them for name in ((g.code,) if is_code else g.names)}
    near = [c for c in by_name if c[:5] == text[:5]] if is_code else []
    near = near or nearest(text, by_name)
    shown = list(dict.fromkeys(by_name[name].shown() for name in near))
    said = (
        perhaps(shown, quotes="")
        if shown
        else Text("コードか、都道府県と名前を書いてください", "Write the code, or prefecture and name")
    )
    if not is_code:
        return said
    return Text(f"コードの最後の桁は検査数字です。{said.ja}", f"The last digit of a code is a check digit. {said.en}")

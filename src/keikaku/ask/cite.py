"""Ready citation lines: who issued what and when, where in it, what is printed there, and which build of our data says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rdflib import URIRef

from keikaku.ask.evidence import Passage, in_order, passages
from keikaku.ask.kept import kept
from keikaku.ask.names import Source, names, values
from keikaku.ask.show import nearest_evidence
from keikaku.ask.times import read_date
from keikaku.ask.words import Text, fold
from keikaku.errors import ParameterError
from keikaku.namespaces import BASE, C

#: What our own data are called in a citation, with their licence.
DATASET = Text(
    "計画（Keikaku）自治体DX計画のオープン知識グラフ、CC BY 4.0",
    "Keikaku, the open knowledge graph of municipal digital plans, CC BY 4.0",
)
#: Expressions printed at one passage that a line quotes; a table of many values is one passage.
MOST_PRINTED = 5
#: How the IRI of a KPI ends; its values lie below it.
_KPI = re.compile(r"/k/[^/]+$")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """The document that a passage is in: its issuer and title, and the date of issue as far as it is known (2023, 2023-01 or a day)."""

    title: Text
    issuer: Text | None = None
    issued: str = ""


@dataclass(frozen=True)
class Citation:
    """One passage with all that a citation names; `printed` are the numbers as printed there."""

    passage: Passage
    work: Work
    printed: tuple[str, ...] = ()
    build_id: str = ""

    def line(self, lang: str, accessed: str | date = "") -> str:
        """The citation on one line; `accessed` (a day in any notation) is added when given. Raises ParameterError for no day."""
        day = accessed_day(accessed)
        p, lines = self.passage, self.passage.lines
        span = str(lines[0]) if lines[0] == lines[1] else f"{lines[0]}-{lines[1]}"
        quoted = self.printed[:MOST_PRINTED]
        if lang == "ja":
            who = self.work.issuer.ja if self.work.issuer else ""
            parts = [f"{who}「{self.work.title.ja}」{shown_date(self.work.issued, lang)}"]
            parts += [f"「{p.section}」"] if p.section else []
            parts += [f"{p.page}頁"] if p.page else []
            parts += [f"本文{span}行"] if lines[0] else []
            more = "ほか" if len(self.printed) > MOST_PRINTED else ""
            parts += [f"表記{''.join(f'「{one}」' for one in quoted)}{more}"] if quoted else []
            return f"{'、'.join(parts)}。{dataset_line(self.build_id, p.iri, lang, day)}"
        parts = [self.work.issuer.en] if self.work.issuer else []
        parts += [self.work.title.en, shown_date(self.work.issued, lang)]
        parts += [f"section “{p.section}”"] if p.section else []
        parts += [f"p. {p.page}"] if p.page else []
        parts += [f"line{'s' if '-' in span else ''} {span} of the text"] if lines[0] else []
        more = " and others" if len(self.printed) > MOST_PRINTED else ""
        parts += [f"printed {', '.join(f'“{one}”' for one in quoted)}{more}"] if quoted else []
        return f"{', '.join(part for part in parts if part)}. {dataset_line(self.build_id, p.iri, lang, day)}"


def dataset_line(build_id: str, iri: str, lang: str, accessed: date | None = None) -> str:
    """How our data are cited: name, licence, build, address and, when given, the day of access."""
    if lang == "ja":
        build = f"ビルド {build_id}、" if build_id else ""
        day = f"{shown_date(accessed.isoformat(), lang)}参照。" if accessed else ""
        return f"データ: {DATASET.ja}、{build}{iri} 。{day}"
    build = f"build {build_id}, " if build_id else ""
    day = f" Accessed {shown_date(accessed.isoformat(), lang)}." if accessed else ""
    return f"Data: {DATASET.en}, {build}{iri} .{day}"


def accessed_day(accessed: str | date) -> date | None:
    """The day of access; None when none was given. Raises ParameterError when it is no day."""
    if not accessed or isinstance(accessed, date):
        return accessed or None
    day = read_date(accessed)
    if day is None:
        raise ParameterError(
            f"“{accessed}” is no day of access",
            ja=f"参照日「{accessed}」は日付として読めません",
            do="Write it as 2024-03-31 or 令和6年3月31日",
            do_ja="2024-03-31 か 令和6年3月31日 のように書いてください",
        )
    return day


def shown_date(issued: str, lang: str) -> str:
    """A year, month or day as a citation writes it.

    >>> shown_date("2023-01", "ja"), shown_date("2021-07-07", "en"), shown_date("2022", "en")
    ('2023年1月', '7 July 2021', '2022')
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", issued)
    if not found:
        return issued
    year, month, day = found[1], int(found[2] or 0), int(found[3] or 0)
    if lang == "ja":
        return f"{year}年{f'{month}月' if month else ''}{f'{day}日' if day else ''}"
    return f"{f'{day} ' if day else ''}{f'{_MONTHS[month - 1]} ' if month else ''}{year}"


def build_of(source: Source) -> str:
    """The build that a store holds; "" for a service that does not say."""
    return str(getattr(source, "build_id", ""))


def works(source: Source, cited: Iterable[Passage]) -> dict[str, Work]:
    """The documents of these passages by their ids, with what a citation says of them.

    The title is that of the document; where it differs from that of the plan, the plan stands first. A draft is called one.
    """
    known = {p.document_id: p for p in cited if p.document_id}
    return kept(source, "works", known, lambda wanted: _works(source, {name: known[name] for name in wanted}))


def _works(source: Source, known: Mapping[str, Passage]) -> dict[str, Work]:
    found: dict[str, Work] = {}
    for block in values(f"{BASE}id/doc/{name}" for name in known):
        rows = source.select(
            f"""SELECT ?document ?issuer ?issued ?plan ?status WHERE {{ VALUES ?document {{ {block} }} ?document a jdx:SourceDocument .
            OPTIONAL {{ ?document dcterms:publisher ?issuer }} OPTIONAL {{ ?document dcterms:issued ?issued }}
            OPTIONAL {{ ?document foaf:primaryTopic ?plan OPTIONAL {{ ?plan jdx:planStatus ?status }} }} }}
            ORDER BY ?document ?issuer ?plan"""
        )
        called = names(
            source, {str(row[key]) for row in rows for key in ("issuer", "plan") if isinstance(row.get(key), URIRef)}
        )
        for row in rows:
            passage = known[str(row["document"]).removeprefix(f"{BASE}id/doc/")]
            title = _title(passage.document, called.get(str(row.get("plan"))), row.get("status") == C["ps-draft"])
            work = Work(title, called.get(str(row.get("issuer"))), str(row.get("issued", "")))
            found.setdefault(passage.document_id, work)
    return {name: found.get(name, Work(passage.document)) for name, passage in known.items()}


def _title(document: Text, plan: Text | None, draft: bool) -> Text:
    """The document's title, after the plan's where it does not hold it already; 案 where neither says so."""

    def one(title: str, whole: str, mark: str, form: str) -> str:
        text = title if not whole or fold(whole) in fold(title) else form.format(whole, title)
        return text if not draft or mark in text.casefold() else form.format(text, mark)

    ja = one(document.ja, plan.ja if plan else "", "案", "{}（{}）")
    return Text(ja, one(document.en, plan.en if plan else "", "draft", "{} ({})"))


def citations(
    cited: Iterable[Passage], known: Mapping[str, Work], things: Iterable[str] = (), build_id: str = ""
) -> list[Citation]:
    """Passages as citations, with what they print for these things, and for the values of those that are KPIs."""
    wanted = set(things)
    of_kpis = tuple(f"{thing}/" for thing in wanted if _KPI.search(thing))
    found = []
    for p in cited:
        printed = dict.fromkeys(text for one, text in p.printed if one in wanted or one.startswith(of_kpis))
        found.append(Citation(p, known.get(p.document_id, Work(p.document)), tuple(printed), build_id))
    return found


def of_thing(source: Source, iri: str) -> list[Citation]:
    """Citations of the passages that a thing rests on, or of the passage that it is; empty for reference data."""
    own = nearest_evidence(source, iri) or (iri,)
    found = passages(source, own)
    cited = [passage for passage in in_order(own, found) if passage.document_id]
    things = [iri] if own != (iri,) else [thing for passage in cited for thing, _ in passage.printed]
    return citations(cited, works(source, cited), things, build_of(source))

"""Read data/registers/: units, bodies, posts, instruments and laws as identities (IRI, name, issuer)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.errors import Place
from keikaku.namespaces import BASE, DCTERMS, ELI, ID, JDX, ORG, PROV, RDF, RDFS, SCHEMA, SKOS, XSD
from keikaku.read.keys import KEYS
from keikaku.read.names import Names, Vocabulary, check_digit, collect
from keikaku.read.problems import Problems, nearest
from keikaku.read.when import date_bounds
from keikaku.read.yamltree import Items, Mapping, Text, Value, load

Triple = tuple[Node, Node, Node]
#: Status of a law in a register and its ELI code.
IN_FORCE = {"in-force": ELI["InForce-inForce"], "repealed": ELI["InForce-notInForce"]}
#: Kinds of things a register may hold, and the IRI path they get below id/.
SECTIONS = ("units", "bodies", "posts", "instruments", "laws", "organisations", "products")


@dataclass
class Registers:
    """The registers of a folder, each read when it is first needed: a document needs few of those of a nation.

    paths: owner (a code, "national", "organisations" or "laws") → file. names: per owner and section; triples and
    origins: per thing. What is wrong in a register goes to `problems`.
    """

    paths: dict[str, Path]
    root: Path
    vocabulary: Vocabulary
    problems: Problems
    names: dict[str, dict[str, Names]] = field(default_factory=dict)
    triples: dict[URIRef, list[Triple]] = field(default_factory=dict)
    origins: dict[URIRef, Place] = field(default_factory=dict)

    def owners(self) -> list[str]:
        """Owners that have a register, sorted."""
        return sorted(self.paths)

    def need(self, owner: str) -> dict[str, Names]:
        """Read a register if there is one and it has not been read; its names by section."""
        if owner not in self.names and owner in self.paths:
            self.read(owner)
        return self.names.get(owner, {})

    def read(self, owner: str) -> None:
        """Read one register from its file."""
        self.names[owner] = {}
        _load(self, owner)

    def find(self, owner: str, section: str, name: str) -> tuple[URIRef, ...]:
        """Things of that name in one register."""
        names = self.need(owner).get(section)
        return names.find(name) if names else ()

    def find_anywhere(self, owners: tuple[str, ...], section: str, name: str) -> tuple[URIRef, ...]:
        """Things of that name: in the owners' own registers, else in those of their prefectures and the national ones.

        A thing of another government is named by its id with the code, 221309/digital-smart-city/2021, since 総合計画 and
        the like are called the same everywhere. A plan has one owner; a case has all governments it names.
        """
        own = dict.fromkeys(iri for owner in owners for iri in self.find(owner, section, name))
        if own:
            return tuple(own)
        code, slash, rest = name.partition("/")
        if slash and section in self.need(code):
            return self.find(code, section, rest)
        found: dict[URIRef, None] = {}
        for other in self.near(owners):
            found.update(dict.fromkeys(self.find(other, section, name)))
        return tuple(found)

    def near(self, owners: tuple[str, ...]) -> list[str]:
        """The registers besides the owners' own in which a plain name is looked for: their prefectures' and the national ones."""
        prefectures = {code + check_digit(code) for owner in owners if owner.isdigit() for code in [f"{owner[:2]}000"]}
        return sorted(
            other
            for other in {*prefectures, *self._shared} & self.paths.keys()
            if other not in owners
        )  # fmt: skip

    @cached_property
    def _shared(self) -> frozenset[str]:
        return frozenset(owner for owner in self.paths if not owner.isdigit())

    def shown(self, owners: tuple[str, ...], section: str, everywhere: bool = False) -> list[str]:
        """Known names for hints."""
        return [
            name
            for other in self.owners()
            if everywhere or other in owners
            for name in (self.need(other)[section].shown if section in self.need(other) else ())
        ]


def find_registers(folder: Path, root: Path, vocabulary: Vocabulary, problems: Problems) -> Registers:
    """The registers of `folder`, none of them read yet; a mistake is noted in `problems` with its file and line."""
    return Registers({path.stem: path for path in folder.glob("*.yaml")}, root, vocabulary, problems)


def load_registers(folder: Path, root: Path, vocabulary: Vocabulary, problems: Problems) -> Registers:
    """Read every register of `folder`; a mistake is noted in `problems` with its file and line."""
    registers = find_registers(folder, root, vocabulary, problems)
    for owner in registers.owners():
        registers.need(owner)
    return registers


def _load(registers: Registers, owner: str) -> None:
    path, problems = registers.paths[owner], registers.problems
    tree = load(path, path.relative_to(registers.root).as_posix())
    for section, value in tree.entries.items():
        if section == "government":
            if not isinstance(value, Text) or value.value != owner:
                problems.add(
                    value.place,
                    f"the register of {owner} names another government",
                    "台帳のコードがファイル名と違います",
                    do_en=f"Write government: {owner}",
                    do_ja=f"government: {owner} と書いてください",
                )
            continue
        if section not in SECTIONS or not isinstance(value, Items):
            near = nearest(section, SECTIONS)
            problems.add(
                tree.key_places[section],
                f"a register has no section “{section}”",
                f"台帳に「{section}」という欄はありません",
                do_en=f"Did you mean “{(near or SECTIONS)[0]}”?",
                do_ja=f"もしかして:「{(near or SECTIONS)[0]}」",
            )
            continue
        pairs: list[tuple[str, URIRef]] = []
        for entry in value:
            pairs += _entry(registers, owner, section, entry, registers.vocabulary, problems)
        registers.names[owner][section] = collect(pairs)


def _entry(
    registers: Registers, owner: str, section: str, entry: Value, vocabulary: Vocabulary, problems: Problems
) -> list[tuple[str, URIRef]]:
    if not isinstance(entry, Mapping):
        problems.add(entry.place, "an entry of a register is a mapping", "台帳の項目は「キー: 値」の形です")
        return []
    for key, place in entry.key_places.items():
        if key not in KEYS["register entry"]:
            problems.unknown(place, ("key", "キー"), key, KEYS["register entry"], "docs/plan-file.md")
    iri = _iri(owner, section, entry)
    name = entry.get("name")
    if iri is None or not isinstance(name, Mapping) or "ja" not in name:
        problems.add(
            entry.place,
            "an entry needs a number or id, and a name with ja",
            "項目には番号(no)か id と、ja の名前が必要です",
        )
        return []
    if iri in registers.origins:
        problems.add(
            entry.place,
            f"the number or id of this entry is used on line {registers.origins[iri].line}",
            "同じ番号・id がすでに使われています",
            do_en="Take the next free one",
            do_ja="次の空き番号を使ってください",
        )
        return []
    registers.origins[iri] = entry.place
    labels = {lang: text.value for lang, text in name.entries.items() if isinstance(text, Text)}
    also = entry.get("also")
    others = [text.value for text in also if isinstance(text, Text)] if isinstance(also, Items) else []
    triples: list[Triple] = [(iri, RDFS.label, Literal(text, lang=lang)) for lang, text in labels.items()]
    triples += [(iri, SKOS.altLabel, Literal(text, lang="ja" if not text.isascii() else "en")) for text in others]
    triples += _typing(iri, owner, section, entry, vocabulary, problems)
    registers.triples[iri] = triples
    identifier = entry.get("id")
    ids = [(identifier.value, iri)] if isinstance(identifier, Text) else []
    return ids + [(text, iri) for text in (*labels.values(), *others)]


def _iri(owner: str, section: str, entry: Mapping) -> URIRef | None:
    number, identifier = entry.get("no"), entry.get("id")
    if section in ("units", "bodies", "posts") and isinstance(number, Text) and number.value.isdigit():
        kind = {"units": "unit", "bodies": "body", "posts": "post"}[section]
        return ID[f"{kind}/{owner}/{int(number.value):02d}"]
    if not isinstance(identifier, Text) or not re.fullmatch(r"[A-Za-z0-9./-]+", identifier.value):
        return None
    if section == "instruments":
        return ID[f"plan/{identifier.value}"] if owner == "national" else ID[f"plan/{owner}/{identifier.value}"]
    if section == "laws":
        return ID[f"law/{identifier.value}"] if owner == "laws" else ID[f"law/lg{owner}/{identifier.value}"]
    kind = {"bodies": "nat", "products": "product"}.get(section, "org")
    return ID[f"{kind}/{identifier.value}"]


def _typing(
    iri: URIRef, owner: str, section: str, entry: Mapping, vocabulary: Vocabulary, problems: Problems
) -> list[Triple]:
    government = ID[f"lg/{owner}"] if re.fullmatch(r"\d{6}", owner) else None
    triples: list[Triple] = []
    if section == "units" and government:
        triples += [(iri, RDF.type, ORG.OrganizationalUnit), (iri, ORG.unitOf, government)]
    elif section == "bodies" and government:
        triples += [(iri, RDF.type, JDX.GovernanceBody), (iri, ORG.unitOf, government)]
    elif section == "bodies":
        triples.append((iri, RDF.type, JDX.NationalBody))
    elif section == "posts" and government:
        triples += [(iri, RDF.type, ORG.Post), (iri, ORG.postIn, government)]
    elif section == "products":
        triples.append((iri, RDF.type, JDX.Product))
    elif section == "organisations":
        triples.append((iri, RDF.type, ORG.FormalOrganization))
    elif section == "laws":
        triples += [(iri, RDF.type, ELI.LegalResource), *_law(iri, owner, government, entry)]
    elif section == "instruments":
        triples.append((iri, RDF.type, JDX.PolicyInstrument))
        issuer = entry.get("issuer")
        publisher = government or (ID[f"nat/{issuer.value}"] if isinstance(issuer, Text) else None)
        if publisher is not None:
            triples.append((iri, JDX.issuingBody, publisher))
        issued = entry.get("issued")
        if isinstance(issued, Text):
            triples.append((iri, DCTERMS.issued, typed_date(issued.value)))
    for key, code_list in (("type", "pt"), ("kind", "bk")):
        token = entry.get(key)
        if isinstance(token, Text) and section in ("instruments", "bodies"):
            code = vocabulary.code(code_list, token.value.removeprefix("pt-"))
            if code is None:
                known = vocabulary.codes[code_list].shown if code_list in vocabulary.codes else ()
                problems.unknown(token.place, (key, "種別"), token.value, known, "ontology/codes.ttl")
            else:
                triples.append((iri, DCTERMS.type if key == "type" else ORG.classification, code))
    return triples


def _law(iri: URIRef, owner: str, government: URIRef | None, entry: Mapping) -> list[Triple]:
    triples: list[Triple] = []
    texts = {key: value.value for key, value in entry.entries.items() if isinstance(value, Text)}
    if owner == "laws":
        page = URIRef(f"https://laws.e-gov.go.jp/law/{texts['id']}")
        triples += [(iri, ELI.id_local, Literal(texts["id"])), (iri, SCHEMA.url, page)]
    if government is not None:
        triples.append((iri, DCTERMS.publisher, government))
    if "number" in texts:
        triples.append((iri, DCTERMS.identifier, Literal(texts["number"], lang="ja")))
    for key, term in (
        ("promulgated", ELI.date_document),
        ("in-force", ELI.first_date_entry_in_force),
        ("repealed", ELI.date_no_longer_in_force),
    ):
        if key in texts:
            triples.append((iri, term, typed_date(texts[key])))
    if texts.get("status") in IN_FORCE:
        triples.append((iri, ELI.in_force, IN_FORCE[texts["status"]]))
    if texts.get("en-own") == "true":
        triples.append((iri, SKOS.editorialNote, Literal("the English name is our own translation", lang="en")))
    if "id-status" in texts:
        triples.append(
            (
                iri,
                SKOS.editorialNote,
                Literal(f"law id {texts['id-status']}: {texts.get('source', '')}".strip(": "), lang="en"),
            )
        )
    return triples


def typed_date(text: str) -> Literal:
    """A date of any precision as xsd:date, xsd:gYearMonth or xsd:gYear (precision = datatype, ontology §5 no. 38).

    Raises ValueError when it is no date.
    """
    date_bounds(text)
    kind = (XSD.gYear, XSD.gYearMonth, XSD.date)[text.count("-")]
    return Literal(text, datatype=kind, normalize=False)


def project_triples() -> list[Triple]:
    """The organisation that completeness statements are attributed to: this project."""
    me = URIRef(BASE + "id/org/keikaku")
    return [
        (me, RDF.type, PROV.Organization),
        (me, RDF.type, ORG.FormalOrganization),
        (me, RDFS.label, Literal("Keikaku", lang="en")),
        (me, RDFS.label, Literal("計画(Keikaku)プロジェクト", lang="ja")),
    ]

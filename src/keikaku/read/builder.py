"""What a document names, turned into statements: titles, codes, themes, governments, registers, sourced links."""

from __future__ import annotations

import re

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.errors import CodeError, Place
from keikaku.namespaces import BASE, DCTERMS, ELI, JDX, RDF, RDFS, SKOS, SKOSXL, C, path_of
from keikaku.read.documents import Lines
from keikaku.read.keys import ASPECTS, KIND_JA
from keikaku.read.names import check_code, split_provision
from keikaku.read.statements import CURATION, DOC, Statements
from keikaku.read.yamltree import Items, Mapping, Text


def slug_of(thing: URIRef) -> str:
    """What stands for a thing in the IRI of a node about it: the last step of its path, for documents and laws all of it.

    >>> slug_of(URIRef(BASE + "id/plan/soumu/jichitai-dx/1.0")), slug_of(URIRef(BASE + "theme/cashless"))
    ('soumu-jichitai-dx-1.0', 'cashless')
    """
    path = path_of(str(thing))
    for kind in ("id/plan/", "id/law/"):
        if path.startswith(kind):
            return path.removeprefix(kind).replace("/", "-")
    return path.rsplit("/", 1)[-1]


class Builder(Statements):
    """Statements of one document, with the names that its file uses."""

    def title(self, mapping: Mapping, subject: URIRef, kind: str, graph: str = DOC, required: bool = True) -> None:
        """Titles in ja and en, and whether the ja one is printed or shortened."""
        value = mapping.get("title")
        if value is None:
            if required:
                self.problems.add(
                    mapping.place,
                    f"this {kind} has no title",
                    f"この{KIND_JA[kind]}に題名がありません",
                    do_en="Add title: {ja: …, en: …}",
                    do_ja="title: {ja: …, en: …} を加えてください",
                )
            return
        self.bilingual(value, subject, DCTERMS.title, graph)
        form = self.text(mapping, "title-form")
        if form:
            self.code(subject, JDX.titleForm, "tf", form, graph)

    # -- what it names -----------------------------------------------------------------------------------------------

    def code(self, subject: Node, predicate: Node, code_list: str, token: Text, graph: str = DOC) -> None:
        """A member of a code list, by token or ja label."""
        iri = self.context.vocabulary.code(code_list, token.value)
        if iri is None:
            names = self.context.vocabulary.codes.get(code_list)
            self.problems.unknown(
                token.place,
                (f"code in the list {code_list}-", f"コード({code_list}-)"),
                token.value,
                names.shown if names else (),
                "ontology/codes.ttl",
            )
            return
        self.add(subject, predicate, iri, token.place, graph)

    def aspect(self, name: str) -> str:
        """The completeness aspect a key speaks of."""
        return ASPECTS.get(name, name)

    def absences(self, mapping: Mapping, subject: URIRef) -> None:
        """`key: not-stated`, `not-stated: […]` and `lost: […]` of one node."""
        for key, value in mapping.entries.items():
            if key in ASPECTS and isinstance(value, Text) and value.value == "not-stated":
                self.add(subject, JDX.notStated, C[f"cf-{ASPECTS[key]}"], value.place)
        for key, predicate in (("not-stated", JDX.notStated), ("lost", JDX.lostInText)):
            for token in self.texts(mapping, key):
                self.code(subject, predicate, "cf", Text(self.aspect(token.value), token.place))

    def themes(self, mapping: Mapping, subject: URIRef, ranges: tuple[Lines, ...]) -> None:
        """Themes by slug or label; a mapping with `printed` keeps the city's wording as a sourced label (ontology §12)."""
        value = mapping.get("themes")
        for item in value if isinstance(value, Items) else ():
            name = item if isinstance(item, Text) else item.get("theme") if isinstance(item, Mapping) else None
            if not isinstance(name, Text):
                self.problems.add(
                    item.place,
                    "a theme is a slug, or {theme: slug, printed: …}",
                    "テーマはスラッグか {theme: …, printed: …} です",
                )
                continue
            theme = self.theme(name)
            if theme is None:
                continue
            self.add(subject, JDX.theme, theme, name.place)
            if isinstance(item, Mapping):
                self.check_keys(item, "theme")
                self.wording(item, theme, self.at(item, ranges))
        if isinstance(mapping.get("themes-from"), Text):
            self.add(subject, SKOS.note, Literal("theme from title only", lang="en"))
            self.add(subject, SKOS.note, Literal("テーマは題名だけから判断", lang="ja"))

    def theme(self, name: Text) -> URIRef | None:
        """A theme by slug or label."""
        themes = self.context.vocabulary.themes
        found = themes.find(name.value)
        if len(found) == 1:
            return found[0]
        self.problems.unknown(name.place, ("theme", "テーマ"), name.value, themes.shown, "ontology/themes.ttl")
        return None

    def wording(self, item: Mapping, thing: URIRef, ranges: tuple[Lines, ...]) -> None:
        """What the page calls a thing (a theme, a government, a law, a document), as a label that has its passage."""
        printed = self.text(item, "printed")
        if printed is None:
            return
        base = f"{self.plan}/wording/{slug_of(thing)}"
        iri, count = URIRef(base), 2
        while str(iri) in self.origins:
            iri, count = URIRef(f"{base}_{count}"), count + 1
        self.node(iri, (SKOSXL.Label,), printed.place)
        self.add(iri, SKOSXL.literalForm, Literal(printed.value, lang="ja"), printed.place)
        self.evidence(iri, ranges)
        self.add(thing, SKOSXL.altLabel, iri)

    def government(self, name: Text) -> URIRef | None:
        """A local government by code or name."""
        if re.fullmatch(r"\d{6}", name.value):
            try:
                check_code(name.value)
            except CodeError as error:
                self.problems.add(
                    name.place,
                    error.what,
                    error.ja,
                    do_en=error.do,
                    do_ja=error.do_ja,
                    where=error.rule,
                )
                return None
        found = self.context.government_names.find(name.value)
        if len(found) == 1:
            return found[0]
        if not found:
            self.problems.unknown(
                name.place,
                ("local government", "地方公共団体"),
                name.value,
                self.context.government_names.shown,
                "data/local-governments.csv",
            )
        else:
            codes = ", ".join(iri.rsplit("/", 1)[1] for iri in found)
            self.problems.add(
                name.place,
                f"several governments are called “{name.value}”: {codes}",
                f"「{name.value}」は複数あります: {codes}",
                do_en="Write the code, or prefecture and name",
                do_ja="コードか「都道府県名+名前」で書いてください",
                where="data/local-governments.csv",
            )
        return None

    def registered(self, section: str, name: Text, what: tuple[str, str], everywhere: bool = False) -> URIRef | None:
        """A thing of a register: of the own one, or of any where `everywhere`."""
        registers = self.context.registers
        owners = self.owners or (self.owner,)
        found = (
            registers.find_anywhere(owners, section, name.value)
            if everywhere
            else tuple(dict.fromkeys(iri for owner in owners for iri in registers.find(owner, section, name.value)))
        )
        if len(found) == 1:
            return found[0]
        where = "data/registers/" if everywhere or len(owners) > 1 else f"data/registers/{owners[0]}.yaml"
        if not found:
            self.problems.unknown(name.place, what, name.value, registers.shown(owners, section, everywhere), where)
        else:
            ids = ", ".join(iri.removeprefix(BASE) for iri in found)
            self.problems.add(
                name.place,
                f"several things are called “{name.value}”: {ids}",
                f"「{name.value}」は複数あります: {ids}",
                do_en="Write the id",
                do_ja="id で書いてください",
                where=where,
            )
        return None

    def product(self, name: Text) -> URIRef | None:
        """A product or system of the registers."""
        return self.registered("products", name, ("product or system", "製品・システム"), everywhere=True)

    def organisation(self, name: Text) -> URIRef | None:
        """A partner: a local government, else an organisation or national body of the registers."""
        registers = self.context.registers
        for section in ("organisations", "bodies"):
            found = registers.find_anywhere(self.owners or (self.owner,), section, name.value)
            if len(found) == 1:
                return found[0]
        if len(self.context.government_names.find(name.value)) == 1 or re.fullmatch(r"\d{6}", name.value):
            return self.government(name)
        known = [*registers.shown(("organisations",), "organisations"), *self.context.government_names.shown]
        self.problems.unknown(
            name.place, ("organisation", "団体"), name.value, known, "data/registers/organisations.yaml"
        )
        return None

    # -- links that have a passage of their own ----------------------------------------------------------------------

    def claim(
        self, subject: URIRef, predicate: URIRef, obj: Node, link: Mapping, ranges: tuple[Lines, ...], place: Place
    ) -> URIRef:
        """Assert a link and keep its passage as a jdx:Claim, which is returned (plan-file.md, rules 4 and 12)."""
        basis = self.text(link, "basis")
        graph = CURATION if basis and basis.value in ("inferred", "outside") else DOC
        asserted = self.text(link, "asserted")
        if asserted is None or asserted.value != "false":
            self.add(subject, predicate, obj, place, graph)
        key = f"{subject}/claim/{predicate.rsplit('/', 1)[-1].rsplit('#', 1)[-1]}"
        self.claims[key] = self.claims.get(key, 0) + 1
        iri = URIRef(f"{key}/{self.claims[key]}")
        self.node(iri, (JDX.Claim,), place, graph)
        for term, value in ((RDF.subject, subject), (RDF.predicate, predicate), (RDF.object, obj)):
            self.add(iri, term, value, place, graph)
        self.code(iri, JDX.basis, "ba", basis or Text("stated", place), graph)
        for key in ("role", "note"):
            self.bilingual(link.get(key), iri, SKOS.note, graph)
        self.evidence(iri, ranges, place, graph)
        return iri

    def law(self, name: Text) -> URIRef | None:
        """A law or its provision by name, 第…条第…項第…号; the provisions on the way are described too."""
        law_name, steps = split_provision(name.value)
        law = self.registered("laws", Text(law_name, name.place), ("law", "法令"), everywhere=True)
        if law is None:
            return None
        target = law
        for path, words in steps:
            above, target = target, URIRef(f"{law}/{path}")
            self.add(target, RDF.type, ELI.LegalResourceSubdivision)
            self.add(target, ELI.is_part_of, above)
            self.add(target, RDFS.label, Literal(f"{law_name}{words}", lang="ja"))
            self.add(target, SKOS.notation, Literal(path.rsplit("/", 1)[-1]))
        return target

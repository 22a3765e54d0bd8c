"""Turn the names that curators write into IRIs (plan-file.md, rule 2): vocabularies, governments, registers, laws."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from keikaku.errors import CodeError, KeikakuError, Place
from keikaku.namespaces import BASE, ID, IND, JDX, RDF, SKOS, TH, UNIT, C
from keikaku.read.problems import fold

VOCABULARY_FILES = ("jdx.ttl", "themes.ttl", "indicators.ttl", "codes.ttl", "requirements.ttl", "alignments.ttl")


@dataclass(frozen=True)
class Names:
    """Names of one kind of thing. `by_fold` maps a folded name to every IRI that bears it; `shown` lists names for hints."""

    by_fold: Mapping[str, tuple[URIRef, ...]]
    shown: tuple[str, ...]

    def find(self, name: str) -> tuple[URIRef, ...]:
        """All things of that name; empty when there is none."""
        return self.by_fold.get(fold(name), ())


def collect(pairs: Iterable[tuple[str, URIRef]]) -> Names:
    """Gather (name, IRI) pairs."""
    by_fold: dict[str, dict[URIRef, None]] = {}
    shown: dict[str, None] = {}
    for name, iri in pairs:
        by_fold.setdefault(fold(name), {})[iri] = None
        shown[name] = None
    return Names({key: tuple(iris) for key, iris in by_fold.items()}, tuple(shown))


@dataclass(frozen=True)
class Vocabulary:
    """Themes, indicators, units and code lists by slug or label, and the graphs they come from."""

    themes: Names
    indicators: Names
    units: Names
    codes: Mapping[str, Names]
    default_units: Mapping[URIRef, URIRef] = field(default_factory=dict)

    def code(self, code_list: str, token: str) -> URIRef | None:
        """The member of a code list by token or ja label; None when there is none."""
        found = self.codes[code_list].find(token) if code_list in self.codes else ()
        return found[0] if len(found) == 1 else None


def load_vocabulary_graphs(folder: Path) -> dict[str, Graph]:
    """Parse the ontology files: file name → graph. Files that are not there are left out.

    Raises KeikakuError with file and line where a file is not Turtle.
    """
    return {name: parse_turtle(folder / name) for name in VOCABULARY_FILES if (folder / name).is_file()}


def parse_turtle(path: Path) -> Graph:
    """Parse one Turtle file; raises KeikakuError with folder, name and line where it is none."""
    try:
        return Graph().parse(data=path.read_text(encoding="utf-8"), format="turtle")
    except (SyntaxError, UnicodeDecodeError) as error:
        line = getattr(error, "lines", None)
        place = Place(f"{path.parent.name}/{path.name}", line + 1 if isinstance(line, int) else None)
        raise KeikakuError(
            "this is not Turtle",
            ja="Turtle として読めません",
            do="Look at this line and the one above it; see the Turtle specification",
            do_ja="この行とその上の行を確かめてください。Turtle の仕様も見てください",
            place=place,
        ) from error


def load_vocabulary(graphs: Mapping[str, Graph]) -> Vocabulary:
    """Read names from the parsed ontology files."""
    themes: list[tuple[str, URIRef]] = []
    indicators: list[tuple[str, URIRef]] = []
    units: list[tuple[str, URIRef]] = []
    codes: dict[str, list[tuple[str, URIRef]]] = {}
    for graph in graphs.values():
        for subject, label in graph.subject_objects(SKOS.prefLabel):
            if not isinstance(subject, URIRef) or not isinstance(label, Literal):
                continue
            slug = _slug(subject)
            names = [(slug, subject)] + ([(str(label), subject)] if label.language == "ja" else [])
            if (subject, RDF.type, JDX.PolicyTheme) in graph:
                themes += names
            elif (subject, RDF.type, JDX.IndicatorConcept) in graph:
                indicators += names
            elif str(subject).startswith(str(C)) and "-" in slug:
                code_list, _, token = slug.partition("-")
                named = [(token, subject), *names[1:]]
                codes.setdefault(code_list, []).extend(named)
                units += named if code_list == "unit" else []
            elif str(subject).startswith(str(UNIT)):
                units += names[1:]
    defaults = {
        subject: unit
        for graph in graphs.values()
        for subject, unit in graph.subject_objects(URIRef(BASE + "ont#unit"))
        if isinstance(subject, URIRef) and isinstance(unit, URIRef)
    }
    return Vocabulary(
        collect(themes),
        collect(indicators),
        collect(units),
        {key: collect(pairs) for key, pairs in codes.items()},
        defaults,
    )


def _slug(iri: URIRef) -> str:
    for base in (str(TH), str(IND), str(C)):
        if str(iri).startswith(base):
            return str(iri)[len(base) :]
    return str(iri)


@dataclass(frozen=True)
class Government:
    """One local government of the reference table."""

    code: str
    kind: str
    name: str
    kana: str
    romaji: str
    prefecture: str
    row: Mapping[str, str]

    @property
    def iri(self) -> URIRef:
        """id/lg/{code}."""
        return ID[f"lg/{self.code}"]


def check_digit(code5: str) -> str:
    """The check digit of a five-digit local-government code (ontology §2).

    >>> check_digit("22130")
    '9'
    """
    total = sum(int(digit) * weight for digit, weight in zip(code5, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10 if total >= 11 else (11 - total) % 10)


def check_code(code: str) -> str:
    """Return `code` when it is six digits and its check digit is right; raises CodeError otherwise."""
    if not re.fullmatch(r"\d{6}", code):
        raise CodeError(
            f"“{code}” is no local-government code",
            ja=f"「{code}」は地方公共団体コードではありません",
            do="A code has six digits, such as 221309",
            do_ja="コードは 221309 のような6桁の数字です",
            rule="data/README.md",
        )
    if check_digit(code[:5]) != code[5]:
        raise CodeError(
            f"the check digit of {code} is wrong",
            ja=f"コード {code} の検査数字が正しくありません",
            do=f"Did you mean {code[:5]}{check_digit(code[:5])}?",
            do_ja=f"{code[:5]}{check_digit(code[:5])} ではありませんか？",
            rule="data/README.md",
        )
    return code


def load_governments(path: Path) -> dict[str, Government]:
    """Read the reference table: code → government, in the order of the table."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["code"]: Government(
            row["code"], row["kind"], row["name"], row["kana"], row["romaji"], row["prefecture"], row
        )
        for row in rows
    }


def government_names(governments: Mapping[str, Government]) -> Names:
    """Codes, names, and prefecture and name in one word."""
    pairs: list[tuple[str, URIRef]] = []
    for government in governments.values():
        pairs += [(government.code, government.iri), (government.name, government.iri)]
        prefecture = governments.get(government.prefecture)
        if prefecture and prefecture.code != government.code:
            pairs.append((prefecture.name + government.name, government.iri))
    return collect(pairs)


_PROVISION = re.compile(r"^(?P<law>.+?)(?P<tail>第\d+条(?:の\d+)*(?:第\d+項)?(?:第\d+号)?)?$")
_TAIL = re.compile(r"第(\d+)条((?:の\d+)*)(?:第(\d+)項)?(?:第(\d+)号)?")


def split_provision(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Split 法律名 第9条第3項 into the law and the path of its provision.

    Each step is (path below the law, its words), the widest first.

    >>> split_provision("官民データ活用推進基本法 第9条第3項")
    ('官民データ活用推進基本法', (('art9', '第9条'), ('art9/p3', '第9条第3項')))
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = _PROVISION.match(plain)
    if not found or not found["tail"]:
        return plain, ()
    tail = _TAIL.fullmatch(found["tail"])
    if not tail:
        return plain, ()
    article, branch, paragraph, item = tail.groups()
    path, words = f"art{article}{branch.replace('の', '-')}", f"第{article}条{branch}"
    steps = [(path, words)]
    if paragraph:
        path, words = f"{path}/p{paragraph}", f"{words}第{paragraph}項"
        steps.append((path, words))
    if item:
        path, words = f"{path}/i{item}", f"{words}第{item}号"
        steps.append((path, words))
    return found["law"], tuple(steps)

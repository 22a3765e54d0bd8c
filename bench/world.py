"""Generate a synthetic nation: plans as our YAML with registers, registrations and locks, the same for the same seed.

A plan is drawn from one of the recorded plans: all its elements keep their kinds, numbers, keys, line ranges and gaps, so
the distributions of initiatives, actions, KPIs, values, statuses, evidence, completeness and stubs are those of the data;
initiatives are left out, themes exchanged, figures scaled and years shifted by chance. Titles say 合成, every registration
says `synthetic: true`, documents and graphs are called …-gosei-…, and nothing of the recorded plans themselves is taken over.

    python bench/world.py DIR --plans 100 --seed 7
"""

from __future__ import annotations

import argparse
import copy
import csv
import hashlib
import random
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from keikaku.read.numbers import number_path

#: Editions of one government, oldest first, and by how many years their donor is shifted.
EDITIONS = {"2018": -4, "2022": 0, "2025": 3}
#: The newest plan of a government is the one of this edition; the others are added when there are more plans than governments.
ORDER = ("2022", "2018", "2025")
SLUG = "gosei"
_FISCAL = re.compile(r"FY(\d{4})")
_DATE = re.compile(r"^(\d{4})((?:-\d\d){0,2})$")
_PATH = re.compile(r"^i/")
#: Keys whose text holds dates.
_DATED = {"when", "from", "to", "covers", "starts", "within"}
Tree = Any


@dataclass(frozen=True)
class Donor:
    """A recorded plan with its registration, lock rows and register."""

    code: str
    plan: Tree
    source: Tree
    lock: list[list[str]]
    register: Tree


def load(path: Path) -> Tree:
    """A YAML file with every scalar as text."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - makes text only


def dump(tree: Tree) -> str:
    """YAML as short as it gets."""
    return yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1000)


def donors(data: Path) -> list[Donor]:
    """The recorded plans."""
    sources = {entry["document"]: entry for entry in load(data / "sources.yaml")["documents"]}
    found = []
    for path in sorted((data / "plans").glob("*.yaml")):
        plan = load(path)
        name, code = plan["document"], plan["plan"].split("/")[0]
        rows = [row.split("\t") for row in (data / "evidence" / f"{name}.tsv").read_text("utf-8").splitlines()[1:]]
        own = load(data / "registers" / f"{code}.yaml")
        for above in (data / "registers").glob(f"{code[:2]}000?.yaml"):
            own = merged(own, load(above), 50)
        found.append(Donor(code, plan, sources[name], rows, own))
    return found


def governments(data: Path) -> list[dict[str, str]]:
    """The rows of the reference table."""
    with (data / "local-governments.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def choose(rows: list[dict[str, str]], plans: int, seed: int) -> list[tuple[dict[str, str], str]]:
    """Which governments have a plan, and of which edition: a larger world holds the smaller one of the same seed."""
    if plans > len(rows) * len(ORDER):
        raise SystemExit(f"at most {len(rows) * len(ORDER)} plans")
    shuffled = random.Random(seed).sample(rows, len(rows))
    every = [(row, edition) for edition in ORDER for row in shuffled]
    return every[:plans]


class Writer:
    """Writes one plan of one government."""

    def __init__(self, donor: Donor, row: dict[str, str], edition: str, seed: int) -> None:
        self.donor, self.row, self.edition = donor, row, edition
        self.chance = random.Random(f"{seed}/{row['code']}/{edition}")
        self.shift = EDITIONS[edition]
        self.name = f"{row['code']}-{SLUG}-{edition}"

    def plan(self, themes: list[str]) -> Tree:
        """The plan file as a tree."""
        tree = copy.deepcopy(self.donor.plan)
        tree["plan"], tree["document"] = f"{self.row['code']}/{SLUG}/{self.edition}", self.name
        tree["title"] = {
            "ja": f"{self.row['name']}DX推進計画(合成データ・{self.edition})",
            "en": f"{self.row['romaji']} DX Promotion Plan (synthetic data, {self.edition})",
        }
        kept = set(self._referred(tree))
        tree["initiatives"] = [one for one in tree["initiatives"] if self._stays(one, kept)]
        for one in self._elements(tree):
            self._theme(one, themes)
            self._figures(one)
        return self._walk(tree, "")

    def _stays(self, initiative: Tree, kept: set[str]) -> bool:
        return "list" in initiative or _number(initiative["no"]) in kept or self.chance.random() > 0.12

    def _referred(self, tree: Tree) -> Iterator[str]:
        """Numbers of initiatives that something else of the plan names by their path."""
        for key in ("completeness", "quality"):
            for one in tree.get(key, ()):
                for path in (*one.get("missing", ()), *one.get("about", ())):
                    if _PATH.match(path):
                        yield path.split("/")[1]

    def _elements(self, tree: Tree) -> Iterator[Tree]:
        for initiative in tree["initiatives"]:
            yield initiative
            for key in ("actions", "kpis"):
                found = initiative.get(key)
                yield from found if isinstance(found, list) else ()

    def _theme(self, element: Tree, themes: list[str]) -> None:
        old = element.get("themes")
        if isinstance(old, list) and all(isinstance(one, str) for one in old) and self.chance.random() < 0.15:
            fresh = self.chance.choice(themes)
            element["themes"] = [fresh, *(one for one in old[1:] if one != fresh)]

    def _figures(self, element: Tree) -> None:
        """Scale the plain whole numbers of one KPI by one factor, so that what grows still grows."""
        values = [
            *element.get("targets", ()),
            *([element["baseline"]] if isinstance(element.get("baseline"), dict) else []),
        ]
        if not values or element.get("unit") == "%" or any("parts" in one or "milestone" in one for one in values):
            return
        factor = self.chance.randint(2, 9)
        for one in values:
            if re.fullmatch(r"[1-9]\d*", one.get("value", "")):
                one["value"] = str(int(one["value"]) * factor)
                one.pop("printed", None)

    def _walk(self, tree: Tree, key: str) -> Tree:
        """Shift years, mark titles, and say of this government what the donor says of itself."""
        if isinstance(tree, dict):
            return {
                name: self._title(value) if name == "title" else self._walk(value, name) for name, value in tree.items()
            }
        if isinstance(tree, list):
            return [self._walk(one, key) for one in tree]
        if tree == self.donor.code:
            return self.row["code"]
        if key not in _DATED or not self.shift:
            return tree
        if found := _DATE.match(tree):
            return f"{int(found[1]) + self.shift}{found[2]}"
        return _FISCAL.sub(lambda m: f"FY{int(m[1]) + self.shift}", tree)

    def _title(self, title: Tree) -> Tree:
        if "合成" in title["ja"]:
            return title
        number = self.chance.randint(1, 999)
        return {"ja": f"合成{number} {title['ja']}"[:39], "en": f"Synthetic {number}: {title.get('en', '')}"[:78]}

    def source(self) -> Tree:
        """Its registration."""
        entry = copy.deepcopy(self.donor.source)
        entry |= {
            "document": self.name, "publisher": self.row["code"], "file": f"{self.name}.txt", "synthetic": "true",
            "title": {"ja": f"合成データ {self.name}", "en": f"Synthetic data {self.name}"},
            "issued": f"{int(entry.get('issued', '2022')[:4]) + self.shift}", "sha256": _hash(self.name),
        }  # fmt: skip
        for heading in entry.get("headings", ()):
            heading["heading"] = f"合成の見出し {heading['line']}"
        return {"documents": [entry]}

    def lock(self) -> str:
        """Its lock file; the hashes are of nothing but its name and the lines."""
        rows = ["first\tlast\tstart\tend\tsha256"]
        rows += ["\t".join([*row[:4], _hash(f"{self.name} {row[0]}-{row[1]}")]) for row in self.donor.lock]
        return "\n".join(rows) + "\n"


def merged(first: Tree, second: Tree, offset: int) -> Tree:
    """A register with what another has besides, under numbers that begin higher: a plan also names what its prefecture has.

    What both have under one name or id gets the other's names beside its own.
    """
    whole: Tree = copy.deepcopy(first)
    for section, entries in second.items():
        if section == "government":
            continue
        old = whole.setdefault(section, [])
        for entry in copy.deepcopy(entries):
            same = next(
                (one for one in old if _names(one) & _names(entry) or one.get("id") == entry.get("id", "")), None
            )
            if same is not None:
                known = set().union(*map(_names, old))
                more = [name for name in (entry["name"]["ja"], *entry.get("also", ())) if name not in known]
                if more:
                    same["also"] = [*same.get("also", ()), *more]
                continue
            if "no" in entry:
                entry["no"] = str(int(entry["no"]) + offset)
            old.append(entry)
    return whole


def _names(entry: Tree) -> set[str]:
    return {*entry["name"].values(), *entry.get("also", ())}


def register(donor: Donor, code: str, recorded: Tree | None) -> Tree:
    """The register of a government: what a recorded one holds, then what that of the donor does."""
    if recorded is None:
        return {**donor.register, "government": code}
    return recorded if code == donor.code else merged(recorded, donor.register, 100)


def _number(no: str) -> str:
    """The number of an initiative as its IRI has it."""
    return number_path(no, pad=True)


def _hash(text: str) -> str:
    return hashlib.sha256(f"synthetic {text}".encode()).hexdigest()


def write_plan(data: Path, donor: Donor, row: dict[str, str], edition: str, seed: int, themes: list[str]) -> Path:
    """Write the four files of one plan."""
    writer = Writer(donor, row, edition, seed)
    path = data / "plans" / f"{writer.name}.yaml"
    path.write_text(dump(writer.plan(themes)), encoding="utf-8")
    (data / "sources" / f"{writer.name}.yaml").write_text(dump(writer.source()), encoding="utf-8")
    (data / "evidence" / f"{writer.name}.tsv").write_text(writer.lock(), encoding="utf-8")
    return path


def write(folder: Path, plans: int, seed: int, project: Path = ROOT) -> Path:
    """Write a world of so many plans into `folder`, in place of what is there; ontology, shapes and queries are linked."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    for name in ("plans", "sources", "evidence", "registers"):
        (data / name).mkdir(parents=True)
    for name in ("ontology", "shapes", "queries"):
        if not (folder / name).exists():
            (folder / name).symlink_to(project / name)
    real = project / "data"
    shutil.copy(real / "local-governments.csv", data)
    (data / "sources.yaml").write_text("documents: []\n", encoding="utf-8")
    for path in (real / "registers").glob("*.yaml"):
        shutil.copy(path, data / "registers")
    given = donors(real)
    themes = sorted({t for d in given for i in d.plan["initiatives"] for t in i["themes"] if isinstance(t, str)})
    of_government: dict[str, Donor] = {}
    for row, edition in choose(governments(real), plans, seed):
        code = row["code"]
        if code not in of_government:
            own = [donor for donor in given if donor.code == code]
            of_government[code] = own[0] if own else random.Random(f"{seed}/{code}").choice(given)
            path = data / "registers" / f"{code}.yaml"
            recorded = load(path) if path.is_file() else None
            path.write_text(dump(register(of_government[code], code, recorded)), encoding="utf-8")
        write_plan(data, of_government[code], row, edition, seed, themes)
    return folder


def main() -> None:
    """Write a world."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plans", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.plans, chosen.seed)


if __name__ == "__main__":
    main()

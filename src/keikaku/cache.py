"""Results kept between builds, one per document, under the hash of everything they depend on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keikaku.errors import Place
from keikaku.report import Finding, Severity
from keikaku.settings import Settings


@dataclass(frozen=True)
class Part:
    """The result for one document, or for ontology and reference: statements per named graph, and findings."""

    name: str
    key: str
    graphs: Mapping[str, bytes]
    findings: tuple[Finding, ...]
    reused: bool = False
    source: str = ""

    @property
    def errors(self) -> int:
        """How many findings stop the build."""
        return sum(f.severity is Severity.VIOLATION for f in self.findings)


def cache_path(settings: Settings, name: str) -> Path:
    """Where the result for one document is kept between builds."""
    return settings.build / "cache" / name


def load_part(settings: Settings, name: str, key: str) -> Part | None:
    """A kept result of exactly this key, or None."""
    folder = cache_path(settings, name)
    try:
        head = json.loads((folder / "part.json").read_text(encoding="utf-8"))
        if head["key"] != key:
            return None
        graphs = {graph: (folder / file).read_bytes() for graph, file in head["graphs"].items()}
    except (OSError, ValueError, KeyError):
        return None
    findings = tuple(Finding(Severity(f[0]), Place(*f[1]), *f[2:]) for f in head["findings"])
    return Part(head["name"], key, graphs, findings, reused=True, source=head["source"])


def write_part(settings: Settings, name: str, part: Part) -> None:
    """Keep a result; its head is written last, so a half-written one is never used."""
    folder = cache_path(settings, name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "part.json").unlink(missing_ok=True)
    files = {}
    for number, (graph, data) in enumerate(sorted(part.graphs.items())):
        files[graph] = f"{number}.nq"
        (folder / files[graph]).write_bytes(data)
    findings = [
        [
            int(f.severity),
            [f.place.file, f.place.line],
            f.rule,
            f.text_en,
            f.text_ja,
            f.do_en,
            f.do_ja,
            f.where,
            f.focus,
        ]
        for f in part.findings
    ]
    head = {"name": part.name, "key": part.key, "source": part.source, "graphs": files, "findings": findings}
    temporary = folder / "part.json.new"
    temporary.write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / "part.json")

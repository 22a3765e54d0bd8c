"""Results kept between builds, one per document, under the hash of everything they depend on."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from keikaku.errors import Place
from keikaku.report import Finding, Severity
from keikaku.settings import Settings

#: The heads of all results in one file; as JSON a nation of them took half a second of every build.
MANIFEST = "manifest.pickle"


@dataclass(frozen=True)
class Digest:
    """What is known of a named graph without its statements: the hash of its sorted N-Quads, and how many there are."""

    sha256: str
    count: int


def digest_of(data: bytes) -> Digest:
    """The digest of sorted N-Quads."""
    return Digest(hashlib.sha256(data).hexdigest(), data.count(b"\n"))


@dataclass(frozen=True)
class KeptGraphs(Mapping[str, bytes]):
    """Statements per named graph as files, read when they are asked for: those of a nation do not fit into memory."""

    files: Mapping[str, str]

    def __getitem__(self, graph: str) -> bytes:
        return Path(self.files[graph]).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


@dataclass(frozen=True)
class Part:
    """The result for one document, or for ontology and reference: statements per named graph, findings, and what is counted together."""

    name: str
    key: str
    graphs: Mapping[str, bytes] = field(repr=False)
    findings: tuple[Finding, ...]
    reused: bool = False
    source: str = ""
    digests: Mapping[str, Digest] = field(default_factory=dict, repr=False)
    tallies: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> int:
        """How many findings stop the build."""
        return sum(f.severity is Severity.VIOLATION for f in self.findings)

    @property
    def statements(self) -> int:
        """How many statements it has."""
        return sum(digest.count for digest in self.digests.values())


def cache_path(settings: Settings, name: str) -> Path:
    """Where the result for one document is kept between builds."""
    return settings.build / "cache" / name


#: Name that a result is kept under → its key and its head, as it is written: of a nation one changes, and the others need not be
#: written again, nor read before it is known which has changed.
Manifest = dict[str, tuple[str, bytes]]


def load_manifest(settings: Settings) -> Manifest:
    """The heads of all kept results in one file; empty when there is none, or another program wrote it in a form of its own."""
    try:
        found = pickle.loads(cache_path(settings, MANIFEST).read_bytes())  # noqa: S301 - written by ourselves
    except Exception:  # a damaged file may raise anything; without it the results are asked one by one
        return {}
    whole = isinstance(found, dict) and all(
        isinstance(head, tuple) and [*map(type, head)] == [str, bytes] for head in found.values()
    )
    return found if whole else {}


def write_manifest(settings: Settings, parts: Mapping[str, Part], before: Manifest) -> Manifest:
    """Write the heads of the parts, by the name each is kept under; those of reused parts are as they were before. Returns them."""
    heads = {
        name: before[name] if part.reused and name in before else (part.key, pickle.dumps(_head(part), protocol=5))
        for name, part in parts.items()
    }
    write_whole(cache_path(settings, MANIFEST), pickle.dumps(heads, protocol=5))
    return heads


def is_kept(settings: Settings, name: str, key: str, manifest: Manifest) -> bool:
    """Whether a result of exactly this key seems to be kept; only reading it tells for certain."""
    if name in manifest:
        return manifest[name][0] == key
    return (cache_path(settings, name) / "part.json").is_file()


def write_no_manifest(settings: Settings) -> None:
    """Forget the heads in one file, before results are replaced one by one."""
    cache_path(settings, MANIFEST).unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(data)
    temporary.replace(path)


def load_part(settings: Settings, name: str, key: str, manifest: Manifest | None = None) -> Part | None:
    """A kept result of exactly this key, or None."""
    folder = f"{settings.build}/cache/{name}"  # of a nation there are thousands, and paths take longer than their files
    try:
        if manifest and name in manifest:
            head = pickle.loads(manifest[name][1])  # noqa: S301 - written by ourselves
        else:
            head = json.loads(Path(folder, "part.json").read_text(encoding="utf-8"))
        if head["key"] != key or not os.path.isfile(f"{folder}/part.json"):  # noqa: PTH113 - as above
            return None
        findings = tuple(Finding(Severity(f[0]), Place(*f[1]), *f[2:]) for f in head["findings"])
        digests = {graph: Digest(*values) for graph, values in head["digests"].items()}
        kept = KeptGraphs({graph: f"{folder}/{number}.nq" for number, graph in enumerate(sorted(digests))})
        return Part(head["name"], key, kept, findings, True, head["source"], digests, head["tallies"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_part(settings: Settings, name: str, part: Part) -> Part:
    """Keep a result. Returns it with its files."""
    kept = write_statements(settings, name, part)
    write_head(settings, name, kept)
    return kept


def write_statements(settings: Settings, name: str, part: Part) -> Part:
    """Keep the statements of a result, which is not used before its head is written too. Returns it with its files."""
    folder = cache_path(settings, name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "part.json").unlink(missing_ok=True)
    files: dict[str, str] = {}
    digests: dict[str, Digest] = {}
    for number, graph in enumerate(sorted(part.graphs)):
        data = part.graphs[graph]
        path = folder / f"{number}.nq"
        path.write_bytes(data)
        files[graph], digests[graph] = str(path), digest_of(data)
    return replace(part, graphs=KeptGraphs(files), digests=digests)


def write_head(settings: Settings, name: str, part: Part) -> None:
    """Keep all else of a result whose statements are kept."""
    write_whole(cache_path(settings, name) / "part.json", json.dumps(_head(part), ensure_ascii=False).encode())


def _head(part: Part) -> dict[str, Any]:
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
    digests = {graph: [d.sha256, d.count] for graph, d in part.digests.items()}
    return {
        "name": part.name,
        "key": part.key,
        "source": part.source,
        "digests": digests,
        "findings": findings,
        "tallies": dict(part.tallies),
    }

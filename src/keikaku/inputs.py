"""What the result for a document depends on, by the hashes of files: from it follows what has to be done again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from keikaku.fingerprints import Fingerprints
from keikaku.ground import core_files, hash_files
from keikaku.read.documents import SOURCES_FILE, Documents, lock_path, registration_path
from keikaku.settings import Settings


@dataclass(frozen=True)
class Inputs:
    """The input files by their hashes."""

    settings: Settings
    files: Fingerprints
    documents: Documents
    registers: Mapping[str, Path] = field(default_factory=dict)

    @cached_property
    def core_key(self) -> str:
        """Hash of what every document depends on."""
        return hash_files(core_files(self.settings))

    @cached_property
    def register_keys(self) -> Mapping[str, str]:
        """Owner → hash of its register."""
        return {owner: self.files.of(path).sha256 for owner, path in self.registers.items()}

    @cached_property
    def base_key(self) -> str:
        """Hash of all that ontology and reference statements depend on."""
        return _digest(
            self.core_key, self._registers(self.registers), self.files.of(self.settings.data / SOURCES_FILE).sha256
        )

    @cached_property
    def _registration(self) -> str:
        """Where documents are registered: making a path for each of a nation takes longer than looking at the files."""
        return str(registration_path(_literal(self.settings.data), "{}"))

    @cached_property
    def _lock(self) -> str:
        return str(lock_path(_literal(self.settings.data), "{}"))

    @cached_property
    def _shared(self) -> str:
        """Hash of the registers that every document sees."""
        return self._registers(owner for owner in self.registers if not owner.isdigit())

    def _registers(self, owners: Iterable[str]) -> str:
        return _digest(*(f"{owner} {self.register_keys[owner]}" for owner in sorted(owners)))

    def key(self, path: Path) -> str:
        """The hash that the result for a document depends on.

        It is over the file, its lock, its registration and the registers it can see: those of the nation, of the codes it
        mentions and of their prefectures. A casebook names governments by their names, and so sees all.
        """
        file = self.files.of(path)
        registered = self.files.of(self._registration.format(file.document)).sha256 if file.document else ""
        return _digest(
            self.core_key, path.name, file.sha256,
            self.files.of(self._lock.format(file.document)).sha256 if file.document else "",
            registered or str(self.documents.get(file.document)),
            self._shared, self._registers(self._seen_from(path, file.codes)),
        )  # fmt: skip

    def _seen_from(self, path: Path, codes: Iterable[str]) -> Iterable[str]:
        if path.parent.name != "plans":
            return self.registers
        starts = {code[:2] for code in codes}
        return {code for code in codes if code in self.registers} | {
            owner for owner in self._prefectures if owner[:2] in starts
        }

    @cached_property
    def _prefectures(self) -> tuple[str, ...]:
        return tuple(owner for owner in self.registers if owner.isdigit() and owner[2:5] == "000")


def _literal(path: Path) -> Path:
    """A path as a format that gives it back."""
    return Path(str(path).replace("{", "{{").replace("}", "}}"))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()

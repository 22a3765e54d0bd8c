"""What a process that builds again and again keeps in memory, so that a change costs only what it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from keikaku.cache import MANIFEST, Manifest, Part, cache_path, is_kept, load_manifest, load_part, write_manifest
from keikaku.fingerprints import Fingerprints
from keikaku.ground import Ground, ground_mark, kept_ground
from keikaku.settings import Settings

#: Where the fingerprints of input files are kept.
FILES = "files.pickle"


@dataclass
class Memory:
    """The results of the build before and what they rest on. A process that builds once begins with none, and reads files."""

    _manifest: Manifest = field(default_factory=dict, repr=False)
    _parts: dict[str, Part] = field(default_factory=dict, repr=False)
    _files: Fingerprints | None = None
    _ground: tuple[Settings, tuple[int, ...], Ground] | None = field(default=None, repr=False)
    _mark: tuple[int, ...] = ()

    def recall(self, settings: Settings, *, full: bool) -> Fingerprints:
        """Forget what may no longer stand: everything in a full build, and where somebody else has built since.

        Gives what is known of input files.
        """
        if full or not self._mark or self._mark != _mark_of(settings):
            self._parts, self._files = {}, None
            self._manifest = {} if full else load_manifest(settings)
        if self._files is None:
            self._files = Fingerprints(cache_path(settings, FILES), trust=not full)
        self._files.again()
        return self._files

    def part(self, settings: Settings, name: str, key: str) -> Part | None:
        """The result for a document of exactly this key, or None."""
        known = self._parts.get(name)
        return known if known is not None and known.key == key else load_part(settings, name, key, self._manifest)

    def has(self, settings: Settings, name: str, key: str) -> bool:
        """Whether there seems to be a result of this key; only asking for it tells for certain."""
        known = self._parts.get(name)
        return (known is not None and known.key == key) or is_kept(settings, name, key, self._manifest)

    def ground(self, settings: Settings) -> Ground:
        """What documents stand on, read again where it was written anew."""
        if self._ground is None or self._ground[:2] != (settings, ground_mark(settings)):
            made = kept_ground(settings)
            self._ground = (settings, ground_mark(settings), made)
        found = self._ground[2]
        found.documents.again()
        return found

    def write(self, settings: Settings, parts: dict[str, Part], *, anew: bool) -> None:
        """Keep the results of a build; `anew` says that some were made anew, so that they are also written."""
        if anew or self._manifest.keys() != parts.keys():
            self._manifest = write_manifest(settings, parts, self._manifest)
        self._parts = {name: part if part.reused else replace(part, reused=True) for name, part in parts.items()}
        self._mark = _mark_of(settings)


def _mark_of(settings: Settings) -> tuple[int, ...]:
    """What tells whether the results were written by somebody else."""
    try:
        found = cache_path(settings, MANIFEST).stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino

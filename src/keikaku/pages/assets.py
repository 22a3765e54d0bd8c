"""The files that pages are shown with: style sheets, pictures and scripts, by name."""

from __future__ import annotations

from pathlib import Path

from keikaku.pages import graph
from keikaku.settings import Settings

#: Suffix of a file → media type.
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".js": "text/javascript; charset=utf-8",
}
#: The SPARQL editor, bundled from npm packages (web/).
_EDITOR = ("editor.js", "editor.css")


def assets(settings: Settings) -> dict[str, Path]:
    """Name → file. Names are looked up and never joined to a path."""
    own = (Path(__file__).parent / "assets").iterdir()
    return {path.name: path for path in sorted(own) if path.suffix in MEDIA} | graph.assets(settings) | editor(settings)


def editor(settings: Settings) -> dict[str, Path]:
    """The files of the editor where they have been built, else none."""
    found = {name: settings.root / "web" / "dist" / name for name in _EDITOR}
    return found if all(path.is_file() for path in found.values()) else {}

"""Where things are: the folder of the project and the folder a build is written to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keikaku.errors import CannotRunError

#: Folders whose presence makes a folder a Keikaku project.
MARKS = ("ontology", "data", "shapes", "queries")


@dataclass(frozen=True)
class Settings:
    """The folders of one run. `root` holds data, ontology, shapes and queries; `build` is written by builds only.

    `report_url` is where readers report errors (KEIKAKU_REPORT_URL, http or https); "" when whoever runs the site names none.
    """

    root: Path
    build: Path
    report_url: str = ""

    @property
    def data(self) -> Path:
        """Plans, registers, evidence locks and reference tables."""
        return self.root / "data"

    @property
    def ontology(self) -> Path:
        """Terms, themes, indicators, codes and the JSON-LD context."""
        return self.root / "ontology"

    @property
    def shapes(self) -> Path:
        """One file of SHACL shapes per class."""
        return self.root / "shapes"

    @property
    def queries(self) -> Path:
        """Competency questions, the library, checks, construct rules and page queries."""
        return self.root / "queries"

    @property
    def current(self) -> Path:
        """The link to the store that readers open."""
        return self.build / "current"


def find(root: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Find the project: `root`, else KEIKAKU_ROOT, else the nearest folder above the working folder or the package.

    Raises CannotRunError when none of them is a Keikaku project.
    """
    env = os.environ if environment is None else environment
    if root is None and env.get("KEIKAKU_ROOT"):
        root = Path(env["KEIKAKU_ROOT"])
    here = Path.cwd()
    candidates = [root] if root else [here, *here.parents, *Path(__file__).resolve().parents]
    for folder in candidates:
        if all((folder / mark).is_dir() for mark in MARKS):
            build = Path(env["KEIKAKU_BUILD"]) if env.get("KEIKAKU_BUILD") else folder / "build"
            return Settings(folder.resolve(), build.resolve(), _web(env.get("KEIKAKU_REPORT_URL", "")))
    raise CannotRunError(
        f"{candidates[0]} is not a Keikaku project: it has no folders {', '.join(MARKS)}",
        ja=f"{candidates[0]} は Keikaku のプロジェクトではありません。フォルダー {', '.join(MARKS)} がありません",
        do="Run inside the checkout, or name it with --root",
        do_ja="リポジトリの中で実行するか、--root で指定してください",
        rule="README.md",
    )


def _web(address: str) -> str:
    """A web address. Raises CannotRunError for any other text, which would become a link."""
    if address and not address.startswith(("https://", "http://")):
        raise CannotRunError(
            f"KEIKAKU_REPORT_URL is no web address: {address}",
            ja=f"KEIKAKU_REPORT_URL がウェブのアドレスではありません: {address}",
            do="Begin it with https://",
            do_ja="https:// で始めてください",
            rule="docs/pages.md",
        )
    return address


def find_sources(settings: Settings, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """Find the folder of the source texts: `folder`, else KEIKAKU_SOURCES, else ../shared/sources beside the checkout.

    Raises CannotRunError when there is none; a build does not need them.
    """
    env = os.environ if environment is None else environment
    chosen = folder or Path(env.get("KEIKAKU_SOURCES") or settings.root.parent / "shared" / "sources")
    if not chosen.is_dir():
        raise CannotRunError(
            f"there is no folder of source texts at {chosen}",
            ja=f"原典の本文のフォルダーが {chosen} にありません",
            do="Name it with --sources DIR or KEIKAKU_SOURCES",
            do_ja="--sources DIR か KEIKAKU_SOURCES で指定してください",
            rule="data/README.md",
        )
    return chosen


def existing_file(path: Path) -> Path:
    """Return `path` when it is a file; raises CannotRunError otherwise."""
    if not path.is_file():
        raise CannotRunError(
            f"there is no file {path}",
            ja=f"ファイル {path} はありません",
            do="Check its name",
            do_ja="名前を確かめてください",
            rule="README.md",
        )
    return path

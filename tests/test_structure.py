"""The shape of the repository: statements flow one way, one place knows each library, nothing of a machine is committed."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "keikaku"

#: A module imports only what stands before it (architecture §1).
ORDER = [
    "errors", "settings", "namespaces", "report", "cache", "fingerprints", "read", "engines", "query_text", "ordering", "store", "endpoint", "infer", "validate", "ground", "inputs", "memory", "making", "base", "swap", "lineage", "build", "watch", "evidence", "analyse", "ask", "search",
    "diff", "draw", "push", "api", "pages", "publish", "serve", "cli",
]  # fmt: skip

#: Libraries that one module (or folder) alone knows.
KNOWN_BY = {
    "pyoxigraph": {"store"},
    "pyshacl": {"validate/shacl.py"},
    "SPARQLWrapper": {"endpoint"},
    "owlrl": {"infer.py"},
    "yaml": {"read/yamltree.py"},
    "ruamel": {"read/layout.py"},
    "sqlite3": {"search"},
    "networkx": {"analyse", "draw"},
    "numpy": {"analyse", "draw"},
    "typer": {"cli"},
    "watchfiles": {"watch.py"},
    "pyvis": {"draw/vis.py"},
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Full names of what a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} if node.module != "keikaku" else {f"keikaku.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_what_stands_before_it(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own in ("__init__", "__main__"):
        return
    assert own in ORDER, f"{own} has no place in the order"
    for name in imports(path):
        if name.startswith("keikaku."):
            other = name.split(".")[1]
            assert ORDER.index(other) <= ORDER.index(own), f"{own} imports {other}, which stands after it"


@pytest.mark.parametrize("library", KNOWN_BY)
def test_each_library_has_one_module_that_knows_it(library: str) -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        if any(name.split(".")[0] == library for name in imports(path))
    }
    assert users, f"nothing uses {library}"
    assert all(any(user == known or user.startswith(f"{known}/") for known in KNOWN_BY[library]) for user in users), (
        users
    )


def test_prefixes_live_in_one_module() -> None:
    for path in modules():
        if path.name != "namespaces.py":
            assert "Namespace(" not in path.read_text(encoding="utf-8"), path


def committed() -> list[Path]:
    names = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [
        ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file() and not (ROOT / name).is_symlink()
    ]


def test_nothing_of_a_machine_is_committed() -> None:
    path_of_a_machine = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|root|home|tmp)/[A-Za-z0-9_.-]+")
    for path in committed():
        if path.suffix in {".png", ".ico"}:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found = path_of_a_machine.search(text)
        assert not found, (path, found and found[0])


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert text.count("--hash=sha256:") > 50
    for line in text.splitlines():
        assert not re.match(r"[a-z].*==[^\\]+$", line), f"{line} has no hash"


def test_ci_runs_the_test_command_of_the_readme() -> None:
    ci = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line.startswith("make")]
    assert ci == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")

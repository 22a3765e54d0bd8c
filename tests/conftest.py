"""What tests share: the small example world, built once, and the source texts where there are any."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keikaku import build, settings
from keikaku.cli.data import write_index
from keikaku.settings import Settings

__all__ = ["write_index"]

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault(
    "KEIKAKU_WARM", "0"
)  # services that tests start make pages when they are asked for (tests/test_warm.py)
WORLD = Path(__file__).parent / "examples" / "world"
#: The files of tests that take longest. They begin first, so that at the end no process has one of them left while the others rest.
LONGEST = (
    "test_materialised.py", "test_publish.py", "test_staying_up.py", "test_endpoint.py", "test_incremental.py", "test_staying.py",
    "test_warm.py", "test_build.py", "test_docs.py", "test_crawl.py", "test_questions.py", "test_world.py", "test_every_page.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files of tests: the longest, then those with most tests."""
    tests = Counter(item.path for item in items)

    def order(item: pytest.Item) -> tuple[int, int]:
        name = item.path.name
        return LONGEST.index(name) if name in LONGEST else len(LONGEST), -tests[item.path]

    items.sort(key=order)


def copy_world(target: Path) -> Settings:
    """A copy of the example world that a test may change; ontology, shapes and queries are the project's own."""
    shutil.copytree(WORLD / "data", target / "data")
    for name in ("ontology", "shapes", "queries"):
        (target / name).symlink_to(ROOT / name)
    return settings.find(target, environment={})


@pytest.fixture
def world(tmp_path: Path, built_world: Settings) -> Settings:
    """A fresh copy of the example world, not built, with the kept results of an earlier build of it."""
    made = copy_world(tmp_path / "world")
    shutil.copytree(built_world.build / "cache", made.build / "cache")
    return made


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a test run see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Do something that the other processes of a test run wait for."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def closure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What OWL derives from the vocabulary, as a build keeps it: it is the same for every world, and takes ten seconds."""
    folder = shared_folder(tmp_path_factory)
    with alone(folder, "closure"):
        made = folder / "closure"
        if not made.exists():
            bare = copy_world(tmp_path_factory.mktemp("bare") / "world")
            build.collect(bare, paths=[])
            shutil.copytree(bare.build / "cache" / "closure", made)
    return made


@pytest.fixture(scope="session")
def built_world(tmp_path_factory: pytest.TempPathFactory, closure: Path) -> Settings:
    """The example world with a store; not to be changed."""
    made = copy_world(tmp_path_factory.mktemp("built") / "world")
    shutil.copytree(closure, made.build / "cache" / "closure")
    assert build.build(made, extras=(write_index,)).stored
    return made


@pytest.fixture(scope="session")
def built_project(tmp_path_factory: pytest.TempPathFactory, closure: Path) -> Settings:
    """The real project, built into a folder of the tests, once for all processes that run them."""
    folder = shared_folder(tmp_path_factory)
    made = Settings(ROOT, folder / "project" / "build")
    with alone(folder, "project"):
        if not made.current.exists():
            shutil.copytree(closure, made.build / "cache" / "closure", dirs_exist_ok=True)
            result = build.build(made, extras=(write_index,))
            assert result.stored, [f.sentence() for f in result.findings if f.severity == 0]
    return made


@pytest.fixture(scope="session")
def sources() -> Iterator[Path]:
    """The folder of source texts; tests that need it are visibly skipped where there is none."""
    folder = Path(os.environ.get("KEIKAKU_SOURCES") or ROOT.parent / "shared" / "sources")
    if not folder.is_dir():
        pytest.skip("no source texts: set KEIKAKU_SOURCES")
    yield folder

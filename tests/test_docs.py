"""What the documents say works: commands, queries and Python run, examples are the real ones, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from rdflib import Graph

from conftest import ROOT, WORLD
from keikaku import store
from keikaku.cli.app import run
from keikaku.read.keys import KEYS
from keikaku.settings import Settings
from test_structure import ORDER

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "data" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
PLAN_FILE = ROOT / "docs" / "plan-file.md"
EXAMPLE = WORLD / "data" / "plans" / "990019-mihon-2023.yaml"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and the file and line it begins on."""

    file: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}"


def blocks(*languages: str) -> list[Block]:
    found: list[Block] = []
    for file in DOCUMENTS:
        opened: tuple[int, str, str] | None = None
        lines: list[str] = []
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            fence = re.match(r"^( *)```(\w*)\s*$", line)
            if opened is None and fence:
                opened, lines = (number, fence[2], fence[1]), []
            elif opened is not None and fence and not fence[2]:
                found.append(Block(file, opened[0], opened[1], "\n".join(lines) + "\n"))
                opened = None
            elif opened is not None:
                lines.append(line.removeprefix(opened[2]))
        assert opened is None, f"{file}:{opened}: this fence is not closed"
    return [block for block in found if block.language in languages]


@dataclass(frozen=True)
class Command:
    """One command of a console or sh block, and the output printed below it."""

    block: Block
    words: tuple[str, ...]
    output: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.block} {' '.join(self.words)}"


def commands() -> Iterator[Command]:
    """Commands of our own; in a console block they stand behind “$ ” and what follows is their output."""
    for block in blocks("console", "sh"):
        prompt = "$ " if block.language == "console" else ""
        pieces = re.split(rf"^{re.escape(prompt)}(?=keikaku )", block.text, flags=re.MULTILINE)
        for piece in pieces:
            line, *output = piece.splitlines() or [""]
            if line.startswith("keikaku "):
                yield Command(block, tuple(shlex.split(line)[1:]), tuple(output) if prompt else ())


COMMANDS = list(commands())


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture
def in_project(built_project: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The working folder is the project, and its build is the one made for the tests."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("KEIKAKU_BUILD", str(built_project.build))
    return built_project


def copy_of_data(target: Path) -> Path:
    """A project of its own with the real data, for commands that write."""
    shutil.copytree(ROOT / "data", target / "data")
    for name in ("ontology", "shapes", "queries"):
        (target / name).symlink_to(ROOT / name)
    return target


def writes(words: tuple[str, ...]) -> bool:
    return words[:2] == ("evidence", "lock") or (words[0] == "fmt" and "--check" not in words)


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_commands_of_the_documents_work(
    command: Command, in_project: Settings, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = list(command.words)
    if words[0] == "serve":
        words = ["serve", "--help"]
    if "-o" in words:
        words[words.index("-o") + 1] = str(tmp_path / words[words.index("-o") + 1])
    if words[0] == "evidence":
        folder = request.getfixturevalue("sources")
        words[words.index("--sources") + 1] = str(folder)
    if writes(command.words):
        monkeypatch.chdir(copy_of_data(tmp_path / "project"))
    code = run(words)
    printed = capfd.readouterr()
    assert code == 0, printed.err
    for line in command.output:
        for cell in re.split(r"\s{2,}", line.strip()):
            assert cell in ("", "…") or plain(cell) in plain(printed.out), f"{cell} is not in the output of {command}"


@pytest.mark.parametrize(
    "target", sorted({t for b in blocks("sh", "console") for t in re.findall(r"^make (\w+)", b.text, re.MULTILINE)})
)
def test_make_targets_of_the_documents_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("block", blocks("sparql"), ids=str)
def test_queries_of_the_documents_have_answers(block: Block, built_project: Settings) -> None:
    assert len(store.open_current(built_project.current).select(block.text)) > 0


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_of_the_documents_runs(block: Block, in_project: Settings) -> None:
    exec(compile(block.text, str(block), "exec"), {"__name__": "__example__"})


@pytest.mark.parametrize("block", blocks("turtle"), ids=str)
def test_turtle_of_the_documents_is_what_the_example_world_says(block: Block, built_world: Settings) -> None:
    said = Graph().parse(data=block.text, format="turtle")
    opened = store.open_current(built_world.current)
    assert len(said) > 0
    for s, p, o in said:
        assert opened.query(f"ASK {{ {store.nt(s)} {store.nt(p)} {store.nt(o)} }}"), f"{s} {p} {o}"


def test_the_example_of_the_plan_file_is_the_example_world() -> None:
    whole = [block.text for block in blocks("yaml") if block.file == PLAN_FILE and block.text.startswith("plan:")]
    assert whole == [EXAMPLE.read_text(encoding="utf-8")], f"copy {EXAMPLE.relative_to(ROOT)} into docs/plan-file.md"


@pytest.mark.parametrize(
    "block", [b for b in blocks("yaml") if b.file == PLAN_FILE or b.file.name == "model.md"], ids=str
)
def test_pieces_of_yaml_stand_in_the_example_world(block: Block) -> None:
    world = {
        line.strip()
        for path in (WORLD / "data").rglob("*.yaml")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert [line for line in block.text.splitlines() if line.strip() not in world] == []


@pytest.mark.parametrize("key", sorted({key for keys in KEYS.values() for key in keys}))
def test_every_key_of_the_plan_file_is_described(key: str) -> None:
    tables = [line for line in PLAN_FILE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert any(f"`{key}`" in line.split("|")[1] for line in tables), f"add `{key}` to the tables of docs/plan-file.md"


def test_no_key_is_described_that_does_not_exist() -> None:
    tables = [line for line in PLAN_FILE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    described = {key for line in tables for key in re.findall(r"`([^`]+)`", line.split("|")[1])}
    assert described - {key for keys in KEYS.values() for key in keys} == set()


def test_the_order_of_modules_is_that_of_the_test_of_it() -> None:
    there = {path.stem for path in (ROOT / "src" / "keikaku").iterdir() if not path.name.startswith("_")}
    order = [name for name in ORDER if name in there]
    lines = [
        line
        for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("`errors`")
    ]
    assert [[name.rstrip("/") for name in re.findall(r"`([a-z_/]+)`", line)] for line in lines] == [order, order]


def anchors(file: Path) -> set[str]:
    """The anchors that a forge makes of headings: lower case, blanks to hyphens, other marks left out."""
    text = re.sub(r"^( *)```.*?^\1```", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    made: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        made.add(name)
    return made


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_relative_links_resolve(file: Path) -> None:
    text = re.sub(r"^( *)```.*?^\1```", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (file.parent / path).resolve() if path else file
        assert target.exists(), f"{file.name}: {link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{file.name}: there is no heading for {link}"


def test_documents_named_in_messages_exist() -> None:
    named = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"docs/[\w-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert {name for name in named if not (ROOT / name).is_file()} == set()

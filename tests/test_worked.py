"""The notebook and the guide for researchers show what the graph says now; `make examples` renews what they show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib
import openpyxl
import pytest
from matplotlib import font_manager

import worked
from conftest import ROOT
from keikaku.settings import Settings
from keikaku.store import open_current

GUIDE = worked.GUIDE.read_text(encoding="utf-8")
RENEW = "run: make examples"


@pytest.fixture
def elsewhere(built_project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder outside the project, with the project named by the environment."""
    matplotlib.use("Agg")
    monkeypatch.setenv("KEIKAKU_ROOT", str(ROOT))
    monkeypatch.setenv("KEIKAKU_BUILD", str(built_project.build))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_notebook_shows_what_its_cells_give(elsewhere: Path) -> None:
    notebook = worked.load(worked.NOTEBOOK)
    kept = [worked.texts(cell["outputs"]) for cell in worked.cells(notebook)]
    assert [worked.texts(outputs) for outputs in worked.run_notebook(notebook)] == kept, RENEW
    out = elsewhere / "build" / "notebook"
    assert len(openpyxl.load_workbook(out / "initiatives.xlsx").worksheets) == 3
    assert (out / "targets.png").read_bytes().startswith(b"\x89PNG")


def test_the_chart_is_drawn_in_english_without_warnings_where_no_typeface_is_japanese(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [font for font in font_manager.fontManager.ttflist if font.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", known)
    notebook = worked.load(worked.NOTEBOOK)
    namespace: dict[str, Any] = {}
    for cell in worked.cells(notebook):
        worked.run_cell("".join(cell["source"]), namespace)
    assert namespace["lang"] == "en"
    labels = [text.get_text() for text in namespace["figure"].findobj(matplotlib.text.Text)]
    assert "Hamamatsu City" in labels
    assert all(ord(letter) < 0x3000 for label in labels for letter in label)


def test_the_notebook_is_small_numbered_and_says_nothing_of_a_machine() -> None:
    text = worked.NOTEBOOK.read_text(encoding="utf-8")
    notebook = worked.load(worked.NOTEBOOK)
    assert len(text) < 150_000
    assert [cell["execution_count"] for cell in worked.cells(notebook)] == list(
        range(1, len(worked.cells(notebook)) + 1)
    )
    assert not re.search(r"(?:^|[\s\"'(])/(?:home|root|Users|tmp|work)/", text)
    assert {output["output_type"] for cell in worked.cells(notebook) for output in cell["outputs"]} == {
        "stream",
        "display_data",
    }


@pytest.mark.parametrize("example", worked.examples(GUIDE), ids=str)
def test_a_query_of_the_guide_gives_the_table_below_it(example: worked.Example, built_project: Settings) -> None:
    assert worked.result(open_current(built_project.current), example.query) == example.table, RENEW


def test_every_query_of_the_guide_has_its_table_and_there_are_ten_examples() -> None:
    assert len(worked.examples(GUIDE)) == GUIDE.count("```sparql\n")
    assert all(example.table for example in worked.examples(GUIDE))
    assert re.findall(r"^## (\d+)\. .+ / .+$", GUIDE, re.MULTILINE) == [str(number) for number in range(1, 11)]

"""Pages about one plan that stay from build to build are those that would be made anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import write_index
from keikaku import build, lineage
from keikaku.pages import graph, open_site
from keikaku.serve.shelf import is_about_one_plan
from keikaku.settings import Settings
from standing import copy_project, edit, keep_pages, key_of, pages_of_plans, staying


@pytest.fixture
def project(built_project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the real project, built."""
    monkeypatch.setattr(graph, "MOST_OFFERED", 0)  # as where plans are many
    return copy_project(built_project, tmp_path)


def change(settings: Settings, name: str, old: str, new: str) -> None:
    """Edit a plan, and build."""
    edit(settings, name, old, new)
    assert build.build(settings, extras=(write_index,)).stored


#: Whose facts change → what is changed in the plan, and in the register.
EDITS = {
    "221309": [
        (r"en: Hamamatsu City DX Promotion Plan", "en: Hamamatsu City DX Plan (changed)"),
        (r"\{theme: online-procedures, ", "{theme: telework, "),
        (r"  kpis: not-stated\n", ""),
    ],
    "142051": [(r"status: draft", "status: adopted")],
}


def test_after_edits_the_pages_of_other_plans_stay_and_are_those_made_anew(project: Settings) -> None:
    keep_pages(project)
    made = staying(project)
    changed: list[str] = []
    for code, edits in EDITS.items():
        changed = [*changed, code]
        for old, new in edits:
            change(project, code, old, new)
        kept, anew = staying(project), pages_of_plans(project)
        assert kept == {address: anew[address] for address in kept}
        assert kept.keys() == {
            address
            for address, page in made.items()
            if is_about_one_plan(key_of(address)) and not any(one in page for one in changed)
        }
        assert open_site(project).build_id in "".join(kept.values()), "the build of today, not that of the page"
    assert len(kept) == 10, "of two plans"


def test_what_is_not_known_to_be_the_same_is_made_anew(project: Settings) -> None:
    keep_pages(project, "/coverage/")
    change(project, "142051", r"status: draft", "status: adopted")
    path = project.current.resolve() / lineage.FILE
    steps = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([[before, [*codes, "222071"]] for before, codes in steps]), encoding="utf-8")
    change(project, "142051", r"en: ([A-Z][a-z]+)", r"en: \1 2")
    kept = staying(project)
    assert kept
    assert not any("222071" in address for address in kept), "what changed in between counts"
    change(project, "142051", r"en: ([A-Z][a-z]+) 2", r"en: \1 3")
    (project.current.resolve() / lineage.FILE).unlink()
    assert staying(project) == {}


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("/id/plan/221309/dx/2023.html", True),
        ("/id/doc/221309-dx-2023.html", True),
        ("/coverage/221309/dx/2023", True),
        ("/graph?plan=221309/dx/2023", True),
        ("/id/plan/221309/dx/2023/i/1-01.html", False),
        ("/id/lg/221309.html", False),
        ("/id/plan/nat/dx/2023.html", False),
        ("/coverage/card/221309/dx/2023", True),
        ("/coverage/221309/dx/2023.json", False),
        ("/graph?depth=2&plan=221309/dx/2023", False),
        ("/coverage", False),
        ("/graph?theme=digital-divide", False),
    ],
)
def test_only_pages_about_one_plan_stay(address: str, stays: bool) -> None:
    assert is_about_one_plan(key_of(address)) is stays

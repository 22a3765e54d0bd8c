"""How the cost of a build grows: synthetic worlds of several sizes, side by side, as a Markdown report.

    python bench/scale.py --sizes 10 100 1000 1788 5364 --plain 4 10 40      (make bench; the last sizes take long)

Beside it stand the stages one by one, the plain rdflib + owlrl + pySHACL pipeline (bench/plain.py) with its findings compared, the
engine's own bulk loader, and `oxigraph load` where the server is installed (make extra).

Wall time says little where others use the machine, so processor time of all processes stands beside it; memory is the
largest sum of the resident memory of all processes of one build.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]

import world as synthetic

from keikaku import settings, store

SIZES, PLAIN = (10, 100), (4, 10)
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of all processors, and the most memory in MB."""

    wall: float
    cpu: float
    memory: float


def run(command: list[str], environment: dict[str, str]) -> Cost:
    """Run a command in a session of its own and measure all its processes. Raises CalledProcessError."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=output, stderr=output)
        spent: dict[str, float] = {}
        most = 0.0
        while process.poll() is None:
            memory = 0.0
            for pid in (path.name for path in Path("/proc").iterdir()):
                if pid.isdigit() and (found := _usage(pid, process.pid)):
                    spent[pid] = max(spent.get(pid, 0.0), found[0])
                    memory += found[1]
            most = max(most, memory)
            time.sleep(0.2)
        wall = time.perf_counter() - start
        if process.returncode:
            output.seek(0)
            raise SystemExit(output.read().decode()[-3000:])
    return Cost(wall, sum(spent.values()), most)


def _usage(pid: str, session: int) -> tuple[float, float] | None:
    """Processor seconds and MB of a process of a session."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    if int(fields[3]) != session:
        return None
    return (int(fields[11]) + int(fields[12])) / TICK, int(fields[21]) * PAGE / 1e6


@dataclass(frozen=True)
class Row:
    """What one size cost."""

    plans: int
    quads: int
    megabytes: float
    full: Cost
    same: Cost
    changed: Cost
    added: Cost
    removed: Cost
    loads: tuple[float, float, float | None]
    stages: dict[str, Any]


def measure(plans: int, folder: Path, seed: int) -> Row:
    """Build a world in full; then with nothing changed, one plan changed, one added, one removed."""
    synthetic.write(folder, plans, seed)
    shutil.rmtree(folder / "build", ignore_errors=True)
    environment = {**os.environ, "KEIKAKU_ROOT": str(folder), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", "from keikaku.cli import main; raise SystemExit(main(['build']))"]
    full = run(command, environment)
    _say(f"{plans} plans: full {full}")
    made = settings.find(folder, environment={})
    opened = store.open_current(made.current)
    quads = len(opened)
    size = sum(path.stat().st_size for path in made.current.resolve().iterdir()) / 1e6
    loads = _loads(made.build)
    same = run(command, environment)
    path = sorted((folder / "data" / "plans").glob("*.yaml"))[0]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Synthetic", "Made up", 1), encoding="utf-8")
    changed = run(command, environment)
    _say(f"{plans} plans: one changed {changed}")
    aside = folder / "aside.yaml"
    path.rename(aside)
    removed = run(command, environment)
    aside.rename(path)
    added = run(command, environment)
    stages = output_of(ROOT / "bench" / "stages.py", folder)
    return Row(plans, quads, size, full, same, changed, added, removed, loads, stages)


def _loads(build: Path) -> tuple[float, float, float | None]:
    """Processor seconds to load what is kept into a new store: as a build does, by the engine's loader from one file, by the server."""
    pieces = sorted((build / "cache").glob("*/*.nq"))
    server = shutil.which("oxigraph") or str(Path(sys.executable).parent / "oxigraph")
    with tempfile.TemporaryDirectory(dir=build) as there:
        whole = Path(there) / "all.nq"
        with whole.open("wb") as file:
            for piece in pieces:
                file.write(piece.read_bytes())
        start = _processor()
        store.create(Path(there) / "ours").load_all(piece.read_bytes() for piece in pieces)
        middle = _processor()
        store.create(Path(there) / "theirs").engine.bulk_load(path=str(whole))
        end = _processor()
        by_server = None
        if Path(server).is_file():
            command = [server, "load", "--location", str(Path(there) / "server"), "--file", str(whole)]
            by_server = run(command, dict(os.environ)).cpu
        return middle - start, end - middle, by_server


@dataclass(frozen=True)
class Plain:
    """The plain pipeline on a world, or None where it was stopped; what a full build of the same world took."""

    plans: int
    told: dict[str, Any] | None
    ours: Cost


def plain(plans: int, folder: Path, seed: int, limit: int) -> Plain:
    """Build a world, and run the plain pipeline on it until the limit of processor seconds."""
    synthetic.write(folder, plans, seed)
    environment = {**os.environ, "KEIKAKU_ROOT": str(folder), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", "from keikaku.cli import main; raise SystemExit(main(['build', '--full']))"]
    full = run(command, environment)
    _say(f"{plans} plans: plain pipeline begins; ours took {full}")
    try:
        return Plain(plans, output_of(ROOT / "bench" / "plain.py", folder, "--limit", str(limit)), full)
    except subprocess.CalledProcessError:
        return Plain(plans, None, full)


def output_of(script: Path, folder: Path, *more: str) -> dict[str, Any]:
    """What a script of ours prints as JSON. Raises CalledProcessError."""
    found = subprocess.run([sys.executable, str(script), str(folder), *more], check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(found.stdout)
    return told


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def exponent(first: Row, second: Row, of: str) -> float:
    """How a cost grows with the number of plans: 1 is linear."""
    one, two = (getattr(row.full, of) for row in (first, second))
    return math.log(two / one) / math.log(second.plans / first.plans)


def report(rows: list[Row], plains: list[Plain], arguments: str, limit: int) -> str:
    """The report as Markdown."""
    machine = f"{os.cpu_count()} cores, {os.sysconf('SC_PHYS_PAGES') * PAGE / 2**30:.0f} GiB, {platform.platform()}"
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "pyshacl", "owlrl", "PyYAML"))
    lines = [
        "# How the cost of a build grows\n",
        f"`python bench/scale.py {arguments}`; {machine}; Python {platform.python_version()}, {versions}; "
        f"load average at the end {', '.join(f'{one:.1f}' for one in os.getloadavg())}.\n",
        "wall / processor seconds.\n",
        "| plans | quads | store MB | full build | memory MB | nothing changed | one plan changed | one added | one removed |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        times = [f"{cost.wall:.1f} / {cost.cpu:.1f}" for cost in (row.same, row.changed, row.added, row.removed)]
        lines.append(
            f"| {row.plans:,} | {row.quads:,} | {row.megabytes:,.0f} | {row.full.wall:.1f} / {row.full.cpu:.1f} | {row.full.memory:,.0f} | {' | '.join(times)} |"
        )
    lines += [
        "",
        "| plans | load: ours, processor s | the engine’s own bulk load of one file | `oxigraph load` |",
        "|---|---|---|---|",
    ]
    for row in rows:
        own, theirs, server = row.loads
        by_server = "not installed" if server is None else f"{server:.1f} (ours {own / max(server, 0.01):.2f} of it)"
        lines.append(
            f"| {row.plans:,} | {own:.1f} | {theirs:.1f} (ours {own / max(theirs, 0.01):.2f} of it) | {by_server} |"
        )
    stages = list(dict.fromkeys(stage for row in rows for stage in row.stages["seconds"]))
    lines += ["", "Stages, processor seconds (those per document from a sample):\n"]
    lines += [f"| plans | {' | '.join(stages)} |", "|---" * (len(stages) + 1) + "|"]
    for row in rows:
        spent = row.stages["seconds"]
        lines.append(f"| {row.plans:,} | {' | '.join(f'{spent.get(stage, 0):.1f}' for stage in stages)} |")
    if rows:
        told = ", ".join(f"{name}: {count:,}" for name, count in rows[-1].stages["findings"].items())
        lines += ["", f"Findings at {rows[-1].plans:,} plans: {told or 'none'}", ""]
    for one, two in pairwise(rows):
        lines.append(
            f"- {one.plans:,} → {two.plans:,} plans: growth exponent of processor time {exponent(one, two, 'cpu'):.2f}, of memory {exponent(one, two, 'memory'):.2f}"
        )
    for row in rows:
        lines.append(
            f"- {row.plans:,} plans: changing one costs {100 * row.changed.cpu / row.full.cpu:.1f} % of the processor time of a full build"
        )
    if plains:
        lines += [
            "",
            f"The plain pipeline (rdflib, owlrl, the rules in rdflib, pySHACL on everything), processor seconds, stopped after {limit:,}:\n",
        ]
        lines += [
            "| plans | triples | load | owlrl | rules | pySHACL | total | memory MB | ours, whole build | ratio | findings |",
            "|---" * 11 + "|",
        ]
    for compared in plains:
        if compared.told is None:
            lines.append(
                f"| {compared.plans:,} | | | | | | more than {limit:,} | | {compared.ours.cpu:.1f} | more than {limit / compared.ours.cpu:.0f} | |"
            )
            continue
        spent = compared.told["seconds"]
        same = (
            "the same"
            if compared.told["same"]
            else f"NOT THE SAME {compared.told['only_plain']} {compared.told['only_ours']}"
        )
        unanswered = compared.told["unanswered"]
        least = "more than " if unanswered else ""
        stages_told = [f"{spent[stage]:.1f}" for stage in ("load", "owlrl", "rules", "pyshacl")]
        stages_told[2] += f" without {', '.join(unanswered)}" if unanswered else ""
        lines.append(
            f"| {compared.plans:,} | {compared.told['triples']:,} | {' | '.join(stages_told)} | "
            f"{least}{compared.told['total']:.1f} | {compared.told['memory']:,.0f} | {compared.ours.cpu:.1f} | {least}{compared.told['total'] / compared.ours.cpu:.1f} | {compared.told['findings']} {same} |"
        )
    return "\n".join(lines) + "\n"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> None:
    """Measure, print and write bench/report.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--plain", type=int, nargs="*", default=PLAIN, help="Sizes for the plain pipeline.")
    parser.add_argument("--limit", type=int, default=1800, help="Processor seconds after which that is stopped.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="Where the worlds are kept; else a folder that is removed.")
    parser.add_argument("--report", type=Path, default=ROOT / "bench" / "report.md")
    chosen = parser.parse_args()
    rows: list[Row] = []
    plains: list[Plain] = []
    arguments = f"--sizes {' '.join(map(str, chosen.sizes))} --plain {' '.join(map(str, chosen.plain))} --limit {chosen.limit} --seed {chosen.seed}"
    with tempfile.TemporaryDirectory() as there:
        folder = chosen.folder or Path(there)

        def keep() -> None:
            chosen.report.write_text(report(rows, plains, arguments, chosen.limit), encoding="utf-8")

        for plans in sorted(chosen.sizes):
            rows.append(measure(plans, folder / f"world-{plans}", chosen.seed))
            keep()
        for plans in sorted(chosen.plain):
            plains.append(plain(plans, folder / f"plain-{plans}", chosen.seed, chosen.limit))
            keep()
            if plains[-1].told is None:
                break
    sys.stdout.write(chosen.report.read_text(encoding="utf-8"))
    if any(one.told is not None and not one.told["same"] for one in plains):
        raise SystemExit("the plain pipeline and our build found different things")


if __name__ == "__main__":
    main()

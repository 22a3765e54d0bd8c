"""How the cost of a build grows: synthetic worlds of several sizes, side by side, as a Markdown report.

    python bench/scale.py --sizes 10 100 1000 1788 5364      (make bench; the last sizes take long)

Wall time says little where others use the machine, so processor time of all processes stands beside it; memory is the
largest sum of the resident memory of all processes of one build.
"""

from __future__ import annotations

import argparse
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

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]

import world as synthetic  # noqa: E402

from keikaku import settings, store  # noqa: E402

SIZES = (10, 100)
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
            time.sleep(0.05)
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
    loads: tuple[float, float]


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
    return Row(plans, quads, size, full, same, changed, added, removed, loads)


def _loads(build: Path) -> tuple[float, float]:
    """Processor seconds to load what is kept into a new store: as a build does, and by the engine's own loader from one file."""
    pieces = sorted((build / "cache").glob("*/*.nq"))
    with tempfile.TemporaryDirectory(dir=build) as there:
        whole = Path(there) / "all.nq"
        with whole.open("wb") as file:
            for piece in pieces:
                file.write(piece.read_bytes())
        start = _processor()
        store.create(Path(there) / "ours").load_all(piece.read_bytes() for piece in pieces)
        middle = _processor()
        store.create(Path(there) / "theirs").engine.bulk_load(path=str(whole))
        return middle - start, _processor() - middle


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def exponent(first: Row, second: Row, of: str) -> float:
    """How a cost grows with the number of plans: 1 is linear."""
    one, two = (getattr(row.full, of) for row in (first, second))
    return math.log(two / one) / math.log(second.plans / first.plans)


def report(rows: list[Row], seed: int) -> str:
    """The report as Markdown."""
    machine = f"{os.cpu_count()} cores, {os.sysconf('SC_PHYS_PAGES') * PAGE / 2**30:.0f} GiB, {platform.platform()}"
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "pyshacl", "owlrl", "PyYAML"))
    lines = [
        "# How the cost of a build grows\n",
        f"`python bench/scale.py --sizes {' '.join(str(row.plans) for row in rows)} --seed {seed}`; {machine}; Python {platform.python_version()}, {versions}; "
        f"load average at the end {', '.join(f'{one:.1f}' for one in os.getloadavg())}.\n",
        "wall / processor seconds; the engine’s own loader is given the same quads in one file.\n",
        "| plans | quads | store MB | full build | memory MB | nothing changed | one plan changed | one added | one removed | load: ours / engine’s own, processor s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        times = [f"{cost.wall:.1f} / {cost.cpu:.1f}" for cost in (row.same, row.changed, row.added, row.removed)]
        lines.append(
            f"| {row.plans:,} | {row.quads:,} | {row.megabytes:,.0f} | {row.full.wall:.1f} / {row.full.cpu:.1f} | {row.full.memory:,.0f} | "
            f"{' | '.join(times)} | {row.loads[0]:.1f} / {row.loads[1]:.1f} ({row.loads[0] / max(row.loads[1], 0.01):.2f}) |"
        )
    lines.append("")
    for one, two in pairwise(rows):
        lines.append(
            f"- {one.plans:,} → {two.plans:,} plans: growth exponent of processor time {exponent(one, two, 'cpu'):.2f}, of memory {exponent(one, two, 'memory'):.2f}"
        )
    for row in rows:
        lines.append(
            f"- {row.plans:,} plans: changing one costs {100 * row.changed.cpu / row.full.cpu:.1f} % of the processor time of a full build"
        )
    return "\n".join(lines) + "\n"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> None:
    """Measure, print and write bench/report.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="Where the worlds are kept; else a folder that is removed.")
    parser.add_argument("--report", type=Path, default=ROOT / "bench" / "report.md")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as there:
        for plans in sorted(chosen.sizes):
            rows.append(measure(plans, (chosen.folder or Path(there)) / f"world-{plans}", chosen.seed))
            text = report(rows, chosen.seed)
            chosen.report.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

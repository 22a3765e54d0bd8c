"""How long the server takes for a page of every kind, how much it sends, and what Lighthouse says.

Run: make bench-pages   or: python bench/pages.py [--root DIR] [--prepared] [--without KIND,…] [--lighthouse] [ADDRESS]
Of every class of things the page of the one is fetched that most things point at, among those drawn from the graph.
With --prepared the service first makes all that it makes beforehand, as it does when it serves; else nothing is.
"first" is the first request after that, "other" the same page in English after that (queries are warm, nothing of the page is kept),
each with the time that the processor spent on it, which other programs do not change (without the workers that answer questions, and
not for an ADDRESS), "kept" the mean of five more.
Lighthouse needs `make test-browser` to have installed it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from questions import percentile

from browser.kinds import CLASSES, FIXED, addresses
from keikaku import settings
from keikaku.cli.app import collect_rarely
from keikaku.namespaces import BASE
from keikaku.pages import Site, open_site
from keikaku.pages.address import place_of
from keikaku.pages.compare import targets
from keikaku.pages.neighbours import count
from keikaku.pages.routes import PAGES
from keikaku.serve.app import make_app
from serving import running

LIGHTHOUSE = ROOT / "tests" / "browser" / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


#: Things of a class that are drawn, and what is asked for besides the addresses of the tests.
DRAWN, SEED = 30, 7


def drawn(site: Site) -> dict[str, str]:
    """Kind of page → address, of a graph of any size: classes that have nothing are left out."""
    graph, chance = site.store, random.Random(SEED)
    found: dict[str, str] = {path: path for path in PAGES} | FIXED
    for name, curie in CLASSES.items():
        rows = graph.select(f"SELECT DISTINCT ?thing WHERE {{ ?thing a {curie} }} ORDER BY ?thing").rows
        things = [str(row[0]) for row in rows if str(row[0]).startswith(BASE)]
        some = chance.sample(things, min(DRAWN, len(things)))
        if some:
            most = max(some, key=lambda thing: (count(graph, thing), thing))
            found[name] = f"/{place_of(most.removeprefix(BASE)).page}.html"
    codes = sorted(
        str(r[0])
        for r in graph.select(
            "SELECT ?c WHERE { ?p a jdx:Plan ; jdx:issuingBody ?g . ?g jdx:localGovernmentCode ?c }"
        ).rows
    )
    plan = found["plan"].removeprefix("/id/plan/").removesuffix(".html")
    two = chance.sample(codes, 2)
    return found | {
        "graph of a plan": f"/graph?plan={plan}",
        "coverage of a plan": f"/coverage/{plan}",
        "card of a plan": f"/coverage/card/{plan}",
        "two cities": "/compare/cities/" + "-".join(sorted(two)),
        "peers of a city": f"/compare/peers/{two[0]}",
        "schedule": f"/compare/timeline/{two[0]}",
        "targets of an indicator": next(iter(targets.prepared(site)), "/compare/targets"),
        "last page of a list": "/kpis?page=100000",
        "matrix as csv": "/compare.csv",
        "list as csv": "/municipalities.csv",
        "data of a theme": found["theme"].removesuffix(".html") + ".ttl",
        "sitemap": "/sitemap.xml",
    }


def times(live: str, kinds: dict[str, str]) -> None:
    """Print a line for each kind of page."""
    print(f"{'kind':24}{'first ms':>10}{'processor':>10}{'other ms':>10}{'processor':>10}{'kept ms':>10}{'kB sent':>9}")
    measured: list[tuple[float, ...]] = []
    with httpx.Client(base_url=live, timeout=120, trust_env=False, headers={"Accept-Encoding": "gzip"}) as client:

        def once(address: str, lang: str = "") -> tuple[float, int]:
            asked = httpx.URL(address).copy_merge_params({"lang": lang} if lang else {})
            start = time.perf_counter()
            with client.stream("GET", asked) as answer:
                sent = sum(len(part) for part in answer.iter_raw())
                answer.raise_for_status()
            return 1000 * (time.perf_counter() - start), sent

        for kind, address in kinds.items():
            try:
                marks = [time.process_time()]
                first, sent = once(address)
                marks.append(time.process_time())
                other, _ = once(address, "en")
                marks.append(time.process_time())
                made, work = (1000 * (end - start) for start, end in pairwise(marks))
                kept = sum(once(address)[0] for _ in range(5)) / 5
            except httpx.HTTPError as error:
                print(f"{kind:24}{error}")
                continue
            slow = " *" if work > 200 or sent > 200_000 else ""
            measured.append((first, made, other, work, kept))
            print(
                f"{kind:24}{first:10.0f}{made:10.0f}{other:10.0f}{work:10.0f}{kept:10.1f}{sent / 1000:9.0f}{slow}",
                flush=True,
            )
    for share in (50, 95):
        several = (percentile(numbers, share / 100) for numbers in zip(*measured, strict=True))
        print(f"{f'p{share} of {len(measured)} kinds':24}{''.join(f'{number:10.0f}' for number in several)}")


def lighthouse(live: str, kinds: dict[str, str]) -> None:
    """Print what Lighthouse gives four pages, and what it takes off for."""
    chromium = os.environ.get("KEIKAKU_CHROMIUM") or shutil.which("chromium") or "chromium"
    for kind in ("/", "plan", "/compare", "/graph"):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            subprocess.run(
                [LIGHTHOUSE, f"{live}{kinds[kind]}", "--quiet", "--output=json", f"--output-path={report}", "--no-enable-error-reporting",
                 "--chrome-flags=--headless=new --no-sandbox --disable-background-networking --disable-component-update"],
                check=True, env={**os.environ, "CHROME_PATH": chromium},
            )  # fmt: skip
            told = json.loads(report.read_text(encoding="utf-8"))
        scores = "  ".join(f"{name} {100 * (told['categories'][name]['score'] or 0):.0f}" for name in CATEGORIES)
        print(f"{kind:10}{scores}")
        lost = {one["id"] for name in CATEGORIES for one in told["categories"][name]["auditRefs"] if one["weight"]}
        for name in sorted(lost):
            audit = told["audits"][name]
            if audit["score"] is not None and audit["score"] < 1:
                print(f"{'':10}{name}: {audit['score']:.2f} {audit.get('displayValue', '')}")


def main() -> None:
    """Start the site on the present build and measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--lighthouse", action="store_true")
    parser.add_argument(
        "--prepared", action="store_true", help="Measure when the service has made what it makes beforehand."
    )
    parser.add_argument("--only", default="")
    parser.add_argument(
        "--without", default="", help="Kinds to leave out, such as /findings of a build that must not be made anew."
    )
    parser.add_argument("address", nargs="?")
    chosen = parser.parse_args()
    if chosen.address:
        _all(chosen.address.rstrip("/"), addresses(chosen.address.rstrip("/")), chosen)
        return
    found = settings.find(chosen.root)
    collect_rarely()  # as the service does
    app = make_app(found, beforehand=chosen.prepared)
    with running(app) as live:
        start = time.monotonic()
        while chosen.prepared and not app.state.prepared:
            time.sleep(1)
        if chosen.prepared:
            print(f"ready after {time.monotonic() - start:.0f} s\n", flush=True)
        _all(live, drawn(open_site(found)), chosen)


def _all(live: str, kinds: dict[str, str], chosen: argparse.Namespace) -> None:
    only, without = (set(filter(None, names.split(","))) for names in (chosen.only, chosen.without))
    chosen_ones = {kind: address for kind, address in kinds.items() if kind not in without}
    times(live, {kind: address for kind, address in chosen_ones.items() if not only or kind in only})
    if chosen.lighthouse:
        lighthouse(live, kinds)


if __name__ == "__main__":
    main()

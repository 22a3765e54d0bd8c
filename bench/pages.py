"""How long the server takes for a page of every kind, how much it sends, and what Lighthouse says.

Run: make bench-pages   or: python bench/pages.py [--lighthouse] [ADDRESS]
"first" is the first request after the start, "other" the same page in English after that (queries are warm, nothing of the page is kept),
"processor" the time that the processor spent on that, which other programs do not change (not for an ADDRESS), "kept" the mean of five more.
Lighthouse needs `make test-browser` to have installed it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser.kinds import addresses  # noqa: E402 - the folder of the tests is on the path from here on
from keikaku import settings  # noqa: E402
from keikaku.serve.app import make_app  # noqa: E402
from serving import running  # noqa: E402

LIGHTHOUSE = ROOT / "tests" / "browser" / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def times(live: str, kinds: dict[str, str]) -> None:
    """Print a line for each kind of page."""
    print(f"{'kind':24}{'first ms':>10}{'other ms':>10}{'processor':>10}{'kept ms':>10}{'kB sent':>9}")
    with httpx.Client(base_url=live, timeout=120, trust_env=False, headers={"Accept-Encoding": "gzip"}) as client:

        def once(address: str, lang: str = "") -> tuple[float, int]:
            asked = httpx.URL(address).copy_merge_params({"lang": lang} if lang else {})
            start = time.perf_counter()
            with client.stream("GET", asked) as answer:
                sent = sum(len(part) for part in answer.iter_raw())
                answer.raise_for_status()
            return 1000 * (time.perf_counter() - start), sent

        for kind, address in kinds.items():
            first, sent = once(address)
            before = time.process_time()
            other, _ = once(address, "en")
            work = 1000 * (time.process_time() - before)
            kept = sum(once(address)[0] for _ in range(5)) / 5
            slow = " *" if work > 100 or sent > 200_000 else ""
            print(f"{kind:24}{first:10.0f}{other:10.0f}{work:10.0f}{kept:10.1f}{sent / 1000:9.0f}{slow}")


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
    given = [word for word in sys.argv[1:] if not word.startswith("-")]
    if given:
        _all(given[0].rstrip("/"))
        return
    with running(make_app(settings.find())) as live:
        _all(live)


def _all(live: str) -> None:
    kinds = addresses(live)
    times(live, kinds)
    if "--lighthouse" in sys.argv:
        lighthouse(live, kinds)


if __name__ == "__main__":
    main()

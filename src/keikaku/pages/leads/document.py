"""The lead of a document: what it is, how much of it is recorded, its sections with their lines, and its faults."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from keikaku.namespaces import GRAPH
from keikaku.pages import chart
from keikaku.pages.leads.rows import Row, Tables
from keikaku.pages.render import View
from keikaku.pages.site import Site
from keikaku.pages.words import ROLES
from keikaku.read.uncovered import WIDE


def make(site: Site, iri: str, view: View, rows: Tables) -> dict[str, Any]:
    """Number of lines, the share of them that facts rest on, counts of what is recorded, and the document's graphs."""
    about = rows["about"][0] if rows["about"] else Row()
    name = iri.rsplit("/", 1)[-1]
    found = re.search(r"(\d+) lines", about["extent"].raw)
    lines = int(found[1]) if found else 0
    ranges = rows.numbers("passages", "first", "last")
    wide = covered(ranges)
    narrow = covered((first, last) for first, last in ranges if last - first < WIDE)
    share = [
        chart.Share(
            view.t(f"{WIDE}行未満の根拠箇所に入る行", f"in passages of fewer than {WIDE} lines"), narrow, "has"
        ),
        chart.Share(view.t("それより広い根拠箇所だけに入る行", "only in wider passages"), wide - narrow, "partly"),
        chart.Share(view.t("根拠に使っていない行", "that nothing rests on"), max(0, lines - wide), "unknown"),
    ]
    graphs = [(f"{GRAPH}{role}/{name}", ROLES[role].of(view.lang)) for role in ("doc", "curation", "inferred")]
    bars = [
        chart.Bar(row["class"].text, int(row["count"].number or 0), row["class"].spans[0].href) for row in rows["kinds"]
    ]
    return {
        "about": about,
        "lines": lines,
        "share": chart.share(share, view.t("行", "Lines"), view.lang) if lines else "",
        "graphs": [pair for pair in graphs if site.knows(pair[0])],
        "bars": chart.bars(bars, view.t("記録したもの", "What is recorded"), view.lang),
    }


def covered(ranges: Iterable[tuple[int, ...]]) -> int:
    """How many lines lie in at least one of these ranges."""
    return len({line for first, last in ranges for line in range(first, last + 1)})

"""Collect what is wrong while reading, so that one run shows everything."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from keikaku.errors import Place
from keikaku.report import Finding, Severity


@dataclass
class Problems:
    """The findings of one reading, as errors with their place."""

    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        place: Place,
        en: str,
        ja: str,
        *,
        do_en: str = "",
        do_ja: str = "",
        where: str = "docs/plan-file.md",
        rule: str = "",
    ) -> None:
        """Note one error, once; reading goes on."""
        finding = Finding(Severity.VIOLATION, place, rule, en, ja, do_en, do_ja, where)
        if finding not in self.findings:  # a unit of a KPI is read for each of its values
            self.findings.append(finding)

    def unknown(self, place: Place, what: tuple[str, str], name: str, known: Iterable[str], where: str) -> None:
        """Note a name that nothing has; suggests the nearest known ones, or all of a few. `what` is (en, ja)."""
        names = list(known)
        near = nearest(name, names) or (names if len(names) <= FEW else [])
        self.add(
            place,
            f"there is no {what[0]} “{name}”",
            f"{what[1]}「{name}」はありません",
            do_en=("Did you mean " + " or ".join(f"“{n}”" for n in near) + "?")
            if near
            else f"Add it to {where} or use a listed name",
            do_ja=("もしかして:" + "、".join(f"「{n}」" for n in near))
            if near
            else f"{where} に追加するか、登録済みの名前を使ってください",
            where=where,
        )


#: So many names are listed whole when none is near.
FEW = 6


def fold(name: str) -> str:
    """Fold a name for comparison: NFKC, no white space, lower case.

    >>> fold("ＤＸ 推進室")
    'dx推進室'
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names most like `name`, best first; at most `most`."""
    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(fold(candidate), candidate)
    hits = difflib.get_close_matches(fold(name), list(by_fold), n=most, cutoff=0.6 if len(name) > 3 else 0.5)
    return [by_fold[hit] for hit in hits]

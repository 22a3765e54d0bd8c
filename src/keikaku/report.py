"""Findings: what a person has to look at, as sentences with a place, sorted, in Japanese and English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from keikaku.errors import Place, joined_ja, sentence


class Severity(IntEnum):
    """SHACL severities (SHACL §2.1.4), the worst first."""

    VIOLATION = 0
    WARNING = 1
    INFO = 2

    @property
    def label(self) -> str:
        """The word used in output: error, warning or info."""
        return ("error", "warning", "info")[self]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong or worth knowing.

    place: file and line; rule: shape or rule id such as S16; text: (ja, en) without place or full stop;
    do: (ja, en), what would be right; focus: IRI of the focus node, or "" for syntax.
    """

    severity: Severity
    place: Place
    rule: str
    text_en: str
    text_ja: str = ""
    do_en: str = ""
    do_ja: str = ""
    where: str = ""
    focus: str = ""

    def sentence(self, lang: str = "en") -> str:
        """The finding as one sentence: place: what is wrong. What to do; where the rule lives."""
        if lang == "ja" and self.text_ja:
            return sentence_ja(self)
        rule = f"{self.where} ({self.rule})" if self.where and self.rule else self.where or self.rule
        return sentence(self.text_en, do=self.do_en, rule=rule, place=self.place)


def sentence_ja(finding: Finding) -> str:
    """The same sentence in Japanese, with Japanese punctuation."""
    text = joined_ja(finding.text_ja, finding.do_ja, place=finding.place)
    rule = "、".join(part for part in (finding.where, finding.rule) if part)
    return f"{text}(規則: {rule})" if rule else text


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by severity label; every label is present."""
    seen = Counter(f.severity.label for f in findings)
    return {s.label: seen[s.label] for s in Severity}

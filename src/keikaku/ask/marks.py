"""How far an answer may be relied on: the marks of its rows with their reasons, and what its rows are all there are of (ontology §10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum

from keikaku.ask.words import Text


class Mark(IntEnum):
    """How far an answer may be relied on; the better the smaller."""

    SOUND = 0
    PARTLY = 1
    UNSOUND = 2

    @property
    def token(self) -> str:
        """The word for programs: sound, partly, unsound."""
        return self.name.lower()


MARKS = {
    Mark.SOUND: Text("確か", "sound"),
    Mark.PARTLY: Text("一部確か", "partly sound"),
    Mark.UNSOUND: Text("確かでない", "unsound"),
}

#: Why a row has its mark.
REASONS = {
    "stated": Text("根拠箇所に書かれている", "stated in the passages"),
    "closed": Text("記録が完全だと宣言されている", "the record is declared complete"),
    "not-stated": Text("計画に書かれていないことを確かめた", "the plan was read and does not state it"),
    "says-unknown": Text("不明と答えている", "the row says that it is unknown"),
    "reference": Text("参照データに基づく", "from reference data"),
    "text-only": Text("受領した本文について完全", "complete for the received text only"),
    "open": Text("記録が完全だと宣言されていない", "the record is not declared complete"),
    "lost": Text("原典の本文から失われている", "lost from the text of the source"),
    "no-passage": Text("根拠箇所がない", "no passage"),
}
#: The reasons for which a row is not sound.
MARK_OF = {"text-only": Mark.PARTLY, "open": Mark.UNSOUND, "lost": Mark.UNSOUND, "no-passage": Mark.UNSOUND}


@dataclass(frozen=True)
class Judged:
    """The mark of one row, the reasons (keys of REASONS), and the aspects that are not closed."""

    mark: Mark
    reasons: tuple[str, ...]
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reach:
    """For which plans (or casebooks) the rows are all there are: closed, closed for the received text, or open.

    What is not listed is absent only in the first; each is a sorted tuple of IRIs.
    """

    aspects: tuple[str, ...]
    closed: tuple[str, ...]
    text_only: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def things(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.closed, *self.text_only, *self.open)


@dataclass(frozen=True)
class Soundness:
    """The judgement of a whole answer: sound when every row is, unsound when none is, else partly sound."""

    rows: tuple[Judged, ...]
    reach: Reach | None = None

    @property
    def mark(self) -> Mark:
        """The mark of the answer; an answer without rows denies nothing by itself and is sound."""
        marks = {judged.mark for judged in self.rows}
        return next(iter(marks)) if len(marks) == 1 else Mark.PARTLY if marks else Mark.SOUND

    def counts(self) -> dict[Mark, int]:
        """Rows per mark, all three always."""
        found = Counter(judged.mark for judged in self.rows)
        return {mark: found[mark] for mark in Mark}

    def sentence(self) -> Text:
        """The mark with its denominator and, where a row is not sound, why."""
        counts, total = self.counts(), len(self.rows)
        sound, label = counts[Mark.SOUND], MARKS[self.mark]
        why = dict.fromkeys(
            reason for judged in self.rows if judged.mark for reason in judged.reasons if reason in MARK_OF
        )
        ja = f"答えの確かさ: {label.ja}（{total:,}行のうち{sound:,}行が確か）"
        en = f"Soundness: {label.en} ({sound:,} of {total:,} rows are sound)"
        if not why:
            return Text(f"{ja}。", f"{en}.")
        return Text(
            f"{ja}。確かでない理由: {'、'.join(REASONS[r].ja for r in why)}。",
            f"{en}. Why not all: {'; '.join(REASONS[r].en for r in why)}.",
        )

"""Errors that mean "cannot go on"; everything that can be collected is a finding (see `report`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A place in a file that a person can open: the path as the person sees it, and a line counted from 1.

    Places sort by file and line; a place without a line comes before the lines of its file.
    """

    file: str
    line: int | None = None

    def __lt__(self, other: Place) -> bool:
        return (self.file, self.line or 0) < (other.file, other.line or 0)

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


def shown_path(path: Path, root: Path) -> str:
    """Write `path` as seen from `root`, or in full when it lies outside."""
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(path)


class KeikakuError(Exception):
    """One sentence for a person: `place: what is wrong. What to do; where the rule lives.`

    `ja` and `do_ja` are `what` and `do` in Japanese, without the last 。; a rule is a file or a command, the same in both languages.
    As text the sentence is English, for logs and programs. `exit_code` is 1 for wrong input, 2 where the command cannot run at all.
    """

    exit_code = 1

    def __init__(
        self, what: str, *, ja: str = "", do: str = "", do_ja: str = "", rule: str = "", place: Place | None = None
    ) -> None:
        self.what, self.do, self.rule, self.place = what, do, rule, place
        self.ja, self.do_ja = ja, do_ja
        super().__init__(str(self))

    def __str__(self) -> str:
        return sentence(self.what, do=self.do, rule=self.rule, place=self.place)

    def sentence(self, lang: str = "en") -> str:
        """The sentence in `lang` ("ja" or "en").

        >>> error = KeikakuError("there is no theme “cashles”", ja="テーマ「cashles」はありません", place=Place("x.yaml", 7))
        >>> error.sentence("ja")
        'x.yaml:7: テーマ「cashles」はありません。'
        >>> error.sentence("en") == str(error)
        True
        """
        if lang != "ja" or not self.ja:
            return str(self)
        return joined_ja(self.ja, self.do_ja, f"{self.rule} を参照" if self.rule else "", place=self.place)


class CannotRunError(KeikakuError):
    """The command cannot start: no store, no source texts, no such file. Exit 2."""

    exit_code = 2


class QueryError(KeikakuError):
    """A SPARQL query that cannot be read or answered; names line and column where the engine tells them."""


class ParameterError(KeikakuError):
    """A parameter of a question that has no such value; says the nearest right ones."""


class CodeError(KeikakuError):
    """A local-government code whose check digit is wrong."""


def sentence(what: str, *, do: str = "", rule: str = "", place: Place | None = None) -> str:
    """Join the parts of an error sentence.

    >>> sentence("the key “tilte” is unknown", do="Did you mean “title”?", place=Place("data/plans/x.yaml", 7))
    'data/plans/x.yaml:7: the key “tilte” is unknown. Did you mean “title”?'
    """
    text = f"{place}: {what}" if place else what
    text = text if text.endswith("?") else text.rstrip(".") + "."
    if rule and do.endswith("?"):
        return f"{text} {do} See {rule}."
    tail = "; ".join(part.rstrip(".") for part in (do, f"see {rule}" if rule else "") if part)
    if tail:
        text += f" {tail}" + ("" if tail.endswith("?") else ".")
    return text


def joined_ja(*parts: str, place: Place | None = None) -> str:
    """Join the parts of a Japanese sentence, each ending in 。 or ？; an empty part is left out.

    >>> joined_ja("キー「tilte」はありません", "「title」ではありませんか?", "", place=Place("data/plans/x.yaml", 7))
    'data/plans/x.yaml:7: キー「tilte」はありません。「title」ではありませんか？'
    >>> joined_ja("ファイルが空です。", "最初のキーを書いてください", "docs/plan-file.md を参照")
    'ファイルが空です。最初のキーを書いてください。docs/plan-file.md を参照。'
    """
    ended = (f"{part[:-1]}？" if part.endswith(("?", "？")) else part.rstrip("。.") + "。" for part in parts if part)
    return (f"{place}: " if place else "") + "".join(ended)

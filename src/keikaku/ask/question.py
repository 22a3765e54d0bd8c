"""A question: what one .rq file with a `#+` header says (architecture §2); `header` reads it, `engine` asks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keikaku.ask.words import Text, did_you_mean, nearest, perhaps
from keikaku.errors import ParameterError, Place

#: What a question is about (ontology §15), in the order in which questions are listed.
AREAS: Mapping[str, Text] = {
    "theme": Text("テーマと施策", "Themes and measures"),
    "plan": Text("計画", "Plans"),
    "initiative": Text("取組", "Initiatives"),
    "kpi": Text("KPIと数値", "KPIs and figures"),
    "roadmap": Text("工程", "Schedules"),
    "law": Text("法令と文書", "Laws and documents"),
    "national": Text("国の計画", "The national plan"),
    "governance": Text("体制", "Governance"),
    "budget": Text("予算", "Budgets"),
    "assessment": Text("評価と調査", "Evaluation and surveys"),
    "event": Text("できごと", "Events"),
    "case": Text("事例", "Cases"),
    "compare": Text("比べる", "Comparison"),
    "glossary": Text("用語", "Terms"),
    "completeness": Text("書かれていないこと", "What is not stated"),
    "quality": Text("原典の品質", "Quality of the sources"),
}
#: The three lists, in the order in which they are always shown (architecture §6).
LISTS = ("lacking", "unknown", "has")
#: Tokens of an answer that claims nothing, and tokens that deny: a row with one of these must say what it rests on.
UNKNOWN = ("unknown", "no-plan")
DENYING = ("lacking", "none", "no", "absent")
RULE = "docs/questions.md"


@dataclass(frozen=True)
class Parameter:
    """One thing the asker may choose. `left_out` says what happens without a value:

    required (an error), sample (the line of the file stays as it is), dropped (the line goes: every value counts).
    """

    name: str
    kind: str
    left_out: str
    label: Text


@dataclass(frozen=True)
class Column:
    """One column of the answer; `words` translates tokens such as "lacking" that a query returns."""

    name: str
    label: Text
    words: Mapping[str, Text] = field(default_factory=dict)

    @property
    def is_evidence(self) -> bool:
        """Whether the cells hold evidence IRIs, one or several joined by spaces."""
        return self.name.lower().endswith("evidence")


@dataclass(frozen=True)
class Rest:
    """What rows rest on that deny or count: the thing in `column` must be closed for `aspects`.

    Only rows with these tokens in these columns are meant (`where`; "" is an empty cell); without any, every row.
    """

    column: str
    where: tuple[tuple[str, str], ...]
    aspects: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question of the library. `area` is a key of AREAS, or empty for tables of pages.

    `rests` say which rows deny or count, and on what; `covers` are the aspects that make the list all there is, of each plan or
    casebook (`covered`). `group` and `subject` name columns and are set for the view three-lists only. `hidden` are columns that people are not
    shown: IRIs of things without a name, such as single values. `analysis` names the function that turns the rows of the query (its
    parameters and `features`) into those of the answer; "" where the query answers by itself. `drawn` are the two columns of the view bars: what each is of, and its number.
    `kept` says how rows about the whole nation are kept (`materialised`): by "government" or "plan" and the column that holds it,
    as a "whole", or not at all ("").
    """

    id: str
    title: Text
    summary: Text
    area: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    negative: str
    aspects: tuple[str, ...]
    rests: tuple[Rest, ...]
    covers: tuple[str, ...]
    covered: str
    view: str
    group: str
    subject: str
    hidden: tuple[str, ...]
    text: str
    place: Place
    analysis: str = ""
    features: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    kept: tuple[str, str] = ("", "")

    @property
    def projected(self) -> tuple[str, ...]:
        """What the query returns: the columns of the answer, or what its analysis reads."""
        if self.analysis:
            return (*(parameter.name for parameter in self.parameters), *self.features)
        return tuple(column.name for column in self.columns)

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name; "as-of" and "as_of" are one. Raises ParameterError naming the nearest."""
        wanted = name.replace("-", "_")
        for parameter in self.parameters:
            if parameter.name == wanted:
                return parameter
        known = [p.name.replace("_", "-") for p in self.parameters]
        listed = ", ".join(known)
        hint = did_you_mean(name, known) or (
            Text(f"あるのは: {listed}", f"It has: {listed}")
            if known
            else Text("この質問はパラメータを取りません", "It takes none")
        )
        raise ParameterError(
            f"the question {self.id} has no parameter “{name}”",
            ja=f"質問 {self.id} にパラメータ「{name}」はありません",
            do=hint.en,
            do_ja=hint.ja,
            rule=f"keikaku questions {self.id}",
        )

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def choose(questions: Mapping[str, Question], name: str) -> Question:
    """The question of that id; "CQ9" and the file's whole name are understood too. Raises ParameterError naming the nearest."""
    wanted = name.lower().removesuffix(".rq")
    number = re.match(r"cq-?(\d{1,2})(?!\d)", wanted)
    key = f"cq{int(number[1]):02d}" if number else wanted
    if key in questions:
        return questions[key]
    near = nearest(name, questions)
    hint = (
        perhaps(near, quotes="")
        if near
        else Text("一覧を見るには: keikaku questions", "List them with: keikaku questions")
    )
    raise ParameterError(
        f"there is no question “{name}”", ja=f"「{name}」という質問はありません", do=hint.en, do_ja=hint.ja
    )

"""What the lines at the head of a question say agrees with each other and with the query (docs/questions.md)."""

from __future__ import annotations

import re

from keikaku.analyse import ANALYSES
from keikaku.ask.question import LISTS, RULE, Question
from keikaku.ask.words import Text, did_you_mean
from keikaku.errors import Place, QueryError
from keikaku.ordering import split

#: What a negative answer may rest on.
NEGATIVES = ("none", "closed", "reference")
VIEWS = ("table", "three-lists", "bars", "values")
#: Of what a list may be said to be all there is.
COVERED = ("plan", "casebook")
#: How rows about the whole nation may be kept.
KEPT = ("whole", "government", "plan")


def check(question: Question) -> None:
    """Raise QueryError, with the file, where a header says another thing than its query or itself."""
    _check_columns(question)
    _check_analysis(question)
    _check_kept(question)
    if question.view == "three-lists":
        _check_lists(question)


def _check_columns(question: Question) -> None:
    """The lines about soundness name columns of the question, and what a list may be all of."""
    known = [column.name for column in question.columns]
    for rest in question.rests:
        for name in (rest.column, *(name for name, _ in rest.where)):
            if name not in known:
                listed = ", ".join(known)
                hint = did_you_mean(name, known) or Text(f"あるのは: {listed}", f"It has: {listed}")
                raise QueryError(
                    f"“rests” names no column: {name}",
                    ja=f"「rests」の {name} という列はありません",
                    do=hint.en,
                    do_ja=hint.ja,
                    rule=RULE,
                    place=question.place,
                )
    one_of("covers", question.covered, COVERED, question.place.file)


def _check_kept(question: Question) -> None:
    """Rows are kept in one of the known ways; those of one government or plan are found by a column, and are put in order by columns."""
    how, column = question.kept
    if not how:
        return
    one_of("kept", how, KEPT, question.place.file)
    if not split(question.text)[1]:
        raise QueryError(
            "rows that are kept are in the order of columns",
            ja="残す行は、列の順に並べます",
            do="End the query with ORDER BY and columns: ORDER BY ?government ?plan",
            do_ja="問い合わせを ORDER BY と列で終えてください: ORDER BY ?government ?plan",
            rule=RULE,
            place=question.place,
        )
    if (how == "whole") == bool(column) or (column and column not in question.projected):
        raise QueryError(
            "“kept” is whole, or names a kind and the column that holds it",
            ja="「kept」には whole か、種類とその列を書きます",
            do="Write: #+ kept: whole, or #+ kept government: COLUMN, or #+ kept plan: COLUMN",
            do_ja="このように書いてください: #+ kept: whole、#+ kept government: 列、#+ kept plan: 列",
            rule=RULE,
            place=question.place,
        )


def _check_analysis(question: Question) -> None:
    """An analysis exists, reads the features that the header names, and answers with its columns after those of the parameters."""
    if not question.analysis:
        if question.features:
            raise QueryError(
                "“features” are read by an analysis",
                ja="「features」は分析が読む列です",
                do="Add: #+ analysis: NAME",
                do_ja="加えてください: #+ analysis: NAME",
                rule=RULE,
                place=question.place,
            )
        return
    one_of("analysis", question.analysis, tuple(ANALYSES), question.place.file)
    analysis = ANALYSES[question.analysis]
    asked = tuple(parameter.name for parameter in question.parameters)
    for key, said, meant in (
        ("features", question.features, analysis.features),
        ("columns", tuple(column.name for column in question.columns), (*asked, *analysis.columns)),
    ):
        if said != meant:
            raise QueryError(
                f"the analysis {analysis.name} has other {key} than the header",
                ja=f"分析 {analysis.name} の {key} が見出しと違います",
                do=f"Write: {' '.join(meant)}",
                do_ja=f"このように書いてください: {' '.join(meant)}",
                rule=RULE,
                place=question.place,
            )
    query = re.sub(r"^#.*", "", question.text, flags=re.MULTILINE)
    for name in analysis.passed:
        if len(re.findall(rf"\?{name}\b", query)) != 2:
            raise QueryError(
                f"the query may not look at ?{name}: the analysis {analysis.name} reads it once for all values",
                ja=f"問い合わせは ?{name} を使えません。分析 {analysis.name} がすべての値を一度に読みます",
                do=f"Name ?{name} in SELECT and in its VALUES line only",
                do_ja=f"?{name} は SELECT とその VALUES の行だけに書いてください",
                rule=RULE,
                place=question.place,
            )


def one_of(key: str, value: str, known: tuple[str, ...], shown: str) -> None:
    """Raise QueryError for a value of a header line that is none of the known ones."""
    if value not in known:
        raise QueryError(
            f"“{value}” is no {key}",
            ja=f"「{value}」は {key} に書けません",
            do=f"Write one of: {', '.join(known)}",
            do_ja=f"どれかを書いてください: {', '.join(known)}",
            rule=RULE,
            place=Place(shown, 1),
        )


def _check_lists(question: Question) -> None:
    """A question in three lists names its group and subject columns, and words for each list."""
    names = {column.name for column in question.columns}
    if question.group not in names or question.subject not in names:
        raise QueryError(
            "a question in three lists names the column of the list and that of the subject",
            ja="三つの一覧の質問には、一覧の列と対象の列が要ります",
            do="Add: #+ group: COLUMN and #+ subject: COLUMN",
            do_ja="加えてください: #+ group: COLUMN と #+ subject: COLUMN",
            rule=RULE,
            place=question.place,
        )
    missing = [name for name in LISTS if name not in question.column(question.group).words]
    if missing:
        raise QueryError(
            f"the lists {', '.join(missing)} have no words",
            ja=f"一覧 {', '.join(missing)} の呼び名がありません",
            do=f"Add: #+ word {question.group} {missing[0]}: ja / en",
            do_ja=f"加えてください: #+ word {question.group} {missing[0]}: ja / en",
            rule=RULE,
            place=question.place,
        )

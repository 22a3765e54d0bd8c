"""What other engines are known not to do, with the reason: such a question is refused there rather than answered wrongly.

Found by `make test-engines`, which also says when an entry is no longer true; docs/engines.md shows the same list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why an engine cannot answer, in both languages. `always`: no run of it gives the right answer."""

    ja: str
    en: str
    always: bool = True


_COMPILER = Reason("問い合わせの翻訳中に内部エラーになる", "its query compiler fails with an internal error")
_SQL = Reason("問い合わせから作る内部の SQL が壊れる", "the SQL it makes of the query is broken")
_SLOW = Reason("1分以内に終わらない", "it does not end within a minute")
_COUNT = Reason("入れ子の SELECT の数え上げが 0 になる", "what a nested SELECT counts comes out as 0")

_ZERO = Reason("問い合わせの翻訳中に 0 で割る誤りになる", "it divides by zero while it translates the query")
_CONCAT = Reason("値が無いときの CONCAT が文字になる", "CONCAT with a value that is not bound gives a text")
_IF = Reason(
    "値の無いものを比べる IF が、別の枝の値になる",
    "an IF that compares a value that is not bound takes the other branch",
)
_GROUP = Reason("GROUP_CONCAT に、ほかの組の値が混ざる", "GROUP_CONCAT takes in values of other groups")
_ROWS = Reason("行が落ちる", "rows are lost")
_MORE = Reason("余計な行が出る", "it gives rows that should not be there")
_SOMETIMES = Reason("余計な行が出ることがある", "in some runs it gives rows that should not be there", always=False)

_VIRTUOSO = {
    **dict.fromkeys(
        (
            "who-lacks",
            "compare-kpis",
            "cq19",
            "cq25",
            "goals-of-plan",
            "indicator-targets",
            "initiatives-of-theme",
            "initiatives-under-law",
            "issues-of-theme",
            "partners",
            "peers",
            "plan-status",
            "plans-in-force",
            "roles-and-posts",
            "target-path",
        ),
        _COMPILER,
    ),
    **dict.fromkeys(
        (
            "compare-themes",
            "cq09",
            "cq34",
            "cq38",
            "cases-of-government",
            "department-load",
            "kpis-of-plan",
            "kpis-without-baseline",
            "only-one-does",
        ),
        _SQL,
    ),
    **dict.fromkeys(("similar-size",), _SLOW),
    **dict.fromkeys(("cq31", "similar-plans", "why-similar"), _COUNT),
    **dict.fromkeys(("instruments-cited", "laws-cited", "themes-of-plan"), _ZERO),
    **dict.fromkeys(("evaluation-of-plan", "national-items", "unknown-about", "what-rests-on"), _CONCAT),
    **dict.fromkeys(("cases-to-learn", "central-themes"), _IF),
    **dict.fromkeys(("budget-by-theme",), _GROUP),
    **dict.fromkeys(("both-do", "products-used", "reported-figures", "targets-due"), _ROWS),
    **dict.fromkeys(("timeline",), _MORE),
    **dict.fromkeys(("cq11",), _SOMETIMES),
}

#: Beginning of the Server header → engine's name and, for each question it cannot answer, the reason.
UNABLE: Mapping[str, tuple[str, Mapping[str, Reason]]] = {
    "Virtuoso/07.": ("Virtuoso 7", _VIRTUOSO),
}


def name_of(server: str) -> str:
    """The beginning under which a Server header is listed, or ""."""
    return next((start for start in UNABLE if server.startswith(start)), "")


def unable(engine: str, question: str) -> Reason | None:
    """Why an engine (as `name_of` gives it) cannot answer a question; None when nothing is known against it."""
    return UNABLE[engine][1].get(question) if engine in UNABLE else None

"""What other engines are known not to do, with the reason: such a question is refused there rather than answered wrongly.

Found by `make test-engines`, which also says when an entry is no longer true; docs/engines.md shows the same list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why an engine cannot answer, in both languages."""

    ja: str
    en: str


_COMPILER = Reason("問い合わせの翻訳中に内部エラーになる", "its query compiler fails with an internal error")
_SQL = Reason("問い合わせから作る内部の SQL が壊れる", "the SQL it makes of the query is broken")
_SLOW = Reason("1分以内に終わらない", "it does not end within a minute")
_OPTIONAL = Reason(
    "OPTIONAL の中の UNION が空になり、根拠が欠ける", "a UNION inside OPTIONAL stays empty, so evidence is lost"
)
_VALUE = Reason("OPTIONAL の中の値が落ちる", "a value inside OPTIONAL is lost")
_COUNT = Reason("入れ子の SELECT の数え上げが 0 になる", "what a nested SELECT counts comes out as 0")

_ZERO = Reason("問い合わせの翻訳中に 0 で割る誤りになる", "it divides by zero while it translates the query")
_CONCAT = Reason("値が無いときの CONCAT が文字になる", "CONCAT with a value that is not bound gives a text")
_COLUMN = Reason("一つの列の値が違う(原因は未調査)", "the values of one column differ, for a reason not found")
_ERROR = Reason("エラーで終わる(原因は未調査)", "it ends with an error, for a reason not found")

_VIRTUOSO = {
    **dict.fromkeys(
        (
            "who-lacks",
            "compare-kpis",
            "cq11",
            "cq12",
            "cq19",
            "cq24",
            "counting-rules",
            "goals-of-plan",
            "indicator-targets",
            "initiatives-of-theme",
            "initiatives-under-law",
            "issues-of-theme",
            "partners",
        ),
        _COMPILER,
    ),
    **dict.fromkeys(
        (
            "compare-themes",
            "cq09",
            "cq13",
            "cq23",
            "cq34",
            "cq37",
            "cq38",
            "case-communities",
            "cases-of-government",
            "department-load",
            "kpis-of-plan",
            "kpis-without-baseline",
            "only-one-does",
        ),
        _SQL,
    ),
    **dict.fromkeys(("cq26", "both-do", "similar-size", "surveys"), _SLOW),
    **dict.fromkeys(
        (
            "cq14",
            "cq18",
        ),
        _OPTIONAL,
    ),
    **dict.fromkeys(("cq22",), _VALUE),
    **dict.fromkeys(("cq31",), _COUNT),
    **dict.fromkeys(("instruments-cited", "laws-cited"), _ZERO),
    **dict.fromkeys(("evaluation-of-plan", "national-items"), _CONCAT),
    **dict.fromkeys(
        ("budget-by-theme", "central-themes", "products-used", "reported-figures", "similar-plans"), _COLUMN
    ),
    **dict.fromkeys(("cases-to-learn", "peers", "plan-status", "plans-in-force", "roles-and-posts"), _ERROR),
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

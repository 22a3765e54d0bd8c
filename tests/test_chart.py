"""Charts against numbers worked out by hand: where a value stands, what is joined by a line, what is said in words."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from keikaku.ask.words import Text
from keikaku.pages import chart
from keikaku.pages.chart import Bar, Point, Row, Series, Share

RATE = {"unit": "%", "counting": "not-applicable"}
#: A rate of 10 % in FY2021, targets of 20 % and 40 % in FY2022 and FY2024, nothing for FY2023, to be set for FY2025.
RATES = Series(
    "申請率",
    (
        Point("baseline", (2021,), Decimal(10), **RATE),
        Point("target", (2022,), Decimal(20), **RATE),
        Point("target", (2024,), Decimal(40), comparator="ge", **RATE),
        Point("target", (2025,), state="to-be-set"),
    ),
)


def tree(markup: str) -> ElementTree.Element:
    """The chart, which is also well-formed XML."""
    return ElementTree.fromstring(f"<div>{markup}</div>")


def text_of(element: ElementTree.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_years_stand_in_the_middle_of_equal_parts_of_the_axis() -> None:
    # 14 to 92 per cent in four parts of 19.5: middles at 23.75, 43.25, 62.75 and 82.25.
    assert [(t.year, t.x) for t in chart.ticks([2024, 2021], "ja")] == [
        (2021, 23.75), (2022, 43.25), (2023, 62.75), (2024, 82.25),
    ]  # fmt: skip


def test_years_without_room_are_left_out_from_the_last_one_back() -> None:
    axis = chart.ticks(range(2015, 2027), "en")  # twelve years: each third on a phone, each second on a page
    assert [t.year for t in axis if t.narrow] == [2017, 2020, 2023, 2026]
    assert [t.year for t in axis if t.wide] == [2016, 2018, 2020, 2022, 2024, 2026]


def test_values_stand_at_their_height_on_a_scale_from_zero() -> None:
    # The scale 0, 10, 20, 30, 40 fills 190 pixels below 20: 40 at 20, 20 in the middle at 115, 10 at 162.5.
    (panel,) = chart.panels([RATES], chart.ticks([2021, 2025], "ja"), "ja")
    assert [text for _, text in panel.scale] == ["0", "10", "20", "30", "40"]
    assert [(m.y, m.text) for m in panel.marks] == [(162.5, "10"), (115.0, "20"), (20.0, "≥40")]


def test_a_line_joins_targets_and_never_a_baseline_or_a_value_to_be_set() -> None:
    (panel,) = chart.panels([RATES], chart.ticks([2021, 2025], "ja"), "ja")
    assert [(line.y1, line.y2) for line in panel.lines] == [(115.0, 20.0)]


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        ("cumulative", "cumulative", 1),
        ("cumulative", "per-year", 0),
        ("stock", "cumulative", 0),
        ("not-stated", "not-stated", 0),
    ],
)
def test_no_line_joins_values_counted_differently_or_by_no_stated_rule(first: str, second: str, lines: int) -> None:
    points = tuple(
        Point("target", (year,), Decimal(5), unit="件", counting=counting)
        for year, counting in ((2023, first), (2024, second))
    )
    (panel,) = chart.panels([Series("件数", points)], chart.ticks([2023, 2024], "ja"), "ja")
    assert len(panel.lines) == lines


def test_a_sum_of_ours_is_not_joined_to_what_is_printed() -> None:
    points = (
        Point("target", (2023,), Decimal(5), counting="cumulative"),
        Point("target", (2024,), Decimal(9), counting="cumulative", derived=True),
    )
    (panel,) = chart.panels([Series("件数", points)], chart.ticks([2023, 2024], "ja"), "ja")
    assert panel.lines == ()
    assert "私たちが合計" in chart.over_years([Series("件数", points)], "件数", "ja")


def test_units_and_changes_have_scales_of_their_own() -> None:
    points = (
        Point("target", (2023,), Decimal(5), unit="分"),
        Point("target", (2023,), Decimal(-5), unit="分", form="change"),
        Point("target", (2023,), Decimal(5), unit="%"),
    )
    found = chart.panels([Series("時間", points)], chart.ticks([2023], "ja"), "ja")
    assert [(p.unit, p.form, p.marks[0].text) for p in found] == [
        ("分", "level", "5"), ("分", "change", "−5"), ("%", "level", "5"),
    ]  # fmt: skip


def test_labels_of_near_values_of_one_year_do_not_meet() -> None:
    points = tuple(Point("target", (2023,), Decimal(n), unit="%") for n in (100, 99, 98))
    (panel,) = chart.panels([Series("率", points)], chart.ticks([2023], "ja"), "ja")
    places = [m.at for m in panel.marks]
    assert all(m.beside for m in panel.marks)
    assert [b - a for a, b in pairwise(places)] == [14.0, 14.0]


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (["17", "60"], ["0", "20", "40", "60"]),
        (["430000"], ["0", "200,000", "400,000", "600,000"]),
        (["-5"], ["−6", "−4", "−2", "0"]),
        (["0"], ["0", "1"]),
        (["0.3"], ["0", "0.1", "0.2", "0.3"]),
    ],
)
def test_scales_are_round_and_hold_zero(values: list[str], scale: list[str]) -> None:
    assert [chart.number(n) for n in chart.scale_of(Decimal(v) for v in values)] == scale


def test_what_is_no_number_is_told_below_the_axis_and_never_drawn_as_zero() -> None:
    states = ("to-be-set", "blank", "unreadable", "external", "qualitative")
    points = tuple(Point("target", (2021 + n,), state=state, words="運用" * (n == 4)) for n, state in enumerate(states))
    drawn = chart.signs([Series("率", points)], chart.ticks([2021, 2025], "ja"), "ja")
    assert [(s.state, s.sign) for s in drawn] == [
        ("to-be-set", "○"), ("blank", "－"), ("unreadable", "≠"), ("external", "◇"), ("qualitative", "●"),
    ]  # fmt: skip
    assert drawn[4].text == "運用"
    assert chart.panels([Series("率", points)], chart.ticks([2021, 2025], "ja"), "ja") == []


def test_two_states_of_one_year_have_a_line_each() -> None:
    points = (Point("baseline", (2023,), state="blank"), Point("target", (2022, 2023, 2024), state="external"))
    drawn = chart.signs([Series("率", points)], chart.ticks([2022, 2024], "ja"), "ja")
    assert [(s.state, s.y) for s in drawn] == [("blank", 12.0), ("external", 36.0)]
    assert (drawn[1].x, drawn[1].to) == (27.0, 79.0)  # 14 to 92 in three parts of 26


def test_the_table_beside_a_chart_holds_every_value() -> None:
    found = tree(chart.over_years([RATES], "申請率", "ja"))
    rows = [[text_of(cell) for cell in row] for row in found.findall(".//tbody/tr")]
    assert rows == [
        ["令和3年度 (2021)", "現状値", "10%", "集計なし（割合など）"],
        ["令和4年度 (2022)", "目標値", "20%", "集計なし（割合など）"],
        ["令和6年度 (2024)", "目標値", "40%以上", "集計なし（割合など）"],
        ["令和7年度 (2025)", "目標値", "後日設定", ""],
    ]


def test_a_value_without_a_year_is_said_and_not_placed() -> None:
    said = chart.over_years([Series("率", (Point("target", (), Decimal(60), **RATE),))], "率", "en")
    assert "No fiscal year stated" in said
    assert '<svg class="plot"' not in said
    assert not chart.over_years([Series("率", ())], "率", "en")


def test_years_of_a_timeline_are_columns_and_possible_ones_fade_away_from_the_certain() -> None:
    # FY2022 to FY2025 are four columns of 25 per cent.
    axis = chart.columns([2022, 2025], "ja")
    row = Row("導入", frozenset({2023}), frozenset({2023, 2024}))
    assert [(p.start, p.width, p.fade) for p in chart.stretches(row, axis)] == [(25.0, 25.0, ""), (50.0, 25.0, "right")]
    before = Row("導入", frozenset({2025}), frozenset({2022, 2024}))
    assert [(p.start, p.fade) for p in chart.stretches(before, axis)] == [(0.0, "both"), (50.0, "left"), (75.0, "")]
    assert chart.span_text(row, "en") == "FY2023 令和5 (possibly FY2024 令和6)"
    assert (
        chart.span_text(Row("導入", frozenset({2022, 2023, 2025})), "ja")
        == "令和4年度〜令和5年度 (2022〜2023)、令和7年度 (2025)"
    )


def test_what_is_not_stated_lost_and_unknown_differ_on_a_timeline() -> None:
    rows = [Row("甲", frozenset({2023})), *(Row(m, missing=m) for m in ("not-stated", "lost", "unknown"))]
    found = tree(chart.timeline(rows, "工程", "ja"))
    said = [text_of(span) for span in found.findall(".//tbody//span")]
    assert said == ["令和5年度 (2023)", "計画に記載なし", "本文から失われた", "不明"]
    assert {line.get("class") for line in found.iter("line")} >= {
        "nothing nothing-not-stated", "nothing nothing-lost", "nothing nothing-unknown",
    }  # fmt: skip


def test_shares_fill_the_bar_and_what_is_nothing_has_no_piece() -> None:
    parts = [Share("ある", 3, "has"), Share("無い", 0, "lacking"), Share("不明", 5, "unknown")]
    assert [(p.start, p.width, p.percent) for p in chart.pieces(parts)] == [(0.0, 37.5, "38%"), (37.5, 62.5, "63%")]
    legend = [text_of(item) for item in tree(chart.share(parts, "団体", "ja")).findall(".//li")]
    assert legend == ["ある 3 / 8 (38%)", "無い 0 / 8", "不明 5 / 8 (63%)"]


def test_bars_are_as_long_as_their_counts() -> None:
    found = tree(chart.bars([Bar("甲", 20), Bar("乙", 5), Bar("丙", 0)], "数", "en", Text("計画", "plans")))
    assert [rect.get("width") for rect in found.iter("rect") if "share-" in (rect.get("class") or "")] == [
        "100.0%", "25.0%",
    ]  # fmt: skip
    assert [text_of(row) for row in found.findall(".//tbody/tr")] == ["甲 20", "乙 5", "丙 0"]


EVIL = '</script><img src=x onerror="alert(1)">'


def charts(title: str, lang: str) -> list[str]:
    """One chart of each sort with the same name everywhere."""
    points = (*RATES.points, Point("target", (2026,), state="qualitative", words=title))
    several = [Series(title, points, "/a"), Series("乙", RATES.points)]
    return [
        chart.over_years(several, title, lang, "a"),
        chart.bars([Bar(title, 2, "/a", "unknown")], title, lang, place="b"),
        chart.timeline([Row(title, frozenset({2023}), note=title, group=title)], title, lang, "c", today=2023),
        chart.share([Share(title, 1, "lost", "/a")], title, lang, "d"),
    ]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_text_of_data_is_escaped_and_nothing_is_styled_or_scripted_inside(lang: str) -> None:
    for made in charts(EVIL, lang):
        assert "<img" not in made
        assert "<script" not in made
        for element in tree(made).iter():
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


def test_a_chart_is_named_and_its_ids_are_its_own() -> None:
    made = "".join(charts("名", "ja"))
    found = tree(made)
    ids = [element.get("id") for element in found.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in found.iter("svg"):
        if element.get("role") == "img":
            assert set((element.get("aria-labelledby") or "").split()) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", made)) <= set(ids)

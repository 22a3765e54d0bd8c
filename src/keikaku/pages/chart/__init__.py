"""Charts as plain SVG, drawn on the server: values over fiscal years, bars, timelines, shares (docs/compare.md).

Across, positions are per cent and down they are pixels, so a chart fills a phone or a page while its letters keep their size. A kind
or state has a shape or a pattern besides its colour. The numbers stand beside every chart as text: below it, or in its own table.
A page that shows one links charts.css.
"""

from keikaku.pages.chart.axis import columns, fiscal_year, number, scale_of, ticks
from keikaku.pages.chart.points import COUNTINGS, KINDS, STATES, Point, Series, point_of, value_text
from keikaku.pages.chart.rows import Bar, Row, Share, bars, pieces, share, span_text, stretches, timeline
from keikaku.pages.chart.values import over_years, panels, signs

__all__ = [
    "COUNTINGS", "KINDS", "STATES", "Bar", "Point", "Row", "Series", "Share", "bars", "columns", "fiscal_year", "number", "over_years",
    "panels", "pieces", "point_of", "scale_of", "share", "signs", "span_text", "stretches", "ticks", "timeline", "value_text",
]  # fmt: skip

"""The menu: what there is, in the order in which a newcomer needs it. Pages beyond the first row stand in the opened menu."""

from __future__ import annotations

from dataclasses import dataclass

from keikaku.ask.words import Text


@dataclass(frozen=True)
class Entry:
    """A page of the menu. first: it also stands in the row beside the menu; live: only the service has it."""

    path: str
    label: Text
    about: Text
    first: bool = False
    live: bool = False


MENU: tuple[tuple[Text, tuple[Entry, ...]], ...] = (
    (
        Text("読む", "Read"),
        (
            Entry("/municipalities", Text("市区町村", "Cities"), Text("全国の一覧と、計画のある団体", "all of them, and those with a plan"), first=True),
            Entry("/plans", Text("計画", "Plans"), Text("収録した計画", "the plans recorded"), first=True),
            Entry("/themes", Text("テーマ", "Themes"), Text("どの計画が取り上げているか", "which plans take them up"), first=True),
            Entry("/kpis", Text("KPI", "KPIs"), Text("指標ごとの目標", "targets by indicator")),
            Entry("/laws", Text("法令", "Laws"), Text("計画のよりどころ", "what plans rest on")),
            Entry("/cases", Text("事例", "Cases"), Text("総務省の事例集", "the ministry’s casebook")),
        ),
    ),
    (
        Text("調べる", "Explore"),
        (
            Entry("/search", Text("検索", "Search"), Text("名前・読み・数値・状態から", "by name, reading, number, status"), live=True),
            Entry("/compare", Text("比べる", "Compare"), Text("団体とテーマ、KPI、期間、地図", "cities, themes, KPIs, periods, map"), first=True),
            Entry("/graph", Text("図", "Graph"), Text("つながりをたどる", "walk along the links"), first=True),
            Entry("/coverage", Text("記録の状況", "Coverage"), Text("書かれていないこと、分からないこと", "what is not stated, what is unknown")),
        ),
    ),
    (
        Text("尋ねる", "Ask"),
        (
            Entry("/questions", Text("質問", "Questions"), Text("用意した質問と答え", "prepared questions, answered"), first=True),
            Entry("/sparql", Text("SPARQL", "SPARQL"), Text("自分で問い合わせを書く", "write a query of your own"), live=True),
        ),
    ),
    (
        Text("使う", "Use"),
        (
            Entry("/dataset", Text("データ", "Data"), Text("ダウンロード、統計、ライセンス", "downloads, statistics, licence"), first=True),
            Entry("/ont.html", Text("オントロジー", "Ontology"), Text("用語と型", "terms and patterns")),
            Entry("/report", Text("誤りを知らせる", "Report an error"), Text("何を、どう伝えるか", "what to say, and how")),
        ),
    ),
)  # fmt: skip

"""On a page in English every piece of Japanese says that it is Japanese; what is wrong is said in the language of the reader."""

from __future__ import annotations

import ast
import inspect
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from keikaku import errors
from keikaku.cli.app import run
from keikaku.errors import KeikakuError
from keikaku.namespaces import BASE
from keikaku.pages import Site, open_site
from keikaku.pages.entity import entity
from keikaku.pages.question import question_page
from keikaku.pages.render import View
from keikaku.pages.routes import PAGES
from keikaku.pages.tongues import marked
from keikaku.settings import Settings

JAPANESE = re.compile("[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
EMPTY = ("base", "br", "col", "hr", "img", "input", "link", "meta", "wbr")
THINGS = (
    "id/plan/990019/dx/2023",
    "id/plan/990019/dx/2023/i/1-03",
    "id/plan/990019/dx/2023/i/1-03/k/1",
    "id/lg/990019",
    "id/lg/990001",
    "id/doc/990019-dx-2023",
    "id/case/soumu-mihon-jirei-1.0/01",
    "id/law/428AC1000000103",
    "theme/cashless",
)


class Reader(HTMLParser):
    """The Japanese texts of a page: those in an element that says so, and those that are not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.told: list[str] = []
        self.silent: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute twice: <{tag} {attrs}>"
        if tag not in EMPTY:
            above = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or above))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        tag, lang = self.open[-1] if self.open else ("", "")
        if JAPANESE.search(text) and tag not in ("script", "style", "title"):
            (self.told if lang.partition("-")[0] == "ja" else self.silent).append(text)


@pytest.fixture(scope="module")
def site(built_world: Settings) -> Site:
    return open_site(built_world)


@pytest.mark.parametrize("path", [*THINGS, *PAGES])
def test_what_is_japanese_on_an_english_page_says_so(site: Site, path: str) -> None:
    made = PAGES[path](site, View("en", path)) if path in PAGES else entity(site, path, View("en", f"/{path}.html"))
    assert made is not None
    found = Reader(made.html)
    assert found.told and not found.silent


def test_the_printed_target_of_the_list_of_kpis_and_the_names_of_the_graph_are_japanese(site: Site) -> None:
    assert any("累計50窓口" in text for text in Reader(PAGES["/kpis"](site, View("en", "/kpis")).html).told)
    assert any(JAPANESE.search(text) for text in Reader(PAGES["/graph"](site, View("en", "/graph")).html).told)


def test_a_japanese_page_is_left_as_it_is(site: Site) -> None:
    made = entity(site, THINGS[0], View("ja", f"/{THINGS[0]}.html"))
    assert made and 'lang="ja"' not in made.html.partition("<main")[2].partition("</main>")[0].replace(BASE, "")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<li>計画 <a>a plan</a></li>", '<li><span lang="ja">計画</span> <a>a plan</a></li>'),
        ("<b>5&amp;6 窓口</b>", '<b lang="ja">5&amp;6 窓口</b>'),
        ("<i>L4 “<KPI、推進>”</i>".replace("<K", "&lt;K").replace("進>", "進&gt;"), '<i>L4 “<span lang="ja">&lt;KPI、推進&gt;</span>”</i>'),
        ("<text>FY2022 令和4</text>", '<text>FY2022 <tspan lang="ja">令和4</tspan></text>'),
        ("<title>計画 — Keikaku</title><option>窓口</option>", '<title>計画 — Keikaku</title><option lang="ja">窓口</option>'),
        ('<script>{"a": "計画"}</script><p lang="ja">計画</p>', '<script>{"a": "計画"}</script><p lang="ja">計画</p>'),
        ('<b lang="ja-hira">けいかく</b><b lang="en">計画</b>', '<b lang="ja-hira">けいかく</b><b lang="en"><span lang="ja">計画</span></b>'),
        ("<br>計画<hr>", '<br><span lang="ja">計画</span><hr>'),
        ("<span>・</span>", "<span>・</span>"),
    ],
)  # fmt: skip
def test_only_the_words_in_japanese_are_marked(html: str, expected: str) -> None:
    assert marked(html) == expected


PACKAGE = Path(errors.__file__).parent
CLASSES = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, KeikakuError)}
#: Words that a sentence has in one language and names, commands and IRIs hardly ever have.
ENGLISH = re.compile(r"\b(?:is|are|the|there|Did you|Write|Known|See|Name)\b")
POLITE = re.compile("です|ません|ください|あります")


def one_sided(path: Path) -> list[str]:
    """The errors made in a module that have no Japanese, or none of what to do."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CLASSES:
            given = {word.arg for word in node.keywords}
            missing = {"ja"} - given | ({"do_ja"} - given if "do" in given else set())
            found += [f"{path.relative_to(PACKAGE)}:{node.lineno} has no {name}" for name in sorted(missing)]
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_error_has_its_sentence_in_both_languages(path: Path) -> None:
    assert one_sided(path) == []


def test_an_error_without_japanese_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    (tmp_path / "x.py").write_text(
        'raise QueryError("a", do="b")\nraise CodeError("a", ja="あ", do="b")\nraise errors.KeikakuError("a", ja="あ")\n',
        encoding="utf-8",
    )
    assert one_sided(tmp_path / "x.py") == ["x.py:1 has no do_ja", "x.py:1 has no ja", "x.py:2 has no do_ja"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ask who-lacks --theme nosuch", "テーマ「nosuch」はありません。あるのは: "),
        ("ask who-lacks --theme cashles", "テーマ「cashles」はありません。「cashless」"),
        ("ask who-lak", "「who-lak」という質問はありません。「who-lacks」か「"),
        ("ask cq12 --government nosuch", "「nosuch」という地方公共団体はありません。"),
        ("ask cq12 --government 990018", "コードの最後の桁は検査数字です。"),
        ("ask cq12 --government", "--government に値がありません。"),
        ("ask cq12 x", "cq12 のパラメータは [--government MUNICIPALITY]。空白のある値は"),
        ("compare nosuch 990019", "「nosuch」という地方公共団体はありません。"),
        ("compare 990019", "指定された団体は 1 です。2〜5 団体を"),
        ("show nosuch", "グラフに「nosuch」というものはありません。探してください: keikaku search nosuch。"),
        ("search x --kind KPO", "「KPO」という種類はありません。「KPI」ではありませんか？"),
        ("query no-such.rq", "ファイル no-such.rq はありません。"),
        ("query -e SELCT", "1 行 6 列目: 問い合わせを読めません: 「SELCT」。「SELCT」は SELECT ではありませんか？docs/sparql.md を参照。"),
        ("aks cq12", "コマンドの書き方が違います: 「No such command 'aks'. Did you mean 'ask'?」。書き方は keikaku --help で見られます。"),
    ],
)  # fmt: skip
def test_the_command_says_what_is_wrong_in_the_language_of_the_run(
    built_world: Settings, capfd: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    assert run(["--root", str(built_world.root), "--lang", "ja", *words.split()]) in (1, 2)
    japanese = capfd.readouterr().err
    assert japanese.startswith(f"keikaku: {said}") or said in japanese
    assert japanese.endswith(("。\n", "？\n")) and "。。" not in japanese and "？。" not in japanese
    assert run(["--root", str(built_world.root), "--lang", "en", *words.split()]) in (1, 2)
    assert not POLITE.search(capfd.readouterr().err)


def alert(html: str) -> str:
    """What a page says is wrong."""
    found = re.search(r'<p class="wrong" role="alert">(.*?)</p>', html)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("path", "params", "said"),
    [
        ("/compare/cities", {"city": "nosuch,221309"}, "「nosuch」という地方公共団体はありません。"),
        ("/compare/cities", {"city": "990019"}, "指定された団体は 1 です。2〜5 団体を選んでください。"),
        ("/compare/peers", {"city": "nosuch"}, "「nosuch」という地方公共団体はありません。"),
        ("/search", {"q": "x", "kind": "KPO"}, "「KPO」という種類はありません。"),
        ("/graph", {"theme": "nosuch"}, "「nosuch」"),
        ("/graph", {"depth": "9"}, "深さ 9 は 1〜3 の範囲にありません。"),
        ("who-lacks", {"theme": "nosuch"}, "テーマ「nosuch」はありません。"),
        ("who-lacks", {"theme": "cashless", "level": "x"}, "「x」という水準はありません。"),
    ],
)  # fmt: skip
def test_a_page_says_what_is_wrong_in_its_own_language(
    site: Site, path: str, params: dict[str, str], said: str
) -> None:
    shown = {}
    for lang in ("ja", "en"):
        view = View(lang, path, params)
        page = PAGES[path](site, view) if path in PAGES else question_page(site, site.questions[path], view)
        shown[lang] = alert(page.html)
    assert said in shown["ja"] and not ENGLISH.search(shown["ja"])
    assert ENGLISH.search(shown["en"]) and not POLITE.search(shown["en"])

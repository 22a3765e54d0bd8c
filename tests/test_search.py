"""Search: one and two characters, kana, romaji, half and full width, the exact name first."""

from __future__ import annotations

from pathlib import Path

import pytest

from keikaku import search, store
from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE
from keikaku.settings import Settings


@pytest.fixture(scope="module")
def index(built_project: Settings) -> Path:
    return built_project.current / search.FILE


def first(index: Path, words: str, lang: str = "ja") -> str:
    hits = search.search(index, words, lang)
    return hits[0].iri.removeprefix(BASE) if hits else ""


@pytest.mark.parametrize(
    ("words", "iri"),
    [
        ("津市", "id/lg/242012"),
        ("津", "id/lg/242012"),
        ("浜松市", "id/lg/221309"),
        ("浜松", "id/lg/221309"),
        ("はままつ", "id/lg/221309"),
        ("ハママツシ", "id/lg/221309"),
        ("ﾊﾏﾏﾂ", "id/lg/221309"),
        ("hamamatsu", "id/lg/221309"),
        ("Ｈａｍａｍａｔｓｕ", "id/lg/221309"),
        ("221309", "id/lg/221309"),
        ("キャッシュレス", "theme/cashless"),
        ("情報格差対策", "theme/digital-divide"),
        ("digital divide", "theme/digital-divide"),
        ("官民データ活用推進基本法", "id/law/428AC1000000103"),
    ],
)
def test_the_thing_meant_comes_first(index: Path, words: str, iri: str) -> None:
    assert first(index, words) == iri


def test_a_name_that_several_places_bear_lists_them_with_their_prefecture(index: Path) -> None:
    hits = search.search(index, "府中市")
    assert [(h.iri.removeprefix(BASE), h.within.ja) for h in hits[:2]] == [
        ("id/lg/132063", "東京都"),
        ("id/lg/342084", "広島県"),
    ]


def test_two_characters_inside_a_name_are_found(index: Path) -> None:
    assert any(h.iri.endswith("/i/1-07") for h in search.search(index, "サポート", most=50))
    assert any("/i/" in h.iri for h in search.search(index, "窓口", most=50))


def test_words_are_all_required(index: Path) -> None:
    one, other, both = (
        {h.iri for h in search.search(index, words, most=5000)}
        for words in ("デジタル", "サポート", "デジタル サポート")
    )
    assert both == one & other
    assert 0 < len(both) < len(one)


@pytest.mark.parametrize("words", ["", " ", "zzzzqq", '"', "one:*", "二〇〇", "a OR b)", "*"])
def test_odd_words_find_nothing_and_break_nothing(index: Path, words: str) -> None:
    assert isinstance(search.search(index, words), list)


def test_without_an_index_the_command_to_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="keikaku build"):
        search.search(tmp_path / "none", "x")


def test_the_index_is_written_from_any_store(tmp_path: Path) -> None:
    made = store.memory(
        '<http://e.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "窓口の改革"@ja <http://e.org/g> .\n'.encode()
    )
    assert search.write(made, tmp_path / search.FILE) == 1
    assert [h.iri for h in search.search(tmp_path / search.FILE, "改革")] == ["http://e.org/a"]
    assert [h.iri for h in search.search(tmp_path / search.FILE, "窓")] == ["http://e.org/a"]

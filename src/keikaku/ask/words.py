"""Words in two languages, and how two spellings of one word are recognised as the same."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Text:
    """The same words in Japanese and English; neither is empty."""

    ja: str
    en: str

    def of(self, lang: str) -> str:
        """The words in `lang` ("ja" or "en")."""
        return self.ja if lang == "ja" else self.en


def both(text: str) -> Text:
    """Read "日本語 / English"; a text without " / " stands for both.

    >>> both("テーマ / theme").en
    'theme'
    """
    ja, slash, en = text.partition(" / ")
    return Text(ja.strip(), en.strip()) if slash and ja.strip() and en.strip() else Text(text.strip(), text.strip())


#: Katakana letters are 0x60 above their hiragana.
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_IGNORED = re.compile(r"[\s\-‐‑–—'’.,、。・]+")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """One form for all spellings: NFKC, no case, katakana as hiragana, no accents on Latin, no spaces or hyphens.

    >>> fold("ＤＸ　フジサワ-shi") == fold("dxふじさわ Shi")
    True
    """
    return _IGNORED.sub("", letters(text))


def letters(text: str) -> str:
    """The letters of `fold`, with spaces and hyphens where they were."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)
    if not plain.isascii():
        plain = re.sub(r"([a-z])[\u0300-\u036f]+", r"\1", unicodedata.normalize("NFD", plain))
        plain = unicodedata.normalize("NFC", plain)
    return plain


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known words most like `word`, the most like first; empty when none is near.

    >>> nearest("digital-devide", ["digital-divide", "cashless"])
    ['digital-divide']
    """
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(fold(name), name)
    wanted = fold(word)
    close = difflib.get_close_matches(wanted, by_fold, n=4 * count, cutoff=0.6)
    close.sort(
        key=lambda f: (
            -difflib.SequenceMatcher(None, f, wanted).ratio(),
            f[:1] != wanted[:1],
            abs(len(f) - len(wanted)),
        )
    )
    inside = sorted((f for f in by_fold if wanted and wanted in f and f not in close), key=lambda f: (len(f), f))
    return [by_fold[f] for f in [*close, *inside]][:count]


def did_you_mean(word: str, known: Iterable[str]) -> Text | None:
    """A sentence naming the nearest known words; None when none is near."""
    near = nearest(word, known)
    return perhaps(near) if near else None


def perhaps(near: Iterable[str], quotes: str = "“”") -> Text:
    """The question whether one of these was meant; `quotes` stand around each in English.

    >>> perhaps(["who-has", "who-lacks"], quotes="")
    Text(ja='「who-has」か「who-lacks」ではありませんか？', en='Did you mean who-has or who-lacks?')
    """
    names, left, right = list(near), quotes[:1], quotes[1:]
    return Text(
        f"{'か'.join(f'「{name}」' for name in names)}ではありませんか？",
        f"Did you mean {' or '.join(f'{left}{name}{right}' for name in names)}?",
    )

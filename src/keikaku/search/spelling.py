"""One form for the spellings of a name, and how it is cut for the index."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from keikaku.ask.words import fold, letters

_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
#: Ways to write one Japanese sound in Latin letters → one of them: Kunrei as Hepburn, long vowels short, n before b, p and m.
_ROMAJI = (
    (re.compile(r"(?<!c)sy(?=[aou])"), "sh"), (re.compile(r"s(?=i)"), "sh"), (re.compile(r"ty(?=[aou])"), "ch"), (re.compile(r"t(?=i)"), "ch"),
    (re.compile(r"t(?=u)"), "ts"), (re.compile(r"(?<![csw])h(?=u)"), "f"), (re.compile(r"[zj]y(?=[aou])"), "j"), (re.compile(r"z(?=i)"), "j"),
    (re.compile(r"m(?=[bpm])"), "n"), (re.compile(r"oh(?![aiueoy])"), "o"), (re.compile(r"ou"), "o"), (re.compile(r"([aiueo])\1+"), r"\1"),
)  # fmt: skip


def spell(text: str) -> str:
    """A text as it is compared: folded, but a decimal point stays, so that 0.5 and 05 differ.

    >>> spell("１,９４２件"), spell("0.5 万人"), spell("ﾊﾏﾏﾂ")
    ('1942件', '0·5万人', 'はままつ')
    """
    return fold(_DECIMAL.sub("·", unicodedata.normalize("NFKC", text)))


def romaji(spelt: str) -> str:
    """One form for the ways to write Japanese in Latin letters; other text stays.

    >>> romaji("fuchuu"), romaji("ohtsu"), romaji("toukyou"), romaji("gumma"), romaji("hukusima")
    ('fuchu', 'otsu', 'tokyo', 'gunma', 'fukushima')
    """
    for pattern, plain in _ROMAJI:
        spelt = pattern.sub(plain, spelt)
    return spelt


def parts(text: str) -> list[str]:
    """The words of a text, spelt."""
    return [spelt for word in unicodedata.normalize("NFKC", text).split() if (spelt := spell(word))]


#: Runs that carry the sense of a Japanese sentence, and Latin words. A single kanji is mostly a part of a verb.
_TELLING = re.compile(r"[ァ-ヺー]{2,}|[一-龯々〆ヶ]{2,}|[a-z]{3,}(?:-[a-z]+)*|\d[\d,.]*", re.IGNORECASE)
_LITTLE = re.compile(
    r"a|an|and|any|are|can|cannot|does|for|from|has|have|how|into|its|not|our|that|the|their|"
    r"them|there|these|they|this|those|to|use|used|using|was|what|when|where|which|who|whom|whose|why|will|with|without|you|your"
)


def telling(text: str) -> list[str]:
    """The words of a sentence that carry its sense, without a dictionary: runs of one script, and Latin words that are not mere grammar.

    >>> telling("スマホが使えない高齢者を助ける市"), telling("people who cannot use a smartphone")
    (['スマホ', '高齢者'], ['people', 'smartphone'])
    """
    found = _TELLING.findall(unicodedata.normalize("NFKC", text))
    return [word for word in dict.fromkeys(found) if not _LITTLE.fullmatch(word.casefold())]


def cuts_a_word(word: str, text: str) -> bool:
    """Whether a spelt word of Latin letters or digits stands in a text only as a part of a longer word or number.

    >>> cuts_a_word("ai", "Aira City"), cuts_a_word("ai", "AI・RPA"), cuts_a_word("1942", "194255"), cuts_a_word("1942", "1,942件")
    (True, False, True, False)
    """
    before, after = _BEFORE.get(_kind(word[0]), ""), _AFTER.get(_kind(word[-1]), "")
    if not before and not after:
        return False
    plain = letters(_DECIMAL.sub("·", unicodedata.normalize("NFKC", text)))
    return re.search(before + _BETWEEN.join(map(re.escape, word)) + after, plain) is None


#: What must not stand before or after a whole word or number, by the kind of the character at its edge.
_BEFORE = {"letter": r"(?<![a-z])", "digit": r"(?<!\d)(?<!\d[,·])"}
_AFTER = {"letter": r"(?![a-z])", "digit": r"(?![,·]?\d)"}
#: What `fold` leaves out may stand between two characters.
_BETWEEN = r"[\s\-‐‑–—'’.,、。・]*"


def _kind(character: str) -> str:
    return "digit" if character.isdigit() else "letter" if character.isascii() and character.isalpha() else ""


def token(characters: str) -> str:
    """Characters as one ASCII word, which no tokenizer takes apart."""
    return "x".join(map(_code, characters))


@lru_cache(maxsize=20_000)
def _code(character: str) -> str:
    return f"{ord(character):x}"


def characters(spelt: str) -> str:
    """A text cut into characters, for the index."""
    return " ".join(map(_code, spelt))


def pairs(spelt: str) -> str:
    """A text cut into overlapping pairs of characters, for the index."""
    codes = [*map(_code, spelt)]
    return " ".join([f"{one}x{next_}" for one, next_ in pairwise(codes)])

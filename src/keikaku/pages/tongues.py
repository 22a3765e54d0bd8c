"""Marks what stands in Japanese on an English page, so that it is read aloud and drawn as Japanese (WCAG 2.2, 3.1.2).

Names without a translation, headings, printed figures and readings come from hundreds of places in the data; the page knows them all.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Kana and kanji; signs that English text has too, such as the middle dot, are not among them.
_LETTER = "\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff"
_SIGN = "\u3000-\u303f\u30fb\uff01-\uffef0-9%"
#: Text between two tags. It is found first and its tag then, since a pattern of both takes ten times as long.
_TEXT = re.compile(f">([^<>{_LETTER}]*[{_LETTER}][^<>]*)<")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
#: What is printed stands in quotation marks and may hold Latin letters.
_WORDS = re.compile(f"(?<=“)[^“”]*[{_LETTER}][^“”]*(?=”)|[{_SIGN}]*[{_LETTER}][{_LETTER}{_SIGN}]*")
_LATIN = re.compile("[A-Za-z]")
_ENTITY = re.compile(r"&#?\w+;")
#: What holds data, and what no element may stand in.
_DATA, _PLAIN = ("script", "style", "textarea"), ("title", "option")


def marked(html: str) -> str:
    """The page with lang="ja" on each piece of Japanese: on the element where it is all of it, else around the words.

    >>> marked('<p>A plan (案)</p><b>計画</b>')
    '<p>A plan (<span lang="ja">案</span>)</p><b lang="ja">計画</b>'
    """
    pieces, done = [], 0
    for found in _TEXT.finditer(html):
        text, before = found[1], found.start()
        start = html.rfind("<", 0, before)
        tag = _TAG.match(html, start)
        if tag is None or ' lang="ja' in html[start:before] or tag[2] in _DATA:
            continue
        closing, name = tag.groups()
        told = ' lang="' in html[start:before]
        if not closing and not told and _whole(text) and html.startswith(f"</{name}>", found.end(1)):
            pieces += [html[done:before], ' lang="ja">', text]
        elif closing or name not in _PLAIN:
            pieces += [html[done : before + 1], _around(text, "tspan" if name in ("text", "tspan") else "span")]
        else:
            continue
        done = found.end(1)
    return "".join([*pieces, html[done:]])


@lru_cache(maxsize=2000)
def _whole(text: str) -> bool:
    """Whether nothing of a text is in Latin letters."""
    return not _LATIN.search(_ENTITY.sub("", text))


@lru_cache(maxsize=2000)
def _around(text: str, piece: str) -> str:
    """A text with its Japanese words in elements of their own."""
    return _WORDS.sub(lambda words: f'<{piece} lang="ja">{words[0]}</{piece}>', text)

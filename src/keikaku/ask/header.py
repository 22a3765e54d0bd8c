"""Read question files: the `#+` lines at their head (docs/questions.md), which `agreed` then checks against each other and the query."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from keikaku.ask.agreed import COVERED, NEGATIVES, VIEWS, check, one_of
from keikaku.ask.question import AREAS, RULE, Column, Parameter, Question, Rest
from keikaku.ask.words import Text, both, did_you_mean
from keikaku.errors import Place, QueryError, shown_path

#: Keys a header line may begin with.
KEYS = (
    "title",
    "summary",
    "area",
    "param",
    "negative",
    "rests",
    "covers",
    "column",
    "word",
    "view",
    "group",
    "subject",
    "hide",
    "dataset",
    "analysis",
    "features",
    "kept",
)

_CONTINUED = re.compile(r"^#\+ {2,}(?P<value>\S.*)$")


def read(path: Path, root: Path) -> Question:
    """Read one question file.

    Raises QueryError with file and line when the header is wrong or says another thing than the query.
    """
    mark = path.stat()
    return _read(path, root, (mark.st_mtime_ns, mark.st_ctime_ns, mark.st_size))


@lru_cache(maxsize=500)
def _read(path: Path, root: Path, _mark: tuple[int, ...]) -> Question:
    """Read it once, while it stays as it is."""
    text = path.read_text(encoding="utf-8")
    shown = shown_path(path, root)
    lines = _header(text, shown)
    one = {key: value for key, _, value, _ in lines if key not in ("param", "column", "word", "rests")}
    for key in ("title", "summary", "negative", "view"):
        if key not in one:
            raise QueryError(
                f"the header has no “{key}”",
                ja=f"見出しに「{key}」がありません",
                do=f"Add: #+ {key}: …",
                do_ja=f"加えてください: #+ {key}: …",
                rule=RULE,
                place=Place(shown, 1),
            )
    negative, *aspects = one["negative"].split()
    one_of("negative", negative, NEGATIVES, shown)
    view, *drawn = one["view"].split()
    one_of("view", view, VIEWS, shown)
    one_of("area", one.get("area", "theme"), tuple(AREAS), shown)
    words: dict[str, dict[str, Text]] = {}
    for key, names, value, line in lines:
        if key == "word":
            if len(names) != 2:
                raise QueryError(
                    "a word is “#+ word COLUMN TOKEN: ja / en”",
                    ja="word は「#+ word COLUMN TOKEN: ja / en」と書きます",
                    rule=RULE,
                    place=Place(shown, line),
                )
            words.setdefault(names[0], {})[names[1]] = both(value)
    columns = tuple(
        Column(names[0], both(value), words.get(names[0], {})) for key, names, value, _ in lines if key == "column"
    )
    short = re.match(r"cq\d\d", path.stem)
    question = Question(
        id=short[0] if short else path.stem,
        title=both(one["title"]),
        summary=both(one["summary"]),
        area=one.get("area", ""),
        parameters=tuple(_parameter(names, value, shown, line) for key, names, value, line in lines if key == "param"),
        columns=columns,
        negative=negative,
        aspects=tuple(aspects),
        rests=tuple(_rest(names, value, shown, line) for key, names, value, line in lines if key == "rests"),
        covers=tuple(one.get("covers", "").split()),
        covered=next((names[0] for key, names, _, _ in lines if key == "covers" and names), COVERED[0]),
        view=view,
        group=one.get("group", ""),
        subject=one.get("subject", ""),
        hidden=tuple(one.get("hide", "").split()),
        text=text,
        place=Place(shown, 1),
        analysis=one.get("analysis", ""),
        features=tuple(one.get("features", "").split()),
        drawn=tuple(drawn),
        kept=next(
            ((names[0], value) if names else (value, "") for key, names, value, _ in lines if key == "kept"), ("", "")
        ),
    )
    check(question)
    return question


def library(queries: Path, root: Path) -> dict[str, Question]:
    """Every question below queries/library and queries/competency, by id, the library first.

    Raises QueryError when two files have one id.
    """
    found: dict[str, Question] = {}
    for folder in ("library", "competency"):
        for path in sorted((queries / folder).glob("*.rq")):
            question = read(path, root)
            if question.id in found:
                raise QueryError(
                    f"the id {question.id} is also that of {found[question.id].place.file}",
                    ja=f"識別子 {question.id} は {found[question.id].place.file} にもあります",
                    place=question.place,
                )
            found[question.id] = question
    return found


def _header(text: str, shown: str) -> list[tuple[str, list[str], str, int]]:
    """The header lines as (key, names, value, line number)."""
    found: list[tuple[str, list[str], str, int]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("#+"):
            continue
        continued = _CONTINUED.match(line)
        if continued and found:
            key, names, value, at = found[-1]
            found[-1] = (key, names, f"{value} {continued['value'].strip()}", at)
            continue
        head, colon, value = line[2:].partition(":")
        key, *names = head.split() or [""]
        if not colon or key not in KEYS:
            listed = ", ".join(KEYS)
            hint = did_you_mean(key, KEYS) or Text(f"使えるのは: {listed}", f"Known: {listed}")
            raise QueryError(
                f"the header line “{line[:40]}” is unknown",
                ja=f"見出し「{line[:40]}」は使えません",
                do=hint.en,
                do_ja=hint.ja,
                rule=RULE,
                place=Place(shown, number),
            )
        if key in ("param", "column") and len(names) != 1:
            raise QueryError(
                f"the header line “#+ {key} NAME: …” names one {key}",
                ja=f"見出し「#+ {key} NAME: …」には {key} を一つ書きます",
                rule=RULE,
                place=Place(shown, number),
            )
        found.append((key, names, value.strip(), number))
    return found


def _parameter(names: list[str], value: str, shown: str, line: int) -> Parameter:
    """Read `#+ param theme: theme, required | テーマ / theme`."""
    head, bar, label = value.partition("|")
    kind, comma, left_out = head.partition(",")
    left = left_out.strip() if comma else "required"
    if left not in ("required", "sample", "dropped") or not bar:
        raise QueryError(
            f"the parameter {names[0]} does not say its kind, what happens without it, and its label",
            ja=f"パラメータ {names[0]} に、種類、省いたときの扱い、呼び名のどれかがありません",
            do=f"Write: #+ param {names[0]}: KIND, required|sample|dropped | ja / en",
            do_ja=f"このように書いてください: #+ param {names[0]}: KIND, required|sample|dropped | ja / en",
            rule=RULE,
            place=Place(shown, line),
        )
    return Parameter(names[0], kind.strip(), left, both(label))


def _rest(names: list[str], value: str, shown: str, line: int) -> Rest:
    """Read `#+ rests plan answer=lacking: cf-initiative-themes`."""
    aspects = tuple(value.split())
    where = tuple((name, token) for name, _, token in (word.partition("=") for word in names[1:]))
    if not names or "=" in names[0] or not aspects or any("=" not in word for word in names[1:]):
        raise QueryError(
            "the header line does not say which column rests on which aspects",
            ja="どの列がどの観点に拠るのかが、この見出しから分かりません",
            do="Write: #+ rests COLUMN [COLUMN=TOKEN …]: cf-ASPECT …",
            do_ja="このように書いてください: #+ rests COLUMN [COLUMN=TOKEN …]: cf-ASPECT …",
            rule=RULE,
            place=Place(shown, line),
        )
    return Rest(names[0], where, aspects)

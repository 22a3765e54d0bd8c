"""YAML as a tree of texts that know their line. All scalars stay text; types come from the term (plan-file.md, rule 1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from keikaku.errors import KeikakuError, Place

RULE = "docs/plan-file.md"


@dataclass(frozen=True)
class Text:
    """A scalar, as written."""

    value: str
    place: Place


@dataclass(frozen=True)
class Items:
    """A sequence."""

    items: tuple[Value, ...]
    place: Place

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)


@dataclass(frozen=True)
class Mapping:
    """A mapping with unique keys; `key_places` tells where each key stands."""

    entries: dict[str, Value]
    key_places: dict[str, Place]
    place: Place

    def get(self, key: str) -> Value | None:
        """The value of `key`, or None."""
        return self.entries.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self.entries


Value = Text | Items | Mapping


def load(path: Path, shown: str) -> Mapping:
    """Read one YAML file whose outermost node is a mapping.

    Raises KeikakuError, naming `shown` and the line, for invalid UTF-8, a tab, an empty file, a repeated key,
    a syntax error, anchors and tags (the format has none), and keys that are not text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise KeikakuError(
            "the file cannot be read",
            ja="ファイルを読めません",
            do=str(error.strerror),
            do_ja=f"理由: {error.strerror}",
            place=Place(shown),
        ) from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise KeikakuError(
            f"byte {column} of the line is not UTF-8",
            ja=f"行の {column} バイト目が UTF-8 ではありません",
            do="Save the file as UTF-8",
            do_ja="UTF-8 で保存してください",
            rule=RULE,
            place=Place(shown, line),
        ) from error
    for number, content in enumerate(text.split("\n"), 1):
        indent = content[: len(content) - len(content.lstrip())]
        if "\t" in indent:
            raise KeikakuError(
                "a tab stands in the indentation",
                ja="字下げにタブがあります",
                do="Indent with spaces",
                do_ja="空白で字下げしてください",
                rule=RULE,
                place=Place(shown, number),
            )
    try:
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown, mark.line + 1 if mark else None)
        raise KeikakuError(
            f"this is not YAML: {error.problem}",
            ja=f"YAML として読めません: {error.problem}",
            do="Compare with the lines above it",
            do_ja="上の行と見比べてください",
            rule=RULE,
            place=place,
        ) from error
    except yaml.YAMLError as error:
        raise KeikakuError(
            f"this is not YAML: {error}", ja=f"YAML として読めません: {error}", rule=RULE, place=Place(shown)
        ) from error
    if root is None:
        raise KeikakuError(
            "the file is empty",
            ja="ファイルが空です",
            do="Write at least its first keys",
            do_ja="少なくとも最初のキーを書いてください",
            rule=RULE,
            place=Place(shown, 1),
        )
    value = _tree(root, shown)
    if not isinstance(value, Mapping):
        raise KeikakuError(
            "the file is not a mapping of keys",
            ja="ファイルが「キー: 値」の並びではありません",
            do="Begin with “key: value”",
            do_ja="「キー: 値」で始めてください",
            rule=RULE,
            place=Place(shown, 1),
        )
    return value


def _tree(node: yaml.Node, shown: str) -> Value:
    place = Place(shown, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return Text(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_tree(child, shown) for child in node.value), place)
    if not isinstance(node, yaml.MappingNode):
        raise KeikakuError(
            "this kind of YAML node is not used here", ja="この種類の YAML の要素は使いません", rule=RULE, place=place
        )
    entries: dict[str, Value] = {}
    places: dict[str, Place] = {}
    for key_node, value_node in node.value:
        key_place = Place(shown, key_node.start_mark.line + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            raise KeikakuError("a key has to be one word", ja="キーは一つの語にします", rule=RULE, place=key_place)
        key = key_node.value
        if key in entries:
            raise KeikakuError(
                f"the key “{key}” stands twice (first on line {places[key].line})",
                ja=f"キー「{key}」が2回あります(1回目は {places[key].line} 行目)",
                do="Keep one of them",
                do_ja="どちらか一方を残してください",
                rule=RULE,
                place=key_place,
            )
        entries[key] = _tree(value_node, shown)
        places[key] = key_place
    return Mapping(entries, places, place)

"""The one layout of YAML files (`keikaku fmt`; plan-file.md, rules 3 and 13). Only this module needs a loader that keeps comments."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from keikaku.errors import KeikakuError, Place
from keikaku.read.keys import KEYS

WIDTH = 160
#: What stands under a key, so that its keys can be brought into order.
KINDS = {
    "title": "title", "summary": "title", "note": "title", "reason": "title", "name": "title", "issued": "date of issue",
    "period": "period", "legal-basis": "legal basis", "cites": "relation", "absorbs": "link", "succeeds": "link", "upper": "link",
    "coordinated": "link", "informed-by": "link", "reflects": "link", "volumes": "link", "goals": "goal", "principles": "principle",
    "initiatives": "initiative", "themes": "theme", "actions": "action", "issues": "issue", "national": "national item", "other-plans": "other plan",
    "kpis": "KPI", "baseline": "value", "targets": "value", "values": "value", "roadmap": "roadmap entry", "facts": "fact",
    "bodies": "body", "posts": "post", "events": "event", "glossary": "glossary entry", "quality": "quality note",
    "completeness": "completeness statement", "relation": "relation", "items": "fact", "evaluations": "evaluation",
    "results": "evaluation result", "surveys": "survey", "swot": "SWOT field", "entries": "SWOT entry",
    "cases": "case", "by": "government", "similar": "government",
    "partners": "partner", "uses": "product use", "laws": "citation", "plans": "link", "links": "web link", "guidelines": "guideline",
    "points": "point", "role": "title",
}  # fmt: skip
_REGISTER_KINDS = dict.fromkeys(
    ("units", "bodies", "posts", "instruments", "laws", "organisations", "products"), "register entry"
)
#: Lists whose unnumbered entries get the next number (rule 3).
NUMBERED = {
    "kpis",
    "issues",
    "roadmap",
    "national",
    "facts",
    "events",
    "quality",
    "goals",
    "principles",
    "actions",
    "items",
    "surveys",
    "swot",
    "entries",
    "points",
}


class _TextResolver(VersionedResolver):
    """Every scalar is text: 011002 stays 011002."""

    @property
    def versioned_resolver(self) -> dict[str, object]:
        return {}


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Resolver = _TextResolver
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=2, offset=0)
    yaml.allow_duplicate_keys = False
    return yaml


def formatted(text: str, shown: str) -> str:
    """Bring one file into the layout; formatting twice changes nothing more.

    Keys come in the order of the format; a mapping or list stands on one line where it fits in 160 columns and holds no
    comment; a missing number is filled in with the next free one and no number is ever changed.
    Raises KeikakuError where the text is not YAML.
    """
    for _ in range(3):  # a comment inside a one-line mapping settles on the second pass
        before, text = text, _once(text, shown)
        if text == before:
            break
    return text


def _once(text: str, shown: str) -> str:
    yaml = _yaml()
    try:
        tree = yaml.load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(shown, mark.line + 1 if mark else None)
        raise KeikakuError(
            f"this is not YAML: {getattr(error, 'problem', error)}",
            ja=f"YAML として読めません: {getattr(error, 'problem', error)}",
            rule="docs/plan-file.md",
            place=place,
        ) from error
    if not isinstance(tree, CommentedMap):
        raise KeikakuError(
            "the file is not a mapping of keys",
            ja="ファイルが「キー: 値」の並びではありません",
            rule="docs/plan-file.md",
            place=Place(shown, 1),
        )
    register = "document" not in tree
    top = "register" if register else "casebook file" if "casebook" in tree else "plan file"
    for node, kind in list(_walk(tree, top, register)):
        _order(node, KEYS[kind])
    _number(tree)
    _flow(tree, 0, 0, top=True)
    out = io.StringIO()
    yaml.dump(tree, out)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def write(path: Path, text: str) -> None:
    """Write a formatted file."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _walk(node: CommentedMap, kind: str, register: bool) -> Iterator[tuple[CommentedMap, str]]:
    yield node, kind
    for key, value in node.items():
        below = _REGISTER_KINDS.get(key) if register and kind == "register" else KINDS.get(key)
        for child in value if isinstance(value, CommentedSeq) else (value,):
            if isinstance(child, CommentedMap) and below:
                yield from _walk(child, below, register)


def _order(node: CommentedMap, keys: tuple[str, ...]) -> None:
    """Move keys into order; unknown keys stay at the end in their own order (reading refuses them)."""
    rank = {key: number for number, key in enumerate(keys)}
    wanted = sorted(node, key=lambda key: rank.get(key, len(rank)))
    if wanted != list(node) and not _has_comment(node):
        for key in wanted:
            node.move_to_end(key)


def _number(tree: CommentedMap) -> None:
    for key, value in tree.items():
        if not isinstance(value, CommentedSeq):
            continue
        entries = [item for item in value if isinstance(item, CommentedMap)]
        if key in NUMBERED and any("no" not in item for item in entries):
            used = {
                int(str(item["no"]))
                for item in entries
                if str(item.get("no", "")).isascii() and str(item.get("no", "")).isdigit()
            }
            for item in entries:
                if "no" not in item:
                    free = next(n for n in range(1, len(entries) + len(used) + 2) if n not in used)
                    used.add(free)
                    item.insert(0, "no", str(free))
        for item in entries:
            _number(item)


def _has_comment(node: object) -> bool:
    if not isinstance(node, CommentedBase):
        return False
    if node.ca.comment or node.ca.items:
        return True
    children = (
        list(node.values()) if isinstance(node, CommentedMap) else list(node) if isinstance(node, CommentedSeq) else []
    )
    return any(_has_comment(child) for child in children)


def _flow(node: object, column: int, indent: int, *, top: bool = False) -> None:
    """Choose one line or several, from the outside in.

    column: where the node would begin on one line; indent: where its own lines would begin if it is spread out.
    """
    if not isinstance(node, CommentedMap | CommentedSeq):
        return
    listed = isinstance(node, CommentedSeq) and any(isinstance(child, CommentedMap) for child in node)
    if not top and not listed and not _has_comment(node) and column + len(_one_line(node)) <= WIDTH:
        _set_flow(node)
        return
    node.fa.set_block_style()
    for key, child in node.items() if isinstance(node, CommentedMap) else enumerate(node):
        if key in node.ca.items and isinstance(child, CommentedMap) and child.fa.flow_style():
            continue  # a comment behind a one-line mapping would lose its line if the mapping were spread out
        if isinstance(key, str):
            _flow(child, indent + len(key) + 2, indent if isinstance(child, CommentedSeq) else indent + 2)
        else:
            _flow(child, indent + 2, indent + 2)


def _set_flow(node: object) -> None:
    """Put a node and all below it on one line; words that the reader's YAML 1.1 parser would misread there get quotes."""
    if isinstance(node, CommentedMap | CommentedSeq):
        node.fa.set_flow_style()
        for key, child in list(node.items()) if isinstance(node, CommentedMap) else list(enumerate(node)):
            if type(child) is str and _UNSAFE.search(child):
                node[key] = SingleQuotedScalarString(child)
            _set_flow(child)


#: What a plain word on one line may not begin with or hold (YAML 1.1 §5.3, §9.2.3).
_UNSAFE = re.compile(r"^[?&*!|>%@`#\"'\-](?!\d)|[:,\[\]{}]|\s#|^$")


def _one_line(node: object) -> str:
    """The text a node would take on one line, in characters."""
    if isinstance(node, CommentedMap):
        return "{" + ", ".join(f"{key}: {_one_line(value)}" for key, value in node.items()) + "}"
    if isinstance(node, CommentedSeq):
        return "[" + ", ".join(_one_line(value) for value in node) + "]"
    text = str(node)
    return f"'{text}'" if any(mark in text for mark in ",:#{}[]'\"") else text

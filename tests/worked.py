"""Run what `docs/notebook.ipynb` and `docs/guide.md` show; `make examples` writes the results into them.

    python tests/worked.py

The build id in a citation changes with every change of the data, so it is not compared (`steady`).
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keikaku.ask.forms import to_markdown
from keikaku.namespaces import BASE, shorten
from keikaku.store import Solutions, Store, open_current

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTEBOOK = DOCS / "notebook.ipynb"
GUIDE = DOCS / "guide.md"

#: A query of the guide and the table below it, which is its result.
SHOWN = re.compile(r"^```sparql\n(?P<query>.*?)^```\n\n(?P<table>(?:\|[^\n]*\n)*)", re.MULTILINE | re.DOTALL)


def steady(text: str) -> str:
    """A text without what depends on the state of the data as a whole."""
    return re.sub(r"(ビルド|build) [0-9a-f]{16}", r"\1 …", text)


def cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def run_notebook(notebook: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The outputs of every code cell, run in order in one namespace, in the working folder."""
    namespace: dict[str, Any] = {"__name__": "__notebook__"}
    return [run_cell("".join(cell["source"]), namespace) for cell in cells(notebook)]


def run_cell(source: str, namespace: dict[str, Any]) -> list[dict[str, Any]]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "notebook", "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "notebook", "eval"), namespace)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if value is not None:
        outputs.append({"data": shown(value), "metadata": {}, "output_type": "display_data"})
    return outputs


def shown(value: Any) -> dict[str, Any]:
    """A value as a notebook shows it: a figure as a picture, other things as html where they have it, and as text."""
    if hasattr(value, "savefig"):
        picture = io.BytesIO()
        value.savefig(picture, format="png", dpi=120, metadata={"Software": None})
        return {"image/png": base64.b64encode(picture.getvalue()).decode(), "text/plain": ["<Figure>"]}
    html = getattr(value, "_repr_html_", None)
    return ({"text/html": lines(html())} if html else {}) | {"text/plain": lines(repr(value))}


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def texts(outputs: list[dict[str, Any]]) -> list[str]:
    """What can be compared of outputs: the texts, without pictures."""
    found = []
    for output in outputs:
        data = {"text": output["text"]} if "text" in output else output["data"]
        found += [f"{kind}: {steady(''.join(text))}" for kind, text in sorted(data.items()) if kind != "image/png"]
    return found


@dataclass(frozen=True)
class Example:
    """One query of the guide with the table that is shown for it."""

    line: int
    query: str
    table: str

    def __str__(self) -> str:
        return f"guide.md:{self.line}"


def examples(text: str) -> list[Example]:
    return [Example(text.count("\n", 0, m.start()) + 1, m["query"], m["table"]) for m in SHOWN.finditer(text)]


def result(store: Store, query: str) -> str:
    """The result of a query as the guide shows it: a table with short names and paths."""
    rows: Solutions = store.select(query)
    return to_markdown(
        rows.columns, [[named(str(cell)) if cell is not None else "" for cell in row] for row in rows.rows]
    )


def named(text: str) -> str:
    return shorten(text).removeprefix(BASE) if text.startswith("http") else text


def with_results(text: str, store: Store) -> str:
    return SHOWN.sub(lambda m: f"```sparql\n{m['query']}```\n\n{result(store, m['query'])}", text)


def write(root: Path) -> None:
    """Renew the results in the notebook and in the guide."""
    notebook = load(NOTEBOOK)
    for number, (cell, outputs) in enumerate(zip(cells(notebook), run_notebook(notebook), strict=True), 1):
        cell["execution_count"], cell["outputs"] = number, outputs
    NOTEBOOK.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if GUIDE.is_file():
        store = open_current(root / "build" / "current")
        GUIDE.write_text(with_results(GUIDE.read_text(encoding="utf-8"), store), encoding="utf-8")


if __name__ == "__main__":
    write(DOCS.parent)

"""`keikaku diff`: what two releases say differently."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keikaku import diff as differences
from keikaku.ask.forms import to_json
from keikaku.cli.app import app, example, run_of
from keikaku.cli.output import TableFormat, note, print_table, write
from keikaku.diff import KINDS, Entry, Part

COLUMNS = ("document", "kind", "thing", "iri", "property", "old", "new")
_STATES = {"new": ("新しい文書", "new document"), "gone": ("なくなった文書", "document gone"), "changed": ("", "")}


@app.command(name="diff", epilog=example("keikaku diff build site"))
def diff_command(
    context: typer.Context,
    old: Annotated[
        Path, typer.Argument(metavar="OLD", help="A build folder, a published site, or a dump (.nq, .trig, also .gz).")
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same, later.")],
    form: TableFormat = "table",
) -> int:
    """Explain a release: facts added, changed and withdrawn, per document, in words. Exit 1 when there are any."""
    from keikaku.pages.words import foreign  # noqa: PLC0415 - brings the templates, which the other commands need not load

    lang = run_of(context).lang
    parts = differences.diff(differences.open_release(old), differences.open_release(new), foreign)
    if form == "json":
        write(to_json([_json(part) for part in parts]))
    elif form in ("csv", "tsv"):
        rows = [(part.id, *_row(entry, lang)) for part in parts for entry in part.entries]
        print_table(form, COLUMNS, rows, run_of(context).console())
    else:
        write("\n".join(text(part, lang, markdown=form == "md") for part in parts))
    if not parts:
        note("違いはありません" if lang == "ja" else "both say the same")
    return 1 if parts else 0


def text(part: Part, lang: str, *, markdown: bool) -> str:
    """The differences of one document, a line each, under the headings of their kinds."""
    ja = lang == "ja"
    state = _STATES[part.state][0 if ja else 1]
    title = f"{part.title.of(lang)} ({part.id})" + (f" — {state}" if state else "")
    numbers = [
        (part.facts, "事実", "facts"),
        (part.passages, "根拠箇所", "passages"),
        (part.derived, "導いた文", "derived"),
    ]
    line = (
        "、".join(f"{w} +{a} −{b}" for (a, b), w, _ in numbers)
        if ja
        else ", ".join(f"{w} +{a} −{b}" for (a, b), _, w in numbers)
    )
    out = [f"## {title}\n" if markdown else title, line, ""]
    for kind, words in KINDS.items():
        entries = [entry for entry in part.entries if entry.kind == kind]
        if entries:
            heading = f"{words.of(lang)}: {len(entries)}"
            out.append(f"### {heading}\n" if markdown else f"  {heading}")
            out += [f"- {_escaped(e.sentence(lang))}" if markdown else f"    {e.sentence(lang)}" for e in entries]
            out.append("")
    return "\n".join(out)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("<", "&lt;").replace("\n", " ").replace("*", "\\*").replace("_", "\\_")


def _row(entry: Entry, lang: str) -> tuple[str, ...]:
    old, new = (" | ".join(v.of(lang) for v in values) for values in (entry.old, entry.new))
    return entry.kind, entry.thing.of(lang), entry.iri, entry.called.of(lang), old, new


def _json(part: Part) -> dict[str, object]:
    return {
        "document": part.id,
        "title": {"ja": part.title.ja, "en": part.title.en},
        "state": part.state,
        **{name: {"added": pair[0], "withdrawn": pair[1]} for name, pair in (("facts", part.facts), ("passages", part.passages), ("derived", part.derived))},
        "entries": [
            {
                "kind": e.kind,
                "iri": e.iri,
                "thing": {"ja": e.thing.ja, "en": e.thing.en},
                **(
                    {
                        "property": e.property,
                        "called": {"ja": e.called.ja, "en": e.called.en},
                        "old": [{"ja": v.ja, "en": v.en} for v in e.old],
                        "new": [{"ja": v.ja, "en": v.en} for v in e.new],
                    }
                    if e.property
                    else {}
                ),
            }
            for e in part.entries
        ],
    }  # fmt: skip

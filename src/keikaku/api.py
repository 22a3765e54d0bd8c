"""The graph as a Python library: ask, query, show and search from a notebook or a script (architecture §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph, URIRef

from keikaku import search as index
from keikaku import settings as places
from keikaku.ask import Answer, Question, ask, choose, cite, cities, library, recorded
from keikaku.ask import show as facts
from keikaku.ask.answer import number_of
from keikaku.ask.coverage import coverage
from keikaku.ask.covered import Coverage
from keikaku.ask.forms import Flat, to_csv
from keikaku.ask.sheet import plain_workbook
from keikaku.ask.unknown import unknown_names
from keikaku.draw import Picture, draw
from keikaku.settings import Settings
from keikaku.store import Solutions, Store, Triples, open_current

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rows:
    """The rows of a SELECT query, as terms (`solutions`), a data frame or a file.

    `hints` name what the query speaks of and the graph does not know, when there are no rows.
    """

    solutions: Solutions
    query: str = ""
    build_id: str = ""
    hints: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.solutions)

    def to_pandas(self) -> pd.DataFrame:
        """A data frame: numbers as numbers, everything else as text."""
        import pandas as pd  # noqa: PLC0415 - half a second that only this needs

        return pd.DataFrame(self._plain_rows(), columns=list(self.solutions.columns))

    def to_csv(self) -> str:
        """The rows as csv (RFC 4180); no text can become a formula."""
        return to_csv(self.solutions.columns, self._plain_rows())

    def to_excel(self, path: str | Path, lang: str = "ja") -> None:
        """Write a workbook: the rows, and a sheet with the query, the build and the licence."""
        about = [f"build: {self.build_id}", *self.query.strip().splitlines()]
        Path(path).write_bytes(plain_workbook(self.solutions.columns, self._plain_rows(), lang, about))

    def _plain_rows(self) -> list[list[Flat]]:
        return [[_plain(term) for term in row] for row in self.solutions.rows]

    def __repr__(self) -> str:
        return f"Rows({len(self):,} rows: {', '.join(self.solutions.columns)})"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.solutions.columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{_html(term)}</td>" for term in row) + "</tr>" for row in self.solutions.rows
        )
        hints = "".join(f"<p>{escape(hint)}</p>" for hint in self.hints)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{hints}"


@dataclass(frozen=True)
class Keikaku:
    """One build of the graph, open for reading. Make one with `keikaku.open()`."""

    settings: Settings
    store: Store
    lang: str = "ja"

    def questions(self) -> dict[str, Question]:
        """The question library by id."""
        return library(self.settings.queries, self.settings.root)

    def ask(self, question: str, **parameters: object) -> Answer:
        """Answer a question of the library, such as ask("who-lacks", theme="digital-divide").

        A list stands for "any of these". Raises ParameterError for a wrong name or value, with the nearest right ones.
        """
        return ask(self.store, choose(self.questions(), question), parameters, self.lang)

    def query(self, text: str) -> Rows | Graph | bool:
        """Answer any SPARQL 1.1 query: Rows for SELECT, an rdflib Graph for CONSTRUCT and DESCRIBE, a bool for ASK."""
        result = self.store.query(text)
        if isinstance(result, Solutions):
            hints = () if result else tuple(hint.en for hint in unknown_names(self.store, text))
            return Rows(result, text, self.store.build_id, hints)
        if isinstance(result, Triples):
            graph = Graph()
            for triple in result.triples:
                graph.add(triple)
            return graph
        return result

    def show(self, name: str) -> facts.Thing:
        """All facts about one thing (IRI, prefixed name, path, name or code), each with where it stands."""
        return facts.thing(self.store, facts.resolve(self.store, name))

    def cite(self, name: str, accessed: str | date = "") -> list[str]:
        """Citation lines for a thing, such as a target, or for a passage itself: one for each passage that it rests on.

        `accessed` is the day of access, if it is to be named. Of reference data, which rest on no passage, our data set is cited.
        """
        iri, day = facts.resolve(self.store, name), cite.accessed_day(accessed)
        found = [citation.line(self.lang, day or "") for citation in cite.of_thing(self.store, iri)]
        return found or [cite.dataset_line(self.store.build_id, iri, self.lang, day)]

    def search(self, words: str, most: int = 20, **filters: str) -> list[index.Hit]:
        """Things whose names, readings, codes, wordings or printed numbers hold these words.

        Narrow by facets: search("窓口", kind="KPI", within="静岡県", year="R6"). Raises ParameterError for a value that is none.
        """
        return index.search((self.store.path or self.settings.current) / index.FILE, words, self.lang, most, **filters)

    def coverage(self, plan: str | None = None) -> Coverage:
        """What is recorded, missing, lost or unknown: of one plan (IRI, code, name of the city), or of all (docs/coverage.md)."""
        iri = recorded.find(self.store, plan) if plan else None
        return coverage(self.store, self.settings.queries / "pages" / "coverage", iri)

    def compare(self, *governments: str) -> cities.Comparison:
        """2 to 5 local governments (code or name) side by side: themes, and KPIs with a verdict (docs/compare.md)."""
        return cities.compare(self.store, self.questions(), governments)

    def graph(
        self, around: str | None = None, *, plan: str | None = None, theme: str | None = None, depth: int = 1
    ) -> Picture:
        """A picture of the neighbourhood of a thing, a plan, a theme or all; a notebook shows it, `.graph` is networkx (docs/graph.md)."""
        return draw(
            self.store,
            self.settings,
            around=around,
            plan=plan,
            theme=theme,
            depth=depth,
            lang=self.lang,
            folder=self.store.path,
        )


def open_graph(root: str | Path | None = None, lang: str = "ja") -> Keikaku:
    """Open the current build of the project at `root` (else KEIKAKU_ROOT, else the nearest one).

    Raises CannotRunError when there is no project or no build.
    """
    found = places.find(Path(root) if root is not None else None)
    return Keikaku(found, open_current(found.current), lang)


def _plain(term: object) -> Flat:
    if term is None:
        return None
    number = number_of(term)  # type: ignore[arg-type]  # rows hold rdflib terms
    return str(term) if number is None else number


def _html(term: object) -> str:
    text = escape(str(term)) if term is not None else ""
    return f'<a href="{text}">{text}</a>' if isinstance(term, URIRef) else text

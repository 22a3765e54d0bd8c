"""The files of a build: what stands at each address, as a page whose links are relative or as data (docs/publishing.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from keikaku.ask import Question, choose
from keikaku.ask.render import csv_text, json_text, markdown_text
from keikaku.ask.sheet import workbook
from keikaku.ask.terms import terms_for
from keikaku.errors import ParameterError
from keikaku.pages import Page, Site, compare, coverage, data, graph, lists, tables
from keikaku.pages.address import SUFFIXES, file_of, split_file
from keikaku.pages.assets import assets
from keikaku.pages.entity import entity
from keikaku.pages.neighbours import page_of
from keikaku.pages.question import answer_of, chosen, question_page
from keikaku.pages.render import View
from keikaku.pages.routes import BELOW, FILES, PAGES
from keikaku.publish import sitemap
from keikaku.publish.dataset import dataset_data, dataset_page, page_schema
from keikaku.publish.downloads import CHECKSUMS, downloads, dumps
from keikaku.publish.findings import findings_page, findings_text
from keikaku.publish.links import PICTURES, Address, Has, Linker, suffix_of
from keikaku.store import remembering


class Maker:
    """Makes the files of one build into a folder."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = replace(site, store=remembering(site.whole))
        self.folder = folder

    @cached_property
    def things(self) -> list[str]:
        """The things with a page."""
        return sitemap.things(self.site)

    @cached_property
    def has(self) -> Has:
        """What the site will have."""
        reports = {f"/coverage/{tail}" for tail in sitemap.coverages(self.site)} | set(compare.prepared(self.site))
        reports |= {coverage.CARD + tail for tail in sitemap.coverages(self.site)}
        fixed = {path for path in PAGES if path != "/search"} | {"/dataset", "/findings"} | reports
        files = {f"/dataset{suffix}" for suffix in SUFFIXES} | {
            "/findings.csv",
            "/findings.json",
            "/ont/context.jsonld",
            *FILES,
        }
        files |= {f"/assets/{name}" for name in assets(self.site.settings)}
        files |= {f"/downloads/{dump.path}" for dump in dumps(downloads(self.site))} | {f"/downloads/{CHECKSUMS}"}
        questions = {name: {p.name for p in q.parameters} for name, q in self.site.questions.items()}
        pictures = {name: {value for value, _ in ones} for name, ones in graph.choices(self.site, "ja").items()}
        return Has(fixed, set(self.things), questions, files, pictures)

    def roots(self) -> list[Address]:
        """Where to begin; the rest is found by following links."""
        fixed = [Address(path) for path in sorted(self.has.pages)]
        questions = [Address(f"/questions/{name}") for name in self.site.questions]
        questions += [
            Address(f"/questions/{name}{suffix}")
            for name, question in self.site.questions.items()
            if self._answers(question)
            for suffix in (".csv", ".json")
        ]
        things = [Address("/" + file_of(path, ".html")) for path in self.things]
        both = [replace(address, lang=lang) for address in [*fixed, *questions, *things] for lang in ("ja", "en")]
        return [*both, Address("/ont/context.jsonld"), Address("/findings.csv"), Address("/findings.json")]

    def _answers(self, question: Question) -> bool:
        """Whether the graph knows what the question asks about when nothing is chosen."""
        try:
            terms_for(self.site.store, question, chosen(self.site, question, {}))
        except ParameterError:
            return False
        return True

    def write(self, addresses: Iterable[Address]) -> set[Address]:
        """Write the files of these addresses; what their pages link to."""
        linker = Linker(self.has)
        for address in addresses:
            content = self.content(address)
            if isinstance(content, Page):
                content = linker.relative(content.html, address).encode()
            write(self.folder / address.file, content)
        return self.found(linker)

    def found(self, linker: Linker) -> set[Address]:
        """Where the pages just written lead."""
        return linker.found

    def content(self, address: Address) -> Page | bytes:
        """The page or the data at an address."""
        path, site = address.path, self.site
        view = View(address.lang, path, dict(address.params), static=True)
        fixed = {**PAGES, "/dataset": dataset_page, "/findings": findings_page}
        if path in fixed:
            return fixed[path](site, view)
        if path in FILES or path in PICTURES:
            return FILES[path](site, view) if path in FILES else graph.file(site, view, suffix_of(path))
        below = next((make for start, make in BELOW.items() if path.startswith(start)), None)
        if below:
            return below(site, view) or lists.missing(view, path)
        suffix = suffix_of(path)
        if path.startswith("/questions/"):
            return self._question(path.removeprefix("/questions/").removesuffix(suffix), suffix, view)
        if path.startswith("/coverage/"):
            return self._report(path.removeprefix("/coverage/").removesuffix(suffix), suffix, view)
        found = self._file(path)
        return self._thing(path, view) if found is None else found

    def _thing(self, path: str, view: View) -> Page | bytes:
        table = tables.csv_of(self.site, path.lstrip("/"), view.lang)
        if table is not None:
            return table.encode()
        thing, suffix = split_file(path.lstrip("/"))
        if suffix == ".html":
            return entity(self.site, thing, view, page_schema(self.site, thing)) or lists.missing(view, path)
        return data.data_of(self.site, thing, SUFFIXES[suffix], page_of(view))

    def _report(self, name: str, suffix: str, view: View) -> Page | bytes:
        plan = coverage.find(self.site, name)
        if not suffix:
            return coverage.report(self.site, view, plan)
        return coverage.text_of(self.site, plan, suffix[1:], view.lang).encode()

    def _question(self, name: str, suffix: str, view: View) -> Page | bytes:
        question = choose(self.site.questions, name)
        if not suffix:
            return question_page(self.site, question, view)
        answer = answer_of(self.site, question, view.params, view.lang)
        if suffix == ".xlsx":
            return workbook(answer, view.lang, self.site.build_id)
        return {".csv": lambda: csv_text(answer, view.lang), ".json": lambda: json_text(answer), ".md": lambda: markdown_text(answer, view.lang)}[suffix]().encode()  # fmt: skip

    def _file(self, path: str) -> bytes | None:
        """A file that is no page and about no one thing."""
        if path.startswith("/assets/"):
            return assets(self.site.settings)[path.rpartition("/")[2]].read_bytes()
        if path.startswith("/downloads/"):
            return (downloads(self.site) / path.removeprefix("/downloads/")).read_bytes()
        if path.startswith("/dataset."):
            return dataset_data(self.site, SUFFIXES[suffix_of(path)])
        if path.startswith("/findings."):
            return findings_text(self.site, suffix_of(path)[1:]).encode()
        if path == "/ont/context.jsonld":
            return (self.site.settings.ontology / "context.jsonld").read_bytes()
        return None


def write(path: Path, content: bytes) -> None:
    """Write a file, and the folders that lead to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

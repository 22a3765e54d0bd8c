"""The routes of the question library: a page for each question, and its answer as data.

A question may be asked of the whole nation, so it is answered by the workers that answer queries, within the same limits. An answer is
kept while the build stands. A service in place of the store has limits of its own.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from keikaku.ask import Answer, Question, choose
from keikaku.ask.trusted import check
from keikaku.endpoint import Endpoint
from keikaku.errors import KeikakuError, ParameterError
from keikaku.namespaces import LICENCE
from keikaku.pages import Site
from keikaku.pages.question import question_page
from keikaku.pages.render import View
from keikaku.serve import things
from keikaku.serve.asking import FILES, Asking, made
from keikaku.serve.outcome import Outcome
from keikaku.serve.pool import LEFT, Pool
from keikaku.serve.reader import Reader
from keikaku.serve.respond import HTML, body, both, problem, view_of
from keikaku.serve.sparql import MORE, within
from keikaku.serve.worker import Job

_NAMES = {"csv": "CSV", "json": "JSON", "md": "Markdown", "xlsx": "a workbook with a sheet of evidence"}


def add_questions(app: FastAPI, reader: Reader, pool: Pool) -> None:
    """The question library: data beside each page, described in OpenAPI, then the page itself."""
    questions = Questions(reader, pool)

    def add(form: str) -> None:
        async def file(request: Request, question: str) -> Response:
            return await questions.file(request, question, form)

        address = f"/questions/{{question}}.{form}"
        app.head(address, include_in_schema=False)(file)
        app.get(address, summary=f"The answer to a question of the library as {_NAMES[form]}", response_class=Response)(
            file
        )

    for form in FILES:
        add(form)
    app.router.routes.append(Route("/questions/{question}", questions.page))


@dataclass(frozen=True)
class Questions:
    """Answers requests about the question library."""

    reader: Reader
    pool: Pool
    #: What is being made now; None comes of it when its client has gone away.
    making: dict[Hashable, asyncio.Future[Outcome | None]] = field(default_factory=dict)

    async def page(self, request: Request) -> Response:
        """The page of a question; other names of it lead to its address."""
        site, view = await run_in_threadpool(self.reader.site), _filled(request)
        name = request.path_params["question"].removesuffix(".html")
        try:
            question = choose(site.questions, name)
        except ParameterError:
            return await run_in_threadpool(things.nothing, request)
        if question.id != name:
            return RedirectResponse(view.link(f"/questions/{question.id}"), 303)
        outcome = await self._outcome(request, site, question, view, "")
        if not outcome.media:
            said = outcome.body.decode()
            content = await run_in_threadpool(_refused, site, question, view, said)
            return Response(content, outcome.status, MORE.get(outcome.status), media_type=HTML)
        return body(request, outcome.body, outcome.media, outcome.status)

    async def file(self, request: Request, name: str, form: str) -> Response:
        """The answer to a question as a file."""
        site, view = await run_in_threadpool(self.reader.site), _filled(request)
        try:
            question = choose(site.questions, name)
        except ParameterError as error:
            return problem(request, both(error), 404)
        outcome = await self._outcome(request, site, question, view, form)
        if not outcome.media:
            return problem(request, outcome.body.decode(), outcome.status, MORE.get(outcome.status))
        headers = {"Link": f'<{LICENCE}>; rel="license"'}
        if form == "xlsx":
            headers["Content-Disposition"] = f'attachment; filename="keikaku-{question.id}.xlsx"'
        return body(request, outcome.body, outcome.media, headers=headers)

    async def _outcome(self, request: Request, site: Site, question: Question, view: View, form: str) -> Outcome:
        """What was kept of an answer on this build, else what a worker makes, once for all who ask for the same at the same time."""
        key = (view.path, view.lang, *sorted(view.params.items()))
        while True:
            kept = self.reader.kept(site, key) or await run_in_threadpool(self.reader.shelved, site, key)
            if kept is not None:
                return Outcome(*kept)
            whole = (site.build_id, key)
            if whole not in self.making:
                break
            outcome = await asyncio.shield(self.making[whole])
            if outcome is not None:
                return outcome
        made = self.making[whole] = asyncio.get_running_loop().create_future()
        outcome, start = None, time.monotonic()
        try:
            outcome = await self._made(request, site, question, view, form)
        finally:  # where the client went away, the next who waits makes it
            del self.making[whole]
            made.set_result(None if outcome == LEFT else outcome)
        if outcome.media:
            content = outcome.status, outcome.media, outcome.body
            await run_in_threadpool(self.reader.put, site, key, content, time.monotonic() - start)
        return outcome

    async def _made(self, request: Request, site: Site, question: Question, view: View, form: str) -> Outcome:
        """What a worker makes of a question, or what the service says of it that stands in place of the store."""
        limits = self.pool.limits
        if isinstance(site.store, Endpoint):
            return await run_in_threadpool(made, site, question, view, form, limits.rows, limits.answer)
        checked = await run_in_threadpool(_checked, question)
        asking = Asking(self.reader.settings, question.id, view, form, checked)
        job = Job(site.folder, "", None, None, rows=limits.rows, answer=limits.answer, asking=asking)
        return await within(self.pool, self.reader, job, request.receive)


def _filled(request: Request) -> View:
    """Language, path and parameters of a request, without the fields of a form that were left empty."""
    view = view_of(request)
    return replace(view, params={name: value for name, value in view.params.items() if value.strip()})


def _checked(question: Question) -> str:
    """The text of a question that passes, checked here once and not by every worker; "" lets the worker say what is wrong with it."""
    try:
        check(question)
    except KeikakuError:
        return ""
    return question.text


class _StoppedError(KeikakuError):
    """An answer that was not given; the sentence that says why is whole already, in the language of the page."""

    def __str__(self) -> str:
        return self.what

    def sentence(self, lang: str = "en") -> str:
        """What was said."""
        del lang
        return self.what


@dataclass(frozen=True)
class _Refusing(Site):
    """A site whose questions have no answer, so that a page shows its form and the sentence."""

    why: str = ""

    def answer(self, question: Question, given: Mapping[str, str], lang: str, most: int | None = None) -> Answer:
        """Raise the sentence."""
        raise _StoppedError(self.why)


def _refused(site: Site, question: Question, view: View, said: str) -> bytes:
    """The page of a question that was not answered: its form, and why in the language of the reader."""
    ja, _, en = said.partition(" / ")
    what = re.split(r"(?<=。)|(?<=\.)(?= )", en if view.lang == "en" else ja)[0]
    more = view.t(
        "条件を選んで範囲を狭めるか、少し待ってから開き直してください。",
        " Choose conditions to ask about less, or open the page again in a while.",
    )
    refusing = _Refusing(site.settings, site.store, site.questions, what[:1].upper() + what[1:] + more)
    return question_page(refusing, question, view).html.encode()

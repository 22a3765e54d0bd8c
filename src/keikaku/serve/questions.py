"""The routes of the question library: a page for each question, and its answer as data."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from keikaku.ask import choose
from keikaku.ask.render import csv_text, json_text, markdown_text
from keikaku.ask.sheet import MEDIA_TYPE, workbook
from keikaku.errors import KeikakuError, ParameterError
from keikaku.namespaces import LICENCE
from keikaku.pages import Page, Site
from keikaku.pages.question import answer_of, question_page
from keikaku.pages.render import View
from keikaku.serve import things
from keikaku.serve.reader import Reader
from keikaku.serve.respond import body, both, problem, view_of

#: Makes a route of what makes a page.
Shown = Callable[[Callable[[Site, View], Page]], Callable[[Request], Response]]


def add_questions(app: FastAPI, reader: Reader, shown: Shown) -> None:
    """The question library: data beside each page, described in OpenAPI, then the page itself."""

    def answered(request: Request, question: str, form: str) -> Response:
        site, view = reader.site(), view_of(request)
        try:
            chosen = choose(site.questions, question)
        except ParameterError as error:
            return problem(request, both(error), 404)
        try:
            answer = answer_of(site, chosen, view.params, view.lang)
        except KeikakuError as error:
            return problem(request, both(error), 400)
        licence = {"Link": f'<{LICENCE}>; rel="license"'}
        if form == "csv":
            return body(request, csv_text(answer, view.lang).encode(), "text/csv; charset=utf-8", headers=licence)
        if form == "md":
            return body(
                request, markdown_text(answer, view.lang).encode(), "text/markdown; charset=utf-8", headers=licence
            )
        if form == "xlsx":
            named = licence | {"Content-Disposition": f'attachment; filename="keikaku-{chosen.id}.xlsx"'}
            return body(request, workbook(answer, view.lang, site.build_id), MEDIA_TYPE, headers=named)
        return body(request, json_text(answer).encode(), "application/json", headers=licence)

    @app.head("/questions/{question}.csv", include_in_schema=False)
    @app.get(
        "/questions/{question}.csv", summary="The answer to a question of the library as CSV", response_class=Response
    )
    def question_csv(request: Request, question: str) -> Response:
        return answered(request, question, "csv")

    @app.head("/questions/{question}.json", include_in_schema=False)
    @app.get(
        "/questions/{question}.json", summary="The answer to a question of the library as JSON", response_class=Response
    )
    def question_json(request: Request, question: str) -> Response:
        return answered(request, question, "json")

    @app.head("/questions/{question}.md", include_in_schema=False)
    @app.get(
        "/questions/{question}.md",
        summary="The answer to a question of the library as Markdown",
        response_class=Response,
    )
    def question_markdown(request: Request, question: str) -> Response:
        return answered(request, question, "md")

    @app.head("/questions/{question}.xlsx", include_in_schema=False)
    @app.get(
        "/questions/{question}.xlsx",
        summary="The answer to a question of the library as a workbook with a sheet of evidence",
        response_class=Response,
    )
    def question_workbook(request: Request, question: str) -> Response:
        return answered(request, question, "xlsx")

    def question(request: Request) -> Response:
        site, name = reader.site(), request.path_params["question"].removesuffix(".html")
        try:
            chosen = choose(site.questions, name)
        except ParameterError:
            return things.nothing(request)
        if chosen.id != name:
            return RedirectResponse(view_of(request).link(f"/questions/{chosen.id}"), 303)
        return shown(lambda site, view: question_page(site, chosen, view))(request)

    app.router.routes.append(Route("/questions/{question}", question))

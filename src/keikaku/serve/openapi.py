"""The description of the service for programs (OpenAPI 3.1): each question of the library with its own, typed parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from keikaku.ask import Parameter, Question
from keikaku.ask.bind import sample
from keikaku.ask.terms import LEVELS, describe

#: Suffix → media type and what the answer is.
FORMS = {
    "json": ("application/json", "the whole answer in both languages, with evidence and soundness of each row"),
    "csv": ("text/csv", "the rows"),
    "md": ("text/markdown", "a document"),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "a workbook with a sheet of evidence",
    ),
}
_LANGUAGE = {
    "name": "lang", "in": "query", "description": "言語 / language",
    "schema": {"type": "string", "enum": ["ja", "en"], "default": "ja"},
}  # fmt: skip


def describe_questions(app: FastAPI, questions: Mapping[str, Question]) -> dict[str, Any]:
    """The description that the application makes of itself, and one path per question and form."""
    description: dict[str, Any] = dict(app.openapi())
    paths = dict(description["paths"])
    for question in questions.values():
        for suffix, (media, words) in FORMS.items():
            paths[f"/questions/{question.id}.{suffix}"] = {"get": _operation(question, suffix, media, words)}
    return description | {"paths": paths}


def _operation(question: Question, suffix: str, media: str, words: str) -> dict[str, Any]:
    parameters = [_parameter(question, parameter) for parameter in question.parameters]
    said: dict[str, Any] = {"text/plain": {"schema": {"type": "string"}}}
    if suffix == "json":
        said = {"application/problem+json": {"schema": {"type": "object"}}}
    return {
        "operationId": f"{question.id}_{suffix}",
        "tags": [question.area],
        "summary": f"{question.title.ja} / {question.title.en}",
        "description": f"{question.summary.ja}\n\n{question.summary.en}",
        "parameters": [*parameters, *([] if suffix == "json" else [_LANGUAGE])],
        "responses": {
            "200": {"description": words, "content": {media: {}}},
            "400": {"description": "誤った値。一文で正しい書き方を示す / a wrong value, with the right ones in one sentence", "content": said},
        },
    }  # fmt: skip


def _parameter(question: Question, parameter: Parameter) -> dict[str, Any]:
    """One parameter; a required one that is left out is asked with the sample of the file, as on the page."""
    written = sample(question, parameter)
    schema: dict[str, Any] = {"type": "string"}
    if parameter.kind == "level":
        schema["enum"] = list(LEVELS)
    return {
        "name": parameter.name,
        "in": "query",
        "description": f"{parameter.label.ja} / {parameter.label.en} ({parameter.kind}): {describe(parameter)}. "
        + ("省略時はすべて / left out: all" if parameter.left_out == "dropped" else f"省略時 / left out: {written}"),
        "schema": schema,
    }

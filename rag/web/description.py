"""/openapi.json: what FastAPI knows of the routes, and beside it every error in the shape of its face.

`python -m rag.web.description` writes it to rag/web/openapi.json, for those who make clients of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from rag.web import dify
from rag.web.openai import errors, returned
from rag.web.problems import TITLES
from rag.web.request_models import ArticleIn, ArticlesIn
from rag.web.response_models import Problem

FILE = Path(__file__).with_name("openapi.json")
OPEN = ("/api/health/live", "/api/health/ready")
_REFERENCE = "#/components/schemas/{model}"
_ALWAYS = (401, 403, 421, 429, 500, 503)
_WITH_BODY = (400, 408, 413, 415)
_RETRY = {"Retry-After": {"description": "через сколько секунд повторить", "schema": {"type": "integer"}}}
_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "ключ сервера"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
}
# How each face tells an error, by the beginning of its addresses.
_SHAPES: dict[str, tuple[str, type[BaseModel], str]] = {
    errors.PREFIX: ("OpenAI", returned.OpenAIError, "application/json"),
    dify.PATH: ("Dify", dify.DifyError, "application/json"),
    "": ("Problem", Problem, "application/problem+json"),
}


def install(app: FastAPI) -> None:
    """Let `app` describe itself so."""
    made = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(made())
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]  # the way FastAPI names for it


def text(document: Mapping[str, Any]) -> str:
    """The document as it stands in its file."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    models = [(model, "serialization") for _, model, _ in _SHAPES.values()]
    models += [(model, "validation") for model in (ArticleIn, ArticlesIn)]
    _, defined = models_json_schema(models, ref_template=_REFERENCE)  # type: ignore[arg-type]
    schemas.update(defined["$defs"])
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = _KEYS
    document["components"]["responses"] = dict(_responses())
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _complete(path, operation)
    return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Every error that this operation may have, in the shape of its face."""
    prefix = next(each for each in _SHAPES if path.startswith(each))
    if path not in OPEN:
        operation["security"] = [{}, *({name: []} for name in _KEYS)]
    told = operation["responses"]
    errors_here = {int(each) for each in told if each.isdigit() and int(each) >= 400} | {*_ALWAYS}
    if "requestBody" in operation:
        errors_here |= {*_WITH_BODY, 422}
    if "{" in path or prefix:
        errors_here |= {404, 422}
    if operation.get("parameters"):
        errors_here.add(422)
    for status in sorted(errors_here):
        own = told.get(str(status), {}).get("description", "")
        told.pop(str(status), None)
        if prefix == errors.PREFIX and status == 422:
            status = 400  # as OpenAI has it
        told[str(status)] = {"$ref": f"#/components/responses/{_SHAPES[prefix][0]}{status}"}
        if own and status in (404, 503):
            told[str(status)]["description"] = own


def _responses() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, model, media in _SHAPES.values():
        content = {media: {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}
        for status in sorted({*_ALWAYS, *_WITH_BODY, 404, 422}):
            headers = {"headers": _RETRY} if status in (429, 503) else {}
            yield f"{name}{status}", {"description": TITLES[status], "content": content, **headers}


if __name__ == "__main__":
    from rag.web.api import described

    FILE.write_text(text(described().openapi()), encoding="utf-8")
    print(f"Записано: {FILE}")

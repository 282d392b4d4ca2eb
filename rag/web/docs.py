"""/docs: the API described on one Russian page made from its OpenAPI; nothing is loaded from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rag.web.templating import rendered

OTHERS = {
    ("/api/articles", "post"): "curl {address} -F files=@статья.md -F files=@заметка.txt",
    ("/api/articles", "delete"): "curl -X DELETE '{address}?id=статья&id=заметка'",
}
TYPES = {
    "string": "строка",
    "integer": "целое число",
    "boolean": "да/нет",
    "array": "список",
    "object": "объект",
}


def docs_page(openapi: Mapping[str, Any], topics: Markup) -> Markup:
    """The page for an OpenAPI document, with the links to the `topics` of the documentation."""
    operations = [
        _operation(openapi, path, method, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    return rendered("docs", info=openapi["info"], style=style(), topics=topics, operations=operations)


def style() -> Markup:
    """The style sheet of /docs and the topics below it."""
    return Markup(Path(__file__).with_name("docs.css").read_text(encoding="utf-8"))


def _operation(
    openapi: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "fields": [*_parameters(operation), *_body(openapi, operation)],
        "example": _curl(openapi, path, method, operation),
    }


def _parameters(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for parameter in operation.get("parameters", ()):
        schema = {**parameter["schema"], "description": parameter.get("description", "")}
        yield _row(parameter["name"], schema, parameter.get("required", False))


def _body(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for schema in _bodies(openapi, operation):
        yield from _fields(openapi, schema, "")


def _bodies(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas that a body of JSON may have."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if schema := content.get("schema"):
        for each in schema.get("oneOf") or schema.get("anyOf") or [schema]:
            yield _resolve(openapi, each)


def _fields(openapi: Mapping[str, Any], schema: Mapping[str, Any], prefix: str) -> Iterator[dict[str, Any]]:
    schema = _resolve(openapi, schema)
    for name, given in schema.get("properties", {}).items():
        field = _resolve(openapi, given)
        yield _row(prefix + name, field, name in schema.get("required", ()))
        inner = _resolve(openapi, field.get("items", field))
        if "properties" in inner:
            yield from _fields(openapi, inner, f"{prefix}{name}{'[]' if 'items' in field else ''}.")


def _resolve(openapi: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a `$ref`, or behind the one branch of an optional value."""
    branches = [branch for branch in schema.get("anyOf", ()) if branch.get("type") != "null"]
    if len(branches) == 1:
        own = {key: value for key, value in schema.items() if key != "anyOf"}
        return {**_resolve(openapi, branches[0]), **own}
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _row(name: str, field: Mapping[str, Any], required: bool) -> dict[str, Any]:
    kind = "дата" if field.get("format") == "date" else TYPES.get(field.get("type", ""), "")
    return {
        "name": name,
        "required": required,
        "type": kind,
        "description": field.get("description", ""),
    }


def _curl(openapi: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> str:
    address = "http://127.0.0.1:7860" + path.replace("{article_id}", "ID")
    if (path, method) in OTHERS:
        return OTHERS[path, method].format(address=address)
    if method != "post":
        return f"curl {address}" if method == "get" else f"curl -X {method.upper()} {address}"
    given: Mapping[str, Any] = next((schema["examples"][0] for schema in _bodies(openapi, operation)), {})
    body = json.dumps(given, ensure_ascii=False)
    return f"curl {address} \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"

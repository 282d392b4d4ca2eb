"""/docs: the API described on one Russian page made from its OpenAPI; nothing is loaded from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

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
PAGE = Markup("""<!doctype html>
<html lang="ru"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: API</title><style>{style}</style></head>
<body><header><p class="kicker">{title} {version}</p><h1>API</h1><p>{description}</p>
<p>Машиночитаемое описание: <a href="openapi.json">openapi.json</a>. Ошибки приходят как
<code>application/problem+json</code>, пояснение — в поле <code>detail</code>.
<a href="./">Страница с чатом</a>.</p>{topics}</header><main>{operations}</main></body></html>""")
OPERATION = Markup("""<section><h2><code class="method">{method}</code> <code>{path}</code></h2>
<p class="summary">{summary}</p><p>{description}</p>{fields}<pre tabindex="0">{example}</pre></section>""")
TABLE = Markup("<table><thead><tr><th>Поле<th>Тип<th>Что это</thead><tbody>{rows}</tbody></table>")
ROW = Markup("<tr><td><code>{name}</code>{required}<td>{type}<td>{description}")


def docs_page(openapi: Mapping[str, Any], topics: Markup) -> Markup:
    """The page for an OpenAPI document, with the links to the `topics` of the documentation."""
    info = openapi["info"]
    operations = Markup("").join(
        _operation(openapi, path, method, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    return PAGE.format(
        title=info["title"],
        version=info["version"],
        description=info["description"],
        style=style(),
        topics=topics,
        operations=operations,
    )


def style() -> Markup:
    """The style sheet of /docs and the topics below it."""
    return Markup(Path(__file__).with_name("docs.css").read_text(encoding="utf-8"))


def _operation(openapi: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Markup:
    fields = [*_parameters(operation), *_body(openapi, operation)]
    return OPERATION.format(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        fields=TABLE.format(rows=Markup("").join(fields)) if fields else "",
        example=_curl(openapi, path, method, operation),
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[Markup]:
    for parameter in operation.get("parameters", ()):
        schema = {**parameter["schema"], "description": parameter.get("description", "")}
        yield _row(parameter["name"], schema, parameter.get("required", False))


def _body(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Markup]:
    for schema in _bodies(openapi, operation):
        yield from _fields(openapi, schema, "")


def _bodies(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas that a body of JSON may have."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if schema := content.get("schema"):
        for each in schema.get("oneOf") or schema.get("anyOf") or [schema]:
            yield _resolve(openapi, each)


def _fields(openapi: Mapping[str, Any], schema: Mapping[str, Any], prefix: str) -> Iterator[Markup]:
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


def _row(name: str, field: Mapping[str, Any], required: bool) -> Markup:
    kind = "дата" if field.get("format") == "date" else TYPES.get(field.get("type", ""), "")
    return ROW.format(
        name=name,
        required=Markup(" <b>обязательно</b>") if required else "",
        type=kind,
        description=field.get("description", ""),
    )


def _curl(openapi: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> str:
    address = "http://127.0.0.1:7860" + path.replace("{article_id}", "ID")
    if (path, method) in OTHERS:
        return OTHERS[path, method].format(address=address)
    if method != "post":
        return f"curl {address}" if method == "get" else f"curl -X {method.upper()} {address}"
    given: Mapping[str, Any] = next((schema["examples"][0] for schema in _bodies(openapi, operation)), {})
    body = json.dumps(given, ensure_ascii=False)
    return f"curl {address} \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"

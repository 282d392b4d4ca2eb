"""Plain text and Markdown, with or without YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.reading.completing import completed
from rag.library.reading.pieces import Source
from rag.text.dateline import iso_date
from rag.text.wrapping import is_wrapped, unwrapped
from rag.types import Article, ArticleInfo

# Emphasis stands at word borders: «2**3» and «my__var» are not meant. Bounds keep hostile input linear.
_EMPHASIS = re.compile(r"(?<![\w*])(\*\*|__)(?=[^\s*_])([^\n]{1,300}?)(?<=\S)\1(?![\w*])")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{1,500}(?:\([^()\s]{0,100}\)[^()\s]{0,100})?\)")
_HEADING = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
_FENCED = re.compile(
    r"\s*---[ \t]*\n(?P<yaml>.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_UNCLOSED = re.compile(r"\s*---[ \t]*\n\s*[\w-]+:(?:\s|$)")
_LARGEST = 64 * 1024  # characters


def plain_text(source: Source) -> Article:
    """The article in a .txt. Raises ArticleError, as every reader does."""
    text = normal(decode(source.read(), source.known.charset))
    text = unwrapped(text) if is_wrapped(text) else text
    return completed(text, ArticleInfo(source.id, "", url=source.known.url))


def markdown(source: Source) -> Article:
    """The article in a .md; what its front matter says wins over what its text does."""
    matter = front_matter(normal(decode(source.read(), source.known.charset)))
    heading = _HEADING.search(matter.body)
    info = ArticleInfo(
        source.id,
        title=matter.title or (heading[1].strip("# \t") if heading else ""),
        source=matter.source,
        published=matter.published,
        url=matter.url or source.known.url,
        tags=matter.tags,
        author=matter.author,
        published_raw=matter.published_raw,
    )
    return completed(_without_markup(matter.body), info)


def _without_markup(body: str) -> str:
    """Markdown's emphasis and links as the words they stand for: «**Сроки.** [Trend](…)» → «Сроки. Trend»."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", body))


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands above the text of an article; `body` is the rest, as it is."""

    body: str
    title: str = ""
    source: str | None = None
    published: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    published_raw: str | None = None


def front_matter(text: str) -> FrontMatter:
    """Fields and body of `text`. Raises ArticleError, with the line, for broken YAML or a wrong date."""
    match = _FENCED.match(text[:_LARGEST]) if text.lstrip().startswith("---") else None
    if match is None:
        if _UNCLOSED.match(text[:_LARGEST]):
            raise ArticleError("строка 1: шапка начата знаком ---, но не закрыта таким же")
        return FrontMatter(body=text)
    if not match["yaml"].strip():
        return FrontMatter(body=text[match.end() :])
    first_line = text.count("\n", 0, match.start("yaml")) + 1
    fields = _load(match["yaml"], first_line)
    return FrontMatter(
        body=text[match.end() :],
        title=_line(fields, "title") or "",
        source=_line(fields, "source"),
        published=_published(fields.get("published", fields.get("date"))),
        url=_line(fields, "url"),
        tags=tuple(_tags(fields.get("tags"))),
        author=_line(fields, "author"),
        published_raw=_raw(fields.get("published", fields.get("date"))),
    )


def _load(source: str, first_line: int) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(source)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise ArticleError(
            f"строка {line}: ошибка в шапке YAML; проверьте двоеточия, кавычки и отступы"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ArticleError(f"строка {first_line}: шапка YAML не читается; проверьте даты и скобки") from None
    if not isinstance(fields, dict):
        raise ArticleError(f"строка {first_line}: в шапке YAML нужны строки вида «title: Заголовок»")
    return fields


def _line(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, (dict, list)):
        raise ArticleError(f"в шапке поле «{name}» должно быть строкой")
    return " ".join(str(value).split()) or None


def _published(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    found = iso_date(str(value)) if isinstance(value, (str, int)) else None
    if found is None:
        raise ArticleError("в шапке поле «published» должно быть датой вида 2026-02-23")
    return found


def _raw(value: Any) -> str | None:
    return " ".join(str(value)[:100].split()) or None if value is not None else None


def _tags(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        raise ArticleError("в шапке поле «tags» должно быть списком")
    for part in value if isinstance(value, list) else str(value or "").split(","):
        if not isinstance(part, (dict, list)) and str(part).strip():
            yield " ".join(str(part).split())

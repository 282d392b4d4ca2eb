"""JSON (.json): articles as .jsonl has them, wherever their list is; else headings, keys and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.files import check_size
from rag.library.reading.columns import article_of, columns, is_dump, own_id
from rag.library.reading.completing import completed
from rag.library.reading.dumps import Ids
from rag.library.reading.pieces import Piece, Pieces, Source, digest, failing
from rag.library.reading.tables import cell_text, table_text
from rag.library.reading.telling import counting
from rag.types import Article, ArticleInfo

_LARGEST = 100 * 1024**2  # bytes: JSON is read whole
_DEEPEST = 4  # objects around a list of articles
_LOWEST_HEADING = 6
_GAPS = re.compile(r"\n{3,}")


def objects(source: Source) -> Pieces:
    """The articles in a .json; without article-shaped objects, one article of all its keys and values."""
    check_size(source.size, _LARGEST)
    data = _read(source)
    rows = _articles(data)
    if rows is None:
        yield Piece(source.id, source.digest(), partial(_told, data, source))
    elif isinstance(data, dict) and rows == [data]:
        yield Piece(source.id, source.digest(), partial(_row_article, data, source.id))
    else:
        ids = Ids(source.id)
        for number, row in enumerate(counting(rows, len(rows)), 1):
            if not isinstance(row, dict):
                yield failing(ids.of("", number), f"запись {number}: это не объект с текстом статьи")
                continue
            article_id = ids.of(own_id(row, columns(tuple(row))), number)
            key = digest(json.dumps(row, ensure_ascii=False).encode(errors="surrogatepass"))
            yield Piece(article_id, key, partial(_row_article, row, article_id, number))


def _read(source: Source) -> Any:
    text = normal(decode(source.read(), source.known.charset))
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise ArticleError(
            f"строка {error.lineno}: это не JSON; проверьте скобки, кавычки и запятые"
        ) from None
    except (ValueError, RecursionError):
        raise ArticleError("это не JSON, или части его вложены слишком глубоко") from None


def _articles(data: Any, depth: int = 0) -> list[Any] | None:
    """The list of articles in `data`: itself, or under a key of it; None where there is none."""
    if isinstance(data, list):
        count = sum(isinstance(each, dict) and is_article(each) for each in data)
        return data if count and 2 * count >= len(data) else None
    if not isinstance(data, dict):
        return None
    if is_article(data):
        return [data]
    if depth < _DEEPEST:
        lists = [found for value in data.values() if (found := _nested(value, depth)) is not None]
        return max(lists, key=len) if len(lists) == 1 else None
    return None


def _nested(value: Any, depth: int) -> list[Any] | None:
    found = _articles(value, depth + 1)
    return None if isinstance(value, dict) and found == [value] else found


def is_article(row: Mapping[str, Any]) -> bool:
    """Whether an object has a text: a string, or a list of paragraphs."""
    value = columns(tuple(row)).value(row, "text") if is_dump(row) else None
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )


def _row_article(row: Mapping[str, Any], article_id: str, number: int | None = None) -> Article:
    if not is_article(row):
        raise ArticleError(f"запись {number}: нет текста")
    return article_of(row, columns(tuple(row)), article_id)


def _told(data: Any, source: Source) -> Article:
    try:
        text = _GAPS.sub("\n\n", "\n".join(_lines(data, 2)).strip())
    except RecursionError:
        raise ArticleError("части JSON вложены слишком глубоко") from None
    title = source.id.rpartition("/")[2]
    return completed(normal(text), ArticleInfo(source.id, title, url=source.known.url))


def _lines(data: Any, level: int) -> Iterator[str]:
    """Lines of any value: keys with what they hold, what is nested under headings."""
    if isinstance(data, dict):
        flat = {key: value for key, value in data.items() if _is_plain(value)}
        yield from (f"{_key(key)}: {_value(value)}" for key, value in flat.items() if _value(value))
        for key, value in data.items():
            if key not in flat and value:
                yield from ("", f"{'#' * min(level, _LOWEST_HEADING)} {_key(key)}", "")
                yield from _lines(value, level + 1)
    elif isinstance(data, list):
        yield from _listed(data, level)
    else:
        yield _value(data)


def _listed(data: Sequence[Any], level: int) -> Iterator[str]:
    """A list of flat objects is a table, of values a list, of others one part after another."""
    objects = [each for each in data if isinstance(each, dict)]
    if len(objects) == len(data) > 1 and all(_is_plain(value) for each in objects for value in each.values()):
        names = list(dict.fromkeys(key for each in objects for key in each))
        rows = [[cell_text(_value(each.get(name))) for name in names] for each in objects]
        yield from ("", table_text([[cell_text(_key(name)) for name in names], *rows], 1), "")
        return
    for each in data:
        if _is_plain(each):
            yield f"- {_value(each)}"
        else:
            yield ""
            yield from _lines(each, level)


def _is_plain(value: Any) -> bool:
    """Whether a value fits on a line."""
    if isinstance(value, list):
        return all(not isinstance(each, dict | list) for each in value)
    return not isinstance(value, dict)


def _key(key: str) -> str:
    return " ".join(key.replace("_", " ").split())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_value, value)))
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return "" if value is None else " ".join(str(value).split())

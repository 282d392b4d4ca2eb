"""Columns of a dump by their names, Russian and English, and what stands in a row of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rag.library.decoding import normal
from rag.library.reading.completing import completed
from rag.library.reading.pages import plain
from rag.types import Article, ArticleInfo

# Names of a column as they are compared (see `_folded`), the surest first.
_NAMES = {
    "text": "text текст body content содержание содержимое fulltext полныйтекст текстстатьи articletext "
    "articlebody maintext контент тело article статья description описание summary аннотация лид",
    "title": "title заголовок headline название заглавие header тема subject name",
    "date": "published date дата publishedat publicationdate pubdate datepublished датапубликации "
    "опубликовано publishdate datetime датавремя created createdat timestamp time время",
    "url": "url link ссылка адрес href uri permalink урл",
    "source": "source источник издание publisher издатель site сайт media сми "
    "newspaper газета agency агентство",
    "tags": "tags теги тэги tag тег метки keywords ключевыеслова topics topic темы рубрика рубрики rubric "
    "category категория categories section раздел",
    "id": "id ид идентификатор guid uuid docid articleid номер",
    "author": "author автор authors авторы byline creator",
}
_ORDER = {field: names.split() for field, names in _NAMES.items()}
_KNOWN = frozenset(name for names in _ORDER.values() for name in names)
_OTHERS = re.compile(r"[^\w]|_")
_SEPARATOR = re.compile(r"[,;|\n]")
_MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is which: for each field the columns that may hold it, the surest first."""

    found: Mapping[str, tuple[str, ...]]

    def value(self, row: Mapping[str, Any], field: str) -> Any:
        """What `row` says of `field`: of its columns, the first that is not empty."""
        for name in self.found.get(field, ()):
            if (value := row.get(name)) not in (None, "", [], {}):
                return value
        return None


@lru_cache(64)
def columns(names: tuple[str, ...]) -> Columns:
    """The columns called `names`, which are kept as they are written."""
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(_folded(name), name)
    return Columns(
        {field: tuple(folded[each] for each in wanted if each in folded) for field, wanted in _ORDER.items()}
    )


def known_columns(names: Iterable[str]) -> int:
    """How many of `names` are known."""
    return len({_folded(name) for name in names} & _KNOWN)


def is_dump(names: Iterable[str]) -> bool:
    """Whether columns of these names can be articles."""
    return bool(columns(tuple(names)).found["text"])


def no_text_column(names: Sequence[str]) -> str:
    """What to say where no column can be the text."""
    seen = ", ".join(name.strip()[:40] for name in names[:10]) or "никаких"
    return f"не найдена колонка с текстом («text», «текст»); есть: {seen}"


def article_of(row: Mapping[str, Any], found: Columns, article_id: str) -> Article:
    """The article in one row. Raises ArticleError."""
    info = ArticleInfo(
        article_id,
        title=" ".join(plain(_line(found.value(row, "title"))).split()),
        source=_line(found.value(row, "source")) or None,
        url=_line(found.value(row, "url")) or None,
        tags=tuple(_tags(found.value(row, "tags"))),
        author=_line(found.value(row, "author")) or None,
        published_raw=_line(found.value(row, "date")) or None,
    )
    return completed(normal(plain(_text(found.value(row, "text")))), info)


def own_id(row: Mapping[str, Any], found: Columns) -> str:
    """What the row itself is called; "" when it has no name."""
    value = found.value(row, "id")
    return " ".join(str(value).split())[:200] if isinstance(value, (str, int)) else ""


def _folded(name: str) -> str:
    return _OTHERS.sub("", name.casefold().replace("ё", "е"))


def _text(value: Any) -> str:
    """A text, or its paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(_text(each) for each in value)
    return "" if value is None or isinstance(value, dict) else str(value)


def _line(value: Any) -> str:
    """A value on one line; what has a name goes by it, several are listed."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_line, value)))
    if isinstance(value, dict):
        return _line(value.get("name") or value.get("title") or "")
    return "" if value is None else " ".join(str(value).split())


def _tags(value: Any) -> list[str]:
    parts = map(_line, value) if isinstance(value, list) else _SEPARATOR.split(_text(value))
    return list(dict.fromkeys(part.strip(" []'\"") for part in parts if part.strip(" []'\"")))[:_MOST_TAGS]

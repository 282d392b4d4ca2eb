"""File → Article: Markdown (with or without front matter), plain text, saved web pages.

What a reader can't make an article of is an ArticleError that says why; whoever reads several
files names the file and goes on with the next one.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.files import SUFFIXES, Found, check_size, find_files, read_bytes
from rag.library.front_matter import front_matter
from rag.text.dateline import dateline
from rag.text.sentences import sentences
from rag.text.words import words
from rag.types import Article, ArticleInfo

__all__ = ["Found", "checked", "find_files", "parse", "read", "read_bytes"]

# Emphasis stands at word borders: «2**3» and «my__var» are not meant. Bounds keep hostile input linear.
_EMPHASIS = re.compile(r"(?<![\w*])(\*\*|__)(?=[^\s*_])([^\n]{1,300}?)(?<=\S)\1(?![\w*])")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{1,500}(?:\([^()\s]{0,100}\)[^()\s]{0,100})?\)")
# Part of the settings hash: raise it when the same file would give another article.
READER_VERSION = 3
LONGEST_TITLE = 120  # characters of a title made from the first sentence
LONGEST_GIVEN_TITLE = 300
_LONGEST_ID = 500
_HEADING = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
_SUPPORTED = ", ".join(SUFFIXES)


def read(path: Path, article_id: str) -> Article:
    """The article in one file. Raises ArticleError with the reason."""
    _check_suffix(path.name)
    return parse(read_bytes(path), path.name, article_id)


def parse(data: bytes, name: str, article_id: str) -> Article:
    """The article in the bytes of a file or upload called `name`. Raises ArticleError."""
    _check_suffix(name)
    check_size(len(data))
    if not data.strip():
        raise ArticleError("файл пуст")
    text = normal(decode(data))
    suffix = Path(name).suffix.lower()
    if suffix in (".html", ".htm"):
        return checked(_from_page(text, article_id))
    if suffix == ".md":
        return checked(_from_markdown(text, article_id))
    return checked(_completed(text, ArticleInfo(article_id, "")))


def checked(article: Article) -> Article:
    """`article`, if it can be stored. Raises ArticleError."""
    info = article.info
    if not info.id.strip() or len(info.id) > _LONGEST_ID:
        raise ArticleError(f"у статьи должен быть идентификатор не длиннее {_LONGEST_ID} знаков")
    check_size(len(article.text))
    for value in (info.id, info.title, info.source, info.url, *info.tags, article.text):
        _check_storable(value or "")
    if next(words(article.text), None) is None:
        raise ArticleError("в файле нет текста")
    return article


def _check_storable(value: str) -> None:
    if "\0" in value:
        raise ArticleError("внутри нулевые байты")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ArticleError("в имени или тексте есть знаки, которых нет в Юникоде") from None


def _check_suffix(name: str) -> None:
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ArticleError(f"формат «{suffix or 'без расширения'}» не поддерживается; читаются {_SUPPORTED}")


def _from_markdown(text: str, article_id: str) -> Article:
    matter = front_matter(text)
    heading = _HEADING.search(matter.body)
    title = matter.title or (heading[1].strip("# \t") if heading else "")
    info = ArticleInfo(article_id, title, matter.source, matter.published, matter.url, matter.tags)
    return _completed(_without_markup(matter.body), info)


def _without_markup(body: str) -> str:
    """Markdown's emphasis and links as the words they stand for: «**Сроки.** [Trend](…)» → «Сроки. Trend»."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", body))


def _from_page(page: str, article_id: str) -> Article:
    from trafilatura import bare_extraction  # 0.5 s to import, needed for pages only

    found = bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or not (found.text or "").strip():
        raise ArticleError("на странице не найдено текста статьи")
    info = ArticleInfo(
        article_id,
        title=(found.title or "").strip(),
        source=found.sitename or found.hostname or None,
        published=_date_or_none(found.date),
        url=found.url or None,
        tags=tuple(found.tags or ()),
    )
    return _completed(normal(found.text), info)


def _date_or_none(value: str | None) -> str | None:
    try:
        return date.fromisoformat(value or "").isoformat()
    except ValueError:
        return None


def _completed(text: str, info: ArticleInfo) -> Article:
    """Title from the first sentence, date and agency from the dateline, where they are not given."""
    line = dateline(text)
    title = _shortened(info.title, LONGEST_GIVEN_TITLE) or _title(text[line.stop :]) or info.id
    source, published = info.source or line.source, info.published or line.published
    return Article(ArticleInfo(info.id, title, source, published, info.url, info.tags), text)


def _title(text: str) -> str:
    """The first sentence on one line, cut at a word."""
    beginning = text.lstrip()[:2000]
    first = next(iter(sentences(beginning)), (0, 0))
    title = " ".join(beginning[slice(*first)].strip("#*_> \t").split())
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1]
    return _shortened(title, LONGEST_TITLE)


def _shortened(title: str, limit: int) -> str:
    """`title` cut at a word so that it takes about `limit` characters."""
    if len(title) <= limit:
        return title
    return title[:limit].rsplit(" ", 1)[0].rstrip(" ,;:—–-") + "…"

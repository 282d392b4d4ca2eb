"""Source → articles: which format is read by which reader of rag/library/reading.

What a reader can't make an article of is an ArticleError that says why; whoever reads several
files names the file and goes on with the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rag.errors import ArticleError
from rag.library.files import Found, check_size, find_files, read_bytes
from rag.library.reading.pages import page
from rag.library.reading.pieces import Piece, Source, digest, source_of
from rag.library.reading.texts import markdown, plain_text
from rag.text.words import words
from rag.types import Article

__all__ = ["Found", "checked", "find_files", "parse", "pieces", "read", "read_bytes"]

# Part of the settings hash: raise it when the same file would give another article.
READER_VERSION = 4
_LONGEST_ID = 500
# Formats that hold one article each.
_SINGLE: dict[str, Callable[[Source], Article]] = {
    ".md": markdown,
    ".txt": plain_text,
    ".html": page,
    ".htm": page,
}
_SUPPORTED = ", ".join(_SINGLE)


def pieces(source: Source, content: str) -> Iterator[Piece]:
    """The articles in `source`, whose digest is `content`, one after the other.

    Raises ArticleError when it is not what its name says; then the pieces so far are not all of it.
    """
    single = _reader(source.suffix)
    yield Piece(source.id, content, partial(_single, single, source))


def parse(data: bytes, name: str, article_id: str) -> Article:
    """The only article in the bytes of a file or upload called `name`. Raises ArticleError."""
    found = list(pieces(source_of(data, name, article_id), digest(data)))
    if len(found) != 1:
        raise ArticleError("в файле не одна статья")
    return checked(found[0].article())


def read(path: Path, article_id: str) -> Article:
    """The only article in one file. Raises ArticleError with the reason."""
    _reader(path.suffix.lower())
    return parse(read_bytes(path), path.name, article_id)


def checked(article: Article) -> Article:
    """`article`, if it can be stored. Raises ArticleError."""
    info = article.info
    if not info.id.strip() or len(info.id) > _LONGEST_ID:
        raise ArticleError(f"у статьи должен быть идентификатор не длиннее {_LONGEST_ID} знаков")
    check_size(len(article.text))
    described = (info.id, info.title, info.source, info.url, info.author, info.published_raw, *info.tags)
    for value in (*described, article.text):
        _check_storable(value or "")
    if next(words(article.text), None) is None:
        raise ArticleError("в файле нет текста")
    return article


def _reader(suffix: str) -> Callable[[Source], Article]:
    if suffix not in _SINGLE:
        known = suffix or "без расширения"
        raise ArticleError(f"формат «{known}» не поддерживается; читаются {_SUPPORTED}")
    return _SINGLE[suffix]


def _single(read: Callable[[Source], Article], source: Source) -> Article:
    check_size(source.size)
    if source.size < 1000 and not source.read().strip():
        raise ArticleError("файл пуст")
    return read(source)


def _check_storable(value: str) -> None:
    if "\0" in value:
        raise ArticleError("внутри нулевые байты")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ArticleError("в имени или тексте есть знаки, которых нет в Юникоде") from None

"""Source → articles: which format is read by which reader of rag/library/reading.

What a reader can't make an article of is an ArticleError that says why; whoever reads several
files names the file and goes on with the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from rag.errors import ArticleError, UnknownKindError
from rag.library.files import LARGEST, PICTURES, SUFFIXES, Found, check_size, find_files
from rag.library.reading.archives import archive
from rag.library.reading.books import book
from rag.library.reading.dumps import jsonl, table
from rag.library.reading.feeds import feed
from rag.library.reading.fiction import fiction
from rag.library.reading.letters import letter, mailbox, saved_page
from rag.library.reading.objects import objects
from rag.library.reading.opendocument import document, presentation
from rag.library.reading.pages import page
from rag.library.reading.pdf import pdf
from rag.library.reading.pieces import Piece, Pieces, Source, source_of, suffix_of
from rag.library.reading.rich import old_word, rich_text
from rag.library.reading.scans import picture
from rag.library.reading.sheets import sheets
from rag.library.reading.slides import slides
from rag.library.reading.sniffing import known_suffix
from rag.library.reading.subtitles import subtitles
from rag.library.reading.texts import markdown, plain_text
from rag.library.reading.word import word
from rag.text.words import words
from rag.types import Article

__all__ = [
    "Found",
    "article_in",
    "check",
    "checked",
    "find_files",
    "holds_several",
    "parse",
    "pieces",
    "read",
]

# Part of the settings hash: raise it when the same file would give another article.
READER_VERSION = 9
_LONGEST_ID = 500
# Line breaks of all kinds, the rest of C0 and C1, and what turns the direction of writing.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LARGEST_DOCUMENT = 200 * 1024**2  # bytes: most of them are pictures
# Formats that hold one article each, and those that hold several.
_SINGLE: dict[str, Callable[[Source], Article]] = {
    **dict.fromkeys((".md", ".markdown"), markdown),
    ".txt": plain_text,
    **dict.fromkeys((".html", ".htm", ".xhtml"), page),
    **dict.fromkeys((".mht", ".mhtml"), saved_page),
    ".docx": word,
    ".doc": old_word,
    ".rtf": rich_text,
    ".odt": document,
    ".pdf": pdf,
    ".epub": book,
    **dict.fromkeys(PICTURES, picture),
    **dict.fromkeys((".fb2", ".fb2.zip"), fiction),
    ".pptx": slides,
    ".odp": presentation,
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), sheets),
    ".eml": letter,
    **dict.fromkeys((".srt", ".vtt"), subtitles),
}
_TEXTS = (".md", ".markdown", ".txt", ".html", ".htm", ".xhtml", ".srt", ".vtt")  # without pictures
_SEVERAL: dict[str, Callable[[Source], Pieces]] = {
    ".json": objects,
    ".mbox": mailbox,
    ".jsonl": jsonl,
    ".ndjson": jsonl,
    ".csv": table,
    ".tsv": table,
    ".rss": lambda source: feed(source, source.follow),
    ".atom": lambda source: feed(source, source.follow),
    ".xml": lambda source: feed(source, source.follow),
    ".zip": lambda source: archive(source, pieces),
}


def pieces(source: Source, content: str | None = None) -> Pieces:
    """The articles in `source`, one after the other; `content` is its digest, if known.

    Raises ArticleError when it is not what its name says; then the pieces so far are not all of it.
    """
    check(source)
    source = recognised(source)
    if several := _SEVERAL.get(source.suffix):
        yield from several(source)
    else:
        yield Piece(source.id, content or source.digest(), partial(_single, _SINGLE[source.suffix], source))


def holds_several(name: str) -> bool:
    """Whether a file of this name holds several articles, be it that it holds one; or none can tell."""
    return suffix_of(name) in ("", *_SEVERAL)


def recognised(source: Source) -> Source:
    """`source` under a name that tells its format: where it has no suffix its bytes do.

    Raises UnknownKindError.
    """
    if source.suffix:
        return source
    check_size(source.size, _LARGEST_DOCUMENT)
    if suffix := known_suffix(source.read()):
        return replace(source, name=source.name + suffix)
    raise UnknownKindError("у файла нет расширения, и содержимое не текст")


def check(source: Source) -> None:
    """Raises ArticleError for what need not be read: an unknown format, nothing at all or too much."""
    _check_suffix(source.suffix)
    if not source.size:
        raise ArticleError("файл пуст")
    if source.suffix in _SINGLE:
        check_size(source.size, LARGEST if source.suffix in _TEXTS else _LARGEST_DOCUMENT)


def article_in(source: Source) -> Article:
    """The only article of a source. Raises ArticleError."""
    check(source)
    source = recognised(source)
    if source.suffix not in _SINGLE:
        raise ArticleError("в файле не одна статья")
    return checked(_single(_SINGLE[source.suffix], source))


def parse(data: bytes, name: str, article_id: str) -> Article:
    """The only article in the bytes of a file or upload called `name`. Raises ArticleError."""
    return article_in(source_of(data, name, article_id))


def read(path: Path, article_id: str) -> Article:
    """The only article in one file. Raises ArticleError with the reason."""
    _check_suffix(suffix_of(path.name))
    return article_in(Found(path, article_id).source())


def checked(article: Article) -> Article:
    """`article`, if it can be stored. Raises ArticleError."""
    info = article.info
    if not info.id.strip() or len(info.id) > _LONGEST_ID:
        raise ArticleError(f"у статьи должен быть идентификатор не длиннее {_LONGEST_ID} знаков")
    if _CONTROL.search(info.id):
        raise ArticleError(
            "в имени или идентификаторе управляющие знаки (например, перевод строки); уберите их"
        )
    if info.published is not None and not _is_day(info.published):
        raise ArticleError("дата публикации — не день вида 2026-02-25")
    check_size(len(article.text))
    described = (info.id, info.title, info.source, info.url, info.author, info.published_raw, *info.tags)
    for value in (*described, article.text):
        _check_storable(value or "")
    if next(words(article.text), None) is None:
        raise ArticleError("в файле нет текста")
    return article


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_suffix(suffix: str) -> None:
    if suffix and suffix not in SUFFIXES:
        raise UnknownKindError(f"формат «{suffix}» не поддерживается")


def _single(read: Callable[[Source], Article], source: Source) -> Article:
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

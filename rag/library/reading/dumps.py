"""Dumps of articles, a row each: .jsonl and .csv, read row by row, so that their size is no matter.

A .csv that holds no articles is a table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import encoding_of, normal
from rag.library.files import LARGEST, check_size
from rag.library.reading.columns import (
    Columns,
    article_of,
    columns,
    is_dump,
    known_columns,
    no_text_column,
    own_id,
)  # fmt: skip
from rag.library.reading.completing import completed
from rag.library.reading.pieces import Piece, Pieces, Source, digest, failing, suffix_of
from rag.library.reading.quoting import Record, records
from rag.library.reading.tables import cell_text, sheet_text
from rag.library.reading.telling import tell
from rag.types import Article, ArticleInfo

_SAMPLE = 256 * 1024  # bytes that encoding and delimiter are recognised by
_LONGEST_LINE = LARGEST  # characters
_NARROWEST = 2  # columns of a table
_LONGEST_CELL = 1_000  # characters; what is longer is an article
_FIRST_ROWS = 20
_DELIMITERS = ",;\t|"

Row = Mapping[str, Any]


def jsonl(source: Source) -> Pieces:
    """A JSON object a line. A line that is none is reported, and the others are read."""
    ids = Ids(source.id)
    with _text(source) as file:
        for number, line in _lines(file):
            tell(file.buffer.tell(), source.size)  # type: ignore[attr-defined]
            if not line.strip():
                continue
            try:
                row = _object(line, number)
            except ArticleError as error:
                yield failing(ids.of("", number), str(error))
                continue
            key = digest(line.strip().encode(errors="surrogatepass"))  # the last line may have no end
            found = columns(tuple(row))
            article_id = ids.of(own_id(row, found), number)
            yield Piece(article_id, key, partial(_article, row, found, article_id, number))


def rows_of(path: Path) -> int | None:
    """How many rows a .jsonl file has, of which each is an article or a failure; None for other files."""
    if suffix_of(path.name) not in (".jsonl", ".ndjson"):
        return None
    try:
        with path.open("rb") as file:
            return sum(1 for line in file if not line.isspace())
    except OSError:
        return None  # reading it says why


def table(source: Source) -> Pieces:
    """A .csv with names in its first row; the delimiter is the one that gives known names.

    Where no column can be the text of articles it is one article, a table.
    """
    ids = Ids(source.id)
    with _text(source) as file:
        rows = records(file, _delimiter(_first_lines(source)))
        names = _cells(rows)
        if names and names[0].lower().startswith("sep="):  # Excel's own first line
            names = _cells(rows)
        if not is_dump(names):
            check_size(source.size, LARGEST)
            yield Piece(source.id, source.digest(), partial(_whole, source, names, list(rows)))
            return
        found = columns(tuple(names))
        for number, record in enumerate(rows, 1):
            tell(file.buffer.tell(), source.size)  # type: ignore[attr-defined]
            if not any(cell.strip() for cell in record.cells):
                continue
            row = dict(zip(names, record.cells, strict=False))
            article_id = ids.of(own_id(row, found), number)
            key = digest(json.dumps(row, ensure_ascii=False).encode(errors="surrogatepass"))
            remark = _unclosed(record) if record.is_unclosed else ""
            yield Piece(article_id, key, partial(_article, row, found, article_id, number, remark))


def looks_like_table(beginning: str) -> bool:
    """Whether a text begins as a .csv of articles does."""
    first = beginning.split("\n", 1)[0]
    return any(is_dump(names) for each in _DELIMITERS if len(names := first.split(each)) > 1)


class Ids:
    """Ids of rows: what they are called, or their number; the second of a name gets a number too."""

    def __init__(self, above: str) -> None:
        self._above = above
        self._given: set[str] = set()

    def of(self, own: str, number: int) -> str:
        wanted = own or str(number)
        if wanted in self._given:
            wanted = f"{wanted}-{number}"
        self._given.add(wanted)
        return f"{self._above}/{wanted}"


def _cells(rows: Iterator[Record]) -> list[str]:
    record = next(rows, None)
    return record.cells if record else []


def _article(row: Row, found: Columns, article_id: str, number: int, remark: str = "") -> Article:
    if found.value(row, "text") is None:
        raise ArticleError(f"строка {number}: нет текста")
    article = article_of(row, found, article_id)
    return replace(article, left_out=(remark,)) if remark else article


def _whole(source: Source, names: list[str], rows: list[Record]) -> Article:
    """All rows as one table. Raises ArticleError where they are articles in columns of unknown names."""
    longest = max((len(cell) for row in rows for cell in row.cells), default=0)
    if not rows or len(names) < _NARROWEST or longest > _LONGEST_CELL:
        raise ArticleError(no_text_column(names))
    grid = [names, *(row.cells for row in rows if any(map(str.strip, row.cells)))]
    width = max(map(len, grid))
    text = sheet_text([[*map(cell_text, cells), *[""] * (width - len(cells))] for cells in grid])
    info = ArticleInfo(source.id, source.id.rpartition("/")[2], url=source.known.url)
    left_out = tuple(_unclosed(row) for row in rows if row.is_unclosed)
    return replace(completed(normal(text), info), left_out=left_out)


def _unclosed(row: Record) -> str:
    return f"строка {row.line}: кавычка не закрыта"


@contextmanager
def _text(source: Source) -> Iterator[TextIOWrapper]:
    """The source as text of its encoding. Raises ArticleError, also for what is broken further on."""
    with source.open() as sample:
        beginning = sample.read(_SAMPLE)
    encoding = encoding_of(beginning, source.known.charset, whole=len(beginning) < _SAMPLE)
    with source.open() as binary, TextIOWrapper(binary, encoding, newline="") as file:
        try:
            yield file
        except UnicodeDecodeError:
            raise ArticleError(
                f"кодировка {encoding}, но дальше файл повреждён; сохраните его в UTF-8"
            ) from None


def _lines(file: TextIOWrapper) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; no line is read beyond its limit."""
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise ArticleError(f"строка {number} длиннее {_LONGEST_LINE} знаков")
        yield number, line


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ArticleError(f"строка {number}: это не JSON") from None
    if not isinstance(row, dict):
        raise ArticleError(f'строка {number}: нужен объект JSON вида {{"title": …, "text": …}}')
    return row


def _first_lines(source: Source) -> list[str]:
    with _text(source) as file:
        return file.read(_SAMPLE // 4).splitlines(keepends=True)


def _delimiter(lines: list[str]) -> str:
    """The one that gives most names known; of equals, the one that most rows are as long by as the names."""
    best = max(_DELIMITERS, key=lambda each: _fitness(lines, each))
    return best if _fitness(lines, best) > (0, 0, 1) else ","


def _fitness(lines: list[str], delimiter: str) -> tuple[int, int, int]:
    """How many names are known, how many of the first rows have as many cells, how many names there are."""
    rows = (record.cells for record in records(iter(lines), delimiter))
    try:
        names = next((row for row in rows if row and not row[0].lower().startswith("sep=")), [])
        alike = sum(len(row) == len(names) > 1 for row in islice(rows, _FIRST_ROWS))
    except ArticleError:
        return 0, 0, 0
    return known_columns(names), alike, len(names)

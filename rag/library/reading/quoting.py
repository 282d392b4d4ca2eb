"""Records of a .csv, also where a quote is opened and never closed, which would swallow all rows behind it.

Python's reader takes everything up to the next quote for one cell, be it the rest of the file. A record of
several lines is believed only if it is strictly well-formed. If it isn't, its first line is a record, the
quote a sign like others, and reading goes on with the second line.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from rag.errors import ArticleError
from rag.library.files import LARGEST

csv.field_size_limit(LARGEST)
_MOST_LINES = 20_000  # of a record
_MOST_REREAD = 5 * LARGEST  # characters of lines that were taken for the rest of a record, in all


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a row and the number of its first line; `is_unclosed`: a quote in it has no end."""

    line: int
    cells: list[str]
    is_unclosed: bool = False


def records(lines: Iterator[str], delimiter: str) -> Iterator[Record]:
    """Every row, the first one too. Raises ArticleError for what isn't CSV at all."""
    waiting: deque[str] = deque()  # lines to be read again
    taken: list[str] = []  # lines of the record at hand
    line, width, reread = 1, 0, 0

    def feed() -> Iterator[str]:
        while (following := waiting.popleft() if waiting else next(lines, None)) is not None:
            taken.append(following)
            if len(taken) > _MOST_LINES:
                raise csv.Error("too many lines")
            yield following

    reader = csv.reader(feed(), delimiter=delimiter)
    while True:
        try:
            cells = next(reader, None)
            is_whole = len(taken) == 1 or _is_strict(taken, delimiter)
        except csv.Error:
            cells, is_whole = [], False
            if len(taken) < 2:
                raise ArticleError(f"строка {line}: слишком длинная ячейка") from None
        if cells is None:
            return
        if is_whole:
            yield Record(line, cells)
        else:
            reread += sum(map(len, taken[1:]))
            if reread > _MOST_REREAD:
                raise ArticleError(f"строка {line}: слишком много незакрытых кавычек; исправьте их")
            yield Record(line, _literal(taken[0], delimiter, width), is_unclosed=True)
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
            reader = csv.reader(feed(), delimiter=delimiter)
        width = width or len(cells)
        line += len(taken)
        taken.clear()


def _is_strict(lines: list[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _literal(line: str, delimiter: str, width: int) -> list[str]:
    """The cells of a line by itself; delimiters more than the `width` allows belong to what is quoted."""
    cells = line.rstrip("\r\n").split(delimiter)
    surplus = len(cells) - width
    first = next((number for number, cell in enumerate(cells) if cell.lstrip().startswith('"')), 0)
    if width and surplus > 0:
        cells[first : first + surplus + 1] = [delimiter.join(cells[first : first + surplus + 1])]
    return [cell.strip().removeprefix('"').removesuffix('"').replace('""', '"') for cell in cells]

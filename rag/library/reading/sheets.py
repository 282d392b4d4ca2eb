"""Spreadsheets (.xlsx, .xls, .ods): every sheet under a heading of its name, its tables as tables.

Values are those the sheet was saved with: of a formula its result. calamine reads all three kinds,
cell_formats.py tells how the sheet shows them: «12,5%», «1 200 ₽».
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.files import LARGEST, check_size
from rag.library.reading.cell_formats import Look, looks
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.packed import opened
from rag.library.reading.pieces import Source
from rag.library.reading.tables import cell_text, sheet_text
from rag.library.reading.telling import counting
from rag.types import Article, ArticleInfo

_WIDEST = 1_000  # columns
_MOST_FILLED = 10_000  # cells that merged ranges are told in


def sheets(source: Source) -> Article:
    """The article in a spreadsheet. Raises ArticleError."""
    calamine = package("python_calamine", "python-calamine", "таблицы Excel и OpenDocument")
    data = source.read()
    if data.startswith(b"PK\x03\x04"):
        with opened(BytesIO(data), "таблица"):
            pass  # within bounds
    try:
        with calamine.CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            text = "\n\n".join(_sheets(workbook, looks(data)))
    except calamine.PasswordError:
        raise ArticleError("таблица закрыта паролем; сохраните её без пароля") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise ArticleError("это не таблица, или файл повреждён; сохраните его заново") from None
    return completed(normal(text), ArticleInfo(source.id, _title(source), url=source.known.url))


def _title(source: Source) -> str:
    """A spreadsheet has no title but its name."""
    return source.id.rpartition("/")[2]


def _sheets(workbook: Any, look: Callable[[str], Look]) -> Iterator[str]:
    length = 0
    for name in counting(workbook.sheet_names, len(workbook.sheet_names)):
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_width > _WIDEST:
            raise ArticleError(f"лист «{name}»: больше {_WIDEST} колонок; разделите его на части")
        shown = look(name)
        rows = [
            [_told(value, shown((line, column), value)) for column, value in enumerate(row)]
            for line, row in enumerate(sheet.to_python(skip_empty_area=False))
        ]
        _fill(rows, sheet.merged_cell_ranges or ())
        text = sheet_text(rows)
        length += len(text)
        check_size(length, LARGEST)
        if text:
            yield f"## {' '.join(name.split())}\n\n{text}"


def _fill(rows: list[list[str]], merged: Any) -> None:
    """What stands in merged cells stands in each of them, but for a line over a whole table."""
    filled = 0
    for (top, left), (bottom, right) in merged:
        filled += (bottom - top + 1) * (right - left + 1)
        if filled > _MOST_FILLED:
            return
        text = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        is_alone = sum(map(bool, rows[top])) < 2 if top < len(rows) else True
        for row in () if is_alone else rows[top : bottom + 1]:
            row[left : right + 1] = [text] * len(row[left : right + 1])


def _told(value: Any, shown: str | None) -> str:
    """A value as a person reads it: as it is `shown`, else «1200,5», «01.02.2026», «да»."""
    if shown is not None:
        return cell_text(shown)
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",") if "e" not in f"{value:.15g}" else f"{value:.0f}"
    if isinstance(value, datetime):
        return _day(value) + (f" {_hour(value.time())}" if value.time() != time() else "")
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, time):
        return _hour(value)
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    return cell_text(str(value))


def _day(value: date) -> str:
    return f"{value.day:02}.{value.month:02}.{value.year}"


def _hour(value: time) -> str:
    return f"{value.hour}:{value.minute:02}" + (f":{value.second:02}" if value.second else "")

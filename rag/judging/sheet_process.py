"""The process that reads the cells of an Excel file for rag.judging.forms: bytes in; rows, or why not, out.

A few kilobytes of a broken file can make its reader want more memory than there is, which ends the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from rag.processes import Requests

CELLS, REFUSED, MISSING = "cells", "refused", "missing"  # what an answer begins with
MOST = 1_000_000  # cells
_MEMORY = 1024**3  # bytes


def serve() -> None:
    """Be that process."""
    requests = Requests()
    requests.bound(_MEMORY)
    try:
        while True:
            data = requests.next()
            try:
                answer = cells(data)
            except Exception as error:  # the reader has several kinds of its own
                answer = (REFUSED, str(error))
            requests.answer(answer)
    except (EOFError, BrokenPipeError):
        return


def cells(data: bytes) -> tuple[str, list[Sequence[str]] | str]:
    """CELLS and the rows of the first sheet that has any; MISSING without the package."""
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        return MISSING, ""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height * sheet.width > MOST:
            return REFUSED, f"в листе больше {MOST} ячеек"
        if rows := sheet.to_python(skip_empty_area=False):
            return CELLS, [[_cell(value) for value in row] for row in rows]
    return CELLS, []


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return f"{value:.12g}".replace(".", ",")
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%d.%m.%Y %H:%M}"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)

"""Tables and numbers as text: Markdown, readable on a terminal too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from eval.metrics import Interval

Language = Literal["en", "ru"]


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns: the first to the left, the others to the right."""
    table = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    rules = ["-" * max(3, widths[0]), *("-" * max(2, width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        [_line(table[0], widths), _line(rules, widths), *(_line(row, widths) for row in table[1:])]
    )


def with_column(
    headings: Sequence[str], rows: Sequence[Sequence[str]], column: Sequence[str]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """`rows` with a cell of `column` each, under the last of `headings`; without that where it is empty."""
    if not column:
        return headings[:-1], rows
    return headings, [[*row, cell] for row, cell in zip(rows, column, strict=True)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    others = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return "| " + " | ".join([first, *others]) + " |"


def number(value: float, digits: int = 1, language: Language = "ru") -> str:
    """A number with a fixed count of decimals and the decimal sign of the language."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language == "ru" else text


def percent(value: float | None, language: Language = "ru") -> str:
    """A share (0 to 1) times 100; a dash where there is none."""
    return "—" if value is None else number(100 * value, 1, language)


def interval(found: Interval | None) -> str:
    """A share in per cent with its interval: «87,5 [80,1; 93,4]»."""
    if found is None:
        return "—"
    low, high = percent(found.low), percent(found.high)
    return f"{percent(found.value)} [{low}; {high}]"

"""Rows of a table as lines of text: «Каяк | 300», under a row of heads with the rule «|---|---|» between."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ITEM_MARK = re.compile(r"^(?:-|\d+\.) (?=\S)")
Rows = Sequence[Sequence[str]]


def cell_text(text: str) -> str:
    """The lines of a cell as one; a bar inside it would part it."""
    told = ""
    for line in filter(None, (" ".join(each.split()) for each in text.replace("|", "/").split("\n"))):
        told += ("" if not told else " " if told[-1] in ".,;:!?" else "; ") + _ITEM_MARK.sub("", line)
    return told


def table_text(rows: Rows, heads: int = 0) -> str:
    """Rows of finished cells as lines; several rows of heads (the first `heads`) become one."""
    if not heads or len(rows) <= heads:
        return "\n".join(" | ".join(row) for row in rows)
    first, *others = [f"| {' | '.join(row)} |" for row in table_rows(rows, heads)]
    return "\n".join([first, "|" + "---|" * len(rows[0]), *others])


def table_rows(rows: Rows, heads: int = 0) -> list[Sequence[str]]:
    """`rows` with the first `heads` of them as one: «2025» above «Лето» is «2025 Лето»."""
    if heads < 2 or len(rows) <= heads:
        return list(rows)
    columns = _columns(rows[:heads], max(map(len, rows[:heads])))
    return [[" ".join(dict.fromkeys(filter(None, column))) for column in columns], *rows[heads:]]


def sheet_text(rows: Rows) -> str:
    """A grid of cells, told as its parts between empty rows: lines above a table, and the table itself.

    The first row of a table is its heads where every column has a name that is no figure.
    """
    parts: list[list[Sequence[str]]] = [[]]
    for row in rows:
        if any(row):
            parts[-1].append(row)
        elif parts[-1]:
            parts.append([])
    return "\n\n".join(_part_text(part) for part in parts if part)


def _part_text(rows: Rows) -> str:
    rows = _without_empty_columns(rows)
    above = next((number for number, row in enumerate(rows) if sum(map(bool, row)) > 1), len(rows))
    lines = "\n".join("".join(row) for row in rows[:above])
    table = _without_empty_columns(rows[above:])
    headed = len(table) > 1 and all(any(map(str.isalpha, each)) or _is_year(each) for each in table[0])
    return "\n\n".join(filter(None, (lines, table_text(table, int(headed)))))


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and text[:2] in ("19", "20")


def _without_empty_columns(rows: Rows) -> list[list[str]]:
    kept = [number for number, column in enumerate(zip(*rows, strict=True)) if any(column)]
    return [[row[number] for number in kept] for row in rows]


def _columns(rows: Rows, count: int) -> list[list[str]]:
    return [[row[number] if number < len(row) else "" for row in rows] for number in range(count)]

"""Tables of a page: those in frames of lines, and those whose columns only stand under each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rag.library.reading.packages import package
from rag.library.reading.pdfium import Rule, Word
from rag.text.structure import Structure
from rag.text.wrapping import joined

Cells = list[list[Word]]
TIGHT = 1.4  # of the size of letters: lines as near as this may be those of one cell
_UNEVEN = 1.25  # times the least distance of rows: there are distances of two kinds
_FEWEST_RULES = 4
_SNAP = 3.0  # points: lines as near as this are one
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows of cells, each with its words. `headed`: the first row holds the heads."""

    rows: tuple[tuple[tuple[Word, ...], ...], ...]
    headed: bool

    @property
    def words(self) -> Iterator[Word]:
        return (word for row in self.rows for cell in row for word in cell)

    def lines(self) -> list[str]:
        """The table in Markdown."""
        told = [f"| {' | '.join(cell_text(cell) for cell in row)} |" for row in self.rows]
        rule = f"|{' --- |' * len(self.rows[0])}"
        return [told[0], rule, *told[1:]] if self.headed else told


def cell_text(words: Iterable[Word]) -> str:
    """What a cell says, on one line: a word broken at the end of a line is whole."""
    lines: list[str] = []
    bottom = None
    for word in words:
        if bottom is None or word.middle > bottom:
            lines.append(word.text)
        else:
            lines[-1] += f" {word.text}"
        bottom = word.bottom
    text = ""
    for line in lines:
        text = joined(text, line) if text else line
    return text.replace("|", "¦")


def aligned_grid(rows: Sequence[Cells]) -> tuple[Grid | None, list[Cells]]:
    """The table that rows of words make, and the rows below that are none of it."""
    rows, below = _without_tail(rows)
    whole = _whole_rows(rows)
    if len(whole) < 2:
        return None, [*rows, *below]
    return _grid([[tuple(cell) for cell in row] for row in whole]), below


def _without_tail(rows: Sequence[Cells]) -> tuple[list[Cells], list[Cells]]:
    """Rows of the first column alone that stand apart below the others."""
    last = max(n for n, row in enumerate(rows) if sum(map(bool, row)) > 1)
    usual = _least(rows[: last + 1])
    stop = last + 1
    while stop < len(rows) and _distance(rows[stop - 1], rows[stop]) <= _UNEVEN * usual:
        stop += 1
    return list(rows[:stop]), list(rows[stop:])


def _whole_rows(rows: Sequence[Cells]) -> list[Cells]:
    """Rows with the lines of their cells put together."""
    least = _least(rows)
    uneven = max((_distance(a, b) for a, b in pairwise(rows)), default=0) > _UNEVEN * least
    whole: list[Cells] = []
    last: Cells = []
    for row in rows:
        if whole and (_is_wrapped(last, row, least) if uneven else _goes_on(row)):
            whole[-1] = [[*above, *below] for above, below in zip(whole[-1], row, strict=True)]
        else:
            whole.append([list(cell) for cell in row])
        last = row
    return whole


def _is_wrapped(above: Cells, row: Cells, least: float) -> bool:
    """Whether `row` is nearer to the one above than rows usually are, and leaves something to it."""
    is_full = all(above) and all(row)
    return _distance(above, row) <= _UNEVEN * least and is_tight(above, row) and not is_full


def is_tight(above: Cells, row: Cells) -> bool:
    """Whether two rows are no further apart than the lines of a paragraph."""
    return _distance(above, row) <= TIGHT * max(word.size for cell in row for word in cell)


def _goes_on(row: Cells) -> bool:
    """Whether a row has no first cell, and only cells that go on with a small letter."""
    filled = [cell[0].text for cell in row if cell]
    return not row[0] and all(text[:1].islower() for text in filled)


def _least(rows: Sequence[Cells]) -> float:
    return min((_distance(a, b) for a, b in pairwise(rows)), default=0.0)


def _distance(above: Cells, below: Cells) -> float:
    return _middle(below) - _middle(above)


def _middle(row: Cells) -> float:
    middles = [word.middle for cell in row for word in cell]
    return sum(middles) / len(middles)


def _grid(rows: Sequence[Sequence[tuple[Word, ...]]], framed: bool = False) -> Grid:
    return Grid(tuple(tuple(row) for row in rows), _is_headed(rows, framed))


def _is_headed(rows: Sequence[Sequence[tuple[Word, ...]]], framed: bool) -> bool:
    """Whether the first row names the columns: by what stands in it, by bold letters, by their number."""
    if len(rows) < 2:
        return False
    told = [[cell_text(cell) for cell in row] for row in rows]
    structure = Structure("\n".join(" | ".join(row) for row in told)).rows
    if structure and structure[0].is_head:
        return True
    bold = [all(word.bold for cell in row for word in cell) for row in rows]
    if bold[0] and not all(bold):
        return True
    if framed and len(told[0]) > 2 and all(told[0]):
        return True
    return any(
        not _DIGIT.search(column[0]) and column[0] and all(_DIGIT.search(each) for each in column[1:] if each)
        for column in zip(*told, strict=True)
        if any(column[1:])
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    left: float
    top: float
    right: float
    bottom: float


def framed_grids(
    words: Sequence[Word], rules: Sequence[Rule]
) -> Iterator[tuple[Grid, tuple[float, float, float, float], set[int]]]:
    """Tables in frames of lines: each with its left, top, right and bottom, and the numbers of its words.

    Cells that reach over several columns or rows say in each of them what they say; of those in the body of a
    table only the first column does.
    """
    if len(rules) < _FEWEST_RULES:
        return
    for cells in _cells(rules):
        lefts = _places(cell.left for cell in cells)
        tops = _places(cell.top for cell in cells)
        if len(lefts) < 2 or len(tops) < 2:
            continue
        box = (
            min(cell.left for cell in cells),
            min(cell.top for cell in cells),
            max(cell.right for cell in cells),
            max(cell.bottom for cell in cells),
        )
        inside = {n for n, word in enumerate(words) if _holds(box, word)}
        rows = _spread(cells, lefts, tops, [words[n] for n in sorted(inside)])
        rows = [row for row in rows if any(row)]
        if len(rows) > 1:
            yield _grid(rows, framed=True), box, inside


def _cells(rules: Sequence[Rule]) -> Iterator[list[_Cell]]:
    """The cells of every table, as pdfplumber finds them between lines."""
    table: Any = package("pdfplumber.table", "pdfplumber", "таблицы в PDF")
    edges = [
        {
            "x0": rule.left, "x1": rule.right, "top": rule.top, "bottom": rule.bottom,
            "width": rule.right - rule.left, "height": rule.bottom - rule.top,
            "orientation": "h" if rule.is_across else "v",
        }
        for rule in rules
    ]  # fmt: skip
    merged = table.merge_edges(edges, _SNAP, _SNAP, _SNAP, _SNAP)
    crossings = table.edges_to_intersections(merged, _SNAP, _SNAP)
    for cells in table.cells_to_tables(table.intersections_to_cells(crossings)):
        yield [_Cell(*cell) for cell in cells]


def _places(values: Iterable[float]) -> list[float]:
    """Values in order, near ones once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SNAP:
            found.append(value)
    return found


def _holds(box: tuple[float, float, float, float], word: Word) -> bool:
    left, top, right, bottom = box
    return left <= (word.left + word.right) / 2 <= right and top <= word.middle <= bottom


def _spread(
    cells: Sequence[_Cell], lefts: Sequence[float], tops: Sequence[float], words: Sequence[Word]
) -> list[list[tuple[Word, ...]]]:
    """A row for each of `tops`, with a cell for each of `lefts`; heads that span columns become one row."""
    rows: list[list[tuple[Word, ...]]] = [[()] * len(lefts) for _ in tops]
    spanning: set[int] = set()
    for cell in cells:
        said = tuple(w for w in words if _holds((cell.left, cell.top, cell.right, cell.bottom), w))
        across = [n for n, left in enumerate(lefts) if cell.left - _SNAP <= left < cell.right - _SNAP]
        down = [n for n, top in enumerate(tops) if cell.top - _SNAP <= top < cell.bottom - _SNAP]
        if 1 < len(across) < len(lefts):
            spanning |= set(down)
        for n in down:
            for m in across:
                rows[n][m] = said
    heads = 0
    while heads in spanning and heads + 1 < len(rows):
        heads += 1
    if heads:
        top = [
            tuple(dict.fromkeys(w for row in column for w in row))
            for column in zip(*rows[: heads + 1], strict=True)
        ]
        return [top, *map(_once, rows[heads + 1 :])]
    return [rows[0], *map(_once, rows[1:])]


def _once(row: Sequence[tuple[Word, ...]]) -> list[tuple[Word, ...]]:
    """A row in which a cell that reaches over several columns stands in the first of them."""
    return [cell if not n or cell != row[n - 1] else () for n, cell in enumerate(row)]

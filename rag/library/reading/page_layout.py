"""Words of a page → what stands on it in reading order: lines of its columns, and tables.

From top to bottom, rows of words are taken together as long as the same gutters run between them. Where both
sides of a gutter are running text they are columns, to be read one after the other; else a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from rag.library.reading.page_tables import TIGHT, Grid, aligned_grid, is_tight
from rag.library.reading.pdfium import Word

_APART = 1.0  # of the size of letters: words further apart than that may stand in two columns
_GUTTER = 0.8  # the same for the gutter that remains when all rows are laid over each other
_PROSE_LINE = 14  # characters: a column of shorter lines is no running text
_CROSSED = 0.1  # of the rows may cross a gutter: headings inside a table
_SPELT = 4  # letters set apart in a row are a word
_DEEPEST = 4  # columns in columns


@dataclass(frozen=True, slots=True)
class Line:
    """Words in a row of one column, left to right. `left` and `right` are the edges of that column."""

    words: tuple[Word, ...]
    column: tuple[float, float] = (0.0, 0.0)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def size(self) -> float:
        return median(word.size for word in self.words)

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.words)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table that stands in a frame of lines, as one thing on the page."""

    grid: Grid
    left: float
    top: float
    right: float
    bottom: float


Block = Line | Grid
Item = Line | Ruled
Row = list[Item]
Span = tuple[float, float]


def read_layout(words: Sequence[Word], tables: Sequence[Ruled] = ()) -> list[Block]:
    """What stands on a page, in reading order. Words that `tables` hold are not among `words`."""
    return list(_blocks([*_segments(words), *tables], 0))


def _segments(words: Sequence[Word]) -> Iterator[Line]:
    """Words of one row that stand close together."""
    for spaced in rows_of_words(words):
        row = _closed_up(spaced)
        run = [row[0]]
        for word in row[1:]:
            if word.left - run[-1].right > _APART * max(word.size, run[-1].size):
                yield Line(tuple(run))
                run = []
            run.append(word)
        yield Line(tuple(run))


def _closed_up(row: Sequence[Word]) -> list[Word]:
    """«И Т О Г И» as one word: letters set apart, with wider gaps between words."""
    found: list[Word] = []
    run: list[Word] = []
    for word in [*row, None]:
        if word and len(word.text) == 1 and word.text.isalpha():
            run.append(word)
            continue
        found += _spelt(run) if len(run) >= _SPELT else run
        found += [word] if word else []
        run = []
    return found


def _spelt(letters: Sequence[Word]) -> Iterator[Word]:
    gaps = [b.left - a.right for a, b in pairwise(letters)]
    wide = 1.5 * median(gaps)
    start = 0
    for place in range(1, len(letters) + 1):
        if place == len(letters) or gaps[place - 1] > wide:
            yield _as_one(letters[start:place])
            start = place


def _as_one(parts: Sequence[Word]) -> Word:
    """Words as one that takes the place of all."""
    boxes = list(zip(*(part.box for part in parts), strict=True))
    return replace(
        parts[0],
        text="".join(part.text for part in parts),
        right=max(part.right for part in parts),
        bottom=max(part.bottom for part in parts),
        box=(min(boxes[0]), min(boxes[1]), max(boxes[2]), max(boxes[3])),
    )


def rows_of_words(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words side by side, from left to right; rows from top to bottom."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda each: each.middle):
        height = word.bottom - word.top
        near = [row for row in rows[-3:] if _overlap(row, word) > 0.5 * min(height, _height(row))]
        if near:
            near[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        yield sorted(row, key=lambda each: each.left)


def _overlap(row: Sequence[Word], word: Word) -> float:
    largest = max(row, key=lambda each: each.size)
    return min(largest.bottom, word.bottom) - max(largest.top, word.top)


def _height(row: Sequence[Word]) -> float:
    largest = max(row, key=lambda each: each.size)
    return largest.bottom - largest.top


def _rows(items: Iterable[Item]) -> list[Row]:
    """Items side by side; a framed table is a row of its own."""
    rows: list[Row] = []
    for item in sorted(items, key=lambda each: (each.top + each.bottom) / 2):
        last = rows[-1][-1] if rows else None
        if isinstance(item, Line) and isinstance(last, Line):
            shared = min(item.bottom, last.bottom) - max(item.top, last.top)
            if shared > 0.5 * min(item.bottom - item.top, last.bottom - last.top):
                rows[-1].append(item)
                continue
        rows.append([item])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _blocks(items: Sequence[Item], depth: int) -> Iterator[Block]:
    if not items:
        return
    size = median([each.size for each in items if isinstance(each, Line)] or [10.0])
    waiting: list[Line] = []
    for region in _regions(_rows(items), _GUTTER * size):
        columns = _columns(region, _GUTTER * size) if len(region) > 1 else []
        if len(columns) < 2 or depth >= _DEEPEST:
            for row in region:
                lines = [each for each in row if isinstance(each, Line)]
                waiting += [Line(tuple(word for line in lines for word in line.words))] if lines else []
                for each in row:
                    if isinstance(each, Ruled):
                        yield from _framed(waiting)
                        waiting = []
                        yield each.grid
            continue
        yield from _framed(waiting)
        waiting = []
        if all(_is_prose(column) for column in columns):
            for column in columns:
                yield from _blocks(column, depth + 1)
        else:
            yield from _table(region, columns)
    yield from _framed(waiting)


def _framed(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines that know how wide their column is."""
    if lines:
        edges = min(each.left for each in lines), max(each.right for each in lines)
        yield from (Line(each.words, edges) for each in lines)


def _regions(rows: Sequence[Row], gutter: float) -> Iterator[list[Row]]:
    """Runs of rows: those of one column, and those between which the same gutters run."""
    region: list[Row] = []
    covered: list[Span] = []
    for row in rows:
        alone = _merged([(each.left, each.right) for each in row], gutter)
        if region and len(covered) == 1 and _is_beside(region[-1], row, gutter):
            if region[:-1]:
                yield region[:-1]
            region = region[-1:]
            alone = _merged([(each.left, each.right) for each in (*region[0], *row)], gutter)
            region.append(row)
            covered = alone
            continue
        both = _merged([*covered, *alone], gutter)
        is_like = len(both) > 1 if len(covered) > 1 else len(alone) == len(both) == 1
        if region and not is_like:
            above = _heads_above(region, row) if len(alone) > 1 else []
            if len(above) < len(region):
                yield region[: len(region) - len(above)]
            region = above
            both = _merged([*alone, *((each.left, each.right) for each in _all(above))], gutter)
        region.append(row)
        covered = both
    if region:
        yield region


def _is_beside(above: Row, row: Row, gutter: float) -> bool:
    """Whether two rows stand beside each other, a little shifted: lines of two columns."""
    first = max(above[0].left - row[-1].right, row[0].left - above[-1].right) >= gutter
    return first and max(each.bottom for each in above) > min(each.top for each in row) + 0.1 * gutter


def _heads_above(region: Sequence[Row], row: Row) -> list[Row]:
    """The last rows of a region that are upper lines of heads in `row`: close to it, right of the first."""
    found: list[Row] = []
    below = row
    for above in reversed(region):
        size = max((each.size for each in above if isinstance(each, Line)), default=0.0)
        distance = sum(map(_middle, below)) / len(below) - sum(map(_middle, above)) / len(above)
        if distance > TIGHT * size or above[0].left < row[0].right:
            break
        found.insert(0, above)
        below = above
    return found


def _middle(item: Item) -> float:
    return (item.top + item.bottom) / 2


def _all(rows: Iterable[Row]) -> Iterator[Item]:
    return (each for row in rows for each in row)


def _merged(spans: Iterable[Span], gap: float) -> list[Span]:
    """Spans with those as one that lie closer than `gap`."""
    found: list[Span] = []
    for left, right in sorted(spans):
        if found and left - found[-1][1] < gap:
            found[-1] = found[-1][0], max(right, found[-1][1])
        else:
            found.append((left, right))
    return found


def _columns(region: Sequence[Row], gutter: float) -> list[list[Item]]:
    """The items of a region by column; a few rows may cross a gutter."""
    most = int(_CROSSED * len(region))
    edges = _merged(_usual([(each.left, each.right) for row in region for each in row], most), gutter)
    starts = [left for left, _ in edges]
    found: list[list[Item]] = [[] for _ in edges]
    for row in region:
        for each in row:
            place = max((n for n, start in enumerate(starts) if start <= each.left + 1), default=0)
            found[place].append(each)
    return [column for column in found if column]


def _usual(spans: Sequence[Span], most: int) -> list[Span]:
    """Where more than `most` of the spans lie over each other."""
    changes = sorted([(left, 1) for left, _ in spans] + [(right, -1) for _, right in spans])
    found, depth, start = [], 0, 0.0
    for place, change in changes:
        before, depth = depth, depth + change
        if before <= most < depth:
            start = place
        elif depth <= most < before:
            found.append((start, place))
    return found


def _is_prose(column: Sequence[Item]) -> bool:
    """True for running text: long lines, some of which go on with a small letter."""
    lines = [each.text for each in column if isinstance(each, Line)]
    if any(isinstance(each, Ruled) for each in column):
        return True
    if len(lines) < 2 or sum(map(len, lines)) < _PROSE_LINE * len(lines):
        return False
    going_on = sum(line[:1].islower() for line in lines)
    return going_on >= 0.25 * len(lines)


def _table(region: Sequence[Row], columns: Sequence[Sequence[Item]]) -> Iterator[Block]:
    """A table, and apart from it lines above and below that stand in its first column alone."""
    place = {id(each): number for number, column in enumerate(columns) for each in column}
    rows: list[list[list[Word]]] = []
    for row in region:
        cells: list[list[Word]] = [[] for _ in columns]
        for each in row:
            if isinstance(each, Line):
                cells[place[id(each)]] += each.words
        rows.append(cells)
    first = next((n for n, row in enumerate(rows) if sum(map(bool, row)) > 1), len(rows))
    if first == len(rows):
        yield from _framed([_line(row) for row in rows])
        return
    while first and not rows[first - 1][0] and is_tight(rows[first - 1], rows[first]):
        first -= 1  # the upper line of a head
    grid, below = aligned_grid(rows[first:])
    yield from _framed([_line(row) for row in rows[:first]])
    if grid:
        yield grid
    yield from _framed([_line(row) for row in below])


def _line(cells: Iterable[Sequence[Word]]) -> Line:
    return Line(tuple(word for cell in cells for word in cell))

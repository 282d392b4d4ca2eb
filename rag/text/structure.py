"""What governs a sentence where it stands: headings above it, heads of its table, what announces its list.

Articles keep their structure as readers write it down: «## Зерно» is a heading, «| Июль | 5,1 |» or
«Июль | 5,1» a row of a table, «- паспорт» an item of a list. A short line without a verb above lines like
«Адрес: …» is a heading, too («Поликлиника № 6»). All offsets point into the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.text.borders import has_verb

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*\S)")
_RULE = re.compile(r"\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?")  # «|---|---|»
_ITEM = re.compile(r"(?:[-*+•▪●—–]|\d{1,2}[.)])[ \t]+\S")
_FIGURE = re.compile(
    r"[^\w%]*\d[\d\s.,:–—-]*[^\d\w]*(?:\w{1,5}\.?[^\w]*)?"
)  # «4 850 000», «30 %», «900 руб.»
_LONGEST_FIGURE = 60  # characters
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s*г(?:од|\.)?)?")
_PLAIN_LEVEL = 7  # below every marked heading
_PLAIN_WORDS = 8
_KEY = re.compile(r"[^:.!?|]{2,40}:\s")  # «Адрес: …»


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table with its offsets, and the head of its column; "" where it has none."""

    text: str
    start: int
    stop: int
    head: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table with its offsets, and those of the row of its heads, if it has one.

    `is_head`: it is that row itself.
    """

    start: int
    stop: int
    cells: tuple[Cell, ...]
    heads: tuple[int, int] | None
    is_head: bool = False

    @property
    def told(self) -> str:
        """The row as a sentence: «Район: Турьевский; Июль: 5,1; Август: 4,7»."""
        return "; ".join(
            f"{cell.head}: {cell.text}" if cell.head else cell.text for cell in self.cells if cell.text
        )


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; a smaller `level` governs more."""

    start: int
    stop: int
    level: int
    text: str


class Structure:
    """Headings, rows and announced lists of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines = list(_lines(text))
        found = (_heading(text, lines, number) for number in range(len(lines)))
        self.headings = [each for each in found if each]
        self.rows = [row for table in _tables(text, lines) for row in table]
        self._leads = list(_announced(text, lines))  # start of an item, what announces it
        self._starts = [row.start for row in self.rows]

    @property
    def governs(self) -> bool:
        """True where any sentence has something above it."""
        return bool(self.headings or self.rows or self._leads)

    def path(self, place: int) -> tuple[str, ...]:
        """The headings above `place`, the widest first; above a heading those that govern it."""
        path: list[Heading] = []
        for heading in self.headings:
            if heading.start > place:
                break
            path = [each for each in path if each.level < heading.level]
            if heading.stop > place:
                break
            path.append(heading)
        return tuple(each.text for each in path)

    def nearest(self, place: int) -> Heading | None:
        """The last heading above `place`."""
        above = [each for each in self.headings if each.stop <= place]
        return above[-1] if above else None

    def is_heading(self, place: int) -> bool:
        """True where `place` lies in a heading."""
        return any(each.start <= place < each.stop for each in self.headings)

    def row(self, place: int) -> Row | None:
        """The row of a table at `place`."""
        number = bisect_right(self._starts, place) - 1
        found = self.rows[number] if number >= 0 else None
        return found if found and place < found.stop else None

    def lead(self, place: int) -> str:
        """What announces the item of a list at `place`; "" for what is no such item."""
        number = bisect_right(self._leads, (place, "\uffff")) - 1
        return self._leads[number][1] if number >= 0 and self._leads[number][0] == place else ""


def row_told(sentence: str, quotes: Sequence[str]) -> Row | None:
    """The row of a table that `sentence` tells with its heads, of those that the quotes hold.

    A quote has both, or the heads stand in a quote of their own.
    """
    tables = [quote for quote in quotes if "|" in quote]
    if not tables or ":" not in sentence:
        return None
    apart = [_headed(heads, row) for heads in tables for row in tables if "\n" not in heads + row]
    found = [row for quote in tables for row in Structure(quote).rows] + apart
    return next((row for row in found if row.heads and row.told == sentence), None)


def last_row(quote: str) -> str:
    """The last row of the table that is quoted, told with its heads; "" where the quote is no table."""
    lines = quote.strip().split("\n")
    if not all("|" in line for line in lines):
        return ""
    rows = Structure(quote).rows or [_headed("", lines[0])]
    return rows[-1].told


def _headed(heads: str, row: str) -> Row:
    names = [each.text for each in _cells(heads, 0)]
    return Row(0, len(row), _under(_cells(row, 0), names), (0, len(heads)))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the lines of `text` without the spaces around them; empty ones too."""
    start = 0
    for line in text.split("\n"):
        left = len(line) - len(line.lstrip())
        yield start + min(left, len(line)), start + max(len(line.rstrip()), left if line.strip() else 0)
        start += len(line) + 1


def _heading(text: str, lines: Sequence[tuple[int, int]], number: int) -> Heading | None:
    start, stop = lines[number]
    line = text[start:stop]
    if marked := _HEADING.fullmatch(line):
        return Heading(start, stop, len(marked[1]), marked[2].strip(" #"))
    is_first = not number or lines[number - 1][0] >= lines[number - 1][1]
    below = text[slice(*lines[number + 1])] if number + 1 < len(lines) else ""
    if not is_first or not line or "|" in line or line[-1] in ".!?;:,…" or len(line.split()) > _PLAIN_WORDS:
        return None
    if _ITEM.match(line) or _KEY.match(line) or not _KEY.match(below) or has_verb(line):
        return None
    return Heading(start, stop, _PLAIN_LEVEL, line)


def _tables(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[list[Row]]:
    """The tables: runs of lines with cells."""
    run: list[tuple[int, int]] = []
    for start, stop in (*lines, (len(text), len(text))):
        if "|" in text[start:stop]:
            run.append((start, stop))
            continue
        if len(run) > 1:
            yield _table(text, run)
        run = []


def _table(text: str, run: Sequence[tuple[int, int]]) -> list[Row]:
    is_ruled = len(run) > 1 and _RULE.fullmatch(text[slice(*run[1])]) is not None
    lines = [each for each in run if not _RULE.fullmatch(text[slice(*each)])]
    cells = [_cells(text[start:stop], start) for start, stop in lines]
    headed = is_ruled or _has_heads([[each.text for each in row] for row in cells])
    heads = [each.text for each in cells[0]] if headed else []
    return [
        Row(start, stop, tuple(row), None, True)
        if headed and not number
        else Row(start, stop, _under(row, heads), lines[0] if headed else None)
        for number, ((start, stop), row) in enumerate(zip(lines, cells, strict=True))
    ]


def _under(cells: Sequence[Cell], heads: Sequence[str]) -> tuple[Cell, ...]:
    """Cells with the heads of their columns, as far as there are any."""
    known = heads[: len(cells)]
    named = [*known, *[""] * (len(cells) - len(known))]
    return tuple(replace(cell, head=head) for cell, head in zip(cells, named, strict=True))


def _cells(line: str, offset: int) -> list[Cell]:
    """The cells of a line that begins at `offset`."""
    cells, start = [], offset
    for part in line.split("|"):
        said = part.strip()
        left = start + (part.index(said) if said else 0)
        cells.append(Cell(said, left, left + len(said)))
        start += len(part) + 1
    is_closed = line.endswith("|")
    is_framed = is_closed and line.startswith("|")  # «| Юг | Север» begins with an empty cell
    return cells[is_framed : len(cells) - is_closed]


def _has_heads(rows: Sequence[Sequence[str]]) -> bool:
    """True where the first row differs in kind from a column below: words above figures, an empty corner."""
    first, below = rows[0], rows[1:]
    if not below or len(first) < 2 or not all(first[1:]):
        return False
    if not first[0] and all(each and each[0] for each in below):
        return True
    columns: list[list[str]] = [[] for _ in first]
    for row in below:
        for column, cell in zip(columns, row, strict=False):
            column.append(cell)
    return any(
        all(map(_is_figure, column)) and not _is_like(head, column)
        for head, column in zip(first, columns, strict=True)
    )


def _is_like(head: str, column: Sequence[str]) -> bool:
    """True for a figure above figures; a year above other figures is a head."""
    if _YEAR.fullmatch(head) and not all(_YEAR.fullmatch(each) for each in column):
        return False
    return _is_figure(head)


def _is_figure(cell: str) -> bool:
    return len(cell) <= _LONGEST_FIGURE and _FIGURE.fullmatch(cell) is not None


def is_item(text: str, place: int) -> bool:
    """True where an item of a list begins at `place` of `text`, behind its mark."""
    line = text[text.rfind("\n", 0, place) + 1 : place + 1].lstrip(" \t")
    mark = _ITEM.match(line)
    return mark is not None and mark.end() == len(line)


def _announced(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Starts of the items (behind their marks) of lists that a line ending in a colon announces."""
    lead = ""
    for start, stop in lines:
        line = text[start:stop]
        if mark := _ITEM.match(line):
            if lead:
                yield start + mark.end() - 1, lead
        elif line:
            lead = line if line.endswith(":") else ""


# The signs of Markdown in articles: found where they are hidden, left out where a text is only read.

# Where pairs overlap, the first one counts; nothing is nested.
SIGNS = re.compile(
    r"(?P<head>^#{1,6}[ \t]+)"
    r"|(?P<cited>^>[ \t]?)|(?P<fence>^[ \t]*(?:```|~~~)[^`\n]*$)|(?P<rule>^(?:-{3,}|\*{3,}|_{3,})[ \t]*$)"
    r"|(?P<item>^[ \t]*[-*+][ \t]+(?=\S))"
    r"|\*\*(?P<strong>[^*\n]+?)\*\*|(?<!\w)__(?P<strong_>[^_\n]+?)__(?!\w)"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<em_>[^_\s](?:[^_\n]*[^_\s])?)_(?!\w)"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<!!)\[(?P<label>[^\[\]\n]+)\]\((?P<url>https?://[^\s()<>\"']+)\)"
    r"|(?P<lone>\*\*)",
    re.MULTILINE,
)
_ENCLOSING = ("strong", "strong_", "em", "em_", "code", "label")


def unmarked(text: str) -> str:
    """`text` without Markdown signs; items of lists keep their marks."""
    return SIGNS.sub(lambda found: enclosed(found)[1] if found.lastgroup != "item" else found[0], text)


def plain(quote: str) -> str:
    """A quote for the places where it is only read: without Markdown signs; of a table its last row, told."""
    return (last_row(quote) if "|" in quote else "") or unmarked(quote)


def enclosed(found: re.Match[str]) -> tuple[str, str]:
    """The kind of what a match of SIGNS encloses, and its text; neither for a sign by itself."""
    return next(((name, found[name]) for name in _ENCLOSING if found[name] is not None), ("", ""))

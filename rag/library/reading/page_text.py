"""Pages → one text: paragraphs go on over columns and pages, headings are marked, footnotes follow them.

What is repeated on the pages around at the same place, and page numbers, are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from rag.library.reading.page_layout import Block, Line, rows_of_words
from rag.library.reading.page_tables import Grid
from rag.library.reading.pdfium import Word
from rag.text.wrapping import joined

Places = tuple[tuple[int, int], ...]  # where in the text a page begins, and its number
_EDGE = 3  # rows at each end of a page that may be a header or a footer
_NEAR = 2  # pages before and behind on which a running head is looked for
_SAME_PLACE = 4.0  # points
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:стр(?:аница|\.)?\s*|с\.\s*|page\s*|p\.\s*)?[-–—• ]*(?:#|[ivxlc]+)[-–—• ]*(?:(?:из|/|of)\s*#)?",
    re.IGNORECASE,
)
_NUMBER_BESIDE = re.compile(r"^\d{1,3}\s+|\s+\d{1,3}$")  # the number of the page
_LARGE, _SMALL = 1.15, 0.93  # of the size of the body: headings, footnotes
_LONGEST_HEADING = 200  # characters
_LONGEST_BOLD = 100
_LEVELS = 6
_NOTE = re.compile(r"(?:[⁰¹²³⁴-⁹]+|\d{1,3}[ .)]|\*{1,3})\s*\S")
_ITEM = re.compile(r"(?:[•▪●◦■–—-]|\d{1,3}[.)]|[а-яa-z]\))\s")
_LEADERS = re.compile(r"\s*(?:\.\s?){4,}|\s*…{2,}")  # between an entry of the contents and its page
_ENDED = re.compile(r"[.!?…:;»\")]$")
_WIDE = 0.8  # of the column: a line less wide may be the last of its paragraph
_LOOSE = 1.35  # times the usual distance of lines: a paragraph begins
_INDENT = 0.8  # of the size of letters


@dataclass(frozen=True, slots=True)
class Body:
    """What is usual in a document: the size of its letters, the distance of its lines, whether it is bold.

    `headings` are the sizes of larger letters, the largest first.
    """

    size: float
    distance: float
    bold: bool
    headings: tuple[float, ...]


@dataclass(slots=True)
class _Written:
    """The text so far, in parts, and where its pages begin."""

    parts: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0
    last: str = ""  # the line that was written last

    def add(self, text: str, page: int) -> None:
        if not self.places or self.places[-1][1] != page:
            self.places.append((self.length, page))
        self._put(text)
        self.last = text

    def gap(self, mark: str) -> None:
        if self.parts:
            self._put(mark)

    def go_on(self, line: str, page: int) -> None:
        """Add a line to the paragraph; a word broken before it becomes whole."""
        glued = joined(self.last, line)
        before = glued[: len(glued) - len(line)]
        self.length += len(before) - len(self.last)
        self.parts[-1] = before
        self.add(line, page)

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)


def without_margins(pages: Sequence[Sequence[Word]]) -> tuple[list[list[Word]], list[str]]:
    """The words of pages without running heads and feet and page numbers; these heads and feet, each once."""
    sizes = Counter(round(word.size) for page in pages for word in page for _ in word.text)
    body = sizes.most_common(1)[0][0] if sizes else 0
    edges = [_edges(page) for page in pages]
    seen = [{(_form(row), round(row[0].top / _SAME_PLACE)) for row in page} for page in edges]
    found = []
    said: dict[str, list[str]] = {}
    for number, (page, rows) in enumerate(zip(pages, edges, strict=True)):
        around = [*seen[max(0, number - _NEAR) : number], *seen[number + 1 : number + 1 + _NEAR]]
        margins = [
            row
            for row in rows
            if _is_margin(row, around, _LARGE * body) and not any(_are_aligned(row, each) for each in rows)
        ]
        left_out = {id(word) for row in margins for word in row}
        found.append([word for word in page if id(word) not in left_out])
        for row in margins:
            if not _PAGE_NUMBER.fullmatch(_form(row)):
                said.setdefault(_form(row), []).append(" ".join(word.text for word in row))
    once = (texts[0] if len({*texts}) == 1 else _NUMBER_BESIDE.sub("", texts[0]) for texts in said.values())
    return found, list(dict.fromkeys(once))


def _edges(page: Sequence[Word]) -> list[list[Word]]:
    """The first rows of a page and the last ones."""
    rows = list(rows_of_words(page))
    return rows if len(rows) <= 2 * _EDGE else rows[:_EDGE] + rows[-_EDGE:]


def _are_aligned(row: Sequence[Word], other: Sequence[Word]) -> bool:
    """Whether two rows are those of a table: several cells of one begin where those of the other do."""
    if row is other:
        return False
    starts, others = _cell_starts(row), _cell_starts(other)
    return sum(any(abs(a - b) < _SAME_PLACE for b in others) for a in starts) > 1


def _cell_starts(row: Sequence[Word]) -> list[float]:
    apart = (b.left for a, b in pairwise(row) if b.left - a.right > a.size)
    return [row[0].left, *apart]


def _form(row: Iterable[Word]) -> str:
    """The same for «Страница 1 из 9» and «Страница 2 из 9»."""
    return _DIGITS.sub("#", " ".join(word.text for word in row))


def _is_margin(row: Sequence[Word], around: Sequence[set[tuple[str, int]]], large: float) -> bool:
    form = _form(row)
    if _PAGE_NUMBER.fullmatch(form):
        return True
    place = round(row[0].top / _SAME_PLACE)
    is_seen = any((form, near) in page for page in around for near in (place - 1, place, place + 1))
    return is_seen and max(word.size for word in row) <= max(large, 1)


def text_of(pages: Iterable[tuple[int, Sequence[Block]]], margins: Sequence[str] = ()) -> tuple[str, Places]:
    """One text of what stands on numbered pages, and where in it each of them begins.

    A page may begin several times: its footnotes stand behind the paragraph that goes over to the next page.
    `margins` follow at the end, those that don't stand in the text itself.
    """
    numbered = list(pages)
    body = _body([block for _, blocks in numbered for block in blocks])
    written, writer = _Written(), _Writer(body)
    for number, blocks in numbered:
        kept, notes = _without_notes(blocks, body)
        writer.page(written, number, kept)
        writer.notes += [(number, line) for line in notes]
    writer.close(written)
    text = "".join(written.parts)
    text += "".join(f"\n\n{each}" for each in margins if each not in text)
    return text, tuple(written.places)


def _body(blocks: Sequence[Block]) -> Body:
    lines = [block for block in blocks if isinstance(block, Line)]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[_rounded(line.size)] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    usual = [line for line in lines if _rounded(line.size) == size]
    below = (b.middle - a.middle for a, b in pairwise([line.words[0] for line in usual]))
    distances = [each for each in below if 0 < each < 3 * size]
    bold = sum(len(line.text) for line in usual if line.bold) > 0.5 * sizes[size]
    larger = sorted((each for each in sizes if each >= _LARGE * size), reverse=True)
    return Body(size, median(distances or [1.2 * size]), bold, tuple(larger[: _LEVELS - 1]))


def _rounded(size: float) -> float:
    return round(2 * size) / 2


def _without_notes(blocks: Sequence[Block], body: Body) -> tuple[list[Block], list[Line]]:
    """The blocks of a page, and the lines of the footnotes at the end of its columns."""
    kept: list[Block] = []
    notes: list[Line] = []
    run: list[Line] = []
    for block, below in zip(blocks, [*blocks[1:], None], strict=True):
        is_small = isinstance(block, Line) and block.size <= _SMALL * body.size
        if isinstance(block, Line) and is_small and (run or _NOTE.match(block.text)):
            run.append(block)
        else:
            kept += [*run, block]
            run = []
            continue
        if below is None or (isinstance(below, Line) and below.top < block.top):
            notes += run
            run = []
    return [*kept, *run], notes


class _Writer:
    """Puts blocks into words. `notes`: footnotes that wait for the end of the paragraph, with their pages."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._above: Block | None = None
        self._page = 0
        self._level = 0  # of the heading that was written last; 0 behind anything else
        self._head: str | None = None  # the first row of the table that was written last
        self.notes: list[tuple[int, Line]] = []

    def page(self, written: _Written, number: int, blocks: Sequence[Block]) -> None:
        for place, block in enumerate(blocks):
            below = blocks[place + 1] if place + 1 < len(blocks) else None
            if isinstance(block, Grid):
                self._table(written, number, block)
            else:
                self._line(written, number, block, below)
            self._above, self._page = block, number

    def close(self, written: _Written) -> None:
        """Write the notes that wait."""
        above: Line | None = None
        for number, line in self.notes:
            if above is None or _NOTE.match(line.text):
                written.gap("\n\n")
                written.add(line.text, number)
            else:
                written.go_on(line.text, number)
            above = line
        self.notes.clear()

    def _table(self, written: _Written, number: int, grid: Grid) -> None:
        lines = grid.lines()
        columns = len(grid.rows[0])
        above = self._above
        goes_on = isinstance(above, Grid) and self._page != number and len(above.rows[0]) == columns
        if goes_on:
            again = lines[0] == self._head
            lines = (
                lines[2 if grid.headed else 1 :] if again else [x for x in lines if not x.startswith("| ---")]
            )
            written.gap("\n")
        else:
            self.close(written)
            self._head = lines[0]
            written.gap("\n\n")
        for place, line in enumerate(lines):
            written.gap("\n" if place else "")
            written.add(line, number)
        self._level = 0

    def _line(self, written: _Written, number: int, line: Line, below: Block | None) -> None:
        level = 0 if _LEADERS.search(line.text) else self._heading(line, below)
        told = _LEADERS.sub(" … ", line.text)
        above = self._above
        if isinstance(above, Line) and level == self._level and self._goes_on(above, line, number, level):
            written.go_on(told, number)
            return
        self.close(written)
        written.gap("\n\n")
        written.add(f"{'#' * level} {told}" if level else told, number)
        self._level = level

    def _heading(self, line: Line, below: Block | None) -> int:
        """The level of a heading; 0 for what is none."""
        body, text = self._body, line.text
        if not any(letter.isalpha() for letter in text):
            return 0
        if line.size >= _LARGE * body.size and len(text) <= _LONGEST_HEADING:
            size = _rounded(line.size)
            return next((n for n, each in enumerate(body.headings, 1) if size >= each), _LEVELS - 1)
        is_alone = not (isinstance(below, Line) and below.bold) or self._level > 0
        is_bold = line.bold and not body.bold and line.size >= _SMALL * body.size
        if is_bold and is_alone and len(text) <= _LONGEST_BOLD and text[-1] not in ".,;:":
            return min(len(body.headings) + 1, _LEVELS)
        return 0

    def _goes_on(self, above: Line, line: Line, number: int, level: int) -> bool:
        """Whether `line` belongs to the paragraph or heading of the line above."""
        if _ends_broken(above):
            return True
        if number != self._page or line.top < above.top:  # on another page, or in the next column
            return not level and not _ENDED.search(above.text) and not _ITEM.match(line.text)
        distance = line.words[0].middle - above.words[0].middle
        if distance > _LOOSE * max(self._body.distance, 1.2 * line.size if level else 0):
            return False
        return bool(level) or not self._begins(above, line)

    def _begins(self, above: Line, line: Line) -> bool:
        """Whether a paragraph begins with `line`, which stands right below `above`."""
        left, right = line.column
        if _LEADERS.search(above.text):
            return True
        if abs(line.size - above.size) > 0.1 * line.size:
            return True
        is_wide = above.right >= left + _WIDE * (right - left)
        if _ITEM.match(line.text):
            return not is_wide or _ENDED.search(above.text) is not None
        is_indented = line.left - left > _INDENT * line.size
        if is_indented and above.left - left <= _INDENT * line.size and not _ITEM.match(above.text):
            return True
        if is_wide:
            return False
        return bool(_ENDED.search(above.text)) or not line.text[:1].islower()


def _ends_broken(line: Line) -> bool:
    return re.search(r"[^\W\d_]-$", line.text) is not None

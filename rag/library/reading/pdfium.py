"""PDFium: the words of a page with their places, its ruled lines, a picture of it.

PDFium (through pypdfium2) and not pdfminer: a tenth of its time, single spaces in justified lines, letters
instead of ligatures, and it tells a hyphen at the end of a line from others.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.packages import package

Box = tuple[float, float, float, float]  # left, bottom, right, top in points of the page, y upwards
MOST_PAGES = 5_000
LOCK = threading.RLock()  # PDFium is not made for threads: to be held around every use of it
_HYPHEN = "\x02"  # what PDFium gives for a hyphen at the end of a line
_SOFT = "\u00ad"
_BOLD = 600
_QUARTER = math.pi / 2
_RAISED = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
_MARKS = frozenset(_RAISED.values())
_SMALL = 0.8  # of the size of the letters beside it
_THIN = 3.0  # points: a filled rectangle as thin as this is a line
_SHORT = 4.0  # points: a line that rules nothing


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands on a page, in points, seen by a reader who has turned the page upright.

    x runs to the right and y downwards; `box` is its place on the page as it is. `turned` counts the quarters
    by which the page has to be turned. `unknown`: the font doesn't tell which letters these are.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    box: Box
    turned: int = 0
    bold: bool = False
    unknown: bool = False

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line on a page, as upright readers see it; across or down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_across(self) -> bool:
        return self.right - self.left >= self.bottom - self.top


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The PDF in `data`. Raises ArticleError for what is none, for a damaged one too."""
    pdfium = package("pypdfium2", "pypdfium2", "PDF")
    try:
        with LOCK:
            document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise ArticleError(_refusal(str(error))) from None
    try:
        if len(document) > MOST_PAGES:
            raise ArticleError(f"в PDF больше {MOST_PAGES} страниц; разделите его на части")
        yield document
    except pdfium.PdfiumError:
        raise ArticleError("PDF повреждён; сохраните его заново") from None
    finally:
        with LOCK:
            document.close()


def _refusal(error: str) -> str:
    if "password" in error.lower():
        return "PDF закрыт паролем; сохраните его без пароля"
    return "это не PDF, или он повреждён; сохраните его заново"


def words_of(page: Any) -> list[Word]:
    """The words of a page in the order in which the file has them."""
    with LOCK:
        text_page = page.get_textpage()
        try:
            return list(_Characters(text_page).words())
        finally:
            text_page.close()


def has_pictures(page: Any) -> bool:
    raw = package("pypdfium2.raw", "pypdfium2", "PDF")
    return next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None


def picture_of(page: Any, scale: float) -> tuple[Any, Any]:
    """A page as a Pillow image, `scale` pixels a point, and what converts between its points and pixels."""
    with LOCK:
        bitmap = page.render(scale=scale)
        return bitmap.to_pil().convert("RGB"), bitmap.get_posconv(page)


def united(one: Box, other: Box) -> Box:
    """The least place that holds both."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def upright(box: Box, turned: int) -> Box:
    """Left, top, right and bottom of what a reader sees who has turned the page; y runs downwards."""
    left, bottom, right, top = box
    return (
        (left, -top, right, -bottom),
        (bottom, left, top, right),
        (-right, bottom, -left, top),
        (-top, -right, -bottom, -left),
    )[turned]


def rules_of(page: Any, turned: int = 0) -> list[Rule]:
    """The straight lines that a page draws; the sides of rectangles too."""
    raw = package("pypdfium2.raw", "pypdfium2", "PDF")
    found = []
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = each.get_bounds()
        wide, high = right - left, top - bottom
        if wide <= _THIN or high <= _THIN:
            sides = [(left, bottom, right, top)]
        elif raw.FPDFPath_CountSegments(each) == 5 or raw.FPDFPath_CountSegments(each) == 4:
            sides = [
                (left, bottom, right, bottom),
                (left, top, right, top),
                (left, bottom, left, top),
                (right, bottom, right, top),
            ]
        else:
            continue
        found += [Rule(*upright(side, turned)) for side in sides if max(wide, high) >= _SHORT]
    return found


class _Characters:
    """The characters of a page, by their number."""

    def __init__(self, text_page: Any) -> None:
        self._raw = package("pypdfium2.raw", "pypdfium2", "PDF")
        self._page = text_page
        self._count = text_page.count_chars()
        self._unicode = self._raw.FPDFText_GetUnicode

    def words(self) -> Iterator[Word]:
        letters: list[str] = []
        first = 0
        for number in range(self._count):
            letter = self._letter(number)
            if letter in _RAISED and self._is_raised(number, letters):
                letter = _RAISED[letter]
            if letter.isspace() or (
                letters and letter not in _MARKS and all(each in _MARKS for each in letters)
            ):
                yield from self._said(letters, first, number)
                letters = []
            if not letter.isspace():
                if not letters:
                    first = number
                letters.append("-" if letter == _HYPHEN else letter)
                if letter == _HYPHEN:
                    yield from self._said(letters, first, number + 1)
                    letters = []
        yield from self._said(letters, first, self._count)

    def _said(self, letters: Sequence[str], first: int, stop: int) -> Iterator[Word]:
        """The word of these letters; where the text turns inside, there are two."""
        if not letters:
            return
        turn = self._turned(first)
        if self._turned(stop - 1) != turn:
            middle = next(n for n in range(first, stop) if self._turned(n) != turn)
            yield self._word("".join(letters[: middle - first]), first, middle)
            yield self._word("".join(letters[middle - first :]), middle, stop)
        else:
            yield self._word("".join(letters), first, stop)

    def _turned(self, number: int) -> int:
        angle: float = self._raw.FPDFText_GetCharAngle(self._page, number)
        return round(-angle / _QUARTER) % 4

    def _letter(self, number: int) -> str:
        code = self._unicode(self._page, number)
        if code in (2, 0xFFFE):
            return (
                _HYPHEN
                if self._raw.FPDFText_IsHyphen(self._page, number) == 1 or code == 0xFFFE
                else "\ufffd"
            )
        if code == 0xAD and chr(self._unicode(self._page, number + 1)).isspace():
            return _HYPHEN  # a soft one, at the end of a line
        return chr(code) if 32 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else self._odd(code)

    @staticmethod
    def _odd(code: int) -> str:
        """A sign for what is no character: a blank, or one that no text has."""
        return " " if code in (0, 9, 10, 13) else "\ufffd"

    def _is_raised(self, number: int, letters: Sequence[str]) -> bool:
        """Whether a figure is small and stands above its line: the mark of a footnote, a power."""
        if letters and letters[-1] in _MARKS:
            return self._size(number) < _SMALL * self._size(number - len(letters))
        other = number - 1 if letters else self._first_other(number)
        if other is None or self._size(number) > _SMALL * self._size(other):
            return False
        above = self._box(number)[1] - self._box(other)[1]
        return 0.05 < above / self._size(other) < _SMALL  # higher up is another line

    def _first_other(self, number: int) -> int | None:
        """The first character behind `number` that is neither a figure nor a blank."""
        near = range(number + 1, min(number + 6, self._count))
        return next((n for n in near if chr(self._unicode(self._page, n)).isalpha()), None)

    def _size(self, number: int) -> float:
        matrix = self._raw.FS_MATRIX()
        scale = 1.0
        if self._raw.FPDFText_GetMatrix(self._page, number, matrix):
            scale = math.hypot(matrix.c, matrix.d) or 1.0
        return float(self._raw.FPDFText_GetFontSize(self._page, number)) * scale

    def _box(self, number: int) -> Box:
        found = self._raw.FS_RECTF()
        self._raw.FPDFText_GetLooseCharBox(self._page, number, found)
        return found.left, found.bottom, found.right, found.top

    def _word(self, text: str, first: int, stop: int) -> Word:
        begin, end = self._box(first), self._box(stop - 1)
        box = united(begin, end)
        turned = self._turned(first)
        left, top, right, bottom = upright(box, turned)
        size = self._size(first)
        if bottom - top < size / 2:  # a font that doesn't tell its height
            top, bottom = top - size * 0.8, bottom + size * 0.2
        return Word(
            normal(text.replace(_SOFT, "")), left, top, right, bottom, size, box, turned,
            bold=self._raw.FPDFText_GetFontWeight(self._page, first) >= _BOLD,
            unknown=self._raw.FPDFText_HasUnicodeMapError(self._page, first) == 1 or "\ufffd" in text,
        )  # fmt: skip

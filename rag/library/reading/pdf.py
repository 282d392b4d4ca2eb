"""PDF: its text in reading order, with whole words, paragraphs, headings and tables; scans by tesseract.

The parts: pdfium.py has the words of a page, page_layout.py its columns, page_tables.py its tables, and
page_text.py makes a text of the pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rag.errors import ArticleError
from rag.library.reading import scans
from rag.library.reading.completing import completed
from rag.library.reading.page_layout import Block, Ruled, read_layout
from rag.library.reading.page_tables import framed_grids
from rag.library.reading.page_text import text_of, without_margins
from rag.library.reading.pdfium import LOCK, Rule, Word, has_pictures, opened, picture_of, rules_of, words_of
from rag.library.reading.pieces import Source
from rag.text.words import analyzer, fold
from rag.types import Article, ArticleInfo

_FILE_NAME = re.compile(
    r"\.(?:docx?|rtf|odt|indd|qxd|html?|pdf|tex|pptx?|xlsx?)$|^Microsoft |^untitled"
    r"|^\(?(?:anonymous|unspecified)\)?$",
    re.IGNORECASE,
)
_SHORTEST_TITLE = 4
_FEW_LETTERS = 20  # a page with fewer and a picture is a scan
_UNREADABLE = 0.3  # of the letters of a page are unknown: its fonts don't tell them
_DOTS = 300 / 72  # pixels a point that a page is recognized from
_MISREAD = re.compile(r"[À-ÿ¨¸]")  # Windows-1251 taken for Latin-1
_WORD = re.compile(r"[^\W\d_]{2,}")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")


@dataclass(slots=True)
class Page:
    """The words and lines of a page. `sure`: it was recognized, and how surely, in per cent.

    `lost` says why nothing could be read of it: "scan" or "fonts".
    """

    words: list[Word]
    rules: list[Rule]
    sure: float | None = None
    lost: str = ""


def pdf(source: Source) -> Article:
    """The article in a PDF. Raises ArticleError; where none of it can be read too."""
    with opened(source.read()) as document:
        pages = [read_page(document, number) for number in range(len(document))]
        described = document.get_metadata_dict()
    if not any(page.words for page in pages):
        raise _nothing({page.lost for page in pages})
    kept, margins = without_margins([page.words for page in pages])
    numbered = [
        (number, blocks_of(words, page.rules))
        for number, (page, words) in enumerate(zip(pages, kept, strict=True), 1)
    ]
    text, places = text_of(numbered, margins)
    heading = re.match(r"# (.+)", text)
    title = _title(described) or (heading[1] if heading else "")
    author = _title({"Title": described.get("Author", "")}) or None
    article = completed(text, ArticleInfo(source.id, title, url=source.known.url, author=author))
    return replace(article, pages=places, remark=_remark(pages))


def read_page(document: Any, number: int) -> Page:
    """What stands on page `number`, counted from 0: its text layer, or what is recognized of its picture."""
    with LOCK:
        page = document[number]
        words = _legible(words_of(page))
        turned = Counter(word.turned for word in words for _ in word.text).most_common(1)
        letters = sum(character.isalpha() for word in words for character in word.text)
        unknown = sum(len(word.text) for word in words if word.unknown)
        if unknown > _UNREADABLE * sum(len(word.text) for word in words):
            lost = "fonts"
        elif letters < _FEW_LETTERS and (has_pictures(page) or not words):
            lost = "scan"
        else:
            return Page([w for w in words if not w.unknown], rules_of(page, turned[0][0] if turned else 0))
    return _recognized(page, lost) if scans.can_recognize() else Page([], [], lost=lost)


def blocks_of(words: Sequence[Word], rules: Sequence[Rule]) -> list[Block]:
    """What stands on a page in reading order; what is turned on it comes after the rest."""
    by_turn: dict[int, list[Word]] = {}
    for word in words:
        by_turn.setdefault(word.turned, []).append(word)
    found: list[Block] = []
    for place, turn in enumerate(sorted(by_turn, key=lambda each: -len(by_turn[each]))):
        own = by_turn[turn]
        grids = list(framed_grids(own, rules)) if not place else []
        taken = {number for _, _, inside in grids for number in inside}
        tables = [Ruled(grid, *box) for grid, box, _ in grids]
        found += read_layout([word for n, word in enumerate(own) if n not in taken], tables)
    return found


def _legible(words: list[Word]) -> list[Word]:
    """Words with the letters they mean, where a font names those of Windows-1251 as Latin ones."""
    letters = "".join(word.text for word in words)
    misread = len(_MISREAD.findall(letters))
    if misread > _UNREADABLE * sum(map(str.isalpha, letters)):
        told = [_as_russian(word.text) for word in words]
        if _is_russian(told):
            return [replace(w, text=text or w.text) for w, text in zip(words, told, strict=True)]
        return [replace(word, unknown=True) for word in words]
    if _is_russian([word.text for word in words if word.unknown]):
        words = [
            replace(word, unknown=False) for word in words
        ]  # the codes are those of letters all the same
    return [replace(w, unknown=True) if _PRIVATE.search(w.text) else w for w in words]


def _is_russian(texts: Sequence[str]) -> bool:
    """Whether most of the words in `texts` are in the dictionary."""
    said = [word for text in texts for word in _WORD.findall(text)]
    known = sum(bool(analyzer().word_is_known(fold(word))) for word in said)
    return 2 * known > len(said)


def _as_russian(text: str) -> str:
    try:
        return text.encode("cp1252").decode("cp1251")
    except UnicodeError:
        return ""


def _recognized(page: Any, lost: str) -> Page:
    """A page read by tesseract, its words in points."""
    image, places = picture_of(page, _DOTS)
    try:
        found = scans.recognized(image)
    except ArticleError:
        return Page([], [], lost=lost)
    if not found.words:
        return Page([], [], lost=lost)
    with LOCK:
        words = [_in_points(word, places) for word in found.words]
    return Page(words, [], sure=found.sure)


def _in_points(word: Word, places: Any) -> Word:
    left, top, right, bottom = (value / _DOTS for value in (word.left, word.top, word.right, word.bottom))
    corners = [places.to_page(*map(round, corner)) for corner in (word.box[:2], word.box[2:])]
    xs, ys = zip(*corners, strict=True)
    box = (min(xs), min(ys), max(xs), max(ys))
    return replace(word, left=left, top=top, right=right, bottom=bottom, size=word.size / _DOTS, box=box)


def _nothing(lost: set[str]) -> ArticleError:
    """Why a document has no text."""
    if scans.can_recognize():
        return ArticleError("в PDF нет текста: ни текстового слоя, ни такого, что удалось бы распознать")
    if "fonts" in lost:
        return ArticleError(
            "в PDF не сказано, какие буквы значат знаки его шрифтов (нет ToUnicode); чтобы распознать "
            f"их по виду, установите tesseract: {scans.INSTALL}"
        )
    return ArticleError(
        f"в PDF нет текстового слоя: это скан или картинки; чтобы их распознать, установите tesseract: "
        f"{scans.INSTALL}"
    )


def _remark(pages: Sequence[Page]) -> str:
    """How the pages were read, where it wasn't by their text layer (Russian)."""
    read = [number for number, page in enumerate(pages, 1) if page.sure is not None]
    lost = [number for number, page in enumerate(pages, 1) if page.lost]
    sure = [page.sure for page in pages if page.sure is not None]
    told = [scans.remark_of(sure, () if len(read) == len(pages) else read)] if read else []
    if lost:
        hint = "" if scans.can_recognize() else f"; чтобы распознать, установите tesseract: {scans.INSTALL}"
        named = f"{'страница' if len(lost) == 1 else 'страницы'} {scans.numbers(lost)}"
        told.append(f"Не прочитано, нет текста: {named}{hint}")
    return ". ".join(told)


def _title(described: dict[str, str]) -> str:
    """The title that the PDF gives itself, unless it is the name of a file, or none."""
    title = " ".join(described.get("Title", "").split())
    return title if len(title) >= _SHORTEST_TITLE and not _FILE_NAME.search(title) else ""

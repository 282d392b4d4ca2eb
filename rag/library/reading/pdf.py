"""PDF: the text layer, with whole words and paragraphs, without the lines that every page repeats.

PDFium (through pypdfium2) and not pypdf: a third of its time, single spaces in justified lines, letters
instead of ligatures, and it tells a hyphen at the end of a line from others.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.pieces import Source
from rag.library.reading.telling import tell
from rag.text.wrapping import unwrapped
from rag.types import Article, ArticleInfo

_PDFIUM = threading.Lock()  # it is not made for threads
_HYPHEN = "\x02"  # what PDFium puts in place of a hyphen and the line break behind it
_MOST_PAGES = 5_000
_EDGE = 3  # lines at each end of a page that may be a header or a footer
_REPEATED = 0.6  # of the pages
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:стр(?:аница|\.)?\s*|page\s*)?[-–— ]*#[-–— ]*(?:(?:из|/|of)\s*#)?", re.IGNORECASE
)
_FILE_NAME = re.compile(
    r"\.(?:docx?|rtf|odt|indd|qxd|html?|pdf|tex|pptx?|xlsx?)$|^Microsoft |^untitled", re.IGNORECASE
)
_SHORTEST_TITLE = 4


def pdf(source: Source) -> Article:
    """The article in a PDF. Raises ArticleError, for a scan too."""
    pdfium = package("pypdfium2", "pypdfium2", "PDF")
    with _PDFIUM:
        try:
            document = pdfium.PdfDocument(source.read())
        except pdfium.PdfiumError as error:
            raise ArticleError(_refusal(str(error))) from None
        try:
            pages = _pages(document)
            described = document.get_metadata_dict()
        except pdfium.PdfiumError:
            raise ArticleError("PDF повреждён; сохраните его заново") from None
        finally:
            document.close()
    text = unwrapped("\n".join(line for lines in _without_margins(pages) for line in lines))
    info = ArticleInfo(
        source.id, _title(described), url=source.known.url, author=described.get("Author", "").strip() or None
    )
    return completed(text, info)


def _refusal(error: str) -> str:
    if "password" in error.lower():
        return "PDF закрыт паролем; сохраните его без пароля"
    return "это не PDF, или он повреждён; сохраните его заново"


def _pages(document: Any) -> list[list[str]]:
    """The lines of every page. Raises ArticleError for a scan."""
    if len(document) > _MOST_PAGES:
        raise ArticleError(f"в PDF больше {_MOST_PAGES} страниц; разделите его на части")
    texts = []
    for number in range(len(document)):
        tell(number, len(document))
        texts.append(_text(document[number]))
    if not any(text.strip() for text in texts):
        raise ArticleError(
            "в PDF нет текстового слоя: это скан или картинки; распознайте его, например "
            "ocrmypdf -l rus файл.pdf новый.pdf"
        )
    return [text.split("\n") for text in texts]


def _text(page: Any) -> str:
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_bounded()
    finally:
        text_page.close()
        page.close()
    # A broken word is whole with its hyphen here; whether it keeps it is for `unwrapped` to say.
    return normal(re.sub(f"{_HYPHEN}\\s*", "-\n", text)).replace("\ufffe", "-\n")


def _without_margins(pages: list[list[str]]) -> Iterator[list[str]]:
    """Pages without headers, footers and page numbers."""
    lines = [[line for line in page if line.strip()] for page in pages]
    seen = Counter(form for page in lines for form in {_form(line) for line in _edges(page)})
    enough = max(2, _REPEATED * len(lines))
    for page in lines:
        first, last = 0, len(page)
        while first < min(_EDGE, last) and _is_margin(page[first], seen, enough):
            first += 1
        while last > max(first, len(page) - _EDGE) and _is_margin(page[last - 1], seen, enough):
            last -= 1
        yield page[first:last]


def _edges(page: list[str]) -> list[str]:
    return page if len(page) <= 2 * _EDGE else page[:_EDGE] + page[-_EDGE:]


def _form(line: str) -> str:
    """The same for «Страница 1 из 9» and «Страница 2 из 9»."""
    return _DIGITS.sub("#", " ".join(line.split()))


def _is_margin(line: str, seen: Counter[str], enough: float) -> bool:
    form = _form(line)
    return seen[form] >= enough or _PAGE_NUMBER.fullmatch(form) is not None


def _title(described: dict[str, str]) -> str:
    """The title that the PDF gives itself, unless it is the name of a file."""
    title = " ".join(described.get("Title", "").split())
    return title if len(title) >= _SHORTEST_TITLE and not _FILE_NAME.search(title) else ""

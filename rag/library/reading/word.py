"""Word documents (.docx): paragraphs, lists and tables in their order."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.packed import member, opened
from rag.library.reading.pieces import Source
from rag.types import Article, ArticleInfo

_DEEPEST_HEADING = 6
_LARGEST_PART = 100 * 1024**2  # bytes
_DEFAULT_AUTHORS = frozenset({"python-docx", "user", "пользователь", "admin", "администратор", "unknown"})


def word(source: Source) -> Article:
    """The article in a .docx. Raises ArticleError."""
    docx = package("docx", "python-docx", "документы Word")
    data = source.read()
    with opened(BytesIO(data), "документ Word (.docx)") as archive:
        _check_entities(archive)
    try:
        document = docx.Document(BytesIO(data))
        parts = list(_parts(document))
        described = document.core_properties
        title, author = described.title.strip(), described.author.strip()
        titles = (text.lstrip("# ") for style, text in parts if style in ("Title", "Heading 1"))
        heading = next(filter(None, titles), "")
    except (KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's errors are SyntaxErrors
        raise ArticleError("это не документ Word (.docx), или он повреждён; сохраните его заново") from error
    info = ArticleInfo(
        source.id,
        " ".join((title or heading).split()),
        url=source.known.url,
        author=author if author and author.lower() not in _DEFAULT_AUTHORS else None,
    )
    return completed(normal("\n\n".join(text for _, text in parts if text)), info)


def _check_entities(archive: ZipFile) -> None:
    """python-docx leaves entities unread, and what stands beside them; Word never writes any."""
    if b"<!DOCTYPE" in member(archive, "word/document.xml", _LARGEST_PART)[:4096]:
        raise ArticleError("внутри документа Word объявлены сущности XML; такие не читаются")


def _parts(document: Any) -> Iterator[tuple[str, str]]:
    """Style and text of each paragraph, and of each table: a row a line, cells apart."""
    for part in document.iter_inner_content():
        if hasattr(part, "rows"):
            yield "Table", "\n".join(_row(row) for row in part.rows)
        else:
            style = str(part.style.name) if part.style is not None else ""
            mark = _heading_mark(style) or ("- " if _is_item(part, style) else "")
            text = " ".join(part.text.split()) if mark.startswith("#") else part.text.strip()
            yield style, mark + text if text else ""


def _heading_mark(style: str) -> str:
    """«## » for the style "Heading 2"; "" for what is no heading."""
    level = style.removeprefix("Heading ")
    return "#" * min(int(level), _DEEPEST_HEADING) + " " if style != level and level.isdigit() else ""


def _is_item(paragraph: Any, style: str) -> bool:
    properties = paragraph._p.pPr
    return style.startswith("List") or (properties is not None and properties.numPr is not None)


def _row(row: Any) -> str:
    """Cells of a row; one that spans several columns is given several times, and told once."""
    cells: list[str] = []
    last = None
    for cell in row.cells:
        if cell._tc is not last:
            cells.append(" ".join(cell.text.split()))
        last = cell._tc
    return " | ".join(cells)

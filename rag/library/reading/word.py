"""Word documents (.docx): all text that a reader of the document sees, in its order.

mammoth reads it: what was inserted or moved with changes tracked and not what was deleted, fields, content
controls, text boxes, footnotes, tables inside tables, numbers of lists. Headers and footers, which it leaves
out, follow at the end, each once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.completing import completed
from rag.library.reading.markup import markup_text
from rag.library.reading.packages import package
from rag.library.reading.packed import BROKEN, member, opened
from rag.library.reading.pieces import Source
from rag.types import Article, ArticleInfo

_LARGEST_PART = 100 * 1024**2  # bytes
_DEFAULT_AUTHORS = frozenset({"python-docx", "user", "пользователь", "admin", "администратор", "unknown"})
_NO_TITLE = "Word Document"  # what python-docx makes of a document that names none, such as those of Google
_STYLES = "p[style-name='Title'] => h1:fresh"
# Links between a footnote and its mark: «[1]» in a text would be taken for a footnote of an answer.
_NOTE_MARKS = re.compile(r"(?:<sup>)?<a href=\"#(?:foot|end)note-[^>]*>[^<]*</a>(?:</sup>)?")
# mammoth's list of notes, which ends the document: the number of a note says nothing without its mark.
_NOTES = re.compile(r"<ol>(?=<li id=\"(?:foot|end)note-).*", re.DOTALL)
_NOTE_ITEM = re.compile(r"<(/?)(?:ol|li)\b[^>]*>")
_FIELD = re.compile(rb"</?w:fldSimple(?:\s[^>]*[^>/])?>|<w:fldSimple[^>]*/>")
_TEXTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_HEADING = re.compile(r"^#{1,6} (.*)$", re.MULTILINE)
_PAGE_NUMBER = re.compile(
    r"\W*(?:стр(?:аница|\.)?\s*|page\s*|с\.\s*)?\d*(?:\s*(?:из|of|/)\s*\d*)?\W*", re.IGNORECASE
)


def word(source: Source) -> Article:
    """The article in a .docx. Raises ArticleError."""
    docx = package("docx", "python-docx", "документы Word")
    mammoth = package("mammoth", "mammoth", "документы Word")
    data = source.read()
    with opened(BytesIO(data), "документ Word (.docx)") as archive:
        _check_entities(archive)
    try:
        document = docx.Document(BytesIO(data))
        described = document.core_properties
        title, author = described.title.strip(), described.author.strip()
        markup = mammoth.convert_to_html(
            BytesIO(_without_fields(data)),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(lambda image: {}),
        ).value
        text = markup_text(_NOTES.sub(_unnumbered, _NOTE_MARKS.sub("", markup)))
        margins = [each for each in dict.fromkeys(_margins(document)) if each not in text]
    except (*BROKEN, KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's are SyntaxErrors
        raise ArticleError("это не документ Word (.docx), или он повреждён; сохраните его заново") from error
    heading, title = _HEADING.search(text), "" if title == _NO_TITLE else title
    info = ArticleInfo(
        source.id,
        " ".join((title or (heading[1] if heading else "")).split()),
        url=source.known.url,
        author=author if author and author.lower() not in _DEFAULT_AUTHORS else None,
    )
    return completed(normal("\n\n".join(filter(None, (text, *margins)))), info)


def _unnumbered(notes: re.Match[str]) -> str:
    """A list of notes as blocks without numbers."""
    return _NOTE_ITEM.sub(r"<\1div>", notes[0])


def _check_entities(archive: ZipFile) -> None:
    """Entities may grow without end, or stay unread with what stands beside them; Word never writes any."""
    parts = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    for name in dict.fromkeys(("word/document.xml", *parts)):
        if b"<!DOCTYPE" in member(archive, name, _LARGEST_PART)[:4096]:
            raise ArticleError("внутри документа Word объявлены сущности XML; такие не читаются")


def _without_fields(data: bytes) -> bytes:
    """The document with its simple fields as the text they show, which mammoth leaves out."""
    with ZipFile(BytesIO(data)) as archive:
        if not any(_FIELD.search(archive.read(name)) for name in _TEXTS if name in archive.namelist()):
            return data
        plain = BytesIO()
        with ZipFile(plain, "w") as written:
            for name in archive.namelist():
                part = archive.read(name)
                written.writestr(name, _FIELD.sub(b"", part) if name in _TEXTS else part)
    return plain.getvalue()


def _margins(document: Any) -> Iterator[str]:
    """Paragraphs of headers and footers that say more than the number of a page."""
    for section in document.sections:
        for part in (section.header, section.first_page_header, section.footer, section.first_page_footer):
            for paragraph in part.paragraphs:
                line = " ".join(paragraph.text.split())
                if not _PAGE_NUMBER.fullmatch(line):
                    yield line

"""Files of every format, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from rag.library.readers import checked, pieces
from rag.library.reading.pieces import source_of
from rag.types import Article

from .printing import Printed


def articles(data: bytes, name: str, id: str = "a") -> list[Article]:
    """What is read from a file; ArticleError for the first thing that can't be."""
    return [checked(each.article()) for each in pieces(source_of(data, name, id))]


def docx_of(body: str, notes: str = "") -> bytes:
    """A Word document of what stands in its body (WordprocessingML), and the text of a footnote 2."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-"
    word = f"{kind}officedocument.wordprocessingml"
    parts = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{word}.{type}+xml"/>'
        for part, type in (("document", "document.main"), ("footnotes", "footnotes"))
    )

    def related(target: str, name: str) -> str:
        related = f'<Relationship Id="rId1" Target="{target}" Type="{office}/{name}"/>'
        return f'<Relationships xmlns="{package}/relationships">{related}</Relationships>'

    return zip_of(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            f'ContentType="{kind}package.relationships+xml"/>{parts}</Types>',
            "_rels/.rels": related("word/document.xml", "officeDocument"),
            "word/_rels/document.xml.rels": related("footnotes.xml", "footnotes"),
            "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
            "word/footnotes.xml": f'<w:footnotes {space}><w:footnote w:id="2"><w:p><w:r><w:t>{notes}'
            "</w:t></w:r></w:p></w:footnote></w:footnotes>",
        }
    )


def only(data: bytes, name: str) -> Article:
    (found,) = articles(data, name)
    return found


def pdf_of(*pages: str, title: str = "", author: str = "") -> bytes:
    """A PDF whose text layer has the lines of `pages`; an empty page is a picture's."""
    made = Printed()
    made.set_title(title)
    made.set_author(author)
    for page in pages:
        made.add_page()
        if page:
            made.said(40, 42, page.split("\n"))
        else:
            made.rect(50, 200, 400, 600, style="F")
    return made.bytes()


def zip_of(members: Mapping[str, str | bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def epub_of(chapters: dict[str, str], metadata: str = "", container: str | None = None) -> bytes:
    """An EPUB of XHTML `chapters` in the folder OEBPS, in their order."""
    items = "".join(
        f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<metadata>{metadata}</metadata><manifest><item id="nav" href="nav.xhtml" properties="nav" '
        f'media-type="application/xhtml+xml"/>{items}</manifest><spine><itemref idref="nav"/>{spine}</spine>'
        "</package>"
    )
    box = container or (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    members = {"META-INF/container.xml": box.encode(), "OEBPS/content.opf": package.encode()}
    members["OEBPS/nav.xhtml"] = "<html><body>Оглавление книги</body></html>".encode()
    for name, body in chapters.items():
        head = '<?xml version="1.0" encoding="utf-8"?><html><head><title>Ч</title></head>'
        members[f"OEBPS/{name}"] = f"{head}<body>{body}</body></html>".encode()
    return zip_of(members)

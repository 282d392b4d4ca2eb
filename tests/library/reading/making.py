"""Files of every format, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from rag.library.readers import checked, pieces
from rag.library.reading.pieces import source_of
from rag.types import Article

# A font that is not in the file, two bytes a character, which are those of Unicode.
_OBJECTS = (
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Font /Subtype /Type0 /BaseFont /Plain /Encoding /Identity-H /DescendantFonts [4 0 R] "
    "/ToUnicode 5 0 R >>",
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Plain /CIDSystemInfo << /Registry (Adobe) "
    "/Ordering (Identity) /Supplement 0 >> /DW 500 /FontDescriptor 6 0 R >>",
)
_TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Plain def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange "
    "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
)
_DESCRIPTOR = (
    "<< /Type /FontDescriptor /FontName /Plain /Flags 4 /FontBBox [0 0 500 700] /ItalicAngle 0 "
    "/Ascent 700 /Descent -200 /CapHeight 700 /StemV 80 >>"
)


def articles(data: bytes, name: str, id: str = "a") -> list[Article]:
    """What is read from a file; ArticleError for the first thing that can't be."""
    return [checked(each.article()) for each in pieces(source_of(data, name, id))]


def docx_of(body: str, notes: str = "") -> bytes:
    """A Word document of what stands in its body (WordprocessingML), and the text of a footnote 2."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return zip_of(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
                f'<Override PartName="/word/footnotes.xml" ContentType="{kind}.footnotes+xml"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{relations}"><Relationship Id="rId1" Target="word/document.xml" '
                f'Type="{office}/officeDocument"/></Relationships>'
            ).encode(),
            "word/_rels/document.xml.rels": (
                f'<Relationships xmlns="{relations}"><Relationship Id="rId1" Target="footnotes.xml" '
                f'Type="{office}/footnotes"/></Relationships>'
            ).encode(),
            "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>".encode(),
            "word/footnotes.xml": (
                f'<w:footnotes {space}><w:footnote w:id="2"><w:p><w:r><w:t>{notes}</w:t></w:r></w:p>'
                "</w:footnote></w:footnotes>"
            ).encode(),
        }
    )


def only(data: bytes, name: str) -> Article:
    (found,) = articles(data, name)
    return found


def pdf_of(*pages: str, title: str = "", author: str = "") -> bytes:
    """A PDF whose text layer has the lines of `pages`; an empty page is a picture's."""
    objects = {1: _OBJECTS[0], 3: _OBJECTS[1], 4: _OBJECTS[2], 5: _stream(_TO_UNICODE), 6: _DESCRIPTOR}
    numbers = [8 + 2 * number for number in range(len(pages))]
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in numbers)}] /Count {len(pages)} >>"
    objects[7] = f"<< /Title <{_hex(title, bom=True)}> /Author <{_hex(author, bom=True)}> >>"
    for number, page in zip(numbers, pages, strict=True):
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {number + 1} 0 R >>"
        )
        objects[number + 1] = _stream(_drawn(page) if page else "0.5 g 50 50 400 600 re f")
    return _written(objects)


def _drawn(page: str) -> str:
    shown = "".join(f"<{_hex(line)}> Tj 0 -14 Td " for line in page.split("\n"))
    return f"BT /F 11 Tf 40 800 Td {shown} ET"


def _hex(text: str, bom: bool = False) -> str:
    return (("\ufeff" if bom and text else "") + text).encode("utf-16-be").hex()


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _written(objects: dict[int, str]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for number in sorted(places):
        out += f"{places[number]:010} 00000 n \n".encode()
    root = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info 7 0 R >>"
    out += f"trailer\n{root}\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


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

"""What can't be read is refused in words that say why, by every reader."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest

from rag.errors import ArticleError

from .making import articles, epub_of, only, pdf_of, zip_of
from .written import docx_file, pptx_slides, xlsx

Part = Callable[[bytes], bytes]


def with_part(data: bytes, ending: str, change: Part) -> bytes:
    """A packed document with the first part of that ending changed."""
    with ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(each for each in sorted(parts) if each.endswith(ending))
    assert change(parts[name]) != parts[name]
    return zip_of(parts | {name: change(parts[name])})


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ааааааааааааааааа"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    "<container>&c;</container>"
)
BOOK = {"one.xhtml": "<p>Рудник открыли весной.</p>"}
STRANGE = b'<?xml version="1.0" encoding="windous-1251"?>'
ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]>'
NO_SHAPE_ID = with_part(pptx_slides(), "slides/slide1.xml", lambda part: part.replace(b' id="2"', b"", 1))
REFUSED = [
    ("a.pdf", pdf_of("", ""), "нет текст"),
    ("a.pdf", b"%PDF-1.7\n" + b"x" * 300, "не PDF, или он повреждён"),
    ("a.pdf", pdf_of("Рудник.")[:400], "не PDF, или он повреждён"),
    ("a.pdf", "Это просто текст.".encode(), "не PDF"),
    ("a.docx", b"PK\x03\x04 broken", "не документ Word"),
    ("a.docx", zip_of({"a.txt": b"x"}), "нет части word/document.xml"),
    ("a.docx", zip_of({"[Content_Types].xml": b"<x", "word/document.xml": b"<x"}), "не документ Word"),
    ("a.docx", zip_of({"word/document.xml": b"\0" * 30_000_000}), "подозрительно сильно"),
    ("a.docx", xlsx()[200:], "не документ Word"),
    ("a.pptx", NO_SHAPE_ID, "."),
    ("a.epub", b"PK nothing", "не книга EPUB"),
    ("a.epub", zip_of({"mimetype": b"application/epub+zip"}), "нет части META-INF/container.xml"),
    ("a.epub", epub_of(BOOK, container="<container/>"), "нет оглавления"),
    ("a.epub", epub_of(BOOK, container="<broken"), "не читается META-INF/container.xml"),
    ("a.epub", epub_of(BOOK, container=BOMB), "не читается META-INF/container.xml"),
    ("a.epub", epub_of({}), "нет текста"),
    ("a.zip", zip_of({"zeros.txt": b"0" * 9_000_000}), "подозрительно сильно"),
    ("a.zip", b"PK\x03\x04" + b"x" * 100, "это не архив ZIP"),
    ("a.zip", zip_of({"a.txt": "Рудник."})[:60], "это не архив ZIP"),
    ("a.zip", b"Rar!\x1a\x07\x00", "это не архив ZIP"),
    ("a.zip", xlsx()[200:], "."),
    ("a.fb2", ENTITY + b"<FictionBook><body><p>&b;</p></body></FictionBook>", "это не XML"),
    ("a.fb2", STRANGE + b"<FictionBook><body/></FictionBook>", "."),
    ("a.xml", b"<urlset><url><loc>https://example.org</loc></url></urlset>", "не лента RSS или Atom"),
    ("a.xml", b'<rss version="2.0"><channel><title>a</title></channel></rss>', "в ленте нет статей"),
    ("a.xml", ENTITY + b'<rss version="2.0"><channel/></rss>', "сущности XML"),
    ("a.json", '{"Порт": 1,\n"Ли" 2}'.encode(), "строка 2: это не JSON"),
    ("a.csv", "имя;возраст\n".encode(), "не найдена колонка с текстом.*есть: имя, возраст"),
    ("a.csv", "имя\nАнна\n".encode(), "есть: имя"),
    ("a.csv", f"имя,новость\nАнна,{'Мост открыт. ' * 90}\n".encode(), "есть: имя, новость"),
    ("a.csv", b"", "файл пуст"),
    ("a.csv", b"text,title\n\0,1\n", "двоичный"),
    ("a.txt", b" \r\n\t ", "файл пуст"),
    ("a.txt", b"\xef\xbb\xbf", "нет текста"),
    ("a.txt", "… — !".encode(), "нет текста"),
    ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "двоичный"),
    ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "больше предела"),
    ("a.md", b"---\ntitle: T\n---\n", "нет текста"),
    ("a.mp3", b"ID3", "формат «.mp3» не поддерживается"),
    ("программа", b"\x7fELF\0\1\xff", "нет расширения, и содержимое не текст"),
    *(("a.html", page, "текст") for page in (b"<html></html>", b"<", b"<script>1</script>", b"<p>" * 10_000)),
    *(
        (f"a.{kind}", data, "это не|нет части|не читается|не распознана|двоичный|не одна книга")
        for kind in ("xlsx", "ods", "pptx", "odt", "odp", "fb2", "rtf", "srt", "json")
        for data in (b"x" * 2000, b"PK\x03\x04" + b"x" * 2000, zip_of({"content.xml": b"<a/>"}))
    ),
]


@pytest.mark.parametrize(
    ("name", "data", "reason"), REFUSED, ids=[f"{number} {each[0]}" for number, each in enumerate(REFUSED)]
)
def test_what_can_not_be_read_says_why(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        articles(data, name)


def test_entities_of_a_word_document_would_read_a_file_of_this_machine() -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'

    def change(part: bytes) -> bytes:
        return part.replace("вход".encode(), b"&e;").replace(b"<w:document", doctype + b"<w:document", 1)

    with pytest.raises(ArticleError, match="сущности XML"):
        only(with_part(docx_file(), "word/document.xml", change), "a.docx")


def test_a_sheet_whose_formats_cannot_be_made_out_is_told_bare() -> None:
    told = only(with_part(xlsx(), "worksheets/sheet1.xml", lambda part: STRANGE + part), "a.xlsx")
    assert "##" in told.text
    odd = with_part(xlsx(), "styles.xml", lambda part: part.replace(b'numFmtId="9"', b'numFmtId="?"'))
    assert "Скобы | 1200 | 0,5" in only(odd, "a.xlsx").text

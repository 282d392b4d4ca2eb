import pytest

from rag.library.reading.sniffing import suffix_of

from .making import epub_of, pdf_of, zip_of

TEXT = "Рудник открыли весной. Он даёт медь."


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (TEXT.encode(), ".txt"),
        (TEXT.encode("cp1251"), ".txt"),
        (TEXT.encode("utf-16"), ".txt"),
        (b"\0\1\2", ".txt"),
        (b"", ".txt"),
        (f"# Медь\n\n{TEXT}".encode(), ".md"),
        (f"---\ntitle: Медь\n---\n{TEXT}".encode(), ".md"),
        (f"---\n{TEXT}".encode(), ".txt"),
        (f"<!DOCTYPE html><html><body>{TEXT}".encode(), ".html"),
        (f"<html><body>{TEXT}".encode("cp1251"), ".html"),
        (b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', ".xml"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', ".xml"),
        (f'{{"text": "{TEXT}"}}\n'.encode(), ".jsonl"),
        ("{не JSON} ".encode(), ".txt"),
        (f"Заголовок;Текст\nМедь;{TEXT}\n".encode("cp1251"), ".csv"),
        (f"id,title,text\n1,Медь,{TEXT}\n".encode(), ".csv"),
        (f"Сказал, что текст, {TEXT}".encode(), ".txt"),
        (pdf_of(TEXT), ".pdf"),
        (epub_of({"a.xhtml": TEXT}), ".epub"),
        (zip_of({"word/document.xml": b"<x/>"}), ".docx"),
        (zip_of({"a.txt": TEXT.encode()}), ".zip"),
        (b"PK\x03\x04", ".zip"),
    ],
)
def test_formats_without_a_name(data: bytes, suffix: str) -> None:
    assert suffix_of(data) == suffix

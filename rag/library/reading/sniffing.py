"""Which format bytes are in, where no name tells."""

from __future__ import annotations

import json
import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from rag.errors import ArticleError
from rag.library.decoding import encoding_of
from rag.library.reading.dumps import looks_like_table
from rag.library.reading.feeds import is_feed

_MARKDOWN = re.compile(r"\s*(?:---[ \t]*\n[\s\w-]+:|#{1,3}[ \t]+\S)")
_PAGE = re.compile(
    r"\s*(?:<!doctype html|<html|<head|<body|<article|<!--|<\?xml[^>]*\?>\s*<(?:!doctype )?html)",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\s*\d+[ \t]*\n\d\d:\d\d:\d\d[,.]\d{3} --> ")
_HEADER = re.compile(r"(?:[A-Za-z][A-Za-z-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_LETTER = re.compile(r"^(?:From|Subject|Message-ID|Received|MIME-Version):", re.IGNORECASE | re.MULTILINE)
_SAMPLE = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Word and Excel wrote before 2007
_STREAMS = {"WordDocument": ".doc", "Workbook": ".xls"}
# A part that only one kind of document has.
_PARTS = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "ppt/presentation.xml": ".pptx",
    "META-INF/container.xml": ".epub",
}
_OPEN_DOCUMENTS = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}


def suffix_of(data: bytes) -> str:
    """The suffix that a file of these bytes would have; «.txt» where nothing speaks for another."""
    return known_suffix(data) or ".txt"


def known_suffix(data: bytes) -> str:
    """The same; "" for bytes that are no text and of no known kind."""
    beginning = data[:1024].lstrip()
    if beginning.startswith(b"%PDF-"):
        return ".pdf"
    if beginning.startswith(b"{\\rtf"):
        return ".rtf"
    if data.startswith(b"PK\x03\x04"):
        return _of_package(data)
    if data.startswith(_OLE):
        return next((suffix for name, suffix in _STREAMS.items() if name.encode("utf-16-le") in data), "")
    if b"<FictionBook" in data[:4096]:
        return ".fb2"
    if is_feed(data):
        return ".xml"
    try:
        sample = data[:_SAMPLE]
        text = sample.decode(encoding_of(sample, whole=len(data) <= _SAMPLE), errors="replace")
    except ArticleError:
        return ""
    return _of_text(text.lstrip("\ufeff").replace("\r\n", "\n"))


def _of_package(data: bytes) -> str:
    """ZIP files are documents and books too."""
    try:
        with ZipFile(BytesIO(data)) as packed:
            names = packed.namelist()
            kind = packed.open("mimetype").read(100).decode("latin-1") if "mimetype" in names else ""
    except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return ".zip"
    if "opendocument." in kind:
        return _OPEN_DOCUMENTS.get(kind.rpartition("opendocument.")[2], ".zip")
    if len(names) == 1 and names[0].lower().endswith(".fb2"):
        return ".fb2.zip"
    return next((suffix for part, suffix in _PARTS.items() if part in names), ".zip")


def _of_text(text: str) -> str:
    if _PAGE.match(text):
        return ".html"
    if text.startswith("WEBVTT"):
        return ".vtt"
    if _TIMES.match(text):
        return ".srt"
    if _is_object(text.lstrip().split("\n", 1)[0]):
        return ".jsonl"
    if re.match(r"\s*[{\[]\s*[\"{\[]", text) and text.rstrip()[-1:] in "}]":
        return ".json"
    if re.match(r"From \S+.*\d\d:\d\d", text):
        return ".mbox"
    if _HEADER.match(text) and len(_LETTER.findall(text[:4096].split("\n\n", 1)[0])) > 1:
        return ".eml"
    if _MARKDOWN.match(text):
        return ".md"
    return ".csv" if looks_like_table(text) else ".txt"


def _is_object(line: str) -> bool:
    try:
        return line.startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False

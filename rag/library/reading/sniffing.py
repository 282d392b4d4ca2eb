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
_SAMPLE = 64 * 1024


def suffix_of(data: bytes) -> str:
    """The suffix that a file of these bytes would have; «.txt» where nothing speaks for another."""
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK\x03\x04"):
        return _of_package(data)
    if is_feed(data):
        return ".xml"
    try:
        sample = data[:_SAMPLE]
        text = sample.decode(encoding_of(sample, whole=len(data) <= _SAMPLE), errors="replace")
    except ArticleError:
        return ".txt"  # its reader says what is wrong
    return _of_text(text.lstrip("\ufeff"))


def _of_package(data: bytes) -> str:
    """ZIP files are documents and books too."""
    try:
        with ZipFile(BytesIO(data)) as packed:
            names = set(packed.namelist())
    except (BadZipFile, OSError, ValueError):
        return ".zip"
    if "word/document.xml" in names:
        return ".docx"
    return ".epub" if "META-INF/container.xml" in names else ".zip"


def _of_text(text: str) -> str:
    if _PAGE.match(text):
        return ".html"
    if _is_object(text.lstrip().split("\n", 1)[0]):
        return ".jsonl"
    if _MARKDOWN.match(text):
        return ".md"
    return ".csv" if looks_like_table(text) else ".txt"


def _is_object(line: str) -> bool:
    try:
        return line.startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False

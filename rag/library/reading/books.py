"""Books (.epub): the chapters in reading order as one article."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from rag.errors import ArticleError
from rag.library.reading.completing import completed
from rag.library.reading.markup import markup_text
from rag.library.reading.packed import member, opened
from rag.library.reading.pages import page_text
from rag.library.reading.pieces import Source, suffix_of
from rag.library.reading.telling import tell
from rag.library.reading.trees import local, xml_of
from rag.types import Article, ArticleInfo

_CONTAINER = "META-INF/container.xml"
_LARGEST_PART = 20 * 1024**2  # bytes
_PAGES = ("application/xhtml+xml", "text/html")


@dataclass(frozen=True, slots=True)
class _Contents:
    """What the package document of a book tells: its Dublin Core and the names of its chapters."""

    described: dict[str, list[str]]
    chapters: list[str]

    def first(self, name: str) -> str | None:
        return next(iter(self.described.get(name, [])), None)


def book(source: Source) -> Article:
    """The article in an .epub. Raises ArticleError."""
    with source.open() as file, opened(file, "книга EPUB") as archive:
        contents = _contents(archive)
        chapters, remarks = _chapters(archive, contents.chapters)
    info = ArticleInfo(
        source.id,
        contents.first("title") or "",
        source=contents.first("publisher"),
        url=source.known.url,
        tags=tuple(dict.fromkeys(contents.described.get("subject", []))),
        author=", ".join(contents.described.get("creator", [])) or None,
        published_raw=contents.first("date"),
    )
    article = completed("\n\n".join(text for text in chapters if text), info)
    return replace(article, left_out=tuple(remarks))


def _chapters(archive: ZipFile, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Texts of the chapters, and remarks on those that can't be read. Raises ArticleError when none can."""
    chapters, remarks = [], []
    for number, name in enumerate(names):
        tell(number, len(names))
        try:
            chapters.append(markup_text(page_text(member(archive, name, _LARGEST_PART))))
        except ArticleError as error:
            remarks.append(f"глава пропущена: {error}")
    if remarks and not any(chapters):
        raise ArticleError(remarks[0])
    return chapters, remarks


def _contents(archive: ZipFile) -> _Contents:
    container = _xml(archive, _CONTAINER)
    path = next((each.get("full-path") for each in container.iter() if local(each) == "rootfile"), None)
    if not path:
        raise ArticleError("внутри EPUB нет оглавления; файл повреждён")
    root = _xml(archive, path)
    described: dict[str, list[str]] = {}
    for each in root.iter():
        if "purl.org/dc/elements" in str(each.tag) and (text := " ".join((each.text or "").split())):
            described.setdefault(local(each), []).append(text)
    return _Contents(described, [_within(path, href) for href in _spine(root)])


def _spine(root: Any) -> Iterator[str]:
    """Where the chapters are, in reading order, without the table of contents."""
    items = {each.get("id"): each for each in root.iter() if local(each) == "item"}
    for reference in (each for each in root.iter() if local(each) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or not _is_page(item):
            continue
        if "nav" not in (item.get("properties") or "").split() and item.get("href"):
            yield str(item.get("href"))


def _is_page(item: Any) -> bool:
    """Whether it is a chapter, also under the names that older books give the type."""
    return item.get("media-type") in _PAGES or suffix_of(item.get("href") or "") in (
        ".html",
        ".htm",
        ".xhtml",
    )


def _within(path: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(href.partition("#")[0])))


def _xml(archive: ZipFile, name: str) -> Any:
    return xml_of(member(archive, name, _LARGEST_PART), "книги EPUB", name)

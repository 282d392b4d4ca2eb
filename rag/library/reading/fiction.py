"""Books in FictionBook (.fb2, also packed as .fb2.zip): sections with their titles, verses, tables, notes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from rag.errors import ArticleError
from rag.library.reading.completing import completed
from rag.library.reading.packed import member, opened
from rag.library.reading.pieces import Source
from rag.library.reading.trees import HIDDEN, attribute, local, tree_text, words_of, xml_of
from rag.types import Article, ArticleInfo

_LARGEST = 200 * 1024**2  # bytes
_DEEPEST = 6  # headings of HTML
_NOTES = ("notes", "comments", "footnotes")
# What elements are in HTML; those that aren't named keep their text only.
_NAMES = {
    **dict.fromkeys(("p", "table", "tr", "td", "th"), ""),
    **dict.fromkeys(("binary", "stylesheet", "description", "image", "coverpage"), HIDDEN),
    **dict.fromkeys(("section", "body", "epigraph", "cite", "poem", "stanza", "annotation"), "div"),
    **{"text-author": "p", "empty-line": "br", "date": "p"},
}


def fiction(source: Source) -> Article:
    """The article in a .fb2. Raises ArticleError."""
    root = xml_of(_document(source.read()), "книги FB2")
    if local(root) != "FictionBook":
        raise ArticleError("это не книга FB2, или файл повреждён")
    about = next((each for each in root.iter() if local(each) == "title-info"), root)
    publishing = next((each for each in root.iter() if local(each) == "publish-info"), root)
    authors = [_name(each) for each in about if local(each) == "author"]
    info = ArticleInfo(
        source.id,
        _first(about, "book-title"),
        source=_first(publishing, "publisher") or None,
        url=source.known.url,
        tags=tuple(filter(None, map(str.strip, _first(about, "keywords").split(",")))),
        author=", ".join(filter(None, authors)) or None,
        published_raw=_first(publishing, "year") or _first(about, "date") or None,
    )
    annotation = next((each for each in about if local(each) == "annotation"), None)
    bodies = [each for each in root if local(each) == "body"]
    texts = [_text(each) for each in ([] if annotation is None else [annotation]) + bodies]
    return completed("\n\n".join(filter(None, texts)), info)


def _document(data: bytes) -> bytes:
    """The book itself, be it packed."""
    if not data.startswith(b"PK\x03\x04"):
        return data
    with opened(BytesIO(data), "книга FB2 в архиве") as archive:
        names = [each for each in archive.namelist() if each.lower().endswith(".fb2")]
        if len(names) != 1:
            raise ArticleError("в архиве .fb2.zip не одна книга; переименуйте его в .zip")
        return member(archive, names[0], _LARGEST)


def _text(body: Any) -> str:
    """A body with its elements renamed; what is in brackets behind a word is a note's number, and goes."""
    is_notes = attribute(body, "name") in _NOTES
    waiting = [(body, 1)]
    while waiting:
        element, level = waiting.pop()
        inside = level + int(local(element) == "section")
        waiting += [(each, inside) for each in element]
        _rename(element, level, is_notes)
    text = tree_text(body)
    return f"## Примечания\n\n{text}" if is_notes and text and not text.startswith("#") else text


def _rename(element: Any, level: int, is_notes: bool) -> None:
    name = local(element)
    if name in ("title", "subtitle"):
        title = " ".join(filter(None, map(words_of, element))) or words_of(element)
        element[:] = []
        element.text = title
        # The number of a note says nothing without its mark.
        is_number = is_notes and not any(map(str.isalpha, title))
        element.tag = HIDDEN if is_number else f"h{min(level + (name == 'subtitle'), _DEEPEST)}"
    elif name == "a" and attribute(element, "type") == "note":
        element.tag = HIDDEN
    else:
        element.tag = _NAMES.get(name, "span") or name
    if name == "v":
        element.append(element.makeelement("br", {}))
    spans = {key: element.get(key) for key in ("colspan", "rowspan") if element.get(key)}
    element.attrib.clear()
    element.attrib.update(spans)


def _name(author: Any) -> str:
    parts = {local(each): " ".join((each.text or "").split()) for each in author}
    named = [parts.get(each, "") for each in ("first-name", "middle-name", "last-name")]
    return " ".join(filter(None, named)) or parts.get("nickname", "")


def _first(element: Any, name: str) -> str:
    return next((words_of(each) for each in element.iter() if local(each) == name), "")

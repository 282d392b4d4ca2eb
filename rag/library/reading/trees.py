"""XML documents (.fb2, .odt and their like) told through HTML: elements are renamed, then read as markup."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import tostring

from rag.errors import ArticleError
from rag.library.reading.markup import markup_text
from rag.library.reading.packages import package

HIDDEN = "template"  # an element of HTML that says nothing


def xml_of(data: bytes, what: str, part: str = "") -> Any:
    """The root element. `what` is read («книги EPUB»), `part` names the file inside. Raises ArticleError."""
    trees = package("defusedxml.ElementTree", "defusedxml", what)
    try:
        return trees.fromstring(data)
    # Entities are refused with the first, broken XML with the second, unknown character sets with the third.
    except (ValueError, SyntaxError, LookupError):
        inside = f"внутри не читается {part[:200]}" if part else "это не XML, или он повреждён"
        raise ArticleError(f"{inside}; сохраните файл заново") from None


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """The attribute called `name` in any namespace; "" without one."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def words_of(element: Any) -> str:
    """All text inside on one line."""
    return " ".join("".join(element.itertext()).split())


def tree_text(root: Any) -> str:
    """Text of elements that have the names of HTML. Raises ArticleError."""
    try:
        return markup_text(tostring(root, encoding="unicode", method="html"))
    except RecursionError:
        raise ArticleError("части документа вложены слишком глубоко; сохраните его заново") from None

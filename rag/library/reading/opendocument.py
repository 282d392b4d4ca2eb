"""OpenDocument (.odt, .odp): headings, lists, tables, text boxes, notes; no comments and nothing deleted.

Elements are renamed to those of HTML where they stand. odfdo, the library for these files, tells them as
Markdown with its marks inside the words («Длина\\_моста[1]»), which would then be quoted.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.completing import completed
from rag.library.reading.packed import member, opened
from rag.library.reading.pieces import Source
from rag.library.reading.slides import slide_text
from rag.library.reading.telling import counting
from rag.library.reading.trees import HIDDEN, attribute, local, tree_text, words_of, xml_of
from rag.types import Article, ArticleInfo

_WHAT = "документы OpenDocument"
_LARGEST_PART = 100 * 1024**2  # bytes
_MOST_REPEATED = 50
_HIDDEN = frozenset(
    "tracked-changes annotation annotation-end note-citation table-of-content sequence-decls forms title "
    "desc event-listeners page-number page-count notes".split()
)
_NAMES = {
    **{"p": "p", "list-item": "li", "list-header": "li", "table": "table", "table-row": "tr"},
    **{"table-cell": "td", "covered-table-cell": "td", "line-break": "br", "text-box": "div"},
    **{"section": "div", "index-body": "div", "page": "div", "frame": "span"},
}


def document(source: Source) -> Article:
    """The article in an .odt. Raises ArticleError."""
    content, styles, info = _parts(source, "text", "документ OpenDocument (.odt)")
    body = next((each for each in content.iter() if _is(each, "body")), content)
    text = _told(body, _numbered(content, styles))
    margins = [each for each in dict.fromkeys(_margins(styles)) if each not in text]
    return completed(normal("\n\n".join(filter(None, (text, *margins)))), info)


def presentation(source: Source) -> Article:
    """The article in an .odp. Raises ArticleError."""
    content, styles, info = _parts(source, "presentation", "презентация OpenDocument (.odp)")
    numbered, texts = _numbered(content, styles), []
    pages = [each for each in content.iter() if _is(each, "page")]
    for number, page in enumerate(counting(pages, len(pages)), 1):
        notes = next((each for each in page if _is(each, "notes")), None)
        title = next((each for each in page if attribute(each, "class") == "title"), None)
        rest = [each for each in page if each is not notes and each is not title]
        name = words_of(title) if title is not None else ""
        said = _told(notes, numbered) if notes is not None else ""
        texts.append(slide_text(number, name, [_told(each, numbered) for each in rest], said))
    return completed(normal("\n\n".join(texts)), info)


def _parts(source: Source, kind: str, name: str) -> tuple[Any, Any, ArticleInfo]:
    """Content, styles and what the document says of itself. Raises ArticleError."""
    with opened(BytesIO(source.read()), name) as archive:
        content = _xml(archive, "content.xml")
        styles = _xml(archive, "styles.xml")
        about = _xml(archive, "meta.xml")
        if content is None or not any(_is(each, kind) for each in content.iter()):
            raise ArticleError(f"это не {name}, или файл повреждён; сохраните его заново")
    told = {local(each): words_of(each) for each in (about.iter() if about is not None else ())}
    author = told.get("initial-creator") or told.get("creator")
    title = told.get("title") or _first_heading(content)
    info = ArticleInfo(source.id, title, url=source.known.url, author=author or None)
    return content, styles if styles is not None else content, info


def _xml(archive: ZipFile, name: str) -> Any:
    if name not in archive.namelist():
        return None
    return xml_of(member(archive, name, _LARGEST_PART), _WHAT, name)


def _first_heading(content: Any) -> str:
    return next((words_of(each) for each in content.iter() if _is(each, "h") and words_of(each)), "")


def _is(element: Any, name: str) -> bool:
    return local(element) == name


def _numbered(*trees: Any) -> Callable[[str, int], bool]:
    """Whether a list of that style has numbers on that level."""
    found = {
        (attribute(style, "name"), attribute(level, "level"))
        for tree in trees
        for style in tree.iter()
        if _is(style, "list-style")
        for level in style
        if _is(level, "list-level-style-number") and attribute(level, "num-format")
    }
    return lambda style, level: (style, str(level)) in found


def _margins(styles: Any) -> list[str]:
    """Lines of headers and footers that say more than a number."""
    lines = [
        words_of(line)
        for part in styles.iter()
        if local(part) in ("header", "footer", "header-left", "footer-left", "header-first", "footer-first")
        for line in part.iter()
        if _is(line, "p")
    ]
    return [each for each in lines if any(map(str.isalpha, each))]


def _told(root: Any, is_numbered: Callable[[str, int], bool]) -> str:
    """Text of an element; its notes follow it."""
    root = deepcopy(root)
    _take_out_boxes(root)
    notes = [each for each in root.iter() if _is(each, "note-body")]
    bodies = [deepcopy(each) for each in notes]
    for each in notes:
        each.clear()
    text = _text(root, is_numbered)
    said = [_text(each, is_numbered) for each in bodies]
    return "\n\n".join(filter(None, (text, *said)))


def _take_out_boxes(root: Any) -> None:
    """Put text boxes behind the paragraphs they hang on, so that they part no sentence."""
    for parent in list(root.iter()):
        for place, element in reversed(list(enumerate(parent))):
            if local(element) not in ("p", "h"):
                continue
            boxes = [each for each in element.iter() if _is(each, "text-box")]
            parent[place + 1 : place + 1] = [deepcopy(each) for each in boxes]
            for each in boxes:
                each[:] = []
                each.text = None


def _text(root: Any, is_numbered: Callable[[str, int], bool]) -> str:
    waiting: list[tuple[Any, tuple[str, int], bool]] = [(root, ("", 0), False)]
    while waiting:
        element, (style, level), is_head = waiting.pop()
        if _is(element, "list"):
            style, level = attribute(element, "style-name") or style, level + 1
        is_head = is_head or _is(element, "table-header-rows")
        if _is(element, "list-item") and len(element) and _is(element[0], "p"):
            element[0].tag = "span"  # no paragraph of its own
        if _is(element, "table-row"):
            _repeat_cells(element)
        waiting += [(each, (style, level), is_head) for each in element]
        _rename(element, "ol" if is_numbered(style, level) else "ul", is_head)
    root.tag = "div"
    return tree_text(root)


def _rename(element: Any, list_name: str, is_head: bool) -> None:
    name = local(element)
    kept: dict[str, str] = {}
    if name == "s" or name == "tab":
        element.text = " "
    elif name == "table-cell":
        spans = {"colspan": "number-columns-spanned", "rowspan": "number-rows-spanned"}
        kept = {html: said for html, given in spans.items() if (said := attribute(element, given))}
    if name == "h":
        element.tag = f"h{min(_count(attribute(element, 'outline-level')), 6)}"
    elif name == "list":
        element.tag = list_name
        kept = {"start": said} if (said := attribute(element, "start-value")) else {}
    elif name == "table-cell" and is_head:
        element.tag = "th"
    elif name in _HIDDEN or name == "covered-table-cell":
        element.tag = HIDDEN
    else:
        element.tag = _NAMES.get(name, "span")
    element.attrib.clear()
    element.attrib.update(kept)


def _repeat_cells(row: Any) -> None:
    """Cells that are written once for several columns."""
    is_last = True  # an empty cell at the end fills the page
    for place, cell in reversed(list(enumerate(row))):
        more = min(_count(attribute(cell, "number-columns-repeated")), _MOST_REPEATED) - 1
        if words_of(cell) or not is_last:
            row[place:place] = [deepcopy(cell) for _ in range(more)]
            is_last = False


def _count(said: str) -> int:
    return max(int(said), 1) if said.isascii() and said.isdigit() and len(said) < 6 else 1

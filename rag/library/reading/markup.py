"""HTML as plain text that keeps its structure: headings, items of lists, rows of tables, a block a line.

«<h2>Цены</h2>» becomes «## Цены», an item «- весло» or «1. весло», a row «Каяк | 300», under heads with the
rule «|---|---|» between. Blocks inside a cell make one line of it; a cell over several columns or rows stands
in each of them. A term and what it means are a line: «Час заезда: 14:00».
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rag.library.decoding import normal
from rag.library.reading.tables import cell_text, table_rows, table_text

# The tags that end a line, and those that are no text.
_BLOCKS = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form "
    "header hr html legend main nav ol p pre section summary ul".split()
)
_APART = frozenset("p h1 h2 h3 h4 h5 h6 table ul ol dl".split())  # with an empty line around them
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_HIDDEN = frozenset("head iframe noscript script style svg template title".split())
_CELLS = frozenset(("td", "th"))
_EMPHASIS = ("b", "strong", "i", "em", "u", "mark", "small", "code", "kbd", "tt", "big")
_SPACES = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\n\s*\n\s*")
_TERM_END = "\x1f"  # stands before what a term means
_MEANING = re.compile(rf"([:?!.,;]?)\s*{_TERM_END}\s*")
_WIDEST = 100  # columns that one cell may take
_LONGEST_REPEATED = 200  # characters of a cell that are told in each of its columns and rows
_LONGEST_CELL = 300  # characters; a table with a longer cell lays out a page
_BARE_MARK = re.compile(r"^(-|\d+\.)\n+(?=\S)", re.MULTILINE)  # of an item that begins with a block


def markup_text(markup: str) -> str:
    """All text of a piece of HTML. "" without any."""
    from lxml import etree, html

    if not markup.strip():
        return ""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        tree = html.document_fromstring(markup, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    writing = _Writing()
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        writing.begin(element) if event == "start" else writing.end(element)
    return writing.text


def simplified(tree: Any) -> Any:
    """The same page as trafilatura reads it best: without bold and the like, of which it would make signs
    inside the text, with tables of plain cells and with terms before their meaning on one line."""
    from lxml import etree

    etree.strip_tags(tree, *_EMPHASIS)
    for table in list(tree.iter("table")):
        if next(table.iterancestors("table"), None) is None and not _is_layout(table):
            _rebuild(table)
    for terms in list(tree.iter("dl")):
        _pair(terms)
    return tree


def _is_layout(table: Any) -> bool:
    if any(table.find(f".//{heading}") is not None for heading in _HEADINGS):
        return True
    return any(len(" ".join(cell.itertext())) > _LONGEST_CELL for cell in table.iter("td"))


def _rebuild(table: Any) -> None:
    """Give a table plain cells: a row of heads at most, nothing in a cell but its text."""
    from lxml import etree

    writing = _Writing()
    for event, element in etree.iterwalk(table, events=("start", "end")):
        if event == "start":
            writing.begin(element)
        elif element is table:
            break
        else:
            writing.end(element)
    read, tail, caption = writing.table, table.tail, table.find("caption")
    said = " ".join("".join(caption.itertext()).split()) if caption is not None else ""
    table.clear()
    table.tail = tail
    if said:
        etree.SubElement(table, "caption").text = said
    rows = table_rows(read.lines, read.heads) if read else []
    for number, cells in enumerate(rows):
        row = etree.SubElement(table, "tr")
        for text in cells:
            kind = "th" if read and read.heads and not number else "td"
            etree.SubElement(row, kind).text = text


def _pair(terms: Any) -> None:
    """Make a paragraph of each term and its meaning."""
    term = ""
    for element in list(terms):
        if element.tag == "dt":
            term = " ".join("".join(element.itertext()).split())
            terms.remove(element)
        elif element.tag == "dd":
            if term and not any(str(each.tag) in _BLOCKS for each in element.iterdescendants()):
                separator = " " if term[-1:] in ":?!.,;" else ": "
                element.text = f"{term}{separator}{(element.text or '').lstrip()}"
                element.tag = "p"
            elif term:
                before = element.makeelement("p")
                before.text = term
                element.addprevious(before)
                element.tag = "div"
            else:
                element.tag = "p"
            term = ""
    terms.tag = "div"


@dataclass(slots=True)
class _Table:
    """A table that is being read; `lines` are its finished rows, `heads` counts the first rows of heads."""

    lines: list[list[str]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    is_head: bool = False
    heads: int = 0
    _reaching: dict[int, tuple[int, str]] = field(default_factory=dict)  # into this row, from above
    _reaching_on: dict[int, tuple[int, str]] = field(default_factory=dict)  # from this row on, by column

    def begin_row(self) -> None:
        self.row, self.is_head = [], True
        self._reaching, self._reaching_on = self._reaching_on, {}

    def add(self, text: str, columns: int, rows: int) -> None:
        """A cell of so many columns and rows."""
        self._fill()
        for number in range(columns):
            told = text if not number or len(text) <= _LONGEST_REPEATED else ""
            if rows > 1:
                self._reaching_on[len(self.row)] = rows - 1, told if len(text) <= _LONGEST_REPEATED else ""
            self.row.append(told)

    def end_row(self) -> None:
        for column in sorted(self._reaching):
            self.row += [""] * (column - len(self.row))
            self._fill()
        if any(self.row):
            self.heads += int(self.is_head and self.heads == len(self.lines))
            self.lines.append(self.row)

    def _fill(self) -> None:
        """Cells from above that come next."""
        while reaching := self._reaching.pop(len(self.row), None):
            rows, text = reaching
            if rows > 1:
                self._reaching_on[len(self.row)] = rows - 1, text
            self.row.append(text)


class _Writing:
    """The text so far. By events and not by calls, so that depth is no matter."""

    def __init__(self) -> None:
        self._parts: list[list[str]] = [[]]  # the innermost one is written to: the text, or a cell of a table
        self._tables: list[_Table] = []
        self._spans: list[tuple[int, int]] = []  # columns and rows of open cells
        self._lists: list[int | None] = []  # numbers of open lists, None for bullets
        self._is_term = False
        self._hidden = 0
        self._is_heading = False

    @property
    def text(self) -> str:
        lines = (_SPACES.sub(" ", line).strip() for line in _joined(self._parts[0]).split("\n"))
        return normal(_BARE_MARK.sub(r"\1 ", _GAPS.sub("\n\n", "\n".join(lines)).strip()))

    @property
    def table(self) -> _Table | None:
        """The table that is being read, the outermost one."""
        return self._tables[0] if self._tables else None

    def begin(self, element: Any) -> None:
        tag = str(element.tag)
        if tag in _HIDDEN or _is_note_mark(tag, element):
            self._hidden += 1
        if self._hidden:
            return
        if tag == "table":
            self._write("\n\n")
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._tables[-1].begin_row()
        elif tag in _CELLS and self._tables:
            self._tables[-1].is_head = self._tables[-1].is_head and tag == "th"
            self._parts.append([])
            self._spans.append((_span(element, "colspan"), _span(element, "rowspan")))
        else:
            self._write(self._before(tag, element))
        self._write(_line(element.text))

    def end(self, element: Any) -> None:
        tag = str(element.tag)
        if tag in _HIDDEN or _is_note_mark(tag, element):
            self._hidden -= 1
        elif not self._hidden:
            self._end(tag)
        if not self._hidden:
            self._write(_line(element.tail))

    def _end(self, tag: str) -> None:
        if tag == "table" and self._tables:
            self._write(_told(self._tables.pop(), inside=bool(self._tables)))
        elif tag == "tr" and self._tables:
            self._tables[-1].end_row()
        elif tag in _CELLS and len(self._parts) > 1:
            self._tables[-1].add(cell_text(_joined(self._parts.pop())), *self._spans.pop())
        else:
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
                if self._lists:
                    return
            self._is_heading = self._is_heading and tag not in _HEADINGS
            self._write("\n\n" if tag in _APART else "\n" if tag in _BLOCKS else "")

    def _before(self, tag: str, element: Any) -> str:
        if tag in ("ul", "ol"):
            self._lists.append(_number(element.get("start")) if tag == "ol" else None)
            return "\n\n" if len(self._lists) == 1 else ""  # its items begin a line
        if tag == "li":
            return "\n" + self._item_mark()
        if tag == "dd" and self._is_term:
            self._is_term = False
            return _TERM_END
        self._is_term = tag == "dt" or (self._is_term and tag not in _BLOCKS)
        if tag in _HEADINGS and not self._tables:
            self._is_heading = True
            return "\n\n" + "#" * int(tag[1]) + " "
        if tag == "br":
            return " " if self._is_heading else "\n"
        return "\n\n" if tag in _APART else "\n" if tag in _BLOCKS else ""

    def _item_mark(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}. "

    def _write(self, text: str) -> None:
        self._parts[-1].append(text)


def _joined(parts: list[str]) -> str:
    return _MEANING.sub(lambda found: (found[1] or ":") + " ", "".join(parts))


def _is_note_mark(tag: str, element: Any) -> bool:
    """Whether it is the number that stands in the text for a footnote of a book."""
    return tag == "a" and "noteref" in (element.get("epub:type") or element.get("role") or "")


def _span(element: Any, name: str) -> int:
    said = element.get(name) or ""
    return min(int(said), _WIDEST) or 1 if said.isascii() and said.isdigit() and len(said) < 6 else 1


def _line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _number(start: str | None) -> int:
    return int(start) if start and start.isascii() and start.isdigit() and len(start) < 6 else 1


def _told(table: _Table, inside: bool) -> str:
    """The rows of a table as lines; of one inside a cell as phrases («По субботам: 10:55»)."""
    if inside:
        return "\n" + "\n".join(": ".join(filter(None, row)) for row in table.lines) + "\n"
    return f"\n\n{table_text(table.lines, table.heads)}\n\n"

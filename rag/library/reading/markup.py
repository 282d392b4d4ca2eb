"""HTML as plain text that keeps its structure: headings, items of lists, rows of tables, a block a line.

«<h2>Цены</h2>» becomes «## Цены», an item «- весло» or «1. весло», a row «Каяк | 300», under heads with the
rule «|---|---|» between. Blocks inside a cell make one line of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rag.library.decoding import normal

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


def without_emphasis(tree: Any) -> Any:
    """The same page without bold and the like, of which trafilatura would make signs inside the text."""
    from lxml import etree

    etree.strip_tags(tree, *_EMPHASIS)
    return tree


@dataclass(slots=True)
class _Table:
    """A table that is being read; `lines` are its finished rows, `heads` counts the first rows of heads."""

    lines: list[list[str]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    is_head: bool = False
    heads: int = 0


class _Writing:
    """The text so far. By events and not by calls, so that depth is no matter."""

    def __init__(self) -> None:
        self._parts: list[list[str]] = [[]]  # the innermost one is written to: the text, or a cell of a table
        self._tables: list[_Table] = []
        self._lists: list[int | None] = []  # numbers of open lists, None for bullets
        self._hidden = 0
        self._is_heading = False

    @property
    def text(self) -> str:
        lines = (_SPACES.sub(" ", line).strip() for line in "".join(self._parts[0]).split("\n"))
        return normal(_BARE_MARK.sub(r"\1 ", _GAPS.sub("\n\n", "\n".join(lines)).strip()))

    def begin(self, element: Any) -> None:
        tag = str(element.tag)
        if tag in _HIDDEN:
            self._hidden += 1
        if self._hidden:
            return
        if tag == "table":
            self._write("\n\n")
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._tables[-1].row, self._tables[-1].is_head = [], True
        elif tag in _CELLS and self._tables:
            self._tables[-1].is_head = self._tables[-1].is_head and tag == "th"
            self._parts.append([])
        else:
            self._write(self._before(tag, element))
        self._write(_line(element.text))

    def end(self, element: Any) -> None:
        tag = str(element.tag)
        if tag in _HIDDEN:
            self._hidden -= 1
        elif not self._hidden:
            self._end(tag)
        if not self._hidden:
            self._write(_line(element.tail))

    def _end(self, tag: str) -> None:
        if tag == "table" and self._tables:
            self._write(_told(self._tables.pop(), inside=bool(self._tables)))
        elif tag == "tr" and self._tables:
            table = self._tables[-1]
            if any(table.row):
                table.heads += int(table.is_head and table.heads == len(table.lines))
                table.lines.append(table.row)
        elif tag in _CELLS and len(self._parts) > 1:
            self._tables[-1].row.append(_cell("".join(self._parts.pop())))
        else:
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            self._is_heading = self._is_heading and tag not in _HEADINGS
            self._write("\n\n" if tag in _APART else "\n" if tag in _BLOCKS else "")

    def _before(self, tag: str, element: Any) -> str:
        if tag in ("ul", "ol"):
            self._lists.append(_number(element.get("start")) if tag == "ol" else None)
            return "\n\n" if len(self._lists) == 1 else "\n"
        if tag == "li":
            return "\n" + self._item_mark()
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


def _line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _number(start: str | None) -> int:
    return int(start) if start and start.isascii() and start.isdigit() and len(start) < 6 else 1


def _cell(text: str) -> str:
    """The lines of a cell as one; a bar inside it would part it."""
    lines = [" ".join(line.split()) for line in text.replace("|", "/").split("\n")]
    told = ""
    for line in filter(None, lines):
        line = re.sub(r"^(?:-|\d+\.) (?=\S)", "", line)
        told += ("" if not told else " " if told[-1] in ".,;:!?" else "; ") + line
    return told


def _told(table: _Table, inside: bool) -> str:
    """The rows of a table as lines; of one inside a cell as phrases («По субботам: 10:55»)."""
    if inside:
        return "\n" + "\n".join(": ".join(filter(None, row)) for row in table.lines) + "\n"
    if not table.heads or len(table.lines) == table.heads:
        return "\n\n" + "\n".join(" | ".join(row) for row in table.lines) + "\n\n"
    lines = [f"| {' | '.join(row)} |" for row in table.lines]
    lines.insert(table.heads, "|" + "---|" * len(table.lines[0]))
    return "\n\n" + "\n".join(lines) + "\n\n"

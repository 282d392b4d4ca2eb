"""Lines as wide as a page → paragraphs; words broken at the end of a line → whole again.

PDF gives text line by line, and some .txt are wrapped by hand. A line that is not full is the last of its
paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.words import analyzer, fold

SOFT_HYPHEN = "\u00ad"
_BULLET = re.compile(r"\s*[•▪●]\s")
_ITEM = re.compile(r"\s*(?:[-–—*]\s|\d{1,3}[.)]\s|[а-яa-z]\)\s)")  # within a sentence it may be none
_BROKEN = re.compile(r"([^\W\d_]+)-\s*$")
_BEGINNING = re.compile(r"\s*([^\W\d_]+)")
_RANGE = re.compile(r"\d[-–]$")
_END = re.compile(r"[.!?…:;»\")]\s*$")
_BROKEN_WORD = re.compile(r"([^\W\d_]{2,})-\n[ \t]*([^\W\d_]{2,})")
_SOFT_BREAK = re.compile(f"{SOFT_HYPHEN}[ \\t]*\\n[ \\t]*")
_FULL = 0.8  # of the usual width: a line less wide may be the last of its paragraph
_WIDEST = 130  # characters; a text of longer lines is not wrapped by hand
_FEWEST = 5  # lines that show a width


def with_whole_words(text: str) -> str:
    """`text` without soft hyphens, and without the line breaks inside its words."""
    if SOFT_HYPHEN in text:
        text = _SOFT_BREAK.sub("", text).replace(SOFT_HYPHEN, "")
    return _BROKEN_WORD.sub(lambda match: joined(match[1] + "-", match[2]), text) if "-\n" in text else text


def is_wrapped(text: str) -> bool:
    """Whether most lines of `text` are about as wide as a page and end in the middle of a sentence."""
    lines = [line.rstrip() for line in text[:50_000].split("\n") if line.strip()]
    width = _width(lines)
    if len(lines) < _FEWEST or not 30 <= width <= _WIDEST or max(map(len, lines)) > 1.3 * width:
        return False
    full = [line for line in lines if len(line) >= _FULL * width]
    return len(full) >= 0.5 * len(lines) and sum(not _END.search(line) for line in full) >= 0.5 * len(full)


def unwrapped(text: str) -> str:
    """`text` with every paragraph on one line."""
    lines = text.split("\n")
    width = _width([line for line in lines if line.strip()])
    return "\n".join(_paragraphs(lines, width))


def _width(lines: list[str]) -> int:
    """The length that nine of ten lines don't exceed."""
    lengths = sorted(len(line.rstrip()) for line in lines)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _paragraphs(lines: list[str], width: int) -> Iterator[str]:
    paragraph = ""
    last = ""
    for line in lines:
        if paragraph and line.strip() and not _begins(line, last, width):
            paragraph = joined(paragraph, line.strip())
        else:
            if paragraph:
                yield paragraph
            paragraph = line.strip()
            if not paragraph:
                yield ""
        last = line
    if paragraph:
        yield paragraph


def _begins(line: str, last: str, width: int) -> bool:
    """Whether a paragraph begins with `line`, which follows `last`."""
    if _BROKEN.search(last):
        return False
    is_full = len(last.rstrip()) >= _FULL * width
    if _ITEM.match(line):
        return not is_full or _END.search(last) is not None
    if _BULLET.match(line) or (line[:1].isspace() and not last[:1].isspace()):
        return True
    if is_full:
        return False
    first = line.lstrip()[:1]
    return bool(_END.search(last)) or not first.islower()


def joined(left: str, right: str) -> str:
    """Two lines as one: «пере-» and «права» give «переправа», «северо-» and «западный» keep the hyphen."""
    broken, rest = _BROKEN.search(left), _BEGINNING.match(right)
    if not broken:
        return f"{left}{right}" if _RANGE.search(left) else f"{left} {right}"
    if not rest or not rest[1][0].islower():
        return f"{left}{right}"
    hyphen = "-" if _keeps_hyphen(fold(broken[1]), fold(rest[1])) else ""
    return left[: broken.end(1)] + hyphen + right


def _keeps_hyphen(left: str, right: str) -> bool:
    known = analyzer().word_is_known
    if known(left + right):
        return False
    return bool(known(f"{left}-{right}")) or (bool(known(left)) and bool(known(right)))

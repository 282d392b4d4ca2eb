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
_BROKEN = re.compile(r"([^\W\d_]+)-$")
_BEGINNING = re.compile(r"\s*([^\W\d_]+)")
_RANGE = re.compile(r"\d[-–]$")
_END = re.compile(r"[.!?…:;»\")]\s*$")
# A run of letters is looked at once, from its first one on.
_BROKEN_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})-\n[ \t]*([^\W\d_]{2,})")
_SOFT_BREAK = re.compile(f"{SOFT_HYPHEN}[ \\t]*\\n[ \\t]*")
_FULL = 0.8  # of the usual width: a line less wide may be the last of its paragraph
_WIDEST = 130  # characters; a text of longer lines is not wrapped by hand
_FEWEST = 5  # lines that show a width
_TAIL = 120  # characters at the end of a line that say how it goes on; no word is longer


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
    """The lines of every paragraph as one. They are put together at its end: a long one is not read again
    with each of its lines."""
    parts: list[str] = []
    tail = ""  # of what the parts are together
    last = ""
    for line in lines:
        said = line.strip()
        if parts and said and not _begins(line, last, width):
            lost, between = _seam(tail, said)
            parts[-1] = parts[-1][: len(parts[-1]) - lost]
            parts += [between, said]
            tail = (tail[: len(tail) - lost] + between + said)[-_TAIL:]
        else:
            if parts:
                yield "".join(parts)
            parts, tail = [said] if said else [], said[-_TAIL:]
            if not said:
                yield ""
        last = line
    if parts:
        yield "".join(parts)


def _begins(line: str, last: str, width: int) -> bool:
    """Whether a paragraph begins with `line`, which follows `last`."""
    if _broken(last):
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
    lost, between = _seam(left, right)
    return left[: len(left) - lost] + between + right


def _seam(left: str, right: str) -> tuple[int, str]:
    """How many characters at the end of `left` go, and what comes between it and `right`."""
    broken, rest = _broken(left), _BEGINNING.match(right)
    if not broken:
        return 0, "" if _RANGE.search(left[-2:]) else " "
    if not rest or not rest[1][0].islower():
        return 0, ""
    lost = len(left) - len(left.rstrip()) + 1
    return lost, "-" if _keeps_hyphen(fold(broken), fold(rest[1])) else ""


def _broken(line: str) -> str:
    """The part of a word before the hyphen at the end of `line`; "" where it ends otherwise."""
    found = _BROKEN.search(line.rstrip()[-_TAIL:]) if line.rstrip().endswith("-") else None
    return found[1] if found else ""


def _keeps_hyphen(left: str, right: str) -> bool:
    known = analyzer().word_is_known
    if known(left + right):
        return False
    return bool(known(f"{left}-{right}")) or (bool(known(left)) and bool(known(right)))

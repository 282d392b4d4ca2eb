"""Sentences of a text with exact offsets: line by line, border by border."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.text.borders import DELIMITER, JOIN, RULES, SMALL_RULES, Border, Rule, deciding_rule, has_verb
from rag.text.speech import UNSIGNED, unsigned_borders

Span = tuple[int, int]

LONGEST = 3_000  # characters; a longer "sentence" is a table or a dump and is cut at a clause or a space
_WINDOW = 40  # characters that a rule sees on each side of a border
_BUFFER = 400  # characters of the sentence so far that a rule sees
_HEADING_WORDS = 5
_HEADED = 600  # characters; a longer sentence keeps its heading apart
_LINE_BREAK = re.compile(r"\n")
# A line break inside a sentence: the line has no ending, the next one goes on with a small letter.
_WRAPPED = re.compile(r"(?<=[^\s.!?…:;|])[ \t]*\n[ \t]*(?=[a-zа-яё])")
_LINE_MARK = re.compile(r"(?:#{1,6}|>|[-*+•▪●])[ \t]+")  # heading, quotation, item of a list
_BEFORE_HEADING = "#>-*+•▪●— \t"
_CLAUSE_END = re.compile(r".*[;,.!?…:]\s", re.DOTALL)
_SPACE = re.compile(r".*\s", re.DOTALL)


def sentences(text: str) -> list[Span]:
    """Offsets of the sentences of `text`, in order, without the spaces and list marks around them."""
    rules = SMALL_RULES if text.islower() else RULES
    return [
        part
        for line in _lines(text)
        for signed in _sentences_of_line(text, line, rules)
        for sentence in _cut_unsigned(text, signed)
        for part in _cut_overlong(text, sentence)
    ]


def with_run_in_headings(text: str, spans: Sequence[Span]) -> list[Span]:
    """`spans` with a heading at the start of a line joined to the sentence behind it.

    «22 сентября 2025 года. В Нью-Йорке подписали…»: apart, the sentence would not know its date.
    """
    joined: list[Span] = []
    for span in spans:
        if joined and _is_run_in_heading(text, joined[-1], span):
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return joined


def _is_run_in_heading(text: str, first: Span, second: Span) -> bool:
    heading = text[first[0] : first[1]]
    return (
        heading.endswith((".", ":"))
        and len(heading.split()) <= _HEADING_WORDS
        and second[1] - second[0] <= _HEADED
        and "\n" not in text[first[1] : second[0]]
        and _starts_line(text, first[0])
        and not has_verb(heading)
    )


def _starts_line(text: str, place: int) -> bool:
    """True where nothing but marks of headings and lists stands before `place` in its line."""
    while place and text[place - 1] in _BEFORE_HEADING:
        place -= 1
    return not place or text[place - 1] == "\n"


def _lines(text: str) -> Iterator[Span]:
    """Lines without their list marks; a line that was wrapped inside a sentence goes on."""
    wrapped = {text.index("\n", match.start()) for match in _WRAPPED.finditer(text)}
    breaks = [match.start() for match in _LINE_BREAK.finditer(text) if match.start() not in wrapped]
    start = 0
    for stop in (*breaks, len(text)):
        for left, right in _stripped(text, start, stop):
            mark = _LINE_MARK.match(text, left, right)
            yield (mark.end() if mark else left), right
        start = stop + 1


def _sentences_of_line(text: str, line: Span, rules: tuple[Rule, ...]) -> Iterator[Span]:
    start, end = line
    for match in DELIMITER.finditer(text, start, end):
        border = Border(
            text[max(start, match.start() - _WINDOW) : match.start()],
            match.group(),
            text[match.end() : min(match.end() + _WINDOW, end)],
            text[max(start, match.start() - _BUFFER) : match.start()],
        )
        if deciding_rule(border, rules)[1] != JOIN:
            yield from _stripped(text, start, match.end())
            start = match.end()
    yield from _stripped(text, start, end)


def _cut_unsigned(text: str, sentence: Span) -> Iterator[Span]:
    start, stop = sentence
    for border in unsigned_borders(text, start, stop) if stop - start > UNSIGNED else ():
        yield from _stripped(text, start, border)
        start = border
    yield from _stripped(text, start, stop)


def _cut_overlong(text: str, sentence: Span) -> Iterator[Span]:
    start, stop = sentence
    while stop - start > LONGEST:
        piece = text[start : start + LONGEST]
        cut = _CLAUSE_END.match(piece) or _SPACE.match(piece)
        middle = start + (cut.end() if cut else LONGEST)
        yield from _stripped(text, start, middle)
        start = middle
    yield from _stripped(text, start, stop)


def _stripped(text: str, start: int, stop: int) -> Iterator[Span]:
    """The span without spaces at its ends; nothing when nothing is left."""
    part = text[start:stop]
    left, right = start + len(part) - len(part.lstrip()), start + len(part.rstrip())
    if left < right:
        yield left, right

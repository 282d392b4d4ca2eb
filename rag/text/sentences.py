"""Sentences of a text with exact offsets: line by line, border by border.

Speech that nobody has put full stops into is parted where something begins: it must be quoted in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.text.borders import DELIMITER, JOIN, RULES, SMALL_RULES, Border, Rule, deciding_rule, has_verb
from rag.text.words import analyzer, fold, is_function_word

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
UNSIGNED = 300  # characters; a run without any sign that is longer is parted
_SHORTEST, _LONGEST = 50, 160  # characters of a piece
_RUN = re.compile(rf"[^.,;:!?…()«»\"“”—–|\n]{{{UNSIGNED},}}")
_CLOSING = frozenset(".;!?…")
_WORD = re.compile(r"\S+")
_OPENERS = frozenset(
    """а но однако зато потом затем дальше далее теперь итак значит поэтому кроме если когда хотя
    сегодня завтра вчера также во-первых во-вторых в-третьих наконец кстати""".split()
)
_SUBJECTS = frozenset("я мы он она они оно вы ты это вот так и".split())
_REMEMBERED = 5_000  # words
_FINITE = frozenset({"VERB", "PRTS", "PRED"})


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


def unsigned_borders(text: str, start: int, stop: int) -> Iterator[int]:
    """Offsets in `text[start:stop]`, a sentence, where pieces of its overlong runs without signs begin.

    A run that a full stop closes may be a clause of a law: it must be twice as long.
    """
    for run in _RUN.finditer(text, start, stop):
        if text[run.end() : run.end() + 1] in _CLOSING and run.end() - run.start() < 2 * UNSIGNED:
            continue
        words = [match.span() for match in _WORD.finditer(text, *run.span())]
        yield from _parted(text, words)


def _parted(text: str, words: list[tuple[int, int]]) -> Iterator[int]:
    begin, end = 0, words[-1][1] if words else 0
    while begin < len(words) and end - words[begin][0] > _LONGEST:
        best, best_fitness, has_verb = None, -2, False
        for place in range(begin + 1, len(words)):
            length = words[place][0] - words[begin][0]
            if length > _LONGEST or end - words[place][0] < _SHORTEST:
                break
            has_verb = has_verb or _is_finite(_word(text, words[place - 1]))
            fitness = _fitness(text, words, place) + has_verb if length >= _SHORTEST else -2
            if fitness > best_fitness:
                best, best_fitness = place, fitness
        if best is None:
            return
        yield words[best][0]
        begin = best


def _fitness(text: str, words: list[tuple[int, int]], place: int) -> int:
    """How well a piece may begin with the word at `place`."""
    word, before = _word(text, words[place]), _word(text, words[place - 1])
    if is_function_word(before) and before not in _SUBJECTS:
        return -1
    if word in _OPENERS:
        return 4
    if word in _SUBJECTS:
        return 3
    after = words[place + 1 : place + 4]
    if _is_nominative(word) and any(_is_finite(_word(text, span)) for span in after):
        return 3
    return 1 if is_function_word(word) else 0


def _word(text: str, span: tuple[int, int]) -> str:
    return fold(text[slice(*span)])


@lru_cache(_REMEMBERED)
def _is_finite(word: str) -> bool:
    return analyzer().parse(word)[0].tag.POS in _FINITE


@lru_cache(_REMEMBERED)
def _is_nominative(word: str) -> bool:
    tag = analyzer().parse(word)[0].tag
    return tag.POS in {"NOUN", "ADJF"} and "nomn" in tag

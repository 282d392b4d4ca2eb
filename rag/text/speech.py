"""Text without punctuation, as speech recognition and chats give it: pieces that a person can read.

People seldom write more than 200 letters without a sign. A run that is much longer is parted where a clause
may begin: before «потом», «но», «мы», a subject with its verb; else between any two words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rag.text.words import analyzer, fold, is_function_word

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

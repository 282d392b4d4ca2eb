"""Things told apart by a number: «приказ № 117», «II квартал», «восемнадцатый век», «п. 2.3», «С-300».

A sentence on another one of them answers nothing, however many words it shares with the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from rag.text.number_words import ordinal
from rag.text.same_value import roman
from rag.text.words import Word, analyzer, word_lemmas

# What is counted off by plain figures that stand before it («2 квартал») …
_PERIODS = frozenset("век столетие тысячелетие квартал полугодие съезд созыв тур раунд этап сезон".split())
# … or behind it («статья 15»).
_PARTS = frozenset(
    """пункт подпункт статья глава раздел параграф таблица рисунок приложение часть том страница дом квартира
    кабинет палата корпус подъезд этаж""".split()
)
_NUMBER_SIGN = re.compile(r"\s*[№#]\s*")
_HYPHEN = re.compile(r"[-‑–]")
_SPACE = re.compile(r"\.?\s+")
_SUFFIX = re.compile(r"[-‑](?:й|я|е|го|м|му|ой|ую|ом|ых|х)(?![^\W_])")
_LETTERS = 3  # of a make: «С-300», «Ту-154», «МиГ-29»

Numbered = frozenset[tuple[str, str]]


@lru_cache(maxsize=2_000)
def numbered(text: str) -> Numbered:
    """Lemmas of things that `text` tells apart by a number, each with the number: («квартал», «2»)."""
    return frozenset(_numbered(text))


def of_another_number(question: str, text: str) -> bool:
    """True where `text` tells of things that the question numbers otherwise, and not of the asked one."""
    asked = numbered(question)
    told = numbered(text) if asked else frozenset()
    return any((name, value) not in told and any(other == name for other, _ in told) for name, value in asked)


def _numbered(text: str) -> Iterator[tuple[str, str]]:
    found = word_lemmas(text)
    for (first, name), (second, after) in pairwise(found):
        between = text[first.stop : second.start]
        if after[0].isdigit() and _names(first, name, between, text):
            yield name, after
    for (word, lemma), (following, name) in pairwise(_without_suffixes(text, found)):
        value = _value(text, word, lemma)
        is_order = not word.is_number or _SUFFIX.match(text, word.stop) is not None
        if not value or not _SPACE.fullmatch(_SUFFIX.sub("", text[word.stop : following.start], count=1)):
            continue
        if name in _PERIODS or (is_order and _is_noun(following.text)):
            yield name, value


def _without_suffixes(text: str, found: list[tuple[Word, str]]) -> list[tuple[Word, str]]:
    """The words without «м» of «17-м»."""
    ends = {match.end() for match in _SUFFIX.finditer(text)}
    return [each for each in found if each[0].stop not in ends]


def _names(word: Word, lemma: str, between: str, text: str) -> bool:
    """Whether the number behind `word` says which one it is."""
    if _NUMBER_SIGN.fullmatch(between):
        return True
    if _HYPHEN.fullmatch(between):
        return len(lemma) <= _LETTERS and text[word.start].isupper()
    return lemma in _PARTS and _SPACE.fullmatch(between) is not None


def _value(text: str, word: Word, lemma: str) -> str:
    """The place in an order that a word gives («второй», «II», «17»); empty for other words."""
    if lemma.isdecimal():
        return lemma
    number = ordinal(word.text) or roman(text[word.start : word.stop])
    return str(number) if number else ""


@lru_cache(maxsize=5_000)
def _is_noun(word: str) -> bool:
    return "NOUN" in analyzer().parse(word)[0].tag

"""Words and lemmas: the one tokenizer of the product, used by every index and every question.

A word is a run of letters (any script) or a number. Stress marks and soft hyphens inside a word are
part of it and are dropped when it is folded; «ё» folds to «е». Hyphenated words give their parts
(«Нью-Йорк» → нью, йорк). Digit groups («1 250 000») and decimals («2,3») stay one number.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rag.text.lemma_rules import chosen, value_lemmas

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer


INVISIBLE = "\u0300\u0301\u00ad\u200b\u200d\u2060\ufeff"  # stress marks, soft hyphen, zero-width characters
_SPACES = "\u00a0\u202f\u2009"
_SPACE = f"[ {_SPACES}]"
_GROUPED = r"\d{1,3}(?:\.\d{3}){2,}(?![.\d])|\d{1,3}(?:['’]\d{3})+(?![\d'’])"  # «12.750.000», «2'300'000»
_NUMBER = rf"{_GROUPED}|\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)(?:,\d+)?|(?<!\d\.)\d+\.\d+(?!\.?\d)|\d+(?:,\d+)?"
_LETTER = r"[^\W\d_⁰¹²³⁴-⁹]"  # the mark of a footnote is no part of its word
_POWER = rf"(?<!\w){_LETTER}{{1,2}}[²³](?!\w)"  # «м²», «км³»
_LETTERS = rf"{_POWER}|{_LETTER}(?:[{INVISIBLE}'’]*{_LETTER})*[\u0300\u0301]*"
_WORD = re.compile(rf"(?P<number>(?<!\d)(?:{_NUMBER}))|{_LETTERS}")
_HIDDEN = re.compile(f"[{INVISIBLE}]")
_RUSSIAN = re.compile("[а-я]")
_ODD = re.compile(f"[{INVISIBLE}{_SPACES}]")
_PLAIN_WORD = re.compile(
    rf"{_POWER}|{_LETTER}+(?:['’]+{_LETTER}+)*|(?<!\d)(?:{_NUMBER})"
)  # _WORD without hidden signs
_PARSES = 5_000  # words remembered: what one sentence holds is looked at by one check after another
_OPENING = threading.Lock()
# Letters that look alike in both alphabets, small or capital.
_TO_CYRILLIC = str.maketrans("abcehkmoptxy", "авсенкмортху")
_TO_LATIN = str.maketrans("авсенкмортху", "abcehkmoptxy")
_LATIN = re.compile("[a-z]+")
_LETTERS_OF_BOTH = re.compile("[a-zа-я]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its offsets in the text it came from; `text` is folded."""

    start: int
    stop: int
    text: str

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()


def fold(text: str) -> str:
    """Lower case, «ё» as «е», without stress marks and soft hyphens; every space an ordinary one.

    Letters of the other alphabet that only look like a word's own are its own: «диpектор» with a Latin «p».
    """
    # `str.translate` looks every letter up, which takes ten times as long over a passage.
    for sign in set(_ODD.findall(text)):
        text = text.replace(sign, " " if sign in _SPACES else "")
    folded = text.lower().replace("ё", "е")
    return _of_one_alphabet(folded) if _LATIN.search(folded) else folded


def _of_one_alphabet(folded: str) -> str:
    """Words of both alphabets in the one that all their letters can be of, or as they stand."""
    parts, done = [], 0
    for run in _LATIN.finditer(folded):
        first, last = run.span()
        if first < done:
            continue
        start = first
        while start > done and "а" <= folded[start - 1] <= "я":
            start -= 1
        is_mixed = start < first or "а" <= folded[last : last + 1] <= "я"
        if is_mixed and (word := _LETTERS_OF_BOTH.match(folded, start)):
            parts += [folded[done:start], _unmixed(word.group())]
            done = word.end()
    return "".join((*parts, folded[done:])) if parts else folded


def _unmixed(word: str) -> str:
    russian, latin = word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)
    mostly_latin = 2 * sum(char.isascii() for char in word) > len(word)
    if latin.isascii() and (mostly_latin or _LATIN.search(russian)):
        return latin
    return word if _LATIN.search(russian) else russian


def words(text: str) -> Iterator[Word]:
    """Words of `text` in order: `text[word.start:word.stop]` is what stands there."""
    whole = _folded_in_place(text)  # all words at once
    for match in _WORD.finditer(text):
        start, stop = match.span()
        folded = whole[start:stop] if whole else fold(match.group())
        if match.lastgroup == "number":
            folded = _figures(folded)
        yield Word(start, stop, folded)


def _folded_in_place(text: str) -> str:
    """`text` folded where that moves nothing, else nothing."""
    folded = fold(text)
    return folded if len(folded) == len(text) and not _HIDDEN.search(text) else ""


def lemmas(text: str) -> list[str]:
    """The lemma of every word of `text`, in order; a value has one, however it is written."""
    folded = _folded_in_place(text)
    if not folded:
        return [found for _, found in word_lemmas(text)]
    # All words are folded at once: indexing spends a third of its time here.
    if not (values := value_lemmas(text)):
        return [
            lemma(found if found[0].isalpha() else _figures(found)) for found in _PLAIN_WORD.findall(folded)
        ]
    return [
        values.get(found.start()) or lemma(word if (word := found[0])[0].isalpha() else _figures(word))
        for found in _PLAIN_WORD.finditer(folded)
    ]


def word_lemmas(text: str) -> list[tuple[Word, str]]:
    """The words of `text`, in order, each with its lemma there."""
    values = value_lemmas(text)
    return [(word, values.get(word.start) or lemma(word.text)) for word in words(text)]


def content_lemmas(text: str) -> list[str]:
    """Lemmas of the words that carry a topic; all lemmas where there is no such word."""
    found = word_lemmas(text)
    content = [lemma_ for word, lemma_ in found if not is_function_word(word.text)]
    return content or [lemma_ for _, lemma_ in found]


def _figures(number: str) -> str:
    """A folded number with a point before its fraction and nothing between its groups."""
    plain = number.replace(" ", "").replace(",", ".").replace("'", "").replace("’", "")
    return plain.replace(".", "") if plain.count(".") > 1 else plain


@lru_cache(maxsize=400_000)
def lemma(word: str) -> str:
    """Dictionary form of one folded word, the same wherever it stands; numbers as they are."""
    if not ("а" <= word[0] <= "я" or _RUSSIAN.search(word)):  # «3-го» has a dictionary form as well
        return word
    return chosen(word, analyzer().parse(word))


def is_function_word(word: str) -> bool:
    """True for prepositions, conjunctions, particles, pronouns, question words and the like, folded."""
    return word in function_words()


def analyzer() -> MorphAnalyzer:
    """The one pymorphy3 dictionary of the process (about 0.1 s to open)."""
    with _OPENING:  # opening it twice at once breaks both: pymorphy3 fills tables of its classes
        return _analyzer()


@cache
def _analyzer() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer

    class Guarded(MorphAnalyzer):  # type: ignore[misc]  # pymorphy3 has no types
        @lru_cache(maxsize=_PARSES)  # noqa: B019  # there is one analyzer
        def parse(self, word: str) -> Any:
            try:
                return super().parse(word)
            # A letter without a Unicode name, which pymorphy3 asks for; «ненене…»: each prefix is a call.
            except (ValueError, RecursionError):
                return super().parse("?")

    return Guarded(lang="ru")


# Prepositions, conjunctions, particles, pronouns, question words and the like: a closed class.
#
# Every form of them that the dictionary knows is in function_words.txt, a line each, written by `python -m
# eval.list_function_words`: to ask the dictionary takes a hundred times as long.

FUNCTION_PARTS = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO"})
# Words with no topic of their own, though their part of speech is a content one.
FUNCTION_LEMMAS = frozenset(
    """быть это этот тот он такой какой каковой который чей весь свой сам самый каков являться стать мочь
    где когда куда откуда почему зачем как сколько насколько ли же""".split()
)
FUNCTION_WORDS_FILE = "function_words.txt"
FUNCTION_WORDS_HEADER = "# folded forms; written by eval/list_function_words.py\n"


@cache
def function_words() -> frozenset[str]:
    """All of them, folded."""
    lines = files(__package__).joinpath(FUNCTION_WORDS_FILE).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))

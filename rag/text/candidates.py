"""What a mistyped word may have been: words of the library within an edit or two of it.

A word of the dictionary is found through all of its misspellings turned around: every string one edit
away that pymorphy3 knows and the library holds. Names and other words that no dictionary has, and words
with two slips, are found among the library's own lemmas (`lemma_index.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.text.known_words import KnownWords, bases
from rag.text.lemma_index import Listed, stem
from rag.text.spelling import ALPHABET, distance, same_but_ending
from rag.text.words import analyzer, fold, lemma

_LETTERS = ALPHABET + "ъь"
_LONGEST = 40  # letters; anything longer is no word
_CACHED = 20_000
_STEM = 3  # letters of the shortest stem that takes any ending
_TWO_EDITS = 8  # letters of the shortest word that may have two slips


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form that a mistyped word may have been, with its lemma and its edits from what was typed."""

    form: str
    lemma: str
    edits: int


class Candidates:
    """Finds candidates among the words of one state of a library."""

    def __init__(self, known: KnownWords) -> None:
        self._words = known

    def near(self, word: str) -> list[Candidate]:
        """Words one edit from the folded `word`, those of the dictionary that the library lacks too."""
        if len(word) > _LONGEST:
            return []
        if not "а" <= word[0] <= "я":
            return list(self._of_list(word, self._latin.one_edit(word), 1))
        return [*self._of_dictionary(word), *self._of_list(word, self._names.one_edit(word), 1)]

    def far(self, word: str) -> list[Candidate]:
        """Words of the library two edits from a long `word`."""
        if not "а" <= word[0] <= "я" or not _TWO_EDITS <= len(word) <= _LONGEST:
            return []
        lemmas = [*self._names.two_edits(word), *self._known.two_edits(word)]
        return list(self._of_list(word, lemmas, 2))

    def _of_dictionary(self, word: str) -> Iterator[Candidate]:
        known = analyzer().word_is_known
        for form in edits(word):
            if known(form):
                base = next(filter(self._words.holds, bases(form)), lemma(form))
                yield Candidate(form, base, 1)

    def _of_list(self, word: str, lemmas: Sequence[str], limit: int) -> Iterator[Candidate]:
        for base in lemmas:
            form, needed = nearest_form(base, word, limit)
            if needed > limit and base[0] >= "а":
                form, needed = self._with_ending(stem(base), word, limit)
            if 0 < needed <= limit and len(form) > 3 and not same_but_ending(word, form):
                yield Candidate(form, base, needed)

    def _with_ending(self, stem: str, word: str, limit: int) -> tuple[str, int]:
        """`stem` with the ending of `word`: names have forms that no rule gives them («Теслы»)."""
        for length in (len(stem), len(stem) + 1, len(stem) - 1):
            form = stem + word[length:]
            if length >= _STEM and distance(word, form, limit) <= limit and self._words.holds(lemma(form)):
                return form, distance(word, form, limit)
        return stem, limit + 1

    @cached_property
    def _lists(self) -> tuple[Listed, Listed, Listed]:
        """The library's Latin lemmas, its Russian ones in no dictionary, and those in it."""
        known = analyzer().word_is_known
        latin: list[str] = []
        names: list[str] = []
        words: list[str] = []
        for held in self._words.all():
            if held.isalpha() and 3 < len(held) <= _LONGEST:
                kind = latin if not "а" <= held[0] <= "я" else words if known(held) else names
                kind.append(held)
        return Listed(latin), Listed(names), Listed(words)

    @property
    def _latin(self) -> Listed:
        return self._lists[0]

    @property
    def _names(self) -> Listed:
        return self._lists[1]

    @property
    def _known(self) -> Listed:
        return self._lists[2]


def edits(word: str) -> Iterator[str]:
    """Every string of small Russian letters one edit away (insert, delete, change, swap neighbours)."""
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        for letter in _LETTERS:
            yield head + letter + tail
        if tail:
            yield head + tail[1:]
            for letter in _LETTERS:
                if letter != tail[0]:
                    yield head + letter + tail[1:]
        if len(tail) > 1 and tail[0] != tail[1]:
            yield head + tail[1] + tail[0] + tail[2:]


@lru_cache(_CACHED)
def _forms(held: str) -> tuple[str, ...]:
    """The forms of a lemma, itself first."""
    if not "а" <= held[0] <= "я":
        return (held,)
    parse = next((parse for parse in analyzer().parse(held) if fold(parse.normal_form) == held), None)
    lexeme = [fold(form.word) for form in parse.lexeme] if parse else []
    return tuple(dict.fromkeys((held, *lexeme)))


def nearest_form(held: str, word: str, limit: int) -> tuple[str, int]:
    """The form of the lemma `held` with the fewest edits to `word`, and how many; the lemma wins ties."""
    return min(((form, distance(word, form, limit)) for form in _forms(held)), key=lambda pair: pair[1])

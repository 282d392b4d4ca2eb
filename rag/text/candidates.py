"""What a mistyped word may have been, and which it was: words of the library within an edit or two of it.

A word of the dictionary is found through all of its misspellings turned around: every string one edit
away that pymorphy3 knows and the library holds. Names and other words that no dictionary has, and words
with two slips, are found among the library's own lemmas (known_words.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.text.known_words import KnownWords, Listed, bases, in_dictionary, stem
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


# Which word was meant: a noisy channel (Kernighan, Church & Gale 1990), in nats.
#
# A candidate's score is half the log of how many passages hold it (library and language together), less
# the cost of the slip, plus how much of the rest of the question some passage holds beside it. It must be
# above the score of the word as it was typed.

# By reading what went wrong with mistyped questions of five sets, rounded; nDCG@10 is within 1.2 of the
# clean questions on each (eval/results/README.md).
_FREQUENCY = 0.5  # of the log frequency: the rest is in the context, where common words meet more others
_TOGETHER = 3.0  # a passage holds the word beside all others of the question, against none of them
_RARE_SLIP = 4.0  # most words have no slip
_DICTIONARY = 3.0  # a slip rarely makes another word of the dictionary
_COMMON_NOUN = 2.0  # a capital letter inside a question means a name
_UNSEEN = -5.0  # the score of a word that neither library nor language knows
_UNSEEN_NAME = -1.0  # of one with a capital letter
_NEWS_NOISE = 1e-8  # share of running words; ten in a billion words of news are no evidence of a word
_RAREST = 1e-3  # passages; rarer words are all the same
_SHORTEST_UNHELD = 5  # letters of the shortest word that is a candidate though the library lacks it
_WEIGHED = 6  # candidates whose company in the library is looked at
_NAMES = frozenset("Name Surn Patr Geox Orgn Trad Abbr".split())
# Costs beyond that of any slip: of fingers (a neighbouring key, a letter twice, two letters swapped), of
# ears (unstressed vowels, voiced consonants at a word's end), and of anything else.
_FINGER = 0.0
_LOST = 0.3
_ANY = 3.0
_SPELLED = 1.5  # a Latin name in Cyrillic letters
_SECOND = 4.0  # a second slip in one word
_FIRST_LETTER = 0.7  # people look at what they begin
_HEARD = frozenset(
    frozenset(pair) for pair in "оа еи иы еэ яе бп дт зс гк вф жш щш цс тд ъь йи юу чщ".split()
)
ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")


def likeliest(
    word: str, near: Iterable[Candidate], others: Sequence[str], known: KnownWords, is_name: bool
) -> str | None:
    """The form of the likeliest of `near` for `word`; None where it is rather right as typed.

    `others` are lemmas of the question's other words; `is_name` says that it was typed as a name.
    """
    least = _as_typed(word, known, is_name)
    likely = _best_forms(word, near, known, is_name)[:_WEIGHED]
    if not likely or likely[0][0] + _TOGETHER < least:
        return None
    scored = [(score + _TOGETHER * known.together(one.lemma, others), one) for score, one in likely]
    score, best = max(scored, key=lambda pair: pair[0])
    return best.form if score > least else None


def _best_forms(
    word: str, near: Iterable[Candidate], known: KnownWords, is_name: bool
) -> list[tuple[float, Candidate]]:
    """Each lemma's likeliest form with its score, the likeliest lemma first."""
    best: dict[str, tuple[float, Candidate]] = {}
    for one in near:
        if _is_used(one, known):
            score = _prior(one.lemma, known) - cost(word, one.form, one.edits)
            score -= _COMMON_NOUN if is_name and not _may_be_name(one.form) else 0.0
            if one.lemma not in best or score > best[one.lemma][0]:
                best[one.lemma] = score, one
    return sorted(best.values(), key=lambda pair: (-pair[0], pair[1].form))


def _as_typed(word: str, known: KnownWords, is_name: bool) -> float:
    """The score of no slip at all."""
    if in_dictionary(word):
        return _prior(lemma(word), known) + _RARE_SLIP + _DICTIONARY
    if known.background(lemma(word)) > _NEWS_NOISE:
        return _prior(lemma(word), known) + _RARE_SLIP
    return _UNSEEN_NAME if is_name else _UNSEEN


def _prior(lemma: str, known: KnownWords) -> float:
    return _FREQUENCY * math.log(max(known.passages(lemma), _RAREST))


def _is_used(candidate: Candidate, known: KnownWords) -> bool:
    """True for a word that the library holds, or a longer one that the language uses."""
    longer = len(candidate.form) >= _SHORTEST_UNHELD
    return known.holds(candidate.lemma) or (longer and known.passages(candidate.lemma) > _RAREST)


def _may_be_name(form: str) -> bool:
    """False for a word that the dictionary has as a common one alone."""
    if not in_dictionary(form):
        return True
    return any(not _NAMES.isdisjoint(parse.tag.grammemes) for parse in analyzer().parse(form))


def cost(typed: str, meant: str, edits: int) -> float:
    """How much less likely `meant` was mistyped as `typed` than by the likeliest slip."""
    if edits == 0:
        return _SPELLED
    if edits != 1:
        return _SECOND * (edits - 1)
    start = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    start = min(len(typed), len(meant)) if start is None else start
    return _one(typed[start:], meant[start:], meant[start - 1 : start]) + _FIRST_LETTER * (start == 0)


def _one(typed: str, meant: str, before: str) -> float:
    """The cost of the one slip at which the two ends begin; `before` is the letter in front of it."""
    if len(typed) < len(meant):
        return _FINGER if meant[0] in (before, "ь") else _LOST
    if len(typed) > len(meant):
        beside = {before, *meant[:1], "ь", *NEIGHBOURS.get(before, ""), *NEIGHBOURS.get(meant[:1], "")}
        return _FINGER if typed[0] in beside else _ANY
    if typed[1:] != meant[1:]:
        return _FINGER  # swapped
    near = typed[0] in NEIGHBOURS.get(meant[0], "") or frozenset((typed[0], meant[0])) in _HEARD
    return _FINGER if near else _ANY


def _neighbours() -> dict[str, str]:
    """Each row lies half a key to the right of the one above."""
    found: dict[str, set[str]] = {letter: set() for row in ROWS for letter in row}
    for height, row in enumerate(ROWS):
        for place, letter in enumerate(row):
            near = {(height, place - 1), (height, place + 1), (height + 1, place - 1), (height + 1, place)}
            for above, column in near:
                if above < len(ROWS) and 0 <= column < len(ROWS[above]):
                    other = ROWS[above][column]
                    found[letter].add(other)
                    found[other].add(letter)
    return {letter: "".join(sorted(others)) for letter, others in found.items()}


NEIGHBOURS = _neighbours()

"""Questions as they were meant: wrong keyboard layout, typos, lost and stray spaces, Latin names in Cyrillic.

The library's own words decide: a word it holds is never touched. A word that neither it nor the dictionary
knows becomes the likeliest of those near it: how easy the slip is, how common the word is in the library
and in the language, and whether some passage holds it beside the question's other words (a noisy channel).
Every repair is told to the user in a note and can be undone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

from rag.text.candidates import Candidate, Candidates, bases
from rag.text.layout import Conversion, conversions
from rag.text.listed import stem
from rag.text.slips import cost
from rag.text.spelling import consonants, distance, sound_key, sound_prefixes
from rag.text.words import Word, analyzer, is_function_word, lemma, words
from rag.types import Repair

MAX_LENGTH = 1_000  # longer questions are pasted texts: nothing in them is repaired
_FETCHED = 2_000  # library words looked at per prefix
_CACHED = 20_000
_QUESTION_WORDS = frozenset(
    """кто кого кому кем что чего чему чем какой какая какое какие какого каком какую каким каков какова
    каково каковы который которая которые когда где куда откуда почему зачем сколько насколько чей
    такое такой такая такие между через после перед больше меньше можно нужно будет является""".split()
)
_SPOKEN = {
    "скока": "сколько",
    "скоко": "сколько",
    "када": "когда",
    "чё": "что",  # not «че»: that is a name
    "чо": "что",
    "шо": "что",
}
_SHORT_WORDS = frozenset("в во к ко с со о об у и а я на по за из от до не ни но же ли бы то их ее".split())
_PREFIXES = frozenset("в во с со о об у на по за из от до не".split())
_VERBAL = frozenset("VERB INFN PRTF PRTS GRND ADJS ADVB".split())
_NAMES = frozenset("Name Surn Patr Geox Orgn Trad Abbr".split())
_ABBREVIATION = 4  # letters; a word of so many capitals among small ones is no typo
_WEIGHED = 6  # candidates whose company in the library is looked at
_FREQUENCY = 0.5  # of the log frequency: the rest is in the context, where common words meet more others
_NEVER = -99.0
_NEWS_NOISE = 1e-8  # share of running words; ten in a billion words of news are no evidence of a word
_UNSEEN = -5.0  # the score of a word that neither library nor language knows
_UNSEEN_NAME = -1.0
_RARE_SLIP = 4.0  # nats: most words have no slip
_KNOWN = 3.0  # nats: a slip rarely makes another word of the dictionary
_COMMON = 2.0  # nats: a capital letter inside a question means a name
_SHORTEST_UNHELD = 4  # letters of the shortest word that is a candidate though the library lacks it
_COMMON_PART = 0.1  # passages that a part of two glued words is to be expected in
_NAME_STEM = 4  # letters that two forms of a name share at least
_ENDING = 3  # letters that a form of it may have beyond them
_SHORTEST = 3  # letters; anything shorter is too near to everything
_TOGETHER = 3.0  # nats: a passage holds the word beside all others of the question, against none of them
_BACKGROUND_PASSAGES = 300  # as in `rag.retrieval.weights`: the language's word counts as so many passages
_WORDS_PER_PASSAGE = 110
_RAREST = 1e-3  # passages; rarer words are all the same


Background = Callable[[str], float]
Find = Callable[[str], Sequence[Candidate]]


class Vocabulary(Protocol):
    """The library's lemmas (folded, as `rag.text.words.lemma` gives them)."""

    def frequencies(self, lemmas: Sequence[str]) -> list[int]:
        """In how many passages each lemma occurs, in the order asked; 0 where in none."""

    def with_prefix(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """At most `limit` lemmas that start with `prefix`, with frequencies, the most frequent first."""

    def together(self, lemma: str, others: Sequence[str]) -> float:
        """The best share (0 to about 1) of `others` by weight that a passage holds beside `lemma`."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A question after repair; `notes` (Russian) say what was changed, none where nothing was."""

    text: str
    notes: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What was changed, in JSON shape."""
        return {
            "notes": list(self.notes),
            "repairs": [{"typed": repair.typed, "meant": repair.meant} for repair in self.repairs],
        }


class Repairer:
    """Repairs questions towards the words of one state of a library: make another when it changes."""

    def __init__(self, vocabulary: Vocabulary, background: Background = lambda lemma: 0.0) -> None:
        """`background(lemma)` is a lemma's share of running words in the language."""
        self._vocabulary = vocabulary
        self._background = background
        self._held = lru_cache(_CACHED)(self._is_held)
        self._starting = lru_cache(_CACHED)(self._fetch)
        self._candidates = Candidates(vocabulary.with_prefix, self._held)
        self._near = lru_cache(_CACHED)(self._candidates.near)
        self._far = lru_cache(_CACHED)(self._candidates.far)

    def repair(self, question: str) -> Repaired:
        """`question` with its layout and spelling put right; the rest stays as typed."""
        if len(question) > MAX_LENGTH:
            return Repaired(question)
        text, layouts = self._with_layout(question)
        text, spellings = self._with_spelling(text)
        notes = [
            *(f"исправлена раскладка: «{repair.typed}» → «{repair.meant}»" for repair in layouts),
            *(f"исправлено: «{repair.typed}» → «{repair.meant}»" for repair in spellings),
        ]
        return Repaired(text, tuple(notes), (*layouts, *spellings))

    def _with_layout(self, text: str) -> tuple[str, list[Repair]]:
        found = conversions(text, self._held)
        return _replaced(text, found), [Repair(*stretch) for stretch in _stretches(text, found)]

    def _with_spelling(self, text: str) -> tuple[str, list[Repair]]:
        found = list(words(text))
        spaced = self._joined(text, found)
        taken = {place for change in spaced for place in range(change.start, change.stop)}
        shouted = text.isupper()
        others = [word for word in found if word.start not in taken]
        for word in others:
            typed = text[word.start : word.stop]
            if shouted or not (typed.isupper() and len(typed) <= _ABBREVIATION):
                better = self._better(word, typed, others)
                if better is not None:
                    spaced.append(Conversion(word.start, word.stop, _cased_like(typed, better), sure=True))
        changes = sorted(spaced, key=lambda change: change.start)
        return _replaced(text, changes), [Repair(text[c.start : c.stop], c.text) for c in changes]

    def _is_held(self, word: str) -> bool:
        return self._vocabulary.frequencies([word])[0] > 0

    def _fetch(self, prefix: str) -> list[tuple[str, int]]:
        return self._vocabulary.with_prefix(prefix, _FETCHED)

    def _better(self, word: Word, typed: str, others: Sequence[Word]) -> str | None:
        """What `word` should be; None where it is right or nothing is better."""
        if word.is_number or len(word.text) < 2:
            return None
        if typed.lower() in _SPOKEN:
            return _SPOKEN[typed.lower()]
        if len(word.text) < _SHORTEST or self._is_right(word.text):
            return None
        if not "а" <= word.text[0] <= "я":
            return self._likeliest(word, typed, others, self._near) if len(word.text) > 4 else None
        known, is_name = analyzer().word_is_known(word.text), _is_name(word, typed, others)
        if not known and (asked := self._question_word(word.text)):
            return asked
        return (
            self._likeliest(word, typed, others, self._near_or_latin)
            or self._as_latin(word.text)
            or (None if known else self._parted(word.text, is_name))
            or (None if known or self._near(word.text) else self._likeliest(word, typed, others, self._far))
        )

    def _near_or_latin(self, word: str) -> list[Candidate]:
        heard = None if analyzer().word_is_known(word) else self._as_latin(word, exactly=True)
        return [*self._near(word), *([Candidate(heard, heard, 0)] if heard else [])]

    def _is_right(self, word: str) -> bool:
        return any(map(self._held, bases(word))) or self._is_held_name(word)

    def _is_held_name(self, word: str) -> bool:
        """True for a form of a word that no dictionary has, but the library, with a lemma of its own guess."""
        start = stem(word)
        if len(start) < _NAME_STEM or analyzer().word_is_known(word):
            return False
        return any(
            len(held) <= len(start) + _ENDING and not analyzer().word_is_known(held)
            for held, _ in self._starting(start)
        )

    def _question_word(self, word: str) -> str | None:
        if len(word) < 4:
            return None
        asked = min(_QUESTION_WORDS, key=lambda known: (distance(word, known, 1), known))
        return asked if distance(word, asked, 1) <= 1 else None

    def _likeliest(self, word: Word, typed: str, others: Sequence[Word], find: Find) -> str | None:
        """The form of the likeliest word that `word` was meant to be; None where that is itself."""
        is_name = _is_name(word, typed, others)
        scored: dict[str, tuple[float, Candidate]] = {}
        for one in filter(self._is_used, find(word.text)):
            score = self._prior(one.lemma) - cost(word.text, one.form, one.edits)
            score -= _COMMON if is_name and not _may_be_name(one.form) else 0.0
            if score > scored.get(one.lemma, (_NEVER, one))[0]:
                scored[one.lemma] = score, one
        likely = sorted(scored.values(), key=lambda pair: (-pair[0], pair[1].form))[:_WEIGHED]
        least = self._as_it_is(word.text, is_name)
        if not likely or likely[0][0] + _TOGETHER < least:
            return None
        beside = self._beside(word, others)
        score, best = max(
            ((score + self._context(one.lemma, beside), one) for score, one in likely),
            key=lambda pair: pair[0],
        )
        return best.form if score > least else None

    def _is_used(self, candidate: Candidate) -> bool:
        """True for a word that the library holds, or a longer one that the language uses."""
        longer = len(candidate.form) > _SHORTEST_UNHELD
        return self._held(candidate.lemma) or (longer and self._passages(candidate.lemma) > _RAREST)

    def _as_it_is(self, word: str, is_name: bool) -> float:
        """The score of no slip at all."""
        if analyzer().word_is_known(word):
            return self._prior(lemma(word)) + _RARE_SLIP + _KNOWN
        if self._background(lemma(word)) > _NEWS_NOISE:
            return self._prior(lemma(word)) + _RARE_SLIP
        return _UNSEEN_NAME if is_name else _UNSEEN

    def _passages(self, lemma: str) -> float:
        """In how many passages the lemma is to be expected, as library and language tell."""
        expected = 1 - math.exp(-_WORDS_PER_PASSAGE * self._background(lemma))
        return self._vocabulary.frequencies([lemma])[0] + _BACKGROUND_PASSAGES * expected

    def _prior(self, lemma: str) -> float:
        return _FREQUENCY * math.log(max(self._passages(lemma), _RAREST))

    def _beside(self, word: Word, others: Sequence[Word]) -> list[str]:
        """Lemmas of the question's other words that the library holds."""
        return [
            found
            for other in others
            if other != word and not is_function_word(other.text) and self._held(found := lemma(other.text))
        ]

    def _context(self, lemma: str, beside: Sequence[str]) -> float:
        if not beside or not self._held(lemma):
            return 0.0
        return _TOGETHER * self._vocabulary.together(lemma, beside)

    def _joined(self, text: str, found: Sequence[Word]) -> list[Conversion]:
        """Words that fell in two: both parts together are a word, one of them alone is none."""
        joined: list[Conversion] = []
        for left, right in pairwise(found):
            whole = left.text + right.text
            between = text[left.stop : right.start]
            free = not joined or joined[-1].stop <= left.start
            if free and between == " " and whole.isalpha() and self._fell_apart(left.text, right.text, whole):
                typed = text[left.start : left.stop] + text[right.start : right.stop]
                joined.append(Conversion(left.start, right.stop, typed, sure=True))
        return joined

    def _fell_apart(self, left: str, right: str, whole: str) -> bool:
        if len(whole) < 5 or min(len(left), len(right)) < 2:
            return False
        if not ("а" <= left[0] <= "я" and "а" <= right[0] <= "я"):
            return False
        if self._stands(left) and self._stands(right):
            return False
        return self._is_right(whole) and (analyzer().word_is_known(whole) or self._held(lemma(whole)))

    def _stands(self, word: str) -> bool:
        """True for a word of its own: not for «се» or «верный» where no text has them."""
        if len(word) < _SHORTEST:
            return is_function_word(word) and word in _SHORT_WORDS
        return self._is_right(word) or bool(analyzer().word_is_known(word))

    def _parted(self, word: str, is_name: bool) -> str | None:
        """Two words that were typed as one («северныйполюс»), the likeliest; None where there are none."""
        best: tuple[float, str] | None = None
        for place in range(1, len(word) - 1):
            left, right = word[:place], word[place:]
            if (
                self._is_part(left, is_name)
                and self._is_part(right, is_name)
                and not (left in _PREFIXES and _is_verbal(right))
            ):
                likely = self._prior(lemma(left)) + self._prior(lemma(right))
                if best is None or likely > best[0]:
                    best = likely, f"{left} {right}"
        return best[1] if best else None

    def _is_part(self, word: str, is_name: bool) -> bool:
        if len(word) < _SHORTEST:
            return word in _SHORT_WORDS
        if self._held(lemma(word)):
            return True
        known = not is_name and analyzer().word_is_known(word)
        return known and self._passages(lemma(word)) > _COMMON_PART

    def _as_latin(self, word: str, exactly: bool = False) -> str | None:
        """The library's Latin word that sounds like a Cyrillic one («вабтек» → wabtec)."""
        known = analyzer().word_is_known(word)
        if len(word) < 4 or (known and "NOUN" not in analyzer().parse(word)[0].tag):
            return None
        slack = 1 if known else len(word)
        for spelled in dict.fromkeys((lemma(word), word, stem(word))):
            key, frame = sound_key(spelled), consonants(spelled)
            for prefix in sound_prefixes(spelled):
                for held, _ in self._starting(prefix):
                    near = frame == consonants(held) != "" and distance(key, sound_key(held), slack) <= slack
                    if sound_key(held) == key or (near and not exactly):
                        return held
        return None


def _is_name(word: Word, typed: str, others: Sequence[Word]) -> bool:
    """True where a capital letter inside a question says so."""
    return typed[:1].isupper() and not typed.isupper() and word.start > others[0].start


def _may_be_name(form: str) -> bool:
    """False for a word that the dictionary has as a common one alone."""
    if not analyzer().word_is_known(form):
        return True
    return any(not _NAMES.isdisjoint(parse.tag.grammemes) for parse in analyzer().parse(form))


def _is_verbal(word: str) -> bool:
    """True for verbs, participles and the like: behind a preposition they are one word with it."""
    return analyzer().parse(word)[0].tag.POS in _VERBAL


def _cased_like(typed: str, word: str) -> str:
    if len(typed) > 1 and typed.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if typed[:1].isupper() else word


def _stretches(text: str, changes: Sequence[Conversion]) -> Iterator[tuple[str, str]]:
    """What was typed and what was meant, neighbouring changes together."""
    runs: list[list[Conversion]] = []
    for change in changes:
        if runs and not text[runs[-1][-1].stop : change.start].strip(" -–—"):
            runs[-1].append(change)
        else:
            runs.append([change])
    for run in runs:
        start, stop = run[0].start, run[-1].stop
        behind = len(text) - stop
        changed = _replaced(text, run)
        yield text[start:stop], changed[start : len(changed) - behind]


def _replaced(text: str, changes: Sequence[Conversion]) -> str:
    parts, done = [], 0
    for change in changes:
        parts += [text[done : change.start], change.text]
        done = change.stop
    return "".join([*parts, text[done:]])

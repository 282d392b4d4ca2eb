"""Questions as they were meant: wrong keyboard layout, typos, Latin names spelled in Cyrillic.

The library's own words decide: a word it holds is never touched, and a misspelled one is repaired only
towards a word it holds (or a question word). Every repair is told to the user in a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from rag.text.layout import Conversion, conversions
from rag.text.spelling import (
    ALPHABET,
    consonants,
    distance,
    reachable,
    same_but_ending,
    sound_key,
    sound_prefixes,
)
from rag.text.words import analyzer, fold, lemma, words
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
_LIKELY = 0.1  # probability of a parse
_SHORTEST = 4  # letters; anything shorter is too near to everything


class Vocabulary(Protocol):
    """The library's lemmas (folded, as `rag.text.words.lemma` gives them)."""

    def frequencies(self, lemmas: Sequence[str]) -> list[int]:
        """In how many passages each lemma occurs, in the order asked; 0 where in none."""

    def with_prefix(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """At most `limit` lemmas that start with `prefix`, with frequencies, the most frequent first."""


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

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._held = lru_cache(_CACHED)(self._is_held)
        self._spelled = lru_cache(_CACHED)(self._spell)
        self._starting = lru_cache(_CACHED)(self._fetch)

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
        changes = []
        for word in words(text):
            typed = text[word.start : word.stop]
            better = None if word.is_number else _SPOKEN.get(typed.lower()) or self._spelled(word.text)
            if better is not None:
                changes.append(Conversion(word.start, word.stop, _cased_like(typed, better), sure=True))
        repairs = [Repair(text[change.start : change.stop], change.text) for change in changes]
        return _replaced(text, changes), repairs

    def _is_held(self, word: str) -> bool:
        return self._vocabulary.frequencies([word])[0] > 0

    def _fetch(self, prefix: str) -> list[tuple[str, int]]:
        return self._vocabulary.with_prefix(prefix, _FETCHED)

    def _spell(self, word: str) -> str | None:
        """What the folded `word` should be; None where it is right or nothing better is held."""
        if len(word) < _SHORTEST or any(map(self._held, _lemmas(word))):
            return None
        if not "а" <= word[0] <= "я":
            return self._closest(word, 1) if len(word) >= 5 else None
        heard = self._as_latin(word)
        if heard or analyzer().word_is_known(word):
            return heard
        asked = min(_QUESTION_WORDS, key=lambda known: (distance(word, known, 1), known))
        if distance(word, asked, 1) <= 1:
            return asked
        return self._closest(word, 2 if len(word) >= 8 else 1)

    def _as_latin(self, word: str) -> str | None:
        """The library's Latin word that sounds like a Cyrillic one («вабтек» → wabtec)."""
        slack = 1 if analyzer().word_is_known(word) else len(word)
        for spelled in dict.fromkeys((lemma(word), word)):
            key, frame = sound_key(spelled), consonants(spelled)
            for prefix in sound_prefixes(spelled):
                for held, _ in self._starting(prefix):
                    near = frame == consonants(held) != "" and distance(key, sound_key(held), slack) <= slack
                    if sound_key(held) == key or near:
                        return held
        return None

    def _closest(self, word: str, limit: int) -> str | None:
        """The form nearest to `word` of a library lemma at most `limit` edits away."""
        best: tuple[int, int, str] | None = None
        for prefixes in _prefixes(word):
            for held, frequency in self._candidates(word, prefixes, limit):
                form, edits = _nearest_form(held, word, limit)
                if (
                    edits <= limit
                    and len(form) >= _SHORTEST
                    and (best is None or (edits, -frequency, form) < best)
                ):
                    best = (edits, -frequency, form)
            if best is not None:
                return None if same_but_ending(word, best[2]) else best[2]
            limit = min(limit, 2 if prefixes[0][0] == word[0] else 1)
        return None

    def _candidates(self, word: str, prefixes: Sequence[str], limit: int) -> Iterator[tuple[str, int]]:
        for prefix in prefixes:
            for held, frequency in self._starting(prefix):
                if reachable(held, word, limit):
                    yield held, frequency


def _lemmas(word: str) -> set[str]:
    """All that is likely the lemma of `word`: the library may have met it in another form."""
    if not "а" <= word[0] <= "я":
        return {word}
    likely = [parse for parse in analyzer().parse(word) if parse.score >= _LIKELY]
    return {word, lemma(word), *(fold(parse.normal_form) for parse in likely)}


def _prefixes(word: str) -> Iterator[list[str]]:
    """Where the right word may stand in the vocabulary: from a right beginning to a wrong first letter."""
    yield [word[:2]]
    yield [word[0]]
    if len(word) >= 5 and "а" <= word[0] <= "я":
        swapped, extra = word[1] + word[0], word[1:4]
        wrong = [letter + word[1:3] for letter in ALPHABET if letter != word[0]]
        missing = [letter + word[:2] for letter in ALPHABET]
        yield [swapped, extra, *wrong, *missing]


def _nearest_form(held: str, word: str, limit: int) -> tuple[str, int]:
    """The form of the lemma `held` with the fewest edits to `word`, and how many; the lemma wins ties."""
    forms = [held]
    if "а" <= held[0] <= "я":
        parse = next((p for p in analyzer().parse(held) if fold(p.normal_form) == held), None)
        forms += [fold(form.word) for form in parse.lexeme] if parse else []
    return min(((form, distance(word, form, limit)) for form in forms), key=lambda pair: pair[1])


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

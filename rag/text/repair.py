"""Questions as they were meant: wrong keyboard layout, typos, lost and stray spaces, Latin names in Cyrillic.

The library's own words decide: a word it holds is never touched. A word that it doesn't know becomes the
likeliest of those near it (`likelihood.py`), or falls into two words, or is joined with its neighbour.
Every repair is told to the user in a note and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rag.text.candidates import Candidate, Candidates
from rag.text.known_words import Background, KnownWords, Vocabulary, in_dictionary, is_russian
from rag.text.language import has_other_letters
from rag.text.layout import Conversion, conversions
from rag.text.lemma_index import stem
from rag.text.likelihood import likeliest
from rag.text.spaces import fallen_apart, parted
from rag.text.spelling import consonants, distance, sound_key, sound_prefixes
from rag.text.words import Word, analyzer, is_function_word, lemma, words
from rag.types import Repair

MAX_LENGTH = 1_000  # longer questions are pasted texts: nothing in them is repaired
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
_SHORTEST = 3  # letters; anything shorter is too near to everything
_SHORTEST_LATIN = 5
_SHORTEST_ASKED = 4  # letters of a mistyped question word
_ABBREVIATION = 4  # letters; a word of so many capitals among small ones is no typo


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
        self._known = KnownWords(vocabulary, background)
        candidates = Candidates(self._known)
        self._near = lru_cache(_CACHED)(candidates.near)
        self._far = lru_cache(_CACHED)(candidates.far)

    def repair(self, question: str) -> Repaired:
        """`question` with its layout and spelling put right; the rest, and other languages, stay as typed."""
        if len(question) > MAX_LENGTH or has_other_letters(question):
            return Repaired(question)
        text, layouts = self._with_layout(question)
        text, spellings = self._with_spelling(text)
        notes = [
            *(f"исправлена раскладка: «{repair.typed}» → «{repair.meant}»" for repair in layouts),
            *(f"исправлено: «{repair.typed}» → «{repair.meant}»" for repair in spellings),
        ]
        return Repaired(text, tuple(notes), (*layouts, *spellings))

    def _with_layout(self, text: str) -> tuple[str, list[Repair]]:
        found = conversions(text, self._known.holds)
        return _replaced(text, found), [Repair(*stretch) for stretch in _stretches(text, found)]

    def _with_spelling(self, text: str) -> tuple[str, list[Repair]]:
        found = list(words(text))
        changes = []
        for left, right in fallen_apart(text, found, self._known):
            whole = text[left.start : left.stop] + text[right.start : right.stop]
            changes.append(Conversion(left.start, right.stop, whole, sure=True))
        taken = {place for change in changes for place in range(change.start, change.stop)}
        rest = [word for word in found if word.start not in taken]
        for word in rest:
            better = None if _left_alone(text, word) else self._better(text, word, rest)
            if better is not None:
                form = _cased_like(text[word.start : word.stop], better)
                changes.append(Conversion(word.start, word.stop, form, sure=True))
        changes.sort(key=lambda change: change.start)
        return _replaced(text, changes), [Repair(text[c.start : c.stop], c.text) for c in changes]

    def _better(self, text: str, word: Word, others: Sequence[Word]) -> str | None:
        """What `word` should be; None where it is right or nothing is better."""
        typed = text[word.start : word.stop]
        if typed.lower() in _SPOKEN:
            return _SPOKEN[typed.lower()]
        if len(word.text) < _SHORTEST or self._known.is_right(word.text):
            return None
        is_name = typed[0].isupper() and not typed.isupper() and word.start > others[0].start
        beside = self._beside(word, others)
        if not is_russian(word.text):
            return self._latin(word.text, beside, is_name)
        if in_dictionary(word.text):
            near = likeliest(word.text, self._near(word.text), beside, self._known, is_name)
            return near or as_latin(word.text, self._known)
        return _question_word(word.text) or self._unknown(word.text, beside, is_name)

    def _latin(self, word: str, beside: Sequence[str], is_name: bool) -> str | None:
        if len(word) < _SHORTEST_LATIN:
            return None
        return likeliest(word, self._near(word), beside, self._known, is_name)

    def _unknown(self, word: str, beside: Sequence[str], is_name: bool) -> str | None:
        """What a Russian word that neither library nor dictionary has was meant to be."""
        near = self._near(word)
        heard = as_latin(word, self._known, exactly=True)
        both = [*near, Candidate(heard, heard, 0)] if heard else near
        better = likeliest(word, both, beside, self._known, is_name)
        better = better or as_latin(word, self._known) or parted(word, self._known, is_name)
        if better is None and not near:
            better = likeliest(word, self._far(word), beside, self._known, is_name)
        return better

    def _beside(self, word: Word, others: Sequence[Word]) -> list[str]:
        """Lemmas of the question's other words that the library holds."""
        content = (lemma(each.text) for each in others if each != word and not is_function_word(each.text))
        return [found for found in content if self._known.holds(found)]


def _left_alone(text: str, word: Word) -> bool:
    """True for numbers, abbreviations and halves of compounds («армяно-американский»)."""
    typed = text[word.start : word.stop]
    abbreviation = len(typed) > 1 and typed.isupper() and len(typed) <= _ABBREVIATION and not text.isupper()
    half = text[word.stop : word.stop + 1] == "-" and typed[-1] in "ое"
    return word.is_number or abbreviation or half


def _question_word(word: str) -> str | None:
    if len(word) < _SHORTEST_ASKED:
        return None
    asked = min(_QUESTION_WORDS, key=lambda known: (distance(word, known, 1), known))
    return asked if distance(word, asked, 1) <= 1 else None


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


_SHORTEST = 4  # letters


def as_latin(word: str, known: KnownWords, exactly: bool = False) -> str | None:
    """The library's Latin word that sounds like the Cyrillic `word`, `exactly` or nearly so; None for none.

    A word of the dictionary must be a noun and sound the same but for one letter.
    """
    listed = in_dictionary(word)
    if len(word) < _SHORTEST or (listed and "NOUN" not in analyzer().parse(word)[0].tag):
        return None
    slack = 1 if listed else len(word)
    for spelled in dict.fromkeys((lemma(word), word, stem(word))):
        key, frame = sound_key(spelled), consonants(spelled)
        for prefix in sound_prefixes(spelled):
            for held in known.starting(prefix):
                near = frame == consonants(held) != "" and distance(key, sound_key(held), slack) <= slack
                if sound_key(held) == key or (near and not exactly):
                    return held
    return None

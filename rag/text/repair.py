"""Questions as they were meant: wrong keyboard layout, typos, lost and stray spaces, Latin names in Cyrillic.

The library's own words decide: a word it holds is never touched. A word that it doesn't know becomes the
likeliest of those near it (candidates.py), or falls into two words, or is joined with its neighbour.
Every repair is told to the user in a note and can be undone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rag.text.candidates import Candidate, Candidates, likeliest
from rag.text.known_words import Background, KnownWords, Vocabulary, in_dictionary, is_russian, stem
from rag.text.layout import Conversion, conversions
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
_SHORTEST = 4  # letters; anything shorter is too near to everything
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


# A question as typed → a question without what no question needs.


def clean(question: str) -> str:
    """`question` composed (NFC), without control characters and doubled spaces.

    Empty when there is nothing to look for: no word of two letters or digits and no number.
    """
    composed = unicodedata.normalize("NFC", question)
    tidy = " ".join("".join(map(_visible, composed)).split())
    return tidy if any(len(word.text) > 1 or word.is_number for word in words(tidy)) else ""


def _visible(char: str) -> str:
    return " " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Co", "Cs") else char


# Whether a text is Russian, by its letters: enough to leave other languages alone and to say so.

# Letters that Ukrainian, Belarusian, Kazakh, Kyrgyz, Tatar … have and Russian doesn't.
_OTHER_CYRILLIC = re.compile("[іїєґўәғқңөұүһҗҡҙҫҳӣӯј]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_SHARE = 1 / 3  # of the words; a Russian question may hold a foreign name
_FEWEST = 3  # Latin words: fewer may be a name typed as a query


def is_russian_text(text: str) -> bool:
    """False for a text in another language; True where that can't be told."""
    found = [text[word.start : word.stop] for word in words(text) if not word.is_number]
    if not found:
        return True
    if has_other_letters(text):
        return False
    latin = [word for word in found if _LATIN.search(word) and not _CYRILLIC.search(word)]
    return len(latin) < _FEWEST or len(latin) < len(found)


def has_other_letters(text: str) -> bool:
    """True where a third of the words have letters that Cyrillic alphabets other than Russian have."""
    found = [text[word.start : word.stop] for word in words(text) if not word.is_number]
    others = sum(_OTHER_CYRILLIC.search(word) is not None for word in found)
    return bool(others) and others >= _SHARE * len(found)


# Spaces that are lost («северныйполюс») or stray («се верный»).

_SHORT_WORDS = frozenset("в во к ко с со о об у и а я на по за из от до не ни но же ли бы то их ее".split())
_PREFIXES = frozenset("в во с со о об у на по за из от до не".split())
_VERBAL = frozenset("VERB INFN PRTF PRTS GRND ADJS ADVB".split())
_SHORTEST_PART = 3  # letters of a word that is not one of the short ones
_SHORTEST_WHOLE = 5  # letters of a word that fell in two
_COMMON = 0.1  # passages that a part of two glued words is to be expected in


def fallen_apart(text: str, found: Sequence[Word], known: KnownWords) -> Iterator[tuple[Word, Word]]:
    """Neighbours among the words `found` in `text` that are one word together, and one of them none alone."""
    done = -1
    for left, right in pairwise(found):
        between = text[left.stop : right.start]
        if left.start > done and between == " " and _is_one(left.text, right.text, known):
            done = right.start
            yield left, right


def _is_one(left: str, right: str, known: KnownWords) -> bool:
    whole = left + right
    if len(whole) < _SHORTEST_WHOLE or min(len(left), len(right)) < 2:
        return False
    if not (is_russian(left) and is_russian(right)) or (_stands(left, known) and _stands(right, known)):
        return False
    return known.is_right(whole) and (in_dictionary(whole) or known.holds(lemma(whole)))


def _stands(word: str, known: KnownWords) -> bool:
    """True for a word of its own: not for «се» or «верный» where no text has them."""
    if len(word) < _SHORTEST_PART:
        return word in _SHORT_WORDS
    return known.is_right(word) or in_dictionary(word)


def parted(word: str, known: KnownWords, is_name: bool) -> str | None:
    """Two words that were typed as one, the most common ones; None where there are none.

    A name is parted only into words of the library.
    """
    best: tuple[float, str] | None = None
    for place in range(1, len(word) - 1):
        left, right = word[:place], word[place:]
        if all(_is_part(part, known, is_name) for part in (left, right)) and not _is_prefixed(left, right):
            likely = known.passages(lemma(left)) * known.passages(lemma(right))
            if best is None or likely > best[0]:
                best = likely, f"{left} {right}"
    return best[1] if best else None


def _is_part(word: str, known: KnownWords, is_name: bool) -> bool:
    if len(word) < _SHORTEST_PART:
        return word in _SHORT_WORDS
    if known.holds(lemma(word)):
        return True
    return not is_name and in_dictionary(word) and known.passages(lemma(word)) > _COMMON


def _is_prefixed(left: str, right: str) -> bool:
    """True for a verb, a participle and the like behind a preposition: one word («задокументировано»)."""
    return left in _PREFIXES and analyzer().parse(right)[0].tag.POS in _VERBAL

"""How far apart two words are: in edits (typos) and in sound (Latin names spelled in Cyrillic)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

ALPHABET = "абвгдежзийклмнопрстуфхцчшщыэюя"
_STEM = 5  # letters two forms of a name share at least
_ENDINGS = frozenset({"", "а", "у", "е", "ы", "и", "я", "ю", "ом", "ем", "ым", "ой", "ов", "ам", "ах", "ин"})
_ENDING = 3  # letters of inflection a form may have beyond its lemma's stem


def distance(left: str, right: str, limit: int) -> int:
    """Edits (insert, delete, change, swap neighbours) from `left` to `right`; limit + 1 where more.

    Optimal string alignment (Damerau–Levenshtein without edits inside a swap).
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    left, right = _different(left, right)
    if not left or not right:
        return min(max(len(left), len(right)), limit + 1)
    if limit == 1:  # by far the most often asked: what differs is one letter, or two that are swapped
        swapped = len(left) == len(right) == 2 and left == right[::-1]
        return 1 if swapped or len(left) == len(right) == 1 else 2
    return min(_rows(left, right)[-1], limit + 1)


def _different(left: str, right: str) -> tuple[str, str]:
    """Both without what they begin and end with alike."""
    shorter = min(len(left), len(right))
    start = 0
    while start < shorter and left[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]


def same_but_ending(word: str, other: str) -> bool:
    """True for two forms of what is likely one name («Пашиняна», «Пашинянин», Master, Masters): no typo."""
    if word + "s" == other or other + "s" == word:
        return True
    shared = next((at for at, pair in enumerate(zip(word, other, strict=False)) if len(set(pair)) > 1), None)
    shared = min(len(word), len(other)) if shared is None else shared
    return shared >= _STEM and {word[shared:], other[shared:]} <= _ENDINGS


def _rows(left: str, right: str) -> list[int]:
    """Edits from `left` to every beginning of `right`: item j is for right[:j]."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(right, 1):
            edits = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                edits = min(edits, older[j - 2] + 1)
            row.append(edits)
    return row


_SOUNDS = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщыэюяъь",
        "a b v g d e j z i i k l m n o p r s t u f h ts ch ch ch i e u ia _ _".replace("_", "").split(" "),
        strict=True,
    )
)
_TO_LATIN = str.maketrans(_SOUNDS)
# Latin spellings brought to one; in order.
_SPELLINGS = (
    ("xx", "x"),
    ("sch", "ch"),
    ("tch", "ch"),
    ("sh", "ch"),
    ("ck", "k"),
    ("kh", "h"),
    ("ph", "f"),
    ("x", "ks"),
    ("q", "k"),
    ("w", "v"),
    ("y", "i"),
    ("oo", "u"),
    ("ou", "o"),
    ("ee", "i"),
)
_HARD_C = re.compile("c(?!h)")
_PINYIN = re.compile("^x(?=[iu])", re.MULTILINE)  # Xiaomi is «Сяоми»
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiou]+")
_STARTS = {
    "v": ("v", "w"),
    "k": ("k", "c", "q"),
    "j": ("j", "g"),
    "c": ("ch", "sh", "c"),
    "i": ("i", "y", "e"),
    "f": ("f", "ph"),
    "h": ("h", "kh"),
    "u": ("u", "yu", "w"),
    "t": ("t", "c"),
    "e": ("e",),
    "s": ("s", "x"),
}


@lru_cache(maxsize=50_000)
def sound_key(word: str) -> str:
    """A spelling that «вабтек» and wabtec share."""
    return sound_keys([word])[0]


def sound_keys(words: Sequence[str]) -> list[str]:
    """The `sound_key` of each of `words`; thousands at once take a few milliseconds."""
    if not words:
        return []
    spelled = "\n".join(words).translate(_TO_LATIN).split("\n")
    together = "\n".join(
        key.replace("dj", "j") if key != word else key for key, word in zip(spelled, words, strict=True)
    )
    together = _PINYIN.sub("s", together)
    for spelling, sound in _SPELLINGS:
        together = together.replace(spelling, sound)
    together = _DOUBLED.sub(r"\1", _HARD_C.sub("k", together))
    keys = together.split("\n")
    return [key[:-1] if len(key) > 3 and key.endswith("e") else key for key in keys]


@lru_cache(maxsize=50_000)
def consonants(word: str) -> str:
    """The sound key with every run of vowels as one: «боинг» and boeing; empty below three consonants."""
    return frames([sound_key(word)])[0]


def frames(keys: Sequence[str]) -> list[str]:
    """The `consonants` of each of these sound keys."""
    found = _VOWELS.sub("*", "\n".join(keys)).split("\n")
    return [frame if len(frame) - frame.count("*") >= 3 else "" for frame in found]


def sound_prefixes(word: str) -> list[str]:
    """Latin beginnings that a Cyrillic word may be a spelling of."""
    first = sound_key(word)[:1]
    return list(_STARTS.get(first, (first,))) if first else []

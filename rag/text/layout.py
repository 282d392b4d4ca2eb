"""Text typed with the wrong keyboard layout switched on: «rnj» for «кто», «ГЫПЫ» for USGS."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.text.words import analyzer, fold, is_function_word, lemma

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~'
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё" + "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
# What the marks at the end of a word are on the Russian layout; «?» stays, a comma makes no sense there.
_MARKS = str.maketrans({"&": "?", "/": ".", "^": ":"})
# Marks that stand between words on both layouts, each for another one.
_BETWEEN = re.compile(r"[@#$^&/?]")
_BETWEEN_RUSSIAN = {"@": '"', "#": "№", "$": ";", "^": ":", "&": "?", "/": ".", "?": ","}
_TOKEN = re.compile(r"[^\s\d«»()–—@#$^&/?*=+|\\-]+")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_RUSSIAN_WORD = re.compile(r"[а-яё]+", re.IGNORECASE)
_LATIN_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_LETTER_KEYS = re.compile(r"[\[\]{};'<>`~]")  # marks that are letters on the Russian layout alone
_TAIL = re.compile(r"[&/^?!,.:;\"']*$")
_LETTERS_THAT_ARE_WORDS = frozenset("авикосуябж")
_SURE_LENGTH = 3  # a shorter word is converted only among others that are
_ALONE_LENGTH = 4  # a shorter word among Latin ones is converted only when the library holds it

Held = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What `text[start:stop]` was meant to be. `sure`: its words are Russian, or the library's."""

    start: int
    stop: int
    text: str
    sure: bool


def conversions(text: str, held: Held) -> list[Conversion]:
    """What to convert in `text`, in order. `held(lemma)`: the library holds that word.

    Where a third of the letters that aren't the library's Latin words are sure, and half look mistyped, the
    whole text was typed so: the short and the unknown words follow, unless they look like Latin, and the
    marks do too. Among Latin words («the» is «еру») only a longer or held one is believed.
    """
    latin = [token for token in _TOKEN.finditer(text) if not _CYRILLIC.search(token.group())]
    found = [conversion for token in latin if (conversion := _to_russian(token, held, whole=False))]
    sure = [
        conversion for conversion in found if conversion.sure and _letters(conversion.text) >= _SURE_LENGTH
    ]
    doubtful = sum(len(token.group()) for token in latin if not _stands(token.group(), held))
    whole = 3 * _length(sure) >= doubtful and 2 * _length(found) >= doubtful
    if whole and sure:
        chosen = [conversion for token in latin if (conversion := _to_russian(token, held, whole=True))]
        chosen += _marks_between(text, chosen)
    else:
        chosen = [c for c in sure if _stands_alone(c.text, held)]
    return sorted([*chosen, *_to_latin(text, held)], key=lambda conversion: conversion.start)


def _length(found: Sequence[Conversion]) -> int:
    return sum(each.stop - each.start for each in found)


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def _stands_alone(word: str, held: Held) -> bool:
    return _letters(word) >= _ALONE_LENGTH or held(lemma(fold(word.rstrip("?!.,:;"))))


def _marks_between(text: str, converted: Sequence[Conversion]) -> list[Conversion]:
    """Marks that belong to no converted word; the last «?» of a text is meant as one."""
    taken = {place for each in converted for place in range(each.start, each.stop)}
    return [
        Conversion(mark.start(), mark.end(), _BETWEEN_RUSSIAN[mark.group()], sure=False)
        for mark in _BETWEEN.finditer(text)
        if mark.start() not in taken and not (mark.group() == "?" and not text[mark.end() :].strip())
    ]


def _to_russian(token: re.Match[str], held: Held, whole: bool) -> Conversion | None:
    """The Russian that `token` may be; in a text that is `whole` of it, what looks like Russian is."""
    typed = token.group()
    letters = _LATIN.search(typed) or _is_one_key(typed) or (whole and _LETTER_KEYS.match(typed))
    stands = _stands(typed, held)
    if not letters or (stands and not whole):
        return None
    readings = list(_readings(typed))
    for word, tail in readings:
        if not _RUSSIAN_WORD.fullmatch(word) or (stands and not held(lemma(fold(word)))):
            continue
        if _is_russian(word, held, whole):
            return Conversion(token.start(), token.end(), word + tail, sure=True)
    word, tail = readings[-1]
    mistyped = _looks_mistyped(typed) or (whole and _LETTER_KEYS.match(typed))
    if _RUSSIAN_WORD.fullmatch(word) and mistyped and not stands:
        return Conversion(token.start(), token.end(), word + tail, sure=False)
    return None


def _is_one_key(typed: str) -> bool:
    """«;» alone may be the particle «ж»: no letter, but a key that has one."""
    return typed in (";", ",")


def _readings(typed: str) -> list[tuple[str, str]]:
    """Every split into a Russian word and marks behind it: a comma may be «б» or a comma."""
    tail = _TAIL.search(typed)
    first = tail.start() if tail else len(typed)
    return [
        (typed[:stop].translate(_TO_RUSSIAN), typed[stop:].translate(_MARKS))
        for stop in range(len(typed), max(first, 1) - 1, -1)
    ]


def _stands(typed: str, held: Held) -> bool:
    """True for Latin that is meant: a word of the library, or several with marks between them."""
    found = _LATIN_WORD.findall(typed)
    return any(held(fold(word)) for word in found if len(word) > 1 or word == typed)


def _is_russian(word: str, held: Held, whole: bool) -> bool:
    folded = fold(word)
    if len(folded) == 1:
        return folded in _LETTERS_THAT_ARE_WORDS
    if len(folded) < _SURE_LENGTH:
        return is_function_word(folded) or (whole and bool(analyzer().word_is_known(folded)))
    return bool(analyzer().word_is_known(folded)) or held(lemma(folded))


def _looks_mistyped(typed: str) -> bool:
    """Latin words have vowels; Russian ones typed with Latin keys mostly don't."""
    letters = [character for character in typed.lower() if character.isalpha()]
    vowels = sum(character in "aeiou" for character in letters)
    return bool(re.search(r"[\w\]\[][,.;'\[\]]\w", typed)) or 4 * vowels < len(letters)


def _to_latin(text: str, held: Held) -> list[Conversion]:
    """Cyrillic words that make a Latin word of the library and are none themselves."""
    found = []
    for token in _RUSSIAN_WORD.finditer(text):
        converted = token.group().translate(_TO_LATIN)
        folded = fold(token.group())
        if len(folded) < _SURE_LENGTH or not _LATIN_WORD.fullmatch(converted):
            continue
        if analyzer().word_is_known(folded) or held(lemma(folded)) or not held(converted.lower()):
            continue
        found.append(Conversion(token.start(), token.end(), converted, sure=True))
    return found

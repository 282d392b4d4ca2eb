"""Text typed with the wrong keyboard layout switched on: «rnj» for «кто», «ГЫПЫ» for USGS."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.text.words import analyzer, fold, is_function_word, lemma

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~'
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё" + "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
# What the marks at the end of a word are on the Russian layout; «?» stays, a comma makes no sense there.
_MARKS = str.maketrans({"&": "?", "/": ".", "^": ":"})
_TOKEN = re.compile(r"[^\s«»()–—-]+")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_RUSSIAN_WORD = re.compile(r"[а-яё]+", re.IGNORECASE)
_LATIN_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_TAIL = re.compile(r"[&/^?!,.:;\"']*$")
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

    Where sure words make up half the Latin letters, the short and the unknown ones follow them, unless
    they look like Latin; among Latin words («the» is «еру») only a longer or held one is believed.
    """
    latin = [token for token in _TOKEN.finditer(text) if not _CYRILLIC.search(token.group())]
    found = [conversion for token in latin if (conversion := _to_russian(token, held))]
    sure = [
        conversion for conversion in found if conversion.sure and _letters(conversion.text) >= _SURE_LENGTH
    ]
    whole = 2 * sum(_letters(c.text) for c in sure) >= sum(_letters(token.group()) for token in latin)
    alone = [
        c for c in sure if _letters(c.text) >= _ALONE_LENGTH or held(lemma(fold(c.text.rstrip("?!.,:;"))))
    ]
    chosen = found if whole and sure else alone
    return sorted([*chosen, *_to_latin(text, held)], key=lambda conversion: conversion.start)


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def _to_russian(token: re.Match[str], held: Held) -> Conversion | None:
    typed = token.group()
    if typed == "&":
        return Conversion(token.start(), token.end(), "?", sure=False)
    if not (_LATIN.search(typed) or _is_one_key(typed)) or _stands(typed, held):
        return None
    readings = list(_readings(typed))
    for word, tail in readings:
        if _RUSSIAN_WORD.fullmatch(word) and _is_russian(word, held):
            return Conversion(token.start(), token.end(), word + tail, sure=True)
    word, tail = readings[-1]
    if _RUSSIAN_WORD.fullmatch(word) and _looks_mistyped(typed):
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
    """True for Latin that is meant: a word of the library."""
    return any(held(fold(word)) for word in _LATIN_WORD.findall(typed))


def _is_russian(word: str, held: Held) -> bool:
    folded = fold(word)
    if len(folded) < _SURE_LENGTH:
        return is_function_word(folded)
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

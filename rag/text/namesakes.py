"""Namesakes, and things told apart by a number.

«Быковская» is not «Быковский», «И. П. Седов» not «Пётр Иванович Седов», «приказ № 117» not «приказ № 118».
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.text.lemma_rules import roman
from rag.text.numbers import ordinal
from rag.text.words import Word, analyzer, fold, lemma, word_lemmas

_WORD = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_INITIALS = r"[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.\s?)?"
_RUN = re.compile(rf"(?<![^\W_])(?:{_INITIALS}{_WORD}|{_WORD}\s{_INITIALS}|{_WORD}(?:\s{_WORD}){{0,2}})")
_PART = re.compile(rf"[А-ЯЁ](?=\.)|{_WORD}")
_ADJECTIVE = re.compile(r"[сц]к(?:ий|ого|ому|им|ом|ая|ой|ую)$")
_NEXT = re.compile(r"\s([а-яё]+)")
_LIKELY = 0.02  # of a parse's score
# Men's names that end as women's and pet names do, and are neither.
_NO_PET_NAMES = frozenset("никита илья фома лука кузьма савва данила гаврила добрыня мустафа муса".split())
_PET_ENDINGS = ("ша", "тя", "ня", "ля", "ся", "ка")


@dataclass(frozen=True, slots=True)
class Person:
    """A surname (lemma) with what stands beside it: `names` are folded lemmas or initials, in order.

    `genders` are those that the words allow; empty: unknown.
    """

    surname: str
    names: tuple[str, ...] = ()
    genders: frozenset[str] = frozenset()

    def may_be(self, other: Person) -> bool:
        """False where the two bear one surname and are not the same."""
        if self.genders and other.genders and not self.genders & other.genders:
            return False
        return all(_same_name(one, two) for one, two in zip(self.names, other.names, strict=False))


@lru_cache(maxsize=2_000)
def persons(text: str) -> tuple[Person, ...]:
    """Those whom `text` calls by their surname, in order."""
    return tuple(person for run in _RUN.finditer(text) for person in _person(run.group(), text[run.end() :]))


def of_a_namesake(question: str, text: str) -> bool:
    """True where all that `text` calls by a surname of the question are others than the one asked about."""
    asked = persons(question)
    told = persons(text) if asked else ()
    for each in asked:
        same = [other for other in told if other.surname == each.surname]
        if same and not any(each.may_be(other) for other in same):
            return True
    return False


def _person(run: str, behind: str) -> Iterator[Person]:
    surname, names, genders = "", [], []
    for part in _PART.findall(run):
        word = fold(part)
        kind = "" if len(word) == 1 else _kind(word)
        if kind == "Adjective":  # «Быковский район»
            kind = "" if _is_noun(behind) else "Surn"
        if kind == "Surn" and not surname:
            surname = lemma(word)
            genders.append(_genders(word, "Surn"))
        elif kind or len(word) == 1:
            names.append(_first_form(word, kind))
            genders.append(_genders(word, kind))
    known = [each for each in genders if each]
    if surname:
        yield Person(surname, tuple(names), frozenset.intersection(*known) if known else frozenset())


@lru_cache(maxsize=5_000)
def _kind(word: str) -> str:
    """Whether a folded word is a given name, a patronymic or a surname; empty for neither.

    «Быковская» is an adjective that may be a surname.
    """
    parses = analyzer().parse(word)
    if _ADJECTIVE.search(word) and "Surn" not in parses[0].tag:
        return "Adjective"
    for parse in parses:
        for kind in ("Patr", "Surn", "Name"):
            if kind in parse.tag:
                return kind
    return ""


def _is_noun(behind: str) -> bool:
    """Whether a noun without a capital comes next."""
    word = _NEXT.match(behind)
    return word is not None and "NOUN" in analyzer().parse(fold(word[1]))[0].tag


@lru_cache(maxsize=5_000)
def _genders(word: str, kind: str) -> frozenset[str]:
    parses = [each for each in analyzer().parse(word) if each.score >= _LIKELY and each.tag.number == "sing"]
    fitting = [each for each in parses if kind and kind in each.tag] or parses
    return frozenset(str(each.tag.gender) for each in fitting if each.tag.gender in ("masc", "femn"))


@lru_cache(maxsize=5_000)
def _first_form(word: str, kind: str) -> str:
    fitting = [each for each in analyzer().parse(word) if kind and kind in each.tag]
    return fold(fitting[0].normal_form) if fitting else word


def _same_name(one: str, two: str) -> bool:
    """An initial may stand for a name, and a pet name for any."""
    if len(one) == 1 or len(two) == 1:
        return one[0] == two[0]
    return one == two or _is_pet_name(one) or _is_pet_name(two)


def _is_pet_name(name: str) -> bool:
    """«Миша», «Катя»: a man's name in «-а», a name with a pet ending."""
    is_mans = _genders(name, "Name") == {"masc"}
    return name not in _NO_PET_NAMES and (name.endswith(_PET_ENDINGS) or (is_mans and name[-1] in "ая"))


# Things told apart by a number: «приказ № 117», «II квартал», «восемнадцатый век», «п. 2.3», «С-300».
#
# A sentence on another one of them answers nothing, however many words it shares with the question.

# What is counted off by plain figures that stand before it («2 квартал») …
_PERIODS = frozenset("век столетие тысячелетие квартал полугодие съезд созыв тур раунд этап сезон".split())
# … or behind it («статья 15»).
_PARTS = frozenset(
    """пункт подпункт статья глава раздел параграф таблица рисунок приложение часть том страница дом квартира
    кабинет палата корпус подъезд этаж""".split()
)
_NUMBER_SIGN = re.compile(r"\s*[№#]\s*")
_HYPHEN = re.compile(r"[-‑–]")
_SPACE = re.compile(r"\.?\s+")
_SUFFIX = re.compile(r"[-‑](?:й|я|е|го|м|му|ой|ую|ом|ых|х)(?![^\W_])")
_LETTERS = 3  # of a make: «С-300», «Ту-154», «МиГ-29»

Numbered = frozenset[tuple[str, str]]


@lru_cache(maxsize=2_000)
def numbered(text: str) -> Numbered:
    """Lemmas of things that `text` tells apart by a number, each with the number: («квартал», «2»)."""
    return frozenset(_numbered(text))


def of_another_number(question: str, text: str) -> bool:
    """True where `text` tells of things that the question numbers otherwise, and not of the asked one."""
    asked = numbered(question)
    told = numbered(text) if asked else frozenset()
    return any((name, value) not in told and any(other == name for other, _ in told) for name, value in asked)


def _numbered(text: str) -> Iterator[tuple[str, str]]:
    found = word_lemmas(text)
    for (first, name), (second, after) in pairwise(found):
        between = text[first.stop : second.start]
        if after[0].isdigit() and _names(first, name, between, text):
            yield name, after
    for (word, said), (following, name) in pairwise(_without_suffixes(text, found)):
        value = _value(text, word, said)
        is_order = not word.is_number or _SUFFIX.match(text, word.stop) is not None
        if not value or not _SPACE.fullmatch(_SUFFIX.sub("", text[word.stop : following.start], count=1)):
            continue
        if name in _PERIODS or (is_order and _may_be_noun(following.text)):
            yield name, value


def _without_suffixes(text: str, found: list[tuple[Word, str]]) -> list[tuple[Word, str]]:
    """The words without «м» of «17-м»."""
    ends = {match.end() for match in _SUFFIX.finditer(text)}
    return [each for each in found if each[0].stop not in ends]


def _names(word: Word, lemma: str, between: str, text: str) -> bool:
    """Whether the number behind `word` says which one it is."""
    if _NUMBER_SIGN.fullmatch(between):
        return True
    if _HYPHEN.fullmatch(between):
        return len(lemma) <= _LETTERS and text[word.start].isupper()
    return lemma in _PARTS and _SPACE.fullmatch(between) is not None


def _value(text: str, word: Word, lemma: str) -> str:
    """The place in an order that a word gives («второй», «II», «17»); empty for other words."""
    if lemma.isdecimal():
        return lemma
    number = ordinal(word.text) or roman(text[word.start : word.stop])
    return str(number) if number else ""


@lru_cache(maxsize=5_000)
def _may_be_noun(word: str) -> bool:
    return "NOUN" in analyzer().parse(word)[0].tag

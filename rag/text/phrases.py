"""Noun phrases with their case, number and gender, and the same phrases put into another case.

A phrase is a noun (or a name) with its agreeing adjectives before it and what depends on it behind it:
«поправки Джексона — Вэника», «контрольный пакет Acme Group», «закон о недрах». Phrases inside phrases are
found as well and marked as nested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.text.name_kinds import PERSON_MARKS, PLACES
from rag.text.name_spans import name_groups
from rag.text.readings import (
    ADJECTIVES,
    PREPOSITIONS,
    Reading,
    agrees,
    cased_like,
    declined,
    name_readings,
    noun_lemma,
    noun_readings,
)
from rag.text.tokens import Token, tokens

_QUESTION_WORDS = frozenset({"какой", "каков", "который", "чей", "сколько", "кто", "что", "каковой"})


@dataclass(frozen=True)
class Phrase:
    """Tokens `[first, last]` of `text` with their head at `[head, head_last]` (a name may be several)."""

    text: str
    tokens: tuple[Token, ...]
    first: int
    head: int
    head_last: int
    last: int
    readings: tuple[Reading, ...]
    nested: bool = False

    @property
    def start(self) -> int:
        return self.tokens[self.first].start

    @property
    def stop(self) -> int:
        return self.tokens[self.last].stop

    def __str__(self) -> str:
        return self.text[self.start : self.stop]

    @property
    def lemma(self) -> str:
        """Lemma of the (last word of the) head."""
        return noun_lemma(self.tokens[self.head_last].folded)

    @property
    def preposition(self) -> str:
        """The preposition right before the phrase, folded; empty where there is none."""
        before = self.tokens[self.first - 1] if self.first else None
        return before.folded if before is not None and before.grammar.part == "PREP" else ""

    @property
    def asked(self) -> bool:
        """True behind «какой» or «сколько»: the phrase is what the question asks for."""
        before = [token.grammar.lemma for token in self.tokens[max(0, self.first - 2) : self.first]]
        return bool(_QUESTION_WORDS.intersection(before[-1:])) or before[-2:] == ["какой", "быть"]

    @cached_property
    def is_name(self) -> bool:
        """True where the head itself is a name: capitalised, quoted or Latin."""
        head = self.tokens[self.head]
        return (
            self.head_last > self.head
            or head.is_latin
            or (head.is_capital and self.head > 0)
            or _is_proper(head)
        )

    @cached_property
    def is_person(self) -> bool:
        """True for a person's name, with or without a title before it."""
        return any(
            PERSON_MARKS & token.grammar.marks and "Geox" not in token.grammar.marks
            for token in (
                self.tokens[self.head : self.last + 1]
                if self._titled
                else self.tokens[self.head : self.head_last + 1]
            )
            if token.is_capital and not token.is_latin
        ) or (self.head_last > self.head and self._is_two_unknown_words)

    @property
    def _titled(self) -> bool:
        return any(reading.animate for reading in self.readings) and not self.is_name

    @property
    def _is_two_unknown_words(self) -> bool:
        inside = self.tokens[self.head : self.head_last + 1]
        return (
            len(inside) in (2, 3)
            and not _is_adjective(inside[0])
            and all(
                token.is_capital
                and not token.is_latin
                and not token.is_abbreviation
                and "Geox" not in token.grammar.marks
                for token in inside
            )
            and any(not token.grammar.known for token in inside)
        )

    def in_case(self, case: str) -> str:
        """The phrase in `case`; words that can't be declined stay as they are."""
        reading = self.readings[0]
        forms = {
            place: _form(self.tokens[place], reading, case, adjective=place < self.head)
            for place in range(self.first, self.head_last + 1)
        }
        apposed = self._apposed()
        name = name_readings([self.tokens[place] for place in apposed]) if apposed else []
        own = next((found for found in name if found.case == reading.case), reading)
        forms |= {place: _form(self.tokens[place], own, case, adjective=False) for place in apposed}
        if self._begins_sentence and not _is_proper(self.tokens[self.first]):
            first = forms[self.first]
            forms[self.first] = first[:1].lower() + first[1:]
        return self._joined(forms)

    @property
    def _begins_sentence(self) -> bool:
        """True for a common word capitalised only because a sentence starts with it."""
        token = self.tokens[self.first]
        starts = self.first == 0 or self.tokens[self.first - 1].text in ".!?…"
        common = token.kind == "word" and not token.is_latin and token.grammar.known
        return starts and common and (self.first < self.head or self.head == self.head_last)

    def _apposed(self) -> range:
        """«министр Ермек Кошербаев»: the name stands in the title's case."""
        rest = self.tokens[self.head_last + 1 : self.last + 1]
        if not self._titled or not rest or not all(token.is_capital and not token.is_latin for token in rest):
            return range(0)
        cases = {reading.case for reading in self.readings}
        if any(PERSON_MARKS & token.grammar.marks for token in rest) and cases & rest[-1].grammar.cases:
            return range(self.head_last + 1, self.last + 1)
        return range(0)

    def _joined(self, forms: dict[int, str]) -> str:
        parts, done = [], self.start
        for place, form in sorted(forms.items()):
            token = self.tokens[place]
            parts += [self.text[done : token.start], form]
            done = token.stop
        return "".join([*parts, self.text[done : self.stop]])


def _form(token: Token, reading: Reading, case: str, *, adjective: bool) -> str:
    if token.kind != "word" or token.is_latin or not reading.case:
        return token.text
    adjective = adjective or _is_adjective(token)
    form = declined(token.folded, reading, case, adjective)
    return cased_like(token, form) if form else token.text


def phrases(text: str) -> list[Phrase]:
    """The noun phrases of `text` in order of their first word, the nested ones behind their hosts."""
    return list(_phrases(text))


@lru_cache(maxsize=500)
def _phrases(text: str) -> tuple[Phrase, ...]:
    return tuple(_Finder(text).all())


class _Finder:
    """Finds the phrases of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tuple(tokens(text))
        self.is_question = text.rstrip().endswith("?")
        self.groups = dict(name_groups(self.tokens))

    def all(self) -> list[Phrase]:
        found: list[Phrase] = []
        place = reach = 0
        while place < len(self.tokens):
            phrase = self.at(place, nested=place < reach)
            if phrase is None:
                place += 1
                continue
            found.append(phrase)
            reach = max(reach, phrase.last + 1)
            place = phrase.head_last + 1
        return found

    def at(self, place: int, nested: bool = False) -> Phrase | None:
        """The phrase that starts at `place`."""
        head = place
        while head < len(self.tokens) and head not in self.groups and _is_adjective(self.tokens[head]):
            head += 1
        if head >= len(self.tokens):
            return None
        head_last = self.groups.get(head, head)
        readings = self._readings(place, head, head_last)
        if not readings:
            return None
        if nested:
            readings = [reading for reading in readings if reading.case == "gent"] or readings
        last = self._end(head, head_last, readings)
        return Phrase(self.text, self.tokens, place, head, head_last, last, tuple(readings), nested)

    def _readings(self, first: int, head: int, head_last: int) -> list[Reading]:
        readings = self._head_readings(head, head_last)
        readings = _allowed(readings, self.tokens[first - 1] if first else None)
        for adjective in self.tokens[first:head]:
            agreeing = [reading for reading in readings if agrees(adjective.folded, reading)]
            readings = agreeing or readings
        return readings

    def _head_readings(self, head: int, head_last: int) -> list[Reading]:
        token = self.tokens[head]
        if head in self.groups:
            return name_readings(self.tokens[head : head_last + 1])
        if token.kind != "word" or token.grammar.part in (
            "PREP",
            "CONJ",
            "PRCL",
            "NPRO",
            "INTJ",
            "VERB",
            "INFN",
        ):
            return []
        return noun_readings(token.folded)

    def _end(self, head: int, head_last: int, readings: Sequence[Reading]) -> int:
        last = head_last
        if head in self.groups:
            return last
        while (following := self._dependent(head, last, readings)) is not None:
            last = following
        return last

    def _dependent(self, head: int, last: int, readings: Sequence[Reading]) -> int | None:
        """The last token of what depends on the phrase that has got to `last`."""
        place = last + 1
        if place >= len(self.tokens):
            return None
        if place in self.groups:
            attaches = self._attaches(place, readings) or noun_lemma(self.tokens[head].folded) in PLACES
            return self.groups[place] if attaches else None
        sign = self.tokens[place].folded
        if sign in ("—", "–", "-", "и") and last > head and place + 1 in self.groups:
            joined = self._same_case(last, place + 1) and (sign == "и" or self.is_question)
            return self.groups[place + 1] if joined else None
        if sign in ("о", "об") and (about := self.at(place + 1)) is not None:
            return about.last
        genitive = self.at(place)
        if genitive is not None and self._is_genitive(genitive):
            return genitive.head_last
        return None

    def _is_genitive(self, phrase: Phrase) -> bool:
        return phrase.preposition == "" and any(reading.case == "gent" for reading in phrase.readings)

    def _attaches(self, place: int, readings: Sequence[Reading]) -> bool:
        inside = self.tokens[place : self.groups[place] + 1]
        if inside[0].is_latin or inside[0].kind == "sign":
            return True
        cases = {reading.case for reading in name_readings(inside)}
        apposed = any(reading.animate for reading in readings) and {r.case for r in readings} & cases
        return "gent" in cases or "" in cases or bool(apposed)

    def _same_case(self, last: int, place: int) -> bool:
        token, before = self.tokens[place], self.tokens[last]
        return before.is_capital and bool(token.grammar.cases & before.grammar.cases or token.is_latin)


def _allowed(readings: list[Reading], before: Token | None) -> list[Reading]:
    """Only the cases the preposition before allows, if it leaves any."""
    cases = PREPOSITIONS.get(before.folded) if before is not None else None
    if cases is None:
        return readings
    return [reading for reading in readings if reading.case in cases or not reading.case] or readings


def _is_adjective(token: Token) -> bool:
    return (
        token.grammar.part in ADJECTIVES
        and "Apro" not in token.grammar.marks
        and token.grammar.lemma not in _QUESTION_WORDS
    )


def _is_proper(token: Token) -> bool:
    return token.is_abbreviation or bool(token.grammar.marks & {"Geox", "Name", "Surn", "Orgn"})

"""A question and a sentence side by side: what each token is, and which of them the question has too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.text.entities import Entity, entities
from rag.text.measures import TIMES
from rag.text.numbers import values
from rag.text.questions import Question, analyse
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer, is_function_word, words

PREFIX = 5
_OPEN, _CLOSE = "«„“(", "»”)"
_ENDS = frozenset(",;:.!?…")
_BEFORE = re.compile(r"(?<!\w)(?:в течение|через|спустя|за)\s+(?:ближайш\w+\s+)?$", re.IGNORECASE)
_BEHIND = re.compile(r"\s+спустя(?!\w)", re.IGNORECASE)
_ONE = re.compile(
    r"(?<!\w)(?:в течение|через|спустя)\s+(?:ближайш\w+\s+|полтора\s+|полутора\s+)?"
    r"(?:года?|полгода|полугода|месяца?|недел[июя]|дня|день|сутки|суток|часа?|десятилети[ея]|век)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asked:
    """A question with the lemmas and five-letter beginnings of its content words."""

    question: Question
    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str) -> Asked:
        return cls(analyse(text), tuple(tokens(text)))

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(_key(token) for token in self.tokens if _is_content(token))

    @cached_property
    def beginnings(self) -> frozenset[str]:
        return frozenset(key[:PREFIX] for key in self.content if len(key) >= PREFIX and not key[0].isdigit())

    def has(self, token: Token) -> bool:
        """True when the question has this word, in any form, or one of the same beginning."""
        if not _is_content(token):
            return False
        key = _key(token)
        return key in self.content or (len(key) >= PREFIX and key[:PREFIX] in self.beginnings)


@dataclass(frozen=True)
class Seen:
    """A sentence as one question sees it: one entry a token in every sequence."""

    asked: Asked
    text: str
    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, question: str, sentence: str) -> Seen:
        return cls(Asked.of(question), sentence, tuple(tokens(sentence)))

    @cached_property
    def matched(self) -> tuple[bool, ...]:
        return tuple(self.asked.has(token) for token in self.tokens)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        return tuple(_class(token, place) for place, token in enumerate(self.tokens))

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        found = entities(self.text)
        asked = " ".join(token.text for token in self.asked.tokens)
        return (*found, *terms(self.text, found)) if asks_of_the_future(asked) else tuple(found)

    @cached_property
    def spans(self) -> tuple[tuple[int, int, str], ...]:
        """First token, last token and kind of every entity that is made of whole tokens."""
        starts = {token.start: place for place, token in enumerate(self.tokens)}
        stops = {token.stop: place for place, token in enumerate(self.tokens)}
        # «весной 2029-го»: the ending belongs to the number
        stops |= {t.start + t.text.index("-"): p for p, t in enumerate(self.tokens) if _is_ordinal(t)}
        return tuple(
            (starts[entity.start], stops[entity.stop], entity.kind)
            for entity in self.entities
            if entity.start in starts and entity.stop in stops
        )

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """How many brackets and quotation marks are open before each token, and at the end."""
        depths, depth, straight = [0], 0, False
        for token in self.tokens:
            if token.text in _OPEN:
                depth += 1
            elif token.text in _CLOSE:
                depth = max(0, depth - 1)
            elif token.text == '"':
                depth, straight = depth + (-1 if straight else 1), not straight
            depths.append(depth)
        return tuple(depths)


def _is_ordinal(token: Token) -> bool:
    return token.kind == "number" and "-" in token.text


def _is_content(token: Token) -> bool:
    return token.kind != "sign" and not is_function_word(token.folded)


def _key(token: Token) -> str:
    return token.grammar.lemma if token.kind == "word" else token.folded


def _class(token: Token, place: int) -> str:
    """One of about twenty classes: signs by shape, words by part of speech, names apart."""
    if token.kind == "sign":
        return _class_of_sign(token.text)
    if token.kind == "number":
        return "number"
    part = token.grammar.part
    if token.is_capital and place and part in ("NOUN", "ADJF", "UNKN"):
        return "Name"
    return {
        "INFN": "VERB",
        "PRTS": "short",
        "ADJS": "short",
        "PRTF": "ADJF",
        "ROMN": "number",
        "NUMR": "number",
        "PRED": "ADVB",
        "COMP": "ADVB",
        "INTJ": "PRCL",
        "GRND": "VERB",
        "UNKN": "LATN",
    }.get(part, part)


def _class_of_sign(sign: str) -> str:
    if sign in "—–-−":
        return "dash"
    if sign in _OPEN:
        return "bracket" if sign == "(" else "open"
    if sign in _CLOSE:
        return "end" if sign == ")" else "close"
    if sign == '"':
        return "open"
    if sign == ",":
        return "comma"
    return "end" if sign in _ENDS else "sign"


@lru_cache(maxsize=1_000)
def asks_of_the_future(question: str) -> bool:
    """True for «когда» about what hasn't been: «Когда откроют мост?», «Когда должны открыть?»."""
    asked = analyse(question)
    tags = [analyzer().parse(word.text)[0].tag for word in words(question)]
    verbs = [tag for tag in tags if tag.POS in ("VERB", "INFN")]
    is_past = any(tag.tense == "past" for tag in verbs)
    return asked.kind == "date" and asked.head is None and bool(verbs) and not is_past


def terms(text: str, found: Sequence[Entity]) -> list[Entity]:
    """«через два года», as dates with their prepositions; `found` are the entities of `text`."""
    several = (_around(text, each) for each in found if each.kind == "quantity")
    alone = (match.span() for match in _ONE.finditer(text))
    return [Entity(*span, "date") for span in (*several, *alone) if span]


def _around(text: str, each: Entity) -> tuple[int, int] | None:
    before, behind = _BEFORE.search(text[: each.start]), _BEHIND.match(text, each.stop)
    is_time = bool({number.unit for number in values(text[each.start : each.stop])} & TIMES)
    if not is_time or not (before or behind):
        return None
    return before.start() if before else each.start, behind.end() if behind else each.stop

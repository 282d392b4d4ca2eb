"""Tokens with their grammar: words (hyphens inside), numbers and single signs, offsets exact.

Retrieval counts words (`rag.text.words`); names and phrases need signs and whole hyphenated words as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.text.words import INVISIBLE, analyzer, fold

_SPACE = r"[ \u00a0\u202f\u2009]"
_NUMBER = rf"\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?(?:-[а-яё]{{1,3}}(?![^\W_]))?"
_PART = rf"[^\W_](?:[{INVISIBLE}'’]*[^\W_])*[\u0300\u0301]*"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})(?![^\W_])|(?P<word>{_PART}(?:[-‑]{_PART})*)|(?P<sign>[^\w\s]|_)")
_MARKS = ("Name", "Surn", "Patr", "Geox", "Orgn", "Abbr", "Trad", "anim", "UNKN", "Apro", "LATN", "ROMN")
_LIKELY, _SHARE = 0.05, 0.2  # of probability: what a likely parse has at least, and next to the first

_SENTENCES = 1_000  # remembered: 5 MB

TokenKind = Literal["number", "word", "sign"]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the dictionary says of a word: its first parse, and the marks and cases of all likely ones."""

    part: str
    lemma: str
    marks: frozenset[str]
    cases: frozenset[str]
    known: bool


@dataclass(frozen=True, slots=True)
class Token:
    """`folded` is the text in lower case without stress marks, «ё» as «е»."""

    start: int
    stop: int
    text: str
    folded: str
    kind: TokenKind
    grammar: Grammar

    @property
    def is_capital(self) -> bool:
        return self.kind == "word" and self.text[0].isupper()

    @property
    def is_abbreviation(self) -> bool:
        """«США», «EXIM», «МИД»: capitals only, at least two."""
        return self.kind == "word" and len(self.text) > 1 and self.text.isupper()

    @property
    def is_latin(self) -> bool:
        return self.kind == "word" and self.folded[0] < "а" and self.folded[0].isalpha()


def tokens(text: str) -> list[Token]:
    """The tokens of `text` in order: `text[token.start:token.stop] == token.text`."""
    return list(_tokens(text))


@lru_cache(maxsize=_SENTENCES)  # a sentence that may answer is read by one check after another
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(
        _token(match.start(), match.end(), match.group(), match.lastgroup) for match in _TOKEN.finditer(text)
    )


def _token(start: int, stop: int, text: str, kind: str | None) -> Token:
    folded = fold(text)
    if kind == "word":
        return Token(start, stop, text, folded, "word", grammar(folded))
    is_number = kind == "number"
    return Token(
        start, stop, text, folded, "number" if is_number else "sign", _NUMERIC if is_number else _SIGN
    )


_NUMERIC = Grammar("NUMB", "", frozenset(), frozenset(), True)
_SIGN = Grammar("PNCT", "", frozenset(), frozenset(), True)


@lru_cache(maxsize=100_000)
def grammar(word: str) -> Grammar:
    """The grammar of one folded word; only Russian and plain Latin ones are in the dictionary's reach."""
    if not ("а" <= word[0] <= "я" or word.isascii()):
        return Grammar("UNKN", word, frozenset(), frozenset(), False)
    parses = analyzer().parse(word)
    likely = [parse for parse in parses if parse.score >= _LIKELY and parse.score >= _SHARE * parses[0].score]
    first = parses[0]
    return Grammar(
        part=str(
            first.tag.POS or ("LATN" if "LATN" in first.tag else "ROMN" if "ROMN" in first.tag else "UNKN")
        ),
        lemma=fold(first.normal_form),
        marks=frozenset(mark for mark in _MARKS for parse in (likely or parses[:1]) if mark in parse.tag),
        cases=frozenset(plain_case(parse.tag.case) for parse in (likely or parses[:1]) if parse.tag.case),
        known=analyzer().word_is_known(word),
    )


def plain_case(case: str) -> str:
    """One of the six cases: the second genitive, accusative and locative count with the first."""
    return {"gen2": "gent", "acc2": "accs", "loc2": "loct"}.get(str(case), str(case))

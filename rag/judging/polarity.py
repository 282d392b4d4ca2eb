"""Yes or no: what an answer says to a yes/no question, and which gold answers ask for that alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.text.sentences import sentences
from rag.text.setting import UNDECIDED
from rag.text.words import analyzer, fold, lemma, words
from rag.types import YesNo

_YES = "да можно верно правда правильно разрешено разрешен разрешается допускается позволено возможно".split()
_NO = (
    "нет нельзя неверно неправда неправильно запрещено запрещен запрещается воспрещается недопустимо "
    "невозможно"
).split()
_POLAR: dict[str, YesNo] = {**dict.fromkeys(_YES, "yes"), **dict.fromkeys(_NO, "no")}
_OTHER: dict[YesNo, YesNo] = {"yes": "no", "no": "yes"}
_SPEAKS_OF_SOURCES = re.compile(r"нет (?:прямого )?(?:ответа|данных|сведений|информации|упоминани\w+)")
_CLAUSE = re.compile(r"[,;:()]|\s[-–—]\s")


def verdict_of_gold(gold: str) -> YesNo | None:
    """What a gold answer such as «нет», «да, можно» or «нельзя» asks for; None where it says more."""
    told = [word.text for word in words(gold)]
    if not told or any(word not in _POLAR for word in told):
        return None
    return _POLAR[told[0]]


def opening(text: str) -> YesNo | None:
    """«Да» or «Нет» at the front of `text`, alone or with more behind it."""
    first = next(iter(words(text)), None)
    is_plain = first is not None and first.text in ("да", "нет") and not _SPEAKS_OF_SOURCES.match(fold(text))
    return _POLAR[first.text] if first is not None and is_plain else None


def said(question: str, text: str) -> YesNo | None:
    """Yes or no as `text` says it to `question`; None where it says neither.

    The opening word decides («Можно. При беременности нельзя.» is a yes); without one, the clause that is
    nearest to the question, or the question's own verb where it is denied there.
    """
    parts = [text[start:stop] for start, stop in sentences(text)]
    parts = [part for part in parts if not part.startswith(UNDECIDED.rstrip("."))]
    if not parts:
        return None
    asked = _lemmas(question)
    clauses = [clause for part in parts for clause in _CLAUSE.split(part)]
    return _front(parts[0]) or _nearest(asked, clauses) or _denied(question, clauses)


def _front(sentence: str) -> YesNo | None:
    told = [word.text for word in words(sentence)][:2]
    if _SPEAKS_OF_SOURCES.match(fold(sentence)) or not told:
        return None
    if told[0] == "не" and len(told) > 1 and told[1] in _POLAR:
        return _OTHER[_POLAR[told[1]]]
    return _POLAR.get(told[0])


def _nearest(asked: frozenset[str], clauses: Sequence[str]) -> YesNo | None:
    """The yes or no of the clause that shares most words with the question, the first of equals."""
    found = [(clause, verdict) for clause in clauses if (verdict := _told(clause))]
    if not found:
        return None
    return max(found, key=lambda each: len(asked & _lemmas(each[0])))[1]


def _told(clause: str) -> YesNo | None:
    if _SPEAKS_OF_SOURCES.search(fold(clause)):
        return None
    before = ""
    for word in words(clause):
        verdict = _POLAR.get(word.text)
        if verdict and word.text != "да":
            return _OTHER[verdict] if before == "не" else verdict
        before = word.text
    return None


def _denied(question: str, clauses: Sequence[str]) -> YesNo | None:
    """«Музей по средам не работает» says no to «Работает ли музей по средам?»."""
    asked = set(_verbs(question))
    for clause in clauses:
        told = [word.text for word in words(clause)]
        if any(first == "не" and lemma(second) in asked for first, second in pairwise(told)):
            return "no"
    return None


def _verbs(text: str) -> Iterator[str]:
    for word in words(text):
        tag = analyzer().parse(word.text)[0].tag
        if tag.POS in ("VERB", "INFN", "PRTS", "ADJS", "PRED"):
            yield lemma(word.text)


def _lemmas(text: str) -> frozenset[str]:
    return frozenset(lemma(word.text) for word in words(text) if word.text not in _POLAR)

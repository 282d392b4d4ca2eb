"""Signs that a text may hold the kind of answer a question wants: «когда» a year, «кто» a capitalised name.

They are noted of every passage when it is indexed; what really answers is found later, sentence by sentence,
with the entities of rag.text.entities.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from rag.text.question_words import Kind

_MONTHS = "январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр"
_NAME = re.compile(r"(?<![.!?…»\"\n] )(?<!^)\b[А-ЯЁA-Z][а-яёa-z]+")
_MARKS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(rf"\b1\d{{3}}\b|\b20\d\d\b|\b\d{{1,2}} (?:{_MONTHS})"),
    "quantity": re.compile(
        r"\d|\b(?:один|одна|два|две|три|четыр|пять|шесть|семь|восемь|девять|десят|двадцат|тридцат|сто\b|тысяч|милли)"
    ),
    "person": _NAME,
    "organisation": _NAME,
    "name": _NAME,
    "place": re.compile(r"\b(?:в|на|из|под|близ|около|у) [А-ЯЁ]"),
    "definition": re.compile(r" [—–-] |\(| это | явля| называ"),
    "reason": re.compile(
        r"потому|поэтому|из-за|вследств|благодар|так как|поскольку|чтобы|в связи|причин|ввиду|привел"
    ),
}


# Kinds that share a sign share its bit.
_SIGNS = tuple(dict.fromkeys(_MARKS.values()))
_BITS = {kind: 1 << _SIGNS.index(sign) for kind, sign in _MARKS.items()}


def marks(text: str) -> int:
    """The signs that stand in `text`, a bit each; for `may_answer`."""
    return sum(1 << place for place, sign in enumerate(_SIGNS) if sign.search(text))


def may_answer(kind: Kind, found: NDArray[np.int32]) -> NDArray[np.bool_]:
    """False where `found`, the `marks` of some texts, has no sign of an answer of this kind.

    True for kinds that have no sign.
    """
    bit = _BITS.get(kind)
    return np.ones(found.shape, bool) if bit is None else (found & bit) > 0

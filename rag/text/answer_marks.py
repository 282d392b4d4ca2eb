"""Signs that a text may hold the kind of answer a question wants: «когда» a year, «кто» a capitalised name.

Cheap enough to look for in every candidate passage; what really answers is found later, sentence by
sentence, with the entities of rag.text.entities.
"""

from __future__ import annotations

import re

from rag.text.questions import Kind

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


def may_answer(kind: Kind, text: str) -> bool:
    """False when `text` has no sign of an answer of this kind; True for kinds that have no sign."""
    mark = _MARKS.get(kind)
    return mark is None or mark.search(text) is not None

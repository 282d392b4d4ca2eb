"""Ordinals up to thirty in words: «первого», «двадцатый»."""

from __future__ import annotations

from functools import cache

from rag.text.words import analyzer, fold

_NAMES = (
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый "
    "тринадцатый четырнадцатый пятнадцатый шестнадцатый семнадцатый восемнадцатый девятнадцатый двадцатый"
).split()


def ordinal(word: str) -> int:
    """The number of a folded ordinal in the singular («в первые дни» counts nothing); 0 for other words."""
    return _forms().get(word, 0)


@cache
def _forms() -> dict[str, int]:
    numbers = {**{name: value for value, name in enumerate(_NAMES, 1)}, "тридцатый": 30}
    return {
        fold(form.word): value
        for name, value in numbers.items()
        for form in analyzer().parse(name)[0].lexeme
        if "sing" in form.tag
    }

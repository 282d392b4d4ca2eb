"""Lengths and areas: whether a sentence gives the one that is asked for, though it may not name its owner."""

from __future__ import annotations

from rag.answering.same_thing import Told, names, shared, telling
from rag.text.measures import MEASURING
from rag.text.words import lemma, words

# What is measured, by words that stand for each other here: a height is no length.
_ASPECTS = tuple(
    frozenset(line.split())
    for line in (
        "длина протяженность расстояние протянуться тянуться протяженный длинный длиной",
        "высота высокий",
        "глубина глубокий",
        "ширина широкий",
        "диаметр",
        "толщина толстый",
        "площадь территория",
    )
)
# Where a name follows, these only say what sort of thing it is.
_ROUTES = frozenset("коридор маршрут дорога путь магистраль трасса".split())


def of_another_aspect(question: str, text: str) -> bool:
    """True where `text` measures something else: a depth where a length is asked for."""
    asked, said = _aspects(question), _aspects(text)
    return bool(asked and said) and not asked & said


def is_measured(question: str, each: Told) -> bool:
    """True for «упоминалось расстояние в 42 км» in a passage about what the question names.

    The sentence must say in the question's terms what it measures, and name nothing else.
    """
    subject = names(question)
    passage = each.evidence.hit.passage
    there = frozenset(passage.title_lemmas).union(*(sentence.lemmas for sentence in passage.sentences))
    wanted = telling(question).difference(MEASURING, _ROUTES, *_ASPECTS)
    return (
        bool(subject)
        and bool(_aspects(question) & _aspects(each.text))
        and shared(wanted, there) == wanted
        and shared(each.names, subject) == each.names
    )


def _aspects(text: str) -> frozenset[int]:
    """Numbers of the aspects that `text` has words of."""
    found = {lemma(word.text) for word in words(text)}
    return frozenset(number for number, aspect in enumerate(_ASPECTS) if aspect & found)

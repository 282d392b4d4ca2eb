"""Where sources differ: another figure, another date or a denial for the same thing.

Two sentences of different articles are compared when they speak of the same (`same_thing`): both answer the
question with an amount in the units it asks for, or with a date, or one is worded much like the other.
Values that can both be true («около 43 км», «43 км») don't differ. What is stated for different days is a
development, and a depth is no length. When in doubt there is no disagreement: a false alarm costs more trust
than a missed one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.answering.evidence import Evidence, Findings
from rag.answering.same_thing import (
    Told,
    alike,
    apart,
    around,
    may_be_alike,
    names,
    periods,
    same_thing,
    shared,
    telling,
)
from rag.answering.spans import short_answer
from rag.text.entities import entities
from rag.text.measures import DIMENSIONS, MEASURES, MEASURING, Figure, Measure, figures, measure
from rag.text.words import lemma, words
from rag.types import Matter, Period

_READ = 20  # sentences, best first: those behind them hardly speak of what is asked
_NEAR = 3.5  # by how much a sentence's score may fall below the best one's (odds of 3 to 100)
_CONTEXT = 0.75  # how much of the question a sentence that answers it must match, with what stands before it
_MOST_TIMES = 5.0  # what is so many times more is something else
_MOST_VERSIONS = 4
_DATING = frozenset("год месяц день число дата век время".split())

Amount = tuple[Told, Figure]
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


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sentence says: `value` as it stands there, the ISO day it is `stated` for."""

    evidence: Evidence
    value: str
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements that differ, newest first; `develops`: each holds for another day."""

    matter: Matter
    statements: tuple[Statement, ...]
    develops: bool = False


def conflicts(question: str, reading: Findings, chosen: Sequence[Evidence]) -> list[Conflict]:
    """Where the sentences that answer `question`, and those that say much the same, differ."""
    found = _about_question(question, reading)
    if found is None:
        read = [Told(each) for each in reading.evidence[:_READ]]
        found = next(filter(None, (_worded_alike(Told(each), read) for each in chosen)), None)
    return [found] if found else []


# What the question asks for


def _about_question(question: str, reading: Findings) -> Conflict | None:
    best = reading.evidence[0]
    typed = [Told(each) for each in reading.evidence[:_READ] if each.is_typed]
    near = [
        each
        for each in typed
        if best.score - each.evidence.score <= _NEAR and each.evidence.features[1] >= _CONTEXT
    ]
    if reading.question.kind == "date":
        return _dates_that_differ(question, near)
    asked = measure(question)
    if reading.question.kind != "quantity" or not asked.units or (own := _only(best.text, asked)) is None:
        return None
    if own.unit in DIMENSIONS:  # a length in kilometres is a length, whatever words stand around it
        pairs = [
            (each, figure)
            for each in near
            if not of_another_aspect(question, each.text) and (figure := _only(each.text, asked))
        ]
        return _figures_that_differ([(Told(best), own), *pairs])
    return _figures_that_differ([(Told(best), own), *_counting_alike(question, reading, asked, own)])


def _only(text: str, asked: Measure) -> Figure | None:
    """The one amount of the sentence that comes in the wanted units; None where there are more."""
    fitting = [each for each in figures(text) if each.unit in asked.units]
    return fitting[0] if len(fitting) == 1 else None


def _counting_alike(question: str, reading: Findings, asked: Measure, own: Figure) -> Iterator[Amount]:
    """Amounts in the wanted units whose words are those of the question and of the best answer.

    Of money, years or people the unit doesn't say what is counted: a price is no loan.
    """
    subject, counted = names(question), {asked.counted or ""}
    wanted = telling(question) - subject
    near_best = around(reading.evidence[0].text, own) - subject - counted
    if not shared(near_best, wanted):
        return
    for each in map(Told, reading.evidence):
        figure = _only(each.text, asked)
        if figure is None or not _is_about(each, wanted, subject):
            continue
        here = around(each.text, figure) - subject - counted
        of_another_kind = here & MEASURING - shared(here, near_best | wanted)
        if not of_another_kind and shared(here, wanted) and shared(here - MEASURING, near_best - MEASURING):
            yield each, figure


def _is_about(each: Told, wanted: frozenset[str], subject: frozenset[str]) -> bool:
    """True where the passage names all that the question names, and has all but one of its other words."""
    passage = each.evidence.hit.passage
    there = frozenset(passage.title_lemmas).union(*(sentence.lemmas for sentence in passage.sentences))
    return len(shared(subject, there)) == len(subject) and len(shared(wanted, there)) >= len(wanted) - 1


def _dates_that_differ(question: str, answers: Sequence[Told]) -> Conflict | None:
    wanted = telling(question) - names(question) - _DATING
    dated = [
        (each, value, period)
        for each in answers
        if wanted and len(shared(wanted, each.telling)) == len(wanted)
        for value, period in islice(_date_answered(question, each), 1)
    ]
    if not dated:
        return None
    first, _, period = dated[0]
    others = [
        (each, value, other)
        for each, value, other in dated[1:]
        if apart(period, other) and _dates_one_event(first, each) and not _says(each, period)
    ]
    return _conflict("date", [Statement(each.evidence, value) for each, value, _ in (dated[0], *others)])


def _dates_one_event(first: Told, second: Told) -> bool:
    is_other = first.evidence.hit.article.id != second.evidence.hit.article.id
    places = shared(first.places, second.places) == first.places == second.places
    return is_other and places and alike(first, second)


def _date_answered(question: str, each: Told) -> Iterator[tuple[str, Period]]:
    """The date of the sentence that is its short answer, if it has no other."""
    spans = [(entity.start, entity.stop) for entity in entities(each.text) if entity.kind == "date"]
    short = short_answer(question, each.text)
    if short is None or len(spans) != 1 or spans[0][0] >= short.stop or short.start >= spans[0][1]:
        return
    for period in periods(each.evidence, each.text[slice(*spans[0])]):
        if not period.guessed and not period.relative:
            yield each.text[slice(*spans[0])], period


def _says(each: Told, period: Period) -> bool:
    return any(not apart(period, other) for other in each.periods)


# What is worded alike


def _worded_alike(first: Told, found: Sequence[Told]) -> Conflict | None:
    """Where another article's sentence says much the same as `first` with one figure or denial changed."""
    told = figures(first.text)
    units = {figure.unit for figure in told}
    like = [
        each
        for each in found
        if may_be_alike(first, each)
        and not units.isdisjoint(figure.unit for figure in figures(each.text))
        and alike(first, each)
    ]
    for figure in told:
        pairs = [(each, other) for each in like if (other := _counterpart(first.text, figure, each.text))]
        if conflict := _figures_that_differ([(first, figure), *pairs]):
            return conflict
    denying = [
        each
        for each in found
        if bool(first.denied) != bool(each.denied)
        and alike(first, each, max)
        and _share_the_denied(first, each)
        and same_thing(first, each)
    ]
    return _conflict("status", [Statement(each.evidence, each.text) for each in (first, *denying[:1])])


def _counterpart(text: str, figure: Figure, other: str) -> Figure | None:
    """The figure of `other` that counts what `figure` does; None where both texts have it or nothing fits."""
    theirs = [each for each in figures(other) if each.unit == figure.unit]
    own = [each for each in figures(text) if each.unit == figure.unit]
    if any(each.may_be(figure) for each in theirs):
        return None
    near = around(text, figure)
    fitting = [
        each
        for each in theirs
        if not any(each.may_be(mine) for mine in own) and shared(near, around(other, each))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _share_the_denied(first: Told, second: Told) -> bool:
    """True where a word that one of them denies stands in the other one."""
    return bool(first.denied & second.telling or second.denied & first.telling)


# What comes of it


def _figures_that_differ(found: Sequence[Amount]) -> Conflict | None:
    """The first one and those of other articles that can't be true with it."""
    (first, figure), *rest = found
    others = [
        (each, other)
        for each, other in rest
        if _differ(figure, other) and same_thing(first, each, lasting=figure.unit in MEASURES)
    ]
    return _conflict(
        "figure",
        [
            Statement(each.evidence, each.text[amount.start : amount.stop], each.day)
            for each, amount in ((first, figure), *others)
        ],
    )


def _differ(figure: Figure, other: Figure) -> bool:
    if other.unit != figure.unit or other.may_be(figure):
        return False
    less, more = sorted((abs(figure.typed[0]), abs(other.typed[0])))
    return less > 0 and more / less <= _MOST_TIMES


def _conflict(matter: Matter, statements: Sequence[Statement]) -> Conflict | None:
    distinct = list({" ".join(each.value.casefold().split()): each for each in reversed(statements)}.values())
    kept = distinct[::-1][:_MOST_VERSIONS]
    if len(kept) < 2:
        return None
    days = {each.stated for each in kept}
    develops = None not in days and len(days) == len(kept)
    return Conflict(matter, tuple(sorted(kept, key=_when, reverse=True)), develops)


def _when(each: Statement) -> str:
    return each.stated or each.evidence.hit.article.published or ""


def of_another_aspect(question: str, text: str) -> bool:
    """True where `text` measures something else: a depth where a length is asked for."""
    asked, said = _aspects(question), _aspects(text)
    return bool(asked and said) and not asked & said


def _aspects(text: str) -> frozenset[int]:
    """Numbers of the aspects that `text` has words of."""
    found = {lemma(word.text) for word in words(text)}
    return frozenset(number for number, aspect in enumerate(_ASPECTS) if aspect & found)

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

from rag.answering.evidence import Evidence, Findings
from rag.answering.same_thing import (
    Told,
    alike,
    apart,
    around,
    names,
    periods,
    same_thing,
    shared,
    telling,
)
from rag.text.amounts import Amount, compared, figures
from rag.text.entities import entities
from rag.text.measures import DIMENSIONS, MEASURES, MEASURING, Measure, measure
from rag.text.words import lemmas
from rag.types import Matter, Period

_READ = 20  # sentences, best first: those behind them hardly speak of what is asked
_CONTEXT = 0.75  # how much of the question a sentence that answers it must match, with what stands before it
_MOST_TIMES = 5.0  # what is so many times more is something else
_MOST_VERSIONS = 4

Said = tuple[Told, Amount]
# What is measured, by words that stand for each other here: a height is no length.
_ASPECTS = {
    word: line
    for line in (
        "длина протяженность расстояние протянуться тянуться протяженный длинный длиной",
        "высота высокий",
        "глубина глубокий",
        "ширина широкий",
        "диаметр",
        "толщина толстый",
        "площадь территория",
    )
    for word in line.split()
}


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
    best = Told(reading.evidence[0])
    found = [each for each in reading.evidence[:_READ] if each.is_typed and each.features[1] >= _CONTEXT]
    typed = [Told(each) for each in found]
    if reading.question.kind == "date":
        return _dates_that_differ(typed)
    asked = measure(question)
    if reading.question.kind != "quantity" or not asked.units or (own := _only(best.text, asked)) is None:
        return None
    if own.unit in DIMENSIONS:  # a length in kilometres is a length, whatever words stand around it
        fitting = (each for each in typed if not _of_another_aspect(question, each.text))
        others = [(each, figure) for each in fitting if (figure := _only(each.text, asked))]
    else:
        others = list(_counting_alike(question, reading, asked, own))
    return _figures_that_differ((best, own), others)


def _only(text: str, asked: Measure) -> Amount | None:
    """The one amount of the sentence that comes in the wanted units; None where there are more."""
    fitting = [each for each in figures(text) if each.unit in asked.units]
    return fitting[0] if len(fitting) == 1 else None


def _counting_alike(question: str, reading: Findings, asked: Measure, own: Amount) -> Iterator[Said]:
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
        if figure is None:
            continue
        here = around(each.text, figure) - subject - counted
        of_another_kind = here & MEASURING - shared(here, near_best | wanted)
        if not of_another_kind and shared(here, wanted) and shared(here - MEASURING, near_best - MEASURING):
            yield each, figure


def _dates_that_differ(answers: Sequence[Told]) -> Conflict | None:
    dated = [(each, found) for each in answers if (found := _only_date(each))]
    if not dated:
        return None
    first, (value, period) = dated[0]
    others = [
        Statement(each.evidence, other)
        for each, (other, when) in dated[1:]
        if apart(period, when) and first.places == each.places and alike(first, each)
    ]
    return _conflict("date", [Statement(first.evidence, value), *others])


def _only_date(each: Told) -> tuple[str, Period] | None:
    """The date of the sentence as it stands there, if it has no other and names its year."""
    spans = [(entity.start, entity.stop) for entity in entities(each.text) if entity.kind == "date"]
    said = each.text[slice(*spans[0])] if len(spans) == 1 else ""
    found = [period for period in periods(each.evidence, said) if not (period.guessed or period.relative)]
    return (said, found[0]) if found else None


# What is worded alike


def _worded_alike(first: Told, found: Sequence[Told]) -> Conflict | None:
    """Where another article's sentence says much the same as `first` with one figure or denial changed."""
    told = figures(first.text)
    like = [each for each in found if told and alike(first, each)]
    for figure in told:
        others = [(each, other) for each in like if (other := _counterpart(first.text, figure, each.text))]
        if conflict := _figures_that_differ((first, figure), others):
            return conflict
    denying = [
        each
        for each in found
        if (first.denied & each.telling or each.denied & first.telling)
        and bool(first.denied) != bool(each.denied)
        and alike(first, each, max)
        and same_thing(first, each)
    ]
    return _conflict("status", [Statement(each.evidence, each.text) for each in (first, *denying[:1])])


def _counterpart(text: str, figure: Amount, other: str) -> Amount | None:
    """The figure of `other` that counts what `figure` does; None where both texts have it or nothing fits."""
    theirs = [each for each in figures(other) if each.unit == figure.unit]
    own = [each for each in figures(text) if each.unit == figure.unit]
    if any(compared(each, figure) != "other" for each in theirs):
        return None
    near = around(text, figure)
    fitting = [
        each
        for each in theirs
        if not any(compared(each, mine) != "other" for mine in own) and shared(near, around(other, each))
    ]
    return fitting[0] if len(fitting) == 1 else None


# What comes of it


def _figures_that_differ(first: Said, rest: Sequence[Said]) -> Conflict | None:
    """The first one and those of other articles that can't be true with it."""
    (told, figure), lasting = first, first[1].unit in MEASURES
    others = [
        (each, other)
        for each, other in rest
        if _differ(figure, other) and same_thing(told, each, lasting=lasting)
    ]
    return _conflict(
        "figure",
        [
            Statement(each.evidence, each.text[amount.start : amount.stop], each.day)
            for each, amount in (first, *others)
        ],
    )


def _differ(figure: Amount, other: Amount) -> bool:
    if other.unit != figure.unit or compared(other, figure) != "other":
        return False
    less, more = sorted((abs(figure.value), abs(other.value)))
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


def _of_another_aspect(question: str, text: str) -> bool:
    """True where `text` measures something else: a depth where a length is asked for."""
    asked, said = ({_ASPECTS.get(each) for each in lemmas(told)} - {None} for told in (question, text))
    return bool(asked and said) and not asked & said

"""Where sources differ: another figure, another date or a denial for the same thing.

Two sentences of different articles are compared when they speak of the same: both answer the question with
an amount in the units it asks for (or with a date), or one is worded much like the other. Values that can
both be true («около 43 км», «43 км») don't differ. What is stated for different days is a development.
When in doubt there is no disagreement: a false alarm costs more trust than a missed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise

from rag.answering.evidence import Evidence, Reading
from rag.answering.spans import short_answer
from rag.text.dates import iso_date
from rag.text.entities import entities
from rag.text.figures import Figure, figures
from rag.text.likeness import is_untelling
from rag.text.matching import PREFIX
from rag.text.measures import DIMENSIONS, Measure, measure
from rag.text.periods import times
from rag.text.synonyms import synonyms
from rag.text.words import content_lemmas, lemma, words
from rag.types import Matter, Period

_READ = 20  # sentences, best first: those behind them hardly speak of what is asked
_NEAR = 3.5  # by how much a sentence's score may fall below the best one's (odds of 3 to 100)
_ALIKE = 0.5  # the share of the shorter sentence's telling words that the other one has …
_LEAST_ALIKE = 4  # … and how many there must be
_CONTEXT = 0.75  # how much of the question a sentence that answers it must match, with what stands before it
_AROUND = 5  # telling words on each side of a figure say what it counts
_MOST_VERSIONS = 4
_NEGATION = frozenset("не нет ни без нельзя".split())


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


def conflicts(question: str, reading: Reading, chosen: Sequence[Evidence]) -> list[Conflict]:
    """Where the sentences that answer `question`, and those that say much the same, differ."""
    found = _about_question(question, reading)
    if found is None:
        read = reading.evidence[:_READ]
        found = next(filter(None, (_worded_alike(each, read) for each in chosen)), None)
    return [found] if found else []


# What the question asks for


def _about_question(question: str, reading: Reading) -> Conflict | None:
    best = reading.evidence[0]
    near = [
        each
        for each in reading.evidence[:_READ]
        if each.is_typed and best.score - each.score <= _NEAR and _context(each) >= _CONTEXT
    ]
    if reading.question.kind == "date":
        return _dates_that_differ(question, near)
    asked = measure(question)
    if reading.question.kind != "quantity" or not asked.units or (own := _only(best.text, asked)) is None:
        return None
    if own.unit in DIMENSIONS:  # a length in kilometres is a length, whatever words stand around it
        pairs = [(each, figure) for each in near if (figure := _only(each.text, asked))]
        return _figures_that_differ([(best, own), *pairs])
    return _figures_that_differ([(best, own), *_counting_alike(question, reading, asked, own)])


def _counting_alike(
    question: str, reading: Reading, asked: Measure, own: Figure
) -> Iterator[tuple[Evidence, Figure]]:
    """Amounts in the wanted units whose words are those of the question and of the best answer.

    Of money, years or people the unit doesn't say what is counted: a price is no loan.
    """
    told, names = frozenset(content_lemmas(question)) - _names(question), _names(question)
    around = _around(reading.evidence[0].text, own) - names
    if not _shared(around - {asked.counted or ""}, told):
        return
    for each in reading.evidence:
        figure = _only(each.text, asked)
        if figure is None or not _is_about(each, told, names):
            continue
        here = _around(each.text, figure) - names - {asked.counted or ""}
        if _shared(here, told) and _shared(here, around):
            yield each, figure


def _is_about(each: Evidence, told: frozenset[str], names: frozenset[str]) -> bool:
    """True where the passage names all that the question names, and has all but one of its other words."""
    passage = each.hit.passage
    there = frozenset(passage.title_lemmas).union(*(sentence.lemmas for sentence in passage.sentences))
    return len(_shared(names, there)) == len(names) and len(_shared(told, there)) >= len(told) - 1


def _context(each: Evidence) -> float:
    return each.features[1]


def _only(text: str, asked: Measure) -> Figure | None:
    """The one amount of the sentence that comes in the wanted units; None where there are more."""
    fitting = [each for each in figures(text) if each.unit in asked.units]
    return fitting[0] if len(fitting) == 1 else None


def _dates_that_differ(question: str, answers: Sequence[Evidence]) -> Conflict | None:
    told = frozenset(content_lemmas(question))
    dated = [
        (each, value, period)
        for each in answers
        if len(_shared(_telling(each.text), told)) >= 2
        for value, period in islice(_date_answered(question, each), 1)
    ]
    if not dated:
        return None
    first = dated[0]
    others = [
        each
        for each in dated[1:]
        if _apart(first[2], each[2]) and _comparable(first[0], each[0]) and not _says(each[0], first[2])
    ]
    return _conflict("date", [Statement(each, value) for each, value, _ in (first, *others)])


def _date_answered(question: str, each: Evidence) -> Iterator[tuple[str, Period]]:
    """The date of the sentence that is its short answer, if it has no other."""
    spans = [(entity.start, entity.stop) for entity in entities(each.text) if entity.kind == "date"]
    short = short_answer(question, each.text)
    if short is None or len(spans) != 1 or spans[0][0] >= short.stop or short.start >= spans[0][1]:
        return
    for period in _periods(each, each.text[slice(*spans[0])]):
        if not period.guessed and not period.relative:
            yield each.text[slice(*spans[0])], period


def _says(each: Evidence, period: Period) -> bool:
    return any(not _apart(period, other) for other in _periods(each, each.text))


# What is worded alike


def _worded_alike(first: Evidence, found: Sequence[Evidence]) -> Conflict | None:
    """Where another article's sentence says much the same as `first` with one figure or denial changed."""
    own, known = _telling(first.text), figures(first.text)
    alike = [each for each in found if _comparable(first, each) and _are_alike(own, _telling(each.text))]
    for figure in known:
        pairs = [(each, other) for each in alike if (other := _counterpart(first.text, figure, each.text))]
        if conflict := _figures_that_differ([(first, figure), *pairs]):
            return conflict
    denying = [each for each in alike if _one_denies(first.text, each.text)]
    return _conflict("status", [Statement(each, each.text) for each in (first, *denying[:1])])


def _are_alike(first: frozenset[str], second: frozenset[str]) -> bool:
    shared = len(_shared(first, second))
    return shared >= _LEAST_ALIKE and shared >= _ALIKE * min(len(first), len(second))


def _counterpart(text: str, figure: Figure, other: str) -> Figure | None:
    """The figure of `other` that counts what `figure` does; None where both texts have it or nothing fits."""
    theirs = [each for each in figures(other) if each.unit == figure.unit]
    own = [each for each in figures(text) if each.unit == figure.unit]
    if any(each.may_be(figure) for each in theirs):
        return None
    around = _around(text, figure) - _names(text)
    fitting = [
        each
        for each in theirs
        if not any(each.may_be(mine) for mine in own) and _shared(around, _around(other, each))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _one_denies(first: str, second: str) -> bool:
    """True where a word that both have is denied in one of them only, and nothing else is."""
    denied, others = _denied(first), _denied(second)
    if bool(denied) == bool(others):
        return False
    return bool(denied & _telling(second) or others & _telling(first))


def _denied(text: str) -> frozenset[str]:
    """Verbs right behind «не»."""
    found = [word.text for word in words(text)]
    return frozenset(lemma(after) for before, after in pairwise(found) if before in _NEGATION)


# Comparing


def _figures_that_differ(found: Sequence[tuple[Evidence, Figure]]) -> Conflict | None:
    """The first one and those of other articles that can't be true with it."""
    if not found:
        return None
    (first, figure), *rest = found
    others = [
        (each, other)
        for each, other in rest
        if other.unit == figure.unit and not other.may_be(figure) and _comparable(first, each)
    ]
    statements = [
        Statement(each, each.text[amount.start : amount.stop], _stated(each))
        for each, amount in ((first, figure), *others)
    ]
    return _conflict("figure", statements)


def _comparable(first: Evidence, second: Evidence) -> bool:
    """Two articles, and no name of one place or person in each that the other one lacks."""
    return first.hit.article.id != second.hit.article.id and not _other_subject(first, second)


def _other_subject(first: Evidence, second: Evidence) -> bool:
    one, two = _names(first.text), _names(second.text)
    return (
        bool(one and two)
        and not _shared(one, two)
        and not (_shared(one, _named_around(second)) or _shared(two, _named_around(first)))
    )


def _named_around(each: Evidence) -> frozenset[str]:
    """Names of the passage and the title: what the sentence is about may be named before it."""
    return _names(f"В {each.hit.passage.text} {each.hit.article.title}")


def _conflict(matter: Matter, statements: Sequence[Statement]) -> Conflict | None:
    distinct = list({_folded(each.value): each for each in reversed(statements)}.values())[::-1]
    if len(distinct) < 2:
        return None
    days = [each.stated for each in distinct[:_MOST_VERSIONS]]
    develops = None not in days and len(set(days)) == len(days)
    ordered = sorted(distinct[:_MOST_VERSIONS], key=_when, reverse=True)
    return Conflict(matter, tuple(ordered), develops)


def _folded(value: str) -> str:
    return " ".join(value.casefold().split())


def _when(each: Statement) -> str:
    return each.stated or each.evidence.hit.article.published or ""


def _stated(each: Evidence) -> str | None:
    """The one day that the sentence names."""
    days = {
        period.since.isoformat()
        for period in _periods(each, each.text)
        if period.since and period.since == period.until
    }
    return days.pop() if len(days) == 1 else None


def _periods(each: Evidence, text: str) -> tuple[Period, ...]:
    """Times in `text`; a day without a year is of the year of publication."""
    published = iso_date(each.hit.article.published or "")
    return times(text, date.fromisoformat(published) if published else date(2000, 12, 31)).periods


def _apart(first: Period, second: Period) -> bool:
    if None in (first.since, first.until, second.since, second.until):
        return False
    assert first.since and first.until and second.since and second.until
    return first.until < second.since or second.until < first.since


# Words


def _telling(text: str) -> frozenset[str]:
    """Lemmas of what `text` tells, without numbers."""
    return frozenset(
        each for each in content_lemmas(text) if not each[0].isdigit() and not is_untelling(each)
    )


def _around(text: str, figure: Figure) -> frozenset[str]:
    """Telling words near a figure."""
    before = [word.text for word in words(text[: figure.start])]
    behind = [word.text for word in words(text[figure.stop :])]
    near = [
        *_last(filter(_is_telling, map(lemma, before)), _AROUND),
        *islice(filter(_is_telling, map(lemma, behind)), _AROUND),
    ]
    return frozenset(near)


def _is_telling(each: str) -> bool:
    return not each[0].isdigit() and not is_untelling(each)


def _last(items: Iterable[str], count: int) -> list[str]:
    return list(items)[-count:]


def _names(text: str) -> frozenset[str]:
    """Lemmas of the capitalised words inside `text`."""
    found = list(words(text))
    return frozenset(
        lemma(word.text) for word in found[1:] if text[word.start].isupper() and not is_untelling(word.text)
    )


def _shared(first: Iterable[str], second: frozenset[str]) -> set[str]:
    return {each for each in first if _kin(each, second)}


def _kin(each: str, others: frozenset[str]) -> bool:
    if each in others or synonyms(each) & others:
        return True
    return len(each) > PREFIX and any(other[:PREFIX] == each[:PREFIX] for other in others)

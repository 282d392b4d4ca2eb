"""Do two sentences of different articles speak of the same thing at the same time? When in doubt they don't.

Two figures only differ if nothing else does: the place («в Испании», «в шести странах»), the person, the
day, what is counted on top («ещё 300 рейсов»), what ought to be («нужно набрать 270 голосов»).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice, pairwise

from rag.answering.evidence import Evidence
from rag.answering.surroundings import leans
from rag.matching.lexicon import BEGINNING
from rag.matching.likeness import is_untelling
from rag.text.amounts import Amount, figures
from rag.text.claims import NEGATION
from rag.text.dateline import iso_date
from rag.text.entities import entities
from rag.text.periods import times
from rag.text.synonyms import equals
from rag.text.words import content_lemmas, lemma, words
from rag.types import Period

_ALIKE = 0.65  # the share of the shorter sentence's telling words that the other one has …
_LEAST_ALIKE = 3  # … and how many there must be
_BEFORE, _BEHIND = 3, 2  # telling words before and behind a figure say what it counts
# What one of the sentences may not have alone: something on top, or what is only wanted.
_MARKS = frozenset(
    """еще дополнительно дополнительный прочий остальной повторно необходимо нужно должен надо требоваться
    требуется минимум максимум каждый""".split()
)
_MOMENTS = frozenset(
    """сегодня вчера завтра накануне понедельник вторник среда четверг пятница суббота воскресенье утро
    вечер ночь сутки""".split()
)


@dataclass(frozen=True)
class Told:
    """A sentence by what tells it apart from others."""

    evidence: Evidence

    @property
    def text(self) -> str:
        return self.evidence.text

    @cached_property
    def lemmas(self) -> frozenset[str]:
        return frozenset(lemma(word.text) for word in words(self.text))

    @cached_property
    def telling(self) -> frozenset[str]:
        """Lemmas of what is told, without amounts."""
        text = self.text
        for each in figures(text):
            text = f"{text[: each.start]}{' ' * (each.stop - each.start)}{text[each.stop :]}"
        return telling(text)

    @cached_property
    def denied(self) -> frozenset[str]:
        """Lemmas right behind «не»."""
        found = [word.text for word in words(self.text)]
        return frozenset(lemma(after) for before, after in pairwise(found) if before in NEGATION)

    @cached_property
    def names(self) -> frozenset[str]:
        return names(self.text)

    @cached_property
    def names_around(self) -> frozenset[str]:
        """Names of the passage and the title: what the sentence is about may be named before it."""
        return names(f"В {self.evidence.hit.passage.text} {self.evidence.hit.article.title}")

    @cached_property
    def places(self) -> frozenset[str]:
        """Names of places, and adjectives made of them («китайской», «брюссельском»)."""
        found = (self.text[each.start : each.stop] for each in entities(self.text) if each.kind == "place")
        named = {each for name in found for each in names(f"В {name}")}
        return frozenset(named | {each for each in self.telling if each.endswith(("ский", "цкий"))})

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Times that it names; a day without a year is of the year of publication."""
        return periods(self.evidence, self.text)

    @cached_property
    def day(self) -> str | None:
        """The one day that it names, as an ISO date."""
        days = {each.since.isoformat() for each in self.periods if each.since and each.since == each.until}
        return days.pop() if len(days) == 1 else None


def periods(evidence: Evidence, text: str) -> tuple[Period, ...]:
    published = iso_date(evidence.hit.article.published or "")
    return times(text, date.fromisoformat(published) if published else date(2000, 12, 31)).periods


def same_thing(first: Told, second: Told, *, lasting: bool = False) -> bool:
    """True for sentences of two articles that nothing but their figures, dates or denials tells apart.

    `lasting`: of a length, a price or a term, which a day in the sentence says nothing of.
    """
    return (
        first.evidence.hit.article.id != second.evidence.hit.article.id
        and not _other_subject(first, second)
        and not _elsewhere(first, second)
        and not _of_other_years(first, second)
        and (lasting or (_name_the_same(first, second) and not _of_other_days(first, second)))
        and not _MARKS & (first.lemmas ^ second.lemmas)
    )


def _other_subject(first: Told, second: Told) -> bool:
    """True where each has names, and none that the other one has, be it in the sentences around."""
    if not first.names or not second.names or shared(first.names, second.names):
        return False
    return not (shared(first.names, second.names_around) or shared(second.names, first.names_around))


def _elsewhere(first: Told, second: Told) -> bool:
    """True where one names a place that the other one doesn't."""
    one, two = first.places, second.places
    return len(shared(one, two)) < len(one) or len(shared(two, one)) < len(two)


def _name_the_same(first: Told, second: Told) -> bool:
    """True where both say themselves what they count for: «Это затронет 50 тысяч пассажиров» doesn't."""
    return bool(shared(first.names, second.names)) and not leans(first.text) and not leans(second.text)


def _of_other_days(first: Told, second: Told) -> bool:
    """True where only one is of a certain day: «сегодня отменены 22 рейса».

    Two days are no doubt: what is said for each of them shows how it went on.
    """
    return bool(_MOMENTS & (first.lemmas ^ second.lemmas)) or (first.day is None) is not (second.day is None)


def _of_other_years(first: Told, second: Told) -> bool:
    """True for «в 2017 году» and «в 2018 году»."""
    one, two = first.periods, second.periods
    both_days = first.day is not None and second.day is not None
    return bool(one and two) and not both_days and all(apart(x, y) for x in one for y in two)


def apart(first: Period, second: Period) -> bool:
    """True where two times have no day in common."""
    if not (first.since and first.until and second.since and second.until):
        return False
    return first.until < second.since or second.until < first.since


def alike(first: Told, second: Told, of: Callable[[int, int], int] = min) -> bool:
    """True where most telling words, names aside, of the shorter sentence (`max`: the longer) are shared."""
    here, there = first.evidence, second.evidence
    if here.hit.article.id == there.hit.article.id:
        return False
    if len({*here.sentence.lemmas} & {*there.sentence.lemmas}) < _LEAST_ALIKE - 1:
        return False  # a quick look: most have nothing in common
    one, two = first.telling - first.names, second.telling - second.names
    count = len(shared(one, two))
    return count >= _LEAST_ALIKE and count >= _ALIKE * of(len(one), len(two))


def around(text: str, figure: Amount) -> frozenset[str]:
    """Telling words near a figure, names aside."""
    before = list(_telling(text[: figure.start]))[-_BEFORE:]
    behind = islice(_telling(text[figure.stop :]), _BEHIND)
    return frozenset((*before, *behind)) - names(text)


def telling(text: str) -> frozenset[str]:
    """Lemmas of what `text` tells, without numbers."""
    return frozenset(each for each in content_lemmas(text) if _is_telling(each))


def names(text: str) -> frozenset[str]:
    """Lemmas of the capitalised words inside `text`."""
    found = list(words(text))
    return frozenset(
        lemma(word.text) for word in found[1:] if text[word.start].isupper() and not is_untelling(word.text)
    )


def shared(first: Iterable[str], second: frozenset[str]) -> set[str]:
    """Lemmas of `first` that stand in `second`: themselves, by a synonym or by a kindred word."""
    return {each for each in first if stands(each, second)}


def stands(each: str, others: frozenset[str]) -> bool:
    """True where the lemma is among `others`: itself, by a synonym or by a kindred word."""
    if each in others or equals(each) & others:
        return True
    has_kin = len(each) > BEGINNING and not each[0].isdigit()
    return has_kin and any(other[:BEGINNING] == each[:BEGINNING] for other in others)


def _telling(text: str) -> Iterator[str]:
    return filter(_is_telling, (lemma(word.text) for word in words(text)))


def _is_telling(each: str) -> bool:
    return not each[0].isdigit() and not is_untelling(each)

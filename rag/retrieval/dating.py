"""What a question says of time, as a stage of its own behind the rerankers.

A time is a preference, never a filter: what was paid in 2014 may stand in an article of 2025. Passages that
speak of the time and articles published in it come a little before the others; «последние новости» brings the
newest of the relevant passages forward. A question that names no time passes through untouched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.text.days import described
from rag.text.lemma_rules import MONTHS
from rag.types import Filters, Hit, PassageSource, Period, Times

# Gains as shares of the best score, so that they mean the same with any reranker (eval/results/README.md).
_MENTIONED = 0.01
_PUBLISHED = 0.05
_LOOKED_FOR = 0.2  # published when «на прошлой неделе» says to look
_NEWEST = 0.25
LARGEST = _LOOKED_FOR + _NEWEST
# A passage below this share of the best score is not about the topic, however new it is.
_RELEVANT = 0.75
# News are looked for among all articles and among those of the last days before the newest one.
_NEWS_DAYS = 30
# Candidates from the articles of the time, besides those from all articles.
EXTRA = 32


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question's times ask of the hits.

    `periods` are those to prefer; `looked_for` those of them in which articles were published, with the
    filters that limit a search to these; `notes` (Russian) tell what was understood.
    """

    periods: tuple[Period, ...] = ()
    newest: bool = False
    within: tuple[Filters, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.periods or self.newest)


def wish(times: Times, filters: Filters | None, source: PassageSource, today: date) -> Wish:
    """What `times` ask for in the articles that `filters` allow."""
    if not times:
        return Wish()
    base = filters or Filters()
    periods: list[Period] = []
    within: list[Filters] = []
    notes: list[str] = []
    for period in times.periods:
        limited = _narrowed(base, period)
        held = source.latest(date.max, limited) is not None
        if period.guessed and not held:
            continue
        if period.relative and not held:
            if period.since is None or period.since <= today:
                notes.append(f"за {described(period)} публикаций нет, ответ — по всем статьям")
            continue
        periods.append(period)
        within += [limited] if held else []
    if periods:
        notes.insert(0, f"учтён период: {'; '.join(described(period) for period in periods)}")
    if times.newest:
        notes.append("сначала новейшие")
        within += _news(base, source, today)
    return Wish(tuple(periods), times.newest, tuple(within), tuple(notes))


def joined(hits: Sequence[Hit], extra: Sequence[Sequence[Hit]]) -> list[Hit]:
    """`hits`, then those of `extra` that are not among them; ranks in a part of the library are dropped."""
    found = {hit.passage.id: hit for hit in hits}
    for hit in (hit for part in extra for hit in part):
        found.setdefault(hit.passage.id, replace(hit, ranks={}))
    return list(found.values())


def losses(asked: Wish, hits: Sequence[Hit]) -> list[float]:
    """What each of `hits` (best first) loses against the ones that fit best: 0 to LARGEST of the best score.

    Nothing gains, because a score also tells how sure an answer is, and a date makes none surer.
    """
    if not asked or not hits:
        return [0.0] * len(hits)
    gains = _gains(asked, hits)
    return [max(gains) - gain for gain in gains]


def _gains(asked: Wish, hits: Sequence[Hit]) -> list[float]:
    best = abs(hits[0].score)
    told = [max((_gain(period, hit) for period in asked.periods), default=0.0) for hit in hits]
    new = _newness(hits) if asked.newest else [0.0] * len(hits)
    return [best * (first + _NEWEST * second) for first, second in zip(told, new, strict=True)]


def _gain(period: Period, hit: Hit) -> float:
    if period.relative:
        return _LOOKED_FOR * _published(period, hit)
    return _MENTIONED * mentioned(period, hit) + _PUBLISHED * _published(period, hit)


def _published(period: Period, hit: Hit) -> bool:
    day = hit.article.published
    if not day:
        return False
    since, until = period.since, period.until
    return (since is None or since.isoformat() <= day) and (until is None or day <= until.isoformat())


def mentioned(period: Period, hit: Hit) -> float:
    """How exactly a sentence of the passage names the time: 1 the year and month, 0.5 one of two."""
    since, until = period.since, period.until
    if since is None or until is None:
        return 0.0  # an open time is named by no words of its own
    years = {str(year) for year in range(since.year, until.year + 1)}
    is_year = (until - since).days > 300
    named = {MONTHS[number - 1] for number in _month_numbers(since, until)}
    best = 0.0
    for sentence in hit.passage.sentences:
        lemmas = set(sentence.lemmas)
        year = bool(lemmas & years)
        best = max(best, float(year) if is_year else (year + bool(lemmas & named)) / 2)
    return best


def _month_numbers(since: date, until: date) -> Iterator[int]:
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    for number in range(first, min(last, first + 11) + 1):
        yield number % 12 + 1


def _newness(hits: Sequence[Hit]) -> list[float]:
    """1 for the newest publication among the relevant hits, 0 for the oldest and for all others."""
    least = _RELEVANT * hits[0].score
    days = {hit.article.published for hit in hits if hit.score >= least and hit.article.published}
    order = {day: place for place, day in enumerate(sorted(filter(None, days)))}
    if len(order) < 2:
        return [float(hit.score >= least and hit.article.published in order) for hit in hits]
    return [
        order[day] / (len(order) - 1)
        if (day := hit.article.published) in order and hit.score >= least
        else 0.0
        for hit in hits
    ]


def _narrowed(filters: Filters, period: Period) -> Filters:
    """`filters` and the time of publication together."""
    since = max(filter(None, (filters.since, period.since)), default=None)
    until = min(filter(None, (filters.until, period.until)), default=None)
    return replace(filters, since=since, until=until)


def _news(filters: Filters, source: PassageSource, today: date) -> list[Filters]:
    newest = source.latest(today, filters)
    if newest is None:
        return []
    since = newest - timedelta(days=_NEWS_DAYS)
    return [_narrowed(filters, Period(since, newest, ""))]

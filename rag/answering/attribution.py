"""Which sentences of the hits a written answer rests on: forgotten footnotes are added.

A sentence gets, of every hit it names, the source sentences that hold most of its words; one that names none
is looked up in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.text.words import content_lemmas
from rag.types import Citation, Draft, Hit, Sentence, SourceSentence

# Shares of a sentence's words: what a source sentence must hold, and what a further one must add.
_LEAST = 0.35
_WORTH_ADDING = 0.1
_MOST_OF_A_HIT = 2

Source = tuple[Hit, SourceSentence]


def attributed(draft: Draft, hits: Sequence[Hit]) -> Draft:
    """`draft` with footnotes to sentences of `hits`, numbered as they come; supports are not decided here.

    The numbers in its sentences name hits, counted from 1. A sentence that nothing in the hits resembles is
    left without a footnote.
    """
    citations: list[Citation] = []
    numbers: dict[tuple[str, int], int] = {}
    sentences = []
    for sentence in draft.sentences:
        cited = []
        for hit, source in _sources(sentence, hits):
            place = (hit.article.id, source.start)
            if place not in numbers:
                numbers[place] = len(numbers) + 1
                citations.append(_citation(numbers[place], hit, source))
            cited.append(numbers[place])
        sentences.append(replace(sentence, citations=tuple(dict.fromkeys(cited))))
    return replace(draft, sentences=tuple(sentences), citations=tuple(citations))


def _sources(sentence: Sentence, hits: Sequence[Hit]) -> Iterator[Source]:
    asked = frozenset(content_lemmas(sentence.text))
    named = [hits[number - 1] for number in sentence.citations]
    if named:
        for hit in named:
            for source in _covering(asked, hit):
                yield hit, source
        return
    best = max(hits, key=lambda hit: max((_held(asked, each) for each in hit.passage.sentences), default=0))
    for source in _covering(asked, best):
        yield best, source


def _covering(asked: frozenset[str], hit: Hit) -> Iterator[SourceSentence]:
    """The sentences of `hit` that together hold most of `asked`, best one first."""
    left, least = asked, _LEAST
    for _ in range(_MOST_OF_A_HIT):
        best = max(hit.passage.sentences, key=lambda each: _held(left, each), default=None)
        if best is None or not asked or _held(left, best) < least * len(asked):
            return
        yield best
        left, least = left - set(best.lemmas), _WORTH_ADDING


def _held(asked: frozenset[str], source: SourceSentence) -> int:
    return len(asked & set(source.lemmas))


def _citation(number: int, hit: Hit, source: SourceSentence) -> Citation:
    article = hit.article
    return Citation(
        number=number,
        article_id=article.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        quote=hit.passage.quote(source),
        start=source.start,
        stop=source.stop,
        passage_id=hit.passage.id,
    )

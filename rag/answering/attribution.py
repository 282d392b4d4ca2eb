"""Which sentences of the shown passages stand behind each sentence of a model's answer.

A sentence gets, of every passage it names, the source sentences that hold most of its words; one that names
none is looked up in all of them. Where nothing is alike it stays without a footnote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.reply import Claim
from rag.text.matching import Matcher, Matches
from rag.text.words import content_lemmas
from rag.types import Citation, Hit, Sentence, SourceSentence

# Shares of a claim's weight: what a source sentence must hold, and what a further one must add.
_LEAST = 0.35
_WORTH_ADDING = 0.1
_MOST_OF_A_PASSAGE = 2

Source = tuple[Hit, SourceSentence]


def attributed(
    claims: Sequence[Claim], hits: Sequence[Hit], matcher: Matcher
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """`claims` as sentences with footnotes to sentences of `hits`, numbered as they come; not verified."""
    numbers: dict[tuple[str, int], int] = {}
    citations: list[Citation] = []
    written = []
    for claim in claims:
        cited = []
        for hit, source in _sources(claim, hits, matcher):
            place = (hit.article.id, source.start)
            if place not in numbers:
                numbers[place] = len(numbers) + 1
                citations.append(_citation(numbers[place], hit, source))
            cited.append(numbers[place])
        written.append(Sentence(claim.text, tuple(dict.fromkeys(cited)), "unsupported"))
    return tuple(written), tuple(citations)


def _sources(claim: Claim, hits: Sequence[Hit], matcher: Matcher) -> Iterator[Source]:
    named = [hits[place] for place in claim.passages]
    searched = [hit for hit in named or hits if hit.passage.sentences]
    asked = content_lemmas(claim.text)
    if not searched or not asked:
        return
    matches = matcher.matches(asked, [hit.passage for hit in searched])
    places = range(len(searched)) if named else [int(np.argmax(matches.best_sentence))]
    for place in places:
        for column in _covering(matches, place):
            yield searched[place], searched[place].passage.sentences[column]


def _covering(matches: Matches, place: int) -> Iterator[int]:
    """Which sentences of the passage at `place` together hold most of the claim, best one first."""
    borders = [*matches.first.tolist(), matches.sentences.shape[1]]
    table = matches.sentences[:, borders[place] : borders[place + 1]]
    covered: NDArray[np.float64] = np.zeros(len(table))
    least = _LEAST
    for _ in range(_MOST_OF_A_PASSAGE):
        shares = matches.share(np.maximum(table, covered[:, None]))
        best = int(np.argmax(shares))
        if shares[best] - float(matches.share(covered)) < least:
            return
        yield best
        covered, least = np.maximum(covered, table[:, best]), _WORTH_ADDING


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

"""Why a hit stands where it does: how each word of the question is matched, what each feature adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from rag.matching.matcher import LemmaMatch, Matcher
from rag.retrieval.rerank import LateInteraction
from rag.text.words import lemma as lemma_of
from rag.text.words import words
from rag.types import Contribution, Explanation, FoundWord, Hit, MatchField, Query, SourceSentence, WordMatch


class Explainer:
    """Explains hits with the matcher, and the reranker if there is one, that ranked them."""

    def __init__(self, matcher: Matcher, reranker: LateInteraction | None = None) -> None:
        self._matcher = matcher
        self._reranker = reranker

    def explain(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """`hits`, which a search for `query` brought, each with its explanation."""
        if not query.lemmas:
            return [replace(hit, explanation=Explanation(())) for hit in hits]
        contributions = self._contributions(query, hits)
        return [
            replace(hit, explanation=Explanation(self._words(query, hit), added))
            for hit, added in zip(hits, contributions, strict=True)
        ]

    def _contributions(self, query: Query, hits: Sequence[Hit]) -> list[tuple[Contribution, ...]]:
        """What every feature adds to the score of each hit."""
        if self._reranker is None:
            return [()] * len(hits)
        shares = self._reranker.shares()
        return [
            tuple(
                Contribution(name, float(value), share, float(value) * share)
                for (name, share), value in zip(shares.items(), values, strict=True)
            )
            for values in self._reranker.features(query, hits)
        ]

    def _words(self, query: Query, hit: Hit) -> tuple[WordMatch, ...]:
        passage = hit.passage
        # The first of each lemma, so the last to be written.
        typed = reversed(list(words(query.text)))
        asked = {lemma_of(word.text): query.text[word.start : word.stop] for word in typed}
        there = [lemma for sentence in passage.sentences for lemma in sentence.lemmas]
        best = self._best_sentence(query, hit)
        return tuple(
            WordMatch(
                lemma=match.asked,
                asked=asked.get(match.asked, match.asked),
                weight=match.weight,
                kind=match.kind,
                similarity=match.similarity,
                cosine=match.cosine,
                found=None if match.kind == "none" else _found(match, hit, best),
            )
            for match in self._matcher.kinds(query.lemmas, [*there, *passage.title_lemmas])
        )

    def _best_sentence(self, query: Query, hit: Hit) -> SourceSentence | None:
        """The sentence of the hit that matches most of the question."""
        if not hit.passage.sentences:
            return None
        found = self._matcher.matches(query.lemmas, [hit.passage])
        return hit.passage.sentences[int(np.argmax(found.share(found.sentences)))]


def _found(match: LemmaMatch, hit: Hit, best: SourceSentence | None) -> FoundWord | None:
    """The first word of that lemma: in the best sentence, else in the passage, else in the title."""
    passage = hit.passage
    others = [sentence for sentence in passage.sentences if sentence is not best]
    places: list[tuple[MatchField, Iterable[tuple[str, int]]]] = [
        ("sentence", [(passage.quote(best), best.start)] if best else []),
        ("text", [(passage.quote(sentence), sentence.start) for sentence in others]),
        ("title", [(hit.article.title, 0)]),
    ]
    candidates = (
        found
        for field, stretches in places
        for text, start in stretches
        for found in _standing(match.lemma, text, start, field)
    )
    return next(candidates, None)


def _standing(lemma: str | None, text: str, offset: int, field: MatchField) -> Iterator[FoundWord]:
    """The words of `text`, which begins at `offset`, that have this lemma."""
    for word in words(text):
        if lemma_of(word.text) == lemma:
            start, stop = word.start, word.stop
            yield FoundWord(text[start:stop], field, offset + start, offset + stop)

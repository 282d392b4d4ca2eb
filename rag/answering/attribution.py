"""Which sentences of the hits a written answer rests on: forgotten footnotes are added, wrong ones moved.

A language model numbers passages as it likes. Whatever it wrote, each of its sentences is checked against the
sentences of the hits, those it named first, and gets footnotes with exact quotes of what bears it out best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

from rag.answering.verification import RELATED, Check, check
from rag.text.words import content_lemmas
from rag.types import Citation, Draft, Hit, Sentence, SourceSentence

# Sentences of the hits that are looked at closely, the most alike first; pairs are made of the first few.
_CANDIDATES = 8
_PAIRED = 4
_RANKS = {"supported": 2, "partial": 1, "unsupported": 0}


Choice: TypeAlias = "tuple[tuple[Quote, ...], Check]"


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences `[first, last]` of a hit's passage, side by side; `hit` counts from 1."""

    hit: int
    passage: Hit
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.passage.passage.sentences[self.first].start

    @property
    def stop(self) -> int:
        return self.passage.passage.sentences[self.last].stop

    @property
    def text(self) -> str:
        offset = self.passage.passage.start
        return self.passage.passage.text[self.start - offset : self.stop - offset]

    @property
    def lemmas(self) -> frozenset[str]:
        found: Sequence[SourceSentence] = self.passage.passage.sentences[self.first : self.last + 1]
        return frozenset(lemma for sentence in found for lemma in sentence.lemmas)

    def citation(self, number: int) -> Citation:
        article = self.passage.article
        return Citation(
            number=number,
            article_id=article.id,
            title=article.title,
            source=article.source,
            url=article.url,
            published=article.published,
            quote=self.text,
            start=self.start,
            stop=self.stop,
            passage_id=self.passage.passage.id,
        )


def attributed(draft: Draft, hits: Sequence[Hit]) -> Draft:
    """`draft` with right footnotes, supports and reasons.

    The numbers in its sentences name hits, counted from 1; unknown ones are passed over, and its own
    `citations` are made anew, numbered as they are first needed. A sentence that nothing in the hits
    resembles is left without a footnote, unsupported.
    """
    quotes: list[Quote] = []
    sentences = []
    for sentence in draft.sentences:
        chosen, found = _best(sentence, hits)
        quotes += [quote for quote in chosen if _number(quote, quotes) is None]
        numbers = tuple(dict.fromkeys(number for quote in chosen if (number := _number(quote, quotes))))
        sentences.append(
            replace(sentence, citations=numbers, support=found.verdict.support, reasons=found.verdict.reasons)
        )
    citations = tuple(quote.citation(number) for number, quote in enumerate(quotes, 1))
    return replace(draft, sentences=tuple(sentences), citations=citations)


def _number(quote: Quote, quotes: Sequence[Quote]) -> int | None:
    """The footnote that quotes the same stretch of the same article already."""
    place = (quote.passage.article.id, quote.start, quote.stop)
    known = [(each.passage.article.id, each.start, each.stop) for each in quotes]
    return known.index(place) + 1 if place in known else None


def _best(sentence: Sentence, hits: Sequence[Hit]) -> Choice:
    """The quotes that bear `sentence` out best, and how well: one if it is enough, else two."""
    near = _near(sentence, hits)
    if not near:
        return (), check(sentence.text, [])
    singles: list[Choice] = []
    for quote in sorted(near, key=lambda quote: quote.hit not in sentence.citations):
        singles.append(((quote,), _checked(sentence, [quote])))
        if singles[-1][1].verdict.support == "supported":
            return singles[-1]
    best = max(singles, key=lambda each: _merit(each, sentence))
    ordered = sorted(singles, key=lambda each: _merit(each, sentence), reverse=True)
    pairs = [(pair, _checked(sentence, pair)) for pair in _pairs([quotes[0] for quotes, _ in ordered])]
    best = max([best, *pairs], key=lambda each: _merit(each, sentence))
    return best if best[1].share >= RELATED else ((), best[1])


def _near(sentence: Sentence, hits: Sequence[Hit]) -> list[Quote]:
    """Sentences of the hits that share most words with `sentence`, the named hits' before the others'."""
    asked = frozenset(content_lemmas(sentence.text))
    every = [
        Quote(number, hit, place, place)
        for number, hit in enumerate(hits, 1)
        for place in range(len(hit.passage.sentences))
    ]
    shared = [(len(asked & quote.lemmas), quote.hit in sentence.citations, quote) for quote in every]
    found = sorted(shared, key=lambda each: each[:2], reverse=True)
    return [quote for count, _, quote in found[:_CANDIDATES] if count]


def _pairs(quotes: Sequence[Quote]) -> Iterator[tuple[Quote, ...]]:
    """A sentence with the one before it («Он подписал…»), and two sentences wherever they stand."""
    for quote in quotes[:_PAIRED]:
        if quote.first:
            yield (replace(quote, first=quote.first - 1),)
    yield from combinations(quotes[:_PAIRED], 2)


def _checked(sentence: Sentence, quotes: Sequence[Quote]) -> Check:
    published = [quote.passage.article.published for quote in quotes]
    return check(sentence.text, [quote.text for quote in quotes], published)


def _merit(found: Choice, sentence: Sentence) -> tuple[float, ...]:
    """What makes one choice better than another: support, the writer's own choice, coverage, few quotes."""
    quotes, result = found
    named = sum(quote.hit in sentence.citations for quote in quotes) / len(quotes)
    is_supported = _RANKS[result.verdict.support]
    size = sum(quote.last - quote.first + 1 for quote in quotes)
    # An unsupported sentence is shown beside what it comes nearest to.
    return (
        is_supported,
        named if is_supported == 2 else 0.0,
        round(result.share, 2),
        named,
        -size,
        -quotes[0].hit,
    )

"""A claim of anybody's, or a written answer, held against quotes or against what a search has found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

from rag.answering.alignment import Alignment
from rag.answering.composing import Footnotes
from rag.answering.evidence import Evidence
from rag.answering.rereading import to_read
from rag.answering.verification import RELATED, Check, check, verified, verify
from rag.text.claims import claims
from rag.text.pieces import Piece
from rag.text.words import content_lemmas
from rag.types import (
    Answer,
    Checked,
    Draft,
    Hit,
    Lacking,
    Outcome,
    Reader,
    Sentence,
    Slot,
    SlotKind,
    SourceSentence,
    Verdict,
)

_KINDS: dict[str, SlotKind] = {"number": "number", "time": "date", "name": "name"}
_GROUPS: dict[str, SlotKind] = {"verb": "action", "noun": "thing"}
_NOTHING = "в библиотеке об этом ничего не нашлось"


def against_quotes(claim: str, quotes: Sequence[str], reader: Reader | None = None) -> Checked:
    """`claim` held against all of `quotes` together."""
    return Checked(verify(claim, quotes, reader=reader), tuple(slots(claim, quotes)))


def against_hits(claim: str, hits: Sequence[Hit], reader: Reader | None = None) -> Checked:
    """`claim` held against the sentences of `hits` that bear it out best, or come nearest to it."""
    draft = attributed(Draft((Sentence(claim, (), "unsupported"),), found=True), hits)
    (sentence,) = verified(draft, reader=reader).sentences
    if not draft.citations:
        return Checked(Verdict("unsupported", (_NOTHING,)), tuple(slots(claim, [])))
    quotes = [citation.quote for citation in draft.citations]
    return Checked(Verdict(sentence.support, sentence.reasons), tuple(slots(claim, quotes)), draft.citations)


def compared(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences of `answer`, each with what was compared: it with its quotes, or the question with it."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    return tuple(
        replace(each, slots=tuple(_slots_of(answer.standalone_question, each, quotes)))
        for each in answer.sentences
    )


def _slots_of(question: str, sentence: Sentence, quotes: Mapping[int, str]) -> Iterator[Slot]:
    cited = [quotes[number] for number in sentence.citations if number in quotes]
    is_quoted = any(sentence.text in quote for quote in cited)
    return slots(question if is_quoted else sentence.text, cited)


def slots(claim: str, quotes: Sequence[str]) -> Iterator[Slot]:
    """What `claim` states, piece by piece, and what `quotes` have in its place."""
    found = Alignment(claims(claim, None), [claims(quote, None) for quote in quotes])
    missing, placed = set(found.missing), {each.claimed: each.held for each in found.replaced}
    for number, piece in enumerate(found.pieces):
        if not found.matches[number] and number not in missing:
            continue  # it only frames the claim
        outcome, held = _outcome(found, number, placed.get(number))
        source = None if held is None else found.shown(held)
        yield Slot(kind_of(piece), outcome, found.claim.shown(piece), source)


def _outcome(found: Alignment, number: int, placed: int | None) -> tuple[Outcome, int | None]:
    """How a piece fares, and the piece of a source that says so.

    What is told as done, and stands there as an infinitive («решил открыть», «отказалась дать»), is "unreal".
    """
    held = found.aligned[number]
    if held is None and found.matches[number]:
        held = found.matches[number][0]
    if held is None:
        return ("absent", None) if placed is None else ("other", placed)
    claimed, told = found.pieces[number], found.held[held].piece
    if claimed.denied != told.denied:
        return "denied", held
    return ("unreal" if claimed.finite and told.group == "verb" and not told.finite else "same"), held


def kind_of(piece: Piece) -> SlotKind:
    """What a piece of a claim is: a figure, a date, a name …"""
    return _KINDS.get(piece.kind) or _GROUPS.get(piece.group, "quality")


_PICKING = frozenset({"number", "date", "name"})
_REST = 0.6  # the share of the other parts of the question that the sentence has
_NUMBERED = re.compile(r"[^\W\d_]+\s+№\s*$")  # «приказ № » before 119


def lacking(question: str, found: Sequence[Evidence]) -> Lacking | None:
    """What of `question` the passages of the sentences `found` lack, and what the likeliest has instead; None
    where more is missing.
    """
    return next(_lacking(question, found), None) if found else None


def _lacking(question: str, evidence: Sequence[Evidence]) -> Iterator[Lacking]:
    read = to_read(evidence[0].hit, evidence[0].sentence)
    asked = claims(question, None)
    found = Alignment(asked, [claims(text, None) for text in (read.text, read.context) if text])
    placed = {each.claimed: each.held for each in found.replaced}
    picking = [number for number, piece in enumerate(asked.pieces) if kind_of(piece) in _PICKING]
    others = [number for number in range(len(asked.pieces)) if number not in picking]
    if not others or sum(bool(found.matches[each]) for each in others) < _REST * len(others):
        return
    missing = [number for number in picking if not found.matches[number]]
    around = Alignment(asked, [claims(text, None) for text in _passages(evidence)] if missing else [])
    for number in missing:
        if around.matches[number]:
            continue
        held = placed.get(number)
        is_like = held is not None and kind_of(found.held[held].piece) == kind_of(asked.pieces[number])
        yield Lacking(
            _shown(question, asked.pieces[number].start, asked.shown(asked.pieces[number])),
            found.shown(held) if held is not None and is_like else None,
        )


def _passages(evidence: Sequence[Evidence]) -> list[str]:
    """The passages that `evidence` is of, with the titles of their articles."""
    hits = {each.hit.passage.id: each.hit for each in evidence}
    return [f"{hit.article.title}. {hit.passage.text}" for hit in hits.values()]


def _shown(question: str, start: int, shown: str) -> str:
    """A part of the question, a number with the noun that it counts off."""
    before = _NUMBERED.search(question[:start]) if shown[:1].isdigit() else None
    return f"{before.group()}{shown}" if before else shown


# Which sentences of the hits a written answer rests on: forgotten footnotes are added, wrong ones moved.
#
# A language model numbers passages as it likes. Whatever it wrote, each of its sentences is checked
# against the sentences of the hits, those it named first, and gets footnotes with exact quotes of what
# bears it out best.

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


def attributed(draft: Draft, hits: Sequence[Hit]) -> Draft:
    """`draft` with right footnotes, supports and reasons.

    The numbers in its sentences name hits, counted from 1; unknown ones are passed over, and its own
    `citations` are made anew, numbered as they are first needed. A sentence that nothing in the hits
    resembles is left without a footnote, unsupported.
    """
    footnotes, sentences = Footnotes(), []
    for sentence in draft.sentences:
        chosen, found = _best(sentence, hits)
        cited = [footnotes.at(each.passage, each.start, each.text).number for each in chosen]
        support, reasons = found.verdict.support, found.verdict.reasons
        numbers = tuple(dict.fromkeys(cited))
        sentences.append(replace(sentence, citations=numbers, support=support, reasons=reasons))
    return replace(draft, sentences=tuple(sentences), citations=footnotes.all)


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
    ordered = sorted(singles, key=lambda each: _merit(each, sentence), reverse=True)
    pairs = [(pair, _checked(sentence, pair)) for pair in _pairs([quotes[0] for quotes, _ in ordered])]
    best = max([ordered[0], *pairs], key=lambda each: _merit(each, sentence))
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

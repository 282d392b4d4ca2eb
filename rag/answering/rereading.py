"""The likeliest sentences read by the network: their order anew, and what it adds to confidence.

Words alone can't tell «Тау подписал» from «Тау не подписал», nor the answer from its neighbour. So the best
sentences by words are read one by one, each with what stands above and before it. The weights are fitted by
`python -m eval.train_reading` on questions whose articles the network has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.answering.fitted import fitted
from rag.types import Hit, Reader, Reading, SourceSentence, TextToRead

if TYPE_CHECKING:
    from rag.answering.evidence import Evidence

MOST_READ = 8  # sentences
_MOST_ODDS = 10.0  # log-odds beyond it say no more
FEATURES = ("score", "span", "answers", "stated")
CONFIDENCE_FEATURES = ("read_span", "read_stated")


def reread(
    question: str, polar: bool, found: Sequence[Evidence], reader: Reader, weights: Mapping[str, float]
) -> list[Evidence]:
    """`found` (best first) with its first MOST_READ sentences read and put in a new order, the rest behind.

    `polar`: yes or no will do, so `question` is read as a claim.
    """
    likely, rest = list(found[:MOST_READ]), found[MOST_READ:]
    readings = reader.read(question, [to_read(each.hit, each.sentence, each.heading) for each in likely])
    read = [
        replace(each, reading=reading, score=score_of(each.score, reading, polar, weights))
        for each, reading in zip(likely, readings, strict=True)
    ]
    lowest = min((each.score for each in read), default=0.0)
    fall = max((each.score for each in rest), default=0.0) - lowest
    read.sort(key=lambda each: -each.score)
    return [*read, *(replace(each, score=each.score - fall) for each in rest)]


def to_read(hit: Hit, sentence: SourceSentence, heading: str = "") -> TextToRead:
    """A sentence of `hit` with its title, the headings above it, and what announces or precedes it.

    `heading`, the last of these, is read as a part of the sentence instead: it may be the answer.
    """
    passage, governs = hit.passage, sentence.above
    place = passage.sentences.index(sentence)
    before = passage.quote(passage.sentences[place - 1]) if place and not governs.told else ""
    if before in governs.headings:
        before = ""
    headings = governs.headings[:-1] if heading else governs.headings
    context = above(". ".join((hit.article.title, *headings)), governs.lead or before)
    told = passage.told(sentence)
    return TextToRead(context, f"{heading}: {told}" if heading else told)


def above(title: str, before: str) -> str:
    """What stands above a sentence, as the network was trained with it."""
    return ". ".join(part for part in (title.strip().rstrip("."), before.strip()) if part)


def score_of(score: float, reading: Reading, polar: bool, weights: Mapping[str, float]) -> float:
    """A sentence's score by words and by what the network reads."""
    return float(sum(weights[name] * value for name, value in features(score, reading, polar).items()))


def features(score: float, reading: Reading, polar: bool) -> dict[str, float]:
    """FEATURES of one sentence; what is asked of it decides which of them are there."""
    if polar:
        return {"score": score, "span": 0.0, "answers": 0.0, "stated": stated(reading)}
    span, answers = _bound(reading.span_odds), _bound(reading.answers)
    return {"score": score, "span": span, "answers": answers, "stated": 0.0}


def confidence_features(best: Evidence, polar: bool) -> tuple[float, ...]:
    """CONFIDENCE_FEATURES of the best sentence; zeros where no network has read it."""
    if best.reading is None:
        return (0.0, 0.0)
    named = features(0.0, best.reading, polar)
    return named["span"], named["stated"]


def stated(reading: Reading) -> float:
    """Log-odds that a text says whether a claim is true."""
    silent = min(max(reading.follows.not_stated, 1e-6), 1 - 1e-6)
    return _bound(math.log((1 - silent) / silent))


def _bound(odds: float) -> float:
    return min(max(odds, -_MOST_ODDS), _MOST_ODDS)


# The short answer


def short_of(best: Evidence) -> str | None:
    """The short answer that the network has marked in `best` or its heading; None where it is unsure."""
    reading = best.reading
    if reading is None or reading.span is None or reading.span_odds < fitted()["span"]["least_odds"]:
        return None
    short = best.told[slice(*reading.span)]
    return short if short in best.heading or short in best.text else None  # not some of each

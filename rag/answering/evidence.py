"""Which sentence answers, and how sure that is.

Two small linear models over named features. Their weights are fitted by `python -m eval.train_answering`
(listwise softmax regression for sentences, logistic regression for confidence) and live in weights.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rag.answering.definitions import asks_what
from rag.answering.fitted import fitted
from rag.answering.rereading import CONFIDENCE_FEATURES as READ_FEATURES
from rag.answering.rereading import confidence_features, reread
from rag.answering.sentence_features import SENTENCE_FEATURES, answering, closeness, looks_for_entity, rows
from rag.matching.matcher import Matcher, Matches
from rag.matching.outlines import topic
from rag.text.namesakes import of_a_namesake, of_another_number
from rag.text.questions import Question, analyse
from rag.text.structure import is_item
from rag.text.words import is_function_word, lemmas, word_lemmas
from rag.types import Hit, Query, Reader, Reading, SourceSentence

Floats = NDArray[np.float64]

CONFIDENCE_FEATURES = (
    "passage_score",
    "missing",
    "names",
    "mass",
    "lemmas",
    "typed",
    "wants_entity",
    "topic",
    "names_told",
    "asks_yesno",
    "asks_date",
    "asks_name",
    "unexplained",
)
# How much of its topic is taken to be asked about where a passage doesn't say what it is about: a mean.
_UNKNOWN_TOPIC = 0.25
_TYPED = SENTENCE_FEATURES.index("typed")
_DEFINES = SENTENCE_FEATURES.index("defines")
_OUT_OF_REACH = 3.0  # a sentence this far below the best one has a twentieth of its odds and is not quoted
_ANOTHER = 4.0  # taken from what tells of another of its kind: beyond reach
_TOP = 3  # sentences whose share of the softmax mass tells a clear answer from a lottery


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of one hit with its features (order of SENTENCE_FEATURES) and their weighted sum.

    `reading` is what the network says of it, where one has read it; `score` is then made of both. It reads
    the sentence behind its `heading` where that names something of the wanted kind and the sentence doesn't.
    """

    hit: Hit
    sentence: SourceSentence
    text: str
    features: tuple[float, ...]
    score: float
    reading: Reading | None = None
    heading: str = ""

    @property
    def is_typed(self) -> bool:
        """True when it names something of the wanted kind."""
        return bool(self.features) and self.features[_TYPED] == 1.0

    @property
    def explains(self) -> float:
        """How much it says of what a thing is, where that is asked (0 to 1)."""
        return self.features[_DEFINES] if self.features else 0.0

    @property
    def told(self) -> str:
        """What the network reads: «9 мая: Движение открыли.»"""
        return f"{self.heading}: {self.text}" if self.heading else self.text

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: article and offset."""
        return self.hit.article.id, self.sentence.start

    @property
    def list_name(self) -> tuple[str, ...] | None:
        """Which list it is an item of, if of any: the article, what stands above it and what announces it."""
        above, passage = self.sentence.above, self.hit.passage
        if above.told or not (above.lead or is_item(passage.text, self.sentence.start - passage.start)):
            return None
        return self.hit.article.id, *above.headings, above.lead


@dataclass(frozen=True, slots=True)
class Findings:
    """What reading the hits gave: all their sentences, best first, and the features of confidence.

    `answers`: they are sure enough to be said.
    """

    question: Question
    evidence: tuple[Evidence, ...]
    confidence_features: tuple[float, ...]
    confidence: float
    answers: bool = False


def read(
    query: Query,
    hits: Sequence[Hit],
    matcher: Matcher,
    reader: Reader | None = None,
    least: float | None = None,
) -> Findings:
    """Score every sentence of `hits` (not empty) as an answer to `query` (with lemmas).

    `reader`, where there is one, reads the best of them. `least` is the confidence that an answer needs,
    in place of the one that ships.
    """
    question = analyse(query.text)
    matches = matcher.matches(query.lemmas, [hit.passage for hit in hits])
    found = sorted(_evidence(query, question, hits, matches), key=lambda each: -each.score)
    if not found:
        return Findings(question, (), (), 0.0)
    if reader is not None:
        found = reread(query.text, question.polar, found, reader, fitted()[_order(question)])
    found = sorted(map(partial(_less_of_another, query.text), found), key=lambda each: -each.score)
    best = next(place for place, hit in enumerate(hits) if hit is found[0].hit)
    whole = _in_passage(matches, best)
    told = _in_sentence(matches, best, found[0])
    features = (
        found[0].hit.score,
        float((matches.weights * (1 - whole)).max() / matches.weights.sum()),
        _name_match(query, whole),
        _mass_of_top([each.score for each in found]),
        len(matches.weights) / 10,
        _typed(question, found[0]),
        float(looks_for_entity(question)),
        float(matches.topics[best]) if topic(hits[best].passage) else _UNKNOWN_TOPIC,
        _name_match(query, told),
        *(float(question.kind == kind) for kind in ("yesno", "date", "name")),
        float(_is_unexplained(query, question, found)),
        *(confidence_features(found[0], question.polar) if reader is not None else ()),
    )
    weights = fitted()["confidence" if reader is None else "confidence_read"]
    confidence = _probability(features, weights)
    least = weights["threshold"] if least is None else least
    return Findings(question, tuple(found), features, confidence, confidence >= least)


def _order(question: Question) -> str:
    """Which weights put the sentences that the network has read in order."""
    return "reread_polar" if question.polar else "reread"


def _evidence(query: Query, question: Question, hits: Sequence[Hit], matches: Matches) -> Iterator[Evidence]:
    """Every sentence; those that could come near the best one are searched for the wanted entity."""
    weights = np.array([fitted()["sentence"][name] for name in SENTENCE_FEATURES])
    untyped = [
        Evidence(row.hit, row.sentence, row.text, row.features, float(weights @ row.features))
        for row in rows(query, question, hits, matches)
    ]
    if not looks_for_entity(question) or not untyped:
        yield from untyped
        return
    asked = frozenset(lemmas(query.text))
    most = float(weights[_TYPED:].sum())
    lowest = max(each.score for each in untyped) - most - _OUT_OF_REACH
    for each in untyped:
        if each.score < lowest:
            yield each
            continue
        heading = ""
        found = answering(question.kind, query.text, each.text, asked)
        if not found:
            heading = _nearest_heading(each)
            found = answering(question.kind, query.text, heading, asked)
        if found:
            near = 0.0 if heading else closeness(query.text, each.text, found)
            features = (*each.features[:_TYPED], 1.0, near)
            yield replace(each, features=features, score=float(weights @ features), heading=heading)
        else:
            yield each


def _nearest_heading(each: Evidence) -> str:
    nearest = each.sentence.above.nearest
    return nearest[1] if nearest else ""


def _is_unexplained(query: Query, question: Question, found: Sequence[Evidence]) -> bool:
    """True where it is asked what something is, and no sentence says so."""
    is_asked = question.kind == "definition" and asks_what(query.text)
    return is_asked and not any(each.explains for each in found)


def _less_of_another(question: str, each: Evidence) -> Evidence:
    """`each` behind all others where it tells of a namesake, or of what has another number."""
    is_another = of_another_number(question, each.text) or of_a_namesake(question, each.text)
    return replace(each, score=each.score - _ANOTHER) if is_another else each


def _in_passage(matches: Matches, place: int) -> Floats:
    """How well each lemma of the question is matched in the passage at `place` or its title."""
    borders = [*matches.first.tolist(), matches.sentences.shape[1]]
    table = matches.sentences[:, borders[place] : borders[place + 1]]
    return np.asarray(np.maximum(table.max(axis=1), matches.titles[:, place]))


def _in_sentence(matches: Matches, place: int, best: Evidence) -> Floats:
    """The same in the sentence `best` of that passage alone."""
    number = best.hit.passage.sentences.index(best.sentence)
    return np.asarray(matches.sentences[:, matches.first[place] + number])


def _name_match(query: Query, whole: Floats) -> float:
    """How well the worst-matched name or number of the question is matched; 1 without names."""
    names = names_of(query.text)
    rows = [row for row, each in enumerate(dict.fromkeys(query.lemmas)) if each in names]
    return float(min((whole[row] for row in rows), default=1.0))


def names_of(question: str) -> frozenset[str]:
    """Lemmas of a question's names and numbers: capitals inside it, Latin words, figures."""
    return frozenset(
        found
        for place, (word, found) in enumerate(word_lemmas(question))
        if not is_function_word(word.text)
        and ((place and question[word.start].isupper()) or word.is_number or "a" <= word.text[0] <= "z")
    )


def _typed(question: Question, best: Evidence) -> float:
    """1 when the best sentence names something of the wanted kind, or any kind will do."""
    if not looks_for_entity(question):
        return 1.0
    return best.features[_TYPED]


def _mass_of_top(scores: Sequence[float]) -> float:
    exponents = np.exp(np.asarray(scores) - scores[0])
    return float(exponents[:_TOP].sum() / exponents.sum())


def _probability(features: Sequence[float], weights: Mapping[str, float]) -> float:
    names = (*CONFIDENCE_FEATURES, *READ_FEATURES)
    total = weights["intercept"] + sum(
        weights[name] * value for name, value in zip(names, features, strict=False)
    )
    return float(1 / (1 + np.exp(-total)))


def threshold() -> float:
    """The confidence below which the writer declines."""
    return fitted()["confidence"]["threshold"]

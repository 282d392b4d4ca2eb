"""Which sentence answers, and how sure that is.

Two small linear models over named features. Their weights are fitted by `python -m eval.train_answering`
(listwise softmax regression for sentences, logistic regression for confidence) and live in weights.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.text.boilerplate import is_boilerplate
from rag.text.entities import Entity, EntityKind, entities
from rag.text.matching import Matcher, Matches
from rag.text.measures import measure
from rag.text.questions import Kind, Question, analyse
from rag.text.topics import topic
from rag.text.words import is_function_word, lemma, lemmas, words
from rag.types import Hit, Query, SourceSentence

Floats = NDArray[np.float64]

SENTENCE_FEATURES = ("own", "context", "passage_score", "opens_passage", "typed", "defines")
CONFIDENCE_FEATURES = (
    "passage_score",
    "passage",
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
)
# How much of its topic is taken to be asked about where a passage doesn't say what it is about: a mean.
_UNKNOWN_TOPIC = 0.25
# Which entities answer which kind of question; other kinds have no entity to look for.
ANSWERING: dict[Kind, frozenset[EntityKind]] = {
    "person": frozenset({"person"}),
    "date": frozenset({"date"}),
    "quantity": frozenset({"quantity"}),
    "place": frozenset({"place"}),
    "organisation": frozenset({"organisation"}),
    "name": frozenset({"name", "person", "organisation", "place"}),
}
# «Кому принадлежит», «кто поставляет»: a firm is as good an answer as a person.
_DONE_BY_FIRMS = frozenset(
    """принадлежать владеть владелец собственник партнер купить приобрести продать выпускать производить
    изготавливать делать поставлять поставщик снабжать строить построить финансировать добывать разрабатывать
    осваивать контролировать инвестор заказчик покупатель продавец подрядчик оператор участник акционер
    подписать заключить сторона получить выкупить кредитовать""".split()
)
_DEFINING = (" — ", " – ", " - ", "(", "явля", "называ", "означа")
# How much of the sentence before, and of the one before that, counts as context: pronouns and ellipses
# refer back («Он назначен…»), less the further back.
_ONE_BACK, _TWO_BACK = 0.9, 0.7
_TYPED = SENTENCE_FEATURES.index("typed")
_OUT_OF_REACH = 3.0  # a sentence this far below the best one has a twentieth of its odds and is not quoted
_TOP = 3  # sentences whose share of the softmax mass tells a clear answer from a lottery


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of one hit with its features (order of SENTENCE_FEATURES) and their weighted sum."""

    hit: Hit
    sentence: SourceSentence
    text: str
    features: tuple[float, ...]
    score: float

    @property
    def is_typed(self) -> bool:
        """True when it names something of the wanted kind."""
        return bool(self.features) and self.features[_TYPED] == 1.0

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: article and offset."""
        return self.hit.article.id, self.sentence.start


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading the hits gave: all their sentences, best first, and the features of confidence."""

    question: Question
    evidence: tuple[Evidence, ...]
    confidence_features: tuple[float, ...]
    confidence: float


def read(query: Query, hits: Sequence[Hit], matcher: Matcher) -> Reading:
    """Score every sentence of `hits` (not empty) as an answer to `query` (with lemmas)."""
    question = analyse(query.text)
    matches = matcher.matches(query.lemmas, [hit.passage for hit in hits])
    found = sorted(_evidence(query, question, hits, matches), key=lambda each: -each.score)
    if not found:
        return Reading(question, (), (), 0.0)
    best = next(place for place, hit in enumerate(hits) if hit is found[0].hit)
    whole = _in_passage(matches, best)
    told = _in_sentence(matches, best, found[0])
    features = (
        hits[best].score,
        float(matches.passage[best]),
        float((matches.weights * (1 - whole)).max() / matches.weights.sum()),
        _name_match(query, whole),
        _mass_of_top([each.score for each in found]),
        len(matches.weights) / 10,
        _typed(question, found[0]),
        float(question.kind in ANSWERING),
        float(matches.topics[best]) if topic(hits[best].passage) else _UNKNOWN_TOPIC,
        _name_match(query, told),
        *(float(question.kind == kind) for kind in ("yesno", "date", "name")),
    )
    return Reading(question, tuple(found), features, _probability(features))


def _evidence(query: Query, question: Question, hits: Sequence[Hit], matches: Matches) -> Iterator[Evidence]:
    """Every sentence; those that could come near the best one are searched for the wanted entity."""
    asked = frozenset(lemmas(query.text))
    untyped = list(_untyped(question, hits, matches))
    if question.kind not in ANSWERING or not untyped:
        yield from untyped
        return
    gain = _weights()["sentence"]["typed"]
    lowest = max(each.score for each in untyped) - gain - _OUT_OF_REACH
    for each in untyped:
        if each.score >= lowest and holds_answer(question.kind, query.text, each.text, asked):
            features = list(each.features)
            features[_TYPED] = 1.0
            yield replace(each, features=tuple(features), score=each.score + gain)
        else:
            yield each


def _retrieved(hit: Hit) -> float:
    """The score that the weights were fitted with: a cross-encoder's says something else."""
    return hit.scores["rerank"] if "final" in hit.scores and "rerank" in hit.scores else hit.score


def _untyped(question: Question, hits: Sequence[Hit], matches: Matches) -> Iterator[Evidence]:
    weights = np.array([_weights()["sentence"][name] for name in SENTENCE_FEATURES])
    borders = [*matches.first.tolist(), matches.sentences.shape[1]]
    for place, hit in enumerate(hits):
        table = matches.sentences[:, borders[place] : borders[place + 1]]
        own = matches.share(table)
        texts = [hit.passage.quote(sentence) for sentence in hit.passage.sentences]
        asks = np.array([text.endswith("?") for text in texts])
        context = matches.share(_with_context(table, matches.titles[:, place], asks))
        for number, (sentence, text) in enumerate(zip(hit.passage.sentences, texts, strict=True)):
            if asks[number] or is_boilerplate(text):
                continue  # a question answers nothing, nor does «Читайте также»
            features = (
                float(own[number]),
                float(context[number]),
                _retrieved(hit),
                float(number == 0),
                0.0,
                float(question.kind == "definition" and any(mark in text for mark in _DEFINING)),
            )
            yield Evidence(hit, sentence, text, features, float(weights @ features))


def _with_context(table: Floats, title: Floats, asks: NDArray[np.bool_]) -> Floats:
    """Matches of each sentence (columns) together with the title and the two sentences before.

    A sentence behind a question (`asks`) answers it, so it has all of the question's matches.
    """
    together = np.maximum(table, title[:, None])
    together[:, 1:] = np.maximum(together[:, 1:], np.where(asks, 1.0, _ONE_BACK)[:-1] * table[:, :-1])
    together[:, 2:] = np.maximum(together[:, 2:], _TWO_BACK * table[:, :-2])
    return together


def holds_answer(kind: Kind, question: str, sentence: str, asked: frozenset[str]) -> bool:
    """True when `sentence` names something of the wanted kind that the question (lemmas `asked`) doesn't.

    An amount must also come in units that fit: «сколько лет» is not answered by dollars.
    """
    wanted = ANSWERING.get(kind, frozenset())
    if kind == "person" and asked & _DONE_BY_FIRMS:
        wanted |= {"organisation"}
    unit = measure(question) if kind == "quantity" else None
    return any(
        entity.kind in wanted
        and not set(lemmas(sentence[entity.start : entity.stop])) <= asked
        and (unit is None or unit.stands_in(sentence, (entity.start, entity.stop)))
        for entity in (_entities(sentence) if wanted else ())
    )


@lru_cache(maxsize=10_000)
def _entities(sentence: str) -> tuple[Entity, ...]:
    return tuple(entities(sentence))


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
    names = _names(query.text)
    rows = [row for row, each in enumerate(dict.fromkeys(query.lemmas)) if each in names]
    return float(min((whole[row] for row in rows), default=1.0))


def _names(question: str) -> frozenset[str]:
    """Lemmas of the question's names and numbers: capitals inside it, Latin words, figures."""
    return frozenset(
        lemma(word.text)
        for place, word in enumerate(words(question))
        if not is_function_word(word.text)
        and ((place and question[word.start].isupper()) or word.is_number or "a" <= word.text[0] <= "z")
    )


def _typed(question: Question, best: Evidence) -> float:
    """1 when the best sentence names something of the wanted kind, or any kind will do."""
    if question.kind not in ANSWERING:
        return 1.0
    return best.features[_TYPED]


def _mass_of_top(scores: Sequence[float]) -> float:
    exponents = np.exp(np.asarray(scores) - scores[0])
    return float(exponents[:_TOP].sum() / exponents.sum())


def _probability(features: Sequence[float]) -> float:
    weights = _weights()["confidence"]
    total = weights["intercept"] + sum(
        weights[name] * value for name, value in zip(CONFIDENCE_FEATURES, features, strict=True)
    )
    return float(1 / (1 + np.exp(-total)))


@cache
def _weights() -> dict[str, dict[str, float]]:
    path = Path(__file__).with_name("weights.json")
    loaded: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def threshold() -> float:
    """The confidence below which the writer declines."""
    return _weights()["confidence"]["threshold"]

"""The features of a sentence as an answer: how it and what is around match, what it names of the wanted kind.

A sentence is read with what stands before it: pronouns and ellipses refer back («Он назначен…»), and a line
of a list with what announces the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.answering.definitions import explains
from rag.answering.span_view import Asked, Seen, asks_of_the_future, terms
from rag.matching.matcher import Matches
from rag.text.boilerplate import is_boilerplate
from rag.text.entities import Entity, EntityKind, entities
from rag.text.measures import measure
from rag.text.question_words import Kind
from rag.text.questions import Question
from rag.text.structure import is_item
from rag.text.tokens import tokens
from rag.text.words import analyzer, fold, lemma, lemmas, words
from rag.types import Hit, Query, SourceSentence

Floats = NDArray[np.float64]

FROM_MATCHES = ("own", "context", "context_rare", "passage_score", "place")
# What promises an answer of the kind asked for, besides the question's own words: «потому что» answers
# «почему», and what explains a thing «что такое» (definitions.py).
CUES = ("defines", "gives_cause")
# Looked for only in sentences that it could make the best.
TYPED = ("typed", "bound")
SENTENCE_FEATURES = (*FROM_MATCHES, *CUES, *TYPED)
# How much of the sentence before, and of the one before that, counts as context; less the further back.
_ONE_BACK, _TWO_BACK = 0.9, 0.7
_FAR = 10  # sentences from the opening of a passage: further down is as far
_CAUSE = re.compile(
    r"потому|поскольку|так как|из-за|благодаря|причин|поэтому|чтобы|ради|вследствие|в связи с|иначе|позволя|"
    r"помога|нужен|нужн|необходим|служит|использ|примен|добавля(?:ю|е)т|изготавлива|делают|"
    r"ид[её]т на |идут на |это способ|возможность|стремясь|стремл|опаса|в целях|ввиду|привел",
    re.IGNORECASE,
)
_AUXILIARY = frozenset({"быть", "являться", "стать", "мочь"})


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence of one hit with its features, in the order of SENTENCE_FEATURES; TYPED are 0."""

    hit: Hit
    sentence: SourceSentence
    text: str
    features: tuple[float, ...]


def rows(query: Query, question: Question, hits: Sequence[Hit], matches: Matches) -> Iterator[Row]:
    """Every sentence of `hits` that may answer: a question answers nothing, nor does «Читайте также»."""
    defining = question.kind == "definition"
    rare = _rarity(matches, _own(hits, matches))
    for place, hit in enumerate(hits):
        table = _of_hit(matches, place)
        texts = [hit.passage.told(sentence) for sentence in hit.passage.sentences]
        context = _with_context(table, matches.titles[:, [place]], texts, _leads(hit, texts))
        columns = matches.share(table), matches.share(context), rare @ context
        for number, (sentence, text) in enumerate(zip(hit.passage.sentences, texts, strict=True)):
            if number < hit.lead or sentence.above.names or text.endswith("?") or is_boilerplate(text):
                continue
            explained = explains(query.text, text) if defining else 0.0
            down = number - hit.lead
            matched = [float(column[number]) for column in columns]
            if explained == 1.0:
                matched[1:3] = 1.0, 1.0  # it is about the term, be it in other words
            whole = (*matched, _retrieved(hit), min(down, _FAR) / _FAR)
            yield Row(hit, sentence, text, (*whole, *cues(question, text, explained), *(0.0 for _ in TYPED)))


def _of_hit(matches: Matches, place: int) -> Floats:
    borders = [*matches.first.tolist(), matches.sentences.shape[1]]
    return matches.sentences[:, borders[place] : borders[place + 1]]


def _own(hits: Sequence[Hit], matches: Matches) -> NDArray[np.bool_]:
    """Which sentences are a hit's own, and not the lead of its passage."""
    own = np.ones(matches.sentences.shape[1], bool)
    for hit, first in zip(hits, matches.first.tolist(), strict=True):
        own[first : first + hit.lead] = False
    return own


def _rarity(matches: Matches, own: NDArray[np.bool_]) -> Floats:
    """Shares of the lemmas' weights, higher for what few of the sentences found have.

    «На каком месте страна по запасам угля?»: places, the country and reserves stand everywhere, coal hardly.
    """
    held = matches.sentences[:, own].sum(axis=1)
    weights = matches.weights * np.log((own.sum() + 1) / (1 + held))
    weights = np.maximum(weights, 1e-6)
    return np.asarray(weights / weights.sum())


def _retrieved(hit: Hit) -> float:
    """The score that the weights were fitted with: a cross-encoder's says something else."""
    return hit.scores["rerank"] if "final" in hit.scores and "rerank" in hit.scores else hit.score


def _leads(hit: Hit, texts: Sequence[str]) -> dict[int, int]:
    """Lines of lists, each with the sentence that announces its list by a colon."""
    passage, leads, lead = hit.passage, dict[int, int](), None
    for number, sentence in enumerate(passage.sentences):
        is_line = is_item(passage.text, sentence.start - passage.start)
        if is_line and lead is not None:
            leads[number] = lead
        elif texts[number].endswith(":"):
            lead = number
        elif not is_line:
            lead = None
    return leads


def _with_context(table: Floats, title: Floats, texts: Sequence[str], leads: dict[int, int]) -> Floats:
    """Matches of each sentence (columns) together with the title and the two sentences before.

    A sentence behind a question answers it, so it has all of the question's matches.
    """
    asks = np.array([text.endswith("?") for text in texts])
    together = np.maximum(table, title)
    together[:, 1:] = np.maximum(together[:, 1:], np.where(asks, 1.0, _ONE_BACK)[:-1] * table[:, :-1])
    together[:, 2:] = np.maximum(together[:, 2:], _TWO_BACK * table[:, :-2])
    for number, lead in leads.items():
        together[:, number] = np.maximum(together[:, number], _ONE_BACK * together[:, lead])
    return together


def cues(question: Question, text: str, explained: float = 0.0) -> tuple[float, ...]:
    """One value from 0 to 1 for each of CUES.

    `explained` is how much `text` says of what a thing is.
    """
    return (
        explained if question.kind == "definition" else 0.0,
        float(question.kind == "reason" and bool(_CAUSE.search(text))),
    )


@lru_cache(maxsize=20_000)
def is_verb(lemma: str) -> bool:
    """True for a verb that says something: «подписать», not «быть»."""
    return lemma not in _AUXILIARY and analyzer().parse(lemma)[0].tag.POS in ("INFN", "VERB")


# What kind of thing answers a question, and how near to the question's own words it stands.

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
    подписать заключить сторона получить выкупить кредитовать управлять распоряжаться
    эксплуатировать""".split()
)
# «Сколько ей лет?» is answered by an age, not by any number of years; «на сколько лет», «сколько лет служил»
# ask for a term.
_ASKS_AGE = re.compile(r"(?<!на )(?<!за )(?<!через )\bсколько\b.*\bлет\b")
_TELLS_AGE = re.compile(
    r"летн|возраст|исполн|родил|рожден|от роду|старше|младше|\b(?:ему|ей|им) (?:\w+ )?\d+"
)
_CLAUSE = 5.0  # tokens within which a word and what is said of it usually stand


def looks_for_entity(asked: Question) -> bool:
    """True where entities of one kind answer."""
    return asked.kind in ANSWERING


def answering(kind: Kind, question: str, sentence: str, asked: frozenset[str]) -> list[Entity]:
    """What `sentence` names of the wanted kind that the question (lemmas `asked`) doesn't.

    An amount must also come in units that fit: «сколько лет» is not answered by dollars.
    """
    wanted = ANSWERING.get(kind, frozenset())
    if kind == "person" and asked & _DONE_BY_FIRMS:
        wanted |= {"organisation"}
    unit = measure(question) if kind == "quantity" else None
    if kind == "quantity" and asks_age(question) and not _TELLS_AGE.search(fold(sentence)):
        return []
    return [
        entity
        for entity in (_told(question, sentence) if wanted else ())
        if entity.kind in wanted
        and not set(lemmas(sentence[entity.start : entity.stop])) <= asked
        and (unit is None or unit.stands_in(sentence, (entity.start, entity.stop)))
    ]


@lru_cache(maxsize=1_000)
def asks_age(question: str) -> bool:
    """True where somebody's age is asked for, and nothing that takes years."""
    asked = fold(question)
    verbs = {lemma(word.text) for word in words(asked) if is_verb(lemma(word.text))}
    return bool(_ASKS_AGE.search(asked)) and verbs <= {"исполниться"}


def _told(question: str, sentence: str) -> tuple[Entity, ...]:
    """The entities, of what is to come also «через два года»."""
    found = _entities(sentence)
    return (*found, *terms(sentence, found)) if asks_of_the_future(question) else found


@lru_cache(maxsize=10_000)
def _entities(sentence: str) -> tuple[Entity, ...]:
    return tuple(entities(sentence))


@lru_cache(maxsize=100)
def _asked(question: str) -> Asked:
    return Asked.of(question)


def closeness(question: str, sentence: str, found: Sequence[Entity]) -> float:
    """How near the question's words stand to the nearest of `found`: 1 for all of them right beside it.

    A word counts less the more tokens part it from the entity, by e every five.
    """
    seen = Seen(_asked(question), sentence, tuple(tokens(sentence)))
    matched = np.flatnonzero(seen.matched)
    if not matched.size or not seen.asked.content:
        return 0.0
    starts = np.array([token.start for token in seen.tokens])
    nearest = 0.0
    for entity in found:
        first = int(np.searchsorted(starts, entity.start, "right")) - 1
        last = int(np.searchsorted(starts, entity.stop, "left")) - 1
        apart = np.maximum(first - matched, matched - last)
        nearest = max(nearest, float(np.exp(-apart[apart > 0] / _CLAUSE).sum()))
    return min(nearest / len(seen.asked.content), 1.0)

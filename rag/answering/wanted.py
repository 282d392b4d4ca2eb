"""What kind of thing answers a question, and how near to the question's own words it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from rag.answering.sentence_features import is_verb
from rag.answering.span_view import Asked, Seen
from rag.text.entities import Entity, EntityKind, entities
from rag.text.measures import measure
from rag.text.question_words import Kind
from rag.text.questions import Question
from rag.text.tokens import tokens
from rag.text.words import fold, lemma, lemmas, words

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
        for entity in (_entities(sentence) if wanted else ())
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

"""Questions that a text doesn't answer though it is about the same: another sentence, another restrictor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from eval.reader.fillers import Mention, other_date, other_figure, swapped_names
from eval.reader.forms import lemma
from eval.reader.opposite_words import other_in_form
from eval.reader.questions import Asked
from eval.reader.wording import opposite_in
from rag.text.synonyms import synonyms
from rag.text.words import content_lemmas


@lru_cache(maxsize=5_000)
def lemmas_of(text: str) -> frozenset[str]:
    return frozenset(content_lemmas(text))


def other_sentence(asked: Asked, texts: Sequence[str], random: Random) -> str | None:
    """The sentence of the article most like the question that tells neither the event nor the answer."""
    own = asked.clause.sentence.text
    verb = lemma(asked.clause.node)
    told = {verb} | synonyms(verb)
    if asked.clause.infinitive is not None:
        verb = lemma(asked.clause.sentence.nodes[asked.clause.infinitive])
        told |= {verb} | synonyms(verb)
    wanted, answer = lemmas_of(asked.question), lemmas_of(own[slice(*asked.answer)])
    found = []
    for text in texts:
        there = lemmas_of(text)
        if (
            text == own
            or there & told
            or there & answer
            or len(text) < 40
            or len(text) > 400
            or text.endswith("?")
        ):
            continue
        found.append((len(there & wanted) + random.random(), text))
    best = max(found, default=None)
    return best[1] if best is not None and best[0] >= 1 else None


def other_restrictor(
    asked: Asked, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> tuple[str, str] | None:
    """The question with another name, month, year, number or an opposite word; and what was changed."""
    question, text = asked.question, asked.clause.sentence.text
    answer = text[slice(*asked.answer)]
    makers = ["name", "name", "date", "number", "verb", "word"]
    for maker in random.sample(makers, len(makers)):
        new: str | None = None
        if maker == "name":
            near = [each for each in own if each.text not in answer]
            far = [each for each in others if each.text not in text]
            swap = next(swapped_names(question, near, random.choice((near, far, far)), random), None)
            new = swap.text if swap else None
        elif maker == "date":
            date = other_date(question, random)
            new = date.text if date and date.new not in text else None
        elif maker == "number":
            figure = other_figure(question, random)
            new = figure.text if figure and figure.new not in text else None
        elif maker == "verb":
            new = opposite_in(question, random)
        elif not re.match(r"как(?:ой|ая|ое)\b", question.lower()):
            new = other_in_form(question, random)
        if new and new != question:
            return new, maker
    return None

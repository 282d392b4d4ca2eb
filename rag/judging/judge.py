"""Is an answer right? Decided without a model: the gold must stand in the answer, word for word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from rag.judging.questions import Question
from rag.text.words import words

_FOOTNOTE = re.compile(r"\[\d+\]")
_SYMBOL = re.compile(r"[%‰$€₽£°№]")


class Quote(BaseModel):
    """What judging needs of a citation."""

    model_config = ConfigDict(frozen=True)

    article_id: str
    quote: str
    start: int
    stop: int


class Reply(BaseModel):
    """What judging needs of an Answer's JSON; the other fields are passed over."""

    model_config = ConfigDict(frozen=True)

    found: bool
    text: str
    short_answer: str | None
    citations: tuple[Quote, ...]
    confidence: float

    @property
    def pieces(self) -> list[str]:
        """Every text the user sees as the answer: text without footnote numbers, short answer, quotes."""
        quotes = [citation.quote for citation in self.citations]
        return [_FOOTNOTE.sub("", self.text), self.short_answer or "", *quotes]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of one question.

    `right`: the gold stands in the answer, or a question without one was declined. `cited`: a gold
    article is among the citations; None where the set names none. `failed`: there is no answer at all.
    """

    right: bool
    answered: bool
    answerable: bool
    cited: bool | None
    failed: bool = False

    @property
    def false_refusal(self) -> bool:
        return self.answerable and not self.answered and not self.failed

    @property
    def right_refusal(self) -> bool:
        return not self.answerable and not self.answered and not self.failed

    @property
    def verdict(self) -> str:
        """What came of the question, in Russian."""
        if self.right:
            return "верный ответ" if self.answerable else "верный отказ"
        if self.failed:
            return "ошибка"
        if self.false_refusal:
            return "ложный отказ"
        return "неверный ответ" if self.answerable else "ответ вместо отказа"


def judge(question: Question, reply: Reply | None) -> Judgement:
    """Compare a reply with the gold; no reply (an error) is never right."""
    answerable = not question.refuse
    if reply is None:
        return Judgement(False, False, answerable, False if question.articles else None, failed=True)
    right = (reply.found and holds_gold(question, reply.pieces)) if answerable else not reply.found
    cited = None
    if answerable and question.articles:
        cited = any(citation.article_id in question.articles for citation in reply.citations)
    return Judgement(right, reply.found, answerable, cited)


def holds_gold(question: Question, pieces: Sequence[str]) -> bool:
    """Any of the question's `answers` and all of its `all` stand somewhere in `pieces`."""
    token_lists = [tokens(piece) for piece in pieces]

    def stands(gold: str) -> bool:
        return any(contains(piece, tokens(gold)) for piece in token_lists)

    any_holds = not question.answers or any(stands(answer) for answer in question.answers)
    return any_holds and all(stands(part) for part in question.all_of)


def holds(text: str, gold: str) -> bool:
    """`gold` stands in `text` on word borders, after folding (see `tokens`)."""
    return contains(tokens(text), tokens(gold))


def tokens(text: str) -> list[str]:
    """Folded words, numbers, and signs that change a number's meaning (%, $, №…), in order.

    Case, «ё», kinds of space and dash, punctuation, digit grouping and the decimal sign fall away.
    """
    text = unicodedata.normalize("NFC", text)
    found: list[str] = []
    stop = 0
    for word in words(text):
        found += _SYMBOL.findall(text, stop, word.start)
        found.append(word.text)
        stop = word.stop
    return found + _SYMBOL.findall(text, stop)


def contains(sequence: Sequence[str], part: Sequence[str]) -> bool:
    """`part` is a run of `sequence`; an empty part is nowhere."""
    size = len(part)
    wanted = list(part)
    return size > 0 and any(list(sequence[i : i + size]) == wanted for i in range(len(sequence) - size + 1))

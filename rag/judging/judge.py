"""Is an answer right? Decided without a model: the gold must stand in what is said, by words and values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from rag.judging import polarity
from rag.judging.questions import Question
from rag.judging.tokens import holds, stands, tokens
from rag.types import YesNo

__all__ = ["Judgement", "Quote", "Reply", "holds", "holds_gold", "judge"]

_FOOTNOTE = re.compile(r"\s?\[\d+\]")


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
    verdict: YesNo | None = None

    @property
    def said(self) -> str:
        """The text without footnote numbers."""
        return _FOOTNOTE.sub("", self.text)

    @property
    def pieces(self) -> list[str]:
        """What is said to the reader: the text and the short answer. Quotes only prove it."""
        return [self.said, self.short_answer or ""]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of one question.

    `right`: what is said holds the gold, or a question without one was declined. Each part is judged by
    itself too, None where there is nothing to judge: `cited`, a gold article is among the citations;
    `in_text`, `short` and `in_quotes`, the gold stands in the text, in the short answer, in a quote;
    `verdict`, the yes or no that was wanted was said, and `false_verdict`, the other one was. `failed`: there
    is no answer at all.
    """

    right: bool
    answered: bool
    answerable: bool
    cited: bool | None
    failed: bool = False
    in_text: bool | None = None
    short: bool | None = None
    in_quotes: bool | None = None
    verdict: bool | None = None
    false_verdict: bool | None = None

    @property
    def false_refusal(self) -> bool:
        return self.answerable and not self.answered and not self.failed

    @property
    def right_refusal(self) -> bool:
        return not self.answerable and not self.answered and not self.failed

    @property
    def outcome(self) -> str:
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
    answerable, wanted = not question.refuse, _wanted(question)
    if reply is None:
        cited, verdict = (False if each else None for each in (question.articles, wanted))
        return Judgement(False, False, answerable, cited, failed=True, verdict=verdict)
    if not answerable:
        right = not reply.found and not _breaks_pattern(question, reply.pieces)
        return Judgement(right, reply.found, False, None)
    told = _told(question, reply) if reply.found and _asks_verdict(question) else None
    cited = None
    if question.articles:
        cited = any(citation.article_id in question.articles for citation in reply.citations)
    return Judgement(
        right=reply.found and _is_right(question, reply, told, bool(cited)),
        answered=reply.found,
        answerable=True,
        cited=cited,
        in_text=_stands_in(question, reply, [reply.said], told),
        short=_short(question, reply, told),
        in_quotes=_stands_in(question, reply, [each.quote for each in reply.citations], told),
        verdict=told == wanted if wanted else None,
        false_verdict=told not in (None, wanted) if wanted else None,
    )


def holds_gold(question: Question, pieces: Sequence[str], told: YesNo | None = None) -> bool:
    """Any of the question's `answers` and all of its `all` stand somewhere in `pieces`.

    An answer that is no more than a yes or no is right where `told` is the same.
    """
    sequences = [tokens(piece) for piece in pieces]

    def found(gold: str) -> bool:
        if wanted := polarity.verdict_of_gold(gold):
            return told == wanted
        opening = polarity.opening(gold)
        if opening and told not in (None, opening):
            return False
        return any(stands(sequence, gold) for sequence in sequences)

    any_holds = not question.answers or any(found(answer) for answer in question.answers)
    return any_holds and all(found(part) for part in question.all_of)


def _wanted(question: Question) -> YesNo | None:
    """The yes or no that a right answer says."""
    if question.verdict:
        return question.verdict
    golds = {polarity.verdict_of_gold(answer) for answer in question.answers}
    (only,) = golds if len(golds) == 1 else (None,)
    return only


def _asks_verdict(question: Question) -> bool:
    golds = (*question.answers, *question.all_of)
    return bool(question.verdict) or any(
        polarity.verdict_of_gold(gold) or polarity.opening(gold) for gold in golds
    )


def _told(question: Question, reply: Reply) -> YesNo | None:
    """The reply's own verdict; where it has none, what its words say."""
    spoken = (polarity.said(question.question, piece) for piece in reply.pieces)
    return reply.verdict or next(filter(None, spoken), None)


def _is_right(question: Question, reply: Reply, told: YesNo | None, cited: bool) -> bool:
    if question.verdict and told != question.verdict:
        return False
    if question.only_articles:
        return cited
    if question.short and reply.short_answer and not _matches(question.short, [reply.short_answer]):
        return False
    return holds_gold(question, reply.pieces, told) and not _breaks_pattern(question, reply.pieces)


def _breaks_pattern(question: Question, pieces: Sequence[str]) -> bool:
    """One of `must` is nowhere, or one of `mustnot` somewhere."""
    return any(not _matches(each, pieces) for each in question.must) or any(
        _matches(each, pieces) for each in question.mustnot
    )


def _matches(pattern: str, pieces: Sequence[str]) -> bool:
    return any(re.search(pattern, " ".join(piece.split()), re.IGNORECASE) for piece in pieces)


def _stands_in(question: Question, reply: Reply, pieces: Sequence[str], told: YesNo | None) -> bool | None:
    """The gold words stand in `pieces`; None for a gold without any, and for a refusal."""
    if not reply.found or not (question.answers or question.all_of) or _wanted(question):
        return None
    return holds_gold(question, pieces, told)


def _short(question: Question, reply: Reply, told: YesNo | None) -> bool | None:
    """The short answer is right; None without one, or where the set says nothing of it."""
    if not reply.found or not reply.short_answer:
        return None
    if question.short:
        return _matches(question.short, [reply.short_answer])
    if not question.answers:
        return None
    return holds_gold(question.model_copy(update={"all_of": ()}), [reply.short_answer], told)

"""A question set asked of a bot, question by question, and what came of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.errors import RagError
from rag.judging.judge import Judgement, Reply, judge
from rag.judging.questions import Question
from rag.types import Answer, Citation, Turn

Ask = Callable[[str, Sequence[Turn]], Answer]
BROKEN = "Ответить не удалось: сбой на сервере, подробности в его журнале."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: the text that was said, or the error that took its place.

    `short` is the short answer, `confidence` (0 to 1) that of the answer, None where there is none.
    """

    question: Question
    said: str
    judgement: Judgement
    short: str = ""
    confidence: float | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a run, as counts of questions; `with_article`: the set names an article to cite."""

    asked: int
    right: int
    answerable: int
    answered_right: int
    unanswerable: int
    declined_right: int
    with_article: int
    cited: int
    verdicts: tuple[tuple[str, int], ...]


def run(ask: Ask, questions: Iterable[Question]) -> Iterator[Outcome]:
    """Ask them one after another; what goes wrong with one is its outcome."""
    for question in questions:
        try:
            yield _outcome(question, ask(question.question, question.history))
        except RagError as error:
            yield Outcome(question, str(error), judge(question, None))
        except Exception:  # a defect is a finding of the run, never its end
            _log.exception("a question of an evaluation failed")
            yield Outcome(question, BROKEN, judge(question, None))


def _outcome(question: Question, answer: Answer) -> Outcome:
    judgement = judge(question, Reply.model_validate(answer.as_dict()))
    short, confidence = answer.short_answer or "", answer.confidence
    return Outcome(question, answer.text, judgement, short, confidence, answer.citations)


def tally(outcomes: Sequence[Outcome]) -> Tally:
    """The numbers of what has been asked so far."""
    found = [outcome.judgement for outcome in outcomes]
    verdicts = Counter(judgement.outcome for judgement in found if not judgement.right)
    return Tally(
        asked=len(found),
        right=sum(each.right for each in found),
        answerable=sum(each.answerable for each in found),
        answered_right=sum(each.right for each in found if each.answerable),
        unanswerable=sum(not each.answerable for each in found),
        declined_right=sum(each.right_refusal for each in found),
        with_article=sum(each.cited is not None for each in found),
        cited=sum(bool(each.cited) for each in found),
        verdicts=tuple(verdicts.most_common()),
    )

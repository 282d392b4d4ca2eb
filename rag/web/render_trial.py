"""An evaluation as safe HTML: which set to run, how far it is, its numbers and the failed questions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from rag.judging.run import Outcome, Tally, tally
from rag.judging.trials import Trial
from rag.types import ErrorBudget
from rag.web.templating import rendered
from rag.web.wording import clip, russian_date

FAILED_SHOWN = 200
_VERDICT = {"yes": ("да",), "no": ("нет",), None: ()}


def trial_top_html(sets: Mapping[str, str]) -> Markup:
    """The form; `sets` are the names of sets with what they are called."""
    return rendered("trial-top", sets=sets)


def trial_html(trial: Trial) -> Markup:
    """The run so far."""
    failed = [outcome for outcome in trial.outcomes if not outcome.judgement.right]
    return rendered(
        "trial",
        trial=trial,
        state=_state(trial),
        done=len(trial.outcomes),
        shares=_shares(tally(trial.outcomes)),
        failed=[_failure(each) for each in failed[:FAILED_SHOWN]],
        failed_total=len(failed),
    )


def promise_html(budget: ErrorBudget | None) -> Markup:
    """What `snoska tune` promises of the answers; nothing where it promises nothing."""
    if budget is None:
        return Markup("")
    told = f"Порог отказа подобран ({russian_date(budget.made)}): {budget.promise}."
    return Markup('<p class="hint promise">{}</p>').format(told)


def _state(trial: Trial) -> str:
    if trial.running:
        return "Идёт проверка"
    return "Проверка остановлена" if len(trial.outcomes) < trial.of else "Проверка закончена"


def _shares(found: Tally) -> tuple[tuple[str, int, int], ...]:
    return (
        ("Всё верно", found.right, found.asked),
        ("Верные ответы", found.answered_right, found.answerable),
        ("Верно промолчала", found.declined_right, found.unanswerable),
        ("Нужная статья в сносках", found.cited, found.with_article),
    )


def _failure(outcome: Outcome) -> dict[str, Any]:
    """What a line of a failed question shows."""
    question = outcome.question
    gold = [*_VERDICT[question.verdict], *question.answers[:3], *question.all_of[:3], *question.must[:3]]
    gold = gold or [] if question.refuse else gold or list(question.articles[:3])
    history = [[turn.question, turn.answer] for turn in question.history]
    return {
        "question": question.question,
        "history": json.dumps(history, ensure_ascii=False),
        "outcome": outcome.judgement.outcome,
        "said": outcome.said,
        "gold": f"Ждали: {clip('; '.join(gold), 160)}" if gold else "Ждали отказа",
    }


def broken_html(message: str) -> Markup:
    """What stands instead of a run that can't be begun."""
    return Markup('<div class="failure" role="alert"><p>{}</p></div>').format(message)

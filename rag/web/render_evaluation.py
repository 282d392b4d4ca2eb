"""An evaluation as safe HTML: which set to run, how far it is, its numbers and the failed questions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from rag.judging.judge import Judgement
from rag.judging.run import Outcome, Tally, tally
from rag.judging.trials import Trial
from rag.types import Citation, ErrorBudget
from rag.web.templating import rendered
from rag.web.wording import clip, russian_date

FAILED_SHOWN = 200
RIGHT_SHOWN = 300
_VERDICT = {"yes": ("да",), "no": ("нет",), None: ()}


def trial_top_html(sets: Mapping[str, str]) -> Markup:
    """The form; `sets` are the names of sets with what they are called."""
    return rendered("trial-top", sets=sets)


def trial_html(trial: Trial) -> Markup:
    """The run so far; once it has ended, with every answer."""
    failed = [outcome for outcome in trial.outcomes if not outcome.judgement.right]
    right = [outcome for outcome in trial.outcomes if outcome.judgement.right]
    return rendered(
        "trial",
        trial=trial,
        state=_state(trial),
        done=len(trial.outcomes),
        shares=shares(tally(trial.outcomes)),
        failed=[case(each) for each in failed[:FAILED_SHOWN]],
        failed_total=len(failed),
        right=[] if trial.running else [case(each) for each in right[:RIGHT_SHOWN]],
        right_total=len(right),
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


def shares(found: Tally) -> tuple[tuple[str, int, int], ...]:
    """The numbers of a run: what is counted, how many of how many."""
    return (
        ("Всё верно", found.right, found.asked),
        ("Верные ответы", found.answered_right, found.answerable),
        ("Верно промолчала", found.declined_right, found.unanswerable),
        ("Нужная статья в сносках", found.cited, found.with_article),
    )


def case(outcome: Outcome) -> dict[str, Any]:
    """What is shown of one question."""
    question = outcome.question
    gold = [*_VERDICT[question.verdict], *question.answers[:3], *question.all_of[:3], *question.must[:3]]
    gold = gold or [] if question.refuse else gold or list(question.articles[:3])
    history = [[turn.question, turn.answer] for turn in question.history]
    return {
        "question": question.question,
        "history": json.dumps(history, ensure_ascii=False),
        "outcome": outcome.judgement.outcome,
        "said": outcome.said,
        "short": outcome.short,
        "gold": f"Ждали: {clip('; '.join(gold), 160)}" if gold else "Ждали отказа",
        "citations": [
            {"quote": each.quote, "title": each.title, "link": _link(each)} for each in outcome.citations
        ],
        "parts": list(_parts(outcome.judgement)),
        "sure": None if outcome.confidence is None else f"уверенность {round(100 * outcome.confidence)} %",
    }


def _link(citation: Citation) -> str:
    """The article with the quote marked."""
    return f"article/{quote(citation.article_id)}#s={citation.start}-{citation.stop}"


def _parts(judged: Judgement) -> Iterator[tuple[bool, str]]:
    """What was judged by itself: whether it is as it should be, and how to say so."""
    for good, yes, no in (
        (judged.in_text, "ответ стоит в тексте", "в тексте ответа нет"),
        (judged.short, "краткий ответ верен", "краткий ответ неверен"),
        (judged.in_quotes, "ответ стоит в цитатах", "в цитатах ответа нет"),
        (judged.verdict, "«да» или «нет» верно", "«да» или «нет» не то"),
        (judged.cited, "нужная статья в сносках", "нужной статьи в сносках нет"),
    ):
        if good is not None:
            yield good, yes if good else no


def broken_html(message: str) -> Markup:
    """What stands instead of a run that can't be begun."""
    return Markup('<div class="failure" role="alert"><p>{}</p></div>').format(message)

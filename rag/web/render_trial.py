"""An evaluation as safe HTML: which set to run, how far it is, its numbers and the failed questions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from rag.judging.run import Outcome, Tally, tally
from rag.judging.trials import Trial
from rag.types import ErrorBudget
from rag.web.wording import clip, count, russian_date

FAILED_SHOWN = 200
_VERDICT = {"yes": ("да",), "no": ("нет",), None: ()}
_CHOICE = Markup('<option value="{}">{}</option>')
_TOP = Markup(
    '<form class="trial"><label>Набор вопросов'
    '<select name="set">{}<option value="">из файла…</option></select>'
    '</label><label class="file">Файл с вопросами'
    '<input type="file" accept=".jsonl,.json,.csv,.tsv,.xlsx,.xls,.txt" name="file"></label>'
    '<button type="submit" class="button chief">Проверить</button>'
    '<button type="button" class="button" data-halt hidden>Остановить</button></form>'
    '<p class="hint">Свой файл — таблица Excel или CSV со столбцами «вопрос» и «ответ» '
    "(или JSON). Вопросы, которые вы добавили оценками ответов, — в наборе «Вопросы читателей»: "
    '<a href="api/questions" download>скачать</a>.</p>'
)
_FAILED = Markup(
    '<li><button type="button" class="replay" data-question="{question}" data-history="{history}">'
    '<span class="title">{asked}</span><span class="verdict-of">{verdict}</span>'
    '<span class="said">{said}</span><span class="gold">{gold}</span></button></li>'
)


def trial_top_html(sets: Mapping[str, str]) -> Markup:
    """The form; `sets` are the names of sets with what they are called."""
    return _TOP.format(Markup("").join(_CHOICE.format(name, title) for name, title in sets.items()))


def trial_html(trial: Trial) -> Markup:
    """The run so far."""
    outcomes, done = trial.outcomes, len(trial.outcomes)
    failed = [outcome for outcome in outcomes if not outcome.judgement.right]
    return Markup(
        '<section class="run" data-running="{running}"><h2>{title}</h2>'
        '<p class="label" role="status">{state}: {done} из {of}</p>'
        '<progress max="{of}" value="{done}" aria-label="Проверено вопросов">{done} из {of}</progress>'
        "{numbers}{failed}</section>"
    ).format(
        running="true" if trial.running else "false",
        title=trial.title,
        state=_state(trial),
        done=done,
        of=trial.of,
        numbers=_numbers(tally(outcomes)) if done else "",
        failed=_failures(failed),
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


def _numbers(found: Tally) -> Markup:
    shares = (
        ("Верно", found.right, found.asked),
        ("Верных ответов", found.answered_right, found.answerable),
        ("Верных отказов", found.declined_right, found.unanswerable),
        ("Нужная статья в сносках", found.cited, found.with_article),
    )
    cells = Markup("").join(
        Markup('<div><dt>{}</dt><dd>{}<span class="of">{} из {}</span></dd></div>').format(
            name, f"{100 * part / whole:.0f} %".replace(" ", "\u00a0"), part, whole
        )
        for name, part, whole in shares
        if whole
    )
    return Markup('<dl class="numbers">{}</dl>').format(cells)


def _failures(failed: Sequence[Outcome]) -> Markup:
    if not failed:
        return Markup("")
    items = Markup("").join(_failure(each) for each in failed[:FAILED_SHOWN])
    left = len(failed) - FAILED_SHOWN
    more = Markup('<p class="hint">И ещё {}.</p>').format(_questions(left)) if left > 0 else ""
    return Markup(
        '<h3 class="label">Не сошлось: {}. Нажмите, чтобы спросить ещё раз</h3><ol class="failed">{}</ol>{}'
    ).format(_questions(len(failed)), items, more)


def _failure(outcome: Outcome) -> Markup:
    question = outcome.question
    gold = [*_VERDICT[question.verdict], *question.answers[:3], *question.all_of[:3], *question.must[:3]]
    gold = gold or [] if question.refuse else gold or list(question.articles[:3])
    return _FAILED.format(
        question=question.question,
        history=json.dumps([[turn.question, turn.answer] for turn in question.history], ensure_ascii=False),
        asked=clip(question.question, 200),
        verdict=outcome.judgement.outcome,
        said=clip(outcome.said, 240),
        gold=f"Ждали: {clip('; '.join(gold), 160)}" if gold else "Ждали отказа",
    )


def _questions(number: int) -> str:
    return count(number, "вопрос", "вопроса", "вопросов")


def broken_html(message: str) -> Markup:
    """What stands instead of a run that can't be begun."""
    return Markup('<div class="failure" role="alert"><p>{}</p></div>').format(message)

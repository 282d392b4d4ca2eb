"""`snoska tune`: from which confidence on this library's bot answers, so that few answers are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rag import assemble
from rag.config import Config
from rag.errors import EvaluationError, LibraryBusyError, QuestionError
from rag.judging import budget, tuning
from rag.judging.judge import Reply, judge
from rag.judging.questions import Question, read
from rag.judging.tuning import Point, Tried, Tuning
from rag.library.decoding import decode
from rag.library.lock import server_of
from rag.types import ErrorBudget

if TYPE_CHECKING:
    from rag.bot import Bot

Progress = Callable[[int, int | None], None]
RESET = "Вернуть обычный порог: snoska tune --reset"


@dataclass(frozen=True, slots=True)
class Told:
    """The curve, and what is promised or why nothing is (Russian); `written`: the threshold was set."""

    curve: str
    verdict: str
    written: bool


def tune(config: Config, paths: Sequence[Path], at_most: float, progress: Progress | None = None) -> Told:
    """Ask every question of the sets, prove a threshold and write it down, or nothing where none is proven.

    `at_most` is the share of wrong answers, above 0 and below 1. Raises LibraryBusyError and EvaluationError.
    """
    if server_of(config.data):
        raise LibraryBusyError(
            "С библиотекой работает сервер, а порог подбирают без него: остановите его (Ctrl-C), "
            "повторите команду и запустите его снова."
        )
    asked = questions(paths)
    with assemble.open_bot(config, "snoska tune", least=0.0) as bot:
        articles = bot.library.counts().articles
        if not articles:
            raise EvaluationError("В библиотеке нет статей. Прочитайте их: snoska index")
        reader = bot.reading.wait()
        tried = list(_tried(bot, asked, progress))
    found = tuning.tune(tried, at_most)
    if found.proven is None:
        reached = tuning.in_reach(tried, at_most)
        return Told(_curve(tried), _unproven(found, at_most, reached), written=False)
    set_now = ErrorBudget(
        at_most=at_most,
        threshold=found.proven.threshold,
        level=tuning.LEVEL,
        asked=len(tried),
        answered=found.proven.answered,
        wrong=found.proven.wrong,
        reader=reader.name if reader else "",
        articles=articles,
        sets="+".join(path.stem for path in paths),
        made=date.today().isoformat(),
    )
    budget.save(config.data, set_now)
    return Told(_curve(tried, set_now.threshold), _proven(set_now), written=True)


def questions(paths: Sequence[Path]) -> list[Question]:
    """The questions of several sets. Raises EvaluationError."""
    found: list[Question] = []
    for path in paths:
        try:
            found += read(path.read_bytes(), str(path), decode)
        except OSError as error:
            raise EvaluationError(f"{path} не читается ({error.strerror}). Проверьте путь.") from None
    return found


def reset(config: Config) -> str:
    """Back to the threshold that ships; what has become of it (Russian)."""
    was_set = budget.forget(config.data)
    if not was_set:
        return "Порог отказа и был обычный."
    running = " Сервер узнает об этом, когда вы запустите его заново." if server_of(config.data) else ""
    return f"Порог отказа снова обычный.{running}"


def _tried(bot: Bot, asked: Sequence[Question], progress: Progress | None) -> Iterator[Tried]:
    for number, question in enumerate(asked, 1):
        yield _try(bot, question)
        if progress:
            progress(number, len(asked))


def _try(bot: Bot, question: Question) -> Tried:
    try:
        answer = bot.ask(question.question, history=question.history)
    except QuestionError:  # it isn't taken at all, so that no wrong answer comes of it
        return Tried(0.0, False, question.refuse)
    judged = judge(question, Reply.model_validate(answer.as_dict()))
    return Tried(answer.confidence, answer.found, judged.right)


def _curve(tried: Sequence[Tried], chosen: float | None = None) -> str:
    """A row a threshold, the chosen one marked."""
    shown = sorted({*tuning.STEPS, *([] if chosen is None else [chosen])})
    rows = [_row(tuning.point(tried, each), "  ← выбран" if each == chosen else "") for each in shown]
    return "\n".join([f"{'Порог':>6}{'Ответов':>16}{'Неверных среди них':>22}", *rows])


def _row(each: Point, mark: str) -> str:
    given = f"{each.answered} из {each.asked}"
    wrong = f"{each.wrong} ({_per_cent(each.wrong / each.answered)} %)" if each.answered else "—"
    return f"{_decimal(each.threshold, 2):>6}{given:>16}{wrong:>22}{mark}"


def _proven(found: ErrorBudget) -> str:
    return (
        f"Порог {_decimal(found.threshold, 2)} записан: {found.promise}. Из отложенной половины отвечено "
        f"{found.answered}, неверно {found.wrong}; обещание выполняется с вероятностью "
        f"{_per_cent(found.level)} %, пока вопросы похожи на эти. {RESET}"
    )


def _unproven(found: Tuning, at_most: float, reached: float | None) -> str:
    share = _per_cent(at_most)
    advice = f" или разрешите больше ошибок: --at-most-wrong {_per_cent(reached)}%" if reached else ""
    if found.kept < found.needed:
        return (
            f"Вопросов мало, чтобы обещать не больше {share} % неверных ответов: в отложенной половине "
            f"ответов {found.kept}, а нужно хотя бы {found.needed}, и то без единой ошибки. "
            f"Ничего не записано. Добавьте вопросов{advice}"
        )
    return (
        f"Не больше {share} % неверных ответов эти вопросы не подтверждают ни при каком пороге. "
        f"Ничего не записано. Добавьте вопросов{advice}"
    )


def _per_cent(share: float) -> str:
    return f"{100 * share:.3g}".replace(".", ",")


def _decimal(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")

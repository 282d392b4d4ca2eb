"""The list of conversations, the library and the evaluation as HTML; nothing in them runs."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.chats.records import ListedChat
from rag.errors import EvaluationError
from rag.judging.judge import Judgement
from rag.judging.own_set import OwnSet
from rag.judging.questions import Question
from rag.judging.run import Outcome, tally
from rag.judging.run_history import Compared, PastRun
from rag.judging.trials import Trial
from rag.library.records import Listed, Shares
from rag.types import ArticleInfo, Citation, ErrorBudget, Turn
from rag.web.chart import filled, months_html, sources_html
from rag.web.question_sets import OWN, QuestionSets
from rag.web.render_evaluation import broken_html, promise_html, trial_html, trial_top_html
from rag.web.render_history import history_html
from rag.web.render_library import PAGE_SIZE, Shelf, shelf_html
from rag.web.render_runs import compared_html, past_html, verdict
from rag.web.wording import confidence
from tests.web.test_render import Reader

BAD = "\"><script>x</script><img src=x onerror='x'>"


def test_nothing_runs_in_any_view() -> None:
    chat = ListedChat("id", BAD, "2026-02-23T10:00:00+00:00")
    info = ArticleInfo(BAD, BAD, BAD, BAD, "javascript:x")
    shares = Shares(1, {"2026-02": 1}, {BAD: 1})
    question = Question(id="a", question=BAD, answers=(BAD,), history=(Turn(BAD, BAD),))
    quoted = Citation(1, BAD, BAD, BAD, None, None, BAD, 0, 3, "p")
    outcome = Outcome(question, BAD, Judgement(False, True, True, None), BAD, 0.5, (quoted,))
    past = PastRun("id", BAD, "2026-02-23T10:00:00+00:00", "", tally([outcome]))
    right = replace(outcome, judgement=Judgement(True, True, True, None))
    views = (
        history_html([chat], "id"),
        shelf_html(Shelf(0, [Listed(info, 10, 1, "")], shares)),
        trial_html(Trial(BAD, 2, (outcome,))),
        trial_html(Trial(BAD, 2, (outcome, right), running=False)),
        past_html([past, past]),
        compared_html(past, past, Compared(((right, outcome),), 0, 1)),
        trial_top_html({BAD: BAD}),
        broken_html(BAD),
    )
    for view in views:
        read = Reader(str(view))
        assert not read.tags & {"script", "img"}, view
        assert not [name for name in read.attributes if name.startswith("on")]
        assert "javascript:" not in view
        assert "&lt;script&gt;" in view


@pytest.mark.parametrize(
    ("months", "names"),
    [
        ({}, []),
        ({None: 3}, []),
        ({"2026-02": 1}, ["2026-02"]),
        ({"2025-11": 2, "2026-02": 1}, ["2025-11", "2025-12", "2026-01", "2026-02"]),
    ],
)
def test_months_without_articles_have_their_place(months: dict[str | None, int], names: list[str]) -> None:
    assert [name for name, _ in filled(months)] == names


def test_only_the_last_two_years_are_drawn() -> None:
    shown = filled({"1998-01": 5, "2024-03": 1, "2026-02": 2})
    assert (len(shown), shown[0], shown[-1]) == (24, ("2024-03", 1), ("2026-02", 2))


def test_charts_can_be_read_aloud() -> None:
    html = str(months_html({"2025-12": 2, "2026-02": 1, None: 1}))
    assert 'aria-label="Статей по месяцам: дек 2025 — 2, фев 2026 — 1"' in html
    assert html.count("<rect") == 3 and "И ещё 1\u00a0статья без даты." in html
    listed = str(sources_html({f"Источник {n}": n for n in range(1, 12)}))
    assert listed.index("Источник 11") < listed.index("Источник 10") and "И ещё 3\u00a0источника." in listed
    assert months_html({}) == sources_html({}) == ""


@pytest.mark.parametrize(
    ("page", "total", "buttons"),
    [(0, PAGE_SIZE, None), (0, PAGE_SIZE + 1, [True, False]), (1, PAGE_SIZE + 1, [False, True])],
)
def test_pages_of_the_list(page: int, total: int, buttons: list[bool] | None) -> None:
    html = str(shelf_html(Shelf(page, [], Shares(total, {}, {}))))
    found = re.findall(r'data-page="-?\d+"( disabled)?', html)
    assert ([bool(each) for each in found] or None) == buttons


@pytest.mark.parametrize(("is_narrowed", "told"), [(False, "Статей пока нет."), (True, "Измените условия.")])
def test_an_empty_list_says_what_to_do(is_narrowed: bool, told: str) -> None:
    assert told in shelf_html(Shelf(0, [], Shares(0, {}, {}), is_narrowed))


def test_chats_say_when_and_which_is_open() -> None:
    chats = [ListedChat("a", "Первый", "2026-02-23T10:00:00+00:00"), ListedChat("b", "Второй", "2999-01-01")]
    html = str(history_html(chats, "b"))
    assert "23\u00a0февраля 2026\u00a0г." in html
    assert html.count("aria-current") == 1 and html.index("aria-current") > html.index("Первый")
    assert "Таких разговоров нет." in history_html([], "", "слово")


@pytest.mark.parametrize(("hours", "said"), [(0, "сегодня"), (24, "вчера")])
def test_near_days_are_those_of_the_server(hours: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour before midnight in Vladivostok is not tomorrow, as it is not in Greenwich."""
    monkeypatch.setenv("TZ", "Asia/Vladivostok")
    time.tzset()
    try:
        then = (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="milliseconds")
        assert said in history_html([ListedChat("a", "Разговор", then)])
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_run_counts_as_it_goes() -> None:
    right = Outcome(Question(id="a", question="Да?", refuse=True), "", Judgement(True, False, False, None))
    going, whole, halted = (
        str(trial_html(Trial("Факты", of, (right,), running)))
        for of, running in ((2, True), (1, False), (2, False))
    )
    assert "Идёт проверка: 1 из 2" in going and 'data-running="true"' in going
    assert "Проверка закончена: 1 из 1" in whole and "100\u00a0%" in whole and "Не сошлось" not in whole
    assert "Проверка остановлена: 1 из 2" in halted


def trial_of(*right: bool) -> tuple[Outcome, ...]:
    judged = [Judgement(each, not each, False, None) for each in right]
    asked = [Question(id=str(n), question=f"{n}?", refuse=True) for n in range(len(right))]
    return tuple(Outcome(question, "", each) for question, each in zip(asked, judged, strict=True))


def past_of(title: str, day: int, *right: bool) -> PastRun:
    return PastRun(f"{title}-{day}", title, f"2026-02-{day}T10:00:00+00:00", "", tally(trial_of(*right)))


def test_sets_stand_side_by_side_with_their_history() -> None:
    runs = [past_of("Факты", 10, True, True), past_of("Даты", 11, True), past_of("Факты", 12, True, False)]
    html = str(past_html(runs))
    assert html.index("Факты") < html.index("Даты")  # the set that was run last comes first
    assert 'data-change="worse">50\u00a0%' in html and 'class="before">100\u00a0%' in html
    assert html.count("<svg") == 1 and html.count('name="before"') == 2  # a single run has no history
    assert html.index("Факты-12") < html.index("Факты-10")  # newest first
    assert "12\u00a0февраля 2026\u00a0г., 10:00" in html
    assert past_html([]) == ""


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("", "", "сравнивать нечего"),
        ("++", "++", "вышли так же"),
        ("++++", "+++-", "Такая разница бывает и случайно"),
        ("+" * 6, "-" * 6, "Стало хуже, и это не случайность"),
        ("-" * 6, "+" * 6, "Стало лучше, и это не случайность"),
        ("++--", "--++", "Такая разница бывает и случайно"),
    ],
)
def test_whether_a_change_is_more_than_chance(was: str, now: str, told: str) -> None:
    before, after = (trial_of(*(each == "+" for each in run)) for run in (was, now))
    assert told in verdict(Compared(tuple(zip(before, after, strict=True)), 0, 0))


def test_a_promise_is_told() -> None:
    budget = ErrorBudget(0.05, 0.7, 0.95, 120, 61, 0, "reader-1", 18, "facts", "2026-03-01")
    told = str(promise_html(budget))
    assert "1\u00a0марта 2026" in told
    assert "не больше 5 % неверных ответов, проверено на 120 вопросах" in told
    assert promise_html(None) == ""


def test_question_sets_that_can_be_run(tmp_path: Path) -> None:
    line = '{"id": "a", "question": "Да?", "refuse": true}\n'
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "facts.jsonl").write_text(line, encoding="utf-8")
    own = OwnSet(tmp_path)
    sets = QuestionSets(own, shipped)
    assert list(sets.titles().items()) == [("facts", "Факты"), (OWN, "Вопросы читателей")]
    with pytest.raises(EvaluationError, match="Вопросы читателей: нет ни одного вопроса"):
        sets.read(OWN, b"")
    own.add(Question(id="b", question="Нет?", refuse=True))
    read = [sets.read(name, line.encode())[0].question for name in (OWN, "facts", "")]
    assert read == ["Нет?", "Да?", "Да?"]
    assert (sets.title("facts"), sets.title("")) == ("Факты", "Свой файл")
    for name in ("../facts", "facts.jsonl", "/etc/passwd", "none"):
        with pytest.raises(EvaluationError, match="Такого набора вопросов нет"):
            sets.read(name, b"")
    assert QuestionSets(own, tmp_path / "none").titles() == {OWN: "Вопросы читателей"}


def test_every_set_of_the_project_has_a_russian_name(tmp_path: Path) -> None:
    titles = QuestionSets(OwnSet(tmp_path)).titles()
    assert len(titles) > 5
    assert [title for title in titles.values() if re.search(r"[a-z]", title)] == []
    assert next(iter(titles)) == "facts"
    assert "Разговоры" not in titles.values()  # that is the list of chats


@pytest.mark.parametrize(("value", "word"), [(1.0, "высокая"), (0.7, "средняя"), (0.3, "низкая")])
def test_confidence_in_words(value: float, word: str) -> None:
    assert f"Уверенность {word}" in confidence(value)

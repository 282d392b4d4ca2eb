"""Sentences, lists and disagreements as one text; small talk answered in a line."""

from __future__ import annotations

import pytest

from rag.answering.wording import render, small_talk, told
from rag.types import Disagreement, Draft, Sentence, Version
from tests.tables import lines, rows

FIRST = Sentence("Мост открыли в мае.", (1, 2), "supported")
SECOND = Sentence("Что дальше, неизвестно…", (3,), "supported")
LISTED = Sentence("Места:\n• первое;\n• второе.", (1,), "supported")


def test_yes_or_no_comes_first() -> None:
    said = "Мост открыли в мае [1][2]."
    assert told(Draft((FIRST,), short_answer="Да", verdict="yes", polar=True)) == f"Да. {said}"
    assert told(Draft((FIRST,), polar=True)) == f"Прямого ответа в статьях нет. {said}"
    assert told(Draft((FIRST,), short_answer="мае")) == "Мост открыли в мае [1][2]."


def test_sentences_are_a_paragraph_and_facts_of_one_kind_a_list() -> None:
    assert render([FIRST, SECOND]) == "Мост открыли в мае [1][2]. Что дальше, неизвестно… [3]"
    listed = "• Мост открыли в мае [1][2].\n• Что дальше, неизвестно… [3]"
    assert render([FIRST, SECOND], listed=True) == listed
    assert render([LISTED, SECOND]) == "Места:\n• первое;\n• второе [1].\nЧто дальше, неизвестно… [3]"


def test_disagreements_stand_under_the_sentences() -> None:
    versions = (Version("43 км", 2, "Trend", "2026-03-02"), Version("42 км", 1, None, None))
    text = told(Draft(sentences=(FIRST,), disagreements=(Disagreement("figure", versions),)))
    assert text.replace("\u00a0", " ") == (
        "Мост открыли в мае [1][2].\n\n"
        "Источники расходятся:\n• 43 км — Trend, 2 марта 2026 г. [2]\n• 42 км [1]"
    )
    dated = tuple(Version(each.value, each.citation, None, None, "2026-05-05") for each in versions)
    assert "Данные по датам:" in told(Draft((FIRST,), disagreements=(Disagreement("figure", dated, True),)))


SMALL_TALK = """
доброе утро, бот | Здравствуйте
Пока | До свидания
Всего доброго! | До свидания
ок | Хорошо
Как дела? | Всё в порядке
Что ты умеешь? | Я отвечаю
Сколько всего статей в библиотеке? | Статей в библиотеке: 21.
"""
QUESTIONS = """
Пока действует исключение?
Что умеет робот «Привет»?
Сколько статей в Конституции?
Спасибо кому сказал мэр?
Сколько стоит день на катере?
бот
?
"""


@pytest.mark.parametrize(("text", "begins"), rows(SMALL_TALK))
def test_small_talk(text: str, begins: str) -> None:
    assert (small_talk(text, lambda: 21) or "").startswith(begins)


@pytest.mark.parametrize("text", [*lines(QUESTIONS), ""])
def test_what_only_begins_like_it_is_a_question(text: str) -> None:
    assert small_talk(text, lambda: 21) is None

"""Small talk is answered in a line; what only begins like it is a question."""

from __future__ import annotations

import pytest

from rag.answering.wording import small_talk


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Привет!", "Здравствуйте"),
        ("доброе утро, бот", "Здравствуйте"),
        ("Спасибо, всё понятно", "Пожалуйста"),
        ("Хорошо, спасибо за ответ", "Пожалуйста"),
        ("Пока", "До свидания"),
        ("Всего доброго!", "До свидания"),
        ("ок", "Хорошо"),
        ("Как дела?", "Всё в порядке"),
        ("Ты кто?", "Я отвечаю на вопросы по статьям библиотеки (их 21)"),
        ("Что ты умеешь?", "Я отвечаю"),
        ("Сколько всего статей в библиотеке?", "Статей в библиотеке: 21."),
    ],
)
def test_small_talk(text: str, begins: str) -> None:
    assert (small_talk(text, lambda: 21) or "").startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        "Пока действует исключение?",
        "Что умеет робот «Привет»?",
        "Сколько статей в Конституции?",
        "Сколько статей написал Рогов?",
        "Спасибо кому сказал мэр?",
        "Кто такой Добрый?",
        "Сколько стоит день на катере?",
        "бот",
        "",
        "?",
    ],
)
def test_questions_are_none(text: str) -> None:
    assert small_talk(text, lambda: 21) is None

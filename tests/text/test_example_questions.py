"""Questions made of a text, and where a question's words stand in it."""

from __future__ import annotations

import pytest

from rag.text.example_questions import example_questions, occurrences


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Длина моста через Ишим составляет 312 метров.", ["Какова длина моста через Ишим?"]),
        ("Объём хранилища превышает 40 кубометров.", ["Каков объём хранилища?"]),
        ("Население посёлка — 900 человек.", ["Каково население посёлка?"]),
        ("Офтейк — договорённость о закупке.", ["Что такое офтейк?"]),
        ("Текст.\n\n**ТЭС** — тепловая станция.", ["Что такое ТЭС?"]),
        ("Об этом сказал директор Иван Петров.", ["Кто такой Иван Петров?"]),
        ("Об этом сказала директор Мария Иванова.", ["Кто такая Мария Иванова?"]),
        # Not safe to ask about: no genitive, a person as a term, an oblique name, too long.
        ("Длина, как считают, составляет 312 метров.", []),
        ("Иван Петров — директор завода.", []),
        ("Она — директор завода.", []),
        ("Об этом рассказали директору Ивану Петрову.", []),
        ("Длина " + "оченьдлинногослова " * 6 + "составляет 3 метра.", []),
        ("Вчера шёл дождь.", []),
        ("", []),
    ],
)
def test_questions_of_a_text(text: str, questions: list[str]) -> None:
    assert list(example_questions(text)) == questions


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("Что с Казахстаном?", "В Казахстане и о Казахстане, но не казахском.", ["Казахстане", "Казахстане"]),
        ("Какова длина моста?", "Мосту — 5 лет, длиной он с мост.", ["Мосту", "длиной", "мост"]),
        ("Сколько лет ёлке?", "Ёлке 40 лет, елка растёт.", ["Ёлке", "лет", "елка"]),
        ("а", "а и б", []),
        ("", "текст", []),
    ],
)
def test_words_of_a_question_in_every_form(question: str, text: str, found: list[str]) -> None:
    assert [text[start:stop] for start, stop in occurrences(question, text)] == found

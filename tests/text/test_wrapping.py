import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.wrapping import is_wrapped, joined, unwrapped, with_whole_words
from tests.tables import rows

WRAPPED = """    Длина моста через Лену составила три тысячи сто двадцать восемь
метров, это самый длинный мост республики. Подрядчик — компания
Росмост — начал работы в 2024 году и за полтора года построил пере-
праву, о которой мечтали полвека.
    Второй абзац рассказывает о людях, которые строили мост. Иван
Петров приехал из Якутска, а его брат — из Нерюнгри, где раньше
работал на карьере.

- пункт первый списка
- пункт второй"""


def test_a_wrapped_text_gets_its_paragraphs_back() -> None:
    assert is_wrapped(WRAPPED)
    assert unwrapped(WRAPPED).split("\n") == [
        "Длина моста через Лену составила три тысячи сто двадцать восемь метров, это самый длинный мост "
        "республики. Подрядчик — компания Росмост — начал работы в 2024 году и за полтора года построил "
        "переправу, о которой мечтали полвека.",
        "Второй абзац рассказывает о людях, которые строили мост. Иван Петров приехал из Якутска, а его брат "
        "— из Нерюнгри, где раньше работал на карьере.",
        "",
        "- пункт первый списка",
        "- пункт второй",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Мост открыли.\nРека широкая.\nПоехали мы далеко за реку.\nА потом домой.\nИ всё.\nНет.",
        "Первый абзац в одну длинную строку, " * 8 + "\nВторой абзац.\n" * 5,
        "Год | Длина\n2024 | 12\n2025 | 14\n2026 | 18\n2027 | 20\n2028 | 22",
        "Одна строка.",
        "",
    ],
)
def test_what_is_not_wrapped(text: str) -> None:
    assert not is_wrapped(text)


# The end of a line | the beginning of the next | both as one
LINES = """
пере- | права | переправа
Стройпере- | права начала | Стройпереправа начала
из- | за моста | из-за моста
по- | русски | по-русски
какой- | нибудь | какой-нибудь
северо- | западный | северо-западный
2020- | 2021 годах | 2020-2021 годах
мост — | самый | мост — самый
"""


@pytest.mark.parametrize(("left", "right", "whole"), rows(LINES))
def test_two_lines_as_one(left: str, right: str, whole: str) -> None:
    assert joined(left, right) == whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("пере\u00adпра\u00adва", "переправа"),
        ("пере\u00ad\nправа", "переправа"),
        ("Построили пере-\nправу.", "Построили переправу."),
        ("Едем из-\nза реки.", "Едем из-за реки."),
        ("- пункт\n- пункт", "- пункт\n- пункт"),
        ("Итог -\nмост.", "Итог -\nмост."),
    ],
)
def test_words_are_whole(text: str, whole: str) -> None:
    assert with_whole_words(text) == whole


@given(st.lists(st.text("абвг,. -\u00ad", max_size=40), max_size=30))
def test_no_letter_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    letters = [each for each in text if each.isalpha()]
    assert [each for each in unwrapped(text) if each.isalpha()] == letters
    assert [each for each in with_whole_words(text) if each.isalpha()] == letters

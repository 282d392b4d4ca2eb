"""What a sentence says of what something is; one line per shape, made-up things only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.definitions import asks_what, definition, explains
from tests.tables import rows

EXPLAINED = """
Что такое шлак? | Шлак — то, что остаётся от плавки, когда слили. | то, что остаётся от плавки, когда слили
Что такое шлак? | «Шлак» (от немецкого слова) — это остаток плавки: его вывозят. | остаток плавки
Что такое шлак? | Шлак — остаток плавки, его вывозят в отвал. | остаток плавки
Что такое шлак? | Шлак — в литейном деле — остаток плавки. | остаток плавки
Что такое шлак в литейном деле? | Шлак — остаток плавки; из него делают щебень. | остаток плавки
Что такое шлак? | Шлак. Остаток плавки, который вывозят. | Остаток плавки, который вывозят
Что такое «Сталь-Инвест»? | «Сталь-Инвест». Фонд из Тулы с 1999 года. | Фонд из Тулы с 1999 года
Что такое шлак? | Завод продал шлак (остаток плавки) соседям. | остаток плавки
Что такое шлак? | Цена шлака (твёрдого остатка плавки) выросла. | твёрдого остатка плавки
Что такое ДП? | Доменная печь (ДП) работает без остановки. | Доменная печь
Что такое ДП? | Рабочие большой доменной печи (ДП) бастуют. | доменной печи
Что за компания Steelco? | Steelco Europe. Немецкий поставщик рельсов. | Немецкий поставщик рельсов
Кто такой Пётр Лавров? | Пётр Ильич Лавров (1901—1960) — советский металлург. | советский металлург
"""
MENTIONED = """
Что такое шлак? | О шлаке писали давно, хотя завода нет с прошлого века.
Что такое шлак? | Завод — это шлак и дым.
Что такое шлак? | Печь шлака — старая.
Что такое шлак? | Завод продал шлак (Иван Серов) соседям.
Что такое шлак? | Завод продал шлак (завод купили весной) соседям.
Что такое ДП? | Грузовик повредил въездные ворота ДП.
Что такое «Сталь»? | Владелец завода «Стали» уехал.
Кто такой Лавров? | Поправка Иванова — Лаврова устарела.
"""
# What explains | what explains less
MORE_AND_LESS = """
Шлак — остаток плавки. | Шлак — не руда.
Шлак — остаток плавки. | Шлак вывозят в отвал.
Шлак вывозят в отвал. | Про шлак не пишут.
"""


@pytest.mark.parametrize(("question", "text", "span"), rows(EXPLAINED))
def test_the_part_that_explains(question: str, text: str, span: str) -> None:
    found = definition(question, text)
    assert found is not None and found.span is not None
    assert text[slice(*found.span)] == span


@pytest.mark.parametrize(("question", "text"), rows(MENTIONED))
def test_a_mention_explains_nothing(question: str, text: str) -> None:
    assert definition(question, text) is None


@pytest.mark.parametrize(("more", "less"), rows(MORE_AND_LESS))
def test_what_it_is_explains_more_than_what_it_does(more: str, less: str) -> None:
    assert explains("Что такое шлак?", more) > explains("Что такое шлак?", less)


def test_only_what_something_is_must_be_explained() -> None:
    assert asks_what("Что это за вещество — шлак?")
    assert not asks_what("Кто это такой — Лавров?")
    assert not asks_what("Что означает красный флаг?")


def test_a_row_of_names_explains_nothing() -> None:
    assert explains("Что такое Steelco?", "У реки стоят завод, Steelco, а дальше порт.") == 0


QUESTIONS = ["Что такое шлак?", "Кто такой Пётр Лавров?", "Что такое ДП?", "Что за фирма Steelco?", "Что?"]
PIECES = """шлак Шлак шлака Пётр Лавров ДП ( ) « » — , . : это который печь доменной директор Steelco или и не
    в 12 называют остаток то""".split()


@given(st.sampled_from(QUESTIONS), st.lists(st.sampled_from(PIECES), max_size=9))
def test_any_sentence_can_be_looked_at(question: str, pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = definition(question, text)
    assert 0 <= explains(question, text) <= 1
    if found and found.span:
        start, stop = found.span
        assert 0 <= start < stop <= len(text) and text[start:stop].strip() == text[start:stop]

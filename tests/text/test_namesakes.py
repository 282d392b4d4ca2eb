"""Who may be meant by a name, and things told apart by a number: one line a way of telling."""

from __future__ import annotations

import pytest

from rag.text.namesakes import numbered, of_a_namesake, of_another_number, persons
from tests.tables import rows

# gender, told by the surname or by what stands beside it; initials, patronymics, names
NAMESAKES = """
Где родилась Зуевская? | Павел Зуевский родился в Туле.
Чем руководит Петров? | Анна Петрова руководит цехом.
Что сказали Петровой? | Петров молчал.
Сколько лет И. П. Седову? | Пётр Иванович Седов уехал.
Где живёт И. П. Седов? | А. П. Седов живёт в Омске.
Где живёт Иван Седов? | Олег Седов живёт в Омске.
"""
NO_NAMESAKES = """
Где родилась Зуевская? | Ирина Зуевская родилась в Омске.
Чем руководит Петров? | Анна Петрова и Олег Петров руководят цехами.
Сколько лет И. П. Седову? | Иван Петрович Седов уехал.
Где живёт И. П. Седов? | Седов И. П. живёт в Омске.
Где живёт Михаил Седов? | Миша Седов живёт в Омске.
Где живёт Седов? | Олег Седов живёт в Омске.
Где живёт Иван Седов? | Он живёт в Омске.
Кто руководит Московской областью? | Московский университет закрыт.
"""
NUMBERED = """
Цены во II квартале выросли | квартал 2
во 2-м квартале и в третьем квартале | квартал 2; квартал 3
в 18 веке | век 18
двадцать первый съезд | съезд 21
Приказ №118-к и школа № 4 | приказ 118; школа 4
п. 2.3 и ст. 15 | пункт 2.3; статья 15
Ракета С-300 | с 300
# amounts number nothing
в городе 5 школ |
18 тонн и 2 рубля |
В 2025 году |
"""
ANOTHER = """
Что утвердили приказом № 117? | Приказом № 118 создан штаб.
Что построили в 18 веке? | Церковь возвели в XVII веке.
"""
NO_OTHER = """
Что утвердили приказом № 117? | Приказами № 118 и приказом № 117 созданы штабы.
Что построили в 18 веке? | Парк разбили в ХVIII веке.
Что построили? | Церковь возвели в XVII веке.
"""


@pytest.mark.parametrize(("question", "text"), rows(NAMESAKES))
def test_of_a_namesake(question: str, text: str) -> None:
    assert of_a_namesake(question, text)


@pytest.mark.parametrize(("question", "text"), rows(NO_NAMESAKES))
def test_of_no_namesake(question: str, text: str) -> None:
    assert not of_a_namesake(question, text)


def test_an_adjective_before_a_noun_is_no_surname() -> None:
    assert persons("Зуевский район и Московская область") == ()
    assert [person.surname for person in persons("Пришла Зуевская.")] == ["зуевский"]


@pytest.mark.parametrize(("text", "expected"), rows(NUMBERED))
def test_numbered(text: str, expected: str) -> None:
    assert "; ".join(sorted(" ".join(each) for each in numbered(text))) == expected


@pytest.mark.parametrize(("question", "text"), rows(ANOTHER))
def test_of_another_number(question: str, text: str) -> None:
    assert of_another_number(question, text)


@pytest.mark.parametrize(("question", "text"), rows(NO_OTHER))
def test_of_no_other_number(question: str, text: str) -> None:
    assert not of_another_number(question, text)

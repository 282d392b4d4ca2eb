"""Who may be meant by a name: one line a pair."""

from __future__ import annotations

import pytest

from rag.text.namesakes import of_a_namesake, persons


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        # gender, told by the surname or by what stands beside it
        ("Где родилась Зуевская?", "Павел Зуевский родился в Туле.", True),
        ("Где родилась Зуевская?", "Ирина Зуевская родилась в Омске.", False),
        ("Чем руководит Петров?", "Анна Петрова руководит цехом.", True),
        ("Чем руководит Петров?", "Анна Петрова и Олег Петров руководят цехами.", False),
        ("Что сказали Петровой?", "Петров молчал.", True),
        # initials, patronymics, names
        ("Сколько лет И. П. Седову?", "Пётр Иванович Седов уехал.", True),
        ("Сколько лет И. П. Седову?", "Иван Петрович Седов уехал.", False),
        ("Где живёт И. П. Седов?", "А. П. Седов живёт в Омске.", True),
        ("Где живёт И. П. Седов?", "Седов И. П. живёт в Омске.", False),
        ("Где живёт Иван Седов?", "Олег Седов живёт в Омске.", True),
        ("Где живёт Михаил Седов?", "Миша Седов живёт в Омске.", False),
        ("Где живёт Седов?", "Олег Седов живёт в Омске.", False),
        # nobody's namesake
        ("Где живёт Иван Седов?", "Он живёт в Омске.", False),
        ("Где живёт Иван Седов?", "Олег Петров живёт в Омске.", False),
        ("Кто руководит Московской областью?", "Московский университет закрыт.", False),
    ],
)
def test_of_a_namesake(question: str, text: str, expected: bool) -> None:
    assert of_a_namesake(question, text) is expected


def test_an_adjective_before_a_noun_is_no_surname() -> None:
    assert persons("Зуевский район и Московская область") == ()
    assert [person.surname for person in persons("Пришла Зуевская.")] == ["зуевский"]

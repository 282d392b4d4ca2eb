"""What a sentence names: one line a form, the sentence and what is found in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.entities import EntityKind, entities
from tests.tables import rows


def of_kind(text: str, kind: EntityKind) -> list[str]:
    return [text[entity.start : entity.stop] for entity in entities(text) if entity.kind == kind]


QUANTITIES = """
Рудник даёт около 2,3 млрд рублей дохода. | около 2,3 млрд рублей
Ставка выросла до 7,5 % годовых. | до 7,5 % годовых
Фонд получил 74 процента акций. | 74 процента
Выжили 20 из 60 видов птиц. | 20 из 60 видов
До Луны от 2,6 до 3,15 млн шагов. | от 2,6 до 3,15 млн шагов
Мост построен в 1974 году. |
Ракета Р-17 стоит в музее. |
"""
DATES = """
Крепость возвели в начале XIX века. | начале XIX века
Форум шёл с 17 июля по 2 августа 1945 года. | 17 июля по 2 августа 1945 года
Добыли 1500 тонн руды. |
"""
PERSONS = """
Министр Иван Петров приехал утром. | Иван Петров
Его встретил А. С. Волков у ворот. | А. С. Волков
Роберт фон Моль писал о праве. | Роберт фон Моль
Президент США Дональд Трамп улетел. | Дональд Трамп
Завод стоит на границе Озёрского и Тавдинского районов. |
"""
PLACES = """
Завод стоит в Карагандинской области. | Карагандинской области
Дом стоит в городе Сестрорецк у залива. | Сестрорецк
Яхта вышла к берегу Финского залива. | Финского залива
"""
ORGANISATIONS = """
Долю получит «Тау-Сервис». | «Тау-Сервис»
Локомотивы строит корпорация Wabtec. | Wabtec
Кредит дал Экспортно-импортный банк США. | Экспортно-импортный банк США
Об этом сообщил МИД. | МИД
Нортумбрийский университет старше. | Нортумбрийский университет
Новый университет старше. |
"""
NAMES = """
Участок Северный Катпар богат вольфрамом. | Северный Катпар
Казахстан и США подписали договор. | Казахстан
Рабочие строят дорогу через степь. |
"""


@pytest.mark.parametrize(
    ("kind", "sentence", "wanted"),
    [
        *(("quantity", *row) for row in rows(QUANTITIES)),
        *(("date", *row) for row in rows(DATES)),
        *(("person", *row) for row in rows(PERSONS)),
    ],
)
def test_that_alone_is_found(kind: EntityKind, sentence: str, wanted: str) -> None:
    assert "; ".join(of_kind(sentence, kind)) == wanted


@pytest.mark.parametrize(
    ("kind", "sentence", "wanted"),
    [
        *(("place", *row) for row in rows(PLACES)),
        *(("organisation", *row) for row in rows(ORGANISATIONS)),
        *(("name", *row) for row in rows(NAMES)),
    ],
)
def test_that_is_found_among_others(kind: EntityKind, sentence: str, wanted: str) -> None:
    found = of_kind(sentence, kind)
    assert wanted in found if wanted else not found


@given(st.text(alphabet='АБвгд «»"().,-–0123456789IXвгодUSA$%\u0301\n', max_size=80) | st.text(max_size=60))
def test_spans_are_whole_and_ordered(text: str) -> None:
    found = entities(text)
    assert found == sorted(found, key=lambda entity: (entity.start, -entity.stop, entity.kind))
    for entity in found:
        inside = text[entity.start : entity.stop]
        assert inside and inside == inside.strip()

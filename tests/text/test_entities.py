"""What a sentence names: one line a form. «_» marks nothing: the text before «|» is the sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.entities import EntityKind, entities


def of_kind(text: str, kind: EntityKind) -> list[str]:
    return [text[entity.start : entity.stop] for entity in entities(text) if entity.kind == kind]


QUANTITIES = """
Рудник даёт около 2,3 млрд рублей дохода. | около 2,3 млрд рублей
В крае живёт 1 250 000 человек. | 1 250 000 человек
Ставка выросла до 7,5 %. | до 7,5 %
Ставка выросла до 7,5 % годовых. | до 7,5 % годовых
Завод обошёлся в $1,1 млрд, почти вдвое дороже. | $1,1 млрд
Добыли не менее 410 тыс. тонн угля. | не менее 410 тыс. тонн
Фонд получил 74 процента акций. | 74 процента
Выжили 20 из 60 видов птиц. | 20 из 60 видов
Сгорела почти треть леса. | почти треть леса
Приехали двадцать три гостя. | двадцать три гостя
До Луны от 2,6 до 3,15 млн шагов. | от 2,6 до 3,15 млн шагов
Участок занимает 127 000 кв. км степи. | 127 000 кв. км
Контракт стоит 900 млн долларов США. | 900 млн долларов США
Дорогу сдали в аренду на 49 лет. | 49 лет
Вес отливки — 27–30 кг. | 27–30 кг
Мост построен в 1974 году. |
Съезд прошёл 5 мая 2020 года. |
Ракета Р-17 стоит в музее. |
"""

DATES = """
Договор подписан 23 февраля 2026 года в столице. | 23 февраля 2026 года
Его подписали в ноябре 2025 года. | ноябре 2025 года
К 1974 году завод закрыли. | 1974 году
Открытие было 15 января 2014-го. | 15 января 2014-го
Журнал выходил в 1832—1833 годах. | 1832—1833 годах
Крепость возвели в XIX веке. | XIX веке
Крепость возвели в начале XIX века. | начале XIX века
Цех запустят весной 2029 года. | весной 2029 года
Цех запустят весной. | весной
Цех запустили прошлой осенью. | прошлой осенью
Файл от 2026-02-23 потерян. | 2026-02-23
Файл от 23.02.2026 потерян. | 23.02.2026
Музей закрыт в понедельник. | понедельник
Мода 1920-х годов вернулась. | 1920-х годов
Город разрушен в 79 году н. э. | 79 году н. э.
Ледник ушёл в 500 году до н. э. | 500 году до н. э.
Форум шёл с 17 июля по 2 августа 1945 года. | 17 июля по 2 августа 1945 года
Прибыль I квартала 2026 года выросла. | I квартала 2026 года
Ему исполнилось 22 года. |
Добыли 1500 тонн руды. |
Может быть, это не он. |
"""

PERSONS = """
Министр Иван Петров приехал утром. | Иван Петров
Его встретил А. С. Волков у ворот. | А. С. Волков
Роберт фон Моль писал о праве. | Роберт фон Моль
Президент США Дональд Трамп улетел. | Дональд Трамп
Глава Microsoft Сергей Лавров ушёл. | Сергей Лавров
Каждый участник получил медаль. |
Город лежит у реки. |
Завод стоит на границе Озёрского и Тавдинского районов. |
"""

PLACES = """
Завод стоит в Карагандинской области. | Карагандинской области
Он приехал в Вашингтон. | Вашингтон
Дом стоит в городе Сестрорецк у залива. | Сестрорецк
Яхта вышла к берегу Финского залива. | Финского залива
Груз идёт через Нью-Йорк. | Нью-Йорк
Мастер чинит часы. |
"""

ORGANISATIONS = """
Долю получит «Тау-Сервис». | «Тау-Сервис»
Локомотивы строит корпорация Wabtec. | Wabtec
Проект ведёт Cove Capital. | Cove Capital
Кредит дал Экспортно-импортный банк США. | Экспортно-импортный банк США
Об этом сообщил МИД. | МИД
Нортумбрийский университет старше. | Нортумбрийский университет
Новый университет старше. |
"""


def lines(table: str) -> list[tuple[str, list[str]]]:
    parts = (line.split("|") for line in table.strip().splitlines())
    return [(sentence.strip(), [wanted.strip()] if wanted.strip() else []) for sentence, wanted in parts]


@pytest.mark.parametrize(("sentence", "wanted"), lines(QUANTITIES))
def test_quantity(sentence: str, wanted: list[str]) -> None:
    assert of_kind(sentence, "quantity") == wanted


@pytest.mark.parametrize(("sentence", "wanted"), lines(DATES))
def test_date(sentence: str, wanted: list[str]) -> None:
    assert of_kind(sentence, "date") == wanted


@pytest.mark.parametrize(("sentence", "wanted"), lines(PERSONS))
def test_person(sentence: str, wanted: list[str]) -> None:
    assert of_kind(sentence, "person") == wanted


@pytest.mark.parametrize(("sentence", "wanted"), lines(PLACES))
def test_place(sentence: str, wanted: list[str]) -> None:
    assert set(wanted) <= set(of_kind(sentence, "place"))
    assert wanted or not of_kind(sentence, "place")


@pytest.mark.parametrize(("sentence", "wanted"), lines(ORGANISATIONS))
def test_organisation(sentence: str, wanted: list[str]) -> None:
    assert set(wanted) <= set(of_kind(sentence, "organisation"))
    assert wanted or not of_kind(sentence, "organisation")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Критики хвалят фильм «Долгая зима».", "«Долгая зима»"),
        ("Участок Северный Катпар богат вольфрамом.", "Северный Катпар"),
        ("Казахстан и США подписали договор.", "Казахстан"),
    ],
)
def test_name(sentence: str, name: str) -> None:
    assert name in of_kind(sentence, "name")


def test_an_ordinary_first_word_is_no_name() -> None:
    assert entities("Рабочие строят дорогу через степь.") == []


@given(st.text(alphabet='АБвгд «»"().,-–0123456789IXвгодUSA$%\u0301\n', max_size=80) | st.text(max_size=60))
def test_spans_are_whole_and_ordered(text: str) -> None:
    found = entities(text)
    assert found == sorted(found, key=lambda entity: (entity.start, -entity.stop, entity.kind))
    for entity in found:
        inside = text[entity.start : entity.stop]
        assert inside and inside == inside.strip()

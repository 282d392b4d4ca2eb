"""Which amounts answer which question."""

from __future__ import annotations

import pytest

from rag.text.measures import measure
from rag.text.numbers import values
from tests.tables import rows

FITS = """
Сколько стоит проект? | Проект стоит 40 млн долларов.
Сколько денег нужно заводу? | Нужно 15 миллиардов тенге.
Какую долю получит компания? | Она получит 70 %.
Какова протяжённость дороги? | Дорога тянется на 43 км.
Какова площадь участка? | Участок в 200 кв. км.
Сколько лет строили мост? | Его строили 18 месяцев.
Каков срок договора? | Договор на 99 лет.
Сколько вольфрама в руде? | В ней 50 тысяч тонн.
Сколько новых локомотивов купят? | Купят 300 мощных тепловозных локомотивов.
# any amount may answer
Каков результат? | Вышло 12 голов.
Насколько вырос экспорт? | Он вырос на 15 %.
"""
DOES_NOT_FIT = """
Сколько стоит проект? | Проект займёт 4 года.
Какую долю получит компания? | Она получит 40 млн долларов.
Какова протяжённость дороги? | Дорогу строили 4 года.
Какова площадь участка? | Участок в 12 км отсюда.
Сколько локомотивов купят? | Купят на 4 млрд долларов локомотивов.
Сколько локомотивов купят? | Купят 300 вагонов.
Каков срок договора? | Договор на 3 млн тонн.
"""


def answers(question: str, text: str) -> bool:
    """True when the first number of `text`, with its unit, may answer."""
    number = values(text)[0]
    return measure(question).stands_in(text, (number.start, number.stop))


@pytest.mark.parametrize(("question", "text"), rows(FITS))
def test_fits(question: str, text: str) -> None:
    assert answers(question, text)


@pytest.mark.parametrize(("question", "text"), rows(DOES_NOT_FIT))
def test_does_not_fit(question: str, text: str) -> None:
    assert not answers(question, text)


def test_no_number_is_no_amount() -> None:
    assert not measure("Сколько стоит проект?").stands_in("Проект дорогой", (0, 14))
    assert not measure("Каков результат?").stands_in("Проект дорогой", (0, 14))


def test_what_is_counted() -> None:
    assert measure("Сколько казахстанских локомотивов купят?").counted == "локомотив"
    assert measure("Сколько стоит мост?").counted is None
    assert measure("Сколько?").units == measure("").units == frozenset()

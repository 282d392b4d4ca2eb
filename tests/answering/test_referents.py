"""Which sentences lean on the one before them, and whom a pronoun means."""

import pytest

from rag.answering.surroundings import leans, person_meant, pronoun

LEANING = """
Он хорошо знает рынок.
Её построил инженер.
Длина у него скромная: около 43 км.
По его словам, сделка состоится.
В ней 60 позиций.
О них ещё осенью рассказал Reuters.
Также подписаны документы.
Кроме того, подписаны документы.
Это почти вся Греция.
Этот документ подписали осенью.
Тот же закон предписывает пересматривать список.
Там же приведены данные.
Так называют транзитный коридор.
Первая — чтобы Америка отменила поправку.
Последние обещают заключить в течение года.
Ни того ни другого он не получает.
Но исключение временное.
Однако решает Конгресс.
В Астане собирает тепловозы.
В 2019 году присоединила локомотивный бизнес General Electric.
"""
STANDING = """
Казахстан добывает медь.
Министр сказал, что он приедет.
Астана, по его словам, способна поставлять 20.
Первый кредит выдали в мае.
Первые танкеры ушли в 2001 году.
Так называемый налог ввели в 1972 году.
Двадцать стран подписали договор.
В 2019 году добывали медь.
«Тау-Кен Самрук» держит доли в проектах.
Wabtec собирает тепловозы.
Построить завод не удалось.
Удалось построить завод.
"""


@pytest.mark.parametrize("sentence", LEANING.strip().splitlines())
def test_it_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize("sentence", STANDING.strip().splitlines())
def test_it_stands_alone(sentence: str) -> None:
    assert not leans(sentence)


@pytest.mark.parametrize(
    ("sentence", "before", "meant"),
    [
        (
            "Он знает рынок.",
            "Генеральный директор Cove Capital Пини Алтхаус говорил о руднике.",
            "Пини Алтхаус",
        ),
        ("Он знает рынок.", "Ивану Петрову поручили дорогу.", "Иван Петров"),
        ("Она знает рынок.", "Ивану Петрову поручили дорогу.", None),  # the wrong gender
        ("Он приехал.", "Иван Петров встретил Олега Сидорова.", None),  # two of them
        ("Он построен в 1936 году.", "Иван Петров открыл мост.", None),  # the bridge may be meant
        ("Они приехали.", "Иван Петров говорил о руднике.", None),
    ],
)
def test_whom_a_pronoun_means(sentence: str, before: str, meant: str | None) -> None:
    here = pronoun(sentence)
    assert here is not None
    assert person_meant(here, before) == meant

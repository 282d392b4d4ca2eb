"""What a sentence says in other words than its source: borne out, doubted or flagged, never the wrong way."""

from __future__ import annotations

import pytest

from rag.answering.verification import verify
from rag.text.amounts import amounts


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        # how many times
        ("Выручка завода выросла вдвое.", "Выручка завода удвоилась."),
        ("Выручка завода удвоилась.", "Выручка завода выросла в два раза."),
        ("Выручка завода удвоилась.", "Выручка завода увеличилась вдвое."),
        ("Выпуск утроился.", "Выпуск вырос в 3 раза."),
        # who one was
        ("Бывший министр Савин возглавил совет.", "Совет возглавил экс-министр Савин."),
        ("Совет возглавил экс-министр Савин.", "Бывший министр Савин возглавил совет."),
        ("Экс-глава фонда Савин уехал.", "Бывший глава фонда Савин уехал."),
        # what did not happen
        ("Фестиваль отменили из-за дождя.", "Фестиваль не состоялся из-за дождя."),
        ("Суд отказал истцу.", "Суд не удовлетворил истца."),
        # other words for it
        ("Больница построена компанией «Лада».", "Компания «Лада» построила больницу."),
    ],
)
def test_nothing_differs(source: str, sentence: str) -> None:
    verdict = verify(sentence, [source])
    assert (verdict.support, verdict.reasons) == ("partial", ("те же слова стоят в источнике иначе",))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("Поезд отправился в 14:30.", "Поезд отправился в 14.30."),
        ("Поезд отправился в 9.05.", "Поезд отправился в 9:05."),
    ],
)
def test_times_of_day_written_otherwise_are_borne_out(source: str, sentence: str) -> None:
    assert verify(sentence, [source]).support == "supported"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        # limited on one side only
        ("Министр Савин возглавил совет.", "Совет возглавил экс-министр Савин."),
        ("Экс-министр Савин возглавил совет.", "Министр Савин возглавил совет."),
        ("Министр встретился с канцлером.", "Министр отменил встречу с канцлером."),
        ("«Зенит» обыграл «Спартак».", "«Спартак» обыграл «Зенит»."),
        ("Завод выпускает 500 автобусов в год.", "Завод ежемесячно выпускает 500 автобусов."),
    ],
)
def test_it_is_doubted(source: str, sentence: str) -> None:
    verdict = verify(sentence, [source])
    assert verdict.support == "partial"
    assert verdict.reasons


@pytest.mark.parametrize(
    ("source", "sentence", "reason"),
    [
        ("Выручка выросла вдвое.", "Выручка утроилась.", "в источнике «вдвое», в ответе «утроилась»"),
        ("Выручка удвоилась.", "Выручка выросла в три раза.", "в источнике «удвоилась», в ответе «три раза»"),
        ("Выручка удвоилась.", "Выручка упала в два раза.", "в источнике «удвоилась», в ответе «упала»"),
        ("Выручка упала вдвое.", "Выручка удвоилась.", "в источнике «упала», в ответе «удвоилась»"),
        ("Поезд ушёл в 14:30.", "Поезд ушёл в 15.30.", "в источнике «14:30», в ответе «15.30»"),
        ("Фестиваль отменили.", "Фестиваль состоялся.", "в источнике «отменили», в ответе «состоялся»"),
        ("Фестиваль не отменили.", "Фестиваль отменили.", "в источнике отрицается «отменили»"),
        ("Фестиваль не отменили.", "Фестиваль не состоялся.", "в источнике «отменили», в ответе «состоялся»"),
        ("Фестиваль не состоялся.", "Фестиваль прошёл.", "в источнике отрицается «прошёл»"),
        ("Суд отказал истцу.", "Суд удовлетворил истца.", "в источнике «отказал», в ответе «удовлетворил»"),
    ],
)
def test_it_is_another_claim(source: str, sentence: str, reason: str) -> None:
    verdict = verify(sentence, [source])
    assert verdict.support == "unsupported"
    assert reason in "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("в 14.30", [14030]),
        ("с 9.00 до 18.00", [9000, 18000]),
        ("вырос в 1.30 раза", [1.3]),
        ("курс 14.30", [14.3]),
        ("в 24.30", [24.3]),
        ("до 14.75 млн", [14_750_000]),
    ],
)
def test_times_of_day(text: str, values: list[float]) -> None:
    assert [each.value for each in amounts(text)] == pytest.approx(values)

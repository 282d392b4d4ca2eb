"""What a question takes for granted, and when sources contradict it."""

import pytest

from rag.answering.premises import is_contradicted, premise
from tests.answering.passages import evidence

CONTRADICTED = [
    ("Почему Казахстан отказался от меморандума?", "Меморандум Казахстан подписал в ноябре."),
    ("Какие гарантии дал министр?", "Гарантий министр не дал."),
    ("Почему Китай снял контроль с тербия?", "В апреле Китай ввёл контроль на тербий."),
    ("Почему список минералов сократили?", "Список минералов расширили до 60 позиций."),
    ("Почему Wabtec прекратила собирать тепловозы?", "Wabtec собирает тепловозы в Астане."),
    ("Когда закон отменили?", "Закон не отменили: он действует."),
]
NOT_CONTRADICTED = [
    ("Почему Казахстан подписал меморандум?", "Меморандум Казахстан подписал в ноябре."),
    # Some source tells it as a fact
    ("Почему Казахстан отказался от меморандума?", "Казахстан подписал меморандум, но отказался от него."),
    # A yes/no question is answered by the denial
    ("Отказался ли Казахстан от меморандума?", "Меморандум Казахстан подписал в ноябре."),
    ("Почему министр не дал гарантий?", "Гарантий министр не дал."),
    # Of something else
    ("Почему закрыли завод?", "Дорогу открыли весной."),
    ("Для каких портов пошлина перестала действовать?", "Очередь в портах действует."),
    # No fact in the past
    ("Почему Казахстан подписывает меморандум?", "Меморандум Казахстан не подписал."),
    # Wishes are no facts
    ("Почему закон отменили?", "Астана хотела, чтобы закон сохранили."),
]


@pytest.mark.parametrize(("question", "source"), CONTRADICTED)
def test_a_false_premise(question: str, source: str) -> None:
    assert is_contradicted(question, [evidence(source)])


@pytest.mark.parametrize(("question", "source"), NOT_CONTRADICTED)
def test_no_false_premise(question: str, source: str) -> None:
    assert not is_contradicted(question, [evidence(source)])


def test_what_is_taken_for_granted() -> None:
    taken = premise("Почему Казахстан отказался от меморандума?")
    assert taken is not None
    assert taken.verb == "отказаться"
    assert {"казахстан", "меморандум"} <= taken.about
    assert "подписать" in taken.opposites
    assert premise("Какова длина моста?") is None

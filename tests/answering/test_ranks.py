"""Places in a ranking; one line per shape."""

import pytest

from rag.answering.ranks import rank

BY_COPPER = "На каком месте край по запасам меди?"


@pytest.mark.parametrize(
    ("question", "text", "number", "value"),
    [
        (
            BY_COPPER,
            "Запасы меди в крае оценены в 3 млн тонн — это двенадцатое место в мире.",
            12,
            "двенадцатое место",
        ),
        (BY_COPPER, "По олову край девятый, по меди — восьмой, по цинку — второй.", 8, "восьмой"),
        (BY_COPPER, "третье место — медь и золото;", 3, "третье место"),
        (
            "Какое место занимает край по запасам меди?",
            "По запасам меди край на 12-м месте.",
            12,
            "12-м месте",
        ),
    ],
)
def test_the_place_of_what_is_asked(question: str, text: str, number: int, value: str) -> None:
    found = rank(question, text)
    assert found is not None
    assert (found[0], text[slice(*found[1])]) == (number, value)


@pytest.mark.parametrize(
    "text",
    [
        "По добыче меди край третий.",
        "По олову край девятый, по цинку — второй.",
        "В крае много меди.",
        "Медь нашли на третьем участке и на пятом.",
    ],
)
def test_a_place_of_something_else_is_none(text: str) -> None:
    assert rank(BY_COPPER, text) is None


def test_only_a_place_is_ranked() -> None:
    assert rank("Сколько меди в крае?", "По меди край третий.") is None

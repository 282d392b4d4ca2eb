"""Whose size a sentence tells; one line per shape."""

import pytest

from rag.answering.owners import tells_another


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        (
            "Какова площадь Донецкой области?",
            "Участок простирается на 12 га в Донецкой и Луганской областях.",
            True,
        ),
        ("Какова высота горы Ай?", "Башня под горой Ай поднимается на 40 м.", True),
        ("Какова площадь Донецкой области?", "Площадь участка в Донецкой области — 12 га.", False),
        ("Какова площадь Донецкой области?", "Донецкая область простирается на 26 тыс. кв. км.", False),
        ("Какова площадь Донецкой области?", "На 26 тыс. кв. км в области живут люди.", True),
        ("Сколько стоит завод в области?", "Завод в области обойдётся в 2 млрд.", False),
        ("Какова площадь участка?", "В области он занимает 12 га.", False),
    ],
)
def test_a_thing_in_a_place_says_nothing_of_the_size_of_the_place(
    question: str, text: str, another: bool
) -> None:
    assert tells_another(question, text) == another

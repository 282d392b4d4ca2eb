"""The pieces of a claim: what they are, whether denied, behind which preposition, in which case."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.claims import claims
from rag.text.pieces import Piece
from tests.tables import rows

PIECES = """
Мост открыли в мае 2024 года. | мост/word открыли/word мае 2024 года/time
Купили около 5 км труб. | купили/word около 5 км/number труб/word
Рудник строит Cove Capital. | рудник/word строит/word cove/name capital/name
«Самое важное», — сказала Сантана. | важное/word сказала/word сантана/name
Летит Су-57. | летит/word су-57/name
Он это знал до них. | знал/word до/word
Рост с 5 до 7 %. | рост/word 5/number 7 %/number
Подписал А. Иванов. | подписал/word а/name иванов/name
"""
DENIED = """
Мост не открыли. | открыли
Мост не был открыт. | открыт
Рудник работает без света. | света
Войны нет, — сказал он. | войны
Купили не менее 5 вагонов. |
Добывают не только медь. |
Мост открыли. Не было дождя. | дождя
"""


def pieces(text: str) -> list[Piece]:
    return list(claims(text).pieces)


@pytest.mark.parametrize(("text", "expected"), rows(PIECES))
def test_what_pieces_are(text: str, expected: str) -> None:
    assert " ".join(f"{each.folded}/{each.kind}" for each in pieces(text)) == expected


@pytest.mark.parametrize(("text", "denied"), rows(DENIED))
def test_what_is_denied(text: str, denied: str) -> None:
    assert " ".join(each.folded for each in pieces(text) if each.denied) == denied


@pytest.mark.parametrize(
    ("text", "word", "preposition", "cases"),
    [
        ("Поставки в Россию и Китай выросли.", "россию", "в", {"accs sing"}),
        ("Поставки в Россию и Китай выросли.", "китай", "в", {"accs sing"}),
        ("Встреча с Дональдом Трампом.", "трампом", "с", {"ablt sing"}),
        ("Китай обвинили США.", "китай", "", {"accs sing"}),  # the verb is plural
        ("Китай обвинил США.", "сша", "", {"gent plur", "accs plur", "ablt plur", "loct plur"}),
        ("Купил Google.", "google", "", set()),
    ],
)
def test_parts_in_the_sentence(text: str, word: str, preposition: str, cases: set[str]) -> None:
    found = next(each for each in pieces(text) if each.folded == word)
    assert (found.preposition, set(found.cases & cases or found.cases)) == (preposition, cases)


def test_a_name_of_two_words_goes_on() -> None:
    assert [each.within for each in pieces("Пришёл Дональд Трамп и ушёл.")] == [False, False, True, False]


@given(st.text(max_size=80))
@settings(deadline=None)
def test_every_piece_stands_in_the_text_in_order(text: str) -> None:
    found = pieces(text)
    assert all(0 <= each.start < each.stop <= len(text) for each in found)
    assert [each.start for each in found] == sorted(each.start for each in found)

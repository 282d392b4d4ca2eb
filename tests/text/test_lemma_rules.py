"""Lemmas that pymorphy3's first parse gets wrong: one line a rule."""

import pytest

from rag.text.lemma_rules import chosen, usual_lemmas
from rag.text.words import analyzer, is_function_word, lemma


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("должна должны должен должно", "должен"),  # _must
        ("счастья счастьем", "счастье"),  # _soft_sign
        ("ялтунская", "ялтунский"),  # _surname
        ("шрек", "шрек"),  # _first_form
        ("зурбагана зурбагану", "зурбаган"),  # _man
        ("кристиансен", "кристиансен"),  # _no_verb
        ("тыс тысяч", "тысяча"),
        ("млн миллионов", "миллион"),
        ("чаще", "часто"),
        ("основных основными основной", "основной"),  # lemmas.txt, as the rest
        ("нашли", "найти"),
        ("выборы выборов", "выборы"),
        ("стоит стоил", "стоить"),
        ("3-го", "3-й"),
    ],
)
def test_lemmas(words: str, expected: str) -> None:
    assert {word: lemma(word) for word in words.split()} == dict.fromkeys(words.split(), expected)


def test_every_line_of_the_table_changes_something_and_is_a_lemma_of_its_form() -> None:
    for form, usual in usual_lemmas().items():
        assert chosen(form, analyzer().parse(form)) == usual
        assert "ё" not in form + usual


def test_a_pronoun_behind_a_preposition_says_nothing() -> None:
    assert is_function_word("нем")

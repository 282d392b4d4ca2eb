"""Yes or no, where what is quoted plainly decides."""

from __future__ import annotations

import pytest

from rag.answering.deciding import decision

TABLE = [
    ("Открыт ли железный мост?", "Железный мост открыт с мая.", "yes"),
    ("Открыт ли железный мост?", "Железный мост ещё не открыт.", "no"),
    ("Имеет ли край выход к морю?", "Край не имеет выхода к морю, и рыбу везут поездом.", "no"),
    ("Правда ли, что трест строит завод?", "Трест строит завод у реки.", "yes"),
    ("Трест строит завод?", "Трест строит завод у реки.", "yes"),
    ("Закрыли ли мост?", "Совет обещал, что мост закроют.", None),
    ("Закроют ли мост?", "Жители требуют, чтобы мост закрыли.", None),
    ("Построит ли трест завод?", "Трест построит завод, если найдёт деньги.", None),
    ("Строит ли банк завод?", "Трест строит завод у реки.", None),
    ("Не закрыт ли мост?", "Мост закрыт.", None),
    ("Все ли мосты открыты?", "Мосты открыты.", None),
    ("Мост ли открыт?", "Мост открыт.", None),
    ("Когда открыт мост?", "Мост открыт днём.", None),
]


@pytest.mark.parametrize(("question", "quote", "wanted"), TABLE)
def test_decision(question: str, quote: str, wanted: str | None) -> None:
    assert decision(question, [quote]) == wanted


def test_quotes_that_disagree_decide_nothing() -> None:
    assert decision("Открыт ли мост?", ["Мост открыт.", "Мост не открыт."]) is None


def test_one_quote_of_several_may_decide() -> None:
    assert decision("Открыт ли мост?", ["Парк закрыли на зиму.", "Мост открыт."]) == "yes"


def test_nothing_quoted_decides_nothing() -> None:
    assert decision("Открыт ли мост?", []) is None

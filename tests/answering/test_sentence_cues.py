"""Cues of an answer in a sentence; one line per shape."""

import pytest

from rag.answering.sentence_features import CUES, cues, is_verb
from rag.text.questions import analyse
from rag.text.structure import is_item


def test_what_gives_a_cause_counts_where_one_is_asked_for() -> None:
    text = "Её закрыли, поскольку кончился уголь."
    assert cues(analyse("Почему закрыли печь?"), text) == (0, 1)
    assert cues(analyse("Где стоит печь?"), text, 1.0) == (0, 0)


def test_what_explains_counts_where_it_is_asked_for() -> None:
    assert cues(analyse("Что такое шлак?"), "Шлак — остаток плавки.", 0.9)[CUES.index("defines")] == 0.9


@pytest.mark.parametrize("before", ["\n- ", "\n• ", "текст:\n\n1. ", "- "])
def test_a_line_of_a_list_is_known_by_what_stands_before(before: str) -> None:
    assert is_item(f"{before}слово", len(before))


def test_running_text_is_no_list() -> None:
    for before in ("слово — ", "Конец. "):
        assert not is_item(f"{before}слово", len(before))


def test_verbs_that_say_something() -> None:
    assert is_verb("подписать")
    assert not is_verb("быть")
    assert not is_verb("подпись")

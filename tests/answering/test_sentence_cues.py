"""Cues of an answer in a sentence; one line per shape."""

import pytest

from rag.answering.sentence_features import CUES, cues, is_verb
from rag.text.questions import analyse
from rag.text.structure import is_item


@pytest.mark.parametrize(
    ("question", "text", "cue"),
    [
        ("Почему закрыли печь?", "Её закрыли, поскольку кончился уголь.", "gives_cause"),
        ("Какие металлы плавят?", "Плавят медь, олово, свинец, цинк и железо.", "lists"),
    ],
)
def test_each_kind_of_question_has_its_cue(question: str, text: str, cue: str) -> None:
    asked = analyse(question)
    told = dict(zip(CUES, cues(asked, text), strict=True))
    assert told[cue] == 1
    other = dict(zip(CUES, cues(analyse("Где стоит печь?"), text, 1.0), strict=True))
    assert not any(other.values())


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

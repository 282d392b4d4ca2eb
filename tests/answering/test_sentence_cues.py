"""Cues of an answer in a sentence; one line per shape."""

import pytest

from rag.answering.sentence_cues import CUES, cues, is_item, is_verb, opens_with, term_of
from rag.text.questions import analyse
from rag.text.words import lemmas


@pytest.mark.parametrize(
    ("term", "text", "opens"),
    [
        ("шлак", "Шлак — то, что остаётся от плавки.", True),
        ("шлак", "«Шлак» (от немецкого слова) — остаток плавки.", True),
        ("доменная печь", "Доменная печь называется так издавна.", True),
        ("шлак", "Шлак, который вывезли в мае, упоминают в каждом отчёте.", False),
        ("шлак", "Завод — это шлак и дым.", False),
        ("шлак", "О шлаке писали давно.", False),
        ("", "Шлак — остаток.", False),
    ],
)
def test_a_definition_opens_with_its_term(term: str, text: str, opens: bool) -> None:
    assert opens_with(lemmas(term), text) == opens


def test_the_term_is_what_remains_of_the_question() -> None:
    assert term_of(lemmas("Что такое доменная печь?")) == tuple(lemmas("доменная печь"))


@pytest.mark.parametrize(
    ("question", "text", "cue"),
    [
        ("Что такое шлак?", "Шлак — остаток плавки.", "defines_term"),
        ("Почему закрыли печь?", "Её закрыли, поскольку кончился уголь.", "gives_cause"),
        ("Какие металлы плавят?", "Плавят медь, олово, свинец, цинк и железо.", "lists"),
        ("На каком месте завод по выпуску стали?", "По стали завод седьмой.", "ranks"),
        ("На каком месте завод по выпуску стали?", "Завод занял 12-е место.", "ranks"),
    ],
)
def test_each_kind_of_question_has_its_cue(question: str, text: str, cue: str) -> None:
    asked = analyse(question)
    told = dict(zip(CUES, cues(asked, term_of(lemmas(question)), text), strict=True))
    assert told[cue] == 1
    other = dict(zip(CUES, cues(analyse("Где стоит печь?"), (), text), strict=True))
    assert not any(other.values())


@pytest.mark.parametrize("before", ["\n- ", "\n• ", "текст:\n\n1. ", "- "])
def test_a_line_of_a_list_is_known_by_what_stands_before(before: str) -> None:
    assert is_item(before)


def test_running_text_is_no_list() -> None:
    assert not is_item("слово — ")
    assert not is_item("Конец. ")


def test_verbs_that_say_something() -> None:
    assert is_verb("подписать")
    assert not is_verb("быть")
    assert not is_verb("подпись")

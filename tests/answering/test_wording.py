"""Sentences, lists and disagreements as one text."""

from rag.answering.wording import render, told
from rag.types import Disagreement, Draft, Sentence, Version

FIRST = Sentence("Мост открыли в мае.", (1, 2), "supported")
SECOND = Sentence("Что дальше, неизвестно…", (3,), "supported")
LISTED = Sentence("Места:\n• первое;\n• второе.", (1,), "supported")


def test_a_paragraph() -> None:
    assert render([FIRST, SECOND]) == "Мост открыли в мае [1][2]. Что дальше, неизвестно… [3]"


def test_yes_or_no_comes_first() -> None:
    said = "Мост открыли в мае [1][2]."
    assert told(Draft((FIRST,), short_answer="Да", verdict="yes", polar=True)) == f"Да. {said}"
    assert told(Draft((FIRST,), polar=True)) == f"Прямого ответа в статьях нет. {said}"
    assert told(Draft((FIRST,), short_answer="мае")) == "Мост открыли в мае [1][2]."


def test_facts_of_one_kind_are_a_list() -> None:
    assert render([FIRST, SECOND], listed=True) == (
        "• Мост открыли в мае [1][2].\n• Что дальше, неизвестно… [3]"
    )


def test_a_list_inside_a_sentence_ends_its_line() -> None:
    assert render([LISTED, SECOND]) == "Места:\n• первое;\n• второе [1].\nЧто дальше, неизвестно… [3]"


def test_disagreements_stand_under_the_sentences() -> None:
    versions = (Version("43 км", 2, "Trend", "2026-03-02"), Version("42 км", 1, None, None))
    text = told(Draft(sentences=(FIRST,), disagreements=(Disagreement("figure", versions),)))
    assert text.replace("\u00a0", " ") == (
        "Мост открыли в мае [1][2].\n\n"
        "Источники расходятся:\n• 43 км — Trend, 2 марта 2026 г. [2]\n• 42 км [1]"
    )
    dated = tuple(Version(each.value, each.citation, None, None, "2026-05-05") for each in versions)
    assert "Данные по датам:" in told(Draft((FIRST,), disagreements=(Disagreement("figure", dated, True),)))

"""An answer as Markdown: marks where the footnotes were, words of articles as words, and back again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Answer, Sentence
from rag.web.markdown import Growing, told, untold
from tests.web.sample import CANAL, COST, LENGTH, citation

CITATIONS = (citation(1, CANAL, LENGTH), citation(2, CANAL, COST))


def answer(text: str, *sentences: Sentence) -> Answer:
    return Answer("?", "?", True, text, None, sentences, CITATIONS, (), 0.9, (), "extractive", 1.0)


def said(given: Answer) -> str:
    """The text without the footnotes below, its marks looked at."""
    shown = told(given, lambda each: "https://example.org/a>b")
    for mark in shown.marks:
        assert shown.text[mark.start : mark.stop] == f"[^{mark.citation.number}]"
    assert "(<https://example.org/ab>)" in shown.below
    return shown.said


@pytest.mark.parametrize(
    ("text", "sentences", "expected"),
    [
        ("Длина — 5 км [1].", [("Длина — 5 км.", (1,))], "Длина — 5 км [^1]."),
        ("Да. Длина — 5 км [1][2].", [("Длина — 5 км.", (1, 2))], "Да. Длина — 5 км [^1][^2]."),
        ("Это было в 2026 г. [1]", [("Это было в 2026 г.", (1,))], "Это было в 2026 г. [^1]"),
        # an article's own mark is a word of it
        ("Длина [1] — 5 км [1].", [("Длина [1] — 5 км.", (1,))], "Длина \\[1\\] — 5 км [^1]."),
        ("Смотрите [7].", [("Смотрите [7].", ())], "Смотрите \\[7\\]."),
        (
            "• А [1].\n• Б [2].\n\nИсточники расходятся:\n• 5 км [1]",
            [("А.", (1,)), ("Б.", (2,))],
            "• А [^1].\n• Б [^2].\n\nИсточники расходятся:\n• 5 км [^1]",
        ),
        ("![x](http://e.org/p.png) <b> [1].", [("![x](http://e.org/p.png) <b>.", (1,))],
         "!\\[x\\](http://e.org/p.png) \\<b> [^1]."),
    ],
)  # fmt: skip
def test_marks(text: str, sentences: list[tuple[str, tuple[int, ...]]], expected: str) -> None:
    given = answer(text, *(Sentence(each, numbers, "supported") for each, numbers in sentences))
    assert said(given) == expected
    assert untold(told(given, lambda each: "x").text) == text.strip()


@given(st.text(alphabet="аб[]1^\\<. \n*!", max_size=30))
def test_no_mark_of_ours_is_made_by_an_article(words: str) -> None:
    given = answer(f"{words} [1]", Sentence(words, (1,), "supported"))
    shown = told(given, lambda each: "x")
    assert [shown.text[mark.start : mark.stop] for mark in shown.marks][-1:] == ["[^1]"]
    assert shown.said.count("[^") == shown.said.count("\\[^") + len(shown.marks)


def test_a_doubt_is_told_under_the_answer() -> None:
    sentence = Sentence("Длина — 6 км.", (1,), "unsupported", ("в источнике 5 км, в ответе 6 км",))
    shown = told(answer("Длина — 6 км [1].", sentence), lambda each: "x")
    assert "\n\n*Цитатой не подтверждено: «Длина — 6 км.» (в источнике 5 км, в ответе 6 км)*" in shown.below
    assert untold(shown.text) == "Длина — 6 км [1]."


def test_what_was_sent_is_never_taken_back() -> None:
    first = answer("Длина — 5 км [1].", Sentence("Длина — 5 км.", (1,), "supported"))
    other = answer("Цена — 7 [2].", Sentence("Цена — 7.", (2,), "supported"))
    text = Growing()
    sent = text.piece(first, lambda each: "x") + text.piece(other, lambda each: "x")
    rest, shown = text.rest(told(other, lambda each: "x"))
    assert sent == "Длина — 5 км [^1]." and shown.text == sent + rest
    assert "ответ изменён:\n\nЦена — 7 [^2]." in rest
    assert [shown.text[mark.start : mark.stop] for mark in shown.marks] == ["[^2]"]


def test_nothing_of_a_refusal_is_sent_before_it_is_whole() -> None:
    refused = replace(answer("В статьях нет ответа."), found=False, citations=())
    text = Growing()
    assert text.piece(refused, lambda each: "x") == ""
    assert text.rest(told(refused, lambda each: "x"))[0] == "В статьях нет ответа."

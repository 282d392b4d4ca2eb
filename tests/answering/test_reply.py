"""What models write, taken apart: footnotes in all their forms, refusals, ornament."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.reply import read_reply
from tests.tables import lines, rows

SHOWN = 3


def said(text: str, whole: bool = True) -> list[tuple[str, tuple[int, ...]]]:
    """Sentences with the numbers of their passages."""
    reply = read_reply(text, SHOWN, whole)
    return [(each.text, each.citations) for each in reply.sentences]


FOOTNOTES = """
Мост открыли. [1] | 1
Мост открыли[1]. | 1
Мост открыли [1] [2]. | 1 2
Мост открыли [1], [2]. | 1 2
Мост открыли [1,2; 3]. | 1 2 3
Мост открыли [1-2]. | 1 2
Мост открыли [^2]. | 2
Мост открыли [№2]. | 2
Мост открыли [Источник: 2]. | 2
Мост открыли【1†source】. | 1
Мост открыли (источник 1). | 1
Мост открыли (см. отрывки 1 и 2). | 1 2
Мост открыли (1). | 1
[1][3] Мост открыли. | 1 3
# nothing of the kind was shown
Мост открыли [0]. |
Мост открыли [1][9]. | 1
Мост открыли [1936]. |
Мост открыли [1–999]. | 1
Мост открыли. |
"""
DECLINED = """
В отрывках нет ответа
В предоставленных отрывках нет прямого ответа на этот вопрос.
Ответа на этот вопрос в отрывках нет.
К сожалению, ответ не найден.
Я не могу ответить на этот вопрос.
В тексте не указано, когда открыли мост.
Площадь области в отрывках не упоминается. Область большая [1].
<think>Есть ли ответ? Да.</think>В отрывках нет ответа.
"""
ANSWERED = """
# a passage says so
В тексте договора срок не указан [1].
Мост не открыли [1].
«Не могу ответить», — сказал министр [1].
В ответ Киев заявил, что гарантий нет [1].
Ждать ответа осталось недолго [1].
У моста нет перил [1].
Мост открыли [1]. Когда его строили, в отрывках не сказано.
"""


@pytest.mark.parametrize(("written", "numbers"), rows(FOOTNOTES))
def test_a_footnote_in_any_form(written: str, numbers: str) -> None:
    ((text, found),) = said(written)
    assert text.rstrip(".") == "Мост открыли"
    assert " ".join(map(str, found)) == numbers


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Мост открыли [1]. Он длинный [2].", [("Мост открыли.", (1,)), ("Он длинный.", (2,))]),
        ("Мост открыли. [1] Он длинный. [2]", [("Мост открыли.", (1,)), ("Он длинный.", (2,))]),
        ("[1] Мост открыли.\n[2] Он длинный.", [("Мост открыли.", (1,)), ("Он длинный.", (2,))]),
        ("- Мост открыли [1].\n- Он длинный [2].", [("Мост открыли.", (1,)), ("Он длинный.", (2,))]),
        ("Мост открыли.\n[1]\nОн длинный.\n[2]", [("Мост открыли.", (1,)), ("Он длинный.", (2,))]),
        ("Мост [1], где ходят поезда [2], открыт.", [("Мост, где ходят поезда, открыт.", (1, 2))]),
        ("Мост открыли. Он длинный [1].", [("Мост открыли.", ()), ("Он длинный.", (1,))]),
        ("Строили четыре (4) года [1].", [("Строили четыре (4) года.", (1,))]),
        ("Площадь 12 км² [1].", [("Площадь 12 км².", (1,))]),
        ("**Мост** `открыли` [1].", [("Мост открыли.", (1,))]),
        ("## Ответ\nОтвет: мост открыли [1].", [("мост открыли.", (1,))]),
        ("<think>Где это? [2] Вот.</think>\n\nМост открыли [1].", [("Мост открыли.", (1,))]),
        ("<think>Думаю, думаю [2].", []),
        ("Мост открыли [1].\n\nИсточники:\n[1] Вестник. Мост.\n[2] Газета.", [("Мост открыли.", (1,))]),
        ("Мост открыли [1].\nИсточники: [1], [2]", [("Мост открыли.", (1,))]),
        ("Мост открыли [1].\n—\n***", [("Мост открыли.", (1,))]),
        (" \n\n", []),
        ("[1][2]", []),
    ],
)  # fmt: skip
def test_footnotes_go_to_their_sentences(written: str, found: list[tuple[str, tuple[int, ...]]]) -> None:
    assert said(written) == found


@pytest.mark.parametrize("written", lines(DECLINED))
def test_a_refusal_is_understood(written: str) -> None:
    reply = read_reply(written, SHOWN)
    assert reply.declined and not reply.sentences


@pytest.mark.parametrize("written", lines(ANSWERED))
def test_an_answer_is_no_refusal(written: str) -> None:
    reply = read_reply(written, SHOWN)
    assert not reply.declined and reply.sentences


def test_what_a_model_does_not_know_is_not_a_claim() -> None:
    assert said("Мост открыли [1]. Когда его строили, в отрывках не сказано.") == [("Мост открыли.", (1,))]


def test_the_last_sentence_waits_for_its_footnote() -> None:
    written = "Мост открыли. [1] Он длинный. [2]"
    seen = [said(written[:length], whole=False) for length in range(len(written) + 1)]
    assert set(map(len, seen)) == {0, 1}
    assert all(each == [("Мост открыли.", (1,))] for each in seen if each)


def test_another_language_is_seen() -> None:
    russian = {
        "Cove Capital купила мост [1].": True,
        "The bridge was opened in 1936 [1].": False,
        "大桥于1936年通车 [1]。": False,
        "Көпір 1936 жылы ашылды [1].": True,  # Cyrillic; whether it is true is for verification to say
    }
    assert {written: read_reply(written, SHOWN).is_russian for written in russian} == russian


@given(st.text(alphabet="Мост 12[](),.【】–и\n*#<>^ источник", max_size=80))
def test_no_text_breaks_it_and_no_invented_passage_is_named(text: str) -> None:
    for sentence in read_reply(text, SHOWN).sentences:
        assert re.search(r"\w", sentence.text)
        assert set(sentence.citations) <= {1, 2, 3}
        assert len(set(sentence.citations)) == len(sentence.citations)
    assert isinstance(read_reply(text, SHOWN, whole=False).sentences, tuple)

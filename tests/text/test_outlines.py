"""What the outline of a passage tells: its topic, and signs of an answer of the kind that is asked for."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from rag.matching.outlines import marks, may_answer, topic
from rag.text.question_words import Kind
from rag.text.sentences import sentences
from rag.text.words import lemmas
from rag.types import Passage, SourceSentence
from tests.tables import rows

# A kind | what may answer | what may not
ANSWERS = """
date | Рудник открыли в 1987 году. | Рудник открыли давно.
date | Рудник открыли 5 мая. | Рудник открыли.
quantity | На руднике 120 рабочих. | На руднике много рабочих.
quantity | На руднике двести рабочих, но три смены. | На руднике рабочие.
person | Рудником руководит Ахметов. | Рудником руководит инженер.
place | Рудник стоит на Иртыше. | Рудник стоит на реке.
definition | Штрек — горная выработка. | Штрек закрыли весной.
reason | Рудник закрыли из-за воды. | Рудник закрыли весной.
"""
HEADWORDS = """
Кобальт — металл серебристого цвета. | кобальт
Ко\u0301бальт – металл серебристого цвета. | кобальт
«Полярная звезда» — ледокол северного флота. | полярный звезда
Сырдарья (в верховьях Нарын) — река в Средней Азии. | сырдарья
ТЭЦ, теплоэлектроцентраль — станция, которая даёт и ток, и тепло. | тэц
Озеро в пустыне — редкость. | озеро пустыня
Кобальт добывают из руд меди и никеля. |
# a verb before the dash: no headword
Рудник открыли весной — раньше срока. |
# the second sentence
Рудник закрыт. Причина — пожар. |
"""


def passage(text: str, title: str = "") -> Passage:
    found = tuple(
        SourceSentence(start, stop, tuple(lemmas(text[start:stop]))) for start, stop in sentences(text)
    )
    return Passage("p", "a", 0, len(text), text, found, title, tuple(lemmas(title)))


@pytest.mark.parametrize(("kind", "answer", "other"), rows(ANSWERS))
def test_what_may_answer(kind: str, answer: str, other: str) -> None:
    signs = np.array([marks(answer), marks(other)], np.int32)
    assert may_answer(cast(Kind, kind), signs).tolist() == [True, False]


def test_anything_may_answer_what_has_no_sign() -> None:
    assert may_answer("yesno", np.array([marks("Рудник закрыли весной.")], np.int32)).all()
    assert may_answer("other", np.array([marks("")], np.int32)).all()


@pytest.mark.parametrize(("text", "about"), rows(HEADWORDS))
def test_the_headword_of_a_definition(text: str, about: str) -> None:
    assert " ".join(topic(passage(text))) == about


def test_a_dash_far_from_the_beginning_defines_nothing() -> None:
    assert topic(passage("Кобальт и никель " + "и медь " * 30 + "— металлы.")) == topic(passage("")) == ()


def test_the_title_comes_first_and_without_function_words() -> None:
    assert topic(passage("Кобальт — металл.", "О добыче никеля на севере")) == ("добыча", "никель", "север")

"""What a passage is about: its title, or the headword of an opening definition."""

from __future__ import annotations

import pytest

from rag.matching.outlines import topic
from rag.text.sentences import sentences
from rag.text.words import lemmas
from rag.types import Passage, SourceSentence


def passage(text: str, title: str = "") -> Passage:
    found = tuple(
        SourceSentence(start, stop, tuple(lemmas(text[start:stop]))) for start, stop in sentences(text)
    )
    return Passage("p", "a", 0, len(text), text, found, title, tuple(lemmas(title)))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Кобальт — металл серебристого цвета.", "кобальт"),
        ("Ко́бальт – металл серебристого цвета.", "кобальт"),
        ("«Полярная звезда» — ледокол северного флота.", "полярный звезда"),
        ("Сырдарья (в верховьях Нарын) — река в Средней Азии.", "сырдарья"),
        ("ТЭЦ, теплоэлектроцентраль — станция, которая даёт и ток, и тепло.", "тэц"),
        ("Озеро в пустыне — редкость.", "озеро пустыня"),
        ("Кобальт добывают из руд меди и никеля.", ""),
        ("Рудник открыли весной — раньше срока.", ""),  # a verb before the dash: no headword
        ("Рудник закрыт. Причина — пожар.", ""),  # the second sentence
        ("", ""),
    ],
)
def test_the_headword_of_a_definition(text: str, about: str) -> None:
    assert " ".join(topic(passage(text))) == about


def test_the_title_comes_first_and_without_function_words() -> None:
    about = topic(passage("Кобальт — металл.", title="О добыче никеля на севере"))
    assert about == ("добыча", "никель", "север")


def test_a_dash_far_from_the_beginning_defines_nothing() -> None:
    text = "Кобальт и никель " + "и медь " * 30 + "— металлы."
    assert topic(passage(text)) == ()

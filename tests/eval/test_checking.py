"""Gold that the library doesn't hold is told before the bot is blamed for it."""

from __future__ import annotations

from typing import Any

import pytest

from eval.checking import Texts, check, known, report
from eval.sets import Located, Question

TEXTS = Texts(
    {
        "articles/plant": "Завод стоит в Орске. Он даёт 12,4 млн тонн руды в год, а не 15 млн.",
        "articles/museum": "Музей открыт до 21.00. С 9 апреля 2024 года вход бесплатный.",
    }
)


def located(**fields: Any) -> Located:
    return Located(Question(**{"id": "q", "question": "Что?", "all": ()} | fields), "set.csv:7")


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"answers": ("12 400 000",)}, []),
        ({"answers": ("в Омске", "Орск")}, []),
        ({"answers": ("до 9 вечера",), "articles": ("articles/museum",)}, []),
        ({"answers": ("нет",)}, []),
        ({"verdict": "no", "articles": ("articles/museum",)}, []),
        ({"refuse": True}, []),
        ({"answers": ("15 млн",)}, ["ответа «15 млн» нет ни в одной статье"]),
        ({"answers": ("Омск", "Томск")}, ["ответа «Омск» или «Томск» нет ни в одной статье"]),
        ({"answers": ("Орск",), "articles": ("articles/museum",)}, ["ответа «Орск» нет в названных статьях"]),
        ({"all": ("Орск", "Омск")}, ["«Омск» (all) нет ни в одной статье"]),
        (
            {"answers": ("Орск",), "articles": ("articles/plent",)},
            ["статьи «articles/plent» в библиотеке нет (может быть, articles/plant?)"],
        ),
        ({"articles": ("plant",)}, ["статьи «plant» в библиотеке нет (может быть, articles/plant?)"]),
        ({"articles": ("q-17",)}, ["статьи «q-17» в библиотеке нет"]),
    ],
)
def test_findings(fields: dict[str, Any], messages: list[str]) -> None:
    found = check([located(**fields)], TEXTS)
    assert [each.message for each in found] == messages
    assert all(str(each).startswith("set.csv:7: ") for each in found)


def test_an_unknown_article_is_no_mistake_of_the_bot() -> None:
    both = located(answers=("Орск",), articles=("articles/plant", "articles/plent"))
    assert known(both, TEXTS).articles == ("articles/plant",)
    only = located(articles=("articles/plent",))
    assert known(only, TEXTS) == only.question  # or nothing would be left to judge


def test_a_long_list_is_cut() -> None:
    found = check([located(answers=("Омск",))] * 5, TEXTS)
    assert report(found, 2).count("\n") == 2
    assert report(found, 2).endswith("…и ещё 3. Все: python -m eval check")

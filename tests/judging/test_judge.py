"""What counts as a right answer: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

from rag.judging.judge import Quote, Reply, holds, judge
from rag.judging.questions import Question


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("Длина дороги — около 43 км.", "43 км"),
        ("Мощность: 127 000 тонн", "127000"),
        ("Мощность: 127\u00a0000 тонн", "127 000 тонн"),
        ("Мощность: 127000 тонн", "127 000"),
        ("выросла на 1\u202f250\u2009000", "1250000"),
        ("рост на 2.5 пункта", "2,5"),
        ("Всё завершили", "все завершили"),
        ("в\u00a0марте 1998\u00a0года", "В марте 1998 года"),
        ("за 1932–1933 годы", "1932—1933"),
        ("за 1932 - 1933 годы", "1932-1933"),
        ("завод «Алмаз-Юг»", "Алмаз Юг"),
        ("стоит $200 млн", "$ 200 млн"),
        ("стоит $200 млн", "200 млн"),
        ("доля 70% акций", "70 %"),
        ("уда́рение", "ударение"),
        ("пере\u00adнос", "перенос"),
        ("Да, разрешено.", "да"),
        ("и\u0306од", "йод"),
    ],
)
def test_holds(text: str, gold: str) -> None:
    assert holds(text, gold)


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("награда года", "да"),
        ("кабель", "бел"),
        ("127 000 тонн", "127"),
        ("127 000 тонн", "27000"),
        ("2,5 тонны", "5 тонны"),
        ("143 км", "43 км"),
        ("70 км", "70 %"),
        ("700 рублей", "$700"),
        ("длина и ширина 43 на 5 км", "43 км"),
        ("", "да"),
        ("да", ""),
        ("да", "—"),
    ],
)
def test_does_not_hold(text: str, gold: str) -> None:
    assert not holds(text, gold)


def question(**fields: Any) -> Question:
    defaults: dict[str, Any] = {"id": "q", "question": "Где завод?"}
    return Question(**defaults | fields)


def reply(text: str = "", found: bool = True, short: str | None = None, **quotes: str) -> Reply:
    citations = tuple(
        Quote(article_id=name, quote=quote, start=0, stop=len(quote)) for name, quote in quotes.items()
    )
    return Reply(found=found, text=text, short_answer=short, citations=citations, confidence=0.5)


GOLD = question(answers=("в Орске", "в городе Орск"), articles=("plant", "city"))


@pytest.mark.parametrize(
    ("gold", "answer", "right", "cited"),
    [
        (GOLD, reply("Завод стоит в Орске [1].", plant="…"), True, True),
        (GOLD, reply("Завод стоит там [1].", short="в городе Орск", other="…"), True, False),
        (GOLD, reply("Вот что пишут [1].", city="Он построен в Орске."), True, True),
        (GOLD, reply("Завод стоит в Омске [1].", plant="в Омске"), False, True),
        (GOLD, reply("В Орске ответа нет.", found=False), False, False),
        (question(all=("медь", "цинк")), reply("Медь [1].", a="И цинк."), True, None),
        (question(all=("медь", "цинк")), reply("Только медь [1]."), False, None),
        (question(answers=("2",)), reply("Построено три цеха [2]."), False, None),
        (question(answers=("да", "верно"), all=("медь",)), reply("Верно: медь."), True, None),
        (question(answers=("да", "верно"), all=("медь",)), reply("Медь."), False, None),
        (question(refuse=True), reply("Ответа нет.", found=False), True, None),
        (question(refuse=True), reply("Завод в Орске."), False, None),
    ],
)
def test_judge(gold: Question, answer: Reply, right: bool, cited: bool | None) -> None:
    judgement = judge(gold, answer)
    assert (judgement.right, judgement.cited) == (right, cited)


def test_kinds_of_refusal() -> None:
    declined = reply(found=False)
    assert judge(GOLD, declined).false_refusal
    assert not judge(GOLD, declined).right_refusal
    assert judge(question(refuse=True), declined).right_refusal


def test_an_error_is_never_right() -> None:
    for gold in (GOLD, question(refuse=True)):
        judgement = judge(gold, None)
        assert judgement.failed
        assert not judgement.right
        assert not judgement.false_refusal
        assert not judgement.right_refusal

"""What counts as a right answer: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

from rag.judging.judge import Quote, Reply, judge
from rag.judging.questions import Question
from rag.judging.tokens import holds
from rag.types import YesNo


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
        ("Завод стоит в Орске.", "Орск"),
        ("Договор подписан Марком Левиным.", "Марк Левин"),
        ("Ехать шесть часов.", "6 часов"),
        ("Ехать 6 ч.", "шесть часов"),
        ("Собрали 12 400 000 тонн.", "12,4 млн тонн"),
        ("Собрали 12,4 миллиона тонн.", "12 400 000"),
        ("Открыт до 21.00.", "21:00"),
        ("Открыт до 21:00.", "21.00"),
        ("Открыт до 21:00.", "9 часов вечера"),
        ("Открыт с 9 до 18 часов.", "с 9:00 до 18:00"),
        ("Открыт с 9:00 до 18:00.", "с 9 до 18 часов"),
        ("Начало в 18 часов 30 минут.", "18:30"),
        ("Начало в 18:30.", "в 18 часов 30 минут"),
        ("Приедут в три часа дня.", "15:00"),
        ("Срок — 09.04.2024.", "9 апреля 2024"),
        ("Срок — 09.04.2024.", "9 апреля"),
        ("Срок — 9 апреля 2024 года.", "09.04.2024"),
        ("Срок — девятого апреля.", "9 апреля"),
        ("Срок — 2024-04-09.", "9 апреля 2024 г."),
        ("Открыли двадцать первого мая.", "21 мая"),
        ("Построен в 1931 г. и цел.", "в 1931 году"),
        ("Построен 4 мая 1931 года.", "в 1931 году"),
        ("139-е место", "139 место"),
        ("Площадь 5 кв. м", "5 м²"),
        ("не только в Орске", "в Орске"),
        ("не менее 43 км", "43 км"),
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
        ("Завод не в Орске.", "Орск"),
        ("Длина не 43 км.", "43 км"),
        ("Срок — 10.04.2024.", "9 апреля 2024"),
        ("Срок — 9 апреля.", "9 апреля 2024"),
        ("Цена 21,50 рубля.", "21:30"),
        ("За 3 дня.", "15:00"),
        ("По 6 часов в день.", "6:00"),
        ("Собрали 12,4 тыс. тонн.", "12,4 млн тонн"),
        ("Построен 1931 рабочим.", "в 1913 году"),
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
        (GOLD, reply("Вот что пишут [1].", city="Он построен в Орске."), False, True),
        (GOLD, reply("Завод стоит в Омске [1].", plant="в Омске"), False, True),
        (GOLD, reply("В Орске ответа нет.", found=False), False, False),
        (question(all=("медь", "цинк")), reply("Медь [1].", a="И цинк."), False, None),
        (question(all=("медь", "цинк")), reply("Медь и цинк [1]."), True, None),
        (question(articles=("plant",)), reply("Что-то [1].", plant="…"), True, True),
        (question(articles=("plant",)), reply("Что-то [1].", other="…"), False, False),
        (question(must=("в орске",)), reply("Завод в Орске [1]."), True, None),
        (question(must=("в орске", "1931")), reply("Завод в Орске [1]."), False, None),
        (question(must="орск", mustnot="омск"), reply("Завод в Орске, не в Омске."), False, None),
        (question(answers=("в Орске",), short="^орск"), reply("Завод в Орске.", short="Орск"), True, None),
        (question(answers=("в Орске",), short="^орск"), reply("Завод в Орске.", short="Омск"), False, None),
        (question(answers=("в Орске",), short="^орск"), reply("Завод в Орске."), True, None),
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


YES, NO = question(verdict="yes"), question(verdict="нет")
ASKED = "Можно ли принимать его при беременности?"


@pytest.mark.parametrize(
    ("gold", "text", "right"),
    [
        ("нет", "Да, можно. Побочных действий нет.", False),
        ("нет", "Нет. Побочных действий не замечали.", True),
        ("нет", "При беременности его принимать нельзя.", True),
        ("нельзя", "Можно. При беременности принимать нельзя.", False),
        ("нельзя", "При беременности принимать его нельзя.", True),
        ("нельзя", "Взрослым можно, при беременности нельзя.", True),
        ("можно", "Детям нельзя, при беременности можно.", True),
        ("можно", "Взрослым можно, при беременности нельзя.", False),
        ("нет", "При беременности его не принимают.", True),
        ("нет", "Прямого ответа в статьях нет. Побочных действий нет.", True),
        ("нет", "Прямого ответа в статьях нет. Его выпускают в Орске.", False),
        ("нет", "Нет данных о таких случаях.", False),
        ("да", "Да, можно.", True),
        ("да", "Нет, хотя взрослым можно.", False),
        ("да", "Принимать его разрешено.", True),
        ("да", "Принимать его не разрешено.", False),
        ("запрещено", "Нет, нельзя.", True),
        ("Нет, до третьего месяца", "Нет. До третьего месяца нельзя.", True),
        ("Нет, до третьего месяца", "Да. До третьего месяца можно.", False),
    ],
)
def test_yes_and_no_are_what_the_answer_says(gold: str, text: str, right: bool) -> None:
    asked = question(question=ASKED, answers=(gold,))
    assert judge(asked, reply(text)).right is right


@pytest.mark.parametrize(
    ("gold", "told", "text", "right", "false_verdict"),
    [
        (YES, "yes", "Да. Стоит.", True, False),
        (YES, "no", "Да. Стоит.", False, True),  # what the answer says of itself goes before its words
        (YES, None, "Да. Стоит.", True, False),
        (YES, None, "Прямого ответа в статьях нет. Стоит.", False, False),
        (NO, "no", "Нет. Снесён.", True, False),
        (NO, "yes", "Нет. Снесён.", False, True),
        (question(answers=("нельзя",)), "no", "Снесён.", True, False),
        (question(answers=("нельзя",)), "yes", "Никому нельзя.", False, True),
    ],
)
def test_verdicts(gold: Question, told: YesNo | None, text: str, right: bool, false_verdict: bool) -> None:
    judgement = judge(gold, reply(text).model_copy(update={"verdict": told}))
    assert (judgement.right, judgement.verdict, judgement.false_verdict) == (right, right, false_verdict)


@pytest.mark.parametrize(
    ("gold", "answer", "parts"),
    [
        (GOLD, reply("Завод в Орске [1].", short="в Омске", plant="Он в Орске."), (True, False, True)),
        (GOLD, reply("Завод в Омске [1].", short="в Орске", plant="Он в Омске."), (False, True, False)),
        (GOLD, reply("Завод там [1].", plant="Он в Орске."), (False, None, True)),
        (GOLD, reply("Ответа нет.", found=False), (None, None, None)),
        (question(must="орск", short="орск"), reply("Орск.", short="Омск"), (None, False, None)),
        (YES, reply("Да.", short="Да"), (None, None, None)),
    ],
)
def test_text_short_answer_and_quotes_apart(
    gold: Question, answer: Reply, parts: tuple[bool | None, ...]
) -> None:
    judgement = judge(gold, answer)
    assert (judgement.in_text, judgement.short, judgement.in_quotes) == parts


def test_kinds_of_refusal_and_errors() -> None:
    declined = judge(GOLD, reply(found=False))
    assert declined.false_refusal and not declined.right_refusal
    assert judge(question(refuse=True), reply(found=False)).right_refusal
    for gold in (GOLD, question(refuse=True)):
        error = judge(gold, None)
        assert error.failed
        assert not (error.right or error.false_refusal or error.right_refusal)

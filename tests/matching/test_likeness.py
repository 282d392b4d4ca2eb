"""Which texts only retell another one: the table is of Russian news, a line a rule."""

from __future__ import annotations

import pytest

from rag.library.split import split
from rag.matching.likeness import Wording, retells, wording
from rag.types import Article, ArticleInfo

NEWS = (
    "Паводок на реке Кандагач размыл 12 метров дороги. "
    "Двое жителей посёлка Шолак пострадали, один в больнице. "
    "Мэр Ерлан Сапаров не ввёл режим чрезвычайной ситуации. Ремонт моста обойдётся в 40 млн тенге. "
    "Подрядчика выберут в понедельник на открытом конкурсе."
)
AGENCY = "Об этом сообщает агентство «Степной вестник»."


def told(text: str, title: str = "Паводок", source: str = "Степной вестник") -> Wording:
    (passage,) = split(Article(ArticleInfo("a", title, source), text))
    return wording(passage, source)


def changed(*replacements: tuple[str, str]) -> str:
    text = NEWS
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def sentences(text: str) -> list[str]:
    return [f"{each}." for each in text.rstrip(".").split(". ")]


REPEATS = {
    "word for word": NEWS,
    "another agency": f"{NEWS} Об этом сообщает ТАСС.",
    "its own source": f"{NEWS} {AGENCY}",
    "reordered sentences": " ".join(reversed(sentences(NEWS))),
    "a sentence missing": " ".join(sentences(NEWS)[1:]),
    "a short remark added": f"{NEWS} Подробности уточняются.",
    "typography": changed(("40 млн", "40\u00a0млн"), ("посёлка", "поселка"), ("ввёл", "ввел")),
    "other forms of words": changed(("размыл", "размыли"), ("открытом конкурсе", "открытых конкурсах")),
    "a written number": changed(("12 метров", "двенадцать метров"), ("Двое", "2")),
    "how it was said": f"{NEWS} Передаёт РИА Новости со ссылкой на Reuters.",
}
DIFFERENT = {
    "a figure": changed(("12 метров", "15 метров")),
    "a written figure": changed(("Двое", "Трое")),
    "a toll in place of another": changed(("Двое", "Один"), ("один в", "двое в")),
    "a sum": changed(("40 млн", "400 млн")),
    "its scale": changed(("млн", "млрд")),
    "its currency": changed(("тенге", "рублей")),
    "a day": changed(("понедельник", "среду")),
    "a date more": changed(("понедельник", "понедельник 3 марта")),
    "a name": changed(("Ерлан Сапаров", "Ерлан Жумабеков")),
    "a place": changed(("Шолак", "Бестау")),
    "a name at the start": changed(("Мэр Ерлан", "Аким Ерлан")),
    "a denial gone": changed(("не ввёл", "ввёл")),
    "a denial more": changed(("Подрядчика выберут", "Подрядчика не выберут")),
    "a word in place of another": changed(("пострадали", "погибли")),
    "who is named more": f"{NEWS} Озеро Балхаш не пострадало.",
    "an update": f"{NEWS} Позже нашли ещё 7 пострадавших.",
    "news around it": f"{NEWS} Синоптики ждут дождей и сильного ветра до конца недели, школы закроют.",
}


@pytest.mark.parametrize("name", [*REPEATS, *DIFFERENT])
def test_a_repeat_and_a_text_of_its_own(name: str) -> None:
    assert retells(told((REPEATS | DIFFERENT)[name]), [told(NEWS)]) is (name in REPEATS)


@pytest.mark.parametrize(
    ("title", "other", "same"),
    [
        ("Паводок", "Вода размыла дорогу у посёлка", True),
        ("Паводок 5 мая", "Дорогу размыло", True),
        ("Погода на 5 мая", "Погода на 6 мая", False),
        ("Погода на 5 мая", "Погода на 5 мая", True),
        ("Погода в среду", "Погода в четверг", False),
        ("Паводок: 40 млн на ремонт", "Двое пострадали у реки Кандагач", True),
    ],
)
def test_titles(title: str, other: str, same: bool) -> None:
    assert retells(told(NEWS, title), [told(NEWS, other)]) is same


RATES = "Доллар стоит {} тенге, евро {} тенге, рубль {} тенге. Торги на бирже прошли спокойно, без скачков."


def test_rates() -> None:
    known = told(RATES.format("470,5", "550", "5,9"))
    assert retells(told(RATES.format("470,5", "550", "5,9")), [known])
    for others in (("470,6", "550", "5,9"), ("550", "470,5", "5,9")):
        assert not retells(told(RATES.format(*others)), [known])


def test_what_stands_in_two_parts_of_an_article_is_a_repeat_of_both() -> None:
    first, second = " ".join(sentences(NEWS)[:3]), " ".join(sentences(NEWS)[3:])
    assert retells(told(NEWS), [told(first), told(second)])
    assert not retells(told(NEWS), [told(first)])  # more is no repeat of less
    assert retells(told(first), [told(NEWS)])


@pytest.mark.parametrize(
    ("text", "title", "same"),
    [
        ("Следите за новостями в нашем канале.", "Паводок", True),
        ("Следите за новостями в нашем канале.", "Выборы", False),
        ("Следите за новостями в нашем журнале.", "Паводок", False),
        ("И это тоже так.", "Паводок", False),
    ],
)
def test_a_few_words_must_be_the_very_same(text: str, title: str, same: bool) -> None:
    known = told("Следите за новостями в нашем канале.", "Паводок")
    assert retells(told(text, title), [known]) is same


def test_a_shared_closing_line_makes_no_repeat() -> None:
    closing = "При перепечатке ссылка на издание обязательна, редакция не отвечает за рекламу."
    park = "В парке посадили липы и клёны. Школьники поливают их по субботам, а лавки красит завод."
    assert not retells(told(f"{park} {closing}"), [told(f"{NEWS} {closing}")])
    assert not retells(told("И что же это?"), [told("И что же это?")])  # words without a topic

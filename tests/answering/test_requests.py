"""Requests that no single sentence answers: overviews, comparisons, counts of articles."""

from __future__ import annotations

import pytest

from rag.answering import comparing, overview
from rag.answering.overview import Overview
from rag.library.split import split
from rag.types import Article, ArticleInfo, Hit, Lacking
from tests.answering.passages import MATCHER
from tests.tables import lines, rows


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("О чём статья про ледовую переправу?", Overview("article", "ледовую переправу")),
        ("О чем эта статья?", Overview("article", "")),
        ("о чём говорится в статье «Ремонт моста»", Overview("article", "Ремонт моста")),
        ("Кратко перескажи статью о ярмарке", Overview("article", "ярмарке", brief=True)),
        ("Перескажи статью, коротко", Overview("article", "", brief=True)),
        ("Пожалуйста, перескажи кратко материал о ярмарке!", Overview("article", "ярмарке", brief=True)),
        ("Краткое содержание статьи про ярмарку", Overview("article", "ярмарку")),
        ("Основные выводы отчёта о пожарах", Overview("article", "пожарах")),
        ("Что нового о мосте?", Overview("topic", "мосте", newest=True)),
        ("Какие новости про мост через Белую", Overview("topic", "мост через Белую", newest=True)),
        ("Расскажи о Марии Соколовой", Overview("topic", "Марии Соколовой")),
        ("Что известно о мосте?", Overview("topic", "мосте")),
        ("О чём статья 15?", None),
        ("О чём договорились стороны?", None),
        ("Расскажи о том, как строили мост", None),
        ("Что известно науке?", None),
        ("Кто написал статью о мосте?", None),
        ("Главное управление где находится?", None),
        ("Содержание серебра в руде", None),
    ],
)
def test_what_asks_for_an_overview(question: str, wanted: Overview | None) -> None:
    assert overview.asked_for(question) == wanted


COUNTED = """
В скольких статьях упоминается Омск? | Омск
Сколько статей о лесных пожарах? | лесных пожарах
Сколько у вас текстов про мост | мост
Сколько статей в Конституции? | None
Сколько статей в базе? | None
"""
COMPARED = """
Чем отличается паром от моста? | паром | моста
В чём разница между тарифами «Старт» и «Семья»? | тарифами «Старт» | тарифами «Семья»
Сравни цены на молоко в июле и августе | цены на молоко в июле | цены на молоко в августе
Что дешевле: проезд на пароме или автобусе? | проезд на пароме | проезд на автобусе
Кто старше — Котов или Мышкин? | Котов | Мышкин
Сравните лот № 1 и № 2 | лот № 1 | лот № 2
"""
NOT_COMPARED = """
Чем отличается новый паром?
Где купили молоко и хлеб?
"""


@pytest.mark.parametrize(("question", "topic"), rows(COUNTED))
def test_what_asks_to_count_articles(question: str, topic: str) -> None:
    assert str(overview.counted_topic(question)) == topic


@pytest.mark.parametrize(("question", "one", "other"), rows(COMPARED))
def test_what_is_compared(question: str, one: str, other: str) -> None:
    assert comparing.sides(question) == (one, other)


@pytest.mark.parametrize("question", lines(NOT_COMPARED))
def test_what_is_not(question: str) -> None:
    assert comparing.sides(question) is None


# What is said


FERRY = (
    "Паром через Белую начал ходить 3 мая. Он берёт сорок машин и ходит каждый час. "
    "Проезд на пароме для машины стоит 200 рублей. Фото: А. Котов. Подписывайтесь на наш канал! "
    "Мост через Белую закрыли на ремонт до осени. Рабочие меняют опоры моста и настил. "
    "Паром заменит мост до конца октября. Жители просят пустить второй паром через Белую."
)


def hits(title: str, text: str, published: str | None = None) -> list[Hit]:
    article = Article(ArticleInfo(title, title, None, published), text)
    return [Hit(passage, article.info, 1.0) for passage in split(article)]


def test_an_article_is_told_by_its_first_sentence_and_some_more_in_order() -> None:
    draft = overview.write(Overview("article", "паром"), hits("Паром", FERRY), MATCHER)
    said = [sentence.text for sentence in draft.sentences]
    assert draft.kind == "summary"
    assert said[0].startswith("Паром через Белую начал ходить")
    assert 3 <= len(said) <= 5
    assert [FERRY.index(each) for each in said] == sorted(FERRY.index(each) for each in said)
    assert not any("Фото" in each or "Подписывайтесь" in each for each in said)
    assert all(FERRY[each.start : each.stop] == each.quote for each in draft.citations)


def test_of_what_no_article_tells_there_is_no_overview() -> None:
    assert not overview.write(Overview("topic", "дирижабль"), hits("Паром", FERRY), MATCHER).found
    assert not overview.write(Overview("article", "дирижабль"), hits("Паром", FERRY), MATCHER).found


def test_news_come_newest_first() -> None:
    old = hits("Старое", "Паром через Белую сломался на переправе.", "2025-05-01")
    new = hits("Новое", "Паром починили, рейсы вернулись в расписание.", "2025-06-01")
    draft = overview.write(Overview("topic", "паром", newest=True), [*old, *new], MATCHER)
    assert [each.title for each in draft.citations] == ["Новое", "Старое"]


def test_a_namesake_is_not_told_of() -> None:
    her = hits("Она", "Хирург Зоя Быковская лечит детей в Омске.")
    him = hits("Он", "Геолог Олег Быковский нашёл золото под Тулой.")
    draft = overview.write(Overview("topic", "Быковской"), [*him, *her], MATCHER)
    assert [each.title for each in draft.citations] == ["Она"]


def test_several_articles_at_hand_give_a_sentence_each() -> None:
    given = hits("А", "Паром начал ходить в мае этого года.") + hits("Б", "Мост закрыли на ремонт до осени.")
    draft = overview.write(Overview("article", ""), given, MATCHER)
    assert [each.citations for each in draft.sentences] == [(1,), (2,)]


def test_of_too_many_articles_one_has_to_be_named() -> None:
    text = "Паром начал ходить в мае этого года."
    given = [hit for number in range(12) for hit in hits(f"А{number}", text)]
    draft = overview.write(Overview("article", ""), given, MATCHER)
    assert not draft.found
    assert "назовите статью" in draft.notes[0]


def test_articles_are_counted_and_some_of_them_quoted() -> None:
    draft = overview.count_draft("паром", 12, hits("Паром", FERRY), MATCHER)
    assert draft.short_answer == "12"
    assert draft.opening == "Статей, где есть «паром»: 12."
    assert draft.sentences[0].citations == (1,)


def test_the_sides_of_a_comparison_share_their_footnotes() -> None:
    one = overview.of_topic("паром", hits("Паром", FERRY), MATCHER, most=2)
    other = overview.of_topic("мост", hits("Мост", "Мост через Белую закрыли на ремонт до осени."), MATCHER)
    both = comparing.joined(("паром", "мост"), (one, other))
    assert [each.number for each in both.citations] == list(range(1, len(both.citations) + 1))
    assert {number for each in both.sentences for number in each.citations} == {
        each.number for each in both.citations
    }
    again = comparing.joined(("паром", "паром"), (one, one))
    assert len(again.citations) == len(one.citations)


def test_a_side_of_which_nothing_is_found_is_named() -> None:
    one = overview.of_topic("паром", hits("Паром", FERRY), MATCHER)
    nothing = overview.of_topic("дирижабль", hits("Паром", FERRY), MATCHER)
    both = comparing.joined(("паром", "дирижабль"), (one, nothing))
    assert (both.found, both.lacking) == (False, Lacking("дирижабль"))

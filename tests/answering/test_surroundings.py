"""What stands around a passage: the sentences it leans on, tables and headings above it, its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import assemble
from rag.answering.surroundings import leans, led, person_meant, pronoun, standing, surrounded
from rag.bot import Bot
from rag.config import Config
from rag.text.sentences import sentences
from rag.text.setting import standing_line
from rag.text.words import lemmas
from rag.types import Answer, Article, ArticleInfo, Citation, Hit, Passage, SourceSentence
from tests.tables import lines, rows

# Tables and headings, from the file to the footnote

HIRE = """# Прокат «Весло»

Лодочная станция «Весло» работает на озере Глухом с мая по сентябрь.

## Цены

| Лодка | За час | За день |
|---|---|---|
| Каяк | 310 | 940 |
| Плот | 520 | 1610 |
| Катамаран | 450 | 1380 |

## Филиал в Озёрках

Заведует им Рада Лозинская. Открыт по выходным.

## Филиал в Ключах

Заведует им Фрол Тучков. Открыт ежедневно.
"""
LONG = "# Ведомость складов\n\nСклад | Мешки | Бочки\n" + "\n".join(
    f"Амбар {number} | {number * 7 + 11} | {number * 3 + 5}" for number in range(1, 90)
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "hire.md").write_text(HIRE, encoding="utf-8")
    (folder / "stores.md").write_text(LONG, encoding="utf-8")
    with assemble.open_bot(Config(data=folder / "data", models=models)) as bot:
        assert not bot.library.index([folder]).failed
        yield bot


def is_checked(bot: Bot, answer: Answer) -> bool:
    """True where every footnote is text of its article and every sentence is supported."""
    texts = [bot.library.store.article(each.article_id).text for each in answer.citations]
    quoted = [text[each.start : each.stop] for text, each in zip(texts, answer.citations, strict=True)]
    is_supported = all(each.support == "supported" for each in answer.sentences)
    return is_supported and quoted == [each.quote for each in answer.citations]


def test_a_row_is_told_with_its_heads(bot: Bot) -> None:
    answer = bot.ask("Какова цена плота за день на станции «Весло»?")
    assert answer.sentences[0].text == "Лодка: Плот; За час: 520; За день: 1610"
    assert answer.citations[0].quote.startswith("| Лодка | За час | За день |")
    assert is_checked(bot, answer)


def test_heads_far_above_have_a_footnote_of_their_own(bot: Bot) -> None:
    answer = bot.ask("Сколько бочек на складе «Амбар 72»?")
    first = answer.sentences[0]
    assert first.text == "Склад: Амбар 72; Мешки: 515; Бочки: 221"
    quotes = [answer.citations[number - 1].quote for number in first.citations]
    assert quotes == ["Амбар 72 | 515 | 221", "Склад | Мешки | Бочки"]
    assert is_checked(bot, answer)


@pytest.mark.parametrize(("branch", "name"), [("Озёрках", "Лозинская"), ("Ключах", "Тучков")])
def test_a_heading_tells_siblings_apart(bot: Bot, branch: str, name: str) -> None:
    answer = bot.ask(f"Кто заведует филиалом в {branch}?")
    assert name in answer.sentences[0].text
    assert is_checked(bot, answer)


def test_an_article_that_is_gone_changes_nothing(bot: Bot) -> None:
    hits = bot.search("Сколько стоит плот?")
    assert surrounded(hits, lambda _: None) == hits
    assert surrounded(hits, lambda _: "другой текст") == hits


# Which sentences lean on the one before them, and whom a pronoun means

LEANING = """
Он хорошо знает рынок.
Длина у него скромная: около 43 км.
По его словам, сделка состоится.
В ней 60 позиций.
Также подписаны документы.
Это почти вся Греция.
Этот документ подписали осенью.
Тот же закон предписывает пересматривать список.
Так называют транзитный коридор.
Ни того ни другого он не получает.
Но исключение временное.
Однако решает Конгресс.
В 2019 году присоединила локомотивный бизнес General Electric.
"""
STANDING = """
Министр сказал, что он приедет.
Астана, по его словам, способна поставлять 20.
Первый кредит выдали в мае.
Так называемый налог ввели в 1972 году.
В 2019 году добывали медь.
Wabtec собирает тепловозы.
Построить завод не удалось.
"""


@pytest.mark.parametrize("sentence", lines(LEANING))
def test_it_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize("sentence", lines(STANDING))
def test_it_stands_alone(sentence: str) -> None:
    assert not leans(sentence)


# A sentence | the one before | who is meant
MEANT = """
Он знает рынок. | Генеральный директор Cove Capital Пини Алтхаус говорил о руднике. | Пини Алтхаус
Он знает рынок. | Ивану Петрову поручили дорогу. | Иван Петров
# the wrong gender
Она знает рынок. | Ивану Петрову поручили дорогу. | None
# two of them
Он приехал. | Иван Петров встретил Олега Сидорова. | None
# the bridge may be meant
Он построен в 1936 году. | Иван Петров открыл мост. | None
Они приехали. | Иван Петров говорил о руднике. | None
"""


@pytest.mark.parametrize(("sentence", "before", "meant"), rows(MEANT))
def test_whom_a_pronoun_means(sentence: str, before: str, meant: str) -> None:
    here = pronoun(sentence)
    assert here is not None
    assert str(person_meant(here, before)) == meant


# A passage that opens with a word that points back is read with the end of the one before

OPENING = "Рудники Долгий и Светлый передали тресту. "
TEXT = OPENING + "Они лежат в Омской области. Трест построит там завод."


def from_place(text: str, start: int) -> Hit:
    """A hit whose passage is `text` from `start` on."""
    parts = tuple(
        SourceSentence(start + first, start + last, tuple(lemmas(text[start + first : start + last])))
        for first, last in sentences(text[start:])
    )
    passage = Passage("p", "a", start, len(text), text[start:], parts, "Статья", ("статья",))
    return Hit(passage, ArticleInfo("a", "Статья"), 0.9)


def test_it_brings_what_it_leans_on() -> None:
    (hit,) = led([from_place(TEXT, len(OPENING))], lambda _: TEXT)
    assert hit.lead == 1
    assert TEXT[hit.passage.start : hit.passage.stop] == hit.passage.text
    quotes = [hit.passage.quote(each) for each in hit.passage.sentences]
    assert quotes[:2] == [OPENING.strip(), "Они лежат в Омской области."]


@pytest.mark.parametrize(
    ("text", "article"),
    [
        (OPENING + "Завод лежит в Омской области.", OPENING + "Завод лежит в Омской области."),
        (OPENING + "А где они лежат?", OPENING + "А где они лежат?"),
        (TEXT, None),
        (TEXT, TEXT.upper()),
    ],
    ids=["it stands alone", "it asks", "the article is gone", "the article has changed"],
)
def test_others_stay_as_they_are(text: str, article: str | None) -> None:
    hit = from_place(text, len(OPENING))
    assert led([hit], lambda _: article) == [hit]


def test_the_first_passage_has_nothing_before_it() -> None:
    hit = from_place("Они лежат в Омской области.", 0)
    assert led([hit], lambda _: hit.passage.text) == [hit]


def test_no_more_than_two_sentences_and_none_cut() -> None:
    text = "Первое слово тут. " * 90 + TEXT
    (wider,) = led([from_place(text, text.index("Они лежат"))], lambda _: text)
    assert wider.lead == 2
    assert wider.passage.text.startswith("Первое слово тут. Рудники")


# Where quotes stand: headings above them and their page

REPORT = "# Отчёт\n\nСначала.\n\n## Тарифы\n\nБилет стоит 40 рублей."
PAGED = Article(ArticleInfo("a", "Отчёт"), REPORT, ((0, 7), (20, 8)))


def cited(quote: str, text: str = REPORT) -> Citation:
    start = text.find(quote)
    return Citation(1, "a", "Отчёт", None, None, None, quote, start, start + len(quote), "p")


def test_a_quote_has_its_headings_without_the_title_and_its_page() -> None:
    (found,) = standing([cited("Билет стоит 40 рублей.")], lambda _: PAGED)
    assert (found.context, found.page) == (("Тарифы", "с. 8"), 8)
    assert standing_line(found.context) == "Тарифы, с.\u00a08"


def test_a_heading_stands_under_those_that_govern_it() -> None:
    dated = "# Отчёт\n\n## Ремонт\n\n### 3 мая\n\nНачали.\n\n### 9 мая\n\nЗакончили."
    (found,) = standing([cited("9 мая", dated)], lambda _: Article(ArticleInfo("a", "Отчёт"), dated))
    assert found.context == ("Ремонт",)


def test_a_quote_of_an_article_that_is_gone_or_changed_stays_as_it_is() -> None:
    quote = cited("Билет стоит 40 рублей.")
    changed = Article(PAGED.info, REPORT.replace("40", "45"), PAGED.pages)
    assert standing([quote], lambda _: None) == standing([quote], lambda _: changed) == (quote,)

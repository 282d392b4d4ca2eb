"""Times in a question: a bounded preference, told in notes, and nothing at all for other questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import assemble
from rag.bot import Bot
from rag.retrieval import dating
from rag.text.periods import times
from rag.types import ArticleInfo, Filters, Hit, Passage, Period, SourceSentence

from .making import article, config

TODAY = date(2026, 3, 18)
DIGS = "Рудник Заречный добыл тысячу тонн меди. Добыча меди растёт."
ARTICLES = [
    article("old", f"{DIGS} Горняки празднуют.", "Медь Заречного", published="2025-11-10", source="Вестник"),
    article("middle", f"{DIGS} Горняки отдыхают.", "Медь Заречного", published="2026-02-10", source="ТАСС"),
    article("new", f"{DIGS} Горняки спорят.", "Медь Заречного", published="2026-03-12", source="Вестник"),
    article("other", "В парке посадили липы. Липы цветут в июле.", "Парк", published="2026-03-17"),
    article("undated", f"{DIGS} Горняки поют."),
    article("year", "В 2014 году рудник закрыли на ремонт.", "Ремонт рудника", published="2025-01-15"),
    article("years", "В 2016 году рудник закрыли на ремонт.", "Ремонт рудника", published="2025-01-15"),
]
CHANGING = [
    "Последние новости о меди",
    "Что нового о добыче меди?",
    "Сколько меди добыли в феврале 2026 года?",
    "Что писали о меди на прошлой неделе?",
    "Добыча меди в ноябре",
]
PLAIN = ["Сколько меди добыл рудник?", "Где цветут липы?", "Кто спорит?", "Когда закрыли рудник на ремонт?"]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    settings = config(tmp_path_factory.mktemp("dating"), models)
    with assemble.open_bot(settings, today=lambda: TODAY) as bot:
        bot.library.add(ARTICLES)
        yield bot


def first(bot: Bot, question: str, filters: Filters | None = None) -> str:
    return bot.search(question, 1, filters)[0].article.id


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Последние новости о меди", "new"),
        ("Что нового о добыче меди?", "new"),
        ("Что писали о меди на прошлой неделе?", "new"),
        ("Сколько меди добыли в феврале 2026 года?", "middle"),
        ("Сколько меди добыли в прошлом месяце?", "middle"),
        ("Добыча меди в ноябре", "old"),
        ("Добыча меди до января 2026 года", "old"),
        ("Рудник закрыли на ремонт в 2014 году?", "year"),
        ("Рудник закрыли на ремонт в 2016 году?", "years"),
        ("Что нового о липах?", "other"),
    ],
)
def test_the_time_decides_between_equals(bot: Bot, question: str, expected: str) -> None:
    assert first(bot, question) == expected


@pytest.mark.parametrize(
    ("question", "notes"),
    [
        ("Сколько меди добыл рудник?", ()),
        ("Сколько меди добыли в феврале 2026 года?", ("учтён период: февраль 2026 года",)),
        ("Сколько меди добыли в 2014 году?", ("учтён период: 2014 год",)),
        ("Что писали о меди на прошлой неделе?", ("учтён период: 9–15 марта 2026 года",)),
        ("Что писали о меди позавчера?", ("за 16 марта 2026 года публикаций нет, ответ — по всем статьям",)),
        ("Какова сегодня добыча меди?", ()),
        ("Что будет с медью завтра?", ()),
        ("Добыча меди в августе", ()),
        ("Последние новости о меди", ("сначала новейшие",)),
        ("Последние новости о меди за 2025 год", ("учтён период: 2025 год", "сначала новейшие")),
        ("Добыча в 2023 и 2025 годах", ("учтён период: 2023 год; 2025 год",)),
    ],
)
def test_what_is_understood_is_told(bot: Bot, question: str, notes: tuple[str, ...]) -> None:
    assert bot.ask(question).notes == notes
    assert bot.remarks(question) == notes


@pytest.mark.parametrize("question", PLAIN)
def test_a_question_without_a_time_is_untouched(bot: Bot, question: str) -> None:
    assert not bot.searcher.query(question).times
    for hit in bot.search(question, 50):
        assert "dates" not in hit.ranks and "dates" not in hit.scores
        assert hit.score == hit.scores["rerank"]


@pytest.mark.parametrize("question", CHANGING)
def test_no_hit_is_dropped_and_the_stage_is_told(bot: Bot, question: str) -> None:
    query = bot.searcher.query(question)
    plain = bot.searcher.search(replace(query, times=replace(query.times, periods=(), newest=False)), 50)
    dated = bot.searcher.search(query, 50)
    assert {hit.passage.id for hit in plain} <= {hit.passage.id for hit in dated}
    assert [hit.ranks["dates"] for hit in dated] == list(range(1, len(dated) + 1))
    order = [hit.article.id for hit in dated]
    assert order.index("other") > order.index("undated"), "what is new and about something else stays below"
    best = max(hit.scores["rerank"] for hit in dated)
    for hit in dated:
        assert hit.scores["rerank"] - dating.LARGEST * best <= hit.scores["dates"] <= hit.scores["rerank"]


def test_filters_are_hard(bot: Bot) -> None:
    only = Filters(sources=("ТАСС",))
    earlier = Filters(until=date(2025, 12, 31))
    assert {hit.article.id for hit in bot.search("Последние новости о меди", 50, only)} == {"middle"}
    found = bot.search("Что писали о меди на прошлой неделе?", 50, earlier)
    assert {hit.article.id for hit in found} == {"old", "year", "years"}
    assert bot.remarks("Что писали о меди на прошлой неделе?", only) == (
        "за 9–15 марта 2026 года публикаций нет, ответ — по всем статьям",
    )
    assert first(bot, "Последние новости о меди", Filters(until=date(2026, 2, 28))) == "middle"


def test_news_that_relevance_alone_would_cut_off(tmp_path: Path, models: Path) -> None:
    same = "Медь дорожает на бирже. Аналитики ждут роста цен на медь."
    # Under one title these would be reprints, which take one place together.
    many = [article(f"a{number}", same, f"Медь {number}", published="2020-01-01") for number in range(300)]
    fresh = article("fresh", f"Вступление. {same} Торги закрылись.", published="2026-03-01")
    with assemble.open_bot(config(tmp_path, models), today=lambda: TODAY) as bot:
        bot.library.add([*many, fresh])
        assert "fresh" not in {hit.article.id for hit in bot.search("цена меди", 64)}
        assert first(bot, "последние новости о цене меди") == "fresh"


@pytest.mark.parametrize(
    ("filters", "notes"),
    [
        (Filters(sources=("Газета",)), ("в библиотеке нет источника «Газета»",)),
        (Filters(sources=("Газета", "ТАСС", "Труд")), ("в библиотеке нет источников «Газета», «Труд»",)),
        (Filters(tags=("руда",)), ("в библиотеке нет метки «руда»",)),
        (Filters(articles=("нет", "old")), ("в библиотеке нет статьи «нет»",)),
        (Filters(sources=("ТАСС",), articles=("old",)), ("условиям поиска не подходит ни одна статья",)),
        (Filters(since=date(2027, 1, 1)), ("условиям поиска не подходит ни одна статья",)),
        (Filters(sources=("ТАСС",)), ()),
        (Filters(), ()),
    ],
)
def test_filters_that_nothing_fits_are_told(bot: Bot, filters: Filters, notes: tuple[str, ...]) -> None:
    assert bot.ask("Сколько меди добыл рудник?", filters=filters).notes == notes


def hit(number: int, score: float, published: str | None, *lemmas: str) -> Hit:
    passage = Passage(f"p{number}", f"a{number}", 0, 1, "x", (SourceSentence(0, 1, lemmas),))
    return Hit(passage, ArticleInfo(f"a{number}", "", published=published), score)


@pytest.mark.parametrize(
    ("question", "lemmas", "share"),
    [
        ("в 2014 году", ("в", "2014", "год"), 1.0),
        ("в 2014 году", ("в", "2015", "год"), 0.0),
        ("в 2013–2015 годах", ("в", "2014", "год"), 1.0),
        ("в ноябре 2014 года", ("ноябрь", "2014", "год"), 1.0),
        ("в ноябре 2014 года", ("ноябрь",), 0.5),
        ("в ноябре 2014 года", ("2014",), 0.5),
        ("в ноябре 2014 года", ("май",), 0.0),
        ("с декабря 2014 по январь 2015 года", ("январь", "2015"), 1.0),
        ("до 2014 года", ("2013",), 0.0),
    ],
)
def test_mentions(question: str, lemmas: Sequence[str], share: float) -> None:
    (period,) = times(question, TODAY).periods
    assert dating.mentioned(period, hit(1, 0.5, None, *lemmas)) == share


SCORES = st.lists(st.floats(-1, 2, allow_nan=False), min_size=1, max_size=8)
DAYS = st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2026, 12, 31)))


@given(SCORES, st.lists(DAYS, min_size=8, max_size=8), DAYS, DAYS, st.booleans(), st.booleans())
def test_the_preference_is_bounded(
    scores: list[float],
    days: list[date | None],
    since: date | None,
    until: date | None,
    relative: bool,
    newest: bool,
) -> None:
    ordered = sorted(scores, reverse=True)
    hits = [
        hit(number, score, day.isoformat() if day else None, "2024")
        for number, (score, day) in enumerate(zip(ordered, days, strict=False))
    ]
    wish = dating.Wish((Period(since, until, "…", relative),), newest)
    losses = dating.losses(wish, hits)
    assert len(losses) == len(hits)
    assert all(0 <= loss <= dating.LARGEST * abs(ordered[0]) + 1e-12 for loss in losses)
    assert min(losses) == 0
    assert dating.losses(dating.Wish(), hits) == [0.0] * len(hits)


def test_the_newest_of_the_relevant_loses_nothing() -> None:
    hits = [hit(1, 0.8, "2025-01-01"), hit(2, 0.7, "2026-01-01"), hit(3, 0.3, "2026-03-01")]
    losses = dating.losses(dating.Wish(newest=True), hits)
    assert losses[1] == 0 < losses[0] == losses[2]

"""Explanations over a real library: words stand where they are said to, contributions make the score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import assemble
from rag.bot import Bot
from rag.types import Contribution, FoundWord, Hit, Query, WordMatch

from .making import article, config

ARTICLES = [
    article(
        "port",
        "Порт ждёт лета. Протяжённость нового причала — 640 метров, у него встанут танкеры.\n\n"
        "Компания Palantir поставит тепловозы. Руководитель порта Ёлкин обещал при\u00adчал к лету.",
        "Причал построят к лету",
    ),
    article("rail", "Тепловоз идёт через перевал. Дорогу чинят второй год подряд.", "Дорога через горы"),
    article("quiet", "В 1\u00a0250 километрах к югу паслись козы. Пастухи пели."),
]
QUESTIONS = [
    "Какова длина причала?",
    "Кто руководит портом?",
    "палантир тепловозы",
    "козы в 1250 километрах и ЁЛКИН",
    "Длина длины длиннее: причалы, причалов!",
    "где и что",
    "совершенно посторонний вопрос о балете",
]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    with assemble.open_bot(config(tmp_path_factory.mktemp("explain"), models)) as bot:
        bot.library.add(ARTICLES)
        yield bot


def explained(bot: Bot, question: str) -> list[Hit]:
    return bot.explain(question, bot.searcher.search(bot.searcher.query(question)))


def words(hit: Hit) -> dict[str, WordMatch]:
    assert hit.explanation
    return {word.lemma: word for word in hit.explanation.words}


def hit_of(bot: Bot, question: str, article_id: str) -> Hit:
    return next(hit for hit in explained(bot, question) if hit.article.id == article_id)


def text_of(found: FoundWord, hit: Hit, bot: Bot) -> str:
    whole = hit.article.title if found.field == "title" else bot.library.article(hit.article.id).text
    return whole[found.start : found.stop]


def check(bot: Bot, question: str) -> None:
    """Every word of the question is told and stands where it is said to; contributions make the score."""
    lemmas = list(dict.fromkeys(bot.searcher.query(question).lemmas))
    for hit in explained(bot, question):
        assert list(words(hit)) == lemmas
        assert sum(word.weight for word in words(hit).values()) == pytest.approx(1)
        for word in words(hit).values():
            assert word.asked in question
            assert (word.found is None) == (word.kind == "none")
            if word.found:
                assert text_of(word.found, hit, bot) == word.found.text
                within = range(hit.passage.start, hit.passage.stop + 1)
                assert word.found.field == "title" or {word.found.start, word.found.stop} <= set(within)
        assert hit.explanation
        given = {each.feature: each for each in hit.explanation.contributions}
        assert sum(each.score for each in given.values()) == pytest.approx(hit.scores["rerank"])
        assert sum(each.weight for each in given.values()) == pytest.approx(1)
        assert all(each.score == pytest.approx(each.value * each.weight) for each in given.values())
        counted = sum(word.weight * word.similarity for word in words(hit).values())
        assert counted == pytest.approx(given["passage"].value, abs=1e-6)
        assert given["keyword"].value == hit.scores.get("keyword", 0.0)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_explained(bot: Bot, question: str) -> None:
    check(bot, question)


SAID = "причал порт тепловоз палантир длина километр коза 640 руководит балет лето и что ёлкин".split()


@given(st.lists(st.sampled_from(SAID), max_size=5).map(" ".join))
@settings(max_examples=25)
def test_any_question_is_explained(bot: Bot, question: str) -> None:
    check(bot, question)


@pytest.mark.parametrize(
    ("question", "lemma", "kind", "text", "field"),
    [
        ("козы в 1250 километрах", "1250", "same", "1\u00a0250", "sentence"),
        ("Какова длина причала?", "длина", "synonym", "Протяжённость", "sentence"),
        ("Какова длина причала?", "причал", "same", "причала", "sentence"),
        ("Кто руководит портом?", "руководить", "kin", "Руководитель", "sentence"),
        ("Кто руководит портом?", "порт", "same", "порта", "sentence"),
        ("палантир", "палантир", "spelling", "Palantir", "sentence"),
        ("Что построят в порту?", "построить", "same", "построят", "title"),
        ("ЁЛКИН обещал", "елкин", "same", "Ёлкин", "sentence"),
        ("640 метров и тепловозы", "тепловоз", "same", "тепловозы", "text"),
        ("при\u00adчал обещал", "причал", "same", "при\u00adчал", "sentence"),
    ],
)
def test_the_word_that_matches(bot: Bot, question: str, lemma: str, kind: str, text: str, field: str) -> None:
    word = words(hit_of(bot, question, "quiet" if lemma == "1250" else "port"))[lemma]
    assert word.found
    assert (word.kind, word.found.text, word.found.field) == (kind, text, field)


def test_nearness_of_meaning_has_a_cosine_and_strangers_have_nothing(bot: Bot) -> None:
    near = words(hit_of(bot, "овцы", "quiet"))["овца"]
    assert near.found and (near.kind, near.found.text) == ("meaning", "козы")
    assert near.similarity == pytest.approx(near.cosine**2, abs=1e-4)
    far = words(hit_of(bot, "балет", "quiet"))["балет"]
    assert (far.kind, far.found) == ("none", None)


def test_what_was_typed_comes_from_the_question_as_it_stands(bot: Bot) -> None:
    told = words(explained(bot, "ДЛИНА длины причала-гиганта")[0])
    assert [word.asked for word in told.values()] == ["ДЛИНА", "причала", "гиганта"]


def test_nothing_else_of_a_hit_changes(bot: Bot) -> None:
    hits = bot.search("длина причала")
    told = bot.explain("длина причала", hits)
    assert [replace(hit, explanation=None) for hit in told] == hits
    assert bot.explain("длина причала", []) == []
    (without_words, *_) = bot.explain("?!", hits)
    assert without_words.explanation and without_words.explanation.words == ()


def test_an_answer_is_explained_by_what_was_searched(bot: Bot) -> None:
    answer = bot.explained(bot.ask("Какова lkbyf причала?"))
    assert answer.repairs
    assert list(words(answer.hits[0])) == ["длина", "причал"]


class Constant:
    """A last word on the best passages."""

    name = "constant"

    def score(self, query: Query, hits: list[Hit]) -> list[float]:
        return [0.5 for _ in hits]


def test_with_a_last_word_and_without_a_reranker(tmp_path: Path, models: Path) -> None:
    with assemble.open_bot(config(tmp_path / "last", models), reranker=Constant()) as bot:
        bot.library.add(ARTICLES)
        (hit, *_) = explained(bot, "Какова длина причала?")
        assert hit.score == hit.scores["final"] == 0.5
        assert hit.explanation
        added = sum(each.score for each in hit.explanation.contributions)
        assert added == pytest.approx(hit.scores["rerank"])
    with assemble.open_bot(config(tmp_path / "none", models, reranker="none")) as bot:
        bot.library.add(ARTICLES)
        (hit, *_) = explained(bot, "Какова длина причала?")
        assert hit.explanation and hit.explanation.contributions == ()
        assert words(hit)["причал"].kind == "same"


def test_json_has_all_of_it(bot: Bot) -> None:
    (hit, *_) = explained(bot, "Какова длина причала?")
    shown = hit.as_dict()["explanation"]
    assert set(shown["contributions"][0]) == set(Contribution.__slots__)
    assert [word["lemma"] for word in shown["words"]] == ["длина", "причал"]
    found = {"text": "Протяжённость", "field": "sentence", "start": 16, "stop": 29}
    assert shown["words"][0]["found"] == found
    assert "explanation" not in bot.search("причал")[0].as_dict()

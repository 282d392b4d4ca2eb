"""The whole way of a question, over the shipped articles and the shipped questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from eval import record, sets
from rag import assemble
from rag.answering.checking import attributed
from rag.answering.evidence import threshold
from rag.answering.surroundings import leans
from rag.answering.wording import REFUSAL
from rag.bot import HITS_SHOWN, Bot
from rag.config import Config
from rag.errors import QuestionError, WrongTypeError
from rag.judging.judge import Reply, judge
from rag.repairing import LONGEST_QUESTION
from rag.text.setting import NO, YES
from rag.types import Answer, Article, ArticleInfo, Draft, Filters, Hit, Query, Repair, Sentence, Turn

pytestmark = pytest.mark.slow_file
CORPUS = Path(__file__).parents[1] / "corpus"


@dataclass(frozen=True)
class Asked:
    """A shipped question with all its drafts."""

    question: sets.Question
    drafts: tuple[Answer, ...]

    @property
    def answer(self) -> Answer:
        return self.drafts[-1]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    config = Config(data=tmp_path_factory.mktemp("bot"), models=models)
    with assemble.open_bot(config) as bot:
        report = bot.library.index([CORPUS])
        assert not report.failed
        yield bot


@pytest.fixture(scope="module")
def asked(bot: Bot) -> list[Asked]:
    questions = sets.load(sorted(sets.SHIPPED.glob("*.jsonl")))
    assert len(questions) >= 80
    return [Asked(each, tuple(bot.stream(each.question, each.history))) for each in questions]


@pytest.fixture(scope="module")
def answers(asked: list[Asked]) -> list[Answer]:
    return [each.answer for each in asked]


def timeless(answer: Answer) -> Answer:
    return replace(answer, elapsed_ms=0.0)


# Invariants of every answer


def test_every_quote_stands_where_its_citation_says(bot: Bot, answers: list[Answer]) -> None:
    cited = [citation for answer in answers for citation in answer.citations]
    assert len(cited) > 80
    for citation in cited:
        article = bot.library.article(citation.article_id)
        assert article.text[citation.start : citation.stop] == citation.quote
        info = article.info
        assert (citation.title, citation.source) == (info.title, info.source)
        assert (citation.url, citation.published) == (info.url, info.published)
        (passage,) = bot.library.store.passages([citation.passage_id])
        assert passage.article_id == citation.article_id
        # What an opening leans on stands before its passage; nothing else does.
        assert passage.start <= citation.start or leans(passage.quote(passage.sentences[0]))
        assert passage.start < citation.stop <= passage.stop


def test_every_hit_stands_where_it_says(bot: Bot, answers: list[Answer]) -> None:
    for answer in answers:
        assert len(answer.hits) <= HITS_SHOWN
        assert len({hit.passage.id for hit in answer.hits}) == len(answer.hits)
        scores = [hit.score for hit in answer.hits]
        assert scores == sorted(scores, reverse=True)
        for rank, hit in enumerate(answer.hits, 1):
            text = bot.library.article(hit.article.id).text
            assert text[hit.passage.start : hit.passage.stop] == hit.passage.text
            assert hit.ranks.get("dates", hit.ranks["rerank"]) == rank
            assert hit.ranks["fused"] >= 1


def test_every_sentence_has_its_footnotes_in_order(answers: list[Answer]) -> None:
    for answer in answers:
        assert all(sentence.citations for sentence in answer.sentences)
        said = [number for sentence in answer.sentences for number in sentence.citations]
        versions = [each.citation for found in answer.disagreements for each in found.versions]
        numbers = list(dict.fromkeys([*said, *sorted(versions)]))
        assert numbers == list(range(1, len(numbers) + 1))
        assert [citation.number for citation in answer.citations] == numbers
        assert all(f"[{number}]" in answer.text for number in numbers)


def test_every_sentence_is_word_for_word_and_supported(answers: list[Answer]) -> None:
    for answer in answers:
        quotes = {citation.number: citation.quote for citation in answer.citations}
        for sentence in answer.sentences:
            assert _plain(sentence.text) in _plain(quotes[sentence.citations[0]])
            assert sentence.support == "supported"


def _plain(text: str) -> str:
    """On one line, without the names put in for pronouns and without list marks."""
    return " ".join(re.sub(r" \[[^\]]+\]|^\s*[•-] ", " ", text, flags=re.MULTILINE).split())


def test_one_to_five_sentences_without_repeats(answers: list[Answer]) -> None:
    for answer in answers:
        texts = [sentence.text for sentence in answer.sentences]
        assert len(texts) == len(set(texts))
        assert (1 if answer.found else 0) <= len(texts) <= (5 if answer.found else 0)
        assert not any(text.endswith("?") for text in texts)


def test_reading_order_within_an_article(answers: list[Answer]) -> None:
    for answer in answers:
        quotes = {citation.number: citation for citation in answer.citations}
        first = [quotes[sentence.citations[0]] for sentence in answer.sentences]
        articles = [citation.article_id for citation in first]
        assert len(list(groupby(articles))) == len(set(articles))
        for earlier, later in pairwise(first):
            if earlier.article_id == later.article_id:
                assert earlier.stop <= later.start


def test_the_short_answer_stands_in_a_sentence(asked: list[Asked]) -> None:
    drafts = [draft for each in asked for draft in each.drafts]
    short = [draft for draft in drafts if draft.short_answer is not None]
    assert len(short) > 60
    for draft in short:
        assert draft.short_answer
        assert draft.short_answer == draft.short_answer.strip()
        is_said = any(draft.short_answer in sentence.text for sentence in draft.sentences)
        assert is_said or draft.short_answer in (YES, NO)


def test_a_refusal_cites_nothing_and_shows_what_is_near(answers: list[Answer]) -> None:
    refused = [answer for answer in answers if not answer.found]
    assert len(refused) > 10
    for answer in refused:
        assert (answer.sentences, answer.citations, answer.short_answer) == ((), (), None)
        assert answer.hits
        assert answer.text.startswith("В статьях нет ответа на этот вопрос")


def test_confidence_decides(asked: list[Asked]) -> None:
    for each in asked:
        assert 0.0 <= each.answer.confidence <= 1.0
        if each.answer.found or not each.question.refuse:  # a false premise is declined however sure
            assert each.answer.found == (each.answer.confidence >= threshold())


def test_drafts_grow(asked: list[Asked]) -> None:
    assert any(len(each.drafts) > 1 for each in asked)
    for each in asked:
        assert len(each.drafts) == max(1, len(each.answer.sentences))
        for earlier, later in pairwise(each.drafts):
            assert later.sentences[: len(earlier.sentences)] == earlier.sentences
            assert later.citations[: len(earlier.citations)] == earlier.citations
            assert later.text.startswith(earlier.text)
            assert later.hits == earlier.hits


def test_the_words_are_those_that_were_asked(asked: list[Asked], bot: Bot) -> None:
    for each in asked:
        assert each.answer.question == each.question.question
        assert each.answer.writer == bot.writer_name == "extractive"
        if not each.question.history and not each.answer.notes:
            assert each.answer.standalone_question == each.question.question


def test_the_json_of_an_answer(answers: list[Answer]) -> None:
    for answer in answers:
        shape = json.loads(json.dumps(answer.as_dict()))
        assert list(shape) == [
            "question",
            "standalone_question",
            "found",
            "kind",
            "verdict",
            "missing",
            "text",
            "short_answer",
            "sentences",
            "citations",
            "hits",
            "confidence",
            "notes",
            "repairs",
            "listed",
            "disagreements",
            "writer",
            "elapsed_ms",
        ]
        assert all(list(each) == ["text", "citations", "support", "reasons"] for each in shape["sentences"])
        for citation in shape["citations"]:
            assert set(citation) == {
                "number",
                "article_id",
                "title",
                "source",
                "url",
                "published",
                "quote",
                "start",
                "stop",
                "passage_id",
                "context",
                "page",
                "version",
            }
        for hit in shape["hits"]:
            keys = {"article_id", "passage_id", "title", "text", "start", "stop", "score", "ranks"}
            assert keys <= set(hit)
            assert {"fused", "rerank"} <= set(hit["ranks"])


def test_the_shipped_sets_have_not_fallen(asked: list[Asked]) -> None:
    """Question by question against the record (`RAG_READER=off python -m eval record`): what chance explains
    passes, five questions lost and none won don't."""
    before = record.newest("off")
    assert before is not None
    right = {
        each.question.id: judge(each.question, Reply.model_validate(each.answer.as_dict())).right
        for each in asked
    }
    assert set(right) == set(before.right), "the sets have changed: RAG_READER=off python -m eval record"
    found = record.lost(before, before.model_copy(update={"right": right}))
    assert not found.is_regression, found.verdict


# The same question again


def test_the_same_question_has_the_same_answer(bot: Bot, asked: list[Asked]) -> None:
    for each in asked[::12]:
        again = bot.ask(each.question.question, each.question.history)
        assert timeless(again) == timeless(each.answer)


def test_eight_threads_get_the_answers_of_one(bot: Bot, asked: list[Asked]) -> None:
    chosen = asked[::24]

    def ask_all(first: int) -> list[Answer]:
        order = chosen[first:] + chosen[:first]
        found = {each.question.id: bot.ask(each.question.question, each.question.history) for each in order}
        return [timeless(found[each.question.id]) for each in chosen]

    expected = [timeless(each.answer) for each in chosen]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(ask_all, range(8)):
            assert found == expected


def test_asking_while_articles_come_and_go(bot: Bot) -> None:
    extra = Article(
        ArticleInfo("extra", "Переправа"), "Переправу «Тестовая» открыли в 1999 году. Она работает."
    )
    question = "Кто возглавляет Cove Capital?"
    expected = [citation.quote for citation in bot.ask(question).citations]
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(bot.ask, question) for _ in range(24)]
        for _ in range(4):
            bot.library.add([extra])
            bot.library.remove(["extra"])
        for answer in answers:
            assert [citation.quote for citation in answer.result().citations] == expected


# Questions no one should ask


@pytest.mark.parametrize(
    "question",
    [
        "",
        " \n\t ",
        "а",
        "Я",
        "x",
        "?",
        "…?!—«»()",
        "😀",
        "🇰🇿👍🏽",
        "\0\0",
        "\ud800",
        "\u200b",
        "а б в г",
        "%s%n",
        "\\",
        "'\"`",
        "я" * 10_000,
        "слово " * 1_700,
        "?" * 10_000,
        "а" * (LONGEST_QUESTION + 1),
    ],
)
@pytest.mark.parametrize("way", ["ask", "stream", "search"])
def test_a_question_without_a_question(bot: Bot, question: str, way: str) -> None:
    with pytest.raises(QuestionError) as caught:
        list(getattr(bot, way)(question))
    said = str(caught.value)
    if len(question) > LONGEST_QUESTION:
        assert said == (
            f"Вопрос слишком длинный: {len(question)} знаков при пределе {LONGEST_QUESTION}. "
            "Сократите его до одного-двух предложений."
        )
    else:
        assert said.startswith("В вопросе нет слов. Напишите его по-русски")


@pytest.mark.parametrize(
    "question",
    [
        "Where is the tungsten mine and who owns it?",
        "'; DROP TABLE articles; --",
        "SELECT * FROM passages WHERE id = 1 OR 1=1",
        "<script>alert(1)</script>",
        "<b>Кто</b> возглавляет <i>Cove Capital</i>?",
        "😀 вольфрам 😀",
        "Кто\0возглавляет\0Cove Capital?",
        "кто \ud800 возглавляет Cove Capital",
        "вольф\u00adрам и вольфра\u0301м",
        "AND OR NOT",
        "lemmas:рудник* AND id:[a TO z]",
        "(((((",
        "и в на",
        "1" * 400,
        "9" * LONGEST_QUESTION,
        "а" * LONGEST_QUESTION,
        "рудник " * (LONGEST_QUESTION // 7),
        "не " * (LONGEST_QUESTION // 3),
        "а\u0301" * (LONGEST_QUESTION // 2),
        "ﷺ东京 αθηνα қазақ",
        "² ½ Ⅳ ٣٤",
        "../../etc/passwd {{7*7}} ${HOME}",
    ],
)
def test_a_strange_question_gets_a_polite_answer(bot: Bot, question: str) -> None:
    try:
        answer = bot.ask(question)
    except QuestionError as error:
        assert str(error).startswith("В вопросе нет слов.")
        return
    assert answer.question == question
    assert answer.found or answer.text.startswith("В статьях нет ответа на этот вопрос")
    for citation in answer.citations:
        text = bot.library.article(citation.article_id).text
        assert text[citation.start : citation.stop] == citation.quote


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        ("", ""),
        ("?!", "…"),
        ("Что такое \ud800?", "\ud800"),
        ("Что\0такое вольфрам?", "\0"),
        ("а" * 100_000, "б" * 100_000),
        ("<script>", "'; DROP TABLE articles; --"),
        ("😀", "😀"),
    ],
)
def test_a_strange_history_does_no_harm(bot: Bot, earlier: str, said: str) -> None:
    answer = bot.ask("А где его добывают?", [Turn(earlier, said)] * 20)
    assert answer.standalone_question
    assert answer.found or not answer.citations


# Options


def test_a_follow_up_is_made_standalone(bot: Bot) -> None:
    first = bot.ask("Какова протяжённость коридора TRIPP?")
    answer = bot.ask("А кто его строит?", [Turn(first.question, first.text)])
    assert "TRIPP" in answer.standalone_question
    assert answer.question == "А кто его строит?"


def test_a_repair_is_told(bot: Bot) -> None:
    answer = bot.ask("rnj djpukfdkztn Cove Capital?")
    assert answer.notes == ("исправлена раскладка: «rnj djpukfdkztn» → «кто возглавляет»",)
    assert answer.standalone_question == "кто возглавляет Cove Capital?"
    assert answer.question == "rnj djpukfdkztn Cove Capital?"


def test_a_repair_can_be_undone(bot: Bot) -> None:
    typed = "Что известно о корридоре TRIPP?"
    repaired, as_typed = bot.ask(typed), bot.ask(typed, as_typed=True)
    assert repaired.repairs == (Repair("корридоре", "коридоре"),)
    assert repaired.as_dict()["repairs"] == [{"typed": "корридоре", "meant": "коридоре"}]
    assert (as_typed.repairs, as_typed.standalone_question) == ((), typed)
    assert "корридоре" not in " ".join(as_typed.notes)
    assert bot.search("djkmahfv") == bot.search("вольфрам") != bot.search("djkmahfv", as_typed=True)


def test_no_clean_question_is_repaired(bot: Bot, asked: list[Asked]) -> None:
    clean = [each.question.question for each in asked if not each.question.id.startswith("noise-")]
    assert [question for question in clean if bot.repaired(question).repairs] == []


def test_no_sentence_of_the_library_is_repaired(bot: Bot) -> None:
    for listed in bot.library.articles():
        article = bot.library.article(listed.info.id)
        for start in range(0, len(article.text), 900):
            sentence = article.text[start : start + 900].partition(" ")[2].rpartition(" ")[0]
            assert not sentence or bot.repaired(sentence).repairs == ()


def test_filters_limit_the_answer(bot: Bot, answers: list[Answer]) -> None:
    chosen = next(answer for answer in answers if answer.found)
    only = bot.library.articles()[0].info.id
    answer = bot.ask(chosen.question, filters=Filters(articles=(only,)))
    assert {hit.article.id for hit in answer.hits} == {only}
    assert {citation.article_id for citation in answer.citations} <= {only}
    nowhere = bot.ask(chosen.question, filters=Filters(articles=("nowhere",)))
    assert (nowhere.found, nowhere.hits) == (False, ())
    assert nowhere.text == "В статьях нет ответа на этот вопрос, и близких по теме отрывков не нашлось."


@pytest.mark.parametrize("k", [0, 1, 7, 10_000])
def test_search(bot: Bot, k: int) -> None:
    found = bot.search("вольфрам", k)
    assert len(found) == min(k, bot.library.counts().passages)
    assert found == bot.search("вольфрам", 10_000)[:k]


def test_new_words_of_the_library_are_repaired_towards(tmp_path: Path, models: Path) -> None:
    with assemble.open_bot(Config(data=tmp_path, models=models)) as bot:
        bot.library.add([Article(ArticleInfo("a", "Мост"), "Мост открыли весной.")])
        assert bot.ask("Что известно о хрюмзятнике?").notes == ()
        bot.library.add([Article(ArticleInfo("b", "Хрюмзятник"), "Хрюмзятник растёт в горах.")])
        assert bot.ask("Где растёт хрюмзятнки?").notes == ("исправлено: «хрюмзятнки» → «хрюмзятник»",)


def test_an_empty_library_says_so(tmp_path: Path, models: Path) -> None:
    with assemble.open_bot(Config(data=tmp_path, models=models)) as bot:
        answer = bot.ask("Когда открыли мост?")
        assert not answer.found and answer.text.startswith("Библиотека пуста")
        bot.library.add([Article(ArticleInfo("a", "Мост"), "Мост открыли весной.")])
        assert "пуста" not in bot.ask("Кто изобрёл телефон?").text


@pytest.mark.parametrize("way", ["ask", "stream", "search"])
def test_a_wrong_type_is_an_error_of_ours(bot: Bot, way: str) -> None:
    wrong = Filters(since="2026-01-01")  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match=r"filters\.since"):
        list(getattr(bot, way)("Когда открыли мост?", filters=wrong))


def test_closing_gives_the_library_back(tmp_path: Path, models: Path) -> None:
    config = Config(data=tmp_path, models=models)
    for _ in range(3):
        with assemble.open_bot(config) as bot:
            bot.library.add([Article(ArticleInfo("a", "Мост"), "Мост открыли весной.")])
            assert bot.ask("Когда открыли мост?").found
            assert bot.library.notes == []


@dataclass(frozen=True)
class TwoSentences:
    """A writer that says a true sentence and one that nothing supports."""

    said: tuple[str, ...]
    name: str = "scripted"

    def write(self, query: Query, hits: Sequence[Hit]) -> Iterator[Draft]:
        sentences = tuple(Sentence(text, (1,), "supported") for text in self.said)
        yield attributed(Draft(sentences, found=True, confidence=0.9), hits)


TRUE, FALSE = "Протяжённость нефтепровода — 1511 км.", "Бананы растут в тропиках."


@pytest.mark.parametrize(("strict", "said"), [(False, [TRUE, FALSE]), (True, [TRUE])])
def test_strict_leaves_out_what_nothing_supports(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, strict: bool, said: list[str]
) -> None:
    monkeypatch.setattr(bot, "writer", TwoSentences((TRUE, FALSE)))
    monkeypatch.setattr(bot, "_strict", strict)
    answer = bot.ask("Какова протяжённость нефтепровода КТК?")
    assert [sentence.text for sentence in answer.sentences] == said
    assert ("убрано предложений без подтверждения: 1" in answer.notes) is strict
    assert all(sentence.reasons for sentence in answer.sentences if sentence.support == "unsupported")


def test_strict_refuses_where_nothing_is_left(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot, "writer", TwoSentences((FALSE,)))
    monkeypatch.setattr(bot, "_strict", True)
    answer = bot.ask("Какова протяжённость нефтепровода КТК?")
    assert (answer.found, answer.sentences, answer.citations) == (False, (), ())
    assert answer.text == REFUSAL


# Several sources

# Asked so, they were answered before the weights of words were fitted anew; strict: who mends it hears of it.
LOST = pytest.mark.xfail(strict=True, reason="declined, or not seen to differ, by words alone")


@pytest.mark.parametrize(
    ("question", "newest", "older"),
    [
        ("Какова длина TRIPP?", "около 43 км", "42 км"),
        pytest.param("Какова протяжённость TRIPP?", "около 43 км", "42 км", marks=LOST),
        ("Какова стоимость контрактов Wabtec?", "4,2 млрд долларов", "4 млрд долларов"),
        pytest.param(
            "На какую сумму Wabtec подписала контракты?", "4,2 млрд долларов", "4 млрд долларов", marks=LOST
        ),
    ],
)
def test_articles_that_differ_on_purpose(bot: Bot, question: str, newest: str, older: str) -> None:
    answer = bot.ask(question)
    (found,) = answer.disagreements
    assert [version.value for version in found.versions] == [newest, older]
    assert "Источники расходятся" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Какую долю экспорта нефти обеспечивает КТК?",  # «около 80» and «более 80»
        "На сколько лет рассчитано соглашение по TRIPP?",
        "Сколько денег даст EXIM Bank?",
        "Во сколько обойдётся освоение вольфрамовых месторождений?",
        "Когда подписали меморандум?",
        "Какова доля Cove Capital в вольфрамовом предприятии?",
    ],
)
def test_articles_that_only_seem_to_differ(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    assert answer.found
    assert answer.disagreements == ()

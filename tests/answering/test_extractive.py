"""The extractive writer: which sentences are given, in which order, and when it declines."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from rag.answering.evidence import Evidence, threshold
from rag.answering.extractive import MOST_SENTENCES, ExtractiveWriter, choose
from rag.answering.surroundings import led, surrounded
from rag.library.split import split
from rag.text.words import content_lemmas, lemmas
from rag.types import Article, ArticleInfo, Draft, Hit, SourceSentence
from tests.answering.passages import MATCHER, query

WRITER = ExtractiveWriter(MATCHER)
TEXT = "Мост через Урал строили четыре года. Железный мост открыли в 1936 году. По нему ходят поезда."


def hit(article_id: str, text: str = TEXT, score: float = 0.95, **info: object) -> Hit:
    article = Article(ArticleInfo(article_id, "Мост", **info), text)  # type: ignore[arg-type]
    (passage,) = split(article)
    return Hit(passage, article.info, score)


def drafts(question: str, *hits: Hit) -> list[Draft]:
    return list(WRITER.write(query(question), hits))


def evidence(article_id: str, start: int, score: float, text: str) -> Evidence:
    sentence = SourceSentence(start, start + len(text), tuple(lemmas(text)))
    return Evidence(hit(article_id), sentence, text, (), score)


# Choosing


def chosen(*given: tuple[str, int, float, str]) -> list[str]:
    found = sorted((evidence(*each) for each in given), key=lambda each: -each.score)
    return [each.text for each in choose(found)]


def test_the_best_alone_when_the_rest_is_far_behind() -> None:
    assert chosen(("a", 0, 5.0, "Первое."), ("a", 50, 1.0, "Второе.")) == ["Первое."]


PRICES = "| Снаряжение | День |\n|---|---|\n| Лыжи | 27 |\n| Сноуборд | 34 |"


@pytest.mark.parametrize(
    ("question", "rows"),
    [("Сколько стоит сноуборд?", ["Сноуборд"]), ("Сколько стоит день?", ["Лыжи", "Сноуборд"])],
)
def test_another_row_of_a_table_is_given_where_it_is_asked_for(question: str, rows: list[str]) -> None:
    (whole,) = surrounded([hit("a", PRICES)], lambda _: PRICES)
    *_, skis, board = (
        Evidence(whole, each, whole.passage.quote(each), (), 5.0) for each in whole.passage.sentences
    )
    assert [each.text.split()[1] for each in choose([board, skis], content_lemmas(question))] == rows


def test_articles_come_in_the_order_of_their_best_sentence_and_sentences_as_they_stand_there() -> None:
    given = chosen(("b", 90, 5.0, "Третье."), ("a", 0, 4.9, "Первое."), ("b", 40, 4.8, "Второе."))
    assert given == ["Второе.", "Третье.", "Первое."]


def test_no_more_than_three() -> None:
    given = [("a", 10 * number, 5.0 - number / 100, f"Мост номер {number}.") for number in range(9)]
    assert chosen(*given) == [text for *_, text in given[:MOST_SENTENCES]]


def test_nothing_is_said_twice() -> None:
    assert chosen(
        ("a", 0, 5.0, "Мост открыли весной."),
        ("b", 70, 4.9, "Весной мосты открыли!"),  # the same lemmas elsewhere
        ("a", 0, 4.8, "Мост открыли весной."),  # the same place
        ("c", 0, 4.7, "Мост открыли осенью."),
    ) == ["Мост открыли весной.", "Мост открыли осенью."]


# Writing


def test_a_citation_is_the_sentence_with_its_place() -> None:
    source = hit(
        "bridge", f"Введение. {TEXT}", source="Вестник", published="2026-01-10", url="https://a.example"
    )
    (*_, whole) = drafts("Когда открыли железный мост?", source)
    assert whole.found
    citation = next(each for each in whole.citations if "1936" in each.quote)
    assert citation.quote == "Железный мост открыли в 1936 году."
    assert f"Введение. {TEXT}"[citation.start : citation.stop] == citation.quote
    assert (citation.article_id, citation.title, citation.source) == ("bridge", "Мост", "Вестник")
    assert (citation.published, citation.url) == ("2026-01-10", "https://a.example")
    assert citation.passage_id == source.passage.id
    assert "1936" in (whole.short_answer or "")


def test_sources_that_say_the_same_share_a_sentence_and_footnotes_are_numbered_as_they_are_met() -> None:
    (*_, whole) = drafts("Когда открыли железный мост?", hit("bridge"), hit("copy", f"{TEXT} И пешеходы."))
    said = next(sentence for sentence in whole.sentences if "1936" in sentence.text)
    sources = {citation.number: citation for citation in whole.citations}
    assert [sources[number].article_id for number in said.citations] == ["bridge", "copy"]
    assert {sources[number].quote for number in said.citations} == {said.text}
    assert len({frozenset(lemmas(sentence.text)) for sentence in whole.sentences}) == len(whole.sentences)
    met = [number for sentence in whole.sentences for number in sentence.citations]
    assert list(dict.fromkeys(met)) == [citation.number for citation in whole.citations]
    assert whole.citations[0].number == 1


def test_drafts_grow() -> None:
    text = (
        "Мост открыли в 1936 году. Мост открыли в мае 1936 года под музыку военного оркестра. "
        "Мост открыли в 1936 году инженеры треста «Стальмост»."
    )
    found = drafts("Когда открыли мост?", hit("bridge", text))
    assert len(found) > 1
    for earlier, later in pairwise(found):
        assert later.sentences[: len(earlier.sentences)] == earlier.sentences
        assert later.citations[: len(earlier.citations)] == earlier.citations
        assert len(later.sentences) == len(earlier.sentences) + 1
    for draft in found:
        assert draft.short_answer is None or any(draft.short_answer in s.text for s in draft.sentences)
    assert found[-1].short_answer


@pytest.mark.parametrize(
    "hits",
    [[], [hit("park", "В парке растут липы.", 0.1)], [hit("question", "Когда открыли железный мост?", 0.9)]],
    ids=["no hits", "another topic", "only a question"],
)
def test_it_declines(hits: list[Hit]) -> None:
    (draft,) = drafts("Когда открыли железный мост?", *hits)
    assert (draft.found, draft.sentences, draft.citations, draft.short_answer) == (False, (), (), None)
    assert draft.confidence < threshold()


@pytest.mark.parametrize(("least", "found"), [(0.0, True), (1.0, False)])
def test_another_confidence_may_be_wanted(least: float, found: bool) -> None:
    writer = ExtractiveWriter(MATCHER, least=lambda reader: least)
    *_, draft = writer.write(query("Когда открыли железный мост?"), [hit("bridge")])
    assert draft.found == found


def test_it_declines_a_question_without_words() -> None:
    assert drafts("?!", hit("bridge")) == [Draft()]


# Of what it is told


def test_a_yes_or_no_question_is_decided_from_the_first_draft_on() -> None:
    text = "Железный мост через реку открыт с мая. Открыт железный мост для машин и для поездов."
    told = drafts("Открыт ли железный мост через реку?", hit("a", text))
    assert {draft.short_answer for draft in told} == {"Да"}


@pytest.mark.parametrize(
    "question",
    [
        "В какой области лежит рудник Долгий?",
        pytest.param(
            "Где лежит рудник Долгий?",
            marks=pytest.mark.xfail(strict=True, reason="by words alone the sentence before is likelier"),
        ),
    ],
)
def test_a_passage_that_opens_with_a_pronoun_answers_for_the_one_before(question: str) -> None:
    text = "Рудники Долгий и Светлый передали тресту в мае. Они лежат в Омской области у реки."
    article = Article(ArticleInfo("a", "Статья"), text)
    (whole,) = split(article)
    first, second = (
        replace(whole, id=text, start=each.start, stop=each.stop, text=text, sentences=(each,))
        for each, text in ((each, whole.quote(each)) for each in whole.sentences)
    )
    hits = [Hit(first, article.info, 0.9), Hit(second, article.info, 0.4)]
    writer = ExtractiveWriter(MATCHER, least=lambda _: 0.0)
    *_, best = writer.write(query(question), led(hits, lambda _: text))
    assert best.short_answer == "Омской области"


# Lists


def of_list(count: int, others: int = 0) -> list[Evidence]:
    """Evidence of the items of a list, all nearly as good, and of `others` of the sentences below it."""
    items = "\n".join(f"- посетителям с билетом номер {number};" for number in range(count))
    found = hit("a", f"## Кому нельзя в бассейн\n\n{items}\n\n" + "Справка нужна всем остальным. " * others)
    sentences = [each for each in found.passage.sentences if "Кому" not in found.passage.quote(each)]
    return [
        Evidence(found, each, found.passage.quote(each), (), 5.0 - number / 100)
        for number, each in enumerate(sentences)
    ]


@pytest.mark.parametrize(("items", "given"), [(2, 2), (5, 5), (10, 10), (11, 3)])
def test_a_short_list_that_answers_is_given_whole(items: int, given: int) -> None:
    found = of_list(items)
    assert len(found) == items
    assert len(choose(found)) == given


def test_what_stands_below_a_list_is_none_of_it() -> None:
    items, other = of_list(5, others=1)[:5], of_list(5, others=1)[5]
    assert other.list_name is None
    assert choose([*items, other]) == items
    assert choose([other, *items]) == [*items[:2], other]

"""Sentences as evidence: what is read, in what order, and what may answer which kind of question."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.answering import evidence as module
from rag.answering.evidence import (
    CONFIDENCE_FEATURES,
    Findings,
    read,
    threshold,
)
from rag.answering.sentence_features import SENTENCE_FEATURES, answering, closeness
from rag.library.split import split
from rag.matching.matcher import Matcher
from rag.text.question_words import Kind
from rag.text.words import content_lemmas, lemmas
from rag.types import Article, ArticleInfo, Hit, Query, Vectors


def no_vectors(lemmas: Sequence[str]) -> Vectors:
    """Only equal words, beginnings and synonyms match."""
    return np.zeros((len(lemmas), 2), np.float32)


MATCHER = Matcher(no_vectors, lambda lemmas: np.ones(len(lemmas)))


def hit(article_id: str, text: str, score: float = 0.5, title: str = "") -> Hit:
    article = Article(ArticleInfo(article_id, title), text)
    (passage,) = split(article)
    return Hit(passage, article.info, score)


def reading(question: str, *hits: Hit) -> Findings:
    return read(Query(question, tuple(content_lemmas(question))), hits, MATCHER)


BRIDGE = "Мост через Урал строили четыре года. Железный мост открыли в 1936 году. По нему ходят поезда."
PARK = "В парке растут липы. Парк открывают в шесть утра."


def test_the_weights_name_the_features() -> None:
    weights = json.loads(Path(module.__file__).with_name("weights.json").read_text(encoding="utf-8"))
    assert set(weights["sentence"]) == set(SENTENCE_FEATURES)
    assert set(weights["confidence"]) == {*CONFIDENCE_FEATURES, "intercept", "threshold"}
    assert 0 < threshold() < 1


def test_every_sentence_is_read_best_first() -> None:
    hits = [hit("bridge", BRIDGE, 0.9), hit("park", PARK, 0.2)]
    found = reading("Когда открыли железный мост?", *hits).evidence
    assert sorted(each.text for each in found) == sorted(
        part.quote(sentence) for part in (hit.passage for hit in hits) for sentence in part.sentences
    )
    assert found[0].text == "Железный мост открыли в 1936 году."
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)


def test_evidence_knows_its_place() -> None:
    texts = {"bridge": f"Введение. {BRIDGE}", "park": PARK}
    for each in reading("Когда открыли мост?", *(hit(name, text) for name, text in texts.items())).evidence:
        name, start = each.place
        assert texts[name][start : start + len(each.text)] == each.text
        assert len(each.features) == len(SENTENCE_FEATURES)


def test_a_question_answers_nothing() -> None:
    found = reading("Когда открыли мост?", hit("a", "Когда открыли мост? Это было весной.")).evidence
    assert [each.text for each in found] == ["Это было весной."]


def test_only_questions_to_read() -> None:
    empty = reading("Когда открыли мост?", hit("a", "Когда открыли мост?"))
    assert (empty.evidence, empty.confidence) == ((), 0.0)


def test_confidence_is_a_probability_and_grows_with_the_evidence() -> None:
    asked = "Когда открыли железный мост через Урал?"
    sure = reading(asked, hit("bridge", BRIDGE, 0.95)).confidence
    lost = reading(asked, hit("park", PARK, 0.1)).confidence
    assert 0 <= lost < threshold() < sure <= 1


def test_confidence_does_not_depend_on_the_order_of_hits() -> None:
    hits = [hit("bridge", BRIDGE, 0.9), hit("park", PARK, 0.2), hit("other", "Липы цветут летом.", 0.1)]
    first, second = (reading("Когда открыли мост?", *order) for order in (hits, hits[::-1]))
    assert first.confidence == pytest.approx(second.confidence)
    assert [each.text for each in first.evidence] == [each.text for each in second.evidence]


def test_the_title_counts_as_context() -> None:
    asked = "Когда открыли мост через Урал?"
    with_title, without = (
        reading(asked, hit("a", "Его открыли в 1936 году. Липы цветут летом.", 0.5, title)).evidence[0]
        for title in ("Мост через Урал", "")
    )
    assert with_title.score > without.score


@pytest.mark.parametrize(
    ("kind", "question", "sentence"),
    [
        ("person", "Кто возглавил завод?", "Завод возглавил Иван Петров."),
        ("date", "Когда открыли мост?", "Мост открыли 5 мая 1936 года."),
        ("date", "Когда открыли мост?", "Мост открыли в 1936 году."),
        ("quantity", "Сколько стоит мост?", "Мост стоил 40 млн долларов."),
        ("quantity", "Сколько лет строили мост?", "Мост строили четыре года."),
        ("place", "Где построили завод?", "Завод построили в Ташкенте."),
    ],
)
def test_holds_an_answer(kind: Kind, question: str, sentence: str) -> None:
    assert answering(kind, question, sentence, frozenset(lemmas(question)))


@pytest.mark.parametrize(
    ("kind", "question", "sentence"),
    [
        ("person", "Кто возглавил завод?", "Завод построили весной."),
        # what the question names itself is no answer
        ("person", "Кто сменил Ивана Петрова?", "Иван Петров ушёл."),
        ("date", "Что было в 1936 году?", "Это было в 1936 году."),
        ("date", "Когда открыли мост?", "Мост открыли с оркестром."),
        ("quantity", "Сколько стоит мост?", "Мост строили четыре года."),
        ("quantity", "Сколько лет строили мост?", "Мост стоил 40 млн долларов."),
        ("place", "Где построили завод?", "Завод построили за четыре года."),
        # kinds without entities of their own
        ("definition", "Что такое мост?", "Мост стоил 40 млн долларов."),
        ("yesno", "Построен ли мост?", "Мост открыл Иван Петров."),
    ],
)
def test_holds_none(kind: Kind, question: str, sentence: str) -> None:
    assert not answering(kind, question, sentence, frozenset(lemmas(question)))


def test_a_query_of_function_words_is_read_too() -> None:
    asked = Query("где и что", tuple(content_lemmas("где и что")))
    assert asked.lemmas
    assert 0 <= read(asked, [hit("park", PARK)], MATCHER).confidence <= 1


@pytest.mark.parametrize(
    ("question", "sentence", "is_told"),
    [
        ("Сколько лет Анне Ким?", "Анна Ким приступит к стройке в течение двух лет.", False),
        ("Сколько лет Анне Ким?", "Анне Ким исполнилось 40 лет.", True),
        ("Сколько лет Анна Ким строила мост?", "Анна Ким строила мост 12 лет.", True),
        ("На сколько лет заключён договор?", "Договор заключён на 49 лет.", True),
    ],
)
def test_an_age_is_not_any_number_of_years(question: str, sentence: str, is_told: bool) -> None:
    assert bool(answering("quantity", question, sentence, frozenset(lemmas(question)))) == is_told


def test_a_near_entity_is_closer_than_a_far_one() -> None:
    question = "Когда открыли железный мост?"
    near = "Железный мост открыли в 1936 году, а парк разбили позже."
    far = "Железный мост открыли после долгих споров о деньгах и земле, парк рядом с ним — в 1936 году."
    asked = frozenset(lemmas(question))
    close, distant = (
        closeness(question, each, answering("date", question, each, asked)) for each in (near, far)
    )
    assert 0 < distant < close <= 1
    assert closeness(question, near, []) == 0


def test_a_word_that_few_sentences_have_counts_more() -> None:
    text = (
        "Страна занимает в мире место по запасам цинка. Страна занимает в мире место по запасам меди. "
        "Это место в мире по запасам страна занимает давно. Спорят о нём редко. По золоту она третья."
    )
    found = reading("Какое место в мире занимает страна по запасам золота?", hit("a", text)).evidence
    names = [SENTENCE_FEATURES.index(name) for name in ("context", "context_rare")]
    shares = {each.text: [each.features[name] for name in names] for each in found}
    plain, rare = shares["По золоту она третья."]
    others = [shares[each.text] for each in found if "запасам" in each.text]
    assert rare > plain
    assert all(rare < plain for plain, rare in others)


def test_a_line_of_a_list_is_read_with_what_announces_it() -> None:
    text = (
        "На складе хранят зерно и соль.\n\nЦены за мешок:\n\n- рожь — 10 рублей;\n- овёс — 12 рублей;\n"
        "- ячмень — 14 рублей;\n- просо — 16 рублей."
    )
    found = {
        each.text: each.features for each in reading("Какова цена за мешок проса?", hit("a", text)).evidence
    }
    context = SENTENCE_FEATURES.index("context")
    line = next(features for text, features in found.items() if text.startswith("просо"))
    assert line[context] > 0.9


@pytest.mark.parametrize(
    ("question", "vague", "clear", "feature"),
    [
        ("Что такое шлак?", "О шлаке много пишут.", "Шлак — остаток плавки.", "unexplained"),
    ],
)
def test_what_is_not_explained_is_less_sure(question: str, vague: str, clear: str, feature: str) -> None:
    place = CONFIDENCE_FEATURES.index(feature)
    doubted, sure = (reading(question, hit("a", text)) for text in (vague, clear))
    assert (doubted.confidence_features[place], sure.confidence_features[place]) == (1.0, 0.0)
    assert doubted.confidence < sure.confidence


def test_the_meaning_of_a_word_need_not_be_told_in_a_known_shape() -> None:
    place = CONFIDENCE_FEATURES.index("unexplained")
    found = reading("Что означает красный флаг?", hit("a", "Красный флаг вешают перед штормом."))
    assert found.confidence_features[place] == 0.0

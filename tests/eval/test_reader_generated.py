"""Examples that are made of articles by rule: what they ask is in the text, what they deny is not."""

from __future__ import annotations

import pytest

from eval.reader.examples import Example
from eval.reader.generated import SPAN, generated
from eval.reader.trees import Node, Sentence
from rag.text.words import lemmas, words

ARTICLES = [
    {
        "_id": f"a{number}",
        "title": "Завод на Тихой реке",
        "text": f"Компания «{firm}» в марте 2019 года построила завод на берегу Тихой реки в Заозёрске. "
        f"Директор завода Павел Ильин сообщил, что он выпускает {number * 11 + 30} тысяч лодок в год. "
        f"В {year} году Анна Рогова купила у банка «Север» склад за {number * 7 + 20} миллионов рублей. "
        "Рабочие не получили зарплату за апрель, потому что покупатель задержал деньги. "
        "Мэр города Олег Сурин предложил открыть в порту школу для детей моряков.",
    }
    for number, (firm, year) in enumerate(
        [("Парус", 2017), ("Весло", 2018), ("Руль", 2020), ("Якорь", 2021)], 1
    )
]


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return list(generated(ARTICLES, seed=1, most=400))


def test_the_same_seed_makes_the_same(examples: list[Example]) -> None:
    assert list(generated(ARTICLES, seed=1, most=400)) == examples
    assert list(generated(ARTICLES, seed=2, most=400)) != examples


def test_every_kind_is_made(examples: list[Example]) -> None:
    kinds = {each.label or ("span" if each.span else "none") for each in examples}
    assert kinds >= {"supported", "contradicted", "not_stated", "span", "none"}
    assert len({each.article for each in examples}) == len(ARTICLES)


def test_answers_stand_in_the_text_and_not_in_the_question(examples: list[Example]) -> None:
    asked = [each for each in examples if each.source == SPAN and each.span]
    assert asked
    for each in asked:
        assert each.span
        answer = each.text[slice(*each.span)]
        assert answer == answer.strip()
        assert not set(lemmas(answer)) <= set(lemmas(each.question)), each


def test_a_false_claim_is_never_a_sentence_of_its_text(examples: list[Example]) -> None:
    claims = [each for each in examples if each.label]
    assert claims
    for each in claims:
        said, held = (" ".join(word.text for word in words(text)) for text in (each.question, each.text))
        stands = said in held
        assert not (stands and each.label != "supported"), each


def test_a_cycle_in_a_tree_is_cut() -> None:
    nodes = tuple(
        Node(text, 0, 1, "NOUN", {}, head, "nmod") for text, head in (("а", 1), ("б", 0), ("в", -1))
    )
    sentence = Sentence("а б в", nodes, ())
    assert sentence.subtree(0) == [0]
    assert sentence.subtree(2) == [2]

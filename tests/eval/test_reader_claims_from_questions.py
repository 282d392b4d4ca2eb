"""Questions told as claims, to train the head that checks claims."""

from __future__ import annotations

from random import Random

import pytest

from eval.reader.claims_from_questions import claims_of, told


@pytest.mark.parametrize(
    ("question", "answer", "claim"),
    [
        ("Кто выиграл гонку?", "Арам Тонян", "Арам Тонян выиграл гонку"),
        ("Сколько лодок утонуло?", "три лодки", "Три лодки утонуло"),
        ("Сколько лодок утонуло?", "три", "Три лодок утонуло"),
        ("В каком году открыли маяк?", "в 1911 году", "В 1911 году открыли маяк"),
        ("Каков бюджет музея?", "5 млн рублей", "Бюджет музея — 5 млн рублей"),
        ("бюджет музея", "5 млн рублей", "бюджет музея — 5 млн рублей"),
        ("Где зимуют чайки?", "в порту", "В порту зимуют чайки"),
        ("Почему закрыли порт?", "из-за льда", None),
    ],
)
def test_the_answer_stands_where_it_was_asked_for(question: str, answer: str, claim: str | None) -> None:
    assert told(question, answer) == claim


def test_answers_of_siblings_and_of_near_questions_make_false_claims() -> None:
    item = {
        "sentences": ["Первый лот взял Зуев, второй — Рудь."],
        "questions": [
            {"q": "Кто взял первый лот?", "s": 0, "a": "Зуев"},
            {"q": "Кто взял второй лот?", "s": 0, "a": "Рудь"},
            {"q": "Кто взял третий лот?", "s": None, "a": None},
        ],
    }
    found = {(claim.rstrip("?").lower(), label) for claim, _, label in claims_of(item, Random(1))}
    found = {
        (claim.removeprefix("верно ли, что ").removeprefix("правда, что "), label) for claim, label in found
    }
    assert ("зуев взял первый лот", "supported") in found
    assert ("рудь взял первый лот", "contradicted") in found
    assert ("зуев взял второй лот", "contradicted") in found
    assert [label for claim, label in found if "третий" in claim] == ["not_supported"]


def test_the_same_seed_makes_the_same_claims() -> None:
    item = {"questions": [{"q": "Кто пел?", "s": 0, "a": "Ия"}, {"q": "Кто плясал?", "s": 0, "a": "Юн"}]}
    assert list(claims_of(item, Random(4))) == list(claims_of(item, Random(4)))

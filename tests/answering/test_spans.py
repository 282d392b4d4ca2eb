"""The short answer inside a sentence."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.span_view import Seen
from rag.answering.spans import LEAST_SHARE, best_span, candidates, short_answer, weights
from tests.tables import lines, rows


def answer(question: str, sentence: str) -> str | None:
    span = short_answer(question, sentence)
    return sentence[span.start : span.stop] if span else None


# A question | a sentence | its part that answers
ANSWERS = """
Кто возглавляет завод? | С весны завод возглавляет Марина Соколова, инженер из Перми. | Марина Соколова
Когда открыли мост? | Мост через Лену открыли 5 мая 2024 года. | 5 мая 2024
В каком году основан город? | Город основан в 1714 году как крепость. | 1714
Какова площадь заповедника? | Площадь заповедника — около 127 000 кв. км. | около 127 000 кв. км
Какую долю получит фонд? | Фонд получит 30 процентов, а партнёр — 70 процентов. | 30 процентов
Где находится рудник? | Рудник находится в Карагандинской области. | Карагандинской области
Какая компания строит тоннель? | Тоннель строит компания «Горизонт». | «Горизонт»
Что такое офсет? | Офсет — это способ печати с валом. | способ печати
# what is only wished is not told as done
Почему люди вышли на митинг? | Люди вышли на митинг, чтобы завод закрыли. | чтобы завод закрыли
Зачем собрали подписи? | Жители собрали подписи, чтобы мост не сносили. | чтобы мост не сносили
Зачем построили дамбу? | Дамбу построили, чтобы защитить село от паводка. | защитить село
"""


@pytest.mark.parametrize(("question", "sentence", "wanted"), rows(ANSWERS))
def test_answer(question: str, sentence: str, wanted: str) -> None:
    found = answer(question, sentence)
    assert found is not None
    assert wanted in found
    assert len(found) <= len(wanted) + 12


def test_what_has_too_many_equals_is_not_shown() -> None:
    seen = Seen.of("Что построили?", "Построили мост, дом, сад, порт, завод, храм и склад.")
    span = best_span(seen, {})
    assert span is not None and span.score < LEAST_SHARE


def test_reason_is_the_clause_of_its_conjunction() -> None:
    sentence = "Шахту закрыли, потому что пласт выработан, и город опустел."
    found = answer("Почему закрыли шахту?", sentence)
    reasons = ("пласт выработан", "пласт выработан, и город опустел")
    assert found is not None and found.removeprefix("потому что ") in reasons


@pytest.mark.parametrize("question", ["Есть ли в крае золото?", "Завод уже работает?"])
def test_yes_or_no_has_no_short_answer(question: str) -> None:
    assert short_answer(question, "Завод работает, золото в крае есть.") is None


@pytest.mark.parametrize("sentence", ["", "…", "и"])
def test_nothing_to_answer_with(sentence: str) -> None:
    assert short_answer("Кто построил мост?", sentence) is None


def test_the_higher_weight_wins_by_its_softmax_share() -> None:
    seen = Seen.of("Кто построил мост?", "Мост построил Лавров.")
    found = best_span(seen, {"to clause end": 1.0, "person: is wanted": 5.0})
    columns = candidates(seen).columns
    pairs = zip(columns["to clause end"], columns["person: is wanted"], strict=True)
    scores = [float(ends) + 5 * float(is_it) for ends, is_it in pairs]
    assert found and (found.start, found.stop) == (14, 20)
    assert found.score == pytest.approx(exp(max(scores)) / sum(map(exp, scores)))


QUESTIONS = """
Кто построил мост?
Когда построили мост?
Сколько мостов построили?
Где построили мост?
Какая компания построила мост?
Как называется мост?
Что такое мост?
Почему построили мост?
Какие мосты построили?
Что построили?
Какова длина моста?
"""


def test_every_shipped_weight_has_its_column() -> None:
    """A renamed feature would leave its weight behind."""
    sentence = (
        "Мост «Лира» построила в 2020 году фирма Wabtec, а открыл Лавров: длина — 5 км, потому что река."
    )
    seen = [Seen.of(question, sentence) for question in lines(QUESTIONS)]
    assert set(weights()) <= {name for each in seen for name in candidates(each).columns}


ALPHABET = 'Аабвгде «»()"—-,.0123456789 годXUS\u0301'


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(lines(QUESTIONS)), st.text(alphabet=ALPHABET, max_size=70) | st.text(max_size=50))
def test_span_is_whole_words_with_pairs_closed(question: str, sentence: str) -> None:
    span = short_answer(question, sentence)
    if span is None:
        return
    found = sentence[span.start : span.stop]
    assert found == found.strip() and any(char.isalnum() for char in found)
    assert 0.0 < span.score <= 1.0
    assert not (sentence[span.start - 1 : span.start].isalpha() and found[0].isalpha())
    assert not (sentence[span.stop : span.stop + 1].isalpha() and found[-1].isalpha())
    assert found.count("«") == found.count("»") or sentence.count("«") != sentence.count("»")

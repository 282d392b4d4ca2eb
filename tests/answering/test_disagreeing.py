"""Where sources differ, and where they only seem to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answering.extractive import ExtractiveWriter
from rag.types import Disagreement, Draft
from tests.answering.passages import MATCHER, hit, query
from tests.tables import rows

WRITER = ExtractiveWriter(MATCHER)
LENGTH = "Какова длина моста через Урал?"
PRICE = "Сколько стоил мост через Урал?"
TOLL = "Сколько человек погибло при взрыве на шахте «Заря»?"
WHEN = "Когда открыли мост через Урал?"


def draft(question: str, *texts: str, days: Sequence[str] = ()) -> Draft:
    days = [*days, *["2026-01-10"] * (len(texts) - len(days))]
    hits = [
        hit(text, name, "Мост через Урал" if "Урал" in question else "Взрыв на шахте «Заря»", day)
        for name, text, day in zip("abcd", texts, days, strict=False)
    ]
    *_, whole = WRITER.write(query(question), hits)
    return whole


def told(found: Sequence[Disagreement]) -> list[tuple[list[str], bool]]:
    return [([version.value for version in each.versions], each.develops) for each in found]


# What is asked | what two articles say | the values that differ
DIFFER = f"""
{LENGTH} | Длина моста — 42 км. | Мост имеет длину около 43 км. | 42 км; около 43 км
{PRICE} | Мост через Урал стоил 4 млрд рублей. | Мост через Урал стоил 5 млрд рублей. \
| 4 млрд рублей; 5 млрд рублей
{TOLL} | При взрыве на шахте «Заря» погибло 12 человек. | На шахте «Заря» при взрыве погибло 15 человек. \
| 12 человек; 15 человек
{WHEN} | Мост через Урал открыли в мае 1936 года. | Мост через Урал открыли в июне 1937 года. \
| мае 1936 года; июне 1937 года
{WHEN} | Мост через Урал для машин открыли 3 мая. | Мост через Урал для машин 3 мая не открыли. \
| Мост через Урал для машин открыли 3 мая.; Мост через Урал для машин 3 мая не открыли.
"""
TWELVE = "При взрыве на шахте «Заря» погибло 12 человек."
SAIGA = "Какова длина коридора «Сайга»? | Коридор «Сайга» идёт в степь. Длина у него скромная: около 43 км."
AGREE = f"""
# the same, or a rounding of it
{LENGTH} | Длина моста — 43 км. | Мост имеет длину около 43 км.
{LENGTH} | Длина моста — 1511 м. | Длина моста — около 1500 м.
# other things in the same units
{PRICE} | Мост через Урал стоил 4 млрд рублей. | Кредит на мост через Урал — 3 млрд рублей.
{PRICE} | Мост через Урал стоил 4 млрд рублей. | Тоннель стоил 5 млрд рублей.
{SAIGA} | Коридор «Сайга» ещё не построен. Расстояние от Орска до Омска — 42 км.
{SAIGA} | Коридор «Барс» ещё не построен. Прежде упоминалось расстояние в 42 км.
{SAIGA} | Коридор «Сайга» ещё не построен. Ширина его — 42 км.
# other places, other years, on top
{TOLL} | {TWELVE} | При взрыве на шахте «Заря» в Китае погибло 15 человек.
{TOLL} | При взрыве на шахте «Заря» в 2017 году погибло 12 человек. \
| При взрыве на шахте «Заря» в 2018 году погибло 15 человек.
{TOLL} | {TWELVE} | При взрыве на шахте «Заря» погибло ещё 15 человек.
# of which explosion, only the sentence before would say
{TOLL} | {TWELVE} | На шахте «Заря» случился взрыв. При нём погибло 15 человек.
# a date within the other one
{WHEN} | Мост через Урал открыли в мае 1936 года. | Мост через Урал открыли 5 мая 1936 года.
{WHEN} | Мост через Урал открыли в мае 1936 года. | Мост через Урал закрыли в июне 1937 года.
"""


@pytest.mark.parametrize(("question", "one", "other", "values"), rows(DIFFER))
def test_sources_differ(question: str, one: str, other: str, values: str) -> None:
    ((found, develops),) = told(draft(question, one, other).disagreements)
    assert sorted(value.removeprefix("в ") for value in found) == sorted(values.split("; "))
    assert not develops


@pytest.mark.parametrize(("question", "one", "other"), rows(AGREE))
def test_no_false_alarm(question: str, one: str, other: str) -> None:
    whole = draft(question, one, other)
    assert whole.found
    assert whole.disagreements == ()


def test_one_article_does_not_disagree_with_itself() -> None:
    whole = draft(LENGTH, "Длина моста — 42 км. Мост имеет длину около 43 км.")
    assert whole.found
    assert whole.disagreements == ()


def test_days_show_a_development() -> None:
    whole = draft(
        TOLL,
        "На 5 мая 2026 года при взрыве на шахте «Заря» погибло 12 человек.",
        "На 6 мая 2026 года при взрыве на шахте «Заря» погибло 15 человек.",
    )
    (found,) = whole.disagreements
    assert found.develops
    assert [(each.value, each.stated) for each in found.versions] == [
        ("15 человек", "2026-05-06"),
        ("12 человек", "2026-05-05"),
    ]


def test_the_newest_comes_first_with_its_source_and_footnote() -> None:
    texts = ("Длина моста — 42 км.", "Мост имеет длину около 43 км.")
    for days, newest in (
        (("2026-01-10", "2026-02-10"), "около 43 км"),
        (("2026-03-10", "2026-02-10"), "42 км"),
    ):
        whole = draft(LENGTH, *texts, days=days)
        (found,) = whole.disagreements
        assert found.versions[0].value == newest
        quotes = {citation.number: citation for citation in whole.citations}
        for version in found.versions:
            citation = quotes[version.citation]
            assert version.value in citation.quote
            assert (version.source, version.published) == (citation.source, citation.published)

"""What is chosen in «Где искать», as filters and in words."""

from __future__ import annotations

from datetime import date

import pytest

from rag.errors import QuestionError
from rag.types import Filters
from rag.web.scope import EVERYWHERE, chosen, described, title


@pytest.mark.parametrize(
    ("since", "until", "sources", "filters", "words"),
    [
        ("", "", [], None, ""),
        (None, None, None, None, ""),
        ("  ", "", [], None, ""),
        ("23.02.2026", "", [], Filters(date(2026, 2, 23)), "с 23 февраля 2026 г."),
        ("2026-02-23", "", [], Filters(date(2026, 2, 23)), "с 23 февраля 2026 г."),
        ("23 февраля 2026", "", [], Filters(date(2026, 2, 23)), "с 23 февраля 2026 г."),
        ("", " 1.3.2026 ", [], Filters(None, date(2026, 3, 1)), "по 1 марта 2026 г."),
        (
            "1.3.2026",
            "1.3.2026",
            ["ТАСС"],
            Filters(date(2026, 3, 1), date(2026, 3, 1), ("ТАСС",)),
            "с 1 марта 2026 г., по 1 марта 2026 г., источник: ТАСС",
        ),
        ("", "", ["а", "б"], Filters(sources=("а", "б")), "источники: а, б"),
        ("", "", list("абвгд"), Filters(sources=tuple("абвгд")), "источники: а, б, в и ещё 2"),
    ],
)
def test_what_is_chosen(
    since: str | None, until: str | None, sources: list[str] | None, filters: Filters | None, words: str
) -> None:
    found = chosen(since, until, sources)
    assert found == filters
    assert described(found).replace("\u00a0", " ") == words
    shown = title(since, until, sources).replace("\u00a0", " ")
    assert shown == (f"{EVERYWHERE}: {words}" if words else EVERYWHERE)


def test_tags_and_articles() -> None:
    limits = ("", "", ["ТАСС"], ["нефть", "газ"], ["a1", "a2", "a3", "a4"])
    assert chosen(*limits) == Filters(
        sources=("ТАСС",), articles=("a1", "a2", "a3", "a4"), tags=("нефть", "газ")
    )
    assert title(*limits) == f"{EVERYWHERE}: источник: ТАСС, темы: нефть, газ, статьи: a1, a2, a3 и ещё 1"


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("вчера", "", "Дата «вчера» непонятна"),
        ("", "30.02.2026", "Дата «30.02.2026» непонятна"),
        ("02.03.2026", "01.03.2026", "«Не раньше» позже, чем «не позже»"),
    ],
)
def test_what_is_wrong(since: str, until: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        chosen(since, until, [])
    assert title(since, until, []) == f"{EVERYWHERE}: {said}"

"""What is chosen in «Где искать», as filters and in words."""

from __future__ import annotations

from datetime import date

import pytest

from rag.errors import QuestionError
from rag.types import Filters
from rag.web.scope import EVERYWHERE, Limits, chips_html, chosen, described, limits_of, trouble, without


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
    assert chosen(*limits_of(found)) == found
    assert trouble(since, until, sources) == EVERYWHERE


def test_tags_and_articles() -> None:
    limits = ("", "", ["ТАСС"], ["нефть", "газ"], ["a1", "a2", "a3", "a4"])
    assert chosen(*limits) == Filters(
        sources=("ТАСС",), articles=("a1", "a2", "a3", "a4"), tags=("нефть", "газ")
    )
    assert described(chosen(*limits)) == "источник: ТАСС, метки: нефть, газ, статьи: a1, a2, a3 и ещё 1"
    assert limits_of(chosen(*limits)) == limits


LIMITS: Limits = ("01.03.2026", "02.03.2026", ["ТАСС", "РИА"], ["газ"], ["a1", "<b>"])


def test_what_is_chosen_stands_in_chips() -> None:
    html = str(chips_html({"a1": "Мост & вода"}, *LIMITS)).replace("\u00a0", " ")
    assert html.count("<li>") == 7
    for wording in ("с 1 марта 2026 г.", "по 2 марта 2026 г.", ">ТАСС<", "Мост &amp; вода", "&lt;b&gt;"):
        assert wording in html
    assert chips_html({}, "", "", [], [], []) == chips_html({}, "вчера", "", [], [], []) == ""


@pytest.mark.parametrize(
    ("kind", "value", "left"),
    [
        ("since", "", ("", "02.03.2026", ["ТАСС", "РИА"], ["газ"], ["a1", "<b>"])),
        ("until", "", ("01.03.2026", "", ["ТАСС", "РИА"], ["газ"], ["a1", "<b>"])),
        ("sources", "ТАСС", ("01.03.2026", "02.03.2026", ["РИА"], ["газ"], ["a1", "<b>"])),
        ("tags", "газ", ("01.03.2026", "02.03.2026", ["ТАСС", "РИА"], [], ["a1", "<b>"])),
        ("articles", "<b>", ("01.03.2026", "02.03.2026", ["ТАСС", "РИА"], ["газ"], ["a1"])),
        ("articles", "ТАСС", LIMITS),
        ("other", "", LIMITS),
    ],
)
def test_a_chip_is_removed(kind: str, value: str, left: Limits) -> None:
    assert without(LIMITS, kind, value) == left


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
    assert trouble(since, until, []) == f"{EVERYWHERE}: {said}"

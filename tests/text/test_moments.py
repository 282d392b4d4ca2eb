"""Times of a text, and which bear out which."""

from __future__ import annotations

from datetime import date

import pytest

from rag.text.moments import bears_out, moments


@pytest.mark.parametrize(
    ("text", "typed", "since"),
    [
        (
            "Это было двадцать первого января 2014 года.",
            "двадцать первого января 2014 года.",
            date(2014, 1, 21),
        ),
        ("Третьего мая 2014-го.", "третьего мая 2014-го", date(2014, 5, 3)),
        ("Открыли 15.01.2014 утром.", "15.01.2014", date(2014, 1, 15)),
    ],
)
def test_a_time_stands_where_it_stands(text: str, typed: str, since: date) -> None:
    (found,) = moments(text)
    assert (found.typed, found.since) == (typed, since)
    assert text[found.start : found.stop].lower() == typed


@pytest.mark.parametrize(
    ("claimed", "held", "expected"),
    [
        ("15 января 2014-го", "15.01.2014", True),
        ("в 2014 году", "15 января 2014 года", True),
        ("15 января 2014 года", "в 2014 году", False),
        ("15 января", "15 января 2014 года", True),
        ("16 января", "15 января 2014 года", False),
        ("с 5 по 13 июня 2014 года", "с 6 по 13 июня 2014 года", False),
        ("2001–2012 годы", "2001–2002 годы", False),
        # what lasted was so in between
        ("в 1968 году", "с 1961 по 1975 год", True),
        ("в 1979 году", "с 1961 по 1975 год", False),
        ("8 апреля 2021 года", "между 3 марта и 5 мая 2021 года", True),
        ("вчера", "вчера", True),
        ("вчера", "сегодня", False),
        ("29 февраля", "29 февраля 2024 года", True),
    ],
)
def test_which_time_bears_out_which(claimed: str, held: str, expected: bool) -> None:
    (first,), (second,) = moments(claimed), moments(held)
    assert bears_out(first, second) is expected


def test_a_missing_year_is_that_of_the_publication_or_one_the_source_names() -> None:
    (claimed,), (held,) = moments("5 мая 2024 года"), moments("5 мая")
    assert not bears_out(claimed, held)
    assert bears_out(claimed, held, [2024])
    (dated,) = moments("5 мая", date(2024, 6, 1))
    assert bears_out(claimed, dated)
    (ahead,) = moments("5 мая", date(2023, 12, 1))  # «выставка пройдёт 5 мая»
    assert bears_out(claimed, ahead)

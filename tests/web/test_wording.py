"""Small Russian phrases."""

from __future__ import annotations

import pytest

from rag.types import Slot
from rag.web.wording import byline, clip, count, russian_date, slot_told


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("2026-02-23", "23 февраля 2026 г."),
        ("2025-05-01", "1 мая 2025 г."),
        ("2026-02", "2026-02"),
        ("вчера", "вчера"),
    ],
)
def test_dates(iso: str, expected: str) -> None:
    assert russian_date(iso).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0 статей"), (1, "1 статья"), (2, "2 статьи"), (5, "5 статей"),
        (11, "11 статей"), (12, "12 статей"), (21, "21 статья"),
        (104, "104 статьи"), (111, "111 статей"), (1250, "1 250 статей"),
    ],
)  # fmt: skip
def test_counts(number: int, expected: str) -> None:
    assert count(number, "статья", "статьи", "статей").replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("source", "published", "expected"),
    [
        ("Вестник", "2026-02-23", "Вестник, 23 февраля 2026 г."),
        ("Вестник", None, "Вестник"),
        (None, "2026-02-23", "23 февраля 2026 г."),
        (None, None, ""),
    ],
)
def test_bylines(source: str | None, published: str | None, expected: str) -> None:
    assert byline(source, published).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("коротко", 10, "коротко"),
        ("первое второе третье", 16, "первое второе…"),
        ("первое, второе", 9, "первое…"),
        ("а" * 30, 10, "а" * 9 + "…"),
        ("две\n\nстроки", 20, "две строки"),
    ],
)
def test_clipping(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit) == expected


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (Slot("number", "same", "7", "7"), "«7» — так и в источнике"),
        (Slot("thing", "same", "моста", "мост"), "«моста» — в источнике «мост»"),
        (Slot("date", "other", "мая", "июня"), "в вопросе «мая», в источнике «июня»"),
        (Slot("action", "denied", "купил", "не купил"), "«купил»: в источнике это отрицается («не купил»)"),
        (
            Slot("action", "unreal", "открыли", "открыть"),
            "«открыли»: в источнике не сказано, что это было («открыть»)",
        ),
        (Slot("name", "absent", "Орск", None), "«Орск»: в источнике об этом не сказано"),
    ],
)
def test_whatever_was_compared_is_told(slot: Slot, expected: str) -> None:
    assert slot_told(slot) == expected

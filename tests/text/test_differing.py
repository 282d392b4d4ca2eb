"""Two texts compared: what is left of both is both of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import differing
from rag.text.differing import compared

TEXTS = st.lists(
    st.sampled_from(["мост", "длиной", "640", " ", "\n", ".", "м", "ё", "🌉", "\u0301"]), max_size=40
)


def shown(old: str, new: str) -> str:
    """«Длина [-640-]{+642+} метра»."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marks[each.kind].format(each.text) for each in compared(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Длина 640 м.", "Длина 642 м.", "Длина [-640-]{+642+} м."),
        ("Мост открыли.", "Мост открыли.", "Мост открыли."),
        ("", "Мост", "{+Мост+}"),
        ("Мост", "", "[-Мост-]"),
        ("", "", ""),
        ("Один.\nДва.", "Один.\nТри.\nДва.", "Один.\n{+Три.\n+}Два."),
    ],
)
def test_words_are_compared_as_wholes(old: str, new: str, expected: str) -> None:
    assert shown(old, new) == expected


@given(TEXTS, TEXTS)
def test_both_texts_can_be_put_together_again(old: list[str], new: list[str]) -> None:
    before, after = "".join(old), "".join(new)
    found = compared(before, after)
    assert "".join(each.text for each in found if each.kind != "new") == before
    assert "".join(each.text for each in found if each.kind != "gone") == after


def test_more_different_words_than_two_bytes_can_count() -> None:
    old = " ".join(f"слово{number}" for number in range(70_000))
    new = old.replace("слово69000 ", "другое ")
    assert [each.text for each in compared(old, new) if each.kind != "same"] == ["слово69000", "другое"]


def test_long_and_quite_different_texts_take_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differing, "_SECONDS", 0.2)
    old = " ".join(f"а{number * 7 % 5003}" for number in range(60_000))
    new = " ".join(f"а{number * 11 % 4999}" for number in range(60_000))
    started = time.monotonic()
    found = compared(old, new)
    assert time.monotonic() - started < 30
    assert "".join(each.text for each in found if each.kind != "new") == old

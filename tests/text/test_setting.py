"""Where a footnote mark stands, and the line that tells one source's version."""

import pytest

from rag.text.setting import mark_goes_before_stop, version_line
from rag.types import Version


def test_the_mark_goes_before_a_full_stop_alone() -> None:
    assert mark_goes_before_stop("Мост открыли.")
    others = ("Это было в 2025 г.", "Участок в 127 кв.", "Что дальше?", "И так далее…", "Вольфрам;")
    assert not any(map(mark_goes_before_stop, others))


@pytest.mark.parametrize(
    ("version", "line"),
    [
        (Version("43 км", 1, "Trend", "2026-03-02"), "43 км — Trend, 2 марта 2026 г."),
        (Version("43 км", 1, None, None), "43 км"),
        (Version("12", 1, None, None, "2026-05-05"), "12 — на 5 мая 2026 г."),
        (
            Version("12\nчеловек", 1, "ТАСС", "2026-05-06", "2026-05-05"),
            "12 человек — на 5 мая 2026 г. (ТАСС, 6 мая 2026 г.)",
        ),
    ],
)
def test_a_version(version: Version, line: str) -> None:
    assert version_line(version).replace("\u00a0", " ") == line

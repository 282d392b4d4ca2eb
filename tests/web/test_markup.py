"""Markdown signs: left out where a text is read, hidden where its characters are counted."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from rag.chats.export import reference
from rag.text.example_questions import further_questions
from rag.text.structure import unmarked
from rag.types import Citation
from rag.web.addresses import is_page, way_up
from rag.web.render_article import marked_up


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("**Важно:** канал", "Важно: канал"),
        ("## Раздел", "Раздел"),
        ("слово *курсивом* и `код`", "слово курсивом и код"),
        ("см. [отчёт](https://example.org/a)", "см. отчёт"),
        ("2 * 3 * 4 и a_b_c", "2 * 3 * 4 и a_b_c"),
        ("[1] и [x](javascript:alert)", "[1] и [x](javascript:alert)"),
        ("- первое", "- первое"),
        ("> Мы строим", "Мы строим"),
        ("```python\nкод\n```", "\nкод\n"),
        ("Было\n\n---\n\nСтало", "Было\n\n\n\nСтало"),
        ("10 > 5, a --- b", "10 > 5, a --- b"),
    ],
)
def test_signs_are_left_out(text: str, read: str) -> None:
    assert unmarked(text) == read


@given(st.text(st.sampled_from("аб *_`#-[]()<&>\n"), max_size=40))
def test_every_character_stays(text: str) -> None:
    shown = Markup(re.sub(r"<[^>]*>", "", str(marked_up(text)))).unescape()
    assert shown == text


def test_a_reference_names_what_is_known() -> None:
    known = Citation(
        1, "a", "Канал", "Вестник", "https://example.org", "2026-02-23", "Вода пришла.", 0, 12, "p", page=4
    )
    assert reference(known, date(2026, 3, 1)) == (
        "«Вода пришла.» (Канал // Вестник. 23.02.2026. С. 4. URL: https://example.org "
        "(дата обращения: 01.03.2026))."
    )
    bare = Citation(1, "a", "Канал", None, "javascript:x", None, "Вода", 0, 4, "p")
    assert reference(bare) == "«Вода» (Канал)."


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("31 июля 2025 года банк одобрил кредит на рудник.", ["Когда банк одобрил кредит на рудник?"]),
        ("Завод выпускает 450 тысяч тонн стали.", ["Сколько тонн стали завод выпускает?"]),
        ("Компания вложила 1,1 млрд долларов.", ["Сколько долларов компания вложила?"]),
        ("Он построил 5 мостов.", []),
        ("В 2025 году это было важно.", []),
        ("5 мая 2025 года газета района писала: мост закроют.", []),
        ("5 мая 2025 года газета района писала, что мост закроют.", []),
        ("5 мая 2025 года завод начал плавку, чего все ждали.", ["Когда завод начал плавку?"]),
    ],
)
def test_plain_sentences_are_asked_about(sentence: str, asked: list[str]) -> None:
    assert list(further_questions(sentence)) == asked


@pytest.mark.parametrize(
    ("path", "is_one", "up"),
    [("/", True, "./"), ("/chat/x", True, "../"), ("/library", True, "./"), ("/article/a/b", True, "../../"),
     ("/chats/x/export.md", False, "../../"), ("/chat/", False, "../"), ("/libraryx", False, "./")],
)  # fmt: skip
def test_addresses_of_the_page(path: str, is_one: bool, up: str) -> None:
    assert (is_page(path), way_up(path)) == (is_one, up)

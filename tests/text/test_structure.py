"""What governs a sentence: headings, heads of tables, what announces a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.structure import Structure, last_row, row_told

PRICES = "| Лодка | Час | День |\n|---|---|---|\n| Каяк | 300 | 900 |\n| Плот | 500 | |"


ROWS = {
    "ruled": (PRICES, ["Лодка; Час; День", "Лодка: Каяк; Час: 300; День: 900", "Лодка: Плот; Час: 500"]),
    "words above figures": ("Лодка | Час\nКаяк | 300", ["Лодка; Час", "Лодка: Каяк; Час: 300"]),
    "years": ("Итог | 2024 | 2025\nСбор | 4 | 7", ["Итог; 2024; 2025", "Итог: Сбор; 2024: 4; 2025: 7"]),
    "empty corner": (" | Юг | Север\nЗима | да | нет", ["Юг; Север", "Зима; Юг: да; Север: нет"]),
    "names and values": ("Телефон | 22-15\nФакс | 22-16", ["Телефон; 22-15", "Факс; 22-16"]),
    "no heads": ("Каяк | синий\nПлот | белый", ["Каяк; синий", "Плот; белый"]),
    "a line": ("Ночь | День | 5", []),
    "none": ("Текст без таблицы.", []),
}
# A text | a word | the headings above it
HEADINGS = {
    "two levels": ("# Порт\n\n## Касса\n\nОткрыта.\n\n## Пристань\n\nЗакрыта.", "Закрыта", "Порт; Пристань"),
    "nested": ("## Касса\n\n### Часы\n\nДо шести.", "До", "Касса; Часы"),
    "closed": ("## Касса ##\nДо шести.", "До", "Касса"),
    "plain lines": ("Причал № 3\nСторож: Ильин\n\nПричал № 5\nСторож: Рогов", "Рогов", "Причал № 5"),
    "a sentence": ("Порт открыли весной\nСторож: Ильин", "Ильин", ""),
    "first of its list": ("## Причал № 3\n\nСторож: Ильин\nТелефон: 22-15", "22-15", "Причал № 3"),
    "full stop": ("Порт.\nСторож: Ильин", "Ильин", ""),
    "none": ("Касса закрыта.", "Касса", ""),
}


@pytest.mark.parametrize(("text", "told"), ROWS.values(), ids=ROWS)
def test_rows_are_told_with_their_heads(text: str, told: list[str]) -> None:
    assert [row.told for row in Structure(text).rows] == told


@pytest.mark.parametrize(("text", "word", "path"), HEADINGS.values(), ids=HEADINGS)
def test_headings_govern_what_stands_below(text: str, word: str, path: str) -> None:
    assert "; ".join(Structure(text).path(text.index(word))) == path


def test_an_item_has_what_announces_its_list() -> None:
    text = "Возьмите с собой:\n\n- весло;\n- жилет.\n\nПотом плывите.\n- Куда?"
    structure = Structure(text)
    assert structure.lead(text.index("весло")) == structure.lead(text.index("жилет")) == "Возьмите с собой:"
    assert not structure.lead(text.index("Куда"))
    assert not structure.lead(text.index("Потом"))


ROW = st.lists(st.text("абв 17|\t", max_size=6), min_size=1, max_size=4).map("|".join)


@given(st.lists(ROW, min_size=1, max_size=6).map("\n".join))
def test_offsets_are_those_of_the_text(text: str) -> None:
    for row in Structure(text).rows:
        assert all(text[cell.start : cell.stop] == cell.text for cell in row.cells)
        assert all(row.start <= cell.start <= cell.stop <= row.stop for cell in row.cells)


@pytest.mark.parametrize(
    "quotes",
    [[PRICES.rpartition("\n")[0]], ["| Каяк | 300 | 900 |", "| Лодка | Час | День |"]],
    ids=["one quote", "heads apart"],
)
def test_a_told_row_is_found_in_its_quotes(quotes: list[str]) -> None:
    row = row_told("Лодка: Каяк; Час: 300; День: 900", quotes)
    assert row is not None
    assert [cell.head for cell in row.cells] == ["Лодка", "Час", "День"]
    for false in ("Лодка: Каяк; Час: 900; День: 300", "Лодка: Плот; Час: 300; День: 900"):
        assert row_told(false, quotes) is None


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        (PRICES.rpartition("\n")[0], "Лодка: Каяк; Час: 300; День: 900"),
        ("| Лодка | Час |", "Лодка; Час"),
        ("Каяк | 300", "Каяк; 300"),
        ("Каяк стоит 300 рублей.", ""),
        ("Цены:\n\nКаяк | 300", ""),
    ],
    ids=["heads and row", "heads", "row", "no table", "a table with text"],
)
def test_a_quoted_table_is_told_by_its_last_row(quote: str, told: str) -> None:
    assert last_row(quote) == told

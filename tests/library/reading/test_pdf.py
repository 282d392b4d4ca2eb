"""PDF and pictures: columns, tables, headings and footnotes as a reader sees them; the page of every word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.errors import ArticleError
from rag.library.reading import scans
from rag.text.structure import Structure
from rag.types import Article, page_at

from .making import only
from .printing import Printed, photographed, saved, without_letters

LEFT = ["Новая мельница в Заречье", "заработала в мае. За сутки", "она мелет 120 тонн ржи.", "Мельник рядом."]
RIGHT = ["Старую мельницу закрыли", "из-за ветхой плотины. На", "ремонт просят 14 млн", "рублей, их ищут."]

needs_tesseract = pytest.mark.skipif(
    not scans.can_recognize(), reason="tesseract with Russian isn't installed"
)


def read(made: Printed) -> Article:
    return only(made.bytes(), "a.pdf")


def test_columns_are_read_one_after_the_other_below_a_heading_over_both() -> None:
    made = Printed()
    made.add_page()
    made.said(60, 80, "Две мельницы одного села", size=20)
    made.said(60, 120, LEFT)
    made.said(320, 127, RIGHT)  # not on the lines of the other column
    assert read(made).text == (
        "# Две мельницы одного села\n\n"
        "Новая мельница в Заречье заработала в мае. За сутки она мелет 120 тонн ржи. Мельник рядом.\n\n"
        "Старую мельницу закрыли из-за ветхой плотины. На ремонт просят 14 млн рублей, их ищут."
    )


HARVEST = (("Культура", "2023", "2024"), ("Рожь", "310", "355"), ("Овёс", "140", "120"))
TOLD = [
    "Культура: Рожь; 2023: 310; 2024: 355",
    "Культура: Овёс; 2023: 140; 2024: 120",
    "Культура: Яровая пшеница; 2023: 88; 2024: 91",
]


def _aligned(made: Printed) -> None:
    broken = (("Яровая", "", ""), ("пшеница", "88", "91"))
    for row, top in zip((*HARVEST, *broken), (140, 164, 188, 212, 226), strict=True):
        for left, said in zip((60, 250, 350), row, strict=True):
            made.said(left, top, said)


def _framed(made: Printed) -> None:
    made.set_font("Roboto", size=11)
    made.set_y(130)
    with made.table(col_widths=(50, 50, 50), width=260, align="LEFT") as table:
        for row in (*HARVEST, ("Яровая пшеница", "88", "91")):
            table.row(row)


@pytest.mark.parametrize("table", [_aligned, _framed])
def test_a_table_is_a_table_with_heads_be_it_in_a_frame_or_not(table: Callable[[Printed], None]) -> None:
    made = Printed()
    made.add_page()
    made.said(60, 80, ["Урожай двух лет считали вместе с соседями, и вот", "что вышло на весах."])
    table(made)
    made.said(60, 300, ["Ниже таблицы стоит абзац, который к ней не относится и длиннее её."])
    text = read(made).text
    assert [row.told for row in Structure(text).rows if not row.is_head] == TOLD
    first, *_, last = text.split("\n\n")
    assert first.endswith("и вот что вышло на весах.")
    assert last.startswith("Ниже таблицы")


def test_a_head_over_several_columns_belongs_to_each_of_them() -> None:
    made = Printed()
    made.add_page()
    made.set_font("Roboto", size=11)
    with made.table(col_widths=(60, 50, 50, 50), width=320, align="LEFT", num_heading_rows=2) as table:
        head = table.row()
        head.cell("Цех", rowspan=2)
        head.cell("План", colspan=2)
        head.cell("Итог", rowspan=2)
        table.row(("май", "июнь"))
        table.row(("Литейный", "7", "8", "15"))
        table.row(("Сборочный", "4", "6", "10"))
    told = [row.told for row in Structure(read(made).text).rows if not row.is_head]
    assert told == [
        "Цех: Литейный; План май: 7; План июнь: 8; Итог: 15",
        "Цех: Сборочный; План май: 4; План июнь: 6; Итог: 10",
    ]


def test_a_table_goes_on_over_the_page_under_its_heads() -> None:
    made = Printed()
    for rows in (
        (("Посёлок", "Жителей"), ("Сосновка", "412"), ("Берёзовка", "288")),
        (("Посёлок", "Жителей"), ("Ольховка", "95"), ("Кедровка", "77")),
    ):
        made.add_page()
        for number, row in enumerate(rows):
            made.said(60, 300 + 24 * number + 5 * made.page, row[0])
            made.said(260, 300 + 24 * number + 5 * made.page, row[1])
    told = Structure(read(made).text).rows
    assert [row.told for row in told if not row.is_head] == [
        "Посёлок: Сосновка; Жителей: 412",
        "Посёлок: Берёзовка; Жителей: 288",
        "Посёлок: Ольховка; Жителей: 95",
        "Посёлок: Кедровка; Жителей: 77",
    ]
    assert sum(row.is_head for row in told) == 1


def test_footnotes_stand_behind_the_sentence_that_goes_over_the_page() -> None:
    made = Printed()
    body = [
        "В музее соли открыли зал, где показывают кристаллы из шахты,",
        "и билет в него, пишет газета, стоит",
    ]
    made.add_page()
    made.said(60, 100, body)
    made.said(60 + made.get_string_width(body[1]), 111, "1", size=6)
    made.said(60, 760, "1", size=5)
    made.said(64, 763, "Хранитель зала — Вера Лосева.", size=8)
    made.add_page()
    made.said(60, 100, "двести рублей для взрослых. Школьников пускают даром.")
    for page in (1, 2):
        made.page = page
        made.said(60, 40, "Летопись соли", size=9)
        made.said(300, 810, str(page + 13), size=9)
    article = read(made)
    assert article.text == (
        "В музее соли открыли зал, где показывают кристаллы из шахты, и билет в него, пишет газета, стоит¹ "
        "двести рублей для взрослых. Школьников пускают даром.\n\n"
        "¹ Хранитель зала — Вера Лосева.\n\nЛетопись соли"
    )
    pages = {"музее": 1, "двести": 2, "Хранитель": 1}
    assert {word: page_at(article.pages, article.text.index(word)) for word in pages} == pages


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("page", [0, 90, 180, 270])
def test_turned_text_on_turned_pages_is_read_from_its_top(turn: int, page: int) -> None:
    made = Printed()
    made.add_page()
    with made.rotation(turn, 300, 420):
        made.said(150, 400, ["Выше всего стоит маяк на скале над бухтой,", "под ним причал, ниже лодки."])
    data = made.bytes().replace(b"/Type /Page\n", f"/Type /Page /Rotate {page}\n".encode())
    assert f"/Rotate {page}".encode() in data
    text = only(data, "a.pdf").text
    assert text == "Выше всего стоит маяк на скале над бухтой, под ним причал, ниже лодки."


def test_headings_are_headings_by_their_size_and_by_bold_letters() -> None:
    made = Printed()
    made.add_page()
    top = made.said(60, 80, "Отчёт об улье", size=22)
    top = made.said(60, top + 10, "Мёд", size=15)
    top = made.said(60, top + 6, ["За лето улей дал сорок килограммов мёда, из них", "половину съели дети."])
    top = made.said(60, top + 6, "Воск", style="B")
    made.said(60, top + 2, ["Воска набралось три килограмма, весь отдали свечнику."])
    article = read(made)
    found = [(heading.level, heading.text) for heading in Structure(article.text).headings]
    assert found == [(1, "Отчёт об улье"), (2, "Мёд"), (3, "Воск")]
    assert article.info.title == "Отчёт об улье"


def letter(kind: str) -> bytes:
    """A page whose fonts don't tell their letters, or one that is a picture."""
    made = Printed()
    made.add_page()
    dam = "Плотина на реке Тихой держит озеро глубиной восемь метров."
    made.said(60, 80, [dam, "Её сторож живёт в красном доме."], size=14)
    return without_letters(made.bytes()) if kind == "fonts" else saved([photographed(made.bytes())], "PDF")


@pytest.mark.parametrize(("kind", "reason"), [("fonts", "нет ToUnicode"), ("scan", "нет текстового слоя")])
def test_without_tesseract_it_is_told_why_nothing_is_read_and_what_to_install(
    kind: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ArticleError, match=rf"{reason}.*apt-get install tesseract-ocr tesseract-ocr-rus"):
        only(letter(kind), "a.pdf")


@needs_tesseract
@pytest.mark.parametrize("kind", ["fonts", "scan"])
def test_with_tesseract_it_is_read_by_its_looks_and_says_so(kind: str) -> None:
    article = only(letter(kind), "a.pdf")
    assert "Плотина на реке Тихой держит озеро глубиной восемь метров." in article.text
    assert article.remark.startswith("Распознано с изображения, уверенность 9")


# Pictures

LINES = ["Колокол отлили в 1884 году.", "Его вес — 312 пудов."]


def _pages(*lines: str) -> list:  # type: ignore[type-arg]
    made = Printed()
    for line in lines:
        made.add_page()
        made.said(60, 100, line, size=16)
    return [photographed(made.bytes(), number) for number in range(len(lines))]


@needs_tesseract
@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("TIFF", "tiff")])
def test_a_picture_is_read_and_says_how_sure_it_is(kind: str, suffix: str) -> None:
    article = only(saved(_pages(LINES[0]), kind), f"a.{suffix}")
    assert article.text == LINES[0]
    assert article.remark.startswith("Распознано с изображения, уверенность ")


@needs_tesseract
def test_a_file_of_several_pictures_has_pages() -> None:
    article = only(saved(_pages(*LINES), "TIFF"), "a.tif")
    assert page_at(article.pages, article.text.index("Колокол")) == 1
    assert page_at(article.pages, article.text.index("пудов")) == 2


@needs_tesseract
def test_a_picture_without_text_says_so() -> None:
    with pytest.raises(ArticleError, match="на картинке не нашлось текста"):
        only(saved(_pages(""), "PNG"), "a.png")


def test_without_tesseract_a_picture_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ArticleError, match="tesseract с русским языком: sudo apt-get install tesseract-ocr"):
        only(saved(_pages(LINES[0]), "PNG"), "a.png")


def test_what_is_no_picture_says_so() -> None:
    with pytest.raises(ArticleError, match="это не картинка"):
        list(scans.images(b"no picture at all"))


@pytest.mark.parametrize(("pages", "told"), [((3,), "3"), ((1, 2, 3), "1–3"), ((2, 4, 5, 9), "2, 4–5, 9")])
def test_pages_are_named_in_runs(pages: tuple[int, ...], told: str) -> None:
    assert scans.numbers(pages) == told

"""Pictures of text: read by tesseract where it is installed, else a message says what to install."""

from __future__ import annotations

import pytest

from rag.errors import ArticleError
from rag.library.reading import scans
from rag.types import page_at

from .making import only
from .printing import Printed, photographed, saved
from .test_pdf import needs_tesseract

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

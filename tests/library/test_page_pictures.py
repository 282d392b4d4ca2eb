"""Pages of PDFs and scans as pictures: what of a quote stands on them is marked, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from rag.errors import NotFoundError
from rag.library.library import Library
from rag.library.run import Watch
from tests.library.articles import sent, write
from tests.library.reading.making import zip_of
from tests.library.reading.printing import Printed, photographed, saved
from tests.library.reading.test_pdf import needs_tesseract

FIRST = "Старая баржа стоит у причала с весны."
SECOND = "Хозяин баржи обещает вернуться к осени и покрасить её."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Printed()
    made.add_page()
    made.said(60, 100, ["О реке писали мало.", FIRST, "Хозяин баржи обещает вернуться"], size=14)
    made.add_page()
    made.said(60, 700, "к осени и покрасить её.", size=14)
    (tmp_path / "баржа.pdf").write_bytes(made.bytes())
    with Library(tmp_path / "data", []) as library:
        library.index([tmp_path / "баржа.pdf"])
        yield library


def marked(picture: bytes) -> tuple[int, int, int, int] | None:
    """The box of what is marked, in pixels; None where nothing is."""
    red, _, blue = Image.open(BytesIO(picture)).convert("RGB").split()
    yellow = Image.eval(blue, lambda value: 255 if 100 < value < 160 else 0)
    bright = Image.eval(red, lambda value: 255 if value > 240 else 0)
    box: tuple[int, int, int, int] | None
    box = Image.composite(yellow, Image.new("L", red.size), bright).getbbox()
    return box


def place(library: Library, quote: str, name: str = "баржа") -> tuple[int, int]:
    start = library.article(name).text.index(quote)
    return start, start + len(quote)


def test_a_quote_is_marked_where_it_is_printed(library: Library) -> None:
    box = marked(library.page_picture("баржа", 1, *place(library, FIRST)))
    assert box and 180 < box[1] < 230 and box[3] < 250  # the second line at 118 points, two pixels each
    assert marked(library.page_picture("баржа", 1)) is None
    # A quote over two pages, on each with its part.
    first, second = (marked(library.page_picture("баржа", page, *place(library, SECOND))) for page in (1, 2))
    assert first and 220 < first[1] < first[3] < 300
    assert second and second[1] > 1350
    near = library.page_picture("баржа", 2, *place(library, SECOND), near=True)
    size = Image.open(BytesIO(near)).size
    assert 500 < size[0] < 700 and size[1] < 500 and marked(near)  # of 1191 by 1684


def test_what_is_not_there_is_told(library: Library, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="нет страницы 3"):
        library.page_picture("баржа", 3)
    (tmp_path / "баржа.pdf").write_bytes(b"%PDF-1.7 something else")
    with pytest.raises(NotFoundError, match="больше нет на месте, или он изменился"):
        library.page_picture("баржа", 1)
    (tmp_path / "баржа.pdf").unlink()
    assert not library.is_pictured("баржа")


def barge() -> bytes:
    made = Printed()
    made.add_page()
    made.said(60, 100, ["О реке писали мало.", FIRST], size=14)
    return made.bytes()


def test_a_page_of_a_file_in_an_archive_is_shown(tmp_path: Path) -> None:
    packed = zip_of({"река/баржа.pdf": barge(), "баржа.pdf": b"%PDF-1.7 another", "о.txt": "О реке."})
    write(tmp_path / "corpus/порт.zip", packed)
    write(tmp_path / "corpus/два.zip", zip_of({"суда.zip": packed}))
    with Library(tmp_path / "data", []) as library:
        for archive, name in (("порт.zip", "порт/река/баржа"), ("два.zip", "два/суда/река/баржа")):
            library.index([tmp_path / "corpus" / archive])
            assert library.is_pictured(name)
            assert marked(library.page_picture(name, 1, *place(library, FIRST, name)))
            write(tmp_path / "corpus" / archive, zip_of({"река/баржа.pdf": b"%PDF-1.7 something else"}))
            with pytest.raises(NotFoundError, match="больше нет на месте, или он изменился"):
                library.page_picture(name, 1)
            library.remove(library.store.ids())


def test_a_page_of_a_kept_file_is_shown(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "баржа.pdf").write_bytes(barge())
    with Library(tmp_path / "data", [], keep_originals=True) as library:
        library.index([tmp_path / "баржа.pdf"])
        (tmp_path / "баржа.pdf").unlink()
        library.upload([sent("с реки.pdf", barge() + b"\n")], Watch())
        for name in ("баржа", "с реки"):
            assert library.is_pictured(name)
            assert marked(library.page_picture(name, 1, *place(library, FIRST, name)))


@needs_tesseract
def test_a_quote_is_marked_on_a_scan_too(tmp_path: Path) -> None:
    made = Printed()
    made.add_page()
    made.said(60, 100, FIRST, size=16)
    (tmp_path / "скан.png").write_bytes(saved([photographed(made.bytes())], "PNG"))
    with Library(tmp_path / "data", []) as library:
        library.index([tmp_path / "скан.png"])
        assert library.article("скан").remark.startswith("Распознано")
        assert marked(library.page_picture("скан", 1, 0, len(FIRST)))

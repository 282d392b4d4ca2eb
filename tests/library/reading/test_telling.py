"""Readers say how far they are in one big file."""

from __future__ import annotations

from io import BytesIO

import pptx
import pytest
from PIL import Image

from rag.library.readers import pieces
from rag.library.reading import scans
from rag.library.reading.pieces import source_of
from rag.library.reading.telling import listening

from . import printing, written
from .making import epub_of, zip_of


def slides() -> bytes:
    show = pptx.Presentation()
    for text in ("Уголь пошёл.", "Зерно ждёт."):
        show.slides.add_slide(show.slide_layouts[1]).placeholders[1].text = text
    return written.saved(show.save)


ITEM = "<item><title>Склад</title><description>Склад открыт.</description></item>"
FILES = {
    "a.xlsx": written.xlsx(),
    "a.pptx": slides(),
    "a.mbox": written.mbox(),
    "a.rss": f"<rss version='2.0'><channel><title>а</title>{ITEM * 2}</channel></rss>".encode(),
    "a.json": b'[{"title": "a", "text": "one"}, {"title": "b", "text": "two"}]',
    "a.jsonl": written.JSONL.encode() * 400,
    "a.csv": ("текст\n" + "Склад открыт зимой.\n" * 1000).encode(),
    "a.epub": epub_of({"a.xhtml": written.HTML, "b.xhtml": written.HTML}),
    "a.zip": zip_of({"a.txt": "Склад открыт.", "b.txt": "Порт закрыт."}),
}


@pytest.mark.parametrize("name", FILES)
def test_the_share_that_is_read_grows(name: str) -> None:
    heard: list[float] = []
    with listening(lambda done, total: heard.append(done / total)):
        for piece in pieces(source_of(FILES[name], name, "a")):
            piece.article()
    assert len(heard) > 1 and heard == sorted(heard)
    assert heard[0] < heard[-1] <= 1


def test_the_pages_of_a_scan_are_counted() -> None:
    heard: list[tuple[int, int]] = []
    data = printing.saved([Image.new("RGB", (20, 20))] * 3, "TIFF")
    assert Image.open(BytesIO(data)).size == (20, 20)
    with listening(lambda done, total: heard.append((done, total))):
        list(scans.images(data))
    assert heard == [(0, 3), (1, 3), (2, 3)]

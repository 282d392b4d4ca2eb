"""PDFs and pictures as programs make them, with a font that has Russian letters (fpdf2, Roboto)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import font_roboto
import pypdfium2
from fpdf import FPDF
from PIL import Image

_FONTS = Path(font_roboto.__file__).parent / "files"


class Printed(FPDF):
    """A PDF with Roboto in it, in points from the upper left corner."""

    def __init__(self) -> None:
        super().__init__(unit="pt", format="A4")
        self.set_auto_page_break(False)
        self.add_font("Roboto", fname=_FONTS / "Roboto-Regular.ttf")
        self.add_font("Roboto", style="B", fname=_FONTS / "Roboto-Bold.ttf")
        self.set_compression(False)

    def said(
        self, left: float, top: float, lines: str | Sequence[str], size: float = 11, style: str = ""
    ) -> float:
        """Lines under each other; where the next one would stand."""
        self.set_font("Roboto", style=style, size=size)
        for line in [lines] if isinstance(lines, str) else lines:
            self.text(left, top, line)
            top += 1.3 * size
        return top

    def bytes(self) -> bytes:
        return bytes(self.output())


def without_letters(data: bytes) -> bytes:
    """A PDF whose fonts don't tell which letters they have."""
    return re.sub(rb"/ToUnicode \d+ 0 R", lambda match: b" " * len(match[0]), data)


def photographed(data: bytes, number: int = 0) -> Image.Image:
    """A page of a PDF as a picture."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[number].render(scale=3).to_pil().convert("RGB")
    finally:
        document.close()


def saved(pictures: Sequence[Image.Image], kind: str) -> bytes:
    """Pictures as one file: «PNG», «JPEG», «TIFF», or a scan as «PDF»."""
    file = BytesIO()
    more = {"save_all": True, "append_images": pictures[1:]} if len(pictures) > 1 else {}
    pictures[0].save(file, kind, **more)
    return file.getvalue()

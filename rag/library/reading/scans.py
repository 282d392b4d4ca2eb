"""Pictures of text: scans and photographs, read by tesseract where it is installed."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from statistics import median
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.page_layout import read_layout
from rag.library.reading.page_text import text_of
from rag.library.reading.pdfium import Box, Word
from rag.library.reading.pieces import Source
from rag.library.reading.telling import counting
from rag.types import Article, ArticleInfo

INSTALL = "sudo apt-get install tesseract-ocr tesseract-ocr-rus"
_WANTED = ("rus", "kaz", "eng")  # what is read, as far as it is installed; Russian has to be
_PATIENCE = 120.0  # seconds for a page
_SHARP = 1500  # pixels: a picture less wide is enlarged, for letters to be high enough
_MOST_PIXELS = 60_000_000
_MOST_PAGES = 500
_SURE = 30  # per cent: what is less sure is a speck


@dataclass(frozen=True, slots=True)
class Recognized:
    """The words of a picture in its pixels, and how sure of them tesseract is, in per cent."""

    words: tuple[Word, ...]
    sure: float


def can_recognize() -> bool:
    """Whether tesseract is there and knows Russian."""
    return "rus" in _languages(shutil.which("tesseract"))


def missing(what: str) -> ArticleError:
    """What to do to have `what` (Russian, accusative) read."""
    return ArticleError(f"чтобы прочитать {what}, нужна программа tesseract с русским языком: {INSTALL}")


@lru_cache(maxsize=4)
def _languages(program: str | None) -> frozenset[str]:
    if not program:
        return frozenset()
    told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    return frozenset(told.stdout.split())


def recognized(image: Any) -> Recognized:
    """The words of a Pillow image. Raises ArticleError without tesseract, when it fails or takes too long."""
    if not can_recognize():
        raise missing("текст с картинки")
    program = str(shutil.which("tesseract"))
    languages = "+".join(each for each in _WANTED if each in _languages(program))
    scale = max(1.0, min(4.0, _SHARP / image.width))
    if scale > 1:
        image = image.resize((round(image.width * scale), round(image.height * scale)))
    file = BytesIO()
    image.convert("L").save(file, "PNG")
    command = [program, "stdin", "stdout", "-l", languages, "--psm", "3", "tsv"]
    try:
        done = subprocess.run(
            command,
            input=file.getvalue(),
            capture_output=True,
            timeout=_PATIENCE,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise ArticleError(
            f"страница распознавалась дольше {_PATIENCE:.0f} с; сохраните её с меньшим числом точек"
        ) from None
    except (OSError, subprocess.CalledProcessError) as error:
        raise ArticleError(f"программа tesseract не справилась; проверьте её: {INSTALL}") from error
    return _words(done.stdout.decode(errors="replace"), scale)


def _words(told: str, scale: float) -> Recognized:
    """What tesseract tells as a table: a row a word, with its place and how sure it is."""
    found: list[tuple[str, float, list[float]]] = []
    for row in csv.DictReader(told.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text, sure = normal(row["text"] or "").strip(), float(row["conf"])
        if text and sure >= _SURE:
            place = [float(row[name]) / scale for name in ("left", "top", "width", "height")]
            found.append((text, sure, place))
    size = median([height for *_, (_, _, _, height) in found] or [1.0])
    words = tuple(_word(text, place, size) for text, _, place in found)
    letters = sum(len(text) for text, *_ in found)
    return Recognized(words, sum(len(text) * sure for text, sure, _ in found) / (letters or 1))


def _word(text: str, place: Sequence[float], size: float) -> Word:
    """A word in pixels; `box` too, with y downwards."""
    left, top, wide, high = place
    box: Box = (left, top, left + wide, top + high)
    return Word(text, left, top, left + wide, top + high, size, box)


def remark_of(sure: Sequence[float], pages: Sequence[int] = ()) -> str:
    """«Распознано с изображения, уверенность 93 %», for `pages` if not for all of it."""
    share = round(sum(sure) / len(sure))
    if not pages:
        return f"Распознано с изображения, уверенность {share} %"
    named = "страница" if len(pages) == 1 else "страницы"
    return f"Распознано с изображения: {named} {numbers(pages)}, уверенность {share} %"


def numbers(pages: Sequence[int]) -> str:
    """«2–4, 7» for 2, 3, 4 and 7."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def picture(source: Source) -> Article:
    """The article in a picture. Raises ArticleError, where there is no tesseract too."""
    if not can_recognize():
        raise missing("текст с картинки")
    pages = [recognized(image) for image in images(source.read())]
    if not any(page.words for page in pages):
        raise ArticleError("на картинке не нашлось текста")
    numbered = [(number, read_layout(page.words)) for number, page in enumerate(pages, 1)]
    text, places = text_of(numbered)
    article = completed(text, ArticleInfo(source.id, "", url=source.known.url))
    return Article(article.info, article.text, places, remark_of([page.sure for page in pages if page.words]))


def images(data: bytes) -> Iterator[Any]:
    """The pictures in a file of them, upright. Raises ArticleError for what is none."""
    image = package("PIL.Image", "pillow", "картинки")
    upright = package("PIL.ImageOps", "pillow", "картинки").exif_transpose
    sequence = package("PIL.ImageSequence", "pillow", "картинки").Iterator
    try:
        with image.open(BytesIO(data)) as opened:
            frames = counting(sequence(opened), getattr(opened, "n_frames", 1))
            for number, frame in enumerate(frames):
                if frame.width * frame.height > _MOST_PIXELS or number >= _MOST_PAGES:
                    raise ArticleError("картинка слишком велика; уменьшите её или разделите")
                yield upright(frame).convert("RGB")
    except (OSError, ValueError, SyntaxError, image.DecompressionBombError) as error:
        raise ArticleError("это не картинка, или она повреждена; сохраните её заново") from error

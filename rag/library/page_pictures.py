"""A page of an article's file as a picture, with a quote marked on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from rag.errors import ArticleError, NotFoundError
from rag.library.files import PICTURES
from rag.library.known_sources import ADDRESSES
from rag.library.originals import Originals
from rag.library.reading import archives, scans
from rag.library.reading.packages import package
from rag.library.reading.pdf import blocks_of, read_page
from rag.library.reading.pdfium import LOCK, Box, Word, opened, picture_of, united
from rag.library.reading.pieces import digest, suffix_of
from rag.library.store import Store
from rag.types import Article, page_at

_SUFFIXES = (".pdf", *PICTURES)
_ARCHIVE = ".zip"
_LARGEST = 2000  # pixels of the longer side
_SHARP = 2.0  # pixels a point
_AROUND = 0.12  # of the height of a page: what is shown above and below a mark
_BLANK = 200  # of 255: what is lighter is paper
_MARGIN = 30  # pixels beside what is printed
_INK = (255, 236, 130)  # of the mark: what is printed stays as dark as it is
_GONE = "Файла этой статьи больше нет на месте, или он изменился. Прочитайте его снова: snoska index ПАПКА"


def is_pictured(store: Store, originals: Originals, article_id: str) -> bool:
    """Whether the PDF or picture that an article was read from is still there, kept or where it was."""
    return any(_is_shown(name) for name, _ in _files(store, originals, article_id))


def page_picture(
    store: Store,
    originals: Originals,
    article_id: str,
    number: int,
    start: int = 0,
    stop: int = 0,
    near: bool = False,
) -> bytes:
    """Page `number`, counted from 1, as a PNG; what of `text[start:stop]` stands on it is marked.

    `near`: of the page only what stands around the mark, without the margins beside it.

    Raises NotFoundError for an unknown article or page, and where its file is gone or has changed.
    """
    article = store.article(article_id)
    if number not in {page for _, page in article.pages}:
        raise NotFoundError(f"В статье «{article_id[:200]}» нет страницы {number}.")
    name, data = _file(store, originals, article_id)
    quoted = "\n".join(_on_page(article, number, start, stop))
    try:
        if suffix_of(name) == ".pdf":
            image, boxes = _of_pdf(data, digest(data), number, quoted)
        else:
            image, boxes = _of_picture(data, digest(data), number, quoted)
    except ArticleError as error:
        raise NotFoundError(f"Страницу не показать: {error}.") from error
    return _png(image, boxes, near)


def _file(store: Store, originals: Originals, article_id: str) -> tuple[str, bytes]:
    """The name and the bytes of the file that an article was read from. Raises NotFoundError."""
    known = store.signature(article_id)
    for name, path in _files(store, originals, article_id):
        try:
            within = archives.members(path, article_id) if suffix_of(name) == _ARCHIVE else None
            for inside, data in within or [(name, path.read_bytes())]:
                if suffix_of(inside) in _SUFFIXES and known and digest(data) == known.content:
                    return inside, data
        except (OSError, ArticleError):
            continue
    raise NotFoundError(_GONE)


def _files(store: Store, originals: Originals, article_id: str) -> Iterator[tuple[str, Path]]:
    """Names and paths of files that an article may have been read from: the kept one, that on the disk."""
    if kept := store.present(article_id).original:
        with suppress(NotFoundError):
            yield kept.name, originals.path(kept)
    origin = store.origin(article_id)
    if origin and not origin.startswith(ADDRESSES) and Path(origin).is_file():
        yield origin, Path(origin)


def _is_shown(name: str) -> bool:
    return suffix_of(name) in (*_SUFFIXES, _ARCHIVE)


def _on_page(article: Article, number: int, start: int, stop: int) -> Iterator[str]:
    """The parts of a quote that stand on a page."""
    borders = [place for place, _ in article.pages if start < place < stop]
    for first, last in zip([start, *borders], [*borders, stop], strict=True):
        if page_at(article.pages, first) == number:
            yield article.text[first:last]


def _of_pdf(data: bytes, content: str, number: int, quoted: str) -> tuple[Any, list[Box]]:
    with opened(data) as document:
        with LOCK:
            page = document[number - 1]
            scale = min(_SHARP, _LARGEST / max(page.get_size()))
        image, places = picture_of(page, scale)
        words = _words_of_pdf(_Data(data, content), number) if quoted else []
        with LOCK:
            boxes = [_in_pixels(box, places) for box in marked(words, quoted)]
    return image, boxes


def _in_pixels(box: Box, places: Any) -> Box:
    """Left, top, right and bottom in the picture."""
    (x0, y0), (x1, y1) = places.to_bitmap(*box[:2]), places.to_bitmap(*box[2:])
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _of_picture(data: bytes, content: str, number: int, quoted: str) -> tuple[Any, list[Box]]:
    image = list(scans.images(data))[number - 1]
    boxes = marked(_words_of_picture(_Data(data, content), number), quoted) if quoted else []
    scale = min(1.0, _LARGEST / max(image.size))
    small = image.resize((round(image.width * scale), round(image.height * scale)))
    return small, [(scale * a, scale * b, scale * c, scale * d) for a, b, c, d in boxes]


class _Data:
    """Bytes that are the same as others with the same digest, so that their words are found once."""

    def __init__(self, data: bytes, content: str) -> None:
        self.data, self._content = data, content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Data) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)


@lru_cache(maxsize=4)  # to recognize a page takes seconds
def _words_of_pdf(file: _Data, number: int) -> list[Word]:
    """The words of a page in reading order."""
    with opened(file.data) as document:
        page = read_page(document, number - 1)
    return [word for block in blocks_of(page.words, page.rules) for word in block.words]


@lru_cache(maxsize=4)
def _words_of_picture(file: _Data, number: int) -> list[Word]:
    if not scans.can_recognize():
        return []
    found = scans.recognized(list(scans.images(file.data))[number - 1])
    return [word for block in blocks_of(found.words, []) for word in block.words]


def marked(words: Sequence[Word], quoted: str) -> list[Box]:
    """The places of the words of a quote, those side by side as one; none where the quote isn't found."""
    letters = [_letters(word.text) for word in words]
    whole = "".join(letters)
    owner = [number for number, each in enumerate(letters) for _ in each]
    spans = list(_found(whole, quoted))
    numbers = sorted({number for first, last in spans for number in owner[first:last]})
    return _joined([words[number] for number in numbers])


def _found(whole: str, quoted: str) -> Iterator[tuple[int, int]]:
    """Where a quote stands among the letters of a page: all of it, else its lines, else its cells."""
    cursor = 0
    for parts in ([quoted], quoted.split("\n"), quoted.replace("\n", "|").split("|")):
        spans = []
        for part in map(_letters, parts):
            place = whole.find(part, cursor) if part else -1
            place = whole.find(part) if part and place < 0 else place
            if place >= 0:
                spans.append((place, place + len(part)))
                cursor = place + len(part)
        if len(spans) == sum(bool(_letters(part)) for part in parts) or (len(parts) > 1 and spans):
            yield from spans
            return


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _joined(words: Sequence[Word]) -> list[Box]:
    boxes: list[Box] = []
    last: Word | None = None
    for word in words:
        if last and word.turned == last.turned and last.top < word.middle < last.bottom:
            boxes[-1] = united(boxes[-1], word.box)
        else:
            boxes.append(word.box)
        last = word
    return boxes


def _near(picture: Any, boxes: Sequence[Box]) -> Any:
    """The strip of a page around its marks, without its blank margins: it is read on a phone too."""
    around = _AROUND * picture.height
    above, below = min(box[1] for box in boxes) - around, max(box[3] for box in boxes) + around
    strip = picture.crop((0, max(0, round(above)), picture.width, min(picture.height, round(below))))
    printed = strip.convert("L").point(lambda light: 255 * (light < _BLANK)).getbbox()
    if printed is None:
        return strip
    left = max(0, min(printed[0] - _MARGIN, strip.width // 2))
    right = max(min(strip.width, printed[2] + _MARGIN), left + strip.width // 2)
    return strip.crop((left, 0, right, strip.height))


def _png(image: Any, boxes: Sequence[Box], near: bool) -> bytes:
    multiply = package("PIL.ImageChops", "pillow", "картинки").multiply
    draw = package("PIL.ImageDraw", "pillow", "картинки").Draw
    ink = package("PIL.Image", "pillow", "картинки").new("RGB", image.size, "white")
    for left, top, right, bottom in boxes:
        draw(ink).rectangle((left - 2, top - 1, right + 2, bottom + 1), fill=_INK)
    picture = multiply(image, ink)
    if near and boxes:
        picture = _near(picture, boxes)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()

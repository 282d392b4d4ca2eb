"""Bad text takes time that grows with its length: four times as much of it, about four times as long.

What grows with the square of the length takes sixteen times as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rag.errors import ArticleError
from rag.library.readers import pieces
from rag.library.reading.pieces import source_of
from rag.library.split import split
from rag.text.structure import Structure
from rag.text.wrapping import unwrapped, with_whole_words

_SMALL = 25_000  # characters
_MOST = 8.0  # times as long: between 4 and 16, and a busy machine may add to it
_BRIEF = 0.05  # seconds: less says nothing
BEGINNING = "Рудник открыли весной. Он даёт медь.\n\n"

UNITS = {
    "equal unfinished lines": "строка без конца которая всё идёт дальше и дальше по тексту\n",
    "lines that end in a broken word": "строка без конца которая всё идёт дальше и дальше по тек-\n",
    "hyphens and line breaks": "аб-\n",
    "one endless line": "слово ",
    "one endless word": "а",
    "two alphabets in a word": "аa",
    "only headings": "## Раздел\n",
    "only plain headings": "Поликлиника\nАдрес: улица\n\n",
    "only rows of a table": "Июль | 5,1 | 3\n",
    "nested lists": "- пункт\n  - пункт\n    1. вложенный\n",
    "paragraphs of one word": "слово\n\n",
    "announced lists": "Нужны:\n- паспорт\n",
    "bullets in one line": "• а ",
    "unbalanced quotes": "«слово ",
    "unbalanced brackets": "((",
    "half links": "[а](",
    "digits": "7",
    "groups of digits": "123 ",
    "numbers with dots": "1.2.",
    "bars": "|",
    "hyphens": "-",
    "words on hyphens": "а-",
    "stars": "**а ",
    "soft hyphens": "\u00ad",
    "stress marks": "\u0301",
    "signs above and below": "\u0301\u0316",
    "spaces": " ",
    "spaces and line breaks": " \n",
    "headings in a line": "Итог дня. ",
    "initials": "А. Б. ",
    "nested HTML": "<div>",
    "nested tables": "<table><tr><td>а",
    "nested bold": "<b>а",
    "half tags": "<",
    "entities": "&#",
    "quotes of a table": '"а,',
}


def _text(unit: str, size: int) -> str:
    return BEGINNING + unit * (size // len(unit))


def _read(name: str, data: bytes) -> None:
    """Read and split all that is in the file; what can't be read is refused in no more time."""
    try:
        for piece in pieces(source_of(data, name, "статья")):
            split(piece.article())
    except ArticleError:
        pass


def _txt(text: str) -> None:
    _read("a.txt", text.encode())


def _md(text: str) -> None:
    _read("a.md", f"---\ntitle: Рудник\n---\n{text}".encode())


def _html(text: str) -> None:
    _read("a.html", f"<html><body><article><p>{text}</p></article></body></html>".encode())


def _csv(text: str) -> None:
    _read("a.csv", f"title,text\nРудник,{text}".encode())


def _rss(text: str) -> None:
    item = f"<item><title>а</title><description>{text}</description></item>"
    _read("a.rss", f"<rss version='2.0'><channel><title>а</title>{item}</channel></rss>".encode())


def _lines_of_a_page(text: str) -> None:
    unwrapped(text)


def _whole_words(text: str) -> None:
    with_whole_words(f"пере-\n{text}")


READING = (_txt, _md, _html, _csv, _rss, _lines_of_a_page, _whole_words, Structure)
SIZED = (_txt, _rss, Structure, _whole_words)


@pytest.mark.parametrize("read", READING, ids=lambda read: read.__name__.strip("_"))
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_time_grows_with_the_length(unit: str, read: Callable[[str], object]) -> None:
    grows(lambda size: _text(unit, size), read)


WIDE = {
    "a wide first row": lambda size: "а|" * (size // 4) + "\n" + "1|2\n" * (size // 8),
    "dots in a cell": lambda size: "а | б\n1 | 2" + "." * size + "слово раз\n",
    "a long word and a broken one": lambda size: "а" * size + "\nпере-\nправа " + "б" * size,
    "many entries": lambda size: "а]]></description></item><item><description><![CDATA[б" * (size // 50),
}


@pytest.mark.parametrize("read", SIZED, ids=lambda read: read.__name__.strip("_"))
@pytest.mark.parametrize("make", WIDE.values(), ids=WIDE.keys())
def test_time_grows_with_the_size(make: Callable[[int], str], read: Callable[[str], object]) -> None:
    grows(make, read)


def grows(make: Callable[[int], str], read: Callable[[str], object]) -> None:
    """`read` takes no more than `_MOST` times as long for what `make` gives at four times the size."""
    short, long = make(_SMALL), make(4 * _SMALL)
    for _ in range(3):  # the first time dictionaries are opened, and at any time the machine may be busy
        before, after = _seconds(read, short), _seconds(read, long)
        if after <= max(_MOST * before, _BRIEF):
            return
    raise AssertionError(f"{before:.3f} s, and {after:.3f} s for four times as much")


def _seconds(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began

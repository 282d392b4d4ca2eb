"""Bad text takes time that grows with its length: four times as much of it, about four times as long.

What grows with the square of the length takes sixteen times as long. Time of the processor is measured, and
of several runs the quickest counts: on a busy machine either grows by chance.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import docx
import openpyxl
import pytest
from openpyxl.cell import WriteOnlyCell

from rag.errors import ArticleError
from rag.library.readers import pieces
from rag.library.reading.pieces import source_of
from rag.library.split import split
from rag.text.structure import Structure
from rag.text.wrapping import unwrapped, with_whole_words
from tests.library.reading.making import epub_of, zip_of
from tests.library.reading.printing import Printed
from tests.library.reading.written import saved

Given = TypeVar("Given")
_SMALL = 10_000  # characters
_MOST = 5.0  # times as long
_RUNS = 7
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


def _lines(size: int) -> list[str]:
    return [f"Рудник {number} открыли весной, он даёт медь." for number in range(size // 40)]


def _docx(size: int) -> bytes:
    document = docx.Document()
    for number, line in enumerate(_lines(size)):
        document.add_paragraph(line, style="Heading 1" if number % 9 == 0 else None)
    return saved(document.save)


def _xlsx(size: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Рудники")
    for number, line in enumerate(_lines(size)):
        share = WriteOnlyCell(sheet, number / 7)
        share.number_format = "0.0%"
        sheet.append([line, share])
    return saved(book.save)


def _fb2(size: int) -> bytes:
    told = "".join(f"<section><title><p>Глава</p></title><p>{line}</p></section>" for line in _lines(size))
    space = "http://www.gribuser.ru/xml/fictionbook/2.0"
    return f'<FictionBook xmlns="{space}"><body>{told}</body></FictionBook>'.encode()


def _rtf(size: int) -> bytes:
    said = "".join(f"\\pard {line}{{\\footnote\\pard Note\\par}}\\par\n" for line in _lines(size))
    return f"{{\\rtf1\\ansi\\ansicpg1251 {said}}}".encode("cp1251")


def _epub(size: int) -> bytes:
    told = "".join(f"<p>{line}</p>" for line in _lines(size // 5))
    return epub_of({f"{number}.xhtml": f"<html><body>{told}</body></html>" for number in range(5)})


def _mbox(size: int) -> bytes:
    head = "\n\nFrom a Tue Feb  3 10:15:00 2026\nSubject: mine\n\n"
    return "".join(f"{head}{line}\n" for line in _lines(size)).lstrip().encode()


def _srt(size: int) -> bytes:
    told = ""
    for number, line in enumerate(_lines(size), 1):
        minute, second = divmod(number, 60)
        begin = f"{minute // 60:02}:{minute % 60:02}:{second:02},000"
        told += f"{number}\n{begin} --> {begin[:-3]}900\n{line}\n\n"
    return told.encode()


def _json(size: int) -> bytes:
    rows = [{"рудник": line, "тонн": 1.5} for line in _lines(size)]
    return json.dumps({"Рудники": rows}, ensure_ascii=False).encode()


def _zip(size: int) -> bytes:
    return zip_of({f"{number}.txt": line for number, line in enumerate(_lines(size))})


def _pdf(size: int) -> bytes:
    made, lines = Printed(), _lines(size)
    for first in range(0, len(lines), 50):
        made.add_page()
        made.said(60, 60, lines[first : first + 50])
    return made.bytes()


DOCUMENTS = {
    "docx": _docx, "xlsx": _xlsx, "fb2": _fb2, "rtf": _rtf, "epub": _epub, "mbox": _mbox, "srt": _srt,
    "json": _json, "zip": _zip, "pdf": _pdf,
}  # fmt: skip


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_reader_is_linear(kind: str) -> None:
    made = cache(DOCUMENTS[kind])
    grows(lambda size: size, lambda size: _read(f"a.{kind}", made(size)))


def grows(make: Callable[[int], Given], read: Callable[[Given], object]) -> None:
    """`read` takes no more than `_MOST` times as long for what `make` gives at four times the size."""
    long = make(4 * _SMALL)
    after = _seconds(read, long)
    if after <= _BRIEF:
        return
    short, before = make(_SMALL), float("inf")
    for _ in range(_RUNS):
        before = min(before, _seconds(read, short))
        if after <= max(_MOST * before, _BRIEF):
            return
        after = min(after, _seconds(read, long))
    raise AssertionError(f"{before:.3f} s, and {after:.3f} s for four times as much")


def _seconds(read: Callable[[Given], object], given: Given) -> float:
    gc.disable()  # when it collects is chance
    try:
        began = time.process_time()
        read(given)
        return time.process_time() - began
    finally:
        gc.enable()

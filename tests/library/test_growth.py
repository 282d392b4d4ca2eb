"""Bad text takes time that grows with its length: four times as much of it, about four times as long.

What grows with the square of the length takes sixteen times as long. Time of the processor is measured, and
of several runs the quickest counts: on a busy machine either grows by chance.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
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
from tests.library.reading.making import articles, epub_of, pdf_of, zip_of
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
    "open links": "[",
    "digits": "7",
    "groups of digits": "123 ",
    "numbers with dots": "1.2.",
    "bars": "|",
    "hyphens": "-",
    "words on hyphens": "а-",
    "stars": "**а ",
    "stars alone": "**",
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


WIDE: dict[str, Callable[[int], str]] = {
    "a wide first row": lambda size: "а|" * (size // 4) + "\n" + "1|2\n" * (size // 8),
    "dots in a cell": lambda size: "а | б\n1 | 2" + "." * size + "слово раз\n",
    "a long word and a broken one": lambda size: "а" * size + "\nпере-\nправа " + "б" * size,
    "many entries": lambda size: "а]]></description></item><item><description><![CDATA[б" * (size // 50),
}
TEXTS = WIDE | {
    name: lambda size, unit=unit: BEGINNING + unit * (size // len(unit)) for name, unit in UNITS.items()
}


def _read(name: str, data: bytes, splits: bool = True) -> None:
    """Read and split all that is in the file; what can't be read is refused in no more time."""
    try:
        for piece in pieces(source_of(data, name, "статья")):
            article = piece.article()
            if splits:
                split(article)
    except ArticleError:
        pass


def _md(text: str) -> None:
    _read("a.md", f"---\ntitle: Рудник\n---\n{text}".encode(), splits=False)


def _html(text: str) -> None:
    _read("a.html", f"<html><body><article><p>{text}</p></article></body></html>".encode(), splits=False)


def _csv(text: str) -> None:
    _read("a.csv", f"title,text\nРудник,{text}".encode(), splits=False)


def _rss(text: str) -> None:
    item = f"<item><title>а</title><description>{text}</description></item>"
    _read("a.rss", f"<rss version='2.0'><channel><title>а</title>{item}</channel></rss>".encode())


READING: dict[str, Callable[[str], object]] = {
    "txt": lambda text: _read("a.txt", text.encode()),
    "md": _md,
    "html": _html,
    "csv": _csv,
    "rss": _rss,
    "lines of a page": unwrapped,
    "whole words": lambda text: with_whole_words(f"пере-\n{text}"),
    "structure": Structure,
}


@pytest.mark.parametrize("text", TEXTS)
def test_time_grows_with_the_length(text: str) -> None:
    for name, read in READING.items():
        grows(name, TEXTS[text], read)


def _docx(lines: list[str]) -> bytes:
    document = docx.Document()
    for number, line in enumerate(lines):
        document.add_paragraph(line, style="Heading 1" if number % 9 == 0 else None)
    return saved(document.save)


def _xlsx(lines: list[str]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Рудники")
    for number, line in enumerate(lines):
        share = WriteOnlyCell(sheet, number / 7)
        share.number_format = "0.0%"
        sheet.append([line, share])
    return saved(book.save)


def _each(told: str, lines: list[str]) -> str:
    return "".join(told.format(line=line, hour=at // 60, minute=at % 60) for at, line in enumerate(lines))


SPACE = 'xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"'
SECTION = "<section><title><p>Глава</p></title><p>{line}</p></section>"
NOTED = "\\pard {line}{{\\footnote\\pard Note\\par}}\\par\n"
LETTER = "From a Tue Feb  3 10:15:00 2026\nSubject: mine\n\n{line}\n\n\n"
CUE = "1\n{hour:02}:{minute:02}:01,000 --> {hour:02}:{minute:02}:01,900\n{line}\n\n"
DOCUMENTS: dict[str, Callable[[list[str]], bytes]] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "fb2": lambda lines: f"<FictionBook {SPACE}><body>{_each(SECTION, lines)}</body></FictionBook>".encode(),
    "rtf": lambda lines: f"{{\\rtf1\\ansi\\ansicpg1251 {_each(NOTED, lines)}}}".encode("cp1251"),
    "epub": lambda lines: epub_of({f"{at}.xhtml": _each("<p>{line}</p>", lines[at::5]) for at in range(5)}),
    "mbox": lambda lines: _each(LETTER, lines).encode(),
    "srt": lambda lines: _each(CUE, lines).encode(),
    "json": lambda lines: json.dumps({"Рудники": [{"рудник": line, "тонн": 1.5} for line in lines]}).encode(),
    "zip": lambda lines: zip_of({f"{at}.txt": line for at, line in enumerate(lines)}),
    "pdf": lambda lines: pdf_of(*("\n".join(lines[at : at + 50]) for at in range(0, len(lines), 50))),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_reader_is_linear(kind: str) -> None:
    lines = [f"Рудник {number} открыли весной, он даёт медь." for number in range(_SMALL // 10)]
    assert articles(DOCUMENTS[kind](lines[:9]), f"a.{kind}")
    grows(kind, lambda size: DOCUMENTS[kind](lines[: size // 40]), lambda data: _read(f"a.{kind}", data))


def grows(name: str, make: Callable[[int], Given], read: Callable[[Given], object]) -> None:
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
    raise AssertionError(f"{name}: {before:.3f} s, and {after:.3f} s for four times as much")


def _seconds(read: Callable[[Given], object], given: Given) -> float:
    gc.disable()  # when it collects is chance
    try:
        began = time.process_time()
        read(given)
        return time.process_time() - began
    finally:
        gc.enable()

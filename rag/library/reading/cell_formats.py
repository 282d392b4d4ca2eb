"""How the cells of a spreadsheet show their values, which calamine doesn't tell.

An .xlsx and an .xls have a code for it, an .ods the text itself. openpyxl tells the codes of an .xlsx too,
but takes three times as long as all the rest of reading.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from rag.library.reading.number_formats import BUILT_IN, day_told, number_told
from rag.library.reading.packages import package
from rag.library.reading.packed import member
from rag.library.reading.trees import attribute, local, words_of, xml_of

Cell = tuple[int, int]  # row and column, counted from 0
Look = Callable[[Cell, Any], str | None]  # what a cell shows for a value; None: the value itself
_Cells = dict[Cell, str]
_WHAT = "таблицы Excel и OpenDocument"
_LARGEST = 100 * 1024**2  # bytes of a part
_MOST_REPEATED = 1_000
# Broken XML is a SyntaxError, an unknown character set a LookupError; a member is unpacked as it is read.
_BROKEN = (LookupError, ValueError, SyntaxError, EOFError, BadZipFile, zlib.error)
_NUMBERS = ("float", "percentage", "currency")


def looks(data: bytes) -> Callable[[str], Look]:
    """The looks of a spreadsheet's cells, by the name of a sheet. What can't be made out is told bare."""
    try:
        look = _looks(data)
    except _BROKEN:
        return lambda name: _by_code({})

    def of_sheet(name: str) -> Look:
        try:
            return look(name)
        except _BROKEN:  # a sheet is read when it is asked for
            return _by_code({})

    return of_sheet


def _looks(data: bytes) -> Callable[[str], Look]:
    if not data.startswith(b"PK\x03\x04"):
        codes = _codes_of_xls(data)
        return lambda name: _by_code(codes(name))
    archive = ZipFile(BytesIO(data))
    if "content.xml" in archive.namelist():
        texts = _texts_of_ods(archive)
        return lambda name: _by_text(texts.get(name, {}))
    found = _codes_of_xlsx(archive)
    return lambda name: _by_code(found(name))


def _by_code(codes: _Cells) -> Look:
    def shown(cell: Cell, value: Any) -> str | None:
        code = codes.get(cell)
        if code is None or isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return number_told(value, code)
        return day_told(value, code) if isinstance(value, date) else None

    return shown


def _by_text(texts: _Cells) -> Look:
    def shown(cell: Cell, value: Any) -> str | None:
        text = texts.get(cell)
        return text if text and not _is_bare(text, value) else None

    return shown


def _is_bare(text: str, value: Any) -> bool:
    try:
        return bool(float(text.replace(",", ".")) == value)
    except ValueError:
        return False


def _codes_of_xlsx(archive: ZipFile) -> Callable[[str], _Cells]:
    codes = _styles(archive)
    paths = _sheet_paths(archive)
    return lambda name: dict(_coded(archive, paths[name], codes)) if codes and name in paths else {}


def _styles(archive: ZipFile) -> dict[str, str]:
    """The codes of the styles that say more than the bare value, by the number that cells give."""
    root = xml_of(member(archive, "xl/styles.xml", _LARGEST), _WHAT)
    own = {each.get("numFmtId"): each.get("formatCode") or "" for each in root.iter() if _is(each, "numFmt")}
    styles = next((each for each in root if _is(each, "cellXfs")), ())
    numbers = [each.get("numFmtId") or "0" for each in styles]
    codes = [own.get(each) or BUILT_IN.get(int(each), "") for each in numbers]
    return {str(number): code for number, code in enumerate(codes) if code not in ("", "General")}


def _sheet_paths(archive: ZipFile) -> dict[str, str]:
    """Where in the file the sheets are, by their names."""
    relations = xml_of(member(archive, "xl/_rels/workbook.xml.rels", _LARGEST), _WHAT)
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    book = xml_of(member(archive, "xl/workbook.xml", _LARGEST), _WHAT)
    return {
        each.get("name") or "": posixpath.join("/xl", targets.get(attribute(each, "id"), "")).lstrip("/")
        for each in book.iter()
        if _is(each, "sheet")
    }


def _coded(archive: ZipFile, path: str, codes: dict[str, str]) -> Iterator[tuple[Cell, str]]:
    for number, row in enumerate(_elements(archive, path, "row")):
        line = int(row.get("r") or number + 1) - 1
        column = -1
        for cell in row:
            column = _column(cell.get("r")) if cell.get("r") else column + 1
            if code := codes.get(cell.get("s") or ""):
                yield (line, column), code
        row.clear()


def _column(place: str) -> int:
    """27 of «AB12»."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = 26 * number + ord(letter.upper()) - 64
    return number - 1


def _elements(archive: ZipFile, path: str, name: str) -> Iterator[Any]:
    """The elements of a part that are called `name`, each once it is read; to be cleared."""
    trees = package("defusedxml.ElementTree", "defusedxml", _WHAT)
    with archive.open(path) as part:
        yield from (each for _, each in trees.iterparse(part, ("end",)) if local(each) == name)


def _is(element: Any, name: str) -> bool:
    return local(element) == name


def _texts_of_ods(archive: ZipFile) -> dict[str, _Cells]:
    return {
        attribute(table, "name"): dict(_texts(table)) for table in _elements(archive, "content.xml", "table")
    }


def _texts(table: Any) -> Iterator[tuple[Cell, str]]:
    """What the cells with numbers show."""
    line = 0
    for row in (each for each in table.iter() if _is(each, "table-row")):
        column, told = 0, []
        for cell in row:
            count = _repeated(cell, "number-columns-repeated")
            if attribute(cell, "value-type") in _NUMBERS:
                text = " ".join(words_of(each) for each in cell if _is(each, "p"))
                told += [(column + number, text) for number in range(min(count, _MOST_REPEATED))]
            column += count
        lines = _repeated(row, "number-rows-repeated")
        for number in range(min(lines, _MOST_REPEATED)) if told else ():
            yield from (((line + number, place), text) for place, text in told)
        line += lines


def _repeated(element: Any, name: str) -> int:
    said = attribute(element, name)
    return int(said) if said.isdecimal() else 1


def _codes_of_xls(data: bytes) -> Callable[[str], _Cells]:
    xlrd = package("xlrd", "xlrd", _WHAT)
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=StringIO())
    except Exception:  # whatever it stumbles over: calamine reads more of them, and says what is wrong
        return lambda name: {}
    formats = [book.format_map[each.format_key].format_str for each in book.xf_list]
    telling = {number: code for number, code in enumerate(formats) if code not in ("", "General")}

    def sheet(name: str) -> _Cells:
        found = book.sheet_by_name(name)
        styles = ((row, column, found.cell_xf_index(row, column))
                  for row in range(found.nrows) for column in range(found.row_len(row)))  # fmt: skip
        return {(row, column): telling[style] for row, column, style in styles if style in telling}

    return sheet

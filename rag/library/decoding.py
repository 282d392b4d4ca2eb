"""Bytes of a file → text: UTF-8, UTF-16 with a byte order mark, or Windows-1251 that reads as Russian."""

from __future__ import annotations

import codecs
import re

from rag.errors import ArticleError

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_FREQUENT = frozenset("оеаинтсрвл")  # about 70 % of the letters of any Russian text
_SERBIAN = frozenset("ЂЃѓЉЊЌЋЏђљњќћџ")  # what capitals of Mac Cyrillic turn into


def decode(data: bytes, charset: str | None = None) -> str:
    """Text of `data`; `charset` is what its server said.

    Raises ArticleError when it is binary or in another encoding.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ArticleError("кодировка UTF-32 не поддерживается; сохраните файл в UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    if b"\0" in data:
        raise ArticleError("это двоичный файл, а не текст (внутри нулевые байты)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _windows(data)


def normal(text: str) -> str:
    """`text` with "\\n" as its only line break and without control characters: what is stored."""
    return _CONTROLS.sub(" ", _BREAKS.sub("\n", text.removeprefix("\ufeff")))


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ArticleError("файл начинается как UTF-16, но повреждён; сохраните его в UTF-8") from None


def _windows(data: bytes) -> str:
    try:
        text = data.decode("cp1251")
    except UnicodeDecodeError:
        text = ""
    if not _reads_as_russian(text):
        raise ArticleError("кодировка не распознана (это не UTF-8 и не Windows-1251); сохраните файл в UTF-8")
    return text


def _reads_as_russian(text: str) -> bool:
    """True for the letter frequencies of Russian: KOI8-R, CP866 and others read as gibberish."""
    letters = [letter for letter in text if letter.isalpha()]
    russian = [letter for letter in letters if "а" <= letter.lower() <= "я" or letter in "ёЁ"]
    if not russian or len(russian) < 0.2 * len(letters) or _CONTROLS.search(text):
        return False
    frequent = sum(letter.lower() in _FREQUENT for letter in russian)
    foreign = sum(letter in _SERBIAN for letter in letters)
    small = sum(letter.islower() for letter in russian)
    is_plausible_case = small >= 0.5 * len(russian) or text == text.upper()
    return frequent >= 0.5 * len(russian) and foreign <= 0.005 * len(letters) and is_plausible_case

"""Bytes of a file → text: UTF-8, UTF-16, or the one-byte encoding in which they read as Russian.

For bytes that are no UTF-8, a byte encoding is believed when the letters are as frequent as in Russian;
of several, the one that gives the most words of the dictionary. General guessers (charset-normalizer,
chardet) are often wrong on a headline; the dictionary hardly ever is.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from rag.errors import ArticleError
from rag.text.words import analyzer, words

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff]")
# A longer run of signs above and below a letter is none of a language; to put n in order takes n² steps.
_MARKS = re.compile(r"[^\w\s\x00-\x7f]{31,}")
_MOST_MARKS = 30  # as in Unicode's own Stream-Safe Text Format (UAX 15)
_USUAL = re.compile("[\t\n\r\x20-\x7eЀ-ӿ\u00a0«»\u2010-\u2026№\ufeff]")
_BLOCK_AT_WORD = re.compile(r"[^\W\d_][\u2580-\u259f]|[\u2580-\u259f][^\W\d_]")
_BOX_IN_WORD = re.compile(r"(?<=[^\W\d_])[\u2500-\u259f](?=[^\W\d_])")
_FREQUENT = frozenset("оеаинтсрвл")  # about 70 % of the letters of any Russian text
_SERBIAN = frozenset("ЂЃѓЉЊЌЋЏђљњќћџ")  # what capitals of Mac Cyrillic turn into
_ONE_BYTE = ("cp1251", "koi8-r", "cp866")  # of equals, the more usual first
_WORDS = 200  # words looked up in the dictionary
_BEFORE = 40  # bytes before the first letter that is not Latin
_SAMPLE = 64 * 1024  # bytes that an encoding is recognised by
_UNKNOWN = "кодировка не распознана (это не UTF-8, UTF-16, Windows-1251, KOI8-R или CP866); сохраните в UTF-8"


def decode(data: bytes, charset: str | None = None) -> str:
    """Text of `data`; `charset` is what its server said.

    Raises ArticleError when it is binary or in another encoding.
    """
    encoding = encoding_of(data, charset)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if encoding.startswith("utf-16"):
            raise ArticleError("файл начинается как UTF-16, но повреждён; сохраните его в UTF-8") from None
        raise ArticleError(f"кодировка {encoding}, но файл повреждён; сохраните его в UTF-8") from None


def encoding_of(data: bytes, charset: str | None = None, whole: bool = True) -> str:
    """The name of the encoding of `data`, for Python; not `whole`: it is the beginning of more.

    Raises ArticleError when it is binary or in another encoding.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ArticleError("кодировка UTF-32 не поддерживается; сохраните файл в UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (b"\0" in data or b"\x04" in data[:_SAMPLE]) and (encoding := _utf16(data[:_SAMPLE])):
        return encoding
    if b"\0" in data:
        raise ArticleError("это двоичный файл, а не текст (внутри нулевые байты)")
    if _is_utf8(data, whole):
        return "utf-8-sig"
    return _one_byte(data, charset)


def normal(text: str) -> str:
    """`text` with "\\n" as its only line break, composed (NFC), without control characters: as stored."""
    plain = _CONTROLS.sub(" ", _BREAKS.sub("\n", text.removeprefix("\ufeff")))
    return "".join(_composed(plain)) if _MARKS.search(plain) else unicodedata.normalize("NFC", plain)


def _composed(text: str) -> Iterator[str]:
    """`text` composed bit by bit, with borders inside its endless runs of marks only."""
    done = 0
    for run in _MARKS.finditer(text):
        for border in range(run.start() + _MOST_MARKS, run.end(), _MOST_MARKS):
            yield unicodedata.normalize("NFC", text[done:border])
            done = border
    yield unicodedata.normalize("NFC", text[done:])


def _is_utf8(data: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _utf16(sample: bytes) -> str | None:
    """UTF-16 without a byte order mark: in one of the two orders all characters are usual ones."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")
        if len(_USUAL.findall(text)) > 0.97 * len(text):
            return encoding
    return None


def _one_byte(data: bytes, charset: str | None) -> str:
    # Where the beginning is all Latin, what follows has to tell.
    first = next((place for place, byte in enumerate(data) if byte > 0x7F), 0)
    sample = data[max(0, first - _BEFORE) : first + _SAMPLE]
    found = {each: share for each in _ONE_BYTE if (share := _likelihood(sample, each)) is not None}
    if not found:
        raise ArticleError(_UNKNOWN)
    best = max(found, key=lambda each: found[each])
    named = _named(charset)
    if named in found and found[named] > 0.8 * found[best]:
        return named
    return best


def _named(charset: str | None) -> str:
    """`charset` as _ONE_BYTE has it."""
    try:
        known = codecs.lookup((charset or "").strip(" '\"")).name
    except LookupError:
        return ""
    return next((each for each in _ONE_BYTE if codecs.lookup(each).name == known), "")


def _likelihood(sample: bytes, encoding: str) -> float | None:
    """The share of Russian words among those of `sample`; None when it isn't Russian in `encoding`."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return None
    if not _reads_as_russian(text):
        return None
    read = [word.text for word in islice(words(text), _WORDS) if not word.is_number]
    known = sum(len(word) for word in read if analyzer().word_is_known(word))
    return known / max(1, sum(map(len, read)))


def _reads_as_russian(text: str) -> bool:
    """True for the letter frequencies of Russian: in a wrong encoding it mostly reads as gibberish."""
    letters = [letter for letter in text if letter.isalpha()]
    russian = [letter for letter in letters if "а" <= letter.lower() <= "я" or letter in "ёЁ"]
    if not russian or len(russian) < 0.2 * len(letters) or _CONTROLS.search(text):
        return False
    frequent = sum(letter.lower() in _FREQUENT for letter in russian)
    foreign = sum(letter in _SERBIAN for letter in letters)
    foreign += len(_BLOCK_AT_WORD.findall(text))
    foreign += len(_BOX_IN_WORD.findall(text)) // 10  # the border of a table may touch its words
    small = sum(letter.islower() for letter in russian)
    is_plausible_case = small >= 0.5 * len(russian) or text == text.upper()
    return frequent >= 0.5 * len(russian) and foreign <= 0.005 * len(letters) and is_plausible_case
